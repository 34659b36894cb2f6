#include "base/assert.h"
#include "prover/iden3/formats.h"

using namespace zkp::prover;  // NOLINT: the entry point stands outside of it

// The three readers agree on what a key is, and a key that can be read is written to the same
// bytes, whatever they are read from again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const zkp::base::ByteView file(data, size);
  const auto sizes = iden3::read_zkey_sizes(file);
  const auto verifying = iden3::read_zkey_verifying_key(file);
  const auto key = iden3::read_zkey(file, iden3::PointChecks::none);
  (void)iden3::read_zkey(file, iden3::PointChecks::curve);
  if (verifying) ZKP_ASSERT(sizes.ok());
  if (!key) return 0;
  ZKP_ASSERT(sizes.ok() && sizes->wire_count == key->wire_count &&
             sizes->domain_size == key->domain_size());
  if (verifying) ZKP_ASSERT(*verifying == key->verifying);
  const zkp::base::Bytes written = iden3::write_zkey(*key);
  const auto again = iden3::read_zkey(written, iden3::PointChecks::none);
  ZKP_ASSERT(again.ok());
  ZKP_ASSERT(iden3::write_zkey(*again) == written);
  ZKP_ASSERT(again->a == key->a && again->b2 == key->b2 && again->h == key->h &&
             again->matrix_a.row_start == key->matrix_a.row_start);
  return 0;
}
