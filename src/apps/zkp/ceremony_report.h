#pragma once

#include <string>

#include "base/bytes.h"
#include "prover/ceremony/key_contributions.h"

namespace zkp::apps {

// A hash in four lines of four words, as snarkjs shows it, so that people can compare them.
std::string hash_text(std::string_view title, base::ByteView hash);

// The name of a contribution as a stranger gave it, without what a terminal would obey.
std::string shown_name(std::string_view name);

// The lines that say what a beacon was.
std::string beacon_text(const prover::ceremony::Parameters& parameters);

}  // namespace zkp::apps
