//! Two-winding transformers: losses, per-unit series impedance, full-load and short-circuit current.

use crate::units::{ApparentPower, Current, Power, Ratio, Temperature, Voltage};

/// Loss at a load and a voltage.
///
/// ```text
/// P = P0 v² + Pk (S / (v S_r))²
/// ```
/// # Source
/// [`super::sources::IEC_60076_1`] for the two parts and their references (rated voltage, rated current).
/// # Range
/// v > 0 in per unit of the rated voltage; at v ≤ 0 the transformer is off and loses nothing.
/// # Assumptions
/// The iron loss goes with the square of the voltage and the copper loss with the square of the current, which is S/v; the winding
/// is at its reference temperature.
/// # Check
/// `losses_from_a_rated_efficiency`.
#[must_use]
pub fn loss(no_load: Power, load_loss: Power, rating: ApparentPower, load: ApparentPower, v_pu: f64) -> Power {
    if v_pu <= 0.0 || rating <= ApparentPower::ZERO {
        return Power::ZERO;
    }
    let current = (load / rating) / v_pu;
    no_load * (v_pu * v_pu) + load_loss * (current * current)
}

/// Load loss at a winding temperature, from that at the reference temperature.
///
/// ```text
/// P_k(θ) = P_k (θ_k + θ) / (θ_k + θ_ref),   θ_k = 235 °C for copper, 225 °C for aluminum
/// ```
/// # Source
/// [`super::sources::IEC_60076_1`], annex on the temperature correction of load loss.
/// # Range
/// Windings of oil or dry transformers, about −40 to 200 °C.
/// # Assumptions
/// All of the load loss is in the resistance. Eddy and stray losses, some tenths of it, fall with temperature: the factor is a little high.
/// # Check
/// `hot_windings_lose_more`: copper from 20 to 75 °C is 310/255 = 1.216.
#[must_use]
pub fn load_loss_at(load_loss: Power, winding: Temperature, reference: Temperature, conductor: Conductor) -> Power {
    let zero = match conductor {
        Conductor::Copper => 235.0,
        Conductor::Aluminum => 225.0,
    };
    load_loss * ((zero + winding.celsius()) / (zero + reference.celsius()))
}

/// Metal of the windings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conductor {
    /// Copper.
    Copper,
    /// Aluminum.
    Aluminum,
}

/// No-load and load loss when only one efficiency is known, taken as the best point of the curve.
///
/// ```text
/// L = β S_r (1/η − 1),   P0 = L / 2,   Pk = L / (2 β²)
/// ```
/// # Source
/// Derived: at best efficiency the two losses are equal. [`super::sources::CFR_10_431`] states the efficiency at 50 % load (liquid
/// filled and medium-voltage dry) or 35 % (low-voltage dry).
/// # Range
/// 0 < β, 0 < η ≤ 1.
/// # Assumptions
/// Unity power factor, as in the test rule; the stated load is the best one, which the rule makes worth designing for.
/// # Check
/// `losses_from_a_rated_efficiency`.
#[must_use]
pub fn split_from_efficiency(rating: ApparentPower, efficiency: Ratio, at: Ratio) -> (Power, Power) {
    let beta = at.value();
    let total = Power::from_watts(beta * rating.volt_amperes() * (1.0 / efficiency.value() - 1.0));
    (total / 2.0, total / (2.0 * beta * beta))
}

/// Output over input at a load, rated voltage and a power factor.
///
/// ```text
/// η = S cosφ / (S cosφ + P)
/// ```
/// # Source
/// [`super::sources::IEC_60076_1`].
/// # Range
/// Zero at no load.
/// # Assumptions
/// As for [`loss`].
/// # Check
/// `losses_from_a_rated_efficiency`.
#[must_use]
pub fn efficiency(no_load: Power, load_loss: Power, rating: ApparentPower, load: ApparentPower, power_factor: Ratio) -> Ratio {
    let out = Power::from_watts(load.volt_amperes() * power_factor.value());
    if out <= Power::ZERO {
        return Ratio::ZERO;
    }
    Ratio::from_value(out / (out + loss(no_load, load_loss, rating, load, 1.0)))
}

/// Series resistance and reactance in per unit of another base power.
///
/// ```text
/// r = Pk / S_r,   x = √(u_k² − r²),   both × S_base / S_r
/// ```
/// # Source
/// [`super::sources::IEC_60076_1`], short-circuit impedance and load loss.
/// # Range
/// `r ≤ u_k`; a larger resistance (inconsistent data) leaves no reactance.
/// # Assumptions
/// The base voltage is the rated voltage.
/// # Check
/// `series_impedance_has_the_given_magnitude`.
#[must_use]
pub fn series_impedance_pu(uk: Ratio, load_loss: Power, rating: ApparentPower, base: ApparentPower) -> (f64, f64) {
    let r = load_loss.watts() / rating.volt_amperes();
    let x = (uk.value().powi(2) - r * r).max(0.0).sqrt();
    let scale = base / rating;
    (r * scale, x * scale)
}

/// Line current of a three-phase load.
///
/// ```text
/// I = S / (√3 U)
/// ```
/// # Source
/// Definition of three-phase apparent power.
/// # Range
/// U > 0.
/// # Assumptions
/// Balanced.
/// # Check
/// `currents_of_a_unit_substation`: 2.5 MVA at 480 V is 3 007 A.
#[must_use]
pub fn current_full_load(rating: ApparentPower, voltage: Voltage) -> Current {
    Current::from_amperes(rating.volt_amperes() / (3.0_f64.sqrt() * voltage.volts()))
}

