//! Vapor-compression chillers: the curve model of EnergyPlus and DOE-2, and a share of the Carnot efficiency where no curve exists.
//!
//! The published curves were fitted for 5 to 13 °C leaving water. Warm liquid loops at 25 to 35 °C are outside every one of them: a
//! polynomial of second degree there gives nonsense, so its inputs are held at their limits and the point is marked. For such loops
//! [`carnot_fraction`] is the honest choice: it extrapolates by physics and admits that its efficiency is assumed.

use crate::units::{Power, Ratio, Temperature, TemperatureDifference};

/// Curves of one chiller model.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EirCurves {
    /// Capacity at the reference point.
    pub capacity: Power,
    /// Coefficient of performance at the reference point.
    pub cop: f64,
    /// Capacity factor: 1, x, x², y, y², xy with x the leaving evaporator and y the entering condenser temperature in °C.
    pub cap_ft: [f64; 6],
    /// Factor on electric input per heat, same terms.
    pub eir_ft: [f64; 6],
    /// Factor on electric input over part load: 1, z, z².
    pub eir_fplr: [f64; 3],
    /// Lowest and highest part load.
    pub plr: (f64, f64),
    /// Lowest and highest leaving evaporator temperature of the fit.
    pub evaporator_leaving: (Temperature, Temperature),
    /// Lowest and highest entering condenser temperature of the fit (water, or air for air-cooled).
    pub condenser_entering: (Temperature, Temperature),
}

/// How a chiller runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChillerPoint {
    /// Electric input.
    pub power: Power,
    /// Heat it can remove at these temperatures at a part load of one.
    pub capacity: Power,
    /// Load over capacity, not limited.
    pub part_load: f64,
    /// Heat removed over electric input. With no load it is the limit toward no load.
    pub cop: f64,
    /// Whether temperatures and load are within the data.
    pub in_range: bool,
}

fn biquadratic(c: &[f64; 6], x: f64, y: f64) -> f64 {
    c[0] + x * (c[1] + x * c[2]) + y * (c[3] + y * c[4]) + c[5] * x * y
}

fn held(value: f64, (low, high): (f64, f64), in_range: &mut bool) -> f64 {
    const SLACK: f64 = 1e-9;
    if !(low - SLACK..=high + SLACK).contains(&value) {
        *in_range = false;
    }
    value.min(high).max(low)
}

/// Power, capacity and COP of one chiller at a load and two temperatures.
///
/// ```text
/// Q_a = Q_ref · CapFT(x, y)            z = Q / Q_a
/// P   = Q_a / COP_ref · EIRFT(x, y) · EIRFPLR(z') · min(1, z / z_min),   z' = clamp(z, z_min, z_max)
/// ```
/// # Source
/// [`super::sources::ENERGYPLUS`], "Electric Chiller Model Based on Condenser Entering Temperature" (`Chiller:Electric:EIR`); curve
/// records of [`super::sources::MODELICA_BUILDINGS`].
/// # Range
/// Inputs outside the fit are held at its limits, and `in_range` is false. Below the lowest part load the chiller cycles. A load beyond
/// `plr.1 · capacity` is not met: `power` is that of the highest part load and `part_load` shows the excess.
/// # Assumptions
/// Rated flows; steady state. Continuous, with kinks at the limits and at the cycling point.
/// # Check
/// `york_points`, `carrier_points`, `mcquay_points`.
#[must_use]
pub fn operate(curves: &EirCurves, load: Power, evaporator_leaving: Temperature, condenser_entering: Temperature) -> ChillerPoint {
    let mut in_range = true;
    let celsius = |(a, b): (Temperature, Temperature)| (a.celsius(), b.celsius());
    let x = held(evaporator_leaving.celsius(), celsius(curves.evaporator_leaving), &mut in_range);
    let y = held(condenser_entering.celsius(), celsius(curves.condenser_entering), &mut in_range);
    let capacity = curves.capacity * biquadratic(&curves.cap_ft, x, y).max(0.0);
    if capacity <= Power::ZERO || curves.cop <= 0.0 {
        return ChillerPoint { power: Power::ZERO, capacity: Power::ZERO, part_load: 0.0, cop: 0.0, in_range: false };
    }
    let (lowest, highest) = (curves.plr.0.max(1e-3), curves.plr.1);
    let part_load = load.max(Power::ZERO) / capacity;
    if part_load > highest + 1e-9 {
        in_range = false;
    }
    let z = part_load.min(highest).max(lowest);
    let [c0, c1, c2] = curves.eir_fplr;
    let running = capacity / curves.cop * (biquadratic(&curves.eir_ft, x, y) * (c0 + z * (c1 + z * c2)));
    let cop = if running > Power::ZERO { capacity * z / running } else { 0.0 };
    ChillerPoint { power: running * (part_load / lowest).min(1.0), capacity, part_load, cop, in_range }
}

