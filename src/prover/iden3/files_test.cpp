#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "prover/iden3/atomic_file.h"
#include "prover/iden3/mapped_file.h"

namespace zkp::prover::iden3 {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  Files() {
    std::string folder = (fs::temp_directory_path() / "zkp-iden3-XXXXXX").native();
    folder_ = ::mkdtemp(folder.data());
  }
  ~Files() override { fs::remove_all(folder_); }

  [[nodiscard]] std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }
  static std::string content_of(const fs::path& path) {
    auto file = MappedFile::open(path);
    return file ? base::to_string(file->bytes()) : file.error().message;
  }
  static unsigned mode_of(const fs::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777U;
  }

  fs::path folder_;
};

TEST_F(Files, ReadsWhatWasWritten) {
  const fs::path path = folder_ / "a";
  ASSERT_TRUE(write_file_atomically(path, base::as_bytes("content")).ok());
  EXPECT_EQ(content_of(path), "content");
  EXPECT_EQ(mode_of(path), 0644U);
}

TEST_F(Files, ReplacesTheWholeFileAndLeavesNothingElse) {
  const fs::path path = folder_ / "a";
  ASSERT_TRUE(write_file_atomically(path, base::as_bytes("long content")).ok());
  auto before = MappedFile::open(path);
  ASSERT_TRUE(before.ok());
  ASSERT_TRUE(write_file_atomically(path, base::as_bytes("short"), kPrivateFileMode).ok());
  EXPECT_EQ(content_of(path), "short");
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(file_count(), 1U);
  EXPECT_EQ(base::as_text(before->bytes()), "long content");  // a reader keeps what it mapped
}

TEST_F(Files, AFailureLeavesTheOldContent) {
  const fs::path path = folder_ / "a";
  fs::create_directory(path);  // cannot be replaced by a file
  const base::Status status = write_file_atomically(path, base::as_bytes("content"));
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr(path.native()));
  EXPECT_TRUE(fs::is_directory(path));
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(Files, WritesIntoTheWorkingFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  const base::Status status = write_file_atomically("plain-name", base::as_bytes("content"));
  fs::current_path(before);
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(content_of(folder_ / "plain-name"), "content");
}

TEST_F(Files, AMissingFolderIsNotFound) {
  const base::Status status = write_file_atomically(folder_ / "no" / "a", {});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, base::ErrorCode::not_found);
}

TEST_F(Files, AMissingFileIsNotFoundByName) {
  const auto file = MappedFile::open(folder_ / "missing");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, base::ErrorCode::not_found);
  EXPECT_THAT(file.error().message, HasSubstr("missing: No such file"));
}

TEST_F(Files, AnEmptyFileMapsToNoBytes) {
  std::ofstream(folder_ / "empty");
  const auto file = MappedFile::open(folder_ / "empty");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file->bytes().empty());
}

TEST_F(Files, WhatIsNoRegularFileIsRefused) {
  EXPECT_EQ(MappedFile::open(folder_).error().code, base::ErrorCode::invalid_argument);
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(MappedFile::open(folder_ / "pipe").error().code, base::ErrorCode::invalid_argument);
}

TEST_F(Files, AMovedMappingIsUnmappedOnce) {
  const fs::path path = folder_ / "a";
  ASSERT_TRUE(write_file_atomically(path, base::as_bytes("content")).ok());
  auto first = MappedFile::open(path);
  auto second = MappedFile::open(path);
  ASSERT_TRUE(first.ok() && second.ok());
  MappedFile moved = std::move(first).value();
  moved = std::move(second).value();
  EXPECT_EQ(base::as_text(moved.bytes()), "content");
}

}  // namespace
}  // namespace zkp::prover::iden3
