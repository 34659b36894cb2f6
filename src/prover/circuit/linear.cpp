#include "prover/circuit/linear.h"

#include <algorithm>

namespace zkp::prover::circuit {

Linear Linear::constant(const Fr& value) {
  Linear result;
  if (!value.is_zero()) result.terms_.push_back({0, value});
  return result;
}

Linear Linear::of_terms(std::vector<Term> terms) {
  std::ranges::sort(terms, {}, &Term::wire);
  Linear result;
  for (std::size_t i = 0; i < terms.size();) {
    Term merged = terms[i];
    for (++i; i < terms.size() && terms[i].wire == merged.wire; ++i) {
      merged.coefficient += terms[i].coefficient;
    }
    if (!merged.coefficient.is_zero()) result.terms_.push_back(merged);
  }
  return result;
}

Linear Linear::weighted_sum(std::span<const Fr> coefficients, std::span<const Linear> parts) {
  ZKP_ASSERT(coefficients.size() == parts.size());
  std::vector<Term> terms;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (coefficients[i].is_zero()) continue;
    for (const Term& term : parts[i].terms()) {
      terms.push_back({term.wire, coefficients[i] * term.coefficient});
    }
  }
  return of_terms(std::move(terms));
}

Linear Linear::sum(const Linear& a, const Fr& factor, const Linear& b) {
  Linear result;
  result.terms_.reserve(a.terms_.size() + b.terms_.size());
  const auto append = [&](std::uint32_t wire, const Fr& coefficient) {
    if (!coefficient.is_zero()) result.terms_.push_back({wire, coefficient});
  };
  std::size_t i = 0;
  for (const Term& term : b.terms_) {
    while (i < a.terms_.size() && a.terms_[i].wire < term.wire) {
      result.terms_.push_back(a.terms_[i++]);
    }
    Fr coefficient = factor * term.coefficient;
    if (i < a.terms_.size() && a.terms_[i].wire == term.wire) {
      coefficient += a.terms_[i++].coefficient;
    }
    append(term.wire, coefficient);
  }
  result.terms_.insert(result.terms_.end(), a.terms_.begin() + static_cast<std::ptrdiff_t>(i),
                       a.terms_.end());
  return result;
}

}  // namespace zkp::prover::circuit
