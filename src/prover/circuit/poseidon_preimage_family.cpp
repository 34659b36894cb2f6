#include <array>

#include "prover/circuit/family.h"
#include "prover/circuit/poseidon.h"

namespace zkp::prover::circuit {
namespace {

constexpr std::array kSignals = {std::string_view("digest")};
constexpr std::array kFields = {
    InputField{"digest", false, false, true, "field element: the hash of the preimage"},
    InputField{"preimage", true, true, false, "1 to 16 field elements"},
};

bool has_shape(Sizes sizes) {
  return sizes.size() == 1 && sizes[0] >= 1 && sizes[0] <= kMostPoseidonInputs;
}

Request read(InputReader& reader) {
  Request request;
  request.output = reader.optional_element("digest");
  request.values = reader.elements("preimage", kMostPoseidonInputs);
  request.sizes = {static_cast<std::uint32_t>(request.values.size())};
  if (request.values.empty()) reader.note("preimage", "want 1 to 16 values");
  return request;
}

void circuit(Builder& builder, Sizes sizes, CircuitInputs& inputs) {
  poseidon(builder, inputs.next(WireKind::private_input, sizes[0]), WireKind::output);
}

}  // namespace

const Family kPoseidonPreimageFamily = {
    .entry = {.name = "poseidon_preimage",
              .statement = "knows the 1 to 16 field elements whose Poseidon hash is the digest",
              .public_signals = kSignals,
              .fields = kFields,
              .example_shape = "poseidon_preimage/2"},
    .shapes = "poseidon_preimage/N with 1 to 16 values",
    .has_shape = has_shape,
    .read = read,
    .circuit = circuit,
};

}  // namespace zkp::prover::circuit
