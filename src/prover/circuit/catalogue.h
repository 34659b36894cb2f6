#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "prover/circuit/constraint_system.h"

// The circuits that come with the network. An entry is a family: a *shape* (numbers of inputs,
// depth) is one circuit with one key pair.
namespace zkp::prover::circuit {

// One input by its name: a number or text, or a list of them.
struct NamedInput {
  std::string name;
  std::vector<std::string> values;
  bool is_list = false;
};

// A request's inputs in one of their two forms. Texts are as the client sent them (JSON numbers:
// their digits).
struct Inputs {
  bool named = false;
  std::vector<std::string> public_inputs, private_inputs;  // positional form
  std::vector<NamedInput> inputs;                          // named form
};

// Which circuit of the family: "merkle_tree/3,2". The text form is the circuit's id everywhere in
// the network.
struct Shape {
  std::string circuit_type;
  std::vector<std::uint32_t> sizes;

  [[nodiscard]] std::string id() const;
  static base::Result<Shape> parse(std::string_view id);
  friend bool operator==(const Shape&, const Shape&) = default;
};

// What a client needs to know in order to ask for a proof; shown by GET /api/v1/circuits/{name}.
struct InputField {
  std::string_view name;
  bool is_private;
  bool is_list;
  bool optional;  // may be left out: it is computed from the others; of a list, there are none
  std::string_view description;
};
struct CatalogueEntry {
  std::string_view name;
  std::string_view statement;
  // Their names, in order; "x[]" stands for as many as the shape's first size.
  std::span<const std::string_view> public_signals;
  // Of the named form. In the positional form the values of each list fill the fields of its kind
  // in this order; a field that is a list takes all that is left.
  std::span<const InputField> fields;
  std::string_view example_shape;  // an id whose constraint count is shown
};

std::span<const CatalogueEntry> catalogue();
const CatalogueEntry* find_entry(std::string_view name);
// The catalogue's name that is nearest by edit distance; for "unknown circuit" answers.
std::string_view nearest_name(std::string_view name);

inline constexpr std::size_t kMostLeaves = 1024;

// Which shape these inputs ask for. Checks everything that can be checked without solving: counts,
// unknown names, numbers at or above the modulus or out of their bits. not_found for an unknown
// type; invalid_argument with a detail per wrong place (at most 100), whose pointer is relative to
// the request body ("/public_inputs/0", "/inputs/leaves/3").
base::Result<Shape> shape_of(std::string_view circuit_type, const Inputs& inputs);

// invalid_argument if there is no such shape; not_found if there is no such family.
base::Status check_shape(const Shape& shape);

// The constraint system of a shape: the same on every machine. invalid_argument if there is no such
// shape.
base::Result<ConstraintSystem> build(const Shape& shape);

// The witness for these inputs. REQUIRES: shape == shape_of(type, inputs). failed_precondition if
// the statement is false (a range that does not hold, a root that is not the tree's): says which
// part, never a private value.
base::Result<Witness> solve(const Shape& shape, const Inputs& inputs);

// True if a proof with these public signals answers this request: they are all that the inputs
// give, computed anew. The network checks it before it believes a worker. Takes as long as solve().
bool answers_request(const Shape& shape, const Inputs& inputs, std::span<const Fr> public_signals);

// A text as a field element: decimal digits or 0x hex below r mean that number (invalid_argument at
// or above r); any other text is hashed: SHA-256 over its UTF-8 bytes, the first 31 bytes read
// big-endian.
base::Result<Fr> field_element_of_text(std::string_view text);

}  // namespace zkp::prover::circuit
