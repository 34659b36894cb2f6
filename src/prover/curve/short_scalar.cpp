#include "prover/curve/short_scalar.h"

#include <algorithm>
#include <array>
#include <bit>

namespace zkp::prover::curve {
namespace {

// Cube roots of 1 that belong together.
constexpr Fq kBeta =
    Fq::from_standard({0x5763473177fffffe, 0xd4f263f1acdb5c4f, 0x59e26bcea0d48bac, 0});
constexpr Fr kLambda =
    Fr::from_standard({0x8b17ea66b99c90dd, 0x5bfc41088d8daaa7, 0xb3c4d79d41a91758, 0});

// Where vectors begin their sums, so that none begins at infinity.
const G1Affine& start() { return g1_generator(); }
// -2^64 of it, which takes it away in the end.
const G1Affine& opposite_of_start() {
  static const G1Affine kPoint = (-G1::from_affine(start()).times({0, 1, 0, 0})).to_affine();
  return kPoint;
}

G1 multiple(const G1Affine& point, const ShortScalar& scalar) {
  // P, lambda P and P + lambda P = -lambda^2 P.
  const Fq beta_x = point.x * kBeta;
  const std::array<G1Affine, 3> sums = {{point, {beta_x, point.y}, {beta_x * kBeta, -point.y}}};
  G1 result = G1::infinity();
  for (std::size_t bit = 64; bit-- > 0;) {
    result = result.doubled();
    const std::uint64_t digit = (scalar.first >> bit & 1) | (scalar.second >> bit & 1) << 1;
    if (digit != 0) result = result + sums.at(digit - 1);
  }
  return result;
}

// The terms of one call, filled up with multiples by 0.
std::vector<VectorTerm> vector_terms(std::span<const G1Affine> points,
                                     std::span<const ShortScalar> scalars) {
  const std::size_t count = (points.size() + kLanes - 1) / kLanes * kLanes;
  std::vector<VectorTerm> terms(count, {std::bit_cast<RawG1Affine>(start()), 0, 0});
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].is_infinity()) continue;
    terms[i] = {std::bit_cast<RawG1Affine>(points[i]), scalars[i].first, scalars[i].second};
  }
  return terms;
}

// Sums of every kLanes-th term, by one call. REQUIRES: at most kMostTerms.
std::array<G1, kLanes> lane_sums(std::span<const G1Affine> points,
                                 std::span<const ShortScalar> scalars,
                                 const VectorPairing& vector) {
  const std::vector<VectorTerm> terms = vector_terms(points, scalars);
  const auto first = std::bit_cast<RawG1Affine>(start());
  const auto beta = std::bit_cast<RawFq>(kBeta);
  std::array<RawG1, kLanes> raw;
  vector.short_multiples(&first, &beta, terms.data(), terms.size(), raw.data());
  std::array<G1, kLanes> sums;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    sums[lane] = std::bit_cast<G1>(raw[lane]);
    if (!sums[lane].is_infinity()) {
      sums[lane] = sums[lane] + opposite_of_start();
      continue;
    }
    for (std::size_t i = lane; i < points.size(); i += kLanes) {  // equal points were added
      sums[lane] = sums[lane] + multiple(points[i], scalars[i]);
    }
  }
  return sums;
}

}  // namespace

ShortScalar ShortScalar::random(base::Random& random) {
  std::array<std::uint8_t, sizeof(ShortScalar)> bytes;
  random.fill(bytes);
  return std::bit_cast<ShortScalar>(bytes);
}

Fr ShortScalar::value() const { return Fr::from_u64(first) + Fr::from_u64(second) * kLambda; }

std::vector<G1> multiples(std::span<const G1Affine> points, std::span<const ShortScalar> scalars,
                          const VectorPairing* vector) {
  ZKP_ASSERT(points.size() == scalars.size());
  std::vector<G1> results;
  results.reserve(points.size());
  while (results.size() < points.size()) {
    const std::size_t i = results.size();
    if (vector == nullptr) {
      results.push_back(multiple(points[i], scalars[i]));
      continue;
    }
    const std::size_t count = std::min(kLanes, points.size() - i);
    const auto sums = lane_sums(points.subspan(i, count), scalars.subspan(i, count), *vector);
    results.insert(results.end(), sums.begin(), sums.begin() + count);
  }
  return results;
}

G1 sum_of_multiples(std::span<const G1Affine> points, std::span<const ShortScalar> scalars,
                    const VectorPairing* vector) {
  ZKP_ASSERT(points.size() == scalars.size());
  G1 sum = G1::infinity();
  for (std::size_t i = 0; i < points.size(); i += kMostTerms) {
    const std::size_t count = std::min(kMostTerms, points.size() - i);
    const auto some = points.subspan(i, count);
    const auto their = scalars.subspan(i, count);
    if (vector == nullptr) {
      for (std::size_t j = 0; j < count; ++j) sum = sum + multiple(some[j], their[j]);
    } else {
      for (const G1& lane : lane_sums(some, their, *vector)) sum = sum + lane;
    }
  }
  return sum;
}

}  // namespace zkp::prover::curve
