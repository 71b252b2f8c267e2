//! What an outage takes out.

use nalgebra::Complex;

use super::super::topology::Tree;
use super::super::two_port::Chain;
use super::super::{BusKind, Network, ties};

type C = Complex<f64>;

/// What is out, within one tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut {
    /// Positions whose links are out.
    pub dead: Vec<usize>,
    /// Positions whose links stay in part, with what stays.
    pub links: Vec<(usize, Chain)>,
    /// Positions that stay alive, with what they consume then.
    pub loads: Vec<(usize, C)>,
}

impl Cut {
    /// Takes the branches that are out from a link.
    pub fn take_out(&mut self, tree: &Tree, node: usize, out: &[usize]) {
        let alive = tree.parts(&tree.links[node - 1]).iter().filter(|part| !out.contains(&part.branch)).map(|part| &part.chain);
        if alive.clone().next().is_none() {
            self.dead.push(node);
        } else {
            self.links.push((node, Chain::parallel(alive)));
        }
    }

    /// Leaves out what lies behind something dead, and what was named twice.
    pub fn tidy(&mut self, end: impl Fn(usize) -> usize) {
        self.dead.sort_unstable();
        let mut reached = 0;
        self.dead.retain(|&node| {
            let first = node >= reached;
            reached = if first { end(node) } else { reached };
            first
        });
        let dead = &self.dead;
        self.links.retain(|&(node, _)| !dead.iter().any(|&gone| gone <= node && node < end(gone)));
        self.links.sort_by_key(|link| link.0);
        self.links.dedup_by_key(|link| link.0);
    }
}

/// The buses that a slack reaches without some branches.
pub(super) fn energized(network: &Network, out: &[usize]) -> Vec<bool> {
    let size = network.buses.len();
    let mut root: Vec<usize> = (0..size).collect();
    for (_, branch) in network.branches.iter().enumerate().filter(|(index, branch)| branch.in_service && !out.contains(index)) {
        if branch.from < size && branch.to < size {
            let (one, other) = (ties::find(&mut root, branch.from), ties::find(&mut root, branch.to));
            root[one.max(other)] = one.min(other);
        }
    }
    let mut alive = vec![false; size];
    for (bus, data) in network.buses.iter().enumerate() {
        if matches!(data.kind, BusKind::Slack { .. }) {
            alive[ties::find(&mut root, bus)] = true;
        }
    }
    (0..size).map(|bus| alive[ties::find(&mut root, bus)]).collect()
}
