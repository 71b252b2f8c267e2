//! The cooling side as a whole: coolant loops and hall air on facility water, facility water on the plant, coupled to one steady state.
//!
//! The facility water temperatures couple everything. They begin at their set-points; loops and halls say how much heat and water they
//! bring, the plant says at which temperature it can take that, and the round repeats until the temperatures stand still. When every
//! set-point is held, which is what a plant is built for, that is one round.

use super::hydraulic::{self, Branch};
use super::thermal::{self, Exchanger, volumetric};
use super::{BranchFlow, Convergence, CoolerState, Cooling, FwsState, Loads, LoopState, RowCoolant, Status, air, fws, plant};
use crate::physics::coolant::{Fluid, Properties, properties};
use crate::physics::moist_air::MoistAir;
use crate::plan::{Catalog, Coolant, Id, Plan, Point, Tcs, footprint};
use crate::units::*;
use std::collections::BTreeMap;

/// Temperatures that move less than this between rounds stand still, K.
const STILL: f64 = 1e-7;
/// Rounds of the coupling at most.
const ROUNDS: usize = 40;

/// Loops solved before, so that like loops, and loops an edit did not touch, are solved once.
pub(super) type LoopMemo = Vec<(hydraulic::Input, hydraulic::Answer)>;

/// Facility water of one system at a load: what the year needs to know.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct FwsDuty {
    /// Heat brought to the plant, W.
    pub heat: f64,
    /// Capacity rate of the water, W/K.
    pub rate: f64,
    /// Electric power of its pumps, its CDUs and its air handlers, W.
    pub pumps: f64,
    pub cdus: f64,
    pub fans: f64,
}

/// The cooling side at one load.
#[derive(Debug, Clone, Default)]
pub(super) struct Solved {
    pub cooling: Cooling,
    pub duties: BTreeMap<Id, FwsDuty>,
    /// Electric power by element, W; the halls' house power too.
    pub electric: BTreeMap<Id, f64>,
}

pub(super) fn fluid(coolant: Coolant) -> Fluid {
    match coolant {
        Coolant::Water => Fluid::Water,
        Coolant::Pg25 => Fluid::Pg25,
        Coolant::Eg25 => Fluid::Eg25,
    }
}

/// What stays the same while the coupling turns.
struct Sides<'a> {
    plan: &'a Plan,
    catalog: &'a Catalog,
    loads: &'a Loads,
    pressure: Pressure,
}

/// A CDU group as the solver sees it: element, exchanger, pump curves, units in use, electric power at full speed, fixed speed.
struct CduGroup<'a> {
    id: &'a Id,
    fws: &'a Id,
    exchanger: Option<Exchanger>,
    curve: (f64, f64, f64),
    units: f64,
    electric: f64,
    capacity: f64,
    drop: f64,
    fixed_speed: bool,
    at: Point,
}

/// Water wanted by a consumer in this round.
struct Draw {
    id: Id,
    consumer: fws::Consumer,
    heat: f64,
    rate: f64,
}

/// The plant of every facility water system.
pub(super) fn plants(plan: &Plan, catalog: &Catalog) -> BTreeMap<Id, plant::Plant> {
    plan.fws_systems()
        .map(|f| {
            let groups = plan.coolers().filter(|c| c.fws == f.id).filter_map(|c| plant::Group::new(c, catalog)).filter(|g| g.units > 0.0).collect();
            let rho_c = volumetric(&properties(fluid(f.coolant), f.supply));
            (f.id.clone(), plant::Plant { groups, exchanger: f.exchanger.map(Ratio::value), rho_c, setpoint: f.supply.kelvin() })
        })
        .collect()
}

/// Solves the cooling side in the given outdoor air; without air at the set-points, as the year needs it.
pub(super) fn solve(
    plan: &Plan,
    catalog: &Catalog,
    loads: &Loads,
    plants: &BTreeMap<Id, plant::Plant>,
    outdoor: Option<&MoistAir>,
    pressure: Pressure,
    memo: &mut LoopMemo,
) -> Solved {
    let sides = Sides { plan, catalog, loads, pressure };
    let mut supply: BTreeMap<Id, f64> = plants.iter().map(|(id, p)| (id.clone(), p.setpoint)).collect();
    let mut share: BTreeMap<Id, BTreeMap<Id, f64>> = BTreeMap::new();
    let mut round = 0;
    loop {
        let (mut solved, draws) = sides.round(&supply, &share, memo);
        let (next_share, short) = mains(&sides, &draws, &mut solved);
        let moved = match outdoor {
            Some(outdoor) => reject(plants, outdoor, &mut supply, &mut solved),
            None => 0.0,
        };
        round += 1;
        // Water that is short is shared out once and then stays: the flows themselves don't depend on temperature any more.
        let settled = moved <= STILL && (!short || !share.is_empty());
        if settled || round >= ROUNDS {
            finish(&sides, plants, outdoor, &mut solved, round, moved);
            return solved;
        }
        if short {
            share = next_share;
        }
    }
}

