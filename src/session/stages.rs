//! The power of racks, stage by stage: what of each loss between the point of interconnection and the chip is theirs.
//!
//! Currents of different consumers mix at every bus. By *proportional sharing* what leaves a node is made of its inflows in equal proportion,
//! so that of what enters a branch the racks' share is the share of the racks in what leaves the node behind it:
//!
//! ```text
//! s_n = (w_n + Σ_out P_in,b · s_to(b)) / (d_n + Σ_out P_in,b)      w: racks looked at, d: all that draws at node n
//! ```
//!
//! and a branch's loss times `s` of its far end is theirs. The sums close: what the racks take at the point of interconnection is what they draw
//! and these losses, and nothing else. The principle is that of J. Bialek, "Tracing the flow of electricity", IEE Proc. Gener. Transm. Distrib.
//! 143 (1996) 313–320. Check: `the_stages_of_a_campus_close` and, by hand, `cooling_does_not_pay_for_the_racks`.

use crate::plan::{Id, Plan};
use crate::solve::{Branch, BranchKind, NodeKind, Outcome, PowerFlow};
use crate::units::{Power, Ratio};
use std::collections::BTreeSet;

/// A stage of the chain, from the point of interconnection on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StageKind {
    /// Transformers that bring on-site supply up to the voltage of the grid.
    StepUp,
    /// Transformers between buses.
    Transformers,
    /// Cables and lines between buses.
    Feeders,
    /// Cables from a bus to the blocks.
    BlockFeeders,
    /// Unit substations.
    Substations,
    /// UPS modules or rectifiers.
    Ups,
    /// Busways.
    Busways,
    /// Power shelves of the racks, or their DC inputs.
    Shelves,
    /// Converters of the nodes, down to what the boards take.
    Nodes,
}

impl StageKind {
    /// All stages, in order.
    pub const ALL: [Self; 9] =
        [Self::StepUp, Self::Transformers, Self::Feeders, Self::BlockFeeders, Self::Substations, Self::Ups, Self::Busways, Self::Shelves, Self::Nodes];
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::StepUp => "Step-up transformers",
            Self::Transformers => "Transformers",
            Self::Feeders => "Feeders",
            Self::BlockFeeders => "Block feeders",
            Self::Substations => "Unit substations",
            Self::Ups => "UPS",
            Self::Busways => "Busways",
            Self::Shelves => "Rack shelves",
            Self::Nodes => "Node converters",
        }
    }
    fn of(kind: BranchKind) -> Option<Self> {
        match kind {
            BranchKind::Transformer => Some(Self::Transformers),
            BranchKind::Feeder => Some(Self::Feeders),
            BranchKind::BlockFeeder => Some(Self::BlockFeeders),
            BranchKind::Substation => Some(Self::Substations),
            BranchKind::Ups => Some(Self::Ups),
            BranchKind::Busway => Some(Self::Busways),
            BranchKind::Standby => None,
        }
    }
}

/// What the racks looked at send through a stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// Which.
    pub kind: StageKind,
    /// Branches that carry some of it; racks for the last stages.
    pub parts: usize,
    /// Power into them for the racks.
    pub through: Power,
    /// Loss that is the racks'.
    pub loss: Power,
    /// Share of the power taken at the point of interconnection that is left behind this stage.
    pub left: Ratio,
}

impl Stage {
    /// Loss over what passes.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.loss / self.through
    }
}

/// The chain of some racks, stage by stage.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stages {
    /// Stages that carry something, in order.
    pub list: Vec<Stage>,
    /// Power taken for the racks where the campus is supplied: their inputs and their losses on the way.
    pub source: Power,
    /// Power at the racks' inputs that is served.
    pub racks: Power,
    /// What is left behind the racks' own converters.
    pub chips: Power,
}

impl Stages {
    /// Chip over point of interconnection; NaN without racks.
    #[must_use]
    pub fn efficiency(&self) -> f64 {
        self.chips / self.source
    }
    /// Everything lost on the way.
    #[must_use]
    pub fn loss(&self) -> Power {
        self.source - self.chips
    }
    /// A stage, where it carries something.
    #[must_use]
    pub fn of(&self, kind: StageKind) -> Option<&Stage> {
        self.list.iter().find(|s| s.kind == kind)
    }
}

/// A branch in the direction in which power runs.
struct Run {
    from: usize,
    to: usize,
    input: f64,
    loss: f64,
    kind: BranchKind,
}

