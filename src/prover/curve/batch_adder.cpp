#include "prover/curve/batch_adder.h"

#include <new>

namespace zkp::prover::curve {
namespace {

constexpr std::align_val_t kScratchAlignment{64};

struct ScratchDeleter {
  void operator()(void* scratch) const { ::operator delete(scratch, kScratchAlignment); }
};

void invert_element(std::uint64_t* element) {
  Fq value;
  std::memcpy(value.limb.data(), element, sizeof value.limb);
  value = value.inverse();
  std::memcpy(element, value.limb.data(), sizeof value.limb);
}

// Calls one of the kernels of addition_kernels.h.
template <class Params, std::size_t Words>
class KernelAdder final : public BatchAdder<Params> {
 public:
  using Affine = AffinePoint<Params>;
  static_assert(sizeof(Affine) == sizeof(PointWords<Words>));

  KernelAdder(const AdditionKernel<Words>& kernel, std::size_t capacity)
      : kernel_(kernel),
        scratch_(::operator new(kernel.scratch_bytes(capacity), kScratchAlignment)) {}

  void add(const Additions<Affine>& batch, const Additions<Affine>& next) override {
    kernel_.add(words_of(batch), words_of(next), scratch_.get(), invert_element);
  }

 private:
  using Point = PointWords<Words>;

  static Additions<Point> words_of(const Additions<Affine>& batch) {
    return {.a = reinterpret_cast<const Point* const*>(batch.a),
            .b = reinterpret_cast<const Point* const*>(batch.b),
            .out = reinterpret_cast<Point* const*>(batch.out),
            .opposite = batch.opposite,
            .count = batch.count};
  }

  const AdditionKernel<Words>& kernel_;
  std::unique_ptr<void, ScratchDeleter> scratch_;
};

}  // namespace

template <class Params>
std::unique_ptr<BatchAdder<Params>> make_batch_adder(const field::Kernels& kernels,
                                                     std::size_t capacity) {
#if defined(__x86_64__)
  if (&kernels == &field::kAvx512IfmaKernels) {
    if constexpr (std::is_same_v<Params, G1Params>) {
      return std::make_unique<KernelAdder<G1Params, 4>>(kAvx512IfmaG1Addition, capacity);
    } else {
      return std::make_unique<KernelAdder<G2Params, 8>>(kAvx512IfmaG2Addition, capacity);
    }
  }
#endif
  return make_column_adder<Params>(kernels, capacity);
}

template std::unique_ptr<BatchAdder<G1Params>> make_batch_adder(const field::Kernels&, std::size_t);
template std::unique_ptr<BatchAdder<G2Params>> make_batch_adder(const field::Kernels&, std::size_t);

}  // namespace zkp::prover::curve
