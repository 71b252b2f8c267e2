//! What hangs on what on the cooling side, as the plan has it: facility water systems with their plant, and what each of them serves.

use crate::plan::{Catalog, Element, Id, Plan, Point, footprint};
use crate::solve::{Cooling, Junction, Part, Side};
use std::collections::BTreeMap;

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
    /// What it serves, along its mains from the pumps on.
    pub consumers: Vec<Consumer>,
    /// For each consumer: the piece of the mains, counted from the pumps, at whose end it branches off; 0 where that is not known.
    pub taps: Vec<usize>,
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

/// Puts consumers in the order in which the mains reach them: that of the solved network, or that of the distance of their halls.
fn along_mains(system: &mut System, id: Option<&Id>, plan: &Plan, catalog: &Catalog, cooling: &Cooling) {
    let pumps = id.and_then(|id| plan.get(id)).and_then(|e| if let Element::Fws(f) = e { Some(f.at) } else { None }).unwrap_or_default();
    let taps = id.map(|id| taps(cooling, id)).unwrap_or_default();
    let tap = |c: &Consumer| {
        let machine = if let Consumer::Loop { cdus, .. } = c { cdus.first() } else { Some(c.element()) };
        machine.and_then(|m| taps.get(m)).copied().unwrap_or(0)
    };
    let distance = |c: &Consumer| place(plan, catalog, c).map_or(f64::MAX, |p| (pumps.0 - p.0).abs() + (pumps.1 - p.1).abs());
    let mut list: Vec<(usize, f64, Consumer)> = system.consumers.drain(..).map(|c| (tap(&c), distance(&c), c)).collect();
    list.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.element().cmp(b.2.element())));
    system.taps = list.iter().map(|l| l.0).collect();
    system.consumers = list.into_iter().map(|l| l.2).collect();
}

/// By consumer: the piece of the mains at whose end its branch leaves.
fn taps<'a>(cooling: &'a Cooling, system: &Id) -> BTreeMap<&'a Id, usize> {
    let Some(pipes) = cooling.fws.get(system).map(|f| &f.pipes) else { return BTreeMap::new() };
    let mut taps = BTreeMap::new();
    for (part, (from, to, _)) in pipes.piping.links.iter().zip(&pipes.piping.network.links) {
        if let Part::Branch { consumer, side: Side::Supply } = part {
            let number = [from, to].into_iter().find_map(|n| match pipes.piping.nodes.get(*n) {
                Some(Junction::Main { number, .. }) => Some(*number),
                _ => None,
            });
            if let (Some(id), Some(number)) = (pipes.consumers.get(*consumer), number) {
                taps.insert(id, number);
            }
        }
    }
    taps
}
