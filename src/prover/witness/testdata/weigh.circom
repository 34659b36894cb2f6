pragma circom 2.0.0;

// Refuses a value of more than n bits by an assertion and by constraints.
template Range(n) {
  signal input value;
  signal bits[n];
  assert(value < 2 ** n);
  var sum = 0;
  for (var i = 0; i < n; i++) {
    bits[i] <-- (value >> i) & 1;
    bits[i] * (1 - bits[i]) === 0;
    sum += bits[i] * 2 ** i;
  }
  sum === value;
}

// The sum of a[i][0] * a[i][1], and b times it.
template Weigh(n) {
  signal input a[n][2];
  signal input b;
  signal output sum;
  signal output product;
  signal partial[n + 1];
  component range = Range(8);
  range.value <== b;
  partial[0] <== 0;
  for (var i = 0; i < n; i++) {
    partial[i + 1] <== partial[i] + a[i][0] * a[i][1];
  }
  log("b is", b);
  sum <== partial[n];
  product <== sum * b;
}

component main {public [b]} = Weigh(3);
