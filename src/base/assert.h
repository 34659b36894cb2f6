#pragma once

// ZKP_ASSERT(condition): a statement about our own code. Kept in every build; aborts when it does
// not hold. Never applied to bytes from outside: those get an Error.
#define ZKP_ASSERT(condition)                                        \
  do {                                                               \
    if (!(condition)) [[unlikely]]                                   \
      ::zkp::base::assertion_failed(#condition, __FILE__, __LINE__); \
  } while (false)

namespace zkp::base {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace zkp::base
