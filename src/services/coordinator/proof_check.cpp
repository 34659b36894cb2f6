#include "services/coordinator/proof_check.h"

#include <algorithm>
#include <span>

#include "prover/groth16/verify.h"
#include "prover/iden3/formats.h"
#include "services/request/inputs_json.h"
#include "services/request/task_inputs.h"

namespace zkp::services::coordinator {
namespace {

using base::ErrorCode;
using base::Result;
using Verdict = ProofOpinion::Verdict;
using prover::field::Fr;

constexpr std::size_t kMostProofBytes = 16 << 10;
constexpr std::size_t kMostSignalBytes = 96;  // 77 digits, and what JSON puts around them
constexpr std::size_t kMostSignalsBytes = request::kMostPublicSignals * kMostSignalBytes;

ProofOpinion rejected(std::string reason) { return {Verdict::rejected, std::move(reason), {}}; }

// Whether these public signals are what the inputs give. Of a circuit that a client registered, the
// network does not know which signals its inputs are (docs/decisions/0011).
Result<bool> answers(std::span<const Fr> signals, base::ByteView inputs,
                     const ReadyCircuit& circuit) {
  if (request::is_witness(inputs)) {
    ZKP_TRY(const auto witness, prover::iden3::read_wtns(inputs));
    return witness.size() > signals.size() &&
           std::ranges::equal(signals, witness.reveal().subspan(1, signals.size()), {},
                              &Fr::to_standard);
  }
  if (!circuit.shape) return true;
  ZKP_TRY(const auto parsed, request::parse_inputs(inputs));
  return prover::circuit::answers_request(*circuit.shape, parsed, signals);
}

// Pure: the proof, the request, the key.
ProofOpinion judge(const network::task::Proof& proof, base::ByteView inputs,
                   const ReadyCircuit& circuit) {
  if (proof.proof_json.size() > kMostProofBytes ||
      proof.public_signals_json.size() > kMostSignalsBytes) {
    return rejected("it is larger than any proof");
  }
  const auto parsed = prover::iden3::read_proof_json(proof.proof_json);
  if (!parsed.ok()) return rejected(parsed.error().message);
  const auto signals = prover::iden3::read_public_json(proof.public_signals_json);
  if (!signals.ok()) return rejected(signals.error().message);
  if (signals->size() != circuit.key.key.public_count()) {
    return rejected("it has another number of public signals than the circuit");
  }
  const auto answered = answers(*signals, inputs, circuit);
  if (!answered.ok()) return {Verdict::unusable, "its inputs do not read", {}};
  if (!*answered) return rejected("its public signals are not those of the request");
  const auto verdict = prover::groth16::verify(circuit.key, *signals, *parsed);
  if (!verdict.valid) return rejected(verdict.reason);
  return {Verdict::valid,
          "",
          {prover::iden3::write_proof_json(*parsed), prover::iden3::write_public_json(*signals)}};
}

}  // namespace

Result<ProofOpinion> check_proof(const network::task::TaskId& task,
                                 const network::task::Proof& proof, network::store::Store& store,
                                 CircuitBook& book, const request::InputSeal& seal) {
  const ProofOpinion settled{Verdict::settled, "", {}};
  const auto found = store.find(task);
  if (!found.ok() && found.error().code == ErrorCode::not_found) return settled;
  if (!found.ok()) return found.error();
  if (network::task::is_terminal(found->status)) return settled;

  const auto sealed = store.sealed_inputs(task);
  if (!sealed.ok() && sealed.error().code == ErrorCode::not_found) return settled;
  if (!sealed.ok()) return sealed.error();

  const auto circuit = book.find(found->circuit);
  if (!circuit.ok() && circuit.error().code == ErrorCode::not_found) {
    return rejected("its circuit has no key yet");
  }
  if (!circuit.ok() && circuit.error().code == ErrorCode::data_loss) {
    return ProofOpinion{Verdict::unusable, circuit.error().message, {}};
  }
  if (!circuit.ok()) return circuit.error();

  const auto opened = seal.open(task, *sealed);
  if (!opened.ok()) return ProofOpinion{Verdict::unusable, opened.error().message, {}};
  return judge(proof, opened->reveal(), **circuit);
}

}  // namespace zkp::services::coordinator
