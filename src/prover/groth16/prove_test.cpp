#include "prover/groth16/prove.h"

#include <thread>

#include <gtest/gtest.h>
#include <tbb/task_arena.h>

#include "prover/groth16/key_scalars.h"
#include "prover/groth16/synthetic.h"
#include "prover/groth16/test_circuits.h"
#include "prover/groth16/verify.h"

namespace zkp::prover::groth16 {
namespace {

using base::ErrorCode;

constexpr std::uint64_t kRounds = 10;  // of random systems: each takes a set-up

ProvingKey key_of(const circuit::ConstraintSystem& system, std::uint64_t seed = 1) {
  base::SeededRandom random(seed);
  auto key = setup(system, {.kernels = kernels(), .random = random});
  ZKP_ASSERT(key.ok());
  return *std::move(key);
}

Proof proof_of(const ProvingKey& key, const circuit::Witness& witness, std::uint64_t seed = 1) {
  base::SeededRandom random(seed);
  const auto proof = prove(key, witness, {.kernels = kernels(), .random = random});
  ZKP_ASSERT(proof.ok());
  return *proof;
}

bool proves(const ProvingKey& key, const circuit::Witness& witness) {
  const auto signals = public_signals_of(key, witness);
  return signals.ok() && verify(key.verifying, *signals, proof_of(key, witness)).valid;
}

TEST(Prove, ProvesAProduct) {
  const Instance made = multiplication(6, 7);
  EXPECT_TRUE(proves(key_of(made.system), made.witness));
}

TEST(Prove, ProvesAnySatisfiedSystem) {
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    const Instance made = random_instance(seed, static_cast<std::uint32_t>(1 + seed % 40),
                                          static_cast<std::uint32_t>(seed % 4));
    ASSERT_TRUE(circuit::check_satisfied(made.system, made.witness).ok());
    EXPECT_TRUE(proves(key_of(made.system, seed), made.witness));
  }
}

TEST(Prove, ProvesASystemWithoutPrivateWires) {
  circuit::ConstraintSystem system;
  system.wire_count = 2;
  system.public_input_count = 1;
  const circuit::Term x{1, Fr::one()};
  for (auto* matrix : {&system.a, &system.b, &system.c}) matrix->append_row({&x, 1});
  const ProvingKey key = key_of(system);
  EXPECT_TRUE(proves(key, witness_of(std::array{Fr::one(), Fr::one()})));
  EXPECT_FALSE(proves(key, witness_of(std::array{Fr::one(), Fr::from_u64(2)})));
}

// Larger than what one transform does in cache, and than the rows of one chunk.
TEST(Prove, ProvesALongChain) {
  const SyntheticCircuit made = synthetic_circuit(5000, 1);
  EXPECT_TRUE(proves(key_of(made.system), made.witness));
}

TEST(Prove, AnUnsatisfiedWitnessProvesNothing) {
  const Instance made = random_instance(11, 12, 2);
  const ProvingKey key = key_of(made.system);
  for (std::size_t wire = 1; wire < made.witness.size(); ++wire) {
    auto changed = circuit::Witness::copy_of(made.witness.reveal());
    changed.reveal_mutable()[wire][0] ^= 1;
    if (circuit::check_satisfied(made.system, changed).ok()) continue;  // a wire that plays no part
    EXPECT_FALSE(proves(key, changed)) << wire;
  }
  EXPECT_TRUE(proves(key, made.witness));
}

TEST(Prove, RefusesWitnessesOfAnotherCircuit) {
  const Instance made = multiplication(6, 7);
  const ProvingKey key = key_of(made.system);
  base::SeededRandom random(1);
  const ProveOptions options{.kernels = kernels(), .random = random};
  const auto values = made.witness.reveal();
  const auto shorter = circuit::Witness::copy_of(values.first(3));
  EXPECT_EQ(code_of(prove(key, shorter, options)), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(public_signals_of(key, shorter)), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(prove(key, circuit::Witness(), options)), ErrorCode::invalid_argument);
  auto two = circuit::Witness::copy_of(values);
  two.reveal_mutable()[0] = {2, 0, 0, 0};
  EXPECT_EQ(code_of(prove(key, two, options)), ErrorCode::invalid_argument);
  auto unreduced = circuit::Witness::copy_of(values);
  unreduced.reveal_mutable()[3] = Fr::kModulus;
  EXPECT_EQ(code_of(prove(key, unreduced, options)), ErrorCode::invalid_argument);
}

TEST(Prove, PublicSignalsAreTheWitnessesFirstValues) {
  const Instance made = multiplication(6, 7);
  EXPECT_EQ(*public_signals_of(key_of(made.system), made.witness),
            std::vector<Fr>{Fr::from_u64(42)});
}

TEST(Prove, TwoProofsOfOneStatementDiffer) {
  const Instance made = multiplication(6, 7);
  const ProvingKey key = key_of(made.system);
  const Proof first = proof_of(key, made.witness, 1);
  const Proof second = proof_of(key, made.witness, 2);
  EXPECT_NE(first.a, second.a);
  EXPECT_NE(first.b, second.b);
  EXPECT_NE(first.c, second.c);
}

Fr sum_over(const base::SecretVector<Fr>& scalars, const circuit::Witness& witness,
            std::size_t first, std::size_t end) {
  Fr sum;
  for (std::size_t wire = first; wire < end; ++wire) {
    sum += scalars.reveal()[wire] * Fr::from_standard(witness.reveal()[wire]);
  }
  return sum;
}

// Groth 2016, section 3.2, in the exponent: A and B by definition, and C the one scalar for which
// A B = alpha beta + (public part) + C delta.
TEST(Prove, EqualsTheDefinitionForKnownSecrets) {
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    const Instance made = random_instance(seed, 15, 2);
    const auto trapdoor = random_trapdoor(seed);
    const auto& [tau, alpha, beta, delta] = trapdoor.reveal();
    base::SeededRandom random(seed);
    const auto key =
        setup_with_trapdoor(made.system, trapdoor, {.kernels = kernels(), .random = random});
    ASSERT_TRUE(key.ok());
    const Blinding blinding{Fr::random(random), Fr::random(random)};
    const auto proof = prove(*key, made.witness,
                             {.kernels = kernels(), .random = random, .fixed_blinding = &blinding});
    ASSERT_TRUE(proof.ok());

    const KeyScalars scalars =
        key_scalars(made.system, key->domain_log, trapdoor.reveal(), kernels());
    const std::size_t wires = made.witness.size();
    const Fr a = alpha + sum_over(scalars.a, made.witness, 0, wires) + blinding.r * delta;
    const Fr b = beta + sum_over(scalars.b, made.witness, 0, wires) + blinding.s * delta;
    const Fr c = (a * b - alpha * beta - sum_over(scalars.c, made.witness, 0, 3)) * delta.inverse();
    EXPECT_EQ(proof->a, (curve::G1::from_affine(curve::g1_generator()) * a).to_affine());
    EXPECT_EQ(proof->b, (curve::G2::from_affine(curve::g2_generator()) * b).to_affine());
    EXPECT_EQ(proof->c, (curve::G1::from_affine(curve::g1_generator()) * c).to_affine());
  }
}

