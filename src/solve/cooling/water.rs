//! Facility water: its pumps and mains, the plants that take its heat, and the balances.

use super::*;
use crate::plan::Fws;
use crate::solve::Pipes;

/// Change of a consumer's share of its largest flow, between rounds, that stands still.
const SAME: f64 = 1e-9;

/// How water that is short is shared out, and among whom.
#[derive(Debug, Clone, Default)]
pub(super) struct Sharing {
    /// Share of its largest flow that a consumer can get, where that is less than it wants.
    pub share: BTreeMap<Id, BTreeMap<Id, f64>>,
    /// What such a consumer wants, m³/s.
    wishes: BTreeMap<Id, f64>,
    /// The consumers of each system as planned.
    planned: std::sync::Arc<BTreeMap<Id, Vec<Planned>>>,
}

/// A consumer as planned, whatever of it is in use: the mains run past it all the same.
#[derive(Debug, Clone)]
struct Planned {
    id: Id,
    at: Point,
    /// Its hall.
    hall: Option<Id>,
    /// Largest flow of its units, spare ones left out, m³/s.
    size: f64,
}

/// Pumps and mains of every system. Says whether everyone gets what the last round reckoned with.
pub(super) fn mains(
    sides: &Sides<'_>,
    supply: &BTreeMap<Id, f64>,
    draws: &BTreeMap<Id, Vec<Draw>>,
    water: &mut Sharing,
    memo: &mut fws::Memo,
    solved: &mut Solved,
) -> bool {
    let mut settled = true;
    let (none, all) = (Vec::new(), water.planned.clone());
    for system in sides.plan.fws_systems().filter(|f| sides.scope.is_none_or(|(s, _)| s.has_system(&f.id))) {
        let mut known: BTreeMap<&Id, &Draw> = draws.get(&system.id).unwrap_or(&none).iter().map(|d| (&d.id, d)).collect();
        let planned = all.get(&system.id).map_or(&[][..], Vec::as_slice);
        let draws: Vec<Draw> = planned.iter().map(|p| known.remove(&p.id).cloned().unwrap_or_else(|| p.idle())).collect();
        let input = sides.mains(system, supply.get(&system.id).copied(), planned, &draws, water);
        let known = memo.solve(input);
        let (input, run) = &*known;
        settled &= water.settle(&system.id, &draws, input, run);
        record(sides, system, planned, &draws, input, run, solved);
    }
    settled
}

impl Planned {
    /// What it draws while nothing of it runs.
    fn idle(&self) -> Draw {
        Draw { id: self.id.clone(), consumer: fws::Consumer { at: self.at, flow: 0.0, design: 0.0, drop: 0.0 }, heat: 0.0, rate: 0.0 }
    }
}

impl Sharing {
    /// Nothing is short yet.
    pub fn new(sides: &Sides<'_>) -> Self {
        let mut planned: BTreeMap<Id, Vec<Planned>> = BTreeMap::new();
        let size = |flow: VolumeFlow, units: u32, spare: u32| flow.cubic_meters_per_second() * f64::from(units.saturating_sub(spare));
        for c in sides.plan.cdus() {
            let hall = match sides.plan.get(&c.tcs) {
                Some(crate::plan::Element::Tcs(t)) => Some(t.hall.clone()),
                _ => None,
            };
            let size = sides.catalog.cdus(&c.model).map_or(0.0, |m| size(*m.primary_flow, c.units, c.redundant));
            planned.entry(c.fws.clone()).or_default().push(Planned { id: c.id.clone(), at: c.at, hall, size });
        }
        for a in sides.plan.air_handlers() {
            let size = sides.catalog.air_handlers(&a.model).map_or(0.0, |m| size(*m.water_flow, a.units, a.redundant));
            planned.entry(a.fws.clone()).or_default().push(Planned { id: a.id.clone(), at: a.at, hall: Some(a.hall.clone()), size });
        }
        Self { planned: planned.into(), ..Self::default() }
    }

    /// What a consumer's valve would hold: what it wants when nothing limits it.
    fn wish(&self, system: &Id, draw: &Draw) -> f64 {
        let limit = self.share.get(system).and_then(|s| s.get(&draw.id));
        let bound = limit.is_some_and(|limit| draw.consumer.flow >= limit * draw.consumer.design * (1.0 - SAME));
        if bound { self.wishes.get(&draw.id).copied().unwrap_or(draw.consumer.flow) } else { draw.consumer.flow }
    }

