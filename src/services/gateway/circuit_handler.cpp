#include "services/gateway/circuit_handler.h"

#include <fmt/format.h>

#include "prover/circuit/catalogue.h"
#include "prover/iden3/formats.h"
#include "services/gateway/circuit_json.h"
#include "services/gateway/registered_circuit.h"
#include "services/gateway/replies.h"
#include "services/gateway/task_json.h"

namespace zkp::services::gateway {
namespace {

namespace http = network::http;
namespace circuit = prover::circuit;
using base::Error;
using base::ErrorCode;
using network::store::Circuit;
using nlohmann::ordered_json;

bool is_built_in(std::string_view name) { return circuit::find_entry(name) != nullptr; }

constexpr std::size_t kListedAtOnce = 200;

// What the request names: a family or an id.
std::string name_of(const http::Request& request) {
  std::string name = request.parameter("type");
  if (request.parameters.contains("sizes")) name += "/" + request.parameter("sizes");
  if (const auto shape = request.query_value("shape"); shape && !shape->empty()) {
    name = shape->find('/') == std::string_view::npos ? name + "/" + std::string(*shape)
                                                      : std::string(*shape);
  }
  return name;
}

bool is_id(std::string_view name) { return name.find('/') != std::string_view::npos; }

// not_found if it is no id of the catalogue's.
base::Result<circuit::Shape> shape_of_id(const std::string& id) {
  const std::string_view family = std::string_view(id).substr(0, id.find('/'));
  if (circuit::find_entry(family) == nullptr) return no_such_circuit(family);
  auto shape = circuit::Shape::parse(id);
  if (!shape.ok()) {
    return Error{ErrorCode::not_found, "there is no such shape: " + shape.error().message};
  }
  return shape;
}

ordered_json field_json(const circuit::InputField& field) {
  return {{"name", field.name},
          {"private", field.is_private},
          {"list", field.is_list},
          {"optional", field.optional},
          {"description", field.description}};
}

base::Result<http::Response> solidity_of(const Circuit& circuit) {
  const auto key = prover::iden3::read_verification_key_json(circuit.verification_key_json);
  if (!key.ok()) {
    return Error{ErrorCode::data_loss,
                 fmt::format("circuit {}: {}", circuit.id.value, key.error().message)};
  }
  return http::Response{.content_type = "text/plain; charset=utf-8",
                        .body = prover::iden3::write_solidity_verifier(*key)};
}

}  // namespace

base::Result<std::vector<Circuit>> ready_circuits(const std::string& name,
                                                  network::store::Store& store) {
  std::vector<Circuit> circuits;
  if (is_id(name)) {
    ZKP_TRY(const auto shape, shape_of_id(name));
    auto found = store.find_circuit({shape.id()});
    if (found.ok()) {
      circuits.push_back(*std::move(found));
    } else if (found.error().code != ErrorCode::not_found) {
      return std::move(found).error();
    }
  } else {
    if (is_built_in(name)) {
      ZKP_TRY(circuits, store.circuits_of(name));
    } else {
      ZKP_TRY(auto registered, find_registered(name, store));
      circuits.push_back(std::move(registered));
    }
  }
  std::erase_if(circuits, [](const Circuit& circuit) { return !circuit.ready; });
  return circuits;
}

CircuitHandler::Reply CircuitHandler::list(const Request&) {
  ordered_json body{{"circuits", ordered_json::array()}};
  for (const auto& entry : circuit::catalogue()) {
    ZKP_TRY(auto family, family_json(entry.name));
    body["circuits"].push_back(std::move(family));
  }
  std::string after;
  while (true) {
    ZKP_TRY(const auto circuits, store_.registered_circuits(after, kListedAtOnce));
    for (const Circuit& circuit : circuits) body["circuits"].push_back(circuit_json(circuit));
    if (circuits.size() < kListedAtOnce) return json_reply(200, body);
    after = circuits.back().circuit_type;
  }
}

CircuitHandler::Reply CircuitHandler::get(const Request& request) {
  const std::string name = name_of(request);
  if (is_id(name)) {
    ZKP_TRY(const auto shape, shape_of_id(name));
    ZKP_TRY(const auto circuit, store_.find_circuit({shape.id()}));
    return json_reply(200, circuit_json(circuit));
  }
  if (!is_built_in(name)) return registered(name);
  ZKP_TRY(const auto family, family_json(name));
  return json_reply(200, family);
}

// The version that is named, or the latest one, whatever became of it; and all there are.
CircuitHandler::Reply CircuitHandler::registered(const std::string& name) {
  ZKP_TRY(const auto versions, store_.circuits_of(name.substr(0, name.find('@'))));
  ordered_json ids = ordered_json::array();
  const Circuit* shown = nullptr;
  for (const Circuit& version : versions) {
    ids.push_back(version.id.value);
    if (name == version.id.value || name == version.circuit_type) shown = &version;
  }
  if (shown == nullptr) return no_such_circuit(name);
  ordered_json json = circuit_json(*shown);
  json["versions"] = std::move(ids);
  return json_reply(200, json);
}

CircuitHandler::Reply CircuitHandler::verification_key(const Request& request) {
  ZKP_TRY(const auto circuit, one_ready(request));
  return http::Response{.body = circuit.verification_key_json};
}

CircuitHandler::Reply CircuitHandler::solidity_verifier(const Request& request) {
  ZKP_TRY(const auto circuit, one_ready(request));
  return solidity_of(circuit);
}

CircuitHandler::Reply CircuitHandler::verification_key_of_digest(const Request& request) {
  ZKP_TRY(const auto circuit, store_.find_circuit_by_key(request.parameter("digest")));
  return http::Response{.body = circuit.verification_key_json};
}

CircuitHandler::Reply CircuitHandler::solidity_verifier_of_digest(const Request& request) {
  ZKP_TRY(const auto circuit, store_.find_circuit_by_key(request.parameter("digest")));
  return solidity_of(circuit);
}

base::Result<std::uint64_t> CircuitHandler::example_constraint_count(const std::string& shape) {
  const std::lock_guard lock(mutex_);
  if (const auto found = constraint_counts_.find(shape); found != constraint_counts_.end()) {
    return found->second;
  }
  ZKP_TRY(const auto parsed, circuit::Shape::parse(shape));
  ZKP_TRY(const auto system, circuit::build(parsed));
  return constraint_counts_[shape] = system.constraint_count();
}

base::Result<ordered_json> CircuitHandler::family_json(std::string_view name) {
  const circuit::CatalogueEntry* entry = circuit::find_entry(name);
  if (entry == nullptr) return no_such_circuit(name);
  ordered_json json{{"circuit_type", entry->name}, {"statement", entry->statement}};
  json["public_signals"] = ordered_json::array();
  for (const auto signal : entry->public_signals) json["public_signals"].push_back(signal);
  json["inputs"] = ordered_json::array();
  for (const auto& field : entry->fields) json["inputs"].push_back(field_json(field));

  const std::string example(entry->example_shape);
  ZKP_TRY(const auto count, example_constraint_count(example));
  json["example"] = {{"circuit", example}, {"constraint_count", count}};
  json["circuits"] = ordered_json::array();
  ZKP_TRY(const auto circuits, store_.circuits_of(std::string(name)));
  for (const Circuit& circuit : circuits) json["circuits"].push_back(circuit_json(circuit));
  return json;
}

base::Result<Circuit> CircuitHandler::one_ready(const Request& request) {
  ZKP_TRY(auto circuits, ready_circuits(name_of(request), store_));
  if (circuits.empty()) {
    return Error{ErrorCode::not_found, "this circuit has no key yet: its first proof makes one"};
  }
  if (circuits.size() > 1) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("there are {} keys, one for each shape: name one by ?shape=, such as "
                             "?shape={}",
                             circuits.size(),
                             circuits[0].id.value.substr(circuits[0].id.value.find('/') + 1))};
  }
  return std::move(circuits[0]);
}

}  // namespace zkp::services::gateway
