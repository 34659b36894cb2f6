#include <fmt/format.h>
#include <fmt/ranges.h>

#include "prover/iden3/formats.h"

namespace zkp::prover::iden3 {
namespace {

// A word as the calldata has it, in quotes.
template <class Field>
std::string word(const Field& value) {
  const field::Limbs limbs = value.to_standard();
  return fmt::format("\"0x{:016x}{:016x}{:016x}{:016x}\"", limbs[3], limbs[2], limbs[1], limbs[0]);
}

std::string pair(const field::Fq& first, const field::Fq& second) {
  return fmt::format("[{}, {}]", word(first), word(second));
}

}  // namespace

// The spaces are snarkjs' own.
std::string write_solidity_calldata(const groth16::Proof& proof,
                                    std::span<const field::Fr> public_signals) {
  std::vector<std::string> signals;
  for (const field::Fr& signal : public_signals) signals.push_back(word(signal));
  return fmt::format("{},[{},{}],{},[{}]", pair(proof.a.x, proof.a.y),
                     pair(proof.b.x.c1, proof.b.x.c0), pair(proof.b.y.c1, proof.b.y.c0),
                     pair(proof.c.x, proof.c.y), fmt::join(signals, ","));
}

}  // namespace zkp::prover::iden3