TEST(Prove, IsTheSameOnAnyNumberOfThreads) {
  const SyntheticCircuit made = synthetic_circuit(3000, 2);
  const ProvingKey key = key_of(made.system);
  const Blinding blinding{Fr::from_u64(3), Fr::from_u64(4)};
  base::SeededRandom random(1);
  std::vector<Proof> proofs;
  for (const int threads : {1, 2, 4}) {
    tbb::task_arena(threads).execute([&] {
      ProveTimings timings;
      const auto proof =
          prove(key, made.witness,
                {.kernels = kernels(), .random = random, .fixed_blinding = &blinding}, &timings);
      ASSERT_TRUE(proof.ok());
      proofs.push_back(*proof);
      for (const double part : {timings.rows, timings.transforms, timings.msm_a, timings.msm_b1,
                                timings.msm_b2, timings.msm_c, timings.msm_h}) {
        EXPECT_GT(part, 0);
        EXPECT_LE(part, timings.total);
      }
    });
  }
  EXPECT_EQ(proofs[0], proofs[1]);
  EXPECT_EQ(proofs[0], proofs[2]);
}

TEST(Prove, ReportsProgressUpToOne) {
  const Instance made = random_instance(3, 100, 1);
  double last = 0;
  bool rises = true;
  base::SeededRandom random(1);
  const Progress listener = [&](double fraction, const char*) {
    rises = rises && fraction > last;
    last = fraction;
  };
  ASSERT_TRUE(prove(key_of(made.system), made.witness,
                    {.kernels = kernels(), .random = random, .progress = listener})
                  .ok());
  EXPECT_TRUE(rises);
  EXPECT_DOUBLE_EQ(last, 1);
}

