pragma circom 2.0.0;
include "circomlib/circuits/comparators.circom";

// Whether low <= value < high, of numbers below 2^32; and what the circuit logs.
template Between() {
  signal input value;
  signal input low;
  signal input high;
  signal output between;
  component at_least = GreaterEqThan(32);
  component below = LessThan(32);
  at_least.in[0] <== value;
  at_least.in[1] <== low;
  below.in[0] <== value;
  below.in[1] <== high;
  log("value", value, "of", low, "to", high);
  assert(low <= high);
  between <== at_least.out * below.out;
}

component main {public [low, high]} = Between();
