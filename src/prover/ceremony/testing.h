#pragma once

#include <cstring>
#include <filesystem>

#include "prover/ceremony/contribute.h"
#include "prover/iden3/formats.h"
#include "prover/iden3/test_files.h"

// What the tests of this folder share: the ceremony of iden3/testdata, and damage done to it.
namespace zkp::prover::ceremony {

using base::Bytes;
using iden3::test_file;

// Where the sections of product.zkey stand, and what is in them.
namespace product_zkey {
inline constexpr std::size_t kHeaderPoints = 40 + 84;  // alpha1, beta1, beta2, gamma2, delta1, ...
inline constexpr std::size_t kAlpha1 = kHeaderPoints, kBeta2 = kAlpha1 + 128,
                             kGamma2 = kBeta2 + 128, kDelta1 = kGamma2 + 128,
                             kDelta2 = kDelta1 + 64;
inline constexpr std::size_t kIc = 712, kCoefficients = 852, kA = 1132, kB1 = 1464, kB2 = 1796,
                             kC = 2448, kH = 2652, kContributions = 2920;
inline constexpr std::size_t kFirst = kContributions + 68;  // delta, s, x s, point of G2, hash ...
inline constexpr std::size_t kS = kFirst + 64, kXs = kS + 64, kProofG2 = kXs + 64,
                             kTranscript = kProofG2 + 128, kType = kTranscript + 64;
inline constexpr std::size_t kName = kType + 8 + 2 - kFirst;  // of a contribution: "one", "last"
inline constexpr std::size_t kFirstBytes = kName + 3;
}  // namespace product_zkey

template <class Point>
void put(Bytes& file, std::size_t at, const Point& point) {
  std::memcpy(&file[at], &point, sizeof(point));
}
template <class Point>
Point get(const Bytes& file, std::size_t at) {
  Point point;
  std::memcpy(&point, &file[at], sizeof(point));
  return point;
}

// A file of its own for a test to write, removed with it.
class ScratchFile {
 public:
  ScratchFile() : path_(std::filesystem::path(testing::TempDir()) / unique_name()) {}
  ~ScratchFile() { std::filesystem::remove(path_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] Bytes bytes() const {
    const auto file = iden3::MappedFile::open(path_);
    if (!file) return {};
    return {file->bytes().begin(), file->bytes().end()};
  }

 private:
  static std::string unique_name() {
    base::SystemRandom random;
    return "zkp_ceremony_" + std::to_string(random.next_u64());
  }
  std::filesystem::path path_;
};

inline groth16::SetupOptions test_options() {
  static base::SystemRandom random;
  return {.kernels = field::portable_kernels(), .random = random};
}

// The key after a contribution, or nothing, with a failure of the test.
inline Bytes contributed(const Bytes& zkey, const Parameters& parameters = {}) {
  const ScratchFile out;
  base::SystemRandom random;
  ChaCha generator = generator_of(random, "text");
  const auto made = contribute(zkey, generator, parameters, out.path(), test_options());
  EXPECT_TRUE(made.ok()) << made.error().message;
  return out.bytes();
}

}  // namespace zkp::prover::ceremony
