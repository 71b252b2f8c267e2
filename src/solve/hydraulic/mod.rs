//! Flow, pressure and temperature in a coolant loop (TCS): the network of pumps, headers and racks.
//!
//! Nodes are the two manifolds at the CDUs and, per rack slot, a point on the supply and one on the return header. Links are the pumps of every CDU
//! with its filter, the valve of each row, header segments (Darcy–Weisbach), and racks with their quick disconnects and, where the plan
//! has them, valves that limit the flow. A rack's own loss is Δp ∝ flowⁿ through the catalog's points, whatever its temperature.
//!
//! **Mass.** The flows of the network are mass flows, written as volume flow at one density ρ₀, that of the coolant at the loop's set-point. So mass
//! balances at every node whatever its temperature. A pipe in which the coolant has density ρ and viscosity µ loses
//!
//! ```text
//! Δp = (f L/D + k)·(ρ₀²/ρ)·q²/(2 A²),   Re = ρ₀ q D/(µ A)      a pipe with the density ρ₀²/ρ and the viscosity µ ρ₀/ρ
//! ```
//!
//! **Heat.** Specific heat is that at the set-point too, so that mixing is linear and no heat is lost or made; between 30 and 55 °C that of
//! PG25 moves by 1 %, which is less than 0.2 K of a rise of 20 K. Supply headers are at the supply temperature, each piece of a return header at
//! the mixed temperature of what flows through it. Flows depend on temperatures by viscosity and density: the two are found in turn.
//!
//! **Pumps.** All turn at one speed. What they hold is the plan's choice ([`crate::plan::PumpControl`]): the sum of what the racks want, a pressure
//! between the manifolds, or full speed. When they can't, they run at full speed on their curves.

mod build;
mod curves;
mod heat;
mod memo;
mod pumps;
mod sizes;
#[cfg(test)]
mod tests;

pub use curves::{PumpCurves, pump_curves};
pub(super) use memo::Memo;
pub use sizes::{header_flow, header_size, header_sizes};

use crate::numerics::pipe_network::{self, Network, Options, Solution, Solver, Worst};
use crate::physics::coolant::{Fluid, Properties, properties};
use crate::physics::pump::Curve;
use crate::plan::catalog::{FlowPoint, RackModel};
use crate::solve::{Junction, Part, Piping};
use crate::units::*;
use build::Built;
use std::sync::Arc;

/// Head loss coefficient of the line flow through a flanged tee: `physics::sources::LMNO_FITTINGS`. What a rack's branch loses is in its catalog points.
pub(super) const TEE: f64 = 0.2;
/// Head loss coefficient of a row's valve, a gate valve fully open: `physics::sources::LMNO_FITTINGS`.
const ROW_VALVE: f64 = 0.15;
/// Exponent of a rack's pressure drop where the catalog has one point only: the GB300 table (Lenovo LP2357) gives 1.9.
const RACK_EXPONENT: f64 = 1.9;
/// Pressure a rack's flow-limiting valve needs to work, taken as its loss when open at the wanted flow. Makers of such valves ask for 16 to 30 kPa. Assumed.
pub(super) const VALVE_OPEN: f64 = 20e3;
/// Flows and temperatures that move less than this part between rounds are found.
const STILL: f64 = 1e-8;
/// Rounds of flows and temperatures at most; two or three do.
const ROUNDS: usize = 12;

/// A row on a loop.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Branch {
    /// Meters of header from the CDU manifold to the first rack.
    pub lead: f64,
    /// Meters between racks.
    pub pitch: f64,
    /// Per slot; `None` where no liquid-cooled rack stands.
    pub racks: Vec<Option<Rack>>,
    /// Whether its valve is closed.
    pub closed: bool,
}

/// A rack as the hydraulics see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rack {
    /// Wanted flow, m³/s.
    pub wanted: f64,
    /// Pa/(m³/s)ⁿ.
    pub r: f64,
    /// Exponent n.
    pub n: f64,
    /// Heat it gives to the coolant, W.
    pub heat: f64,
    /// Whether it is parted from the loop.
    pub parted: bool,
}

/// CDUs of one group.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    /// A unit's curve with all its pumps running: shut-off, Pa; coefficient, Pa/(m³/s)ⁿ; exponent.
    pub curve: (f64, f64, f64),
    /// Resistance of a unit's filter, Pa/(m³/s)².
    pub filter: Option<f64>,
    /// The units.
    pub units: Vec<Unit>,
}

/// What a CDU does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unit {
    /// Runs with this share of its pumps.
    Runs(f64),
    /// Stands by.
    Spare,
    /// Out of service.
    Out,
}

/// What the pumps hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Control {
    /// The sum of what the racks want.
    Flow,
    /// A pressure between the manifolds, Pa.
    Difference(f64),
    /// Full speed.
    Full,
}

