//! A tree with the answers of all its parts, and with what is worst in each.
//!
//! For every subtree, the link to it included, [`Part`] bounds how its extremes move with the voltage it hangs on: a bus by `|e| ≤ κ|d|`, a branch by the changes
//! of its voltages and currents. Children are listed by how soon they can matter, so that a search looks at the first of a list and seldom further.

use nalgebra::Complex;

use super::super::response::{Behind, Response, Size};
use super::super::topology::{Island, Tree};
use super::super::{BranchFlow, Network, Solution};
use super::watch::{Extremes, Rating, Watch};

type C = Complex<f64>;

/// A subtree with its link, seen from the bus it hangs on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub extremes: Extremes,
    /// No voltage in it falls by more than this per unit of movement.
    pub voltage_slope: f64,
    /// No loading in it changes by more than this per unit of movement.
    pub loading_slope: f64,
    /// The movement up to which no bus in it passes the low voltage …
    pub voltage_margin: f64,
    /// … and no branch in it the loading 1.
    pub loading_margin: f64,
}

/// A bus of the tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub bus: usize,
    pub voltage: C,
    pub load: C,
    /// The current delivered to it, and what the parent sees of that.
    pub current: C,
    pub drawn: C,
    /// Extremes of the bus and its own link.
    pub own: Extremes,
    pub behind: Behind,
    pub response: Response,
    /// One past the last position behind it.
    pub end: usize,
    /// The place of its children in the lists, and their largest slopes.
    children: (usize, usize),
    pub steepest_voltage: f64,
    pub steepest_loading: f64,
    /// What it and everything behind it consume.
    pub load_behind: C,
}

/// A tree island in its base state.
#[derive(Clone, Debug)]
pub(super) struct Forest {
    pub nodes: Vec<Node>,
    pub parts: Vec<Part>,
    by_voltage: Vec<u32>,
    by_loading: Vec<u32>,
    by_voltage_margin: Vec<u32>,
    by_loading_margin: Vec<u32>,
}

impl Forest {
    pub fn new(network: &Network, island: &Island, tree: &Tree, base: &Solution, watch: &Watch) -> Self {
        let mut nodes: Vec<Node> = island.buses.iter().enumerate().map(|(k, &bus)| Node::new(network, k, bus, base.voltages[bus])).collect();
        currents(&mut nodes, network, tree);
        let mut forest = Self {
            parts: Vec::with_capacity(nodes.len()),
            nodes,
            by_voltage: Vec::new(),
            by_loading: Vec::new(),
            by_voltage_margin: Vec::new(),
            by_loading_margin: Vec::new(),
        };
        forest.list_children(tree);
        let nothing =
            Part { extremes: Extremes::default(), voltage_slope: 0.0, loading_slope: 0.0, voltage_margin: f64::INFINITY, loading_margin: f64::INFINITY };
        forest.parts.resize(forest.nodes.len(), nothing);
        let root = &mut forest.nodes[0];
        root.own.bus(watch, root.bus, root.voltage.size());
        for k in (1..forest.nodes.len()).rev() {
            forest.answer(k, tree, watch);
        }
        forest.sort_children();
        forest
    }

    /// Children by lowest voltage.
    pub fn by_voltage(&self, k: usize) -> &[u32] {
        &self.by_voltage[self.range(k)]
    }

    /// Children by highest loading.
    pub fn by_loading(&self, k: usize) -> &[u32] {
        &self.by_loading[self.range(k)]
    }

    /// Children by how soon one of their buses passes the low voltage.
    pub fn by_voltage_margin(&self, k: usize) -> &[u32] {
        &self.by_voltage_margin[self.range(k)]
    }

    /// Children by how soon one of their branches passes the loading 1.
    pub fn by_loading_margin(&self, k: usize) -> &[u32] {
        &self.by_loading_margin[self.range(k)]
    }

