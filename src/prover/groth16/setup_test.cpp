#include "prover/groth16/setup.h"

#include <gtest/gtest.h>

#include "prover/groth16/test_circuits.h"
#include "prover/groth16/verify.h"

namespace zkp::prover::groth16 {

namespace {

using base::ErrorCode;

constexpr std::uint64_t kRounds = 10;  // of random systems: each takes a set-up

circuit::ConstraintSystem empty_system(std::size_t constraints, std::uint32_t public_count) {
  circuit::ConstraintSystem system;
  system.wire_count = 1 + public_count;
  system.public_input_count = public_count;
  for (auto* matrix : {&system.a, &system.b, &system.c}) {
    matrix->row_start.resize(constraints + 1);
  }
  return system;
}

std::vector<G1Affine> times(std::span<const G1Affine> points, const Fr& factor) {
  std::vector<G1Affine> products;
  for (const G1Affine& point : points) {
    products.push_back((curve::G1::from_affine(point) * factor).to_affine());
  }
  return products;
}

TEST(DomainLog, IsTheSmallestPowerOfTwoAboveConstraintsAndSignals) {
  struct Case {
    std::size_t constraints;
    std::uint32_t public_count, log;
  };
  for (const Case& c : {Case{0, 0, 1}, Case{1, 0, 1}, Case{1, 1, 2}, Case{2, 1, 2}, Case{3, 0, 2},
                        Case{3, 1, 3}, Case{4, 0, 3}, Case{65520, 15, 16}, Case{65520, 16, 17}}) {
    EXPECT_EQ(*domain_log_of(empty_system(c.constraints, c.public_count)), c.log)
        << c.constraints << ' ' << c.public_count;
  }
  EXPECT_EQ(*domain_log_of(empty_system(0, (1U << 27) - 1)), 27U);
  EXPECT_EQ(code_of(domain_log_of(empty_system(0, 1U << 27))), ErrorCode::invalid_argument);
}

TEST(Setup, RefusesMalformedSystems) {
  base::SeededRandom random(1);
  const SetupOptions options{.kernels = kernels(), .random = random};
  auto wire = multiplication(3, 4).system;
  wire.c.terms[0].wire = 4;
  EXPECT_EQ(code_of(setup(wire, options)), ErrorCode::invalid_argument);
  auto rows = multiplication(3, 4).system;
  rows.b.append_row({});
  EXPECT_EQ(code_of(setup(rows, options)), ErrorCode::invalid_argument);
  auto signals = multiplication(3, 4).system;
  signals.public_input_count = 3;
  EXPECT_EQ(code_of(setup(signals, options)), ErrorCode::invalid_argument);
}

TEST(Setup, GivesAFitKeyOfTheRightSizes) {
  base::SeededRandom random(1);
  const Instance made = random_instance(5, 9, 2);
  const auto key = setup(made.system, {.kernels = kernels(), .random = random});
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(check_key(key->verifying).ok());
  EXPECT_EQ(key->verifying.gamma2, curve::g2_generator());
  EXPECT_EQ(key->domain_log, 4U);
  EXPECT_EQ(key->a.size(), made.system.wire_count);
  EXPECT_EQ(key->c.size(), made.system.wire_count - 3);
  EXPECT_EQ(key->verifying.ic.size(), 3U);
  EXPECT_EQ(key->h.size(), 16U);
  EXPECT_EQ(key->matrix_a.row_start.size(), 17U);
  EXPECT_EQ(key->matrix_a.terms.size(), made.system.a.terms.size() + 3);

  const auto other = setup(made.system, {.kernels = kernels(), .random = random});
  ASSERT_TRUE(other.ok());
  EXPECT_NE(other->verifying.delta2, key->verifying.delta2);
  EXPECT_NE(other->a, key->a);
}

TEST(Setup, DividesTheSecretPartByDelta) {
  const Instance made = random_instance(6, 20, 2);
  base::SeededRandom random(1);
  const SetupOptions options{.kernels = kernels(), .random = random};
  const auto with_delta = random_trapdoor(7);
  base::Secret<Trapdoor> without(with_delta.reveal());
  without.reveal_mutable().delta = Fr::one();
  const auto key = setup_with_trapdoor(made.system, with_delta, options);
  const auto plain = setup_with_trapdoor(made.system, without, options);
  ASSERT_TRUE(key.ok() && plain.ok());
  EXPECT_EQ(times(key->c, with_delta.reveal().delta), plain->c);
  EXPECT_EQ(times(key->h, with_delta.reveal().delta), plain->h);
  EXPECT_EQ(key->a, plain->a);
  EXPECT_EQ(key->b2, plain->b2);
  EXPECT_EQ(key->verifying.ic, plain->verifying.ic);
  EXPECT_EQ(key->delta1, times({&plain->delta1, 1}, with_delta.reveal().delta)[0]);
}

void expect_equal(const ProvingKey& a, const ProvingKey& b) {
  EXPECT_EQ(a.verifying, b.verifying);
  EXPECT_EQ(a.beta1, b.beta1);
  EXPECT_EQ(a.delta1, b.delta1);
  EXPECT_EQ(a.a, b.a);
  EXPECT_EQ(a.b1, b.b1);
  EXPECT_EQ(a.b2, b.b2);
  EXPECT_EQ(a.c, b.c);
  EXPECT_EQ(a.h, b.h);
  EXPECT_EQ(a.matrix_a.row_start, b.matrix_a.row_start);
  EXPECT_EQ(a.matrix_b.row_start, b.matrix_b.row_start);
}

TEST(SetupFromPowers, EqualsSetupWithTheSameSecret) {
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    const auto constraints = static_cast<std::uint32_t>(seed % 20);
    const Instance made = random_instance(seed, constraints, static_cast<std::uint32_t>(seed % 4));
    base::Secret<Trapdoor> trapdoor = random_trapdoor(seed);
    trapdoor.reveal_mutable().delta = Fr::one();
    base::SeededRandom random(1);
    const SetupOptions options{.kernels = kernels(), .random = random};
    const auto key = setup_with_trapdoor(made.system, trapdoor, options);
    ASSERT_TRUE(key.ok());
    const auto from_powers =
        setup_from_powers(made.system, powers_of(trapdoor.reveal(), key->domain_log), options);
    ASSERT_TRUE(from_powers.ok());
    expect_equal(*key, *from_powers);
  }
}

// A column of so many terms that it goes another way.
TEST(SetupFromPowers, TakesDenseColumns) {
  const Instance made = random_instance(3, 100, 1, 20);
  base::Secret<Trapdoor> trapdoor = random_trapdoor(3);
  trapdoor.reveal_mutable().delta = Fr::one();
  base::SeededRandom random(1);
  const SetupOptions options{.kernels = kernels(), .random = random};
  const auto key = setup_with_trapdoor(made.system, trapdoor, options);
  const auto from_powers = setup_from_powers(made.system, powers_of(trapdoor.reveal(), 7), options);
  ASSERT_TRUE(key.ok() && from_powers.ok());
  expect_equal(*key, *from_powers);
}

TEST(SetupFromPowers, RefusesPowersOfAnotherSize) {
  base::SeededRandom random(1);
  const SetupOptions options{.kernels = kernels(), .random = random};
  const auto system = multiplication(3, 4).system;
  PowersOfTau powers = powers_of(random_trapdoor(1).reveal(), 3);
  EXPECT_EQ(code_of(setup_from_powers(system, powers, options)), ErrorCode::invalid_argument);
  powers = powers_of(random_trapdoor(1).reveal(), 2);
  powers.h.pop_back();
  EXPECT_EQ(code_of(setup_from_powers(system, powers, options)), ErrorCode::invalid_argument);
}

// Listens until `stage_count` reports came, then asks for a stop.
struct StopAfter {
  std::stop_source source;
  int left;
  void operator()(double, const char*) {
    if (--left == 0) source.request_stop();
  }
};

TEST(Setup, StopsWhenAsked) {
  const auto system = random_instance(1, 50, 1).system;
  const PowersOfTau powers = powers_of(random_trapdoor(1).reveal(), 6);
  base::SeededRandom random(1);
  for (const int reports : {0, 1, 2}) {
    std::stop_source source;
    if (reports == 0) source.request_stop();
    const SetupOptions options{.kernels = kernels(),
                               .random = random,
                               .stop = source.get_token(),
                               .progress = StopAfter{source, reports}};
    EXPECT_EQ(code_of(setup(system, options)), ErrorCode::cancelled) << reports;
  }
  for (const int reports : {0, 1, 2}) {
    std::stop_source source;
    if (reports == 0) source.request_stop();
    const SetupOptions options{.kernels = kernels(),
                               .random = random,
                               .stop = source.get_token(),
                               .progress = StopAfter{source, reports}};
    EXPECT_EQ(code_of(setup_from_powers(system, powers, options)), ErrorCode::cancelled) << reports;
  }
}

TEST(Setup, ReportsProgressUpToOne) {
  const auto system = random_instance(1, 50, 1).system;
  base::SeededRandom random(1);
  double last = 0;
  bool rises = true;
  const Progress listener = [&](double fraction, const char*) {
    rises = rises && fraction >= last;
    last = fraction;
  };
  ASSERT_TRUE(setup(system, {.kernels = kernels(), .random = random, .progress = listener}).ok());
  EXPECT_TRUE(rises);
  EXPECT_DOUBLE_EQ(last, 1);
  last = 0;
  ASSERT_TRUE(setup_from_powers(system, powers_of(random_trapdoor(1).reveal(), 6),
                                {.kernels = kernels(), .random = random, .progress = listener})
                  .ok());
  EXPECT_TRUE(rises);
  EXPECT_DOUBLE_EQ(last, 1);
}

}  // namespace
}  // namespace zkp::prover::groth16
