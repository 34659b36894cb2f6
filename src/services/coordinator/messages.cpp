#include "services/coordinator/messages.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace zkp::services::coordinator {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using network::task::CircuitId;
using network::task::WorkerId;
namespace scheduler = network::scheduler;

constexpr std::size_t kMostNameBytes = 128;
constexpr std::uint32_t kMostSlots = 1024;
constexpr int kMostListed = 4096;
constexpr std::size_t kMostMessageBytes = 500;

Error wrong(std::string_view what) {
  return {ErrorCode::invalid_argument, fmt::format("a worker's message: {}", what)};
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMostNameBytes &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

// No more than so many bytes of a text, cut between characters of UTF-8.
std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  text.resize(most);
  return text;
}

Result<scheduler::AttemptRef> read_ref(const v1::AttemptRef& ref) {
  ZKP_TRY(const network::task::TaskId task, network::task::TaskId::parse(ref.task_id()));
  if (ref.attempt() == 0) return wrong("attempts are counted from 1");
  return scheduler::AttemptRef{task, {ref.attempt()}};
}

template <class Field>
Result<std::vector<scheduler::AttemptRef>> read_refs(const Field& field) {
  if (field.size() > kMostListed) return wrong("it lists too many attempts");
  std::vector<scheduler::AttemptRef> refs;
  for (const v1::AttemptRef& ref : field) {
    ZKP_TRY(refs.emplace_back(), read_ref(ref));
  }
  return refs;
}

template <class Field>
Result<std::vector<CircuitId>> read_circuits(const Field& field) {
  if (field.size() > kMostListed) return wrong("it lists too many circuits");
  std::vector<CircuitId> circuits;
  for (const std::string& circuit : field) {
    if (!is_name(circuit)) return wrong("that is no circuit's id");
    circuits.push_back({circuit});
  }
  return circuits;
}

Result<scheduler::Event> read_heartbeat(const WorkerId& worker, const v1::Heartbeat& heartbeat) {
  if (heartbeat.progress_size() > kMostListed) return wrong("it lists too many attempts");
  scheduler::Heartbeat event{.worker = worker};
  for (const v1::Heartbeat::Progress& progress : heartbeat.progress()) {
    ZKP_TRY(const auto ref, read_ref(progress.ref()));
    event.progress.push_back({ref, progress.fraction()});
  }
  ZKP_TRY(event.setups, read_circuits(heartbeat.setups()));
  return scheduler::Event(std::move(event));
}

Result<scheduler::Event> read_failed(const WorkerId& worker, v1::Failed& failed) {
  ZKP_TRY(const auto ref, read_ref(failed.ref()));
  const auto code = network::task::parse_failure_code(failed.code());
  return scheduler::Event(
      scheduler::AttemptFailed{worker,
                               ref,
                               {code.ok() ? *code : network::task::FailureCode::internal,
                                cut(std::move(*failed.mutable_message()), kMostMessageBytes)}});
}

}  // namespace

Result<scheduler::WorkerJoined> read_hello(const v1::Hello& hello) {
  if (!is_name(hello.worker_id())) return wrong("its id must be 1 to 128 printable characters");
  if (hello.slots() == 0 || hello.slots() > kMostSlots)
    return wrong("it must have 1 to 1024 slots");
  if (hello.loaded_keys_size() > kMostListed) return wrong("it lists too many keys");
  scheduler::WorkerJoined event{.worker = {hello.worker_id()},
                                .version = cut(hello.version(), kMostNameBytes),
                                .kernels = cut(hello.kernels(), kMostNameBytes),
                                .slots = hello.slots(),
                                .memory_bytes = hello.memory_bytes(),
                                .draining = hello.draining()};
  for (const std::string& digest : hello.loaded_keys()) {
    if (!is_name(digest)) return wrong("that is no key's digest");
    event.loaded_keys.push_back(digest);
  }
  ZKP_TRY(event.running, read_refs(hello.running()));
  ZKP_TRY(event.finished, read_refs(hello.finished()));
  ZKP_TRY(event.setups_running, read_circuits(hello.setups_running()));
  return event;
}

Result<scheduler::Event> read_event(const WorkerId& worker, v1::WorkerEvent event) {
  switch (event.event_case()) {
    case v1::WorkerEvent::kHeartbeat:
      return read_heartbeat(worker, event.heartbeat());
    case v1::WorkerEvent::kStarted: {
      ZKP_TRY(const auto ref, read_ref(event.started().ref()));
      return scheduler::Event(scheduler::AttemptStarted{worker, ref});
    }
    case v1::WorkerEvent::kSucceeded: {
      v1::Succeeded& succeeded = *event.mutable_succeeded();
      ZKP_TRY(const auto ref, read_ref(succeeded.ref()));
      return scheduler::Event(
          scheduler::AttemptSucceeded{worker,
                                      ref,
                                      {std::move(*succeeded.mutable_proof_json()),
                                       std::move(*succeeded.mutable_public_signals_json())}});
    }
    case v1::WorkerEvent::kFailed:
      return read_failed(worker, *event.mutable_failed());
    case v1::WorkerEvent::kDraining:
      return scheduler::Event(scheduler::WorkerDraining{worker});
    case v1::WorkerEvent::kSetupSucceeded: {
      const v1::SetupSucceeded& setup = event.setup_succeeded();
      if (!is_name(setup.circuit_id()) || !is_name(setup.r1cs_digest()) ||
          !is_name(setup.zkey_digest())) {
        return wrong("a set-up needs a circuit and two digests");
      }
      return scheduler::Event(scheduler::SetupSucceeded{
          worker, {setup.circuit_id()}, setup.r1cs_digest(), setup.zkey_digest()});
    }
    case v1::WorkerEvent::kSetupFailed:
      return scheduler::Event(
          scheduler::SetupFailed{worker,
                                 {cut(event.setup_failed().circuit_id(), kMostNameBytes)},
                                 cut(event.setup_failed().message(), kMostMessageBytes)});
    default:
      return wrong("unknown, or a second Hello");
  }
}

v1::AttemptRef write_ref(const scheduler::AttemptRef& ref) {
  v1::AttemptRef message;
  message.set_task_id(ref.task.to_string());
  message.set_attempt(ref.attempt.value);
  return message;
}

v1::Instruction write_cancel(const scheduler::AttemptRef& ref) {
  v1::Instruction instruction;
  *instruction.mutable_cancel()->mutable_ref() = write_ref(ref);
  return instruction;
}

v1::Instruction write_ack(const scheduler::AttemptRef& ref) {
  v1::Instruction instruction;
  *instruction.mutable_ack()->mutable_ref() = write_ref(ref);
  return instruction;
}

v1::Instruction write_setup(const CircuitId& circuit) {
  v1::Instruction instruction;
  instruction.mutable_setup()->set_circuit_id(circuit.value);
  return instruction;
}

v1::Instruction write_cancel_setup(const CircuitId& circuit) {
  v1::Instruction instruction;
  instruction.mutable_cancel_setup()->set_circuit_id(circuit.value);
  return instruction;
}

v1::Instruction write_redirect(const std::string& leader_address) {
  v1::Instruction instruction;
  instruction.mutable_redirect()->set_leader_address(leader_address);
  return instruction;
}

}  // namespace zkp::services::coordinator
