//! Gas-fired generation: output at site conditions, heat rate at part load, fuel and carbon.
//!
//! These are planning rules, not a maker's curves: printed rules agree within a few percent of output, and the makers' guarantees for
//! the units in the catalog are not public. The derate coefficient and the part-load penalty are therefore inputs; [`derate_per_kelvin`]
//! and [`part_load_penalty`] give the values in use by class and say how sure they are.

use crate::units::{CarbonIntensity, HeatRate, Power, Pressure, Quantity, Ratio, Temperature};

/// Temperature of the ISO rating.
const ISO_CELSIUS: f64 = 15.0;
/// Pressure of the ISO rating, Pa.
const ISO_PASCALS: f64 = 101_325.0;
/// Coldest ambient of the printed output curve. Colder air gives no more.
const COLDEST_CELSIUS: f64 = -19.0;
/// Carbon dioxide of pipeline natural gas, kg per MMBtu of higher heating value.
const GAS_CARBON: f64 = 53.06;
/// Higher over lower heating value of natural gas.
const HIGHER_OVER_LOWER: f64 = 1.108;

/// Kinds of on-site generation with a common behavior.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Class {
    /// Single-shaft industrial turbine.
    Industrial,
    /// Turbine derived from an aircraft engine.
    Aeroderivative,
    /// Large frame turbine of the F class.
    FrameF,
    /// Large frame turbine of the H class.
    FrameH,
    /// Reciprocating gas engine.
    Engine,
}

/// Share of output lost per kelvin above 15 °C, the value in use for a class.
///
/// ```text
/// turbines 0.7 %/K, aeroderivative 0.9 %/K, engine 0
/// ```
/// # Source
/// [`super::sources::ROTATING_MACHINERY`]: output 1.25 at −19 °C and 0.83 at 40 °C, a slope of 0.71 %/K; [`super::sources::CONTROL_COM`]:
/// 1 % per 3 °F, 0.6 %/K. Assumed: 0.9 %/K for aeroderivative units (upper end of the usual range), none for engines.
/// # Range
/// −19 to 40 °C. Engines keep their rating only up to a limit of their charge air, usually near 40 °C.
/// # Assumptions
/// No inlet cooling.
/// # Check
/// `output_follows_the_printed_curve`.
#[must_use]
pub fn derate_per_kelvin(class: Class) -> Ratio {
    Ratio::from_percent(match class {
        Class::Industrial | Class::FrameF | Class::FrameH => 0.7,
        Class::Aeroderivative => 0.9,
        Class::Engine => 0.0,
    })
}

/// Share by which the heat rate is higher at half load, the value in use for a class.
///
/// ```text
/// aeroderivative 10 %, F 15 %, H 20 %, engine 17 %, industrial 15 %
/// ```
/// # Source
/// [`super::sources::ACNEWKIRK`] for aeroderivative, F and H ("at low load", taken here as half load). Engine: derived from a data sheet
/// with 8.06 and 9.43 MJ/kWh at full and half load. Assumed: industrial turbines as F.
/// # Range
/// For [`heat_rate`] from 30 to 100 % load.
/// # Assumptions
/// One value for all units of a class.
/// # Check
/// `part_load_of_a_gas_engine`.
#[must_use]
pub fn part_load_penalty(class: Class) -> Ratio {
    Ratio::from_percent(match class {
        Class::Aeroderivative => 10.0,
        Class::Industrial | Class::FrameF => 15.0,
        Class::FrameH => 20.0,
        Class::Engine => 17.0,
    })
}

/// Output available at site conditions.
///
/// ```text
/// P = P_ISO · max(0, 1 − k (T − 15 °C)) · p / 101 325 Pa
/// ```
/// # Source
/// [`super::sources::CONTROL_COM`]: 1 % per 3 °F and 1 % per 1 % of pressure; [`super::sources::ROTATING_MACHINERY`] for the range.
/// # Range
/// −19 to 40 °C; below, the output of −19 °C (the generator or the permit limits it, which is the caller's), above the line continues.
/// # Assumptions
/// Base load, no inlet or exhaust loss beyond the rating, humidity ignored (under 0.2 %).
/// # Check
/// `output_follows_the_printed_curve`, `output_at_altitude`.
#[must_use]
pub fn available(rated: Power, ambient: Temperature, pressure: Pressure, per_kelvin: Ratio) -> Power {
    let warmer = ambient.celsius().max(COLDEST_CELSIUS) - ISO_CELSIUS;
    let heat = (1.0 - per_kelvin.value() * warmer).max(0.0);
    rated * (heat * (pressure.pascals() / ISO_PASCALS).max(0.0))
}

