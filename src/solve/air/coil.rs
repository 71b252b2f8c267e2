//! Air handlers: fans that share the flow by their size, and a coil behind each.

use super::super::thermal::{Exchanger, heat, operate};
use super::HUMIDITY;
use crate::physics::exchanger::{Arrangement, conductance_from_rating};
use crate::physics::moist_air::MoistAir;
use crate::plan::catalog::AirHandlerModel;
use crate::units::*;

/// Film exponent of the air side and its share of the coil's resistance: Wetter 1999 defaults, as in `physics::dry_cooler`.
const AIR_FILM: (f64, f64) = (0.8, 2.0 / 3.0);
/// Pressure of catalog ratings.
const RATED: Pressure = Pressure::from_pascals(101_325.0);

/// Volumetric heat capacity of hall air, J/(m³·K).
pub(in crate::solve) fn rho_c(temperature: Temperature, pressure: Pressure) -> f64 {
    let air = MoistAir { dry_bulb: temperature, pressure, humidity_ratio: HUMIDITY };
    air.density().kilograms_per_cubic_meter() * air.specific_heat().joules_per_kilogram_kelvin()
}

/// One air handler of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::solve) struct Handler {
    /// Air at full speed, m³/s.
    pub flow: f64,
    /// Fan power at full speed and rated density, W.
    pub fan: f64,
    /// None where no coil can do the catalog's rating.
    pub coil: Option<Exchanger>,
}

impl Handler {
    /// Of a catalog entry, on water of this volumetric heat capacity.
    pub fn new(model: &AirHandlerModel, water_rho_c: f64) -> Self {
        let flow = model.air_flow.cubic_meters_per_second();
        let air = Conductance::from_watts_per_kelvin(flow * rho_c(*model.air_in, RATED));
        let water = Conductance::from_watts_per_kelvin(model.water_flow.cubic_meters_per_second() * water_rho_c);
        let ua = conductance_from_rating(*model.capacity, *model.air_in, *model.water_in, air, water, Arrangement::Counterflow);
        let coil = ua.map(|ua| {
            let (ua, air, water) = (ua.watts_per_kelvin(), air.watts_per_kelvin(), water.watts_per_kelvin());
            Exchanger { ua, secondary: air, primary: water, most: water, film: AIR_FILM }
        });
        Self { flow, fan: model.fan_power.watts(), coil }
    }
}

/// Equal handlers on the same water.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::solve) struct Group {
    pub handler: Handler,
    /// How many run: the first ones of the group. The others stand by, or are out.
    pub on: u32,
    /// Facility water temperature, K.
    pub water: f64,
    /// Share of the largest water flow that is there.
    pub share: f64,
}

/// A handler of a group at a fan speed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Running {
    group: Group,
    set: f64,
    /// Capacity rate of its air, W/K.
    pub rate: f64,
    /// Fan power, W.
    pub fan: f64,
    /// Heat per kelvin between return air and water at the most water there is, W/K.
    most: f64,
}

impl Running {
    pub fn new(group: &Group, set: f64, speed: f64, volume: f64, density: f64) -> Self {
        let rate = group.handler.flow * speed * volume;
        let most = group.handler.coil.map_or(f64::NAN, |coil| heat(&coil, rate, coil.most * group.share.clamp(0.0, 1.0), 1.0));
        Self { group: *group, set, rate, fan: group.handler.fan * speed.powi(3) * density, most }
    }
    /// Supply temperature at a return temperature: the set-point where the coil can hold it. The coil never heats.
    pub fn supply(&self, back: f64) -> f64 {
        let uncooled = back + self.fan / self.rate;
        if uncooled <= self.set {
            return uncooled;
        }
        // A water temperature that isn't known passes through.
        let difference = back - self.group.water;
        let coldest = if difference > 0.0 || difference.is_nan() { uncooled - self.most / self.rate * difference } else { uncooled };
        if coldest < self.set { self.set } else { coldest }
    }
    /// Heat to the water, W: what the air loses and the fan adds.
    pub fn heat(&self, back: f64) -> f64 {
        self.rate * (back - self.supply(back)) + self.fan
    }
    /// Return temperatures between which the heat is linear.
    fn kinks(&self) -> [f64; 3] {
        let starts = self.set - self.fan / self.rate;
        [starts, self.group.water, (self.rate * self.set - self.fan - self.most * self.group.water) / (self.rate - self.most)]
    }
    /// Capacity rate of the water that does it, W/K.
    pub fn water(&self, back: f64) -> f64 {
        let (load, Some(coil)) = (self.heat(back), self.group.handler.coil) else { return 0.0 };
        if load <= 0.0 { 0.0 } else { operate(&coil, load, self.rate, self.group.water, self.set - self.fan / self.rate, self.group.share).primary }
    }
}

/// The return temperature, the same for all, at which the handlers take `load` W out of the air; NaN if none does. Exact, as heat is linear between kinks.
pub(super) fn common_return(groups: &[(f64, Running)], load: f64) -> f64 {
    let taken = |back: f64| -> f64 { groups.iter().map(|(n, r)| n * r.rate * (back - r.supply(back))).sum() };
    let mut kinks: Vec<f64> = groups.iter().flat_map(|(_, r)| r.kinks()).filter(|k| k.is_finite()).collect();
    kinks.sort_unstable_by(f64::total_cmp);
    let (Some(first), Some(last)) = (kinks.first().copied(), kinks.last().copied()) else { return f64::NAN };
    let between = |a: f64, b: f64| {
        let (low, high) = (taken(a), taken(b));
        a + (b - a) * ((load - low) / (high - low))
    };
    if taken(first) >= load {
        return if taken(first) == load { first } else { f64::NAN };
    }
    for pair in kinks.windows(2).filter(|p| p[1] > p[0]) {
        if taken(pair[1]) >= load {
            return between(pair[0], pair[1]);
        }
    }
    let beyond = between(last, last + 1.0);
    if beyond.is_finite() { beyond } else { f64::NAN }
}

/// The racks' heat at which either the fans are at full speed or the coils no longer hold the set-point, W.
///
/// The handlers' air follows the racks', so that it returns at `R = T_set + ΔT/a` at any load, and the load is as the fan speed:
/// the coils hold the set-point up to the speed at which `Σ k·(R − T_w) = Σ C·(R − T_set) + P`.
pub(super) fn capacity(groups: &[Group], set: f64, volume: f64, density: f64, rise: f64, ratio: f64) -> f64 {
    let on = || groups.iter().filter(|g| g.on > 0);
    let by_air: f64 = on().map(|g| f64::from(g.on) * g.handler.flow).sum::<f64>() * volume * rise / ratio.max(1e-3);
    let back = set + rise / ratio.max(1e-3);
    let left = |speed: f64| -> f64 {
        let one = |g: &Group| {
            let run = Running::new(g, set, speed, volume, density);
            f64::from(g.on) * (run.most * (back - g.water) - run.rate * (back - set) - run.fan)
        };
        on().map(one).sum()
    };
    const LEAST: f64 = 1e-3;
    let (least, full) = (left(LEAST), left(1.0));
    match (least.is_nan() || full.is_nan(), least > 0.0, full >= 0.0) {
        (true, ..) => f64::NAN,
        (_, _, true) => by_air,
        (_, true, _) => by_air * crate::numerics::roots::bracketed(|s| left(s) / by_air, LEAST, 1.0, 1e-12).unwrap_or(f64::NAN),
        (_, false, _) => 0.0,
    }
}