    /// The bound of what the quads behind a bus neglect when it moves so far, as power; infinite where they do not reach.
    ///
    /// Active parts are counted along, which only makes the bound larger; without children there is nothing to neglect.
    pub fn neglected(&self, k: usize, moved: f64) -> f64 {
        let node = &self.nodes[k];
        match node.children.1 {
            0 => 0.0,
            _ if moved > node.behind.reach => f64::INFINITY,
            _ => node.behind.third * moved.powi(3) * (node.voltage.size() + moved),
        }
    }

    /// What is worst in the whole tree.
    pub fn extremes(&self) -> Extremes {
        let mut extremes = self.nodes[0].own;
        self.by_voltage(0).iter().for_each(|&child| extremes.join(&self.parts[child as usize].extremes));
        extremes
    }

    fn range(&self, k: usize) -> std::ops::Range<usize> {
        let (first, count) = self.nodes[k].children;
        first..first + count
    }

    fn list_children(&mut self, tree: &Tree) {
        tree.links.iter().for_each(|link| self.nodes[link.parent].children.1 += 1);
        let mut first = 0;
        for node in &mut self.nodes {
            node.children.0 = first;
            first += std::mem::take(&mut node.children.1);
        }
        self.by_voltage = vec![0; first];
        for (k, link) in tree.links.iter().enumerate() {
            let children = &mut self.nodes[link.parent].children;
            self.by_voltage[children.0 + children.1] = k as u32 + 1;
            children.1 += 1;
        }
    }

    /// The response of link `k` and the bounds of its part, from those of the parts behind it.
    fn answer(&mut self, k: usize, tree: &Tree, watch: &Watch) {
        let link = &tree.links[k - 1];
        let node = &self.nodes[k];
        let response = Response::new(&link.whole, &node.behind, node.voltage, node.load);
        let gain = response.gain;
        let mut part =
            Part { extremes: Extremes::default(), voltage_slope: gain, loading_slope: 0.0, voltage_margin: f64::INFINITY, loading_margin: f64::INFINITY };
        let size = node.voltage.size();
        let mut own = Extremes::default();
        own.bus(watch, node.bus, size);
        part.voltage_margin = (size - watch.low_voltage).abs() / gain;
        let parent = self.nodes[link.parent].voltage;
        for piece in tree.parts(link) {
            let rating = watch.rating(piece.branch);
            let shared =
                if link.count == 1 { (0.0, 1.0) } else { (((link.whole.a - piece.chain.a) / piece.chain.b).size(), (link.whole.b / piece.chain.b).size()) };
            let current = if link.count == 1 { node.current } else { piece.chain.share(&link.whole, parent, node.current) };
            let flow = piece.flow(parent, node.voltage, current);
            let ends = |at_parent: f64, at_child: f64| if piece.reversed { [at_child, at_parent] } else { [at_parent, at_child] };
            let (from, to) = if piece.reversed { (node.voltage, parent) } else { (parent, node.voltage) };
            let Some(loading) = rating.loading(&flow, from, to) else { continue };
            own.branch(piece.branch, Some(loading));
            let delivered = shared.0 + shared.1 * response.stiffness;
            let taken = piece.chain.c.size() + piece.chain.d.size() * delivered;
            let currents = [flow.from.size() / from.size(), flow.to.size() / to.size()];
            let slope = rating.slope([from.size(), to.size()], currents, ends(1.0, gain), ends(taken, delivered), response.reach);
            part.loading_slope = part.loading_slope.max(slope);
            part.loading_margin = part.loading_margin.min((loading - 1.0).abs() / slope);
        }
        part.extremes = own;
        for &child in &self.by_voltage[self.range(k)] {
            let other = &self.parts[child as usize];
            part.extremes.join(&other.extremes);
            part.voltage_slope = part.voltage_slope.max(gain * other.voltage_slope);
            part.loading_slope = part.loading_slope.max(gain * other.loading_slope);
            part.voltage_margin = part.voltage_margin.min(other.voltage_margin / gain);
            part.loading_margin = part.loading_margin.min(other.loading_margin / gain);
        }
        self.nodes[k].response = response;
        self.nodes[k].own = own;
        self.parts[k] = part;
        let load = self.nodes[k].load_behind;
        let above = &mut self.nodes[link.parent];
        above.load_behind += load;
        above.behind.quad.add(&response.drawn);
        above.behind.third += response.third_drawn;
        above.behind.reach = above.behind.reach.min(response.reach);
        above.steepest_voltage = above.steepest_voltage.max(part.voltage_slope);
        above.steepest_loading = above.steepest_loading.max(part.loading_slope);
    }