impl Sides<'_> {
    fn cdus(&self, tcs: &Id, secondary: f64) -> Vec<CduGroup<'_>> {
        self.plan
            .cdus()
            .filter(|c| &c.tcs == tcs)
            .filter_map(|c| {
                let model = self.catalog.cdus(&c.model)?;
                let units = f64::from(c.units.saturating_sub(c.redundant));
                let primary = self.plan.get(&c.fws).and_then(|e| if let crate::plan::Element::Fws(f) = e { Some(f) } else { None })?;
                let primary = volumetric(&properties(fluid(primary.coolant), primary.supply));
                Some(CduGroup {
                    id: &c.id,
                    fws: &c.fws,
                    exchanger: thermal::exchanger(model, units, secondary, primary),
                    curve: hydraulic::cdu_curve(*model.secondary_flow, *model.secondary_head),
                    units,
                    electric: model.electric.watts() * units,
                    capacity: model.capacity.watts() * units,
                    drop: model.primary_drop.pascals(),
                    fixed_speed: model.fixed_speed.as_ref().is_some_and(|f| **f),
                    at: c.at,
                })
            })
            .filter(|g| g.units > 0.0)
            .collect()
    }

    /// One round at the given facility water temperatures.
    fn round(&self, supply: &BTreeMap<Id, f64>, share: &BTreeMap<Id, BTreeMap<Id, f64>>, memo: &mut LoopMemo) -> (Solved, BTreeMap<Id, Vec<Draw>>) {
        let mut solved = Solved::default();
        let mut draws: BTreeMap<Id, Vec<Draw>> = BTreeMap::new();
        for tcs in self.plan.tcs_loops() {
            self.coolant_loop(tcs, supply, share, memo, &mut solved, &mut draws);
        }
        for hall in self.plan.halls() {
            self.hall(&hall.id, supply, share, &mut solved, &mut draws);
        }
        (solved, draws)
    }

    fn branches(&self, tcs: &Tcs, at: Point, supply: Temperature) -> (Vec<Id>, Vec<Branch>) {
        self.plan
            .rows()
            .filter(|r| r.tcs.as_ref() == Some(&tcs.id))
            .map(|row| {
                let rect = footprint(&crate::plan::Element::Row(row.clone()), self.catalog);
                let width = self.catalog.racks(&row.rack).map_or(0.6, |m| m.size.0.0);
                let racks =
                    (1..=row.count).map(|slot| row.model_at(slot).and_then(|m| self.catalog.racks(m)).and_then(|m| hydraulic::rack(m, supply))).collect();
                let start = rect.map_or(row.at, |r| Point(at.0.clamp(r.min.0, r.max.0), at.1.clamp(r.min.1, r.max.1)));
                let branch = Branch { lead: at.path_to(start).max(1.0), pitch: row.pitch.map_or(width, Length::meters), racks };
                (row.id.clone(), branch)
            })
            .unzip()
    }

    fn coolant_loop(
        &self,
        tcs: &Tcs,
        supply: &BTreeMap<Id, f64>,
        share: &BTreeMap<Id, BTreeMap<Id, f64>>,
        memo: &mut LoopMemo,
        solved: &mut Solved,
        draws: &mut BTreeMap<Id, Vec<Draw>>,
    ) {
        let fluid: Properties = properties(fluid(tcs.coolant), tcs.supply);
        let rho_c = volumetric(&fluid);
        let groups = self.cdus(&tcs.id, rho_c);
        let at = groups.first().map_or(Point::default(), |g| g.at);
        let (rows, branches) = self.branches(tcs, at, tcs.supply);
        let heat: f64 = rows.iter().filter_map(|r| self.loads.rows.get(r)).map(|l| l.liquid.watts()).sum();
        let wanted: f64 = branches.iter().flat_map(|b| b.racks.iter().flatten()).map(|r| r.wanted).sum();
        let pumps = groups.iter().flat_map(|g| std::iter::repeat_n(g.curve, g.units as usize)).collect();
        let input = hydraulic::input(branches, tcs.header, tcs.roughness, tcs.arrangement, &fluid, pumps);
        let answer = remembered(memo, input);
        let cdu_power: f64 = groups.iter().map(|g| g.electric * if g.fixed_speed { 1.0 } else { answer.speed.powi(3) }).sum();
        let secondary = answer.flow * rho_c;
        let duty = heat + cdu_power;

        // Groups in parallel share the stream by what they are rated for; in practice a loop has one.
        let rated: f64 = groups.iter().filter_map(|g| g.exchanger).map(|x| x.ua).sum();
        let (mut warmest, mut held, mut fws_rate, mut fws_heat_t) = (tcs.supply.kelvin(), !groups.is_empty(), 0.0, 0.0);
        for g in &groups {
            let Some(x) = g.exchanger else {
                held = false;
                continue;
            };
            let part = x.ua / rated;
            let fws_t = supply.get(g.fws).copied().unwrap_or(f64::NAN);
            let limit = share.get(g.fws).and_then(|s| s.get(g.id)).copied().unwrap_or(1.0);
            let run = thermal::operate(&x, duty * part, secondary * part, fws_t, tcs.supply.kelvin(), limit);
            warmest = if run.supply.is_nan() { f64::NAN } else { warmest.max(run.supply) };
            held &= run.held;
            fws_rate += run.primary;
            fws_heat_t += run.primary * fws_t;
            let primary = self.primary_rho_c(g.fws);
            let consumer = fws::Consumer { at: g.at, flow: run.primary / primary, design: x.most / primary, drop: g.drop };
            draws.entry(g.fws.clone()).or_default().push(Draw { id: g.id.clone(), consumer, heat: duty * part, rate: run.primary });
            solved.electric.insert(g.id.clone(), g.electric * if g.fixed_speed { 1.0 } else { answer.speed.powi(3) });
        }
        let mut state = LoopState {
            convergence: Convergence {
                status: answer.status,
                iterations: answer.iterations,
                residual: answer.residual,
                worst: answer.worst.and_then(|w| rows.get(w).cloned()).or_else(|| (answer.status != Status::Converged).then(|| tcs.id.clone())),
            },
            flow: VolumeFlow::from_cubic_meters_per_second(answer.flow),
            wanted_flow: VolumeFlow::from_cubic_meters_per_second(wanted),
            head: Pressure::from_pascals(answer.head),
            pump_speed: answer.speed,
            cdu_power: Power::from_watts(cdu_power),
            heat: Power::from_watts(heat),
            capacity: Power::from_watts(groups.iter().map(|g| g.capacity).sum()),
            supply: Temperature::from_kelvin(if groups.is_empty() { f64::NAN } else { warmest }),
            return_: Temperature::from_kelvin(if secondary > 0.0 { warmest + heat / secondary } else { f64::NAN }),
            held: held || heat <= 0.0,
            fws_flow: VolumeFlow::from_cubic_meters_per_second(groups.first().map_or(0.0, |g| fws_rate / self.primary_rho_c(g.fws))),
            fws_return: Temperature::from_kelvin(if fws_rate > 0.0 { fws_heat_t / fws_rate + duty / fws_rate } else { f64::NAN }),
            rows: BTreeMap::new(),
        };
        self.rows(&rows, &answer, rho_c, state.supply.kelvin(), &mut state.rows, tcs.supply);
        solved.cooling.loops.insert(tcs.id.clone(), state);
    }

    fn primary_rho_c(&self, fws: &Id) -> f64 {
        match self.plan.get(fws) {
            Some(crate::plan::Element::Fws(f)) => volumetric(&properties(fluid(f.coolant), f.supply)),
            _ => f64::NAN,
        }
    }

    fn rows(&self, rows: &[Id], answer: &hydraulic::Answer, rho_c: f64, supply: f64, out: &mut BTreeMap<Id, RowCoolant>, setpoint: Temperature) {
        for (b, id) in rows.iter().enumerate() {
            let (Some(crate::plan::Element::Row(row)), Some(load)) = (self.plan.get(id), self.loads.rows.get(id)) else { continue };
            let mut coolant = RowCoolant { flow: answer.flows[b].clone(), drop: answer.drops[b].clone(), ..RowCoolant::default() };
            for slot in 1..=row.count {
                let model = row.model_at(slot);
                let heat = model.and_then(|m| load.models.get(m)).map_or(f64::NAN, |l| l.liquid.watts());
                let flow = coolant.flow[slot as usize - 1];
                coolant.return_k.push(if flow > 0.0 { supply + heat / (flow * rho_c) } else { f64::NAN });
                coolant.wanted.push(model.and_then(|m| self.catalog.racks(m)).and_then(|m| hydraulic::rack(m, setpoint)).map_or(f64::NAN, |r| r.wanted));
            }
            out.insert(id.clone(), coolant);
        }
    }

    fn hall(&self, hall: &Id, supply: &BTreeMap<Id, f64>, share: &BTreeMap<Id, BTreeMap<Id, f64>>, solved: &mut Solved, draws: &mut BTreeMap<Id, Vec<Draw>>) {
        let Some(crate::plan::Element::Hall(element)) = self.plan.get(hall) else { return };
        let (mut heat, mut flow_per_rise) = (0.0, 0.0);
        for row in self.plan.rows().filter(|r| &r.hall == hall) {
            let Some(load) = self.loads.rows.get(&row.id) else { continue };
            for (model, l) in &load.models {
                let Some(model) = self.catalog.racks(model) else { continue };
                let q = l.air.watts() * f64::from(l.count);
                heat += q;
                flow_per_rise += q / model.air.rise.kelvins();
            }
        }
        let groups: Vec<_> = self.plan.air_handlers().filter(|a| &a.hall == hall).filter_map(|a| Some((a, self.catalog.air_handlers(&a.model)?))).collect();
        // Groups on different water would need a split of the air; the hall's handlers are taken to share the water of the first group.
        let water = groups.first().map(|(a, _)| a.fws.clone());
        let rho_c = water.as_ref().map_or(f64::NAN, |w| self.primary_rho_c(w));
        let in_use = |a: &crate::plan::AirHandler| f64::from(a.units.saturating_sub(a.redundant));
        let handlers = groups.iter().fold(air::Handlers::default(), |h, (a, m)| h.with(m, in_use(a), rho_c));
        let demand = air::Demand {
            heat,
            rise: if flow_per_rise > 0.0 { heat / flow_per_rise } else { 0.0 },
            supply: element.supply_air,
            recirculation: element.recirculation.value().min(0.95),
            pressure: self.pressure,
        };
        let water_t = water.as_ref().and_then(|w| supply.get(w)).copied().unwrap_or(f64::NAN);
        let limit = groups.first().and_then(|(a, _)| share.get(&a.fws).and_then(|s| s.get(&a.id))).copied().unwrap_or(1.0);
        let (mut state, primary) = air::solve(&demand, &handlers, water_t, limit);
        state.fws_flow = VolumeFlow::from_cubic_meters_per_second(if primary > 0.0 { primary / rho_c } else { 0.0 });
        solved.electric.insert(hall.clone(), element.house.map_or(0.0, Power::watts));
        let total: f64 = groups.iter().map(|(a, m)| m.air_flow.cubic_meters_per_second() * in_use(a)).sum();
        let duty = state.heat + state.fan_power;
        for (a, m) in &groups {
            let part = if total > 0.0 { m.air_flow.cubic_meters_per_second() * in_use(a) / total } else { 0.0 };
            solved.electric.insert(a.id.clone(), state.fan_power.watts() * part);
            let consumer = fws::Consumer {
                at: a.at,
                flow: primary * part / rho_c,
                design: m.water_flow.cubic_meters_per_second() * in_use(a),
                drop: m.water_drop.pascals(),
            };
            draws.entry(a.fws.clone()).or_default().push(Draw { id: a.id.clone(), consumer, heat: duty.watts() * part, rate: primary * part });
        }
        solved.cooling.halls.insert(hall.clone(), state);
    }
}

