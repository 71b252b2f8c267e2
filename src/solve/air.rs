//! The air of a hall: one mixed volume in front of the racks and one behind them.
//!
//! With r the share of the exhaust that comes back to the inlets, and ΔT the rise through the racks,
//!
//! ```text
//! V_rack = Q/(ρ·c·ΔT),   V_handler = V_rack·(1 − r),   T_inlet = T_supply + r/(1 − r)·ΔT,   T_return = T_supply + ΔT/(1 − r)
//! ```
//! from the balance of flow and heat (mixing form of recirculation: Sharma, Bash and Patel 2002; Herrlin 2008). If the handlers can't move
//! that much air, r rises to 1 − V_max/V_rack. A planning estimate for the hall's mean, not an air flow study.

use super::HallAir;
use super::thermal::{Exchanger, heat, operate};
use crate::physics::exchanger::{Arrangement, conductance_from_rating};
use crate::physics::moist_air::MoistAir;
use crate::plan::catalog::AirHandlerModel;
use crate::units::*;

/// Humidity ratio of hall air, kg/kg, about a dew point of 10 °C. Assumed; air density hardly depends on it.
pub(super) const HUMIDITY: f64 = 0.0077;
/// Film exponent of the air side and its share of the coil's resistance: Wetter 1999 defaults, as in `physics::dry_cooler`.
const AIR_FILM: (f64, f64) = (0.8, 2.0 / 3.0);

/// Air handlers of a hall, all together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Handlers {
    pub flow: f64,
    pub fan: f64,
    coil: Option<Exchanger>,
}

/// Volumetric heat capacity of hall air, J/(m³·K).
fn rho_c(temperature: Temperature, pressure: Pressure) -> f64 {
    let air = MoistAir { dry_bulb: temperature, pressure, humidity_ratio: HUMIDITY };
    air.density().kilograms_per_cubic_meter() * air.specific_heat().joules_per_kilogram_kelvin()
}

impl Handlers {
    /// With `units` more of a model.
    pub(super) fn with(mut self, model: &AirHandlerModel, units: f64, water_rho_c: f64) -> Self {
        self.flow += model.air_flow.cubic_meters_per_second() * units;
        self.fan += model.fan_power.watts() * units;
        let air = Conductance::from_watts_per_kelvin(model.air_flow.cubic_meters_per_second() * rho_c(*model.air_in, Pressure::from_pascals(101_325.0)));
        let water = Conductance::from_watts_per_kelvin(model.water_flow.cubic_meters_per_second() * water_rho_c);
        if let Some(ua) = conductance_from_rating(*model.capacity, *model.air_in, *model.water_in, air, water, Arrangement::Counterflow) {
            let (ua, air, water) = (ua.watts_per_kelvin() * units, air.watts_per_kelvin() * units, water.watts_per_kelvin() * units);
            self.coil = Some(match self.coil {
                None => Exchanger { ua, secondary: air, primary: water, most: water, film: AIR_FILM },
                Some(x) => Exchanger { ua: x.ua + ua, secondary: x.secondary + air, primary: x.primary + water, most: x.most + water, film: AIR_FILM },
            });
        }
        self
    }
}

/// What the hall asks of its air.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    /// Heat from the racks, W.
    pub heat: f64,
    /// Mean rise through the racks, K.
    pub rise: f64,
    /// Supply set-point.
    pub supply: Temperature,
    /// Designed recirculation.
    pub recirculation: f64,
    /// Air pressure.
    pub pressure: Pressure,
}

