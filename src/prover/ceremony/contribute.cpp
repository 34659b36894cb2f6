#include "prover/ceremony/contribute.h"

#include <algorithm>

#include "base/secret.h"
#include "prover/curve/scale.h"
#include "prover/groth16/progress_meter.h"
#include "prover/iden3/atomic_file.h"

namespace zkp::prover::ceremony {
namespace {

using base::ByteView;
using curve::Fr;
using curve::G1;
using curve::G2;
using iden3::PointChecks;
namespace zkey_section = iden3::zkey_section;

constexpr std::size_t kPointsPerChunk = std::size_t{1} << 16;

struct Delta {
  G1Affine g1;
  G2Affine g2;
};

base::Result<Delta> read_delta(const iden3::ZkeyLayout& layout) {
  constexpr std::size_t kBytes = sizeof(G1Affine) + sizeof(G2Affine);  // at the end of the header
  ByteView rest = layout.header_points.last(kBytes);
  Delta delta;
  ZKP_TRY(delta.g1,
          iden3::take_point<G1Affine>(layout.file, rest, PointChecks::subgroup, "delta1"));
  ZKP_TRY(delta.g2,
          iden3::take_point<G2Affine>(layout.file, rest, PointChecks::subgroup, "delta2"));
  return delta;
}

base::Status check_delta(const Delta& delta, const KeyContributions& past) {
  const G1Affine& want = past.list.empty() ? curve::g1_generator() : past.list.back().delta_after;
  if (delta.g1 == want) return {};
  return base::Error{
      base::ErrorCode::failed_precondition,
      past.list.empty() ? "zkey: delta is not the generator, but there is no contribution: this is "
                          "a development key, or damaged"
                        : "zkey: delta is not that of the last contribution"};
}

template <class Params>
curve::AffinePoint<Params> times(const curve::AffinePoint<Params>& point, const Fr& factor) {
  return (curve::JacobianPoint<Params>::from_affine(point) * factor).to_affine();
}

KeyContribution make_contribution(const KeyContributions& past, const Delta& delta,
                                  ChaCha& generator, const Fr& secret,
                                  const Parameters& parameters) {
  KeyTranscript transcript(past.circuit_hash);
  for (const KeyContribution& contribution : past.list) transcript.add(contribution);
  KeyContribution made;
  made.delta_after = times(delta.g1, secret);
  made.proof_g1.from = generator.draw_g1();
  made.proof_g1.to = times(made.proof_g1.from, secret);
  made.transcript = transcript.next(made.proof_g1);
  made.proof_g2 = times(hash_to_g2(made.transcript), secret);
  made.parameters = parameters;
  return made;
}

// Writes a key section by section, in snarkjs' order.
class KeyWriter {
 public:
  KeyWriter(const iden3::ZkeyLayout& layout, iden3::AtomicFile& out,
            const groth16::SetupOptions& options)
      : layout_(layout),
        out_(out),
        options_(options),
        meter_(options.progress, static_cast<double>(layout.c.size() + layout.h.size())) {}

  base::Status begin() {
    std::array<std::uint8_t, 12> head;
    std::memcpy(head.data(), iden3::kZkeyFile.magic.data(), 4);
    base::store_le(&head[4], iden3::kZkeyFile.version);
    base::store_le(&head[8], zkey_section::kCount);
    return out_.write(head);
  }

  base::Status section(std::uint32_t id, ByteView bytes) {
    ZKP_CHECK(section_head(id, bytes.size()));
    return out_.write(bytes);
  }

  base::Status same_section(std::uint32_t id) {
    ZKP_TRY(const ByteView bytes, layout_.file.section(id));
    return section(id, bytes);
  }

