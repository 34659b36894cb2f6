#include "base/bytes.h"

#include <gtest/gtest.h>

namespace zkp::base {
namespace {

TEST(Bytes, NumbersAreLittleEndianAtAnyAlignment) {
  const Bytes bytes = {0xff, 1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(load_le<std::uint64_t>(&bytes[1]), 0x0807060504030201U);
  EXPECT_EQ(load_le<std::uint32_t>(&bytes[1]), 0x04030201U);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[0]), 0x01ffU);
  Bytes out(9, 0xee);
  store_le<std::uint64_t>(&out[1], 0x0807060504030201U);
  EXPECT_EQ(out, (Bytes{0xee, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Bytes, TextAndBytesAreViewsOfEachOther) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(as_text(as_bytes(text)), text);
  EXPECT_EQ(to_string(to_bytes(text)), text);
  EXPECT_EQ(to_bytes(text), (Bytes{'a', 0, 'b'}));
  EXPECT_TRUE(as_bytes("").empty());
}

}  // namespace
}  // namespace zkp::base
