#include "prover/ceremony/verify_key.h"

#include <algorithm>

#include <fmt/format.h>

#include "prover/ceremony/combination.h"
#include "prover/iden3/formats.h"
#include "prover/iden3/ptau_layout.h"
#include "prover/poly/roots.h"

namespace zkp::prover::ceremony {
namespace {

using base::ByteView;
using base::Error;
using base::ErrorCode;
using curve::Fr;
using field::Limbs;
using iden3::PointChecks;
using iden3::ZkeyLayout;

constexpr double kInitialKeyShare = 0.8;  // of the work

Error unfit(std::string_view message) {
  return {ErrorCode::failed_precondition, fmt::format("zkey: {}", message)};
}

// The key that the ceremony began with, as a file.
base::Result<base::Bytes> initial_key(const circuit::ConstraintSystem& system, ByteView ptau,
                                      const groth16::SetupOptions& options) {
  ZKP_TRY(const std::uint32_t domain_log, groth16::domain_log_of(system));
  ZKP_TRY(const groth16::PowersOfTau powers, iden3::read_ptau(ptau, domain_log));
  groth16::SetupOptions setup = options;
  if (options.progress) {
    setup.progress = [&options](double fraction, const char* stage) {
      options.progress(kInitialKeyShare * fraction, stage);
    };
  }
  ZKP_TRY(groth16::ProvingKey key, groth16::setup_from_powers(system, powers, setup));
  ZKP_TRY(key.contributions, iden3::initial_contributions(key, ptau));
  return iden3::write_zkey(key);
}

// The first place where the lists of entries of this size differ; nothing if they do not.
base::Status check_same(ByteView bytes, ByteView want, std::size_t entry_bytes,
                        std::string_view name) {
  if (bytes.size() == want.size() && std::memcmp(bytes.data(), want.data(), want.size()) == 0) {
    return {};
  }
  const auto place = std::ranges::mismatch(bytes, want).in1 - bytes.begin();
  return unfit(fmt::format("{}[{}] is not what the circuit and the powers give", name,
                           static_cast<std::size_t>(place) / entry_bytes));
}

base::Status check_header(const ZkeyLayout& key, const ZkeyLayout& initial) {
  if (key.wire_count != initial.wire_count || key.public_count != initial.public_count ||
      key.domain_log != initial.domain_log) {
    return unfit(fmt::format(
        "another circuit: {} wires, {} public signals and a domain of 2^{}, want {}, {} and 2^{}",
        key.wire_count, key.public_count, key.domain_log, initial.wire_count, initial.public_count,
        initial.domain_log));
  }
  constexpr std::size_t kG1 = sizeof(G1Affine), kG2 = sizeof(G2Affine);
  struct Named {
    const char* name;
    std::size_t offset, size;
  };
  for (const Named& point : {Named{"alpha1", 0, kG1}, Named{"beta1", kG1, kG1},
                             Named{"beta2", 2 * kG1, kG2}, Named{"gamma2", 2 * kG1 + kG2, kG2}}) {
    if (!std::ranges::equal(key.header_points.subspan(point.offset, point.size),
                            initial.header_points.subspan(point.offset, point.size))) {
      return unfit(fmt::format("{} is not that of the powers", point.name));
    }
  }
  return {};
}

// All that contributions leave as it was.
base::Status check_unchanged(const ZkeyLayout& key, const ZkeyLayout& initial) {
  ZKP_CHECK(check_header(key, initial));
  ZKP_CHECK(check_same(key.ic, initial.ic, sizeof(G1Affine), "IC"));
  ZKP_CHECK(check_same(key.coefficients, initial.coefficients, iden3::kZkeyTermBytes,
                       "the coefficients"));
  ZKP_CHECK(check_same(key.a, initial.a, sizeof(G1Affine), "A"));
  ZKP_CHECK(check_same(key.b1, initial.b1, sizeof(G1Affine), "B1"));
  ZKP_CHECK(check_same(key.b2, initial.b2, sizeof(G2Affine), "B2"));
  if (!std::ranges::equal(key.contributions.first(sizeof(TranscriptHash)),
                          initial.contributions.first(sizeof(TranscriptHash)))) {
    return unfit("the circuit hash is not that of the circuit and the powers");
  }
  return {};
}

// Is delta * of_key = initial?
bool is_divided(const G1Affine& of_key, const G1Affine& initial, const G2Affine& delta2) {
  if (of_key.is_infinity() && initial.is_infinity()) return true;
  return same_ratio({of_key, initial}, {curve::g2_generator(), delta2});
}

base::Status check_c(const ZkeyLayout& key, const ZkeyLayout& initial, const G2Affine& delta2,
                     const groth16::SetupOptions& options) {
  const auto sum_of = [&](const ZkeyLayout& layout,
                          std::span<const Limbs> weights) -> base::Result<G1Affine> {
    ZKP_TRY(const auto points,
            iden3::read_points<G1Affine>(layout.file, layout.c, PointChecks::curve, "C"));
    return combine<curve::G1Params>(points, weights, options);
  };
  const auto weights = random_weights(key.c.size() / sizeof(G1Affine), options.random);
  ZKP_TRY(const G1Affine of_key, sum_of(key, weights));
  ZKP_TRY(const G1Affine of_initial, sum_of(initial, weights));
  if (!is_divided(of_key, of_initial, delta2)) {
    return unfit("a point of C is not that of the circuit and the powers, divided by delta");
  }
  return {};
}

// The sum of w_i (tau^(n + i) - tau^i) G1 for i < n - 1, the value at tau of w(x) (x^n - 1).
base::Result<G1Affine> sum_of_powers(const iden3::PtauLayout& ptau, std::span<const Limbs> weights,
                                     const groth16::SetupOptions& options) {
  const std::size_t n = weights.size() + 1;
  ZKP_TRY(const auto powers,
          iden3::read_points<G1Affine>(ptau.file, ptau.tau_g1.first((2 * n - 1) * sizeof(G1Affine)),
                                       PointChecks::curve, "section 2"));
  std::vector<Limbs> scalars(2 * n - 1);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    scalars[i] = (-Fr::from_standard(weights[i])).to_standard();
    scalars[n + i] = weights[i];
  }
  return combine<curve::G1Params>(powers, scalars, options);
}

// w(x) (x^n - 1) at s, s^3, s^5 ..., s being the root of order 2 n: there x^n is -1. At the even
// powers it is 0, so that these values are its coordinates in the basis of H.
base::Result<std::vector<Limbs>> coset_values(std::span<const Limbs> weights, std::size_t log,
                                              const groth16::SetupOptions& options) {
  const Fr root = poly::root_of_order(log + 1);
  std::vector<Fr> coefficients(weights.size() + 1);
  Fr factor = -Fr::from_u64(2);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    coefficients[i] = Fr::from_standard(weights[i]) * factor;
    factor *= root;
  }
  return values_of(std::move(coefficients), options);
}