/// Three-phase short-circuit current at the secondary, with nothing limiting it upstream.
///
/// ```text
/// I_k = I_r / u_k
/// ```
/// # Source
/// Derived: rated voltage over the short-circuit impedance. [`super::sources::IEC_60909`] with voltage factor 1.
/// # Range
/// u_k > 0.
/// # Assumptions
/// Infinite primary bus, no motor contribution: the highest symmetrical current.
/// # Check
/// `currents_of_a_unit_substation`: 5.75 % gives 52.3 kA.
#[must_use]
pub fn short_circuit_current(rating: ApparentPower, voltage: Voltage, uk: Ratio) -> Current {
    current_full_load(rating, voltage) / uk.value()
}

/// Three-phase short-circuit current at the secondary behind a source of finite strength.
///
/// ```text
/// I_k = 1 / (√3 U) / (u_k / S_r + 1 / S_k)
/// ```
/// # Source
/// Derived: the two reactances in series; [`super::sources::IEC_60909`] with voltage factor 1.
/// # Range
/// `upstream` > 0.
/// # Assumptions
/// Both impedances have the same angle, which is a little high (conservative for a rating check).
/// # Check
/// `currents_of_a_unit_substation`: a very strong source gives [`short_circuit_current`], one as strong as S_r/u_k gives half of it.
#[must_use]
pub fn short_circuit_current_behind(rating: ApparentPower, voltage: Voltage, uk: Ratio, upstream: ApparentPower) -> Current {
    let admittance = 1.0 / (uk.value() / rating.volt_amperes() + 1.0 / upstream.volt_amperes());
    current_full_load(ApparentPower::from_volt_amperes(admittance), voltage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_from_a_rated_efficiency() {
        let rating = ApparentPower::from_kilovolt_amperes(2500.0);
        let (p0, pk) = split_from_efficiency(rating, Ratio::from_percent(99.53), Ratio::from_value(0.5));
        assert!((p0.kilowatts() - 2.951).abs() < 1e-3 && (pk.kilowatts() - 11.805).abs() < 1.5e-3, "{p0} {pk}");
        assert!((loss(p0, pk, rating, rating * 0.5, 1.0).kilowatts() - 5.903).abs() < 1e-3);
        let eta = |x: f64| efficiency(p0, pk, rating, rating * x, Ratio::from_value(1.0)).percent();
        assert!((eta(1.0) - 99.413).abs() < 1e-3 && (eta(0.35) - 99.500).abs() < 1e-3 && (eta(0.5) - 99.53).abs() < 1e-9);
        assert!(eta(0.5) > eta(0.45) && eta(0.5) > eta(0.55));
    }

    #[test]
    fn voltage_moves_the_two_parts_in_opposite_ways() {
        let (p0, pk, s) = (Power::from_kilowatts(3.0), Power::from_kilowatts(12.0), ApparentPower::from_megavolt_amperes(2.5));
        assert!((loss(p0, pk, s, ApparentPower::ZERO, 1.1).kilowatts() - 3.63).abs() < 1e-9);
        assert!((loss(p0, pk, s, s, 0.9).kilowatts() - (3.0 * 0.81 + 12.0 / 0.81)).abs() < 1e-9);
        assert_eq!(loss(p0, pk, s, s, 0.0), Power::ZERO);
    }

    #[test]
    fn hot_windings_lose_more() {
        let (loss, c) = (Power::from_kilowatts(10.0), Temperature::from_celsius);
        assert!((load_loss_at(loss, c(75.0), c(20.0), Conductor::Copper).kilowatts() - 12.157).abs() < 1e-3);
        assert!((load_loss_at(loss, c(75.0), c(20.0), Conductor::Aluminum).kilowatts() - 12.245).abs() < 1e-3);
        assert_eq!(load_loss_at(loss, c(75.0), c(75.0), Conductor::Copper), loss);
    }

    #[test]
    fn series_impedance_has_the_given_magnitude() {
        let rating = ApparentPower::from_megavolt_amperes(2.5);
        let base = ApparentPower::from_megavolt_amperes(100.0);
        let (r, x) = series_impedance_pu(Ratio::from_percent(5.75), Power::from_kilowatts(11.805), rating, base);
        assert!((r.hypot(x) - 0.0575 * 40.0).abs() < 1e-12);
        assert!((r - 0.18888).abs() < 1e-9);
    }

    #[test]
    fn currents_of_a_unit_substation() {
        let (s, v, uk) = (ApparentPower::from_megavolt_amperes(2.5), Voltage::from_volts(480.0), Ratio::from_percent(5.75));
        assert!((current_full_load(s, v).amperes() - 3007.0).abs() < 0.5);
        let infinite = short_circuit_current(s, v, uk).amperes();
        assert!((infinite - 52_300.0).abs() < 50.0);
        let strong = short_circuit_current_behind(s, v, uk, ApparentPower::from_megavolt_amperes(1e9)).amperes();
        assert!((strong / infinite - 1.0).abs() < 1e-6);
        let weak = short_circuit_current_behind(s, v, uk, s / 0.0575).amperes();
        assert!((weak / infinite - 0.5).abs() < 1e-12);
    }
}
