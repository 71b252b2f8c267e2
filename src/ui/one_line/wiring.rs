//! What hangs on what in the power chain: the buses and what ties them together, and the parts of each block.

use crate::plan::{Id, Plan};
use crate::solve::{Branch, BranchKind, NodeKind, PowerFlow};
use std::collections::BTreeMap;

/// The parts of a block, as indices of the power flow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inside {
    /// Branch of its feeder.
    pub feeder: Option<usize>,
    /// Branch of its unit substation.
    pub substation: Option<usize>,
    /// Branch of its UPS.
    pub ups: Option<usize>,
    /// Branch of its standby sets.
    pub standby: Option<usize>,
    /// Node that rows and equipment take power from.
    pub outlet: Option<usize>,
    /// Branches of the busways on it.
    pub feeds: Vec<usize>,
    /// Blocks fed from its output.
    pub blocks: Vec<Id>,
}

impl Inside {
    /// Its own branches, from the feeder on; busways left out.
    pub fn own(&self) -> impl Iterator<Item = usize> {
        [self.feeder, self.substation, self.ups, self.standby].into_iter().flatten()
    }
}

/// What feeds a bus besides branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// The utility.
    Grid,
    /// Generators.
    Generator,
    /// Batteries.
    Battery,
}

/// The power chain as a drawing needs it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wiring {
    /// Nodes of the buses, by id.
    pub buses: Vec<usize>,
    /// Branches between buses.
    pub links: Vec<usize>,
    /// By node of a bus: blocks fed from it.
    pub blocks_at: BTreeMap<usize, Vec<Id>>,
    /// By node of a bus: busways that hang on it without a block.
    pub feeds_at: BTreeMap<usize, Vec<usize>>,
    /// By node of a bus: grids, generators and batteries.
    pub sources_at: BTreeMap<usize, Vec<(SourceKind, Id)>>,
    /// The inside of each block.
    pub blocks: BTreeMap<Id, Inside>,
    /// By node: the branches that end there.
    pub at: Vec<Vec<usize>>,
    /// By bus or block: machines that take power there without a busway.
    pub equipment: BTreeMap<Id, Vec<Id>>,
}

impl Wiring {
    /// Reads it out of a solved chain and its plan.
    #[must_use]
    pub fn of(flow: &PowerFlow, plan: &Plan) -> Self {
        let mut wiring = Self::default();
        let bus = |n: usize| flow.nodes.get(n).is_some_and(|n| matches!(n.kind, NodeKind::Poi | NodeKind::Bus));
        wiring.buses = (0..flow.nodes.len()).filter(|n| bus(*n)).collect();
        wiring.parts(flow);
        wiring.at = vec![Vec::new(); flow.nodes.len()];
        for (i, branch) in flow.branches.iter().enumerate() {
            for end in [branch.from, branch.to] {
                if let Some(list) = wiring.at.get_mut(end) {
                    list.push(i);
                }
            }
        }
        for (i, branch) in flow.branches.iter().enumerate() {
            let Some(from) = flow.nodes.get(branch.from) else { continue };
            match branch.kind {
                BranchKind::Transformer | BranchKind::Feeder => wiring.links.push(i),
                BranchKind::BlockFeeder if bus(branch.from) => wiring.blocks_at.entry(branch.from).or_default().push(branch.element.clone()),
                BranchKind::BlockFeeder => {
                    if let Some(parent) = wiring.blocks.get_mut(&from.element) {
                        parent.blocks.push(branch.element.clone());
                    }
                }
                BranchKind::Busway if bus(branch.from) => wiring.feeds_at.entry(branch.from).or_default().push(i),
                BranchKind::Busway => {
                    if let Some(block) = wiring.blocks.get_mut(&from.element) {
                        block.feeds.push(i);
                    }
                }
                BranchKind::Substation | BranchKind::Ups | BranchKind::Standby => {}
            }
        }
        wiring.around(flow, plan);
        wiring
    }

