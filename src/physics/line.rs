//! Cables, busways and overhead lines of short length: series impedance, voltage drop and loss, alternating and direct current.
//!
//! Why no shunt capacitance: within a campus a medium-voltage cable charges with well under one percent of its rating, and the power
//! flow takes a susceptance from the network data where one is given.

use crate::units::{Current, ImpedancePerLength, Length, Power, Ratio, Voltage};

/// Series resistance and reactance of a run, in Ω.
///
/// ```text
/// R = r ℓ / n,   X = x ℓ / n
/// ```
/// # Source
/// Definition; [`super::sources::KERSTING`] for positive-sequence values of a transposed line.
/// # Range
/// `parallel` below one counts as one.
/// # Assumptions
/// Parallel conductors share the current equally; `r` is at the operating temperature.
/// # Check
/// `ieee_four_node_feeder`.
#[must_use]
pub fn impedance(r: ImpedancePerLength, x: ImpedancePerLength, length: Length, parallel: u32) -> (f64, f64) {
    let scale = length.meters() / f64::from(parallel.max(1));
    (r.ohms_per_meter() * scale, x.ohms_per_meter() * scale)
}

/// Drop of the line-to-line voltage along a three-phase run.
///
/// ```text
/// ΔU = √3 I (R cosφ + X sinφ)
/// ```
/// # Source
/// [`super::sources::KERSTING`], approximate voltage drop; the usual planning formula.
/// # Range
/// Lagging power factor 0 to 1 at the sending end. Exact to second order in ΔU/U: good to 0.1 % of U up to a drop of about 5 %.
/// # Assumptions
/// Balanced load; the angle between both ends is small.
/// # Check
/// `ieee_four_node_feeder`: within 0.05 % of the official voltage.
#[must_use]
pub fn voltage_drop(current: Current, r_ohm: f64, x_ohm: f64, power_factor: Ratio) -> Voltage {
    let cos = power_factor.value().clamp(0.0, 1.0);
    let sin = (1.0 - cos * cos).sqrt();
    Voltage::from_volts(3.0_f64.sqrt() * current.amperes() * (r_ohm * cos + x_ohm * sin))
}

/// Loss of a balanced three-phase run.
///
/// ```text
/// P = 3 I² R
/// ```
/// # Source
/// Joule's law, three conductors.
/// # Range
/// Any current; the sign does not matter.
/// # Assumptions
/// No current in the neutral.
/// # Check
/// `ieee_four_node_feeder`, `loss_is_drop_times_current`.
#[must_use]
pub fn loss(current: Current, r_ohm: f64) -> Power {
    Power::from_watts(3.0 * current.amperes().powi(2) * r_ohm)
}

/// Drop of a direct-current run, out and back.
///
/// ```text
/// ΔU = 2 I R
/// ```
/// # Source
/// Ohm's law; two conductors of resistance R each.
/// # Range
/// Any current.
/// # Assumptions
/// Both conductors are equal.
/// # Check
/// `loss_is_drop_times_current`.
#[must_use]
pub fn dc_voltage_drop(current: Current, r_ohm: f64) -> Voltage {
    Voltage::from_volts(2.0 * current.amperes() * r_ohm)
}

/// Loss of a direct-current run, out and back.
///
/// ```text
/// P = 2 I² R
/// ```
/// # Source
/// Joule's law; two conductors of resistance R each.
/// # Range
/// Any current.
/// # Assumptions
/// Both conductors are equal.
/// # Check
/// `loss_is_drop_times_current`.
#[must_use]
pub fn dc_loss(current: Current, r_ohm: f64) -> Power {
    Power::from_watts(2.0 * current.amperes().powi(2) * r_ohm)
}

