//! The facility water system's mains: how fast its pumps must run, and who gets how much water when they can't.
//!
//! The mains follow from the plan's geometry (`route`). Every consumer has a control valve that holds the flow it wants, so that as long as there is
//! pressure enough flows are given and pressures follow (`held`). The pumps run at the lowest speed at which every valve has its authority, or at
//! full speed. If some consumer then gets less than it wants with its valve wide open, the whole network is solved with pump curves and valves
//! (`short`), and says who gets how much. The answer either way is one network (`network`) whose flows and pressures satisfy each of its laws.
//!
//! Flows are volumes, and a volume counts the same in supply and return: their densities differ by less than a percent, and the heat balance uses
//! one ρ·c for both. Friction is reckoned with the water's properties at its supply temperature one way and at its mean return temperature the other.

mod held;
mod network;
mod route;
mod short;
#[cfg(test)]
mod tests;
mod warmth;

pub(super) use warmth::temperatures;

use crate::numerics::pipe_network::LinkState;
use crate::physics::coolant::Properties;
use crate::physics::pipe;
use crate::physics::pump::Curve;
use crate::plan::catalog::PumpModel;
use crate::plan::{Fws, Point};
use crate::solve::Piping;
use crate::solve::hydraulic::TEE;
use crate::units::*;
use held::{Carried, Pipes, Ways};
use network::{Built, DISCHARGE, RETURN, SUPPLY};
use route::Route;
use std::sync::Arc;

/// Pressure a control valve needs to have authority. Assumed.
pub(super) const VALVE: f64 = 30_000.0;
/// Velocity for which branches are sized. Assumed.
pub(super) const BRANCH_VELOCITY: f64 = 2.0;
/// Pressure drop of heat rejection at the rated flow of the pumps. Assumed: the catalog has no figure for coolers and chillers.
pub(super) const PLANT: f64 = 50_000.0;
/// Minor loss coefficients of one way of a branch, flanged: a tee (1.0), two elbows (0.3 each) and two open gate valves (0.15 each) by
/// `physics::sources::LMNO_FITTINGS`; how many of each is assumed.
const BRANCH_K: f64 = 1.0 + 2.0 * 0.3 + 2.0 * 0.15;
/// Share of its wish below which a consumer counts as short.
const ENOUGH: f64 = 1.0 - 1e-9;

/// A consumer of facility water.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Consumer {
    pub at: Point,
    /// Wanted flow, m³/s.
    pub flow: f64,
    /// Largest flow of what is in use of it, m³/s.
    pub design: f64,
    /// Pressure drop at that flow, Pa.
    pub drop: f64,
}

/// A consumer on the mains.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tap {
    pub at: Point,
    /// Largest flow as planned, m³/s: what its branch is sized for.
    pub size: f64,
    /// The place (hall) it stands in, by number.
    pub place: usize,
    /// Largest flow of what is in use of it, m³/s, and pressure drop at that, Pa.
    pub design: f64,
    pub drop: f64,
    /// Whether its valve is shut by hand.
    pub shut: bool,
    /// Flow that its valve would hold, m³/s.
    pub wish: f64,
}

/// The pumps as the hydraulics see them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Pumps {
    /// Shut-off head, coefficient, exponent of one.
    pub curve: (f64, f64, f64),
    pub installed: u32,
    /// Of them, out of service, and in use.
    pub out: u32,
    pub running: u32,
    /// Overall efficiency.
    pub efficiency: f64,
}

/// The mains as the hydraulics see them. Equal mains have equal answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mains {
    pub at: Point,
    pub diameter: f64,
    pub roughness: f64,
    pub ring: bool,
    /// Numbers of pieces that are shut off.
    pub closed: Vec<usize>,
    /// The water one way and the other.
    pub supply: Properties,
    pub back: Properties,
    pub taps: Vec<Tap>,
    pub pumps: Pumps,
    /// Resistance of the plant, Pa/(m³/s)².
    pub plant: f64,
    pub buffer: bool,
    /// Least flow that a bypass keeps, m³/s.
    pub bypass: Option<f64>,
}

/// How the mains run.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Flow {
    /// m³/s in all, the bypass included.
    pub flow: f64,
    /// Of it, through the bypass.
    pub bypass: f64,
    pub head: f64,
    pub speed: f64,
    pub power: f64,
    /// What each consumer gets, m³/s.
    pub taps: Vec<f64>,
    /// Pressure between supply and return at each consumer, Pa.
    pub available: Vec<f64>,
    /// The consumer whose valve has the least left.
    pub worst: Option<usize>,
    pub status: super::Status,
    pub iterations: usize,
    pub residual: f64,
    pub piping: Arc<Piping>,
}

impl Flow {
    /// Whether a consumer gets less than it wishes.
    pub fn short(&self, mains: &Mains, tap: usize) -> bool {
        mains.taps.get(tap).is_some_and(|t| t.wish > 0.0 && self.taps.get(tap).is_none_or(|q| *q < t.wish * ENOUGH))
    }
}

