//! Every outage of a network, one after the other, with what matters of each.
//!
//! An outage in a tree moves the voltages on the way from it to the slack, and those beside the way only through them. So every subtree is asked once, in the base
//! state, how it answers to its voltage (`response.rs` above), and an outage costs what is on its way (`active.rs`); lowest voltage, highest loading and counts are found
//! among parts that keep bounds of them (`search.rs`). The effects are those of the exact state, not of a linear estimate: a state is taken only when its mismatch
//! and all that was neglected stay within the tolerance of the solver. All else, and outages in meshes and of ties, is solved by [`Prepared::solve_changed`].

mod active;
mod cut;
mod forest;
mod search;
mod transfer;
mod watch;

use std::collections::BTreeMap;

use nalgebra::Complex;

use super::topology::{Form, Island, Tree};
use super::{BusKind, Change, Network, Options, Prepared, Solution, Status};
use active::Work;
use cut::{Cut, energized};
use forest::Forest;
use search::Search;
pub use transfer::{Mode, Transfer};
use watch::Extremes;
pub use watch::{Rating, Watch};

type C = Complex<f64>;

const ZERO: C = C::new(0.0, 0.0);

/// The base state is solved to this part of the tolerance, so that outages inherit next to nothing of its mismatch.
const BASE_SHARPNESS: f64 = 0.01;

/// What an outage does.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The branches that are out.
    pub out: Vec<usize>,
    /// How the state was found; voltages, loadings and powers are those of a solution only when it converged.
    pub status: Status,
    /// The bus that misses its balance most, where it did not converge.
    pub worst: Option<usize>,
    /// Loads that are without voltage then and were not before.
    pub lost: Complex<f64>,
    /// Buses that lose their voltage.
    pub dead_buses: usize,
    /// What all slacks give.
    pub slack: Complex<f64>,
    /// The lowest voltage and its bus.
    pub lowest: Option<(f64, usize)>,
    /// The highest loading and its branch.
    pub highest: Option<(f64, usize)>,
    /// Branches loaded above 1.
    pub over: usize,
    /// Buses below the low voltage.
    pub below: usize,
}

/// A network in its base state, ready for outages.
#[derive(Clone, Debug)]
pub struct Screen {
    prepared: Prepared,
    /// What each bus consumes besides transfers.
    fixed: Vec<C>,
    transfers: Vec<Transfer>,
    /// Transfers by bus.
    fed: Vec<Vec<usize>>,
    watch: Watch,
    options: Options,
    base: Solution,
    grown: Vec<Grown>,
    /// What all slacks give in the base state.
    given: C,
    by_voltage: Vec<usize>,
    by_loading: Vec<usize>,
    sums: Extremes,
    work: Work,
}

/// An island, with its forest if it is a tree.
#[derive(Clone, Debug)]
struct Grown {
    forest: Option<Forest>,
    extremes: Extremes,
}

impl Screen {
    /// Solves the base state. The loads of `network` come without the `transfers`, which are added to their buses as far as those have voltage.
    pub fn new(mut network: Network, transfers: &[Transfer], watch: Watch, options: Options) -> Self {
        let fixed: Vec<C> = network.buses.iter().map(|bus| bus.load).collect();
        let exists = |transfer: &&Transfer| transfer.first < fixed.len() && transfer.second < fixed.len();
        let transfers: Vec<Transfer> = transfers.iter().filter(exists).copied().collect();
        let mut fed = vec![Vec::new(); network.buses.len()];
        let alive = energized(&network, &[]);
        for (number, transfer) in transfers.iter().enumerate() {
            let [first, second, _] = transfer.split(alive[transfer.first], alive[transfer.second]);
            network.buses[transfer.first].load += first;
            network.buses[transfer.second].load += second;
            fed[transfer.first].push(number);
            if transfer.second != transfer.first {
                fed[transfer.second].push(number);
            }
        }
        let mut prepared = Prepared::new(network);
        let mut base = prepared.solve(&Options { tolerance: BASE_SHARPNESS * options.tolerance, ..options }, None);
        if base.status != Status::Converged {
            base = prepared.solve(&options, None);
        }
        let given = given(&prepared.network, &base);
        let mut screen = Self {
            prepared,
            fixed,
            transfers,
            fed,
            watch,
            options,
            base,
            grown: Vec::new(),
            given,
            by_voltage: Vec::new(),
            by_loading: Vec::new(),
            sums: Extremes::default(),
            work: Work::default(),
        };
        screen.grow();
        screen
    }

