#pragma once

#include "base/secret.h"
#include "network/http/multipart_reader.h"

namespace zkp::services::gateway {

// A task whose client keeps its inputs to itself. Neither is read yet.
struct WitnessUpload {
  base::GrowingSecret<std::uint8_t> task;     // JSON
  base::GrowingSecret<std::uint8_t> witness;  // a .wtns
};

struct WitnessUploadLimits {
  std::size_t task, witness;  // bytes
};

// The parts `task` and `witness` of a request's body. invalid_argument for other parts, or if one
// is missing; too_large over a limit.
network::http::Task<base::Result<WitnessUpload>> receive_witness(
    network::http::MultipartReader& parts, WitnessUploadLimits limits);

}  // namespace zkp::services::gateway
