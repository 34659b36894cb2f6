#include "network/rpc/administration.h"

#include "network/rpc/status.h"
#include "zkp/v1/administration.grpc.pb.h"

namespace zkp::network::rpc {
namespace {

class Service final : public v1::Administration::CallbackService {
 public:
  explicit Service(AdministrationHandler& handler) : handler_(handler) {}

  grpc::ServerUnaryReactor* Describe(grpc::CallbackServerContext* context,
                                     const v1::DescribeRequest*,
                                     v1::ClusterDescription* description) override {
    *description = handler_.describe();
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerUnaryReactor* AddCoordinator(grpc::CallbackServerContext* context,
                                           const v1::CoordinatorAddress* request,
                                           v1::Done*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    handler_.add_coordinator(*request, finish(*reactor));
    return reactor;
  }
  grpc::ServerUnaryReactor* RemoveCoordinator(grpc::CallbackServerContext* context,
                                              const v1::RemoveCoordinatorRequest* request,
                                              v1::Done*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    handler_.remove_coordinator(request->id(), finish(*reactor));
    return reactor;
  }
  grpc::ServerUnaryReactor* TransferLeadership(grpc::CallbackServerContext* context,
                                               const v1::TransferLeadershipRequest* request,
                                               v1::Done*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    handler_.transfer_leadership(request->id(), finish(*reactor));
    return reactor;
  }
  grpc::ServerUnaryReactor* DrainWorker(grpc::CallbackServerContext* context,
                                        const v1::DrainWorkerRequest* request, v1::Done*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    handler_.drain_worker(request->id(), finish(*reactor));
    return reactor;
  }

 private:
  // The reactor lives until it is finished.
  static AdministrationHandler::Done finish(grpc::ServerUnaryReactor& reactor) {
    return [&reactor](const base::Status& status) {
      reactor.Finish(status.ok() ? grpc::Status::OK : to_grpc(status.error()));
    };
  }

  AdministrationHandler& handler_;
};

}  // namespace

std::unique_ptr<grpc::Service> serve_administration(AdministrationHandler& handler) {
  return std::make_unique<Service>(handler);
}

}  // namespace zkp::network::rpc