fn run(b: &Branch) -> Option<Run> {
    let (forward, backward) = (b.p_from.watts(), b.p_to.watts());
    let known = forward.is_finite() && backward.is_finite();
    let (from, to, input) = if forward >= backward { (b.from, b.to, forward) } else { (b.to, b.from, backward) };
    (known && input > 0.0).then_some(Run { from, to, input, loss: forward + backward, kind: b.kind })
}

/// Rounds of the recurrence after which a ring of equal voltages is given up; radial chains are exact after as many as they are deep.
const ROUNDS: usize = 64;

/// By node, the share of the chosen racks in what leaves it.
fn shares(flow: &PowerFlow, runs: &[Run], chosen: &dyn Fn(&Id) -> bool) -> Vec<f64> {
    let mut ups = vec![0.0; flow.nodes.len()];
    for r in runs.iter().filter(|r| r.kind == BranchKind::Ups) {
        ups[r.from] += r.input;
    }
    // A node's load holds the inputs of UPS on it, which are branches here.
    let draws: Vec<f64> = flow.nodes.iter().zip(&ups).map(|(n, u)| (n.load.watts() - u).max(0.0)).collect();
    let wanted: Vec<f64> = flow.nodes.iter().zip(&draws).map(|(n, d)| if n.kind == NodeKind::RowFeed && chosen(&n.element) { *d } else { 0.0 }).collect();
    let mut all = draws;
    for r in runs {
        all[r.from] += r.input;
    }
    let mut shares = vec![0.0; flow.nodes.len()];
    for _ in 0..ROUNDS {
        let mut sums = wanted.clone();
        for r in runs {
            sums[r.from] += r.input * shares[r.to];
        }
        let next: Vec<f64> = sums.iter().zip(&all).map(|(s, a)| if *a > 0.0 { s / a } else { 0.0 }).collect();
        let settled = next.iter().zip(&shares).all(|(a, b)| (a - b).abs() <= 1e-13);
        shares = next;
        if settled {
            break;
        }
    }
    shares
}

