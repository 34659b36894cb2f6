#include "prover/ceremony/key_contributions.h"

#include <fmt/format.h>

namespace zkp::prover::ceremony {
namespace {

using iden3::PointChecks;

constexpr std::size_t kHashBytes = sizeof(TranscriptHash);
constexpr std::size_t kFixedBytes = 3 * sizeof(G1Affine) + sizeof(G2Affine) + kHashBytes;

base::Result<KeyContribution> take_contribution(const iden3::Container& file, base::ByteView& bytes,
                                                std::size_t number) {
  const std::string who = fmt::format("section 10: contribution {}", number);
  if (bytes.size() < kFixedBytes) return file.error(fmt::format("{} is cut short", who));
  const auto take_g1 = [&](const char* name) {
    return iden3::take_point<G1Affine>(file, bytes, PointChecks::subgroup, who + ": " + name);
  };
  KeyContribution contribution;
  ZKP_TRY(contribution.delta_after, take_g1("delta"));
  ZKP_TRY(contribution.proof_g1.from, take_g1("the point s"));
  ZKP_TRY(contribution.proof_g1.to, take_g1("the point x s"));
  ZKP_TRY(contribution.proof_g2, iden3::take_point<G2Affine>(file, bytes, PointChecks::subgroup,
                                                             who + ": the point of G2"));
  std::copy_n(bytes.begin(), kHashBytes, contribution.transcript.begin());
  bytes = bytes.subspan(kHashBytes);
  ZKP_TRY(contribution.parameters, take_parameters(file, bytes, who));
  return contribution;
}

void add_public_key(iden3::Transcript& transcript, const KeyContribution& contribution) {
  transcript.add_point(contribution.delta_after);
  transcript.add_point(contribution.proof_g1.from);
  transcript.add_point(contribution.proof_g1.to);
  transcript.add_point(contribution.proof_g2);
  transcript.add(contribution.transcript);
}

}  // namespace

// The layout has made sure that section 10 has the hash and the count.
base::Result<KeyContributions> read_key_contributions(const iden3::ZkeyLayout& layout) {
  base::ByteView bytes = layout.contributions;
  KeyContributions contributions;
  std::copy_n(bytes.begin(), kHashBytes, contributions.circuit_hash.begin());
  const auto count = base::load_le<std::uint32_t>(&bytes[kHashBytes]);
  bytes = bytes.subspan(kHashBytes + 4);
  for (std::uint32_t i = 0; i < count; ++i) {
    ZKP_TRY(KeyContribution contribution, take_contribution(layout.file, bytes, i + 1));
    contributions.list.push_back(std::move(contribution));
  }
  return contributions;
}

void append_key_contribution(base::Bytes& out, const KeyContribution& contribution) {
  const auto append = [&out](base::ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
  };
  for (const G1Affine& point :
       {contribution.delta_after, contribution.proof_g1.from, contribution.proof_g1.to}) {
    append(iden3::bytes_of(std::span(&point, 1)));
  }
  append(iden3::bytes_of(std::span(&contribution.proof_g2, 1)));
  append(contribution.transcript);
  append_parameters(out, contribution.parameters);
}

TranscriptHash KeyTranscript::next(const Multiplication<G1Affine>& proof_g1) const {
  iden3::Transcript transcript = past_;
  transcript.add_point(proof_g1.from);
  transcript.add_point(proof_g1.to);
  return transcript.finish();
}

void KeyTranscript::add(const KeyContribution& contribution) {
  add_public_key(past_, contribution);
}

TranscriptHash hash_of(const KeyContribution& contribution) {
  iden3::Transcript transcript;
  add_public_key(transcript, contribution);
  return transcript.finish();
}

}  // namespace zkp::prover::ceremony
