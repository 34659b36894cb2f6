#include "apps/program/database.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "apps/program/program.h"
#include "base/log.h"
#include "network/store/postgres/postgres_store.h"

namespace zkp::apps {
namespace {

constexpr std::chrono::seconds kTryAgain{1};

}  // namespace

void add_database_settings(CLI::App& app, DatabaseSettings& settings) {
  add_setting(app, "database", settings.database,
              "PostgreSQL, as libpq takes it: postgresql://zkp_user@HOST/zkp_network; a password "
              "belongs into PGPASSFILE or this setting's variable, not on a command line")
      ->required();
  add_setting(app, "inputs-key", settings.inputs_key,
              "File of 32 random bytes, mode 0600, that inputs are sealed with; the same for every "
              "gateway and coordinator")
      ->required()
      ->check(CLI::ExistingFile);
}

base::Result<std::unique_ptr<network::store::Store>> open_database(const std::string& connection,
                                                                   std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool told = false;
  while (true) {
    auto store = network::store::open_postgres_store({.connection = connection});
    if (store.ok() || store.error().code != base::ErrorCode::unavailable) return store;
    if (!std::exchange(told, true)) {
      base::log_warning("the database cannot be reached, and is tried again every second: {}",
                        store.error().message);
    }
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, kTryAgain, [] { return false; });
    if (stop.stop_requested()) {
      return base::Error{base::ErrorCode::cancelled,
                         "stopped before the database could be reached"};
    }
  }
}

}  // namespace zkp::apps
