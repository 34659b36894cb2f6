#include "prover/witness/engine.h"

#include <jsapi.h>
#include <string_view>

#include <js/BuildId.h>
#include <js/Initialization.h>

#include "prover/witness/run_thread.h"

namespace zkp::prover::witness {
namespace {

// A context belongs to its thread for ever, so this takes one that ends.
base::Bytes compile_self_hosted_code() {
  constexpr std::uint32_t kHeapBytes = 64 << 20;
  constexpr std::size_t kStackBytes = 2 << 20;
  base::Bytes code;
  const auto compile = [&code] {
    JSContext* const context = JS_NewContext(kHeapBytes);
    if (context == nullptr) return;
    JS_SetContextPrivate(context, &code);
    const JS::SelfHostedWriter keep = [](JSContext* self, JS::SelfHostedCache compiled) {
      static_cast<base::Bytes*>(JS_GetContextPrivate(self))
          ->assign(compiled.begin(), compiled.end());
      return true;
    };
    if (!JS::InitSelfHostedCode(context, nullptr, keep)) code.clear();
    JS_DestroyContext(context);
  };
  (void)run_on_thread(kStackBytes, compile, [] {});
  return code;
}

}  // namespace

Engine::Engine() {
  // The compiled code never leaves this process, so any name will do.
  JS::SetProcessBuildIdOp([](JS::BuildIdCharVector* id) {
    constexpr std::string_view kName = "zkp";
    return id->append(kName.data(), kName.size());
  });
  started_ = JS_Init();
  if (started_) self_hosted_code_ = compile_self_hosted_code();
}

Engine::~Engine() {
  ZKP_ASSERT(programs_ == 0);
  if (started_) JS_ShutDown();
}

}  // namespace zkp::prover::witness
