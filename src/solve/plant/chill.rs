//! Chillers behind what cools without a compressor, and the towers on their condensers.

use super::machines::point;
use super::*;

impl Plant {
    /// Chillers in series behind the free coolers. Gives the leaving temperature.
    pub(super) fn chill(&self, air: &MoistAir, rate: f64, between: f64, target: f64, takes_part: &dyn Fn(&Group) -> bool, runs: &mut [GroupRun]) -> f64 {
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
}
