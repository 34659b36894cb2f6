#include "network/scheduler/effects.h"

#include <fmt/format.h>

namespace zkp::network::scheduler {
namespace {

std::string text(const AttemptRef& ref) {
  return fmt::format("{}#{}", ref.task.to_string(), ref.attempt.value);
}

std::string text(const task::Failure& failure) {
  return fmt::format("{} '{}'", name_of(failure.code), failure.message);
}

struct Describe {
  std::string operator()(const Claim& e) const { return fmt::format("claim {}", e.limit); }
  std::string operator()(const ListInFlight&) const { return "list-in-flight"; }
  std::string operator()(const RecordAssignment& e) const {
    return fmt::format("record-assignment {} {}", text(e.ref), e.worker.value);
  }
  std::string operator()(const RecordStart& e) const { return "record-start " + text(e.ref); }
  std::string operator()(const ReportProgress& e) const {
    std::string line = "progress";
    for (const Progress& p : e.progress) line += fmt::format(" {}={}", text(p.ref), p.fraction);
    return line;
  }
  std::string operator()(const Verify& e) const {
    return fmt::format("verify {} {}", text(e.ref), e.worker.value);
  }
  std::string operator()(const Release& e) const {
    return fmt::format("release {} not-before {} floor {} {}", text(e.ref),
                       base::to_unix_ms(e.not_before), e.memory_floor_bytes,
                       e.failure ? text(*e.failure) : "free");
  }
  std::string operator()(const Fail& e) const {
    return fmt::format("fail {} {}", text(e.ref), text(e.failure));
  }
  std::string operator()(const Survey& e) const {
    return e.count_pending ? "survey and count" : "survey";
  }
  std::string operator()(const FailOverdue& e) const {
    return fmt::format("fail-overdue {}", e.limit);
  }
  std::string operator()(const PublishSetup& e) const {
    return fmt::format("publish-setup {} {} {} {}", e.circuit.value, e.worker.value, e.r1cs_digest,
                       e.zkey_digest);
  }
  std::string operator()(const FailCircuit& e) const {
    return fmt::format("fail-circuit {} {}", e.circuit.value, text(e.failure));
  }
  std::string operator()(const RemoveFinished& e) const {
    return fmt::format("remove-finished {} {}", base::to_unix_ms(e.before), e.limit);
  }
  std::string operator()(const Welcome& e) const { return "welcome " + e.worker.value; }
  std::string operator()(const SendAssign& e) const {
    return fmt::format("assign {} {}", text(e.ref), e.worker.value);
  }
  std::string operator()(const SendCancel& e) const {
    return fmt::format("cancel {} {}", text(e.ref), e.worker.value);
  }
  std::string operator()(const SendAck& e) const {
    return fmt::format("ack {} {}", text(e.ref), e.worker.value);
  }
  std::string operator()(const SendSetup& e) const {
    return fmt::format("setup {} {}", e.circuit.value, e.worker.value);
  }
  std::string operator()(const SendCancelSetup& e) const {
    return fmt::format("cancel-setup {} {}", e.circuit.value, e.worker.value);
  }
  std::string operator()(const SendDrain& e) const { return "drain " + e.worker.value; }
  std::string operator()(const Disconnect& e) const {
    return fmt::format("disconnect {} '{}'", e.worker.value, e.reason);
  }
  std::string operator()(const Quarantined& e) const {
    return fmt::format("quarantined {} '{}'", e.worker.value, e.reason);
  }
};

}  // namespace

std::string describe(const Effect& effect) { return std::visit(Describe{}, effect); }

}  // namespace zkp::network::scheduler
