#include "prover/ceremony/verify_powers.h"

#include <fmt/format.h>
#include <tbb/parallel_invoke.h>

#include "prover/ceremony/combination.h"
#include "prover/ceremony/powers_chain.h"
#include "prover/groth16/progress_meter.h"
#include "prover/iden3/points.h"

namespace zkp::prover::ceremony {
namespace {

using base::ByteView;
using base::Error;
using base::ErrorCode;
using curve::AffinePoint;
using curve::Fr;
using curve::G1Params;
using curve::G2Params;
using field::Limbs;
using iden3::PointChecks;
using iden3::PtauLayout;

// A section of powers, and the Lagrange bases that are made of it.
struct Section {
  int number;
  ByteView points;
  int lagrange_number;
  ByteView lagrange;
};

std::string name_of(int section) { return fmt::format("section {}", section); }

class Verifier {
 public:
  Verifier(const PtauLayout& layout, const PowersContribution& last,
           const groth16::SetupOptions& options)
      : layout_(layout), last_(last), options_(options), meter_(options.progress, total_work()) {}

  base::Status run() {
    const PtauLayout& file = layout_;
    ZKP_CHECK(check_section<G1Params>({2, file.tau_g1, 12, file.lagrange_tau_g1},
                                      {curve::g1_generator(), last_.tau_g1}));
    ZKP_CHECK(check_section<G2Params>({3, file.tau_g2, 13, file.lagrange_tau_g2},
                                      {curve::g2_generator(), last_.tau_g2}));
    ZKP_CHECK(check_section<G1Params>({4, file.alpha_tau_g1, 14, file.lagrange_alpha_tau_g1},
                                      {last_.alpha_g1}));
    ZKP_CHECK(check_section<G1Params>({5, file.beta_tau_g1, 15, file.lagrange_beta_tau_g1},
                                      {last_.beta_g1}));
    ByteView beta_g2 = file.beta_g2;
    ZKP_TRY(const G2Affine beta,
            iden3::take_point<G2Affine>(file.file, beta_g2, PointChecks::subgroup, "section 6"));
    if (beta != last_.beta_g2) return unsound("section 6 is not the last contribution's beta");
    return {};
  }

 private:
  // `begin`: what the powers begin with.
  template <class Params>
  base::Status check_section(const Section& section,
                             std::initializer_list<AffinePoint<Params>> begin) {
    ZKP_TRY(const auto powers, read<Params>(section.points, section.number));
    if (!std::equal(begin.begin(), begin.end(), powers.begin())) {
      return unsound(
          fmt::format("section {} does not begin as the last contribution says", section.number));
    }
    ZKP_CHECK(check_powers<Params>(powers, section.number));
    meter_.add(static_cast<double>(section.points.size()), "powers");
    if (layout_.is_prepared()) ZKP_CHECK(check_lagrange_bases<Params>(section, powers));
    return {};
  }

  template <class Params>
  base::Result<std::vector<AffinePoint<Params>>> read(ByteView bytes, int section) {
    return iden3::read_points<AffinePoint<Params>>(layout_.file, bytes, PointChecks::subgroup,
                                                   name_of(section), options_.kernels);
  }

  // Each point is tau times the one before.
  template <class Params>
  base::Status check_powers(std::span<const AffinePoint<Params>> powers, int section) {
    const std::vector<Limbs> weights = random_weights(powers.size() - 1, options_.random);
    ZKP_TRY(const auto from, combine<Params>(powers.first(weights.size()), weights, options_));
    ZKP_TRY(const auto to, combine<Params>(powers.subspan(1), weights, options_));
    if (!are_tau_apart({from, to})) {
      return unsound(fmt::format("section {} is not a sequence of powers of tau", section));
    }
    return {};
  }

  bool are_tau_apart(const Multiplication<G1Affine>& points) const {
    return same_ratio(points, {curve::g2_generator(), last_.tau_g2});
  }
  bool are_tau_apart(const Multiplication<G2Affine>& points) const {
    return same_ratio({curve::g1_generator(), last_.tau_g1}, points);
  }