/// Factor on the full-load heat rate at an ambient temperature.
///
/// ```text
/// f = 1 + b d + c d²,   d = T − 15 °C,   b = 2.7192e-3 /K,   c = 2.0475e-5 /K²
/// ```
/// # Source
/// [`super::sources::ROTATING_MACHINERY`]: 0.92 at −29 °C, 1.10 at 45 °C, 1 at ISO; the parabola through the three is derived.
/// # Range
/// −29 to 45 °C, held outside.
/// # Assumptions
/// The same for all turbines; not for engines.
/// # Check
/// `heat_rate_follows_the_printed_ends`.
#[must_use]
pub fn ambient_heat_rate_factor(ambient: Temperature) -> f64 {
    let d = ambient.celsius().clamp(-29.0, 45.0) - ISO_CELSIUS;
    1.0 + d * (2.719_219e-3 + d * 2.047_502e-5)
}

/// Heat rate at part load.
///
/// ```text
/// HR(x) = HR_fl (1 + p (1/x − 1)),   fuel = HR_fl P_r ((1 − p) x + p)
/// ```
/// # Source
/// [`super::sources::REOPT`]: fuel is a straight line through full and half load. `penalty` p is the rise of the heat rate at half load,
/// and at the same time the fuel at no load as a share of full load.
/// # Range
/// 5 to 100 % load. Below, the value of 5 % is returned: the unit should be off. Above full load the value of full load.
/// # Assumptions
/// Straight fuel line (Willans).
/// # Check
/// `part_load_of_a_gas_engine`.
#[must_use]
pub fn heat_rate(full_load: HeatRate, part_load: Ratio, penalty: Ratio) -> HeatRate {
    let x = part_load.value().clamp(0.05, 1.0);
    full_load * (1.0 + penalty.value() * (1.0 / x - 1.0))
}

/// Fuel heat burned for an output, on the heating value of the heat rate.
///
/// ```text
/// Q = P · HR
/// ```
/// # Source
/// Definition of the heat rate.
/// # Range
/// P ≥ 0.
/// # Assumptions
/// None.
/// # Check
/// `fuel_and_carbon_of_a_known_unit`.
#[must_use]
pub fn fuel_heat(output: Power, heat_rate: HeatRate) -> Power {
    output * heat_rate.joules_per_joule()
}

/// A heat rate on the higher heating value, on which fuel is sold, from one on the lower.
///
/// ```text
/// HR_HHV = 1.108 HR_LHV
/// ```
/// # Source
/// [`super::sources::GREET`]: natural gas 983 and 1 089 Btu/ft³.
/// # Range
/// Pipeline natural gas.
/// # Assumptions
/// US average composition.
/// # Check
/// `fuel_and_carbon_of_a_known_unit`.
#[must_use]
pub fn lower_to_higher(heat_rate: HeatRate) -> HeatRate {
    heat_rate * HIGHER_OVER_LOWER
}

/// Carbon dioxide per fuel heat of natural gas, on the higher heating value.
///
/// ```text
/// 53.06 kg/MMBtu
/// ```
/// # Source
/// [`super::sources::CFR_40_98`], Table C-1, natural gas.
/// # Range
/// Pipeline natural gas.
/// # Assumptions
/// Complete combustion; no methane slip.
/// # Check
/// `fuel_and_carbon_of_a_known_unit`.
#[must_use]
pub fn gas_carbon() -> CarbonIntensity {
    CarbonIntensity::from_kilograms_per_mmbtu(GAS_CARBON)
}

