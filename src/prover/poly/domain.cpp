#include "prover/poly/domain.h"

#include "prover/poly/chunks.h"
#include "prover/poly/roots.h"
#include "prover/poly/transform.h"

namespace zkp::prover::poly {
namespace {

using base::Error;
using base::ErrorCode;

base::Status finished(const std::stop_token& stop) {
  if (stop.stop_requested()) return Error{ErrorCode::cancelled, "transform: stopped"};
  return {};
}

}  // namespace

struct Domain::Tables {
  const field::FieldKernels<Fr>* kernels;
  std::size_t log;
  std::size_t size;
  Fr root;
  Fr size_inverse;
  std::unique_ptr<const Transform> transform;
};

Domain::Domain(std::size_t log_size, const field::Kernels& kernels) {
  ZKP_ASSERT(log_size <= kMostLog);
  const std::size_t size = std::size_t{1} << log_size;
  tables_ = std::make_unique<const Tables>(Tables{.kernels = &kernels.fr,
                                                  .log = log_size,
                                                  .size = size,
                                                  .root = root_of_order(log_size),
                                                  .size_inverse = Fr::from_u64(size).inverse(),
                                                  .transform = make_transform(log_size, kernels)});
}

Domain::~Domain() = default;
Domain::Domain(Domain&&) noexcept = default;

std::size_t Domain::size() const { return tables_->size; }
const Fr& Domain::root() const { return tables_->root; }

base::Status Domain::forward(std::span<Fr> values, std::stop_token stop) const {
  ZKP_ASSERT(values.size() == size());
  tables_->transform->frequency(values, stop);
  ZKP_CHECK(finished(stop));
  reverse_bits_of_places(values);
  return {};
}

base::Status Domain::inverse(std::span<Fr> values, std::stop_token stop) const {
  ZKP_CHECK(forward(values, stop));
  negate_places(values);
  for_chunks(values.size(), [&](std::size_t begin, std::size_t end) {
    Fr* const chunk = values.data() + begin;
    tables_->kernels->scale(chunk, chunk, &tables_->size_inverse, end - begin);
  });
  return {};
}

base::Status Domain::to_odd_coset(std::span<Fr> values, std::stop_token stop) const {
  ZKP_ASSERT(values.size() == size() && tables_->log < kMostLog);
  tables_->transform->to_odd_coset(values, stop);
  return finished(stop);
}

void Domain::multiply_subtract(std::span<Fr> a, std::span<const Fr> b, std::span<const Fr> c,
                               std::span<field::Limbs> out) const {
  ZKP_ASSERT(a.size() == b.size() && a.size() == c.size() && a.size() == out.size());
  tables_->transform->multiply_subtract(a, b, c, out);
}

// L_i(tau) = (tau^size - 1) / size * w^i / (tau - w^i).
std::vector<Fr> Domain::lagrange_at(const Fr& tau) const {
  const Fr vanishing = tau.power(size()) - Fr::one();
  const Fr factor = vanishing * tables_->size_inverse;
  std::vector<Fr> result(size());
  for_chunks(size(), [&](std::size_t begin, std::size_t end) {
    std::vector<Fr> points(end - begin);  // w^i
    points[0] = root().power(begin);
    for (std::size_t i = 1; i < points.size(); ++i) points[i] = points[i - 1] * root();
    const std::span<Fr> chunk = std::span(result).subspan(begin, points.size());
    if (vanishing.is_zero()) {
      for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i] == tau) chunk[i] = Fr::one();
      }
      return;
    }
    std::vector<Fr> differences(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) differences[i] = tau - points[i];
    field::invert_batch<Fr>(differences, chunk);
    tables_->kernels->multiply(chunk.data(), differences.data(), points.data(), chunk.size());
    tables_->kernels->scale(chunk.data(), chunk.data(), &factor, chunk.size());
  });
  return result;
}

}  // namespace zkp::prover::poly
