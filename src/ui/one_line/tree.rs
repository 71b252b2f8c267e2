//! Networks of buses as layers and trees: which bus hangs on which, and what closes rings.

use super::wiring::Wiring;
use crate::solve::PowerFlow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A branch between buses that closes a ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// Its branch.
    pub branch: usize,
    /// The bus of the layer above, or of the same layer.
    pub upper: usize,
    /// The bus over which its symbol stands.
    pub lower: usize,
    /// Whether both are of one layer.
    pub level: bool,
}

/// Buses connected with each other. A bus is told by its place in [`Wiring::buses`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// Those at the top, from left to right: all that a grid feeds.
    pub roots: Vec<usize>,
    /// All of them, layer by layer.
    pub buses: Vec<usize>,
    /// Layer by bus.
    pub depth: BTreeMap<usize, usize>,
    /// By bus: the one above, and the branches from there.
    parent: BTreeMap<usize, (usize, Vec<usize>)>,
    /// The buses below, in order.
    children: BTreeMap<usize, Vec<usize>>,
    /// Branches that close rings.
    pub ties: Vec<Tie>,
}

impl Tree {
    /// Layer of a bus.
    #[must_use]
    pub fn depth_of(&self, bus: usize) -> usize {
        self.depth.get(&bus).copied().unwrap_or(0)
    }
    /// The bus above.
    #[must_use]
    pub fn parent_of(&self, bus: usize) -> Option<usize> {
        self.parent.get(&bus).map(|p| p.0)
    }
    /// Branches from the bus above; several when they are parallel.
    pub fn links_to(&self, bus: usize) -> impl Iterator<Item = usize> {
        self.parent.get(&bus).into_iter().flat_map(|p| p.1.iter().copied())
    }
    /// Buses below, in order.
    pub fn children(&self, bus: usize) -> impl Iterator<Item = usize> {
        self.children.get(&bus).into_iter().flatten().copied()
    }
}

/// All networks of a chain.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Forest {
    /// One for each connected network.
    pub trees: Vec<Tree>,
    nodes: Vec<usize>,
}

/// How good a bus is as the top: with a grid first, then with other sources, then by voltage.
fn rank(flow: &PowerFlow, wiring: &Wiring, node: usize) -> (u8, f64) {
    use super::wiring::SourceKind;
    let sources = wiring.sources_at.get(&node).map_or(&[][..], Vec::as_slice);
    let level = if sources.iter().any(|(k, _)| *k == SourceKind::Grid) {
        0
    } else if sources.is_empty() {
        2
    } else {
        1
    };
    (level, -flow.nodes.get(node).map_or(0.0, |n| n.nominal.volts()))
}

impl Forest {
    /// Reads the networks out of a chain.
    #[must_use]
    pub fn of(flow: &PowerFlow, wiring: &Wiring) -> Self {
        let nodes = wiring.buses.clone();
        let place: BTreeMap<usize, usize> = nodes.iter().enumerate().map(|(i, n)| (*n, i)).collect();
        let mut beside: Vec<Vec<(usize, usize)>> = vec![Vec::new(); nodes.len()];
        for &link in &wiring.links {
            let Some(branch) = flow.branches.get(link) else { continue };
            if let (Some(&a), Some(&b)) = (place.get(&branch.from), place.get(&branch.to)) {
                beside[a].push((link, b));
                beside[b].push((link, a));
            }
        }
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        order.sort_by(|a, b| {
            let (x, y) = (rank(flow, wiring, nodes[*a]), rank(flow, wiring, nodes[*b]));
            x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)).then(a.cmp(b))
        });
        let mut seen = BTreeSet::new();
        let mut trees = Vec::new();
        for bus in order {
            if !seen.contains(&bus) {
                let top = |b: &usize| rank(flow, wiring, nodes[*b]).0 == 0;
                let mut roots: Vec<usize> = connected(bus, &beside).into_iter().filter(top).collect();
                if roots.is_empty() {
                    roots.push(bus);
                }
                let tree = grow(roots, &beside);
                seen.extend(tree.buses.iter().copied());
                trees.push(tree);
            }
        }
        Self { trees, nodes }
    }

    /// Node of a bus.
    #[must_use]
    pub fn node(&self, bus: usize) -> usize {
        self.nodes.get(bus).copied().unwrap_or(usize::MAX)
    }
}

