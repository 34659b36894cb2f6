#include "prover/ceremony/parameters.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/secret.h"
#include "base/sha256.h"
#include "prover/iden3/transcript.h"

namespace zkp::prover::ceremony {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::uint32_t kRandomContribution = 0, kBeaconContribution = 1;
constexpr std::uint8_t kName = 1, kIterationsLog = 2, kBeaconValue = 3;

constexpr std::size_t kMostNameUnits = 64;
constexpr std::size_t kMostBytes = 255;  // a parameter's size is a byte

// UTF-16 units of a text in UTF-8: two for a character of four bytes.
std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

base::Status check_beacon(const Beacon& beacon) {
  if (beacon.value.empty() || beacon.value.size() > kMostBytes) {
    return Error{ErrorCode::invalid_argument, fmt::format("a beacon of {} bytes, want 1 to {}",
                                                          beacon.value.size(), kMostBytes)};
  }
  if (beacon.iterations_log < Beacon::kLeastIterationsLog ||
      beacon.iterations_log > Beacon::kMostIterationsLog) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("a beacon of 2^{} hashes, want 2^{} to 2^{}", beacon.iterations_log,
                             Beacon::kLeastIterationsLog, Beacon::kMostIterationsLog)};
  }
  return {};
}

// Reads the parameters one by one: an id, each above the one before, and what belongs to it.
class ParameterReader {
 public:
  explicit ParameterReader(base::ByteView bytes) : rest_(bytes) {}

  // What is wrong, or nullptr.
  const char* read(Parameters& parameters, Beacon& beacon) {
    std::uint8_t last = 0;
    while (!rest_.empty()) {
      const std::uint8_t id = rest_[0];
      rest_ = rest_.subspan(1);
      if (id <= last) return "has parameters that are not in order";
      last = id;
      if (!read_one(id, parameters, beacon)) return "has a parameter that is unknown or cut short";
    }
    return nullptr;
  }

 private:
  bool read_one(std::uint8_t id, Parameters& parameters, Beacon& beacon) {
    if (rest_.empty() || id > kBeaconValue) return false;
    const std::uint8_t number = rest_[0];
    rest_ = rest_.subspan(1);
    if (id == kIterationsLog) {
      beacon.iterations_log = number;
      return true;
    }
    if (number > rest_.size()) return false;
    const base::ByteView bytes = rest_.first(number);
    rest_ = rest_.subspan(number);
    if (id == kName) parameters.name = base::to_string(bytes);
    if (id == kBeaconValue) beacon.value.assign(bytes.begin(), bytes.end());
    return true;
  }

  base::ByteView rest_;
};

}  // namespace

base::Status check_parameters(const Parameters& parameters) {
  if (const std::size_t units = utf16_units(parameters.name);
      units > kMostNameUnits || parameters.name.size() > kMostBytes) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("a name of {} characters, want at most {}", units, kMostNameUnits)};
  }
  if (std::ranges::any_of(parameters.name, is_control)) {
    return Error{ErrorCode::invalid_argument, "a name with control characters"};
  }
  return parameters.beacon ? check_beacon(*parameters.beacon) : base::Status{};
}

base::Result<Parameters> take_parameters(const iden3::Container& file, base::ByteView& bytes,
                                         std::string_view who) {
  constexpr std::size_t kFixedBytes = 8;
  if (bytes.size() < kFixedBytes) return file.error(fmt::format("{} is cut short", who));
  const auto type = base::load_le<std::uint32_t>(bytes.data());
  const auto size = base::load_le<std::uint32_t>(&bytes[4]);
  bytes = bytes.subspan(kFixedBytes);
  if (size > bytes.size()) {
    return file.error(
        fmt::format("{} has {} bytes left for its parameters, want {}", who, bytes.size(), size));
  }
  if (type != kRandomContribution && type != kBeaconContribution) {
    return file.error(fmt::format("{} is of type {}, want 0 or 1 (a beacon)", who, type));
  }
  Parameters parameters;
  Beacon beacon;
  if (const char* flaw = ParameterReader(bytes.first(size)).read(parameters, beacon)) {
    return file.error(fmt::format("{} {}", who, flaw));
  }
  bytes = bytes.subspan(size);
  if (type == kRandomContribution) return parameters;
  if (const base::Status status = check_beacon(beacon); !status) {
    return file.error(fmt::format("{}: {}", who, status.error().message));
  }
  parameters.beacon = std::move(beacon);
  return parameters;
}

void append_parameters(base::Bytes& out, const Parameters& parameters) {
  base::Bytes bytes;
  const auto append_sized = [&bytes](std::uint8_t id, base::ByteView value) {
    bytes.push_back(id);
    bytes.push_back(static_cast<std::uint8_t>(value.size()));
    bytes.insert(bytes.end(), value.begin(), value.end());
  };
  if (!parameters.name.empty()) append_sized(kName, base::as_bytes(parameters.name));
  if (parameters.beacon) {
    bytes.push_back(kIterationsLog);
    bytes.push_back(parameters.beacon->iterations_log);
    append_sized(kBeaconValue, parameters.beacon->value);
  }
  std::array<std::uint8_t, 8> head;
  base::store_le(head.data(), parameters.beacon ? kBeaconContribution : kRandomContribution);
  base::store_le(&head[4], static_cast<std::uint32_t>(bytes.size()));
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

base::Result<ChaCha> generator_of(const Beacon& beacon, std::stop_token stop) {
  ZKP_CHECK(check_beacon(beacon));
  base::Sha256Digest digest = base::sha256(beacon.value);
  const std::uint64_t iterations = std::uint64_t{1} << beacon.iterations_log;
  for (std::uint64_t i = 1; i < iterations; ++i) {
    if (i % 1024 == 0 && stop.stop_requested()) {
      return Error{ErrorCode::cancelled, "the beacon was cancelled"};
    }
    digest = base::sha256(digest);
  }
  return ChaCha(digest);
}

ChaCha generator_of(base::Random& random, std::string_view entropy) {
  base::SecretBytes fresh(64);
  random.fill(fresh.reveal_mutable());
  iden3::Transcript transcript;
  transcript.add(fresh.reveal());
  transcript.add(base::as_bytes(entropy));
  const base::Secret<iden3::TranscriptHash> seed(transcript.finish());
  return ChaCha(seed.reveal());
}

}  // namespace zkp::prover::ceremony
