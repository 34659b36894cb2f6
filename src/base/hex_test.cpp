#include "base/hex.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

namespace zkp::base {
namespace {

TEST(Hex, WritesLowerCase) {
  EXPECT_EQ(to_hex({}), "");
  EXPECT_EQ(to_hex(Bytes{0x00, 0x0f, 0xa5, 0xff}), "000fa5ff");
}

TEST(Hex, ReadsEitherCase) {
  EXPECT_EQ(*from_hex("000fA5fF"), (Bytes{0x00, 0x0f, 0xa5, 0xff}));
  EXPECT_EQ(*from_hex(""), Bytes{});
}

TEST(Hex, ComesBack) {
  EXPECT_TRUE(rc::check("round trip",
                        [](const Bytes& bytes) { RC_ASSERT(*from_hex(to_hex(bytes)) == bytes); }));
}

TEST(Hex, RefusesWhatIsNotHex) {
  for (const char* text :
       {"0", "0x00", "gg", "0 ", " 0", "/0", ":0", "@0", "G0", "`0", "\xff\xff"}) {
    const auto result = from_hex(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_EQ(from_hex("00zz").error().message,
            "hex: want digits 0-9 and a-f, got something else at 2");
}

}  // namespace
}  // namespace zkp::base
