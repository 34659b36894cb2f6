#include "apps/program/machine.h"

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <unistd.h>

namespace zkp::apps {

unsigned core_count() { return std::max(1U, std::thread::hardware_concurrency()); }

std::uint64_t physical_memory_bytes() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
}

base::Result<const prover::field::Kernels*> choose_kernels() {
  const char* name = std::getenv("ZKP_KERNELS");
  return prover::field::choose_kernels(prover::field::detect_cpu(), name == nullptr ? "" : name);
}

}  // namespace zkp::apps
