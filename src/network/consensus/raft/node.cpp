#include "network/consensus/raft/node.h"

#include <utility>

#include <fmt/format.h>

#include "base/log.h"
#include "base/random.h"
#include "network/consensus/raft/address.h"
#include "network/consensus/raft/failures.h"

namespace zkp::network::consensus::raft {
namespace {

using base::Error;
using base::ErrorCode;

// Kilobytes of prepared log files below which C-Raft's leader refuses entries: its own default.
constexpr unsigned short kLeastCapacity = 4096;

AttemptContext attempt_context(const Raft::Options& options, uv_loop_t& loop) {
  return {.loop = &loop,
          .sockets = options.sockets != nullptr ? options.sockets : plain_sockets(),
          .cluster_id = options.cluster_id,
          .self = options.self,
          .limit = options.handshake};
}

std::string own_address(const Member& self) {
  auto address = encode_address(self);
  ZKP_ASSERT(address.ok());
  return *std::move(address);
}

Node& node_of(raft_io* io) { return *static_cast<Node*>(static_cast<::raft*>(io->data)->data); }

// A buffer that C-Raft frees. Nothing in it if memory is short.
raft_buffer copy_for_raft(base::ByteView bytes) {
  raft_buffer buffer{.base = raft_malloc(bytes.size()), .len = bytes.size()};
  if (buffer.base != nullptr) std::memcpy(buffer.base, bytes.data(), bytes.size());
  return buffer;
}

base::ByteView view(const raft_buffer& buffer) {
  return {static_cast<const std::uint8_t*>(buffer.base), buffer.len};
}

unsigned ms(std::chrono::milliseconds duration) { return static_cast<unsigned>(duration.count()); }

}  // namespace

struct Node::Proposal {
  struct raft_apply request{};
  Node* node;
  Done done;
};

Node::Node(const Raft::Options& options, uv_loop_t& loop, Board& board,
           std::function<void(const State&)> on_change)
    : options_(options),
      address_(own_address(options.self)),
      loop_(loop),
      board_(board),
      on_change_(std::move(on_change)),
      transport_(attempt_context(options, loop)),
      membership_(raft_, [this] { return is_leading(); }, [this] { publish_agreement(); }) {
  uv_prepare_init(&loop_, &prepare_);
  prepare_.data = this;
  uv_prepare_start(&prepare_,
                   [](uv_prepare_t* handle) { static_cast<Node*>(handle->data)->look_around(); });
}

Node::~Node() {
  ZKP_ASSERT(closing_ && phase_ == Phase::none);
  if (io_open_) raft_uv_close(&io_);
}

base::Status Node::open() {
  ZKP_TRY(DataFolder folder, DataFolder::open(options_.data_dir, {.cluster_id = options_.cluster_id,
                                                                  .node_id = options_.self.id}));
  folder_.emplace(std::move(folder));
  const std::string& listen = options_.listen_address;
  ZKP_CHECK(transport_.listen(listen.empty() ? options_.self.raft_address : listen));
  ZKP_CHECK(set_up());
  if (folder_->is_new() && !options_.bootstrap_members.empty()) ZKP_CHECK(bootstrap());
  if (const int failure = raft_start(&raft_); failure != 0) {
    return start_error(failure == RAFT_IOERR ? RAFT_CORRUPT : failure, "load");
  }
  return check_own_address();
}

base::Status Node::set_up() {
  const std::string& folder = folder_->path().native();
  if (const int failure = raft_uv_init(&io_, &loop_, folder.c_str(), transport_.for_raft());
      failure != 0) {
    return error_of(failure, fmt::format("Raft's data folder {}", folder));
  }
  io_open_ = true;
  raft_uv_set_connect_retry_delay(&io_, ms(options_.connect_retry));
  raft_uv_set_tracer(&io_, nullptr);
  // It would set damaged files aside, and go on without what they held.
  raft_uv_set_auto_recovery(&io_, false);
  guard_disk();
  watch_log();

  machine_.version = 1;
  machine_.data = this;
  machine_.apply = [](raft_fsm* machine, const raft_buffer* buffer, void** result) {
    *result = nullptr;
    return static_cast<Node*>(machine->data)->apply(*buffer);
  };
  machine_.snapshot = [](raft_fsm* machine, raft_buffer** buffers, unsigned* count) {
    return static_cast<Node*>(machine->data)->snapshot(buffers, count);
  };
  machine_.restore = [](raft_fsm* machine, raft_buffer* buffer) {
    return static_cast<Node*>(machine->data)->restore(*buffer);
  };

  raft_.data = this;
  if (const int failure =
          raft_init(&raft_, &io_, &machine_, number_of(options_.self.id), address_.c_str());
      failure != 0) {
    return start_error(failure, "open");
  }
  phase_ = Phase::open;
  raft_.tracer = nullptr;
  base::SystemRandom random;
  raft_seed(&raft_, static_cast<unsigned>(random.next_u64()));
  raft_set_heartbeat_timeout(&raft_, ms(options_.heartbeat));
  raft_set_election_timeout(&raft_, ms(options_.election));
  raft_set_pre_vote(&raft_, true);
  raft_set_snapshot_threshold(&raft_, options_.snapshot_threshold);
  raft_set_snapshot_trailing(&raft_, options_.snapshot_trailing);
  raft_set_capacity_threshold(&raft_, 0);
  return {};
}

// C-Raft goes on when its term or its vote cannot be written, and would answer others with what it
// may forget. Here the node falls silent at once, and stops.
void Node::guard_disk() {
  disk_ = io_;
  io_.set_term = [](raft_io* io, raft_term term) {
    Node& node = node_of(io);
    const int failure = node.disk_.set_term(io, term);
    if (failure != 0) node.fail(fmt::format("the term cannot be written: {}", io->errmsg));
    return failure;
  };
  io_.set_vote = [](raft_io* io, raft_id id) {
    Node& node = node_of(io);
    const int failure = node.disk_.set_vote(io, id);
    if (failure != 0) node.fail(fmt::format("the vote cannot be written: {}", io->errmsg));
    return failure;
  };
  io_.send = [](raft_io* io, raft_io_send* request, const raft_message* message,
                raft_io_send_cb done) {
    Node& node = node_of(io);
    if (!node.failure_.empty()) return static_cast<int>(RAFT_IOERR);
    return node.disk_.send(io, request, message, done);
  };
}

void Node::watch_log() {
  io_.truncate = [](raft_io* io, raft_index index) {
    Node& node = node_of(io);
    node.member_changes_.truncate(index);
    return node.disk_.truncate(io, index);
  };
  io_.append = [](raft_io* io, raft_io_append* request, const raft_entry* entries, unsigned count,
                  raft_io_append_cb done) {
    Node& node = node_of(io);
    node.member_changes_.append(node.raft_, {entries, count});
    return node.disk_.append(io, request, entries, count, done);
  };
}

base::Error Node::start_error(int code, std::string_view what) const {
  const std::string& folder = folder_->path().native();
  if (!failure_.empty()) {
    return {ErrorCode::unavailable, fmt::format("Raft's data folder {}: {}", folder, failure_)};
  }
  Error error = error_of(
      code, fmt::format("Raft's data folder {}: cannot {} it: {}", folder, what, raft_.errmsg));
  if (error.code == ErrorCode::data_loss) {
    error.message += ". " + how_to_heal(folder_->path(), options_.self.id);
  }
  return error;
}

base::Status Node::bootstrap() {
  raft_configuration configuration;
  raft_configuration_init(&configuration);
  int failure = 0;
  std::map<std::string, Member> in_order;
  for (const Member& member : options_.bootstrap_members) in_order[member.id] = member;
  for (const auto& [id, member] : in_order) {
    if (failure != 0) break;
    failure = raft_configuration_add(&configuration, number_of(id), own_address(member).c_str(),
                                     RAFT_VOTER);
  }
  if (failure != 0) {
    raft_configuration_close(&configuration);
    return error_of(failure, "bootstrap members");
  }
  base::Status status = folder_->begin_bootstrap();
  if (status.ok()) {
    failure = raft_bootstrap(&raft_, &configuration);
    if (failure != 0) {
      status = Error{error_of(failure, "").code,
                     fmt::format("Raft's data folder {}: cannot write the first files: {}",
                                 folder_->path().native(), io_.errmsg)};
    }
  }
  raft_configuration_close(&configuration);
  ZKP_CHECK(std::move(status));
  return folder_->end_bootstrap();
}

// Others reach a member at the address that it was added with.
base::Status Node::check_own_address() const {
  for (const Member& member : members_of(raft_.configuration)) {
    if (member.id != options_.self.id) continue;
    if (member.raft_address != options_.self.raft_address) {
      return Error{ErrorCode::failed_precondition,
                   fmt::format("{} is a member of the cluster with Raft's address {}, and was "
                               "started with {}: start it with the former, or empty its folder, "
                               "remove it from the cluster and add it again",
                               member.id, member.raft_address, options_.self.raft_address)};
    }
    if (member.worker_address != options_.self.worker_address ||
        member.http_address != options_.self.http_address) {
      base::log_warning(
          "raft: the cluster's list has other addresses for workers and HTTP of {} than it was "
          "started with; to change them, remove it and add it again",
          member.id);
    }
  }
  return {};
}

void Node::close() {
  ZKP_ASSERT(!closing_);
  closing_ = true;
  if (phase_ == Phase::open) close_raft();
  if (!transport_.is_closing()) transport_.close(nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&prepare_), nullptr);
  State last = board_.state();
  last.role = Role::follower;
  last.leader_id = last.leader_address = "";
  board_.show(last);
}