/// A chiller with a constant share of the ideal efficiency, for temperatures without published curves.
///
/// ```text
/// COP_fl = η T_e / max(T_c − T_e, L)
/// P = Q_cap / COP_fl · (p0 + p1 z + p2 z²),   z = Q / Q_cap
/// ```
/// # Source
/// Carnot's limit with a second-law efficiency η. Assumed: η of 0.5 to 0.6 (public course notes on water chillers), checked here against
/// the curve of a centrifugal machine. `part_load` is like `eir_fplr`; `[0, 1, 0]` keeps the COP at all loads.
/// # Range
/// Any temperatures above 0 K; the lift is never below `minimum_lift` (8 K is usual). A load beyond the capacity is not met and
/// `in_range` is false. The kink of the lift is rounded over half a kelvin, which costs at most 0.25 K of lift there.
/// # Assumptions
/// `evaporator` and `condenser` are refrigerant temperatures: leaving fluid less, and leaving condenser fluid plus, an approach of a few
/// kelvins that the caller chooses. η does not vary with lift or load.
/// # Check
/// `carnot_share_is_plausible`, `carnot_lift_is_limited_smoothly`.
#[must_use]
pub fn carnot_fraction(
    load: Power,
    capacity: Power,
    eta: Ratio,
    evaporator: Temperature,
    condenser: Temperature,
    minimum_lift: TemperatureDifference,
    part_load: [f64; 3],
) -> ChillerPoint {
    if capacity <= Power::ZERO {
        return ChillerPoint { power: Power::ZERO, capacity, part_load: 0.0, cop: 0.0, in_range: load <= Power::ZERO };
    }
    const ROUNDING: f64 = 0.5;
    let (lift, floor) = ((condenser - evaporator).kelvins(), minimum_lift.kelvins());
    let lift = 0.5 * (lift + floor + (lift - floor).hypot(ROUNDING));
    let full_cop = eta.value() * evaporator.kelvin() / lift;
    let z = load.max(Power::ZERO) / capacity;
    let held = z.min(1.0);
    let [p0, p1, p2] = part_load;
    // With no load the machine is off, whatever the constant of the part-load curve says; in between it cycles below a tenth.
    const CYCLING: f64 = 0.1;
    let at = held.max(CYCLING);
    let running = capacity / full_cop * (p0 + at * (p1 + at * p2));
    let cop = if running > Power::ZERO { capacity * at / running } else { 0.0 };
    ChillerPoint { power: running * (held / CYCLING).min(1.0), capacity, part_load: z, cop, in_range: z <= 1.0 + 1e-9 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn celsius(low: f64, high: f64) -> (Temperature, Temperature) {
        (Temperature::from_celsius(low), Temperature::from_celsius(high))
    }

    fn york() -> EirCurves {
        EirCurves {
            capacity: Power::from_kilowatts(1055.0),
            cop: 5.96,
            cap_ft: [1.785912e-1, -5.900023e-2, -5.946963e-4, 9.297889e-2, -2.841024e-3, 4.974221e-3],
            eir_ft: [5.245110e-1, -2.850126e-2, 8.034720e-4, 1.893133e-2, 1.151629e-4, -9.340642e-5],
            eir_fplr: [0.2619878, 0.2393605, 0.4988306],
            plr: (0.10, 1.05),
            evaporator_leaving: celsius(4.44, 8.89),
            condenser_entering: celsius(12.78, 35.0),
        }
    }

    fn at(curves: &EirCurves, evaporator: f64, condenser: f64, kilowatts: f64) -> ChillerPoint {
        operate(curves, Power::from_kilowatts(kilowatts), Temperature::from_celsius(evaporator), Temperature::from_celsius(condenser))
    }

    #[test]
    fn york_points() {
        // Computed independently with the same coefficients; EnergyPlus 25.2 prints 97.259 kW for the third.
        for (x, y, load, capacity, plr, power, cop) in [
            (6.67, 29.44, 1055.0, 1065.876, 0.98980, 178.205, 5.920),
            (8.0, 25.0, 900.0, 1278.877, 0.70374, 127.128, 7.080),
            (8.0, 16.0, 898.023, 1124.197, 0.79881, 97.260, 9.2332),
            (6.67, 20.0, 500.0, 1208.325, 0.41380, 70.816, 7.061),
        ] {
            let p = at(&york(), x, y, load);
            assert!((p.capacity.kilowatts() - capacity).abs() < 1e-3, "{}", p.capacity);
            assert!((p.part_load - plr).abs() < 1e-5 && (p.power.kilowatts() - power).abs() < 1e-3 && (p.cop - cop).abs() < 1e-3);
            assert!(p.in_range);
        }
    }

    #[test]
    fn carrier_points() {
        let carrier = EirCurves {
            capacity: Power::from_kilowatts(742.0),
            cop: 5.42,
            cap_ft: [9.797101e-1, -2.895701e-3, -8.970718e-4, 1.031440e-2, -7.431651e-4, 1.453508e-3],
            eir_ft: [9.946139e-1, -4.829399e-2, 4.674277e-4, -1.158726e-3, 5.762583e-4, 2.148192e-4],
            eir_fplr: [0.1202277, 0.1396384, 0.7394038],
            plr: (0.19, 1.02),
            evaporator_leaving: celsius(5.56, 10.0),
            condenser_entering: celsius(11.25, 23.89),
        };
        for (x, y, load, power, cop) in [(10.0, 20.0, 600.0, 77.081, 7.784), (8.0, 15.0, 400.0, 43.076, 9.286)] {
            let p = at(&carrier, x, y, load);
            assert!((p.power.kilowatts() - power).abs() < 1e-3 && (p.cop - cop).abs() < 1e-3, "{p:?}");
        }
    }

    #[test]
    fn mcquay_points() {
        // COP printed by the Modelica example `Fluid.Chillers.Examples.ElectricEIR` for its part loads, at 10 and 5 °C leaving, 20 °C entering.
        let mcquay = EirCurves {
            capacity: Power::from_kilowatts(471.2),
            cop: 5.89,
            cap_ft: [0.252113, 0.01324053, -0.008637329, 0.08581056, -0.004261176, 0.008661899],
            eir_ft: [0.4475238, -0.0258821, -0.001459053, 0.04342595, -0.001000651, 0.001920106],
            eir_fplr: [0.2778889, 0.2338363, 0.4883748],
            plr: (0.1, 1.15),
            // The record ends at 7.22 °C; the Modelica example runs past it unheld.
            evaporator_leaving: celsius(5.0, 12.78),
            condenser_entering: celsius(12.78, 26.67),
        };
        for (x, plr, cop) in [(10.0, 0.4359, 6.0694), (10.0, 0.5812, 6.6082), (5.0, 0.4687, 5.9239)] {
            let capacity = at(&mcquay, x, 20.0, 100.0).capacity.kilowatts();
            let p = at(&mcquay, x, 20.0, capacity * plr);
            assert!((p.cop / cop - 1.0).abs() < 2e-3, "{} {cop}", p.cop);
        }
    }

    #[test]
    fn limits_are_held_and_flagged() {
        let y = york();
        let warm = at(&y, 25.0, 30.0, 500.0);
        assert!(!warm.in_range && warm.power == at(&y, 8.89, 30.0, 500.0).power);
        let hot = at(&y, 7.0, 45.0, 500.0);
        assert!(!hot.in_range && hot.power == at(&y, 7.0, 35.0, 500.0).power);
        let over = at(&y, 7.0, 25.0, 5000.0);
        assert!(!over.in_range && over.part_load > 1.05 && over.power == at(&y, 7.0, 25.0, over.capacity.kilowatts() * 1.05).power);
    }

    #[test]
    fn cycling_keeps_the_cop_and_is_continuous() {
        let y = york();
        let capacity = at(&y, 7.0, 25.0, 100.0).capacity.kilowatts();
        let (low, edge) = (at(&y, 7.0, 25.0, 0.05 * capacity), at(&y, 7.0, 25.0, 0.1 * capacity));
        assert!((low.power.watts() * 2.0 - edge.power.watts()).abs() < 1e-6 && (low.cop - edge.cop).abs() < 1e-12);
        let off = at(&y, 7.0, 25.0, 0.0);
        assert_eq!(off.power, Power::ZERO);
        assert!((off.cop - edge.cop).abs() < 1e-12);
    }

    fn carnot(load: f64, eta: f64, evaporator: f64, condenser: f64) -> ChillerPoint {
        let (e, c) = (Temperature::from_celsius(evaporator), Temperature::from_celsius(condenser));
        carnot_fraction(
            Power::from_kilowatts(load),
            Power::from_kilowatts(1000.0),
            Ratio::from_value(eta),
            e,
            c,
            TemperatureDifference::from_kelvins(8.0),
            [0.0, 1.0, 0.0],
        )
    }

    #[test]
    fn carnot_share_is_plausible() {
        // The York machine at its rating (6.67 °C leaving, 29.44 °C entering, COP 5.96 rated), refrigerant 1.5 K colder and 7.5 K warmer.
        let p = carnot(1000.0, 0.6, 5.17, 36.9);
        assert!((p.cop - 5.96).abs() < 0.9, "{}", p.cop);
        // The published limit of an ideal machine.
        let ideal = carnot(1000.0, 1.0, 20.0, 50.0);
        assert!((ideal.cop - 293.15 / 30.0).abs() < 0.03);
        assert!((ideal.power.kilowatts() * ideal.cop - 1000.0).abs() < 1e-9);
    }

    #[test]
    fn carnot_lift_is_limited_smoothly() {
        let cop = |lift: f64| carnot(500.0, 0.55, 20.0, 20.0 + lift).cop;
        assert!((cop(-20.0) / (0.55 * 293.15 / 8.0) - 1.0).abs() < 1e-3);
        let slope = |lift: f64| (cop(lift + 1e-4) - cop(lift - 1e-4)) / 2e-4;
        for lift in [7.0, 7.5, 8.0, 8.5, 9.0] {
            assert!((slope(lift + 0.05) - slope(lift - 0.05)).abs() < 0.4 && slope(lift) < 0.0);
        }
        assert!(!carnot(1100.0, 0.5, 20.0, 40.0).in_range);
        assert_eq!(carnot(0.0, 0.5, 20.0, 40.0).power, Power::ZERO);
    }
}
