#include "apps/program/witness_settings.h"

#include "apps/program/program.h"

namespace zkp::apps {

void add_witness_settings(CLI::App& app, WitnessSettings& settings) {
  add_setting(app, "witness-time-s", settings.time_s,
              "Time that a circuit's witness program may take")
      ->check(CLI::Range(1, 86'400));
  add_setting(app, "witness-memory-mib", settings.memory_mib,
              "Memory that a circuit's witness program may take")
      ->check(CLI::Range(1, 4096));
}

}  // namespace zkp::apps
