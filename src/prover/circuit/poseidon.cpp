#include "prover/circuit/poseidon.h"

#include <algorithm>
#include <array>
#include <utility>

#include "prover/circuit/poseidon_rows.h"

namespace zkp::prover::circuit {
namespace {

using State = std::array<Fr, kMostPoseidonInputs + 1>;

struct Powers {
  Fr x, x2, x4, x5;
};

// Calls trace with the powers at every S-box, in order.
template <class Trace>
Fr permute(std::span<const Fr> inputs, Trace&& trace) {
  const PoseidonParameters& p = poseidon_parameters(inputs.size());
  base::Secret<std::array<State, 2>> memory;
  std::span<Fr> state = std::span(memory.reveal_mutable()[0]).first(p.width);
  std::span<Fr> next = std::span(memory.reveal_mutable()[1]).first(p.width);
  std::ranges::copy(inputs, state.begin() + 1);
  constexpr std::size_t kHalf = kPoseidonFullRounds / 2;
  for (std::size_t round = 0; round < p.constants.size(); ++round) {
    for (std::size_t i = 0; i < p.width; ++i) state[i] += p.constants[round][i];
    const bool full = round < kHalf || round >= kHalf + p.partial_rounds;
    for (Fr& element : state.first(full ? p.width : 1)) {
      Powers powers{.x = element, .x2 = element.squared(), .x4 = {}, .x5 = {}};
      powers.x4 = powers.x2.squared();
      powers.x5 = powers.x4 * element;
      trace(powers);
      element = powers.x5;
    }
    for (std::size_t i = 0; i < p.width; ++i) next[i] = dot(p.matrix.row(i), state);
    std::swap(state, next);
  }
  return state[0];
}

}  // namespace

Fr poseidon_hash(std::span<const Fr> inputs) {
  return permute(inputs, [](const Powers&) {});
}

Linear poseidon(Builder& builder, std::span<const Linear> inputs, WireKind kind) {
  const auto is_constant = [](const Linear& input) { return input.is_constant(); };
  if (std::ranges::all_of(inputs, is_constant)) {
    ZKP_ASSERT(kind == WireKind::inner);
    Vector values;
    for (const Linear& input : inputs) values.push_back(input.constant_part());
    return Linear::constant(poseidon_hash(values));
  }
  base::SecretVector<Fr> values(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    values.reveal_mutable()[i] = builder.value_of(inputs[i]);
  }
  const PoseidonRows& rows = poseidon_rows(inputs.size());
  std::vector<SboxWires> wires;
  wires.reserve(rows.sbox_count());
  const Fr value = permute(values.reveal(), [&](const Powers& powers) {
    const std::size_t i = wires.size();
    SboxWires& sbox = wires.emplace_back();
    if (i == 0) return;  // works on a constant
    if (rows.has_input_wire(i)) sbox.x = builder.add_wire(WireKind::inner, powers.x);
    sbox.x2 = builder.add_wire(WireKind::inner, powers.x2);
    sbox.x4 = builder.add_wire(WireKind::inner, powers.x4);
    if (rows.has_output_wire(i)) sbox.x5 = builder.add_wire(WireKind::inner, powers.x5);
  });
  const Wire hash = builder.add_wire(kind, value);
  if (!builder.has_values()) rows.constrain(builder, inputs, wires, hash);
  return hash;
}

}  // namespace zkp::prover::circuit
