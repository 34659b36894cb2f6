#include <array>

#include <fmt/format.h>

#include "prover/circuit/family.h"
#include "prover/circuit/merkle.h"

namespace zkp::prover::circuit {
namespace {

constexpr std::size_t kMostDepth = 64;  // of a path; its index is a number of 64 bits

constexpr std::array kSignals = {std::string_view("root")};
constexpr std::array kFields = {
    InputField{"root", false, false, true, "field element; the tree's root"},
    InputField{"leaf", true, false, true, "field element; with siblings, or else give leaves"},
    InputField{"leaf_index", true, false, false,
               "the leaf's place, from 0: bit i says that the path's node of level i, from the "
               "leaf up, is a right child"},
    InputField{"siblings", true, true, true,
               "1 to 64 field elements: the siblings of the path's nodes, from the leaf up"},
    InputField{"leaves", true, true, true,
               "instead of leaf and siblings: all of a tree's 1 to 1024 leaves, padded with 0 to a "
               "power of two (at least 2)"},
};

bool has_shape(Sizes sizes) { return sizes.size() == 1 && sizes[0] >= 1 && sizes[0] <= kMostDepth; }

base::SecretVector<Fr> values_of(const Fr& leaf, std::uint64_t index,
                                 std::span<const Fr> siblings) {
  base::SecretVector<Fr> bits(siblings.size());
  for (std::size_t i = 0; i < bits.size(); ++i) {
    bits.reveal_mutable()[i] = Fr::from_u64((index >> i) & 1);
  }
  return joined({std::span(&leaf, 1), bits.reveal(), siblings});
}

void read_path(InputReader& reader, Request& request) {
  const Fr leaf = reader.element("leaf");
  const std::uint64_t index = reader.integer("leaf_index");
  const base::SecretVector<Fr> siblings = reader.elements("siblings", kMostDepth);
  const std::size_t depth = siblings.size();
  if (depth == 0) {
    reader.note("siblings", "want 1 to 64 siblings");
  } else if (depth < kMostDepth && index >> depth != 0) {
    reader.note("leaf_index", fmt::format("want a number below 2^{}, for as many siblings", depth));
  } else {
    request.values = values_of(leaf, index, siblings.reveal());
  }
  request.sizes = {static_cast<std::uint32_t>(depth)};
}

void read_leaves(InputReader& reader, Request& request) {
  const std::uint64_t index = reader.integer("leaf_index");
  const base::SecretVector<Fr> leaves = reader.elements("leaves", kMostLeaves);
  if (reader.has("leaf") || reader.has("siblings")) {
    reader.note("leaves", "want either leaves, or leaf and siblings");
  }
  if (leaves.empty()) {
    reader.note("leaves", "want 1 to 1024 leaves");
    return;
  }
  request.sizes = {static_cast<std::uint32_t>(tree_depth(leaves.size()))};
  if (index >= leaves.size()) {
    reader.note("leaf_index",
                fmt::format("want a number below {}, the number of leaves", leaves.size()));
  } else if (reader.purpose() == InputReader::Purpose::values) {
    const base::SecretVector<Fr> siblings = merkle_path(leaves.reveal(), index);
    request.values = values_of(leaves.reveal()[index], index, siblings.reveal());
  }
}

Request read(InputReader& reader) {
  Request request;
  request.output = reader.optional_element("root");
  if (reader.has("leaves")) {
    read_leaves(reader, request);
  } else {
    read_path(reader, request);
  }
  return request;
}

void circuit(Builder& builder, Sizes sizes, CircuitInputs& inputs) {
  const std::size_t depth = sizes[0];
  const Wire leaf = inputs.next(WireKind::private_input);
  const std::vector<Linear> bits = inputs.next(WireKind::private_input, depth);
  const std::vector<Linear> siblings = inputs.next(WireKind::private_input, depth);
  merkle_path_root(builder, leaf, siblings, bits, WireKind::output);
}

}  // namespace

const Family kMerkleProofFamily = {
    .entry = {.name = "merkle_proof",
              .statement = "knows a leaf and a path from it to the root of a binary Poseidon tree",
              .public_signals = kSignals,
              .fields = kFields,
              .example_shape = "merkle_proof/20"},
    .shapes = "merkle_proof/DEPTH with 1 to 64 levels",
    .has_shape = has_shape,
    .read = read,
    .circuit = circuit,
};

}  // namespace zkp::prover::circuit
