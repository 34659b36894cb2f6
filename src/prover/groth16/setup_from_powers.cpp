#include <algorithm>
#include <atomic>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "prover/curve/msm.h"
#include "prover/groth16/key_shape.h"
#include "prover/groth16/progress_meter.h"
#include "prover/groth16/setup.h"

namespace zkp::prover::groth16 {
namespace {

using base::Error;
using base::ErrorCode;

constexpr double kG2Work = 3;  // an addition in G2, in additions in G1

// coefficient * the row's point
struct ColumnEntry {
  std::uint32_t row;
  Fr coefficient;
};

// A sparse matrix by columns: column i is entries[start[i] .. start[i + 1]).
struct Columns {
  std::vector<std::size_t> start;
  std::vector<ColumnEntry> entries;

  [[nodiscard]] std::span<const ColumnEntry> column(std::size_t wire) const {
    return std::span(entries).subspan(start[wire], start[wire + 1] - start[wire]);
  }
};

// The columns of `matrix`, with 1 * wire i at row row_count + i for the first `extra_wires` wires.
Columns columns_of(const circuit::SparseMatrix& matrix, std::uint32_t wire_count,
                   std::uint32_t extra_wires) {
  Columns columns;
  columns.start.resize(std::size_t{wire_count} + 1);
  for (const circuit::Term& term : matrix.terms) ++columns.start[term.wire + 1];
  for (std::uint32_t wire = 0; wire < extra_wires; ++wire) ++columns.start[wire + 1];
  for (std::uint32_t wire = 0; wire < wire_count; ++wire) {
    columns.start[wire + 1] += columns.start[wire];
  }
  columns.entries.resize(columns.start.back());
  std::vector<std::size_t> next(columns.start.begin(), columns.start.end() - 1);
  const auto row_count = static_cast<std::uint32_t>(matrix.row_count());
  for (std::uint32_t row = 0; row < row_count; ++row) {
    for (const circuit::Term& term : matrix.row(row)) {
      columns.entries[next[term.wire]++] = {row, term.coefficient};
    }
  }
  for (std::uint32_t wire = 0; wire < extra_wires; ++wire) {
    columns.entries[next[wire]++] = {row_count + wire, Fr::one()};
  }
  return columns;
}

// One matrix with the Lagrange points that its rows stand for.
template <class Params>
struct Source {
  const Columns& columns;
  const std::vector<curve::AffinePoint<Params>>& points;
};

// The sum over the sources of a wire's column, as a combination of points. Most coefficients are 1
// or -1, and cost an addition.
template <class Params>
base::Result<curve::JacobianPoint<Params>> combine(std::span<const Source<Params>> sources,
                                                   std::size_t wire, const SetupOptions& options) {
  auto sum = curve::JacobianPoint<Params>::infinity();
  std::vector<curve::AffinePoint<Params>> points;
  std::vector<field::Limbs> scalars;
  for (const Source<Params>& source : sources) {
    for (const ColumnEntry& entry : source.columns.column(wire)) {
      const auto& point = source.points[entry.row];
      if (entry.coefficient.is_one()) {
        sum = sum + point;
      } else if ((-entry.coefficient).is_one()) {
        sum = sum + -point;
      } else {
        points.push_back(point);
        scalars.push_back(entry.coefficient.to_standard());
      }
    }
  }
  ZKP_TRY(const auto rest, curve::msm(points, scalars, options.kernels, {.stop = options.stop}));
  return sum + rest;
}

// One point for each of the wires from first_wire on.
template <class Params>
base::Result<std::vector<curve::AffinePoint<Params>>> combine_all(
    std::initializer_list<Source<Params>> sources, std::size_t first_wire, std::size_t end_wire,
    const SetupOptions& options) {
  std::vector<curve::JacobianPoint<Params>> sums(end_wire - first_wire);
  std::atomic<bool> stopped = false;
  tbb::parallel_for(first_wire, end_wire, [&](std::size_t wire) {
    if (stopped || options.stop.stop_requested()) {
      stopped = true;
      return;
    }
    auto sum = combine<Params>(std::span(sources.begin(), sources.size()), wire, options);
    if (sum) {
      sums[wire - first_wire] = *sum;
    } else {
      stopped = true;  // the only way to fail
    }
  });
  if (stopped) return Error{ErrorCode::cancelled, "the set-up was cancelled"};
  return curve::to_affine_batch<Params>(sums);
}

base::Status check_powers(const PowersOfTau& powers, std::uint32_t domain_log) {
  if (powers.domain_log != domain_log) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("powers of tau: cut for a domain of 2^{}, want 2^{}",
                             powers.domain_log, domain_log)};
  }
  const std::size_t size = std::size_t{1} << domain_log;
  for (const std::size_t count :
       {powers.lagrange_tau_g1.size(), powers.lagrange_alpha_tau_g1.size(),
        powers.lagrange_beta_tau_g1.size(), powers.lagrange_tau_g2.size(), powers.h.size()}) {
    if (count != size) {
      return Error{ErrorCode::invalid_argument,
                   fmt::format("powers of tau: a list of {} points, want {}", count, size)};
    }
  }
  return {};
}

