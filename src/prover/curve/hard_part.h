#pragma once

// The hard part of the final exponentiation over any implementation of Fq12. Includes nothing, so
// that a file which is compiled for a special CPU may take it.
namespace zkp::prover::curve {

// Digits of the curve's parameter x below the first, which is 1, from the top: 0 or odd, from -7
// to 7.
struct ParameterDigits {
  const signed char* digits;
  int count;
};

// base^x. REQUIRES: what cyclotomic_squared() requires; the conjugate is then the inverse.
template <class Fq12>
Fq12 power_of_parameter(const Fq12& base, const ParameterDigits& parameter) {
  const Fq12 square = cyclotomic_squared(base);
  Fq12 odd_powers[4] = {base};  // 1, 3, 5, 7
  for (int i = 1; i < 4; ++i) odd_powers[i] = odd_powers[i - 1] * square;
  Fq12 result = base;
  for (int i = 0; i < parameter.count; ++i) {
    const signed char digit = parameter.digits[i];
    result = cyclotomic_squared(result);
    if (digit > 0) result = result * odd_powers[digit / 2];
    if (digit < 0) result = result * conjugate(odd_powers[-digit / 2]);
  }
  return result;
}

// Fuentes-Castaneda, Knapp, Rodriguez-Henriquez 2011, section 4: f to the hard part's multiple
//   (12 x^3 + 12 x^2 + 6 x + 1) + (b) q + (a) q^2 + (b - 1) q^3
// with a = 12 x^3 + 6 x^2 + 6 x and b = a - 2 x. REQUIRES: what cyclotomic_squared() requires.
template <class Fq12>
Fq12 power_of_hard_part(const Fq12& f, const ParameterDigits& parameter) {
  const Fq12 two_x = cyclotomic_squared(power_of_parameter(f, parameter));            // 2 x
  const Fq12 six_x = cyclotomic_squared(two_x) * two_x;                               // 6 x
  const Fq12 six_xx = power_of_parameter(six_x, parameter);                           // 6 x^2
  const Fq12 twelve_xxx = power_of_parameter(cyclotomic_squared(six_xx), parameter);  // 12 x^3
  const Fq12 a = twelve_xxx * six_xx * six_x;
  const Fq12 b = a * conjugate(two_x);
  // Horner's rule in the q-power map.
  Fq12 result = frobenius(b * conjugate(f));
  result = frobenius(result * a);
  result = frobenius(result * b);
  return result * (a * six_xx * f);
}

}  // namespace zkp::prover::curve
