#include "prover/circuit/input_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "prover/circuit/element_text.h"

namespace zkp::prover::circuit {
namespace {

constexpr std::size_t kMostDetails = 100;

// RFC 6901, section 3.
std::string escaped(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

std::string pointer_at(std::string_view parent, std::size_t index) {
  return fmt::format("{}/{}", parent, index);
}

}  // namespace

InputReader::InputReader(const CatalogueEntry& entry, const Inputs& inputs, Purpose purpose)
    : entry_(entry), purpose_(purpose) {
  for (const InputField& field : entry.fields) {
    std::string pointer = field.is_private ? "/private_inputs" : "/public_inputs";
    if (inputs.named) pointer = "/inputs/" + escaped(field.name);
    given_.push_back({.field = &field, .pointer = std::move(pointer), .first = {}, .values = {}});
  }
  if (inputs.named) {
    match_named(inputs.inputs);
  } else {
    match_positional(false, inputs.public_inputs);
    match_positional(true, inputs.private_inputs);
  }
}

void InputReader::match_named(std::span<const NamedInput> inputs) {
  for (const NamedInput& input : inputs) {
    std::string pointer = "/inputs/" + escaped(input.name);
    const auto match =
        std::ranges::find(given_, input.name, [](const Given& given) { return given.field->name; });
    if (match == given_.end()) {
      note_at(std::move(pointer),
              fmt::format("there is no such input; want {}", names_of(std::nullopt)));
    } else if (match->present) {
      note_at(std::move(pointer), "given more than once");
    } else if (match->field->is_list != input.is_list) {
      match->present = true;
      note_at(std::move(pointer), input.is_list ? "want one value" : "want a list of values");
    } else {
      match->present = true;
      match->values = input.values;
      if (input.is_list) match->first = 0;
    }
  }
}

// Values fill the fields in their order, a list takes all that is left. Fields that may be left out
// are passed over, the first ones first, while there are too few values.
void InputReader::match_positional(bool is_private, std::span<const std::string> values) {
  const auto required =
      static_cast<std::size_t>(std::ranges::count_if(entry_.fields, [&](const InputField& field) {
        return field.is_private == is_private && !field.is_list && !field.optional;
      }));
  std::size_t spare = values.size() > required ? values.size() - required : 0;
  std::size_t next = 0;
  for (Given& given : given_) {
    if (given.field->is_private != is_private || next == values.size()) continue;
    if (given.field->optional && !given.field->is_list) {
      if (spare == 0) continue;
      --spare;
    }
    const std::size_t count = given.field->is_list ? values.size() - next : 1;
    given.present = true;
    given.first = next;
    given.values = values.subspan(next, count);
    next += count;
  }
  if (next < values.size()) {
    note_at(pointer_at(is_private ? "/private_inputs" : "/public_inputs", next),
            fmt::format("more values than there are inputs; want {}", names_of(is_private)));
  }
}

std::string InputReader::names_of(std::optional<bool> is_private) const {
  std::string names;
  for (const InputField& field : entry_.fields) {
    if (is_private && field.is_private != *is_private) continue;
    if (!names.empty()) names += ", ";
    names += field.name;
  }
  return names.empty() ? "none" : names;
}

InputReader::Given& InputReader::given(std::string_view name) {
  const auto match =
      std::ranges::find(given_, name, [](const Given& given) { return given.field->name; });
  ZKP_ASSERT(match != given_.end());
  return *match;
}

bool InputReader::has(std::string_view name) const {
  return std::ranges::any_of(
      given_, [&](const Given& given) { return given.field->name == name && given.present; });
}

const std::string* InputReader::single(const Given& given) {
  if (!given.present) note_at(given.pointer, fmt::format("{} is missing", given.field->name));
  return given.values.size() == 1 ? &given.values[0] : nullptr;
}

Fr InputReader::element_at(const Given& given, std::size_t index) {
  base::Result<Fr> element = field_element_of_text(given.values[index]);
  if (element.ok()) return *element;
  note_at(given.first ? pointer_at(given.pointer, *given.first + index) : given.pointer,
          element.error().message);
  return Fr::zero();
}

Fr InputReader::element(std::string_view name) {
  const Given& input = given(name);
  return single(input) == nullptr ? Fr::zero() : element_at(input, 0);
}

std::optional<Fr> InputReader::optional_element(std::string_view name) {
  if (!has(name)) return std::nullopt;
  return element(name);
}

std::uint64_t InputReader::integer(std::string_view name) {
  const Given& input = given(name);
  const std::string* text = single(input);
  if (text == nullptr) return 0;
  const std::optional<field::Limbs> number = number_of_text(*text);
  if (number && ((*number)[1] | (*number)[2] | (*number)[3]) == 0) return (*number)[0];
  note(name, "want a number below 2^64");
  return 0;
}

base::SecretVector<Fr> InputReader::elements(std::string_view name, std::size_t most) {
  const Given& input = given(name);
  if (input.values.size() > most) {
    note_at(input.pointer,
            fmt::format("{} has {} values, want at most {}", name, input.values.size(), most));
    return {};
  }
  base::SecretVector<Fr> result(input.values.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result.reveal_mutable()[i] = element_at(input, i);
  }
  return result;
}

void InputReader::note(std::string_view name, std::string detail) {
  const Given& input = given(name);
  const bool at_value = input.first && !input.field->is_list;
  note_at(at_value ? pointer_at(input.pointer, *input.first) : input.pointer, std::move(detail));
}

void InputReader::note_at(std::string pointer, std::string detail) {
  if (wrong_.size() < kMostDetails) wrong_.push_back({std::move(pointer), std::move(detail)});
}

base::Status InputReader::status() const {
  if (wrong_.empty()) return {};
  return base::Error{
      base::ErrorCode::invalid_argument,
      fmt::format("inputs of {}: {}: {}", entry_.name, wrong_[0].pointer, wrong_[0].detail),
      wrong_};
}

}  // namespace zkp::prover::circuit