// Against the powers themselves, as snarkjs does it: what tau^(2 n - 1) alone would tell is of no
// use to a prover, for a quotient has at most n - 1 coefficients.
base::Status check_h(const ZkeyLayout& key, const iden3::PtauLayout& ptau, const G2Affine& delta2,
                     const groth16::SetupOptions& options) {
  const std::size_t n = key.h.size() / sizeof(G1Affine);
  const std::vector<Limbs> weights = random_weights(n - 1, options.random);
  ZKP_TRY(const G1Affine initial, sum_of_powers(ptau, weights, options));
  ZKP_TRY(const std::vector<Limbs> values, coset_values(weights, key.domain_log, options));
  ZKP_TRY(const auto points,
          iden3::read_points<G1Affine>(key.file, key.h, PointChecks::curve, "H"));
  ZKP_TRY(const G1Affine of_key, combine<curve::G1Params>(points, values, options));
  if (!is_divided(of_key, initial, delta2)) {
    return unfit("a point of H is not that of the powers, divided by delta");
  }
  return {};
}

}  // namespace

base::Result<KeyContributions> verify_key(const circuit::ConstraintSystem& system, ByteView ptau,
                                          ByteView zkey, const groth16::SetupOptions& options) {
  ZKP_TRY(KeyContributions contributions, verify_contributions(zkey, options.stop));
  ZKP_TRY(const ZkeyLayout key, ZkeyLayout::parse(zkey));
  ZKP_TRY(const base::Bytes initial_bytes, initial_key(system, ptau, options));
  ZKP_TRY(const ZkeyLayout initial, ZkeyLayout::parse(initial_bytes));
  ZKP_CHECK(check_unchanged(key, initial));
  ZKP_TRY(const iden3::PtauLayout powers, iden3::PtauLayout::parse(ptau, key.domain_log));
  ByteView delta2_bytes = key.header_points.last(sizeof(G2Affine));
  ZKP_TRY(const G2Affine delta2,
          iden3::take_point<G2Affine>(key.file, delta2_bytes, PointChecks::subgroup, "delta2"));
  ZKP_CHECK(check_c(key, initial, delta2, options));
  if (options.progress) options.progress(kInitialKeyShare + (1 - kInitialKeyShare) / 2, "C");
  ZKP_CHECK(check_h(key, powers, delta2, options));
  return contributions;
}

}  // namespace zkp::prover::ceremony
