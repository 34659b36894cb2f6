#include "apps/program/version.h"

namespace zkp::apps {
namespace {

// In a section of its own, for `objcopy --update-section`: the same programs as another version
// without a build (test/deploy/run). Volatile, so that it is read from there.
[[gnu::section(".zkp_version"), gnu::used]] const volatile char kVersion[32] = ZKP_VERSION;

}  // namespace

std::string version() {
  std::string text;
  for (const volatile char* letter = kVersion; *letter != '\0'; ++letter) text += *letter;
  return text;
}

}  // namespace zkp::apps
