#include "prover/groth16/synthetic.h"

#include "base/random.h"

namespace zkp::prover::groth16 {

using circuit::Term;
using field::Fr;

SyntheticCircuit synthetic_circuit(std::size_t constraint_count, std::uint64_t seed) {
  ZKP_ASSERT(constraint_count > 0 && constraint_count < std::size_t{1} << 31);
  const auto count = static_cast<std::uint32_t>(constraint_count);
  SyntheticCircuit made;
  made.system.wire_count = count + 3;
  made.system.public_output_count = 1;
  made.system.private_input_count = 2;
  made.system.label_count = made.system.wire_count;
  made.witness = circuit::Witness(made.system.wire_count);
  const std::span<field::Limbs> values = made.witness.reveal_mutable();
  values[0] = {1, 0, 0, 0};

  // Wires: 1 the last of the chain, then the others in order.
  const auto wire = [count](std::uint32_t i) { return i == count + 1 ? 1 : i + 2; };
  base::SeededRandom random(seed);
  Fr before_last = Fr::random(random);
  Fr last = Fr::random(random);
  values[wire(0)] = before_last.to_standard();
  values[wire(1)] = last.to_standard();
  for (std::uint32_t i = 0; i < count; ++i) {
    const Fr next = last * (last + before_last);
    before_last = last;
    last = next;
    values[wire(i + 2)] = next.to_standard();
    const Term x0{wire(i), Fr::one()}, x1{wire(i + 1), Fr::one()}, x2{wire(i + 2), Fr::one()};
    made.system.a.append_row({&x1, 1});
    made.system.b.append_row(std::initializer_list<Term>{x1, x0});
    made.system.c.append_row({&x2, 1});
  }
  return made;
}

}  // namespace zkp::prover::groth16