  // For every domain a random polynomial: its coefficients go with the powers, its values with the
  // basis, and both sums are its value at tau. All domains are added up. The section holds one
  // basis after the other, smallest first. Of the largest domain of section 12 the last power is
  // not known, and stands for nothing in its basis.
  template <class Params>
  base::Status check_lagrange_bases(const Section& section,
                                    std::span<const AffinePoint<Params>> powers) {
    ZKP_TRY(const auto bases, read<Params>(section.lagrange, section.lagrange_number));
    std::vector<Fr> coefficients(powers.size());
    std::vector<Limbs> values;
    values.reserve(bases.size());
    for (std::size_t size = 1; values.size() < bases.size(); size *= 2) {
      std::vector<Fr> polynomial(size);
      const std::vector<Limbs> weights =
          random_weights(std::min(size, powers.size()), options_.random);
      for (std::size_t i = 0; i < weights.size(); ++i) {
        polynomial[i] = Fr::from_standard(weights[i]);
        coefficients[i] += polynomial[i];
      }
      ZKP_TRY(const auto of_domain, values_of(std::move(polynomial), options_));
      values.insert(values.end(), of_domain.begin(), of_domain.end());
    }
    std::vector<Limbs> scalars;
    scalars.reserve(powers.size());
    for (const Fr& coefficient : coefficients) scalars.push_back(coefficient.to_standard());
    ZKP_TRY(const auto by_powers, combine<Params>(powers, scalars, options_));
    ZKP_TRY(const auto by_bases,
            combine<Params>(std::span<const AffinePoint<Params>>(bases), values, options_));
    if (by_powers != by_bases) {
      return unsound(fmt::format("section {} is not the Lagrange bases of section {}",
                                 section.lagrange_number, section.number));
    }
    meter_.add(static_cast<double>(section.lagrange.size()), "Lagrange bases");
    return {};
  }

  [[nodiscard]] double total_work() const {
    double total = 0;
    for (const ByteView& section :
         {layout_.tau_g1, layout_.tau_g2, layout_.alpha_tau_g1, layout_.beta_tau_g1,
          layout_.lagrange_tau_g1, layout_.lagrange_tau_g2, layout_.lagrange_alpha_tau_g1,
          layout_.lagrange_beta_tau_g1}) {
      total += static_cast<double>(section.size());
    }
    return total;
  }

  const PtauLayout& layout_;
  const PowersContribution& last_;
  const groth16::SetupOptions& options_;
  groth16::ProgressMeter meter_;
};

template <class Point>
void add_section(iden3::Transcript& transcript, ByteView bytes, const std::stop_token& stop) {
  constexpr std::size_t kPointsPerStep = std::size_t{1} << 12;
  std::vector<Point> points;
  while (!bytes.empty() && !stop.stop_requested()) {
    points.resize(std::min(kPointsPerStep, bytes.size() / sizeof(Point)));
    std::memcpy(points.data(), bytes.data(), points.size() * sizeof(Point));
    transcript.add_points(std::span<const Point>(points));
    bytes = bytes.subspan(points.size() * sizeof(Point));
  }
}

// The response and the powers that stand in the file: what the next contributor would begin with.
TranscriptHash next_challenge(const PtauLayout& layout, const TranscriptHash& response,
                              const std::stop_token& stop) {
  iden3::Transcript transcript;
  transcript.add(response);
  add_section<G1Affine>(transcript, layout.tau_g1, stop);
  add_section<G2Affine>(transcript, layout.tau_g2, stop);
  add_section<G1Affine>(transcript, layout.alpha_tau_g1, stop);
  add_section<G1Affine>(transcript, layout.beta_tau_g1, stop);
  add_section<G2Affine>(transcript, layout.beta_g2, stop);
  return transcript.finish();
}

base::Result<PtauLayout> parse(ByteView ptau) {
  constexpr std::uint32_t kMostPower = 28;
  ZKP_TRY(PtauLayout layout, PtauLayout::parse_whole(ptau));
  if (layout.power < 1 || layout.power > layout.ceremony_power ||
      layout.ceremony_power > kMostPower) {
    return layout.file.error(
        fmt::format("2^{} powers of a ceremony of 2^{}, want from 2^1 on, and not more than 2^{}",
                    layout.power, layout.ceremony_power, kMostPower));
  }
  return layout;
}

}  // namespace

base::Result<PowersReport> verify_powers(ByteView ptau, const groth16::SetupOptions& options) {
  ZKP_TRY(const PtauLayout layout, parse(ptau));
  PowersReport report{.power = layout.power,
                      .ceremony_power = layout.ceremony_power,
                      .is_prepared = layout.is_prepared()};
  ZKP_TRY(report.contributions, read_powers_contributions(layout));
  if (report.contributions.empty()) {
    return unsound("there is no contribution, so everybody knows the secret of these powers");
  }
  const PowersContribution& last = report.contributions.back();
  base::Result<TranscriptHash> first = TranscriptHash{};
  base::Status points;
  tbb::parallel_invoke(
      [&] { points = Verifier(layout, last, options).run(); },
      [&] { report.next_challenge = next_challenge(layout, last.response, options.stop); },
      [&] { first = first_challenge(layout.ceremony_power, options.stop); });
  ZKP_TRY(report.first_challenge, std::move(first));
  ZKP_CHECK(verify_powers_chain(report.contributions, report.first_challenge, options.stop));
  ZKP_CHECK(points);
  if (layout.power == layout.ceremony_power && report.next_challenge != last.next_challenge) {
    return unsound("the next challenge of the last contribution is not that of the points");
  }
  return report;
}

}  // namespace zkp::prover::ceremony
