#pragma once

#include <CLI/CLI.hpp>

namespace zkp::apps {

// What a circuit's own witness program may take.
struct WitnessSettings {
  unsigned time_s = 600;
  std::uint64_t memory_mib = 2 << 10;
};
void add_witness_settings(CLI::App& app, WitnessSettings& settings);

}  // namespace zkp::apps
