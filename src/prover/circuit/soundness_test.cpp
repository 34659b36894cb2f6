#include <algorithm>
#include <array>
#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "prover/circuit/family.h"
#include "prover/circuit/poseidon.h"
#include "prover/circuit/testing.h"

// That no witness but the right one satisfies the constraints.
namespace zkp::prover::circuit {
namespace {

using testing::good_cases;
using testing::numbers;
using testing::positional;
using testing::Texts;

// A system with a witness that satisfies it, seen by wires.
class Satisfied {
 public:
  explicit Satisfied(std::string_view circuit_type, const Inputs& inputs) {
    const Shape shape = shape_of(circuit_type, inputs).value();
    system_ = build(shape).value();
    const Witness witness = solve(shape, inputs).value();
    for (const field::Limbs& value : witness.reveal()) {
      values_.push_back(Fr::from_standard(value));
    }
    rows_.resize(system_.constraint_count());
    columns_.resize(system_.wire_count);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      read(i, system_.a.row(i), &Row::a);
      read(i, system_.b.row(i), &Row::b);
      read(i, system_.c.row(i), &Row::c);
    }
  }

  [[nodiscard]] const ConstraintSystem& system() const { return system_; }

  // Whether a constraint breaks if this wire's value grows by `change` and no other does.
  [[nodiscard]] bool breaks(std::size_t wire, const Fr& change) const {
    return std::ranges::any_of(columns_[wire], [&](const Column& column) {
      const Row& row = rows_[column.row];
      return (row.a + change * column.in.a) * (row.b + change * column.in.b) !=
             row.c + change * column.in.c;
    });
  }

  // Whether outputs and inner wires could move, a little and all at once, while the inputs stand:
  // the rank of the constraints' derivatives is then below the number of these wires.
  [[nodiscard]] bool leaves_freedom() const {
    std::vector<std::size_t> wires;
    const std::size_t outputs_end = 1 + system_.public_output_count;
    const std::size_t inputs_end =
        outputs_end + system_.public_input_count + system_.private_input_count;
    for (std::size_t wire = 1; wire < system_.wire_count; ++wire) {
      if (wire < outputs_end || wire >= inputs_end) wires.push_back(wire);
    }
    std::vector<std::vector<Fr>> derivatives;  // by wire: of a * b - c in each row
    for (const std::size_t wire : wires) {
      std::vector<Fr>& derivative = derivatives.emplace_back(rows_.size());
      for (const Column& column : columns_[wire]) {
        const Row& row = rows_[column.row];
        derivative[column.row] = column.in.a * row.b + row.a * column.in.b - column.in.c;
      }
    }
    return !independent(std::move(derivatives));
  }

 private:
  struct Row {
    Fr a, b, c;
  };
  struct Column {
    std::size_t row;
    Row in;  // the wire's coefficients there
  };

  void read(std::size_t row, std::span<const Term> terms, Fr Row::* part) {
    for (const Term& term : terms) {
      rows_[row].*part += term.coefficient * values_[term.wire];
      std::vector<Column>& column = columns_[term.wire];
      if (column.empty() || column.back().row != row) column.push_back({row, {}});
      column.back().in.*part += term.coefficient;
    }
  }

  static bool independent(std::vector<std::vector<Fr>> vectors) {
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      const auto pivot = std::ranges::find_if(vectors[i], [](const Fr& x) { return !x.is_zero(); });
      if (pivot == vectors[i].end()) return false;
      const auto place = static_cast<std::size_t>(pivot - vectors[i].begin());
      const Fr scale = pivot->inverse();
      for (std::size_t j = i + 1; j < vectors.size(); ++j) {
        if (vectors[j][place].is_zero()) continue;
        const Fr factor = vectors[j][place] * scale;
        for (std::size_t k = 0; k < vectors[j].size(); ++k) {
          if (!vectors[i][k].is_zero()) vectors[j][k] -= factor * vectors[i][k];
        }
      }
    }
    return true;
  }

  ConstraintSystem system_;
  std::vector<Fr> values_;
  std::vector<Row> rows_;
  std::vector<std::vector<Column>> columns_;
};

TEST(Soundness, EveryWireIsHeldByAConstraint) {
  base::SeededRandom random(1);
  for (const testing::Case& example : good_cases()) {
    const Satisfied satisfied(example.circuit_type, example.inputs);
    for (std::size_t wire = 1; wire < satisfied.system().wire_count; ++wire) {
      for (const Fr& change : {Fr::one(), -Fr::one(), Fr::random(random)}) {
        EXPECT_TRUE(satisfied.breaks(wire, change)) << example.shape << ": wire " << wire;
      }
    }
  }
}

