#include "prover/circuit/poseidon_rows.h"

#include <array>
#include <utility>

namespace zkp::prover::circuit {
namespace {

constexpr std::size_t kHalf = kPoseidonFullRounds / 2;

void add_scaled(Vector& sum, const Fr& factor, const Vector& vector) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += factor * vector[i];
}

// The outputs z_k of the partial rounds, from the end backwards. The unknowns are the S-box inputs
// x_0 .. x_P (x_P belongs to the full round that follows) and the other inputs e of that full
// round:
//   z_k = constant[k] + sum over i >= 1 of shift[i] x_(k+i) + end[k] . e
// In the notation of PoseidonParameters, with sigma_P = N^-P (e - d_P) and
// sigma_(k+1) = sigma_P - sum over j > k of N^-(j+1) w z_j:
//   m z_k = x_(k+1) - kappa_k - v N^k . (sigma_(k+1) - N^-(k+1) w z_k).
struct PartialOutputs {
  Vector constant;
  Vector shift;  // [0] is not used
  std::vector<Vector> end;
};

PartialOutputs partial_outputs(const PoseidonParameters& p) {
  const SplitMatrix parts = split(p.matrix);
  const Matrix rest_inverse = inverse(parts.rest);
  const std::size_t rounds = p.partial_rounds;
  Vector h(rounds);  // h[d] = v N^-(d+1) w: what z_(k+d) contributes to round k
  Vector column = parts.left;
  for (Fr& element : h) {
    column = rest_inverse * column;
    element = dot(parts.top, column);
  }
  // Never zero: the Schur complement of N in M, both being Cauchy matrices.
  const Fr scale = (p.matrix.at(0, 0) - h[0]).inverse();

  PartialOutputs result{
      .constant = Vector(rounds), .shift = Vector(rounds + 1), .end = std::vector<Vector>(rounds)};
  result.shift[1] = scale;
  for (std::size_t i = 2; i <= rounds; ++i) {
    for (std::size_t d = 1; d < i; ++d) result.shift[i] += h[d] * result.shift[i - d];
    result.shift[i] *= scale;
  }
  Vector end_row = parts.top;  // v N^(k - P)
  for (std::size_t k = rounds; k-- > 0;) {
    end_row = end_row * rest_inverse;
    Vector end(end_row.size());
    add_scaled(end, -scale, end_row);
    Fr constant = dot(end_row, p.dense_constant) - p.kappa[k];
    for (std::size_t d = 1; k + d < rounds; ++d) {
      add_scaled(end, scale * h[d], result.end[k + d]);
      constant += h[d] * result.constant[k + d];
    }
    result.constant[k] = scale * constant;
    result.end[k] = std::move(end);
  }
  return result;
}

template <std::size_t input_count>
const PoseidonRows& cached_rows() {
  static const PoseidonRows rows(poseidon_parameters(input_count));
  return rows;
}

}  // namespace

PoseidonRows::PoseidonRows(const PoseidonParameters& p)
    : width_(p.width),
      partial_rounds_(p.partial_rounds),
      last_round_((kPoseidonFullRounds - 1) * p.width + p.partial_rounds),
      first_constants_(p.constants[0]),
      output_(last_round_),
      hash_row_(p.matrix.entries.begin(),
                p.matrix.entries.begin() + static_cast<std::ptrdiff_t>(p.width)),
      hash_scale_(p.matrix.at(0, 0).inverse()) {
  const Matrix matrix_inverse = inverse(p.matrix);
  derive_first_rounds(p, matrix_inverse);
  derive_partial_rounds(p, matrix_inverse);
  derive_last_rounds(p, matrix_inverse);
}

std::size_t PoseidonRows::first_sbox(std::size_t round) const {
  if (round <= kHalf) return round * width_;
  if (round <= kHalf + partial_rounds_) return kHalf * width_ + round - kHalf;
  return (round - partial_rounds_) * width_ + partial_rounds_;
}

// The output of an S-box of a full round that a full round follows: the inverse matrix, applied to
// the next round's inputs without their constants.
PoseidonRows::Row PoseidonRows::row_of_next_round(const PoseidonParameters& p,
                                                  const Matrix& matrix_inverse, std::size_t round,
                                                  std::size_t element) const {
  const std::span<const Fr> inverse_row =
      std::span(matrix_inverse.entries).subspan(element * width_, width_);
  return {.constant = -dot(inverse_row, p.constants[round + 1]),
          .first = first_sbox(round + 1),
          .coefficient = Vector(inverse_row.begin(), inverse_row.end())};
}

