#include "network/consensus/raft/membership.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "network/consensus/raft/address.h"
#include "network/consensus/raft/failures.h"

namespace zkp::network::consensus::raft {
namespace {

using base::Error;
using base::ErrorCode;

std::span<const raft_server> servers_of(const raft_configuration& configuration) {
  return {configuration.servers, configuration.n};
}

}  // namespace

std::vector<Member> members_of(const raft_configuration& configuration) {
  std::vector<Member> members;
  for (const raft_server& server : servers_of(configuration)) {
    auto member = decode_address(server.address);
    if (!member) continue;
    member->voter = server.role == RAFT_VOTER;
    members.push_back(*std::move(member));
  }
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.id < b.id; });
  return members;
}

Membership::Membership(::raft& raft, std::function<bool()> is_leading,
                       std::function<void()> before_done)
    : raft_(raft), is_leading_(std::move(is_leading)), before_done_(std::move(before_done)) {}

base::Status Membership::may_change() const {
  if (closed_) return Error{ErrorCode::failed_precondition, "this coordinator is stopping"};
  if (!is_leading_()) {
    return Error{ErrorCode::failed_precondition, "this coordinator is not the leader"};
  }
  if (change_ || raft_.configuration_uncommitted_index != 0) {
    return Error{ErrorCode::conflict, "another change of the members is under way"};
  }
  return {};
}

const raft_server* Membership::find(const std::string& id) const {
  for (const raft_server& server : servers_of(raft_.configuration)) {
    if (server.id == number_of(id)) return &server;
  }
  return nullptr;
}

// The address of a member cannot change while it is one.
base::Status Membership::check_newcomer(const Member& member) const {
  ZKP_TRY(const std::string address, encode_address(member));
  for (const raft_server& server : servers_of(raft_.configuration)) {
    const auto present = decode_address(server.address);
    if (!present) continue;
    if (server.id == number_of(member.id) && address != server.address) {
      return Error{
          ErrorCode::conflict,
          fmt::format("{} is a member with other addresses (Raft's is {}): remove it first",
                      member.id, present->raft_address)};
    }
    if (server.id != number_of(member.id) && present->raft_address == member.raft_address) {
      return Error{ErrorCode::conflict,
                   fmt::format("{} is the address of {}", member.raft_address, present->id)};
    }
  }
  return {};
}

void Membership::add(const Member& member, Done done) {
  if (const base::Status may = may_change(); !may) return done(may);
  if (const base::Status fits = check_newcomer(member); !fits) return done(fits);
  begin({.id = member.id,
         .address = *encode_address(member),
         .add = true,
         .voter = member.voter,
         .done = std::move(done)});
}

void Membership::remove(const std::string& id, Done done) {
  if (const base::Status may = may_change(); !may) return done(may);
  const auto servers = servers_of(raft_.configuration);
  const auto voters = std::count_if(servers.begin(), servers.end(), [&](const raft_server& one) {
    return one.role == RAFT_VOTER && one.id != number_of(id);
  });
  if (voters == 0) {
    return done(
        Error{ErrorCode::failed_precondition, fmt::format("{} is the only member that votes", id)});
  }
  begin({.id = id, .done = std::move(done)});
}

void Membership::begin(Change change) {
  change_ = std::move(change);
  change_request_.data = this;
  advance();
}

// One step from where the member stands now: a newcomer is first nothing but a name (a spare), then
// on stand-by, then a voter. Raft takes one change at a time.
void Membership::advance() {
  const raft_server* const server = find(change_->id);
  const int role = server == nullptr ? -1 : server->role;
  const int goal = change_->voter ? RAFT_VOTER : RAFT_STANDBY;
  const bool there = change_->add ? role == goal || role == RAFT_VOTER : server == nullptr;
  if (there) return finish({});
  if (closed_) return finish(error_of(RAFT_CANCELED, "change of the members"));
  if (const int failure = submit_next(server); failure != 0) {
    // raft_assign() keeps the request of a call that fails.
    if (raft_.legacy.change == &change_request_) raft_.legacy.change = nullptr;
    finish(error_of(failure, "change of the members"));
  }
}

int Membership::submit_next(const raft_server* server) {
  const auto changed = [](raft_change* request, int status) {
    static_cast<Membership*>(request->data)->on_changed(status);
  };
  const raft_id number = number_of(change_->id);
  if (!change_->add) return raft_remove(&raft_, &change_request_, number, changed);
  if (server == nullptr) {
    return raft_add(&raft_, &change_request_, number, change_->address.c_str(), changed);
  }
  const int next = server->role == RAFT_SPARE ? RAFT_STANDBY : RAFT_VOTER;
  return raft_assign(&raft_, &change_request_, number, next, changed);
}

void Membership::on_changed(int status) {
  if (status == RAFT_NOCONNECTION) {
    return finish(Error{ErrorCode::unavailable,
                        fmt::format("{} is on stand-by, and did not catch up in time: is it "
                                    "running? Add it again to go on",
                                    change_->id)});
  }
  if (status != 0) return finish(error_of(status, "change of the members"));
  // A leader that removed itself leads no more; all that was wanted is done.
  if (!change_->add) return finish({});
  advance();
}

void Membership::finish(const base::Status& status) {
  const Done done = std::move(change_->done);
  change_.reset();
  before_done_();
  done(status);
}

void Membership::transfer(const std::string& id, Done done) {
  if (closed_ || !is_leading_()) {
    return done(Error{ErrorCode::failed_precondition, "this coordinator is not the leader"});
  }
  if (transfer_done_) {
    return done(Error{ErrorCode::conflict, "leadership is being handed over already"});
  }
  const raft_server* const server = id.empty() ? nullptr : find(id);
  if (!id.empty() && server == nullptr) {
    return done(Error{ErrorCode::not_found, fmt::format("there is no member {}", id)});
  }
  if (server != nullptr && server->id == raft_.id) return done({});
  if (server != nullptr && server->role != RAFT_VOTER) {
    return done(Error{ErrorCode::failed_precondition, fmt::format("{} has no vote", id)});
  }
  transfer_request_.data = this;
  const int failure = raft_transfer(&raft_, &transfer_request_, server == nullptr ? 0 : server->id,
                                    [](struct raft_transfer* request) {
                                      static_cast<Membership*>(request->data)->on_transferred();
                                    });
  if (failure != 0) return done(error_of(failure, "hand-over of leadership"));
  transfer_id_ = id;
  transfer_done_ = std::move(done);
}

void Membership::on_transferred() {
  const Done done = std::exchange(transfer_done_, nullptr);
  before_done_();
  if (closed_) return done(error_of(RAFT_CANCELED, "hand-over of leadership"));
  raft_id leader = 0;
  const char* address = nullptr;
  raft_leader(&raft_, &leader, &address);
  const bool wanted = transfer_id_.empty() || leader == number_of(transfer_id_);
  if (leader != 0 && leader != raft_.id && wanted) return done({});
  done(Error{ErrorCode::unavailable, "the other coordinator did not take over in time"});
}

}  // namespace zkp::network::consensus::raft
