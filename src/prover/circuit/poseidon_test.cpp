#include "prover/circuit/poseidon.h"

#include <array>
#include <numeric>
#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "prover/circuit/builder.h"

namespace zkp::prover::circuit {
namespace {

// 1, 2, ... count
std::vector<Fr> first_numbers(std::size_t count) {
  std::vector<Fr> numbers;
  for (std::size_t i = 1; i <= count; ++i) numbers.push_back(Fr::from_u64(i));
  return numbers;
}

// circomlibjs 0.1.7: (await buildPoseidon())([1, 2, ... n]) for n = 1 .. 16.
constexpr std::array kHashes = {
    "18586133768512220936620570745912940619677854269274689475585506675881198879027",
    "7853200120776062878684798364095072458815029376092732009249414926327459813530",
    "6542985608222806190361240322586112750744169038454362455181422643027100751666",
    "18821383157269793795438455681495246036402687001665670618754263018637548127333",
    "6183221330272524995739186171720101788151706631170188140075976616310159254464",
    "20400040500897583745843009878988256314335038853985262692600694741116813247201",
    "12748163991115452309045839028154629052133952896122405799815156419278439301912",
    "18604317144381847857886385684060986177838410221561136253933256952257712543953",
    "13589767895268936107593642967621470491511464502761040466226072462545218539640",
    "3657500514307717306974218405144578736633140001277925127187636780142269815841",
    "3572015662710076994097916907865950486270383304442561406230608893458731714472",
    "2501997477381648492950318384533644783248002172679259592360114615426357826485",
    "7041832639553862712666971417715061873827921493498355005117622707743491651590",
    "8354478399926161176778659061636406690034081872658507739535256090879947077494",
    "4203130618016961831408770638653325366880478848856764494148034853759773445968",
    "9989051620750914585850546081941653841776809718687451684622678807385399211877",
};

TEST(Poseidon, EqualsCircomlibForEveryWidth) {
  for (std::size_t count = 1; count <= kHashes.size(); ++count) {
    EXPECT_EQ(poseidon_hash(first_numbers(count)).to_decimal(), kHashes[count - 1]) << count;
  }
}

TEST(Poseidon, EqualsCircomlibAtTheFieldsEdges) {
  // circomlibjs: poseidon([0, 0]) and poseidon([r - 1, r - 2])
  EXPECT_EQ(poseidon_hash(std::array{Fr::zero(), Fr::zero()}).to_decimal(),
            "14744269619966411208579211824598458697587494354926760081771325075741142829156");
  EXPECT_EQ(poseidon_hash(std::array{-Fr::one(), -Fr::from_u64(2)}).to_decimal(),
            "6149179154952470170078400310622041627793456726695327690341847329306121599910");
}

// A circuit whose output is the hash of `values`, of which the last is a constant if `pad`.
void hash_circuit(Builder& builder, std::span<const Fr> values, bool pad) {
  std::vector<Linear> inputs;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool constant = pad && i + 1 == values.size();
    inputs.push_back(constant ? Linear::constant(values[i])
                              : Linear(builder.add_wire(WireKind::private_input, values[i])));
  }
  poseidon(builder, inputs, WireKind::output);
}

ConstraintSystem system_for(std::size_t count, bool pad) {
  Builder builder(Builder::Purpose::constraints);
  hash_circuit(builder, first_numbers(count), pad);
  return std::move(builder).finish_system();
}

Witness witness_for(std::span<const Fr> values, bool pad) {
  Builder builder(Builder::Purpose::witness);
  hash_circuit(builder, values, pad);
  return std::move(builder).finish_witness();
}

TEST(PoseidonCircuit, TakesThreeConstraintsForEverySbox) {
  for (std::size_t count = 1; count <= kMostPoseidonInputs; ++count) {
    const ConstraintSystem system = system_for(count, false);
    EXPECT_EQ(system.constraint_count(), poseidon_constraint_count(count));
    EXPECT_EQ(system.wire_count, 1 + count + poseidon_constraint_count(count));
  }
  // circom2 -O2 on circomlib's Poseidon(2)
  EXPECT_EQ(poseidon_constraint_count(2), 240);
}

TEST(PoseidonCircuit, AgreesWithTheHashOutsideOfIt) {
  for (std::size_t count = 1; count <= kMostPoseidonInputs; ++count) {
    for (const bool pad : {false, true}) {
      if (pad && count == 1) continue;
      const ConstraintSystem system = system_for(count, pad);
      const Witness witness = witness_for(first_numbers(count), pad);
      const base::Status satisfied = check_satisfied(system, witness);
      EXPECT_TRUE(satisfied.ok()) << count << (satisfied.ok() ? "" : satisfied.error().message);
      EXPECT_EQ(Fr::from_standard(witness.reveal()[1]).to_decimal(), kHashes[count - 1]);
    }
  }
}

TEST(PoseidonCircuit, HoldsForRandomInputs) {
  const ConstraintSystem system = system_for(2, false);
  EXPECT_TRUE(rc::check([&](std::uint64_t seed) {
    base::SeededRandom random(seed);
    const std::array inputs{Fr::random(random), Fr::random(random)};
    const Witness witness = witness_for(inputs, false);
    RC_ASSERT(check_satisfied(system, witness).ok());
    RC_ASSERT(Fr::from_standard(witness.reveal()[1]) == poseidon_hash(inputs));
  }));
}

// A and B are what a proving key stores, and what every proof pays for.
TEST(PoseidonCircuit, KeepsTheRowsOfAAndBShort) {
  const ConstraintSystem system = system_for(2, false);
  EXPECT_LE(system.a.terms.size(), system.constraint_count() + 12);
  EXPECT_LE(system.b.terms.size(), system.constraint_count() + 12);
}

}  // namespace
}  // namespace zkp::prover::circuit
