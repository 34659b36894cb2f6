#include "test/perf/percentiles.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace zkp::test::perf {

Percentiles percentiles_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const auto count = static_cast<double>(values.size());
  // In thousandths, which a double holds exactly where 0.999 is only near.
  const auto at = [&](double thousandths) {
    return values[static_cast<std::size_t>(std::ceil(count * thousandths / 1000)) - 1];
  };
  return {.count = values.size(),
          .mean = std::accumulate(values.begin(), values.end(), 0.0) / count,
          .p50 = at(500),
          .p90 = at(900),
          .p99 = at(990),
          .p999 = at(999),
          .max = values.back()};
}

}  // namespace zkp::test::perf
