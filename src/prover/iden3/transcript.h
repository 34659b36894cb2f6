#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "prover/curve/point.h"

struct evp_md_ctx_st;  // of OpenSSL

namespace zkp::prover::iden3 {

// A BLAKE2b-512 digest.
using TranscriptHash = std::array<std::uint8_t, 64>;

// A hash over points and bytes, as the files of snarkjs have it: BLAKE2b-512. Points are
// uncompressed, big-endian, standard form, the coordinate of u first; infinity is zeros. Lists are
// preceded by their length as u32, big-endian.
class Transcript {
 public:
  Transcript();
  // Goes on from where the other one is.
  Transcript(const Transcript& other);
  Transcript& operator=(const Transcript&) = delete;
  ~Transcript() = default;

  void add(base::ByteView bytes);
  void add_u32(std::uint32_t value);
  template <class Params>
  void add_points(std::span<const curve::AffinePoint<Params>> points);
  template <class Params>
  void add_point(const curve::AffinePoint<Params>& point) {
    add_points(std::span(&point, 1));
  }
  template <class Params>
  void add_list(const std::vector<curve::AffinePoint<Params>>& points) {
    add_u32(static_cast<std::uint32_t>(points.size()));
    add_points(std::span(points));
  }
  // Ends the transcript; it may not be used afterwards.
  TranscriptHash finish();

 private:
  std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

// A point as it is hashed.
template <class Params>
void append_uncompressed(base::Bytes& out, const curve::AffinePoint<Params>& point);

}  // namespace zkp::prover::iden3
