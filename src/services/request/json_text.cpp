#include "services/request/json_text.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace zkp::services::request {
namespace {

using base::Error;
using base::ErrorCode;
using nlohmann::json;

// `read` characters were read when the parser stopped: the place of the last one, from 1.
Error error_at(std::string_view text, std::size_t read, std::string_view what) {
  const std::string_view before = text.substr(0, read == 0 ? 0 : read - 1);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {ErrorCode::invalid_argument,
          fmt::format("JSON: line {}, column {}: {}", line, before.size() - line_start + 1, what)};
}

// Builds the value from the parser's events.
class Builder final : public nlohmann::json_sax<json> {
 public:
  Builder(std::string_view text, JsonLimits limits) : text_(text), limits_(limits) {}

  base::Result<json> take() {
    if (error_) return *std::move(error_);
    return std::move(root_);
  }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& text) override {
    if (text.find_first_of(".eE") != string_t::npos) return add(value);
    return add(json::binary({text.begin(), text.end()}));
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // no such thing in JSON text

  bool start_object(std::size_t) override { return open(json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    open_.back().member = name;
    if (!open_.back().container->contains(name)) return true;
    return refuse("this member is given twice");
  }

  bool parse_error(std::size_t read, const std::string&, const json::exception& error) override {
    constexpr int kNumberOverflow = 406;
    error_ = error_at(text_, read,
                      error.id == kNumberOverflow ? "this number is too large"
                                                  : "this is not valid JSON in UTF-8");
    return false;
  }

 private:
  // An object or list whose end has not come. The open ones form a path from the root, of which
  // only the innermost grows: pointers to them stay good.
  struct Open {
    json* container;
    std::string member;  // of an object: the one whose value comes next or came last
  };

  json& place(json value) {
    if (open_.empty()) return root_ = std::move(value);
    Open& innermost = open_.back();
    if (innermost.container->is_object()) {
      return (*innermost.container)[innermost.member] = std::move(value);
    }
    innermost.container->push_back(std::move(value));
    return innermost.container->back();
  }
  bool add(json value) {
    place(std::move(value));
    return true;
  }
  bool open(json container) {
    json& placed = place(std::move(container));
    if (open_.size() == limits_.most_depth) {
      return refuse(fmt::format("want at most {} levels", limits_.most_depth));
    }
    open_.push_back({&placed, {}});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  // Ends the parsing with an error about the innermost container's last value.
  bool refuse(const std::string& what) {
    json::json_pointer pointer;
    for (const Open& step : open_) {
      if (step.container->is_object()) {
        pointer /= step.member;
      } else {
        pointer /= step.container->size() - 1;
      }
    }
    error_ = Error{ErrorCode::invalid_argument, "JSON: " + what, {{pointer.to_string(), what}}};
    return false;
  }

  std::string_view text_;
  JsonLimits limits_;
  json root_;
  std::vector<Open> open_;
  std::optional<Error> error_;
};

}  // namespace

base::Result<json> parse_json(std::string_view text, JsonLimits limits) {
  Builder builder(text, limits);
  json::sax_parse(text.begin(), text.end(), &builder);
  return builder.take();
}

std::optional<std::string> whole_number(const json& value) {
  if (value.is_number_unsigned()) return std::to_string(value.get<std::uint64_t>());
  if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
  if (!value.is_binary()) return std::nullopt;
  const auto& characters = value.get_binary();
  return std::string(characters.begin(), characters.end());
}

namespace {

using Out = base::GrowingSecret<std::uint8_t>;

void append(std::string text, Out& out) {
  out.append(base::as_bytes(text));
  base::wipe(text.data(), text.size());
}

// Its depth is bounded by parse_json.
void append_value(const json& value, Out& out) {
  if (auto digits = whole_number(value)) return append(*std::move(digits), out);
  if (!value.is_structured()) return append(value.dump(), out);
  append(value.is_object() ? "{" : "[", out);
  bool first = true;
  for (const auto& [name, member] : value.items()) {
    if (!std::exchange(first, false)) append(",", out);
    if (value.is_object()) append(json(name).dump() + ':', out);
    append_value(member, out);
  }
  append(value.is_object() ? "}" : "]", out);
}

}  // namespace

base::SecretBytes write_json(const json& value) {
  Out out;
  append_value(value, out);
  return out.take();
}

}  // namespace zkp::services::request
