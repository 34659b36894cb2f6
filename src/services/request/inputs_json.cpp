#include "services/request/inputs_json.h"

#include "services/request/json_text.h"

namespace zkp::services::request {
namespace {

using base::Error;
using base::ErrorCode;
using nlohmann::json;
using prover::circuit::Inputs;
using prover::circuit::NamedInput;
using Pointer = json::json_pointer;

constexpr const char* kPublic = "public_inputs";
constexpr const char* kPrivate = "private_inputs";
constexpr const char* kNamed = "inputs";

// Reads elements, and notes each place that is wrong.
class Reader {
 public:
  std::string element(const json& value, const Pointer& place) {
    if (value.is_string()) return value.get<std::string>();
    if (auto digits = whole_number(value); digits && digits->front() != '-') {
      return *std::move(digits);
    }
    if (value.is_number_float()) {
      refuse(place, "want a whole number without fraction or exponent, or a text");
    } else if (value.is_number() || value.is_binary()) {
      refuse(place, "want a number that is not negative, or a text");
    } else {
      refuse(place, std::string("want a text or a whole number, got ") + value.type_name());
    }
    return {};
  }

  std::vector<std::string> list(const json& value, const Pointer& place) {
    std::vector<std::string> elements;
    for (std::size_t i = 0; i < value.size(); ++i) {
      elements.push_back(element(value[i], place / i));
    }
    return elements;
  }

  // One of the two lists of the positional form; empty if it is left out.
  std::vector<std::string> optional_list(const json& body, const char* name) {
    const auto found = body.find(name);
    if (found == body.end()) return {};
    if (found->is_array()) return list(*found, Pointer() / name);
    refuse(Pointer() / name, std::string("want a list, got ") + found->type_name());
    return {};
  }

  std::vector<NamedInput> named(const json& inputs, const Pointer& place) {
    std::vector<NamedInput> named;
    if (!inputs.is_object()) {
      refuse(place, std::string("want an object, got ") + inputs.type_name());
      return named;
    }
    for (const auto& [name, value] : inputs.items()) {
      if (value.is_array()) {
        named.push_back({name, list(value, place / name), true});
      } else {
        named.push_back({name, {element(value, place / name)}, false});
      }
    }
    return named;
  }

  void refuse(const Pointer& place, std::string what) {
    constexpr std::size_t kMostDetails = 20;  // an answer stays readable whatever came
    if (details_.size() < kMostDetails) details_.push_back({place.to_string(), std::move(what)});
  }

  base::Status status() && {
    if (details_.empty()) return {};
    std::string message = details_[0].detail;
    if (!details_[0].pointer.empty()) message = details_[0].pointer + ": " + message;
    return Error{ErrorCode::invalid_argument, std::move(message), std::move(details_)};
  }

 private:
  std::vector<base::ErrorDetail> details_;
};

json as_json(const NamedInput& input) {
  if (input.is_list) return input.values;
  ZKP_ASSERT(input.values.size() == 1);
  return input.values[0];
}

}  // namespace

base::Result<Inputs> read_inputs(const json& body) {
  Reader reader;
  Inputs inputs;
  inputs.named = body.contains(kNamed);
  const bool positional = body.contains(kPublic) || body.contains(kPrivate);
  if (!body.is_object()) {
    reader.refuse(Pointer(), std::string("want an object, got ") + body.type_name());
  } else if (inputs.named == positional) {
    reader.refuse(Pointer(), "want either public_inputs and private_inputs, or inputs");
  } else if (inputs.named) {
    inputs.inputs = reader.named(body[kNamed], Pointer() / kNamed);
  } else {
    inputs.public_inputs = reader.optional_list(body, kPublic);
    inputs.private_inputs = reader.optional_list(body, kPrivate);
  }
  ZKP_CHECK(std::move(reader).status());
  return inputs;
}

base::SecretBytes write_inputs(const Inputs& inputs) {
  json body = json::object();
  if (inputs.named) {
    body[kNamed] = json::object();
    for (const NamedInput& input : inputs.inputs) body[kNamed][input.name] = as_json(input);
  } else {
    body[kPublic] = inputs.public_inputs;
    body[kPrivate] = inputs.private_inputs;
  }
  std::string text = body.dump(-1, ' ', false, json::error_handler_t::replace);
  auto bytes = base::SecretBytes::copy_of(base::as_bytes(text));
  base::wipe(text.data(), text.size());
  return bytes;
}

base::Result<Inputs> parse_inputs(base::ByteView bytes) {
  ZKP_TRY(const json body, parse_json(base::as_text(bytes)));
  return read_inputs(body);
}

}  // namespace zkp::services::request
