//! The solve on both sides of the UPS, and the outcome written down.

use super::*;

impl Chain<'_> {
    fn network(&self) -> Network {
        let buses = self
            .places
            .iter()
            .map(|p| pf::Bus { kind: if p.source { BusKind::Slack { v: 1.0, angle: 0.0 } } else { BusKind::Pq }, load: p.load, shunt: Complex::new(0.0, 0.0) })
            .collect();
        Network { buses, branches: self.wires.iter().map(|w| w.branch).collect() }
    }

    /// Solves behind the UPS, then before them, and writes the outcome down.
    pub(super) fn flow(mut self, demand: &Demand, feeds: Vec<Feed>, shared: Vec<Shared>, dark: Vec<Id>) -> PowerFlow {
        let mut prepared = pf::Prepared::new(self.network());
        let options = Options::default();
        let mut solution = prepared.solve(&options, None);
        let mut outputs = vec![0.0; self.converters.len()];
        // UPS in series (a block fed through another one's output) settle from the racks up, one level a round.
        for _ in 0..4 {
            let mut changed = false;
            for (i, c) in self.converters.iter().enumerate() {
                let out = (solution.injections[c.output] + self.places[c.output].load).re * BASE;
                if (out - outputs[i]).abs() > 1e-3 {
                    changed = true;
                    let input = out + converter_loss(c, out).watts();
                    let base = self.places[c.input].load - load(outputs_input(c, outputs[i]), c.power_factor);
                    self.places[c.input].load = base + load(input, c.power_factor);
                    outputs[i] = out;
                    prepared.set_load(c.input, self.places[c.input].load);
                }
            }
            if !changed {
                break;
            }
            solution = prepared.solve(&options, None);
        }
        self.outcome(demand, &solution, &outputs, (&feeds, &shared), dark)
    }

    fn outcome(self, demand: &Demand, solution: &pf::Solution, outputs: &[f64], (feeds, shared): (&[Feed], &[Shared]), dark: Vec<Id>) -> PowerFlow {
        let mut flow = PowerFlow { dark, ..PowerFlow::default() };
        flow.nodes = self
            .places
            .iter()
            .enumerate()
            .map(|(i, p)| {
                let v = solution.voltages[i];
                let alive = solution.energized[i];
                Node { v_pu: if alive { v.norm() } else { f64::NAN }, angle: if alive { v.arg() } else { f64::NAN }, ..p.node.clone() }
            })
            .collect();
        for (i, w) in self.wires.iter().enumerate() {
            flow.branches.push(self.branch(w, &solution.flows[i], &flow.nodes));
        }
        for (c, out) in self.converters.iter().zip(outputs) {
            flow.branches.push(ups_branch(c, *out, &flow.nodes));
        }
        failover(&mut flow, feeds, shared);
        for (i, b) in flow.branches.iter().enumerate() {
            flow.of_element.entry(b.element.clone()).or_default().push(i);
        }
        let poi = |part: fn(&Complex<f64>) -> f64| -> f64 {
            self.places.iter().enumerate().filter(|(_, p)| p.node.kind == NodeKind::Poi).map(|(i, p)| part(&(solution.injections[i] + p.load)) * BASE).sum()
        };
        let injected: f64 = demand.injected.iter().filter(|(bus, _)| self.outlet.contains_key(*bus)).map(|(_, w)| w).sum();
        let served: f64 = self.places.iter().map(|p| p.load.re * BASE).sum::<f64>() + injected
            - self.converters.iter().zip(outputs).map(|(c, o)| outputs_input(c, *o)).sum::<f64>();
        flow.facility = Power::from_watts(poi(|s| s.re) + injected);
        flow.reactive = ReactivePower::from_vars(poi(|s| s.im));
        flow.loss = flow.branches.iter().map(|b| b.loss).sum();
        let total = flow.facility.watts();
        flow.residual = if total > 0.0 { ((total - served - flow.loss.watts()) / total).abs() } else { 0.0 };
        flow.convergence = Convergence {
            status: status(solution.status),
            iterations: solution.iterations,
            residual: solution.residual,
            worst: solution.worst.and_then(|w| self.places.get(w)).map(|p| p.node.element.clone()),
        };
        flow
    }

    fn branch(&self, w: &Wire, f: &pf::BranchFlow, nodes: &[Node]) -> Branch {
        let (from, to) = (w.branch.from, w.branch.to);
        let v = nodes[from].v_pu * nodes[from].nominal.volts();
        let apparent = f.from.norm().max(f.to.norm()) * BASE;
        let current = if v > 0.0 { f.from.norm() * BASE / (3.0_f64.sqrt() * v) } else { 0.0 };
        let load = if w.measure == Measure::Amperes { current } else { apparent };
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
            current: Current::from_amperes(current),
            loss: Power::from_watts(f.loss().re * BASE),
            load,
            rating: w.rating,
            failover: load,
        }
    }
}

