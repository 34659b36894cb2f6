#include <cstdint>

#include "prover/curve/msm.h"

// Bytes are read as terms of a sum: a byte for a multiple of the generator (0 to 63, or its
// negative) and 32 for a scalar, of which the tail may be missing. Every implementation of the
// kernels must give the sum that plain additions give.
namespace zkp::prover::curve {
namespace {

constexpr std::size_t kMultiples = 64;
constexpr std::size_t kMostTerms = 200;

const std::vector<G1Affine>& multiples() {
  static const std::vector<G1Affine> kTable = [] {
    std::vector<G1> points = {G1::infinity()};
    while (points.size() < kMultiples) points.push_back(points.back() + g1_generator());
    return to_affine_batch<G1Params>(points);
  }();
  return kTable;
}

// The number modulo r: 256 bits are less than six times r.
field::Limbs scalar_of(std::span<const std::uint8_t> bytes) {
  field::Limbs value{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value[i / 8] |= std::uint64_t{bytes[i]} << (8 * (i % 8));
  }
  for (int i = 0; i < 6; ++i) value = field::reduce_once(value, Fr::kModulus);
  return value;
}

void check(std::span<const std::uint8_t> data) {
  std::vector<G1Affine> points;
  std::vector<field::Limbs> scalars;
  Fr logarithm = Fr::zero();  // of the whole sum
  while (!data.empty() && points.size() < kMostTerms) {
    const std::size_t multiple = data[0] % kMultiples;
    const bool negative = data[0] >= 128;
    data = data.subspan(1);
    const std::size_t size = std::min<std::size_t>(data.size(), 32);
    const field::Limbs scalar = scalar_of(data.first(size));
    data = data.subspan(size);
    points.push_back(negative ? -multiples()[multiple] : multiples()[multiple]);
    scalars.push_back(scalar);
    const Fr term = Fr::from_u64(multiple) * Fr::from_standard(scalar);
    logarithm += negative ? -term : term;
  }
  const G1 want = G1::from_affine(g1_generator()) * logarithm;
  for (const auto& [kernels, runs] : field::all_kernels()) {
    if (runs) ZKP_ASSERT(msm(points, scalars, *kernels).value() == want);
  }
}

}  // namespace
}  // namespace zkp::prover::curve

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  zkp::prover::curve::check({data, size});
  return 0;
}
