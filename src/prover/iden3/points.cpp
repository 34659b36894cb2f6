#include "prover/iden3/points.h"

#include <atomic>

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include "base/random.h"
#include "prover/curve/msm.h"

namespace zkp::prover::iden3 {
namespace {

using curve::Fq;
using curve::Fq2;

constexpr std::size_t kPointsPerTask = 512;
constexpr std::size_t kManyPoints = 256;

bool is_reduced(const Fq& value) { return field::less_than(value.limb, Fq::kModulus); }
bool is_reduced(const Fq2& value) { return is_reduced(value.c0) && is_reduced(value.c1); }

// What is wrong with a point, or nullptr.
template <class Point>
const char* flaw_of(const Point& point, PointChecks checks) {
  if (!is_reduced(point.x) || !is_reduced(point.y)) {
    return "has a coordinate not below the prime";
  }
  if (checks == PointChecks::none) return nullptr;
  if (!point.is_on_curve()) return "is not on its curve";
  if (checks == PointChecks::subgroup && !curve::is_in_subgroup(point)) {
    return "is not in its subgroup";
  }
  return nullptr;
}

// Copies the points and checks each for itself.
template <class Point>
base::Status copy_points(const Container& file, base::ByteView bytes, std::span<Point> points,
                         PointChecks checks, std::string_view name, std::size_t first_index) {
  std::atomic<std::size_t> first_wrong = points.size();
  const auto read_range = [&](const tbb::blocked_range<std::size_t>& range) {
    std::memcpy(&points[range.begin()], &bytes[range.begin() * sizeof(Point)],
                range.size() * sizeof(Point));
    for (std::size_t i = range.begin(); i != range.end(); ++i) {
      if (flaw_of(points[i], checks) == nullptr) continue;
      std::size_t known = first_wrong;
      while (i < known && !first_wrong.compare_exchange_weak(known, i)) {
      }
      return;
    }
  };
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, points.size(), kPointsPerTask), read_range);
  if (first_wrong < points.size()) {
    return file.error(fmt::format("{}[{}] {}", name, first_index + first_wrong,
                                  flaw_of(points[first_wrong], checks)));
  }
  return {};
}

bool are_in_subgroup(std::span<const G2Affine> points, const field::Kernels& kernels) {
  base::SystemRandom random;
  return curve::all_in_subgroup(points, random, kernels).value();
}

}  // namespace

template <class Point>
base::Result<Point> take_point(const Container& file, base::ByteView& bytes, PointChecks checks,
                               std::string_view name) {
  ZKP_ASSERT(bytes.size() >= sizeof(Point));
  Point point;
  std::memcpy(&point, bytes.data(), sizeof(Point));
  bytes = bytes.subspan(sizeof(Point));
  if (const char* flaw = flaw_of(point, checks))
    return file.error(fmt::format("{} {}", name, flaw));
  return point;
}

template <class Point>
base::Result<std::vector<Point>> read_points(const Container& file, base::ByteView bytes,
                                             PointChecks checks, std::string_view name,
                                             const field::Kernels& kernels,
                                             std::size_t first_index) {
  ZKP_ASSERT(bytes.size() % sizeof(Point) == 0);
  std::vector<Point> points(bytes.size() / sizeof(Point));
  const bool together = checks == PointChecks::subgroup && std::is_same_v<Point, G2Affine> &&
                        points.size() >= kManyPoints;
  ZKP_CHECK(copy_points<Point>(file, bytes, points, together ? PointChecks::curve : checks, name,
                               first_index));
  if constexpr (std::is_same_v<Point, G2Affine>) {
    if (together && !are_in_subgroup(points, kernels)) {
      // Names the first one.
      ZKP_CHECK(copy_points<Point>(file, bytes, points, checks, name, first_index));
    }
  }
  return points;
}

template base::Result<G1Affine> take_point(const Container&, base::ByteView&, PointChecks,
                                           std::string_view);
template base::Result<G2Affine> take_point(const Container&, base::ByteView&, PointChecks,
                                           std::string_view);
template base::Result<std::vector<G1Affine>> read_points(const Container&, base::ByteView,
                                                         PointChecks, std::string_view,
                                                         const field::Kernels&, std::size_t);
template base::Result<std::vector<G2Affine>> read_points(const Container&, base::ByteView,
                                                         PointChecks, std::string_view,
                                                         const field::Kernels&, std::size_t);

}  // namespace zkp::prover::iden3
