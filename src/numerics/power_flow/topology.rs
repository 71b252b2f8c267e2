//! What hangs together: islands, their trees, and where to start in them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use nalgebra::Complex;

use super::two_port::{Chain, TwoPort};
use super::{BranchFlow, Bus, BusKind, Network};

/// Buses connected by branches in service.
#[derive(Clone, Debug)]
pub(super) struct Island {
    /// The buses from the first slack on, each after the one it was reached from.
    pub buses: Vec<usize>,
    /// The branches in service between them.
    pub branches: Vec<usize>,
    /// For each bus but the first, the bus by which it was reached and the angle by which it lags behind it at no load.
    parents: Vec<(usize, f64)>,
    /// Bus and position, by bus.
    positions: Vec<(usize, usize)>,
    /// The position of a bus whose branch has data that no voltage can satisfy.
    unusable: Option<usize>,
    pub form: Form,
}

/// Which way the island is solved.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// No slack: no voltage.
    Dead,
    /// One slack, no other held voltage, no loop. Its buses stand in preorder: each directly before all that hangs behind it.
    Tree(Tree),
    Mesh,
}

/// The links of a tree, and what they are made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    /// What leads to each bus but the first.
    pub links: Vec<Link>,
    pub parts: Vec<Part>,
    /// What the sweep reads of the links: those to buses with links of their own behind them, and those to the ends of the tree.
    pub stems: Vec<Stem>,
    pub ends: Vec<Bunch>,
    /// `Σ c` over the links behind the slack and each bus with a stem.
    pub held: Vec<Complex<f64>>,
}

/// `a`, `b` and `d` of a link: apart and narrow, because a sweep waits for memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stem {
    pub a: Complex<f64>,
    pub b: Complex<f64>,
    pub d: Complex<f64>,
    /// The parent, as the number of its own stem and one more, zero for the slack.
    pub parent: u32,
    /// Position of the bus behind it.
    pub place: u32,
}

/// Stems handled together, because a processor computes with several numbers at once where they stand side by side.
pub(super) const LANES: usize = 4;

/// Numbers of a bunch: real parts, then imaginary parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes {
    pub re: [f64; LANES],
    pub im: [f64; LANES],
}

impl Lanes {
    pub const ZERO: Self = Self { re: [0.0; LANES], im: [0.0; LANES] };

    /// Numbers found by index.
    pub fn gather(indices: &[u32; LANES], of: impl Fn(usize) -> Complex<f64>) -> Self {
        let mut lanes = Self::ZERO;
        for (lane, &index) in indices.iter().enumerate() {
            lanes.set(lane, of(index as usize));
        }
        lanes
    }

    pub fn get(&self, lane: usize) -> Complex<f64> {
        Complex::new(self.re[lane], self.im[lane])
    }

    pub fn set(&mut self, lane: usize, value: Complex<f64>) {
        (self.re[lane], self.im[lane]) = (value.re, value.im);
    }
}

/// Some ends of the tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bunch {
    pub a: Lanes,
    pub b: Lanes,
    pub d: Lanes,
    /// As in [`Stem`]; those of lanes without a stem are zero.
    pub parent: [u32; LANES],
    pub place: [u32; LANES],
    /// Lanes with a stem.
    pub count: usize,
}

impl Bunch {
    /// Lanes without a stem lead to a bus that draws nothing.
    fn new(stems: &[Stem]) -> Self {
        let mut bunch = Self { a: Lanes::ZERO, b: Lanes::ZERO, d: Lanes::ZERO, parent: [0; LANES], place: [0; LANES], count: stems.len().min(LANES) };
        bunch.a.re = [1.0; LANES];
        for (lane, stem) in stems.iter().take(LANES).enumerate() {
            bunch.a.set(lane, stem.a);
            bunch.b.set(lane, stem.b);
            bunch.d.set(lane, stem.d);
            (bunch.parent[lane], bunch.place[lane]) = (stem.parent, stem.place);
        }
        bunch
    }

