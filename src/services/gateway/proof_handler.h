#pragma once

#include <chrono>

#include "base/time.h"
#include "network/http/blocking_pool.h"
#include "network/http/message.h"
#include "network/store/store.h"
#include "services/gateway/permits.h"
#include "services/gateway/submission.h"
#include "services/gateway/task_watch.h"
#include "services/request/input_seal.h"

namespace zkp::services::gateway {

// Tasks over HTTP: accept, read, follow, cancel, list. Keeps no state of its own. Any thread.
class ProofHandler {
 public:
  struct Options {
    std::size_t most_body_bytes = 5 << 20;
    std::size_t most_witness_bytes = 32 << 20;
    // Who waits for a task reads it again this often, whatever the hints say.
    std::chrono::milliseconds reread{2'000};
    std::chrono::milliseconds heartbeat{15'000};  // of an event stream on which nothing happens
  };
  // REQUIRES: everything outlives the handler.
  struct Ports {
    network::store::Store& store;
    const request::InputSeal& seal;
    const base::Clock& clock;
    Submissions& submissions;
    network::http::BlockingPool& pool;
    TaskWatch& watch;
  };
  using Request = network::http::Request;
  using Reply = base::Result<network::http::Response>;

  ProofHandler(const Options& options, const Ports& ports) : options_(options), ports_(ports) {}

  // A body of JSON, or multipart/form-data with a ready witness.
  network::http::Task<Reply> accept(const Request& request, network::http::BodySource& body);
  // These block.
  Reply cancel(const Request& request);
  Reply list(const Request& request);
  // These suspend.
  network::http::Task<Reply> get(const Request& request);
  network::http::Task<Reply> events(const Request& request);

 private:
  Reply submit(const Request& request, const ProofRequest& proof,
               const std::string& request_digest);
  [[nodiscard]] FindRegistered finder() const;
  network::http::Task<base::Result<network::task::Task>> find(const network::task::TaskId& id);
  network::http::Task<void> follow(network::task::TaskId id, network::http::StreamWriter& out);

  static constexpr std::ptrdiff_t kMostWitnesses = 8;  // they are held in memory

  const Options options_;
  const Ports ports_;
  Permits witnesses_{kMostWitnesses};
};

}  // namespace zkp::services::gateway
