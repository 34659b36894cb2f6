#pragma once

#include <array>
#include <cstdlib>

#include "base/random.h"
#include "prover/groth16/prove.h"
#include "prover/groth16/trapdoor.h"
#include "prover/poly/domain.h"

// What the tests and benchmarks of this folder share.
namespace zkp::prover::groth16 {

// The fastest, or those that ZKP_KERNELS names.
inline const field::Kernels& kernels() {
  const char* const name = std::getenv("ZKP_KERNELS");
  return **field::choose_kernels(field::detect_cpu(), name == nullptr ? "" : name);
}

template <class T>
std::optional<base::ErrorCode> code_of(const base::Result<T>& result) {
  return result.ok() ? std::nullopt : std::optional(result.error().code);
}

inline circuit::Witness witness_of(std::span<const Fr> values) {
  circuit::Witness witness(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    witness.reveal_mutable()[i] = values[i].to_standard();
  }
  return witness;
}

struct Instance {
  circuit::ConstraintSystem system;
  circuit::Witness witness;
};

// x * y = z. Wires: 1, z (public), x, y.
inline Instance multiplication(std::uint64_t x, std::uint64_t y) {
  Instance made;
  made.system.wire_count = 4;
  made.system.public_output_count = 1;
  made.system.private_input_count = 2;
  const circuit::Term z{1, Fr::one()}, left{2, Fr::one()}, right{3, Fr::one()};
  made.system.a.append_row({&left, 1});
  made.system.b.append_row({&right, 1});
  made.system.c.append_row({&z, 1});
  made.witness =
      witness_of(std::array{Fr::one(), Fr::from_u64(x * y), Fr::from_u64(x), Fr::from_u64(y)});
  return made;
}

// Rows of up to `most_terms` terms with coefficients of every kind, among them empty rows, wires
// that stand twice in a row, and wires that stand nowhere. Each constraint defines one new wire.
inline Instance random_instance(std::uint64_t seed, std::uint32_t constraint_count,
                                std::uint32_t public_count, std::uint32_t most_terms = 4) {
  base::SeededRandom random(seed);
  const std::uint32_t given = 1 + public_count + 3;
  std::vector<Fr> values{Fr::one()};
  while (values.size() < given) values.push_back(Fr::random(random));

  const auto coefficient = [&] {
    const std::uint64_t kind = random.next_u64() % 5;
    if (kind == 0) return Fr::one();
    if (kind == 1) return -Fr::one();
    if (kind == 2) return Fr::from_u64(random.next_u64() % 16);
    return Fr::random(random);
  };
  const auto row = [&] {
    std::vector<circuit::Term> terms(random.next_u64() % (most_terms + 1));
    for (circuit::Term& term : terms) {
      term = {static_cast<std::uint32_t>(random.next_u64() % values.size()), coefficient()};
    }
    return terms;
  };
  const auto value_of = [&](const std::vector<circuit::Term>& terms) {
    Fr sum;
    for (const circuit::Term& term : terms) sum += term.coefficient * values[term.wire];
    return sum;
  };

  Instance made;
  for (std::uint32_t i = 0; i < constraint_count; ++i) {
    const auto a = row(), b = row();
    auto c = row();
    const Fr scale = -Fr::from_u64(i + 1);
    const Fr value = (value_of(a) * value_of(b) - value_of(c)) * scale.inverse();
    c.push_back({static_cast<std::uint32_t>(values.size()), scale});
    values.push_back(value);
    made.system.a.append_row(a);
    made.system.b.append_row(b);
    made.system.c.append_row(c);
  }
  made.system.wire_count = static_cast<std::uint32_t>(values.size());
  made.system.public_input_count = public_count;
  made.system.private_input_count = given - 1 - public_count;
  made.witness = witness_of(values);
  return made;
}

inline base::Secret<Trapdoor> random_trapdoor(std::uint64_t seed) {
  base::SeededRandom random(seed);
  return base::Secret<Trapdoor>({.tau = Fr::random(random),
                                 .alpha = Fr::random(random),
                                 .beta = Fr::random(random),
                                 .delta = Fr::random(random)});
}

// The files of a ceremony whose secret is known; trapdoor.delta plays no part.
inline PowersOfTau powers_of(const Trapdoor& trapdoor, std::uint32_t domain_log) {
  const curve::G1 g1 = curve::G1::from_affine(curve::g1_generator());
  const curve::G2 g2 = curve::G2::from_affine(curve::g2_generator());
  PowersOfTau powers;
  powers.domain_log = domain_log;
  for (const Fr& value : poly::Domain(domain_log, kernels()).lagrange_at(trapdoor.tau)) {
    powers.lagrange_tau_g1.push_back((g1 * value).to_affine());
    powers.lagrange_alpha_tau_g1.push_back((g1 * (trapdoor.alpha * value)).to_affine());
    powers.lagrange_beta_tau_g1.push_back((g1 * (trapdoor.beta * value)).to_affine());
    powers.lagrange_tau_g2.push_back((g2 * value).to_affine());
  }
  const std::vector<Fr> twice = poly::Domain(domain_log + 1, kernels()).lagrange_at(trapdoor.tau);
  for (std::size_t i = 1; i < twice.size(); i += 2) {
    powers.h.push_back((g1 * twice[i]).to_affine());
  }
  powers.alpha1 = (g1 * trapdoor.alpha).to_affine();
  powers.beta1 = (g1 * trapdoor.beta).to_affine();
  powers.beta2 = (g2 * trapdoor.beta).to_affine();
  return powers;
}

}  // namespace zkp::prover::groth16
