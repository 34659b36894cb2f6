#include <cstdint>

#include "base/bytes.h"
#include "network/http/router.h"

// Any target: an Error, nothing, or a route whose parameters are all there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zkp;
  static const auto router = [] {
    network::http::Router made;
    made.add("GET", "/a/{x}", nullptr);
    made.add("GET", "/a/{x}/{y}", nullptr);
    made.add("DELETE", "/a/{x}/key", nullptr);
    return made;
  }();
  const std::string_view target = base::as_text({data, size});
  const std::size_t mark = std::min(target.find('?'), target.size());
  (void)network::http::parse_query(target.substr(mark));
  const auto found = router.find("GET", target.substr(0, mark));
  if (!found.ok() || found->route == nullptr) return 0;
  ZKP_ASSERT(found->parameters.size() == found->route->segments.size() - 1);
  for (const auto& [name, value] : found->parameters) ZKP_ASSERT(!value.empty());
  return 0;
}
