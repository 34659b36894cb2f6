#pragma once

#include "prover/curve/tower.h"

// (x, y) -> (beta x, y) on G1, which multiplies by lambda (Gallant, Lambert, Vanstone 2001).
namespace zkp::prover::curve {

// Cube roots of 1 that belong together.
inline constexpr Fq kBeta =
    Fq::from_standard({0x5763473177fffffe, 0xd4f263f1acdb5c4f, 0x59e26bcea0d48bac, 0});
inline constexpr Fr kLambda =
    Fr::from_standard({0x8b17ea66b99c90dd, 0x5bfc41088d8daaa7, 0xb3c4d79d41a91758, 0});

// A number between -2^127 and 2^127.
struct HalfScalar {
  field::Wide magnitude;
  bool negative;
};
struct HalfScalars {
  HalfScalar first, second;
};

// scalar = first + second lambda.
HalfScalars split(const Fr& scalar);

}  // namespace zkp::prover::curve
