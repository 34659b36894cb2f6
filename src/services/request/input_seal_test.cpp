#include "services/request/input_seal.h"

#include <filesystem>
#include <fstream>
#include <rapidcheck.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/seal.h"
#include "services/request/inputs_json.h"

namespace zkp::services::request {
namespace {

using network::task::TaskId;
using prover::circuit::Inputs;

class InputSealTest : public testing::Test {
 protected:
  InputSealTest() {
    std::string name = testing::TempDir() + "input_seal_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~InputSealTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "input.key"; }
  base::Result<InputSeal> from_file() { return InputSeal::from_file(file(), random_); }
  TaskId new_id() { return TaskId::make(base::from_unix_ms(1), random_); }

  std::filesystem::path folder_;
  base::SystemRandom random_;
  const Inputs inputs_{.public_inputs = {"1"}, .private_inputs = {"secret1"}};
};

TEST_F(InputSealTest, OpensWhatItClosed) {
  const InputSeal seal = from_file().value();
  const TaskId id = new_id();
  const auto sealed = seal.close(id, write_inputs(inputs_).reveal(), random_);
  EXPECT_EQ(base::as_text(sealed).find("secret1"), std::string::npos);
  const auto opened = seal.open(id, sealed);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(base::as_text(opened->reveal()), base::as_text(write_inputs(inputs_).reveal()));
  EXPECT_NE(seal.close(id, write_inputs(inputs_).reveal(), random_), sealed);
}

TEST_F(InputSealTest, NamesARequestByItsBytesAndTheKey) {
  const InputSeal seal = from_file().value();
  const auto name = seal.fingerprint(base::as_bytes("body"));
  EXPECT_EQ(name.size(), 64U);
  EXPECT_EQ(name, from_file().value().fingerprint(base::as_bytes("body")));
  EXPECT_NE(name, seal.fingerprint(base::as_bytes("bodz")));
  const InputSeal other{base::SecretBytes(base::kSealKeyBytes)};
  EXPECT_NE(name, other.fingerprint(base::as_bytes("body")));
}

TEST_F(InputSealTest, RefusesAnotherTask) {
  const InputSeal seal = from_file().value();
  const auto sealed = seal.close(new_id(), write_inputs(inputs_).reveal(), random_);
  EXPECT_EQ(seal.open(new_id(), sealed).error().code, base::ErrorCode::data_loss);
}

TEST_F(InputSealTest, RefusesEveryChangedByte) {
  const InputSeal seal = from_file().value();
  const TaskId id = new_id();
  const auto sealed = seal.close(id, write_inputs(inputs_).reveal(), random_);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= 1;
    ASSERT_FALSE(seal.open(id, changed).ok()) << i;
    ASSERT_FALSE(seal.open(id, base::ByteView(sealed).first(i)).ok()) << i;
  }
}

TEST_F(InputSealTest, RefusesAnotherKey) {
  const TaskId id = new_id();
  const auto sealed = from_file().value().close(id, write_inputs(inputs_).reveal(), random_);
  ASSERT_TRUE(std::filesystem::remove(file()));
  EXPECT_EQ(from_file().value().open(id, sealed).error().code, base::ErrorCode::data_loss);
}

TEST_F(InputSealTest, KeepsItsKeyInAFileForItsOwnerOnly) {
  const TaskId id = new_id();
  const auto sealed = from_file().value().close(id, write_inputs(inputs_).reveal(), random_);
  EXPECT_TRUE(from_file().value().open(id, sealed).ok());
  struct ::stat facts{};
  ASSERT_EQ(::stat(file().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0600U);
  EXPECT_EQ(facts.st_size, 32);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1)
      << "a temporary file is left";
}

TEST_F(InputSealTest, RefusesAFileThatOthersMayRead) {
  ASSERT_TRUE(from_file().ok());
  for (const ::mode_t mode : {0640U, 0604U, 0620U, 0601U}) {
    ASSERT_EQ(::chmod(file().c_str(), mode), 0);
    const auto seal = from_file();
    ASSERT_FALSE(seal.ok()) << mode;
    EXPECT_EQ(seal.error().code, base::ErrorCode::failed_precondition);
  }
}

TEST_F(InputSealTest, RefusesAFileThatHoldsNoKey) {
  for (const std::size_t size : {0U, 31U, 33U}) {
    std::ofstream(file()) << std::string(size, 'k');
    ASSERT_EQ(::chmod(file().c_str(), 0600), 0);
    EXPECT_EQ(from_file().error().code, base::ErrorCode::data_loss) << size;
  }
  std::filesystem::remove(file());
  std::filesystem::create_directory(file());
  EXPECT_FALSE(from_file().ok());
}

TEST_F(InputSealTest, SaysWhereItCannotMakeTheFile) {
  const auto seal = InputSeal::from_file(folder_ / "absent" / "key", random_);
  ASSERT_FALSE(seal.ok());
  EXPECT_NE(seal.error().message.find("absent"), std::string::npos);
}

TEST_F(InputSealTest, GivesOneKeyToAllWhoStartAtOnce) {
  const TaskId id = new_id();
  std::vector<base::Bytes> sealed(8);
  {
    std::vector<std::jthread> threads;
    for (auto& out : sealed) {
      threads.emplace_back([this, &out, &id] {
        base::SystemRandom random;
        out = InputSeal::from_file(file(), random)
                  .value()
                  .close(id, write_inputs(inputs_).reveal(), random);
      });
    }
  }
  const InputSeal seal = from_file().value();
  for (const auto& bytes : sealed) EXPECT_TRUE(seal.open(id, bytes).ok());
}

}  // namespace
}  // namespace zkp::services::request
