#include "prover/ceremony/combination.h"

#include <bit>

#include "prover/poly/domain.h"

namespace zkp::prover::ceremony {

std::vector<field::Limbs> random_weights(std::size_t count, base::Random& random) {
  std::vector<std::array<std::uint64_t, 2>> halves(count);
  random.fill({reinterpret_cast<std::uint8_t*>(halves.data()), count * sizeof(halves[0])});
  std::vector<field::Limbs> weights;
  weights.reserve(count);
  for (const auto& [low, high] : halves) weights.push_back({low, high, 0, 0});
  return weights;
}

base::Result<std::vector<field::Limbs>> values_of(std::vector<field::Fr> coefficients,
                                                  const groth16::SetupOptions& options) {
  const poly::Domain domain(static_cast<std::size_t>(std::countr_zero(coefficients.size())),
                            options.kernels);
  ZKP_CHECK(domain.forward(coefficients, options.stop));
  std::vector<field::Limbs> values;
  values.reserve(coefficients.size());
  for (const field::Fr& value : coefficients) values.push_back(value.to_standard());
  return values;
}

}  // namespace zkp::prover::ceremony
