#include "prover/field/kernels.h"

#include <array>
#include <string>

#include <fmt/format.h>

namespace zkp::prover::field {
namespace {

using base::Error;
using base::ErrorCode;

struct Backend {
  const Kernels* kernels;
  bool (*runs_on)(const CpuFeatures& cpu);
  const char* needs;
};

// Slowest first.
constexpr std::array kBackends = {
    Backend{&kPortableKernels, [](const CpuFeatures&) { return true; }, "nothing"},
#if defined(__x86_64__)
    Backend{&kAdxKernels, [](const CpuFeatures& cpu) { return cpu.bmi2 && cpu.adx; },
            "BMI2 and ADX"},
    Backend{&kAvx512IfmaKernels, [](const CpuFeatures& cpu) { return cpu.avx512ifma; },
            "AVX-512 F, DQ, VBMI2 and IFMA"},
#endif
};

std::string names() {
  std::string text;
  for (const Backend& backend : kBackends) {
    if (!text.empty()) text += ", ";
    text += backend.kernels->name;
  }
  return text;
}

}  // namespace

CpuFeatures detect_cpu() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vbmi2");
  return {.bmi2 = __builtin_cpu_supports("bmi2") != 0,
          .adx = __builtin_cpu_supports("adx") != 0,
          .avx512ifma = avx512 && __builtin_cpu_supports("avx512ifma")};
#else
  return {};
#endif
}

base::Result<const Kernels*> choose_kernels(const CpuFeatures& cpu,
                                            std::string_view override_name) {
  const Kernels* fastest = nullptr;
  for (const Backend& backend : kBackends) {
    const bool runs = backend.runs_on(cpu);
    if (runs) fastest = backend.kernels;
    if (override_name != backend.kernels->name) continue;
    if (runs) return backend.kernels;
    return Error{ErrorCode::failed_precondition,
                 fmt::format("kernels '{}' need a CPU with {}; this one lacks it", override_name,
                             backend.needs)};
  }
  if (override_name.empty()) return fastest;
  return Error{
      ErrorCode::invalid_argument,
      fmt::format("kernels: want {} or nothing (the fastest), got '{}'", names(), override_name)};
}

std::span<const KernelsChoice> all_kernels() {
  static const auto choices = [] {
    const CpuFeatures cpu = detect_cpu();
    std::array<KernelsChoice, kBackends.size()> result{};
    for (std::size_t i = 0; i < result.size(); ++i) {
      result[i] = {kBackends[i].kernels, kBackends[i].runs_on(cpu)};
    }
    return result;
  }();
  return choices;
}

const Kernels& portable_kernels() { return kPortableKernels; }

}  // namespace zkp::prover::field
