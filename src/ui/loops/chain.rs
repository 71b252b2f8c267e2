//! What hangs on what on the cooling side, as the plan has it: facility water systems with their plant, and what each of them serves.

use crate::plan::{Catalog, Element, Id, Plan, Point, footprint};
use crate::solve::{Cooling, Junction, Part, Pipes, Side};
use std::collections::{BTreeMap, VecDeque};

/// Something that takes facility water.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consumer {
    /// A coolant loop by the CDU groups that give its heat to this water.
    Loop {
        /// The loop.
        tcs: Id,
        /// Its CDU groups on this water.
        cdus: Vec<Id>,
        /// Whether the loop itself is drawn at another system, which has CDUs on it too.
        guest: bool,
    },
    /// A group of air handlers.
    Air(Id),
}

impl Consumer {
    /// The element that a click on it selects.
    #[must_use]
    pub fn element(&self) -> &Id {
        match self {
            Self::Loop { tcs, .. } => tcs,
            Self::Air(id) => id,
        }
    }
}

/// A facility water system.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct System {
    /// Its element; none for what is not connected to any.
    pub id: Option<Id>,
    /// Heat rejection groups.
    pub coolers: Vec<Id>,
    /// What it serves, as they stand along its mains.
    pub consumers: Vec<Consumer>,
    /// For each consumer: how the mains get there from the one before.
    pub joins: Vec<Join>,
    /// Pieces of the mains that run from the pumps (or from another strand) to a consumer in the row; in a ring also the one that comes back.
    pub feeds: Vec<Feed>,
}

/// How two neighbors on the mains are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// They branch off at the same stop, or the network is not known.
    Here,
    /// By the piece of this number.
    Piece(usize),
    /// Not at all: another strand begins.
    Apart,
}

/// A piece of the mains that leads to a consumer from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// Its number; 0 where the network is not known.
    pub piece: usize,
    /// The consumer.
    pub to: usize,
}

/// The cooling side as a drawing needs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chain {
    /// Systems by id; last, if there is any, what is not connected.
    pub systems: Vec<System>,
    /// By loop: its rows.
    pub rows: BTreeMap<Id, Vec<Id>>,
}

impl Chain {
    /// Reads it out of a plan; the order along the mains is that of the solved network.
    #[must_use]
    pub fn of(plan: &Plan, catalog: &Catalog, cooling: &Cooling) -> Self {
        let mut systems: BTreeMap<Option<Id>, System> = plan.fws_systems().map(|f| (Some(f.id.clone()), System::default())).collect();
        let known: Vec<Id> = plan.fws_systems().map(|f| f.id.clone()).collect();
        let key = |fws: &Id| known.contains(fws).then(|| fws.clone());
        for cooler in plan.coolers() {
            systems.entry(key(&cooler.fws)).or_default().coolers.push(cooler.id.clone());
        }
        let mut groups: BTreeMap<&Id, BTreeMap<Option<Id>, Vec<Id>>> = plan.tcs_loops().map(|t| (&t.id, BTreeMap::new())).collect();
        for cdu in plan.cdus() {
            groups.entry(&cdu.tcs).or_default().entry(key(&cdu.fws)).or_default().push(cdu.id.clone());
        }
        for (tcs, by_system) in groups {
            if by_system.is_empty() {
                let alone = Consumer::Loop { tcs: tcs.clone(), cdus: Vec::new(), guest: false };
                systems.entry(None).or_default().consumers.push(alone);
            }
            // A loop is drawn where its first connected group is.
            let home = by_system.keys().find(|k| k.is_some()).or(by_system.keys().next()).cloned();
            for (system, cdus) in by_system {
                let guest = home.as_ref() != Some(&system);
                systems.entry(system).or_default().consumers.push(Consumer::Loop { tcs: tcs.clone(), cdus, guest });
            }
        }
        for handler in plan.air_handlers() {
            systems.entry(key(&handler.fws)).or_default().consumers.push(Consumer::Air(handler.id.clone()));
        }
        let mut chain = Self::default();
        let loose = systems.remove(&None);
        for (id, mut system) in systems.into_iter().chain(loose.map(|s| (None, s))) {
            along_mains(&mut system, id.as_ref(), plan, catalog, cooling);
            chain.systems.push(System { id, ..system });
        }
        for row in plan.rows() {
            if let Some(tcs) = &row.tcs {
                chain.rows.entry(tcs.clone()).or_default().push(row.id.clone());
            }
        }
        chain
    }

    /// With the order of another chain for systems that serve the same: what is out of service moves nothing.
    #[must_use]
    pub fn in_order_of(mut self, before: &Self) -> Self {
        for system in &mut self.systems {
            let sorted = |s: &System| {
                let mut list: Vec<&Id> = s.consumers.iter().map(Consumer::element).collect();
                list.sort();
                list.into_iter().cloned().collect::<Vec<Id>>()
            };
            if let Some(same) = before.systems.iter().find(|s| s.id == system.id && s.coolers == system.coolers && sorted(s) == sorted(system)) {
                *system = same.clone();
            }
        }
        self
    }
}

