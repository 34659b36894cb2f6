#pragma once

#include "prover/field/field.h"
#include "prover/iden3/container.h"
#include "prover/iden3/prime.h"

// The sections of an .r1cs v1, what its header says of them, and its constraints one by one.
namespace zkp::prover::iden3 {

namespace r1cs_section {
inline constexpr std::uint32_t kHeader = 1, kConstraints = 2, kLabels = 3, kCustomGateUses = 5;
}  // namespace r1cs_section

inline constexpr std::size_t kR1csHeaderBytes = kPrimeBytes + 28;
inline constexpr std::size_t kR1csTermBytes = 4 + sizeof(field::Limbs);  // wire, coefficient
inline constexpr std::size_t kLeastConstraintBytes = 3 * 4;              // three counts of 0

// An opened .r1cs. Nothing has been allocated by its numbers. Views into the file's bytes.
struct R1csLayout {
  static base::Result<R1csLayout> parse(base::ByteView bytes);

  Container file;
  std::uint32_t wire_count = 0, public_output_count = 0, public_input_count = 0,
                private_input_count = 0, constraint_count = 0;
  std::uint64_t label_count = 0;
  base::ByteView constraints, labels;

  [[nodiscard]] std::uint32_t public_count() const {
    return public_output_count + public_input_count;
  }

 private:
  explicit R1csLayout(Container container) : file(std::move(container)) {}
  base::Status refuse_custom_gates() const;
  base::Status parse_header();
  base::Status find_sections();
};

struct R1csTerm {
  std::uint32_t wire;        // below the number of wires
  field::Limbs coefficient;  // standard form, below r
};

// Goes through the linear combinations of section 2: of each constraint A, B and C.
class R1csRows {
 public:
  // REQUIRES: the layout outlives this.
  explicit R1csRows(const R1csLayout& layout) : layout_(layout), rest_(layout.constraints) {}

  // Calls `use` with each term of the next one. REQUIRES: there is one.
  template <class Use>
  base::Status next(const Use& use) {
    ZKP_TRY(const std::uint32_t count, begin_row());
    for (std::uint32_t i = 0; i < count; ++i) {
      ZKP_TRY(const R1csTerm term, take_term());
      use(term);
    }
    ++rows_;
    return {};
  }
  // After the last one.
  [[nodiscard]] base::Status finish() const;

  // What has not been read yet.
  [[nodiscard]] base::ByteView rest() const { return rest_; }

 private:
  base::Result<std::uint32_t> begin_row();
  base::Result<R1csTerm> take_term();

  const R1csLayout& layout_;
  base::ByteView rest_;
  std::uint64_t rows_ = 0;
};

}  // namespace zkp::prover::iden3
