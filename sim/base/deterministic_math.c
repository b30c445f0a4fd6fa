/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Elementary functions whose bits do not depend on the C library. */
#include "sim/base/deterministic_math.h"

#include <float.h>
#include <glib.h>
#include <stdint.h>
#include <string.h>

/* ln 2 in two parts: the first has 20 zero bits at its end, so an exponent times it is exact. */
#define LN2_HIGH  0x1.62e42fefp-1
#define LN2_LOW   0x1.473de6af278edp-34
#define SQRT_HALF 0.70710678118654752440
#define LOG2_E    1.44269504088896340736

enum { MANTISSA_BITS = 52, EXPONENT_BIAS = 1023 };

static uint64_t deterministic_bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double deterministic_double_of(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static double deterministic_horner(double x, const double *coefficient, int count)
{
    double sum = coefficient[count - 1];

    for (int i = count - 2; i >= 0; i--)
        sum = sum * x + coefficient[i];
    return sum;
}

/* x = 2^k * m with m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.1716,
 * as a power series: ten terms leave less than 1e-16 of it. */
double deterministic_log(double x)
{
    static const double odd[] = {1.0,      1.0 / 3,  1.0 / 5,  1.0 / 7,  1.0 / 9, 1.0 / 11,
                                 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21};

    g_assert(x >= DBL_MIN && x <= DBL_MAX);
    uint64_t bits = deterministic_bits_of(x);
    int exponent = (int)(bits >> MANTISSA_BITS) - (EXPONENT_BIAS - 1);
    uint64_t mantissa = bits & ((UINT64_C(1) << MANTISSA_BITS) - 1);
    double m =
        deterministic_double_of(mantissa | (uint64_t)(EXPONENT_BIAS - 1) << MANTISSA_BITS); /* [1/2, 1) */
    if (m < SQRT_HALF) {
        m *= 2;
        exponent--;
    }
    double s = (m - 1) / (m + 1);
    double log_m = 2 * s * deterministic_horner(s * s, odd, G_N_ELEMENTS(odd));
    return exponent * LN2_HIGH + (exponent * LN2_LOW + log_m);
}

/* x = k ln 2 + r with |r| <= ln 2 / 2; fourteen terms of the series of e^r leave less than 1e-17 of it. */
double deterministic_exp(double x)
{
    static const double factorial[] = {1.0,
                                       1.0,
                                       1.0 / 2,
                                       1.0 / 6,
                                       1.0 / 24,
                                       1.0 / 120,
                                       1.0 / 720,
                                       1.0 / 5040,
                                       1.0 / 40320,
                                       1.0 / 362880,
                                       1.0 / 3628800,
                                       1.0 / 39916800,
                                       1.0 / 479001600,
                                       1.0 / 6227020800.0};

    if (x < -708)
        return 0;
    if (x > 709)
        return DBL_MAX;
    double scaled = x * LOG2_E;
    int k = (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    double r = (x - k * LN2_HIGH) - k * LN2_LOW;
    double power = deterministic_double_of((uint64_t)(k + EXPONENT_BIAS) << MANTISSA_BITS);
    return deterministic_horner(r, factorial, G_N_ELEMENTS(factorial)) * power;
}

/* Rational approximations of M. J. Wichura, "Algorithm AS 241: the percentage points of the normal
 * distribution", Applied Statistics 37 (1988) 477-484, routine PPND16: relative error about 1e-16. */
struct rational {
    double numerator[8];
    double denominator[8];
};

static const struct rational central = {
    {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3},
    {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
     3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3},
};
static const struct rational middle = {
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2,
     7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9},
};
static const struct rational tail = {
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
     2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15},
};

static double deterministic_ratio(const struct rational *f, double x)
{
    return deterministic_horner(x, f->numerator, 8) / deterministic_horner(x, f->denominator, 8);
}

double deterministic_normal_quantile(double p)
{
    g_assert(p > 0 && p < 1);
    double q = p - 0.5;
    if (q >= -0.425 && q <= 0.425)
        return q * deterministic_ratio(&central, 0.180625 - q * q);
    double log_tail = deterministic_log(q < 0 ? p : 1 - p);
    double r = deterministic_exp(0.5 * deterministic_log(-log_tail)); /* square root of -ln(tail) */
    double z = r <= 5 ? deterministic_ratio(&middle, r - 1.6) : deterministic_ratio(&tail, r - 5);
    return q < 0 ? -z : z;
}