fn remembered(memo: &mut LoopMemo, input: hydraulic::Input) -> hydraulic::Answer {
    let found = memo.iter().rposition(|(known, _)| *known == input);
    let answer = match found {
        Some(place) => memo.remove(place).1,
        None => hydraulic::solve(&input),
    };
    memo.push((input, answer.clone()));
    answer
}

/// Pumps and mains of every system. Gives the share of its largest flow each consumer gets where water is short.
fn mains(sides: &Sides<'_>, draws: &BTreeMap<Id, Vec<Draw>>, solved: &mut Solved) -> (BTreeMap<Id, BTreeMap<Id, f64>>, bool) {
    let (mut shares, mut short) = (BTreeMap::new(), false);
    for system in sides.plan.fws_systems() {
        let none = Vec::new();
        let draws = draws.get(&system.id).unwrap_or(&none);
        let fluid = properties(fluid(system.coolant), system.supply);
        let model = sides.catalog.pumps(&system.pump);
        let pumps = f64::from(system.pumps.saturating_sub(system.redundant));
        let mains = fws::Mains {
            pumps_at: system.at,
            diameter: system.main.meters(),
            roughness: system.roughness.meters(),
            density: fluid.density.kilograms_per_cubic_meter(),
            viscosity: fluid.viscosity.pascal_seconds(),
            consumers: draws.iter().map(|d| d.consumer.clone()).collect(),
            pump: model.map_or((0.0, 0.0, 2.0), fws::pump_curve),
            pumps: if model.is_some() { pumps } else { 0.0 },
            efficiency: model.map_or(1.0, |m| m.efficiency.value()),
        };
        let run = fws::solve(&mains);
        if run.share < 1.0 {
            short = true;
            let limits =
                draws.iter().map(|d| (d.id.clone(), if d.consumer.design > 0.0 { run.share * d.consumer.flow / d.consumer.design } else { 0.0 })).collect();
            shares.insert(system.id.clone(), limits);
        }
        let heat: f64 = draws.iter().map(|d| d.heat).sum();
        let rate: f64 = draws.iter().map(|d| d.rate).sum();
        let branches = draws
            .iter()
            .zip(&run.available)
            .map(|(d, available)| {
                let wanted = VolumeFlow::from_cubic_meters_per_second(d.consumer.flow);
                (d.id.clone(), BranchFlow { flow: wanted * run.share, wanted, available: Pressure::from_pascals(*available) })
            })
            .collect();
        let electric = |wanted: fn(&crate::plan::Element) -> bool| -> f64 {
            draws.iter().filter(|d| sides.plan.get(&d.id).is_some_and(wanted)).filter_map(|d| solved.electric.get(&d.id)).sum()
        };
        let duty = FwsDuty {
            // The pumps' power ends as heat in the water.
            heat: heat + run.power,
            rate,
            pumps: run.power,
            cdus: electric(|e| matches!(e, crate::plan::Element::Cdu(_))),
            fans: electric(|e| matches!(e, crate::plan::Element::AirHandler(_))),
        };
        let state = FwsState {
            convergence: Convergence {
                status: run.status,
                iterations: run.iterations,
                residual: run.residual,
                worst: (run.status != Status::Converged).then(|| system.id.clone()),
            },
            flow: VolumeFlow::from_cubic_meters_per_second(run.flow),
            head: Pressure::from_pascals(run.head),
            pump_speed: run.speed,
            pump_power: Power::from_watts(run.power),
            heat: Power::from_watts(duty.heat),
            supply: system.supply,
            return_: Temperature::from_kelvin(if rate > 0.0 { system.supply.kelvin() + duty.heat / rate } else { f64::NAN }),
            held: true,
            worst_branch: run.worst.and_then(|w| draws.get(w)).map(|d| d.id.clone()),
            branches,
            ..FwsState::default()
        };
        solved.electric.insert(system.id.clone(), run.power);
        solved.duties.insert(system.id.clone(), duty);
        solved.cooling.fws.insert(system.id.clone(), state);
    }
    (shares, short)
}