/// The place of a consumer: where its first machine stands.
fn place(plan: &Plan, catalog: &Catalog, consumer: &Consumer) -> Option<Point> {
    let machine = match consumer {
        Consumer::Loop { cdus, .. } => cdus.first()?,
        Consumer::Air(id) => id,
    };
    let hall = plan.get(machine).and_then(Element::hall).or_else(|| match plan.get(machine) {
        Some(Element::Cdu(c)) => plan.get(&c.tcs).and_then(Element::hall),
        _ => None,
    });
    let at = hall.and_then(|h| plan.get(h)).or_else(|| plan.get(machine)).and_then(|e| footprint(e, catalog));
    at.map(|r| r.center())
}

/// Puts consumers in the order in which they stand along the mains: that of the solved network, or that of the distance of their halls.
fn along_mains(system: &mut System, id: Option<&Id>, plan: &Plan, catalog: &Catalog, cooling: &Cooling) {
    let pumps = id.and_then(|id| plan.get(id)).and_then(|e| if let Element::Fws(f) = e { Some(f.at) } else { None }).unwrap_or_default();
    let mains = id.and_then(|id| cooling.fws.get(id)).map(|f| Mains::of(&f.pipes)).unwrap_or_default();
    let stop = |c: &Consumer| {
        let machine = if let Consumer::Loop { cdus, .. } = c { cdus.first() } else { Some(c.element()) };
        machine.and_then(|m| mains.taps.get(m)).copied()
    };
    let distance = |c: &Consumer| place(plan, catalog, c).map_or(f64::MAX, |p| (pumps.0 - p.0).abs() + (pumps.1 - p.1).abs());
    let rank = |c: &Consumer| stop(c).and_then(|s| mains.order.iter().position(|o| *o == s)).unwrap_or(usize::MAX);
    let mut list: Vec<(usize, f64, Consumer)> = system.consumers.drain(..).map(|c| (rank(&c), distance(&c), c)).collect();
    list.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.element().cmp(b.2.element())));
    system.consumers = list.into_iter().map(|l| l.2).collect();
    let stops: Vec<Option<usize>> = system.consumers.iter().map(stop).collect();
    system.joins = (0..stops.len()).map(|i| if i == 0 { Join::Apart } else { mains.join(stops[i - 1], stops[i]) }).collect();
    let to = |stop: usize| stops.iter().position(|s| *s == Some(stop));
    system.feeds = mains.feeds.iter().filter_map(|(piece, stop)| Some(Feed { piece: *piece, to: to(*stop)? })).collect();
    if system.feeds.is_empty() && !system.consumers.is_empty() && id.is_some() {
        system.feeds.push(Feed { piece: 0, to: 0 });
    }
}

/// The mains of a system as they were solved.
#[derive(Default)]
struct Mains<'a> {
    /// By consumer: the stop at which it branches off.
    taps: BTreeMap<&'a Id, usize>,
    /// Stops, as they stand in a row.
    order: Vec<usize>,
    /// Pieces: number, and the stops at its ends; the pumps are 0.
    pieces: Vec<(usize, usize, usize)>,
    /// Pieces that lead to a stop from elsewhere in the row, with that stop.
    feeds: Vec<(usize, usize)>,
}

impl<'a> Mains<'a> {
    fn of(pipes: &'a Pipes) -> Self {
        let mut mains = Self::default();
        let stop = |node: usize| match pipes.piping.nodes.get(node) {
            Some(Junction::Main { number, .. }) => Some(*number),
            Some(Junction::Manifold(_)) => Some(0),
            _ => None,
        };
        for (part, (from, to, _)) in pipes.piping.links.iter().zip(&pipes.piping.network.links) {
            match part {
                Part::Branch { consumer, side: Side::Supply } => {
                    if let (Some(id), Some(at)) = (pipes.consumers.get(*consumer), stop(*from)) {
                        mains.taps.insert(id, at);
                    }
                }
                Part::Main { number, side: Side::Supply } => {
                    if let (Some(a), Some(b)) = (stop(*from), stop(*to)) {
                        mains.pieces.push((*number, a, b));
                    }
                }
                _ => {}
            }
        }
        mains.in_a_row();
        mains
    }

    /// Lays the stops out in a row: a strand grows at both of its ends, and what grows elsewhere begins another one.
    fn in_a_row(&mut self) {
        let mut strand: VecDeque<usize> = VecDeque::new();
        for &(number, from, to) in &self.pieces {
            if to == 0 {
                // A ring comes back to the pumps.
                self.feeds.push((number, from));
            } else if from != 0 && strand.back() == Some(&from) {
                strand.push_back(to);
            } else if from != 0 && strand.front() == Some(&from) {
                strand.push_front(to);
            } else {
                self.order.extend(strand.drain(..));
                strand.push_back(to);
                self.feeds.push((number, to));
            }
        }
        self.order.extend(strand);
    }

    fn join(&self, before: Option<usize>, after: Option<usize>) -> Join {
        let (Some(a), Some(b)) = (before, after) else { return if self.pieces.is_empty() { Join::Here } else { Join::Apart } };
        if a == b {
            return Join::Here;
        }
        let joins = |p: &&(usize, usize, usize)| (p.1, p.2) == (a, b) || (p.1, p.2) == (b, a);
        self.pieces.iter().find(joins).map_or(Join::Apart, |p| Join::Piece(p.0))
    }
}