pub(super) fn pump_curve(model: &PumpModel) -> (f64, f64, f64) {
    // The shut-off head and the rating give a parabola.
    let (h0, h, q) = (model.shutoff.pascals(), model.head.pascals(), model.flow.cubic_meters_per_second());
    if h0 > h && q > 0.0 {
        (h0, (h0 - h) / (q * q), 2.0)
    } else {
        Curve::from_rating(*model.flow, *model.head).map_or((0.0, 0.0, 2.0), |c| (c.shutoff.pascals(), c.coefficient, c.exponent))
    }
}

/// Resistance of the heat rejection of a system, Pa/(m³/s)²: [`PLANT`] at the rated flow of its pumps, the spare ones left out.
pub(super) fn plant_resistance(model: &PumpModel, system: &Fws) -> f64 {
    let rated = model.flow.cubic_meters_per_second() * f64::from(system.pumps.saturating_sub(system.redundant));
    if rated > 0.0 { PLANT / (rated * rated) } else { 0.0 }
}

/// Mains solved before, the ones used last at the end.
#[derive(Debug, Clone, Default)]
pub(super) struct Memo(Vec<Arc<(Mains, Flow)>>);

/// Mains remembered at most.
const REMEMBERED: usize = 256;

impl Memo {
    /// The answer for these mains, from memory if it is there. Equal mains have equal answers, so that it doesn't matter.
    pub fn solve(&mut self, mains: Mains) -> Arc<(Mains, Flow)> {
        let known = self.0.iter().rposition(|k| k.0 == mains).map(|place| self.0.remove(place));
        let known = known.unwrap_or_else(|| {
            let flow = solve(&mains);
            Arc::new((mains, flow))
        });
        self.0.push(known.clone());
        self.0.drain(..self.0.len().saturating_sub(REMEMBERED));
        known
    }
}

/// Solves the mains.
fn solve(mains: &Mains) -> Flow {
    let route = route::route(mains.at, &mains.taps, mains.ring);
    let open: Vec<bool> = (1..=route.pieces.len()).map(|n| !mains.closed.contains(&n)).collect();
    let ways = held::ways(&route, &open);
    let side = |fluid: &Properties| Pipes { route: &route, diameter: mains.diameter, roughness: mains.roughness, k: TEE, fluid: *fluid };
    let mut demand = vec![0.0; route.stops];
    let reached: Vec<bool> = route.taps.iter().map(|(stop, _)| ways.reached[*stop]).collect();
    let taps: Vec<f64> = mains.taps.iter().zip(&reached).map(|(t, reached)| if *reached && !t.shut { t.wish.max(0.0) } else { 0.0 }).collect();
    for ((stop, _), flow) in route.taps.iter().zip(&taps) {
        demand[*stop] += flow;
    }
    let wanted: f64 = taps.iter().sum();
    if wanted <= 0.0 || mains.pumps.running == 0 || mains.pumps.curve.0 <= 0.0 {
        return short::standing(mains, &route, &open);
    }
    let supply = side(&mains.supply).carry(&ways, &demand);
    let back = side(&mains.back).carry(&ways, &demand);
    let losses: Vec<Losses> = (0..taps.len()).map(|i| losses(mains, &route, i, taps[i], &supply, &back)).collect();
    let flowing = || (0..taps.len()).filter(|i| taps[*i] > 0.0);
    let worst = flowing().max_by(|a, b| losses[*a].sum().total_cmp(&losses[*b].sum()));
    let farthest = worst.map_or(0.0, |w| losses[w].sum());
    let bypass = mains.bypass.map_or(0.0, |least| (least - wanted).max(0.0));
    let total = wanted + bypass;
    let plant = mains.plant * total * total;
    let (h0, b, n) = mains.pumps.curve;
    let curve = Curve { shutoff: Pressure::from_pascals(h0), coefficient: b, exponent: n };
    let each = VolumeFlow::from_cubic_meters_per_second(total / f64::from(mains.pumps.running));
    let speed = curve.speed_for(each, Pressure::from_pascals(farthest + VALVE + plant)).map_or(1.0, |s| s.min(1.0));
    let head = curve.rise(each, speed).pascals();
    // With less than its authority a valve still passes its flow, wide open.
    if head - plant < farthest {
        return short::solve(mains, &route, &open);
    }
    let held = Held { taps, losses, supply, back, bypass, head, speed };
    let built = network::build(mains, &route, &open, speed, bypass);
    held.answer(mains, &route, &ways, built, worst)
}

/// The worst imbalance of a node over the largest flow.
fn imbalance(piping: &Piping) -> f64 {
    let mut balance = vec![0.0; piping.nodes.len()];
    for ((from, to, _), q) in piping.network.links.iter().zip(&piping.flows) {
        balance[*from] -= q;
        balance[*to] += q;
    }
    let most = |values: &[f64]| values.iter().map(|v| v.abs()).fold(0.0, f64::max);
    let largest = most(&piping.flows);
    if largest > 0.0 { most(&balance) / largest } else { 0.0 }
}

