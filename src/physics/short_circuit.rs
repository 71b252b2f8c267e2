//! Three-phase short circuits: the impedance of the grid behind its short-circuit level, and the level behind further impedances.
//!
//! Impedances are pairs (r, x) in per unit of a base power, as in [`super::transformer::series_impedance_pu`]. Why complex and not
//! magnitudes as in [`super::transformer::short_circuit_current_behind`]: a cable's angle differs from a transformer's, and adding
//! magnitudes then gives too low a current.

use crate::units::{ApparentPower, Current, Voltage};

/// Reactance over resistance of a grid that is not known closer.
///
/// Source: [`super::sources::IEC_60909`], clause on network feeders: R = 0.1 X, with X = 0.995 Z. Assumed where the utility states none.
pub const X_OVER_R: f64 = 10.0;

/// Impedance of a grid with this short-circuit level, in per unit of a base power.
///
/// ```text
/// z = S_base / S_k,   r = z / √(1 + ξ²),   x = ξ r,   ξ = X/R
/// ```
/// # Source
/// [`super::sources::IEC_60909`], network feeders, voltage factor 1.
/// # Range
/// S_k > 0, ξ ≥ 0.
/// # Assumptions
/// The grid is the same in the moment of the fault and at load, and keeps its voltage behind this impedance.
/// # Check
/// `grid_of_a_known_level`: ξ = 10 gives the standard's X = 0.995 Z.
#[must_use]
pub fn grid_impedance_pu(level: ApparentPower, x_over_r: f64, base: ApparentPower) -> (f64, f64) {
    let z = base / level;
    let r = z / x_over_r.hypot(1.0);
    (r, r * x_over_r)
}

/// Short-circuit level behind impedances in series.
///
/// ```text
/// S_k = S_base / |Σ z_i|
/// ```
/// # Source
/// Derived: rated voltage over the impedance; [`super::sources::IEC_60909`] with voltage factor 1.
/// # Range
/// An impedance of zero gives an infinite level.
/// # Assumptions
/// Rated voltage before the fault; no contribution of motors (drives block it) nor of UPS inverters; transformers at their rated ratio.
/// # Check
/// `substation_behind_a_finite_grid`, `unit_substation_on_an_infinite_bus`, `pandapower_by_the_standard`.
#[must_use]
pub fn level_behind(impedances: &[(f64, f64)], base: ApparentPower) -> ApparentPower {
    let (r, x) = impedances.iter().fold((0.0, 0.0), |(r, x), z| (r + z.0, x + z.1));
    base / r.hypot(x)
}

/// Current of a short circuit of this level.
///
/// ```text
/// I_k = S_k / (√3 U)
/// ```
/// # Source
/// [`super::sources::IEC_60909`]: definition of the initial symmetrical short-circuit power.
/// # Range
/// U > 0.
/// # Assumptions
/// Symmetrical, without the decaying direct-current part.
/// # Check
/// `unit_substation_on_an_infinite_bus`, `transformer_behind_an_infinite_bus_by_hand`.
#[must_use]
pub fn current(level: ApparentPower, voltage: Voltage) -> Current {
    Current::from_amperes(level.volt_amperes() / (3.0_f64.sqrt() * voltage.volts()))
}

