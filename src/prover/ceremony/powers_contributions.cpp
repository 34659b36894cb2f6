#include "prover/ceremony/powers_contributions.h"

#include <fmt/format.h>

#include "prover/ceremony/resumed_hash.h"
#include "prover/iden3/points.h"

namespace zkp::prover::ceremony {
namespace {

using iden3::PointChecks;

constexpr std::size_t kHashBytes = sizeof(TranscriptHash);
constexpr std::size_t kProofsBytes = 6 * sizeof(G1Affine) + 3 * sizeof(G2Affine);
// snarkjs reserves the rest for a form of the saved hash that it no longer has.
constexpr std::size_t kPartialHashBytes = 216;
constexpr std::size_t kFixedBytes =
    3 * sizeof(G1Affine) + 2 * sizeof(G2Affine) + kProofsBytes + kPartialHashBytes + kHashBytes;

// Takes the points of one contribution.
class PointReader {
 public:
  PointReader(const iden3::Container& file, base::ByteView& bytes, const std::string& who)
      : file_(file), bytes_(bytes), who_(who) {}

  base::Status take(G1Affine& point, const char* name) { return take_any(point, name); }
  base::Status take(G2Affine& point, const char* name) { return take_any(point, name); }
  base::Status take_proofs(PowersContribution& contribution) {
    KnowledgeProof* const proofs[] = {&contribution.tau, &contribution.alpha, &contribution.beta};
    for (KnowledgeProof* proof : proofs) {
      ZKP_CHECK(take(proof->g1.from, "a proof's point s"));
      ZKP_CHECK(take(proof->g1.to, "a proof's point x s"));
    }
    for (KnowledgeProof* proof : proofs) ZKP_CHECK(take(proof->g2, "a proof's point of G2"));
    return {};
  }

 private:
  template <class Point>
  base::Status take_any(Point& point, const char* name) {
    ZKP_TRY(point,
            iden3::take_point<Point>(file_, bytes_, PointChecks::subgroup, who_ + ": " + name));
    return {};
  }

  const iden3::Container& file_;
  base::ByteView& bytes_;
  const std::string& who_;
};

// The proofs as they were hashed: points of G1, then of G2.
base::Bytes hashed_proofs(const PowersContribution& contribution) {
  const KnowledgeProof* const proofs[] = {&contribution.tau, &contribution.alpha,
                                          &contribution.beta};
  base::Bytes bytes;
  for (const KnowledgeProof* proof : proofs) {
    iden3::append_uncompressed(bytes, proof->g1.from);
    iden3::append_uncompressed(bytes, proof->g1.to);
  }
  for (const KnowledgeProof* proof : proofs) iden3::append_uncompressed(bytes, proof->g2);
  return bytes;
}

base::Result<PowersContribution> take_contribution(const iden3::Container& file,
                                                   base::ByteView& bytes, std::size_t number) {
  const std::string who = fmt::format("section 7: contribution {}", number);
  if (bytes.size() < kFixedBytes) return file.error(fmt::format("{} is cut short", who));
  PowersContribution contribution;
  PointReader points(file, bytes, who);
  ZKP_CHECK(points.take(contribution.tau_g1, "tau in G1"));
  ZKP_CHECK(points.take(contribution.tau_g2, "tau in G2"));
  ZKP_CHECK(points.take(contribution.alpha_g1, "alpha in G1"));
  ZKP_CHECK(points.take(contribution.beta_g1, "beta in G1"));
  ZKP_CHECK(points.take(contribution.beta_g2, "beta in G2"));
  ZKP_CHECK(points.take_proofs(contribution));
  const auto saved = bytes.first<kSavedHashBytes>();
  if (!is_saved_hash(saved)) return file.error(fmt::format("{} has no saved hash", who));
  contribution.response = resume_hash(saved, hashed_proofs(contribution));
  bytes = bytes.subspan(kPartialHashBytes);
  std::copy_n(bytes.begin(), kHashBytes, contribution.next_challenge.begin());
  bytes = bytes.subspan(kHashBytes);
  ZKP_TRY(contribution.parameters, take_parameters(file, bytes, who));
  return contribution;
}

}  // namespace

base::Result<std::vector<PowersContribution>> read_powers_contributions(
    const iden3::PtauLayout& layout) {
  base::ByteView bytes = layout.contributions;
  if (bytes.size() < 4) {
    return layout.file.error(fmt::format("section 7 has {} bytes, want at least 4", bytes.size()));
  }
  const auto count = base::load_le<std::uint32_t>(bytes.data());
  bytes = bytes.subspan(4);
  std::vector<PowersContribution> contributions;
  for (std::uint32_t i = 0; i < count; ++i) {
    ZKP_TRY(PowersContribution contribution, take_contribution(layout.file, bytes, i + 1));
    contributions.push_back(std::move(contribution));
  }
  if (!bytes.empty()) {
    return layout.file.error(
        fmt::format("section 7 has {} bytes after its last contribution", bytes.size()));
  }
  return contributions;
}

G2Affine proof_base(std::uint8_t what, const TranscriptHash& challenge,
                    const Multiplication<G1Affine>& g1) {
  iden3::Transcript transcript;
  transcript.add({&what, 1});
  transcript.add(challenge);
  transcript.add_point(g1.from);
  transcript.add_point(g1.to);
  return ChaCha(transcript.finish()).draw_g2();
}

}  // namespace zkp::prover::ceremony
