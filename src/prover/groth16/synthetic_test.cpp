#include "prover/groth16/synthetic.h"

#include <gtest/gtest.h>

namespace zkp::prover::groth16 {
namespace {

TEST(Synthetic, IsSatisfiedAndOfTheSizeThatWasAskedFor) {
  for (const std::size_t count : {1U, 2U, 3U, 100U}) {
    const SyntheticCircuit made = synthetic_circuit(count, 7);
    EXPECT_EQ(made.system.constraint_count(), count);
    EXPECT_TRUE(circuit::check_satisfied(made.system, made.witness).ok());
  }
}

TEST(Synthetic, FollowsFromTheSeed) {
  const auto value = [](std::uint64_t seed) {
    return synthetic_circuit(100, seed).witness.reveal()[1];
  };
  EXPECT_EQ(value(7), value(7));
  EXPECT_NE(value(7), value(8));
}

}  // namespace
}  // namespace zkp::prover::groth16
