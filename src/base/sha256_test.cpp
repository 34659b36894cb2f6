#include "base/sha256.h"

#include <gtest/gtest.h>

#include "base/hex.h"

namespace zkp::base {
namespace {

std::string hex_of(std::string_view text) { return to_hex(sha256(as_bytes(text))); }

// The examples of FIPS 180-4, as NIST publishes them with the standard.
TEST(Sha256, ExamplesOfTheStandard) {
  EXPECT_EQ(hex_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex_of(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesGiveTheDigestOfTheWhole) {
  const std::string text(300, 'x');
  for (std::size_t cut = 0; cut <= text.size(); cut += 37) {
    Sha256Stream stream;
    stream.update(as_bytes(text).first(cut));
    Sha256Stream moved = std::move(stream);
    moved.update({});
    moved.update(as_bytes(text).subspan(cut));
    EXPECT_EQ(moved.finish(), sha256(as_bytes(text))) << cut;
  }
}

TEST(Sha256, DigestName) {
  EXPECT_EQ(digest_name(sha256(as_bytes("abc"))),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace zkp::base
