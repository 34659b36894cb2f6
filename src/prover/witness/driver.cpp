#include "prover/witness/driver.h"

#include <algorithm>
#include <jsapi.h>

#include <js/ArrayBuffer.h>
#include <js/CallAndConstruct.h>
#include <js/CompilationAndEvaluation.h>
#include <js/CompileOptions.h>
#include <js/Exception.h>
#include <js/PropertyAndElement.h>
#include <js/RootingAPI.h>
#include <js/SourceText.h>
#include <js/experimental/TypedData.h>

#include "base/secret.h"

namespace zkp::prover::witness {
namespace {

using base::Error;
using base::ErrorCode;

// The caller's memory, seen by the engine. REQUIRES: it outlives the context.
JSObject* buffer_over(JSContext* context, const void* memory, std::size_t size_bytes) {
  static std::uint64_t nothing = 0;  // an empty span may have no address, but a buffer must
  void* contents = size_bytes == 0 ? &nothing : const_cast<void*>(memory);  // NOLINT(*-const-cast)
  return JS::NewExternalArrayBuffer(context, size_bytes, contents, [](void*, void*) {});
}

// REQUIRES: the engine does not write to it if it is const.
JSObject* array_over(JSContext* context, std::span<const std::uint32_t> words) {
  const JS::RootedObject buffer(context, buffer_over(context, words.data(), words.size_bytes()));
  if (!buffer) return nullptr;
  return JS_NewUint32ArrayWithBuffer(context, buffer, 0, static_cast<int64_t>(words.size()));
}

bool write_log(JSContext* context, unsigned count, JS::Value* values) {
  const JS::CallArgs arguments = JS::CallArgsFromVp(count, values);
  const auto& log = *static_cast<const LogSink*>(JS_GetContextPrivate(context));
  const JS::RootedString line(context, arguments.get(0).toString());
  const JS::UniqueChars text = JS_EncodeStringToUTF8(context, line);
  if (!text) return false;
  log(text.get());
  arguments.rval().setUndefined();
  return true;
}

Error ended() { return {ErrorCode::resource_exhausted, "SpiderMonkey has not enough memory"}; }

// Memory that was never written is left alone, for to write there would make it real.
void wipe_written(std::span<std::uint8_t> memory) {
  constexpr std::size_t kPageBytes = 4096;
  while (!memory.empty()) {
    const auto page = memory.first(std::min(kPageBytes, memory.size()));
    if (std::ranges::any_of(page, [](std::uint8_t byte) { return byte != 0; })) {
      base::wipe(page.data(), page.size());
    }
    memory = memory.subspan(page.size());
  }
}

}  // namespace

JSObject* Driver::load(JSContext* context) {
  const std::string_view script = driver_scripts()[0];
  JS::CompileOptions options(context);
  options.setFileAndLine("driver.js", 1);
  JS::SourceText<mozilla::Utf8Unit> source;
  JS::RootedValue functions(context);
  if (!source.init(context, script.data(), script.size(), JS::SourceOwnership::Borrowed) ||
      !JS::Evaluate(context, options, source, &functions) || !functions.isObject()) {
    return nullptr;
  }
  return &functions.toObject();
}

base::Result<Report> Driver::compile(base::ByteView wasm) {
  JS::RootedValueArray<2> arguments(context_);
  JSObject* const buffer = buffer_over(context_, wasm.data(), wasm.size());
  if (buffer == nullptr) return ended();
  arguments[0].setObject(*buffer);
  arguments[1].setObject(*state_);
  return call("compile", arguments);
}

JSObject* Driver::module() {
  JS::RootedValue module(context_);
  if (!JS_GetProperty(context_, state_, "module", &module) || !module.isObject()) return nullptr;
  return &module.toObject();
}

base::Result<Report> Driver::instantiate(JS::HandleObject module, const LogSink& log) {
  JS::RootedValueArray<3> arguments(context_);
  arguments[0].setObject(*module);
  arguments[1].setNull();
  arguments[2].setObject(*state_);
  if (log) {
    JS_SetContextPrivate(context_, const_cast<LogSink*>(&log));  // NOLINT(*-const-cast)
    JSFunction* const function = JS_NewFunction(context_, write_log, 1, 0, "log");
    if (function == nullptr) return ended();
    arguments[1].setObject(*JS_GetFunctionObject(function));
  }
  return call("instantiate", arguments);
}

base::Result<Report> Driver::identify(std::span<std::uint32_t> out) {
  JS::RootedValueArray<2> arguments(context_);
  if (!JS_GetProperty(context_, state_, "program", arguments[0])) return ended();
  JSObject* const array = array_over(context_, out);
  if (array == nullptr) return ended();
  arguments[1].setObject(*array);
  return call("identify", arguments);
}

base::Result<Report> Driver::calculate(std::span<const std::uint32_t> signals,
                                       std::span<const std::uint32_t> values,
                                       std::span<std::uint32_t> witness) {
  JS::RootedValueArray<4> arguments(context_);
  if (!JS_GetProperty(context_, state_, "program", arguments[0])) return ended();
  std::size_t next = 1;
  for (const std::span<const std::uint32_t> words : {signals, values, {witness}}) {
    JSObject* const array = array_over(context_, words);
    if (array == nullptr) return ended();
    arguments[next++].setObject(*array);
  }
  return call("calculate", arguments);
}

void Driver::wipe_memory() {
  JS::RootedValue value(context_);
  for (const char* name : {"program", "memory", "buffer"}) {
    const JS::RootedObject holder(context_, value.isObject() ? &value.toObject() : state_.get());
    if (!JS_GetProperty(context_, holder, name, &value) || !value.isObject()) return;
  }
  std::size_t size_bytes = 0;
  bool is_shared = false;
  std::uint8_t* bytes = nullptr;
  JS::GetArrayBufferLengthAndData(&value.toObject(), &size_bytes, &is_shared, &bytes);
  wipe_written({bytes, size_bytes});
}

base::Result<Report> Driver::call(const char* function, const JS::HandleValueArray& arguments) {
  JS::RootedValue answer(context_);
  if (!JS_CallFunctionName(context_, functions_, function, arguments, &answer) ||
      !answer.isString()) {
    JS_ClearPendingException(context_);
    return ended();
  }
  const JS::RootedString text(context_, answer.toString());
  const JS::UniqueChars report = JS_EncodeStringToUTF8(context_, text);
  if (!report) return ended();
  return Report(report.get());
}

}  // namespace zkp::prover::witness
