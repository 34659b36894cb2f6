#include "prover/poly/domain.h"

// Every implementation that runs here against the portable one, on values whose limbs are of the
// fuzzer's choice.
namespace zkp::prover::poly {
namespace {

constexpr std::size_t kLeastLog = 5;
constexpr std::size_t kMostLog = 9;

// Each limb is the input's, the element brought below p by clearing bits of its top limb. The
// elements repeat from the start up to the size.
std::vector<Fr> values_of(base::ByteView input, std::size_t size) {
  const std::size_t count = input.size() / Fr::kBytes;
  std::vector<Fr> values(size);
  for (std::size_t i = 0; i < size; ++i) {
    if (i >= count) {
      values[i] = values[i - count];
      continue;
    }
    field::Limbs& limb = values[i].limb;
    for (std::size_t j = 0; j < 4; ++j) {
      limb[j] = base::load_le<std::uint64_t>(input.data() + Fr::kBytes * i + 8 * j);
    }
    if (!field::less_than(limb, Fr::kModulus)) limb[3] &= 0x2fffffffffffffff;
  }
  return values;
}

std::vector<Domain> domains_of(const field::Kernels& kernels) {
  std::vector<Domain> domains;
  for (std::size_t log = kLeastLog; log <= kMostLog; ++log) domains.emplace_back(log, kernels);
  return domains;
}

struct Results {
  std::vector<Fr> forward, inverse, coset;
  std::vector<field::Limbs> quotient;

  bool operator==(const Results&) const = default;
};

Results results_of(const Domain& domain, const std::vector<Fr>& values) {
  Results results{values, values, values, std::vector<field::Limbs>(values.size())};
  ZKP_ASSERT(domain.forward(results.forward).ok());
  ZKP_ASSERT(domain.inverse(results.inverse).ok());
  ZKP_ASSERT(domain.to_odd_coset(results.coset).ok());
  std::vector<Fr> overwritten = values;
  domain.multiply_subtract(overwritten, results.forward, results.inverse, results.quotient);
  return results;
}

}  // namespace
}  // namespace zkp::prover::poly

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp::prover;
  static const std::vector<poly::Domain> portable = poly::domains_of(field::portable_kernels());
  static const auto others = [] {
    std::vector<std::vector<poly::Domain>> domains;
    for (const field::KernelsChoice& choice : field::all_kernels()) {
      if (choice.runs) domains.push_back(poly::domains_of(*choice.kernels));
    }
    return domains;
  }();
  if (size < 1 + poly::Fr::kBytes) return 0;
  const std::size_t index = data[0] % portable.size();
  const std::vector<poly::Fr> values =
      poly::values_of({data + 1, size - 1}, portable[index].size());
  const poly::Results expected = poly::results_of(portable[index], values);
  for (const std::vector<poly::Domain>& domains : others) {
    ZKP_ASSERT(poly::results_of(domains[index], values) == expected);
  }
  return 0;
}
