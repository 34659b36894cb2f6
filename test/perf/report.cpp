#include "test/perf/report.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "test/perf/percentiles.h"

namespace zkp::test::perf {
namespace {

using nlohmann::ordered_json;

// To the microsecond: what follows is noise.
double rounded(double value) { return std::round(value * 1000) / 1000; }

ordered_json json_of(const Percentiles& p) {
  return {{"count", p.count},      {"mean", rounded(p.mean)}, {"p50", rounded(p.p50)},
          {"p90", rounded(p.p90)}, {"p99", rounded(p.p99)},   {"p99.9", rounded(p.p999)},
          {"max", rounded(p.max)}};
}

ordered_json times_of(const std::vector<Sample>& samples,
                      std::optional<double> Sample::* const time) {
  std::vector<double> values;
  for (const Sample& sample : samples) {
    if (sample.*time) values.push_back(*(sample.*time));
  }
  return json_of(percentiles_of(std::move(values)));
}

template <class Key>
void count(std::map<std::string, std::size_t>& counts, const Key& key) {
  ++counts[key];
}

}  // namespace

ordered_json report_of(const LoadResult& result, const LoadOptions& options) {
  std::map<std::string, std::size_t> statuses, errors, tasks;
  std::size_t polls_failed = 0;
  for (const Sample& sample : result.samples) {
    polls_failed += sample.polls_failed;
    if (sample.status != 0) count(statuses, std::to_string(sample.status));
    if (!sample.error.empty()) count(errors, sample.error);
    if (!sample.task_status.empty()) count(tasks, sample.task_status);
  }
  const auto& samples = result.samples;
  const double seconds = std::max(result.elapsed.count(), 1e-9);
  const auto accepted = static_cast<double>(statuses["202"]);
  const bool end_to_end = options.mode == Mode::end_to_end;
  ordered_json report{{"mode", end_to_end ? "end-to-end" : "submit"},
                      {"rate", options.rate},
                      {"connections", options.connections},
                      {"seconds", rounded(seconds)},
                      {"requests", samples.size()},
                      {"accepted_per_second", rounded(accepted / seconds)}};
  if (end_to_end) {
    const auto completed = static_cast<double>(tasks["completed"]);
    report["completed_per_second"] = rounded(completed / seconds);
  }
  report["statuses"] = statuses;
  report["errors"] = errors;
  if (end_to_end) report["tasks"] = tasks;
  if (end_to_end) report["polls_failed"] = polls_failed;
  report["ms"] = {{"accepted", times_of(samples, &Sample::accepted_ms)}};
  if (end_to_end) {
    report["ms"]["started"] = times_of(samples, &Sample::started_ms);
    report["ms"]["finished"] = times_of(samples, &Sample::finished_ms);
    report["ms"]["task's queue_ms"] = times_of(samples, &Sample::queue_ms);
    report["ms"]["task's prove_ms"] = times_of(samples, &Sample::prove_ms);
  }
  return report;
}

std::string text_of(const ordered_json& report) {
  std::string text;
  for (const auto& [name, value] : report.items()) {
    if (name != "ms") text += fmt::format("{:<22} {}\n", name, value.dump());
  }
  text += fmt::format("{:<22} {:>8} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "ms since due", "count",
                      "p50", "p90", "p99", "p99.9", "max");
  for (const auto& [name, time] : report["ms"].items()) {
    text += fmt::format("{:<22} {:>8}", name, time["count"].dump());
    for (const char* const column : {"p50", "p90", "p99", "p99.9", "max"}) {
      text += fmt::format(" {:>9.2f}", time[column].get<double>());
    }
    text += '\n';
  }
  return text;
}

bool all_went_well(const LoadResult& result, const LoadOptions& options) {
  return std::ranges::all_of(result.samples, [&](const Sample& sample) {
    return sample.status == 202 && sample.error.empty() &&
           (options.mode == Mode::submit || sample.task_status == "completed");
  });
}

}  // namespace zkp::test::perf
