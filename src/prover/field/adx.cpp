// The batch operations with mulx and two carry chains at once, adcx and adox. Compilers do not keep
// two chains apart, so the product is assembly; what stands around it is not.

#if defined(__x86_64__)

#include <cstddef>
#include <cstdint>
#include <immintrin.h>

#include "prover/field/kernel_table.h"

namespace zkp::prover::field {
namespace {

// Four limbs, least significant first: the memory of a field element.
using Word = unsigned long long;  // as the intrinsics have it

struct Value {
  Word limb[4];
};

// -modulus^-1 mod 2^64, by Newton's iteration.
constexpr Word negated_inverse(Word modulus) {
  Word inverse = 1;
  for (int i = 0; i < 6; ++i) inverse *= 2 - modulus * inverse;
  return 0 - inverse;
}

constexpr Word kZero = 0;  // in memory: chains of carries end with it, and registers are scarce

struct FrModulus {
  static constexpr Word kLimb[4] = {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d,
                                    0x30644e72e131a029};
  static constexpr Word kInverse = negated_inverse(kLimb[0]);
};

struct FqModulus {
  static constexpr Word kLimb[4] = {0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d,
                                    0x30644e72e131a029};
  static constexpr Word kInverse = negated_inverse(kLimb[0]);
};

// value - modulus if that is not negative, else value.
template <class Modulus>
[[gnu::always_inline]] inline Value reduce_once(const Value& value) {
  Value r = value;
  __asm__(
      "subq %[p0], %[r0]\n\t"
      "sbbq %[p1], %[r1]\n\t"
      "sbbq %[p2], %[r2]\n\t"
      "sbbq %[p3], %[r3]\n\t"
      "cmovcq %[v0], %[r0]\n\t"
      "cmovcq %[v1], %[r1]\n\t"
      "cmovcq %[v2], %[r2]\n\t"
      "cmovcq %[v3], %[r3]\n\t"
      : [r0] "+&r"(r.limb[0]), [r1] "+&r"(r.limb[1]), [r2] "+&r"(r.limb[2]), [r3] "+&r"(r.limb[3])
      : [v0] "r"(value.limb[0]), [v1] "r"(value.limb[1]), [v2] "r"(value.limb[2]),
        [v3] "r"(value.limb[3]), [p0] "m"(Modulus::kLimb[0]), [p1] "m"(Modulus::kLimb[1]),
        [p2] "m"(Modulus::kLimb[2]), [p3] "m"(Modulus::kLimb[3])
      : "cc");
  return r;
}

template <class Modulus>
[[gnu::always_inline]] inline Value sum(const Value& a, const Value& b) {
  Value result = a;
  __asm__(
      "addq %[b0], %[r0]\n\t"
      "adcq %[b1], %[r1]\n\t"
      "adcq %[b2], %[r2]\n\t"
      "adcq %[b3], %[r3]\n\t"
      : [r0] "+&r"(result.limb[0]), [r1] "+&r"(result.limb[1]), [r2] "+&r"(result.limb[2]),
        [r3] "+&r"(result.limb[3])
      : [b0] "r"(b.limb[0]), [b1] "r"(b.limb[1]), [b2] "r"(b.limb[2]), [b3] "r"(b.limb[3])
      : "cc");
  return reduce_once<Modulus>(result);
}

template <class Modulus>
[[gnu::always_inline]] inline Value difference(const Value& a, const Value& b) {
  Value result = a;
  Word p0 = 0, p1 = 0, p2 = 0, p3 = 0;
  __asm__(
      "subq %[b0], %[r0]\n\t"
      "sbbq %[b1], %[r1]\n\t"
      "sbbq %[b2], %[r2]\n\t"
      "sbbq %[b3], %[r3]\n\t"
      "cmovcq %[m0], %[p0]\n\t"
      "cmovcq %[m1], %[p1]\n\t"
      "cmovcq %[m2], %[p2]\n\t"
      "cmovcq %[m3], %[p3]\n\t"
      "addq %[p0], %[r0]\n\t"
      "adcq %[p1], %[r1]\n\t"
      "adcq %[p2], %[r2]\n\t"
      "adcq %[p3], %[r3]\n\t"
      : [r0] "+&r"(result.limb[0]), [r1] "+&r"(result.limb[1]), [r2] "+&r"(result.limb[2]),
        [r3] "+&r"(result.limb[3]), [p0] "+&r"(p0), [p1] "+&r"(p1), [p2] "+&r"(p2), [p3] "+&r"(p3)
      : [b0] "r"(b.limb[0]), [b1] "r"(b.limb[1]), [b2] "r"(b.limb[2]), [b3] "r"(b.limb[3]),
        [m0] "m"(Modulus::kLimb[0]), [m1] "m"(Modulus::kLimb[1]), [m2] "m"(Modulus::kLimb[2]),
        [m3] "m"(Modulus::kLimb[3])
      : "cc");
  return result;
}

// The modulus comes to mulx through a move: with operands in memory the product takes a sixth more
// time (Zen 4). In the two macros `t0` is the register of the lowest limb, which changes places
// with `next` in each reduction.
// clang-format off

// (t0 .. t3, top) = (t0 .. t3) + a * rdx: low halves in the chain of OF, high halves in that of CF.
#define ZKP_ADD_PRODUCT(t0)        \
  "xorl %k[low], %k[low]\n\t"      \
  "mulx %[a0], %[low], %[top]\n\t" \
  "adoxq %[low], " t0 "\n\t"       \
  "adcxq %[top], %[t1]\n\t"        \
  "mulx %[a1], %[low], %[top]\n\t" \
  "adoxq %[low], %[t1]\n\t"        \
  "adcxq %[top], %[t2]\n\t"        \
  "mulx %[a2], %[low], %[top]\n\t" \
  "adoxq %[low], %[t2]\n\t"        \
  "adcxq %[top], %[t3]\n\t"        \
  "mulx %[a3], %[low], %[top]\n\t" \
  "adoxq %[low], %[t3]\n\t"        \
  "adcxq %[zero], %[top]\n\t"      \
  "adoxq %[zero], %[top]\n\t"

// (next, t1 .. t3) = ((t0 .. t3, top) + m * modulus) / 2^64 for the m that makes the division
// exact.
#define ZKP_REDUCE(t0, next)            \
  "movq %[inverse], %%rdx\n\t"          \
  "imulq " t0 ", %%rdx\n\t"             \
  "xorl %k[low], %k[low]\n\t"           \
  "movq %[p0], %[low]\n\t"              \
  "mulx %[low], %[low], " next "\n\t"   \
  "adcxq " t0 ", %[low]\n\t"            \
  "adcxq %[t1], " next "\n\t"           \
  "movq %[p1], %[low]\n\t"              \
  "mulx %[low], %[low], %[t1]\n\t"      \
  "adoxq %[low], " next "\n\t"          \
  "adcxq %[t2], %[t1]\n\t"              \
  "movq %[p2], %[low]\n\t"              \
  "mulx %[low], %[low], %[t2]\n\t"      \
  "adoxq %[low], %[t1]\n\t"             \
  "adcxq %[t3], %[t2]\n\t"              \
  "movq %[p3], %[low]\n\t"              \
  "mulx %[low], %[low], %[t3]\n\t"      \
  "adoxq %[low], %[t2]\n\t"             \
  "adcxq %[zero], %[t3]\n\t"            \
  "adoxq %[top], %[t3]\n\t"

// clang-format on

// *out = *a * *b / 2^256 mod p: CIOS (Koc, Acar, Kaliski 1996, section 5) without its last word,
// which stays zero because the top limb of p is below 2^62. `out` may be an input.
// All in one piece, so that a compiler has no values to keep around it: it needs 13 registers.
template <class Modulus>
[[gnu::always_inline]] inline void product(Value* out, const Value* a, const Value* b) {
  Word a0, a1, a2, a3, t0, t1, t2, t3, low, top;
  const void* next = a;
  __asm__ volatile(
      "movq (%[next]), %[a0]\n\t"
      "movq 8(%[next]), %[a1]\n\t"
      "movq 16(%[next]), %[a2]\n\t"
      "movq 24(%[next]), %[a3]\n\t"

      "movq (%[b]), %%rdx\n\t"
      "mulx %[a0], %[t0], %[t1]\n\t"
      "mulx %[a1], %[low], %[t2]\n\t"
      "addq %[low], %[t1]\n\t"
      "mulx %[a2], %[low], %[t3]\n\t"
      "adcq %[low], %[t2]\n\t"
      "mulx %[a3], %[low], %[top]\n\t"
      "adcq %[low], %[t3]\n\t"
      "adcq $0, %[top]\n\t"
      // clang-format off
      ZKP_REDUCE("%[t0]", "%[next]")
      "movq 8(%[b]), %%rdx\n\t"
      ZKP_ADD_PRODUCT("%[next]")
      ZKP_REDUCE("%[next]", "%[t0]")
      "movq 16(%[b]), %%rdx\n\t"
      ZKP_ADD_PRODUCT("%[t0]")
      ZKP_REDUCE("%[t0]", "%[next]")
      "movq 24(%[b]), %%rdx\n\t"
      ZKP_ADD_PRODUCT("%[next]")
      ZKP_REDUCE("%[next]", "%[t0]")
      // clang-format on

      "movq %[t0], %[a0]\n\t"
      "movq %[t1], %[a1]\n\t"
      "movq %[t2], %[a2]\n\t"
      "movq %[t3], %[a3]\n\t"
      "subq %[p0], %[t0]\n\t"
      "sbbq %[p1], %[t1]\n\t"
      "sbbq %[p2], %[t2]\n\t"
      "sbbq %[p3], %[t3]\n\t"
      "cmovcq %[a0], %[t0]\n\t"
      "cmovcq %[a1], %[t1]\n\t"
      "cmovcq %[a2], %[t2]\n\t"
      "cmovcq %[a3], %[t3]\n\t"
      "movq %[out], %[next]\n\t"
      "movq %[t0], (%[next])\n\t"
      "movq %[t1], 8(%[next])\n\t"
      "movq %[t2], 16(%[next])\n\t"
      "movq %[t3], 24(%[next])\n\t"
      : [a0] "=&r"(a0), [a1] "=&r"(a1), [a2] "=&r"(a2), [a3] "=&r"(a3), [t0] "=&r"(t0),
        [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [low] "=&r"(low), [top] "=&r"(top),
        [next] "+&r"(next)
      : [b] "r"(b), [out] "m"(out), [p0] "m"(Modulus::kLimb[0]), [p1] "m"(Modulus::kLimb[1]),
        [p2] "m"(Modulus::kLimb[2]), [p3] "m"(Modulus::kLimb[3]), [inverse] "m"(Modulus::kInverse),
        [zero] "m"(kZero)
      : "rdx", "cc", "memory");
}

#undef ZKP_ADD_PRODUCT
#undef ZKP_REDUCE

// An element is its four limbs and nothing else; the functions below see it so.
template <class Field>
Value* limbs_of(Field* elements) {
  return reinterpret_cast<Value*>(elements);
}
template <class Field>
const Value* limbs_of(const Field* elements) {
  return reinterpret_cast<const Value*>(elements);
}

template <class Field, class Modulus>
struct Operations {
  static void add(Field* out, const Field* a, const Field* b, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      limbs_of(out)[i] = sum<Modulus>(limbs_of(a)[i], limbs_of(b)[i]);
    }
  }

  static void subtract(Field* out, const Field* a, const Field* b, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      limbs_of(out)[i] = difference<Modulus>(limbs_of(a)[i], limbs_of(b)[i]);
    }
  }

