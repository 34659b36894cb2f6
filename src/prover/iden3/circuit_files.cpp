#include "prover/iden3/circuit_files.h"

#include <algorithm>

#include <fmt/format.h>

#include "prover/groth16/setup.h"
#include "prover/iden3/formats.h"
#include "prover/iden3/r1cs_layout.h"
#include "prover/iden3/zkey_layout.h"

namespace zkp::prover::iden3 {
namespace {

using base::Error;
using base::ErrorCode;
using field::Fr;

constexpr std::size_t kPieceBytes = 2 << 20;  // of a file, before its memory is given back

// The powers of a random element: two products for each, from two short tables.
class Powers {
 public:
  Powers(const Fr& base, std::uint64_t count) {
    low_.push_back(Fr::one());
    while (low_.size() < kLow) low_.push_back(low_.back() * base);
    const Fr step = low_.back() * base;
    high_.push_back(Fr::one());
    while (high_.size() * kLow < count) high_.push_back(high_.back() * step);
  }
  [[nodiscard]] Fr operator()(std::uint64_t i) const { return low_[i % kLow] * high_[i / kLow]; }

 private:
  static constexpr std::size_t kLow = 1024;
  std::vector<Fr> low_, high_;
};

// A polynomial of three random variables in which each place of A and B has a monomial of its own,
// summed up over the entries of both: equal for equal matrices, whatever the order of the entries
// (Schwartz and Zippel).
class Fingerprint {
 public:
  Fingerprint(std::uint64_t rows, std::uint64_t wires, base::Random& random)
      : matrix_b_(Fr::random(random)),
        rows_(Fr::random(random), rows),
        wires_(Fr::random(random), wires) {}

  [[nodiscard]] Fr weight(std::uint32_t matrix, std::uint64_t row) const {
    return matrix == 0 ? rows_(row) : rows_(row) * matrix_b_;
  }
  [[nodiscard]] Fr weight(std::uint32_t wire) const { return wires_(wire); }

 private:
  Fr matrix_b_;
  Powers rows_, wires_;
};

class Checker {
 public:
  Checker(const MappedFile& r1cs_file, const MappedFile& zkey_file, const R1csLayout& r1cs,
          const ZkeyLayout& zkey, const CircuitCheckOptions& options)
      : r1cs_file_(r1cs_file),
        zkey_file_(zkey_file),
        r1cs_(r1cs),
        zkey_(zkey),
        kernels_(options.kernels),
        stop_(options.stop),
        fingerprint_(std::uint64_t{1} << zkey.domain_log, zkey.wire_count, options.random) {}

  base::Status check_matrices() const {
    ZKP_TRY(const Fr wanted, sum_of_r1cs());
    ZKP_TRY(const Fr got, sum_of_zkey());
    if (got == wanted) return {};
    return zkey_.file.error("its matrices are not those of the constraint system");
  }

  base::Status check_all_points() const {
    ZKP_CHECK(check<G1Affine>(zkey_.a, "A"));
    ZKP_CHECK(check<G1Affine>(zkey_.b1, "B1"));
    ZKP_CHECK(check<G2Affine>(zkey_.b2, "B2"));
    ZKP_CHECK(check<G1Affine>(zkey_.c, "C"));
    return check<G1Affine>(zkey_.h, "H");
  }

 private:
  base::Status pause() const {
    if (!stop_.stop_requested()) return {};
    return Error{ErrorCode::cancelled, "the check was stopped"};
  }

  // A's last rows bind the public signals: 1 * wire i in row constraint_count + i.
  base::Result<Fr> sum_of_r1cs() const {
    Fr sum = Fr::zero();
    for (std::uint32_t i = 0; i <= r1cs_.public_count(); ++i) {
      sum += fingerprint_.weight(0, std::uint64_t{r1cs_.constraint_count} + i) *
             fingerprint_.weight(i);
    }
    R1csRows rows(r1cs_);
    base::ByteView read = rows.rest();
    for (std::uint32_t row = 0; row < r1cs_.constraint_count; ++row) {
      for (const std::uint32_t matrix : {0U, 1U}) {
        Fr row_sum = Fr::zero();
        ZKP_CHECK(rows.next([&](const R1csTerm& term) {
          row_sum += Fr::from_standard(term.coefficient) * fingerprint_.weight(term.wire);
        }));
        sum += row_sum * fingerprint_.weight(matrix, row);
      }
      ZKP_CHECK(rows.next([](const R1csTerm&) {}));  // C
      if (read.size() - rows.rest().size() < kPieceBytes) continue;
      r1cs_file_.forget(read.first(read.size() - rows.rest().size()));
      read = rows.rest();
      ZKP_CHECK(pause());
    }
    r1cs_file_.forget(read);
    ZKP_CHECK(rows.finish());
    return sum;
  }

