#pragma once

#include <memory>

#include "network/store/store.h"

namespace zkp::network::store {

// The model of a store: a mutex and maps, gone with the process. For tests and trials.
[[nodiscard]] std::unique_ptr<Store> make_memory_store();

}  // namespace zkp::network::store