  static void multiply(Field* out, const Field* a, const Field* b, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      product<Modulus>(limbs_of(out) + i, limbs_of(a) + i, limbs_of(b) + i);
    }
  }

  static void square(Field* out, const Field* a, std::size_t count) { multiply(out, a, a, count); }

  static void scale(Field* out, const Field* a, const Field* factor, std::size_t count) {
    const Value by = *limbs_of(factor);
    for (std::size_t i = 0; i < count; ++i) {
      product<Modulus>(limbs_of(out) + i, limbs_of(a) + i, &by);
    }
  }

  static void multiply_repeatedly(Field* out, const Field* a, const Field* b, std::size_t times,
                                  std::size_t count) {
    constexpr std::size_t kAtOnce = 8;  // for the products of one wait for each other
    for (std::size_t done = 0; done < count; done += kAtOnce) {
      const std::size_t end = done + kAtOnce < count ? done + kAtOnce : count;
      Value result[kAtOnce], factor[kAtOnce];
      for (std::size_t i = done; i < end; ++i) {
        result[i - done] = limbs_of(a)[i];
        factor[i - done] = limbs_of(b)[i];
      }
      for (std::size_t k = 0; k < times; ++k) {
        for (std::size_t i = 0; i < end - done; ++i) {
          product<Modulus>(&result[i], &result[i], &factor[i]);
        }
      }
      for (std::size_t i = done; i < end; ++i) limbs_of(out)[i] = result[i - done];
    }
  }

