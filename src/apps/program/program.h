#pragma once

#include <condition_variable>
#include <csignal>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>

#include "base/result.h"

// What every program does the same way: reads its settings, is told to stop, says what is wrong.
namespace zkp::apps {

// Turns SIGINT and SIGTERM into a stop request, on a thread of its own, so that commands end
// cleanly. A second signal ends the process at once. REQUIRES: made before any other thread.
class SignalStop {
 public:
  SignalStop();
  ~SignalStop();
  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  // As a signal would. Any thread.
  void request_stop() { stop_.request_stop(); }

 private:
  sigset_t signals_{};
  std::stop_source stop_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

void wait_for(const std::stop_token& stop);

// Large blocks of memory go back to the system when they are freed, so that a process holds what it
// uses. First thing in main().
void return_freed_memory();

// Writes the error to standard error; the program's exit status.
int report_error(const std::string& program, const base::Error& error);

// A setting of a service, declared once: --NAME on the command line, ZKP_NAME in the environment
// (upper case, '_' for '-'), or `NAME = value` in the file that --config names; the first of these
// that is there counts.
std::string environment_name(const std::string& name);
template <class T>
CLI::Option* add_setting(CLI::App& app, const std::string& name, T& value,
                         const std::string& description) {
  return app.add_option("--" + name, value, description)
      ->envname(environment_name(name))
      ->capture_default_str();
}
CLI::Option* add_switch(CLI::App& app, const std::string& name, bool& value,
                        const std::string& description);

struct LogSettings {
  std::string log_level = "info";
  bool log_json = false;
};
void add_log_settings(CLI::App& app, LogSettings& settings);
base::Status start_logging(const LogSettings& settings, const std::string& component);

// Services have no keys for clients and no TLS: they listen on loopback only, unless told
// otherwise.
base::Status check_exposure(const std::string& setting, const std::string& address, bool insecure);
void add_insecure_switch(CLI::App& app, bool& insecure);

// A service's main(): its settings, then `run` until it returns. Exit status 0, 1 if it failed, 2
// if the settings are wrong.
int run_service(int argc, char** argv, const std::string& name, const std::string& description,
                const std::function<void(CLI::App&)>& declare,
                const std::function<base::Status(SignalStop&)>& run);

}  // namespace zkp::apps
