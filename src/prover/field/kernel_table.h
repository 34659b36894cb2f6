#pragma once

#include <cstddef>

// The table that every implementation of the batch operations fills. Knows no more of a field than
// its name, so that a file which is compiled for a special CPU pulls in no inline function of
// ours: the linker would be free to use that copy everywhere.
namespace zkp::prover::field {

struct FrParams;
struct FqParams;
template <class Params>
struct PrimeField;
using Fr = PrimeField<FrParams>;
using Fq = PrimeField<FqParams>;

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
  // out[i] = a[i] * b[i]^times, without going through memory: how fast products can be.
  void (*multiply_repeatedly)(Field* out, const Field* a, const Field* b, std::size_t times,
                              std::size_t count);
  // Radix-2 butterflies of a transform, on two halves: decimation in frequency
  //   (low, high) <- (low + high, (low - high) * twiddle)
  void (*butterfly_frequency)(Field* low, Field* high, const Field* twiddles, std::size_t count);
  // and in time
  //   (low, high) <- (low + high * twiddle, low - high * twiddle)
  void (*butterfly_time)(Field* low, Field* high, const Field* twiddles, std::size_t count);
};

// One implementation for one kind of CPU.
struct Kernels {
  const char* name;
  FieldKernels<Fr> fr;
  FieldKernels<Fq> fq;
};

extern const Kernels kPortableKernels;
extern const Kernels kAdxKernels;         // x86-64 with BMI2 (mulx) and ADX (adcx, adox)
extern const Kernels kAvx512IfmaKernels;  // x86-64 with AVX-512 F, DQ, VBMI2 and IFMA

}  // namespace zkp::prover::field
