#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/circuit/testing.h"

// What a client is told about inputs that are wrong.
namespace zkp::prover::circuit {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Not;

// r, the field's modulus, and r - 1
constexpr const char* kModulus =
    "21888242871839275222246405745257275088548364400416034343698204186575808495617";
constexpr const char* kLargest =
    "21888242871839275222246405745257275088548364400416034343698204186575808495616";
constexpr const char* kModulusHex =
    "0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";

struct Wrong {
  const char* circuit_type;
  Inputs inputs;
  Texts pointers;
};

void expect_refused(const Wrong& wrong) {
  const base::Result<Shape> shape = shape_of(wrong.circuit_type, wrong.inputs);
  ASSERT_FALSE(shape.ok()) << shape->id() << " " << wrong.pointers[0];
  EXPECT_EQ(shape.error().code, base::ErrorCode::invalid_argument);
  Texts pointers;
  for (const base::ErrorDetail& detail : shape.error().details) {
    pointers.push_back(detail.pointer);
    EXPECT_FALSE(detail.detail.empty());
  }
  EXPECT_THAT(pointers, ElementsAreArray(wrong.pointers)) << shape.error().message;
  EXPECT_THAT(shape.error().message, HasSubstr(wrong.pointers[0]));
}

TEST(Inputs, PositionalOnesAreCheckedOneByOne) {
  const std::vector<Wrong> cases = {
      {"test", positional({}, {}), {"/public_inputs"}},
      {"test",
       positional({"1", kModulus, "2", kModulusHex}, {}),
       {"/public_inputs/1", "/public_inputs/3"}},
      {"test", positional({"1"}, {"1"}), {"/private_inputs/0"}},
      {"test", positional(numbers(0, 1025), {}), {"/public_inputs", "/public_inputs"}},
      {"merkle_tree", positional({}, {}), {"/public_inputs"}},
      {"merkle_tree", positional(numbers(0, 1000), numbers(0, 25)), {"/private_inputs"}},
      {"merkle_tree",
       positional({kModulus}, {"1", kModulus}),
       {"/public_inputs/0", "/private_inputs/1"}},
      {"merkle_proof",
       positional({"1"}, {}),
       {"/private_inputs", "/private_inputs", "/private_inputs"}},
      {"merkle_proof", positional({"1"}, {"1", "4", "3", "4"}), {"/private_inputs/1"}},
      {"merkle_proof", positional({"1", "2"}, {"1", "0", "3"}), {"/public_inputs/1"}},
      {"merkle_proof",
       positional({kModulus}, {"1", "0", kModulus}),
       {"/public_inputs/0", "/private_inputs/2"}},
      {"range_proof", positional({"1"}, {"2", "3"}), {"/public_inputs"}},
      {"range_proof", positional({"1", "2"}, {"2"}), {"/private_inputs"}},
      {"range_proof", positional({"0", "18446744073709551616"}, {"1", "2"}), {"/public_inputs/1"}},
      {"range_proof",
       positional({"low", "1"}, {"", kModulus}),
       {"/public_inputs/0", "/private_inputs/0", "/private_inputs/1"}},
      {"range_proof",
       positional({"5", "1", "2", "3"}, {"2", "3", "4"}),
       {"/public_inputs/3", "/private_inputs/2"}},
      {"addition", positional({}, {"1"}), {"/private_inputs"}},
      {"addition",
       positional({"1", "1"}, {"1", kModulus, "1"}),
       {"/public_inputs/1", "/private_inputs/2", "/private_inputs/1"}},
      {"poseidon_preimage", positional({}, {}), {"/private_inputs"}},
      {"poseidon_preimage", positional({}, numbers(0, 17)), {"/private_inputs", "/private_inputs"}},
  };
  for (const Wrong& wrong : cases) expect_refused(wrong);
}

TEST(Inputs, NamedOnesAreCheckedOneByOne) {
  const std::vector<Wrong> cases = {
      {"test", named({}), {"/inputs/x"}},
      {"test", named({one("x", "1")}), {"/inputs/x", "/inputs/x"}},
      {"test",
       named({list("x", {"1"}), list("y", {"1"}), one("a/b~c", "1")}),
       {"/inputs/y", "/inputs/a~1b~0c"}},
      {"test", named({list("x", {"1"}), list("x", {"2"})}), {"/inputs/x"}},
      {"test", named({list("x", {"0", kModulus})}), {"/inputs/x/1"}},
      {"merkle_tree", named({}), {"/inputs/public_leaves"}},
      {"merkle_tree",
       named({list("hidden_leaves", numbers(0, 1025))}),
       {"/inputs/hidden_leaves", "/inputs/public_leaves"}},
      {"merkle_proof",
       named({list("leaves", {"1", "2", "3"}), one("leaf_index", "3")}),
       {"/inputs/leaf_index"}},
      {"merkle_proof", named({list("leaves", {}), one("leaf_index", "0")}), {"/inputs/leaves"}},
      {"merkle_proof", named({list("leaves", {"1", "2"})}), {"/inputs/leaf_index"}},
      {"merkle_proof",
       named({list("leaves", {"1", "2"}), one("leaf_index", "0"), one("leaf", "1")}),
       {"/inputs/leaves"}},
      {"merkle_proof",
       named({list("leaves", {"1", kModulus}), one("leaf_index", "first")}),
       {"/inputs/leaf_index", "/inputs/leaves/1"}},
      {"merkle_proof",
       named({list("siblings", numbers(1, 65)), one("leaf_index", "0"), one("leaf", "1")}),
       {"/inputs/siblings", "/inputs/siblings"}},
      {"range_proof",
       named({one("min", "1"), one("max", "2"), one("value", "1")}),
       {"/inputs/salt"}},
      {"range_proof",
       named({list("min", {"1"}), one("max", "-1"), one("value", "1.5"), one("salt", "s")}),
       {"/inputs/min", "/inputs/max", "/inputs/value"}},
      {"range_proof",
       named({one("commitment", kModulus), one("min", "0"), one("max", "1"),
              one("value", "18446744073709551616"), one("salt", kModulus)}),
       {"/inputs/commitment", "/inputs/value", "/inputs/salt"}},
  };
  for (const Wrong& wrong : cases) expect_refused(wrong);
}

TEST(Inputs, NoPrivateValueStandsInAMessage) {
  const std::string secret =
      "98765432109876543210987654321098765432109876543210987654321098765432"
      "1098765432109876543210";
  for (const CatalogueEntry& entry : catalogue()) {
    for (std::size_t count = 0; count < 20; ++count) {
      const Inputs inputs = positional({}, Texts(count, secret));
      const base::Result<Shape> shape = shape_of(entry.name, inputs);
      ASSERT_FALSE(shape.ok());
      EXPECT_THAT(shape.error().message, Not(HasSubstr("9876543210")));
      for (const base::ErrorDetail& detail : shape.error().details) {
        EXPECT_THAT(detail.detail, Not(HasSubstr("9876543210")));
      }
    }
  }
}

TEST(Inputs, SayOnlySoMuchAboutWhatIsWrong) {
  const Inputs inputs = positional(Texts(1024, kModulus), {});
  EXPECT_EQ(shape_of("test", inputs).error().details.size(), 100);
}

TEST(ElementText, ReadsNumbers) {
  const auto decimal = [](std::string_view text) {
    return field_element_of_text(text).value().to_decimal();
  };
  EXPECT_EQ(decimal("0"), "0");
  EXPECT_EQ(decimal("007"), "7");
  EXPECT_EQ(decimal("0xfF"), "255");
  EXPECT_EQ(decimal("0x" + std::string(100, '0') + "a"), "10");
  EXPECT_EQ(decimal(std::string(100, '0') + "12"), "12");
  EXPECT_EQ(decimal(kLargest), kLargest);
}

TEST(ElementText, HashesOtherText) {
  const auto decimal = [](std::string_view text) {
    return field_element_of_text(text).value().to_decimal();
  };
  // int.from_bytes(hashlib.sha256(text.encode()).digest()[:31], "big") in Python
  EXPECT_EQ(decimal("secret1"),
            "160903042460308550490807131169986537640046798689499777748752519788138781559");
  EXPECT_EQ(decimal("0x"),
            "292035393684233703847540269691539236905429629836440201264133314102047129239");
  EXPECT_EQ(decimal("-1"),
            "48901772427639919622174522088557066150852398742192966233804126020116584900");
  EXPECT_EQ(decimal("1 "),
            "27862952232841922392436377278057336270934164368532299147171839437647590637");
  EXPECT_EQ(decimal("ff"),
            "10005783413229967506908847599649251609117285908619394925172812119243957141");
  EXPECT_EQ(decimal("0xfg"),
            "439999839068940966653191462197062906348250756582877031957093208417668247176");
  EXPECT_EQ(decimal(""),
            "402294282224820691521621923135083292147655861907023574192888269535608066744");
}

TEST(ElementText, RefusesNumbersThatAreNotBelowTheModulus) {
  for (const std::string& text :
       {std::string(kModulus), std::string(kModulusHex), "0x1" + std::string(64, '0'),
        "0x" + std::string(64, 'f'), std::string(78, '9'), std::string(10000, '1')}) {
    EXPECT_EQ(field_element_of_text(text).error().code, base::ErrorCode::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace zkp::prover::circuit
