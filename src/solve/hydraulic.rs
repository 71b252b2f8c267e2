//! Flow and pressure in a coolant loop (TCS): the network of headers and racks, and the speed of the CDU pumps.
//!
//! Nodes are the CDU manifold and, per rack slot, a point on the supply and one on the return header. Links are header segments
//! (Darcy–Weisbach) and racks (Δp ∝ flowⁿ through the catalog's points). The CDUs are told to give the sum of what the racks want; how it
//! splits, and what head that takes, the network says. If the pumps can't give that head, they run at full speed on their curve instead.
//!
//! Flow is held at what the racks want at their design power and the loop's supply temperature, whatever their load: racks have no valve
//! of their own in this model.

use crate::numerics::pipe_network::{self, Link, Network, Node, Options};
use crate::physics::coolant::Properties;
use crate::physics::pump::Curve;
use crate::plan::Return;
use crate::plan::catalog::{FlowPoint, RackModel};
use crate::solve::{Junction, Part, Piping, Side};
use crate::units::*;
use std::sync::Arc;

/// Head loss coefficient of the line flow through a flanged tee: `physics::sources::LMNO_FITTINGS`. What a rack's branch loses is in its catalog points.
pub(super) const TEE: f64 = 0.2;
/// Exponent of a rack's pressure drop where the catalog has one point only: the GB300 table (Lenovo LP2357) gives 1.9.
const RACK_EXPONENT: f64 = 1.9;

/// A row on a loop.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Branch {
    /// Meters of header from the CDU manifold to the first rack.
    pub lead: f64,
    /// Meters between racks.
    pub pitch: f64,
    /// Per slot: wanted flow m³/s, resistance, exponent; `None` where no liquid-cooled rack stands.
    pub racks: Vec<Option<Rack>>,
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
}

/// A loop as the hydraulics see it. Equal inputs give equal answers, so that like loops are solved once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Input {
    pub branches: Vec<Branch>,
    pub header: f64,
    pub roughness: f64,
    pub reverse: bool,
    pub density: f64,
    pub viscosity: f64,
    /// Curves of the running pumps, one per CDU.
    pub pumps: Vec<(f64, f64, f64)>,
}

/// The answer: flows in m³/s, pressures in Pa.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Answer {
    pub flow: f64,
    pub head: f64,
    pub speed: f64,
    /// Per branch and slot; NaN where there is no rack.
    pub flows: Vec<Vec<f64>>,
    pub drops: Vec<Vec<f64>>,
    pub status: super::Status,
    pub iterations: usize,
    pub residual: f64,
    /// Branch of the worst residual.
    pub worst: Option<usize>,
    /// The network and all that flows in it.
    pub piping: Arc<Piping>,
}

/// What a rack wants at a supply temperature, and its resistance. `None` for a rack without a liquid side.
pub(super) fn rack(model: &RackModel, supply: Temperature) -> Option<Rack> {
    let points: &[FlowPoint] = &model.liquid.as_ref()?.points;
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
    (q > 0.0).then(|| Rack { wanted: q, r: drop.pascals() / q.powf(n), n })
}

/// The pump curve of a CDU through its rating point.
pub(super) fn cdu_curve(flow: VolumeFlow, head: Pressure) -> (f64, f64, f64) {
    Curve::from_rating(flow, head).map_or((0.0, 0.0, 2.0), |c| (c.shutoff.pascals(), c.coefficient, c.exponent))
}

pub(super) fn input(branches: Vec<Branch>, header: Length, roughness: Length, arrangement: Return, fluid: &Properties, pumps: Vec<(f64, f64, f64)>) -> Input {
    Input {
        branches,
        header: header.meters(),
        roughness: roughness.meters(),
        reverse: arrangement == Return::Reverse,
        density: fluid.density.kilograms_per_cubic_meter(),
        viscosity: fluid.viscosity.pascal_seconds(),
        pumps,
    }
}

/// Links of the racks by branch and slot.
struct Built {
    network: Network,
    nodes: Vec<Junction>,
    links: Vec<Part>,
    racks: Vec<Vec<Option<usize>>>,
}

const SUPPLY: usize = 0;
const RETURN: usize = 1;

