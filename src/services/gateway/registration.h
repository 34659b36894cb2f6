#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "network/store/artifact_store.h"
#include "network/store/store.h"
#include "prover/field/kernels.h"
#include "services/gateway/proof_request.h"
#include "services/gateway/submission.h"
#include "services/gateway/temporary_file.h"

namespace zkp::services::gateway {

// What a client brings in order to register a circuit. Files that are not there are missing.
struct CircuitUpload {
  std::string name;
  std::optional<TemporaryFile> r1cs, wasm, zkey;
  std::optional<base::GrowingSecret<std::uint8_t>> example;  // circom's input.json
  // Also takes a key by which proofs can be forged, and says so of the circuit.
  bool allow_insecure_setup = false;
};

struct Registration {
  network::store::Circuit circuit;
  bool is_new = false;  // false: these files were registered already
  // Proves the example; or why it could not be submitted, which the registration does not mind.
  std::optional<base::Result<network::task::Task>> trial;
};

// Registers circuits: checks their files before anything can use them.
class Registry {
 public:
  // REQUIRES: all of them outlive this.
  struct Ports {
    network::store::Store& store;
    network::store::ArtifactStore& artifacts;
    const prover::field::Kernels& kernels;
    const base::Clock& clock;
    base::Random& random;
    Submissions& submissions;
  };
  explicit Registry(const Ports& ports) : ports_(ports) {}

  // Files become artifacts, and then the circuit has a version. It is available once a proof was
  // verified: of the example, or else of its first task.
  // invalid_argument: what is wrong, and with which part; unavailable, resource_exhausted: the
  // store's; cancelled. Blocks; any thread. Holds a few MiB and the program, however large the key.
  base::Result<Registration> add(const CircuitUpload& upload, std::stop_token stop);

 private:
  base::Result<std::string> store_file(const prover::iden3::MappedFile& file,
                                       const std::string& digest, const std::stop_token& stop);

  const Ports ports_;
};

}  // namespace zkp::services::gateway
