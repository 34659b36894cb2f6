#include "prover/curve/final_exponentiation.h"
#include "prover/curve/miller_loop.h"
#include "prover/curve/short_scalar.h"
#include "prover/curve/testing_points.h"

// Miller loops and short multiples of every implementation that runs here against the portable
// ones. A pair is read from 49 bytes: a multiple of G2's generator, an x-coordinate of G1 as it is
// stored, and a scalar.
namespace zkp::prover::curve {
namespace {

constexpr std::size_t kMost = 20;
constexpr std::size_t kBytes = 49;

G1Affine g1_point(const std::uint8_t* bytes) {
  Fq x;
  for (std::size_t i = 0; i < 4; ++i) x.limb[i] = base::load_le<std::uint64_t>(bytes + 8 * i);
  if (!field::less_than(x.limb, Fq::kModulus)) x.limb[3] &= 0x2fffffffffffffff;
  return point_at_or_after(x);
}

void check(std::span<const PointPair> pairs, std::span<const ShortScalar> scalars) {
  std::vector<G1Affine> points;
  for (const PointPair& pair : pairs) points.push_back(pair.g1);
  const field::Kernels& portable = field::portable_kernels();
  const MillerLoop loop = miller_loop_of_many(pairs, portable);
  const Fq12 pairing = final_exponentiation(loop.value);
  const std::vector<G1> products = multiples(points, scalars, portable);
  for (const auto& [kernels, runs] : field::all_kernels()) {
    if (!runs) continue;
    const MillerLoop other = miller_loop_of_many(pairs, *kernels);
    ZKP_ASSERT(final_exponentiation(other.value) == pairing);
    ZKP_ASSERT(other.g2_in_subgroup == loop.g2_in_subgroup);
    ZKP_ASSERT(multiples(points, scalars, *kernels) == products);
  }
}

}  // namespace
}  // namespace zkp::prover::curve

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp::prover::curve;
  static const auto kMultiples = points_that_meet(g2_generator());
  std::vector<PointPair> pairs;
  std::vector<ShortScalar> scalars;
  for (; size >= kBytes && pairs.size() < kMost; data += kBytes, size -= kBytes) {
    pairs.push_back({g1_point(data + 1), kMultiples[data[0] % kMultiples.size()]});
    scalars.push_back({zkp::base::load_le<std::uint64_t>(data + 33),
                       zkp::base::load_le<std::uint64_t>(data + 41)});
  }
  if (!pairs.empty()) check(pairs, scalars);
  return 0;
}
