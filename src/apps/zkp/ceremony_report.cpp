#include "apps/zkp/ceremony_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hex.h"

namespace zkp::apps {

std::string hash_text(std::string_view title, base::ByteView hash) {
  constexpr std::size_t kWordBytes = 4, kWordsPerLine = 4;
  std::string text(title);
  for (std::size_t i = 0; i < hash.size(); i += kWordBytes) {
    text += i % (kWordBytes * kWordsPerLine) == 0 ? "\n\t\t" : " ";
    text += base::to_hex(hash.subspan(i, kWordBytes));
  }
  return text;
}

std::string shown_name(std::string_view name) {
  std::string shown(name);
  std::ranges::replace_if(
      shown,
      [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
      },
      '?');
  return shown;
}

std::string beacon_text(const prover::ceremony::Parameters& parameters) {
  if (!parameters.beacon) return {};
  return fmt::format("Beacon generator: {}\nBeacon iterations Exp: {}\n",
                     base::to_hex(parameters.beacon->value), parameters.beacon->iterations_log);
}

}  // namespace zkp::apps
