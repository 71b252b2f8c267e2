//! A network of coolant or facility water pipes as it was solved: what its links and nodes are, and what flows.

use crate::numerics::pipe_network::{Link, LinkState, Network, Solution};
use crate::plan::Id;
use std::sync::Arc;

/// A solved network and the elements its numbers stand for. Loops that are alike share the network and its answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pipes {
    /// What pumps: CDU groups, or the facility water system itself.
    pub sources: Vec<Id>,
    /// What is served: rows of a coolant loop; CDU groups and air handler groups of a facility water system.
    pub consumers: Vec<Id>,
    /// The network.
    pub piping: Arc<Piping>,
}

/// The network of [`Pipes`] and its answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Piping {
    /// Nodes and links with their laws, as they were solved: Pa, m³/s, m.
    pub network: Network,
    /// What each node is.
    pub nodes: Vec<Junction>,
    /// What each link is.
    pub links: Vec<Part>,
    /// Flow of each link, m³/s, from its first node to its second.
    pub flows: Vec<f64>,
    /// Pressure of each node over the return at the pumps, Pa.
    pub pressures: Vec<f64>,
    /// What each link does.
    pub states: Vec<LinkState>,
    /// Temperature of the water that leaves each node, K; NaN where nothing flows or it is not known.
    pub temperatures: Vec<f64>,
    /// Speed of the pumps, 1 is full.
    pub speed: f64,
}

/// The two sides of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// From the pumps to what is served.
    Supply,
    /// Back to the pumps.
    Return,
}

/// What a node is. Numbers are places in [`Pipes::sources`] and [`Pipes::consumers`]; slots count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Junction {
    /// Where the pumps join the network.
    Manifold(Side),
    /// On a row's header, at a rack slot.
    Slot {
        /// The row.
        row: usize,
        /// The slot.
        slot: u32,
        /// Which header.
        side: Side,
    },
    /// Behind the valve of a row, where its supply header begins.
    Row {
        /// The row.
        row: usize,
    },
    /// Between a rack and its valve.
    Rack {
        /// The row.
        row: usize,
        /// The slot.
        slot: u32,
    },
    /// On the mains, where a branch leaves; counted from the pumps.
    Main {
        /// Which.
        number: usize,
        /// Which main.
        side: Side,
    },
    /// At the connections of a consumer.
    At {
        /// The consumer.
        consumer: usize,
        /// Which connection.
        side: Side,
    },
    /// Between a consumer and its control valve.
    Behind {
        /// The consumer.
        consumer: usize,
    },
    /// Any other place inside a source: between its parts.
    Inside {
        /// The source.
        source: usize,
        /// Which, from 0.
        number: u32,
    },
}

/// What a link is. Numbers are places in [`Pipes::sources`] and [`Pipes::consumers`]; slots and units count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The pumps of one unit: a CDU, or a pump of a facility water system.
    Pump {
        /// The source.
        source: usize,
        /// The unit.
        unit: u32,
    },
    /// The filter of a unit.
    Filter {
        /// The source.
        source: usize,
        /// The unit.
        unit: u32,
    },
    /// The valve that shuts a row off.
    RowValve {
        /// The row.
        row: usize,
    },
    /// A piece of a row's header that ends at a slot.
    Header {
        /// The row.
        row: usize,
        /// The slot.
        slot: u32,
        /// Which header.
        side: Side,
    },
    /// The rest of a header with reverse return, from the last rack back to the pumps.
    Back {
        /// The row.
        row: usize,
    },
    /// A rack, its hoses and quick disconnects included.
    Rack {
        /// The row.
        row: usize,
        /// The slot.
        slot: u32,
    },
    /// A valve at a rack that holds or limits its flow.
    RackValve {
        /// The row.
        row: usize,
        /// The slot.
        slot: u32,
    },
    /// A piece of the mains; counted from the pumps.
    Main {
        /// Which.
        number: usize,
        /// Which main.
        side: Side,
    },
    /// The pipe from the mains to a consumer, or back.
    Branch {
        /// The consumer.
        consumer: usize,
        /// Which.
        side: Side,
    },
    /// The exchanger or coil of a consumer.
    Exchanger {
        /// The consumer.
        consumer: usize,
    },
    /// The control valve of a consumer.
    Valve {
        /// The consumer.
        consumer: usize,
    },
    /// The bypass from supply to return that keeps the least flow of the pumps.
    Bypass,
    /// A buffer tank.
    Tank,
    /// The heat rejection plant.
    Plant,
}

