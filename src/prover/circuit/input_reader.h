#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "prover/circuit/catalogue.h"

namespace zkp::prover::circuit {

// Reads a request's inputs by the names of a catalogue entry's fields, whichever form they have.
// Notes what is wrong, with its place, and goes on, so that a client learns of all of it at once; a
// value that could not be read is zero. Nothing that it notes holds a value.
// REQUIRES: entry and inputs outlive it. One thread.
class InputReader {
 public:
  // Why the inputs are read. For `shape`, values that are costly to compute may be left out.
  enum class Purpose : std::uint8_t { shape, values };

  InputReader(const CatalogueEntry& entry, const Inputs& inputs, Purpose purpose);

  [[nodiscard]] Purpose purpose() const { return purpose_; }
  [[nodiscard]] bool has(std::string_view name) const;

  // One field element (see field_element_of_text).
  Fr element(std::string_view name);
  // The same where the input may be left out.
  std::optional<Fr> optional_element(std::string_view name);
  // A number below 2^64.
  std::uint64_t integer(std::string_view name);
  // At most `most` field elements; none if the input is left out.
  base::SecretVector<Fr> elements(std::string_view name, std::size_t most);

  // Notes that this input is wrong.
  void note(std::string_view name, std::string detail);
  // All that was noted, if anything.
  [[nodiscard]] base::Status status() const;

 private:
  // The values of one field, and where they stand in the request.
  struct Given {
    const InputField* field;
    std::string pointer;               // of the value or of the list that holds the values
    std::optional<std::size_t> first;  // the first value's place in that list
    std::span<const std::string> values;
    bool present = false;
  };

  void match_named(std::span<const NamedInput> inputs);
  void match_positional(bool is_private, std::span<const std::string> values);
  Given& given(std::string_view name);
  // Of all fields, or of the private or the public ones.
  [[nodiscard]] std::string names_of(std::optional<bool> is_private) const;
  void note_at(std::string pointer, std::string detail);
  Fr element_at(const Given& given, std::size_t index);
  const std::string* single(const Given& given);

  const CatalogueEntry& entry_;
  Purpose purpose_;
  std::vector<Given> given_;
  std::vector<base::ErrorDetail> wrong_;
};

}  // namespace zkp::prover::circuit
