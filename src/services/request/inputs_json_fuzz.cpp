#include "services/request/inputs_json.h"
#include "services/request/json_text.h"

// Any bytes: an Error, or inputs that survive being written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp;
  const auto inputs = services::request::parse_inputs({data, size});
  if (!inputs.ok()) return 0;
  const auto written = services::request::write_inputs(*inputs);
  const auto again = services::request::parse_inputs(written.reveal());
  ZKP_ASSERT(again.ok());
  const auto written_again = services::request::write_inputs(*again);
  ZKP_ASSERT(base::equal_constant_time(written.reveal(), written_again.reveal()));
  return 0;
}