impl Piping {
    /// With the numbers of a solution.
    #[must_use]
    pub fn of(network: Network, nodes: Vec<Junction>, links: Vec<Part>, solution: &Solution, speed: f64) -> Self {
        let temperatures = vec![f64::NAN; nodes.len()];
        let (flows, pressures, states) = (solution.flows.clone(), solution.pressures.clone(), solution.states.clone());
        Self { network, nodes, links, flows, pressures, states, temperatures, speed }
    }
    /// Pressure lost along a link in its own direction, Pa; negative for pumps.
    #[must_use]
    pub fn lost(&self, link: usize) -> f64 {
        let ends = self.network.links.get(link).map(|(a, b, _)| (self.pressures.get(*a), self.pressures.get(*b)));
        if let Some((Some(a), Some(b))) = ends { a - b } else { f64::NAN }
    }
    /// Mean velocity in a pipe, m/s; `None` for what is no pipe.
    #[must_use]
    pub fn velocity(&self, link: usize) -> Option<f64> {
        let diameter = self.diameter(link)?;
        Some(self.flows.get(link)?.abs() / (std::f64::consts::FRAC_PI_4 * diameter * diameter))
    }
    /// Inner diameter of a pipe, m; `None` for what is no pipe.
    #[must_use]
    pub fn diameter(&self, link: usize) -> Option<f64> {
        if let Some((_, _, Link::Pipe { diameter, .. })) = self.network.links.get(link) { Some(*diameter) } else { None }
    }
}

impl Pipes {
    /// The link that is this part.
    #[must_use]
    pub fn find(&self, part: Part) -> Option<usize> {
        self.piping.links.iter().position(|p| *p == part)
    }
    /// The element a link belongs to; `None` for the mains and for what belongs to the network as a whole.
    #[must_use]
    pub fn element(&self, part: Part) -> Option<&Id> {
        match part {
            Part::Pump { source, .. } | Part::Filter { source, .. } => self.sources.get(source),
            Part::RowValve { row } | Part::Header { row, .. } | Part::Back { row } | Part::Rack { row, .. } | Part::RackValve { row, .. } => {
                self.consumers.get(row)
            }
            Part::Branch { consumer, .. } | Part::Exchanger { consumer } | Part::Valve { consumer } => self.consumers.get(consumer),
            Part::Main { .. } | Part::Bypass | Part::Tank | Part::Plant => None,
        }
    }
    /// The name of a link, unique in its network: what [`crate::solve::Outage`] calls it, where it can be out. `owner` is the loop or the system.
    #[must_use]
    pub fn name(&self, owner: &Id, part: Part) -> String {
        let element = self.element(part).unwrap_or(owner);
        let side = |s: Side| if s == Side::Supply { "supply" } else { "return" };
        match part {
            Part::Pump { unit, .. } => format!("{element}/pump {unit}"),
            Part::Filter { unit, .. } => format!("{element}/filter {unit}"),
            Part::RowValve { .. } | Part::Valve { .. } => format!("{element}/valve"),
            Part::Header { slot, side: s, .. } => format!("{element}/{} {slot}", side(s)),
            Part::Back { .. } => format!("{element}/return"),
            Part::Rack { slot, .. } => format!("{element}/{slot}"),
            Part::RackValve { slot, .. } => format!("{element}/{slot}/valve"),
            Part::Main { number, side: Side::Supply } => format!("{owner}/main/{number}"),
            Part::Main { number, side: Side::Return } => format!("{owner}/main return/{number}"),
            Part::Branch { side: s, .. } => format!("{element}/{} pipe", side(s)),
            Part::Exchanger { .. } => format!("{element}/exchanger"),
            Part::Bypass => format!("{owner}/bypass"),
            Part::Tank => format!("{owner}/tank"),
            Part::Plant => format!("{owner}/plant"),
        }
    }
}
