#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "test/perf/load.h"

namespace zkp::test::perf {

// What a run showed: counts of statuses, of errors and of the tasks' last states; throughput; and
// percentiles of each time in milliseconds.
nlohmann::ordered_json report_of(const LoadResult& result, const LoadOptions& options);

// The same for a person.
std::string text_of(const nlohmann::ordered_json& report);

// Every request was accepted, and every task that was followed is completed.
bool all_went_well(const LoadResult& result, const LoadOptions& options);

}  // namespace zkp::test::perf
