#include <cstdint>

#include "prover/circuit/catalogue.h"

// Any text is refused as a circuit's id, or is the id of the shape that it reads as. Building that
// shape is left out for the large ones.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp::prover::circuit;  // NOLINT(google-build-using-namespace)
  const std::string_view id = zkp::base::as_text({data, size});
  ZKP_ASSERT(find_entry(nearest_name(id)) != nullptr);
  const auto element = field_element_of_text(id);
  ZKP_ASSERT(element.ok() || element.error().code == zkp::base::ErrorCode::invalid_argument);
  const auto shape = Shape::parse(id);
  if (!shape.ok()) return 0;
  ZKP_ASSERT(shape->id() == id);
  for (const std::uint32_t number : shape->sizes) {
    if (number > 4 && number <= kMostLeaves) return 0;
  }
  const auto system = build(*shape);
  ZKP_ASSERT(system.ok() || system.error().code != zkp::base::ErrorCode::internal);
  return 0;
}
