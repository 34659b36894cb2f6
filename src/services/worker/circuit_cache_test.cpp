#include "services/worker/circuit_cache.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "network/store/memory/memory_artifacts.h"
#include "services/worker/prove_task.h"
#include "services/worker/test_leader.h"

namespace zkp::services::worker {
namespace {

std::string put(network::store::ArtifactStore& artifacts, base::ByteView file) {
  auto upload = std::move(artifacts.begin()).value();
  EXPECT_TRUE(upload->append(file).ok());
  return std::move(upload->finish()).value();
}

class CircuitCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    base::SystemRandom random;
    for (const char* circuit : {"test/1", "test/2"}) {
      const auto files = make_key(
          circuit, {.kernels = prover::field::portable_kernels(), .random = random, .threads = 1},
          {});
      ASSERT_TRUE(files.ok());
      digests.push_back(put(*artifacts, files->zkey));
    }
  }
  std::unique_ptr<CircuitCache> open(std::uint64_t most_memory, std::uint64_t most_disk) {
    return std::move(CircuitCache::open(
                         {.folder = folder.path(),
                          .most_disk_bytes = most_disk,
                          .most_key_memory_bytes = most_memory,
                          .program_limits = {}},
                         test_engine(),
                         [this](const std::string& digest, std::uint64_t offset,
                                const ArtifactFiles::Sink& sink,
                                const std::stop_token&) { return fetch(digest, offset, sink); }))
        .value();
  }
  base::Status fetch(const std::string& digest, std::uint64_t offset,
                     const ArtifactFiles::Sink& sink) {
    ++fetches;
    offsets.push_back(offset);
    ZKP_TRY(base::Bytes bytes, artifacts->read(digest, offset, 1 << 20));
    if (damage) bytes[0] ^= 1;
    if (break_after != 0 && bytes.size() > break_after) {
      bytes.resize(break_after);
      ZKP_CHECK(sink(bytes));
      return base::Error{base::ErrorCode::unavailable, "the connection broke"};
    }
    return sink(bytes);
  }

  TestFolder folder;
  std::unique_ptr<network::store::ArtifactStore> artifacts =
      network::store::make_memory_artifacts();
  std::vector<std::string> digests;
  int fetches = 0;
  std::vector<std::uint64_t> offsets;
  bool damage = false;
  std::size_t break_after = 0;
};

TEST_F(CircuitCacheTest, FetchesOnceAndFindsTheFileAgain) {
  {
    const auto cache = open(1 << 28, 1 << 28);
    ASSERT_TRUE(cache->key(digests[0], {}).ok());
    ASSERT_TRUE(cache->key(digests[0], {}).ok());
    EXPECT_EQ(cache->loaded_keys(), std::vector{digests[0]});
  }
  ASSERT_TRUE(open(1 << 28, 1 << 28)->key(digests[0], {}).ok());
  EXPECT_EQ(fetches, 1);
}

TEST_F(CircuitCacheTest, ResumesABrokenTransfer) {
  break_after = 700;
  ASSERT_TRUE(open(1 << 28, 1 << 28)->key(digests[0], {}).ok());
  EXPECT_GT(fetches, 2);
}

// As if the process had been killed in the middle.
TEST_F(CircuitCacheTest, GoesOnWithWhatAnEarlierProcessHasFetched) {
  const std::string part = folder.path() / (digests[0].substr(7) + ".part");
  base::Bytes beginning = artifacts->read(digests[0], 0, 700).value();
  std::ofstream(part, std::ios::binary)
      .write(reinterpret_cast<const char*>(beginning.data()),
             static_cast<std::streamsize>(beginning.size()));
  ASSERT_TRUE(open(1 << 28, 1 << 28)->key(digests[0], {}).ok());
  EXPECT_EQ(offsets, std::vector<std::uint64_t>{700});
}

TEST_F(CircuitCacheTest, WhoeverHasAKeyKeepsItWhateverIsForgotten) {
  const auto cache = open(1, 1);
  const CircuitCache::KeyRef held = cache->key(digests[0], {}).value();
  ASSERT_TRUE(cache->key(digests[1], {}).ok());
  EXPECT_EQ(cache->loaded_keys(), std::vector{digests[1]});
  EXPECT_EQ(held->proving.public_count, 1U);
}

TEST_F(CircuitCacheTest, RemovesWhatWasNeverFinished) {
  std::ofstream(folder.path() / (std::string(64, 'a') + ".part")) << "some bytes";
  const auto cache = open(1 << 28, 1);
  ASSERT_TRUE(cache->key(digests[0], {}).ok());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()),
                          std::filesystem::directory_iterator()),
            1);
}

TEST_F(CircuitCacheTest, RefusesWhatTheDigestDoesNotName) {
  damage = true;
  const auto cache = open(1 << 28, 1 << 28);
  const auto damaged = cache->key(digests[0], {});
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code, base::ErrorCode::data_loss);
  damage = false;
  EXPECT_TRUE(cache->key(digests[0], {}).ok());

  for (const char* digest : {"", "sha256:", "sha256:../../etc/passwd", "md5:00"}) {
    const auto refused = cache->key(digest, {});
    ASSERT_FALSE(refused.ok()) << digest;
    EXPECT_EQ(refused.error().code, base::ErrorCode::invalid_argument) << digest;
  }
}

TEST_F(CircuitCacheTest, ForgetsWhatWasUsedLongestAgo) {
  const auto cache = open(1, 1);
  ASSERT_TRUE(cache->key(digests[0], {}).ok());
  ASSERT_TRUE(cache->key(digests[1], {}).ok());
  EXPECT_EQ(cache->loaded_keys(), std::vector{digests[1]});
  ASSERT_TRUE(cache->key(digests[0], {}).ok());
  EXPECT_EQ(fetches, 3);
}

}  // namespace
}  // namespace zkp::services::worker
