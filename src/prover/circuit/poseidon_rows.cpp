#include "prover/circuit/poseidon_rows.h"

#include <algorithm>
#include <array>
#include <utility>

namespace zkp::prover::circuit {
namespace {

constexpr std::size_t kHalf = kPoseidonFullRounds / 2;

void add_scaled(Vector& sum, const Fr& factor, const Vector& vector) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += factor * vector[i];
}

template <std::size_t input_count>
const PoseidonRows& cached_rows() {
  static const PoseidonRows rows(poseidon_parameters(input_count));
  return rows;
}

}  // namespace

PoseidonRows::PoseidonRows(const PoseidonParameters& parameters)
    : parameters_(parameters),
      width_(parameters.width),
      partial_rounds_(parameters.partial_rounds),
      last_round_((kPoseidonFullRounds - 1) * width_ + partial_rounds_),
      matrix_inverse_(inverse(parameters.matrix)) {
  derive_partial_rounds();
}

std::size_t PoseidonRows::first_sbox(std::size_t round) const {
  if (round <= kHalf) return round * width_;
  if (round <= kHalf + partial_rounds_) return kHalf * width_ + round - kHalf;
  return (round - partial_rounds_) * width_ + partial_rounds_;
}

// Follows the state through the partial rounds as combinations of 1, the S-boxes' inputs x_0 .. x_P
// and the other elements s at their start: from x_(k+1) = M_00 z_k + sum of M_0j s_j + c comes the
// S-box's output z_k, from it the next s. What s became at the end, e, are inputs of the full round
// that follows; that linear map is then solved for s, and s replaced by e everywhere.
void PoseidonRows::derive_partial_rounds() {
  const Matrix& m = parameters_.matrix;
  const std::size_t others = width_ - 1;
  const std::size_t tail = partial_rounds_ + 2;  // where s, and later e, stands
  const Vector zero(tail + others);
  std::vector<Vector> state(others, zero);
  for (std::size_t i = 0; i < others; ++i) state[i][tail + i] = Fr::one();
  const Fr scale = m.at(0, 0).inverse();
  for (std::size_t k = 0; k < partial_rounds_; ++k) {
    const Vector& constants = parameters_.constants[kHalf + k + 1];
    Vector z = zero;
    z[0] = -scale * constants[0];
    z[k + 2] = scale;
    for (std::size_t j = 0; j < others; ++j) add_scaled(z, -scale * m.at(0, j + 1), state[j]);
    std::vector<Vector> next(others, zero);
    for (std::size_t i = 0; i < others; ++i) {
      next[i][0] = constants[i + 1];
      add_scaled(next[i], m.at(i + 1, 0), z);
      for (std::size_t j = 0; j < others; ++j) add_scaled(next[i], m.at(i + 1, j + 1), state[j]);
    }
    state = std::move(next);
    partial_output_.push_back(std::move(z));
  }

  Matrix start_to_end(others);
  for (std::size_t i = 0; i < others; ++i) {
    for (std::size_t j = 0; j < others; ++j) {
      start_to_end.at(i, j) = std::exchange(state[i][tail + j], Fr::zero());
    }
  }
  const Matrix end_to_start = inverse(start_to_end);
  partial_start_.assign(others, zero);
  for (std::size_t i = 0; i < others; ++i) {
    for (std::size_t j = 0; j < others; ++j) {
      add_scaled(partial_start_[i], -end_to_start.at(i, j), state[j]);
      partial_start_[i][tail + j] = end_to_start.at(i, j);
    }
  }
  for (Vector& z : partial_output_) {
    const Vector of_start(z.begin() + static_cast<std::ptrdiff_t>(tail), z.end());
    std::ranges::fill(std::span(z).subspan(tail), Fr::zero());
    for (std::size_t i = 0; i < others; ++i) add_scaled(z, of_start[i], partial_start_[i]);
  }
}

