//! Dry coolers, and adiabatic pads in front of them.
//!
//! A dry cooler is a crossflow exchanger between coolant and outside air. One rating gives its conductance; other flows scale the two
//! films. The fans move volume, so thin or warm air carries less heat and takes less fan power. The control runs all fans together at the
//! lowest speed that holds the set-point: by the cube law that is the least power.

use super::exchanger::{Arrangement, conductance_from_rating, off_design, transfer};
use super::moist_air::MoistAir;
use super::tower::bracketed_root;
use crate::units::{Conductance, Power, Pressure, Ratio, Temperature, TemperatureDifference, VolumeFlow};

/// Lowest fan speed. Default of EnergyPlus for towers.
const LOWEST_SPEED: f64 = 0.2;
/// Share of the full-speed heat with the fans off. Default of Modelica Buildings for dry coolers.
const FREE_CONVECTION: f64 = 0.125;
/// Exponent of the air film on the mass flow.
const AIR_EXPONENT: f64 = 0.8;
/// Exponent of the coolant film on the mass flow.
const COOLANT_EXPONENT: f64 = 0.85;
/// Share of the coolant film in the rated resistance: the air film conducts half as well.
const COOLANT_SHARE: f64 = 1.0 / 3.0;
/// Pressure of catalog ratings.
const RATING_PRESSURE: Pressure = Pressure::from_pascals(101_325.0);
/// Density of make-up water, kg/m³ (998.25 at 20 °C).
const WATER_DENSITY: f64 = 998.25;

/// A dry cooler at its rating, at sea level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    /// Heat rejected.
    pub heat: Power,
    /// Fan power at full speed.
    pub fan_power: Power,
    /// Entering air.
    pub air_in: Temperature,
    /// Entering coolant.
    pub coolant_in: Temperature,
    /// Leaving coolant.
    pub coolant_out: Temperature,
    /// Air flow at full speed, at the entering air.
    pub air_flow: VolumeFlow,
}

/// How the cooler runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operation {
    /// Heat rejected.
    pub heat: Power,
    /// Fan power.
    pub fan_power: Power,
    /// Mean fan speed, share of full speed.
    pub speed: f64,
    /// Leaving coolant, after the bypass if there is one.
    pub coolant_out: Temperature,
    /// Whether the set-point is held. When the fans are off and the air would cool further, a bypass holds it.
    pub held: bool,
}

fn rating_air(air_in: Temperature) -> MoistAir {
    MoistAir { dry_bulb: air_in, pressure: RATING_PRESSURE, humidity_ratio: 0.0 }
}

/// Heat capacity rate of an air flow.
///
/// ```text
/// C = ρ c_p V̇
/// ```
fn air_capacity(air: &MoistAir, flow: VolumeFlow) -> Conductance {
    flow * air.density() * air.specific_heat()
}

/// Air flow when only the heat is published, from an assumed rise of the air temperature.
///
/// ```text
/// V̇ = Q / (ρ c_p ΔT)
/// ```
/// # Source
/// Derived: energy balance. Assumed rise: [`super::sources::MODELICA_BUILDINGS`], `Data.DryCooler.Generic`, gives the air the same heat
/// capacity rate as the coolant, so that the rise equals the coolant's drop.
/// # Range
/// 0 < ΔT < coolant entering − air entering; outside, the rating is impossible and [`conductance`] says so.
/// # Assumptions
/// Dry air at sea level at the entering temperature.
/// # Check
/// `rating_comes_back`: a rise of 5.56 K for 2 931 kW is the same heat capacity rate on both sides.
#[must_use]
pub fn air_flow_from_rise(heat: Power, air_in: Temperature, rise: TemperatureDifference) -> VolumeFlow {
    let air = rating_air(air_in);
    heat / rise / air.specific_heat() / air.density()
}