/// The chain of all racks, or of those of one hall.
#[must_use]
pub fn stages(plan: &Plan, outcome: &Outcome, hall: Option<&Id>) -> Stages {
    let rows: BTreeSet<&Id> = plan.rows().filter(|r| hall.is_none_or(|h| r.hall == *h)).map(|r| &r.id).collect();
    let flow = &*outcome.power;
    let runs: Vec<Run> = flow.branches.iter().filter_map(run).collect();
    let shares = shares(flow, &runs, &|row| rows.contains(row));
    let mut sums: Vec<(StageKind, usize, f64, f64)> = StageKind::ALL.into_iter().map(|k| (k, 0, 0.0, 0.0)).collect();
    for r in &runs {
        let (Some(kind), share) = (StageKind::of(r.kind), shares[r.to]) else { continue };
        let up = flow.nodes[r.to].nominal > flow.nodes[r.from].nominal * 1.01;
        let kind = if kind == StageKind::Transformers && up { StageKind::StepUp } else { kind };
        if let Some(sum) = sums.iter_mut().find(|s| s.0 == kind).filter(|_| share > 1e-12) {
            *sum = (kind, sum.1 + 1, sum.2 + r.input * share, sum.3 + r.loss * share);
        }
    }
    let served: f64 = flow.nodes.iter().filter(|n| n.kind == NodeKind::RowFeed && rows.contains(&n.element)).map(|n| n.load.watts()).sum();
    let loads = || rows.iter().filter_map(|r| outcome.loads.rows.get(*r));
    let drawn: f64 = loads().map(|l| l.power.watts()).sum();
    // Of racks that are dark the converters lose nothing.
    let lit = if drawn > 0.0 { served / drawn } else { 0.0 };
    let models = || loads().flat_map(|l| l.models.values()).map(|m| (m, f64::from(m.count) * lit));
    let converted: f64 = models().map(|(m, n)| m.conversion_loss.watts() * n).sum();
    let in_nodes: f64 = models().map(|(m, n)| m.node_loss.watts() * n).sum();
    let racks: usize = loads().map(|l| l.racks as usize).sum();
    let behind = [(StageKind::Shelves, racks, served, converted - in_nodes), (StageKind::Nodes, racks, served - (converted - in_nodes), in_nodes)];
    sums.truncate(sums.len() - behind.len());
    let source = served + sums.iter().map(|s| s.3).sum::<f64>();
    // Racks without converters of their own in the nodes have no such stage.
    sums.extend(behind.into_iter().filter(|b| b.0 == StageKind::Shelves || b.3 > 0.0));
    let mut lost = 0.0;
    let mut list = Vec::new();
    for (kind, parts, through, loss) in sums.into_iter().filter(|s| s.2 > 0.0) {
        lost += loss;
        let left = Ratio::from_value((source - lost) / source);
        list.push(Stage { kind, parts, through: Power::from_watts(through), loss: Power::from_watts(loss), left });
    }
    let watts = Power::from_watts;
    Stages { list, source: watts(source), racks: watts(served), chips: watts(served - converted) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::plan::file;
    use crate::session::Session;

    fn solved(text: &str) -> (Session, Stages) {
        let session = Session::inline(file::read(text).unwrap().plan).unwrap();
        let found = stages(session.plan(), &session.solved().unwrap().outcome, None);
        (session, found)
    }

    /// What the racks take at the source and what everything else takes is what the campus takes; and the halls add up to the campus.
    #[test]
    fn the_stages_of_a_campus_close() {
        let (session, all) = solved(include_str!("../../layouts/colossus.ron"));
        let outcome = &session.solved().unwrap().outcome;
        assert!((all.racks / outcome.loads.it_power - 1.0).abs() < 1e-9);
        assert!((all.chips / (outcome.loads.it_power - outcome.loads.conversion_loss) - 1.0).abs() < 1e-9);
        let losses: f64 = all.list.iter().map(|s| s.loss.watts()).sum();
        assert!((all.loss().watts() - losses).abs() < 1.0);
        assert!(losses < outcome.power.loss.watts() + outcome.loads.conversion_loss.watts());
        assert!(all.list.windows(2).all(|w| w[0].left > w[1].left && w[0].kind < w[1].kind));
        let mut sum = Power::ZERO;
        for hall in session.plan().halls() {
            sum += stages(session.plan(), outcome, Some(&hall.id)).source;
        }
        assert!((sum / all.source - 1.0).abs() < 1e-9, "{sum} {}", all.source);
    }

    /// A row alone on its block: every loss of the chain is its own.
    #[test]
    fn a_row_alone_pays_for_everything() {
        let (session, all) = solved(
            r#"(format: 1, campus: (name: "C", date: "2026-11"), site: (library: "memphis-tn"), workload: (gpu: "90 %", cpu: "50 %"),
            grids: [(id: "G1", bus: "POI", steps: [(from: "2026-01", firm: "3 MW")], short_circuit: "250 MVA", at: (-14.0, 0.0))],
            buses: [(id: "POI", voltage: "13.8 kV", at: (2.0, 2.0))],
            blocks: [(id: "B", from: "POI", conductor: "cable-15kv-750", length: "40 m", transformer: "unit-13.8-3000-415", ups: "eaton-9395xr-1500", modules: 2, at: (20.0, 0.0))],
            halls: [(id: "H1", at: (14.0, 10.0), size: (16.0, 12.0), supply_air: "24 °C", recirculation: "5 %")],
            rows: [(id: "R1", hall: "H1", at: (18.0, 14.0), rack: "gb300-nvl72", count: 4, a: "B", busway: "busway-415-2500")])"#,
        );
        let power = &session.solved().unwrap().outcome.power;
        assert_eq!(
            all.list.iter().map(|s| s.kind).collect::<Vec<_>>(),
            [StageKind::BlockFeeders, StageKind::Substations, StageKind::Ups, StageKind::Busways, StageKind::Shelves]
        );
        assert!((all.source / power.facility - 1.0).abs() < 1e-6, "{} {}", all.source, power.facility);
    }

    /// By hand: 1 MW of racks and 1 MW of something else behind one branch that loses 0.2 MW. Half of the loss is the racks'.
    #[test]
    fn cooling_does_not_pay_for_the_racks() {
        let runs = [
            Run { from: 0, to: 1, input: 2.2e6, loss: 0.2e6, kind: BranchKind::Transformer },
            Run { from: 1, to: 2, input: 1e6, loss: 0.0, kind: BranchKind::Busway },
        ];
        let node = |kind, watts: f64| crate::solve::Node {
            id: String::new(),
            element: Id::from("R"),
            kind,
            v_pu: 1.0,
            angle: 0.0,
            nominal: crate::units::Voltage::from_volts(480.0),
            source: false,
            fed: crate::solve::Fed::Normal,
            load: Power::from_watts(watts),
            load_reactive: crate::units::ReactivePower::ZERO,
        };
        let nodes = vec![node(NodeKind::Poi, 0.0), node(NodeKind::Bus, 1e6), node(NodeKind::RowFeed, 1e6)];
        let flow = PowerFlow { nodes, ..PowerFlow::default() };
        let found = shares(&flow, &runs, &|_| true);
        assert!(found.iter().zip([0.5, 0.5, 1.0]).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    }
}
