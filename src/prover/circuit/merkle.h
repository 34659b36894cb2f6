#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "prover/circuit/builder.h"

// Binary Merkle trees whose node is Poseidon(left, right). A tree over n leaves is padded with
// zeros to a power of two, at least 2.
namespace zkp::prover::circuit {

// The number of levels above n leaves, at least 1. REQUIRES: 1 <= leaf_count <= 2^31.
std::size_t tree_depth(std::size_t leaf_count);

// The siblings on the way from leaf `index` up to the root: one for each level.
// REQUIRES: index < leaves.size().
base::SecretVector<Fr> merkle_path(std::span<const Fr> leaves, std::size_t index);

// The root as a wire of this kind. REQUIRES: at least one leaf, not all constant.
Linear merkle_root(Builder& builder, std::vector<Linear> leaves, WireKind kind);

// The root, as a wire of this kind, that the path from leaf leads to. Bit i claims to be 0 or 1,
// and is 1 if the path's node of level i, from the leaf up, is a right child.
// REQUIRES: as many bits as siblings, at least one, none constant.
Linear merkle_path_root(Builder& builder, const Linear& leaf, std::span<const Linear> siblings,
                        std::span<const Linear> bits, WireKind kind);

}  // namespace zkp::prover::circuit
