#include "base/random.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace zkp::base {
namespace {

TEST(SeededRandom, IsSplitMix64) {
  // The generator's published outputs for the seed 1234567 (Rosetta Code, "SplitMix64").
  SeededRandom random(1234567);
  EXPECT_EQ(random.next_u64(), 6457827717110365317U);
  EXPECT_EQ(random.next_u64(), 3203168211198807973U);
  EXPECT_EQ(random.next_u64(), 9817491932198370423U);
}

TEST(SeededRandom, RepeatsItselfAndOnlyItself) {
  SeededRandom a(1);
  SeededRandom b(1);
  SeededRandom c(2);
  std::vector<std::uint8_t> from_a(100), from_b(100), from_c(100);
  a.fill(from_a);
  b.fill(from_b);
  c.fill(from_c);
  EXPECT_EQ(from_a, from_b);
  EXPECT_NE(from_a, from_c);
}

TEST(SeededRandom, FillsOddLengthsToTheEnd) {
  for (std::size_t size = 0; size < 20; ++size) {
    std::vector<std::uint8_t> long_fill(24), short_fill(size + 1, 0xee);
    SeededRandom(9).fill(long_fill);
    SeededRandom(9).fill(std::span(short_fill).first(size));
    EXPECT_TRUE(std::equal(short_fill.begin(), short_fill.end() - 1, long_fill.begin()));
    EXPECT_EQ(short_fill[size], 0xee) << "wrote past the end";
  }
}

TEST(SystemRandom, FillsEveryByte) {
  SystemRandom random;
  std::vector<std::uint8_t> seen(64, 0);
  for (int i = 0; i < 20; ++i) {  // a byte that stays zero twenty times: 2^-154
    std::vector<std::uint8_t> bytes(64);
    random.fill(bytes);
    for (std::size_t j = 0; j < bytes.size(); ++j) seen[j] |= bytes[j];
  }
  EXPECT_TRUE(std::ranges::all_of(seen, [](std::uint8_t byte) { return byte != 0; }));
  EXPECT_NE(random.next_u64(), random.next_u64());
  random.fill({});
}

}  // namespace
}  // namespace zkp::base