/// Carbon dioxide per electrical energy.
///
/// ```text
/// e = HR_HHV · c
/// ```
/// # Source
/// Derived from [`fuel_heat`].
/// # Range
/// As for the heat rate, which is on the higher heating value.
/// # Assumptions
/// As for [`gas_carbon`].
/// # Check
/// `fuel_and_carbon_of_a_known_unit`: 566 kg/MWh.
#[must_use]
pub fn carbon_of_energy(heat_rate_higher: HeatRate, fuel: CarbonIntensity) -> CarbonIntensity {
    CarbonIntensity::from_si(heat_rate_higher.joules_per_joule() * fuel.kilograms_per_joule())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEA: Pressure = Pressure::from_pascals(101_325.0);

    fn factor(celsius: f64, pressure: Pressure, class: Class) -> f64 {
        let rated = Power::from_megawatts(16.5);
        available(rated, Temperature::from_celsius(celsius), pressure, derate_per_kelvin(class)) / rated
    }

    #[test]
    fn output_follows_the_printed_curve() {
        assert!((factor(15.0, SEA, Class::Industrial) - 1.0).abs() < 1e-12);
        assert!((factor(-19.0, SEA, Class::Industrial) - 1.25).abs() < 0.02);
        assert!((factor(40.0, SEA, Class::Industrial) - 0.83).abs() < 0.01);
        assert_eq!(factor(-40.0, SEA, Class::Industrial), factor(-19.0, SEA, Class::Industrial));
        assert!((factor(40.0, SEA, Class::Engine) - 1.0).abs() < 1e-12);
        assert_eq!(factor(400.0, SEA, Class::Industrial), 0.0);
    }

    #[test]
    fn output_at_altitude() {
        // Pressures of the standard atmosphere; the printed altitude factors are 0.89 and 0.80.
        assert!((factor(15.0, Pressure::from_pascals(89_874.6), Class::FrameF) - 0.89).abs() < 0.005);
        assert!((factor(15.0, Pressure::from_pascals(81_494.0), Class::FrameF) - 0.80).abs() < 0.005);
    }

    #[test]
    fn heat_rate_follows_the_printed_ends() {
        for (celsius, expected) in [(-29.0, 0.92), (15.0, 1.0), (45.0, 1.10)] {
            assert!((ambient_heat_rate_factor(Temperature::from_celsius(celsius)) - expected).abs() < 1e-5);
        }
        assert_eq!(ambient_heat_rate_factor(Temperature::from_celsius(60.0)), ambient_heat_rate_factor(Temperature::from_celsius(45.0)));
    }

    #[test]
    fn part_load_of_a_gas_engine() {
        // Data sheet of a 2.5 MW engine: 8.06 MJ/kWh at full load, 9.43 at half load.
        let full = HeatRate::from_joules_per_joule(8.06 / 3.6);
        let half = heat_rate(full, Ratio::from_percent(50.0), part_load_penalty(Class::Engine));
        assert!((half.joules_per_joule() * 3.6 - 9.43).abs() < 0.01);
        assert_eq!(heat_rate(full, Ratio::from_percent(100.0), Ratio::from_percent(15.0)), full);
        // The fuel line is straight, and at no load burns the penalty's share.
        let fuel = |x: f64| x * (heat_rate(full, Ratio::from_value(x), Ratio::from_percent(15.0)) / full);
        assert!((fuel(0.25) - (0.85 * 0.25 + 0.15)).abs() < 1e-12);
        assert!((fuel(0.8) - (0.85 * 0.8 + 0.15)).abs() < 1e-12);
    }

    #[test]
    fn fuel_and_carbon_of_a_known_unit() {
        // 9 630 Btu/kWh on the lower heating value is 566 kg/MWh.
        let higher = lower_to_higher(HeatRate::from_btu_per_kilowatt_hour(9630.0));
        assert!((higher.btu_per_kilowatt_hour() - 10_670.0).abs() < 1.0);
        assert!((carbon_of_energy(higher, gas_carbon()).kilograms_per_megawatt_hour() - 566.0).abs() < 0.5);
        // 35.4 % on the lower heating value.
        let heat = fuel_heat(Power::from_megawatts(16.5), HeatRate::from_btu_per_kilowatt_hour(9630.0));
        assert!((16.5 / heat.megawatts() - 0.354).abs() < 5e-4);
        assert!((HIGHER_OVER_LOWER - 1089.0 / 983.0).abs() < 5e-4);
    }
}
