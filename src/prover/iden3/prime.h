#pragma once

#include <cstring>

#include "prover/field/field.h"
#include "prover/iden3/container.h"

// How the files name a field: the number of bytes of an element, u32, then the modulus.
namespace zkp::prover::iden3 {

inline constexpr std::size_t kPrimeBytes = 4 + 32;

// The 256-bit number that stands at `from`. REQUIRES: 32 bytes are there.
inline field::Limbs load_limbs(const std::uint8_t* from) {
  field::Limbs limbs;
  std::memcpy(limbs.data(), from, sizeof(limbs));
  return limbs;
}

// The bytes of limbs as they stand in a file.
inline base::ByteView bytes_of(const field::Limbs& limbs) {
  return {reinterpret_cast<const std::uint8_t*>(limbs.data()), sizeof(limbs)};
}

// REQUIRES: kPrimeBytes are at `from`.
template <class Field>
base::Status check_prime(const Container& file, const std::uint8_t* from) {
  if (base::load_le<std::uint32_t>(from) != Field::kBytes ||
      load_limbs(from + 4) != Field::kModulus) {
    return file.error("the prime is not that of BN254 (bn128)");
  }
  return {};
}

template <class Field>
void write_prime(ContainerWriter& writer) {
  writer.write_u32(Field::kBytes);
  writer.write(bytes_of(Field::kModulus));
}

}  // namespace zkp::prover::iden3
