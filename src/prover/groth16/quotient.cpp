#include "prover/groth16/quotient.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include "prover/poly/domain.h"

namespace zkp::prover::groth16 {
namespace {

using base::Error;
using base::ErrorCode;
using field::Limbs;

constexpr std::size_t kChunk = 1024;  // rows: some ten microseconds of work

// Calls work(begin, end) for chunks of 0 .. count, until a stop is asked for.
template <class Work>
base::Status for_chunks(std::size_t count, const std::stop_token& stop, const Work& work) {
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, kChunk), [&](const auto& range) {
    for (std::size_t begin = range.begin(); begin < range.end(); begin += kChunk) {
      if (stop.stop_requested()) return;
      work(begin, std::min(begin + kChunk, range.end()));
    }
  });
  if (stop.stop_requested()) return Error{ErrorCode::cancelled, "the proof was cancelled"};
  return {};
}

// Rows of a matrix times the witness. Its terms are brought together, so that the kernels can
// multiply them as arrays.
class RowEvaluator {
 public:
  RowEvaluator(std::span<const Limbs> witness, const field::Kernels& kernels)
      : witness_(witness), kernels_(kernels), coefficients_(kTerms), values_(kTerms) {}

  // values[i] = row begin + i times the witness. REQUIRES: values are zero.
  void add_rows(const KeyMatrix& matrix, std::size_t begin, std::span<Fr> values) {
    std::size_t row = begin;
    const std::uint32_t end = matrix.row_start[begin + values.size()];
    for (std::uint32_t first = matrix.row_start[begin]; first < end;) {
      const auto count = std::min<std::size_t>(kTerms, end - first);
      const std::span<const Fr> products =
          products_of(std::span(matrix.terms).subspan(first, count));
      for (const Fr& product : products) {
        while (matrix.row_start[row + 1] <= first) ++row;
        values[row - begin] += product;
        ++first;
      }
    }
  }

 private:
  static constexpr std::size_t kTerms = 512;

  // As .zkey has them, a coefficient times a value in standard form is an element.
  std::span<const Fr> products_of(std::span<const KeyTerm> terms) {
    const std::span<Fr> products = values_.reveal_mutable().first(terms.size());
    for (std::size_t i = 0; i < terms.size(); ++i) {
      coefficients_[i].limb = terms[i].coefficient_r2;
      products[i].limb = witness_[terms[i].wire];
    }
    kernels_.fr.multiply(products.data(), coefficients_.data(), products.data(), terms.size());
    return products;
  }

  std::span<const Limbs> witness_;
  const field::Kernels& kernels_;
  std::vector<Fr> coefficients_;
  base::SecretVector<Fr> values_;
};

}  // namespace

base::Result<RowValues> evaluate_rows(const ProvingKey& key, const circuit::Witness& witness,
                                      const field::Kernels& kernels, std::stop_token stop) {
  const std::size_t size = key.domain_size();
  RowValues rows{base::SecretVector<Fr>(size), base::SecretVector<Fr>(size),
                 base::SecretVector<Fr>(size)};
  const std::span<Fr> a = rows.a.reveal_mutable();
  const std::span<Fr> b = rows.b.reveal_mutable();
  const std::span<Fr> c = rows.c.reveal_mutable();
  ZKP_CHECK(for_chunks(size, stop, [&](std::size_t begin, std::size_t end) {
    RowEvaluator evaluator(witness.reveal(), kernels);
    evaluator.add_rows(key.matrix_a, begin, a.subspan(begin, end - begin));
    evaluator.add_rows(key.matrix_b, begin, b.subspan(begin, end - begin));
    kernels.fr.multiply(&c[begin], &a[begin], &b[begin], end - begin);
  }));
  return rows;
}

base::Result<base::SecretVector<Limbs>> quotient_values(RowValues rows, std::uint32_t domain_log,
                                                        const field::Kernels& kernels,
                                                        std::stop_token stop) {
  const std::span<Fr> a = rows.a.reveal_mutable();
  const std::span<Fr> b = rows.b.reveal_mutable();
  const std::span<Fr> c = rows.c.reveal_mutable();
  const poly::Domain domain(domain_log, kernels);
  for (const std::span<Fr> values : {a, b, c}) ZKP_CHECK(domain.to_odd_coset(values, stop));

  base::SecretVector<Limbs> quotient(a.size());
  const std::span<Limbs> out = quotient.reveal_mutable();
  ZKP_CHECK(for_chunks(a.size(), stop, [&](std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    domain.multiply_subtract(a.subspan(begin, count), b.subspan(begin, count),
                             c.subspan(begin, count), out.subspan(begin, count));
  }));
  return quotient;
}

}  // namespace zkp::prover::groth16
