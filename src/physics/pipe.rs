//! Flow in pipes: friction factor, pressure drop with its derivative, velocity, diameter.
//!
//! Darcy–Weisbach with 64/Re, Swamee–Jain and Dunlop's cubic between them, the set that EPANET uses, so that networks can be compared with it to
//! the last digits. Why not Colebrook by iteration: it costs several logarithms more for a difference of at most 3 %, below what is known of a
//! pipe's roughness.
//!
//! Letters: `f` Darcy friction factor, `r = ε/D`, `v` velocity, `Q` flow, `K` sum of minor-loss coefficients.

use super::coolant::Properties;
use crate::numerics::pipe_network::friction_with_slope as friction;
use crate::units::{Area, Length, Pressure, Velocity, VolumeFlow};
use std::f64::consts::PI;

/// Below, laminar flow.
const LAMINAR: f64 = 2000.0;

/// The Darcy friction factor.
///
/// ```text
/// Re ≤ 2000   f = 64/Re
/// Re ≥ 4000   f = 0.25 / [log10(r/3.7 + 5.74/Re^0.9)]²
/// between     f = X1 + R·(X2 + R·(X3 + R·X4)),  R = Re/2000   (value and slope meet at both ends)
/// ```
/// # Source
/// `INCROPERA_2007` section 8.1 (laminar); `SWAMEE_JAIN_1976`; `DUNLOP_1991` for the cubic.
/// # Range
/// Swamee–Jain: Re 5e3 to 1e8, r 1e-6 to 1e-2, within 1 % of Colebrook (3 % near Re 4000). Infinite at Re 0; use [`pressure_drop`], which is not.
/// # Assumptions
/// Round pipe, developed flow.
/// # Check
/// `friction_matches_swamee_jain`, `friction_is_near_colebrook`.
#[must_use]
pub fn friction_factor(reynolds: f64, relative_roughness: f64) -> f64 {
    friction(reynolds.abs(), relative_roughness.max(0.0)).0
}

/// The mean velocity.
///
/// ```text
/// v = 4·Q / (π·D²)
/// ```
/// # Source
/// Derived: continuity.
/// # Range
/// Any diameter above zero.
/// # Assumptions
/// Round pipe.
/// # Check
/// `velocity_and_diameter_invert`.
#[must_use]
pub fn velocity(flow: VolumeFlow, diameter: Length) -> Velocity {
    flow / area(diameter)
}

fn area(diameter: Length) -> Area {
    let d = diameter.meters();
    Area::from_square_meters(0.25 * PI * d * d)
}

/// The inner diameter at which a flow has this velocity.
///
/// ```text
/// D = √(4·|Q| / (π·v))
/// ```
/// # Source
/// Derived: continuity.
/// # Range
/// Velocities above zero; otherwise infinite.
/// # Assumptions
/// Round pipe. The next larger nominal size is the catalog's matter.
/// # Check
/// `velocity_and_diameter_invert`.
#[must_use]
pub fn diameter_for(flow: VolumeFlow, velocity: Velocity) -> Length {
    let section = flow.cubic_meters_per_second().abs() / velocity.meters_per_second().max(0.0);
    Length::from_meters((4.0 * section / PI).sqrt())
}

/// The Reynolds number, without sign.
///
/// ```text
/// Re = ρ·|v|·D / µ
/// ```
/// # Source
/// `INCROPERA_2007` section 8.1.
/// # Range
/// Any flow.
/// # Assumptions
/// Round pipe.
/// # Check
/// `pressure_drop_by_hand`.
#[must_use]
pub fn reynolds(flow: VolumeFlow, diameter: Length, fluid: &Properties) -> f64 {
    let v = velocity(flow, diameter).meters_per_second().abs();
    fluid.density.kilograms_per_cubic_meter() * v * diameter.meters() / fluid.viscosity.pascal_seconds()
}