    /// (2): the voltages, from those of the parents and the currents delivered.
    #[inline(always)]
    pub fn voltage(&self, above: &Lanes, current: &Lanes) -> Lanes {
        let (a, b, mut lanes) = (&self.a, &self.b, Lanes::ZERO);
        for i in 0..LANES {
            lanes.re[i] = a.re[i] * above.re[i] - a.im[i] * above.im[i] + b.re[i] * current.re[i] - b.im[i] * current.im[i];
            lanes.im[i] = a.re[i] * above.im[i] + a.im[i] * above.re[i] + b.re[i] * current.im[i] + b.im[i] * current.re[i];
        }
        lanes
    }
}

/// What leads from its parent to the bus one position further than the link's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// Position of the parent in the island.
    pub parent: usize,
    /// All sections as one.
    pub whole: Chain,
    /// The first of its parts, and how many there are.
    pub first: usize,
    pub count: usize,
}

/// A branch of a link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub branch: usize,
    /// Whether its *to* end is at the parent.
    pub reversed: bool,
    pub chain: Chain,
}

impl Part {
    /// The flow, from the voltages and the current delivered to the child.
    pub fn flow(&self, parent: Complex<f64>, child: Complex<f64>, current: Complex<f64>) -> BranchFlow {
        let at_parent = parent * (self.chain.c * parent + self.chain.d * current).conj();
        let at_child = -child * current.conj();
        if self.reversed { BranchFlow { from: at_child, to: at_parent } } else { BranchFlow { from: at_parent, to: at_child } }
    }
}

impl Tree {
    pub fn with_room(links: usize, parts: usize) -> Self {
        Self { links: Vec::with_capacity(links), parts: Vec::with_capacity(parts), stems: Vec::new(), ends: Vec::new(), held: Vec::new() }
    }

    /// The branches of a link.
    pub fn parts(&self, link: &Link) -> &[Part] {
        &self.parts[link.first..link.first + link.count]
    }

    /// Adds a link of the given parts, of which there is at least one.
    pub fn push(&mut self, parent: usize, parts: impl IntoIterator<Item = Part>) {
        let first = self.parts.len();
        self.parts.extend(parts);
        let chains = &self.parts[first..];
        self.links.push(Link { parent, whole: Chain::parallel(chains.iter().map(|part| &part.chain)), first, count: chains.len() });
    }

    /// Tells stems and ends apart, when all links are there.
    pub fn finish(&mut self) {
        let mut numbers = vec![u32::MAX; self.links.len() + 1];
        self.links.iter().for_each(|link| numbers[link.parent] = 0);
        numbers[0] = 0;
        let mut ends = Vec::new();
        for (k, link) in self.links.iter().enumerate() {
            let is_end = numbers[k + 1] == u32::MAX;
            let stem = Stem { a: link.whole.a, b: link.whole.b, d: link.whole.d, parent: numbers[link.parent], place: k as u32 + 1 };
            if is_end {
                ends.push(stem);
            } else {
                self.stems.push(stem);
                numbers[k + 1] = self.stems.len() as u32;
            }
        }
        self.held = vec![Complex::new(0.0, 0.0); self.stems.len() + 1];
        for link in &self.links {
            self.held[numbers[link.parent] as usize] += link.whole.c;
        }
        self.ends = ends.chunks(LANES).map(Bunch::new).collect();
    }
}

impl Island {
    /// An island of one bus, to which others may be added.
    pub fn of_one(bus: usize) -> Self {
        Self { buses: vec![bus], branches: Vec::new(), parents: Vec::new(), positions: Vec::new(), unusable: None, form: Form::Mesh }
    }

    /// Puts each bus directly before all that was reached over it, children in the order in which they were reached.
    fn put_in_preorder(&mut self, reached: &mut [usize]) {
        let size = self.buses.len();
        let mut sizes = vec![1; size];
        for place in (1..size).rev() {
            sizes[self.parents[place - 1].0] += sizes[place];
        }
        // The next free place among those of each bus's own part of the tree.
        let mut free = vec![1; size];
        let mut places = vec![0; size];
        for place in 1..size {
            let parent = self.parents[place - 1].0;
            places[place] = free[parent];
            free[parent] += sizes[place];
            free[place] = places[place] + 1;
        }
        let (mut buses, mut parents) = (self.buses.clone(), self.parents.clone());
        for (old, &new) in places.iter().enumerate() {
            buses[new] = self.buses[old];
            reached[self.buses[old]] = new;
            if old > 0 {
                let (parent, lag) = self.parents[old - 1];
                parents[new - 1] = (places[parent], lag);
            }
        }
        (self.buses, self.parents) = (buses, parents);
    }

