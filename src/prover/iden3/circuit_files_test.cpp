#include "prover/iden3/circuit_files.h"

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "prover/groth16/setup.h"
#include "prover/groth16/synthetic.h"
#include "prover/iden3/formats.h"
#include "prover/iden3/test_files.h"
#include "prover/iden3/zkey_layout.h"

namespace zkp::prover::iden3 {
namespace {

class CircuitFilesTest : public testing::Test {
 protected:
  CircuitFilesTest() {
    std::string name = testing::TempDir() + "circuit_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~CircuitFilesTest() override { std::filesystem::remove_all(folder_); }

  MappedFile map(const char* name, base::ByteView bytes) {
    std::ofstream(folder_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return MappedFile::open(folder_ / name).value();
  }

  base::Result<CircuitFacts> check(base::ByteView r1cs, base::ByteView zkey,
                                   std::stop_token stop = {}) {
    const MappedFile system = map("c.r1cs", r1cs), key = map("c.zkey", zkey);
    return check_circuit_files(
        system, key,
        {.kernels = field::portable_kernels(), .random = random_, .stop = std::move(stop)});
  }
  std::string message_of(base::ByteView r1cs, base::ByteView zkey) {
    const auto checked = check(r1cs, zkey);
    if (checked.ok()) return "it passes";
    EXPECT_EQ(checked.error().code, base::ErrorCode::invalid_argument);
    return checked.error().message;
  }

  base::SeededRandom random_{7};
  std::filesystem::path folder_;
  const base::Bytes r1cs_ = test_file("product.r1cs"), zkey_ = test_file("product.zkey");
};

TEST_F(CircuitFilesTest, TheFilesOfSnarkjsAreOfOneCircuit) {
  const auto facts = check(r1cs_, zkey_);
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  const auto system = read_r1cs(r1cs_).value();
  EXPECT_EQ(facts->constraint_count, system.constraint_count());
  EXPECT_EQ(facts->sizes.public_count, system.public_count());
  EXPECT_EQ(facts->verifying, read_zkey_verifying_key(zkey_).value());
  EXPECT_EQ(facts->sizes.wire_count, system.wire_count);
  EXPECT_EQ(facts->contribution_count, 2U);
  EXPECT_EQ(check(r1cs_, test_file("product_0000.zkey")).value().contribution_count, 0U);
}

// Any change of one byte of an entry of A or B is seen: by its place, its size or the fingerprint.
TEST_F(CircuitFilesTest, AnotherMatrixIsRefused) {
  const auto layout = ZkeyLayout::parse(zkey_).value();
  const auto from = static_cast<std::size_t>(layout.coefficients.data() - zkey_.data());
  for (std::size_t i = 0; i < layout.coefficients.size(); ++i) {
    base::Bytes changed = zkey_;
    changed[from + i] ^= 1;
    EXPECT_NE(message_of(r1cs_, changed), "it passes") << "byte " << i << " of section 4";
  }
  base::Bytes swapped = zkey_;  // two entries for each other are the same matrices
  std::swap_ranges(&swapped[from], &swapped[from + kZkeyTermBytes],
                   &swapped[from + kZkeyTermBytes]);
  EXPECT_EQ(message_of(r1cs_, swapped), "it passes");
}

TEST_F(CircuitFilesTest, TheConstraintsOfAnotherCircuitAreRefused) {
  base::Bytes changed = r1cs_;
  auto system = read_r1cs(r1cs_).value();
  system.a.terms[0].coefficient += field::Fr::one();
  EXPECT_EQ(message_of(write_r1cs(system), zkey_),
            "zkey: its matrices are not those of the constraint system");
  system = read_r1cs(r1cs_).value();
  ++system.public_input_count;
  --system.private_input_count;
  EXPECT_EQ(message_of(write_r1cs(system), zkey_).find("zkey: has "), 0U);
}

TEST_F(CircuitFilesTest, EachPointIsChecked) {
  const auto layout = ZkeyLayout::parse(zkey_).value();
  for (const auto& [name, section] :
       {std::pair("A", layout.a), std::pair("B1", layout.b1), std::pair("B2", layout.b2),
        std::pair("C", layout.c), std::pair("H", layout.h), std::pair("IC", layout.ic)}) {
    const auto from = static_cast<std::size_t>(section.data() - zkey_.data());
    const std::size_t size = name == std::string_view("B2") ? 128 : 64;
    const std::size_t last = section.size() / size - 1;
    base::Bytes changed = zkey_;
    changed[from + last * size] ^= 1;
    EXPECT_EQ(message_of(r1cs_, changed),
              fmt::format("zkey: {}[{}] is not on its curve", name, last));
  }
}

TEST_F(CircuitFilesTest, TruncatedFilesAreRefused) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{11}, zkey_.size() / 2, zkey_.size() - 1}) {
    EXPECT_NE(message_of(r1cs_, base::ByteView(zkey_).first(size)), "it passes");
  }
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{11}, r1cs_.size() / 2, r1cs_.size() - 1}) {
    EXPECT_NE(message_of(base::ByteView(r1cs_).first(size), zkey_), "it passes");
  }
}

TEST_F(CircuitFilesTest, CanBeStopped) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(check(r1cs_, zkey_, stop.get_token()).error().code, base::ErrorCode::cancelled);
}

// Of more pieces than one.
TEST_F(CircuitFilesTest, ALargeCircuitPasses) {
  const auto system = groth16::synthetic_circuit(34'000, 1).system;
  base::SystemRandom random;
  const auto key =
      groth16::setup(system, {.kernels = field::portable_kernels(), .random = random}).value();
  auto named = key;
  named.contributions = initial_contributions(key);
  const auto checked = check(write_r1cs(system), write_zkey(named));
  ASSERT_TRUE(checked.ok()) << checked.error().message;
  EXPECT_EQ(checked->constraint_count, 34'000U);
}

}  // namespace
}  // namespace zkp::prover::iden3
