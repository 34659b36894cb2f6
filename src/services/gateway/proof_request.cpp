#include "services/gateway/proof_request.h"

#include "base/secret.h"
#include "prover/circuit/catalogue.h"
#include "prover/iden3/formats.h"
#include "prover/witness/circom/inputs.h"
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

// What was asked for, without the inputs.
struct Head {
  std::string circuit_type;
  network::task::Options options;
};

base::Result<Head> read_head(const json& body, std::initializer_list<std::string_view> members) {
  Head head;
  BodyReader reader;
  if (reader.is_object(body, "", members)) {
    head.circuit_type = reader.name(body, "circuit_type");
    head.options = read_options(reader, body);
  }
  ZKP_CHECK(std::move(reader).status());
  return head;
}

// Overwrites the texts, which may be private.
void wipe(prover::circuit::Inputs& inputs) {
  for (auto* list : {&inputs.public_inputs, &inputs.private_inputs}) {
    for (std::string& text : *list) wipe_text(text);
  }
  for (auto& input : inputs.inputs) {
    for (std::string& text : input.values) wipe_text(text);
  }
}

base::Result<network::store::Circuit> find_circuit(const std::string& name,
                                                   const FindRegistered& find_registered) {
  auto found = find_registered(name);
  if (!found.ok() && found.error().code == base::ErrorCode::not_found) {
    return below("/circuit_type", std::move(found).error());
  }
  return found;
}

base::Result<ProofRequest> for_built_in(const Head& head, const json& body) {
  ZKP_TRY(auto inputs, request::read_inputs(body));
  auto shape = prover::circuit::shape_of(head.circuit_type, inputs);
  base::SecretBytes written = shape.ok() ? request::write_inputs(inputs) : base::SecretBytes();
  wipe(inputs);
  if (!shape.ok()) return std::move(shape).error();
  return ProofRequest{head.circuit_type, {shape->id()}, std::move(written), head.options};
}

base::Result<ProofRequest> for_registered(const Head& head, const json& body,
                                          const network::store::Circuit& circuit) {
  const auto inputs = body.find("inputs");
  if (inputs == body.end() || body.contains("public_inputs") || body.contains("private_inputs")) {
    return base::Error{base::ErrorCode::invalid_argument,
                       "want inputs, an object of the circuit's input signals, and no other form",
                       {{"/inputs", "is wanted: an object of the circuit's input signals"}}};
  }
  const base::SecretBytes text = request::write_json(*inputs);
  auto read = circom_inputs(base::as_text(text.reveal()));
  if (!read.ok()) return below("/inputs", std::move(read).error());
  return ProofRequest{circuit.circuit_type, circuit.id, *std::move(read), head.options};
}

}  // namespace

base::Result<ProofRequest> parse_proof_request(std::string_view text,
                                               const FindRegistered& find_registered) {
  ZKP_TRY(json parsed, request::parse_json(text));
  const WipedJson wiped(std::move(parsed));
  const json& body = *wiped;
  ZKP_TRY(const Head head, read_head(body, {"circuit_type", "public_inputs", "private_inputs",
                                            "inputs", "options"}));
  if (prover::circuit::find_entry(head.circuit_type) != nullptr) return for_built_in(head, body);
  ZKP_TRY(const auto circuit, find_circuit(head.circuit_type, find_registered));
  return for_registered(head, body, circuit);
}

base::Result<ProofRequest> parse_witness_request(std::string_view text, base::SecretBytes witness,
                                                 const FindRegistered& find_registered) {
  ZKP_TRY(const json body, request::parse_json(text));
  ZKP_TRY(const Head head, read_head(body, {"circuit_type", "options"}));
  const auto read = prover::iden3::read_wtns(witness.reveal());
  if (!read.ok()) return below("/witness", read.error());
  const std::string family = head.circuit_type.substr(0, head.circuit_type.find('/'));
  if (prover::circuit::find_entry(family) != nullptr) {
    auto shape = prover::circuit::Shape::parse(head.circuit_type);
    if (shape.ok()) {
      const base::Status there = prover::circuit::check_shape(*shape);
      if (!there.ok()) shape = there.error();
    }
    if (!shape.ok()) return below("/circuit_type", std::move(shape).error());
    return ProofRequest{shape->circuit_type, {shape->id()}, std::move(witness), head.options};
  }
  ZKP_TRY(const auto circuit, find_circuit(head.circuit_type, find_registered));
  return ProofRequest{circuit.circuit_type, circuit.id, std::move(witness), head.options};
}

base::Result<base::SecretBytes> circom_inputs(std::string_view input_json) {
  ZKP_CHECK(prover::witness::read_inputs_json(input_json));
  return base::SecretBytes::copy_of(base::as_bytes(input_json));
}

}  // namespace zkp::services::gateway
