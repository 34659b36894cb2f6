#include <array>

#include "prover/circuit/family.h"

namespace zkp::prover::circuit {
namespace {

constexpr std::array kSignals = {std::string_view("sum")};
constexpr std::array kFields = {
    InputField{"sum", false, false, true, "field element: a + b"},
    InputField{"a", true, false, false, "field element"},
    InputField{"b", true, false, false, "field element"},
};

Request read(InputReader& reader) {
  Request request;
  request.output = reader.optional_element("sum");
  const Fr a = reader.element("a");
  const Fr b = reader.element("b");
  request.values = joined({std::array{a, b}});
  return request;
}

void circuit(Builder& builder, Sizes, CircuitInputs& inputs) {
  const Wire a = inputs.next(WireKind::private_input);
  const Wire b = inputs.next(WireKind::private_input);
  const Linear total = Linear(a) + b;
  const Wire sum = builder.add_wire(WireKind::output, builder.value_of(total));
  builder.constrain(total, Wire{0}, sum);
}

}  // namespace

const Family kAdditionFamily = {
    .entry = {.name = "addition",
              .statement = "knows a and b with a + b = sum in BN254's scalar field",
              .public_signals = kSignals,
              .fields = kFields,
              .example_shape = "addition"},
    .shapes = "addition, without sizes",
    .has_shape = [](Sizes sizes) { return sizes.empty(); },
    .read = read,
    .circuit = circuit,
};

}  // namespace zkp::prover::circuit
