//! Which nodes hang together, and which of them need a reference pressure.

use super::Network;

/// Sets of nodes joined by links (union–find with path halving).
pub(super) struct Parts {
    parent: Vec<usize>,
}

impl Parts {
    pub(super) fn new(nodes: usize, joined: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut parts = Self { parent: (0..nodes).collect() };
        for (a, b) in joined {
            let (a, b) = (parts.root(a), parts.root(b));
            // The smaller index stays root, so the root is the first node of its part.
            parts.parent[a.max(b)] = a.min(b);
        }
        parts
    }

    pub(super) fn root(&mut self, mut i: usize) -> usize {
        while self.parent[i] != i {
            self.parent[i] = self.parent[self.parent[i]];
            i = self.parent[i];
        }
        i
    }
}

/// What holds the pressure of each node while some links are shut.
pub(super) struct Levels {
    /// Nodes whose pressure does not move: given ones, and one reference in every other part.
    pub(super) pinned: Vec<bool>,
    /// The part each node flows in, by its first node.
    pub(super) part: Vec<usize>,
    /// Nodes that flow together with a given pressure.
    pub(super) held: Vec<bool>,
    /// Nodes whose level is unknown although another state of the links would give them one.
    pub(super) cut_off: Vec<bool>,
    /// The reference of a part whose demands do not add up to nothing.
    pub(super) unsupplied: Option<usize>,
}

impl Levels {
    pub(super) fn new(network: &Network, open: &[bool]) -> Self {
        let nodes = &network.nodes;
        let all = network.links.iter().map(|&(a, b, _)| (a, b));
        let mut drawn = Parts::new(nodes.len(), all.clone());
        let mut flowing = Parts::new(nodes.len(), all.zip(open).filter(|(_, open)| **open).map(|(ends, _)| ends));
        let (mut drawn_held, mut held) = (vec![false; nodes.len()], vec![false; nodes.len()]);
        let (mut net, mut gross) = (vec![0.0; nodes.len()], vec![0.0; nodes.len()]);
        for (i, node) in nodes.iter().enumerate() {
            let root = flowing.root(i);
            if node.fixed.is_some() {
                held[root] = true;
                drawn_held[drawn.root(i)] = true;
            } else {
                net[root] += node.demand;
                gross[root] += node.demand.abs();
            }
        }
        let part: Vec<usize> = (0..nodes.len()).map(|i| flowing.root(i)).collect();
        let pinned = nodes.iter().enumerate().map(|(i, node)| node.fixed.is_some() || (part[i] == i && !held[i])).collect();
        let cut_off = (0..nodes.len()).map(|i| !held[part[i]] && drawn_held[drawn.root(i)]).collect();
        let unsupplied = (0..nodes.len()).find(|&i| part[i] == i && !held[i] && net[i].abs() > 1e-9 * gross[i]);
        Self { pinned, held: part.iter().map(|&root| held[root]).collect(), part, cut_off, unsupplied }
    }

    /// Whether the pressure difference between two nodes means anything.
    pub(super) fn comparable(&self, a: usize, b: usize) -> bool {
        self.part[a] == self.part[b] || (self.held[a] && self.held[b])
    }
}
