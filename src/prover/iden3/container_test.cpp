#include "prover/iden3/container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prover/iden3/test_files.h"

namespace zkp::prover::iden3 {
namespace {

using base::Bytes;

struct TestSection {
  std::uint32_t id;
  std::string content;
};

Bytes file_of(const std::vector<TestSection>& sections) {
  std::vector<std::size_t> sizes;
  for (const TestSection& section : sections) sizes.push_back(section.content.size());
  Bytes bytes(ContainerWriter::file_size(sizes));
  ContainerWriter writer(bytes, kZkeyFile, static_cast<std::uint32_t>(sections.size()));
  for (const TestSection& section : sections) {
    writer.begin_section(section.id, section.content.size());
    writer.write(base::as_bytes(section.content));
  }
  return bytes;
}

std::string error_of(const Bytes& file) {
  const auto parsed = Container::parse(file, kZkeyFile);
  return parsed ? "none" : parsed.error().message;
}

TEST(Container, FindsSectionsInAnyOrder) {
  const Bytes file = file_of({{7, "seven"}, {2, ""}, {0, "zero"}});
  const auto container = Container::parse(file, kZkeyFile);
  ASSERT_TRUE(container.ok());
  EXPECT_EQ(base::as_text(*container->section(7)), "seven");
  EXPECT_EQ(base::as_text(*container->section(0, 4)), "zero");
  EXPECT_EQ(container->section(2)->size(), 0U);
  EXPECT_FALSE(container->has(1));
}

TEST(Container, SaysWhatWasWantedAndWhatCame) {
  const Bytes file = file_of({{7, "seven"}});
  const auto container = Container::parse(file, kZkeyFile);
  ASSERT_TRUE(container.ok());
  EXPECT_EQ(container->section(7, 4).error().message, "zkey: section 7 has 5 bytes, want 4");
  EXPECT_EQ(container->section(1).error().message, "zkey: section 1 is missing");
  EXPECT_EQ(container->section(1).error().code, base::ErrorCode::invalid_argument);
}

TEST(Container, RefusesADuplicate) {
  EXPECT_EQ(error_of(file_of({{7, "a"}, {3, ""}, {7, "b"}})), "zkey: section 7 comes twice");
}

TEST(Container, RefusesWhatIsNotItsKind) {
  Bytes file = file_of({{1, "a"}});
  EXPECT_EQ(Container::parse(file, kPtauFile).error().message,
            "ptau: not such a file: does not begin with \"ptau\"");
  file[4] = 2;
  EXPECT_EQ(error_of(file), "zkey: file has version 2, want 1");
}

TEST(Container, RefusesSizesThatTheBytesDoNotBear) {
  Bytes file = file_of({{1, "abc"}});
  file[16] = 4;  // the section's size
  EXPECT_EQ(error_of(file), "zkey: section 1 has 3 bytes left of the file, want 4");
  for (std::size_t i = 16; i < 24; ++i) file[i] = 0xff;
  EXPECT_EQ(error_of(file),
            "zkey: section 1 has 3 bytes left of the file, want 18446744073709551615");
}

TEST(Container, RefusesCountsThatTheBytesDoNotBear) {
  Bytes file = file_of({{1, "abc"}});
  file[8] = 2;
  EXPECT_EQ(error_of(file), "zkey: file ends after 1 sections, want 2");
  file[8] = 65;
  EXPECT_EQ(error_of(file), "zkey: file has 65 sections, want at most 64");
  file[8] = 0;
  EXPECT_EQ(error_of(file), "zkey: 15 bytes follow the last section");
}

TEST(Container, RefusesEveryTruncation) {
  const Bytes file = file_of({{1, "abc"}, {2, ""}, {3, "defghi"}});
  ASSERT_EQ(error_of(file), "none");
  for_each_truncation(file, [](base::ByteView cut) {
    EXPECT_FALSE(Container::parse(cut, kZkeyFile).ok()) << cut.size();
  });
}

TEST(ContainerWriterDeathTest, AssertsThatSectionsHaveTheirSize) {
  Bytes bytes(100);
  EXPECT_DEATH(
      {
        ContainerWriter writer(bytes, kZkeyFile, 2);
        writer.begin_section(1, 8);
        writer.write_u32(0);
        writer.begin_section(2, 0);
      },
      "section_end_");
}

}  // namespace
}  // namespace zkp::prover::iden3
