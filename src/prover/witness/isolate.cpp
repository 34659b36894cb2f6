#include "prover/witness/isolate.h"

#include <condition_variable>
#include <jsapi.h>
#include <memory>
#include <mutex>
#include <optional>

#include <fmt/format.h>
#include <js/ContextOptions.h>
#include <js/GlobalObject.h>
#include <js/Initialization.h>
#include <js/Interrupt.h>
#include <js/Realm.h>
#include <js/RootingAPI.h>
#include <js/Stack.h>

#include "prover/witness/run_thread.h"

namespace zkp::prover::witness {
namespace {

using base::Error;
using base::ErrorCode;

// The engine's own heap: the driver's objects. A program's memory is not in it.
constexpr std::uint32_t kHeapBytes = 64 << 20;
// Of the thread's stack, what the engine may need beyond the program's quota.
constexpr std::size_t kEngineStackBytes = 1 << 20;

Error no_memory() {
  return {ErrorCode::resource_exhausted, "not enough memory to start SpiderMonkey"};
}

// What the thread that works and the one that watches it share.
class Run {
 public:
  explicit Run(const Bounds& bounds)
      : bounds_(bounds), deadline_(std::chrono::steady_clock::now() + bounds.time) {}

  // The worker's: from `begin` to `end` the context may be interrupted. False: do not begin.
  bool begin(JSContext* context) {
    const std::lock_guard lock(mutex_);
    context_ = context;
    return !ended_by_;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
  }
  void finish(base::Status status) {
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
    changed_.notify_all();
  }

  // Waits until the work has finished, and ends it if it is over its bounds.
  void watch() {
    std::unique_lock lock(mutex_);
    const auto finished = [this] { return status_.has_value(); };
    if (changed_.wait_until(lock, bounds_.stop, deadline_, finished)) return;
    if (bounds_.stop.stop_requested()) {
      ended_by_ = Error{ErrorCode::cancelled, "the calculation was cancelled"};
    } else {
      ended_by_ =
          Error{ErrorCode::deadline_exceeded,
                fmt::format("the circuit's program is not done after {} ms", bounds_.time.count())};
    }
    if (context_ != nullptr) JS_RequestInterruptCallback(context_);
    changed_.wait(lock, finished);
  }

  // REQUIRES: watch() has returned.
  base::Status result() && {
    if (!status_->ok() && ended_by_) return *std::move(ended_by_);
    return *std::move(status_);
  }

 private:
  const Bounds& bounds_;
  std::chrono::steady_clock::time_point deadline_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  JSContext* context_ = nullptr;
  std::optional<Error> ended_by_;
  std::optional<base::Status> status_;
};

struct DestroyContext {
  void operator()(JSContext* context) const { JS_DestroyContext(context); }
};
using OwnedContext = std::unique_ptr<JSContext, DestroyContext>;

constexpr JSClass kGlobalClass = {
    "global", JSCLASS_GLOBAL_FLAGS, &JS::DefaultGlobalClassOps, nullptr, nullptr, nullptr};

OwnedContext make_context(const Engine& engine, const Bounds& bounds) {
  OwnedContext context(JS_NewContext(kHeapBytes));
  if (!context) return nullptr;
  JS_SetNativeStackQuota(context.get(), bounds.stack_bytes);
  // Nothing that circom's programs do not use. The quick compiler's code runs until the optimising
  // one, on a thread of SpiderMonkey's, has made what replaces it.
  JS::ContextOptionsRef(context.get())
      .setWasmBaseline(true)
      .setWasmIon(bounds.optimise)
      .setWasmSimd(false)
      .setWasmExceptions(false)
      .setAsmJS(false);
  // Asked only when the watcher wants the end.
  JS_AddInterruptCallback(context.get(), [](JSContext*) { return false; });
  const base::ByteView code = engine.self_hosted_code();
  if (!JS::InitSelfHostedCode(context.get(), {code.data(), code.size()})) return nullptr;
  return context;
}

base::Status work_in(JSContext* context, const IsolatedWork& work) {
  const JS::RealmOptions options;
  const JS::RootedObject global(context, JS_NewGlobalObject(context, &kGlobalClass, nullptr,
                                                            JS::FireOnNewGlobalHook, options));
  if (!global) return no_memory();
  const JSAutoRealm realm(context, global);
  return work(context, global);
}

}  // namespace

base::Status run_isolated(const Engine& engine, const Bounds& bounds, const IsolatedWork& work) {
  if (!engine.started()) return no_memory();
  Run run(bounds);
  ZKP_CHECK(run_on_thread(
      bounds.stack_bytes + kEngineStackBytes,
      [&] {
        const OwnedContext context = make_context(engine, bounds);
        base::Status status = no_memory();
        if (context && run.begin(context.get())) status = work_in(context.get(), work);
        run.end();
        run.finish(std::move(status));
      },
      [&] { run.watch(); }));
  return std::move(run).result();
}

}  // namespace zkp::prover::witness
