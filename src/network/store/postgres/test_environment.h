#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "network/store/postgres/test_server.h"

// One server for all tests of a program, which are skipped where there is none. To be included by
// that program's sources; it registers itself with GoogleTest.
namespace zkp::network::store::postgres {

class ServerEnvironment final : public testing::Environment {
 public:
  void SetUp() override {
    auto started = TestServer::start({});
    if (started) {
      server_ = *std::move(started);
    } else if (started.error().code == base::ErrorCode::unavailable) {
      GTEST_SKIP() << started.error().message;
    } else {
      FAIL() << started.error().message;
    }
  }
  void TearDown() override { server_.reset(); }

  [[nodiscard]] TestServer& server() const {
    ZKP_ASSERT(server_ != nullptr);
    return *server_;
  }

 private:
  std::unique_ptr<TestServer> server_;
};

// GoogleTest owns it.
inline const auto* const kEnvironment =
    static_cast<const ServerEnvironment*>(testing::AddGlobalTestEnvironment(new ServerEnvironment));

inline TestServer& server() { return kEnvironment->server(); }
// A database of its own for one test, with the present schema.
inline PostgresOptions new_database() { return server().options(server().make_database()); }

}  // namespace zkp::network::store::postgres