    /// Position of a bus of this island.
    pub fn position(&self, bus: usize) -> usize {
        self.positions.binary_search_by_key(&bus, |&(bus, _)| bus).map_or(0, |found| self.positions[found].1)
    }

    /// The voltages without any load: magnitudes as held, or as at the first slack; angles behind the transformers on the way.
    pub fn no_load_voltages(&self, network: &Network) -> Vec<Complex<f64>> {
        let mut magnitude = 1.0;
        // Angle and the number of that angle; buses without a transformer between them share both.
        let mut turned: Vec<(f64, Complex<f64>)> = Vec::with_capacity(self.buses.len());
        let mut voltages = Vec::with_capacity(self.buses.len());
        for (k, &bus) in self.buses.iter().enumerate() {
            let turn = match k.checked_sub(1).and_then(|link| self.parents.get(link)) {
                Some(&(parent, 0.0)) => turned[parent],
                Some(&(parent, lag)) => at_angle(turned[parent].0 - lag),
                None => at_angle(0.0),
            };
            turned.push(turn);
            voltages.push(match network.buses[bus].kind {
                BusKind::Slack { v, angle } => {
                    turned[k] = at_angle(angle);
                    magnitude = if k == 0 { v } else { magnitude };
                    turned[k].1 * v
                }
                BusKind::Pv { v } => turn.1 * v,
                BusKind::Pq => turn.1 * magnitude,
            });
        }
        voltages
    }

    /// A given state where it can be used, with held voltages as they are held now.
    pub fn voltages_from(&self, network: &Network, flat: &[Complex<f64>], given: &[Complex<f64>]) -> Vec<Complex<f64>> {
        let pick = |(&bus, &flat): (&usize, &Complex<f64>)| {
            let given = given[bus];
            let square = given.norm_sqr();
            let usable = square > 0.0 && square.is_finite();
            match network.buses[bus].kind {
                _ if !usable => flat,
                BusKind::Slack { .. } => flat,
                BusKind::Pv { v } => Complex::from_polar(v, given.arg()),
                BusKind::Pq => given,
            }
        };
        self.buses.iter().zip(flat).map(pick).collect()
    }

    /// The position of the first bus whose data, or whose branch's data, no voltage can satisfy.
    pub fn unusable(&self, network: &Network) -> Option<usize> {
        self.buses.iter().position(|&bus| !is_usable(&network.buses[bus])).or(self.unusable)
    }

    /// Whether the data may serve a sweep, which finds out by itself about all buses but the slack.
    pub fn may_sweep(&self, network: &Network) -> bool {
        matches!(self.form, Form::Tree(_)) && self.unusable.is_none() && is_usable(&network.buses[self.buses[0]])
    }
}

fn is_usable(bus: &Bus) -> bool {
    let held = match bus.kind {
        BusKind::Slack { v, angle } => v.is_finite() && v > 0.0 && angle.is_finite(),
        BusKind::Pv { v } => v.is_finite() && v > 0.0,
        BusKind::Pq => true,
    };
    held && bus.load.is_finite() && bus.shunt.is_finite()
}

fn at_angle(angle: f64) -> (f64, Complex<f64>) {
    (angle, Complex::from_polar(1.0, angle))
}

