//! Buses joined by switches without impedance are one bus.
//!
//! A closed switch holds two voltages equal and carries whatever current that takes. In the equations it would be an admittance without bound, which blurs the
//! mismatch; so such *ties* are taken out, their buses become one with the loads and shunts of all, and the flows over the ties are found afterwards: every bus
//! of the group must get what it gives to everything else. With ties in a ring that leaves the division open, and they share as equal impedances would,
//!
//! ```text
//! Σ_ties (φ_i − φ_k) = −( s_i + conj(y_i)|V|² + Σ_branches S )      for every bus but one of each group
//! ```
//!
//! with `φ_i − φ_k` the power over the tie from `i` to `k`: powers may be added like currents where the voltage is the same.
//!
//! A tie between two buses that both hold a voltage stays a branch, because their voltages may differ.

use nalgebra::Complex;

use super::{Branch, BranchFlow, BusKind, Network, SMALLEST_SERIES, Solution};
use crate::numerics::cholesky::{Factor, Symbolic};

/// Which buses are one.
#[derive(Clone, Debug)]
pub(super) struct Ties {
    /// The bus of the contracted network for each bus.
    group: Vec<usize>,
    /// The buses of each group, ascending.
    members: Vec<Vec<usize>>,
    /// The branches that are ties.
    ties: Vec<usize>,
    /// Index of `φ` by bus; `usize::MAX` for the one bus in each group that takes what is left.
    unknown: Vec<usize>,
    laplacian: Option<(Symbolic, Factor)>,
}

/// Whether the branch holds the voltages at its ends equal.
pub(super) fn is_tie(branch: &Branch) -> bool {
    branch.in_service && branch.series.norm() < SMALLEST_SERIES && branch.tap == 1.0 && branch.shift == 0.0 && branch.from != branch.to
}

impl Ties {
    pub fn new(network: &Network) -> Self {
        let size = network.buses.len();
        let mut root: Vec<usize> = (0..size).collect();
        let mut held: Vec<bool> = network.buses.iter().map(|bus| bus.kind != BusKind::Pq).collect();
        let mut ties = Vec::new();
        for (index, branch) in network.branches.iter().enumerate() {
            if !is_tie(branch) || branch.from >= size || branch.to >= size {
                continue;
            }
            let (one, other) = (find(&mut root, branch.from), find(&mut root, branch.to));
            let (low, high) = (one.min(other), one.max(other));
            if low == high || !(held[low] && held[high]) {
                root[high] = low;
                held[low] |= held[high];
                ties.push(index);
            }
        }
        let (mut group, mut members) = (vec![0; size], Vec::<Vec<usize>>::new());
        for bus in 0..size {
            // The root of a group is its lowest bus, so its number is known by now.
            let lowest = find(&mut root, bus);
            if lowest == bus {
                group[bus] = members.len();
                members.push(vec![bus]);
            } else {
                group[bus] = group[lowest];
                members[group[bus]].push(bus);
            }
        }
        let mut result = Self { group, members, ties, unknown: vec![usize::MAX; size], laplacian: None };
        result.factorize(network);
        result
    }

    /// The network of the groups. Its branches keep their numbers; ties are out of service.
    pub fn contract(&self, network: &Network) -> Network {
        let mut branches = network.branches.clone();
        for branch in &mut branches {
            // A bus that does not exist stays one, so that the branch stays out of service.
            branch.from = self.group.get(branch.from).copied().unwrap_or(usize::MAX);
            branch.to = self.group.get(branch.to).copied().unwrap_or(usize::MAX);
        }
        let mut buses: Vec<_> = self.members.iter().map(|members| network.buses[self.holder(network, members)]).collect();
        for (bus, members) in buses.iter_mut().zip(&self.members) {
            bus.load = members.iter().map(|&member| network.buses[member].load).sum();
            bus.shunt = members.iter().map(|&member| network.buses[member].shunt).sum();
        }
        for &tie in &self.ties {
            branches[tie].in_service = false;
            let branch = &network.branches[tie];
            buses[self.group[branch.from]].shunt += branch.no_load + Complex::new(0.0, branch.charging);
        }
        Network { buses, branches }
    }

    /// The group of a bus and what it consumes together.
    pub fn load(&self, network: &Network, bus: usize) -> (usize, Complex<f64>) {
        let group = self.group[bus];
        (group, self.members[group].iter().map(|&member| network.buses[member].load).sum())
    }

    /// The group of a bus.
    pub fn group(&self, bus: usize) -> usize {
        self.group[bus]
    }

