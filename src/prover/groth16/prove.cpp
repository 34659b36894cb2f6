#include "prover/groth16/prove.h"

#include <chrono>
#include <mutex>

#include <fmt/format.h>
#include <tbb/parallel_invoke.h>
#include <tbb/task_arena.h>

#include "prover/curve/msm.h"
#include "prover/groth16/progress_meter.h"
#include "prover/groth16/quotient.h"

namespace zkp::prover::groth16 {
namespace {

using base::Error;
using base::ErrorCode;
using base::Secret;
using curve::G1;
using curve::G2;
using field::Limbs;

// A share of the whole, for progress only: in points of G1, by measurement.
constexpr double kG2Work = 3;
constexpr double kTransformWork = 0.5;

base::Status check_witness(const ProvingKey& key, const circuit::Witness& witness) {
  if (witness.size() != key.wire_count) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("witness: has {} values, want {}", witness.size(), key.wire_count)};
  }
  if (witness.reveal()[0] != Limbs{1, 0, 0, 0}) {
    return Error{ErrorCode::invalid_argument, "witness: want the value 1 for wire 0"};
  }
  for (std::size_t wire = 0; wire < witness.size(); ++wire) {
    if (!field::less_than(witness.reveal()[wire], Fr::kModulus)) {
      return Error{
          ErrorCode::invalid_argument,
          fmt::format("witness: want a value below the field's modulus for wire {}", wire)};
    }
  }
  return {};
}

void assert_sizes(const ProvingKey& key) {
  ZKP_ASSERT(key.wire_count > key.public_count);
  ZKP_ASSERT(key.matrix_a.row_start.size() == key.domain_size() + 1);
  ZKP_ASSERT(key.matrix_b.row_start.size() == key.domain_size() + 1);
  ZKP_ASSERT(key.a.size() == key.wire_count && key.b1.size() == key.wire_count);
  ZKP_ASSERT(key.b2.size() == key.wire_count && key.h.size() == key.domain_size());
  ZKP_ASSERT(key.c.size() == key.wire_count - key.public_count - 1);
}