/// Voltage at the end of a direct-current run that carries constant power; `None` where it can't.
///
/// ```text
/// U = U_s/2 + √(U_s²/4 − 2 R P)
/// ```
/// # Source
/// Derived: U = U_s − 2 R I with I = P/U; the larger root is the stable one.
/// # Range
/// Power up to U_s²/(8 R), where half the voltage is left.
/// # Assumptions
/// Two equal conductors of resistance R each; converters hold their power.
/// # Check
/// `dc_run_with_constant_power`.
#[must_use]
pub fn dc_end_voltage(source: Voltage, r_ohm: f64, power: Power) -> Option<Voltage> {
    let half = source.volts() / 2.0;
    let under = half * half - 2.0 * r_ohm * power.watts();
    (under >= 0.0).then(|| Voltage::from_volts(half + under.sqrt()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const OHM_PER_MILE: f64 = 1.0 / 1609.344;

    #[test]
    fn ieee_four_node_feeder() {
        // IEEE 4-node test feeder, balanced Gr.Y-Gr.Y step-down: first line 2 000 ft at 12.47 kV, official voltages at both ends.
        let mean = |a: f64, b: f64, c: f64| (a + b + c) / 3.0;
        let r = mean(0.4576, 0.4666, 0.4615) - mean(0.1559, 0.1535, 0.158);
        let x = mean(1.078, 1.0482, 1.0651) - mean(0.5017, 0.3849, 0.4236);
        let per = |ohms: f64| ImpedancePerLength::from_ohms_per_meter(ohms * OHM_PER_MILE);
        let (r, x) = impedance(per(r), per(x), Length::from_meters(2000.0 * 0.3048), 1);
        // Load current: 2 000 kVA per phase at the mean of the official V4 (1918, 2061, 1981 V), through 12.47/4.16.
        let current = Current::from_amperes(2.0e6 / mean(1918.0, 2061.0, 1981.0) * 4.16 / 12.47);
        // Its angle: V4 at a mean of −8.83°, power factor 0.9 (25.84°), against V2 at a mean of −0.3°.
        let angle = (8.83 + 25.84_f64 - 0.33).to_radians();
        let drop = voltage_drop(current, r, x, Ratio::from_value(angle.cos()));
        let v2 = (12_470.0 - drop.volts()) / 3.0_f64.sqrt();
        assert!((v2 / mean(7107.0, 7140.0, 7121.0) - 1.0).abs() < 5e-4, "{v2}");
    }

    #[test]
    fn loss_is_drop_times_current() {
        let i = Current::from_amperes(800.0);
        assert!((dc_voltage_drop(i, 0.002).volts() * 800.0 - dc_loss(i, 0.002).watts()).abs() < 1e-9);
        let drop = voltage_drop(i, 0.002, 0.0, Ratio::from_value(1.0)).volts();
        assert!((3.0_f64.sqrt() * drop * 800.0 - loss(i, 0.002).watts()).abs() < 1e-9);
    }

    #[test]
    fn dc_run_with_constant_power() {
        // 1 MW over 30 m of 0.018 Ω/km per pole at 800 V: fixed-point iteration in another program.
        let (source, r) = (Voltage::from_volts(800.0), 0.018e-3 * 30.0);
        let end = dc_end_voltage(source, r, Power::from_megawatts(1.0)).unwrap();
        assert!((end.volts() - 798.647_714_153_737_5).abs() < 1e-9);
        let current = Current::from_amperes(1e6 / end.volts());
        assert!((dc_loss(current, r).watts() - 1_693.219_453_705).abs() < 1e-6);
        assert!((source.volts() - dc_voltage_drop(current, r).volts() - end.volts()).abs() < 1e-9);
        // Matched load: at most U²/(4·2R) passes, with half the voltage left.
        let most = 800.0 * 800.0 / (8.0 * 0.01);
        assert!((dc_end_voltage(source, 0.01, Power::from_watts(most)).unwrap().volts() - 400.0).abs() < 1e-6);
        assert_eq!(dc_end_voltage(source, 0.01, Power::from_watts(most * 1.001)), None);
    }

    #[test]
    fn parallel_conductors_share() {
        let (r, x) = (ImpedancePerLength::from_ohms_per_kilometer(0.12), ImpedancePerLength::from_ohms_per_kilometer(0.09));
        let (r1, x1) = impedance(r, x, Length::from_meters(500.0), 1);
        let (r3, x3) = impedance(r, x, Length::from_meters(500.0), 3);
        assert!((r1 - 0.06).abs() < 1e-12 && (x1 - 0.045).abs() < 1e-12);
        assert!((3.0 * r3 - r1).abs() < 1e-12 && (3.0 * x3 - x1).abs() < 1e-12);
        assert_eq!(impedance(r, x, Length::from_meters(500.0), 0), (r1, x1));
    }
}
