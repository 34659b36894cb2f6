#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"
#include "prover/field/field.h"

// Work on arrays of field elements, behind one table per implementation, chosen once when the
// program starts.
namespace zkp::prover::field {

// In every function: arrays of `count` reduced elements, reduced results, the same bits as
// `portable` for every input. `out` may be equal to an input; partial overlap is not allowed.
template <class Field>
struct FieldKernels {
  void (*add)(Field* out, const Field* a, const Field* b, std::size_t count);
  void (*subtract)(Field* out, const Field* a, const Field* b, std::size_t count);
  void (*multiply)(Field* out, const Field* a, const Field* b, std::size_t count);
  void (*square)(Field* out, const Field* a, std::size_t count);
  // out[i] = a[i] * factor
  void (*scale)(Field* out, const Field* a, const Field* factor, std::size_t count);
  // Radix-2 butterflies of a transform, on two halves: decimation in frequency
  //   (low, high) <- (low + high, (low - high) * twiddle)
  void (*butterfly_frequency)(Field* low, Field* high, const Field* twiddles, std::size_t count);
  // and in time
  //   (low, high) <- (low + high * twiddle, low - high * twiddle)
  void (*butterfly_time)(Field* low, Field* high, const Field* twiddles, std::size_t count);
};

// One implementation for one kind of CPU.
struct Kernels {
  const char* name;  // "portable", "adx"
  FieldKernels<Fr> fr;
  FieldKernels<Fq> fq;
};

// What this CPU can do, read from CPUID (and XGETBV for the state that the operating system saves).
struct CpuFeatures {
  bool bmi2 = false;
  bool adx = false;
};
CpuFeatures detect_cpu();

// The fastest implementation that runs on `cpu`; or the one that `override_name` names
// (ZKP_KERNELS), which is an error if it is unknown or `cpu` lacks what it needs. A pure function.
base::Result<const Kernels*> choose_kernels(const CpuFeatures& cpu, std::string_view override_name);

// Every implementation that is compiled in, `portable` first, and whether `cpu` can run it.
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
