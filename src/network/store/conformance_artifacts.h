#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "network/store/artifact_store.h"

// What every ArtifactStore must do.
namespace zkp::network::store {

struct ArtifactDriver {
  std::string name;
  std::function<std::unique_ptr<ArtifactStore>(const std::filesystem::path& folder)> open;
};

class ArtifactConformance : public testing::TestWithParam<ArtifactDriver> {
 protected:
  ArtifactConformance() {
    std::string name = testing::TempDir() + "artifacts_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    artifacts_ = GetParam().open(folder_);
  }
  ~ArtifactConformance() override {
    artifacts_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string put(std::string_view content) {
    const auto upload = artifacts_->begin().value();
    const std::size_t half = content.size() / 2;
    EXPECT_TRUE(upload->append(base::as_bytes(content.substr(0, half))).ok());
    EXPECT_TRUE(upload->append(base::as_bytes(content.substr(half))).ok());
    return upload->finish().value();
  }
  std::string read(const std::string& digest, std::uint64_t offset, std::size_t most) {
    return base::to_string(artifacts_->read(digest, offset, most).value());
  }

  std::filesystem::path folder_;
  std::unique_ptr<ArtifactStore> artifacts_;
};

TEST_P(ArtifactConformance, AFileIsNamedByItsDigest) {
  const std::string digest = put("hello");
  EXPECT_EQ(digest, base::digest_name(base::sha256(base::as_bytes("hello"))));
  EXPECT_EQ(artifacts_->size_bytes(digest).value(), 5U);
  EXPECT_EQ(read(digest, 0, 100), "hello");
}

TEST_P(ArtifactConformance, AFileIsReadInPieces) {
  const std::string digest = put("0123456789");
  EXPECT_EQ(read(digest, 3, 4), "3456");
  EXPECT_EQ(read(digest, 8, 4), "89");
  EXPECT_EQ(read(digest, 10, 4), "");
  EXPECT_EQ(read(digest, ~std::uint64_t{0}, 4), "");
  EXPECT_EQ(read(digest, 0, 0), "");
  EXPECT_EQ(read(digest, 0, ~std::size_t{0}), "0123456789");
}

TEST_P(ArtifactConformance, AnEmptyFileIsAFile) {
  const std::string digest = put("");
  EXPECT_EQ(artifacts_->size_bytes(digest).value(), 0U);
  EXPECT_EQ(read(digest, 0, 1), "");
}

TEST_P(ArtifactConformance, TheSameFileIsKeptOnce) {
  const std::string digest = put("hello");
  EXPECT_EQ(put("hello"), digest);
  EXPECT_EQ(read(digest, 0, 100), "hello");
}

TEST_P(ArtifactConformance, NothingIsVisibleBeforeTheEnd) {
  const std::string digest = base::digest_name(base::sha256(base::as_bytes("hello")));
  {
    const auto upload = artifacts_->begin().value();
    ASSERT_TRUE(upload->append(base::as_bytes("hello")).ok());
    EXPECT_FALSE(artifacts_->size_bytes(digest).ok());
  }
  EXPECT_EQ(artifacts_->size_bytes(digest).error().code, base::ErrorCode::not_found);
  EXPECT_EQ(artifacts_->read(digest, 0, 1).error().code, base::ErrorCode::not_found);
}

TEST_P(ArtifactConformance, NamesThatAreNoDigestsAreNotFound) {
  put("hello");
  for (const char* name : {"", "sha256:", "sha256:00", "../escape", "sha256:../../../etc/passwd",
                           "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}) {
    EXPECT_EQ(artifacts_->size_bytes(name).error().code, base::ErrorCode::not_found) << name;
    EXPECT_EQ(artifacts_->read(name, 0, 1).error().code, base::ErrorCode::not_found) << name;
  }
}

TEST_P(ArtifactConformance, ManyMayBringTheSameFile) {
  const std::string content(100'000, 'x');
  std::vector<std::string> digests(8);
  {
    std::vector<std::jthread> threads;
    for (auto& digest : digests) threads.emplace_back([&] { digest = put(content); });
  }
  for (const auto& digest : digests) EXPECT_EQ(read(digest, 0, 200'000), content);
}

}  // namespace zkp::network::store
