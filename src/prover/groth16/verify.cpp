#include "prover/groth16/verify.h"

#include <array>

#include <fmt/format.h>

#include "prover/curve/final_exponentiation.h"
#include "prover/curve/msm.h"
#include "prover/curve/pairing.h"
#include "prover/curve/short_scalar.h"

namespace zkp::prover::groth16 {
namespace {

using curve::G1;

// What is wrong with a point, its group aside, or nullptr.
template <class Point>
const char* fault_on_curve(const Point& point) {
  if (point.is_infinity()) return "is infinity";
  if (!point.is_on_curve()) return "is not on its curve";
  return nullptr;
}

// What is wrong with a point, or nullptr.
template <class Point>
const char* fault_of(const Point& point) {
  if (const char* fault = fault_on_curve(point)) return fault;
  if (!curve::is_in_subgroup(point)) return "is not in its group";
  return nullptr;
}

// What is wrong with the shape of a statement, but for the group of B, which the Miller loop tells;
// empty if nothing is.
std::string fault_of(const VerifyingKey& key, std::span<const Fr> public_signals,
                     const Proof& proof) {
  if (key.ic.empty()) return "the verifying key has no points for public signals";
  if (public_signals.size() + 1 != key.ic.size()) {
    return fmt::format("{} public signals came, the circuit has {}", public_signals.size(),
                       key.public_count());
  }
  const auto fault = [](const char* name, const char* what) {
    return fmt::format("point {} of the proof {}", name, what);
  };
  if (const char* what = fault_on_curve(proof.a)) return fault("A", what);
  if (const char* what = fault_on_curve(proof.b)) return fault("B", what);
  if (const char* what = fault_on_curve(proof.c)) return fault("C", what);
  return {};
}

// Does the pairing equation hold, which says that the loop's value becomes `want`?
Verdict verdict_of(const curve::MillerLoop& loop, const curve::Fq12& want) {
  if (!loop.g2_in_subgroup) return {false, "point B of the proof is not in its group"};
  if (curve::final_exponentiation(loop.value) != want) {
    return {false, "the pairing equation does not hold"};
  }
  return {true, {}};
}

G1 combine(std::span<const G1Affine> points, std::span<const Fr> factors) {
  std::vector<field::Limbs> scalars;
  scalars.reserve(factors.size());
  for (const Fr& factor : factors) scalars.push_back(factor.to_standard());
  return *curve::msm(points, scalars, field::portable_kernels());
}

base::Error unfit(std::string message) {
  return {base::ErrorCode::failed_precondition, "verifying key: " + std::move(message)};
}

}  // namespace

Verdict verify(const VerifyingKey& key, std::span<const Fr> public_signals, const Proof& proof) {
  if (std::string fault = fault_of(key, public_signals, proof); !fault.empty()) {
    return {false, std::move(fault)};
  }
  const G1 signals = combine(std::span(key.ic).subspan(1), public_signals) + key.ic[0];
  const std::array<curve::PointPair, 4> pairs = {{{-proof.a, proof.b},
                                                  {key.alpha1, key.beta2},
                                                  {signals.to_affine(), key.gamma2},
                                                  {proof.c, key.delta2}}};
  return verdict_of(curve::miller_loop(pairs), curve::Fq12::one());
}

PreparedVerifyingKey::PreparedVerifyingKey(VerifyingKey verifying_key)
    : key(std::move(verifying_key)),
      alpha_beta(curve::pairing_product(std::array{curve::PointPair{key.alpha1, key.beta2}})),
      beta2(curve::prepare(key.beta2)),
      gamma2(curve::prepare(key.gamma2)),
      delta2(curve::prepare(key.delta2)),
      alpha1({&key.alpha1, 1}),
      ic(key.ic) {}

Verdict verify(const PreparedVerifyingKey& key, std::span<const Fr> public_signals,
               const Proof& proof) {
  if (std::string fault = fault_of(key.key, public_signals, proof); !fault.empty()) {
    return {false, std::move(fault)};
  }
  std::vector<Fr> factors = {Fr::one()};
  factors.insert(factors.end(), public_signals.begin(), public_signals.end());
  const std::array<curve::PointPair, 1> pairs = {{{proof.a, proof.b}}};
  const std::array<curve::PreparedPair, 2> prepared = {
      {{-key.ic(factors), &key.gamma2}, {-G1::from_affine(proof.c), &key.delta2}}};
  return verdict_of(curve::miller_loop(pairs, prepared), key.alpha_beta);
}

// With a random z for each statement, the pairing equations to the power of z are multiplied; three
// of each one's four pairs share their point of G2, so their points of G1 are added up instead.
bool verify_batch(const PreparedVerifyingKey& key, std::span<const Statement> statements,
                  base::Random& random, const field::Kernels& kernels) {
  if (statements.empty()) return true;
  std::vector<G1Affine> a, c;
  std::vector<curve::ShortScalar> z;
  std::vector<Fr> ic_factors(key.key.ic.size());
  for (const Statement& statement : statements) {
    const Proof& proof = *statement.proof;
    if (!fault_of(key.key, statement.public_signals, proof).empty()) return false;
    z.push_back(curve::ShortScalar::random(random));
    a.push_back(proof.a);
    c.push_back(proof.c);
    const Fr factor = z.back().value();
    ic_factors[0] += factor;
    for (std::size_t i = 1; i < ic_factors.size(); ++i) {
      ic_factors[i] += factor * statement.public_signals[i - 1];
    }
  }
  const std::vector<G1Affine> multiples =
      curve::to_affine_batch<curve::G1Params>(curve::multiples(a, z, kernels));
  G1 c_sum = G1::infinity();
  for (const G1& multiple : curve::multiples(c, z, kernels)) c_sum = c_sum + multiple;
  std::vector<curve::PointPair> pairs;
  for (const Statement& statement : statements) {
    pairs.push_back({multiples[pairs.size()], statement.proof->b});
  }
  const std::array<curve::PreparedPair, 3> prepared = {
      {{-key.alpha1({&ic_factors[0], 1}), &key.beta2},
       {-key.ic(ic_factors), &key.gamma2},
       {-c_sum, &key.delta2}}};
  curve::MillerLoop loop = curve::miller_loop_of_many(pairs, kernels);
  loop.value = loop.value * curve::miller_loop({}, prepared).value;
  return verdict_of(loop, curve::Fq12::one()).valid;
}

base::Status check_key_points(const VerifyingKey& key) {
  if (const char* fault = fault_of(key.alpha1)) return unfit(fmt::format("alpha {}", fault));
  if (const char* fault = fault_of(key.beta2)) return unfit(fmt::format("beta {}", fault));
  if (const char* fault = fault_of(key.gamma2)) return unfit(fmt::format("gamma {}", fault));
  if (const char* fault = fault_of(key.delta2)) return unfit(fmt::format("delta {}", fault));
  if (key.ic.empty()) return unfit("has no points for public signals");
  for (std::size_t i = 0; i < key.ic.size(); ++i) {
    if (const char* fault = fault_of(key.ic[i])) return unfit(fmt::format("IC[{}] {}", i, fault));
  }
  return {};
}

base::Status check_key(const VerifyingKey& key) {
  ZKP_CHECK(check_key_points(key));
  if (key.gamma2 == key.delta2) return unfit("gamma equals delta, so anyone could forge proofs");
  if (key.delta2 == curve::g2_generator()) {
    return unfit("delta is the generator (no contribution was made), so anyone could forge proofs");
  }
  return {};
}

}  // namespace zkp::prover::groth16
