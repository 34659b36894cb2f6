#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace zkp::base {

// Lower-case hexadecimal, two digits a byte, no prefix.
std::string to_hex(ByteView bytes);

// The bytes of `text`: an even number of hexadecimal digits of either case, without a prefix.
Result<Bytes> from_hex(std::string_view text);

}  // namespace zkp::base
