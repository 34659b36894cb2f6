#include "prover/witness/circom/inputs.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "prover/circuit/element_text.h"

namespace zkp::prover::witness {
namespace {

using base::Error;
using base::ErrorCode;
using field::Fr;
using field::Limbs;
using nlohmann::json;

constexpr std::size_t kMostDepth = 32;  // of lists in each other: no circuit has so many indices

// Takes the parser's events. What the events before said is in three places: the inputs that are
// whole, the values of the one that is not, and the lists that are open in it.
class Reader final : public nlohmann::json_sax<json> {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  base::Result<Inputs> take() {
    if (error_) return *std::move(error_);
    return std::move(inputs_);
  }

  bool null() override { return refuse_type("null"); }
  bool boolean(bool /*value*/) override { return refuse_type("a boolean"); }
  bool number_integer(number_integer_t /*value*/) override {
    return refuse("want a number that is not negative");
  }
  bool number_unsigned(number_unsigned_t value) override { return add({value, 0, 0, 0}); }
  // Also whole numbers beyond 64 bits come here, with the digits that they have.
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    if (text.starts_with('-')) return refuse("want a number that is not negative");
    return add_text(text, "want a whole number, without fraction or exponent");
  }
  bool string(string_t& value) override {
    return add_text(value, "want a decimal number, or a hexadecimal one after 0x");
  }
  bool binary(binary_t& /*value*/) override { return false; }  // no such thing in JSON text

  bool start_object(std::size_t /*size*/) override {
    if (!root_open_) return root_open_ = true;
    return refuse_type("an object");
  }
  bool key(string_t& name) override {
    inputs_.push_back({name, {}});
    return names_.insert(name).second || refuse("it is given twice");
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t /*size*/) override {
    if (lists_.size() == kMostDepth) {
      return refuse(fmt::format("want at most {} lists in each other", kMostDepth));
    }
    if (!root_open_) return refuse_type("a list");
    lists_.push_back(0);
    return true;
  }
  bool end_array() override {
    lists_.pop_back();
    return value_done();
  }

  bool parse_error(std::size_t read, const std::string& /*token*/,
                   const json::exception& /*error*/) override {
    const std::string_view before = text_.substr(0, read == 0 ? 0 : read - 1);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    error_ = Error{ErrorCode::invalid_argument,
                   fmt::format("JSON: line {}, column {}: this is not valid JSON in UTF-8", line,
                               before.size() - line_start + 1)};
    return false;
  }

 private:
  bool add_text(std::string_view text, std::string_view wanted) {
    const auto number = circuit::number_of_text(text);
    if (!number) return refuse(wanted);
    return add(*number);
  }
  bool add(const Limbs& value) {
    if (!root_open_) return refuse_type("a number");
    if (!field::less_than(value, Fr::kModulus)) {
      return refuse("want a number below the prime of BN254");
    }
    values_.append({&value, 1});
    return value_done();
  }
  // A value has ended: the whole of an input, or an element of the innermost list.
  bool value_done() {
    if (lists_.empty()) {
      inputs_.back().values = values_.take();
    } else {
      ++lists_.back();
    }
    return true;
  }

  bool refuse_type(std::string_view came) {
    return refuse(root_open_ ? fmt::format("want a number, a text or a list, got {}", came)
                             : fmt::format("want an object, got {}", came));
  }
  // Ends the parsing with an error about the value at hand.
  bool refuse(std::string_view what) {
    json::json_pointer pointer;
    if (!inputs_.empty()) pointer /= inputs_.back().name;
    for (const std::size_t index : lists_) pointer /= index;
    const std::string place = pointer.to_string();
    error_ = Error{ErrorCode::invalid_argument,
                   place.empty() ? std::string(what) : fmt::format("{}: {}", place, what),
                   {{place, std::string(what)}}};
    return false;
  }

  std::string_view text_;
  Inputs inputs_;
  std::set<std::string> names_;
  base::GrowingSecret<Limbs> values_;
  std::vector<std::size_t> lists_;  // for each open list, how many of its values are read
  bool root_open_ = false;
  std::optional<Error> error_;
};

}  // namespace

base::Result<Inputs> read_inputs_json(std::string_view text) {
  Reader reader(text);
  json::sax_parse(text.begin(), text.end(), &reader);
  return reader.take();
}

}  // namespace zkp::prover::witness