void PoseidonRows::derive_first_rounds(const PoseidonParameters& p, const Matrix& matrix_inverse) {
  // S-box 0 gives a known constant z: so the second round's first input x follows from the others.
  const Fr z = p.constants[0][0].power(5);
  const Row first = row_of_next_round(p, matrix_inverse, 0, 0);
  const Fr scale = first.coefficient[0].inverse();  // a quotient of Cauchy determinants: not zero
  Row& x = second_round_input_;
  x = {.constant = scale * (z - first.constant), .first = width_ + 1, .coefficient = {}};
  for (std::size_t j = 1; j < width_; ++j) x.coefficient.push_back(-scale * first.coefficient[j]);

  for (std::size_t i = 1; i < width_; ++i) {
    const Row row = row_of_next_round(p, matrix_inverse, 0, i);
    Row& output = output_[i];
    output = {.constant = row.constant + row.coefficient[0] * x.constant,
              .first = width_ + 1,
              .coefficient = Vector(row.coefficient.begin() + 1, row.coefficient.end())};
    add_scaled(output.coefficient, row.coefficient[0], x.coefficient);
  }
  for (std::size_t round = 1; round + 1 < kHalf; ++round) {
    for (std::size_t i = 0; i < width_; ++i) {
      output_[first_sbox(round) + i] = row_of_next_round(p, matrix_inverse, round, i);
    }
  }
}

void PoseidonRows::derive_partial_rounds(const PoseidonParameters& p,
                                         const Matrix& matrix_inverse) {
  const PartialOutputs z = partial_outputs(p);
  const std::size_t rounds = partial_rounds_;
  const std::size_t first =
      first_sbox(kHalf);  // x_k is the input of S-box first + k, e follows x_P
  for (std::size_t k = 0; k < rounds; ++k) {
    Row& output = output_[first + k];
    output = {.constant = z.constant[k], .first = first + k + 1, .coefficient = {}};
    for (std::size_t i = 1; k + i <= rounds; ++i) output.coefficient.push_back(z.shift[i]);
    output.coefficient.insert(output.coefficient.end(), z.end[k].begin(), z.end[k].end());
  }

  // The full round before: s_0 = N^-P (e - d_P) - sum of column_j z_j, as rows over x_1.. and e.
  const std::size_t others = width_ - 1;
  const Matrix dense_inverse = inverse(p.dense);
  const Vector shifted = dense_inverse * p.dense_constant;
  std::vector<Row> state(others);
  for (std::size_t m = 0; m < others; ++m) {
    Row& s = state[m];
    s = {.constant = -shifted[m], .first = first + 1, .coefficient = Vector(rounds + others)};
    for (std::size_t e = 0; e < others; ++e) {
      s.coefficient[rounds + e] = dense_inverse.at(m, e);
    }
    for (std::size_t j = 0; j < rounds; ++j) {
      const Fr factor = -p.column[j][m];
      const Row& output = output_[first + j];
      s.constant += factor * output.constant;
      for (std::size_t i = 0; i < output.coefficient.size(); ++i) {
        s.coefficient[j + i] += factor * output.coefficient[i];
      }
    }
  }
  for (std::size_t i = 0; i < width_; ++i) {
    const Row direct = row_of_next_round(p, matrix_inverse, kHalf - 1, i);
    Row& output = output_[first_sbox(kHalf - 1) + i];
    output = {.constant = direct.constant, .first = first, .coefficient = Vector(rounds + width_)};
    output.coefficient[0] = direct.coefficient[0];
    for (std::size_t m = 0; m < others; ++m) {
      const Fr& factor = direct.coefficient[m + 1];
      output.constant += factor * state[m].constant;
      for (std::size_t j = 0; j < state[m].coefficient.size(); ++j) {
        output.coefficient[j + 1] += factor * state[m].coefficient[j];
      }
    }
  }
}

void PoseidonRows::derive_last_rounds(const PoseidonParameters& p, const Matrix& matrix_inverse) {
  for (std::size_t round = kHalf + partial_rounds_; first_sbox(round) < last_round_; ++round) {
    for (std::size_t i = 0; i < width_; ++i) {
      output_[first_sbox(round) + i] = row_of_next_round(p, matrix_inverse, round, i);
    }
  }
}

Linear PoseidonRows::expand(const Row& row, std::span<const SboxWires> wires) {
  std::vector<Term> terms{{0, row.constant}};
  terms.reserve(row.coefficient.size() + 1);
  for (std::size_t i = 0; i < row.coefficient.size(); ++i) {
    terms.push_back({wires[row.first + i].x.index, row.coefficient[i]});
  }
  return Linear::of_terms(std::move(terms));
}

void PoseidonRows::constrain(Builder& builder, std::span<const Linear> inputs,
                             std::span<const SboxWires> wires, Wire hash) const {
  ZKP_ASSERT(inputs.size() + 1 == width_ && wires.size() == last_round_ + width_);
  for (std::size_t i = 1; i < wires.size(); ++i) {
    const SboxWires& sbox = wires[i];
    Linear x = sbox.x;
    if (i < width_) x = inputs[i - 1] + Linear::constant(first_constants_[i]);
    if (i == width_) x = expand(second_round_input_, wires);
    Linear x5 = sbox.x5;
    if (i < last_round_) x5 = expand(output_[i], wires);
    if (i == last_round_) {
      x5 = hash_scale_ * Linear(hash);
      for (std::size_t j = 1; j < width_; ++j) {
        x5 = x5 - hash_scale_ * hash_row_[j] * Linear(wires[last_round_ + j].x5);
      }
    }
    builder.constrain(x, x, sbox.x2);
    builder.constrain(sbox.x2, sbox.x2, sbox.x4);
    builder.constrain(sbox.x4, x, x5);
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
