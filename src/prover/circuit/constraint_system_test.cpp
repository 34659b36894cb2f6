#include "prover/circuit/constraint_system.h"

#include <array>
#include <cstdlib>
#include <rapidcheck.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/circuit/bits.h"
#include "prover/circuit/builder.h"

namespace zkp::prover::circuit {
namespace {

// Knows x with x * x = 9 and x + y = 10, y public.
void example(Builder& builder, std::uint64_t x_value) {
  const Wire x = builder.add_wire(WireKind::private_input, Fr::from_u64(x_value));
  const Wire y = builder.add_wire(WireKind::public_input, Fr::from_u64(7));
  const Linear square = builder.product(x, x);
  builder.require_equal(square, Linear::constant(Fr::from_u64(9)), "x is no root of 9");
  builder.require_equal(Linear(x) + y, Linear::constant(Fr::from_u64(10)), "x + y is not 10");
}

ConstraintSystem example_system() {
  Builder builder(Builder::Purpose::constraints);
  example(builder, 0);
  return std::move(builder).finish_system();
}

Witness witness_of(std::initializer_list<std::uint64_t> values) {
  Witness witness(values.size());
  std::size_t next = 0;
  for (const std::uint64_t value : values) witness.reveal_mutable()[next++] = {value, 0, 0, 0};
  return witness;
}

void expect_error(const ConstraintSystem& system, const Witness& witness, base::ErrorCode code,
                  const char* part) {
  const base::Status status = check_satisfied(system, witness);
  ASSERT_FALSE(status.ok()) << part;
  EXPECT_EQ(status.error().code, code) << part;
  EXPECT_THAT(status.error().message, ::testing::HasSubstr(part));
}

TEST(ConstraintSystem, SaysWhichConstraintDoesNotHold) {
  const ConstraintSystem system = example_system();
  EXPECT_TRUE(check_satisfied(system, witness_of({1, 7, 3, 9})).ok());
  const auto unsatisfied = base::ErrorCode::failed_precondition;
  expect_error(system, witness_of({1, 7, 3, 8}), unsatisfied, "constraint 0 of 3");
  expect_error(system, witness_of({1, 6, 4, 16}), unsatisfied, "constraint 1 of 3");
  expect_error(system, witness_of({1, 8, 3, 9}), unsatisfied, "constraint 2 of 3");
}

TEST(ConstraintSystem, RefusesAWitnessThatDoesNotFit) {
  const ConstraintSystem system = example_system();
  const auto invalid = base::ErrorCode::invalid_argument;
  expect_error(system, witness_of({1, 7, 3}), invalid, "has 3 values, the circuit has 4 wires");
  expect_error(system, witness_of({1, 7, 3, 9, 0}), invalid, "has 5 values");
  expect_error(system, Witness(), invalid, "has 0 values");
  expect_error(system, witness_of({0, 7, 3, 9}), invalid, "value 0 is not 1");
  Witness unreduced = witness_of({1, 7, 3, 9});
  unreduced.reveal_mutable()[3] = Fr::kModulus;
  expect_error(system, unreduced, invalid, "value 3 is not below");
}

TEST(ConstraintSystem, RefusesMatricesThatDoNotFit) {
  const Witness witness = witness_of({1, 7, 3, 9});
  const auto invalid = base::ErrorCode::invalid_argument;
  ConstraintSystem system = example_system();
  system.b.append_row({});
  expect_error(system, witness, invalid, "3, 4 and 3 rows");
  for (SparseMatrix ConstraintSystem::* matrix :
       {&ConstraintSystem::a, &ConstraintSystem::b, &ConstraintSystem::c}) {
    system = example_system();
    (system.*matrix).terms.back().wire = 4;
    expect_error(system, witness, invalid, "beyond the 4");
  }
}

TEST(Builder, PutsWiresIntoCircomsOrder) {
  Builder builder(Builder::Purpose::witness);
  for (const auto& [kind, value] : {std::pair{WireKind::inner, 6},
                                    {WireKind::private_input, 4},
                                    {WireKind::public_input, 2},
                                    {WireKind::output, 1},
                                    {WireKind::private_input, 5},
                                    {WireKind::public_input, 3},
                                    {WireKind::inner, 7}}) {
    builder.add_wire(kind, Fr::from_u64(static_cast<std::uint64_t>(value) * 10));
  }
  EXPECT_EQ(builder.public_count(), 3);
  const Witness witness = std::move(builder).finish_witness();
  for (std::size_t i = 1; i < witness.size(); ++i) {
    EXPECT_EQ(witness.reveal()[i], (field::Limbs{10 * i, 0, 0, 0}));
  }
}

TEST(Builder, NotesTheFirstFalsehood) {
  const auto falsehood = [](std::uint64_t x) {
    Builder builder(Builder::Purpose::witness);
    example(builder, x);
    return builder.falsehood().value_or("none");
  };
  EXPECT_EQ(falsehood(3), "none");
  EXPECT_EQ(falsehood(4), "x is no root of 9");
}

TEST(Builder, KeepsItsValuesAsItGrows) {
  Builder builder(Builder::Purpose::witness);
  for (std::uint64_t i = 1; i < 5000; ++i) builder.add_wire(WireKind::inner, Fr::from_u64(i));
  const Witness witness = std::move(builder).finish_witness();
  ASSERT_EQ(witness.size(), 5000);
  for (std::uint64_t i = 1; i < 5000; ++i) EXPECT_EQ(witness.reveal()[i][0], i);
}

TEST(Builder, TakesNoConstraintForAProductWithAConstant) {
  Builder builder(Builder::Purpose::constraints);
  const Linear x = builder.add_wire(WireKind::private_input, {});
  const Linear two = Linear::constant(Fr::from_u64(2));
  EXPECT_EQ(builder.product(x, two), x + x);
  EXPECT_EQ(builder.product(two, x), x + x);
  EXPECT_EQ(builder.product({}, x), Linear());
  EXPECT_EQ(std::move(builder).finish_system().constraint_count(), 0);
}

Linear linear_of(const std::vector<std::pair<std::uint8_t, std::int8_t>>& parts) {
  std::vector<Term> terms;
  for (const auto& [wire, coefficient] : parts) {
    const Fr size = Fr::from_u64(static_cast<std::uint64_t>(std::abs(int{coefficient})));
    terms.push_back({static_cast<std::uint32_t>(wire % 8), coefficient < 0 ? -size : size});
  }
  return Linear::of_terms(std::move(terms));
}

TEST(Linear, AddsAsFunctionsDo) {
  using Parts = std::vector<std::pair<std::uint8_t, std::int8_t>>;
  EXPECT_TRUE(rc::check([](const Parts& a_parts, const Parts& b_parts, const Parts& c_parts) {
    const Linear a = linear_of(a_parts);
    const Linear b = linear_of(b_parts);
    const Linear c = linear_of(c_parts);
    RC_ASSERT(a + b == b + a);
    RC_ASSERT((a + b) + c == a + (b + c));
    RC_ASSERT(a - a == Linear());
    RC_ASSERT((a + b) - b == a);
    const std::array factors{Fr::from_u64(3), Fr::zero(), -Fr::one()};
    RC_ASSERT(Linear::weighted_sum(factors, std::array{a, b, c}) == Fr::from_u64(3) * a - c);
    Parts both = a_parts;
    both.insert(both.end(), b_parts.begin(), b_parts.end());
    RC_ASSERT(linear_of(both) == a + b);
  }));
}

TEST(Bits, HoldExactlyBelowThePowerOfTwo) {
  const auto holds = [](const Fr& value, std::size_t bits) {
    Builder builder(Builder::Purpose::witness);
    const Wire wire = builder.add_wire(WireKind::private_input, value);
    require_below_power_of_two(builder, wire, bits, "too large");
    return !builder.falsehood().has_value();
  };
  for (const std::size_t bits : {1U, 2U, 63U, 64U, 65U, 253U}) {
    const Fr bound = Fr::from_u64(2).power(bits);
    EXPECT_TRUE(holds(Fr::zero(), bits)) << bits;
    EXPECT_TRUE(holds(bound - Fr::one(), bits)) << bits;
    EXPECT_FALSE(holds(bound, bits)) << bits;
    EXPECT_FALSE(holds(bound + Fr::one(), bits)) << bits;
    EXPECT_FALSE(holds(-Fr::one(), bits)) << bits;
  }
}

}  // namespace
}  // namespace zkp::prover::circuit
