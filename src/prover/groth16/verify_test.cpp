#include "prover/groth16/verify.h"

#include <array>

#include <gtest/gtest.h>

#include "prover/groth16/prove.h"
#include "prover/groth16/test_circuits.h"

namespace zkp::prover::groth16 {
namespace {

using testing::Test;

// x = 1 on G2's curve, but outside of the subgroup of order r. From ffjavascript:
// F2.sqrt(1 + G2.b), for which G2.timesScalar(point, r) is not zero.
G2Affine outside_of_subgroup() {
  const auto fq = [](const char* text) { return *curve::Fq::from_decimal(text); };
  return {curve::Fq2::one(),
          {fq("18278151005453108793778860132295291098363647455926340152056652516292830556603"),
           fq("5912654199736721486680175016176231956195085055698687135131307249486702594212")}};
}

G1Affine off_curve(G1Affine point) {
  point.y += curve::Fq::one();
  return point;
}
G2Affine off_curve(G2Affine point) {
  point.y += curve::Fq2::one();
  return point;
}

struct VerifyTest : Test {
  VerifyTest() {
    const Instance made = random_instance(1, 10, 3);
    key = *setup(made.system, {.kernels = kernels(), .random = random});
    signals = *public_signals_of(key, made.witness);
    for (Proof& proof : proofs) {
      proof = *prove(key, made.witness, {.kernels = kernels(), .random = random});
    }
  }
  [[nodiscard]] std::string reason(const Proof& proof) const {
    const Verdict verdict = verify(key.verifying, signals, proof);
    EXPECT_EQ(verdict.valid, verdict.reason.empty());
    const PreparedVerifyingKey prepared(key.verifying);
    EXPECT_EQ(verify(prepared, signals, proof).reason, verdict.reason);
    return verdict.reason;
  }
  [[nodiscard]] bool accepts(std::span<const Statement> statements) {
    const PreparedVerifyingKey prepared(key.verifying);
    const bool accepted = verify_batch(prepared, statements, random, field::portable_kernels());
    for (const auto& [kernels, runs] : field::all_kernels()) {
      if (!runs) continue;
      EXPECT_EQ(verify_batch(prepared, statements, random, *kernels), accepted) << kernels->name;
    }
    return accepted;
  }

