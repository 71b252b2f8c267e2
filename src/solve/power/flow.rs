//! The solve on both sides of the UPS, and the outcome written down.

use super::BASE;
use super::chain::{Chain, Converter, Measure, Source, Wire};
use super::state::State;
use crate::numerics::power_flow::{self as pf, BranchFlow, Bus, BusKind, Network, Options, Status as Ending};
use crate::physics::ups;
use crate::solve::{Branch, BranchKind, BranchModel, Convergence, Fed, Node, PowerFlow, Status};
use crate::units::*;
use nalgebra::Complex;

/// UPS in series (a block fed through another one's output) settle from the racks up, one level a round.
const ROUNDS: usize = 8;
/// A UPS output known this well, W, is settled.
const SETTLED: f64 = 1e-3;

/// The state of the network, by place, wire and converter.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    pub voltages: Vec<Complex<f64>>,
    /// What each place gives to its wires, per unit: minus its load, or what a source gives less that.
    pub injections: Vec<Complex<f64>>,
    pub flows: Vec<BranchFlow>,
    /// Output and input of each converter, W.
    pub outputs: Vec<f64>,
    pub inputs: Vec<f64>,
    pub status: Ending,
    pub iterations: usize,
    pub residual: f64,
    pub worst: Option<usize>,
}

/// What a converter takes in for an output; nothing when it is dead.
pub(super) fn converter_input(c: &Converter, state: &State, number: usize, out: f64) -> f64 {
    if state.fed[c.input] == Fed::Dead || state.modules[number] <= 0.0 {
        return 0.0;
    }
    let (alpha, beta, gamma) = c.loss;
    let installed = Power::from_watts(c.rating * f64::from(c.units) * state.modules[number]);
    out + ups::loss(installed, Power::from_watts(out.max(0.0)), alpha, beta, gamma).watts()
}

