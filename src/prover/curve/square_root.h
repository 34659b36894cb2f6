#pragma once

#include <optional>

#include "prover/curve/tower.h"

namespace zkp::prover::curve {

// A number whose square is `value`, or nothing. Which of the two is not said. Variable time.
std::optional<Fq> square_root(const Fq& value);
std::optional<Fq2> square_root(const Fq2& value);

}  // namespace zkp::prover::curve
