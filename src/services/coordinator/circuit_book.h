#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "network/store/store.h"
#include "prover/circuit/catalogue.h"
#include "prover/groth16/verify.h"

namespace zkp::services::coordinator {

// A circuit that has its key. What is here of it never changes.
struct ReadyCircuit {
  network::store::Circuit circuit;
  std::optional<prover::circuit::Shape> shape;  // of a built-in circuit
  prover::groth16::PreparedVerifyingKey key;
};

// Ready circuits as the store has them, read once. Any thread.
class CircuitBook {
 public:
  explicit CircuitBook(network::store::Store& store) : store_(store) {}

  // not_found if the circuit has no key yet; data_loss if what the store has does not read.
  base::Result<std::shared_ptr<const ReadyCircuit>> find(const network::task::CircuitId& id);

 private:
  network::store::Store& store_;
  std::mutex mutex_;
  std::map<network::task::CircuitId, std::shared_ptr<const ReadyCircuit>> circuits_;
};

}  // namespace zkp::services::coordinator
