#pragma once

#include "prover/field/lanes.h"

// Fq and Fq2 eight at a time with AVX-512 IFMA; as lanes.h, for the files that are compiled for it.
namespace zkp::prover::curve {
namespace {

using Fq = field::Modulus<field::FqPrime>;

template <unsigned Bound>
using FqLanes = field::Lanes<Fq, Bound>;
template <unsigned Bound>
using FqUncarried = field::Uncarried<Fq, Bound>;
template <unsigned Bound>
using FqFactor = field::Factor<Fq, Bound>;

// Of Fq2 = Fq[u] / (u^2 + 1): c0 + c1 u, in any of these forms.
template <template <unsigned> class Form, unsigned Bound>
struct Fq2Form {
  Form<Bound> c0, c1;

  Fq2Form() = default;
  ZKP_LANES Fq2Form(const Form<Bound>& c0_, const Form<Bound>& c1_) : c0(c0_), c1(c1_) {}
  // From another form or a smaller bound, if Fq has such a conversion.
  template <template <unsigned> class Other, unsigned Smaller>
  ZKP_LANES Fq2Form(const Fq2Form<Other, Smaller>& other) : c0(other.c0), c1(other.c1) {}
};
template <unsigned Bound>
using Fq2Lanes = Fq2Form<FqLanes, Bound>;
template <unsigned Bound>
using Fq2Uncarried = Fq2Form<FqUncarried, Bound>;
template <unsigned Bound>
using Fq2Factor = Fq2Form<FqFactor, Bound>;

using field::canonical;
using field::carried;
using field::difference;
using field::factor_of;
using field::negated_where;
using field::product;
using field::selected;
using field::square;
using field::sum;

template <unsigned Bound>
ZKP_LANES Fq2Lanes<Bound> carried(const Fq2Uncarried<Bound>& a) {
  return {carried(a.c0), carried(a.c1)};
}
template <unsigned Bound>
ZKP_LANES Fq2Factor<Bound> factor_of(const Fq2Uncarried<Bound>& a) {
  return {factor_of(a.c0), factor_of(a.c1)};
}
template <unsigned A, unsigned B>
ZKP_LANES Fq2Uncarried<A + B> sum(const Fq2Lanes<A>& a, const Fq2Lanes<B>& b) {
  return {sum(a.c0, b.c0), sum(a.c1, b.c1)};
}
template <unsigned Shift = 0, unsigned A, unsigned B, template <unsigned> class FormA,
          template <unsigned> class FormB>
ZKP_LANES Fq2Uncarried<(A + B) << Shift> difference(const Fq2Form<FormA, A>& a,
                                                    const Fq2Form<FormB, B>& b) {
  return {difference<Shift>(a.c0, b.c0), difference<Shift>(a.c1, b.c1)};
}

// Karatsuba, with one reduction for each half (Aranha et al. 2011, section 3.1).
template <unsigned A, unsigned B>
ZKP_LANES Fq2Uncarried<3> product(const Fq2Lanes<A>& a, const Fq2Lanes<B>& b) {
  static_assert(4 * A * B <= 2 * field::kMostBound);
  const field::Columns low = wide_product(a.c0, b.c0);
  const field::Columns high = wide_product(a.c1, b.c1);
  const field::Columns all = wide_product(factor_of(sum(a.c0, a.c1)), factor_of(sum(b.c0, b.c1)));
  return {field::reduced<Fq, 3, 1>(subtract(low, high)),
          field::reduced<Fq, 3>(subtract(all, add(low, high)))};
}
template <unsigned A>
ZKP_LANES Fq2Uncarried<2> square(const Fq2Lanes<A>& a) {
  return {product(factor_of(sum(a.c0, a.c1)), factor_of(difference(a.c0, a.c1))),
          product(factor_of(sum(a.c0, a.c0)), a.c1)};
}
template <template <unsigned> class Form, unsigned Bound>
ZKP_LANES Fq2Lanes<1> canonical(const Fq2Form<Form, Bound>& a) {
  return {canonical(a.c0), canonical(a.c1)};
}
ZKP_LANES Fq2Uncarried<1> negated_where(field::Mask mask, const Fq2Lanes<1>& a) {
  return {negated_where(mask, a.c0), negated_where(mask, a.c1)};
}
template <template <unsigned> class Form, unsigned Bound>
ZKP_LANES Fq2Form<Form, Bound> selected(field::Mask mask, const Fq2Form<Form, Bound>& where_set,
                                        const Fq2Form<Form, Bound>& elsewhere) {
  return {selected(mask, where_set.c0, elsewhere.c0), selected(mask, where_set.c1, elsewhere.c1)};
}

template <std::size_t Exponent>
ZKP_LANES FqLanes<1> power_of_two() {
  constexpr field::Constant kPower = Fq::power_of_two(Exponent);
  return field::broadcast<Fq, 1>(kPower);
}
ZKP_LANES FqLanes<2> one() { return power_of_two<260>(); }
ZKP_LANES FqLanes<1> nothing() { return field::broadcast<Fq, 1>(field::Constant{}); }

}  // namespace
}  // namespace zkp::prover::curve
