#pragma once

#include "network/http/message.h"

// Errors as clients see them: RFC 9457, application/problem+json.
namespace zkp::network::http {

// The status that an error is answered with; invalid_argument is 422 if it names places of a
// well-formed body, 400 otherwise.
int status_of(const base::Error& error);

// The one mapping from errors to answers. What went wrong inside (internal, data_loss) is logged
// under the request's id, not told.
Response problem_of(const base::Error& error, const std::string& request_id);

// A problem of HTTP itself, such as 405. `code` is the last part of its type.
Response problem(int status, const std::string& code, const std::string& detail,
                 const std::string& request_id);

}  // namespace zkp::network::http
