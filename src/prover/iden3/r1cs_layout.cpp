#include "prover/iden3/r1cs_layout.h"

#include <fmt/format.h>

namespace zkp::prover::iden3 {

using field::Fr;

base::Result<R1csLayout> R1csLayout::parse(base::ByteView bytes) {
  ZKP_TRY(Container container, Container::parse(bytes, kR1csFile));
  R1csLayout layout(std::move(container));
  ZKP_CHECK(layout.refuse_custom_gates());
  ZKP_CHECK(layout.parse_header());
  ZKP_CHECK(layout.find_sections());
  return layout;
}

base::Status R1csLayout::refuse_custom_gates() const {
  if (!file.has(r1cs_section::kCustomGateUses)) return {};
  ZKP_TRY(const base::ByteView uses, file.section(r1cs_section::kCustomGateUses));
  if (uses.size() >= 4 && base::load_le<std::uint32_t>(uses.data()) == 0) return {};
  return file.error("the circuit uses custom gates, which Groth16 has not");
}

base::Status R1csLayout::parse_header() {
  ZKP_TRY(const base::ByteView bytes, file.section(r1cs_section::kHeader, kR1csHeaderBytes));
  ZKP_CHECK(check_prime<Fr>(file, bytes.data()));
  const std::uint8_t* numbers = &bytes[kPrimeBytes];
  wire_count = base::load_le<std::uint32_t>(numbers);
  public_output_count = base::load_le<std::uint32_t>(numbers + 4);
  public_input_count = base::load_le<std::uint32_t>(numbers + 8);
  private_input_count = base::load_le<std::uint32_t>(numbers + 12);
  label_count = base::load_le<std::uint64_t>(numbers + 16);
  constraint_count = base::load_le<std::uint32_t>(numbers + 24);
  const std::uint64_t signals =
      std::uint64_t{public_output_count} + public_input_count + private_input_count;
  if (signals + 1 > wire_count) {
    return file.error(fmt::format("header has {} wires, want at least {}: 1, outputs and inputs",
                                  wire_count, signals + 1));
  }
  return {};
}

// The labels also bound the number of wires by the bytes at hand.
base::Status R1csLayout::find_sections() {
  ZKP_TRY(labels, file.section(r1cs_section::kLabels, std::uint64_t{wire_count} * 8));
  ZKP_TRY(constraints, file.section(r1cs_section::kConstraints));
  if (constraint_count > constraints.size() / kLeastConstraintBytes) {
    return file.error(fmt::format(
        "section 2 has {} bytes, want at least {} for {} constraints", constraints.size(),
        std::uint64_t{constraint_count} * kLeastConstraintBytes, constraint_count));
  }
  if (constraints.size() / kR1csTermBytes > UINT32_MAX) {
    return file.error("section 2 has more than 2^32 coefficients");
  }
  return {};
}

base::Result<std::uint32_t> R1csRows::begin_row() {
  const auto constraint = rows_ / 3;
  if (rest_.size() < 4) {
    return layout_.file.error(fmt::format("section 2 ends in constraint {}", constraint));
  }
  const auto count = base::load_le<std::uint32_t>(rest_.data());
  rest_ = rest_.subspan(4);
  if (count > rest_.size() / kR1csTermBytes) {
    return layout_.file.error(fmt::format("section 2 has {} bytes left in constraint {}, want {}",
                                          rest_.size(), constraint,
                                          std::uint64_t{count} * kR1csTermBytes));
  }
  return count;
}

base::Result<R1csTerm> R1csRows::take_term() {
  const R1csTerm term{base::load_le<std::uint32_t>(rest_.data()), load_limbs(&rest_[4])};
  if (term.wire >= layout_.wire_count) {
    return layout_.file.error(fmt::format("constraint {} names wire {} of {} wires", rows_ / 3,
                                          term.wire, layout_.wire_count));
  }
  if (!field::less_than(term.coefficient, Fr::kModulus)) {
    return layout_.file.error(
        fmt::format("constraint {} has a coefficient not below the prime", rows_ / 3));
  }
  rest_ = rest_.subspan(kR1csTermBytes);
  return term;
}

base::Status R1csRows::finish() const {
  if (rest_.empty()) return {};
  return layout_.file.error(
      fmt::format("section 2 has {} bytes after its last constraint", rest_.size()));
}

}  // namespace zkp::prover::iden3