    /// Takes over who gets how much. Says whether that is what this round reckoned with.
    fn settle(&mut self, system: &Id, draws: &[Draw], mains: &fws::Mains, run: &fws::Flow) -> bool {
        let mut next = BTreeMap::new();
        for (i, draw) in draws.iter().enumerate().filter(|(i, _)| run.short(mains, *i)) {
            let share = if draw.consumer.design > 0.0 { run.taps.get(i).map_or(0.0, |q| q / draw.consumer.design) } else { 0.0 };
            next.insert(draw.id.clone(), share);
            self.wishes.insert(draw.id.clone(), mains.taps[i].wish);
        }
        let none = BTreeMap::new();
        let before = self.share.get(system).unwrap_or(&none);
        let same = before.len() == next.len() && before.iter().zip(&next).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() <= SAME);
        if !same {
            self.share.insert(system.clone(), next);
        }
        same
    }
}

impl Sides<'_> {
    /// The mains of a system as the hydraulics see them.
    fn mains(&self, system: &Fws, supply: Option<f64>, planned: &[Planned], draws: &[Draw], water: &Sharing) -> fws::Mains {
        let supply = supply.filter(|t| t.is_finite()).unwrap_or(system.supply.kelvin());
        let (heat, rate) = draws.iter().filter(|d| d.rate > 0.0).fold((0.0, 0.0), |(heat, rate), d| (heat + d.heat, rate + d.rate));
        let back = if rate > 0.0 { supply + heat / rate } else { supply };
        let water_at = |kelvin: f64| properties(fluid(system.coolant), Temperature::from_kelvin(kelvin));
        let mut halls: Vec<&Option<Id>> = Vec::new();
        let taps = planned
            .iter()
            .zip(draws)
            .map(|(p, d)| {
                let place = halls.iter().position(|h| **h == p.hall).unwrap_or(halls.len());
                if place == halls.len() {
                    halls.push(&p.hall);
                }
                let shut = !self.service.is_whole() && self.service.closed(&format!("{}/valve", d.id));
                // A consumer that doesn't know what it wants gets nothing.
                let wish = Some(water.wish(&system.id, d)).filter(|q| q.is_finite()).unwrap_or(0.0);
                fws::Tap { at: p.at, size: p.size, place, design: d.consumer.design, drop: d.consumer.drop, shut, wish }
            })
            .collect();
        let model = self.catalog.pumps(&system.pump);
        let running = if model.is_some() { self.service.pumps(system) as u32 } else { 0 };
        let out = self.service.count(&format!("{}/pump", system.id), system.pumps);
        let closed = |n: &usize| self.service.closed(&format!("{}/main/{n}", system.id));
        fws::Mains {
            at: system.at,
            diameter: system.main.meters(),
            roughness: system.roughness.meters(),
            ring: system.ring,
            // There is at most a piece to each consumer, and one back.
            closed: if self.service.is_whole() { Vec::new() } else { (1..=draws.len() + 1).filter(closed).collect() },
            supply: water_at(supply),
            back: water_at(back),
            taps,
            pumps: fws::Pumps {
                curve: model.map_or((0.0, 0.0, 2.0), fws::pump_curve),
                installed: system.pumps,
                out: out.min(system.pumps.saturating_sub(running)),
                running,
                efficiency: model.map_or(1.0, |m| m.efficiency.value()),
            },
            plant: model.map_or(0.0, |m| fws::plant_resistance(m, system)) * f64::from(u8::from(self.plan.coolers().any(|c| c.fws == system.id))),
            buffer: system.buffer.is_some(),
            bypass: system.bypass.map(VolumeFlow::cubic_meters_per_second),
        }
    }
}

impl Sides<'_> {
    /// The highest dew point in the halls that a system serves, where it serves any.
    fn highest_dew_point(&self, planned: &[Planned]) -> Option<Temperature> {
        let halls: std::collections::BTreeSet<&Id> = planned.iter().filter_map(|p| p.hall.as_ref()).collect();
        halls.into_iter().map(|h| self.dew_point(h)).reduce(Temperature::max)
    }
}

