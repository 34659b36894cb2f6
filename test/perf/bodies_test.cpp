#include "test/perf/bodies.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace zkp::test::perf {
namespace {

TEST(Bodies, OfTheTestCircuitDiffer) {
  const auto bodies = Bodies::open({.circuit = "test"});
  ASSERT_TRUE(bodies.ok());
  EXPECT_EQ(bodies->make(4), R"({"circuit_type":"test","inputs":{"x":["5"]}})");
  EXPECT_NE(bodies->make(4), bodies->make(5));
}

TEST(Bodies, OfMerkleProofHaveAPathOfTheDepth) {
  const auto bodies = Bodies::open({.circuit = "merkle_proof", .depth = 3});
  ASSERT_TRUE(bodies.ok());
  const auto body = nlohmann::json::parse(bodies->make(9), nullptr, false);
  EXPECT_EQ(body["circuit_type"], "merkle_proof");
  EXPECT_EQ(body["inputs"]["siblings"].size(), 3U);
  EXPECT_EQ(body["inputs"]["leaf_index"], "1");  // 9 modulo 2^3
}

TEST(Bodies, OfAFileAreItsContent) {
  const auto path = std::filesystem::temp_directory_path() / "zkp-load-bodies-test.json";
  std::ofstream(path) << "{\"a\":1}";
  const auto bodies = Bodies::open({.file = path.string()});
  ASSERT_TRUE(bodies.ok());
  EXPECT_EQ(bodies->make(1), "{\"a\":1}");
  std::filesystem::remove(path);
}

TEST(Bodies, RefuseWhatTheyCannotMake) {
  EXPECT_FALSE(Bodies::open({.circuit = "sudoku"}).ok());
  EXPECT_FALSE(Bodies::open({.depth = 64}).ok());
  EXPECT_FALSE(Bodies::open({.file = "there/is/no/such/file"}).ok());
}

}  // namespace
}  // namespace zkp::test::perf