/// Largest instant of the current, its direct-current part included.
///
/// ```text
/// i_p = κ √2 I_k,   κ = 1.02 + 0.98 e^(−3 R/X)
/// ```
/// # Source
/// [`super::sources::IEC_60909`], peak short-circuit current.
/// # Range
/// ξ = X/R ≥ 0; κ is between 1.02 and 2.
/// # Assumptions
/// One source, far from generators.
/// # Check
/// `peak_of_the_standard`: κ = 1.75 at R/X = 0.1; `pandapower_by_the_standard`.
#[must_use]
pub fn peak_current(symmetrical: Current, x_over_r: f64) -> Current {
    let kappa = 1.02 + 0.98 * (-3.0 / x_over_r.max(1e-9)).exp();
    symmetrical * (kappa * 2.0_f64.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::physics::transformer;
    use crate::units::{Power, Ratio};

    fn mva(x: f64) -> ApparentPower {
        ApparentPower::from_megavolt_amperes(x)
    }
    fn unit(uk: f64, rating: ApparentPower, loss: f64) -> (f64, f64) {
        transformer::series_impedance_pu(Ratio::from_percent(uk), Power::from_kilowatts(loss), rating, mva(100.0))
    }

    #[test]
    fn grid_of_a_known_level() {
        let (r, x) = grid_impedance_pu(mva(250.0), X_OVER_R, mva(100.0));
        assert!((r.hypot(x) - 0.4).abs() < 1e-15 && (x / r - 10.0).abs() < 1e-12);
        assert!((x / 0.4 - 0.995).abs() < 1e-4, "the standard rounds to 0.995");
        assert!((level_behind(&[(r, x)], mva(100.0)) / mva(250.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn unit_substation_on_an_infinite_bus() {
        // 2.5 MVA, 480 V, 5.75 %: 52.3 kA.
        let level = level_behind(&[unit(5.75, mva(2.5), 11.805)], mva(100.0));
        assert!((current(level, Voltage::from_volts(480.0)).amperes() - 52_300.0).abs() < 50.0);
    }

    #[test]
    fn transformer_behind_an_infinite_bus_by_hand() {
        // 1 500 kVA, 480 V, 3.5 % less a tolerance of a tenth: 1 500 kVA/(1.732 · 480 V) = 1 804.3 A, over 0.0315.
        let level = level_behind(&[unit(3.5 * 0.9, mva(1.5), 0.0)], mva(100.0));
        assert!((current(level, Voltage::from_volts(480.0)).amperes() / 57_279.0 - 1.0).abs() < 2e-4);
    }

    #[test]
    fn substation_behind_a_finite_grid() {
        // 250 MVA with X/R 10 in front of 2.5 MVA, 5.75 %, 11.805 kW: computed with complex numbers in another program.
        let z = [grid_impedance_pu(mva(250.0), 10.0, mva(100.0)), unit(5.75, mva(2.5), 11.805)];
        let level = level_behind(&z, mva(100.0));
        assert!((level.megavolt_amperes() - 37.037_749_027_669_25).abs() < 1e-9);
        let exact = current(level, Voltage::from_volts(480.0));
        assert!((exact.amperes() - 44_549.488_27).abs() < 1e-4);
        // The sum of magnitudes of the simpler function is a little larger an impedance.
        let simple = transformer::short_circuit_current_behind(mva(2.5), Voltage::from_volts(480.0), Ratio::from_percent(5.75), mva(250.0));
        assert!(simple <= exact && (simple / exact - 1.0).abs() < 1e-3);
    }

    #[test]
    fn pandapower_by_the_standard() {
        // pandapower 3.5.6, calc_sc, case max: the same network with the standard's factors c = 1.1 at both voltages and K_T = 1.010264.
        let (r, x) = unit(5.75, mva(2.5), 11.805);
        let (grid, kt) = (grid_impedance_pu(mva(250.0), 10.0, mva(100.0)), 1.010_263_631_2);
        let z = [(grid.0 * 1.1, grid.1 * 1.1), (r * kt, x * kt)];
        let low = current(level_behind(&z, mva(100.0)) * 1.1, Voltage::from_volts(480.0));
        assert!((low.amperes() / 47_876.621 - 1.0).abs() < 1e-7, "{low}");
        let high = current(mva(250.0), Voltage::from_kilovolts(13.8));
        assert!((high.amperes() - 10_459.244).abs() < 1e-3);
        assert!((peak_current(high, 10.0).amperes() / 25_826.169 - 1.0).abs() < 1e-7);
        let ratio = (z[0].1 + z[1].1) / (z[0].0 + z[1].0);
        assert!((peak_current(low, ratio).amperes() / 120_449.830 - 1.0).abs() < 1e-7);
    }

    #[test]
    fn peak_of_the_standard() {
        let peak = peak_current(Current::from_amperes(1000.0), 10.0).amperes() / (1000.0 * 2.0_f64.sqrt());
        assert!((peak - 1.746).abs() < 5e-4, "{peak}");
        assert!((peak_current(Current::from_amperes(1.0), 1e12).amperes() / 2.0_f64.sqrt() - 2.0).abs() < 1e-9);
    }
}