/// All that a bus is connected with, in order.
fn connected(bus: usize, beside: &[Vec<(usize, usize)>]) -> BTreeSet<usize> {
    let (mut seen, mut waiting) = (BTreeSet::from([bus]), vec![bus]);
    while let Some(bus) = waiting.pop() {
        waiting.extend(beside[bus].iter().map(|(_, other)| *other).filter(|other| seen.insert(*other)));
    }
    seen
}

/// The layers below the roots, breadth first: a branch never skips one.
fn grow(roots: Vec<usize>, beside: &[Vec<(usize, usize)>]) -> Tree {
    let mut tree = Tree { depth: roots.iter().map(|r| (*r, 0)).collect(), ..Tree::default() };
    let mut waiting: VecDeque<usize> = roots.iter().copied().collect();
    tree.roots = roots;
    while let Some(bus) = waiting.pop_front() {
        tree.buses.push(bus);
        let below = tree.depth_of(bus) + 1;
        for &(link, other) in &beside[bus] {
            if let Entry::Vacant(free) = tree.depth.entry(other) {
                free.insert(below);
                tree.parent.insert(other, (bus, vec![link]));
                tree.children.entry(bus).or_default().push(other);
                waiting.push_back(other);
            } else if tree.parent_of(other) == Some(bus)
                && let Some((_, links)) = tree.parent.get_mut(&other)
            {
                links.push(link);
            }
        }
    }
    untangle(&mut tree, beside);
    let used: BTreeSet<usize> = tree.parent.values().flat_map(|p| p.1.iter().copied()).collect();
    let position: BTreeMap<usize, usize> = drawn(&tree).into_iter().enumerate().map(|(i, b)| (b, i)).collect();
    let mut ties: BTreeMap<usize, Tie> = BTreeMap::new();
    for (bus, links) in beside.iter().enumerate().filter(|(b, _)| tree.depth.contains_key(b)) {
        for &(link, other) in links.iter().filter(|(l, _)| !used.contains(l)) {
            let key = |b: usize| (tree.depth_of(b), position.get(&b).copied().unwrap_or(0));
            let (upper, lower) = if key(bus) < key(other) { (bus, other) } else { (other, bus) };
            ties.insert(link, Tie { branch: link, upper, lower, level: tree.depth_of(bus) == tree.depth_of(other) });
        }
    }
    tree.ties = ties.into_values().collect();
    tree
}

/// Buses from left to right.
fn drawn(tree: &Tree) -> Vec<usize> {
    let (mut list, mut waiting) = (Vec::new(), tree.roots.iter().rev().copied().collect::<Vec<_>>());
    while let Some(bus) = waiting.pop() {
        list.push(bus);
        waiting.extend(tree.children(bus).collect::<Vec<_>>().into_iter().rev());
    }
    list
}

/// Puts buses that are tied together beside each other, as far as their parents allow: each goes to the mean place of those it is tied to.
fn untangle(tree: &mut Tree, beside: &[Vec<(usize, usize)>]) {
    const SWEEPS: usize = 4;
    for _ in 0..SWEEPS {
        let position: BTreeMap<usize, f64> = drawn(tree).into_iter().enumerate().map(|(i, b)| (b, i as f64)).collect();
        let depth = tree.depth.clone();
        let mean = |bus: usize| {
            let level = beside[bus].iter().filter(|(_, other)| depth.get(other) == depth.get(&bus) && *other != bus);
            let near: Vec<f64> = level.filter_map(|(_, other)| position.get(other).copied()).collect();
            let own = position.get(&bus).copied().unwrap_or(0.0);
            if near.is_empty() { own } else { (near.iter().sum::<f64>() + own) / (near.len() + 1) as f64 }
        };
        let mut changed = false;
        for children in tree.children.values_mut() {
            let before = children.clone();
            children.sort_by(|a, b| mean(*a).total_cmp(&mean(*b)).then(a.cmp(b)));
            changed |= *children != before;
        }
        if !changed {
            break;
        }
    }
}
