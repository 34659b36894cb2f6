#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "prover/curve/point.h"
#include "prover/field/kernels.h"
#include "prover/iden3/container.h"
#include "prover/iden3/formats.h"

// Points as .zkey and .ptau hold them: affine, coordinates in Montgomery form, little-endian;
// infinity is all zeros. That is also how AffinePoint lies in memory, so reading is copying and
// checking. For G1Affine and G2Affine.
namespace zkp::prover::iden3 {

using curve::G1Affine;
using curve::G2Affine;

template <class Point>
inline constexpr std::size_t kPointBytes = sizeof(Point);
static_assert(kPointBytes<G1Affine> == 64 && kPointBytes<G2Affine> == 128);

// The first point of `bytes`, which moves past it. `name` says in an error which point it was.
// Coordinates not below the prime are refused whatever `checks` says.
// REQUIRES: the bytes are there.
template <class Point>
base::Result<Point> take_point(const Container& file, base::ByteView& bytes, PointChecks checks,
                               std::string_view name);

// All points of a section, or of a piece of it that begins with point number `first_index`, on the
// threads of the calling tbb arena. An error names the first wrong one. Many points of G2 are
// checked for their subgroup all together, by random combinations: one outside passes with a
// probability of 2^-130. REQUIRES: bytes.size() is a multiple of a point's size.
template <class Point>
base::Result<std::vector<Point>> read_points(
    const Container& file, base::ByteView bytes, PointChecks checks, std::string_view name,
    const field::Kernels& kernels = field::portable_kernels(), std::size_t first_index = 0);

// Points as they stand in a file.
template <class Point>
base::ByteView bytes_of(std::span<const Point> points) {
  return {reinterpret_cast<const std::uint8_t*>(points.data()), points.size_bytes()};
}
template <class Point>
void write_point(ContainerWriter& writer, const Point& point) {
  writer.write(bytes_of(std::span(&point, 1)));
}

}  // namespace zkp::prover::iden3
