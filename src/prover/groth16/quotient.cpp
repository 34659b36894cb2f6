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

Fr row_value(const KeyMatrix& matrix, std::size_t row, std::span<const Limbs> witness) {
  Fr sum;
  for (std::uint32_t i = matrix.row_start[row]; i < matrix.row_start[row + 1]; ++i) {
    const KeyTerm& term = matrix.terms[i];
    sum += Fr{Fr::montgomery_product(term.coefficient_r2, witness[term.wire])};
  }
  return sum;
}

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
    for (std::size_t row = begin; row < end; ++row) {
      a[row] = row_value(key.matrix_a, row, witness.reveal());
      b[row] = row_value(key.matrix_b, row, witness.reveal());
    }
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
