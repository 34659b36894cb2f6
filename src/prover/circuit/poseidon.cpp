#include "prover/circuit/poseidon.h"

#include <algorithm>
#include <array>

#include "prover/circuit/poseidon_rows.h"

namespace zkp::prover::circuit {
namespace {

using State = std::array<Fr, kMostPoseidonInputs + 1>;

struct SboxTrace {
  Fr x, x2, x4, x5;
};

struct NoTrace {
  void operator()(const SboxTrace&) const {}
};

template <class Trace>
Fr sbox(const Fr& x, Trace& trace) {
  SboxTrace powers{.x = x, .x2 = x.squared(), .x4 = {}, .x5 = {}};
  powers.x4 = powers.x2.squared();
  powers.x5 = powers.x4 * x;
  trace(powers);
  return powers.x5;
}

template <class Trace>
void full_sboxes(std::span<Fr> state, Trace& trace) {
  for (Fr& element : state) element = sbox(element, trace);
}

void multiply(const Matrix& matrix, std::span<Fr> state) {
  State old;
  std::ranges::copy(state, old.begin());
  for (std::size_t i = 0; i < state.size(); ++i) {
    state[i] = dot(std::span(matrix.entries).subspan(i * matrix.size, matrix.size),
                   std::span(old).first(matrix.size));
  }
}

void add(const Vector& constants, std::span<Fr> state) {
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += constants[i];
}

// Takes the state before the first partial round to that before the full round that follows, the
// constants of both included.
template <class Trace>
void partial_rounds(const PoseidonParameters& p, std::span<Fr> state, Trace& trace) {
  const std::span<Fr> others = state.subspan(1);
  for (std::size_t k = 0; k < p.partial_rounds; ++k) {
    const Fr z = sbox(state[0], trace);
    state[0] = p.matrix.at(0, 0) * z + dot(p.row[k], others) + p.kappa[k];
    for (std::size_t i = 0; i < others.size(); ++i) others[i] += p.column[k][i] * z;
  }
  multiply(p.dense, others);
  add(p.dense_constant, others);
}

// Calls trace for every S-box, in order.
template <class Trace>
Fr permute(std::span<const Fr> inputs, Trace&& trace) {
  const PoseidonParameters& p = poseidon_parameters(inputs.size());
  base::Secret<State> secret_state;
  const std::span<Fr> state = std::span(secret_state.reveal_mutable()).first(p.width);
  std::ranges::copy(inputs, state.begin() + 1);
  constexpr std::size_t kHalf = kPoseidonFullRounds / 2;
  add(p.constants[0], state);
  for (std::size_t round = 0; round < kHalf; ++round) {
    full_sboxes(state, trace);
    multiply(p.matrix, state);
    add(p.constants[round + 1], state);
  }
  partial_rounds(p, state, trace);
  for (std::size_t round = kHalf + p.partial_rounds; round + 1 < p.constants.size(); ++round) {
    full_sboxes(state, trace);
    multiply(p.matrix, state);
    add(p.constants[round + 1], state);
  }
  full_sboxes(state, trace);
  return dot(std::span(p.matrix.entries).first(p.width), state);
}

bool all_constant(std::span<const Linear> inputs) {
  return std::ranges::all_of(inputs, [](const Linear& input) { return input.is_constant(); });
}

// The hash in a witness run, with the powers at each S-box; both zero in a run for constraints.
struct Evaluation {
  Fr hash;
  base::SecretVector<SboxTrace> sboxes;
};

Evaluation evaluate(const Builder& builder, std::span<const Linear> inputs) {
  Evaluation result{
      .hash = {},
      .sboxes = base::SecretVector<SboxTrace>(poseidon_constraint_count(inputs.size()) / 3 + 1)};
  if (!builder.has_values()) return result;
  base::SecretVector<Fr> values(inputs.size());
  std::ranges::transform(inputs, values.reveal_mutable().begin(),
                         [&](const Linear& input) { return builder.value_of(input); });
  std::size_t next = 0;
  result.hash = permute(values.reveal(), [&](const SboxTrace& powers) {
    result.sboxes.reveal_mutable()[next++] = powers;
  });
  ZKP_ASSERT(next == result.sboxes.size());
  return result;
}

void add_hash(Builder& builder, std::span<const Linear> inputs, Wire hash,
              const Evaluation& evaluation) {
  const PoseidonRows& rows = poseidon_rows(inputs.size());
  const std::span<const SboxTrace> sboxes = evaluation.sboxes.reveal();
  std::vector<SboxWires> wires(sboxes.size());
  for (std::size_t i = 1; i < sboxes.size(); ++i) {
    const auto add_inner = [&](const Fr& value) {
      return builder.add_wire(WireKind::inner, value);
    };
    if (rows.has_input_wire(i)) wires[i].x = add_inner(sboxes[i].x);
    wires[i].x2 = add_inner(sboxes[i].x2);
    wires[i].x4 = add_inner(sboxes[i].x4);
    if (rows.has_output_wire(i)) wires[i].x5 = add_inner(sboxes[i].x5);
  }
  if (!builder.has_values()) rows.constrain(builder, inputs, wires, hash);
}

}  // namespace

Fr poseidon_hash(std::span<const Fr> inputs) { return permute(inputs, NoTrace{}); }

Linear poseidon(Builder& builder, std::span<const Linear> inputs, WireKind kind) {
  if (all_constant(inputs)) {
    ZKP_ASSERT(kind == WireKind::inner);
    Vector values;
    for (const Linear& input : inputs) values.push_back(input.constant_part());
    return Linear::constant(poseidon_hash(values));
  }
  const Evaluation evaluation = evaluate(builder, inputs);
  const Wire hash = builder.add_wire(kind, evaluation.hash);
  add_hash(builder, inputs, hash, evaluation);
  return hash;
}

void require_poseidon(Builder& builder, std::span<const Linear> inputs, Wire hash,
                      std::string_view falsehood) {
  ZKP_ASSERT(!all_constant(inputs));
  const Evaluation evaluation = evaluate(builder, inputs);
  if (builder.has_values() && builder.value_of(hash) != evaluation.hash) {
    builder.note_falsehood(falsehood);
  }
  add_hash(builder, inputs, hash, evaluation);
}

}  // namespace zkp::prover::circuit
