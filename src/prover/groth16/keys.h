#pragma once

#include <array>
#include <vector>

#include "base/bytes.h"
#include "prover/circuit/constraint_system.h"
#include "prover/curve/point.h"

namespace zkp::prover::groth16 {

using curve::G1Affine;
using curve::G2Affine;
using field::Fr;

// What anybody needs in order to check proofs of one circuit.
struct VerifyingKey {
  G1Affine alpha1;
  G2Affine beta2, gamma2, delta2;
  std::vector<G1Affine> ic;  // public_count + 1

  [[nodiscard]] std::size_t public_count() const { return ic.size() - 1; }
  friend bool operator==(const VerifyingKey&, const VerifyingKey&) = default;
};

// A proof: three points. Anyone can make another valid proof of the same statement from it, so it
// is no identity.
struct Proof {
  G1Affine a;
  G2Affine b;
  G1Affine c;
  friend bool operator==(const Proof&, const Proof&) = default;
};

// An entry of A or B as a .zkey holds it: the coefficient times 2^512 mod r, so that one Montgomery
// product with a standard-form witness value is the Montgomery form of the product.
struct KeyTerm {
  std::uint32_t wire;
  std::array<std::uint64_t, 4> coefficient_r2;
};
struct KeyMatrix {
  std::vector<std::uint32_t> row_start{
      0};  // domain_size() + 1 entries; rows past the constraints are empty
  std::vector<KeyTerm> terms;
};

// What a prover needs for one circuit. All points affine. Sizes: wires = number of wires,
// public_count without wire 0.
//   a, b1, b2  one point a wire
//   c          one point a wire that is neither 1 nor public: wires - public_count - 1
//   h          domain_size(): the Lagrange basis on the odd coset, (L_{2i+1} of the domain of twice
//   the size)(tau) / delta
// The domain is the smallest power of two strictly greater than constraints + public_count. Rows
// `constraints + i` of A (i = 0 .. public_count) hold 1 * wire i.
struct ProvingKey {
  VerifyingKey verifying;
  G1Affine beta1, delta1;
  std::uint32_t wire_count = 0;
  std::uint32_t public_count = 0;
  std::uint32_t domain_log = 0;
  KeyMatrix matrix_a, matrix_b;
  std::vector<G1Affine> a, b1, c, h;
  std::vector<G2Affine> b2;
  base::Bytes
      contributions;  // section 10 of a .zkey: who took part in the set-up; see iden3/zkey.h

  [[nodiscard]] std::size_t domain_size() const { return std::size_t{1} << domain_log; }
};

}  // namespace zkp::prover::groth16
