#include <fmt/format.h>

#include "prover/iden3/formats.h"

namespace zkp::prover::iden3 {
namespace {

using curve::G1Affine;
using curve::G2Affine;

// The memory of the contract, from the free pointer on, in bytes:
//   0    the sum of the public signals' points, 64     | together the input
//   64   the next term: a point and a scalar, 96       | of one addition
//   192  the pairings' input, 4 times 192
constexpr const char* kHead = R"(// SPDX-License-Identifier: MIT
pragma solidity >=0.7.0 <0.9.0;

/// Checks Groth16 proofs over BN254 of one circuit. Number of its public signals: {}.
contract Groth16Verifier {{
    // The order of the groups. A public signal at or above it would stand for the same statement as
    // a smaller one, so it is refused.
    uint256 private constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;
    // The modulus of the coordinates.
    uint256 private constant Q =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// True exactly if the proof (a, b, c) is valid for these public signals.
    /// b holds each coordinate's imaginary part first, as the precompiled contracts have it.
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c{}
    ) public view returns (bool valid) {{
        assembly {{
            // Adds scalar * (x, y) to the point at m, by contracts 7 and 6.
            function add_term(m, x, y, scalar) -> ok {{
                mstore(add(m, 64), x)
                mstore(add(m, 96), y)
                mstore(add(m, 128), scalar)
                ok := staticcall(gas(), 7, add(m, 64), 96, add(m, 64), 64)
                ok := and(ok, staticcall(gas(), 6, m, 128, m, 64))
            }}
            function store_pair(to, first, second) {{
                mstore(to, first)
                mstore(add(to, 32), second)
            }}

            // The pairing's contract checks every other coordinate; this one is negated first.
            valid := lt(calldataload(add(a, 32)), Q)
)";

constexpr const char* kRangeCheck =
    R"(            for {{ let i := 0 }} lt(i, {}) {{ i := add(i, 32) }} {{
                valid := and(valid, lt(calldataload(add(signals, i)), R))
            }}
)";

constexpr const char* kSum = R"(
            if valid {{
                let m := mload(0x40)
                store_pair(
                    m,
                    {},
                    {}
                )
)";

constexpr const char* kTerm = R"(                valid := and(valid, add_term(
                    m,
                    {},
                    {},
                    calldataload(add(signals, {}))
                ))
)";

constexpr const char* kPairings = R"(
                // e(-a, b) e(alpha, beta) e(sum, gamma) e(c, delta) = 1
                let p := add(m, 192)
                store_pair(p, calldataload(a), mod(sub(Q, calldataload(add(a, 32))), Q))
                calldatacopy(add(p, 64), b, 128)
{}{}                store_pair(add(p, 384), mload(m), mload(add(m, 32)))
{}                calldatacopy(add(p, 576), c, 64)
{}                mstore(0, 0) // where there is no such contract, nothing is valid
                valid := and(valid, staticcall(gas(), 8, p, 768, 0, 32))
                valid := and(valid, mload(0))
            }}
        }}
    }}
}}
)";

std::string store_pair(std::size_t offset, const field::Fq& first, const field::Fq& second) {
  return fmt::format(
      "                store_pair(\n"
      "                    add(p, {}),\n"
      "                    {},\n"
      "                    {}\n"
      "                )\n",
      offset, first.to_decimal(), second.to_decimal());
}

std::string store_point(std::size_t offset, const G1Affine& point) {
  return store_pair(offset, point.x, point.y);
}
std::string store_point(std::size_t offset, const G2Affine& point) {
  return store_pair(offset, point.x.c1, point.x.c0) +
         store_pair(offset + 64, point.y.c1, point.y.c0);
}

}  // namespace

// The points stand in the code and the work is done in memory: no number of public signals makes
// the stack too deep. Solidity has no list of length 0, so a circuit without public signals has no
// fourth argument.
std::string write_solidity_verifier(const groth16::VerifyingKey& key) {
  const std::size_t count = key.public_count();
  std::string text =
      fmt::format(kHead, count,
                  count == 0 ? "" : fmt::format(",\n        uint256[{}] calldata signals", count));
  if (count > 0) text += fmt::format(kRangeCheck, 32 * count);
  text += fmt::format(kSum, key.ic[0].x.to_decimal(), key.ic[0].y.to_decimal());
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format(kTerm, key.ic[i + 1].x.to_decimal(), key.ic[i + 1].y.to_decimal(), 32 * i);
  }
  return text + fmt::format(kPairings, store_point(192, key.alpha1), store_point(256, key.beta2),
                            store_point(448, key.gamma2), store_point(640, key.delta2));
}

}  // namespace zkp::prover::iden3
