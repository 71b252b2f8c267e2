//! The way that always gets to the state of regulators, when Newton's steps with them don't: one valve at a time.
//!
//! A regulator throttles: it lets no more than some flow `L` pass. With all `L` given the network is convex and always solved, and the pressure a valve
//! holds rises (after it) or falls (before it) with its own `L`. So each has exactly one `L` that its law asks for: none where even nothing is too much,
//! no limit where wide open is not enough, between them a root. Taking the valves in turn until none moves (nonlinear Gauss–Seidel) leads to flows and
//! states from which the exact equations are solved as usual.

use super::laws::Laws;
use super::switch::State;
use super::{Holds, Link, Network, Options, Solver, Status};
use crate::numerics::roots::bracketed;
use std::sync::Arc;

/// What counts as no limit, m³/s.
const OPEN: f64 = 1e6;

/// Times every valve has its turn.
const SWEEPS: usize = 40;

/// Change of a limit, over the flow wide open, from which the others have to look again; and how finely it is sought.
const MOVED: f64 = 1e-5;
const FINE: f64 = 1e-7;

struct Valve {
    link: usize,
    node: usize,
    holds: Holds,
    set: f64,
    local: f64,
    limit: f64,
}

/// Flows, pressures and states to start from. None if even this does not settle.
pub(super) struct Start {
    pub flows: Vec<f64>,
    pub pressures: Vec<f64>,
    /// Regulators and their states.
    pub states: Vec<(usize, State)>,
    /// Newton steps spent.
    pub iterations: usize,
}

struct Search<'a> {
    solver: &'a mut Solver,
    options: Options,
    network: Network,
    flows: Vec<f64>,
    pressures: Vec<f64>,
    iterations: usize,
}

impl Search<'_> {
    fn limit(&mut self, valve: &Valve, flow: f64) {
        self.network.links[valve.link].2 = Link::Forward(Arc::new(Link::Limiter { flow, local: valve.local }));
    }

    /// How much the valve has to throttle more, Pa, with the limits as they are; NaN if that can't be solved.
    fn excess(&mut self, valve: &Valve) -> f64 {
        let Ok(laws) = Laws::compile(&self.network, self.options.small_flow) else { return f64::NAN };
        let mut run = self.solver.run(&self.network, &self.options, laws, None);
        run.begin(&self.flows, &self.pressures);
        let status = self.solver.relaxed(&mut run);
        self.iterations += run.iterations;
        if status == Status::Diverged {
            return f64::NAN;
        }
        (self.flows, self.pressures) = (std::mem::take(&mut run.flows), std::mem::take(&mut run.pressures));
        let error = self.pressures[valve.node] - valve.set;
        if valve.holds == Holds::After { error } else { -error }
    }

    /// The limit that the law of the valve asks for.
    fn seek(&mut self, valve: &Valve) -> Option<f64> {
        self.limit(valve, OPEN);
        let wide_open = self.excess(valve);
        if wide_open.is_nan() {
            return None;
        }
        let most = self.flows[valve.link];
        if wide_open <= 0.0 || most <= 0.0 {
            return Some(if most <= 0.0 { 0.0 } else { OPEN });
        }
        self.limit(valve, 0.0);
        let shut = self.excess(valve);
        if shut >= 0.0 {
            return Some(0.0);
        }
        let at = |flow: f64| {
            self.limit(valve, flow);
            self.excess(valve)
        };
        bracketed(at, 0.0, most, FINE * most).ok()
    }
}

/// Finds what each regulator lets pass.
pub(super) fn search(solver: &mut Solver, network: &Network, options: &Options) -> Option<Start> {
    let mut valves = Vec::new();
    for (k, (a, b, link)) in network.links.iter().enumerate() {
        if let &Link::Regulator { holds, pressure, local } = link {
            let node = if holds == Holds::After { *b } else { *a };
            valves.push(Valve { link: k, node, holds, set: pressure, local, limit: OPEN });
        }
    }
    let (links, nodes) = (network.links.len(), network.nodes.len());
    let mut search =
        Search { solver, options: *options, network: network.clone(), flows: vec![f64::NAN; links], pressures: vec![f64::NAN; nodes], iterations: 0 };
    for valve in &valves {
        search.limit(valve, valve.limit);
    }
    let mut settled = false;
    for _ in 0..SWEEPS {
        settled = true;
        for valve in &mut valves {
            let limit = search.seek(valve)?;
            search.limit(valve, limit);
            let passed = search.flows[valve.link].abs().max(1e-9);
            settled &= (limit - valve.limit).abs() <= MOVED * passed || (limit == OPEN && valve.limit == OPEN);
            valve.limit = limit;
        }
        if settled {
            break;
        }
    }
    if !settled {
        return None;
    }
    search.excess(valves.first()?);
    let state = |valve: &Valve| match valve.limit {
        0.0 => State::Shut,
        OPEN => State::Open,
        _ => State::Held,
    };
    let states = valves.iter().map(|valve| (valve.link, state(valve))).collect();
    Some(Start { flows: search.flows, pressures: search.pressures, states, iterations: search.iterations })
}
