#pragma once

#include <chrono>
#include <string>

namespace zkp::network::store {

struct PostgresOptions {
  // As libpq takes it: "host=db user=zkp_user dbname=zkp_network" or "postgresql://...". Of several
  // hosts it uses the one that accepts writes. May hold a password: never in a log or an error.
  std::string connection;
  // For each address of each host; libpq rounds it up to whole seconds, at least two.
  std::chrono::milliseconds connect_timeout{2000};
  // How long the server may take over one call. A call waits as long again for those before it, and
  // for a connection: then its answer is `unavailable`.
  std::chrono::milliseconds call_timeout{4000};
};

}  // namespace zkp::network::store