    /// The network, transfers included.
    pub fn network(&self) -> &Network {
        &self.prepared.network
    }

    /// The state with nothing out.
    pub fn base(&self) -> &Solution {
        &self.base
    }

    /// What is worst with nothing out.
    pub fn normal(&self) -> Effect {
        let extremes = Extremes::of_state(&self.prepared.network, &self.watch, &self.base.voltages, &self.base.energized, &self.base.flows);
        self.effect_of(&[], (ZERO, 0), &self.base, &extremes)
    }

    /// Every branch in service out by itself, the one with the largest load behind it first; in a mesh the power over a branch stands for that.
    pub fn effects(&mut self) -> impl Iterator<Item = Effect> + '_ {
        self.order().into_iter().map(|branch| self.effect(&[branch]))
    }

    /// The branches in the order of [`Screen::effects`].
    pub fn order(&self) -> Vec<usize> {
        let contracted = &self.prepared.contracted;
        let branches = self.prepared.network.branches.iter().enumerate().filter(|(_, branch)| branch.in_service);
        let behind = |index: usize| {
            let island = contracted.homes.get(contracted.network.branches[index].from).map(|home| home.0)?;
            let (forest, tree) = (self.grown[island].forest.as_ref()?, tree(&contracted.islands[island])?);
            let node = self.link_of(island, tree, index)?;
            Some(forest.nodes[node].load_behind.norm())
        };
        let mut keyed: Vec<(f64, usize)> = branches.map(|(index, _)| (behind(index).unwrap_or_else(|| self.base.flows[index].from.norm()), index)).collect();
        keyed.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        keyed.into_iter().map(|(_, index)| index).collect()
    }

    /// The effect of some branches being out together.
    pub fn effect(&mut self, out: &[usize]) -> Effect {
        self.beside(out).unwrap_or_else(|| self.anew(out))
    }

    /// The whole state with some branches out.
    pub fn state(&mut self, out: &[usize]) -> Solution {
        let (change, ..) = self.change(out);
        self.prepared.solve_changed(&change, &self.options, &self.base)
    }

    fn grow(&mut self) {
        let contracted = &self.prepared.contracted;
        let plain = self.prepared.ties.branches().is_empty() && self.base.status == Status::Converged;
        for island in &contracted.islands {
            let forest = tree(island).filter(|_| plain).map(|tree| Forest::new(&contracted.network, island, tree, &self.base, &self.watch));
            let extremes = match &forest {
                Some(forest) => forest.extremes(),
                None => self.extremes_of(island),
            };
            self.grown.push(Grown { forest, extremes });
        }
        self.by_voltage = (0..self.grown.len()).collect();
        self.by_loading = self.by_voltage.clone();
        let extremes = |island: &usize| &self.grown[*island].extremes;
        self.by_voltage.sort_by(|l, r| extremes(l).lowest.0.total_cmp(&extremes(r).lowest.0));
        self.by_loading.sort_by(|l, r| extremes(r).highest.0.total_cmp(&extremes(l).highest.0));
        self.grown.iter().for_each(|grown| self.sums.join(&grown.extremes));
    }

    fn extremes_of(&self, island: &Island) -> Extremes {
        let (network, base) = (&self.prepared.contracted.network, &self.base);
        let mut extremes = Extremes::default();
        if matches!(island.form, Form::Dead) || !self.prepared.ties.branches().is_empty() {
            return extremes;
        }
        island.buses.iter().for_each(|&bus| extremes.bus(&self.watch, bus, base.voltages[bus].norm()));
        for &index in &island.branches {
            let branch = &network.branches[index];
            extremes.branch(index, self.watch.rating(index).loading(&base.flows[index], base.voltages[branch.from], base.voltages[branch.to]));
        }
        extremes
    }

    /// The position behind the link of a branch.
    fn link_of(&self, island: usize, tree: &Tree, branch: usize) -> Option<usize> {
        let contracted = &self.prepared.contracted;
        let ends = &contracted.network.branches[branch];
        let (from, to) = (contracted.homes.get(ends.from)?, contracted.homes.get(ends.to)?);
        let node = from.1.max(to.1);
        let link = tree.links.get(node.checked_sub(1)?)?;
        (from.0 == island && tree.parts(link).iter().any(|part| part.branch == branch)).then_some(node)
    }

    fn effect_of(&self, out: &[usize], (lost, dead_buses): (C, usize), state: &Solution, extremes: &Extremes) -> Effect {
        Effect {
            out: out.to_vec(),
            status: state.status,
            worst: state.worst.filter(|_| state.status != Status::Converged),
            lost,
            dead_buses,
            slack: given(&self.prepared.network, state),
            lowest: Some(extremes.lowest).filter(|lowest| lowest.1 != usize::MAX),
            highest: Some(extremes.highest).filter(|highest| highest.1 != usize::MAX),
            over: extremes.over,
            below: extremes.below,
        }
    }

    /// The effect from the whole state.
    fn anew(&mut self, out: &[usize]) -> Effect {
        let (change, lost, dead) = self.change(out);
        let state = self.prepared.solve_changed(&change, &self.options, &self.base);
        let mut network = std::mem::take(&mut self.prepared.network);
        let slack_loads: Vec<_> = change.loads.iter().map(|&(bus, load)| (bus, std::mem::replace(&mut network.buses[bus].load, load))).collect();
        let was: Vec<_> = change.branches.iter().map(|&(branch, _)| (branch, std::mem::replace(&mut network.branches[branch].in_service, false))).collect();
        let extremes = Extremes::of_state(&network, &self.watch, &state.voltages, &state.energized, &state.flows);
        self.prepared.network = network;
        let effect = self.effect_of(out, (lost, dead), &state, &extremes);
        was.into_iter().rev().for_each(|(branch, in_service)| self.prepared.network.branches[branch].in_service = in_service);
        slack_loads.into_iter().rev().for_each(|(bus, load)| self.prepared.network.buses[bus].load = load);
        effect
    }

    /// The change that an outage is, the loads it loses, and the number of buses.
    fn change(&self, out: &[usize]) -> (Change, C, usize) {
        let known = out.iter().copied().filter(|&branch| branch < self.prepared.network.branches.len());
        let branches: Vec<(usize, f64)> = known.map(|branch| (branch, 0.0)).collect();
        let alive = energized(&self.prepared.network, out);
        let dead: Vec<usize> = (0..alive.len()).filter(|&bus| self.base.energized[bus] && !alive[bus]).collect();
        let (loads, lost) = self.moved_loads(&dead, |bus| alive[bus]);
        (Change { branches, loads }, lost, dead.len())
    }

    /// What the buses that stay alive consume when others die, as far as it changes; and the loads lost.
    fn moved_loads(&self, dead: &[usize], alive: impl Fn(usize) -> bool) -> (Vec<(usize, C)>, C) {
        let mut lost: C = dead.iter().map(|&bus| self.fixed[bus]).sum();
        if self.transfers.is_empty() {
            return (Vec::new(), lost);
        }
        let mut loads: BTreeMap<usize, C> = BTreeMap::new();
        for &bus in dead {
            for transfer in self.fed[bus].iter().map(|&number| &self.transfers[number]) {
                let (first, second) = (alive(transfer.first), alive(transfer.second));
                // One with both ends dead is met twice.
                if !first && !second && bus == transfer.second && transfer.first != bus && self.base.energized[transfer.first] {
                    continue;
                }
                let before = transfer.split(self.base.energized[transfer.first], self.base.energized[transfer.second]);
                let after = transfer.split(first, second);
                lost += after[2] - before[2];
                for (end, by) in [(transfer.first, after[0] - before[0]), (transfer.second, after[1] - before[1])] {
                    if alive(end) && by != ZERO {
                        *loads.entry(end).or_insert(self.prepared.network.buses[end].load) += by;
                    }
                }
            }
        }
        (loads.into_iter().collect(), lost)
    }

    /// The effect from the expansions; `None` where they do not serve.
    pub(super) fn beside(&mut self, out: &[usize]) -> Option<Effect> {
        let contracted = &self.prepared.contracted;
        let mut cuts: BTreeMap<usize, Cut> = BTreeMap::new();
        for &branch in out {
            let ends = contracted.network.branches.get(branch).filter(|ends| ends.in_service)?;
            let island = contracted.homes.get(ends.from)?.0;
            contracted.homes.get(ends.to)?;
            if matches!(contracted.islands[island].form, Form::Dead) {
                continue;
            }
            let tree = self.forest(island)?.1;
            let node = self.link_of(island, tree, branch)?;
            cuts.entry(island).or_default().take_out(tree, node, out);
        }
        let mut dead = Vec::new();
        for (&island, cut) in &mut cuts {
            let forest = self.forest(island)?.0;
            cut.tidy(|node| forest.nodes[node].end);
            cut.dead.iter().for_each(|&node| dead.extend_from_slice(&contracted.islands[island].buses[node..forest.nodes[node].end]));
        }
        let alive = |bus: usize| {
            let (island, node) = contracted.homes[bus];
            let gone =
                |cut: &Cut| cut.dead.iter().any(|&dead| dead <= node && self.grown[island].forest.as_ref().is_some_and(|forest| node < forest.nodes[dead].end));
            self.base.energized[bus] && !cuts.get(&island).is_some_and(gone)
        };
        let (loads, lost) = self.moved_loads(&dead, alive);
        for (bus, load) in loads {
            let (island, node) = contracted.homes[bus];
            cuts.entry(island).or_default().loads.push((node, load));
        }
        self.solve_cuts(&cuts, out, lost, dead.len())
    }

    fn solve_cuts(&mut self, cuts: &BTreeMap<usize, Cut>, out: &[usize], lost: C, dead_buses: usize) -> Option<Effect> {
        let mut work = std::mem::take(&mut self.work);
        let found = self.solve_each(&mut work, cuts, out);
        self.work = work;
        let (mut extremes, slack) = found?;
        let other = |island: &&usize| !cuts.contains_key(island);
        for island in self.by_voltage.iter().filter(other).take(1).chain(self.by_loading.iter().filter(other).take(1)) {
            extremes.lower(self.grown[*island].extremes.lowest);
            extremes.higher(self.grown[*island].extremes.highest);
        }
        Some(Effect {
            out: out.to_vec(),
            status: Status::Converged,
            worst: None,
            lost,
            dead_buses,
            slack: self.given + slack,
            lowest: Some(extremes.lowest).filter(|lowest| lowest.1 != usize::MAX),
            highest: Some(extremes.highest).filter(|highest| highest.1 != usize::MAX),
            over: extremes.over,
            below: extremes.below,
        })
    }

    /// The extremes of the islands with a cut, counts of all islands included, and the change of what the slacks give.
    fn solve_each(&self, work: &mut Work, cuts: &BTreeMap<usize, Cut>, out: &[usize]) -> Option<(Extremes, C)> {
        let mut extremes = Extremes { over: self.sums.over, below: self.sums.below, ..Extremes::default() };
        let mut slack = ZERO;
        for (&island, cut) in cuts {
            let (forest, tree) = self.forest(island)?;
            if !work.solve(forest, tree, cut, self.options.tolerance) {
                return None;
            }
            let before = &self.grown[island].extremes;
            let found = loop {
                match Search::new(forest, tree, &self.watch, work, cut).run(before, out) {
                    Ok(found) => break found,
                    Err(blurred) if work.widen(forest, tree, cut, self.options.tolerance, &blurred) => {}
                    Err(_) => return None,
                }
            };
            extremes.over = extremes.over - before.over + found.over;
            extremes.below = extremes.below - before.below + found.below;
            extremes.lower(found.lowest);
            extremes.higher(found.highest);
            let root = &forest.nodes[0];
            slack += root.voltage * work.drawn.conj() + work.active.first().map_or(ZERO, |active| active.load - root.load);
        }
        Some((extremes, slack))
    }

    fn forest(&self, island: usize) -> Option<(&Forest, &Tree)> {
        Some((self.grown[island].forest.as_ref()?, tree(&self.prepared.contracted.islands[island])?))
    }
}

fn tree(island: &Island) -> Option<&Tree> {
    match &island.form {
        Form::Tree(tree) => Some(tree),
        _ => None,
    }
}

/// What all slacks give.
fn given(network: &Network, state: &Solution) -> C {
    let slacks = network.buses.iter().zip(&state.injections).filter(|(bus, _)| matches!(bus.kind, BusKind::Slack { .. }));
    slacks.map(|(bus, injection)| injection + bus.load).sum()
}
