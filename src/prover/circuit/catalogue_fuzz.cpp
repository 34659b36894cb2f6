#include <algorithm>
#include <array>
#include <cstdint>

#include "prover/circuit/catalogue.h"

// A request made of the fuzzer's bytes: whatever it is, the catalogue answers with an error that
// has its place, or with a shape that can be built, and with a witness that satisfies it or the
// news that the statement is false.
namespace zkp::prover::circuit {
namespace {

constexpr std::size_t kMostConstraints = 2000;  // to check, so that a run stays short

class Source {
 public:
  explicit Source(base::ByteView bytes) : bytes_(bytes) {}

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t result = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return result;
  }
  std::string text() {
    static constexpr std::array kTexts = {
        "0",
        "1",
        "2",
        "7",
        "secret",
        "0x10",
        "0x",
        "-1",
        "18446744073709551615",
        "18446744073709551616",
        "21888242871839275222246405745257275088548364400416034343698204186575808495616",
        "21888242871839275222246405745257275088548364400416034343698204186575808495617"};
    const std::uint8_t choice = byte();
    if (choice < 128) return std::to_string(choice % 16);
    if (choice - 128U < kTexts.size()) return kTexts[choice - 128U];
    const std::size_t size = std::min<std::size_t>(choice % 8, bytes_.size());
    const std::string result = base::to_string(bytes_.first(size));
    bytes_ = bytes_.subspan(size);
    return result;
  }
  std::vector<std::string> texts() {
    const std::uint8_t choice = byte();
    std::vector<std::string> result(choice < 240 ? choice % 5 : choice % 20);  // mostly small
    std::ranges::generate(result, [&] { return text(); });
    return result;
  }

 private:
  base::ByteView bytes_;
};

Inputs inputs_from(Source& source, const CatalogueEntry& entry) {
  Inputs inputs;
  inputs.named = source.byte() % 2 != 0;
  if (!inputs.named) {
    inputs.public_inputs = source.texts();
    inputs.private_inputs = source.texts();
    return inputs;
  }
  while (!source.empty() && inputs.inputs.size() < 8) {
    const std::uint8_t choice = source.byte();
    NamedInput& input = inputs.inputs.emplace_back();
    const bool known = choice % 16 < entry.fields.size();
    input.name = known ? std::string(entry.fields[choice % 16].name) : source.text();
    input.is_list = known ? entry.fields[choice % 16].is_list != (choice >= 240) : choice >= 128;
    if (input.is_list) {
      input.values = source.texts();
    } else {
      input.values = {source.text()};
    }
  }
  return inputs;
}

void check_error(const base::Error& error) {
  ZKP_ASSERT(error.code == base::ErrorCode::invalid_argument);
  ZKP_ASSERT(!error.details.empty());
  for (const base::ErrorDetail& detail : error.details) {
    ZKP_ASSERT(detail.pointer.starts_with('/') && !detail.detail.empty());
  }
}

void check(std::string_view circuit_type, const Inputs& inputs) {
  const base::Result<Shape> shape = shape_of(circuit_type, inputs);
  if (!shape.ok()) return check_error(shape.error());
  ZKP_ASSERT(Shape::parse(shape->id()).value() == *shape);
  const base::Result<Witness> witness = solve(*shape, inputs);
  if (!witness.ok()) {
    ZKP_ASSERT(witness.error().code == base::ErrorCode::failed_precondition);
    return;
  }
  const base::Result<ConstraintSystem> system = build(*shape);
  ZKP_ASSERT(system.ok() && system->wire_count == witness->size());
  if (system->constraint_count() <= kMostConstraints) {
    ZKP_ASSERT(check_satisfied(*system, *witness).ok());
  }
  std::vector<Fr> signals;
  for (const field::Limbs& value : witness->reveal().subspan(1, system->public_count())) {
    signals.push_back(Fr::from_standard(value));
  }
  ZKP_ASSERT(answers_request(*shape, inputs, signals));
}

}  // namespace
}  // namespace zkp::prover::circuit

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace circuit = zkp::prover::circuit;
  circuit::Source source({data, size});
  const auto entries = circuit::catalogue();
  const circuit::CatalogueEntry& entry = entries[source.byte() % entries.size()];
  circuit::check(entry.name, circuit::inputs_from(source, entry));
  return 0;
}
