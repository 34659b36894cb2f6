#include "apps/program/program.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>

#include <fmt/format.h>

#include "apps/program/version.h"
#include "base/log.h"

namespace zkp::apps {
namespace {

constexpr int kFailed = 1, kUsage = 2;

}  // namespace

SignalStop::SignalStop() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGUSR1);  // our own, to end the thread
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] {
    int signal = 0;
    sigwait(&signals_, &signal);
    stop_.request_stop();
    if (!over_) sigwait(&signals_, &signal);
    if (!over_) std::_Exit(128 + signal);
  });
}

SignalStop::~SignalStop() {
  over_ = true;
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
}

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait(lock, stop, [] { return false; });
}

// A fixed threshold: the C library's own grows with the blocks that are freed, up to 32 MiB.
void return_freed_memory() {
  constexpr int kLargeBlock = 4 << 20;
  mallopt(M_MMAP_THRESHOLD, kLargeBlock);
}

int report_error(const std::string& program, const base::Error& error) {
  fmt::print(stderr, "{}: {}\n", program, error.message);
  for (const base::ErrorDetail& detail : error.details) {
    fmt::print(stderr, "  {}: {}\n", detail.pointer.empty() ? "/" : detail.pointer, detail.detail);
  }
  return kFailed;
}

std::string environment_name(const std::string& name) {
  std::string variable = "ZKP_" + name;
  std::ranges::transform(variable, variable.begin(), [](unsigned char letter) {
    return letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
  });
  return variable;
}

CLI::Option* add_switch(CLI::App& app, const std::string& name, bool& value,
                        const std::string& description) {
  return app.add_flag("--" + name, value, description)->envname(environment_name(name));
}

void add_log_settings(CLI::App& app, LogSettings& settings) {
  add_setting(app, "log-level", settings.log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  add_switch(app, "log-json", settings.log_json, "Log lines as JSON");
}

base::Status start_logging(const LogSettings& settings, const std::string& component) {
  ZKP_TRY(const auto level, base::parse_log_level(settings.log_level));
  base::start_logging({.level = level, .json = settings.log_json, .component = component});
  return {};
}

base::Status check_exposure(const std::string& setting, const std::string& address, bool insecure) {
  const std::string host = address.substr(0, address.rfind(':'));
  const bool loopback = host == "localhost" || host == "[::1]" || host.starts_with("127.");
  if (loopback || insecure) return {};
  return base::Error{
      base::ErrorCode::invalid_argument,
      fmt::format("--{} {}: others could reach this address, and there are no API keys and no TLS "
                  "to keep them out; listen on 127.0.0.1, or give --insecure if you mean it",
                  setting, address)};
}

void add_insecure_switch(CLI::App& app, bool& insecure) {
  add_switch(app, "insecure", insecure,
             "Allow addresses that others can reach, without keys and TLS");
}

int run_service(int argc, char** argv, const std::string& name, const std::string& description,
                const std::function<void(CLI::App&)>& declare,
                const std::function<base::Status(SignalStop&)>& run) {
  return_freed_memory();
  CLI::App app(description, name);
  app.set_version_flag("--version", name + " " + version());
  app.failure_message(CLI::FailureMessage::simple);
  app.set_config("--config", "", "File of settings: a line `name = value` each")
      ->envname(environment_name("config"));
  app.allow_config_extras(CLI::config_extras_mode::error);
  declare(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  SignalStop signals;
  const base::Status status = run(signals);
  if (status.ok()) return 0;
  const int failed = report_error(name, status.error());
  return status.error().code == base::ErrorCode::invalid_argument ? kUsage : failed;
}

}  // namespace zkp::apps