  // A coefficient stands there times R^2, R being Montgomery's 2^256, so that read as the
  // Montgomery form of a number it is that of the coefficient times R.
  base::Result<Fr> sum_of_zkey() const {
    constexpr std::size_t kAtOnce = kPieceBytes / kZkeyTermBytes;
    Fr sum = Fr::zero();
    for (std::uint32_t begin = 0; begin < zkey_.coefficient_count; begin += kAtOnce) {
      ZKP_CHECK(pause());
      const std::uint64_t end =
          std::min<std::uint64_t>(std::uint64_t{begin} + kAtOnce, zkey_.coefficient_count);
      for (std::uint64_t i = begin; i < end; ++i) {
        const ZkeyTerm term = zkey_.term(i);
        ZKP_CHECK(zkey_.check_term(term, i));
        sum += Fr{load_limbs(term.coefficient)} * fingerprint_.weight(term.matrix, term.row) *
               fingerprint_.weight(term.wire);
      }
      zkey_file_.forget(
          zkey_.coefficients.subspan(begin * kZkeyTermBytes, (end - begin) * kZkeyTermBytes));
    }
    constexpr Fr one_over_r{{1, 0, 0, 0}};
    return sum * one_over_r;
  }

  template <class Point>
  base::Status check(base::ByteView section, std::string_view name) const {
    constexpr std::size_t kAtOnce = kPieceBytes / sizeof(Point);
    for (std::size_t begin = 0; begin * sizeof(Point) < section.size(); begin += kAtOnce) {
      ZKP_CHECK(pause());
      const base::ByteView left = section.subspan(begin * sizeof(Point));
      const base::ByteView piece = left.first(std::min(left.size(), kPieceBytes));
      ZKP_CHECK(
          read_points<Point>(zkey_.file, piece, PointChecks::subgroup, name, kernels_, begin));
      zkey_file_.forget(piece);
    }
    return {};
  }

  const MappedFile& r1cs_file_;
  const MappedFile& zkey_file_;
  const R1csLayout& r1cs_;
  const ZkeyLayout& zkey_;
  const field::Kernels& kernels_;
  const std::stop_token stop_;
  const Fingerprint fingerprint_;
};

base::Status check_sizes(const R1csLayout& r1cs, const ZkeyLayout& zkey) {
  const auto differs = [&](const char* what, std::uint64_t got, std::uint64_t wanted) -> Error {
    return zkey.file.error(
        fmt::format("has {} {}, the constraint system has {}", got, what, wanted));
  };
  if (zkey.wire_count != r1cs.wire_count) {
    return differs("wires", zkey.wire_count, r1cs.wire_count);
  }
  if (zkey.public_count != r1cs.public_count()) {
    return differs("public signals", zkey.public_count, r1cs.public_count());
  }
  ZKP_TRY(const std::uint32_t domain_log,
          groth16::domain_log_of(r1cs.constraint_count, r1cs.public_count()));
  if (zkey.domain_log == domain_log) return {};
  return zkey.file.error(fmt::format("has a domain of 2^{}, want 2^{} for {} constraints",
                                     zkey.domain_log, domain_log, r1cs.constraint_count));
}

}  // namespace

base::Result<CircuitFacts> check_circuit_files(const MappedFile& r1cs_file,
                                               const MappedFile& zkey_file,
                                               const CircuitCheckOptions& options) {
  ZKP_TRY(const R1csLayout r1cs, R1csLayout::parse(r1cs_file.bytes()));
  ZKP_TRY(const ZkeyLayout zkey, ZkeyLayout::parse(zkey_file.bytes()));
  ZKP_CHECK(check_sizes(r1cs, zkey));
  CircuitFacts facts;
  ZKP_TRY(facts.verifying, read_zkey_verifying_key(zkey_file.bytes()));
  ZKP_TRY(facts.sizes, read_zkey_sizes(zkey_file.bytes()));
  facts.constraint_count = r1cs.constraint_count;
  facts.contribution_count = zkey.contribution_count();

  const Checker checker(r1cs_file, zkey_file, r1cs, zkey, options);
  ZKP_CHECK(checker.check_matrices());
  ZKP_CHECK(checker.check_all_points());
  return facts;
}

}  // namespace zkp::prover::iden3