/// A loop as the hydraulics see it. Equal inputs give equal answers, so that like loops are solved once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Input {
    /// Supply temperature, K.
    pub supply: f64,
    /// Set-point, at which the reference density and the specific heat are taken, K.
    pub reference: f64,
    pub branches: Vec<Branch>,
    pub sources: Vec<Source>,
    pub control: Control,
    pub fluid: Fluid,
    /// Inner diameter and roughness of the headers, m.
    pub header: f64,
    pub roughness: f64,
    pub reverse: bool,
    /// Resistance of the quick disconnects of a rack, Pa/(m³/s)².
    pub disconnects: f64,
    /// Whether racks have valves that hold their flow at what they want.
    pub valves: bool,
}

/// The answer: flows in m³/s at the reference density, pressures in Pa, temperatures in K.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Answer {
    pub flow: f64,
    pub head: f64,
    pub speed: f64,
    /// By source: flow.
    pub shares: Vec<f64>,
    /// Heat the coolant takes from the racks, W: those without flow give none.
    pub heat: f64,
    /// Per branch and slot; NaN where there is no rack. Drops are those of the racks with their quick disconnects.
    pub flows: Vec<Vec<f64>>,
    pub drops: Vec<Vec<f64>>,
    pub returns: Vec<Vec<f64>>,
    pub status: super::Status,
    pub iterations: usize,
    pub residual: f64,
    /// What the worst residual belongs to.
    pub worst: Option<Part>,
    /// The network and all that flows in it.
    pub piping: Arc<Piping>,
}

/// What a rack wants at a supply temperature with this coolant, and its resistance. `None` for a rack without a liquid side.
pub(super) fn rack(model: &RackModel, supply: Temperature, fluid: Fluid, heat: f64) -> Option<Rack> {
    let liquid = model.liquid.as_ref()?;
    let points: &[FlowPoint] = &liquid.points;
    let first = points.first()?;
    let last = points.last()?;
    let t = supply.kelvin();
    let after = points.iter().position(|p| p.0.kelvin() >= t);
    let (flow, drop) = match after {
        None => (last.1, last.2),
        Some(0) => (first.1, first.2),
        Some(i) => {
            let (a, b) = (&points[i - 1], &points[i]);
            let share = (t - a.0.kelvin()) / (b.0.kelvin() - a.0.kelvin());
            (a.1 + (b.1 - a.1) * share, a.2 + (b.2 - a.2) * share)
        }
    };
    let ratio = last.1 / first.1;
    let n = if ratio > 1.05 { ((last.2 / first.2).ln() / ratio.ln()).clamp(1.0, 2.5) } else { RACK_EXPONENT };
    let q = flow.cubic_meters_per_second();
    let r = drop.pascals() / q.powf(n);
    let wanted = match &liquid.target_return {
        // The flow that brings the heat at design power out at this temperature.
        Some(target) => {
            let design = model.design_power.watts() * liquid.share.value();
            let rise = target.kelvin() - t;
            if rise > 0.0 { design / (super::thermal::volumetric(&properties(fluid, supply)) * rise) } else { f64::NAN }
        }
        None => q,
    };
    (wanted > 0.0 && r.is_finite()).then_some(Rack { wanted, r, n, heat, parted: false })
}

/// The pump curve of a CDU through its rating point.
pub(super) fn cdu_curve(flow: VolumeFlow, head: Pressure) -> (f64, f64, f64) {
    Curve::from_rating(flow, head).map_or((0.0, 0.0, 2.0), |c| (c.shutoff.pascals(), c.coefficient, c.exponent))
}

/// The resistance of a valve or coupling of this flow coefficient, Pa/(m³/s)²: `Kv` m³/h of water at 1 bar (IEC 60534-2-1).
pub(super) fn resistance_of_kv(kv: f64, density: f64) -> f64 {
    let per_second = kv / 3600.0;
    1e5 * density / 1000.0 / (per_second * per_second)
}

/// The reference state of a loop.
struct Reference {
    at: Properties,
    density: f64,
    /// J/(m³·K).
    rho_c: f64,
}

impl Reference {
    fn of(input: &Input) -> Self {
        let at = properties(input.fluid, Temperature::from_kelvin(input.reference));
        Self { at, density: at.density.kilograms_per_cubic_meter(), rho_c: super::thermal::volumetric(&at) }
    }
    /// Density and viscosity of a pipe's law for coolant at a temperature: see the head of this file.
    fn law(&self, fluid: Fluid, kelvin: f64) -> (f64, f64) {
        let here = if kelvin.is_finite() { properties(fluid, Temperature::from_kelvin(kelvin)) } else { self.at };
        let ratio = self.density / here.density.kilograms_per_cubic_meter();
        (self.density * ratio, here.viscosity.pascal_seconds() * ratio)
    }
}

/// Flow, head and speed found in one round.
struct Found {
    solution: Solution,
    flow: f64,
    head: f64,
    speed: f64,
}

