#include "prover/circuit/testing.h"

namespace zkp::prover::circuit::testing {
namespace {

// circomlibjs 0.1.7, by buildPoseidon(): the tree over 1, 2, 3, 4, 5, 0, 0, 0.
constexpr const char* kRootOfFive =
    "11423905996292301557094381827471001341065978476379731588841715616195717249470";
// The same over 1, 2, 3, H("secret1"), H("secret2"), 0, 0, 0; H: SHA-256, its first 31 bytes.
constexpr const char* kRootOfSecrets =
    "14853579994042931401904892197336207644582367521454498485713360702674141039397";
// poseidon([22, poseidon([11, 10])])
constexpr const char* kRootOfPath =
    "3068170742849118639159538361409165704605210796193828025160012082159891468012";
// poseidon([42, 7]) and poseidon([1, 2, 3])
constexpr const char* kCommitment =
    "3058340958650756850333278030845923471182880899951380702275913973811505220565";
constexpr const char* kDigest =
    "6542985608222806190361240322586112750744169038454362455181422643027100751666";

void add_trees(std::vector<Case>& cases) {
  for (std::size_t shown = 0; shown <= 5; ++shown) {
    const Texts first = numbers(1, shown);
    const Texts rest = numbers(1 + shown, 5 - shown);
    const std::string shape =
        "merkle_tree/" + std::to_string(shown) + "," + std::to_string(5 - shown);
    Texts signals{kRootOfFive};
    signals.insert(signals.end(), first.begin(), first.end());
    cases.push_back({"merkle_tree", positional(first, rest), shape, signals});
    cases.push_back({"merkle_tree",
                     named({list("hidden_leaves", rest), list("public_leaves", first)}), shape,
                     signals});
  }
  cases.push_back({"merkle_tree",
                   named({list("public_leaves", numbers(1, 5))}),
                   "merkle_tree/5,0",
                   {kRootOfFive, "1", "2", "3", "4", "5"}});
  cases.push_back({"merkle_tree",
                   positional({"1", "2", "0x3"}, {"secret1", "secret2"}),
                   "merkle_tree/3,2",
                   {kRootOfSecrets, "1", "2", "3"}});
  cases.push_back({"merkle_tree", positional({}, {"9"}), "merkle_tree/0,1"});
  cases.push_back({"merkle_tree", positional({"9"}, {}), "merkle_tree/1,0"});
}

void add_proofs(std::vector<Case>& cases) {
  for (std::size_t index = 0; index < 5; ++index) {
    cases.push_back({"merkle_proof",
                     named({list("leaves", numbers(1, 5)), one("leaf_index", std::to_string(index)),
                            one("root", kRootOfFive)}),
                     "merkle_proof/3",
                     {kRootOfFive}});
  }
  cases.push_back(
      {"merkle_proof", named({list("leaves", {"9"}), one("leaf_index", "0")}), "merkle_proof/1"});
  cases.push_back({"merkle_proof",
                   named({one("root", kRootOfPath), one("leaf", "10"), one("leaf_index", "3"),
                          list("siblings", {"11", "22"})}),
                   "merkle_proof/2",
                   {kRootOfPath}});
  cases.push_back({"merkle_proof",
                   positional({kRootOfPath}, {"10", "3", "11", "22"}),
                   "merkle_proof/2",
                   {kRootOfPath}});
  cases.push_back(
      {"merkle_proof", positional({}, {"10", "0x3", "11", "22"}), "merkle_proof/2", {kRootOfPath}});
  Texts deepest{"1", "18446744073709551615"};
  deepest.resize(66, "2");
  cases.push_back({"merkle_proof", positional({}, deepest), "merkle_proof/64"});
}

void add_ranges(std::vector<Case>& cases) {
  const Texts signals{kCommitment, "18", "65"};
  cases.push_back(
      {"range_proof", positional({kCommitment, "18", "65"}, {"42", "7"}), "range_proof", signals});
  cases.push_back({"range_proof", positional({"18", "65"}, {"42", "7"}), "range_proof", signals});
  cases.push_back({"range_proof",
                   named({one("salt", "7"), one("value", "42"), one("max", "65"), one("min", "18"),
                          one("commitment", kCommitment)}),
                   "range_proof", signals});
  cases.push_back(
      {"range_proof",
       named({one("min", "42"), one("max", "42"), one("value", "42"), one("salt", "7")}),
       "range_proof",
       {kCommitment, "42", "42"}});
  const char* most = "18446744073709551615";
  for (const char* value : {"0", "1", most}) {
    cases.push_back({"range_proof", positional({"0", most}, {value, "a salt"}), "range_proof"});
  }
}

}  // namespace

std::vector<Case> good_cases() {
  std::vector<Case> cases;
  cases.push_back({"test", positional({"1"}, {}), "test/1", {"1"}});
  cases.push_back({"test", named({list("x", {"0", "5", "0x10"})}), "test/3", {"0", "5", "16"}});
  add_trees(cases);
  add_proofs(cases);
  add_ranges(cases);
  cases.push_back({"addition", positional({"12"}, {"5", "7"}), "addition", {"12"}});
  cases.push_back({"addition", positional({}, {"5", "7"}), "addition", {"12"}});
  cases.push_back(
      {"addition", named({one("a", "5"), one("b", "7"), one("sum", "0xC")}), "addition", {"12"}});
  cases.push_back({"poseidon_preimage",
                   positional({kDigest}, {"1", "2", "3"}),
                   "poseidon_preimage/3",
                   {kDigest}});
  cases.push_back({"poseidon_preimage",
                   named({list("preimage", {"1", "2", "3"})}),
                   "poseidon_preimage/3",
                   {kDigest}});
  for (std::size_t count = 1; count <= 16; ++count) {
    cases.push_back({"poseidon_preimage", positional({}, numbers(5, count)),
                     "poseidon_preimage/" + std::to_string(count)});
  }
  return cases;
}

}  // namespace zkp::prover::circuit::testing
