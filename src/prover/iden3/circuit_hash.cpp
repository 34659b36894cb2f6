#include <algorithm>

#include <fmt/format.h>

#include "prover/iden3/formats.h"
#include "prover/iden3/points.h"
#include "prover/iden3/prime.h"
#include "prover/iden3/ptau_layout.h"
#include "prover/iden3/transcript.h"
#include "prover/iden3/wasm_point.h"

// What snarkjs calls the circuit hash: the transcript of the key before any contribution.
namespace zkp::prover::iden3 {
namespace {

using curve::Fq;
using curve::G1;
using field::Limbs;
using groth16::ProvingKey;

constexpr std::size_t kPointsPerChunk = std::size_t{1} << 14;

// Everything but H, which `add_h` adds.
template <class AddH>
base::Bytes contributions_with_hash(const ProvingKey& key, const AddH& add_h) {
  Transcript hash;
  hash.add_point(key.verifying.alpha1);
  hash.add_point(key.beta1);
  hash.add_point(key.verifying.beta2);
  hash.add_point(key.verifying.gamma2);
  hash.add_point(key.delta1);
  hash.add_point(key.verifying.delta2);
  hash.add_list(key.verifying.ic);
  add_h(hash);
  hash.add_list(key.c);
  hash.add_list(key.a);
  hash.add_list(key.b1);
  hash.add_list(key.b2);
  const auto digest = hash.finish();
  base::Bytes section(digest.begin(), digest.end());
  section.resize(digest.size() + 4);  // no contributions
  return section;
}

const std::uint8_t* power_at(base::ByteView from_section_2, std::size_t exponent) {
  return &from_section_2[exponent * kPointBytes<G1Affine>];
}
RawPoint load_raw(const std::uint8_t* from) {
  return {load_limbs(from), load_limbs(from + sizeof(Limbs))};
}
// Reduced: a hash is no place to check a ceremony, but arithmetic wants it so.
G1Affine load_point(const std::uint8_t* from) {
  const auto reduced = [](const Limbs& any) { return Fq{Fq::montgomery_product(Fq::kR, any)}; };
  const RawPoint raw = load_raw(from);
  return {reduced(raw.x), reduced(raw.y)};
}

// (tau^(n + i) - tau^i) G1 for i < n - 1: the monomial form of H before a division by delta.
// snarkjs reads them by 2^14 and does not shorten the last reading, so of a domain of more than
// 2^14 it hashes n of them. The n-th wants tau^(2n - 1), which a ceremony of just this size has
// not: it then takes what follows section 2 for a point. REQUIRES: the bytes of 2n
// points are there.
void add_monomial_h(Transcript& hash, base::ByteView from_section_2, std::size_t domain_size) {
  hash.add_u32(static_cast<std::uint32_t>(domain_size - 1));
  const std::size_t count = domain_size - 1 <= kPointsPerChunk ? domain_size - 1 : domain_size;
  std::vector<G1> differences;
  for (std::size_t first = 0; first < count; first += kPointsPerChunk) {
    const std::size_t end = std::min(count, first + kPointsPerChunk);
    differences.clear();
    for (std::size_t i = first; i < end; ++i) {
      const std::uint8_t* upper = power_at(from_section_2, domain_size + i);
      const G1Affine lower = load_point(power_at(from_section_2, i));
      differences.push_back(i == domain_size - 1 ? subtract_as_wasm(load_raw(upper), lower)
                                                 : G1::from_affine(load_point(upper)) + -lower);
    }
    const auto points = curve::to_affine_batch<curve::G1Params>(differences);
    hash.add_points(std::span<const G1Affine>(points));
  }
}

}  // namespace

base::Bytes initial_contributions(const ProvingKey& key) {
  return contributions_with_hash(key, [&](Transcript& hash) { hash.add_list(key.h); });
}

base::Result<base::Bytes> initial_contributions(const ProvingKey& key, base::ByteView ptau) {
  if (key.delta1 != curve::g1_generator()) {
    return base::Error{base::ErrorCode::failed_precondition,
                       "zkey: delta is not the generator: the key has been contributed to"};
  }
  ZKP_TRY(const PtauLayout layout, PtauLayout::parse(ptau, key.domain_log));
  // Section 2 and what follows it in the file: at least 64 bytes, for section 12 is not in
  // section 2.
  const auto offset = static_cast<std::size_t>(layout.tau_g1.data() - ptau.data());
  const base::ByteView from_section_2 = ptau.subspan(offset);
  const std::size_t wanted = 2 * key.domain_size() * kPointBytes<G1Affine>;
  if (from_section_2.size() < wanted) {
    return layout.file.error(fmt::format("section 2 and what follows have {} bytes, want {}",
                                         from_section_2.size(), wanted));
  }
  return contributions_with_hash(
      key, [&](Transcript& hash) { add_monomial_h(hash, from_section_2, key.domain_size()); });
}

}  // namespace zkp::prover::iden3
