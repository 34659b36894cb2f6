#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "prover/circuit/builder.h"

// Binary Merkle trees whose node is Poseidon(left, right), outside of a circuit and in one.
namespace zkp::prover::circuit {

// The number of leaves of a tree for this many, padded: a power of two, at least 2.
std::size_t padded_leaf_count(std::size_t leaf_count);
// log2 of it.
std::uint32_t tree_depth(std::size_t leaf_count);

// The root over nodes.size() leaves, a power of two. `nodes` is used as scratch.
// `siblings`, if not empty, gets the path of leaf `index`, from the leaf up: one for each level.
Fr merkle_root(std::span<Fr> nodes, std::span<Fr> siblings = {}, std::size_t index = 0);

// The root that a path from a leaf leads to. Bit i of index says that the path's node of level i,
// from the leaf up, is a right child.
Fr merkle_path_root(const Fr& leaf, std::span<const Fr> siblings, std::uint64_t index);

// The root as a wire of this kind. REQUIRES: 1 to 2^31 leaves, not all constant.
Linear merkle_tree_root(Builder& builder, std::vector<Linear> leaves, WireKind kind);

// Claims that the path from leaf leads to root, and that each bit is one.
// REQUIRES: as many bits as siblings, at least one; the last bit's node is not constant.
void require_merkle_path(Builder& builder, const Linear& leaf, std::span<const Linear> siblings,
                         std::span<const Linear> bits, Wire root, std::string_view falsehood);

}  // namespace zkp::prover::circuit
