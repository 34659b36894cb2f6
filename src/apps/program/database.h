#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include <CLI/CLI.hpp>

#include "network/store/artifact_store.h"
#include "network/store/store.h"

// The cluster's database, and the key that its inputs are sealed with.
namespace zkp::apps {

struct DatabaseSettings {
  std::string database;
  std::string inputs_key;
};
void add_database_settings(CLI::App& app, DatabaseSettings& settings);

// Waits for a database that cannot be reached yet; any other error is final, and so is a stop
// (cancelled).
base::Result<std::unique_ptr<network::store::Store>> open_database(const std::string& connection,
                                                                   std::stop_token stop);

}  // namespace zkp::apps