/// Pressure lost on the way to a consumer, through it, and back, Pa.
#[derive(Debug, Clone, Copy)]
struct Losses {
    supply_main: f64,
    supply: f64,
    exchanger: f64,
    back: f64,
    back_main: f64,
}

impl Losses {
    fn sum(&self) -> f64 {
        self.supply_main + self.supply + self.exchanger + self.back + self.back_main
    }
}

fn losses(mains: &Mains, route: &Route, tap: usize, flow: f64, supply: &Carried, back: &Carried) -> Losses {
    let (stop, length) = route.taps[tap];
    let q = VolumeFlow::from_cubic_meters_per_second(flow);
    let (diameter, roughness) = (Length::from_meters(network::branch_diameter(mains, &mains.taps[tap])), Length::from_meters(mains.roughness));
    let pipe = |fluid: &Properties| pipe::pressure_drop(q, diameter, Length::from_meters(length), roughness, BRANCH_K, fluid).pascals();
    Losses {
        supply_main: supply.lost[stop],
        supply: pipe(&mains.supply),
        exchanger: network::exchanger(&mains.taps[tap]) * flow * flow,
        back: pipe(&mains.back),
        back_main: back.lost[stop],
    }
}

/// The state in which every consumer that water reaches gets what it wants.
struct Held {
    taps: Vec<f64>,
    losses: Vec<Losses>,
    supply: Carried,
    back: Carried,
    bypass: f64,
    head: f64,
    speed: f64,
}

impl Held {
    fn answer(self, mains: &Mains, route: &Route, ways: &Ways, built: Built, worst: Option<usize>) -> Flow {
        let flow = self.taps.iter().sum::<f64>() + self.bypass;
        let (flows, states) = self.flows(&built, flow);
        let pressures = self.pressures(mains, route, ways, &built, flow);
        let available = built.branches.iter().map(|b| pressures[built.network.links[b.exchanger].0] - pressures[built.network.links[b.valve].1]).collect();
        let temperatures = vec![f64::NAN; built.nodes.len()];
        let Built { network, nodes, links, .. } = built;
        let piping = Piping { network, nodes, links, flows, pressures, states, temperatures, speed: self.speed };
        let residual = self.supply.residual.max(self.back.residual).max(imbalance(&piping));
        Flow {
            flow,
            bypass: self.bypass,
            head: self.head,
            speed: self.speed,
            power: flow * self.head / mains.pumps.efficiency.max(0.05),
            taps: self.taps,
            available,
            worst,
            status: super::Status::Converged,
            iterations: self.supply.steps + self.back.steps,
            residual,
            piping: Arc::new(piping),
        }
    }

    fn flows(&self, built: &Built, total: f64) -> (Vec<f64>, Vec<LinkState>) {
        let mut flows = vec![0.0; built.links.len()];
        let mut states: Vec<LinkState> = built
            .network
            .links
            .iter()
            .map(|(_, _, l)| if matches!(l, crate::numerics::pipe_network::Link::Closed) { LinkState::Shut } else { LinkState::Open })
            .collect();
        for pump in &built.running {
            flows[*pump] = total / built.running.len() as f64;
        }
        flows[built.plant] = total;
        if let Some(tank) = built.tank {
            flows[tank] = total;
        }
        let held = built.branches.iter().map(|b| b.valve).zip(self.taps.iter().copied()).chain(built.bypass.map(|b| (b, self.bypass)));
        for (valve, flow) in held {
            flows[valve] = flow;
            if flow > 0.0 {
                states[valve] = LinkState::Regulating;
            }
        }
        for (i, [supply, back]) in built.pieces.iter().enumerate() {
            (flows[*supply], flows[*back]) = (self.supply.flows[i], self.back.flows[i]);
        }
        for (branch, flow) in built.branches.iter().zip(&self.taps) {
            for link in [branch.supply, branch.exchanger, branch.back] {
                flows[link] = *flow;
            }
        }
        (flows, states)
    }

    /// Pressures over the return at the pumps; NaN where no open way leads.
    fn pressures(&self, mains: &Mains, route: &Route, ways: &Ways, built: &Built, total: f64) -> Vec<f64> {
        let mut p = vec![f64::NAN; built.nodes.len()];
        let supply = self.head - mains.plant * total * total;
        (p[RETURN], p[DISCHARGE], p[SUPPLY]) = (0.0, self.head, supply);
        if let Some(tank) = built.tank {
            p[built.network.links[tank].0] = supply;
        }
        for (stop, [s, r]) in built.stops.iter().enumerate().filter(|(stop, _)| ways.reached[*stop]) {
            (p[*s], p[*r]) = (supply - self.supply.lost[stop], self.back.lost[stop]);
        }
        for (i, branch) in built.branches.iter().enumerate() {
            let (links, losses) = (&built.network.links, &self.losses[i]);
            let [s, r] = built.stops[route.taps[i].0];
            let (_, into, _) = links[branch.supply];
            let (behind, out, _) = links[branch.valve];
            p[into] = p[s] - losses.supply;
            p[behind] = p[into] - losses.exchanger;
            p[out] = p[r] + losses.back;
        }
        p
    }
}
