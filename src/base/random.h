#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace zkp::base {

// Where random bytes come from. Passed in, so that a simulation can be repeated. Safe to call from
// several threads.
class Random {
 public:
  virtual ~Random() = default;
  // Fills `out` with uniform, unpredictable bytes (or, for SeededRandom, repeatable ones).
  virtual void fill(std::span<std::uint8_t> out) = 0;

  std::uint64_t next_u64();
};

// The operating system's generator, through OpenSSL. The one to use for anything secret. Aborts if
// it has no entropy.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same bytes. For tests and
// simulations only. Not for use from several threads.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t state_;
};

}  // namespace zkp::base
