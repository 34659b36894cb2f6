#include <new>

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "prover/poly/domain.h"
#include "prover/poly/roots.h"
#include "prover/poly/transform.h"
#include "prover/poly/transform_kernels.h"

namespace zkp::prover::poly {
namespace {

static_assert(sizeof(Fr) == sizeof(ElementWords));

constexpr std::size_t kLeastLog = 6;  // as many rows and columns as lanes
constexpr std::align_val_t kAlignment{64};

struct Deleter {
  void operator()(void* scratch) const { ::operator delete(scratch, kAlignment); }
};
using Scratch = std::unique_ptr<void, Deleter>;

std::size_t power_of_two(std::size_t log) { return std::size_t{1} << log; }

std::vector<Multiplier> multipliers(const TransformKernel& kernel, std::vector<Fr> numbers) {
  const std::size_t eights = (numbers.size() + kTransformLanes - 1) / kTransformLanes;
  numbers.resize(eights * kTransformLanes);
  std::vector<Multiplier> result(numbers.size());
  kernel.make_multipliers(reinterpret_cast<const ElementWords*>(numbers.data()), eights,
                          result.data());
  return result;
}

// As rows and columns (Bailey 1990, without his transpositions): transforms of all columns, twists,
// transforms of all rows.
class LaneTransform final : public Transform {
 public:
  LaneTransform(std::size_t log, const TransformKernel& kernel) : kernel_(kernel) {
    const std::size_t row_log = log / 2;
    const std::size_t column_log = log - row_log;
    plan_.rows = power_of_two(row_log);
    plan_.columns = power_of_two(column_log);
    plan_.coarse = power_of_two(column_log / 2);
    plan_.fine = plan_.columns / plan_.coarse;
    const Fr root = root_of_order(column_log);
    frequency_ = multipliers(kernel, reversed_powers(plan_.columns / 2, root, Fr::one()));
    time_ = multipliers(kernel, nested_powers(plan_.columns, root.inverse()));
    const Fr shift = root_of_order(std::min(log + 1, Domain::kMostLog)).inverse();
    shift_ = multipliers(kernel,
                      reversed_powers(plan_.columns, shift.power(plan_.rows), Fr::one()));
    make_twists(log, shift);
    plan_.frequency = frequency_.data();
    plan_.time = time_.data();
    plan_.shift = shift_.data();
    plan_.twists = twists_.data();
  }

  void frequency(std::span<Fr> values, const std::stop_token& stop) const override {
    auto* const elements = reinterpret_cast<ElementWords*>(values.data());
    for_eights(plan_.columns, plan_.rows, kernel_.frequency_columns, elements, stop);
    for_eights(plan_.rows, plan_.columns, kernel_.frequency_rows, elements, stop);
  }

  void to_odd_coset(std::span<Fr> values, const std::stop_token& stop) const override {
    auto* const elements = reinterpret_cast<ElementWords*>(values.data());
    for_eights(plan_.columns, plan_.rows, kernel_.frequency_columns, elements, stop);
    for_eights(plan_.rows, plan_.columns, kernel_.coset_rows, elements, stop);
    for_eights(plan_.columns, plan_.rows, kernel_.time_columns, elements, stop);
  }

 private:
  using Step = void (*)(const TransformPlan&, ElementWords*, std::size_t, void*);

  // The step for each eight of `count` rows or columns of a length.
  void for_eights(std::size_t count, std::size_t length, Step step, ElementWords* elements,
                  const std::stop_token& stop) const {
    tbb::enumerable_thread_specific<Scratch> scratches(
        [&] { return Scratch(::operator new(kernel_.scratch_bytes(length), kAlignment)); });
    tbb::parallel_for(std::size_t{0}, count / kTransformLanes, [&](std::size_t i) {
      if (stop.stop_requested()) return;
      step(plan_, elements, i * kTransformLanes, scratches.local().get());
    });
  }

  void make_twists(std::size_t log, const Fr& shift) {
    const Fr root = root_of_order(log);
    const Fr inverse = root.inverse();
    const std::vector<Fr> ratio = reversed_powers(plan_.rows, root, Fr::one());
    const std::vector<Fr> inverse_ratio = reversed_powers(plan_.rows, inverse, Fr::one());
    const std::vector<Fr> first =
        reversed_powers(plan_.rows, shift, -Fr::from_u64(power_of_two(log)).inverse());
    const std::size_t count = plan_.twists_of_eight_rows();
    twists_.resize(plan_.rows / kTransformLanes * count);
    tbb::parallel_for(std::size_t{0}, plan_.rows / kTransformLanes, [&](std::size_t block) {
      std::vector<Fr> numbers(count * kTransformLanes);
      for (std::size_t lane = 0; lane < kTransformLanes; ++lane) {
        const std::size_t row = block * kTransformLanes + lane;
        Fr* next = &numbers[lane];
        const auto add_powers = [&next](std::size_t length, const Fr& base, Fr power) {
          for (std::size_t i = 0; i < length; ++i, next += kTransformLanes) {
            *next = power;
            power *= base;
          }
        };
        add_powers(plan_.coarse, ratio[row].power(plan_.fine), Fr::one());
        add_powers(plan_.fine, ratio[row], Fr::one());
        add_powers(1, Fr::one(), row == 0 ? -Fr::one() : Fr::one());
        add_powers(plan_.fine, inverse_ratio[row], first[row]);
        add_powers(plan_.coarse, inverse_ratio[row].power(plan_.fine), Fr::one());
      }
      kernel_.make_twists(reinterpret_cast<const ElementWords*>(numbers.data()), count,
                          &twists_[block * count]);
    });
  }

  const TransformKernel& kernel_;
  TransformPlan plan_{};
  std::vector<Multiplier> frequency_;
  std::vector<Multiplier> time_;
  std::vector<Multiplier> shift_;
  std::vector<Twist> twists_;
};

}  // namespace

std::unique_ptr<const Transform> make_transform(std::size_t log_size,
                                                const field::Kernels& kernels) {
#if defined(__x86_64__)
  if (&kernels == &field::kAvx512IfmaKernels && log_size >= kLeastLog) {
    return std::make_unique<LaneTransform>(log_size, kAvx512IfmaTransform);
  }
#endif
  return make_butterfly_transform(log_size, kernels);
}

}  // namespace zkp::prover::poly
