#include "services/gateway/registered_circuit.h"

#include <algorithm>

#include <fmt/format.h>

#include "prover/circuit/catalogue.h"

namespace zkp::services::gateway {
namespace {

using base::Error;
using base::ErrorCode;
using network::store::Circuit;
using network::store::Store;

constexpr std::size_t kMostCharacters = 48;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool may_stand_in_name(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

base::Result<Circuit> latest(const std::string& name, Store& store) {
  ZKP_TRY(auto versions, store.circuits_of(name));
  std::erase_if(versions, [](const Circuit& circuit) { return circuit.version == 0; });
  if (versions.empty()) return no_such_circuit(name);
  // By a name alone nobody is led to a key by which proofs can be forged while there is another.
  for (const auto fits :
       {+[](const Circuit& c) { return c.proven && c.setup_kind != kInsecure; },
        +[](const Circuit& c) { return c.failure.empty() && c.setup_kind != kInsecure; },
        +[](const Circuit& c) { return c.proven; },
        +[](const Circuit& c) { return c.failure.empty(); }}) {
    const auto found = std::find_if(versions.rbegin(), versions.rend(), fits);
    if (found != versions.rend()) return std::move(*found);
  }
  return std::move(versions.back());
}

}  // namespace

Error no_such_circuit(std::string_view name) {
  return {ErrorCode::not_found, fmt::format("there is no such circuit; the nearest name is '{}'",
                                            prover::circuit::nearest_name(name))};
}

base::Status check_circuit_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= kMostCharacters && is_letter(name.front()) &&
                    std::ranges::all_of(name, may_stand_in_name);
  if (!fits) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("a circuit's name has 1 to {} letters, digits, '_', '-' and '.', and "
                             "begins with a letter",
                             kMostCharacters)};
  }
  if (prover::circuit::find_entry(name) == nullptr) return {};
  return Error{ErrorCode::invalid_argument,
               fmt::format("'{}' is a built-in circuit: choose another name", name)};
}

base::Result<Circuit> find_registered(const std::string& name, Store& store) {
  const bool is_version = name.find('@') != std::string::npos;
  auto found = is_version ? store.find_circuit({name}) : latest(name, store);
  if (!found.ok()) {
    if (found.error().code == ErrorCode::not_found) return no_such_circuit(name);
    return found;
  }
  if (found->version == 0) return no_such_circuit(name);
  if (found->proven || found->failure.empty()) return found;
  return Error{ErrorCode::conflict,
               fmt::format("circuit {} does not work: {}", found->id.value, found->failure)};
}

const char* status_of(const Circuit& circuit) {
  if (circuit.proven) return "available";
  return circuit.failure.empty() ? "trial" : "rejected";
}

}  // namespace zkp::services::gateway
