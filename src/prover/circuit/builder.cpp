#include "prover/circuit/builder.h"

#include <algorithm>
#include <array>
#include <utility>

namespace zkp::prover::circuit {
namespace {

constexpr std::size_t kFirstCapacity = 1024;

SparseMatrix renumber(SparseMatrix matrix, std::span<const std::uint32_t> order) {
  for (Term& term : matrix.terms) term.wire = order[term.wire];
  for (std::size_t i = 0; i < matrix.row_count(); ++i) {
    const std::span<Term> row =
        std::span(matrix.terms)
            .subspan(matrix.row_start[i], matrix.row_start[i + 1] - matrix.row_start[i]);
    if (!std::ranges::is_sorted(row, {}, &Term::wire)) std::ranges::sort(row, {}, &Term::wire);
  }
  return matrix;
}

}  // namespace

Builder::Builder(Purpose purpose) : purpose_(purpose), kinds_(1, WireKind::inner) {
  if (has_values()) {
    values_ = base::SecretVector<Fr>(kFirstCapacity);
    values_.reveal_mutable()[0] = Fr::one();
  }
}

// A vector that grows by itself would leave its old values behind in freed memory.
void Builder::grow() {
  base::SecretVector<Fr> larger(2 * values_.size());
  std::ranges::copy(values_.reveal(), larger.reveal_mutable().begin());
  values_ = std::move(larger);
}

Wire Builder::add_wire(WireKind kind, const Fr& value) {
  const std::size_t index = kinds_.size();
  ZKP_ASSERT(index < UINT32_MAX);
  kinds_.push_back(kind);
  if (has_values()) {
    if (index == values_.size()) grow();
    values_.reveal_mutable()[index] = value;
  }
  return {static_cast<std::uint32_t>(index)};
}

Fr Builder::value_of(Wire wire) const {
  ZKP_ASSERT(wire.index < kinds_.size());
  return has_values() ? values_.reveal()[wire.index] : Fr::zero();
}

Fr Builder::value_of(const Linear& linear) const {
  if (!has_values()) return Fr::zero();
  Fr sum;
  for (const Term& term : linear.terms()) sum += term.coefficient * value_of(Wire{term.wire});
  return sum;
}

Linear Builder::product(const Linear& a, const Linear& b) {
  if (a.is_constant()) return a.constant_part() * b;
  if (b.is_constant()) return b.constant_part() * a;
  const Wire result = add_wire(WireKind::inner, value_of(a) * value_of(b));
  constrain(a, b, result);
  return result;
}

void Builder::constrain(std::span<const Term> a, std::span<const Term> b, std::span<const Term> c) {
  if (has_values()) return;
  a_.append_row(a);
  b_.append_row(b);
  c_.append_row(c);
}

void Builder::require_equal(const Linear& a, const Linear& b, std::string_view falsehood) {
  ZKP_ASSERT(!(a - b).is_constant());
  constrain(a, Linear(Wire{0}), b);
  if (has_values() && value_of(a) != value_of(b)) note_falsehood(falsehood);
}

void Builder::note_falsehood(std::string_view falsehood) {
  if (!falsehood_) falsehood_ = falsehood;
}

std::size_t Builder::public_count() const {
  return count(WireKind::output) + count(WireKind::public_input);
}

std::vector<std::uint32_t> Builder::final_order() const {
  std::array<std::uint32_t, 4> next{};
  for (std::size_t i = 1; i < kinds_.size(); ++i) ++next[static_cast<std::size_t>(kinds_[i])];
  std::uint32_t start = 1;
  for (std::uint32_t& count : next) start += std::exchange(count, start);
  std::vector<std::uint32_t> order(kinds_.size());
  for (std::size_t i = 1; i < kinds_.size(); ++i) {
    order[i] = next[static_cast<std::size_t>(kinds_[i])]++;
  }
  return order;
}

std::uint32_t Builder::count(WireKind kind) const {
  return static_cast<std::uint32_t>(std::count(kinds_.begin() + 1, kinds_.end(), kind));
}

ConstraintSystem Builder::finish_system() && {
  ZKP_ASSERT(!has_values());
  const std::vector<std::uint32_t> order = final_order();
  ConstraintSystem system;
  system.wire_count = static_cast<std::uint32_t>(kinds_.size());
  system.public_output_count = count(WireKind::output);
  system.public_input_count = count(WireKind::public_input);
  system.private_input_count = count(WireKind::private_input);
  system.label_count = system.wire_count;
  system.a = renumber(std::move(a_), order);
  system.b = renumber(std::move(b_), order);
  system.c = renumber(std::move(c_), order);
  return system;
}

Witness Builder::finish_witness() && {
  ZKP_ASSERT(has_values());
  const std::vector<std::uint32_t> order = final_order();
  Witness witness(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    witness.reveal_mutable()[order[i]] = values_.reveal()[i].to_standard();
  }
  return witness;
}

}  // namespace zkp::prover::circuit
