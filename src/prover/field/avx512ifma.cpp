// The batch operations for x86-64 with AVX-512 IFMA, eight elements at a time.

#if defined(__x86_64__)

#include "prover/field/kernel_table.h"
#include "prover/field/lanes.h"

namespace zkp::prover::field {
namespace {

// The elements of all lanes as they lie in memory.
struct Block {
  std::uint64_t word[kLanes * kWords];
};

template <class Field, class Prime>
struct Operations {
  using Mod = Modulus<Prime>;
  using Element = Lanes<Mod, 1>;

  // Times 2^Shift: the 2^4 that two factors of 2^256 lack against 2^260 goes to one of them.
  template <unsigned Shift = 0>
  ZKP_LANES static Lanes<Mod, 1 << Shift> load(const Block* block) {
    Vector word[kWords];
    load_words(block, word);
    return from_words<Mod, Shift>(word);
  }
  template <unsigned Bound>
  ZKP_LANES static void store(const Lanes<Mod, Bound>& value, Block* block) {
    Vector word[kWords];
    to_words(canonical(value), word);
    store_words(word, block);
  }
  template <unsigned Bound>
  ZKP_LANES static void store(const Uncarried<Mod, Bound>& value, Block* block) {
    store(carried(value), block);
  }

  // step(a block of out[0], out[1] .., a block of in[0], in[1] ..) for all of the arrays. The last
  // elements, if they are less than a block, are worked on in copies.
  template <std::size_t Outs, std::size_t Ins, class Step>
  ZKP_LANES static void for_blocks(Field* const (&out)[Outs], const Field* const (&in)[Ins],
                                   std::size_t count, const Step& step) {
    Block* out_block[Outs];
    const Block* in_block[Ins];
    for (std::size_t k = 0; k < Outs; ++k) out_block[k] = reinterpret_cast<Block*>(out[k]);
    for (std::size_t k = 0; k < Ins; ++k) in_block[k] = reinterpret_cast<const Block*>(in[k]);
    for (std::size_t left = count; left >= kLanes; left -= kLanes) {
      step(out_block, in_block);
      for (Block*& block : out_block) ++block;
      for (const Block*& block : in_block) ++block;
    }
    const std::size_t bytes = count % kLanes * kWords * sizeof(std::uint64_t);
    if (bytes == 0) return;
    Block copy[Outs + Ins] = {};
    for (std::size_t k = 0; k < Ins; ++k) {
      __builtin_memcpy(&copy[Outs + k], in_block[k], bytes);
      in_block[k] = &copy[Outs + k];
    }
    Block* to[Outs];
    for (std::size_t k = 0; k < Outs; ++k) to[k] = &copy[k];
    step(to, in_block);
    for (std::size_t k = 0; k < Outs; ++k) __builtin_memcpy(out_block[k], &copy[k], bytes);
  }

  static void add(Field* out, const Field* a, const Field* b, std::size_t count) {
    for_blocks<1, 2>({out}, {a, b}, count, [](Block* const* to, const Block* const* from) {
      store(sum(load(from[0]), load(from[1])), to[0]);
    });
  }

  static void subtract(Field* out, const Field* a, const Field* b, std::size_t count) {
    for_blocks<1, 2>({out}, {a, b}, count, [](Block* const* to, const Block* const* from) {
      store(difference(load(from[0]), load(from[1])), to[0]);
    });
  }

  static void multiply(Field* out, const Field* a, const Field* b, std::size_t count) {
    for_blocks<1, 2>({out}, {a, b}, count, [](Block* const* to, const Block* const* from) {
      store(product(load<4>(from[0]), load(from[1])), to[0]);
    });
  }

  // 16 a^2 as the square of 4 a
  static void square(Field* out, const Field* a, std::size_t count) {
    for_blocks<1, 1>({out}, {a}, count, [](Block* const* to, const Block* const* from) {
      store(field::square(load<2>(from[0])), to[0]);
    });
  }

  static void scale(Field* out, const Field* a, const Field* factor, std::size_t count) {
    std::uint64_t words[kWords];
    __builtin_memcpy(words, factor, sizeof words);
    const Element by = broadcast_words<Mod>(words);
    for_blocks<1, 1>({out}, {a}, count, [&by](Block* const* to, const Block* const* from) {
      store(product(load<4>(from[0]), by), to[0]);
    });
  }

  static void multiply_repeatedly(Field* out, const Field* a, const Field* b, std::size_t times,
                                  std::size_t count) {
    constexpr std::size_t kBlocks = 4;  // at once, for the products of one wait for each other
    auto* to = reinterpret_cast<Block*>(out);
    const auto* from = reinterpret_cast<const Block*>(a);
    const auto* factors = reinterpret_cast<const Block*>(b);
    for (; count >= kBlocks * kLanes; count -= kBlocks * kLanes) {
      multiply_blocks<kBlocks>(to, from, factors, times);
      to += kBlocks;
      from += kBlocks;
      factors += kBlocks;
    }
    out = reinterpret_cast<Field*>(to);
    a = reinterpret_cast<const Field*>(from);
    b = reinterpret_cast<const Field*>(factors);
    for_blocks<1, 2>({out}, {a, b}, count, [times](Block* const* to, const Block* const* from) {
      multiply_blocks<1>(to[0], from[0], from[1], times);
    });
  }

  static void butterfly_frequency(Field* low, Field* high, const Field* twiddles,
                                  std::size_t count) {
    for_blocks<2, 3>({low, high}, {low, high, twiddles}, count,
                     [](Block* const* to, const Block* const* from) {
                       const Element l = load(from[0]);
                       const Element h = load(from[1]);
                       store(sum(l, h), to[0]);
                       store(product(factor_of(difference<4>(l, h)), load(from[2])), to[1]);
                     });
  }

  static void butterfly_time(Field* low, Field* high, const Field* twiddles, std::size_t count) {
    for_blocks<2, 3>({low, high}, {low, high, twiddles}, count,
                     [](Block* const* to, const Block* const* from) {
                       const Element l = load(from[0]);
                       const auto shifted = carried(product(load<4>(from[1]), load(from[2])));
                       store(sum(l, shifted), to[0]);
                       store(difference(l, shifted), to[1]);
                     });
  }

  template <std::size_t Blocks>
  ZKP_LANES static void multiply_blocks(Block* out, const Block* a, const Block* b,
                                        std::size_t times) {
    Factor<Mod, 16> factor[Blocks];
    Lanes<Mod, 2> result[Blocks];
    for (std::size_t k = 0; k < Blocks; ++k) {
      factor[k] = load<4>(b + k);
      result[k] = load(a + k);
    }
    for (std::size_t i = 0; i < times; ++i) {
      for (std::size_t k = 0; k < Blocks; ++k) result[k] = carried(product(result[k], factor[k]));
    }
    for (std::size_t k = 0; k < Blocks; ++k) store(result[k], out + k);
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

const Kernels kAvx512IfmaKernels = {.name = "avx512ifma",
                                    .fr = Operations<Fr, FrPrime>::kTable,
                                    .fq = Operations<Fq, FqPrime>::kTable};

}  // namespace zkp::prover::field

#endif
