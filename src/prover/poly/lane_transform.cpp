#include <algorithm>
#include <new>

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "base/secret.h"
#include "prover/poly/domain.h"
#include "prover/poly/roots.h"
#include "prover/poly/transform.h"
#include "prover/poly/transform_kernels.h"

namespace zkp::prover::poly {
namespace {

static_assert(sizeof(Fr) == sizeof(ElementWords) && sizeof(field::Limbs) == sizeof(ElementWords));

constexpr std::size_t kLeastLog = 6;  // as many rows and columns as lanes
constexpr std::align_val_t kAlignment{64};

// What values pass through may be secret.
struct Wiper {
  std::size_t size_bytes;

  void operator()(void* scratch) const {
    base::wipe(scratch, size_bytes);
    ::operator delete(scratch, kAlignment);
  }
};
using Scratch = std::unique_ptr<void, Wiper>;

std::size_t power_of_two(std::size_t log) { return std::size_t{1} << log; }

ElementWords* words_of(std::span<Fr> elements) {
  return reinterpret_cast<ElementWords*>(elements.data());
}
const ElementWords* words_of(std::span<const Fr> elements) {
  return reinterpret_cast<const ElementWords*>(elements.data());
}

std::vector<Multiplier> multipliers(const TransformKernel& kernel, std::vector<Fr> numbers) {
  const std::size_t eights = (numbers.size() + kTransformLanes - 1) / kTransformLanes;
  numbers.resize(eights * kTransformLanes);
  std::vector<Multiplier> result(numbers.size());
  kernel.make_multipliers(words_of(std::span<const Fr>(numbers)), eights, result.data());
  return result;
}

// Powers of a ratio for each lane, and of its power `fine`.
class LanePowers {
 public:
  LanePowers(const field::FieldKernels<Fr>& field, const Fr* ratio, std::size_t fine)
      : field_(field), fine_ratio_(ratio), coarse_ratio_(ratio, ratio + kTransformLanes) {
    for (; fine > 1; fine /= 2) {
      field_.square(coarse_ratio_.data(), coarse_ratio_.data(), kTransformLanes);
    }
  }
  // first, first * ratio, .. at `out`; returns what follows them.
  Fr* add_fine(const Fr* first, std::size_t length, Fr* out) const {
    return add(first, fine_ratio_, length, out);
  }
  Fr* add_coarse(const Fr* first, std::size_t length, Fr* out) const {
    return add(first, coarse_ratio_.data(), length, out);
  }

 private:
  Fr* add(const Fr* first, const Fr* ratio, std::size_t length, Fr* out) const {
    Fr* next = std::copy_n(first, kTransformLanes, out);
    for (std::size_t i = 1; i < length; ++i, next += kTransformLanes) {
      field_.multiply(next, next - kTransformLanes, ratio, kTransformLanes);
    }
    return next;
  }

  const field::FieldKernels<Fr>& field_;
  const Fr* fine_ratio_;
  std::vector<Fr> coarse_ratio_;
};

// As rows and columns (Bailey 1990, without his transpositions): transforms of all columns, twists,
// transforms of all rows.
class LaneTransform final : public Transform {
 public:
  LaneTransform(std::size_t log, const TransformKernel& kernel,
                const field::FieldKernels<Fr>& field)
      : kernel_(kernel) {
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
    shift_ =
        multipliers(kernel, reversed_powers(plan_.columns, shift.power(plan_.rows), Fr::one()));
    make_twists(log, shift, field);
    plan_.frequency = frequency_.data();
    plan_.time = time_.data();
    plan_.shift = shift_.data();
    plan_.twists = twists_.data();
  }

  void frequency(std::span<Fr> values, const std::stop_token& stop) const override {
    ElementWords* const elements = words_of(values);
    for_eights(plan_.columns, plan_.rows, kernel_.frequency_columns, elements, stop);
    for_eights(plan_.rows, plan_.columns, kernel_.frequency_rows, elements, stop);
  }

  void to_odd_coset(std::span<Fr> values, const std::stop_token& stop) const override {
    ElementWords* const elements = words_of(values);
    for_eights(plan_.columns, plan_.rows, kernel_.frequency_columns, elements, stop);
    for_eights(plan_.rows, plan_.columns, kernel_.coset_rows, elements, stop);
    for_eights(plan_.columns, plan_.rows, kernel_.time_columns, elements, stop);
  }

  void multiply_subtract(std::span<Fr> a, std::span<const Fr> b, std::span<const Fr> c,
                         std::span<field::Limbs> out) const override {
    ZKP_ASSERT(a.size() % kTransformLanes == 0);
    kernel_.multiply_subtract(words_of(a), words_of(b), words_of(c), a.size(),
                              reinterpret_cast<ElementWords*>(out.data()));
  }

 private:
  using Step = void (*)(const TransformPlan&, ElementWords*, std::size_t, void*);

  // The step for each eight of `count` rows or columns of a length.
  void for_eights(std::size_t count, std::size_t length, Step step, ElementWords* elements,
                  const std::stop_token& stop) const {
    const std::size_t size_bytes = kernel_.scratch_bytes(length);
    tbb::enumerable_thread_specific<Scratch> scratches(
        [&] { return Scratch(::operator new(size_bytes, kAlignment), Wiper{size_bytes}); });
    tbb::parallel_for(std::size_t{0}, count / kTransformLanes, [&](std::size_t i) {
      if (stop.stop_requested()) return;
      step(plan_, elements, i * kTransformLanes, scratches.local().get());
    });
  }

  void make_twists(std::size_t log, const Fr& shift, const field::FieldKernels<Fr>& field) {
    const Fr root = root_of_order(log);
    const Fr over_size = Fr::from_u64(power_of_two(log)).inverse();
    const std::vector<Fr> ratios = reversed_powers(plan_.rows, root, Fr::one());
    const std::vector<Fr> inverse_ratios = reversed_powers(plan_.rows, root.inverse(), Fr::one());
    const std::vector<Fr> shifts = reversed_powers(plan_.rows, shift, -over_size);
    const std::vector<Fr> ones(kTransformLanes, Fr::one());
    const std::size_t count = plan_.twists_of_eight_rows();
    twists_.resize(plan_.rows / kTransformLanes * count);
    tbb::parallel_for(std::size_t{0}, plan_.rows / kTransformLanes, [&](std::size_t block) {
      const std::size_t row = block * kTransformLanes;
      const LanePowers powers{field, &ratios[row], plan_.fine};
      const LanePowers inverse_powers{field, &inverse_ratios[row], plan_.fine};
      std::vector<Fr> numbers(count * kTransformLanes);
      Fr* next = numbers.data();
      next = powers.add_coarse(ones.data(), plan_.coarse, next);
      next = powers.add_fine(ones.data(), plan_.fine, next);
      next = std::copy_n(ones.data(), kTransformLanes, next);
      if (row == 0) next[-static_cast<std::ptrdiff_t>(kTransformLanes)] = -Fr::one();
      next = inverse_powers.add_fine(&shifts[row], plan_.fine, next);
      inverse_powers.add_coarse(ones.data(), plan_.coarse, next);
      kernel_.make_twists(words_of(std::span<const Fr>(numbers)), count, &twists_[block * count]);
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
    return std::make_unique<LaneTransform>(log_size, kAvx512IfmaTransform, kernels.fr);
  }
#endif
  return make_butterfly_transform(log_size, kernels);
}

}  // namespace zkp::prover::poly
