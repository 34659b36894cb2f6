#include "prover/field/field.h"
#include "prover/field/kernel_table.h"

// The batch operations by the operators of field.h: for any CPU, and what all others are compared
// with.
namespace zkp::prover::field {
namespace {

template <class Field>
void add(Field* out, const Field* a, const Field* b, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = a[i] + b[i];
}

template <class Field>
void subtract(Field* out, const Field* a, const Field* b, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = a[i] - b[i];
}

template <class Field>
void multiply(Field* out, const Field* a, const Field* b, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = a[i] * b[i];
}

template <class Field>
void square(Field* out, const Field* a, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = a[i].squared();
}

template <class Field>
void scale(Field* out, const Field* a, const Field* factor, std::size_t count) {
  const Field by = *factor;
  for (std::size_t i = 0; i < count; ++i) out[i] = a[i] * by;
}

template <class Field>
void multiply_repeatedly(Field* out, const Field* a, const Field* b, std::size_t times,
                         std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    Field product = a[i];
    const Field factor = b[i];
    for (std::size_t k = 0; k < times; ++k) product *= factor;
    out[i] = product;
  }
}

template <class Field>
void butterfly_frequency(Field* low, Field* high, const Field* twiddles, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Field difference = low[i] - high[i];
    low[i] += high[i];
    high[i] = difference * twiddles[i];
  }
}

template <class Field>
void butterfly_time(Field* low, Field* high, const Field* twiddles, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Field product = high[i] * twiddles[i];
    high[i] = low[i] - product;
    low[i] += product;
  }
}

template <class Field>
constexpr FieldKernels<Field> kTable = {
    .add = add<Field>,
    .subtract = subtract<Field>,
    .multiply = multiply<Field>,
    .square = square<Field>,
    .scale = scale<Field>,
    .multiply_repeatedly = multiply_repeatedly<Field>,
    .butterfly_frequency = butterfly_frequency<Field>,
    .butterfly_time = butterfly_time<Field>,
};

}  // namespace

const Kernels kPortableKernels = {.name = "portable", .fr = kTable<Fr>, .fq = kTable<Fq>};

}  // namespace zkp::prover::field
