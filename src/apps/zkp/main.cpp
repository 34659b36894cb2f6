// zkp: the network in one process, the prover on files, and a client of the HTTP API.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/zkp/command.h"
#include "base/log.h"

namespace zkp::apps {
namespace {

constexpr int kFailed = 1, kUsage = 2;

int report(const base::Error& error) {
  fmt::print(stderr, "zkp: {}\n", error.message);
  for (const base::ErrorDetail& detail : error.details) {
    fmt::print(stderr, "  {}: {}\n", detail.pointer.empty() ? "/" : detail.pointer, detail.detail);
  }
  return kFailed;
}

// Turns SIGINT and SIGTERM into a stop request, on a thread of its own, so that commands end
// cleanly. A second signal ends the process at once. REQUIRES: made before any other thread.
class SignalStop {
 public:
  SignalStop() {
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
  ~SignalStop() {
    over_ = true;
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
  }
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  sigset_t signals_{};
  std::stop_source stop_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

base::Result<const prover::field::Kernels*> chosen_kernels() {
  const char* name = std::getenv("ZKP_KERNELS");
  return prover::field::choose_kernels(prover::field::detect_cpu(), name == nullptr ? "" : name);
}

int run(int argc, char** argv) {
  CLI::App app(
      "A distributed zero-knowledge proof network: Groth16 over BN254, compatible with snarkjs",
      "zkp");
  app.set_version_flag("--version", "zkp " ZKP_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  Chosen chosen;
  add_dev_command(app, chosen);
  add_proof_commands(app, chosen);
  add_circuit_commands(app, chosen);
  add_groth16_commands(app, chosen);
  add_zkey_commands(app, chosen);
  add_r1cs_commands(app, chosen);
  add_bench_commands(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }

  const auto kernels = chosen_kernels();
  if (!kernels.ok()) return report(kernels.error());
  base::SystemRandom random;
  const SignalStop signals;
  const auto status = chosen.run({.kernels = **kernels, .random = random, .stop = signals.token()});
  return status.ok() ? 0 : report(status.error());
}

}  // namespace
}  // namespace zkp::apps

int main(int argc, char** argv) { return zkp::apps::run(argc, argv); }