/// The plants take the heat. Gives how far the supply temperatures moved, K.
fn reject(plants: &BTreeMap<Id, plant::Plant>, outdoor: &MoistAir, supply: &mut BTreeMap<Id, f64>, solved: &mut Solved) -> f64 {
    let mut moved: f64 = 0.0;
    for (id, plant) in plants {
        let (Some(duty), Some(state)) = (solved.duties.get(id), solved.cooling.fws.get_mut(id)) else { continue };
        let run = plant.run(outdoor, duty.heat, duty.rate);
        let before = supply.insert(id.clone(), run.supply).unwrap_or(f64::NAN);
        let step = (run.supply - before).abs();
        moved = moved.max(if step.is_nan() { 0.0 } else { step });
        state.supply = Temperature::from_kelvin(run.supply);
        state.return_ = Temperature::from_kelvin(if duty.rate > 0.0 { run.supply + duty.heat / duty.rate } else { run.supply });
        state.held = run.held;
        for (group, r) in plant.groups.iter().zip(&run.groups) {
            let power = r.fan + r.compressor + r.pump;
            solved.electric.insert(group.id.clone(), power);
            state.makeup += VolumeFlow::from_cubic_meters_per_second(r.makeup());
            let cooler = CoolerState {
                heat: Power::from_watts(r.heat),
                capacity: Power::ZERO,
                power: Power::from_watts(power),
                compressor: Power::from_watts(r.compressor),
                speed: r.speed,
                units_on: r.units_on.round() as u32,
                evaporation: VolumeFlow::from_cubic_meters_per_second(r.evaporation),
                losses: VolumeFlow::from_cubic_meters_per_second(r.drift + r.blowdown),
                mode: r.mode,
                in_range: r.in_range,
            };
            state.coolers.insert(group.id.clone(), cooler);
        }
    }
    moved
}

