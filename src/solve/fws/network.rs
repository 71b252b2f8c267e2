//! The facility water system as one network: pumps, plant, tank, bypass, mains both ways, and at each consumer its branch, exchanger and valve.
//!
//! ```text
//!            pumps        plant      tank             mains, supply        branch    exchanger   valve    branch
//! return ------>--- inside -->--- inside -->-- supply ----->----- stop ------>----- at ---->--- behind -->-- at ---->--- stop --> return
//!    ^                                          |
//!    +------------------- bypass ---------------+
//! ```
//! The plant stands behind the pumps, so that it gets what they mix: the consumers' return and the bypass.

use super::route::{Piece, Route};
use super::{BRANCH_K, BRANCH_VELOCITY, Mains, Tap};
use crate::numerics::pipe_network::{Link, Network, Node};
use crate::physics::coolant::Properties;
use crate::physics::pipe;
use crate::solve::hydraulic::TEE;
use crate::solve::{Junction, Part, Side};
use crate::units::*;

/// The node behind the plant and the tank, where the supply mains begin.
pub(super) const SUPPLY: usize = 0;
/// The node before the pumps, where the return mains end. Pressures count from here.
pub(super) const RETURN: usize = 1;
/// The node between pumps and plant.
pub(super) const DISCHARGE: usize = 2;

/// The links of one consumer, in the order of the flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Branch {
    pub supply: usize,
    pub exchanger: usize,
    pub valve: usize,
    pub back: usize,
}

/// The network and where its parts are in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Built {
    pub network: Network,
    pub nodes: Vec<Junction>,
    pub links: Vec<Part>,
    /// Running pumps.
    pub running: Vec<usize>,
    pub plant: usize,
    pub tank: Option<usize>,
    pub bypass: Option<usize>,
    /// Supply and return link of each piece of the mains.
    pub pieces: Vec<[usize; 2]>,
    /// Supply and return node of each stop.
    pub stops: Vec<[usize; 2]>,
    pub branches: Vec<Branch>,
}

impl Built {
    fn node(&mut self, junction: Junction) -> usize {
        self.network.nodes.push(Node::default());
        self.nodes.push(junction);
        self.nodes.len() - 1
    }
    fn link(&mut self, from: usize, to: usize, link: Link, part: Part) -> usize {
        self.network.links.push((from, to, link));
        self.links.push(part);
        self.links.len() - 1
    }
}

/// Law of a pipe.
fn law(diameter: f64, length: f64, roughness: f64, k: f64, fluid: &Properties) -> Link {
    let (density, viscosity) = (fluid.density.kilograms_per_cubic_meter(), fluid.viscosity.pascal_seconds());
    Link::Pipe { diameter, length, roughness, k, density, viscosity }
}

/// Inner diameter of a branch, m: for its velocity at the flow it is built for, and no wider than the mains.
pub(super) fn branch_diameter(mains: &Mains, tap: &Tap) -> f64 {
    let design = VolumeFlow::from_cubic_meters_per_second(tap.size.max(1e-5));
    pipe::diameter_for(design, Velocity::from_meters_per_second(BRANCH_VELOCITY)).meters().min(mains.diameter)
}

/// Resistance of an exchanger through its rating, Pa/(m³/s)².
pub(super) fn exchanger(tap: &Tap) -> f64 {
    if tap.design > 0.0 { tap.drop.max(0.0) / (tap.design * tap.design) } else { 0.0 }
}

/// The network with its pumps at a speed and a flow through the bypass.
pub(super) fn build(mains: &Mains, route: &Route, open: &[bool], speed: f64, bypass: f64) -> Built {
    let mut built = Built::default();
    built.node(Junction::Manifold(Side::Supply));
    built.node(Junction::Manifold(Side::Return));
    built.network.nodes[RETURN].fixed = Some(0.0);
    source(&mut built, mains, speed, bypass);
    built.stops = vec![[SUPPLY, RETURN]];
    for number in 1..route.stops {
        let pair = [Side::Supply, Side::Return].map(|side| built.node(Junction::Main { number, side }));
        built.stops.push(pair);
    }
    for (i, (Piece { from, to, length }, open)) in route.pieces.iter().copied().zip(open).enumerate() {
        let ([s0, r0], [s1, r1]) = (built.stops[from], built.stops[to]);
        let number = i + 1;
        let link = |fluid| if *open { law(mains.diameter, length, mains.roughness, TEE, fluid) } else { Link::Closed };
        let supply = built.link(s0, s1, link(&mains.supply), Part::Main { number, side: Side::Supply });
        let back = built.link(r1, r0, link(&mains.back), Part::Main { number, side: Side::Return });
        built.pieces.push([supply, back]);
    }
    for (consumer, (tap, (stop, length))) in mains.taps.iter().zip(&route.taps).enumerate() {
        let diameter = branch_diameter(mains, tap);
        let [s, r] = built.stops[*stop];
        let into = built.node(Junction::At { consumer, side: Side::Supply });
        let behind = built.node(Junction::Behind { consumer });
        let out = built.node(Junction::At { consumer, side: Side::Return });
        let pipe = |fluid| law(diameter, *length, mains.roughness, BRANCH_K, fluid);
        let valve = if tap.shut || tap.wish <= 0.0 { Link::Closed } else { Link::Limiter { flow: tap.wish, local: 0.0 } };
        let branch = Branch {
            supply: built.link(s, into, pipe(&mains.supply), Part::Branch { consumer, side: Side::Supply }),
            exchanger: built.link(into, behind, Link::Power { r: exchanger(tap), n: 2.0 }, Part::Exchanger { consumer }),
            valve: built.link(behind, out, valve, Part::Valve { consumer }),
            back: built.link(out, r, pipe(&mains.back), Part::Branch { consumer, side: Side::Return }),
        };
        built.branches.push(branch);
    }
    built
}

/// What stands in the pump house.
fn source(built: &mut Built, mains: &Mains, speed: f64, bypass: f64) {
    let discharge = built.node(Junction::Inside { source: 0, number: 0 });
    let (shutoff, b, n) = mains.pumps.curve;
    // What is out comes first, then what runs; the last ones stand by.
    let running = mains.pumps.out..mains.pumps.out + mains.pumps.running;
    for unit in 0..mains.pumps.installed {
        let runs = running.contains(&unit) && speed > 0.0 && shutoff > 0.0;
        let link = if runs { Link::Pump { shutoff, b, n, speed } } else { Link::Closed };
        let link = built.link(RETURN, discharge, link, Part::Pump { source: 0, unit: unit + 1 });
        if runs {
            built.running.push(link);
        }
    }
    let plant = Link::Power { r: mains.plant, n: 2.0 };
    if mains.buffer {
        let after = built.node(Junction::Inside { source: 0, number: 1 });
        built.plant = built.link(discharge, after, plant, Part::Plant);
        built.tank = Some(built.link(after, SUPPLY, Link::Power { r: 0.0, n: 2.0 }, Part::Tank));
    } else {
        built.plant = built.link(discharge, SUPPLY, plant, Part::Plant);
    }
    if mains.bypass.is_some() {
        let valve = if bypass > 0.0 { Link::Limiter { flow: bypass, local: 0.0 } } else { Link::Closed };
        built.bypass = Some(built.link(SUPPLY, RETURN, valve, Part::Bypass));
    }
}
