//! Step of the voltage at a point of the grid when load there trips or comes back.
//!
//! The grid is a constant voltage E behind r + jx, the load draws p + jq at the point itself. Per unit of one base throughout, as
//! [`super::short_circuit::grid_impedance_pu`] gives the impedance.
//!
//! ```text
//! E² = (v + (r p + x q)/v)² + ((x p − r q)/v)²
//!    ⇒ v⁴ + (2 (r p + x q) − E²) v² + (r² + x²)(p² + q²) = 0,   the larger root is the stable one
//! ```

use crate::units::Ratio;

/// Step of the voltage that is allowed where the utility states none.
///
/// Source: [`super::sources::IEC_61000_3_7`], indicative planning levels for rapid voltage changes, which [`super::sources::IEEE_1453`] takes
/// over: 3 % at high voltage for up to two changes an hour (3 to 5 % for at most four a day), 4 % at medium voltage. The strictest for such
/// rare events is taken; the utility's own figure replaces it. Assumed.
pub const PLANNING_LEVEL: Ratio = Ratio::from_value(0.03);

/// Relative step of the voltage for a change of load, to first order.
///
/// ```text
/// ΔV/V ≈ (r Δp + x Δq) / v²
/// ```
/// # Source
/// [`super::sources::IEC_61000_3_7`], assessment of rapid voltage changes; the usual planning formula.
/// # Range
/// Steps of a few percent: the error is of the order of the square of x Δp, see the check. A grid near its limit needs [`after`].
/// # Assumptions
/// Load before and after is constant power; no regulation acts yet. Positive for load that is lost.
/// # Check
/// `first_order_against_the_exact_solution`.
#[must_use]
pub fn first_order(r: f64, x: f64, lost: (f64, f64), v: f64) -> f64 {
    (r * lost.0 + x * lost.1) / (v * v)
}

/// Voltage behind the grid's impedance that holds v at the point while a load is drawn there.
///
/// ```text
/// E = √( (v + (r p + x q)/v)² + ((x p − r q)/v)² )
/// ```
/// # Source
/// Derived: E = v + (r + jx) (p − jq)/v.
/// # Range
/// v > 0.
/// # Assumptions
/// One source; charging of the lines is in the source.
/// # Check
/// `two_bus_solutions_of_another_program`.
#[must_use]
pub fn source_voltage(r: f64, x: f64, load: (f64, f64), v: f64) -> f64 {
    let (p, q) = load;
    (v + (r * p + x * q) / v).hypot((x * p - r * q) / v)
}

/// Voltage at the point of a load behind an impedance, exact; `None` where the grid can't carry the load.
///
/// ```text
/// v² = b + √(b² − (r² + x²)(p² + q²)),   b = E²/2 − (r p + x q)
/// ```
/// # Source
/// [`super::sources::KUNDUR`], section 14.1.1: the upper branch of the nose curve.
/// # Range
/// Any load up to the nose, for r = q = 0 at p = E²/(2x).
/// # Assumptions
/// Constant power.
/// # Check
/// `two_bus_solutions_of_another_program`, `nose_of_the_lossless_line`.
#[must_use]
pub fn load_voltage(source: f64, r: f64, x: f64, load: (f64, f64)) -> Option<f64> {
    let (p, q) = load;
    let b = source * source / 2.0 - (r * p + x * q);
    let under = b * b - (r * r + x * x) * (p * p + q * q);
    // Exactly at the nose rounding may leave a hair below zero.
    let root = if under >= 0.0 {
        under.sqrt()
    } else if under > -1e-14 * b * b {
        0.0
    } else {
        return None;
    };
    let square = b + root;
    (square > 0.0).then(|| square.sqrt())
}

/// Voltage after the load at a point has changed, exact; `None` where the grid can't carry the new load.
///
/// ```text
/// E from v and the load before, then v from E and the load after
/// ```
/// # Source
/// Derived from [`source_voltage`] and [`load_voltage`].
/// # Range
/// As for [`load_voltage`].
/// # Assumptions
/// E stays: no tap changer and no generator acts within the step.
/// # Check
/// `first_order_against_the_exact_solution`.
#[must_use]
pub fn after(r: f64, x: f64, before: (f64, f64), v: f64, now: (f64, f64)) -> Option<f64> {
    load_voltage(source_voltage(r, x, before, v), r, x, now)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn two_bus_solutions_of_another_program() {
        // Fixed-point iteration of V = E − z (S/V)* with complex numbers in another program.
        let cases = [
            (1.0, 0.0, 0.1, (1.0, 0.0), 0.994_936_153_005_124_1),
            (1.0, 0.001_99, 0.0199, (2.0, 0.65), 0.982_005_964_198_694_9),
            (1.03, 0.01, 0.1, (1.5, 0.5), 0.950_229_266_948_235_1),
        ];
        for (e, r, x, load, v) in cases {
            assert!((load_voltage(e, r, x, load).unwrap() - v).abs() < 1e-12);
            assert!((source_voltage(r, x, load, v) - e).abs() < 1e-12);
            assert!((after(r, x, load, v, (0.0, 0.0)).unwrap() - e).abs() < 1e-12, "without load the voltage is the source's");
        }
    }

    #[test]
    fn nose_of_the_lossless_line() {
        // Textbook: at unity power factor a reactance x carries at most E²/(2x), at a voltage of E/√2.
        let v = load_voltage(1.0, 0.0, 0.2, (2.5, 0.0)).unwrap();
        assert!((v - 0.5_f64.sqrt()).abs() < 1e-7);
        assert_eq!(load_voltage(1.0, 0.0, 0.2, (2.51, 0.0)), None);
    }

    #[test]
    fn first_order_against_the_exact_solution() {
        // 150 MW at 0.98 on a grid of 5 GVA, X/R 10, base 100 MVA: the whole load trips.
        let (r, x) = (0.02 / 101.0_f64.sqrt(), 0.2 / 101.0_f64.sqrt());
        let load = (1.5, 1.5 * 0.98_f64.acos().tan());
        let exact = after(r, x, load, 1.0, (0.0, 0.0)).unwrap() - 1.0;
        let near = first_order(r, x, load, 1.0);
        // (r p + x q) by hand: 0.00199·1.5 + 0.0199·0.3046 = 0.00905; the exact one has (x p − r q)²/2 = 0.00043 on top.
        assert!((near - 0.009_047).abs() < 5e-6, "{near}");
        assert!((exact - near - 0.000_431).abs() < 2e-5, "{exact}");
        // A tenth of the load: the difference falls with the square.
        let small = (load.0 * 0.9, load.1 * 0.9);
        let lost = (load.0 * 0.1, load.1 * 0.1);
        let exact = after(r, x, load, 1.0, small).unwrap() - 1.0;
        assert!((exact / first_order(r, x, lost, 1.0) - 1.0).abs() < 0.1);
    }
}