std::vector<Linear> PoseidonRows::sbox_inputs(std::span<const Linear> inputs,
                                              std::span<const SboxWires> wires) const {
  const std::vector<Vector>& constants = parameters_.constants;
  std::vector<Linear> x{Linear::constant(constants[0][0])};
  for (std::size_t i = 1; i < width_; ++i) {
    x.push_back(inputs[i - 1] + Linear::constant(constants[0][i]));
  }
  for (std::size_t i = width_; i < wires.size(); ++i) x.push_back(wires[i].x);

  // The second round's inputs less its constants, times the inverse matrix, are the first round's
  // outputs, and the first of those is known.
  Linear rest = Linear::constant(constants[0][0].power(5));
  for (std::size_t j = 1; j < width_; ++j) {
    const Linear element = x[width_ + j] - Linear::constant(constants[1][j]);
    rest = rest - matrix_inverse_.at(0, j) * element;
  }
  x[width_] = matrix_inverse_.at(0, 0).inverse() * rest + Linear::constant(constants[1][0]);
  return x;
}

std::vector<Linear> PoseidonRows::sbox_outputs(std::span<const Linear> x,
                                               std::span<const SboxWires> wires, Wire hash) const {
  const std::size_t first_partial = kHalf * width_;
  std::vector<Linear> partial{Wire{0}};
  std::ranges::copy(x.subspan(first_partial, partial_rounds_ + width_),
                    std::back_inserter(partial));
  std::vector<Linear> z;
  for (std::size_t round = 0; first_sbox(round) < last_round_; ++round) {
    if (round >= kHalf && round < kHalf + partial_rounds_) {
      z.push_back(Linear::weighted_sum(partial_output_[round - kHalf], partial));
      continue;
    }
    std::vector<Linear> next;  // the state at the next round, without that round's constants
    for (std::size_t j = 0; j < width_; ++j) {
      const bool from_start = round + 1 == kHalf && j > 0;
      const Linear element = from_start ? Linear::weighted_sum(partial_start_[j - 1], partial)
                                        : x[first_sbox(round + 1) + j];
      next.push_back(element - Linear::constant(parameters_.constants[round + 1][j]));
    }
    for (std::size_t i = 0; i < width_; ++i) {
      z.push_back(Linear::weighted_sum(matrix_inverse_.row(i), next));
    }
  }
  const Matrix& m = parameters_.matrix;
  Linear first = hash;
  for (std::size_t j = 1; j < width_; ++j) {
    first = first - m.at(0, j) * Linear(wires[last_round_ + j].x5);
  }
  z.push_back(m.at(0, 0).inverse() * first);
  for (std::size_t j = 1; j < width_; ++j) z.push_back(wires[last_round_ + j].x5);
  return z;
}

void PoseidonRows::constrain(Builder& builder, std::span<const Linear> inputs,
                             std::span<const SboxWires> wires, Wire hash) const {
  ZKP_ASSERT(inputs.size() + 1 == width_ && wires.size() == sbox_count());
  const std::vector<Linear> x = sbox_inputs(inputs, wires);
  const std::vector<Linear> x5 = sbox_outputs(x, wires, hash);
  for (std::size_t i = 1; i < wires.size(); ++i) {
    builder.constrain(x[i], x[i], wires[i].x2);
    builder.constrain(wires[i].x2, wires[i].x2, wires[i].x4);
    builder.constrain(wires[i].x4, x[i], x5[i]);
  }
}

const PoseidonRows& poseidon_rows(std::size_t input_count) {
  ZKP_ASSERT(input_count >= 1 && input_count <= kMostPoseidonInputs);
  static constexpr auto kCached = []<std::size_t... i>(std::index_sequence<i...>) {
    return std::array{&cached_rows<i + 1>...};
  }(std::make_index_sequence<kMostPoseidonInputs>());
  return kCached[input_count - 1]();
}

}  // namespace zkp::prover::circuit