  base::SeededRandom random{1};
  ProvingKey key;
  std::vector<Fr> signals;
  std::array<Proof, 3> proofs;
};

constexpr const char* kNoEquation = "the pairing equation does not hold";

TEST_F(VerifyTest, AcceptsProofs) {
  for (const Proof& proof : proofs) EXPECT_EQ(reason(proof), "");
}

TEST_F(VerifyTest, RefusesOtherSignals) {
  for (Fr& signal : signals) {
    signal += Fr::one();
    EXPECT_EQ(reason(proofs[0]), kNoEquation);
    signal -= Fr::one();
  }
  std::swap(signals[0], signals[1]);
  EXPECT_EQ(reason(proofs[0]), kNoEquation);
  std::swap(signals[0], signals[1]);
  signals.pop_back();
  EXPECT_EQ(reason(proofs[0]), "2 public signals came, the circuit has 3");
  signals.resize(4);
  EXPECT_EQ(reason(proofs[0]), "4 public signals came, the circuit has 3");
}

TEST_F(VerifyTest, RefusesOtherPoints) {
  const Proof& good = proofs[0];
  EXPECT_EQ(reason({good.c, good.b, good.a}), kNoEquation);
  EXPECT_EQ(reason({proofs[1].a, good.b, good.c}), kNoEquation);
  EXPECT_EQ(reason({good.a, proofs[1].b, good.c}), kNoEquation);
  EXPECT_EQ(reason({good.a, good.b, proofs[1].c}), kNoEquation);
  EXPECT_EQ(reason({-good.a, good.b, good.c}), kNoEquation);
  EXPECT_EQ(reason({-good.a, -good.b, good.c}), "");  // the same statement's proof in another form
}

TEST_F(VerifyTest, RefusesPointsOutsideOfTheirGroups) {
  const Proof& good = proofs[0];
  EXPECT_EQ(reason({off_curve(good.a), good.b, good.c}),
            "point A of the proof is not on its curve");
  EXPECT_EQ(reason({good.a, off_curve(good.b), good.c}),
            "point B of the proof is not on its curve");
  EXPECT_EQ(reason({good.a, good.b, off_curve(good.c)}),
            "point C of the proof is not on its curve");
  EXPECT_EQ(reason({good.a, outside_of_subgroup(), good.c}),
            "point B of the proof is not in its group");
}

TEST_F(VerifyTest, RefusesInfinity) {
  const Proof& good = proofs[0];
  EXPECT_EQ(reason({{}, good.b, good.c}), "point A of the proof is infinity");
  EXPECT_EQ(reason({good.a, {}, good.c}), "point B of the proof is infinity");
  EXPECT_EQ(reason({good.a, good.b, {}}), "point C of the proof is infinity");
}

TEST_F(VerifyTest, RefusesAnEmptyKey) {
  key.verifying.ic.clear();
  EXPECT_FALSE(verify(key.verifying, {}, proofs[0]).valid);
  const Statement statement{{}, &proofs[0]};
  EXPECT_FALSE(accepts({&statement, 1}));
}

TEST_F(VerifyTest, BatchAcceptsGoodSets) {
  std::vector<Statement> statements;
  EXPECT_TRUE(accepts(statements));
  for (const Proof& proof : proofs) {
    statements.push_back({signals, &proof});
    EXPECT_TRUE(accepts(statements));
  }
}

TEST_F(VerifyTest, BatchRefusesASetWithOneBadProof) {
  const std::vector<Statement> good = {
      {signals, &proofs[0]}, {signals, &proofs[1]}, {signals, &proofs[2]}};
  std::vector<Fr> other_signals = signals;
  other_signals[1] += Fr::one();
  const Proof swapped{proofs[0].a, proofs[0].b, proofs[1].c};
  const Proof off{off_curve(proofs[0].a), proofs[0].b, proofs[0].c};
  const Proof outside{proofs[0].a, outside_of_subgroup(), proofs[0].c};
  const std::vector<Statement> bad = {{other_signals, &proofs[0]},
                                      {std::span(signals).first(2), &proofs[0]},
                                      {signals, &swapped},
                                      {signals, &off},
                                      {signals, &outside}};
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (const Statement& statement : bad) {
      std::vector<Statement> set = good;
      set[place] = statement;
      EXPECT_FALSE(accepts(set));
    }
  }
}

// More than a vector's lanes, and more than one proof many times.
TEST_F(VerifyTest, BatchRefusesOneForgedProofAtEachPlaceOfMany) {
  std::vector<Statement> set;
  for (std::size_t i = 0; i < 19; ++i) set.push_back({signals, &proofs.at(i % proofs.size())});
  EXPECT_TRUE(accepts(set));
  const Proof forged{proofs[0].a, proofs[0].b, proofs[1].c};
  const Proof outside{proofs[0].a, outside_of_subgroup(), proofs[0].c};
  for (Statement& statement : set) {
    const Statement good = statement;
    for (const Proof* bad : {&forged, &outside}) {
      statement.proof = bad;
      EXPECT_FALSE(accepts(set));
    }
    statement = good;
  }
}

// Each is wrong, but the product of their equations holds: only random factors tell.
TEST_F(VerifyTest, BatchRefusesFaultsThatCancelOut) {
  const Proof first{proofs[0].a, proofs[0].b, proofs[1].c};
  const Proof second{proofs[1].a, proofs[1].b, proofs[0].c};
  const std::array<Statement, 2> statements = {{{signals, &first}, {signals, &second}}};
  EXPECT_FALSE(accepts(statements));

  std::vector<Fr> more = signals, less = signals;
  more[0] += Fr::one();
  less[0] -= Fr::one();
  const std::array<Statement, 2> shifted = {{{more, &proofs[0]}, {less, &proofs[0]}}};
  EXPECT_FALSE(accepts(shifted));
}

TEST_F(VerifyTest, CheckKeyFindsWhatMakesAKeyUnfit) {
  EXPECT_TRUE(check_key(key.verifying).ok());
  const auto fault = [this](const auto& change) -> std::string {
    VerifyingKey changed = key.verifying;
    change(changed);
    const base::Status status = check_key(changed);
    if (status.ok()) return "none";
    EXPECT_EQ(status.error().code, base::ErrorCode::failed_precondition);
    return status.error().message;
  };
  EXPECT_EQ(fault([](VerifyingKey& k) { k.delta2 = curve::g2_generator(); }),
            "verifying key: gamma equals delta, so anyone could forge proofs");
  EXPECT_EQ(fault([](VerifyingKey& k) {
              k.gamma2 = k.beta2;
              k.delta2 = curve::g2_generator();
            }),
            "verifying key: delta is the generator (no contribution was made), so anyone could "
            "forge proofs");
  EXPECT_EQ(fault([](VerifyingKey& k) { k.gamma2 = k.delta2; }),
            "verifying key: gamma equals delta, so anyone could forge proofs");
  EXPECT_EQ(fault([](VerifyingKey& k) { k.alpha1 = off_curve(k.alpha1); }),
            "verifying key: alpha is not on its curve");
  EXPECT_EQ(fault([](VerifyingKey& k) { k.beta2 = outside_of_subgroup(); }),
            "verifying key: beta is not in its group");
  EXPECT_EQ(fault([](VerifyingKey& k) { k.gamma2 = {}; }), "verifying key: gamma is infinity");
  EXPECT_EQ(fault([](VerifyingKey& k) { k.delta2 = off_curve(k.delta2); }),
            "verifying key: delta is not on its curve");
  EXPECT_EQ(fault([](VerifyingKey& k) { k.ic[2] = {}; }), "verifying key: IC[2] is infinity");
  EXPECT_EQ(fault([](VerifyingKey& k) { k.ic[0] = off_curve(k.ic[0]); }),
            "verifying key: IC[0] is not on its curve");
  EXPECT_EQ(fault([](VerifyingKey& k) { k.ic.clear(); }),
            "verifying key: has no points for public signals");
}

// The forgery that check_key guards against: with delta = gamma, C takes in the public part, so a
// "proof" of any signals is made from the verifying key alone.
TEST_F(VerifyTest, AKeyWhoseDeltaIsGammaProvesAnything) {
  VerifyingKey weak = key.verifying;
  weak.delta2 = weak.gamma2;
  curve::G1 signals_point = curve::G1::from_affine(weak.ic[0]);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    signals_point = signals_point + curve::G1::from_affine(weak.ic[i + 1]) * signals[i];
  }
  EXPECT_TRUE(verify(weak, signals, {weak.alpha1, weak.beta2, (-signals_point).to_affine()}).valid);
  EXPECT_FALSE(check_key(weak).ok());
}

}  // namespace
}  // namespace zkp::prover::groth16
