#pragma once

#include <nlohmann/json.hpp>

#include "network/store/store.h"

// What clients see of a task. Fields that are not known yet are absent.
namespace zkp::services::gateway {

enum class Detail { summary, full };  // summary: without the result, for lists

nlohmann::ordered_json task_json(const network::task::Task& task, Detail detail);

// The number of tasks in each state.
nlohmann::ordered_json counts_json(const network::store::Counts& counts);

// Where the verification key of a finished proof is.
std::string verification_key_path(const std::string& key_digest);

}  // namespace zkp::services::gateway
