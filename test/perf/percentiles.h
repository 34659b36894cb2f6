#pragma once

#include <cstddef>
#include <vector>

namespace zkp::test::perf {

// What is said of a set of measured values. All of it 0 if there are none.
struct Percentiles {
  std::size_t count = 0;
  double mean = 0, p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0;
};

// By nearest rank: the smallest value that is not below so many of them. So each is a value that
// was measured, and p99 of fewer than 100 values is the largest.
Percentiles percentiles_of(std::vector<double> values);

}  // namespace zkp::test::perf