/// Solves a loop. The solver only lends what it knows of like connections: the answer depends on the input alone.
pub(super) fn solve(input: &Input, solver: &mut Solver) -> Answer {
    let reference = Reference::of(input);
    let mut built = build::build(input, &reference);
    let mut temperatures = heat::mix(&built, &built.guess, input.supply, reference.rho_c);
    built.warm(input, &reference, &temperatures);
    if !built.can_flow(input) {
        let none = still(&built.network);
        temperatures.fill(f64::NAN);
        return answer(input, &reference, built, Found { solution: none, flow: 0.0, head: 0.0, speed: 0.0 }, temperatures, 0);
    }
    let mut start = Solution { flows: built.guess.clone(), pressures: vec![0.0; built.network.nodes.len()], ..still(&built.network) };
    let mut steps = 0;
    for round in 0.. {
        let mut found = pumps::settle(input, &mut built, solver, &start);
        steps += found.solution.iterations;
        let next = heat::mix(&built, &found.solution.flows, input.supply, reference.rho_c);
        let largest = found.solution.flows.iter().fold(0.0_f64, |m, q| m.max(q.abs()));
        let flows_moved = found.solution.flows.iter().zip(&start.flows).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / largest;
        let rise = next.iter().copied().filter(|t| t.is_finite()).fold(1e-3, |m: f64, t| m.max(t - input.supply));
        let warmed = next.iter().zip(&temperatures).map(|(a, b)| (a - b).abs()).filter(|d| d.is_finite()).fold(0.0, f64::max) / rise;
        temperatures = next;
        let done = (flows_moved.max(warmed) <= STILL && round > 0) || warmed == 0.0 || found.solution.status != pipe_network::Status::Converged;
        if !done && round >= ROUNDS {
            found.solution.status = pipe_network::Status::Stalled;
        }
        if done || round >= ROUNDS {
            return answer(input, &reference, built, found, temperatures, steps);
        }
        built.warm(input, &reference, &temperatures);
        start = found.solution;
    }
    Answer::default()
}

/// A network in which nothing flows.
fn still(network: &Network) -> Solution {
    let closed = |l: &pipe_network::Link| matches!(l, pipe_network::Link::Closed | pipe_network::Link::Pump { .. });
    Solution {
        flows: vec![0.0; network.links.len()],
        pressures: vec![0.0; network.nodes.len()],
        states: network.links.iter().map(|(_, _, l)| if closed(l) { pipe_network::LinkState::Shut } else { pipe_network::LinkState::Open }).collect(),
        unsupplied: Vec::new(),
        status: pipe_network::Status::Converged,
        iterations: 0,
        residual: 0.0,
        worst: None,
    }
}

fn by_slot(input: &Input) -> Vec<Vec<f64>> {
    input.branches.iter().map(|b| vec![f64::NAN; b.racks.len()]).collect()
}

fn answer(input: &Input, reference: &Reference, built: Built, found: Found, temperatures: Vec<f64>, iterations: usize) -> Answer {
    let (mut flows, mut drops, mut returns) = (by_slot(input), by_slot(input), by_slot(input));
    let Found { solution, flow, head, speed } = found;
    let mut carried = 0.0;
    for (b, links) in built.racks.iter().enumerate() {
        for (slot, link) in links.iter().enumerate() {
            let Some(link) = *link else { continue };
            let (from, to, _) = built.network.links[link];
            let heat = input.branches[b].racks[slot].map_or(f64::NAN, |r| r.heat);
            flows[b][slot] = solution.flows[link];
            drops[b][slot] = solution.pressures[from] - solution.pressures[to];
            if solution.flows[link] > heat::NOTHING {
                returns[b][slot] = input.supply + heat / (solution.flows[link] * reference.rho_c);
                carried += heat;
            }
        }
    }
    let shares = built.pumps.iter().map(|units| units.iter().map(|p| solution.flows[p.link]).sum()).collect();
    let worst = solution.worst.and_then(|w| match w {
        Worst::Link(l) => built.links.get(l).copied(),
        Worst::Node(n) => built.nodes.get(n).and_then(|j| match *j {
            Junction::Slot { row, slot, side } => Some(Part::Header { row, slot, side }),
            Junction::Rack { row, slot } => Some(Part::Rack { row, slot }),
            Junction::Row { row } => Some(Part::RowValve { row }),
            Junction::Inside { source, number } => Some(Part::Pump { source, unit: number + 1 }),
            _ => None,
        }),
    });
    let (status, residual) = (status(solution.status), solution.residual);
    let piping = Piping {
        network: built.network,
        nodes: built.nodes,
        links: built.links,
        flows: solution.flows,
        pressures: solution.pressures,
        states: solution.states,
        temperatures,
        speed,
    };
    Answer { flow, head, speed, shares, heat: carried, flows, drops, returns, status, iterations, residual, worst, piping: Arc::new(piping) }
}

/// Solves with the network's own tolerances.
fn run(solver: &mut Solver, network: &Network, start: &Solution) -> Solution {
    solver.solve(network, &Options::default(), Some(start))
}

/// The numerical status in the words of an outcome.
pub(super) fn status(status: pipe_network::Status) -> super::Status {
    match status {
        pipe_network::Status::Converged => super::Status::Converged,
        pipe_network::Status::Stalled => super::Status::Stalled,
        pipe_network::Status::Diverged => super::Status::Diverged,
        pipe_network::Status::Singular => super::Status::Singular,
    }
}
