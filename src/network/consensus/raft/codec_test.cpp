#include <gtest/gtest.h>

#include "base/random.h"
#include "network/consensus/raft/address.h"
#include "network/consensus/raft/hello.h"
#include "network/consensus/raft/raft.h"
#include "network/consensus/raft/records.h"

namespace zkp::network::consensus::raft {
namespace {

using base::ErrorCode;

const Member kMember{.id = "coordinator-1",
                     .raft_address = "[2001:db8::1]:7000",
                     .worker_address = "coordinator-1.example:9090",
                     .http_address = ""};

TEST(Address, ComesBackAsItWent) {
  Member bare{.id = "c", .raft_address = "127.0.0.1:1"};
  for (const Member& member : {kMember, bare}) {
    const auto text = encode_address(member);
    ASSERT_TRUE(text.ok());
    const auto back = decode_address(*text);
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_EQ(*back, member);
  }
  EXPECT_EQ(*encode_address(kMember),
            "1 coordinator-1 [2001:db8::1]:7000 coordinator-1.example:9090 ");
}

TEST(Address, RefusesWhatIsNoMembers) {
  for (const char* text :
       {"", "1", "1 a", "1 a h:1", "1 a h:1 w", "2 a h:1 w h", "1  h:1 w h", "1 a h w h",
        "1 a h:0 w h", "1 a h:1 w h x", "1 a h:1 w\n h", "1 a :1 w h", "1 a h:65536 w h"}) {
    EXPECT_FALSE(decode_address(text).ok()) << text;
  }
  Member member = kMember;
  member.id = std::string(kMostIdBytes + 1, 'i');
  EXPECT_EQ(encode_address(member).error().code, ErrorCode::invalid_argument);
  member.id = "with space";
  EXPECT_FALSE(encode_address(member).ok());
  member = kMember;
  member.http_address = std::string(kMostAddressBytes + 1, 'h');
  EXPECT_FALSE(encode_address(member).ok());
}

TEST(Address, TakesHostsOfEveryKind) {
  const auto host_of = [](std::string_view text) {
    const auto place = parse_host_port(text);
    return place.ok() ? place->host + "|" + place->port : "none";
  };
  EXPECT_EQ(host_of("127.0.0.1:7000"), "127.0.0.1|7000");
  EXPECT_EQ(host_of("raft.example:1"), "raft.example|1");
  EXPECT_EQ(host_of("[::1]:65535"), "::1|65535");
  for (const char* text :
       {"::1:7000", "[::1]", "[]:1", "a:", "a:1x", "a:-1", "a", "[a:1", "a]:1"}) {
    EXPECT_EQ(host_of(text), "none") << text;
  }
}

TEST(Address, NumbersAreFixed) {
  EXPECT_EQ(number_of("coordinator-1"), number_of("coordinator-1"));
  EXPECT_NE(number_of("coordinator-1"), number_of("coordinator-2"));
  EXPECT_EQ(number_of("abc"), 0xeacf018fbf1678baULL);
}

TEST(Records, CommandsComeBackAsTheyWent) {
  const WorkerRecord record{
      .draining = true, .quarantined = true, .reason = std::string("not \xff UTF-8\0", 13)};
  for (const Command& command : {Command{"worker-1", record}, Command{"worker-2", WorkerRecord{}},
                                 Command{std::string(kMostWorkerIdBytes, 'w'), std::nullopt}}) {
    const base::Bytes bytes = encode_command(command);
    EXPECT_EQ(bytes.size() % 8, 0U);
    const auto back = decode_command(bytes);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->worker_id, command.worker_id);
    EXPECT_EQ(back->record, command.record);
  }
}

TEST(Records, SnapshotsComeBackAsTheyWent) {
  WorkerRecords workers;
  for (int i = 0; i < 100; ++i) {
    const bool odd = i % 2 == 1;
    workers["worker-" + std::to_string(i)] = {
        .draining = odd,
        .quarantined = !odd,
        .reason = std::string(static_cast<std::size_t>(i), 'r')};
    const auto back = decode_snapshot(encode_snapshot(workers));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, workers);
  }
  EXPECT_TRUE(decode_snapshot(encode_snapshot({}))->empty());
}

TEST(Records, NoticeEveryDamage) {
  const base::Bytes good = encode_snapshot({{"worker-1", {.draining = true, .reason = "reason"}}});
  for (std::size_t i = 0; i < good.size(); ++i) {
    base::Bytes changed = good;
    changed[i] ^= 0x10;
    // Only the filling at the end counts for nothing.
    const bool filling = i + 8 > good.size() && good[i] == 0;
    EXPECT_EQ(decode_snapshot(changed).ok(), filling) << i;
    EXPECT_FALSE(decode_snapshot(base::ByteView(good).first(i)).ok()) << i;
  }
}

TEST(Records, NameCommandsOfAnotherVersion) {
  // A snapshot that is empty is also a command without content.
  const auto command = decode_command(encode_snapshot({}));
  ASSERT_FALSE(command.ok());
  EXPECT_EQ(command.error().code, ErrorCode::failed_precondition);
}

TEST(Hello, ComesBackAsItWent) {
  const Hello hello{.cluster_id = "zkp", .wanted_id = "coordinator-2", .speaker = kMember};
  const base::Bytes bytes = encode_hello(hello);
  const auto size = decode_hello_header(bytes);
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(*size + kHelloHeaderBytes, bytes.size());
  const auto back = decode_hello(base::ByteView(bytes).subspan(kHelloHeaderBytes));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->cluster_id, hello.cluster_id);
  EXPECT_EQ(back->wanted_id, hello.wanted_id);
  EXPECT_EQ(back->speaker, hello.speaker);
}

TEST(Hello, RefusesSizesBeforeReadingThem) {
  base::Bytes header = encode_hello({.cluster_id = "zkp", .wanted_id = "", .speaker = kMember});
  for (const std::uint32_t size : {0U, 4097U, 0xffffffffU}) {
    base::store_le(header.data() + 4, size);
    EXPECT_FALSE(decode_hello_header(header).ok()) << size;
  }
  EXPECT_FALSE(decode_hello(base::Bytes(kMostHelloBytes + 1)).ok());
}

TEST(Options, MustMakeSense) {
  Raft::Options good;
  good.self = kMember;
  good.data_dir = "unused";
  std::vector<Raft::Options> wrong(9, good);
  wrong[0].self.id = "";
  wrong[1].cluster_id = "two words";
  wrong[2].data_dir = "";
  wrong[3].heartbeat = wrong[3].election;
  wrong[4].bootstrap_members = {{.id = "coordinator-2", .raft_address = "a:1"}};
  wrong[5].bootstrap_members = {kMember, kMember};
  wrong[6].bootstrap_members = {kMember, {.id = "b", .raft_address = kMember.raft_address}};
  wrong[7].bootstrap_members = {{.id = kMember.id, .raft_address = "elsewhere:1"}};
  wrong[8].snapshot_threshold = 0;
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    Raft raft(wrong[i]);
    const base::Status status = raft.start([](const State&) {});
    ASSERT_FALSE(status.ok()) << i;
    EXPECT_EQ(status.error().code, ErrorCode::invalid_argument) << i;
  }
}

}  // namespace
}  // namespace zkp::network::consensus::raft
