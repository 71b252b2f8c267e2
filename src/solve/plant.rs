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
    /// A cooler of the plan; `None` when the catalog doesn't have its model.
    pub(super) fn new(cooler: &Cooler, catalog: &Catalog) -> Option<Self> {
        let machine = if let Some(m) = catalog.dry_coolers(&cooler.model) {
            dry(m)
        } else if let Some(m) = catalog.towers(&cooler.model) {
            tower_machine(m)
        } else {
            Machine::Chiller { model: Box::new(catalog.chillers(&cooler.model)?.clone()) }
        };
        Some(Self { id: cooler.id.clone(), machine, units: f64::from(cooler.units.saturating_sub(cooler.redundant)) })
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

fn dry(m: &DryCoolerModel) -> Machine {
    let rating = dry_cooler::Rating {
        heat: *m.heat,
        fan_power: *m.fan_power,
        air_in: *m.air_in,
        coolant_in: *m.coolant_in,
        coolant_out: *m.coolant_out,
        air_flow: *m.air_flow,
    };
    Machine::Dry { ua: dry_cooler::conductance(&rating), rating, wet: m.adiabatic.as_ref().map(|a| (*a.efficiency, *a.starts_at, *a.cycles)) }
}

fn tower_machine(m: &TowerModel) -> Machine {
    // The water flow of a tower follows from its heat and range.
    let water = crate::physics::coolant::properties(crate::physics::coolant::Fluid::Water, *m.wet_bulb + *m.approach);
    let flow = m.heat.watts() / (m.range.kelvins() * super::thermal::volumetric(&water));
    let rating = tower::Rating {
        heat: *m.heat,
        fan_power: *m.fan_power,
        wet_bulb: *m.wet_bulb,
        approach: *m.approach,
        range: *m.range,
        water_flow: VolumeFlow::from_cubic_meters_per_second(flow),
        air_flow: *m.air_flow,
    };
    Machine::Tower { rating, treatment: Treatment { cycles: *m.cycles, drift: *m.drift }, pump: *m.pump_power }
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

    /// Chillers in series behind the free coolers. Gives the leaving temperature.
    fn chill(&self, air: &MoistAir, rate: f64, between: f64, target: f64, takes_part: &dyn Fn(&Group) -> bool, runs: &mut [GroupRun]) -> f64 {
        let towers: Vec<usize> = (0..self.groups.len()).filter(|i| self.groups[*i].is_tower()).collect();
        let leaving = Temperature::from_kelvin(target);
        let wet_bulb = if towers.is_empty() { air.dry_bulb } else { air.wet_bulb() };
        let condenser_set = (wet_bulb.celsius() + CONDENSER.0).clamp(CONDENSER.1, CONDENSER.2);
        let mut condenser_water = Temperature::from_celsius(condenser_set);
        let needed = rate * (between - target);
        let mut given = 0.0;
        let before: Vec<GroupRun> = runs.to_vec();
        // Condenser water depends on the chillers' power and they on it; the coupling is weak, and three rounds settle it.
        for _ in 0..3 {
            let chillers: Vec<(usize, &ChillerModel, f64, Temperature)> = self
                .groups
                .iter()
                .enumerate()
                .filter(|(_, g)| takes_part(g))
                .filter_map(|(i, g)| match &g.machine {
                    Machine::Chiller { model } => Some((i, &**model, g.units, if model.condenser == Condenser::Air { air.dry_bulb } else { condenser_water })),
                    _ => None,
                })
                .collect();
            let capacity: f64 = chillers.iter().map(|(_, m, n, entering)| point(m, Power::ZERO, leaving, *entering).capacity.watts().max(0.0) * n).sum();
            if capacity <= 0.0 {
                return between;
            }
            given = needed.min(capacity);
            let (mut condenser_heat, mut any_water) = (0.0, false);
            for (i, model, n, entering) in chillers {
                let each = point(model, Power::ZERO, leaving, entering).capacity.watts().max(0.0);
                let load = given * each * n / capacity;
                let on = if each > 0.0 { (load / each - 1e-9).ceil().clamp(1.0, n.max(1.0)) } else { 0.0 };
                if on <= 0.0 || load <= 0.0 {
                    continue;
                }
                let run = point(model, Power::from_watts(load / on), leaving, entering);
                let power = run.power.watts() * on;
                runs[i] = GroupRun {
                    heat: before[i].heat + load,
                    compressor: power,
                    units_on: on.max(before[i].units_on),
                    mode: if before[i].mode == "free cooling" { "partly free" } else { "mechanical" },
                    in_range: run.in_range,
                    ..before[i]
                };
                if model.condenser == Condenser::Water {
                    condenser_heat += load + power;
                    any_water = true;
                }
            }
            if !any_water || towers.is_empty() {
                break;
            }
            condenser_water = self.condense(air, condenser_heat, Temperature::from_celsius(condenser_set), &towers, runs);
        }
        between - given / rate
    }

    /// Towers on the condensers. Gives the condenser water temperature.
    fn condense(&self, air: &MoistAir, heat: f64, setpoint: Temperature, towers: &[usize], runs: &mut [GroupRun]) -> Temperature {
        let rated: f64 = towers.iter().map(|i| self.groups[*i].rated()).sum();
        let mut warmest = setpoint;
        for &i in towers {
            let Machine::Tower { rating, treatment, pump } = &self.groups[i].machine else { continue };
            let n = self.groups[i].units;
            if n <= 0.0 || rated <= 0.0 {
                continue;
            }
            let load = heat * self.groups[i].rated() / rated / n;
            // The condenser pumps keep the rated flow, so that the range follows the load.
            let flow = rating.water_flow * (CONDENSER_RANGE / rating.range.kelvins());
            let run = tower::operate(rating, air, Duty::Heat(Power::from_watts(load)), flow, setpoint, treatment);
            warmest = warmest.max(run.water_out);
            runs[i] = GroupRun { heat: load * n, ..GroupRun::of_tower(&run, n, *pump, "condenser") };
        }
        warmest
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

#[allow(clippy::too_many_arguments, reason = "the cooler, its water and its air")]
fn dry_run(
    rating: &dry_cooler::Rating,
    ua: Option<Conductance>,
    wet: Option<&(Ratio, Temperature, f64)>,
    n: f64,
    air: &MoistAir,
    rate: f64,
    back: f64,
    target: f64,
) -> (GroupRun, f64) {
    let each = Conductance::from_watts_per_kelvin(rate / n);
    let (inlet, set) = (Temperature::from_kelvin(back), Temperature::from_kelvin(target));
    let mut run = dry_cooler::operate_sized(rating, ua, air, inlet, each, set);
    let mut group = GroupRun { units_on: n, mode: "dry", in_range: true, ..GroupRun::default() };
    if let Some((efficiency, starts_at, cycles)) = wet.filter(|w| !run.held && air.dry_bulb >= w.1) {
        let _ = starts_at;
        let wetted = dry_cooler::adiabatic_inlet(air, *efficiency);
        run = dry_cooler::operate_sized(rating, ua, &wetted, inlet, each, set);
        let flow = rating.air_flow * run.speed;
        let makeup = dry_cooler::adiabatic_makeup(air, &wetted, flow, *cycles).cubic_meters_per_second() * n;
        // Make-up is evaporation times C/(C − 1).
        group.evaporation = makeup * (cycles - 1.0) / cycles;
        group.blowdown = makeup - group.evaporation;
        group.mode = "wet";
    }
    group.heat = run.heat.watts() * n;
    group.fan = run.fan_power.watts() * n;
    group.speed = run.speed;
    (group, run.coolant_out.kelvin())
}

/// One chiller at a load.
fn point(model: &ChillerModel, load: Power, leaving: Temperature, entering: Temperature) -> chiller::ChillerPoint {
    match &*model.curve {
        ChillerCurve::Eir { cap_ft, eir_ft, eir_fplr, part_load, evaporator, condenser } => {
            let curves = EirCurves {
                capacity: *model.capacity,
                cop: *model.cop,
                cap_ft: *cap_ft,
                eir_ft: *eir_ft,
                eir_fplr: *eir_fplr,
                plr: *part_load,
                evaporator_leaving: *evaporator,
                condenser_entering: *condenser,
            };
            chiller::operate(&curves, load, leaving, entering)
        }
        // The catalog's share of Carnot is set on the water's and the air's temperatures, so that the approaches are inside it.
        ChillerCurve::CarnotFraction { share, minimum_lift } => {
            chiller::carnot_fraction(load, *model.capacity, *share, leaving, entering, *minimum_lift, [0.0, 1.0, 0.0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Point;

    fn cooler(model: &str, units: u32) -> Group {
        let catalog = Catalog::builtin().unwrap();
        let element = Cooler {
            id: Id::from("C"),
            name: String::new(),
            fws: Id::from("F"),
            model: model.to_owned(),
            units,
            redundant: 0,
            at: Point::default(),
            columns: 1,
            a: None,
            b: None,
            assumed: String::new(),
        };
        Group::new(&element, &catalog).unwrap()
    }
    fn plant(groups: Vec<Group>, celsius: f64) -> Plant {
        Plant { groups, exchanger: None, rho_c: 4.15e6, setpoint: celsius + 273.15 }
    }
    fn air(dry: f64, wet: f64) -> MoistAir {
        MoistAir::from_wet_bulb(Temperature::from_celsius(dry), Temperature::from_celsius(wet), Pressure::from_pascals(101_325.0))
    }

    /// BAC Trillium TDFS1238N: 2,931 kW, 46.11 → 40.55 °C at 35 °C air with 117.68 kW of fans.
    #[test]
    fn the_dry_cooler_record_comes_back() {
        let p = plant(vec![cooler("bac-tdfs1238n", 1)], 40.55);
        let dry_air = MoistAir { dry_bulb: Temperature::from_celsius(35.0), pressure: Pressure::from_pascals(101_325.0), humidity_ratio: 0.0 };
        let run = p.run(&dry_air, 2_931e3, 2_931e3 / 5.56);
        assert!((run.supply - 313.70).abs() < 0.02, "{run:?}");
        assert!((run.groups[0].fan - 117_680.0).abs() < 2_400.0, "{run:?}");
        assert!((p.capacity(&dry_air, 5.56) / 2_931e3 - 1.0).abs() < 0.02);
    }

    #[test]
    fn too_much_heat_floats_up_and_still_balances() {
        let p = plant(vec![cooler("bac-tdfs1238n", 2)], 38.0);
        let run = p.run(&air(39.0, 25.0), 6e6, 6e6 / 8.0);
        assert!(!run.held && run.supply > p.setpoint);
        // The least temperature that works, not any that does: a tenth of a kelvin below, the plant can't take the heat.
        assert!(run.supply < p.setpoint + 20.0 && p.attempt(&air(39.0, 25.0), 6e6, 6e6 / 8.0, run.supply - 0.1).leaving > run.supply - 0.1);
        assert!((run.groups[0].heat / 6e6 - 1.0).abs() < 1e-5, "{run:?}");
    }

    #[test]
    fn towers_hold_what_dry_coolers_cannot() {
        let hot = air(38.0, 24.0);
        let dry = plant(vec![cooler("bac-tdfs1238n", 2)], 32.0).run(&hot, 4e6, 4e6 / 8.0);
        let wet = plant(vec![cooler("tower-1300", 5)], 32.0).run(&hot, 4e6, 4e6 / 8.0);
        assert!(!dry.held && wet.held);
        // Evaporation carries the heat: 1.45 to 1.6 L/kWh.
        let litres_per_kwh = wet.groups[0].evaporation * 1e3 * 3600.0 / (4e6 / 1e3);
        assert!((1.0..1.7).contains(&litres_per_kwh), "{litres_per_kwh}");
    }

    #[test]
    fn chillers_take_what_free_cooling_leaves() {
        let p = plant(vec![cooler("air-cooled-high-temp-1700", 4)], 24.0);
        let cold = p.run(&air(2.0, 0.0), 5e6, 5e6 / 8.0);
        let hot = p.run(&air(38.0, 24.0), 5e6, 5e6 / 8.0);
        assert!(cold.held && hot.held, "{cold:?} {hot:?}");
        assert!(cold.groups[0].compressor == 0.0 && cold.groups[0].mode == "free cooling", "{cold:?}");
        assert!(hot.groups[0].compressor > 0.5e6 && hot.groups[0].mode == "mechanical", "{hot:?}");
        assert!((hot.groups[0].heat / 5e6 - 1.0).abs() < 1e-9);
    }
}