  // The points times `factor`.
  base::Status scaled_section(std::uint32_t id, ByteView points, const Fr& factor,
                              const char* name) {
    ZKP_CHECK(section_head(id, points.size()));
    while (!points.empty()) {
      const ByteView bytes =
          points.first(std::min(points.size(), kPointsPerChunk * sizeof(G1Affine)));
      ZKP_TRY(std::vector<G1Affine> chunk,
              iden3::read_points<G1Affine>(layout_.file, bytes, PointChecks::curve, name));
      ZKP_CHECK(curve::scale(chunk, factor, options_.kernels, options_.stop));
      ZKP_CHECK(out_.write(iden3::bytes_of(std::span<const G1Affine>(chunk))));
      points = points.subspan(bytes.size());
      meter_.add(static_cast<double>(bytes.size()), name);
    }
    return {};
  }

 private:
  base::Status section_head(std::uint32_t id, std::uint64_t size) {
    std::array<std::uint8_t, 12> head;
    base::store_le(head.data(), id);
    base::store_le(&head[4], size);
    return out_.write(head);
  }

  const iden3::ZkeyLayout& layout_;
  iden3::AtomicFile& out_;
  const groth16::SetupOptions& options_;
  groth16::ProgressMeter meter_;
};

// The numbers of the header stand before its points, and delta is the last of them.
base::Bytes header_with(const iden3::ZkeyLayout& layout, const Delta& delta) {
  const ByteView points = layout.header_points;
  base::Bytes header(points.data() - iden3::kZkeyNumbersBytes, points.data() + points.size());
  std::uint8_t* const delta2 = header.data() + header.size() - sizeof(G2Affine);
  std::memcpy(delta2 - sizeof(G1Affine), &delta.g1, sizeof(G1Affine));
  std::memcpy(delta2, &delta.g2, sizeof(G2Affine));
  return header;
}

base::Bytes contributions_with(const iden3::ZkeyLayout& layout, const KeyContributions& past,
                               const KeyContribution& made) {
  base::Bytes section(layout.contributions.begin(), layout.contributions.end());
  base::store_le(&section[sizeof(TranscriptHash)],
                 static_cast<std::uint32_t>(past.list.size() + 1));
  append_key_contribution(section, made);
  return section;
}

}  // namespace

base::Result<Contributed> contribute(ByteView zkey, ChaCha& generator, const Parameters& parameters,
                                     const std::filesystem::path& out,
                                     const groth16::SetupOptions& options) {
  ZKP_CHECK(check_parameters(parameters));
  ZKP_TRY(const iden3::ZkeyLayout layout, iden3::ZkeyLayout::parse(zkey));
  ZKP_TRY(const KeyContributions past, read_key_contributions(layout));
  ZKP_TRY(const Delta delta, read_delta(layout));
  ZKP_CHECK(check_delta(delta, past));
  const base::Secret<Fr> secret(generator.draw_scalar());
  const base::Secret<Fr> inverse(secret.reveal().inverse());
  const KeyContribution made =
      make_contribution(past, delta, generator, secret.reveal(), parameters);
  const Delta after = {made.delta_after, times(delta.g2, secret.reveal())};

  ZKP_TRY(iden3::AtomicFile file, iden3::AtomicFile::create(out));
  KeyWriter writer(layout, file, options);
  ZKP_CHECK(writer.begin());
  ZKP_CHECK(writer.same_section(zkey_section::kProtocol));
  ZKP_CHECK(writer.section(zkey_section::kHeader, header_with(layout, after)));
  for (const std::uint32_t id : {zkey_section::kIc, zkey_section::kCoefficients, zkey_section::kA,
                                 zkey_section::kB1, zkey_section::kB2}) {
    ZKP_CHECK(writer.same_section(id));
  }
  ZKP_CHECK(writer.scaled_section(zkey_section::kC, layout.c, inverse.reveal(), "points of C"));
  ZKP_CHECK(writer.scaled_section(zkey_section::kH, layout.h, inverse.reveal(), "points of H"));
  ZKP_CHECK(writer.section(zkey_section::kContributions, contributions_with(layout, past, made)));
  ZKP_CHECK(file.commit());
  return Contributed{past.circuit_hash, hash_of(made)};
}

}  // namespace zkp::prover::ceremony