void Node::close_raft() {
  membership_.close();
  phase_ = Phase::closing;
  raft_close(&raft_, [](::raft* raft) { static_cast<Node*>(raft->data)->phase_ = Phase::none; });
}

void Node::fail(std::string why) {
  if (!failure_.empty()) return;
  base::log_error("raft: {} stops taking part: {}", options_.self.id, why);
  failure_ = std::move(why);
}

void Node::propose(const Command& command, Done done) {
  if (phase_ != Phase::open || raft_state(&raft_) != RAFT_LEADER) {
    return done(Error{ErrorCode::failed_precondition, "this coordinator is not the leader"});
  }
  const raft_buffer buffer = copy_for_raft(encode_command(command));
  if (buffer.base == nullptr) return done(Error{ErrorCode::resource_exhausted, "out of memory"});
  auto proposal = std::make_unique<Proposal>();
  proposal->node = this;
  proposal->done = std::move(done);
  proposal->request.data = proposal.get();
  const int failure = raft_apply(
      &raft_, &proposal->request, &buffer, 1, [](struct raft_apply* request, int status, void*) {
        const std::unique_ptr<Proposal> ended(static_cast<Proposal*>(request->data));
        Node& node = *ended->node;
        if (status == 0 && !node.failure_.empty()) status = RAFT_LEADERSHIPLOST;
        node.publish_agreement();
        ended->done(status == 0 ? base::Status() : error_of(status, "proposal"));
      });
  if (failure == 0) {
    (void)proposal.release();
  } else if (failure == RAFT_NOTLEADER || failure == RAFT_NOSPACE) {
    raft_free(buffer.base);
    proposal->done(error_of(failure, "proposal"));
  } else {
    // C-Raft has the entry already, and has freed the buffer.
    proposal->done(error_of(RAFT_LEADERSHIPLOST, "proposal"));
  }
}

