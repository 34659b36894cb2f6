#pragma once

#include <string_view>

#include "prover/ceremony/powers_contributions.h"

namespace zkp::prover::ceremony {

// The hash of the powers that a ceremony begins with, all generators. `cancelled` soon after a stop
// is asked for. REQUIRES: power <= 28.
base::Result<TranscriptHash> first_challenge(std::uint32_t power, std::stop_token stop);

// failed_precondition: what is wrong with the powers.
base::Error unsound(std::string_view message);

// That each contribution goes on from the one before, the first from generators. What stands in the
// file is not looked at. failed_precondition if not; also if there is none.
base::Status verify_powers_chain(std::span<const PowersContribution> contributions,
                                 const TranscriptHash& first_challenge,
                                 const std::stop_token& stop);

}  // namespace zkp::prover::ceremony
