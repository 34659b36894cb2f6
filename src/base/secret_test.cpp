#include "base/secret.h"

#include <gtest/gtest.h>

namespace zkp::base {
namespace {

struct Pair {
  std::uint64_t a = 1;
  std::uint64_t b = 2;
};

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(!std::is_copy_constructible_v<Secret<Pair>>);
static_assert(!std::is_copy_assignable_v<Secret<Pair>>);

TEST(Secret, WipesMemory) {
  Bytes bytes(100, 0xaa);
  wipe(&bytes[10], 80);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_EQ(bytes[i], i >= 10 && i < 90 ? 0 : 0xaa) << i;
  }
}

TEST(Secret, ComparesBytes) {
  EXPECT_TRUE(equal_constant_time(as_bytes("same"), as_bytes("same")));
  EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("sama")));
  EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("sam")));
  EXPECT_TRUE(equal_constant_time({}, {}));
}

TEST(Secret, VectorTakesOverAndLeavesNothingBehind) {
  Bytes source = {1, 2, 3};
  SecretBytes first(std::move(source));
  EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move): promised
  SecretBytes second(std::move(first));
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): promised
  SecretBytes third(5);
  third = std::move(second);
  EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move): promised
  ASSERT_EQ(third.size(), 3U);
  EXPECT_EQ(third.reveal()[2], 3);
  third.reveal_mutable()[2] = 4;
  EXPECT_EQ(third.reveal()[2], 4);
}

TEST(Secret, VectorCopiesOnlyByName) {
  const Bytes source = {1, 2, 3};
  const SecretBytes copy = SecretBytes::copy_of(source);
  EXPECT_EQ(source.size(), 3U);
  EXPECT_TRUE(std::ranges::equal(copy.reveal(), source));
}

TEST(Secret, ValueIsWipedWhenItMoves) {
  Secret<Pair> first(Pair{7, 8});
  Secret<Pair> second(std::move(first));
  EXPECT_EQ(first.reveal().a, 0U);  // NOLINT(bugprone-use-after-move): promised
  EXPECT_EQ(second.reveal().b, 8U);
  Secret<Pair> third;
  third = std::move(second);
  EXPECT_EQ(second.reveal().b, 0U);  // NOLINT(bugprone-use-after-move): promised
  EXPECT_EQ(third.reveal().a, 7U);
}

TEST(Secret, ValueIsWipedOnRelease) {
  alignas(Secret<Pair>) std::uint8_t memory[sizeof(Secret<Pair>)];
  auto* const secret = new (memory) Secret<Pair>(Pair{~0ULL, ~0ULL});
  EXPECT_EQ(memory[0], 0xff);
  secret->~Secret();
  __asm__ volatile("" : "+m"(memory));
  for (const std::uint8_t byte : memory) EXPECT_EQ(byte, 0);
}

TEST(GrowingSecret, KeepsWhatIsAppended) {
  GrowingSecret<std::uint16_t> growing;
  std::vector<std::uint16_t> wanted;
  for (std::uint16_t i = 0; i < 100; ++i) {
    const std::vector<std::uint16_t> piece(i % 7U, i);
    growing.append(piece);
    wanted.insert(wanted.end(), piece.begin(), piece.end());
    ASSERT_TRUE(std::ranges::equal(growing.reveal(), wanted));
  }
  GrowingSecret<std::uint16_t> moved(std::move(growing));
  EXPECT_EQ(growing.size(), 0U);  // NOLINT(bugprone-use-after-move): promised
  growing.append(std::vector<std::uint16_t>{7});
  EXPECT_EQ(growing.reveal()[0], 7U);
  EXPECT_TRUE(std::ranges::equal(moved.take().reveal(), wanted));
  EXPECT_EQ(moved.size(), 0U);
}

}  // namespace
}  // namespace zkp::base