fn build(input: &Input) -> Built {
    let mut network = Network { nodes: vec![Node::default(), Node { demand: 0.0, fixed: Some(0.0) }], links: Vec::new() };
    let (mut nodes, mut parts) = (vec![Junction::Manifold(Side::Supply), Junction::Manifold(Side::Return)], Vec::new());
    let pipe =
        |length: f64, k: f64| Link::Pipe { diameter: input.header, length, roughness: input.roughness, k, density: input.density, viscosity: input.viscosity };
    let mut racks = Vec::with_capacity(input.branches.len());
    for (row, branch) in input.branches.iter().enumerate() {
        let mut links = vec![None; branch.racks.len()];
        let present: Vec<usize> = (0..branch.racks.len()).filter(|i| branch.racks[*i].is_some()).collect();
        let (mut supply, mut back) = (SUPPLY, RETURN);
        let mut first_return = None;
        let mut position = -branch.lead / branch.pitch.max(1e-3);
        for slot in present {
            let length = ((slot as f64 - position) * branch.pitch).max(0.05);
            position = slot as f64;
            let (s, r) = (network.nodes.len(), network.nodes.len() + 1);
            let number = slot as u32 + 1;
            network.nodes.extend([Node::default(), Node::default()]);
            nodes.extend([Side::Supply, Side::Return].map(|side| Junction::Slot { row, slot: number, side }));
            network.links.push((supply, s, pipe(length, TEE)));
            parts.push(Part::Header { row, slot: number, side: Side::Supply });
            if input.reverse {
                // The return header begins at the first rack and leaves at the last one.
                if let Some(previous) = first_return {
                    network.links.push((previous, r, pipe(length, TEE)));
                    parts.push(Part::Header { row, slot: number, side: Side::Return });
                }
                first_return = Some(r);
            } else {
                network.links.push((r, back, pipe(length, TEE)));
                parts.push(Part::Header { row, slot: number, side: Side::Return });
                back = r;
            }
            if let Some(rack) = branch.racks[slot] {
                links[slot] = Some(network.links.len());
                network.links.push((s, r, Link::Power { r: rack.r, n: rack.n }));
                parts.push(Part::Rack { row, slot: number });
            }
            supply = s;
        }
        if let Some(last) = first_return {
            let run = branch.lead + branch.pitch * branch.racks.len() as f64;
            network.links.push((last, RETURN, pipe(run, TEE)));
            parts.push(Part::Back { row });
        }
        racks.push(links);
    }
    Built { network, nodes, links: parts, racks }
}

/// Solves a loop.
pub(super) fn solve(input: &Input) -> Answer {
    let mut built = build(input);
    let wanted: f64 = input.branches.iter().flat_map(|b| b.racks.iter().flatten()).map(|r| r.wanted).sum();
    if wanted <= 0.0 || input.pumps.is_empty() {
        return Answer { flows: empty(input), drops: empty(input), ..Answer::default() };
    }
    // First at the wanted total: the head tells the speed.
    built.network.nodes[SUPPLY].demand = -wanted;
    let options = Options::default();
    let held = pipe_network::solve(&built.network, &options, None);
    let head = held.pressures[SUPPLY];
    if let Some(speed) = speed_for(&input.pumps, wanted, head).filter(|s| *s <= 1.0) {
        return answer(input, &built, &held, wanted, head, speed);
    }
    // The pumps can't: at full speed on their curves.
    built.network.nodes[SUPPLY].demand = 0.0;
    let first_pump = built.network.links.len();
    for (unit, &(shutoff, b, n)) in input.pumps.iter().enumerate() {
        built.network.links.push((RETURN, SUPPLY, Link::Pump { shutoff, b, n, speed: 1.0 }));
        built.links.push(Part::Pump { source: 0, unit: unit as u32 + 1 });
    }
    let full = pipe_network::solve(&built.network, &options, None);
    let flow: f64 = full.flows[first_pump..].iter().sum();
    answer(input, &built, &full, flow, full.pressures[SUPPLY], 1.0)
}

/// The common speed at which parallel pumps give a flow against a head; `None` where they can't at any.
fn speed_for(pumps: &[(f64, f64, f64)], flow: f64, head: f64) -> Option<f64> {
    if !(head.is_finite() && head >= 0.0) {
        return None;
    }
    // At one speed and head each pump gives q = ω·((h0 − h/ω²)/b)^(1/n): monotone in ω, so that bisection between hardly turning and double speed is safe.
    let delivered = |speed: f64| -> f64 {
        pumps
            .iter()
            .map(|(h0, b, n)| {
                let left = h0 - head / (speed * speed);
                if left <= 0.0 || *b <= 0.0 { 0.0 } else { speed * (left / b).powf(1.0 / n) }
            })
            .sum()
    };
    crate::numerics::roots::bracketed(|s| delivered(s) - flow, 1e-3, 2.0, 1e-10).ok()
}

