#pragma once

// Fq6 = Fq2[v] / (v^3 - (9 + u)) and Fq12 = Fq6[w] / (w^2 - v) over any implementation of Fq2: one
// element at a time, or as many as a vector has lanes. Includes nothing, so that a file which is
// compiled for a special CPU may take it.
namespace zkp::prover::curve {

template <class Fq2>
struct Fq6Of {
  Fq2 c0, c1, c2;
  friend constexpr bool operator==(const Fq6Of&, const Fq6Of&) = default;
};

template <class Fq2>
struct Fq12Of {
  Fq6Of<Fq2> c0, c1;

  static Fq12Of one() { return {{Fq2::one(), Fq2::zero(), Fq2::zero()}, {}}; }
  [[nodiscard]] bool is_one() const { return *this == one(); }
  friend constexpr bool operator==(const Fq12Of&, const Fq12Of&) = default;
};

template <class Fq2>
Fq6Of<Fq2> operator+(const Fq6Of<Fq2>& a, const Fq6Of<Fq2>& b) {
  return {a.c0 + b.c0, a.c1 + b.c1, a.c2 + b.c2};
}
template <class Fq2>
Fq6Of<Fq2> operator-(const Fq6Of<Fq2>& a, const Fq6Of<Fq2>& b) {
  return {a.c0 - b.c0, a.c1 - b.c1, a.c2 - b.c2};
}
template <class Fq2>
Fq6Of<Fq2> operator-(const Fq6Of<Fq2>& a) {
  return {-a.c0, -a.c1, -a.c2};
}

// Karatsuba: six products.
template <class Fq2>
Fq6Of<Fq2> operator*(const Fq6Of<Fq2>& a, const Fq6Of<Fq2>& b) {
  const Fq2 t0 = a.c0 * b.c0;
  const Fq2 t1 = a.c1 * b.c1;
  const Fq2 t2 = a.c2 * b.c2;
  return {((a.c1 + a.c2) * (b.c1 + b.c2) - t1 - t2).times_non_residue() + t0,
          (a.c0 + a.c1) * (b.c0 + b.c1) - t0 - t1 + t2.times_non_residue(),
          (a.c0 + a.c2) * (b.c0 + b.c2) - t0 + t1 - t2};
}

template <class Fq2>
Fq6Of<Fq2> times_v(const Fq6Of<Fq2>& a) {
  return {a.c2.times_non_residue(), a.c0, a.c1};
}

template <class Fq2>
Fq6Of<Fq2> scaled(const Fq6Of<Fq2>& a, const Fq2& factor) {
  return {a.c0 * factor, a.c1 * factor, a.c2 * factor};
}

// a * (b0 + b1 v): five products.
template <class Fq2>
Fq6Of<Fq2> times_sparse(const Fq6Of<Fq2>& a, const Fq2& b0, const Fq2& b1) {
  const Fq2 low = a.c0 * b0;
  const Fq2 middle = a.c1 * b1;
  return {(a.c2 * b1).times_non_residue() + low, (a.c0 + a.c1) * (b0 + b1) - low - middle,
          a.c2 * b0 + middle};
}

template <class Fq2>
Fq12Of<Fq2> operator*(const Fq12Of<Fq2>& a, const Fq12Of<Fq2>& b) {
  const Fq6Of<Fq2> low = a.c0 * b.c0;
  const Fq6Of<Fq2> high = a.c1 * b.c1;
  return {low + times_v(high), (a.c0 + a.c1) * (b.c0 + b.c1) - low - high};
}

template <class Fq2>
Fq12Of<Fq2> squared(const Fq12Of<Fq2>& a) {
  const Fq6Of<Fq2> product = a.c0 * a.c1;
  return {(a.c0 + a.c1) * (a.c0 + times_v(a.c1)) - product - times_v(product), product + product};
}

// A line of the Miller loop, constant + slope w + offset w^3.
template <class Fq2>
struct LineOf {
  Fq2 constant, slope, offset;
};
template <class Fq2>
Fq12Of<Fq2> operator*(const Fq12Of<Fq2>& a, const LineOf<Fq2>& line) {
  const Fq6Of<Fq2> low = scaled(a.c0, line.constant);
  const Fq6Of<Fq2> high = times_sparse(a.c1, line.slope, line.offset);
  const Fq6Of<Fq2> cross = times_sparse(a.c0 + a.c1, line.constant + line.slope, line.offset);
  return {low + times_v(high), cross - low - high};
}

// The same with the constant 1.
template <class Fq2>
struct MonicLineOf {
  Fq2 slope, offset;
};
template <class Fq2>
Fq12Of<Fq2> operator*(const Fq12Of<Fq2>& a, const MonicLineOf<Fq2>& line) {
  return {a.c0 + times_v(times_sparse(a.c1, line.slope, line.offset)),
          a.c1 + times_sparse(a.c0, line.slope, line.offset)};
}

}  // namespace zkp::prover::curve
