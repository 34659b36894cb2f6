#include <array>

#include "prover/circuit/bits.h"
#include "prover/circuit/family.h"
#include "prover/circuit/poseidon.h"

namespace zkp::prover::circuit {
namespace {

constexpr std::size_t kBits = 64;

constexpr std::array kSignals = {std::string_view("commitment"), std::string_view("min"),
                                 std::string_view("max")};
constexpr std::array kFields = {
    InputField{"commitment", false, false, true, "field element: Poseidon(value, salt)"},
    InputField{"min", false, false, false, "number below 2^64"},
    InputField{"max", false, false, false, "number below 2^64"},
    InputField{"value", true, false, false, "number below 2^64, from min to max"},
    InputField{"salt", true, false, false,
               "field element that nobody can guess; keeps the commitment from giving the value "
               "away"},
};

Request read(InputReader& reader) {
  Request request;
  request.output = reader.optional_element("commitment");
  const Fr min = Fr::from_u64(reader.integer("min"));
  const Fr max = Fr::from_u64(reader.integer("max"));
  const Fr value = Fr::from_u64(reader.integer("value"));
  const Fr salt = reader.element("salt");
  request.values = joined({std::array{min, max, value, salt}});
  return request;
}

// With all four below 2^64: min <= min + (value - min) = value < 2^65 holds for the integers, not
// only modulo r, and so does value <= value + (max - value) = max < 2^64.
void circuit(Builder& builder, Sizes, CircuitInputs& inputs) {
  const Wire min = inputs.next(WireKind::public_input);
  const Wire max = inputs.next(WireKind::public_input);
  const Wire value = inputs.next(WireKind::private_input);
  const Wire salt = inputs.next(WireKind::private_input);
  require_below_power_of_two(builder, min, kBits, "min is not below 2^64");
  require_below_power_of_two(builder, max, kBits, "max is not below 2^64");
  require_below_power_of_two(builder, Linear(value) - min, kBits, "the value is below min");
  require_below_power_of_two(builder, Linear(max) - value, kBits, "the value is above max");
  poseidon(builder, std::array<Linear, 2>{value, salt}, WireKind::output);
}

}  // namespace

const Family kRangeProofFamily = {
    .entry = {.name = "range_proof",
              .statement = "knows value and salt with commitment = Poseidon(value, salt) and min "
                           "<= value <= max, all three below 2^64",
              .public_signals = kSignals,
              .fields = kFields,
              .example_shape = "range_proof"},
    .shapes = "range_proof, without sizes",
    .has_shape = [](Sizes sizes) { return sizes.empty(); },
    .read = read,
    .circuit = circuit,
};

}  // namespace zkp::prover::circuit
