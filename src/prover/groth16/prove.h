#pragma once

#include <optional>

#include "prover/groth16/setup.h"

namespace zkp::prover::groth16 {

// The prover's blinding factors, uniform modulo r.
struct Blinding {
  Fr r, s;
};

struct ProveOptions {
  const field::Kernels& kernels;
  base::Random& random;
  std::stop_token stop = {};
  Progress progress = {};
  const Blinding* fixed_blinding = nullptr;  // for known answers in tests only
};

// Seconds spent in each phase, for `zkp bench` and for metrics.
struct ProveTimings {
  double rows = 0, transforms = 0, msm_a = 0, msm_b1 = 0, msm_b2 = 0, msm_c = 0, msm_h = 0,
         total = 0;
};

// A proof that the witness satisfies the circuit of `key` (Groth 2016, section 3.2). Does not check
// that it does: an unsatisfied witness gives a proof that does not verify. Runs on the threads of
// the calling tbb arena. Errors: invalid_argument (a witness of another size, value[0] not 1),
// cancelled.
base::Result<Proof> prove(const ProvingKey& key, const circuit::Witness& witness,
                          const ProveOptions& options, ProveTimings* timings = nullptr);

// The public signals of a witness, in order.
base::Result<std::vector<Fr>> public_signals_of(const ProvingKey& key,
                                                const circuit::Witness& witness);

// The most memory that a process holds that proves on so many threads, key included, in bytes; from
// numbers of a .zkey header. REQUIRES: freed memory goes back to the system (return_freed_memory()
// of apps/program/program.h).
struct KeySizes {
  std::uint64_t wire_count, public_count, domain_size, coefficient_count;
};
std::uint64_t predicted_memory_bytes(const KeySizes& sizes, std::size_t threads);
inline constexpr std::size_t kMostProvingThreads = 5;  // more of them do not take more memory

}  // namespace zkp::prover::groth16
