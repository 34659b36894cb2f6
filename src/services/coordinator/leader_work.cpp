#include "services/coordinator/leader_work.h"

#include <fmt/format.h>

#include "base/log.h"
#include "services/coordinator/messages.h"
#include "services/coordinator/proof_check.h"
#include "services/coordinator/setup_check.h"

namespace zkp::services::coordinator {
namespace {

using base::ErrorCode;
using base::Result;
using network::store::Outcome;
using network::task::FailureCode;
using network::task::Term;
namespace scheduler = network::scheduler;
namespace store = network::store;

Answer answer(scheduler::Event event) { return {std::move(event), std::nullopt}; }

// Errors that say that the store could not be asked, and not what it thinks of the call.
bool is_fenced(const base::Error& error) { return error.code == ErrorCode::failed_precondition; }

std::vector<network::task::CircuitId> ids_of(const std::vector<store::Circuit>& circuits) {
  std::vector<network::task::CircuitId> ids;
  for (const store::Circuit& circuit : circuits) ids.push_back(circuit.id);
  return ids;
}

v1::Instruction write_assign(const scheduler::RecordAssignment& effect, const ReadyCircuit& circuit,
                             base::ByteView inputs) {
  v1::Instruction instruction;
  v1::Assign& assign = *instruction.mutable_assign();
  *assign.mutable_ref() = write_ref(effect.ref);
  assign.set_circuit_id(effect.circuit.value);
  assign.set_zkey_digest(circuit.circuit.key_digest);
  assign.set_program_digest(circuit.circuit.program_digest);
  assign.set_inputs(inputs.data(), inputs.size());
  return instruction;
}

}  // namespace

Result<scheduler::TookOver> LeaderWork::take_over(Term term) {
  ZKP_CHECK(store_.take_leadership(term));
  scheduler::TookOver event;
  ZKP_TRY(event.in_flight, store_.in_flight());
  ZKP_TRY(const auto wanted, store_.wanted_circuits());
  event.wanted = ids_of(wanted);
  return event;
}

struct LeaderWork::Act {
  LeaderWork& work;
  Term term;

  store::Store& store() const { return work.store_; }
  base::Time now() const { return work.clock_.now(); }

  Result<Answer> operator()(const scheduler::Claim& e) const {
    auto claimed = store().claim(term, e.limit, now());
    if (!claimed.ok()) {
      if (is_fenced(claimed.error())) return claimed.error();
      base::log_warning("no tasks could be claimed: {}", claimed.error().message);
      return answer(scheduler::ClaimFailed{});
    }
    scheduler::Claimed event;
    for (store::ClaimedTask& task : *claimed) {
      base::log_info("Scheduling task {} (attempt {})", task.task.id.to_string(),
                     task.task.attempt.value);
      const auto circuit = work.book_.find(task.task.circuit);
      event.tasks.push_back({.task = std::move(task.task),
                             .sealed_inputs = std::move(task.sealed_inputs),
                             .key_digest = circuit.ok() ? (*circuit)->circuit.key_digest : "",
                             .key_memory_bytes = task.key_memory_bytes});
    }
    return answer(std::move(event));
  }

  Result<Answer> operator()(const scheduler::ListInFlight&) const {
    auto tasks = store().in_flight();
    if (!tasks.ok()) return answer(scheduler::ListFailed{});
    return answer(scheduler::InFlightListed{*std::move(tasks)});
  }

  Result<Answer> operator()(const scheduler::RecordAssignment& e) const {
    using How = scheduler::AssignmentRecorded::Result;
    const auto unusable = [&](std::string message) {
      return answer(scheduler::AssignmentRecorded{
          e.ref, How::unusable, {FailureCode::internal, std::move(message)}});
    };
    const auto circuit = work.book_.find(e.circuit);
    if (!circuit.ok()) {
      const ErrorCode code = circuit.error().code;
      if (code != ErrorCode::not_found && code != ErrorCode::data_loss) return circuit.error();
      return unusable(circuit.error().message);
    }
    const auto inputs = work.seal_.open(e.ref.task, e.sealed_inputs);
    if (!inputs.ok()) return unusable(inputs.error().message);
    ZKP_TRY(const Outcome outcome,
            store().assign(term, e.ref.task, e.ref.attempt, e.worker, now()));
    if (outcome == Outcome::superseded) {
      return answer(scheduler::AssignmentRecorded{e.ref, How::superseded, {}});
    }
    return Answer{scheduler::AssignmentRecorded{e.ref, How::recorded, {}},
                  write_assign(e, **circuit, inputs->reveal())};
  }

