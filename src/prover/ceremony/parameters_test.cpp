#include "prover/ceremony/parameters.h"

#include <gtest/gtest.h>

namespace zkp::prover::ceremony {
namespace {

using base::Bytes;

iden3::Container container() {
  static const Bytes kEmpty = {'z', 'k', 'e', 'y', 1, 0, 0, 0, 0, 0, 0, 0};
  return iden3::Container::parse(kEmpty, iden3::kZkeyFile).value();
}

std::string error_of(Bytes bytes) {
  base::ByteView view = bytes;
  const auto parameters = take_parameters(container(), view, "it");
  return parameters ? "none" : parameters.error().message;
}

// With the type and the size before it.
Bytes framed(std::uint8_t type, const Bytes& content) {
  Bytes bytes = {type, 0, 0, 0, static_cast<std::uint8_t>(content.size()), 0, 0, 0};
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

TEST(Parameters, ComeBackAsTheyWereWritten) {
  for (const Parameters& parameters :
       {Parameters{}, Parameters{.name = "Zoë"},
        Parameters{.name = "", .beacon = Beacon{{1, 2, 3}, 10}},
        Parameters{.name = "x", .beacon = Beacon{Bytes(255, 7), 63}}}) {
    ASSERT_TRUE(check_parameters(parameters).ok());
    Bytes bytes;
    append_parameters(bytes, parameters);
    bytes.push_back(99);  // what follows
    base::ByteView view = bytes;
    const auto read = take_parameters(container(), view, "it");
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(view.size(), 1U);
    EXPECT_EQ(read->name, parameters.name);
    ASSERT_EQ(read->beacon.has_value(), parameters.beacon.has_value());
    if (!read->beacon) continue;
    EXPECT_EQ(read->beacon->value, parameters.beacon->value);
    EXPECT_EQ(read->beacon->iterations_log, parameters.beacon->iterations_log);
  }
}

TEST(Parameters, AreRefusedIfTheyAreMalformed) {
  EXPECT_EQ(error_of({0, 0, 0, 0, 0, 0, 0}), "zkey: it is cut short");
  EXPECT_EQ(error_of({0, 0, 0, 0, 2, 0, 0, 0, 1}),
            "zkey: it has 1 bytes left for its parameters, want 2");
  EXPECT_EQ(error_of(framed(2, {})), "zkey: it is of type 2, want 0 or 1 (a beacon)");
  const char* const cut = "zkey: it has a parameter that is unknown or cut short";
  EXPECT_EQ(error_of(framed(0, {1})), cut);
  EXPECT_EQ(error_of(framed(0, {1, 3, 'a', 'b'})), cut);
  EXPECT_EQ(error_of(framed(0, {4, 0})), cut);
  EXPECT_EQ(error_of(framed(1, {3, 1, 0, 2, 10})), "zkey: it has parameters that are not in order");
  EXPECT_EQ(error_of(framed(0, {0, 0})), "zkey: it has parameters that are not in order");
  EXPECT_EQ(error_of(framed(1, {2, 10})), "zkey: it: a beacon of 0 bytes, want 1 to 255");
  EXPECT_EQ(error_of(framed(1, {2, 9, 3, 1, 0})),
            "zkey: it: a beacon of 2^9 hashes, want 2^10 to 2^63");
  EXPECT_EQ(error_of(framed(1, {2, 64, 3, 1, 0})),
            "zkey: it: a beacon of 2^64 hashes, want 2^10 to 2^63");
}

TEST(Parameters, ANameIsShortAndPlain) {
  const auto allowed = [](const std::string& name) {
    return check_parameters({.name = name}).ok();
  };
  EXPECT_TRUE(allowed(std::string(64, 'x')));
  EXPECT_FALSE(allowed(std::string(65, 'x')));
  std::string characters;
  for (int i = 0; i < 32; ++i) characters += "\U0001F511";  // two UTF-16 units each
  EXPECT_TRUE(allowed(characters));
  EXPECT_FALSE(allowed(characters + "x"));
  EXPECT_FALSE(allowed("\x1b[2J"));
}

TEST(Generator, OfABeaconStopsWhenItIsAskedTo) {
  std::stop_source source;
  source.request_stop();
  const auto generator = generator_of(Beacon{{1}, 63}, source.get_token());
  ASSERT_FALSE(generator.ok());
  EXPECT_EQ(generator.error().code, base::ErrorCode::cancelled);
}

TEST(Generator, MixesRandomnessAndText) {
  const auto draw = [](std::uint64_t seed, std::string_view text) {
    base::SeededRandom random(seed);
    return generator_of(random, text).draw_scalar();
  };
  EXPECT_EQ(draw(1, "a"), draw(1, "a"));
  EXPECT_NE(draw(1, "a"), draw(1, "b"));
  EXPECT_NE(draw(1, "a"), draw(2, "a"));
}

}  // namespace
}  // namespace zkp::prover::ceremony
