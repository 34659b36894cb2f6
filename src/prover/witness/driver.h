#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <js/TypeDecls.h>
#include <js/ValueArray.h>

#include "base/bytes.h"
#include "base/result.h"

// The bridge to driver.js, which calls the program's functions. All of it in an isolate's thread
// and realm. Where a call fails without a report, the engine was ended from outside or has no
// memory.
namespace zkp::prover::witness {

// driver.js, embedded.
std::span<const char* const> driver_scripts();

// What driver.js answers: empty if all went well, else a letter and what belongs to it.
using Report = std::string;

using LogSink = std::function<void(std::string_view line)>;

class Driver {
 public:
  // REQUIRES: all three outlive it; `state` is an empty object that the driver keeps things in.
  Driver(JSContext* context, JS::HandleObject functions, JS::HandleObject state)
      : context_(context), functions_(functions), state_(state) {}

  // The object of driver.js' functions; null if there is no memory for it.
  static JSObject* load(JSContext* context);

  base::Result<Report> compile(base::ByteView wasm);
  // The compiled module. REQUIRES: compile() went well.
  JSObject* module();

  // `log` may be empty; it outlives the driver.
  base::Result<Report> instantiate(JS::HandleObject module, const LogSink& log);
  // See driver.js. REQUIRES: instantiate() went well.
  base::Result<Report> identify(std::span<std::uint32_t> out);
  base::Result<Report> calculate(std::span<const std::uint32_t> signals,
                                 std::span<const std::uint32_t> values,
                                 std::span<std::uint32_t> witness);
  // Overwrites the program's memory.
  void wipe_memory();

 private:
  base::Result<Report> call(const char* function, const JS::HandleValueArray& arguments);

  JSContext* context_;
  JS::HandleObject functions_;
  JS::HandleObject state_;
};

}  // namespace zkp::prover::witness
