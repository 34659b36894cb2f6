#include "prover/iden3/wasm_point.h"

#include <algorithm>
#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "base/hex.h"
#include "prover/iden3/prime.h"

namespace zkp::prover::iden3 {
namespace {

using curve::Fq;
using curve::Fr;
using curve::G1;
using curve::G1Affine;

RawPoint raw_of(const std::string& hex) {
  const base::Bytes bytes = *base::from_hex(hex);
  return {load_limbs(bytes.data()), load_limbs(bytes.data() + 32)};
}

// Uncompressed, as the hash has it: big-endian.
std::string text_of(const G1Affine& point) {
  base::Bytes bytes(64);
  point.x.to_bytes(std::span<std::uint8_t, 32>(bytes.data() + 32, 32));
  point.y.to_bytes(std::span<std::uint8_t, 32>(bytes.data(), 32));
  std::ranges::reverse(bytes);
  return base::to_hex(bytes);
}

// `from` is the first 64 bytes after section 2 of a ceremony of 2^15: the head of section 3 and a
// part of G2's generator, whose y is beyond the modulus. Result: g1m_subAffine, g1m_batchToAffine
// and g1m_batchLEMtoU of ffjavascript 0.3.1.
TEST(WasmPoint, LosesTheCarriesThatFfjavascriptLoses) {
  const RawPoint from = raw_of(
      "0300000000004000000000002620bc02d1b5838e72017b493519ebdcdf1a8197"
      "4726b8fb3b5096af4138571940614ca87d73b4afc4d802585add4360862fa052");
  const RawPoint point = raw_of(
      "8d94ef0de9c82b5a17493ec073c86828a795a69258fdc39baf1c0fbe8c419c01"
      "0068a639edf8b07e5fc07f269bf453b05e8ad9842d72f9f1816e0f8da133591d");
  EXPECT_EQ(text_of(subtract_as_wasm(from, {Fq{point.x}, Fq{point.y}}).to_affine()),
            "2b1df08444a51f5acf793e33896a180e49e5735ab683f9ffd70aba69c51b505e"
            "07232e19f8225ec2687d82d5a2d64b455039a4d17d50b70bfc6d7e2372ef7d52");
}

// The same functions on the SHA-512 digests of "from0" and "from1", less twice and three times the
// generator: sums and products that exceed 256 bits.
TEST(WasmPoint, LosesThemForAnyBytes) {
  const G1 twice = G1::from_affine(curve::g1_generator()).doubled();
  const G1Affine first = twice.to_affine(), second = (twice + curve::g1_generator()).to_affine();
  EXPECT_EQ(text_of(subtract_as_wasm(
                        raw_of("44bebe9b35f7fb1558f60387e6b1276e0498e1b759952ca71c442010f6d53521"
                               "1663f6a98d2fc34b3b719b89d6140c18da675037c0c7aa61a8171fe0ab5856c9"),
                        first)
                        .to_affine()),
            "0deae173f6eaed65e4da09618556f3d5534d1acf7c616198419826bc12567768"
            "03dea19e82ed3fc9a3b22b340c5cb7d6f6638ce342e7a321d0f7c1fa6427db8e");
  EXPECT_EQ(text_of(subtract_as_wasm(
                        raw_of("9f67b850824f4bc08591247343b4b9e409a703ea67c4c43f0f09eecf5dca0a93"
                               "26594d5c8e851e5fb8fa8f2e2fc59e48990de73d3c046b881a8bd8339130c8c9"),
                        second)
                        .to_affine()),
            "15dc90532579fc719557bb78b5d72ea8e61af74d91c7c57a94f428ab56492dc4"
            "0e5bb6a034ab9fe9db98453414cf850ceb8cc090871b27353f61577f10e6e058");
}

TEST(WasmPoint, IsTheDifferenceOfReducedPoints) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    base::SeededRandom random(seed);
    const G1 generator = G1::from_affine(curve::g1_generator());
    const G1Affine a = (generator * Fr::random(random)).to_affine();
    const G1Affine b = (generator * Fr::random(random)).to_affine();
    RC_ASSERT(subtract_as_wasm({a.x.limb, a.y.limb}, b) == G1::from_affine(a) + -b);
  }));
}

}  // namespace
}  // namespace zkp::prover::iden3
