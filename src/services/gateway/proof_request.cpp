#include "services/gateway/proof_request.h"

#include "base/secret.h"
#include "services/gateway/body_reader.h"
#include "services/request/inputs_json.h"
#include "services/request/json_text.h"

namespace zkp::services::gateway {
namespace {

using nlohmann::json;

constexpr std::int64_t kLongestDeadlineSeconds = std::int64_t{30} * 24 * 3600;

void wipe_text(std::string& text) { base::wipe(text.data(), text.size()); }

// Wipes every text of a parsed body when it goes. Its depth is bounded by parse_json.
class WipedJson {
 public:
  explicit WipedJson(json value) : value_(std::move(value)) {}
  ~WipedJson() { wipe_texts(value_); }
  WipedJson(const WipedJson&) = delete;
  WipedJson& operator=(const WipedJson&) = delete;
  const json& operator*() const { return value_; }

 private:
  static void wipe_texts(json& value) {
    if (value.is_string()) wipe_text(value.get_ref<std::string&>());
    if (value.is_binary()) base::wipe(value.get_binary().data(), value.get_binary().size());
    if (value.is_structured()) {
      for (json& element : value) wipe_texts(element);
    }
  }
  json value_;
};

network::task::Options read_options(BodyReader& reader, const json& body) {
  using network::task::Options;
  Options options;
  const auto found = body.find("options");
  if (found == body.end()) return options;
  const std::string place = "/options";
  if (!reader.is_object(*found, place, {"priority", "deadline_s", "max_attempts"})) return options;
  const auto priority =
      reader.number(*found, place, "priority", Options::kLeastPriority, Options::kMostPriority);
  const auto attempts = reader.number(*found, place, "max_attempts", 1, Options::kMostAttempts);
  const auto deadline = reader.number(*found, place, "deadline_s", 1, kLongestDeadlineSeconds);
  if (priority) options.priority = static_cast<int>(*priority);
  if (attempts) options.max_attempts = static_cast<int>(*attempts);
  if (deadline) options.deadline = std::chrono::seconds(*deadline);
  return options;
}

}  // namespace

base::Result<ProofRequest> parse_proof_request(std::string_view text) {
  ZKP_TRY(json parsed, request::parse_json(text));
  const WipedJson wiped(std::move(parsed));
  const json& body = *wiped;

  ProofRequest request;
  BodyReader reader;
  std::string circuit_type;
  if (reader.is_object(body, "",
                       {"circuit_type", "public_inputs", "private_inputs", "inputs", "options"})) {
    circuit_type = reader.name(body, "circuit_type");
    request.options = read_options(reader, body);
  }
  ZKP_CHECK(std::move(reader).status());

  if (prover::circuit::find_entry(circuit_type) == nullptr) {
    return base::Error{base::ErrorCode::not_found,
                       "there is no such circuit; the nearest name is '" +
                           std::string(prover::circuit::nearest_name(circuit_type)) + "'",
                       {{"/circuit_type", "is not the name of a circuit"}}};
  }
  ZKP_TRY(request.inputs, request::read_inputs(body));
  ZKP_TRY(request.shape, prover::circuit::shape_of(circuit_type, request.inputs));
  return request;
}

void wipe(prover::circuit::Inputs& inputs) {
  for (auto* list : {&inputs.public_inputs, &inputs.private_inputs}) {
    for (std::string& text : *list) wipe_text(text);
  }
  for (auto& input : inputs.inputs) {
    for (std::string& text : input.values) wipe_text(text);
  }
}

}  // namespace zkp::services::gateway
