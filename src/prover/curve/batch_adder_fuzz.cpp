#include "prover/curve/batch_adder.h"
#include "prover/curve/testing_points.h"

// Every implementation that runs here against additions in Jacobian coordinates. An addition is
// read from 65 bytes: its signs and classes of points, and two x-coordinates of G1 as they are
// stored, so that limbs are the fuzzer's choice. In G2 the same bytes choose small multiples of the
// generator.
namespace zkp::prover::curve {
namespace {

constexpr std::size_t kMost = 24;
constexpr std::size_t kBytes = 65;

template <class Params>
void check(const std::vector<AffinePoint<Params>>& a, const std::vector<AffinePoint<Params>>& b,
           const std::vector<std::uint8_t>& opposite) {
  using Affine = AffinePoint<Params>;
  std::vector<Affine> expected;
  std::vector<const Affine*> a_at, b_at;
  for (std::size_t i = 0; i < a.size(); ++i) {
    a_at.push_back(&a[i]);
    b_at.push_back(&b[i]);
    const Affine left = (opposite[i] & kOppositeA) != 0 ? -a[i] : a[i];
    const Affine right = (opposite[i] & kOppositeB) != 0 ? -b[i] : b[i];
    expected.push_back((JacobianPoint<Params>::from_affine(left) + right).to_affine());
  }
  for (const auto& [kernels, runs] : field::all_kernels()) {
    if (!runs) continue;
    std::vector<Affine> sums(a.size());
    std::vector<Affine*> out;
    for (Affine& sum : sums) out.push_back(&sum);
    make_batch_adder<Params>(*kernels, kMost)
        ->add({a_at.data(), b_at.data(), out.data(), opposite.data(), a.size()}, {});
    ZKP_ASSERT(sums == expected);
  }
}

// 0: infinity; 1: a small multiple of the generator; else the point at the x of the bytes.
G1Affine g1_point(unsigned choice, const std::uint8_t* bytes) {
  static const auto kMultiples = points_that_meet(g1_generator());
  if (choice == 0) return G1Affine::infinity();
  if (choice == 1) return kMultiples[bytes[0] % kMultiples.size()];
  Fq x;
  for (std::size_t i = 0; i < 4; ++i) x.limb[i] = base::load_le<std::uint64_t>(bytes + 8 * i);
  if (!field::less_than(x.limb, Fq::kModulus)) x.limb[3] &= 0x2fffffffffffffff;
  return point_at_or_after(x);
}

}  // namespace
}  // namespace zkp::prover::curve

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp::prover::curve;
  static const auto kMultiples = points_that_meet(g2_generator());
  std::vector<G1Affine> a1, b1;
  std::vector<G2Affine> a2, b2;
  std::vector<std::uint8_t> opposite;
  for (; size >= kBytes && a1.size() < kMost; data += kBytes, size -= kBytes) {
    opposite.push_back(data[0] & 3);
    a1.push_back(g1_point(data[0] >> 2 & 3, data + 1));
    b1.push_back(g1_point(data[0] >> 4 & 3, data + 33));
    a2.push_back(kMultiples[data[1] % kMultiples.size()]);
    b2.push_back(kMultiples[data[33] % kMultiples.size()]);
  }
  check<G1Params>(a1, b1, opposite);
  check<G2Params>(a2, b2, opposite);
  return 0;
}
