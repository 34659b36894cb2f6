#include "prover/circuit/catalogue.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "prover/circuit/testing.h"

namespace zkp::prover::circuit {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

std::vector<Fr> public_part(const Witness& witness, std::size_t count) {
  std::vector<Fr> signals;
  for (std::size_t i = 1; i <= count; ++i) {
    signals.push_back(Fr::from_standard(witness.reveal()[i]));
  }
  return signals;
}

Texts decimals(std::span<const Fr> elements) {
  Texts texts;
  for (const Fr& element : elements) texts.push_back(element.to_decimal());
  return texts;
}

TEST(Catalogue, SolvesWhatItBuilds) {
  for (const Case& example : good_cases()) {
    const base::Result<Shape> shape = shape_of(example.circuit_type, example.inputs);
    ASSERT_TRUE(shape.ok()) << example.shape << ": " << shape.error().message;
    EXPECT_EQ(shape->id(), example.shape);
    const base::Result<ConstraintSystem> system = build(*shape);
    ASSERT_TRUE(system.ok()) << example.shape;
    const base::Result<Witness> witness = solve(*shape, example.inputs);
    ASSERT_TRUE(witness.ok()) << example.shape << ": " << witness.error().message;
    EXPECT_TRUE(check_satisfied(*system, *witness).ok()) << example.shape;
    const std::vector<Fr> signals = public_part(*witness, system->public_count());
    if (!example.public_signals.empty()) {
      EXPECT_EQ(decimals(signals), example.public_signals) << example.shape;
    }
    EXPECT_TRUE(answers_request(*shape, example.inputs, signals)) << example.shape;
  }
}

TEST(Catalogue, BuildsTheSameSystemEachTime) {
  const Shape shape{.circuit_type = "merkle_tree", .sizes = {3, 2}};
  const ConstraintSystem first = build(shape).value();
  const ConstraintSystem second = build(shape).value();
  EXPECT_EQ(first.a.terms, second.a.terms);
  EXPECT_EQ(first.b.terms, second.b.terms);
  EXPECT_EQ(first.c.terms, second.c.terms);
}

// A change here makes every stored key of the family useless.
TEST(Catalogue, KeepsItsConstraintCounts) {
  const auto count_of = [](std::string_view id) {
    return build(Shape::parse(id).value()).value().constraint_count();
  };
  EXPECT_EQ(count_of("test/3"), 3);
  EXPECT_EQ(count_of("addition"), 1);
  EXPECT_EQ(count_of("poseidon_preimage/2"), 240);
  EXPECT_EQ(count_of("range_proof"), 4 * 65 + 240);
  EXPECT_EQ(count_of("merkle_proof/20"), 20 * 242);
  EXPECT_EQ(count_of("merkle_tree/3,2"), 6 * 240);  // of seven nodes one hashes zeros alone
  EXPECT_EQ(count_of("merkle_tree/512,512"), 1023 * 240);
}

TEST(Catalogue, DescribesWhatItBuilds) {
  for (const CatalogueEntry& entry : catalogue()) {
    EXPECT_EQ(find_entry(entry.name), &entry);
    const Shape shape = Shape::parse(entry.example_shape).value();
    EXPECT_EQ(shape.circuit_type, entry.name);
    const ConstraintSystem system = build(shape).value();
    std::size_t signals = 0;
    for (const std::string_view signal : entry.public_signals) {
      signals += signal.ends_with("[]") ? shape.sizes.at(0) : 1;
    }
    EXPECT_EQ(system.public_count(), signals) << entry.name;
    EXPECT_LE(system.public_output_count, 1) << entry.name;
    // Else the positional form could not reach a single value: the first list takes all that is
    // left.
    for (const bool is_private : {false, true}) {
      std::vector<bool> lists;
      for (const InputField& field : entry.fields) {
        if (field.is_private == is_private) lists.push_back(field.is_list);
      }
      EXPECT_TRUE(std::ranges::is_sorted(lists)) << entry.name;
    }
    EXPECT_FALSE(entry.statement.empty());
  }
  EXPECT_EQ(find_entry("merkle"), nullptr);
}

TEST(Catalogue, NumbersWiresAsCircomDoes) {
  const Shape shape{.circuit_type = "range_proof", .sizes = {}};
  const ConstraintSystem system = build(shape).value();
  EXPECT_EQ(system.public_output_count, 1);
  EXPECT_EQ(system.public_input_count, 2);
  EXPECT_EQ(system.private_input_count, 2);
  const Witness witness = solve(shape, positional({"18", "65"}, {"42", "7"})).value();
  // one, commitment, min, max, value, salt
  EXPECT_EQ(witness.reveal()[0], (field::Limbs{1, 0, 0, 0}));
  EXPECT_EQ(witness.reveal()[2], (field::Limbs{18, 0, 0, 0}));
  EXPECT_EQ(witness.reveal()[3], (field::Limbs{65, 0, 0, 0}));
  EXPECT_EQ(witness.reveal()[4], (field::Limbs{42, 0, 0, 0}));
  EXPECT_EQ(witness.reveal()[5], (field::Limbs{7, 0, 0, 0}));
}

TEST(Catalogue, RefusesShapesThatItDoesNotHave) {
  for (const char* id :
       {"test", "test/0", "test/1025", "test/1,1", "merkle_tree/1", "merkle_tree/0,0",
        "merkle_tree/1024,1", "merkle_tree/4294967295,1", "merkle_tree/1,1,1", "merkle_proof",
        "merkle_proof/0", "merkle_proof/65", "range_proof/1", "addition/2", "poseidon_preimage/0",
        "poseidon_preimage/17"}) {
    const base::Result<ConstraintSystem> system = build(Shape::parse(id).value());
    ASSERT_FALSE(system.ok()) << id;
    EXPECT_EQ(system.error().code, base::ErrorCode::invalid_argument) << id;
  }
  EXPECT_EQ(build(Shape{"marble_tree", {3, 2}}).error().code, base::ErrorCode::not_found);
}

TEST(Catalogue, NamesTheNearestOfUnknownCircuits) {
  EXPECT_EQ(nearest_name("merkel_tree"), "merkle_tree");
  EXPECT_EQ(nearest_name("merkle_prof"), "merkle_proof");
  EXPECT_EQ(nearest_name("rangeproof"), "range_proof");
  EXPECT_EQ(nearest_name("tests"), "test");
  EXPECT_EQ(nearest_name("posiedon_preimag"), "poseidon_preimage");
  EXPECT_EQ(nearest_name(""), "test");
  const base::Result<Shape> shape = shape_of("merkel_tree", positional({"1"}, {}));
  EXPECT_EQ(shape.error().code, base::ErrorCode::not_found);
  EXPECT_THAT(shape.error().message, ::testing::HasSubstr("merkle_tree"));
}

TEST(Catalogue, SolvesOnlyForTheInputsShape) {
  const base::Result<Witness> witness =
      solve(Shape{"merkle_tree", {2, 2}}, positional({"1", "2"}, {"3"}));
  EXPECT_EQ(witness.error().code, base::ErrorCode::invalid_argument);
}

TEST(Catalogue, SaysWhichPartOfAStatementIsFalse) {
  struct False {
    const char* circuit_type;
    Inputs inputs;
    const char* part;
  };
  const std::string edge = "18446744073709551615";
  const std::vector<False> cases = {
      {"range_proof", positional({"18", "65"}, {"17", "7"}), "the value is below min"},
      {"range_proof", positional({"18", "65"}, {"66", "7"}), "the value is above max"},
      {"range_proof", positional({"65", "18"}, {"42", "7"}), "the value is below min"},
      {"range_proof", positional({"1", edge}, {"0", "7"}), "the value is below min"},
      {"range_proof", positional({"0", "0"}, {edge, "7"}), "the value is above max"},
      {"range_proof", positional({"1", "18", "65"}, {"42", "7"}), "commitment is not what"},
      {"merkle_proof", positional({"1"}, {"10", "3", "11", "22"}), "root is not what"},
      {"merkle_proof", named({list("leaves", {"1"}), one("leaf_index", "0"), one("root", "1")}),
       "root is not what"},
      {"addition", positional({"13"}, {"5", "7"}), "sum is not what"},
      {"poseidon_preimage", positional({"1"}, {"1", "2"}), "digest is not what"},
  };
  for (const False& example : cases) {
    const base::Result<Shape> shape = shape_of(example.circuit_type, example.inputs);
    ASSERT_TRUE(shape.ok()) << example.circuit_type;
    const base::Result<Witness> witness = solve(*shape, example.inputs);
    ASSERT_FALSE(witness.ok()) << example.part;
    EXPECT_EQ(witness.error().code, base::ErrorCode::failed_precondition);
    EXPECT_THAT(witness.error().message, ::testing::HasSubstr(example.part));
    EXPECT_FALSE(answers_request(*shape, example.inputs, {}));
  }
}

TEST(Catalogue, TellsTheProofOfAnotherStatement) {
  for (const Case& example : good_cases()) {
    const Shape shape = shape_of(example.circuit_type, example.inputs).value();
    const std::size_t count = build(shape).value().public_count();
    const std::vector<Fr> right = public_part(solve(shape, example.inputs).value(), count);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<Fr> wrong = right;
      wrong[i] += Fr::one();
      EXPECT_FALSE(answers_request(shape, example.inputs, wrong)) << example.shape << " " << i;
    }
    std::vector<Fr> more = right;
    more.push_back(Fr::from_standard(solve(shape, example.inputs)->reveal()[count + 1]));
    EXPECT_FALSE(answers_request(shape, example.inputs, more)) << example.shape;
    EXPECT_FALSE(answers_request(shape, example.inputs, std::span(right).first(count - 1)));
  }
}

}  // namespace
}  // namespace zkp::prover::circuit
