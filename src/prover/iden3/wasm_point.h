#pragma once

#include "prover/curve/point.h"
#include "prover/field/limbs.h"

namespace zkp::prover::iden3 {

// Any 64 bytes taken for a point of G1: the coordinates need be neither reduced nor on the curve.
struct RawPoint {
  field::Limbs x, y;
};

// from - point, as ffjavascript's WebAssembly works it out. With reduced coordinates that is the
// difference, as anybody works it out. Without, its arithmetic drops carries at certain steps; each
// step is repeated here on whole 256-bit numbers, for the same (wrong) result.
// REQUIRES: neither is infinity, and they are not the same point.
curve::G1 subtract_as_wasm(const RawPoint& from, const curve::G1Affine& point);

}  // namespace zkp::prover::iden3
