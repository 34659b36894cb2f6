#pragma once

#include <concepts>
#include <cstddef>
#include <utility>

#include "base/bytes.h"

namespace zkp::base {

// Overwrites memory in a way that the compiler may not leave out.
void wipe(void* memory, std::size_t size_bytes);

// True if both are equal; takes the same time for every content of the same length.
bool equal_constant_time(ByteView a, ByteView b);

// Holds bytes that nobody may see: private inputs, keys, blinding factors. Wiped on release and on
// move; not copyable, not comparable, not printable. The content is reached by a name that is easy
// to search for: reveal().
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  // Takes the bytes over; `bytes` is left empty.
  explicit SecretBytes(Bytes&& bytes) : bytes_(std::move(bytes)) {}
  static SecretBytes copy_of(ByteView bytes) {
    return SecretBytes(Bytes(bytes.begin(), bytes.end()));
  }

  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] ByteView reveal() const { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t> reveal_mutable() { return bytes_; }

 private:
  Bytes bytes_;
};

// The same for a trivially copyable value, such as a field element.
template <class T>
  requires std::is_trivially_copyable_v<T>
class Secret {
 public:
  Secret() = default;
  explicit Secret(const T& value) : value_(value) {}
  Secret(Secret&& other) noexcept : value_(other.value_) { wipe(&other.value_, sizeof(T)); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      value_ = other.value_;
      wipe(&other.value_, sizeof(T));
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(&value_, sizeof(T)); }

  [[nodiscard]] const T& reveal() const { return value_; }
  [[nodiscard]] T& reveal_mutable() { return value_; }

 private:
  T value_{};
};

}  // namespace zkp::base