/// Conductance of the cooler at its rating.
///
/// ```text
/// ε = Q / (C_min (T_c,in − T_a,in)),   UA = NTU(ε, C_min/C_max) · C_min
/// ```
/// # Source
/// [`super::sources::KAYS_LONDON_1984`] for crossflow, both fluids unmixed; [`super::sources::MODELICA_BUILDINGS`], `DryCoolerUA`.
/// # Range
/// `None` when no crossflow exchanger can do the rating: too little air, or temperatures that cross.
/// # Assumptions
/// Dry air at sea level.
/// # Check
/// `rating_comes_back`.
#[must_use]
pub fn conductance(rating: &Rating) -> Option<Conductance> {
    let coolant = rating.heat / (rating.coolant_in - rating.coolant_out);
    let air = air_capacity(&rating_air(rating.air_in), rating.air_flow);
    conductance_from_rating(rating.heat, rating.coolant_in, rating.air_in, coolant, air, Arrangement::CrossflowUnmixed)
}

/// Heat, fan power and leaving coolant of one cooler.
///
/// ```text
/// ṁ_a = ρ(T, p, W) V̇_r s,   1/UA = (1/UA_r) (⅓ (C/C_r)^−0.85 + ⅔ (ṁ_a/ṁ_a,r)^−0.8),   Q = ε C_min (T_c,in − T_a,in)
/// P = P_r s³ ρ/ρ_r,   s lowest with T_c,out ≤ T_set
/// ```
/// # Source
/// [`super::sources::WETTER_1999`] for the films and their exponents, with the ratio of films of `HADryCoil` in
/// [`super::sources::MODELICA_BUILDINGS`]; affinity law for the fans.
/// # Range
/// Below 20 % speed the fans cycle between that and off, where free convection carries 12.5 % of the full-speed heat. Coolant already
/// at the set-point, or colder than the air, passes by. When full speed is not enough, `held` is false. A rating for which
/// [`conductance`] is `None` rejects nothing.
/// # Assumptions
/// All fans at one speed; dry coil; no drive loss beyond the rated fan power. Continuous, with kinks where the control changes mode.
/// # Check
/// `independent_points`, `set_point_is_held_at_the_lowest_speed`, `altitude_costs_heat_and_saves_fan_power`.
#[must_use]
pub fn operate(rating: &Rating, air: &MoistAir, coolant_in: Temperature, capacity_rate: Conductance, setpoint: Temperature) -> Operation {
    operate_sized(rating, conductance(rating), air, coolant_in, capacity_rate, setpoint)
}

/// As [`operate`], with the conductance at the rating already known: a year asks for it once, not every hour.
///
/// ```text
/// UA_r = conductance(rating)
/// ```
/// # Source
/// As [`operate`].
/// # Range
/// As [`operate`].
/// # Assumptions
/// `ua` is [`conductance`] of the same rating.
/// # Check
/// `independent_points`.
#[must_use]
pub fn operate_sized(
    rating: &Rating,
    ua: Option<Conductance>,
    air: &MoistAir,
    coolant_in: Temperature,
    capacity_rate: Conductance,
    setpoint: Temperature,
) -> Operation {
    let idle = |held| Operation { heat: Power::ZERO, fan_power: Power::ZERO, speed: 0.0, coolant_out: coolant_in, held };
    let needed = capacity_rate * (coolant_in - setpoint);
    if needed <= Power::ZERO {
        return idle(coolant_in <= setpoint);
    }
    let Some(ua) = ua else { return idle(false) };
    let thinner = air.density() / rating_air(rating.air_in).density();
    let rated = rating.heat / (rating.coolant_in - rating.coolant_out);
    let full_air = air_capacity(air, rating.air_flow);
    let heat_at = |speed: f64| {
        let now = off_design(ua, capacity_rate / rated, speed * thinner, COOLANT_EXPONENT, AIR_EXPONENT, COOLANT_SHARE);
        transfer(now, capacity_rate, full_air * speed, coolant_in, air.dry_bulb, Arrangement::CrossflowUnmixed).heat
    };
    let full = heat_at(1.0);
    if full <= Power::ZERO {
        return idle(false);
    }
    let run = |heat: Power, speed: f64, cubes: f64, held: bool| Operation {
        heat,
        fan_power: rating.fan_power * (cubes * thinner),
        speed,
        coolant_out: if held { setpoint } else { coolant_in - heat / capacity_rate },
        held,
    };
    if full < needed {
        return run(full, 1.0, 1.0, false);
    }
    let off = full * FREE_CONVECTION;
    if off >= needed {
        return run(needed, 0.0, 0.0, true);
    }
    let lowest = heat_at(LOWEST_SPEED);
    if lowest >= needed {
        let share = (needed - off) / (lowest - off);
        return run(needed, share * LOWEST_SPEED, share * LOWEST_SPEED.powi(3), true);
    }
    let speed = bracketed_root(LOWEST_SPEED, 1.0, |speed| heat_at(speed) / needed - 1.0);
    run(needed, speed, speed.powi(3), true)
}