TEST(Prove, StopsWhenAsked) {
  const SyntheticCircuit made = synthetic_circuit(3000, 2);
  const ProvingKey key = key_of(made.system);
  base::SeededRandom random(1);
  std::stop_source before;
  before.request_stop();
  EXPECT_EQ(code_of(prove(key, made.witness,
                          {.kernels = kernels(), .random = random, .stop = before.get_token()})),
            ErrorCode::cancelled);
  std::stop_source source;
  const Progress stop_at_once = [&](double, const char*) { source.request_stop(); };
  tbb::task_arena(1).execute([&] {
    EXPECT_EQ(code_of(prove(key, made.witness,
                            {.kernels = kernels(),
                             .random = random,
                             .stop = source.get_token(),
                             .progress = stop_at_once})),
              ErrorCode::cancelled);
  });
}

TEST(PredictedMemory, HoldsTheKeyAndTheWitness) {
  const SyntheticCircuit made = synthetic_circuit(3000, 2);
  const ProvingKey key = key_of(made.system);
  const std::size_t terms = key.matrix_a.terms.size() + key.matrix_b.terms.size();
  const std::size_t held =
      (key.a.size() + key.b1.size() + key.c.size() + key.h.size()) * sizeof(G1Affine) +
      key.b2.size() * sizeof(G2Affine) + terms * sizeof(KeyTerm) +
      made.witness.size() * sizeof(field::Limbs);
  KeySizes sizes{key.wire_count, key.public_count, key.domain_size(), terms};
  const std::uint64_t predicted = predicted_memory_bytes(sizes, 1);
  EXPECT_GT(predicted, held);
  sizes.coefficient_count += 1000;
  EXPECT_EQ(predicted_memory_bytes(sizes, 1), predicted + 1000 * sizeof(KeyTerm));
  EXPECT_GT(predicted_memory_bytes(sizes, 2), predicted_memory_bytes(sizes, 1));
  EXPECT_EQ(predicted_memory_bytes(sizes, kMostProvingThreads), predicted_memory_bytes(sizes, 100));
}

// Whatever it catches the proof at: the answer is a valid proof or `cancelled`.
TEST(Prove, MayBeStoppedFromAnotherThread) {
  const Instance made = random_instance(4, 200, 1);
  const ProvingKey key = key_of(made.system);
  const auto signals = *public_signals_of(key, made.witness);
  base::SeededRandom random(1);
  for (int round = 0; round < 10; ++round) {
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    const auto proof = prove(key, made.witness,
                             {.kernels = kernels(), .random = random, .stop = source.get_token()});
    if (proof.ok()) {
      EXPECT_TRUE(verify(key.verifying, signals, *proof).valid);
    } else {
      EXPECT_EQ(code_of(proof), ErrorCode::cancelled);
    }
  }
}

}  // namespace
}  // namespace zkp::prover::groth16