void Node::add_member(const Member& member, Done done) { membership_.add(member, std::move(done)); }

void Node::remove_member(const std::string& id, Done done) {
  membership_.remove(id, std::move(done));
}

void Node::transfer(const std::string& id, Done done) { membership_.transfer(id, std::move(done)); }

int Node::apply(const raft_buffer& buffer) {
  if (!failure_.empty()) return 0;
  auto command = decode_command(view(buffer));
  if (!command) {
    fail(command.error().message);
    return 0;
  }
  if (command->record) {
    workers_[command->worker_id] = *std::move(command->record);
  } else {
    workers_.erase(command->worker_id);
  }
  workers_changed_ = true;
  return 0;
}

// Refused while this node may be about to get a snapshot from the leader: C-Raft crashes if that
// arrives while it writes one of its own.
int Node::snapshot(raft_buffer** buffers, unsigned* count) {
  const int state = raft_state(&raft_);
  const bool settled = uv_now(&loop_) - following_since_ >= 2 * ms(options_.election);
  const bool catching_up = state != RAFT_LEADER && (seen_.leader == 0 || !settled);
  if (!failure_.empty() || catching_up || raft_.legacy.snapshot_install) return RAFT_BUSY;
  if (!member_changes_.are_settled(raft_)) return RAFT_BUSY;
  auto* const buffer = static_cast<raft_buffer*>(raft_malloc(sizeof(raft_buffer)));
  if (buffer == nullptr) return RAFT_NOMEM;
  *buffer = copy_for_raft(encode_snapshot(workers_));
  if (buffer->base == nullptr) {
    raft_free(buffer);
    return RAFT_NOMEM;
  }
  *buffers = buffer;
  *count = 1;
  return 0;
}