/// Writes down how a system runs.
fn record(sides: &Sides<'_>, system: &Fws, planned: &[Planned], draws: &[Draw], input: &fws::Mains, run: &fws::Flow, solved: &mut Solved) {
    let rho_c = sides.primary_rho_c(&system.id);
    let (heat, taken) = draws.iter().filter(|d| d.rate > 0.0).fold((0.0, 0.0), |(heat, rate), d| (heat + d.heat, rate + d.rate));
    let rate = taken + run.bypass * rho_c;
    let branches = draws
        .iter()
        .enumerate()
        .map(|(i, d)| {
            let flow = |q: Option<f64>| VolumeFlow::from_cubic_meters_per_second(q.unwrap_or(f64::NAN));
            let available = Pressure::from_pascals(run.available.get(i).copied().unwrap_or(f64::NAN));
            (d.id.clone(), BranchFlow { flow: flow(run.taps.get(i).copied()), wanted: flow(input.taps.get(i).map(|t| t.wish)), available })
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
        bypass: VolumeFlow::from_cubic_meters_per_second(run.bypass),
        pumps_on: if run.flow > 0.0 { input.pumps.running } else { 0 },
        head: Pressure::from_pascals(run.head),
        pump_speed: run.speed,
        pump_power: Power::from_watts(run.power),
        heat: Power::from_watts(duty.heat),
        supply: system.supply,
        return_: Temperature::from_kelvin(if rate > 0.0 { system.supply.kelvin() + duty.heat / rate } else { f64::NAN }),
        held: true,
        worst_branch: run.worst.and_then(|w| draws.get(w)).map(|d| d.id.clone()),
        branches,
        pipes: Pipes { sources: vec![system.id.clone()], consumers: draws.iter().map(|d| d.id.clone()).collect(), piping: run.piping.clone() },
        dew_point: sides.highest_dew_point(planned),
        ..FwsState::default()
    };
    solved.electric.insert(system.id.clone(), run.power);
    solved.water.insert(system.id.clone(), draws.iter().map(|d| d.heat / d.rate).collect());
    solved.duties.insert(system.id.clone(), duty);
    solved.cooling.fws.insert(system.id.clone(), state);
}

/// The plants take the heat. Gives how far the supply temperatures moved, K.
pub(super) fn reject(plants: &BTreeMap<Id, plant::Plant>, outdoor: &MoistAir, supply: &mut BTreeMap<Id, f64>, solved: &mut Solved) -> f64 {
    let mut moved: f64 = 0.0;
    for (id, plant) in plants {
        let (Some(duty), Some(state)) = (solved.duties.get(id), solved.cooling.fws.get_mut(id)) else { continue };
        let run = plant.run(outdoor, duty.heat, duty.rate);
        // Where no heat rejection is drawn yet, loops and halls are shown at the set-point.
        // Heat that can't be rejected stays so: nobody brings water without a temperature, and without that the plant would seem to manage.
        let before = supply.get(id).copied().unwrap_or(plant.setpoint);
        let next = match (plant.planned, before.is_nan()) {
            (false, _) => plant.setpoint,
            (true, true) => f64::NAN,
            (true, false) => run.supply,
        };
        supply.insert(id.clone(), next);
        moved = moved.max(match (before.is_nan(), next.is_nan()) {
            (false, false) => (next - before).abs(),
            (a, b) => f64::from(u8::from(a != b)),
        });
        let leaves = if plant.planned { next } else { run.supply };
        state.supply = Temperature::from_kelvin(leaves);
        state.return_ = Temperature::from_kelvin(if duty.rate > 0.0 { leaves + duty.heat / duty.rate } else { leaves });
        state.held = run.held && leaves.is_finite();
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
pub(super) fn finish(sides: &Sides<'_>, plants: &BTreeMap<Id, plant::Plant>, outdoor: Option<&MoistAir>, solved: &mut Solved, rounds: usize, settled: bool) {
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
        if !settled {
            state.convergence.status = Status::Stalled;
            state.convergence.worst = Some(id.clone());
            state.convergence.iterations = rounds;
        }
        let brought = warm(state, duty, plant.rho_c, solved.water.get(id).map_or(&[][..], Vec::as_slice));
        if duty.heat > 0.0 && brought.is_finite() {
            heat_residual = heat_residual.max((brought / duty.heat - 1.0).abs());
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
        if state.carried > Power::ZERO && state.supply.is_finite() {
            heat_residual = heat_residual.max((carried / state.carried.watts() - 1.0).abs()).max(state.heat_residual());
            mass_residual = mass_residual.max((flow / state.flow.cubic_meters_per_second() - 1.0).abs());
        }
        mass_residual = mass_residual.max(state.convergence.residual);
    }
    let halls = solved.cooling.halls.values().map(|h| h.convergence.residual);
    solved.cooling.heat_residual = halls.filter(|r| r.is_finite()).fold(heat_residual, f64::max);
    solved.cooling.mass_residual = mass_residual;
}

/// Fills in the temperatures along the mains: `rises` are what the water warms by in each consumer, K. Gives the heat that the water brings to the plant by
/// these temperatures, W.
fn warm(state: &mut FwsState, duty: &FwsDuty, rho_c: f64, rises: &[f64]) -> f64 {
    let supply = state.supply.kelvin();
    let leaving: Vec<f64> = rises.iter().map(|rise| supply + rise).collect();
    let lift = if duty.rate > 0.0 { duty.pumps / duty.rate } else { 0.0 };
    let piping = std::sync::Arc::make_mut(&mut state.pipes.piping);
    piping.temperatures = fws::temperatures(piping, supply, &leaving, lift);
    let plant = piping.links.iter().position(|p| *p == crate::solve::Part::Plant);
    plant.map_or(f64::NAN, |plant| piping.flows[plant] * rho_c * (piping.temperatures[piping.network.links[plant].0] - supply))
}