/// The pressure lost along a pipe, with the sign of the flow.
///
/// ```text
/// Δp = (f·L/D + K)·ρ·v·|v|/2
/// ```
/// # Source
/// `INCROPERA_2007` section 8.1 (Darcy–Weisbach).
/// # Range
/// As [`friction_factor`]; linear in the flow up to Re 2000 apart from the minor losses, zero at no flow.
/// # Assumptions
/// Incompressible, developed flow; the minor losses do not depend on the Reynolds number.
/// # Check
/// `pressure_drop_by_hand`, `slope_is_the_derivative`.
#[must_use]
pub fn pressure_drop(flow: VolumeFlow, diameter: Length, length: Length, roughness: Length, minor_k: f64, fluid: &Properties) -> Pressure {
    pressure_drop_with_slope(flow, diameter, length, roughness, minor_k, fluid).0
}

/// The pressure lost along a pipe, and its derivative by the flow in Pa/(m³/s).
///
/// ```text
/// dΔp/dQ = [(2·f + Re·df/dRe)·L/D + 2·K]·ρ·|v|/2 / A;    laminar 128·µ·L/(π·D⁴) + K·ρ·|v|/A
/// ```
/// # Source
/// Derived: the derivative of [`pressure_drop`].
/// # Range
/// As [`pressure_drop`]; the slope is above zero even at no flow unless the length is zero.
/// # Assumptions
/// As [`pressure_drop`].
/// # Check
/// `slope_is_the_derivative`.
#[must_use]
pub fn pressure_drop_with_slope(flow: VolumeFlow, diameter: Length, length: Length, roughness: Length, minor_k: f64, fluid: &Properties) -> (Pressure, f64) {
    let (d, l) = (diameter.meters(), length.meters());
    let (rho, mu) = (fluid.density.kilograms_per_cubic_meter(), fluid.viscosity.pascal_seconds());
    let section = area(diameter).square_meters();
    let v = velocity(flow, diameter).meters_per_second();
    let re = reynolds(flow, diameter, fluid);
    let (mut drop, mut slope) = (minor_k * rho * v * v.abs() / 2.0, minor_k * rho * v.abs() / section);
    if re <= LAMINAR {
        let resistance = 128.0 * mu * l / (PI * d.powi(4));
        drop += resistance * flow.cubic_meters_per_second();
        slope += resistance;
    } else {
        let (f, by_re) = friction(re, (roughness.meters() / d).max(0.0));
        drop += f * l / d * rho * v * v.abs() / 2.0;
        slope += (2.0 * f + re * by_re) * l / d * rho * v.abs() / 2.0 / section;
    }
    (Pressure::from_pascals(drop), slope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::physics::coolant::{Fluid, properties};
    use crate::units::{Density, Temperature, Viscosity};

    #[test]
    fn friction_matches_swamee_jain() {
        // Computed by the library `fluids` (friction_factor, Swamee_Jain_1976), which writes the constant 5.74 as 6.97^0.9 = 5.7399.
        let table = [
            (4000.0, 0.0, 0.040_551_412_594_169_98),
            (4000.0, 0.01, 0.050_614_425_989_700_02),
            (1e4, 0.0, 0.030_972_044),
            (1e4, 1e-3, 0.032_665_298),
            (1e4, 1e-2, 0.044_041_764),
            (1e5, 0.0, 0.017_862_555),
            (1e5, 1e-3, 0.022_342_399),
            (1e6, 1e-4, 0.013_507_696),
            (1e6, 1e-2, 0.038_011_874),
            (1e7, 1e-5, 0.009_058_542),
            (500.0, 0.01, 0.128),
            (2000.0, 1e-3, 0.032),
        ];
        for (re, rough, f) in table {
            let found = friction_factor(re, rough);
            assert!((found / f - 1.0).abs() < 1e-5, "Re {re} r {rough}: {found}");
        }
    }

    #[test]
    fn friction_is_near_colebrook() {
        // Colebrook solved exactly by `fluids`.
        let table =
            [(1e4, 1e-3, 0.032_381_806), (5e4, 1e-4, 0.021_247_884), (1e5, 1e-2, 0.038_503_544), (1e6, 1e-6, 0.011_668_156), (1e7, 1e-3, 0.019_667_052)];
        for (re, rough, f) in table {
            assert!((friction_factor(re, rough) / f - 1.0).abs() < 0.01, "Re {re} r {rough}");
        }
    }

    #[test]
    fn friction_has_no_step_and_no_kink() {
        for rough in [0.0, 1e-4, 1e-2] {
            for re in [2000.0, 4000.0] {
                let (below, above) = (friction(re * (1.0 - 1e-9), rough), friction(re * (1.0 + 1e-9), rough));
                assert!((below.0 / above.0 - 1.0).abs() < 1e-8 && (below.1 / above.1 - 1.0).abs() < 1e-6, "Re {re} r {rough}");
            }
            for re in [700.0, 2500.0, 3900.0, 1e5] {
                let by_difference = (friction(re * 1.0001, rough).0 - friction(re * 0.9999, rough).0) / (re * 2e-4);
                assert!((friction(re, rough).1 / by_difference - 1.0).abs() < 1e-5, "Re {re} r {rough}");
            }
        }
    }

    #[test]
    fn pressure_drop_by_hand() {
        // 1,200 L/min in DN 100: v 2.5465 m/s; at 998 kg/m³ and 1 mPa·s Re 254,140; f from Swamee–Jain at r 4.5e-4; 10 m and K = 2.
        let fluid = Properties {
            density: Density::from_kilograms_per_cubic_meter(998.0),
            viscosity: Viscosity::from_pascal_seconds(1e-3),
            ..properties(Fluid::Water, Temperature::from_celsius(20.0))
        };
        let (q, d) = (VolumeFlow::from_liters_per_minute(1200.0), Length::from_meters(0.1));
        assert!((velocity(q, d).meters_per_second() - 2.546_479).abs() < 1e-6);
        assert!((reynolds(q, d, &fluid) - 254_138.6).abs() < 0.1);
        let f = 0.25 / (4.5e-4 / 3.7_f64 + 5.74 / 254_138.6_f64.powf(0.9)).log10().powi(2);
        let wanted = (f * 100.0 + 2.0) * 998.0 * 2.546_479_f64.powi(2) / 2.0;
        let found = pressure_drop(q, d, Length::from_meters(10.0), Length::from_meters(4.5e-5), 2.0, &fluid);
        assert!((found.pascals() / wanted - 1.0).abs() < 1e-5);
        // Hagen–Poiseuille: 32·µ·L·v/D² = 32·1e-3·10·0.01/0.01² = 32 Pa in 10 mm at 0.01 m/s.
        let slow = velocity(VolumeFlow::from_cubic_meters_per_second(PI * 0.25e-6), Length::from_meters(0.01));
        assert!((slow.meters_per_second() - 0.01).abs() < 1e-12);
        let laminar = pressure_drop(
            VolumeFlow::from_cubic_meters_per_second(-PI * 0.25e-6),
            Length::from_meters(0.01),
            Length::from_meters(10.0),
            Length::ZERO,
            0.0,
            &fluid,
        );
        assert!((laminar.pascals() + 32.0).abs() < 1e-9, "{}", laminar.pascals());
    }

    #[test]
    fn slope_is_the_derivative() {
        let fluid = properties(Fluid::Pg25, Temperature::from_celsius(40.0));
        for lpm in [-900.0, -6.0, 0.0, 2.0, 7.0, 11.0, 60.0, 900.0] {
            let at = |q: f64| {
                pressure_drop_with_slope(
                    VolumeFlow::from_cubic_meters_per_second(q),
                    Length::from_meters(0.04),
                    Length::from_meters(3.0),
                    Length::from_meters(2e-5),
                    1.5,
                    &fluid,
                )
            };
            let q: f64 = lpm / 60_000.0;
            let h = 1e-5 * q.abs().max(1e-6);
            let by_difference = (at(q + h).0.pascals() - at(q - h).0.pascals()) / (2.0 * h);
            assert!((at(q).1 / by_difference - 1.0).abs() < 1e-4, "{lpm} L/min: {} and {by_difference}", at(q).1);
            assert!((at(q).0.pascals() + at(-q).0.pascals()).abs() < 1e-9, "the drop is odd in the flow");
        }
    }

    #[test]
    fn velocity_and_diameter_invert() {
        let q = VolumeFlow::from_liters_per_second(12.0);
        let d = diameter_for(q, Velocity::from_meters_per_second(2.4));
        assert!((velocity(q, d).meters_per_second() - 2.4).abs() < 1e-12);
    }
}
