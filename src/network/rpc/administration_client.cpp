#include "network/rpc/administration_client.h"

#include <future>

#include <fmt/format.h>

#include "network/rpc/status.h"
#include "zkp/v1/administration.grpc.pb.h"

namespace zkp::network::rpc {
namespace {

using base::Error;
using base::ErrorCode;
using Description = base::Result<v1::ClusterDescription>;

void limit(grpc::ClientContext& context, std::chrono::milliseconds timeout) {
  context.set_deadline(std::chrono::system_clock::now() + timeout);
}

using Stub = v1::Administration::Stub;

// A call of Describe that is under way.
struct PendingDescription {
  std::unique_ptr<Stub> stub;
  grpc::ClientContext context;
  v1::DescribeRequest request;
  v1::ClusterDescription description;
  std::promise<grpc::Status> done;
};

}  // namespace

AdministrationClient::AdministrationClient(const Options& options) : options_(options) {
  ZKP_ASSERT(!options_.coordinators.empty() && options_.make_channel);
}

std::vector<Description> AdministrationClient::describe_each() const {
  std::vector<PendingDescription> calls(options_.coordinators.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    PendingDescription& call = calls[i];
    call.stub = v1::Administration::NewStub(options_.make_channel(options_.coordinators[i]));
    limit(call.context, options_.describe_timeout);
    call.stub->async()->Describe(
        &call.context, &call.request, &call.description,
        [&call](const grpc::Status& status) { call.done.set_value(status); });
  }
  std::vector<Description> descriptions;
  for (PendingDescription& call : calls) {
    const grpc::Status status = call.done.get_future().get();
    if (status.ok()) {
      descriptions.emplace_back(std::move(call.description));
    } else {
      descriptions.emplace_back(from_grpc(status));
    }
  }
  return descriptions;
}

const v1::ClusterDescription* leaders_description(const std::vector<Description>& descriptions) {
  const v1::ClusterDescription* best = nullptr;
  for (const Description& description : descriptions) {
    if (!description.ok() || description->role() != "leader") continue;
    if (best == nullptr || description->term() > best->term()) best = &*description;
  }
  return best;
}

base::Result<v1::ClusterDescription> AdministrationClient::describe() const {
  const auto descriptions = describe_each();
  if (const v1::ClusterDescription* leader = leaders_description(descriptions)) return *leader;
  std::string said;
  for (std::size_t i = 0; i < descriptions.size(); ++i) {
    const Description& one = descriptions[i];
    said += fmt::format("{}{}: {}", said.empty() ? "" : "; ", options_.coordinators[i],
                        one.ok() ? "is a " + one->role() : one.error().message);
  }
  return Error{ErrorCode::unavailable, fmt::format("no coordinator leads ({})", said)};
}

base::Result<std::string> AdministrationClient::find_leader() const {
  const auto descriptions = describe_each();
  const v1::ClusterDescription* leader = leaders_description(descriptions);
  for (std::size_t i = 0; i < descriptions.size(); ++i) {
    if (leader != nullptr && descriptions[i].ok() && &*descriptions[i] == leader) {
      return options_.coordinators[i];
    }
  }
  return Error{ErrorCode::unavailable, "no coordinator leads at present; try again"};
}

// call(Stub&, ClientContext&, Done&) -> grpc::Status
template <class Call>
base::Status AdministrationClient::ask_leader(Call call) const {
  ZKP_TRY(const std::string leader, find_leader());
  const auto stub = v1::Administration::NewStub(options_.make_channel(leader));
  grpc::ClientContext context;
  limit(context, options_.change_timeout);
  v1::Done done;
  const grpc::Status status = call(*stub, context, done);
  if (!status.ok()) return from_grpc(status);
  return {};
}

base::Status AdministrationClient::add_coordinator(
    const v1::CoordinatorAddress& coordinator) const {
  return ask_leader([&](auto& stub, auto& context, auto& done) {
    return stub.AddCoordinator(&context, coordinator, &done);
  });
}

base::Status AdministrationClient::remove_coordinator(const std::string& id) const {
  v1::RemoveCoordinatorRequest request;
  request.set_id(id);
  return ask_leader([&](auto& stub, auto& context, auto& done) {
    return stub.RemoveCoordinator(&context, request, &done);
  });
}

base::Status AdministrationClient::transfer_leadership(const std::string& id) const {
  v1::TransferLeadershipRequest request;
  request.set_id(id);
  return ask_leader([&](auto& stub, auto& context, auto& done) {
    return stub.TransferLeadership(&context, request, &done);
  });
}

base::Status AdministrationClient::drain_worker(const std::string& id) const {
  v1::DrainWorkerRequest request;
  request.set_id(id);
  return ask_leader([&](auto& stub, auto& context, auto& done) {
    return stub.DrainWorker(&context, request, &done);
  });
}

}  // namespace zkp::network::rpc
