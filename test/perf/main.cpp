// zkp-load: sends proof requests to a gateway and says how long they took.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "test/perf/load.h"
#include "test/perf/report.h"

namespace zkp::test::perf {
namespace {

constexpr int kFailed = 1, kUsage = 2;

struct Settings {
  std::string url = "http://127.0.0.1:8080", mode = "end-to-end";
  BodyOptions bodies;
  LoadOptions load;
  std::size_t concurrency = 0;
  double duration_s = 10, task_limit_s = 60;
  bool json = false, print_body = false;
};

void declare(CLI::App& app, Settings& settings) {
  app.add_option("--url", settings.url, "The gateway's address")->capture_default_str();
  app.add_option("--mode", settings.mode, "submit: POST only; end-to-end: until the task is over")
      ->check(CLI::IsMember({"submit", "end-to-end"}))
      ->capture_default_str();
  auto* const rate =
      app.add_option("--rate", settings.load.rate, "Requests a second, whatever the answers do")
          ->check(CLI::Range(0.001, 1e6));
  auto* const concurrency =
      app.add_option("--concurrency", settings.concurrency,
                     "Instead of a rate: so many requests at a time, for throughput")
          ->check(CLI::Range(1, 10'000));
  rate->excludes(concurrency);
  app.add_option("--connections", settings.load.connections, "At most so many, for --rate")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--circuit", settings.bodies.circuit, "test or merkle_proof")
      ->capture_default_str();
  app.add_option("--depth", settings.bodies.depth, "Of merkle_proof's path")->capture_default_str();
  app.add_option("--body", settings.bodies.file, "Instead of a circuit: every request's body");
  app.add_option("--duration", settings.duration_s, "Seconds in which requests become due")
      ->check(CLI::Range(0.001, 1e6))
      ->capture_default_str();
  app.add_option("--count", settings.load.most_requests, "At most so many requests");
  app.add_option("--task-limit", settings.task_limit_s, "Seconds until a request is given up")
      ->check(CLI::Range(0.001, 1e6))
      ->capture_default_str();
  app.add_flag("--json", settings.json, "Print JSON");
  app.add_flag("--print-body", settings.print_body, "Print the first request's body and end");
}

base::Result<bool> run(Settings& settings) {
  ZKP_TRY(const Bodies bodies, Bodies::open(settings.bodies));
  if (settings.print_body) {
    fmt::print("{}\n", bodies.make(0));
    return true;
  }
  if (settings.load.rate == 0 && settings.concurrency == 0) {
    return base::Error{base::ErrorCode::invalid_argument, "want --rate or --concurrency"};
  }
  ZKP_TRY(const Address address, parse_url(settings.url));
  LoadOptions& load = settings.load;
  load.mode = settings.mode == "submit" ? Mode::submit : Mode::end_to_end;
  load.duration = std::chrono::milliseconds(std::llround(settings.duration_s * 1000));
  load.task_limit = std::chrono::milliseconds(std::llround(settings.task_limit_s * 1000));
  if (settings.concurrency != 0) load.connections = settings.concurrency;
  ZKP_TRY(const LoadResult result, run_load(load, address, bodies));
  const auto report = report_of(result, load);
  fmt::print("{}", settings.json ? report.dump(2) + "\n" : text_of(report));
  return all_went_well(result, load);
}

}  // namespace
}  // namespace zkp::test::perf

// Status 0: all was accepted, and completed; 1: something was not; 2: the flags are wrong.
int main(int argc, char** argv) {
  using namespace zkp::test::perf;  // NOLINT: this is its program
  Settings settings;
  CLI::App app("Sends proof requests to a gateway, and says how long they took", "zkp-load");
  declare(app, settings);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  const auto well = run(settings);
  if (well.ok()) return *well ? 0 : kFailed;
  fmt::print(stderr, "zkp-load: {}\n", well.error().message);
  return well.error().code == zkp::base::ErrorCode::invalid_argument ? kUsage : kFailed;
}
