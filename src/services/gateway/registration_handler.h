#pragma once

#include <filesystem>
#include <mutex>
#include <stop_token>

#include "network/http/blocking_pool.h"
#include "network/http/multipart_reader.h"
#include "services/gateway/permits.h"
#include "services/gateway/registration.h"

namespace zkp::services::gateway {

// PUT /api/v1/circuits/{name}: multipart/form-data with the files r1cs, wasm and zkey, and perhaps
// an example, input. They go to this gateway's disk as they come. Any thread.
class RegistrationHandler {
 public:
  struct Options {
    std::filesystem::path upload_folder;
    std::size_t most_example_bytes;
  };
  // REQUIRES: both outlive the handler.
  struct Ports {
    Registry& registry;
    network::http::BlockingPool& pool;
  };
  RegistrationHandler(Options options, const Ports& ports)
      : options_(std::move(options)), ports_(ports) {}

  using Request = network::http::Request;
  using Reply = base::Result<network::http::Response>;
  network::http::Task<Reply> put(const Request& request, network::http::BodySource& body);

  // Ends the checks that are under way.
  void stop() { stop_.request_stop(); }

 private:
  network::http::Task<base::Status> receive(network::http::MultipartReader& parts,
                                            CircuitUpload& upload);
  Reply registered(const CircuitUpload& upload);

  static constexpr std::ptrdiff_t kMostUploads = 8;

  const Options options_;
  const Ports ports_;
  Permits uploads_{kMostUploads};
  std::mutex check_;  // takes every core
  std::stop_source stop_;
};

}  // namespace zkp::services::gateway
