//! Heat rejection of a facility water system at one hour of weather.
//!
//! The return water first meets what cools without a compressor (dry and adiabatic coolers, towers, free-cooling coils), in parallel; then
//! the chillers take the rest, in series. Towers that serve water-cooled chillers cool the water through the plate exchanger when they can
//! do it alone, else the condensers.
//!
//! In a steady state the plant rejects what it is brought. If it can't at the set-point, supply and return float up together until it can:
//!
//! ```text
//! find T_s ≥ T_set:   leaving(T_return = T_s + Q/C) = T_s
//! ```

mod chill;
mod machines;
#[cfg(test)]
mod tests;

use machines::{dry, dry_run, tower_machine};

use crate::numerics::roots;
use crate::physics::chiller::{self, EirCurves};
use crate::physics::dry_cooler;
use crate::physics::moist_air::MoistAir;
use crate::physics::tower::{self, Duty, Treatment};
use crate::plan::catalog::{ChillerCurve, ChillerModel, Condenser, DryCoolerModel, TowerModel};
use crate::plan::{Catalog, Cooler, Id};
use crate::units::*;

/// Highest water temperature looked for when the set-point isn't held, K above it.
const FLOAT: f64 = 80.0;
/// Condenser water set-point: this much above the wet bulb, within these bounds (°C). As the plant of validation case O2.
const CONDENSER: (f64, f64, f64) = (3.0, 16.0, 29.44);
/// Condenser water range at full load, K: the rating of common towers.
const CONDENSER_RANGE: f64 = 5.6;

/// A machine with its catalog figures in the form the physics wants.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Machine {
    Dry { rating: dry_cooler::Rating, ua: Option<Conductance>, wet: Option<(Ratio, Temperature, f64)> },
    Tower { rating: tower::Rating, treatment: Treatment, pump: Power },
    Chiller { model: Box<ChillerModel> },
}

/// Equal machines in use together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    pub id: Id,
    pub machine: Machine,
    /// Machines in use, spare ones left out.
    pub units: f64,
}

/// The plant of one facility water system.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plant {
    pub groups: Vec<Group>,
    /// Effectiveness of the plate exchanger before the towers; `None` where tower water is the facility water.
    pub exchanger: Option<f64>,
    /// Volumetric heat capacity of the facility water, J/(m³·K).
    pub rho_c: f64,
    /// Set-point, K.
    pub setpoint: f64,
    /// Whether the plan has any heat rejection for it, in service or not.
    pub planned: bool,
}

/// What one group does.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct GroupRun {
    pub heat: f64,
    pub fan: f64,
    pub compressor: f64,
    pub pump: f64,
    pub speed: f64,
    pub units_on: f64,
    pub evaporation: f64,
    pub drift: f64,
    pub blowdown: f64,
    pub mode: &'static str,
    pub in_range: bool,
}

impl GroupRun {
    /// `n` tower cells that each run so; the heat is the caller's.
    fn of_tower(run: &tower::Operation, n: f64, pump: Power, mode: &'static str) -> Self {
        Self {
            fan: run.fan_power.watts() * n,
            pump: pump.watts() * n,
            speed: run.speed,
            units_on: n,
            evaporation: run.evaporation.cubic_meters_per_second() * n,
            drift: run.drift.cubic_meters_per_second() * n,
            blowdown: run.blowdown.cubic_meters_per_second() * n,
            mode,
            in_range: run.in_range,
            ..Self::default()
        }
    }
    /// Water to be replaced.
    pub(super) fn makeup(&self) -> f64 {
        self.evaporation + self.drift + self.blowdown
    }
}

/// What the plant does.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Run {
    /// Supply temperature, K.
    pub supply: f64,
    pub held: bool,
    pub groups: Vec<GroupRun>,
}

impl Group {
    /// A cooler of the plan with its units in use; `None` when the catalog doesn't have its model.
    pub(super) fn new(cooler: &Cooler, catalog: &Catalog, units: f64) -> Option<Self> {
        let machine = if let Some(m) = catalog.dry_coolers(&cooler.model) {
            dry(m)
        } else if let Some(m) = catalog.towers(&cooler.model) {
            tower_machine(m)
        } else {
            Machine::Chiller { model: Box::new(catalog.chillers(&cooler.model)?.clone()) }
        };
        Some(Self { id: cooler.id.clone(), machine, units })
    }
    /// Heat it is rated for, W: how parallel groups share the water.
    fn rated(&self) -> f64 {
        self.units
            * match &self.machine {
                Machine::Dry { rating, .. } => rating.heat.watts(),
                Machine::Tower { rating, .. } => rating.heat.watts(),
                Machine::Chiller { model } => model.free_cooling.as_ref().map_or(0.0, |ua| ua.watts_per_kelvin() * 10.0),
            }
    }
    fn is_tower(&self) -> bool {
        matches!(self.machine, Machine::Tower { .. })
    }
}

/// One attempt: supply wanted at `target`, return at `target + Q/C`.
struct Attempt {
    leaving: f64,
    groups: Vec<GroupRun>,
}

