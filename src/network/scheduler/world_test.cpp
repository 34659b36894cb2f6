#include <fmt/format.h>

#include "network/scheduler/test_world.h"

namespace zkp::network::scheduler {
namespace {

using task::Status;

constexpr std::string_view kPrefix = "00000000-0000-7000-8000-00000000";

bool is_for_worker(const Effect& effect) {
  return std::holds_alternative<SendAssign>(effect) || std::holds_alternative<SendCancel>(effect) ||
         std::holds_alternative<SendAck>(effect) || std::holds_alternative<SendSetup>(effect) ||
         std::holds_alternative<SendCancelSetup>(effect) ||
         std::holds_alternative<SendDrain>(effect) || std::holds_alternative<Disconnect>(effect) ||
         std::holds_alternative<Quarantined>(effect);
}

bool is_for_store(const Effect& effect) {
  return !is_for_worker(effect) && !std::holds_alternative<Welcome>(effect);
}

// Carries out one effect as a store would.
struct CarryOut {
  using Answer = std::optional<Event>;
  TestWorld& world;

  bool transition(const AttemptRef& ref, Status to) const {
    task::Task& task = world.rows.at(ref.task).task;
    if (task.attempt != ref.attempt || task.status == Status::pending) return false;
    if (!task::may_follow(task.status, to)) return false;
    task.status = to;
    return true;
  }
  std::vector<task::Task> in_flight() const {
    std::vector<task::Task> tasks;
    for (const auto& [task, row] : world.rows) {
      if (row.task.status == Status::assigned || row.task.status == Status::running) {
        tasks.push_back(row.task);
      }
    }
    return tasks;
  }