fn converter_loss(c: &Converter, out: f64) -> Power {
    let (alpha, beta, gamma) = c.loss;
    ups::loss(Power::from_watts(c.installed), Power::from_watts(out.max(0.0)), alpha, beta, gamma)
}

/// What a UPS takes in for an output; nothing while it has not been solved yet.
fn outputs_input(c: &Converter, out: f64) -> f64 {
    if out == 0.0 { 0.0 } else { out + converter_loss(c, out).watts() }
}

fn ups_branch(c: &Converter, out: f64, nodes: &[Node]) -> Branch {
    let input = outputs_input(c, out);
    let q = load(input, c.power_factor).im * BASE;
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
        rating: c.rating,
        failover: out,
    }
}

/// Load of every branch after the worst loss of one other block: what the rows and the equipment fed by both would move over.
fn failover(flow: &mut PowerFlow, feeds: &[Feed], shared: &[Shared]) {
    let mut moved: BTreeMap<&Id, BTreeMap<&Id, f64>> = BTreeMap::new();
    let mut carried: BTreeMap<&Id, f64> = BTreeMap::new();
    for feed in feeds {
        *carried.entry(&feed.block).or_default() += feed.watts;
        if let Some((_, lost)) = &feed.other {
            *moved.entry(&feed.block).or_default().entry(lost).or_default() += feed.watts;
            // A busway alone carries the whole row.
            let wire = &mut flow.branches[feed.wire];
            wire.failover = wire.load * 2.0;
        }
        debug_assert_eq!(flow.branches[feed.wire].element, feed.row);
    }
    for s in shared {
        *carried.entry(&s.block).or_default() += s.watts;
        *moved.entry(&s.block).or_default().entry(&s.other).or_default() += s.watts;
    }
    // What moves over is counted where it leaves a block, behind the UPS if there is one: its losses grow along.
    let at_outlet = flow.branches.iter().filter(|b| matches!(b.kind, BranchKind::Substation | BranchKind::Ups));
    let outlets: BTreeMap<Id, f64> = at_outlet.map(|b| (b.element.clone(), -b.p_to.watts())).collect();
    for branch in flow.branches.iter_mut().filter(|b| b.kind != BranchKind::Busway) {
        let worst = moved.get(&branch.element).map_or(0.0, |m| m.values().copied().fold(0.0, f64::max));
        let through = outlets.get(&branch.element).copied().unwrap_or(0.0);
        if worst > 0.0 && through > 0.0 && carried.contains_key(&branch.element) {
            branch.failover = branch.load * (through + worst) / through;
        }
    }
}

fn status(status: pf::Status) -> Status {
    match status {
        pf::Status::Converged => Status::Converged,
        pf::Status::Stalled => Status::Stalled,
        pf::Status::Singular => Status::Singular,
        pf::Status::Diverged => Status::Diverged,
    }
}