  static void butterfly_frequency(Field* low, Field* high, const Field* twiddles,
                                  std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      Value& l = limbs_of(low)[i];
      Value& h = limbs_of(high)[i];
      const Value d = difference<Modulus>(l, h);
      l = sum<Modulus>(l, h);
      product<Modulus>(&h, &d, limbs_of(twiddles) + i);
    }
  }

  static void butterfly_time(Field* low, Field* high, const Field* twiddles, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      Value& l = limbs_of(low)[i];
      Value& h = limbs_of(high)[i];
      Value shifted;
      product<Modulus>(&shifted, &h, limbs_of(twiddles) + i);
      h = difference<Modulus>(l, shifted);
      l = sum<Modulus>(l, shifted);
    }
  }

  static constexpr FieldKernels<Field> kTable = {
      .add = add,
      .subtract = subtract,
      .multiply = multiply,
      .square = square,
      .scale = scale,
      .multiply_repeatedly = multiply_repeatedly,
      .butterfly_frequency = butterfly_frequency,
      .butterfly_time = butterfly_time,
  };
};

}  // namespace

const Kernels kAdxKernels = {.name = "adx",
                             .fr = Operations<Fr, FrModulus>::kTable,
                             .fq = Operations<Fq, FqModulus>::kTable};

}  // namespace zkp::prover::field

#endif