impl Chain<'_> {
    /// A place as a bus, inputs of converters left out.
    pub fn bus(&self, state: &State, place: usize) -> Bus {
        let kind = if state.slack[place] { BusKind::Slack { v: 1.0, angle: 0.0 } } else { BusKind::Pq };
        Bus { kind, load: state.loads[place], shunt: Complex::new(0.0, 0.0) }
    }

    /// A wire with the units that are in service.
    pub fn branch(&self, state: &State, wire: usize) -> pf::Branch {
        let (branch, kept) = (self.wires[wire].branch, state.kept[wire]);
        if kept <= 0.0 {
            return pf::Branch { in_service: false, ..branch };
        }
        pf::Branch { series: branch.series / kept, charging: branch.charging * kept, no_load: branch.no_load * kept, ..branch }
    }

    /// Input of a converter as a load, per unit.
    pub fn input_load(&self, number: usize, watts: f64) -> Complex<f64> {
        self.converters[number].per_watt * watts
    }

    /// Solves behind the UPS, then before them.
    pub fn flow(&self, state: &State) -> Flow {
        let buses = (0..self.places.len()).map(|p| self.bus(state, p)).collect();
        let branches = (0..self.wires.len()).map(|w| self.branch(state, w)).collect();
        let mut prepared = pf::Prepared::new(Network { buses, branches });
        let options = Options::default();
        let mut outputs = vec![0.0; self.converters.len()];
        let mut inputs = vec![0.0; self.converters.len()];
        let mut loads = state.loads.clone();
        let mut solution = None;
        for _ in 0..ROUNDS {
            let mut changed = solution.is_none();
            for (i, c) in self.converters.iter().enumerate() {
                let out = solution.as_ref().map_or(0.0, |s: &pf::Solution| (s.injections[c.output] + loads[c.output]).re * BASE);
                let input = converter_input(c, state, i, out);
                if (input - inputs[i]).abs() > SETTLED {
                    changed = true;
                    loads[c.input] += self.input_load(i, input) - self.input_load(i, inputs[i]);
                    prepared.set_load(c.input, loads[c.input]);
                }
                (outputs[i], inputs[i]) = (out, input);
            }
            if !changed {
                break;
            }
            solution = Some(prepared.solve(&options, None));
        }
        let s = solution.unwrap_or_else(|| prepared.solve(&options, None));
        let injections = s.injections.iter().zip(&loads).zip(&state.slack).map(|((i, l), slack)| if *slack { i + l } else { *i }).collect();
        Flow {
            voltages: s.voltages,
            injections,
            flows: s.flows,
            outputs,
            inputs,
            status: s.status,
            iterations: s.iterations,
            residual: s.residual,
            worst: s.worst,
        }
    }

    /// Power that grid and generators give.
    pub fn facility(&self, state: &State, flow: &Flow) -> Power {
        Power::from_watts(self.given(state, flow, false).re + state.injected)
    }

    /// Power that holds the voltage at the sources of a kind, W and var.
    pub fn given(&self, state: &State, flow: &Flow, standby: bool) -> Complex<f64> {
        self.given_at(state, flow, &self.sources.iter().copied().filter(|p| standby == (self.places[*p].source == Source::Standby)).collect::<Vec<_>>())
    }

    /// Power that holds the voltage at some places, W and var; standby sets only where they are named.
    pub fn given_at(&self, state: &State, flow: &Flow, places: &[usize]) -> Complex<f64> {
        let counts = |p: &usize| match self.places[*p].source {
            Source::Grid | Source::Generator | Source::Standby => state.slack[*p],
            Source::None | Source::Converter(_) => false,
        };
        places.iter().copied().filter(counts).map(|p| flow.injections[p]).sum::<Complex<f64>>() * BASE
    }

    /// Writes a state down.
    pub fn outcome(&self, state: &State, flow: &Flow) -> PowerFlow {
        let mut result = PowerFlow {
            dark: self.dark(state),
            unserved: self.unserved(state),
            lost: self.lost(state),
            unknown_out: state.unknown.clone(),
            ..PowerFlow::default()
        };
        result.standby = state.standby.iter().map(|s| self.standby[*s].0.clone()).collect();
        result.nodes = (0..self.places.len()).map(|p| self.node(state, flow, p)).collect();
        result.branches = (0..self.wires.len()).map(|w| self.wire_branch(state, flow, w, &result.nodes)).collect();
        result.branches.extend((0..self.converters.len()).map(|c| self.ups_branch(state, flow, c, &result.nodes)));
        for (i, b) in result.branches.iter().enumerate() {
            result.of_element.entry(b.element.clone()).or_default().push(i);
        }
        let grid = self.given(state, flow, false);
        let standby = self.given(state, flow, true).re;
        let served: f64 = state.loads.iter().zip(&state.fed).filter(|(_, fed)| **fed != Fed::Dead).map(|(l, _)| l.re * BASE).sum::<f64>() + state.injected;
        result.facility = Power::from_watts(grid.re + state.injected + standby);
        result.from_sets = Power::from_watts(standby);
        result.reactive = ReactivePower::from_vars(grid.im);
        result.loss = result.branches.iter().map(|b| b.loss).sum();
        let total = result.facility.watts();
        result.residual = if total > 0.0 { ((total - served - result.loss.watts()) / total).abs() } else { 0.0 };
        result.convergence = Convergence {
            status: status(flow.status),
            iterations: flow.iterations,
            residual: flow.residual,
            worst: flow.worst.and_then(|w| self.places.get(w)).map(|p| p.element.clone()),
        };
        result
    }

    fn node(&self, state: &State, flow: &Flow, p: usize) -> Node {
        let (place, fed) = (&self.places[p], state.fed[p]);
        let v = if fed == Fed::Dead { Complex::new(f64::NAN, f64::NAN) } else { flow.voltages[p] };
        let inputs: Complex<f64> = self.converters_at[p].iter().map(|c| self.input_load(*c, flow.inputs[*c])).sum();
        let taken = (state.loads[p] + inputs) * BASE;
        Node {
            id: place.id.clone(),
            element: place.element.clone(),
            kind: place.kind,
            v_pu: v.norm(),
            angle: v.arg(),
            nominal: place.nominal,
            source: state.slack[p],
            fed,
            load: Power::from_watts(taken.re),
            load_reactive: ReactivePower::from_vars(taken.im),
        }
    }

    fn wire_branch(&self, state: &State, flow: &Flow, number: usize, nodes: &[Node]) -> Branch {
        let (w, f, kept) = (&self.wires[number], &flow.flows[number], state.kept[number]);
        let (from, to) = (w.branch.from, w.branch.to);
        let b = self.branch(state, number);
        Branch {
            id: w.id.clone(),
            element: w.element.clone(),
            kind: w.kind,
            from,
            to,
            p_from: Power::from_watts(f.from.re * BASE),
            q_from: ReactivePower::from_vars(f.from.im * BASE),
            p_to: Power::from_watts(f.to.re * BASE),
            q_to: ReactivePower::from_vars(f.to.im * BASE),
            current: Current::from_amperes(self.current(number, f, nodes[from].v_pu)),
            loss: Power::from_watts(f.loss().re * BASE),
            load: self.load_of(number, f, nodes[from].v_pu),
            rating: w.rating * (f64::from(w.units) * kept).min(f64::from(w.units - w.spare)),
            units: w.units,
            in_service: kept,
            model: Some(BranchModel { r: b.series.re, x: b.series.im, charging: b.charging, tap: b.tap, no_load: b.no_load.re }),
        }
    }

    /// Current at *from*, A.
    fn current(&self, wire: usize, f: &BranchFlow, v_pu: f64) -> f64 {
        let v = v_pu * self.places[self.wires[wire].branch.from].nominal.volts();
        let lines = if self.places[self.wires[wire].branch.from].dc { 1.0 } else { 3.0_f64.sqrt() };
        if v > 0.0 { length(f.from) * BASE / (lines * v) } else { 0.0 }
    }

    /// Load of a wire in its own measure.
    pub fn load_of(&self, wire: usize, f: &BranchFlow, v_pu: f64) -> f64 {
        match self.wires[wire].measure {
            Measure::Amperes => self.current(wire, f, v_pu),
            Measure::VoltAmperes => length(f.from).max(length(f.to)) * BASE,
            Measure::Watts => f.from.re.abs() * BASE,
        }
    }

    fn ups_branch(&self, state: &State, flow: &Flow, number: usize, nodes: &[Node]) -> Branch {
        let c = &self.converters[number];
        let (out, input, kept) = (flow.outputs[number], flow.inputs[number], state.modules[number]);
        let q = self.input_load(number, input).im * BASE;
        let v = nodes[c.input].v_pu * nodes[c.input].nominal.volts();
        Branch {
            id: c.id.clone(),
            element: c.element.clone(),
            kind: BranchKind::Ups,
            from: c.input,
            to: c.output,
            p_from: Power::from_watts(input),
            q_from: ReactivePower::from_vars(q),
            p_to: Power::from_watts(-out),
            q_to: ReactivePower::ZERO,
            current: Current::from_amperes(if v > 0.0 { input.hypot(q) / (3.0_f64.sqrt() * v) } else { 0.0 }),
            loss: Power::from_watts(input - out),
            load: out,
            rating: c.rating * (f64::from(c.units) * kept).min(f64::from(c.units - c.spare)),
            units: c.units,
            in_service: kept,
            model: None,
        }
    }

    /// Rating of a wire with what is left of it, spare units at work too.
    pub fn wire_left(&self, state: &State, w: &Wire, number: usize) -> f64 {
        w.rating * f64::from(w.units) * state.kept[number]
    }
}

/// Magnitude of a per-unit value. These are far from the ends of the range of numbers, where `norm` takes its time for care.
pub(super) fn length(z: Complex<f64>) -> f64 {
    z.norm_sqr().sqrt()
}

pub(super) fn status(status: Ending) -> Status {
    match status {
        Ending::Converged => Status::Converged,
        Ending::Stalled => Status::Stalled,
        Ending::Singular => Status::Singular,
        Ending::Diverged => Status::Diverged,
    }
}
