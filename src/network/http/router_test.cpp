#include "network/http/router.h"

#include <gtest/gtest.h>

namespace zkp::network::http {
namespace {

Router router_of(std::initializer_list<std::pair<const char*, const char*>> routes) {
  Router router;
  for (const auto& [method, pattern] : routes) router.add(method, pattern, nullptr);
  return router;
}

std::string pattern_of(const Router& router, const char* method, const char* path) {
  const auto found = router.find(method, path);
  if (!found.ok()) return "error";
  return found->route == nullptr ? "none" : found->route->pattern;
}

TEST(Router, PrefersLiteralSegmentsFromTheLeft) {
  const auto router = router_of({{"GET", "/c/{type}/{sizes}"},
                                 {"GET", "/c/{type}/key.json"},
                                 {"GET", "/c/all/{sizes}"},
                                 {"GET", "/c/{type}"}});
  EXPECT_EQ(pattern_of(router, "GET", "/c/tree/3,2"), "/c/{type}/{sizes}");
  EXPECT_EQ(pattern_of(router, "GET", "/c/tree/key.json"), "/c/{type}/key.json");
  EXPECT_EQ(pattern_of(router, "GET", "/c/all/key.json"), "/c/all/{sizes}");
  EXPECT_EQ(pattern_of(router, "GET", "/c/tree%2F3"), "/c/{type}");
}

TEST(Router, MatchesWholePathsOnly) {
  const auto router = router_of({{"GET", "/a/{x}"}, {"GET", "/"}});
  EXPECT_EQ(pattern_of(router, "GET", "/"), "/");
  for (const char* path : {"", "a/1", "*", "/a", "/a/", "/a/1/", "/a/1/2", "//a/1", "/b/1"}) {
    EXPECT_EQ(pattern_of(router, "GET", path), "none") << path;
  }
  EXPECT_EQ(pattern_of(router, "GET", "/a/%"), "error");
}

TEST(Router, GivesDecodedParameters) {
  const auto router = router_of({{"GET", "/a/{x}/b/{y}"}});
  const auto found = router.find("GET", "/a/1%2F2/b/%C3%A9+");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->parameters.at("x"), "1/2");
  EXPECT_EQ(found->parameters.at("y"), "\xC3\xA9+");
}

TEST(Router, SaysWhichMethodsAPathTakes) {
  const auto router = router_of({{"GET", "/a"}, {"DELETE", "/a"}, {"POST", "/b"}});
  EXPECT_EQ(pattern_of(router, "HEAD", "/a"), "/a");
  const auto found = router.find("PUT", "/a");
  EXPECT_EQ(found->route, nullptr);
  EXPECT_EQ(found->allow, "GET, HEAD, DELETE");
  EXPECT_EQ(router.find("PUT", "/c")->allow, "");
}

}  // namespace
}  // namespace zkp::network::http
