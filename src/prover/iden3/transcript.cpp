#include "prover/iden3/transcript.h"

#include <algorithm>

#include <openssl/evp.h>

#include "base/assert.h"
#include "prover/iden3/prime.h"

namespace zkp::prover::iden3 {
namespace {

using curve::AffinePoint;
using curve::Fq;
using curve::Fq2;
using curve::G1Params;
using curve::G2Params;

constexpr std::size_t kPointsPerChunk = std::size_t{1} << 14;

void append(base::Bytes& out, const Fq& value) {
  const field::Limbs standard = value.to_standard();
  const base::ByteView bytes = bytes_of(standard);
  out.insert(out.end(), bytes.rbegin(), bytes.rend());
}
void append(base::Bytes& out, const Fq2& value) {
  append(out, value.c1);
  append(out, value.c0);
}

}  // namespace

template <class Params>
void append_uncompressed(base::Bytes& out, const AffinePoint<Params>& point) {
  append(out, point.x);
  append(out, point.y);
}

Transcript::Transcript() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  ZKP_ASSERT(context_ != nullptr);
  ZKP_ASSERT(EVP_DigestInit_ex(context_.get(), EVP_blake2b512(), nullptr) == 1);
}

Transcript::Transcript(const Transcript& other) : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  ZKP_ASSERT(context_ != nullptr);
  ZKP_ASSERT(EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) == 1);
}

void Transcript::add(base::ByteView bytes) {
  ZKP_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

void Transcript::add_u32(std::uint32_t value) {
  const std::array bytes = {
      static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
      static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  add(bytes);
}

template <class Params>
void Transcript::add_points(std::span<const AffinePoint<Params>> points) {
  base::Bytes bytes;
  bytes.reserve(std::min(points.size(), kPointsPerChunk) * sizeof(AffinePoint<Params>));
  while (!points.empty()) {
    const auto chunk = points.first(std::min(points.size(), kPointsPerChunk));
    bytes.clear();
    for (const AffinePoint<Params>& point : chunk) append_uncompressed(bytes, point);
    add(bytes);
    points = points.subspan(chunk.size());
  }
}

TranscriptHash Transcript::finish() {
  TranscriptHash digest{};
  ZKP_ASSERT(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
  return digest;
}

template void append_uncompressed(base::Bytes&, const AffinePoint<G1Params>&);
template void append_uncompressed(base::Bytes&, const AffinePoint<G2Params>&);
template void Transcript::add_points(std::span<const AffinePoint<G1Params>>);
template void Transcript::add_points(std::span<const AffinePoint<G2Params>>);

}  // namespace zkp::prover::iden3
