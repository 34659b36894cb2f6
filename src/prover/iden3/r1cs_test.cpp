#include <rapidcheck.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/iden3/formats.h"
#include "prover/iden3/test_files.h"

namespace zkp::prover::iden3 {
namespace {

using base::Bytes;
using circuit::ConstraintSystem;
using circuit::SparseMatrix;
using circuit::Term;
using field::Fr;

bool equal(const SparseMatrix& a, const SparseMatrix& b) {
  return a.row_start == b.row_start && a.terms == b.terms;
}
bool equal(const ConstraintSystem& a, const ConstraintSystem& b) {
  return a.wire_count == b.wire_count && a.public_output_count == b.public_output_count &&
         a.public_input_count == b.public_input_count &&
         a.private_input_count == b.private_input_count && a.label_count == b.label_count &&
         a.wire_labels == b.wire_labels && equal(a.a, b.a) && equal(a.b, b.b) && equal(a.c, b.c);
}

std::string error_of(const Bytes& file) {
  const auto system = read_r1cs(file);
  return system ? "none" : system.error().message;
}

// Where things stand in product.r1cs: section 2 first, then 1, then 3.
constexpr std::size_t kFirstCount = 24, kFirstWire = 28, kFirstCoefficient = 32;
constexpr std::size_t kHeader = 24 + 276 + 12;
constexpr std::size_t kPrime = kHeader + 4, kWires = kHeader + 36, kInputs = kHeader + 48,
                      kConstraintCount = kHeader + 60;

TEST(R1cs, ReadsWhatCircomWrote) {
  const auto system = read_r1cs(test_file("product.r1cs"));
  ASSERT_TRUE(system.ok()) << system.error().message;
  EXPECT_EQ(system->wire_count, 5U);
  EXPECT_EQ(system->public_output_count, 1U);
  EXPECT_EQ(system->public_input_count, 0U);
  EXPECT_EQ(system->private_input_count, 2U);
  EXPECT_EQ(system->label_count, 6U);
  EXPECT_THAT(system->wire_labels, testing::ElementsAre(0, 1, 2, 3, 5));
  // -x * y = -product, then product * x = z - 3
  ASSERT_EQ(system->constraint_count(), 2U);
  EXPECT_THAT(system->a.row(0), testing::ElementsAre(Term{2, -Fr::one()}));
  EXPECT_THAT(system->b.row(0), testing::ElementsAre(Term{3, Fr::one()}));
  EXPECT_THAT(system->c.row(0), testing::ElementsAre(Term{4, -Fr::one()}));
}

TEST(R1cs, WritesTheSameBytesAsCircom) {
  const Bytes file = test_file("product.r1cs");
  const auto system = read_r1cs(file);
  ASSERT_TRUE(system.ok());
  EXPECT_EQ(write_r1cs(*system), file);
}

TEST(R1cs, HoldsForTheWitnessOfCircom) {
  const auto system = read_r1cs(test_file("product.r1cs"));
  const auto witness = read_wtns(test_file("product.wtns"));
  ASSERT_TRUE(system.ok() && witness.ok());
  EXPECT_TRUE(circuit::check_satisfied(*system, *witness).ok());
}

SparseMatrix random_matrix(std::size_t rows, std::uint32_t wire_count) {
  base::SeededRandom random(*rc::gen::arbitrary<std::uint64_t>());
  SparseMatrix matrix;
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<Term> row(random.next_u64() % 4);
    for (Term& term : row) {
      term = {static_cast<std::uint32_t>(random.next_u64() % wire_count), Fr::random(random)};
    }
    matrix.append_row(row);
  }
  return matrix;
}

TEST(R1cs, AnySystemComesBack) {
  EXPECT_TRUE(rc::check([] {
    ConstraintSystem system;
    system.public_output_count = *rc::gen::inRange(0U, 4U);
    system.public_input_count = *rc::gen::inRange(0U, 4U);
    system.private_input_count = *rc::gen::inRange(0U, 4U);
    system.wire_count =
        1 + system.public_count() + system.private_input_count + *rc::gen::inRange(0U, 4U);
    system.label_count = *rc::gen::arbitrary<std::uint64_t>();
    const auto rows = *rc::gen::inRange<std::size_t>(0, 8);
    system.a = random_matrix(rows, system.wire_count);
    system.b = random_matrix(rows, system.wire_count);
    system.c = random_matrix(rows, system.wire_count);
    const auto back = read_r1cs(write_r1cs(system));
    RC_ASSERT(back.ok());
    RC_ASSERT(equal(*back, system));
  }));
}

TEST(R1cs, RefusesAnotherField) {
  Bytes file = test_file("product.r1cs");
  file[kPrime] ^= 1;
  EXPECT_EQ(error_of(file), "r1cs: the prime is not that of BN254 (bn128)");
}

TEST(R1cs, RefusesAWireThatIsNotThere) {
  Bytes file = test_file("product.r1cs");
  file[kFirstWire] = 5;
  EXPECT_EQ(error_of(file), "r1cs: constraint 0 names wire 5 of 5 wires");
}

TEST(R1cs, RefusesACoefficientThatIsNotReduced) {
  Bytes file = test_file("product.r1cs");
  std::fill_n(file.begin() + kFirstCoefficient, 32, std::uint8_t{0xff});
  EXPECT_EQ(error_of(file), "r1cs: constraint 0 has a coefficient not below the prime");
}

TEST(R1cs, RefusesCountsThatTheBytesDoNotBear) {
  Bytes file = test_file("product.r1cs");
  file[kFirstCount + 3] = 0xff;
  EXPECT_EQ(error_of(file),
            "r1cs: section 2 has 272 bytes left in constraint 0, want 154014842916");
  file = test_file("product.r1cs");
  file[kConstraintCount + 3] = 0xff;
  EXPECT_EQ(error_of(file),
            "r1cs: section 2 has 276 bytes, want at least 51338280984 for 4278190082 constraints");
  file = test_file("product.r1cs");
  file[kConstraintCount] = 1;
  EXPECT_EQ(error_of(file), "r1cs: section 2 has 156 bytes after its last constraint");
  file = test_file("product.r1cs");
  file[kWires + 3] = 0xff;
  EXPECT_EQ(error_of(file), "r1cs: section 3 has 40 bytes, want 34225520680");
}

TEST(R1cs, RefusesMoreSignalsThanWires) {
  Bytes file = test_file("product.r1cs");
  std::fill_n(file.begin() + kInputs - 8, 12, std::uint8_t{0xff});
  EXPECT_EQ(error_of(file),
            "r1cs: header has 5 wires, want at least 12884901886: 1, outputs and inputs");
}

// Dropping them would make a key that proves less than the circuit says.
TEST(R1cs, RefusesCustomGates) {
  Bytes file = test_file("product.r1cs");
  file[8] = 4;
  const Bytes section = {5, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  file.insert(file.end(), section.begin(), section.end());
  EXPECT_EQ(error_of(file), "none");
  file[file.size() - 4] = 1;
  EXPECT_EQ(error_of(file), "r1cs: the circuit uses custom gates, which Groth16 has not");
}

TEST(R1cs, SurvivesDamage) {
  const Bytes file = test_file("product.r1cs");
  for_each_truncation(file,
                      [](base::ByteView cut) { EXPECT_FALSE(read_r1cs(cut).ok()) << cut.size(); });
  for_each_flip(file, [](base::ByteView changed) {
    if (const auto system = read_r1cs(changed)) {
      const auto again = read_r1cs(write_r1cs(*system));
      EXPECT_TRUE(again.ok() && equal(*again, *system));
    }
  });
}

}  // namespace
}  // namespace zkp::prover::iden3
