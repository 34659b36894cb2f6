#include "prover/circuit/bits.h"

namespace zkp::prover::circuit {

void require_boolean(Builder& builder, const Linear& bit, std::string_view falsehood) {
  builder.constrain(bit, bit, bit);
  if (!builder.has_values()) return;
  const Fr value = builder.value_of(bit);
  if (!value.is_zero() && !value.is_one()) builder.note_falsehood(falsehood);
}

void require_below_power_of_two(Builder& builder, const Linear& value, std::size_t bit_count,
                                std::string_view falsehood) {
  ZKP_ASSERT(bit_count > 0 && bit_count < 254);
  const base::Secret<field::Limbs> integer(builder.value_of(value).to_standard());
  std::vector<Term> sum;
  Fr weight = Fr::one();
  for (std::size_t i = 0; i < bit_count; ++i) {
    const Wire bit = builder.add_wire(WireKind::inner,
                                      field::bit_of(integer.reveal(), i) ? Fr::one() : Fr::zero());
    builder.constrain(bit, bit, bit);
    sum.push_back({bit.index, weight});
    weight = weight.doubled();
  }
  builder.require_equal(Linear::of_terms(std::move(sum)), value, falsehood);
}

}  // namespace zkp::prover::circuit
