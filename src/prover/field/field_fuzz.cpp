#include "prover/field/field.h"

// Bytes as a decimal and as a little-endian number: what is taken has one spelling, and comes back.
// Then as what is stored, whose inverse is one.
namespace zkp::prover::field {
namespace {

template <class Field>
void check(base::ByteView input) {
  const std::string_view text = base::as_text(input);
  if (const auto value = Field::from_decimal(text)) {
    ZKP_ASSERT(value->to_decimal() == text);
    ZKP_ASSERT(less_than(value->limb, Field::kModulus));
  }
  if (input.size() < Field::kBytes) return;
  const auto bytes = input.first<Field::kBytes>();
  if (const auto value = Field::from_bytes(bytes)) {
    std::array<std::uint8_t, Field::kBytes> back;
    value->to_bytes(back);
    ZKP_ASSERT(std::equal(back.begin(), back.end(), bytes.begin()));
    ZKP_ASSERT(*Field::from_decimal(value->to_decimal()) == *value);
    const Field stored{value->to_standard()};
    const Field inverse = stored.inverse();
    ZKP_ASSERT(less_than(inverse.limb, Field::kModulus));
    ZKP_ASSERT(stored.is_zero() ? inverse.is_zero() : (stored * inverse).is_one());
  }
}

}  // namespace
}  // namespace zkp::prover::field

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  zkp::prover::field::check<zkp::prover::field::Fr>({data, size});
  zkp::prover::field::check<zkp::prover::field::Fq>({data, size});
  return 0;
}