    /// The branches of each block, and the node behind them.
    fn parts(&mut self, flow: &PowerFlow) {
        for (i, branch) in flow.branches.iter().enumerate() {
            let block = match branch.kind {
                BranchKind::BlockFeeder | BranchKind::Substation | BranchKind::Ups | BranchKind::Standby => {
                    self.blocks.entry(branch.element.clone()).or_default()
                }
                _ => continue,
            };
            match branch.kind {
                BranchKind::BlockFeeder => block.feeder = Some(i),
                BranchKind::Substation => block.substation = Some(i),
                BranchKind::Ups => block.ups = Some(i),
                _ => block.standby = Some(i),
            }
        }
        for block in self.blocks.values_mut() {
            let last = block.ups.or(block.substation).or(block.feeder);
            block.outlet = last.and_then(|b| flow.branches.get(b)).map(|b| b.to);
        }
    }

    /// Sources, and machines that take power without a busway.
    fn around(&mut self, flow: &PowerFlow, plan: &Plan) {
        let node: BTreeMap<&Id, usize> = self.buses.iter().filter_map(|n| Some((&flow.nodes.get(*n)?.element, *n))).collect();
        let grids = plan.grids().map(|g| (SourceKind::Grid, &g.bus, &g.id));
        let generators = plan.generators().map(|g| (SourceKind::Generator, &g.bus, &g.id));
        let batteries = plan.batteries().map(|b| (SourceKind::Battery, &b.bus, &b.id));
        for (kind, bus, id) in grids.chain(generators).chain(batteries) {
            if let Some(n) = node.get(bus) {
                self.sources_at.entry(*n).or_default().push((kind, id.clone()));
            }
        }
        for element in plan.elements.values().filter(|e| e.kind() != crate::plan::Kind::Row) {
            for (_, feed, _) in element.references().into_iter().filter(|(field, _, _)| matches!(*field, "a" | "b")) {
                let list = self.equipment.entry(feed.clone()).or_default();
                if list.last() != Some(element.id()) {
                    list.push(element.id().clone());
                }
            }
        }
    }

    /// Whether machines without a feed of their own are drawn at a bus, which depends on their power.
    #[must_use]
    pub fn has_loose_machines(&self, flow: &PowerFlow) -> bool {
        self.buses.iter().any(|n| flow.nodes.get(*n).is_some_and(|node| !self.equipment.contains_key(&node.element)) && self.machines(flow, *n) > 1.0)
    }

    /// Whether other blocks hang on the output of a block.
    #[must_use]
    pub fn feeds_blocks(&self, block: &Id) -> bool {
        self.blocks.get(block).is_some_and(|i| !i.blocks.is_empty())
    }

    /// The branches that end at a node.
    pub fn branches_at<'a>(&'a self, flow: &'a PowerFlow, node: usize) -> impl Iterator<Item = &'a Branch> {
        self.at.get(node).into_iter().flatten().filter_map(|b| flow.branches.get(*b))
    }

    /// Power that machines take straight from a node, W: what is consumed there, inputs of UPS left out. Generation makes it negative.
    #[must_use]
    pub fn machines(&self, flow: &PowerFlow, node: usize) -> f64 {
        let inputs: f64 = self.branches_at(flow, node).filter(|b| b.kind == BranchKind::Ups && b.from == node).map(|b| b.p_from.watts()).sum();
        flow.nodes.get(node).map_or(f64::NAN, |n| n.load.watts() - inputs)
    }

    /// Power and reactive power that leave a node: what goes into branches there, and what is consumed. W and var.
    #[must_use]
    pub fn through(&self, flow: &PowerFlow, node: usize) -> (f64, f64) {
        let ends = self.branches_at(flow, node).map(|b| if b.from == node { (b.p_from.watts(), b.q_from.vars()) } else { (b.p_to.watts(), b.q_to.vars()) });
        let own = flow.nodes.get(node).map_or((0.0, 0.0), |n| (self.machines(flow, node), n.load_reactive.vars()));
        ends.chain([own]).filter(|(p, _)| *p > 0.0).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1))
    }
}