  Answer operator()(const Claim& claim) const {
    Claimed claimed;
    for (auto& [task, row] : world.rows) {
      if (claimed.tasks.size() == claim.limit) break;
      if (row.task.status != Status::pending || row.task.not_before > world.now) continue;
      if (world.wanted.contains(row.task.circuit)) continue;
      row.task.status = Status::assigned;
      row.task.attempt = row.task.attempt.next();
      row.task.worker = {};
      claimed.tasks.push_back({.task = row.task,
                               .sealed_inputs = {1},
                               .key_digest = row.key,
                               .key_memory_bytes = row.key_memory_bytes});
    }
    if (world.store_away) return ClaimFailed{};
    return claimed;
  }
  Answer operator()(const ListInFlight&) const {
    if (world.store_away) return ListFailed{};
    return InFlightListed{in_flight()};
  }
  Answer operator()(const RecordAssignment& e) const {
    task::Task& task = world.rows.at(e.ref.task).task;
    AssignmentRecorded recorded{.ref = e.ref};
    if (task.attempt != e.ref.attempt || task.status != Status::assigned) {
      recorded.result = AssignmentRecorded::Result::superseded;
    } else {
      task.worker = e.worker;
    }
    return recorded;
  }
  Answer operator()(const RecordStart& e) const {
    transition(e.ref, Status::running);
    return std::nullopt;
  }
  Answer operator()(const Verify& e) const {
    ProofVerified verified{.worker = e.worker, .ref = e.ref};
    const auto row = world.rows.find(e.ref.task);
    if (row == world.rows.end() || task::is_terminal(row->second.task.status)) {
      verified.verdict = ProofVerified::Verdict::superseded;
    } else if (e.proof.proof_json == "wrong") {
      verified.verdict = ProofVerified::Verdict::rejected;
      verified.reason = "the pairing equation does not hold";
    } else {
      row->second.task.status = Status::completed;
    }
    return verified;
  }
  Answer operator()(const Release& e) const {
    if (transition(e.ref, Status::pending)) {
      task::Task& task = world.rows.at(e.ref.task).task;
      task.not_before = e.not_before;
      task.memory_floor_bytes = e.memory_floor_bytes;
      if (e.failure) task.failures += 1;
    }
    return AttemptEnded{e.ref};
  }
  Answer operator()(const Fail& e) const {
    if (transition(e.ref, Status::failed)) world.rows.at(e.ref.task).task.failure = e.failure;
    return AttemptEnded{e.ref};
  }
  Answer operator()(const Survey&) const {
    Surveyed surveyed{.ok = !world.store_away};
    for (const auto& [circuit, problem] : world.wanted) surveyed.wanted.push_back(circuit);
    for (const auto& [task, row] : world.rows) {
      if (task::is_terminal(row.task.status)) continue;
      for (const auto due : {std::optional(row.task.not_before), row.task.deadline_at}) {
        if (!due || *due <= world.now) continue;
        surveyed.next_due = std::min(*due, surveyed.next_due.value_or(*due));
      }
    }
    return surveyed;
  }
  Answer operator()(const FailOverdue&) const {
    OverdueFailed overdue;
    for (auto& [task, row] : world.rows) {
      if (task::is_terminal(row.task.status) || !row.task.deadline_at) continue;
      if (*row.task.deadline_at > world.now) continue;
      row.task.status = Status::failed;
      overdue.tasks.push_back(task);
    }
    return overdue;
  }
  Answer operator()(const PublishSetup& e) const {
    SetupChecked checked{.circuit = e.circuit, .worker = e.worker};
    if (const auto found = world.wanted.find(e.circuit); found != world.wanted.end()) {
      checked.problem = found->second;
      if (checked.problem.empty()) world.wanted.erase(found);
    }
    return checked;
  }
  Answer operator()(const FailCircuit& e) const {
    world.wanted.erase(e.circuit);
    for (auto& [task, row] : world.rows) {
      if (row.task.status == Status::pending && row.task.circuit == e.circuit) {
        row.task.status = Status::failed;
      }
    }
    return CircuitFailed{e.circuit};
  }
  Answer operator()(const RemoveFinished&) const { return FinishedRemoved{0}; }
  Answer operator()(const auto&) const { return std::nullopt; }
};

}  // namespace

TaskId TestWorld::id(int number) { return *TaskId::parse(fmt::format("{}{:04}", kPrefix, number)); }

std::string TestWorld::short_text(std::string text) {
  for (std::size_t at = 0; (at = text.find(kPrefix, at)) != std::string::npos;) {
    const int number = std::stoi(text.substr(at + kPrefix.size(), 4));
    text.replace(at, kPrefix.size() + 4, fmt::format("t{}", number));
  }
  return text;
}

void TestWorld::feed(Event event) {
  for (Effect& effect : scheduler_.on(std::move(event), now)) {
    trace.push_back(short_text(describe(effect)));
    if (is_for_worker(effect)) sent_.push_back(trace.back());
    if (const auto* assign = std::get_if<SendAssign>(&effect)) {
      beating[assign->worker].push_back(assign->ref);
    } else if (const auto* cancel = std::get_if<SendCancel>(&effect)) {
      if (beating.contains(cancel->worker)) std::erase(beating[cancel->worker], cancel->ref);
    }
    if (is_for_store(effect)) calls.push_back(std::move(effect));
  }
}

void TestWorld::tell(Event event) {
  feed(std::move(event));
  settle();
}

void TestWorld::take_over() {
  TookOver event;
  for (const auto& [task, row] : rows) {
    if (row.task.status == task::Status::assigned || row.task.status == task::Status::running) {
      event.in_flight.push_back(row.task);
    }
  }
  for (const auto& [circuit, problem] : wanted) event.wanted.push_back(circuit);
  tell(std::move(event));
}

void TestWorld::answer(std::size_t place) {
  Effect effect = std::move(calls.at(place));
  calls.erase(calls.begin() + static_cast<std::ptrdiff_t>(place));
  if (std::optional<Event> event = std::visit(CarryOut{*this}, effect)) feed(*std::move(event));
}

void TestWorld::settle() {
  while (!calls.empty()) answer(0);
}

void TestWorld::pass(base::Duration duration) {
  const base::Time until = now + duration;
  base::Time beat_at = now;
  while (now < until) {
    now = std::min(until, std::max(now + base::Duration(1), scheduler_.next_tick()));
    tell(Tick{});
    if (now - beat_at < std::chrono::seconds(1)) continue;
    beat_at = now;
    for (const auto& [worker, refs] : beating) {
      Heartbeat beat{.worker = worker};
      for (const AttemptRef& ref : refs) beat.progress.push_back({ref, 0.5});
      tell(std::move(beat));
    }
  }
}

int TestWorld::submit(Row row) {
  const int number = next_number_++;
  row.task.id = id(number);
  row.task.created_at = row.task.not_before = now;
  rows[row.task.id] = row;
  tell(TaskSubmitted{});
  return number;
}

void TestWorld::cancel(int number) {
  rows.at(id(number)).task.status = task::Status::cancelled;
  tell(TaskEnded{id(number)});
}

std::string TestWorld::sent() {
  std::string all;
  for (const std::string& line : std::exchange(sent_, {})) all += (all.empty() ? "" : "; ") + line;
  return all;
}

}  // namespace zkp::network::scheduler
