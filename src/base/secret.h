#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "base/bytes.h"

namespace zkp::base {

// Overwrites memory in a way that the compiler may not leave out.
void wipe(void* memory, std::size_t size_bytes);

// True if both are equal; takes the same time for every content of the same length.
bool equal_constant_time(ByteView a, ByteView b);

// Holds what nobody may see: private inputs, witnesses, keys, blinding factors. Wiped on release
// and on move; not copyable, not comparable, not printable. The content is reached by a name that
// is easy to search for: reveal().
template <class T>
  requires std::is_trivially_copyable_v<T>
class SecretVector {
 public:
  SecretVector() = default;
  explicit SecretVector(std::size_t size) : values_(size) {}
  // Takes the values over; `values` is left empty.
  explicit SecretVector(std::vector<T>&& values) : values_(std::exchange(values, {})) {}
  static SecretVector copy_of(std::span<const T> values) {
    return SecretVector(std::vector<T>(values.begin(), values.end()));
  }

  SecretVector(SecretVector&& other) noexcept : values_(std::exchange(other.values_, {})) {}
  SecretVector& operator=(SecretVector&& other) noexcept {
    if (this != &other) {
      erase();
      values_ = std::exchange(other.values_, {});
    }
    return *this;
  }
  SecretVector(const SecretVector&) = delete;
  SecretVector& operator=(const SecretVector&) = delete;
  ~SecretVector() { erase(); }

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] std::span<const T> reveal() const { return values_; }
  [[nodiscard]] std::span<T> reveal_mutable() { return values_; }

 private:
  void erase() { wipe(values_.data(), values_.size() * sizeof(T)); }

  std::vector<T> values_;
};

using SecretBytes = SecretVector<std::uint8_t>;

// Values whose number is not known beforehand. The memory that they grow out of is wiped.
template <class T>
class GrowingSecret {
 public:
  GrowingSecret() = default;
  GrowingSecret(GrowingSecret&& other) noexcept
      : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)) {}
  GrowingSecret& operator=(GrowingSecret&& other) noexcept {
    memory_ = std::move(other.memory_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  void append(std::span<const T> values) {
    if (values.size() > memory_.size() - size_) {
      SecretVector<T> larger(std::max(2 * memory_.size(), size_ + values.size()));
      std::ranges::copy(reveal(), larger.reveal_mutable().begin());
      memory_ = std::move(larger);
    }
    std::ranges::copy(values, memory_.reveal_mutable().subspan(size_).begin());
    size_ += values.size();
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<const T> reveal() const { return memory_.reveal().first(size_); }
  // In memory of their size; none are left here.
  [[nodiscard]] SecretVector<T> take() {
    auto values = SecretVector<T>::copy_of(reveal());
    *this = {};
    return values;
  }

 private:
  SecretVector<T> memory_;
  std::size_t size_ = 0;  // of the memory, so much is used
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
