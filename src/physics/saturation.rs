//! Water vapour at saturation, and the pressure of the atmosphere.

use crate::units::{Length, Pressure, Temperature};

/// Where the curves over ice and over water meet. At 0 °C, where the handbook switches, they differ by a small step.
const TRIPLE_POINT: f64 = 273.16;
/// The range of the saturation equations, K.
const COLDEST: f64 = 173.15;
const HOTTEST: f64 = 473.15;

/// Logarithm of the saturation pressure in pascals, and its derivative by temperature.
pub(super) fn ln_saturation(kelvin: f64) -> (f64, f64) {
    let t = kelvin.clamp(COLDEST, HOTTEST);
    if t <= TRIPLE_POINT {
        let value =
            -5.674_535_9e3 / t + 6.392_524_7 + t * (-9.677_843e-3 + t * (6.221_570_1e-7 + t * (2.074_782_5e-9 - t * 9.484_024e-13))) + 4.163_501_9 * t.ln();
        let slope =
            5.674_535_9e3 / (t * t) - 9.677_843e-3 + t * (2.0 * 6.221_570_1e-7 + t * (3.0 * 2.074_782_5e-9 - t * 4.0 * 9.484_024e-13)) + 4.163_501_9 / t;
        (value, slope)
    } else {
        let value = -5.800_220_6e3 / t + 1.391_499_3 + t * (-4.864_023_9e-2 + t * (4.176_476_8e-5 - t * 1.445_209_3e-8)) + 6.545_967_3 * t.ln();
        let slope = 5.800_220_6e3 / (t * t) - 4.864_023_9e-2 + t * (2.0 * 4.176_476_8e-5 - t * 3.0 * 1.445_209_3e-8) + 6.545_967_3 / t;
        (value, slope)
    }
}

/// The pressure at which water vapour is saturated, over ice below the triple point and over water above it.
///
/// ```text
/// over ice    ln p = C1/T + C2 + C3·T + C4·T² + C5·T³ + C6·T⁴ + C7·ln T
/// over water  ln p = C8/T + C9 + C10·T + C11·T² + C12·T³ + C13·ln T
/// ```
/// # Source
/// `HYLAND_WEXLER_1983` as equations 5 and 6 of `ASHRAE_2017`; the switch at 0.01 °C follows `PSYCHROLIB`.
/// # Range
/// −100 to 200 °C; outside, the value at the end of the range.
/// # Assumptions
/// Pure water; no enhancement factor for the air above it (below 0.5 % at these pressures).
/// # Check
/// `saturation_matches_the_published_table`.
#[must_use]
pub fn saturation_pressure(temperature: Temperature) -> Pressure {
    Pressure::from_pascals(ln_saturation(temperature.kelvin()).0.exp())
}

/// The temperature at which water vapour of this pressure is saturated.
///
/// ```text
/// p_sat(T) = p_w, by Newton's method in 1/T, in which ln p_sat is almost a straight line
/// ```
/// # Source
/// Derived: the inverse of [`saturation_pressure`].
/// # Range
/// −100 to 200 °C; outside, the end of the range. No vapour at all gives −100 °C.
/// # Assumptions
/// As [`saturation_pressure`].
/// # Check
/// `saturation_inverts`.
#[must_use]
pub fn saturation_temperature(vapor: Pressure) -> Temperature {
    let wanted = vapor.pascals();
    if wanted <= ln_saturation(COLDEST).0.exp() {
        return Temperature::from_kelvin(COLDEST);
    }
    if wanted >= ln_saturation(HOTTEST).0.exp() {
        return Temperature::from_kelvin(HOTTEST);
    }
    let wanted = wanted.ln();
    // The slope of ln p over 1/T is close to −5,400 K, which makes the straight line through the triple point a good start.
    let mut inverse = 1.0 / TRIPLE_POINT - (wanted - ln_saturation(TRIPLE_POINT).0) / 5_400.0;
    for _ in 0..20 {
        let t = 1.0 / inverse;
        let (value, slope) = ln_saturation(t);
        let step = (wanted - value) / (-t * t * slope);
        inverse = (inverse + step).clamp(1.0 / HOTTEST, 1.0 / COLDEST);
        if step.abs() < 1e-15 {
            break;
        }
    }
    Temperature::from_kelvin(1.0 / inverse)
}

/// The pressure of the standard atmosphere.
///
/// ```text
/// p = 101 325·(1 − 2.25577e-5·z)^5.2559
/// ```
/// # Source
/// `ASHRAE_2017` equation 3.
/// # Range
/// −5,000 to 11,000 m; outside, the value at the end of the range.
/// # Assumptions
/// Standard atmosphere; the day's weather moves the pressure by a few percent.
/// # Check
/// `pressure_at_altitude`.
#[must_use]
pub fn standard_pressure(altitude: Length) -> Pressure {
    let z = altitude.meters().clamp(-5_000.0, 11_000.0);
    Pressure::from_pascals(101_325.0 * (1.0 - 2.255_77e-5 * z).powf(5.255_9))
}
