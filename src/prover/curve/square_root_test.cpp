#include "prover/curve/square_root.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace zkp::prover::curve {
namespace {

template <class Field>
void expect_a_root_of_squares_alone(const Field& value, const Field& not_a_square) {
  const auto root = square_root(value.squared());
  ASSERT_TRUE(root.has_value());
  EXPECT_TRUE(*root == value || *root == -value);
  if (value.is_zero()) return;
  EXPECT_FALSE(square_root(value.squared() * not_a_square).has_value());
}

TEST(SquareRoot, IsThereForSquaresAlone) {
  base::SeededRandom random(1);
  const Fq minus_one = -Fq::one();                        // q is 3 modulo 4
  const Fq2 nine_and_u = Fq2::one().times_non_residue();  // no square, or Fq12 were no field
  for (int i = 0; i < 20; ++i) {
    const Fq a = i < 2 ? Fq::from_u64(std::uint64_t(i)) : Fq::random(random);
    const Fq b = Fq::random(random);
    expect_a_root_of_squares_alone(a, minus_one);
    expect_a_root_of_squares_alone(Fq2{a, b}, nine_and_u);
    expect_a_root_of_squares_alone(Fq2{a, Fq::zero()}, nine_and_u);  // squares in Fq
    expect_a_root_of_squares_alone(Fq2{Fq::zero(), b}, nine_and_u);  // and opposites of them
  }
}

}  // namespace
}  // namespace zkp::prover::curve
