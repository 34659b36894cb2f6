#include "services/gateway/verify_handler.h"

#include <fmt/format.h>

#include "prover/circuit/catalogue.h"
#include "prover/groth16/verify.h"
#include "prover/iden3/formats.h"
#include "services/gateway/body_reader.h"
#include "services/gateway/circuit_handler.h"
#include "services/gateway/replies.h"
#include "services/request/json_text.h"

namespace zkp::services::gateway {
namespace {

namespace http = network::http;
namespace groth16 = prover::groth16;
namespace iden3 = prover::iden3;
using base::Error;
using base::ErrorCode;
using network::store::Circuit;
using nlohmann::json;

struct Claim {
  std::string circuit_type;
  groth16::Proof proof;
  std::vector<prover::field::Fr> public_signals;
};

base::Result<Claim> read_claim(std::string_view text) {
  ZKP_TRY(const json body, request::parse_json(text));
  BodyReader reader;
  Claim claim;
  if (reader.is_object(body, "", {"circuit_type", "proof", "public_signals"})) {
    claim.circuit_type = reader.name(body, "circuit_type");
    for (const char* member : {"proof", "public_signals"}) {
      if (!body.contains(member)) reader.refuse(std::string("/") + member, "is missing");
    }
  }
  ZKP_CHECK(std::move(reader).status());
  auto proof = iden3::read_proof_json(body["proof"].dump());
  if (!proof.ok()) return below("/proof", std::move(proof).error());
  claim.proof = *proof;
  auto signals = iden3::read_public_json(body["public_signals"].dump());
  if (!signals.ok()) return below("/public_signals", std::move(signals).error());
  claim.public_signals = *std::move(signals);
  return claim;
}

// Checks the claim against the circuit's key, or against those of the family until one fits.
base::Result<groth16::Verdict> judge(const Claim& claim, const std::vector<Circuit>& circuits) {
  groth16::Verdict verdict{false, "no key of this circuit is for so many public signals"};
  for (const Circuit& circuit : circuits) {
    const auto key = iden3::read_verification_key_json(circuit.verification_key_json);
    if (!key.ok()) {
      return Error{ErrorCode::data_loss,
                   fmt::format("circuit {}: {}", circuit.id.value, key.error().message)};
    }
    if (circuits.size() > 1 && key->public_count() != claim.public_signals.size()) continue;
    verdict = groth16::verify(*key, claim.public_signals, claim.proof);
    if (verdict.valid) break;
  }
  return verdict;
}

}  // namespace

base::Result<http::Response> verify_proof(const http::Request& request,
                                          network::store::Store& store) {
  if (!has_json_body(request)) return unsupported_media_type(request);
  ZKP_TRY(const Claim claim, read_claim(request.body));
  ZKP_TRY(const auto circuits, ready_circuits(claim.circuit_type, store));
  if (circuits.empty()) {
    return Error{ErrorCode::not_found,
                 "this circuit has no key yet, so there is no proof of it",
                 {{"/circuit_type", "has no key yet"}}};
  }
  ZKP_TRY(const groth16::Verdict verdict, judge(claim, circuits));
  nlohmann::ordered_json body{{"verified", verdict.valid}};
  body["reason"] = verdict.valid ? "the pairing equation holds" : verdict.reason;
  return json_reply(200, body);
}

}  // namespace zkp::services::gateway
