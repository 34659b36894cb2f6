#include "base/seal.h"

#include <gtest/gtest.h>

#include "base/hex.h"

namespace zkp::base {
namespace {

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::uint8_t> out) override {
    ASSERT_EQ(out.size(), bytes_.size());
    std::ranges::copy(bytes_, out.begin());
  }

 private:
  Bytes bytes_;
};

SecretBytes key_of(std::uint8_t byte) { return SecretBytes(Bytes(kSealKeyBytes, byte)); }

void expect_closed(const Result<SecretBytes>& opened) {
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::data_loss);
}

// Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation", submitted to NIST.
TEST(Seal, KnownAnswer) {
  const SecretBytes key(
      *from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const Bytes plain = *from_hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
      "b525b16aedf5aa0de657ba637b39");
  const Bytes associated = *from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  FixedRandom random(*from_hex("cafebabefacedbaddecaf888"));
  EXPECT_EQ(
      to_hex(seal(key, plain, as_text(associated), random)),
      "cafebabefacedbaddecaf888"
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
      "56828838c5f61e6393ba7a0abcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b");
}

TEST(Seal, OpensWhatItClosed) {
  SeededRandom random(1);
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 1000U}) {
    const Bytes plain(size, 0x5a);
    const Bytes sealed = seal(key_of(1), plain, "task 7", random);
    EXPECT_EQ(sealed.size(), size + 28);
    const auto opened = open_sealed(key_of(1), sealed, "task 7");
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE(std::ranges::equal(opened->reveal(), plain));
  }
}

TEST(Seal, NoncesDiffer) {
  SeededRandom random(1);
  EXPECT_NE(seal(key_of(1), as_bytes("same"), "", random),
            seal(key_of(1), as_bytes("same"), "", random));
}

TEST(Seal, EveryBitCounts) {
  SeededRandom random(1);
  const Bytes sealed = seal(key_of(1), as_bytes("private"), "task 7", random);
  for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    Bytes damaged = sealed;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    expect_closed(open_sealed(key_of(1), damaged, "task 7"));
  }
}

TEST(Seal, KeyAssociatedTextAndLengthCount) {
  SeededRandom random(1);
  const Bytes sealed = seal(key_of(1), as_bytes("private"), "task 7", random);
  expect_closed(open_sealed(key_of(2), sealed, "task 7"));
  expect_closed(open_sealed(key_of(1), sealed, "task 8"));
  expect_closed(open_sealed(key_of(1), sealed, ""));
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    expect_closed(open_sealed(key_of(1), ByteView(sealed).first(size), "task 7"));
  }
  Bytes longer = sealed;
  longer.push_back(0);
  expect_closed(open_sealed(key_of(1), longer, "task 7"));
}

}  // namespace
}  // namespace zkp::base
