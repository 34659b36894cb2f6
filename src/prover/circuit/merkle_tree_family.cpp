#include <array>

#include "prover/circuit/family.h"
#include "prover/circuit/merkle.h"

namespace zkp::prover::circuit {
namespace {

constexpr std::array kSignals = {std::string_view("root"), std::string_view("public_leaves[]")};
constexpr std::array kFields = {
    InputField{"public_leaves", false, true, true, "field elements: the tree's first leaves"},
    InputField{"hidden_leaves", true, true, true,
               "field elements: the leaves after them; with the public ones 1 to 1024"},
};

bool has_shape(Sizes sizes) {
  if (sizes.size() != 2) return false;
  const std::uint64_t leaves = std::uint64_t{sizes[0]} + sizes[1];
  return leaves >= 1 && leaves <= kMostLeaves;
}

Request read(InputReader& reader) {
  const base::SecretVector<Fr> shown = reader.elements("public_leaves", kMostLeaves);
  const base::SecretVector<Fr> hidden = reader.elements("hidden_leaves", kMostLeaves);
  Request request{.sizes = {static_cast<std::uint32_t>(shown.size()),
                            static_cast<std::uint32_t>(hidden.size())},
                  .values = joined({shown.reveal(), hidden.reveal()}),
                  .output = {}};
  if (!has_shape(request.sizes)) {
    reader.note(hidden.empty() ? "public_leaves" : "hidden_leaves", "want 1 to 1024 leaves in all");
  }
  return request;
}

void circuit(Builder& builder, Sizes sizes, CircuitInputs& inputs) {
  std::vector<Linear> leaves = inputs.next(WireKind::public_input, sizes[0]);
  for (Linear& leaf : inputs.next(WireKind::private_input, sizes[1])) {
    leaves.push_back(std::move(leaf));
  }
  merkle_root(builder, std::move(leaves), WireKind::output);
}

}  // namespace

const Family kMerkleTreeFamily = {
    .entry = {.name = "merkle_tree",
              .statement = "knows hidden leaves such that the binary Poseidon tree over the public "
                           "leaves, then the hidden ones, padded with 0 to a power of two (at "
                           "least 2), has this root",
              .public_signals = kSignals,
              .fields = kFields,
              .example_shape = "merkle_tree/3,2"},
    .shapes = "merkle_tree/P,H with P public and H hidden leaves, 1 to 1024 in all",
    .has_shape = has_shape,
    .read = read,
    .circuit = circuit,
};

}  // namespace zkp::prover::circuit
