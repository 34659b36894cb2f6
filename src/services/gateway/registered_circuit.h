#pragma once

#include <string>
#include <string_view>

#include "network/store/store.h"

// Circuits that clients registered, by name: "vote", or one version of it, "vote@2".
namespace zkp::services::gateway {

// 1 to 48 letters, digits, '_', '-' and '.', of which the first is a letter; invalid_argument for
// anything else, and for the name of a built-in circuit.
base::Status check_circuit_name(std::string_view name);

// A circuit's setup_kind if proofs can be forged by its key.
inline constexpr const char* kInsecure = "insecure";

// not_found, with the nearest built-in name.
base::Error no_such_circuit(std::string_view name);

// The version that is named or, of a bare name, the latest that has been proven; if none has, the
// latest that may still be; one with an insecure key only if there is no other. not_found, with the
// nearest built-in name, if there is none; conflict if all that there is has failed: why.
base::Result<network::store::Circuit> find_registered(const std::string& name,
                                                      network::store::Store& store);

// "available" once a proof with its key was verified, "rejected" if many attempts brought none,
// and "trial" until one of them.
const char* status_of(const network::store::Circuit& circuit);

}  // namespace zkp::services::gateway