void set_constants(const PowersOfTau& powers, ProvingKey& key) {
  key.verifying.alpha1 = powers.alpha1;
  key.verifying.beta2 = powers.beta2;
  key.verifying.gamma2 = curve::g2_generator();
  key.verifying.delta2 = curve::g2_generator();
  key.beta1 = powers.beta1;
  key.delta1 = curve::g1_generator();
  key.h = powers.h;
}

}  // namespace

base::Result<ProvingKey> setup_from_powers(const circuit::ConstraintSystem& system,
                                           const PowersOfTau& powers, const SetupOptions& options) {
  ZKP_TRY(ProvingKey key, key_without_points(system));
  ZKP_CHECK(check_powers(powers, key.domain_log));
  set_constants(powers, key);

  const std::uint32_t first_private = key.public_count + 1;
  const Columns a = columns_of(system.a, key.wire_count, first_private);
  const Columns b = columns_of(system.b, key.wire_count, 0);
  const Columns c = columns_of(system.c, key.wire_count, 0);
  const auto size = [](const Columns& columns) {
    return static_cast<double>(columns.entries.size());
  };
  const double a_work = size(a), b_work = size(b), c_work = size(a) + size(b) + size(c);
  ProgressMeter meter(options.progress, a_work + (1 + kG2Work) * b_work + c_work);

  using G1Source = Source<curve::G1Params>;
  using G2Source = Source<curve::G2Params>;
  const G1Source a_tau{a, powers.lagrange_tau_g1}, b_tau{b, powers.lagrange_tau_g1};
  const G1Source a_beta{a, powers.lagrange_beta_tau_g1}, b_alpha{b, powers.lagrange_alpha_tau_g1};
  const G1Source c_tau{c, powers.lagrange_tau_g1};
  ZKP_TRY(key.a, combine_all({a_tau}, 0, key.wire_count, options));
  meter.add(a_work, "points of A");
  ZKP_TRY(key.b1, combine_all({b_tau}, 0, key.wire_count, options));
  meter.add(b_work, "points of B in G1");
  ZKP_TRY(key.b2, combine_all({G2Source{b, powers.lagrange_tau_g2}}, 0, key.wire_count, options));
  meter.add(kG2Work * b_work, "points of B in G2");
  ZKP_TRY(key.verifying.ic, combine_all({a_beta, b_alpha, c_tau}, 0, first_private, options));
  ZKP_TRY(key.c, combine_all({a_beta, b_alpha, c_tau}, first_private, key.wire_count, options));
  meter.add(c_work, "points of C");
  return key;
}

}  // namespace zkp::prover::groth16
