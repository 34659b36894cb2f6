#include "prover/curve/batch_adder.h"

#include <gtest/gtest.h>

#include "prover/curve/testing_points.h"

namespace zkp::prover::curve {
namespace {

constexpr std::size_t kMostCount = 40;  // more than four times the lanes of the widest kernels

// A batch, and where it reads and writes.
template <class Params>
struct Sums {
  using Affine = AffinePoint<Params>;

  std::vector<Affine> values;  // a, then b, then room for sums
  std::vector<const Affine*> a, b;
  std::vector<Affine*> out;
  std::vector<std::uint8_t> opposite;

  // Where the sums are written.
  enum class To { elsewhere, a, b };

  Sums(std::vector<Affine> points, std::vector<std::uint8_t> signs, To to)
      : values(std::move(points)), opposite(std::move(signs)) {
    const std::size_t count = opposite.size();
    values.resize(3 * count);
    for (std::size_t i = 0; i < count; ++i) {
      a.push_back(&values[i]);
      b.push_back(&values[count + i]);
      out.push_back(&values[(to == To::a ? 0 : to == To::b ? count : 2 * count) + i]);
    }
  }

  std::vector<Affine> add(BatchAdder<Params>& adder) {
    adder.add({a.data(), b.data(), out.data(), opposite.data(), opposite.size()}, {});
    std::vector<Affine> sums;
    for (const Affine* sum : out) sums.push_back(*sum);
    return sums;
  }

  [[nodiscard]] std::vector<Affine> expected() const {
    std::vector<Affine> sums;
    for (std::size_t i = 0; i < opposite.size(); ++i) {
      const Affine left = (opposite[i] & kOppositeA) != 0 ? -*a[i] : *a[i];
      const Affine right = (opposite[i] & kOppositeB) != 0 ? -*b[i] : *b[i];
      sums.push_back((JacobianPoint<Params>::from_affine(left) + right).to_affine());
    }
    return sums;
  }
};

class EveryBackendAdds : public testing::TestWithParam<field::KernelsChoice> {
 protected:
  void SetUp() override {
    if (!GetParam().runs) {
      GTEST_SKIP() << "this CPU lacks what " << GetParam().kernels->name << " needs";
    }
  }

  // Every count, with points drawn anew, and the sums in every place.
  template <class Params>
  void check_every_count() {
    const auto points = points_for_tests(Params{});
    const auto adder = make_batch_adder<Params>(*GetParam().kernels, kMostCount);
    base::SeededRandom random(1);
    for (std::size_t count = 0; count <= kMostCount; ++count) {
      for (const auto to :
           {Sums<Params>::To::elsewhere, Sums<Params>::To::a, Sums<Params>::To::b}) {
        std::vector<AffinePoint<Params>> drawn;
        std::vector<std::uint8_t> signs;
        for (std::size_t i = 0; i < 2 * count; ++i) {
          // Half of the points from the few that meet.
          const std::size_t among = random.next_u64() % 2 == 0 ? 17 : points.size();
          drawn.push_back(points[random.next_u64() % among]);
        }
        for (std::size_t i = 0; i < count; ++i) {
          signs.push_back(static_cast<std::uint8_t>(random.next_u64() % 4));
        }
        Sums<Params> sums(drawn, signs, to);
        const auto expected = sums.expected();
        EXPECT_EQ(sums.add(*adder), expected) << count << " additions";
      }
    }
  }

  // All pairs of the points that meet, with all signs: every special case in every lane.
  template <class Params>
  void check_every_pair() {
    const auto all = points_for_tests(Params{});
    std::vector<AffinePoint<Params>> a, b;
    std::vector<std::uint8_t> signs;
    for (std::size_t i = 0; i < 17 * 17 * 4; ++i) {
      a.push_back(all[i / 4 / 17]);
      b.push_back(all[i / 4 % 17]);
      signs.push_back(static_cast<std::uint8_t>(i % 4));
    }
    a.insert(a.end(), b.begin(), b.end());
    const auto adder = make_batch_adder<Params>(*GetParam().kernels, signs.size());
    Sums<Params> sums(a, signs, Sums<Params>::To::elsewhere);
    const auto expected = sums.expected();
    EXPECT_EQ(sums.add(*adder), expected);
  }
};

INSTANTIATE_TEST_SUITE_P(Kernels, EveryBackendAdds, testing::ValuesIn(field::all_kernels()),
                         [](const auto& choice) { return choice.param.kernels->name; });

TEST_P(EveryBackendAdds, EveryCountInG1) { check_every_count<G1Params>(); }
TEST_P(EveryBackendAdds, EveryCountInG2) { check_every_count<G2Params>(); }
TEST_P(EveryBackendAdds, EveryPairInG1) { check_every_pair<G1Params>(); }
TEST_P(EveryBackendAdds, EveryPairInG2) { check_every_pair<G2Params>(); }

}  // namespace
}  // namespace zkp::prover::curve
