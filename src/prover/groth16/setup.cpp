#include "prover/groth16/setup.h"

#include <algorithm>

#include "prover/curve/msm.h"
#include "prover/groth16/key_scalars.h"
#include "prover/groth16/key_shape.h"
#include "prover/groth16/progress_meter.h"
#include "prover/groth16/trapdoor.h"

namespace zkp::prover::groth16 {
namespace {

constexpr std::size_t kChunk = 1 << 16;  // scalars between two reports
constexpr double kG2Work = 3;            // a point of G2, in points of G1

Fr random_nonzero(base::Random& random) {
  while (true) {
    const Fr value = Fr::random(random);
    if (!value.is_zero()) return value;
  }
}

// Multiples of the generators, with progress.
class Multiplier {
 public:
  Multiplier(const SetupOptions& options, double total_work)
      : options_(options), meter_(options.progress, total_work) {}

  base::Result<std::vector<G1Affine>> g1(std::span<const Fr> scalars, const char* stage) {
    return multiply(curve::g1_generator(), scalars, 1, stage);
  }
  base::Result<std::vector<G2Affine>> g2(std::span<const Fr> scalars, const char* stage) {
    return multiply(curve::g2_generator(), scalars, kG2Work, stage);
  }

 private:
  template <class Point>
  base::Result<std::vector<Point>> multiply(const Point& generator, std::span<const Fr> scalars,
                                            double work, const char* stage) {
    std::vector<Point> points;
    points.reserve(scalars.size());
    for (std::size_t done = 0; done < scalars.size();) {
      const std::size_t count = std::min(kChunk, scalars.size() - done);
      ZKP_TRY(const std::vector<Point> chunk,
              curve::multiply_fixed_base(generator, scalars.subspan(done, count), options_.kernels,
                                         options_.stop));
      points.insert(points.end(), chunk.begin(), chunk.end());
      done += count;
      meter_.add(work * static_cast<double>(count), stage);
    }
    return points;
  }

  const SetupOptions& options_;
  ProgressMeter meter_;
};

void set_constants(const Trapdoor& trapdoor, ProvingKey& key) {
  const curve::G1 g1 = curve::G1::from_affine(curve::g1_generator());
  const curve::G2 g2 = curve::G2::from_affine(curve::g2_generator());
  key.verifying.alpha1 = (g1 * trapdoor.alpha).to_affine();
  key.verifying.beta2 = (g2 * trapdoor.beta).to_affine();
  key.verifying.gamma2 = curve::g2_generator();
  key.verifying.delta2 = (g2 * trapdoor.delta).to_affine();
  key.beta1 = (g1 * trapdoor.beta).to_affine();
  key.delta1 = (g1 * trapdoor.delta).to_affine();
}

}  // namespace

base::Result<ProvingKey> setup_with_trapdoor(const circuit::ConstraintSystem& system,
                                             const base::Secret<Trapdoor>& trapdoor,
                                             const SetupOptions& options) {
  ZKP_TRY(ProvingKey key, key_without_points(system));
  const KeyScalars scalars =
      key_scalars(system, key.domain_log, trapdoor.reveal(), options.kernels);
  set_constants(trapdoor.reveal(), key);

  const auto wires = static_cast<double>(key.wire_count);
  Multiplier multiplier(options, (3 + kG2Work) * wires + static_cast<double>(key.domain_size()));
  const std::size_t first_private = key.public_count + 1;
  const std::span<const Fr> c = scalars.c.reveal();
  ZKP_TRY(key.a, multiplier.g1(scalars.a.reveal(), "points of A"));
  ZKP_TRY(key.b1, multiplier.g1(scalars.b.reveal(), "points of B in G1"));
  ZKP_TRY(key.b2, multiplier.g2(scalars.b.reveal(), "points of B in G2"));
  ZKP_TRY(key.verifying.ic, multiplier.g1(c.first(first_private), "points of public signals"));
  ZKP_TRY(key.c, multiplier.g1(c.subspan(first_private), "points of C"));
  ZKP_TRY(key.h, multiplier.g1(scalars.h.reveal(), "points of H"));
  return key;
}

base::Result<ProvingKey> setup(const circuit::ConstraintSystem& system,
                               const SetupOptions& options) {
  base::Secret<Trapdoor> trapdoor;
  for (Fr Trapdoor::* part :
       {&Trapdoor::tau, &Trapdoor::alpha, &Trapdoor::beta, &Trapdoor::delta}) {
    trapdoor.reveal_mutable().*part = random_nonzero(options.random);
  }
  return setup_with_trapdoor(system, trapdoor, options);
}

}  // namespace zkp::prover::groth16
