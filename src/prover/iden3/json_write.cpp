#include <nlohmann/json.hpp>

#include "prover/curve/pairing.h"
#include "prover/iden3/formats.h"

namespace zkp::prover::iden3 {
namespace {

using curve::Fq;
using curve::Fq2;
using curve::G1Affine;
using curve::G2Affine;
using nlohmann::ordered_json;

constexpr const char* kProtocol = "groth16";
constexpr const char* kCurve = "bn128";

// Said outright: by itself the library takes a pair that begins with a text for an object's member.
template <class... Values>
ordered_json list(const Values&... values) {
  return ordered_json::array({values...});
}

ordered_json json_of(const Fq2& value) {
  return list(value.c0.to_decimal(), value.c1.to_decimal());
}

// Projective: z is 1, or (0, 1, 0) for infinity.
ordered_json json_of(const G1Affine& point) {
  if (point.is_infinity()) return list("0", "1", "0");
  return list(point.x.to_decimal(), point.y.to_decimal(), "1");
}
ordered_json json_of(const G2Affine& point) {
  if (point.is_infinity()) {
    return list(json_of(Fq2::zero()), json_of(Fq2::one()), json_of(Fq2::zero()));
  }
  return list(json_of(point.x), json_of(point.y), json_of(Fq2::one()));
}

ordered_json json_of(const curve::Fq6& value) {
  return list(json_of(value.c0), json_of(value.c1), json_of(value.c2));
}
ordered_json json_of(const curve::Fq12& value) {
  return list(json_of(value.c0), json_of(value.c1));
}

std::string text_of(const ordered_json& json) { return json.dump(1); }

}  // namespace

std::string write_proof_json(const groth16::Proof& proof) {
  ordered_json json;
  json["pi_a"] = json_of(proof.a);
  json["pi_b"] = json_of(proof.b);
  json["pi_c"] = json_of(proof.c);
  json["protocol"] = kProtocol;
  json["curve"] = kCurve;
  return text_of(json);
}

std::string write_public_json(std::span<const field::Fr> public_signals) {
  if (public_signals.empty()) return "[\n]";  // as snarkjs has it
  ordered_json json = ordered_json::array();
  for (const field::Fr& signal : public_signals) json.push_back(signal.to_decimal());
  return text_of(json);
}

std::string write_verification_key_json(const groth16::VerifyingKey& key) {
  const curve::PointPair alpha_beta = {key.alpha1, key.beta2};
  ordered_json json;
  json["protocol"] = kProtocol;
  json["curve"] = kCurve;
  json["nPublic"] = key.public_count();
  json["vk_alpha_1"] = json_of(key.alpha1);
  json["vk_beta_2"] = json_of(key.beta2);
  json["vk_gamma_2"] = json_of(key.gamma2);
  json["vk_delta_2"] = json_of(key.delta2);
  json["vk_alphabeta_12"] = json_of(curve::pairing_product({&alpha_beta, 1}));
  ordered_json& ic = json["IC"] = ordered_json::array();
  for (const G1Affine& point : key.ic) ic.push_back(json_of(point));
  return text_of(json);
}

}  // namespace zkp::prover::iden3
