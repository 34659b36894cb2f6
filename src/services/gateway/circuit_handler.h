#pragma once

#include <map>
#include <mutex>

#include <nlohmann/json.hpp>

#include "network/http/message.h"
#include "network/store/store.h"

namespace zkp::services::gateway {

// The ready circuits that `name` means: the one of this id ("merkle_tree/3,2"), all of this family
// ("merkle_tree"), or a registered one (see find_registered). Empty if none is ready; not_found,
// with the nearest name, if there is no such family.
base::Result<std::vector<network::store::Circuit>> ready_circuits(const std::string& name,
                                                                  network::store::Store& store);

// The catalogue over HTTP, and the keys. Every call blocks. Any thread.
class CircuitHandler {
 public:
  // REQUIRES: the store outlives the handler.
  explicit CircuitHandler(network::store::Store& store) : store_(store) {}

  using Request = network::http::Request;
  using Reply = base::Result<network::http::Response>;
  Reply list(const Request& request);
  // A family, or one circuit of it. Parameters: type, perhaps sizes; the type may also be a whole
  // id.
  Reply get(const Request& request);
  // By type and sizes as above, by ?shape=3,2, or the only one there is.
  Reply verification_key(const Request& request);
  Reply solidity_verifier(const Request& request);
  // Parameter: digest.
  Reply verification_key_of_digest(const Request& request);
  Reply solidity_verifier_of_digest(const Request& request);

 private:
  Reply registered(const std::string& name);
  base::Result<std::uint64_t> example_constraint_count(const std::string& shape);
  base::Result<nlohmann::ordered_json> family_json(std::string_view name);
  base::Result<network::store::Circuit> one_ready(const Request& request);

  network::store::Store& store_;
  std::mutex mutex_;
  std::map<std::string, std::uint64_t> constraint_counts_;  // by shape; computed when asked for
};

}  // namespace zkp::services::gateway