impl Plant {
    /// Rejects `heat` W brought by a water stream of `rate` W/K.
    pub(super) fn run(&self, air: &MoistAir, heat: f64, rate: f64) -> Run {
        if heat <= 0.0 || rate <= 0.0 {
            return Run { supply: self.setpoint, held: true, groups: vec![GroupRun { mode: "off", in_range: true, ..GroupRun::default() }; self.groups.len()] };
        }
        let first = self.attempt(air, heat, rate, self.setpoint);
        if first.leaving <= self.setpoint + 1e-6 {
            return Run { supply: self.setpoint, held: true, groups: first.groups };
        }
        // Above the answer the plant holds what it is asked for, and the difference is zero: there it counts as below, or any such point would be a root.
        let too_warm = |target: f64| match self.attempt(air, heat, rate, target).leaving - target {
            held if held <= 1e-7 => -1.0,
            above => above,
        };
        match roots::bracketed(too_warm, self.setpoint, self.setpoint + FLOAT, 1e-6) {
            Ok(supply) => Run { supply, held: false, groups: self.attempt(air, heat, rate, supply).groups },
            Err(_) => Run { supply: f64::NAN, held: false, groups: first.groups },
        }
    }

    fn attempt(&self, air: &MoistAir, heat: f64, rate: f64, target: f64) -> Attempt {
        let back = target + heat / rate;
        let water_cooled = self.groups.iter().any(|g| matches!(&g.machine, Machine::Chiller { model } if model.condenser == Condenser::Water));
        if !water_cooled {
            return self.series(air, rate, back, target, &|_| true);
        }
        let free = self.series(air, rate, back, target, &|g| !matches!(g.machine, Machine::Chiller { .. }));
        if free.leaving <= target + 1e-6 { free } else { self.series(air, rate, back, target, &|g| !g.is_tower()) }
    }

    /// Coolers without compressor in parallel, then chillers, of the groups that take part.
    fn series(&self, air: &MoistAir, rate: f64, back: f64, target: f64, takes_part: &dyn Fn(&Group) -> bool) -> Attempt {
        let mut runs = vec![GroupRun { mode: "off", in_range: true, ..GroupRun::default() }; self.groups.len()];
        let rated: f64 = self.groups.iter().filter(|g| takes_part(g)).map(Group::rated).sum();
        let mut between = back;
        if rated > 0.0 {
            let mut mixed = 0.0;
            for (i, group) in self.groups.iter().enumerate().filter(|(_, g)| takes_part(g)) {
                let share = group.rated() / rated;
                if share > 0.0 {
                    let (run, leaving) = self.free(group, air, rate * share, back, target);
                    runs[i] = run;
                    mixed += share * leaving;
                }
            }
            between = mixed;
        }
        let leaving = if between > target + 1e-9 { self.chill(air, rate, between, target, takes_part, &mut runs) } else { between };
        Attempt { leaving, groups: runs }
    }

    /// One group without compressor on its share of the water. Gives the run and the leaving temperature.
    fn free(&self, group: &Group, air: &MoistAir, rate: f64, back: f64, target: f64) -> (GroupRun, f64) {
        let n = group.units;
        match &group.machine {
            Machine::Dry { rating, ua, wet } => dry_run(rating, *ua, wet.as_ref(), n, air, rate, back, target),
            Machine::Tower { rating, treatment, pump } => {
                let heat = rate * (back - target);
                // Equal capacity rates on both sides of the plate exchanger: T_fws,out = T_return − e·(T_return − T_tower).
                let e = self.exchanger.unwrap_or(1.0).clamp(0.05, 1.0);
                let wanted = back - (back - target) / e;
                let flow = VolumeFlow::from_cubic_meters_per_second(rate / self.rho_c / n);
                let run = tower::operate(rating, air, Duty::Heat(Power::from_watts(heat / n)), flow, Temperature::from_kelvin(wanted), treatment);
                let out = run.water_out.kelvin();
                let leaving = if run.held { target } else { (out + heat / (rate * e) - heat / rate).clamp(target, back) };
                let group = GroupRun { heat: rate * (back - leaving), ..GroupRun::of_tower(&run, n, *pump, "evaporative") };
                (group, leaving)
            }
            Machine::Chiller { model } => {
                let most = model.free_cooling.as_ref().map_or(0.0, |ua| ua.watts_per_kelvin()) * n * (back - air.dry_bulb.kelvin());
                if most <= 0.0 {
                    return (GroupRun { mode: "off", in_range: true, ..GroupRun::default() }, back);
                }
                // The coil takes what its stream can give; a fan that moves less air gives proportionally less.
                let heat = most.min(rate * (back - target));
                let speed = heat / most;
                let group = GroupRun {
                    heat,
                    fan: model.fan_power.watts() * n * speed.powi(3),
                    speed,
                    units_on: n,
                    mode: "free cooling",
                    in_range: true,
                    ..GroupRun::default()
                };
                (group, back - heat / rate)
            }
        }
    }

    /// The heat at which the plant just holds its set-point, when the water flow follows the heat at the present range.
    pub(super) fn capacity(&self, air: &MoistAir, range: f64) -> f64 {
        if range <= 0.0 || self.groups.is_empty() {
            return 0.0;
        }
        let short = |heat: f64| self.attempt(air, heat, heat / range, self.setpoint).leaving <= self.setpoint + 1e-6;
        let (mut low, mut high) = (0.0, 1e6);
        while short(high) {
            (low, high) = (high, high * 2.0);
            if high > 1e12 {
                return high;
            }
        }
        for _ in 0..24 {
            let middle = (low + high) / 2.0;
            if short(middle) { low = middle } else { high = middle }
        }
        low
    }
}