fn empty(input: &Input) -> Vec<Vec<f64>> {
    input.branches.iter().map(|b| vec![f64::NAN; b.racks.len()]).collect()
}

fn answer(input: &Input, built: &Built, solution: &pipe_network::Solution, flow: f64, head: f64, speed: f64) -> Answer {
    let (mut flows, mut drops) = (empty(input), empty(input));
    for (b, links) in built.racks.iter().enumerate() {
        for (slot, link) in links.iter().enumerate() {
            let Some(link) = *link else { continue };
            let (from, to, _) = built.network.links[link];
            flows[b][slot] = solution.flows[link];
            drops[b][slot] = solution.pressures[from] - solution.pressures[to];
        }
    }
    let worst = match solution.worst {
        Some(pipe_network::Worst::Link(l)) => built.racks.iter().position(|b| b.contains(&Some(l))).or(Some(0)),
        Some(pipe_network::Worst::Node(_)) => Some(0),
        None => None,
    };
    let piping = Arc::new(Piping::of(built.network.clone(), built.nodes.clone(), built.links.clone(), solution, speed));
    Answer { flow, head, speed, flows, drops, status: status(solution.status), iterations: solution.iterations, residual: solution.residual, worst, piping }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::physics::coolant::{Fluid, properties};
    use crate::plan::Catalog;

    fn eight(reverse: bool, pumps: Vec<(f64, f64, f64)>) -> Input {
        let catalog = Catalog::builtin().unwrap();
        let one = rack(catalog.racks("gb300-nvl72").unwrap(), Temperature::from_celsius(35.0)).unwrap();
        let fluid = properties(Fluid::Pg25, Temperature::from_celsius(45.0));
        let branch = Branch { lead: 3.0, pitch: 0.6, racks: vec![Some(one); 8] };
        let arrangement = if reverse { Return::Reverse } else { Return::Direct };
        input(vec![branch], Length::from_millimeters(102.3), Length::from_meters(45e-6), arrangement, &fluid, pumps)
    }

    #[test]
    fn a_rack_wants_what_its_data_sheet_says() {
        let catalog = Catalog::builtin().unwrap();
        let model = catalog.racks("gb300-nvl72").unwrap();
        // Lenovo LP2357, table 27.
        for (celsius, flow, kilopascals) in [(25.0, 59.0, 15.9), (40.0, 119.0, 58.6), (45.0, 177.0, 126.9)] {
            let r = rack(model, Temperature::from_celsius(celsius)).unwrap();
            assert!((r.wanted * 60_000.0 - flow).abs() < 1e-6);
            assert!((r.r * r.wanted.powf(r.n) / 1e3 - kilopascals).abs() < 0.01 * kilopascals + 0.1);
            assert!((r.n - 1.9).abs() < 0.05, "exponent {}", r.n);
        }
    }

    #[test]
    fn near_racks_get_more_with_direct_return_and_reverse_return_evens_out() {
        let pumps = vec![cdu_curve(VolumeFlow::from_liters_per_minute(1200.0), Pressure::from_kilopascals(250.0))];
        let direct = solve(&eight(false, pumps.clone()));
        let reverse = solve(&eight(true, pumps));
        let spread = |a: &Answer| a.flows[0].iter().copied().fold(0.0, f64::max) / a.flows[0].iter().copied().fold(f64::MAX, f64::min);
        assert_eq!(direct.status, super::super::Status::Converged);
        assert!(direct.flows[0].windows(2).all(|w| w[0] > w[1]), "{:?}", direct.flows);
        assert!(spread(&reverse) < spread(&direct));
        let wanted = 8.0 * 89.0 / 60_000.0;
        assert!((direct.flow / wanted - 1.0).abs() < 1e-9 && (direct.flows[0].iter().sum::<f64>() / wanted - 1.0).abs() < 1e-9);
        assert!(direct.speed > 0.3 && direct.speed < 1.0, "{}", direct.speed);
    }

    #[test]
    fn a_weak_pump_runs_at_full_speed_and_gives_less() {
        let weak = solve(&eight(false, vec![cdu_curve(VolumeFlow::from_liters_per_minute(300.0), Pressure::from_kilopascals(30.0))]));
        assert_eq!(weak.speed, 1.0);
        assert!(weak.flow < 8.0 * 89.0 / 60_000.0);
        assert!((weak.flows[0].iter().sum::<f64>() / weak.flow - 1.0).abs() < 1e-6);
    }
}
