#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/random.h"
#include "prover/ceremony/chacha.h"
#include "prover/iden3/container.h"

// What a contribution says of itself, and what its secret is drawn from. The same for both phases.
namespace zkp::prover::ceremony {

// A public random value and how often it is hashed: the secret of a contribution that anybody can
// make again, and nobody could choose.
struct Beacon {
  static constexpr unsigned kLeastIterationsLog = 10, kMostIterationsLog = 63;

  base::Bytes value;                // 1 to 255 bytes
  std::uint8_t iterations_log = 0;  // log2 of the number of hashes
};

struct Parameters {
  std::string name;
  std::optional<Beacon> beacon;  // none: a contribution of fresh randomness
};

// invalid_argument unless the name has at most 64 UTF-16 units, as snarkjs cuts it, and no control
// characters, and the beacon is within its limits.
base::Status check_parameters(const Parameters& parameters);

// The type u32, the size u32 and that many bytes of parameters at the beginning of `bytes`, which
// moves past them. `who` is for errors: "section 10: contribution 2".
base::Result<Parameters> take_parameters(const iden3::Container& file, base::ByteView& bytes,
                                         std::string_view who);
// The same the other way. REQUIRES: check_parameters() is content.
void append_parameters(base::Bytes& out, const Parameters& parameters);

// SHA-256 of the beacon's value, over and over. `cancelled` soon after a stop is asked for; 2^30
// hashes take minutes.
base::Result<ChaCha> generator_of(const Beacon& beacon, std::stop_token stop);

// Fresh randomness, hashed together with whatever the contributor has typed: as unpredictable as
// the better one of them.
ChaCha generator_of(base::Random& random, std::string_view entropy);

}  // namespace zkp::prover::ceremony
