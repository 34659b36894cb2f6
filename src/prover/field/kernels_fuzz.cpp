#include "prover/field/kernels.h"

// Every implementation that runs here against the operators of field.h, on limbs of the fuzzer's
// choice.
namespace zkp::prover::field {
namespace {

// Elements in three equal runs; each limb is the input's, the element brought below p by clearing
// bits of its top limb.
template <class Field>
std::vector<Field> elements_of(base::ByteView input) {
  std::vector<Field> elements(input.size() / Field::kBytes / 3 * 3);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    Limbs& limb = elements[i].limb;
    for (std::size_t j = 0; j < 4; ++j) {
      limb[j] = base::load_le<std::uint64_t>(input.data() + Field::kBytes * i + 8 * j);
    }
    if (!less_than(limb, Field::kModulus)) limb[3] &= 0x2fffffffffffffff;
  }
  return elements;
}

template <class Field>
void check(const FieldKernels<Field>& kernels, const std::vector<Field>& elements) {
  const std::size_t count = elements.size() / 3;
  const std::vector<Field> a(elements.begin(), elements.begin() + static_cast<long>(count));
  const Field* const b = elements.data() + count;
  const Field* const c = b + count;
  std::vector<Field> out = a;
  const auto expect = [&](auto expected) {
    for (std::size_t i = 0; i < count; ++i) ZKP_ASSERT(out[i] == expected(i));
    out = a;
  };
  kernels.add(out.data(), out.data(), b, count);
  expect([&](std::size_t i) { return a[i] + b[i]; });
  kernels.subtract(out.data(), out.data(), b, count);
  expect([&](std::size_t i) { return a[i] - b[i]; });
  kernels.multiply(out.data(), out.data(), b, count);
  expect([&](std::size_t i) { return a[i] * b[i]; });
  kernels.square(out.data(), out.data(), count);
  expect([&](std::size_t i) { return a[i].squared(); });
  kernels.scale(out.data(), out.data(), b, count);
  expect([&](std::size_t i) { return a[i] * b[0]; });
  kernels.multiply_repeatedly(out.data(), out.data(), b, 2, count);
  expect([&](std::size_t i) { return a[i] * b[i] * b[i]; });
  std::vector<Field> high(b, c);
  kernels.butterfly_frequency(out.data(), high.data(), c, count);
  for (std::size_t i = 0; i < count; ++i) ZKP_ASSERT(high[i] == (a[i] - b[i]) * c[i]);
  expect([&](std::size_t i) { return a[i] + b[i]; });
  high.assign(b, c);
  kernels.butterfly_time(out.data(), high.data(), c, count);
  for (std::size_t i = 0; i < count; ++i) ZKP_ASSERT(high[i] == a[i] - b[i] * c[i]);
  expect([&](std::size_t i) { return a[i] + b[i] * c[i]; });
}

}  // namespace
}  // namespace zkp::prover::field

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp::prover::field;
  const auto fr = elements_of<Fr>({data, size});
  const auto fq = elements_of<Fq>({data, size});
  if (fr.empty()) return 0;
  for (const KernelsChoice& choice : all_kernels()) {
    if (!choice.runs) continue;
    check(choice.kernels->fr, fr);
    check(choice.kernels->fq, fq);
  }
  return 0;
}
