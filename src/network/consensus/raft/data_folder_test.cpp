#include "network/consensus/raft/data_folder.h"

#include <algorithm>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/random.h"
#include "network/consensus/raft/test_cluster.h"

namespace zkp::network::consensus::raft {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using testing::HasSubstr;
using testing::Not;

const WorkerRecord kDraining{.draining = true, .quarantined = false, .reason = "asked to"};

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().native());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_segment(const std::string& name) {
  return name.find('-') != std::string::npos &&
         name.find_first_not_of("0123456789-") == std::string::npos;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// A cluster of one with some records, and snapshots if asked for, stopped.
void fill(TestCluster& cluster, bool snapshots) {
  if (snapshots) {
    cluster.options(1).snapshot_threshold = 16;
    cluster.options(1).snapshot_trailing = 4;
  }
  for (int round = 0; round < 2; ++round) {
    cluster.start_all();
    for (int i = 0; i < 40; ++i) cluster.put("worker-" + std::to_string(i), kDraining);
    cluster.stop(1);
  }
}

TEST(DataFolder, RefusesADamagedSegmentByName) {
  TestCluster cluster(1);
  fill(cluster, false);
  const fs::path& folder = cluster.options(1).data_dir;
  const auto names = names_in(folder);
  const auto segment = std::find_if(names.rbegin(), names.rend(), is_segment);
  ASSERT_NE(segment, names.rend());
  std::string content = read(folder / *segment);
  content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
  write(folder / *segment, content);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const base::Status status = cluster.start(1);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::data_loss);
    EXPECT_THAT(status.error().message, HasSubstr(*segment));
    EXPECT_THAT(status.error().message, HasSubstr(folder.native()));
    EXPECT_THAT(status.error().message, HasSubstr("zkp cluster remove coordinator-1"));
  }
  // Looking at it changes nothing.
  EXPECT_EQ(names_in(folder), names);
}

// Whatever happens to a file, the node starts or says why not.
TEST(DataFolder, SurvivesAnyDamageToItsFiles) {
  TestCluster cluster(1);
  fill(cluster, true);
  const fs::path folder = cluster.options(1).data_dir;
  const fs::path copy = folder.native() + ".copy";
  fs::copy(folder, copy, fs::copy_options::recursive);
  base::SeededRandom random(20261125);
  int refused = 0;
  for (const std::string& name : names_in(copy)) {
    const std::string content = read(copy / name);
    for (int kind = 0; kind < 8; ++kind) {
      fs::remove_all(folder);
      fs::copy(copy, folder, fs::copy_options::recursive);
      std::string damaged = content;
      if (kind == 0) {
        fs::remove(folder / name);
      } else if (kind < 4) {
        damaged.resize(content.size() * static_cast<std::size_t>(kind - 1) / 3);
        write(folder / name, damaged);
      } else if (!damaged.empty()) {
        damaged[random.next_u64() % damaged.size()] ^= static_cast<char>(1U << (kind - 1));
        write(folder / name, damaged);
      }
      const base::Status status = cluster.start(1);
      if (!status.ok()) {
        ++refused;
        EXPECT_FALSE(status.error().message.empty());
        EXPECT_NE(status.error().code, ErrorCode::internal) << status.error().message;
      } else {
        cluster.stop(1);
      }
    }
  }
  EXPECT_GT(refused, 10);
}

TEST(DataFolder, RefusesLostMetadata) {
  TestCluster cluster(1);
  fill(cluster, false);
  const fs::path& folder = cluster.options(1).data_dir;
  fs::remove(folder / "metadata1");
  write(folder / "metadata2", "too short");
  const base::Status status = cluster.start(1);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::data_loss);
  EXPECT_THAT(status.error().message, HasSubstr("metadata1"));
  EXPECT_THAT(status.error().message, HasSubstr("zkp cluster add"));
}

TEST(DataFolder, RefusesADamagedSnapshot) {
  TestCluster cluster(1);
  fill(cluster, true);
  const fs::path& folder = cluster.options(1).data_dir;
  int damaged = 0;
  for (const std::string& name : names_in(folder)) {
    if (!name.starts_with("snapshot-") || name.ends_with(".meta")) continue;
    std::string content = read(folder / name);
    content.back() = static_cast<char>(content.back() ^ 1);
    content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
    write(folder / name, content);
    ++damaged;
  }
  ASSERT_GT(damaged, 0);
  const base::Status status = cluster.start(1);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::data_loss);
  EXPECT_THAT(status.error().message, HasSubstr("snapshot"));
}

