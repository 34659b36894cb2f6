#include "prover/ceremony/powers_chain.h"

#include <algorithm>

#include <fmt/format.h>

namespace zkp::prover::ceremony {
namespace {

using base::Error;
using base::ErrorCode;
using curve::Fr;
using curve::G1;
using curve::G2;

// The same point `count` times.
template <class Point>
base::Status add_repeated(iden3::Transcript& transcript, const Point& point, std::uint64_t count,
                          const std::stop_token& stop) {
  constexpr std::uint64_t kPerStep = std::uint64_t{1} << 14;
  base::Bytes one;
  iden3::append_uncompressed(one, point);
  base::Bytes many;
  for (std::uint64_t i = 0; i < std::min(count, kPerStep); ++i) {
    many.insert(many.end(), one.begin(), one.end());
  }
  while (count > 0) {
    if (stop.stop_requested()) return Error{ErrorCode::cancelled, "the verification was cancelled"};
    const std::uint64_t now = std::min(count, kPerStep);
    transcript.add(base::ByteView(many).first(now * one.size()));
    count -= now;
  }
  return {};
}

// One of tau, alpha, beta in a contribution.
struct Secret {
  const char* name;
  std::uint8_t number;
  const KnowledgeProof& proof;
  G1Affine g1_before, g1_after;
};

base::Status check_secret(const Secret& secret, const TranscriptHash& challenge,
                          const std::string& who) {
  const Multiplication<G2Affine> proof_g2 = {proof_base(secret.number, challenge, secret.proof.g1),
                                             secret.proof.g2};
  if (!same_ratio(secret.proof.g1, proof_g2)) {
    return unsound(fmt::format("{}: the proof that its maker knew the secret of {} is wrong", who,
                               secret.name));
  }
  if (!same_ratio({secret.g1_before, secret.g1_after}, proof_g2)) {
    return unsound(fmt::format("{}: {} in G1 was not multiplied by the secret of the proof", who,
                               secret.name));
  }
  return {};
}

base::Status check_g2(const Multiplication<G2Affine>& g2, const KnowledgeProof& proof,
                      const char* name, const std::string& who) {
  if (same_ratio(proof.g1, g2)) return {};
  return unsound(
      fmt::format("{}: {} in G2 was not multiplied by the secret of the proof", who, name));
}

// The proofs that the beacon gives: first all secrets are drawn, then a point s for each.
base::Status check_beacon(const PowersContribution& contribution, const TranscriptHash& challenge,
                          const std::string& who, const std::stop_token& stop) {
  ZKP_TRY(ChaCha generator, generator_of(*contribution.parameters.beacon, stop));
  std::array<Fr, 3> secrets;
  for (Fr& secret : secrets) secret = generator.draw_scalar();
  const KnowledgeProof* const proofs[] = {&contribution.tau, &contribution.alpha,
                                          &contribution.beta};
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    const G1Affine from = generator.draw_g1();
    const Multiplication<G1Affine> g1 = {from, (G1::from_affine(from) * secrets[i]).to_affine()};
    const G2Affine base = proof_base(static_cast<std::uint8_t>(i), challenge, g1);
    if (proofs[i]->g1.from != g1.from || proofs[i]->g1.to != g1.to ||
        proofs[i]->g2 != (G2::from_affine(base) * secrets[i]).to_affine()) {
      return unsound(who + ": its proofs are not those of its beacon");
    }
  }
  return {};
}

base::Status check_contribution(const PowersContribution& now, const PowersContribution& before,
                                const std::string& who, const std::stop_token& stop) {
  const TranscriptHash& challenge = before.next_challenge;
  if (now.parameters.beacon) ZKP_CHECK(check_beacon(now, challenge, who, stop));
  ZKP_CHECK(check_secret({"tau", 0, now.tau, before.tau_g1, now.tau_g1}, challenge, who));
  ZKP_CHECK(check_secret({"alpha", 1, now.alpha, before.alpha_g1, now.alpha_g1}, challenge, who));
  ZKP_CHECK(check_secret({"beta", 2, now.beta, before.beta_g1, now.beta_g1}, challenge, who));
  ZKP_CHECK(check_g2({before.tau_g2, now.tau_g2}, now.tau, "tau", who));
  return check_g2({before.beta_g2, now.beta_g2}, now.beta, "beta", who);
}

}  // namespace

Error unsound(std::string_view message) {
  return {ErrorCode::failed_precondition, fmt::format("ptau: {}", message)};
}

base::Result<TranscriptHash> first_challenge(std::uint32_t power, std::stop_token stop) {
  ZKP_ASSERT(power <= 28);
  const std::uint64_t n = std::uint64_t{1} << power;
  iden3::Transcript transcript;
  transcript.add(iden3::Transcript().finish());  // in place of a response
  ZKP_CHECK(add_repeated(transcript, curve::g1_generator(), 2 * n - 1, stop));
  ZKP_CHECK(add_repeated(transcript, curve::g2_generator(), n, stop));
  ZKP_CHECK(add_repeated(transcript, curve::g1_generator(), 2 * n, stop));
  transcript.add_point(curve::g2_generator());
  return transcript.finish();
}

base::Status verify_powers_chain(std::span<const PowersContribution> contributions,
                                 const TranscriptHash& first_challenge,
                                 const std::stop_token& stop) {
  if (contributions.empty()) {
    return unsound("there is no contribution, so everybody knows the secret of these powers");
  }
  PowersContribution first;
  first.tau_g1 = first.alpha_g1 = first.beta_g1 = curve::g1_generator();
  first.tau_g2 = first.beta_g2 = curve::g2_generator();
  first.next_challenge = first_challenge;
  const PowersContribution* before = &first;
  for (std::size_t i = 0; i < contributions.size(); ++i) {
    if (stop.stop_requested()) return Error{ErrorCode::cancelled, "the verification was cancelled"};
    ZKP_CHECK(
        check_contribution(contributions[i], *before, fmt::format("contribution {}", i + 1), stop));
    before = &contributions[i];
  }
  return {};
}

}  // namespace zkp::prover::ceremony
