#pragma once

#include <memory>
#include <span>
#include <stop_token>

#include "prover/field/kernels.h"

namespace zkp::prover::poly {

using field::Fr;

// The transforms of 2^log_size values on one kind of CPU, with the tables for them. May be shared
// by threads; works on those of the calling tbb arena. When a stop is asked for, returns soon and
// leaves any values.
class Transform {
 public:
  virtual ~Transform() = default;

  // Values at the powers of the root, from natural to bit-reversed order.
  virtual void frequency(std::span<Fr> values, const std::stop_token& stop) const = 0;
  // As Domain::to_odd_coset. REQUIRES: log_size < Domain::kMostLog.
  virtual void to_odd_coset(std::span<Fr> values, const std::stop_token& stop) const = 0;
  // As Domain::multiply_subtract.
  virtual void multiply_subtract(std::span<Fr> a, std::span<const Fr> b, std::span<const Fr> c,
                                 std::span<field::Limbs> out) const = 0;
};

// The fastest for these kernels and this size.
std::unique_ptr<const Transform> make_transform(std::size_t log_size,
                                                const field::Kernels& kernels);

// By butterflies of the kernels' table, for any of them.
std::unique_ptr<const Transform> make_butterfly_transform(std::size_t log_size,
                                                          const field::Kernels& kernels);

}  // namespace zkp::prover::poly
