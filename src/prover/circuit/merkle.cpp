#include "prover/circuit/merkle.h"

#include <algorithm>
#include <array>
#include <bit>

#include "prover/circuit/bits.h"
#include "prover/circuit/poseidon.h"
#include "prover/circuit/selection.h"

namespace zkp::prover::circuit {

std::size_t padded_leaf_count(std::size_t leaf_count) {
  return std::bit_ceil(std::max<std::size_t>(leaf_count, 2));
}

std::uint32_t tree_depth(std::size_t leaf_count) {
  return static_cast<std::uint32_t>(std::countr_zero(padded_leaf_count(leaf_count)));
}

Fr merkle_root(std::span<Fr> nodes, std::span<Fr> siblings, std::size_t index) {
  ZKP_ASSERT(std::has_single_bit(nodes.size()) && index < nodes.size());
  for (std::size_t level = 0; nodes.size() > 1; ++level, index /= 2) {
    if (level < siblings.size()) siblings[level] = nodes[index ^ 1];
    for (std::size_t i = 0; i < nodes.size() / 2; ++i) {
      nodes[i] = poseidon_hash(nodes.subspan(2 * i, 2));
    }
    nodes = nodes.first(nodes.size() / 2);
  }
  return nodes[0];
}

Fr merkle_path_root(const Fr& leaf, std::span<const Fr> siblings, std::uint64_t index) {
  Fr node = leaf;
  for (const Fr& sibling : siblings) {
    base::Secret<std::array<Fr, 2>> pair({node, sibling});
    if ((index & 1) != 0) pair.reveal_mutable() = {sibling, node};
    node = poseidon_hash(pair.reveal());
    index >>= 1;
  }
  return node;
}

Linear merkle_tree_root(Builder& builder, std::vector<Linear> leaves, WireKind kind) {
  leaves.resize(padded_leaf_count(leaves.size()));
  while (leaves.size() > 1) {
    const WireKind node_kind = leaves.size() == 2 ? kind : WireKind::inner;
    for (std::size_t i = 0; i < leaves.size() / 2; ++i) {
      leaves[i] = poseidon(builder, std::span(leaves).subspan(2 * i, 2), node_kind);
    }
    leaves.resize(leaves.size() / 2);
  }
  return leaves[0];
}

void require_merkle_path(Builder& builder, const Linear& leaf, std::span<const Linear> siblings,
                         std::span<const Linear> bits, Wire root, std::string_view falsehood) {
  ZKP_ASSERT(!bits.empty() && bits.size() == siblings.size());
  Linear node = leaf;
  for (std::size_t level = 0; level < bits.size(); ++level) {
    require_boolean(builder, bits[level], "an index of the path is neither 0 nor 1");
    const auto [left, right] = swap_if(builder, bits[level], node, siblings[level]);
    const std::array pair{left, right};
    if (level + 1 == bits.size()) {
      require_poseidon(builder, pair, root, falsehood);
    } else {
      node = poseidon(builder, pair);
    }
  }
}

}  // namespace zkp::prover::circuit
