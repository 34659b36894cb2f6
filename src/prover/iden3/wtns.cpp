#include <array>

#include <fmt/format.h>

#include "prover/iden3/container.h"
#include "prover/iden3/formats.h"
#include "prover/iden3/prime.h"

namespace zkp::prover::iden3 {
namespace {

using field::Fr;
using field::Limbs;

constexpr std::uint32_t kHeader = 1, kValues = 2;
constexpr std::size_t kHeaderBytes = kPrimeBytes + 4;

}  // namespace

base::Result<circuit::Witness> read_wtns(base::ByteView bytes) {
  ZKP_TRY(const Container file, Container::parse(bytes, kWtnsFile));
  ZKP_TRY(const base::ByteView header, file.section(kHeader, kHeaderBytes));
  ZKP_CHECK(check_prime<Fr>(file, header.data()));
  const auto count = base::load_le<std::uint32_t>(&header[kPrimeBytes]);
  ZKP_TRY(const base::ByteView values, file.section(kValues, std::uint64_t{count} * sizeof(Limbs)));

  circuit::Witness witness(count);
  const std::span<Limbs> out = witness.reveal_mutable();
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = load_limbs(&values[i * sizeof(Limbs)]);
    if (!field::less_than(out[i], Fr::kModulus)) {
      return file.error(fmt::format("value {} is not below the prime", i));
    }
  }
  return witness;
}

base::SecretBytes write_wtns(const circuit::Witness& witness) {
  const std::array sizes = {kHeaderBytes, witness.size() * sizeof(Limbs)};
  base::SecretBytes bytes(ContainerWriter::file_size(sizes));
  ContainerWriter writer(bytes.reveal_mutable(), kWtnsFile, sizes.size());
  writer.begin_section(kHeader, sizes[0]);
  write_prime<Fr>(writer);
  writer.write_u32(static_cast<std::uint32_t>(witness.size()));
  writer.begin_section(kValues, sizes[1]);
  for (const Limbs& value : witness.reveal()) writer.write(bytes_of(value));
  return bytes;
}

}  // namespace zkp::prover::iden3