/// Capacities at the condition, sums and balances.
fn finish(sides: &Sides<'_>, plants: &BTreeMap<Id, plant::Plant>, outdoor: Option<&MoistAir>, solved: &mut Solved, rounds: usize, moved: f64) {
    let is_hall = |id: &Id| matches!(sides.plan.get(id), Some(crate::plan::Element::Hall(_)));
    let sum = |hall: bool| Power::from_watts(solved.electric.iter().filter(|(id, p)| p.is_finite() && is_hall(id) == hall).map(|(_, p)| p).sum());
    (solved.cooling.power, solved.cooling.house) = (sum(false), sum(true));
    let Some(outdoor) = outdoor else { return };
    let (mut heat_residual, mut mass_residual) = (0.0_f64, 0.0_f64);
    for (id, state) in &mut solved.cooling.fws {
        let (Some(plant), Some(duty)) = (plants.get(id), solved.duties.get(id)) else { continue };
        let range = if duty.rate > 0.0 { duty.heat / duty.rate } else { 0.0 };
        state.capacity = Power::from_watts(plant.capacity(outdoor, range));
        for group in &plant.groups {
            let alone = plant::Plant { groups: vec![group.clone()], ..plant.clone() };
            if let Some(cooler) = state.coolers.get_mut(&group.id) {
                cooler.capacity = Power::from_watts(alone.capacity(outdoor, range));
            }
        }
        if moved > STILL {
            state.convergence.status = Status::Stalled;
            state.convergence.worst = Some(id.clone());
            state.convergence.iterations = rounds;
        }
        // Towers on condensers carry the compressors' heat as well, and not the water's.
        let rejected: f64 = state.coolers.values().filter(|c| c.mode != "condenser").map(|c| c.heat.watts()).sum();
        if duty.heat > 0.0 && !plant.groups.is_empty() && state.supply.is_finite() {
            heat_residual = heat_residual.max((rejected / duty.heat - 1.0).abs());
        }
        mass_residual = mass_residual.max(state.convergence.residual);
    }
    for (id, state) in &solved.cooling.loops {
        let Some(crate::plan::Element::Tcs(tcs)) = sides.plan.get(id) else { continue };
        let rho_c = volumetric(&properties(fluid(tcs.coolant), tcs.supply));
        let (mut carried, mut flow) = (0.0, 0.0);
        for row in state.rows.values() {
            for (q, t) in row.flow.iter().zip(&row.return_k).filter(|(q, t)| q.is_finite() && t.is_finite()) {
                carried += q * rho_c * (t - state.supply.kelvin());
                flow += q;
            }
        }
        if state.heat > Power::ZERO && state.supply.is_finite() {
            heat_residual = heat_residual.max((carried / state.heat.watts() - 1.0).abs());
            mass_residual = mass_residual.max((flow / state.flow.cubic_meters_per_second() - 1.0).abs());
        }
        mass_residual = mass_residual.max(state.convergence.residual);
    }
    solved.cooling.heat_residual = heat_residual;
    solved.cooling.mass_residual = mass_residual;
}
