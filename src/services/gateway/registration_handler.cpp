#include "services/gateway/registration_handler.h"

#include <chrono>

#include <fmt/format.h>

#include "services/gateway/body_reader.h"
#include "services/gateway/circuit_json.h"
#include "services/gateway/registered_circuit.h"
#include "services/gateway/replies.h"

namespace zkp::services::gateway {
namespace {

namespace http = network::http;
using base::Error;
using base::ErrorCode;

// Who sends slower than this keeps others from it.
constexpr std::size_t kLeastBytesPerSecond = 32 << 10;
constexpr std::chrono::seconds kSlowStart{60};

// Is this as fast as it must be?
class Pace {
 public:
  bool keeps_up(std::size_t received) {
    received_ += received;
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin_);
    if (elapsed < kSlowStart) return true;
    return received_ / static_cast<std::size_t>(elapsed.count()) >= kLeastBytesPerSecond;
  }

 private:
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::size_t received_ = 0;
};

Error unexpected_part(const std::string& name) {
  return below("/" + name, {ErrorCode::invalid_argument,
                            fmt::format("there is no part {}: want r1cs, wasm, zkey, and perhaps "
                                        "input",
                                        name)});
}

std::optional<TemporaryFile>* file_of(CircuitUpload& upload, std::string_view name) {
  if (name == "r1cs") return &upload.r1cs;
  if (name == "wasm") return &upload.wasm;
  if (name == "zkey") return &upload.zkey;
  return nullptr;
}

}  // namespace

http::Task<RegistrationHandler::Reply> RegistrationHandler::put(const Request& request,
                                                                http::BodySource& body) {
  CircuitUpload upload{.name = request.parameter("type")};
  if (base::Status named = check_circuit_name(upload.name); !named.ok()) co_return named.error();
  upload.allow_insecure_setup = request.query_value("allow_insecure_setup") == "true";
  auto parts = http::MultipartReader::open(request, body);
  if (!parts.ok()) {
    co_return unsupported_media_type(request, "multipart/form-data with r1cs, wasm and zkey");
  }
  const auto permit = uploads_.try_take();
  if (!permit) {
    co_return Error{ErrorCode::resource_exhausted,
                    "this gateway takes as many circuits as it can at once; try again later"};
  }
  if (base::Status received = co_await receive(*parts, upload); !received.ok()) {
    co_return received.error();
  }
  co_return co_await ports_.pool.run([&] { return registered(upload); });
}

// A disk may be slow: the pool's threads write to it.
http::Task<base::Status> RegistrationHandler::receive(http::MultipartReader& parts,
                                                      CircuitUpload& upload) {
  using Parser = http::MultipartParser;
  Pace pace;
  std::optional<TemporaryFile>* file = nullptr;  // of the part that is coming; null: the example
  while (true) {
    auto event = co_await parts.next();
    if (!event.ok()) co_return event.error();
    if (std::holds_alternative<http::MultipartReader::End>(*event)) co_return base::Status{};
    if (const auto* part = std::get_if<Parser::PartBegin>(&*event)) {
      file = file_of(upload, part->name);
      if (file == nullptr && (part->name != "input" || upload.example)) {
        co_return unexpected_part(part->name);
      }
      if (file == nullptr) {
        upload.example.emplace();
        continue;
      }
      if (*file) co_return unexpected_part(part->name);
      auto made = TemporaryFile::make(options_.upload_folder);
      if (!made.ok()) co_return made.error();
      *file = *std::move(made);
    }
    const auto* data = std::get_if<Parser::Data>(&*event);
    if (data == nullptr) continue;
    if (!pace.keeps_up(data->bytes.size())) {
      co_return Error{
          ErrorCode::deadline_exceeded,
          fmt::format("the files came at less than {} KiB a second", kLeastBytesPerSecond >> 10)};
    }
    if (file != nullptr) {
      const base::Status written =
          co_await ports_.pool.run([&] { return (*file)->append(data->bytes); });
      if (!written.ok()) co_return written.error();
      continue;
    }
    if (data->bytes.size() > options_.most_example_bytes - upload.example->size()) {
      co_return below("/input",
                      {ErrorCode::too_large, fmt::format("the example is larger than {} bytes",
                                                         options_.most_example_bytes)});
    }
    upload.example->append(base::as_bytes(data->bytes));
  }
}

RegistrationHandler::Reply RegistrationHandler::registered(const CircuitUpload& upload) {
  const std::lock_guard one_check_at_a_time(check_);
  ZKP_TRY(const Registration registration, ports_.registry.add(upload, stop_.get_token()));
  auto json = circuit_json(registration.circuit);
  if (registration.trial && registration.trial->ok()) {
    json["trial_task"] = registration.trial->value().id.to_string();
  } else if (registration.trial) {
    json["trial_problem"] = registration.trial->error().message;
  }
  auto reply = json_reply(registration.is_new ? 201 : 200, json);
  reply.headers.emplace_back("Location", "/api/v1/circuits/" + registration.circuit.id.value);
  return reply;
}

}  // namespace zkp::services::gateway
