//! Which nodes hang together, and which of them need a reference pressure.

use super::Node;

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
#[derive(Debug, Clone)]
pub(super) struct Levels {
    /// Nodes whose pressure does not move: given ones, those a regulator holds, and one reference in every other part.
    pub(super) pinned: Vec<bool>,
    /// Nodes at which flow has to balance: those without a given pressure that are no such reference.
    pub(super) balanced: Vec<bool>,
    /// The part each node flows in, by its first node.
    pub(super) part: Vec<usize>,
    /// Nodes that flow together with a given or regulated pressure.
    pub(super) held: Vec<bool>,
    /// Nodes whose level is unknown although another state of the links would give them one.
    pub(super) cut_off: Vec<bool>,
}

impl Levels {
    /// `open` are the links that flow by their law, `regulated` the nodes that a regulator holds.
    pub(super) fn new(links: &[(u32, u32)], nodes: &[Node], open: impl Fn(usize) -> bool, regulated: &[bool]) -> Self {
        let mut drawn = Parts::new(nodes.len(), links.iter().map(|&(a, b)| (a as usize, b as usize)));
        // Mostly nothing is shut: then what is drawn together flows together.
        let mut flowing = if (0..links.len()).all(&open) {
            Parts { parent: drawn.parent.clone() }
        } else {
            let ends = links.iter().enumerate().filter(|(k, _)| open(*k)).map(|(_, &(a, b))| (a as usize, b as usize));
            Parts::new(nodes.len(), ends)
        };
        let (mut drawn_held, mut held) = (vec![false; nodes.len()], vec![false; nodes.len()]);
        for (i, node) in nodes.iter().enumerate() {
            if node.fixed.is_some() || regulated[i] {
                held[flowing.root(i)] = true;
            }
            if node.fixed.is_some() {
                drawn_held[drawn.root(i)] = true;
            }
        }
        let part: Vec<usize> = (0..nodes.len()).map(|i| flowing.root(i)).collect();
        let reference = |i: usize| part[i] == i && !held[i];
        let balanced = nodes.iter().enumerate().map(|(i, node)| node.fixed.is_none() && !reference(i)).collect();
        let pinned = nodes.iter().enumerate().map(|(i, node)| node.fixed.is_some() || regulated[i] || reference(i)).collect();
        let cut_off = (0..nodes.len()).map(|i| !held[part[i]] && drawn_held[drawn.root(i)]).collect();
        Self { pinned, balanced, held: part.iter().map(|&root| held[root]).collect(), part, cut_off }
    }

    /// Whether the pressure difference between two nodes means anything.
    pub(super) fn comparable(&self, a: usize, b: usize) -> bool {
        self.part[a] == self.part[b] || (self.held[a] && self.held[b])
    }
}