    fn sort_children(&mut self) {
        (self.by_loading, self.by_voltage_margin, self.by_loading_margin) = (self.by_voltage.clone(), self.by_voltage.clone(), self.by_voltage.clone());
        let parts = &self.parts;
        let part = |child: &u32| &parts[*child as usize];
        for node in &self.nodes {
            let range = node.children.0..node.children.0 + node.children.1;
            self.by_voltage[range.clone()].sort_by(|l, r| part(l).extremes.lowest.0.total_cmp(&part(r).extremes.lowest.0));
            self.by_loading[range.clone()].sort_by(|l, r| part(r).extremes.highest.0.total_cmp(&part(l).extremes.highest.0));
            self.by_voltage_margin[range.clone()].sort_by(|l, r| part(l).voltage_margin.total_cmp(&part(r).voltage_margin));
            self.by_loading_margin[range].sort_by(|l, r| part(l).loading_margin.total_cmp(&part(r).loading_margin));
        }
    }
}

impl Node {
    fn new(network: &Network, k: usize, bus: usize, voltage: C) -> Self {
        let data = &network.buses[bus];
        let mut behind = Behind { reach: f64::INFINITY, ..Behind::default() };
        behind.quad.p = data.shunt;
        let zero = C::new(0.0, 0.0);
        Self {
            bus,
            voltage,
            load: data.load,
            current: zero,
            drawn: zero,
            own: Extremes::default(),
            behind,
            response: Response::default(),
            end: k + 1,
            children: (0, 0),
            steepest_voltage: 0.0,
            steepest_loading: 0.0,
            load_behind: data.load,
        }
    }
}

/// The currents of (3) and the ends of the subtrees.
fn currents(nodes: &mut [Node], network: &Network, tree: &Tree) {
    for node in nodes.iter_mut() {
        node.current = (node.load / node.voltage).conj() + network.buses[node.bus].shunt * node.voltage;
    }
    for k in (1..nodes.len()).rev() {
        let link = &tree.links[k - 1];
        let parent = nodes[link.parent].voltage;
        nodes[k].drawn = link.whole.c * parent + link.whole.d * nodes[k].current;
        let (drawn, end) = (nodes[k].drawn, nodes[k].end);
        nodes[link.parent].current += drawn;
        nodes[link.parent].end = nodes[link.parent].end.max(end);
    }
}

/// The loadings of a link between two voltages, for the parts that are given.
pub(super) fn loadings<'a>(
    pieces: impl Iterator<Item = &'a super::super::topology::Part> + 'a,
    whole: &'a super::super::two_port::Chain,
    single: bool,
    watch: &'a Watch,
    (parent, child, current): (C, C, C),
) -> impl Iterator<Item = (usize, Option<f64>)> + 'a {
    pieces.filter_map(move |piece| {
        let rating = watch.rating(piece.branch);
        if rating == Rating::Unknown {
            return None;
        }
        let current = if single { current } else { piece.chain.share(whole, parent, current) };
        let flow: BranchFlow = piece.flow(parent, child, current);
        let (from, to) = if piece.reversed { (child, parent) } else { (parent, child) };
        Some((piece.branch, rating.loading(&flow, from, to)))
    })
}