// Adds the time from its making to its end to `seconds`.
class Stopwatch {
 public:
  explicit Stopwatch(double& seconds) : seconds_(seconds) {}
  ~Stopwatch() {
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double& seconds_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Everything of a proof that does not depend on the blinding; secret, for it tells of the witness.
struct Sums {
  G1 a, b1, c, h;
  G2 b2;
};

// The parts of one proof. They run at the same time; the first error stops the others.
class Parts {
 public:
  Parts(const ProvingKey& key, const circuit::Witness& witness, const ProveOptions& options,
        ProveTimings& timings)
      : key_(key),
        witness_(witness),
        kernels_(options.kernels),
        timings_(timings),
        forward_stop_(options.stop, [this] { stop_.request_stop(); }),
        meter_(options.progress, work_of(key)) {}

  base::Result<Secret<Sums>> run() {
    Sums& sums = sums_.reveal_mutable();
    const std::span<const Limbs> w = witness_.reveal();
    const std::span<const Limbs> private_w = w.subspan(key_.public_count + 1);
    tbb::parallel_invoke(
        [&] { part([&] { return quotient(); }); },
        [&] { part([&] { return sum(key_.b2, w, sums.b2, timings_.msm_b2, "sum of B2"); }); },
        [&] { part([&] { return sum(key_.a, w, sums.a, timings_.msm_a, "sum of A"); }); },
        [&] { part([&] { return sum(key_.b1, w, sums.b1, timings_.msm_b1, "sum of B1"); }); },
        [&] { part([&] { return sum(key_.c, private_w, sums.c, timings_.msm_c, "sum of C"); }); });
    if (error_) return *std::move(error_);
    return std::move(sums_);
  }

 private:
  static double work_of(const ProvingKey& key) {
    return static_cast<double>(key.domain_size()) * (1 + kTransformWork) +
           static_cast<double>(key.a.size() + key.b1.size() + key.c.size()) +
           static_cast<double>(key.b2.size()) * kG2Work;
  }

  // Isolated: a thread that waits within a part takes no work of another part, so that few parts
  // are in memory at once and each one's time is its own.
  template <class Work>
  void part(const Work& work) {
    tbb::this_task_arena::isolate([&] {
      base::Status status = work();
      if (status.ok()) return;
      const std::scoped_lock lock(error_mutex_);
      if (!error_) error_ = std::move(status).error();
      stop_.request_stop();
    });
  }

  template <class Params>
  base::Status sum(const std::vector<curve::AffinePoint<Params>>& points,
                   std::span<const Limbs> scalars, curve::JacobianPoint<Params>& out,
                   double& seconds, const char* stage) {
    const Stopwatch stopwatch(seconds);
    ZKP_TRY(out, curve::msm(points, scalars, kernels_, {.stop = stop_.get_token()}));
    const double point_work = std::is_same_v<Params, curve::G2Params> ? kG2Work : 1;
    meter_.add(point_work * static_cast<double>(points.size()), stage);
    return {};
  }

  base::Status quotient() {
    RowValues rows;
    base::SecretVector<Limbs> scalars;
    {
      const Stopwatch stopwatch(timings_.rows);
      ZKP_TRY(rows, evaluate_rows(key_, witness_, kernels_, stop_.get_token()));
    }
    {
      const Stopwatch stopwatch(timings_.transforms);
      ZKP_TRY(scalars,
              quotient_values(std::move(rows), key_.domain_log, kernels_, stop_.get_token()));
    }
    meter_.add(kTransformWork * static_cast<double>(key_.domain_size()), "quotient");
    return sum(key_.h, scalars.reveal(), sums_.reveal_mutable().h, timings_.msm_h, "sum of H");
  }

  const ProvingKey& key_;
  const circuit::Witness& witness_;
  const field::Kernels& kernels_;
  ProveTimings& timings_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> forward_stop_;
  ProgressMeter meter_;
  Secret<Sums> sums_;
  std::mutex error_mutex_;
  std::optional<Error> error_;
};

// Groth 2016, section 3.2, with the sums over the witness done:
//   A = alpha + a + r delta,  B = beta + b + s delta,  C = c + h + s A + r B - r s delta
Proof blind(const ProvingKey& key, const Sums& sums, const Blinding& blinding) {
  const auto& [r, s] = blinding;
  const G1 delta1 = G1::from_affine(key.delta1);
  const G2 delta2 = G2::from_affine(key.verifying.delta2);
  const G1 a = sums.a + key.verifying.alpha1 + delta1 * r;
  const G1 b1 = sums.b1 + key.beta1 + delta1 * s;
  const G2 b2 = sums.b2 + key.verifying.beta2 + delta2 * s;
  const G1 c = sums.c + sums.h + a * s + b1 * r + delta1 * -(r * s);
  return {a.to_affine(), b2.to_affine(), c.to_affine()};
}

}  // namespace

base::Result<Proof> prove(const ProvingKey& key, const circuit::Witness& witness,
                          const ProveOptions& options, ProveTimings* timings) {
  assert_sizes(key);
  ZKP_CHECK(check_witness(key, witness));
  ProveTimings measured;
  Proof proof;
  {
    const Stopwatch stopwatch(measured.total);
    Parts parts(key, witness, options, measured);
    ZKP_TRY(const Secret<Sums> sums, parts.run());
    Secret<Blinding> blinding;
    if (options.fixed_blinding != nullptr) {
      blinding.reveal_mutable() = *options.fixed_blinding;
    } else {
      blinding.reveal_mutable() = {Fr::random(options.random), Fr::random(options.random)};
    }
    proof = blind(key, sums.reveal(), blinding.reveal());
  }
  if (timings != nullptr) *timings = measured;
  return proof;
}

base::Result<std::vector<Fr>> public_signals_of(const ProvingKey& key,
                                                const circuit::Witness& witness) {
  ZKP_CHECK(check_witness(key, witness));
  std::vector<Fr> signals;
  signals.reserve(key.public_count);
  for (const Limbs& value : witness.reveal().subspan(1, key.public_count)) {
    signals.push_back(Fr::from_standard(value));
  }
  return signals;
}

}  // namespace zkp::prover::groth16
