#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "prover/circuit/builder.h"
#include "prover/circuit/catalogue.h"
#include "prover/circuit/input_reader.h"

// What a family of the catalogue is made of. Each stands in a file of its own, x_family.cpp.
namespace zkp::prover::circuit {

using Sizes = std::span<const std::uint32_t>;

// A request, read: which circuit of the family it asks for, and the values of the circuit's inputs.
struct Request {
  std::vector<std::uint32_t> sizes;
  base::SecretVector<Fr> values;  // in the order in which the circuit takes its inputs
  std::optional<Fr> output;       // what the request says the circuit's output is
};

// The inputs of a circuit, as the wires that it takes one after the other.
class CircuitInputs {
 public:
  // `values` is used in a witness run only, and then has one for each wire that is taken.
  CircuitInputs(Builder& builder, std::span<const Fr> values)
      : builder_(builder), values_(values) {}

  Wire next(WireKind kind);
  std::vector<Linear> next(WireKind kind, std::size_t count);

 private:
  Builder& builder_;
  std::span<const Fr> values_;
  std::size_t taken_ = 0;
};

// A circuit has at most one output; it is then the first public signal.
struct Family {
  CatalogueEntry entry;
  std::string_view shapes;  // which sizes there are, for a person
  bool (*has_shape)(Sizes sizes);
  // Reads what has_shape() accepts, or notes what is wrong.
  Request (*read)(InputReader& reader);
  // REQUIRES: has_shape(sizes).
  void (*circuit)(Builder& builder, Sizes sizes, CircuitInputs& inputs);
};

extern const Family kTestFamily;
extern const Family kMerkleTreeFamily;
extern const Family kMerkleProofFamily;
extern const Family kRangeProofFamily;
extern const Family kAdditionFamily;
extern const Family kPoseidonPreimageFamily;

// All parts one after the other.
base::SecretVector<Fr> joined(std::initializer_list<std::span<const Fr>> parts);

}  // namespace zkp::prover::circuit
