#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "prover/circuit/catalogue.h"

namespace zkp::prover::circuit {
namespace {

TEST(Shape, ItsIdReadsBackAsItself) {
  EXPECT_TRUE(rc::check([] {
    const Shape shape{
        .circuit_type = *rc::gen::element<std::string>("addition", "merkle_tree", "my-Circuit.v2"),
        .sizes = *rc::gen::resize(8, rc::gen::arbitrary<std::vector<std::uint32_t>>())};
    RC_PRE(shape.sizes.size() <= 8);
    RC_ASSERT(Shape::parse(shape.id()).value() == shape);
  }));
}

TEST(Shape, HasOneTextOnly) {
  EXPECT_EQ((Shape{"merkle_tree", {3, 2}}.id()), "merkle_tree/3,2");
  EXPECT_EQ((Shape{"addition", {}}.id()), "addition");
  EXPECT_EQ(Shape::parse("merkle_tree/3,2").value(), (Shape{"merkle_tree", {3, 2}}));
  EXPECT_EQ(Shape::parse("test/4294967295").value(), (Shape{"test", {4294967295U}}));
  EXPECT_EQ(Shape::parse(std::string(64, 'a')).value().circuit_type.size(), 64);
  for (const std::string& id : {std::string(),
                                std::string("/1"),
                                std::string("test/"),
                                std::string("test/1,"),
                                std::string("test/,1"),
                                std::string("test/01"),
                                std::string("test/+1"),
                                std::string("test/-1"),
                                std::string("test/1 "),
                                std::string("test/ 1"),
                                std::string("test/1/2"),
                                std::string("test/1,,2"),
                                std::string("test/4294967296"),
                                std::string("test/x"),
                                std::string("te st"),
                                std::string("test,1"),
                                std::string("t\0st", 4),
                                std::string("../x"),
                                std::string(65, 'a'),
                                std::string("a/1,2,3,4,5,6,7,8,9")}) {
    EXPECT_EQ(Shape::parse(id).ok(), false) << id;
  }
}

}  // namespace
}  // namespace zkp::prover::circuit