/// Runs the handlers on water of `water` K, of which the share `share` of the largest flow is there. Gives the hall and the water's capacity rate.
pub(super) fn solve(demand: &Demand, handlers: &Handlers, water: f64, share: f64) -> (HallAir, f64) {
    let set = demand.supply.kelvin();
    let volume = rho_c(demand.supply, demand.pressure);
    let rack_flow = if demand.rise > 0.0 { demand.heat / (volume * demand.rise) } else { 0.0 };
    let wanted = rack_flow * (1.0 - demand.recirculation);
    let mut hall = HallAir { heat: Power::from_watts(demand.heat), rack_flow: VolumeFlow::from_cubic_meters_per_second(rack_flow), ..HallAir::default() };
    let Some(coil) = handlers.coil.filter(|_| handlers.flow > 0.0) else {
        let unknown = if demand.heat > 0.0 { f64::NAN } else { set };
        (hall.supply, hall.inlet, hall.exhaust) = (Temperature::from_kelvin(unknown), Temperature::from_kelvin(unknown), Temperature::from_kelvin(unknown));
        hall.held = demand.heat <= 0.0;
        return (hall, 0.0);
    };
    let flow = wanted.min(handlers.flow);
    let speed = flow / handlers.flow;
    // Handlers that move less than the racks draw let the rest recirculate.
    let recirculation = if rack_flow > 0.0 { 1.0 - flow / rack_flow } else { 0.0 };
    let density = volume / rho_c(demand.supply, Pressure::from_pascals(101_325.0));
    let fan = handlers.fan * speed.powi(3) * density;
    let capacity_rate = flow * volume;
    let duty = demand.heat + fan;
    let run = operate(&coil, duty, capacity_rate, water, set - if capacity_rate > 0.0 { fan / capacity_rate } else { 0.0 }, share);
    let supply = if run.held { set } else { run.supply + fan / capacity_rate.max(f64::MIN_POSITIVE) };
    let inlet = supply + if recirculation < 1.0 { recirculation / (1.0 - recirculation) * demand.rise } else { f64::NAN };
    hall.capacity = Power::from_watts(capacity(demand, handlers, &coil, volume, water));
    hall.handler_flow = VolumeFlow::from_cubic_meters_per_second(flow);
    hall.supply = Temperature::from_kelvin(supply);
    hall.inlet = Temperature::from_kelvin(inlet);
    hall.exhaust = Temperature::from_kelvin(inlet + demand.rise);
    hall.fan_power = Power::from_watts(fan);
    hall.fan_speed = speed;
    hall.held = run.held && wanted <= handlers.flow * (1.0 + 1e-9);
    (hall, run.primary)
}

/// The heat at which either the fans are at full speed or the coil no longer holds the set-point.
///
/// From Q + P = k·(T_s + (Q + P)/C − T_w) at full flows.
fn capacity(demand: &Demand, handlers: &Handlers, coil: &Exchanger, volume: f64, water: f64) -> f64 {
    let by_air = handlers.flow * volume * demand.rise / (1.0 - demand.recirculation).max(1e-3);
    let c = handlers.flow * volume;
    let k = heat(coil, c, coil.most, 1.0);
    let by_coil = k * (demand.supply.kelvin() - handlers.fan / c - water) / (1.0 - k / c).max(1e-6) - handlers.fan;
    by_air.min(by_coil).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Catalog;

    fn demand(kilowatts: f64) -> Demand {
        Demand { heat: kilowatts * 1e3, rise: 12.0, supply: Temperature::from_celsius(24.0), recirculation: 0.05, pressure: Pressure::from_pascals(101_325.0) }
    }

    #[test]
    fn heat_and_flow_balance() {
        let catalog = Catalog::builtin().unwrap();
        let handlers = Handlers::default().with(&catalog.air_handlers[0], 2.0, 4.17e6);
        let d = demand(600.0);
        let (hall, primary) = solve(&d, &handlers, 288.15, 1.0);
        assert!(hall.held, "{hall:?}");
        let c = hall.handler_flow.cubic_meters_per_second() * rho_c(d.supply, d.pressure);
        assert!((c * (hall.exhaust - hall.supply).kelvins() / d.heat - 1.0).abs() < 1e-9);
        assert!((hall.inlet.celsius() - 24.0 - 0.05 / 0.95 * 12.0).abs() < 1e-9);
        assert!(primary > 0.0);
    }

    #[test]
    fn too_little_air_recirculates_and_too_warm_water_floats() {
        let catalog = Catalog::builtin().unwrap();
        let one = Handlers::default().with(&catalog.air_handlers[0], 1.0, 4.17e6);
        let (starved, _) = solve(&demand(2000.0), &one, 288.15, 1.0);
        assert!(!starved.held && starved.inlet > Temperature::from_celsius(26.0));
        let (warm, _) = solve(&demand(400.0), &one, 300.0, 1.0);
        assert!(!warm.held && warm.supply > Temperature::from_celsius(24.0));
        assert!(warm.capacity < Power::from_kilowatts(400.0));
    }
}
