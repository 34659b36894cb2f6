#include "prover/circuit/merkle.h"

#include <algorithm>
#include <array>
#include <bit>

#include "prover/circuit/bits.h"
#include "prover/circuit/poseidon.h"

namespace zkp::prover::circuit {

std::size_t tree_depth(std::size_t leaf_count) {
  return std::max<std::size_t>(1, std::bit_width(leaf_count - 1));
}

base::SecretVector<Fr> merkle_path(std::span<const Fr> leaves, std::size_t index) {
  ZKP_ASSERT(index < leaves.size());
  const std::size_t depth = tree_depth(leaves.size());
  base::SecretVector<Fr> memory(std::size_t{1} << depth);
  const std::span<Fr> nodes = memory.reveal_mutable();
  std::ranges::copy(leaves, nodes.begin());
  base::SecretVector<Fr> siblings(depth);
  for (std::size_t level = 0; level < depth; ++level) {
    siblings.reveal_mutable()[level] = nodes[(index >> level) ^ 1];
    for (std::size_t i = 0; i < nodes.size() >> (level + 1); ++i) {
      nodes[i] = poseidon_hash(nodes.subspan(2 * i, 2));
    }
  }
  return siblings;
}

Linear merkle_root(Builder& builder, std::vector<Linear> leaves, WireKind kind) {
  leaves.resize(std::size_t{1} << tree_depth(leaves.size()));
  while (leaves.size() > 1) {
    const WireKind node_kind = leaves.size() == 2 ? kind : WireKind::inner;
    for (std::size_t i = 0; i < leaves.size() / 2; ++i) {
      leaves[i] = poseidon(builder, std::span(leaves).subspan(2 * i, 2), node_kind);
    }
    leaves.resize(leaves.size() / 2);
  }
  return leaves[0];
}

Linear merkle_path_root(Builder& builder, const Linear& leaf, std::span<const Linear> siblings,
                        std::span<const Linear> bits, WireKind kind) {
  ZKP_ASSERT(!bits.empty() && bits.size() == siblings.size());
  Linear node = leaf;
  for (std::size_t level = 0; level < bits.size(); ++level) {
    require_boolean(builder, bits[level], "a bit of the leaf's index is neither 0 nor 1");
    // (node, sibling), or the other way round if the bit is 1
    const Linear moved = builder.product(bits[level], siblings[level] - node);
    const std::array pair{node + moved, siblings[level] - moved};
    node = poseidon(builder, pair, level + 1 == bits.size() ? kind : WireKind::inner);
  }
  return node;
}

}  // namespace zkp::prover::circuit
