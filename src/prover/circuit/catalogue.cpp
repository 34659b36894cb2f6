#include "prover/circuit/catalogue.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "prover/circuit/family.h"

namespace zkp::prover::circuit {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::array kFamilies = {&kTestFamily,       &kMerkleTreeFamily, &kMerkleProofFamily,
                                  &kRangeProofFamily, &kAdditionFamily,   &kPoseidonPreimageFamily};

constexpr std::size_t kMostNameBytes = 64;  // that are compared with the catalogue's

base::Result<const Family*> find_family(std::string_view name) {
  for (const Family* family : kFamilies) {
    if (family->entry.name == name) return family;
  }
  return Error{
      ErrorCode::not_found,
      fmt::format("there is no circuit of this name; the nearest is {}", nearest_name(name))};
}

base::Result<Request> read(const Family& family, const Inputs& inputs,
                           InputReader::Purpose purpose) {
  InputReader reader(family.entry, inputs, purpose);
  Request request = family.read(reader);
  ZKP_CHECK(reader.status());
  ZKP_ASSERT(family.has_shape(request.sizes));
  return request;
}

struct Solution {
  std::size_t public_count;
  Witness witness;
};

base::Result<Solution> find_solution(const Shape& shape, const Inputs& inputs) {
  ZKP_TRY(const Family* family, find_family(shape.circuit_type));
  ZKP_TRY(const Request request, read(*family, inputs, InputReader::Purpose::values));
  if (request.sizes != shape.sizes) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("the inputs are for {}, want {}",
                             Shape{shape.circuit_type, request.sizes}.id(), shape.id())};
  }
  Builder builder(Builder::Purpose::witness);
  CircuitInputs wires(builder, request.values.reveal());
  family->circuit(builder, shape.sizes, wires);
  if (const std::optional<std::string>& falsehood = builder.falsehood()) {
    return Error{ErrorCode::failed_precondition,
                 fmt::format("the statement is false: {}", *falsehood)};
  }
  const std::size_t public_count = builder.public_count();
  Witness witness = std::move(builder).finish_witness();
  if (request.output && request.output->to_standard() != witness.reveal()[1]) {
    return Error{ErrorCode::failed_precondition,
                 fmt::format("the statement is false: {} is not what the other inputs give",
                             family->entry.public_signals[0])};
  }
  return Solution{public_count, std::move(witness)};
}

// Wagner and Fischer 1974, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const CatalogueEntry> catalogue() {
  static const auto entries = [] {
    std::array<CatalogueEntry, kFamilies.size()> result;
    std::ranges::transform(kFamilies, result.begin(), &Family::entry);
    return result;
  }();
  return entries;
}

const CatalogueEntry* find_entry(std::string_view name) {
  const auto match = std::ranges::find(catalogue(), name, &CatalogueEntry::name);
  return match == catalogue().end() ? nullptr : &*match;
}

std::string_view nearest_name(std::string_view name) {
  return std::ranges::min(catalogue(), {},
                          [&](const CatalogueEntry& entry) {
                            return edit_distance(name.substr(0, kMostNameBytes), entry.name);
                          })
      .name;
}

base::Result<Shape> shape_of(std::string_view circuit_type, const Inputs& inputs) {
  ZKP_TRY(const Family* family, find_family(circuit_type));
  ZKP_TRY(Request request, read(*family, inputs, InputReader::Purpose::shape));
  return Shape{std::string(circuit_type), std::move(request.sizes)};
}

base::Status check_shape(const Shape& shape) {
  ZKP_TRY(const Family* family, find_family(shape.circuit_type));
  if (family->has_shape(shape.sizes)) return {};
  return Error{ErrorCode::invalid_argument, fmt::format("want {}", family->shapes)};
}

base::Result<ConstraintSystem> build(const Shape& shape) {
  ZKP_CHECK(check_shape(shape));
  ZKP_TRY(const Family* family, find_family(shape.circuit_type));
  Builder builder(Builder::Purpose::constraints);
  CircuitInputs inputs(builder, {});
  family->circuit(builder, shape.sizes, inputs);
  return std::move(builder).finish_system();
}

base::Result<Witness> solve(const Shape& shape, const Inputs& inputs) {
  ZKP_TRY(Solution solution, find_solution(shape, inputs));
  return std::move(solution.witness);
}

bool answers_request(const Shape& shape, const Inputs& inputs, std::span<const Fr> public_signals) {
  const base::Result<Solution> solution = find_solution(shape, inputs);
  return solution.ok() &&
         std::ranges::equal(public_signals,
                            solution->witness.reveal().subspan(1, solution->public_count), {},
                            &Fr::to_standard);
}

}  // namespace zkp::prover::circuit