TEST(DataFolder, BelongsToOneCoordinatorOfOneCluster) {
  TestCluster cluster(2);
  cluster.start_all();
  cluster.stop_all();
  const fs::path own = cluster.options(2).data_dir;
  cluster.options(2).data_dir = cluster.options(1).data_dir;
  const base::Status other = cluster.start(2);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, ErrorCode::failed_precondition);
  EXPECT_THAT(other.error().message, HasSubstr("coordinator-1"));
  cluster.options(2).data_dir = own;
  cluster.options(2).cluster_id = "another";
  EXPECT_FALSE(cluster.start(2).ok());
  fs::remove(own / "owner");
  const base::Status ownerless = cluster.start(2);
  ASSERT_FALSE(ownerless.ok());
  EXPECT_EQ(ownerless.error().code, ErrorCode::data_loss);
}

TEST(DataFolder, ServesOneProcessAtATime) {
  TestCluster cluster(1);
  cluster.start_all();
  cluster.leader();
  Raft::Options options = cluster.options(1);
  options.self.raft_address = free_address();
  options.bootstrap_members.clear();
  Raft second(options);
  const base::Status status = second.start([](const State&) {});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::unavailable);
  EXPECT_THAT(status.error().message, HasSubstr("another process uses it"));
  cluster.put("worker-1", kDraining);
}

TEST(DataFolder, MustBeAFolderThatCanBeMade) {
  TestCluster cluster(1);
  TemporaryFolder folder;
  write(folder.path() / "file", "a file");
  cluster.options(1).data_dir = folder.path() / "file" / "raft";
  const base::Status status = cluster.start(1);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::unavailable);
  EXPECT_THAT(status.error().message, HasSubstr("file/raft"));
}

TEST(DataFolder, UndoesABootstrapThatWasCutShort) {
  TestCluster cluster(1);
  fill(cluster, false);
  write(cluster.options(1).data_dir / "bootstrapping", "");
  cluster.start_all();
  EXPECT_TRUE(cluster.raft(cluster.leader()).agreement()->workers.empty());
  EXPECT_THAT(names_in(cluster.options(1).data_dir), Not(testing::Contains("bootstrapping")));
}

TEST(DataFolder, IsNotBootstrappedTwice) {
  TestCluster cluster(1);
  fill(cluster, false);
  cluster.options(1).bootstrap_members.push_back(
      {.id = "coordinator-2", .raft_address = free_address()});
  cluster.start_all();
  EXPECT_EQ(cluster.raft(cluster.leader()).agreement()->members.size(), 1U);
}

TEST(DataFolder, TiesANodeToTheAddressOthersKnow) {
  TestCluster cluster(1);
  fill(cluster, false);
  cluster.options(1).bootstrap_members.clear();
  cluster.options(1).self.raft_address = free_address();
  const base::Status status = cluster.start(1);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::failed_precondition);
}

// No file may grow past a limit, which is how a full disk looks to a process.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_);
    rlimit limit = old_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST(DataFolder, SaysThatTheDiskIsFull) {
  for (const rlim_t bytes : {0U, 16U, 40U, 2000U}) {
    TestCluster cluster(1);
    base::Status status;
    {
      const FileSizeLimit limit(bytes);
      status = cluster.start(1);
      cluster.stop_all();
    }
    ASSERT_FALSE(status.ok()) << bytes;
    EXPECT_THAT(status.error().message, HasSubstr(cluster.options(1).data_dir.native()));
    // Once there is space, it is as if nothing had been.
    const base::Status later = cluster.start(1);
    ASSERT_TRUE(later.ok()) << later.error().message;
    cluster.put("worker-1", kDraining);
  }
}

TEST(DataFolder, FallsSilentWhenAVoteCannotBeWritten) {
  TestCluster cluster(3);
  cluster.start_all();
  const int leader = cluster.leader();
  const auto failed = [&](int node) { return !cluster.raft(node).state().failure.empty(); };
  {
    const FileSizeLimit limit(16);
    cluster.raft(leader).stop();
    EXPECT_TRUE(cluster.eventually([&] {
      int count = 0;
      for (int node = 1; node <= 3; ++node) count += node != leader && failed(node) ? 1 : 0;
      return count > 0;
    }));
  }
  for (int node = 1; node <= 3; ++node) {
    if (node == leader || !failed(node)) continue;
    EXPECT_EQ(cluster.raft(node).state().role, Role::follower);
    EXPECT_EQ(cluster.raft(node).state().leader_id, "");
    Answer answer;
    cluster.raft(node).propose({"worker-1", kDraining}, answer.done());
    EXPECT_EQ(answer.get().error().code, ErrorCode::failed_precondition);
    cluster.stop(node);
    ASSERT_TRUE(cluster.start(node).ok());
  }
  cluster.stop(leader);
  ASSERT_TRUE(cluster.start(leader).ok());
  cluster.put("worker-1", kDraining);
}

}  // namespace
}  // namespace zkp::network::consensus::raft