  Result<Answer> operator()(const scheduler::RecordStart& e) const {
    ZKP_CHECK(store().start(term, e.ref.task, e.ref.attempt, now()));
    return Answer{};
  }

  Result<Answer> operator()(const scheduler::ReportProgress& e) const {
    std::vector<store::Store::Progress> progress;
    for (const auto& [ref, fraction] : e.progress) {
      progress.push_back({ref.task, ref.attempt, fraction});
    }
    const base::Status status = store().report_progress(term, progress);
    if (!status.ok() && is_fenced(status.error())) return status.error();
    return Answer{};
  }

  Result<Answer> operator()(const scheduler::Verify& e) const {
    using Verdict = scheduler::ProofVerified::Verdict;
    using Opinion = ProofOpinion::Verdict;
    scheduler::ProofVerified event{.worker = e.worker, .ref = e.ref};
    ZKP_TRY(ProofOpinion opinion,
            check_proof(e.ref.task, e.proof, store(), work.book_, work.seal_));
    event.reason = std::move(opinion.reason);
    switch (opinion.verdict) {
      case Opinion::valid: {
        ZKP_TRY(const Outcome outcome,
                store().complete(term, e.ref.task, e.ref.attempt, opinion.proof, now()));
        event.verdict = outcome == Outcome::applied ? Verdict::completed : Verdict::superseded;
        break;
      }
      case Opinion::settled:
        event.verdict = Verdict::superseded;
        break;
      case Opinion::rejected:
        event.verdict = Verdict::rejected;
        break;
      case Opinion::unusable:
        event.verdict = Verdict::unusable;
        break;
    }
    return answer(std::move(event));
  }

  Result<Answer> operator()(const scheduler::Release& e) const {
    ZKP_CHECK(store().release(term, e.ref.task, e.ref.attempt,
                              {e.not_before, e.failure, e.memory_floor_bytes}, now()));
    return answer(scheduler::AttemptEnded{e.ref});
  }

  Result<Answer> operator()(const scheduler::Fail& e) const {
    ZKP_CHECK(store().fail(term, e.ref.task, e.ref.attempt, e.failure, now()));
    return answer(scheduler::AttemptEnded{e.ref});
  }

  Result<Answer> operator()(const scheduler::Survey& e) const {
    scheduler::Surveyed event;
    const auto due = store().next_due(now());
    const auto wanted = store().wanted_circuits();
    if (!due.ok() || !wanted.ok()) return answer(scheduler::Surveyed{.ok = false});
    event.next_due = *due;
    event.wanted = ids_of(*wanted);
    if (e.count_pending) {
      if (const auto counts = store().counts(); counts.ok()) event.pending_count = counts->pending;
    }
    return answer(std::move(event));
  }

  Result<Answer> operator()(const scheduler::FailOverdue& e) const {
    ZKP_TRY(auto tasks, store().fail_overdue(term, e.limit, now()));
    return answer(scheduler::OverdueFailed{std::move(tasks)});
  }

  Result<Answer> operator()(const scheduler::PublishSetup& e) const {
    scheduler::SetupChecked event{.circuit = e.circuit, .worker = e.worker};
    auto circuit = check_setup(e.circuit, e.r1cs_digest, e.zkey_digest, work.artifacts_);
    if (!circuit.ok()) {
      if (circuit.error().code == ErrorCode::unavailable) return circuit.error();
      event.problem = circuit.error().message;
      return answer(std::move(event));
    }
    circuit->created_at = now();
    ZKP_CHECK(store().publish_circuit(term, *circuit));
    base::log_info("Circuit {} has its key: {} constraints", e.circuit.value,
                   circuit->constraint_count);
    return answer(std::move(event));
  }

  Result<Answer> operator()(const scheduler::FailCircuit& e) const {
    ZKP_TRY(const auto failed, store().fail_circuit(term, e.circuit, e.failure, now()));
    base::log_error("{}; {} tasks that waited for it failed", e.failure.message, failed.size());
    return answer(scheduler::CircuitFailed{e.circuit});
  }

  Result<Answer> operator()(const scheduler::RemoveFinished& e) const {
    ZKP_TRY(const std::size_t count, store().remove_finished(term, e.before, e.limit));
    return answer(scheduler::FinishedRemoved{count});
  }

  Result<Answer> operator()(const auto&) const {
    ZKP_ASSERT(false);  // not an effect on the store
  }
};

Result<Answer> LeaderWork::carry_out(Term term, const scheduler::Effect& effect) {
  return std::visit(Act{*this, term}, effect);
}

}  // namespace zkp::services::coordinator
