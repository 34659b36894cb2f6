#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "prover/field/kernels.h"

namespace zkp::prover::poly {

using field::Fr;

// The 2^k-th roots of unity of Fr and the transforms over them (number-theoretic transform, NTT).
// Holds the twiddle factors; made once, shared by any number of threads. The root of order 2^28 is
// 5^((r-1)/2^28), as snarkjs takes it.
class Domain {
 public:
  static constexpr std::size_t kMostLog = 28;

  // REQUIRES: log_size <= kMostLog. Memory: about 2^log_size field elements; from 2^18 on less than
  // half of that with AVX-512 IFMA.
  Domain(std::size_t log_size, const field::Kernels& kernels);
  ~Domain();
  Domain(Domain&&) noexcept;

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const Fr& root() const;  // w, primitive of order size()

  // values[i] of a polynomial's coefficients become its values at w^i; natural order in and out.
  // Threads: those of the calling tbb arena. `cancelled` soon after a stop is asked for (values are
  // then undefined).
  base::Status forward(std::span<Fr> values, std::stop_token stop = {}) const;
  base::Status inverse(std::span<Fr> values, std::stop_token stop = {}) const;

  // Values at w^i become values of the same polynomial at s * w^i, where s = root of order 2 *
  // size() (so s^2 = w): the odd coset on which Groth16 divides. REQUIRES: log_size < kMostLog.
  base::Status to_odd_coset(std::span<Fr> values, std::stop_token stop = {}) const;

  // out[i] = a[i] * b[i] - c[i] in standard form. Overwrites a. On the calling thread.
  // REQUIRES: spans of one length, a multiple of 8 or size() if that is less.
  void multiply_subtract(std::span<Fr> a, std::span<const Fr> b, std::span<const Fr> c,
                         std::span<field::Limbs> out) const;

  // All size() Lagrange polynomials of the domain at the point tau.
  [[nodiscard]] std::vector<Fr> lagrange_at(const Fr& tau) const;

 private:
  struct Tables;
  std::unique_ptr<const Tables> tables_;
};

}  // namespace zkp::prover::poly
