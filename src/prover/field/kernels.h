#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "prover/field/field.h"
#include "prover/field/kernel_table.h"

// Work on arrays of field elements, behind one table per implementation, chosen once when the
// program starts.
namespace zkp::prover::field {

// What this CPU can do, read from CPUID.
struct CpuFeatures {
  bool bmi2 = false;
  bool adx = false;
  bool avx512ifma = false;  // with AVX-512 F, DQ and VBMI2
};
CpuFeatures detect_cpu();

// The fastest implementation that runs on `cpu`; or the one that `override_name` names
// (ZKP_KERNELS; empty for none), which is an error if it is unknown or `cpu` lacks what it needs. A
// pure function.
base::Result<const Kernels*> choose_kernels(const CpuFeatures& cpu, std::string_view override_name);

// Every implementation that is compiled in, slowest (`portable`) first, and whether this CPU can
// run it.
struct KernelsChoice {
  const Kernels* kernels;
  bool runs;
};
std::span<const KernelsChoice> all_kernels();

const Kernels& portable_kernels();

template <class Field>
const FieldKernels<Field>& kernels_for(const Kernels& kernels) {
  if constexpr (std::is_same_v<Field, Fr>) {
    return kernels.fr;
  } else {
    return kernels.fq;
  }
}

}  // namespace zkp::prover::field
