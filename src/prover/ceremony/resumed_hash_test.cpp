#include "prover/ceremony/resumed_hash.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace zkp::prover::ceremony {
namespace {

using Saved = std::array<std::uint8_t, kSavedHashBytes>;

// A hash of 64 bytes that has taken nothing but what fits the first block.
Saved at_the_beginning(base::ByteView first) {
  constexpr std::uint64_t kState[8] = {0x6a09e667f3bcc908 ^ 0x01010040,
                                       0xbb67ae8584caa73b,
                                       0x3c6ef372fe94f82b,
                                       0xa54ff53a5f1d36f1,
                                       0x510e527fade682d1,
                                       0x9b05688c2b3e6c1f,
                                       0x1f83d9abfb41bd6b,
                                       0x5be0cd19137e2179};
  Saved saved{};
  std::copy(first.begin(), first.end(), saved.begin());
  std::memcpy(&saved[128], kState, sizeof(kState));
  base::store_le(&saved[200], std::uint64_t{first.size()});
  return saved;
}

// OpenSSL's is the judge. Saved states from the middle of a hash are in .ptau files: see
// verify_powers_test.cpp.
TEST(ResumedHash, GoesOnFromWhatTheFirstBlockHolds) {
  base::SeededRandom random(1);
  for (const std::size_t size : {0U, 1U, 127U, 128U, 129U, 255U, 256U, 257U, 1000U}) {
    base::Bytes bytes(size);
    random.fill(bytes);
    iden3::Transcript transcript;
    transcript.add(bytes);
    const iden3::TranscriptHash want = transcript.finish();
    for (std::size_t split = 0; split <= std::min<std::size_t>(size, 128); ++split) {
      const Saved saved = at_the_beginning(base::ByteView(bytes).first(split));
      ASSERT_TRUE(is_saved_hash(saved));
      EXPECT_EQ(resume_hash(saved, base::ByteView(bytes).subspan(split)), want) << size << split;
    }
  }
}

TEST(ResumedHash, RefusesWhatIsNoState) {
  Saved saved = at_the_beginning({});
  saved[200] = 129;  // more than a block
  EXPECT_FALSE(is_saved_hash(saved));
  saved[200] = 128;
  EXPECT_TRUE(is_saved_hash(saved));
  saved[192] = 1;  // no whole block before it
  EXPECT_FALSE(is_saved_hash(saved));
}

}  // namespace
}  // namespace zkp::prover::ceremony
