#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/groth16/verify.h"
#include "prover/iden3/formats.h"
#include "prover/iden3/test_files.h"

namespace zkp::prover::iden3 {
namespace {

using field::Fr;
using groth16::Proof;
using groth16::VerifyingKey;
using testing::HasSubstr;

// `text` with the first `from` after `after` replaced.
std::string replaced(std::string text, std::string_view after, std::string_view from,
                     std::string_view to) {
  const std::size_t start = text.find(after);
  EXPECT_NE(start, std::string::npos);
  const std::size_t at = text.find(from, start);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

template <class T>
std::string error_of(const base::Result<T>& result) {
  return result ? "none" : result.error().message;
}

TEST(Json, WritesTheSameBytesAsSnarkjs) {
  const std::string proof = test_text("proof.json"), signals = test_text("public.json"),
                    key = test_text("verification_key.json");
  ASSERT_TRUE(read_proof_json(proof).ok()) << error_of(read_proof_json(proof));
  EXPECT_EQ(write_proof_json(*read_proof_json(proof)), proof);
  ASSERT_TRUE(read_public_json(signals).ok()) << error_of(read_public_json(signals));
  EXPECT_EQ(write_public_json(*read_public_json(signals)), signals);
  ASSERT_TRUE(read_verification_key_json(key).ok()) << error_of(read_verification_key_json(key));
  EXPECT_EQ(write_verification_key_json(*read_verification_key_json(key)), key);
}

TEST(Json, TheKeyIsThatOfTheZkey) {
  const auto key = read_verification_key_json(test_text("verification_key.json"));
  const auto of_zkey = read_zkey_verifying_key(test_file("product.zkey"));
  ASSERT_TRUE(key.ok() && of_zkey.ok());
  EXPECT_EQ(*key, *of_zkey);
}

TEST(Json, TheProofOfSnarkjsIsValid) {
  const auto key = read_verification_key_json(test_text("verification_key.json"));
  const auto proof = read_proof_json(test_text("proof.json"));
  const auto signals = read_public_json(test_text("public.json"));
  ASSERT_TRUE(key.ok() && proof.ok() && signals.ok());
  EXPECT_THAT(*signals, testing::ElementsAre(Fr::from_u64(178)));
  EXPECT_TRUE(groth16::verify(*key, *signals, *proof).valid);
}

TEST(Json, NoSignalsAreTwoLinesAsInSnarkjs) {
  EXPECT_EQ(write_public_json({}), "[\n]");
  const auto back = read_public_json("[\n]");
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(back->empty());
}

TEST(Json, InfinityComesBack) {
  const Proof proof = {};
  const std::string text = write_proof_json(proof);
  EXPECT_THAT(text, HasSubstr("\"pi_a\": [\n  \"0\",\n  \"1\",\n  \"0\"\n ]"));
  ASSERT_TRUE(read_proof_json(text).ok()) << error_of(read_proof_json(text));
  EXPECT_EQ(*read_proof_json(text), proof);
}

TEST(Json, APointOffTheCurveIsLeftToTheVerifier) {
  const std::string text = write_proof_json({.a = {field::Fq::one(), field::Fq::one()}});
  EXPECT_TRUE(read_proof_json(text).ok());
}

TEST(Json, TakesEveryNameOfTheCurveThatSnarkjsTakes) {
  const std::string text = test_text("proof.json");
  for (const char* name : {"bn128", "bn254", "BN-254", "altbn128", "alt_bn128"}) {
    EXPECT_TRUE(read_proof_json(replaced(text, "curve", "bn128", name)).ok()) << name;
  }
  EXPECT_EQ(error_of(read_proof_json(replaced(text, "curve", "bn128", "bls12381"))),
            "proof: /curve: want \"bn128\" or \"bn254\"");
  EXPECT_EQ(error_of(read_proof_json(replaced(text, "curve", "\"bn128\"", "128"))),
            "proof: /curve: want \"bn128\" or \"bn254\"");
  EXPECT_TRUE(read_proof_json(replaced(text, "groth16", ",\n \"curve\": \"bn128\"", "")).ok());
}

TEST(Json, WantsTheProtocol) {
  const std::string text = test_text("proof.json");
  EXPECT_EQ(error_of(read_proof_json(replaced(text, "protocol", "groth16", "plonk"))),
            "proof: /protocol: want \"groth16\"");
  EXPECT_EQ(error_of(read_proof_json(replaced(text, "pi_c", "protocol", "x"))),
            "proof: /protocol: is missing");
}

TEST(Json, NamesThePlaceThatIsWrong) {
  constexpr const char* kWantFq = "want decimal digits in a string, below the modulus of Fq";
  const std::string text =
      R"({"pi_a": ["1", "2", "1"], "pi_b": [["1", "2"], ["3", "4"], ["1", "0"]],
    "pi_c": ["5", "6", "1"], "protocol": "groth16"})";
  ASSERT_EQ(error_of(read_proof_json(text)), "none");
  const std::string modulus = fmt::format("\"{}\"", (-field::Fq::one()).to_decimal() + "0");
  struct Case {
    std::string after, from, to, pointer, detail;
  };
  for (const Case& c : std::vector<Case>{
           {"pi_a", "\"2\"", "2", "/pi_a/1", kWantFq},
           {"pi_a", "\"2\"", "\"0x2\"", "/pi_a/1", kWantFq},
           {"pi_a", "\"2\"", "\"-2\"", "/pi_a/1", kWantFq},
           {"pi_a", "\"2\"", "\"\"", "/pi_a/1", kWantFq},
           {"pi_a", "\"2\"", "[]", "/pi_a/1", kWantFq},
           {"pi_a", "\"2\"", modulus, "/pi_a/1", kWantFq},
           {"pi_a", ", \"1\"", "", "/pi_a", "has 2 elements, want 3"},
           {"pi_a", "\"1\"]", "\"2\"]", "/pi_a",
            "want x, y, 1 for a point or 0, 1, 0 for infinity"},
           {"pi_a", "[\"1\", \"2\"", "[\"0\", \"0\"", "/pi_a",
            "want x, y, 1 for a point or 0, 1, 0 for infinity"},
           {"pi_b", "[\"3\", \"4\"]", "\"3\"", "/pi_b/1", "want a list of 2"},
           {"pi_b", "\"4\"", "null", "/pi_b/1/1", kWantFq},
           {"pi_b", "\"0\"", "\"1\"", "/pi_b", "want x, y, 1 for a point or 0, 1, 0 for infinity"},
           {"pi_c", "[\"5\", \"6\", \"1\"]", "{}", "/pi_c", "want a list of 3"},
           {"{", "pi_c", "pi_d", "/pi_c", "is missing"},
       }) {
    const auto proof = read_proof_json(replaced(text, c.after, c.from, c.to));
    ASSERT_FALSE(proof.ok()) << c.to;
    ASSERT_EQ(proof.error().details.size(), 1U) << proof.error().message;
    EXPECT_EQ(proof.error().details[0].pointer, c.pointer);
    EXPECT_EQ(proof.error().details[0].detail, c.detail);
  }
}

TEST(Json, NamesSeveralPlacesButNotAll) {
  std::string text = "[";
  for (int i = 0; i < 100; ++i) text += "1,";
  const auto signals = read_public_json(text + "\"1\"]");
  ASSERT_FALSE(signals.ok());
  EXPECT_EQ(signals.error().message,
            "public signals: /0: want decimal digits in a string, below the modulus of Fr, and 99 "
            "more are wrong");
  EXPECT_EQ(signals.error().details.size(), 16U);
  EXPECT_EQ(signals.error().details[15].pointer, "/15");
}

TEST(Json, RefusesASignalAtTheModulus) {
  const std::string below = (-Fr::one()).to_decimal();
  EXPECT_TRUE(read_public_json(fmt::format("[\"{}\"]", below)).ok());
  std::string modulus = below;
  ++modulus.back();  // it ends in 6
  EXPECT_EQ(error_of(read_public_json(fmt::format("[\"{}\"]", modulus))),
            "public signals: /0: want decimal digits in a string, below the modulus of Fr");
}

TEST(Json, RefusesWhatIsNoJsonOrAnotherShape) {
  EXPECT_EQ(error_of(read_public_json("[\"1\"")), "public signals: not JSON: at byte 5");
  EXPECT_EQ(error_of(read_public_json("")), "public signals: not JSON: at byte 1");
  EXPECT_EQ(error_of(read_public_json("[\"\xff\"]")), "public signals: not JSON: at byte 3");
  EXPECT_EQ(error_of(read_public_json("{}")), "public signals: want a list");
  EXPECT_EQ(error_of(read_proof_json("[]")), "proof: want an object");
  EXPECT_EQ(error_of(read_verification_key_json("1")), "verification key: want an object");
}

TEST(Json, RefusesANumberBeyondADouble) {
  EXPECT_EQ(error_of(read_public_json("[1e999]")), "public signals: a number is out of range");
  EXPECT_EQ(error_of(read_proof_json(R"({"x": -1E+400})")), "proof: a number is out of range");
  EXPECT_FALSE(read_verification_key_json("1e999").ok());
}

TEST(Json, RefusesDeepNesting) {
  const std::string deep(1'000'000, '[');
  EXPECT_FALSE(read_public_json(deep).ok());
  EXPECT_EQ(error_of(read_public_json(std::string(100'000, '[') + std::string(100'000, ']'))),
            "public signals: nested more than 4 deep");
}

TEST(Json, WantsAsManyPointsAsSignals) {
  const std::string text = test_text("verification_key.json");
  const char* const wrong = "verification key: /nPublic: want the number of points of IC, less 1";
  EXPECT_EQ(error_of(read_verification_key_json(replaced(text, "nPublic", "1", "2"))), wrong);
  EXPECT_EQ(error_of(read_verification_key_json(replaced(text, "nPublic", "1", "\"1\""))), wrong);
  EXPECT_EQ(error_of(read_verification_key_json(replaced(text, "nPublic", "1", "-1"))), wrong);
}

TEST(Json, WantsTheKeysPointsInTheirGroups) {
  const std::string text = test_text("verification_key.json");
  const auto key = read_zkey_verifying_key(test_file("product.zkey"));
  ASSERT_TRUE(key.ok());
  const auto moved = [&](const char* member, const field::Fq& coordinate) {
    return read_verification_key_json(replaced(text, member, coordinate.to_decimal(), "1"));
  };
  EXPECT_EQ(error_of(moved("vk_alpha_1", key->alpha1.x)),
            "verification key: /vk_alpha_1: is not a point of its group");
  EXPECT_EQ(error_of(moved("vk_gamma_2", key->gamma2.x.c1)),
            "verification key: /vk_gamma_2: is not a point of its group");
  EXPECT_EQ(error_of(moved("IC", key->ic[1].y)),
            "verification key: /IC/1: is not a point of its group");
}

TEST(Json, SurvivesTruncation) {
  for (const char* name : {"proof.json", "public.json", "verification_key.json"}) {
    for_each_truncation(test_file(name), [](base::ByteView cut) {
      EXPECT_FALSE(read_proof_json(base::as_text(cut)).ok());
      EXPECT_FALSE(read_public_json(base::as_text(cut)).ok());
      EXPECT_FALSE(read_verification_key_json(base::as_text(cut)).ok());
    });
  }
}

TEST(Json, SurvivesDamage) {
  for_each_flip(test_file("proof.json"), [](base::ByteView changed) {
    if (const auto proof = read_proof_json(base::as_text(changed))) {
      const auto again = read_proof_json(write_proof_json(*proof));
      EXPECT_TRUE(again.ok() && *again == *proof);
    }
  });
}

}  // namespace
}  // namespace zkp::prover::iden3
