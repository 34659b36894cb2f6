#include <fmt/format.h>

#include "prover/ceremony/verify_key.h"

namespace zkp::prover::ceremony {
namespace {

using base::Error;
using base::ErrorCode;
using iden3::PointChecks;

Error unfit(std::string_view message) {
  return {ErrorCode::failed_precondition, fmt::format("zkey: {}", message)};
}

// The key pair that the beacon gives.
base::Status check_beacon(const KeyContribution& contribution, const std::string& who,
                          const std::stop_token& stop) {
  ZKP_TRY(ChaCha generator, generator_of(*contribution.parameters.beacon, stop));
  const curve::Fr secret = generator.draw_scalar();
  const G1Affine from = generator.draw_g1();
  if (contribution.proof_g1.from != from ||
      contribution.proof_g1.to != (curve::G1::from_affine(from) * secret).to_affine()) {
    return unfit(who + ": its points are not those of its beacon");
  }
  return {};
}

base::Status check_contribution(const KeyContribution& contribution, const G1Affine& delta_before,
                                const KeyTranscript& transcript, const std::string& who,
                                const std::stop_token& stop) {
  if (transcript.next(contribution.proof_g1) != contribution.transcript) {
    return unfit(who + ": its transcript is not that of the contributions before it");
  }
  const Multiplication<G2Affine> proof_g2 = {hash_to_g2(contribution.transcript),
                                             contribution.proof_g2};
  if (!same_ratio(contribution.proof_g1, proof_g2)) {
    return unfit(who + ": the proof that its maker knew the secret is wrong");
  }
  if (!same_ratio({delta_before, contribution.delta_after}, proof_g2)) {
    return unfit(who + ": delta was not multiplied by the secret of the proof");
  }
  if (contribution.parameters.beacon) return check_beacon(contribution, who, stop);
  return {};
}

base::Status check_delta(const iden3::ZkeyLayout& layout, const G1Affine& delta) {
  constexpr std::size_t kBytes = sizeof(G2Affine) + sizeof(G1Affine) + sizeof(G2Affine);
  base::ByteView rest = layout.header_points.last(kBytes);
  const auto& file = layout.file;
  ZKP_TRY(const G2Affine gamma2,
          iden3::take_point<G2Affine>(file, rest, PointChecks::subgroup, "gamma2"));
  ZKP_TRY(const G1Affine delta1,
          iden3::take_point<G1Affine>(file, rest, PointChecks::subgroup, "delta1"));
  ZKP_TRY(const G2Affine delta2,
          iden3::take_point<G2Affine>(file, rest, PointChecks::subgroup, "delta2"));
  if (delta1 != delta) return unfit("delta1 is not that of the last contribution");
  if (!same_ratio({curve::g1_generator(), delta1}, {curve::g2_generator(), delta2})) {
    return unfit("delta2 is not the same multiple of its generator as delta1");
  }
  if (delta2 == curve::g2_generator() || delta2 == gamma2) {
    return unfit("delta is the generator or gamma, so anyone can forge proofs with this key");
  }
  return {};
}

}  // namespace

base::Result<KeyContributions> verify_contributions(base::ByteView zkey, std::stop_token stop) {
  ZKP_TRY(const iden3::ZkeyLayout layout, iden3::ZkeyLayout::parse(zkey));
  ZKP_TRY(KeyContributions contributions, read_key_contributions(layout));
  if (contributions.list.empty()) {
    return unfit("there is no contribution, so anyone can forge proofs with this key");
  }
  KeyTranscript transcript(contributions.circuit_hash);
  G1Affine delta = curve::g1_generator();
  for (std::size_t i = 0; i < contributions.list.size(); ++i) {
    if (stop.stop_requested()) return Error{ErrorCode::cancelled, "the verification was cancelled"};
    const KeyContribution& contribution = contributions.list[i];
    ZKP_CHECK(check_contribution(contribution, delta, transcript,
                                 fmt::format("contribution {}", i + 1), stop));
    transcript.add(contribution);
    delta = contribution.delta_after;
  }
  ZKP_CHECK(check_delta(layout, delta));
  return contributions;
}

}  // namespace zkp::prover::ceremony