/// All islands, the one with the lowest slack first and those without a slack last.
pub(super) fn islands(network: &Network, ports: &[TwoPort]) -> Vec<Island> {
    let size = network.buses.len();
    let mut neighbors: Vec<Vec<(usize, usize)>> = vec![Vec::new(); size];
    for (index, branch) in network.branches.iter().enumerate() {
        if branch.in_service && branch.from < size && branch.to < size {
            neighbors[branch.from].push((branch.to, index));
            if branch.to != branch.from {
                neighbors[branch.to].push((branch.from, index));
            }
        }
    }
    let slack = |&bus: &usize| matches!(network.buses[bus].kind, BusKind::Slack { .. });
    let mut reached = vec![usize::MAX; size];
    let mut islands = Vec::new();
    for root in (0..size).filter(slack).chain((0..size).filter(|bus| !slack(bus))) {
        if reached[root] == usize::MAX {
            islands.push(gather(network, ports, &neighbors, root, &mut reached));
        }
    }
    islands
}

/// The island around a bus. `reached` holds the position of every bus reached so far.
///
/// The least impedance leads on (R. C. Prim, Bell Syst. Tech. J. 36, 1957), so that the angles to start from agree with the stiffest branches, and do not depend
/// on the order of elements.
fn gather(network: &Network, ports: &[TwoPort], neighbors: &[Vec<(usize, usize)>], root: usize, reached: &mut [usize]) -> Island {
    let (mut buses, mut branches, mut parents) = (Vec::new(), Vec::new(), Vec::new());
    let mut waiting = BinaryHeap::new();
    let mut arrival = Some((root, None));
    while let Some((bus, parent)) = arrival {
        if reached[bus] == usize::MAX {
            reached[bus] = buses.len();
            buses.push(bus);
            parents.extend(parent);
            for &(other, index) in &neighbors[bus] {
                let branch = &network.branches[index];
                if branch.from == bus {
                    branches.push(index);
                }
                // The bits of numbers that are not negative sort like the numbers.
                waiting.push(Reverse((branch.series.norm().to_bits(), index, other, bus)));
            }
        }
        arrival = waiting.pop().map(|Reverse((_, index, other, bus))| {
            let lag = if network.branches[index].from == bus { ports[index].lag() } else { -ports[index].lag() };
            (other, Some((reached[bus], lag)))
        });
    }
    branches.sort_unstable();
    let mut island = Island { buses, branches, parents, positions: Vec::new(), unusable: None, form: Form::Dead };
    if matches!(network.buses[root].kind, BusKind::Slack { .. }) {
        island.form = Form::Mesh;
        if is_tree(network, neighbors, &island, reached) {
            island.put_in_preorder(reached);
            island.form = Form::Tree(tree(network, ports, neighbors, &island, reached));
        }
    }
    island.positions = island.buses.iter().enumerate().map(|(position, &bus)| (bus, position)).collect();
    island.positions.sort_unstable();
    let unusable = island.branches.iter().find(|&&branch| !ports[branch].is_finite());
    island.unusable = unusable.map(|&branch| island.position(network.branches[branch].from));
    island
}

/// Whether a single voltage is held, and every branch leads to the parent or from it.
fn is_tree(network: &Network, neighbors: &[Vec<(usize, usize)>], island: &Island, reached: &[usize]) -> bool {
    let parent = |place: usize| place.checked_sub(1).map(|link| island.parents[link].0);
    island.buses.iter().enumerate().all(|(place, &bus)| {
        let held = network.buses[bus].kind != BusKind::Pq;
        let along = |&(other, _): &(usize, usize)| parent(place) == Some(reached[other]) || parent(reached[other]) == Some(place);
        (place == 0 || !held) && neighbors[bus].iter().all(along)
    })
}

fn tree(network: &Network, ports: &[TwoPort], neighbors: &[Vec<(usize, usize)>], island: &Island, reached: &[usize]) -> Tree {
    let mut tree = Tree::with_room(island.parents.len(), island.branches.len());
    for (&bus, &(parent, _)) in island.buses[1..].iter().zip(&island.parents) {
        let to_parent = neighbors[bus].iter().filter(|&&(other, _)| reached[other] == parent);
        tree.push(
            parent,
            to_parent.map(|&(_, branch)| {
                let reversed = network.branches[branch].to != bus;
                Part { branch, reversed, chain: ports[branch].chain(reversed) }
            }),
        );
    }
    tree.finish();
    tree
}