    /// The first bus of each group.
    pub fn first_members(&self) -> impl Iterator<Item = usize> + '_ {
        self.members.iter().map(|members| members[0])
    }

    /// The branches that are ties.
    pub fn branches(&self) -> &[usize] {
        &self.ties
    }

    /// The voltages of the groups in a state of the whole network.
    pub fn contract_voltages(&self, voltages: &[Complex<f64>]) -> Vec<Complex<f64>> {
        self.members.iter().map(|members| voltages[members[0]]).collect()
    }

    /// The state of the whole network from that of the groups, with injections and the flows over the ties.
    pub fn expand(&self, network: &Network, solution: Solution) -> Solution {
        let worst = solution.worst.and_then(|group| self.members.get(group)).map(|members| {
            let unusable = |&&bus: &&usize| !(network.buses[bus].load.is_finite() && network.buses[bus].shunt.is_finite());
            members.iter().find(unusable).copied().unwrap_or_else(|| self.holder(network, members))
        });
        let mut whole = Solution { worst, injections: vec![Complex::new(0.0, 0.0); self.group.len()], ..solution };
        // Without ties every bus is a group of its own, in the same order.
        if !self.ties.is_empty() {
            whole.voltages = self.group.iter().map(|&group| whole.voltages[group]).collect();
            whole.energized = self.group.iter().map(|&group| whole.energized[group]).collect();
        }
        for (branch, flow) in network.branches.iter().zip(&whole.flows) {
            if let (Some(from), true) = (whole.injections.get_mut(branch.from), branch.in_service) {
                *from += flow.from;
            }
            if let (Some(to), true) = (whole.injections.get_mut(branch.to), branch.in_service) {
                *to += flow.to;
            }
        }
        for ((injection, voltage), bus) in whole.injections.iter_mut().zip(&whole.voltages).zip(&network.buses) {
            *injection += bus.shunt.conj() * voltage.norm_sqr();
        }
        self.add_tie_flows(network, &mut whole);
        whole
    }

    /// The member that holds the voltage, or else the first.
    fn holder(&self, network: &Network, members: &[usize]) -> usize {
        members.iter().copied().find(|&bus| network.buses[bus].kind != BusKind::Pq).unwrap_or(members[0])
    }

    fn factorize(&mut self, network: &Network) {
        if self.ties.is_empty() {
            return;
        }
        let mut size = 0;
        for members in self.members.iter().filter(|members| members.len() > 1) {
            let holder = self.holder(network, members);
            for &bus in members.iter().filter(|&&bus| bus != holder) {
                self.unknown[bus] = size;
                size += 1;
            }
        }
        let (mut diagonal, mut pairs) = (vec![0.0; size], Vec::with_capacity(self.ties.len()));
        for &tie in &self.ties {
            let (from, to) = (self.unknown[network.branches[tie].from], self.unknown[network.branches[tie].to]);
            [from, to].into_iter().filter(|&end| end < size).for_each(|end| diagonal[end] += 1.0);
            if from < size && to < size {
                pairs.push((from, to));
            }
        }
        let symbolic = Symbolic::analyze(size, &pairs);
        let mut factor = Factor::default();
        // A connected graph with one node held is positive definite, so this cannot fail.
        self.laplacian = symbolic.factor(&diagonal, &vec![-1.0; pairs.len()], 0.0, &mut factor).is_ok().then_some((symbolic, factor));
    }

    /// Closes the balance of every tied bus; `injections` come without the ties.
    fn add_tie_flows(&self, network: &Network, whole: &mut Solution) {
        let Some((symbolic, factor)) = &self.laplacian else { return };
        for &tie in &self.ties {
            let branch = &network.branches[tie];
            let (from, to) = (branch.from, branch.to);
            let square = whole.voltages[from].norm_sqr();
            let half = Complex::new(0.0, branch.charging / 2.0);
            let flow = BranchFlow { from: (half + branch.no_load).conj() * square, to: half.conj() * square };
            whole.injections[from] += flow.from;
            whole.injections[to] += flow.to;
            whole.flows[tie] = flow;
        }
        let size = self.unknown.iter().filter(|&&unknown| unknown != usize::MAX).count();
        let (mut active, mut reactive) = (vec![0.0; size], vec![0.0; size]);
        for (bus, &unknown) in self.unknown.iter().enumerate() {
            if unknown != usize::MAX && whole.energized[bus] {
                let missing = -(network.buses[bus].load + whole.injections[bus]);
                (active[unknown], reactive[unknown]) = (missing.re, missing.im);
            }
        }
        // Substitution needs room of its own, and the network solved is only read here.
        let mut factor = factor.clone();
        symbolic.solve(&mut factor, &mut active);
        symbolic.solve(&mut factor, &mut reactive);
        let potential = |bus: usize| {
            let unknown = self.unknown[bus];
            if unknown == usize::MAX { Complex::new(0.0, 0.0) } else { Complex::new(active[unknown], reactive[unknown]) }
        };
        for &tie in &self.ties {
            let (from, to) = (network.branches[tie].from, network.branches[tie].to);
            let over = potential(from) - potential(to);
            whole.flows[tie].from += over;
            whole.flows[tie].to -= over;
            whole.injections[from] += over;
            whole.injections[to] -= over;
        }
    }
}

/// The lowest bus of a group, shortening the way for the next search.
pub(super) fn find(root: &mut [usize], mut bus: usize) -> usize {
    while root[bus] != bus {
        root[bus] = root[root[bus]];
        bus = root[bus];
    }
    bus
}