/// Air behind a wetted pad.
///
/// ```text
/// T₂ = T₁ − η (T₁ − T_wb),   T_wb₂ = T_wb₁
/// ```
/// # Source
/// [`super::sources::ASHRAE_2017`]: adiabatic saturation follows the wet bulb; definition of the saturation efficiency.
/// # Range
/// 0 ≤ η ≤ 1, held there; pads reach 0.7 to 0.9.
/// # Assumptions
/// Water at the wet bulb, no drops carried over, pressure loss of the pad within the rated fan power.
/// # Check
/// `pad_follows_the_wet_bulb`.
#[must_use]
pub fn adiabatic_inlet(air: &MoistAir, efficiency: Ratio) -> MoistAir {
    let wet_bulb = air.wet_bulb();
    let share = efficiency.value().clamp(0.0, 1.0);
    if share <= 0.0 {
        return *air;
    }
    MoistAir::from_wet_bulb(air.dry_bulb - (air.dry_bulb - wet_bulb) * share, wet_bulb, air.pressure)
}

/// Water evaporated by a pad, kg per kg of dry air.
///
/// ```text
/// w = W₂ − W₁
/// ```
/// # Source
/// Derived: water balance of the pad.
/// # Range
/// Never below zero.
/// # Assumptions
/// As for [`adiabatic_inlet`].
/// # Check
/// `pad_follows_the_wet_bulb`.
#[must_use]
pub fn adiabatic_water(before: &MoistAir, after: &MoistAir) -> f64 {
    (after.humidity_ratio - before.humidity_ratio).max(0.0)
}

/// Make-up water of a pad for an air flow, with the water drained to keep the concentration.
///
/// ```text
/// V̇_w = ρ V̇ / (1 + W₂) · (W₂ − W₁) · c/(c − 1) / ρ_w
/// ```
/// # Source
/// Derived: evaporation plus blow-down E/(c − 1), as for towers in [`super::sources::ENERGYPLUS`].
/// # Range
/// Cycles of concentration above 1; at 1 or below nothing could be kept and the result is very large.
/// # Assumptions
/// The air flow is that behind the pad, where the fans draw it.
/// # Check
/// `pad_follows_the_wet_bulb`.
#[must_use]
pub fn adiabatic_makeup(before: &MoistAir, after: &MoistAir, air_flow: VolumeFlow, cycles: f64) -> VolumeFlow {
    let dry_air = (air_flow * after.density()).kilograms_per_second() / (1.0 + after.humidity_ratio);
    let drained = 1.0 + 1.0 / (cycles - 1.0).max(1e-3);
    VolumeFlow::from_cubic_meters_per_second(dry_air * adiabatic_water(before, after) * drained / WATER_DENSITY)
}

#[cfg(test)]
#[path = "dry_cooler_tests.rs"]
mod tests;
