#include "test/perf/percentiles.h"

#include <numeric>

#include <gtest/gtest.h>

namespace zkp::test::perf {
namespace {

TEST(Percentiles, AreZeroWithoutValues) {
  EXPECT_EQ(percentiles_of({}).count, 0U);
  EXPECT_EQ(percentiles_of({}).max, 0);
}

TEST(Percentiles, OfOneValueAreThatValue) {
  const Percentiles one = percentiles_of({7});
  EXPECT_EQ(one.p50, 7);
  EXPECT_EQ(one.p999, 7);
}

TEST(Percentiles, AreByNearestRankInAnyOrder) {
  std::vector<double> values(1000);
  std::iota(values.rbegin(), values.rend(), 1);
  const Percentiles all = percentiles_of(values);
  EXPECT_EQ(all.mean, 500.5);
  EXPECT_EQ(all.p50, 500);
  EXPECT_EQ(all.p90, 900);
  EXPECT_EQ(all.p99, 990);
  EXPECT_EQ(all.p999, 999);
  EXPECT_EQ(all.max, 1000);
}

}  // namespace
}  // namespace zkp::test::perf