int Node::restore(raft_buffer& buffer) {
  auto workers = decode_snapshot(view(buffer));
  const bool starting = raft_.last_applied == 0 && raft_current_term(&raft_) == 0;
  if (!workers && starting) {
    std::snprintf(raft_.errmsg, sizeof raft_.errmsg, "the newest snapshot-* file is damaged");
    return RAFT_CORRUPT;
  }
  if (workers) {
    workers_ = *std::move(workers);
    workers_changed_ = true;
  } else {
    fail("the leader's snapshot cannot be read");
  }
  raft_free(buffer.base);
  return 0;
}

bool Node::is_leading() const {
  return phase_ == Phase::open && failure_.empty() && raft_.state == RAFT_LEADER &&
         confirmed_term_ == raft_.current_term;
}

Node::Glance Node::glance() {
  Glance now;
  now.failed = !failure_.empty();
  now.term = seen_.term;
  now.commit_index = seen_.commit_index;
  now.applied_index = seen_.applied_index;
  if (phase_ != Phase::open) return now;
  now.raft_state = raft_state(&raft_);
  now.term = raft_current_term(&raft_);
  now.commit_index = raft_commit_index(&raft_);
  now.applied_index = raft_last_applied(&raft_);
  now.leading = is_leading();
  const char* address = nullptr;
  raft_leader(&raft_, &now.leader, &address);
  return now;
}

void Node::look_around() {
  if (!failure_.empty() && phase_ == Phase::open) close_raft();
  confirm_leadership();
  publish_agreement();
  const Glance now = glance();
  if (now == seen_ && announced_) return;
  if (now.leader != seen_.leader) following_since_ = uv_now(&loop_);
  seen_ = now;
  State state = current_state();
  board_.show(state);
  const bool news = !announced_ || state.role != announced_->role ||
                    state.term != announced_->term || state.leader_id != announced_->leader_id ||
                    state.leader_address != announced_->leader_address ||
                    state.failure != announced_->failure;
  if (!news || closing_) return;
  announced_ = state;
  on_change_(state);
}

// Asks for one entry of the new leader's own term. Once that is applied, so is all that earlier
// leaders agreed on.
void Node::confirm_leadership() {
  if (phase_ != Phase::open) return;
  has_had_space_ = has_had_space_ || io_.capacity >= kLeastCapacity;
  // An election's own entry must not fail for want of space: C-Raft does not expect it.
  raft_set_capacity_threshold(&raft_, is_leading() && has_had_space_ ? kLeastCapacity : 0);
  const raft_term term = raft_current_term(&raft_);
  if (raft_.state != RAFT_LEADER || asked_term_ == term || barrier_pending_) return;
  barrier_.data = this;
  const int failure = raft_barrier(&raft_, &barrier_, [](struct raft_barrier* request, int status) {
    Node& node = *static_cast<Node*>(request->data);
    node.barrier_pending_ = false;
    if (status == 0) node.confirmed_term_ = node.asked_term_;
  });
  if (failure != 0) return;
  asked_term_ = term;
  barrier_pending_ = true;
}

void Node::publish_agreement() {
  if (phase_ != Phase::open) return;
  member_changes_.settle(raft_);
  const raft_index configuration = raft_.configuration_committed_index;
  if (!workers_changed_ && configuration == published_configuration_) return;
  workers_changed_ = false;
  published_configuration_ = configuration;
  auto agreement = std::make_shared<Agreement>();
  agreement->workers = workers_;
  agreement->members = members_of(raft_.configuration_committed);
  board_.show(std::shared_ptr<const Agreement>(std::move(agreement)));
}

State Node::current_state() {
  State state;
  state.node_id = options_.self.id;
  state.term = seen_.term;
  state.commit_index = seen_.commit_index;
  state.applied_index = seen_.applied_index;
  state.failure = failure_;
  if (phase_ != Phase::open || seen_.failed) return state;
  if (seen_.leading) {
    state.role = Role::leader;
    state.leader_id = options_.self.id;
    state.leader_address = options_.self.worker_address;
    return state;
  }
  if (seen_.raft_state != RAFT_FOLLOWER) {
    state.role = Role::candidate;
    return state;
  }
  raft_id leader = 0;
  const char* address = nullptr;
  raft_leader(&raft_, &leader, &address);
  if (leader == 0 || address == nullptr) return state;
  if (const auto member = decode_address(address)) {
    state.leader_id = member->id;
    state.leader_address = member->worker_address;
  }
  return state;
}

}  // namespace zkp::network::consensus::raft
