#include "prover/curve/final_exponentiation.h"

#include "prover/curve/fq12.h"
#include "prover/curve/frobenius.h"
#include "prover/curve/signed_digits.h"

namespace zkp::prover::curve {
namespace {

// base^x. REQUIRES: what cyclotomic_squared() requires; the conjugate is then the inverse.
Fq12 power_of_parameter(const Fq12& base) {
  constexpr auto kDigits = non_adjacent_form<63, 4>(kBnParameter);
  static_assert(kDigits.back() == 1);
  const Fq12 square = cyclotomic_squared(base);
  Fq12 odd_powers[4] = {base};  // 1, 3, 5, 7
  for (int i = 1; i < 4; ++i) odd_powers[i] = odd_powers[i - 1] * square;
  Fq12 result = base;
  for (std::size_t i = kDigits.size() - 1; i-- > 0;) {
    result = cyclotomic_squared(result);
    if (kDigits[i] > 0) result = result * odd_powers[kDigits[i] / 2];
    if (kDigits[i] < 0) result = result * conjugate(odd_powers[-kDigits[i] / 2]);
  }
  return result;
}

}  // namespace

// Fuentes-Castaneda, Knapp, Rodriguez-Henriquez 2011, section 4: the hard part's multiple
//   (12 x^3 + 12 x^2 + 6 x + 1) + (b) q + (a) q^2 + (b - 1) q^3
// with a = 12 x^3 + 6 x^2 + 6 x and b = a - 2 x.
Fq12 final_exponentiation(const Fq12& value) {
  const Fq12 easy_half = conjugate(value) * inverse(value);                // q^6 - 1
  const Fq12 f = frobenius(frobenius(easy_half)) * easy_half;              // q^2 + 1
  const Fq12 two_x = cyclotomic_squared(power_of_parameter(f));            // 2 x
  const Fq12 six_x = cyclotomic_squared(two_x) * two_x;                    // 6 x
  const Fq12 six_xx = power_of_parameter(six_x);                           // 6 x^2
  const Fq12 twelve_xxx = power_of_parameter(cyclotomic_squared(six_xx));  // 12 x^3
  const Fq12 a = twelve_xxx * six_xx * six_x;
  const Fq12 b = a * conjugate(two_x);
  // Horner's rule in the q-power map.
  Fq12 result = frobenius(b * conjugate(f));
  result = frobenius(result * a);
  result = frobenius(result * b);
  return result * (a * six_xx * f);
}

}  // namespace zkp::prover::curve