TEST(Soundness, InputsLeaveNoFreedomToTheOtherWires) {
  const auto leaves_freedom = [](std::string_view circuit_type, const Inputs& inputs) {
    return Satisfied(circuit_type, inputs).leaves_freedom();
  };
  EXPECT_FALSE(leaves_freedom("test", positional({"0", "5"}, {})));
  EXPECT_FALSE(leaves_freedom("addition", positional({}, {"5", "7"})));
  EXPECT_FALSE(leaves_freedom("range_proof", positional({"18", "65"}, {"42", "7"})));
  EXPECT_FALSE(leaves_freedom("merkle_tree", positional({"3"}, {"4"})));
  EXPECT_FALSE(leaves_freedom("merkle_tree", positional({"3"}, {})));
  EXPECT_FALSE(leaves_freedom("merkle_proof", positional({}, {"10", "1", "11"})));
  EXPECT_FALSE(leaves_freedom("poseidon_preimage", positional({}, {"5"})));
  EXPECT_FALSE(leaves_freedom("poseidon_preimage", positional({}, numbers(1, 4))));
}

// What comes out if the circuit is run on values that no request could bring, by a prover who does
// not stop at a falsehood.
struct Forgery {
  bool noticed;
  bool satisfies;
};
Forgery forge(const Family& family, Sizes sizes, std::span<const Fr> values) {
  Builder rows(Builder::Purpose::constraints);
  CircuitInputs no_values(rows, {});
  family.circuit(rows, sizes, no_values);
  Builder builder(Builder::Purpose::witness);
  CircuitInputs inputs(builder, values);
  family.circuit(builder, sizes, inputs);
  const bool noticed = builder.falsehood().has_value();
  const ConstraintSystem system = std::move(rows).finish_system();
  return {noticed, check_satisfied(system, std::move(builder).finish_witness()).ok()};
}

struct Range {
  Fr min, max, value;
};

bool range_can_be_proved(const Range& range) {
  const Forgery forgery =
      forge(kRangeProofFamily, {}, std::array{range.min, range.max, range.value, Fr::one()});
  EXPECT_NE(forgery.noticed, forgery.satisfies);
  return forgery.satisfies;
}

TEST(Soundness, ARangeHoldsToItsEdges) {
  const Fr zero = Fr::zero();
  const Fr one = Fr::one();
  const Fr most = Fr::from_u64(~std::uint64_t{0});
  const Fr over = most + one;
  const Fr low = Fr::from_u64(5);
  const Fr high = Fr::from_u64(9);
  for (const Range& range : {Range{low, high, low}, Range{low, high, high}, Range{low, low, low},
                             Range{zero, most, zero}, Range{zero, most, most},
                             Range{most, most, most}, Range{zero, zero, zero}}) {
    EXPECT_TRUE(range_can_be_proved(range));
  }
  for (const Range& range :
       {Range{low, high, low - one}, Range{low, high, high + one}, Range{high, low, low},
        Range{zero, most, over}, Range{zero, over, over}, Range{zero, over, most},
        Range{over, over, over}, Range{-low, high, low}, Range{-one, zero, zero},
        Range{zero, -one, zero}, Range{zero, most, -one}, Range{zero, high, -one}}) {
    EXPECT_FALSE(range_can_be_proved(range));
  }
}

TEST(Soundness, ARangeHoldsExactlyWhereItShould) {
  EXPECT_TRUE(rc::check([] {
    const auto number = [] {  // near 0, near 2^64, or anywhere between
      const auto any = *rc::gen::arbitrary<std::uint64_t>();
      const auto shift = *rc::gen::inRange<std::uint64_t>(0, 64);
      return *rc::gen::arbitrary<bool>() ? any >> shift : ~(any >> shift);
    };
    const std::uint64_t min = number();
    const std::uint64_t max = number();
    const std::uint64_t value = number();
    RC_ASSERT(range_can_be_proved({Fr::from_u64(min), Fr::from_u64(max), Fr::from_u64(value)}) ==
              (min <= value && value <= max));
  }));
}

TEST(Soundness, APathTakesNoIndexBitButZeroAndOne) {
  const auto proves = [](const Fr& bit) {
    const Forgery forgery =
        forge(kMerkleProofFamily, std::array{2U},
              std::array{Fr::from_u64(10), Fr::one(), bit, Fr::from_u64(11), Fr::from_u64(22)});
    EXPECT_NE(forgery.noticed, forgery.satisfies);
    return forgery.satisfies;
  };
  EXPECT_TRUE(proves(Fr::zero()));
  EXPECT_TRUE(proves(Fr::one()));
  EXPECT_FALSE(proves(Fr::from_u64(2)));
  EXPECT_FALSE(proves(-Fr::one()));
  EXPECT_FALSE(proves(Fr::from_u64(2).inverse()));
}

}  // namespace
}  // namespace zkp::prover::circuit
