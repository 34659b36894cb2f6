#include <array>

#include "prover/circuit/family.h"

namespace zkp::prover::circuit {
namespace {

constexpr std::array kSignals = {std::string_view("x[]")};
constexpr std::array kFields = {
    InputField{"x", false, true, false, "1 to 1024 field elements, whose squares are computed"},
};

bool has_shape(Sizes sizes) {
  return sizes.size() == 1 && sizes[0] >= 1 && sizes[0] <= kMostLeaves;
}

Request read(InputReader& reader) {
  Request request;
  request.values = reader.elements("x", kMostLeaves);
  request.sizes = {static_cast<std::uint32_t>(request.values.size())};
  if (request.values.empty()) reader.note("x", "want at least one value");
  return request;
}

void circuit(Builder& builder, Sizes sizes, CircuitInputs& inputs) {
  for (const Linear& x : inputs.next(WireKind::public_input, sizes[0])) builder.product(x, x);
}

}  // namespace

const Family kTestFamily = {
    .entry = {.name = "test",
              .statement = "knows y with y = x * x for each public x",
              .public_signals = kSignals,
              .fields = kFields,
              .example_shape = "test/1"},
    .shapes = "test/N with 1 to 1024 values",
    .has_shape = has_shape,
    .read = read,
    .circuit = circuit,
};

}  // namespace zkp::prover::circuit
