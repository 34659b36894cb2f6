#include "test/perf/bodies.h"

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace zkp::test::perf {
namespace {

using base::Error;
using base::ErrorCode;
using Json = nlohmann::ordered_json;

Json merkle_proof(std::uint64_t number, unsigned depth) {
  Json siblings = Json::array();
  for (unsigned level = 0; level < depth; ++level) {
    siblings.push_back(std::to_string(1'000'000'007 * (number + 1) + level));
  }
  const std::uint64_t index = number % (std::uint64_t{1} << depth);
  return {{"leaf", std::to_string(number + 1)},
          {"leaf_index", std::to_string(index)},
          {"siblings", std::move(siblings)}};
}

}  // namespace

base::Result<Bodies> Bodies::open(const BodyOptions& options) {
  Bodies bodies(options);
  if (options.file.empty()) {
    if (options.circuit != "test" && options.circuit != "merkle_proof") {
      return Error{ErrorCode::invalid_argument,
                   fmt::format("circuit: want test or merkle_proof, got '{}'", options.circuit)};
    }
    if (options.depth < 1 || options.depth > 63) {
      return Error{ErrorCode::invalid_argument,
                   fmt::format("depth: want 1 to 63, got {}", options.depth)};
    }
    return bodies;
  }
  std::ifstream file(options.file, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) {
    return Error{ErrorCode::not_found, fmt::format("cannot read the body in {}", options.file)};
  }
  bodies.content_ = std::move(content).str();
  return bodies;
}

std::string Bodies::make(std::uint64_t number) const {
  if (!options_.file.empty()) return content_;
  if (options_.circuit == "merkle_proof") {
    return Json{{"circuit_type", "merkle_proof"}, {"inputs", merkle_proof(number, options_.depth)}}
        .dump();
  }
  return fmt::format(R"({{"circuit_type":"test","inputs":{{"x":["{}"]}}}})", number + 1);
}

}  // namespace zkp::test::perf
