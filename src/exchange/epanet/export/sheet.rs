//! The text of the file, section by section.

use super::Source;
use super::curves::Curves;
use super::fluid::Fluid;
use super::laws::{Piece, Setting, pieces};
use super::names::{self, Names};
use crate::numerics::pipe_network::Link;
use crate::plan::Point;
use std::fmt::Write as _;

/// Longest name behind an id.
const NAME: usize = 200;

/// Sections as they grow, network by network.
pub(super) struct Sheet<'a> {
    fluid: Fluid,
    curves: &'a Curves,
    node_ids: Names,
    link_ids: Names,
    size: (usize, usize),
    junctions: String,
    reservoirs: String,
    pipes: String,
    pumps: String,
    valves: String,
    status: String,
    coordinates: String,
    /// South-west and north-east of all coordinates.
    extent: Option<(Point, Point)>,
}

/// A node as written.
struct Placed {
    id: String,
    at: Point,
    reservoir: bool,
}

impl<'a> Sheet<'a> {
    pub fn new(fluid: Fluid, curves: &'a Curves) -> Self {
        let none = String::new;
        let (junctions, reservoirs, pipes, pumps, valves, status, coordinates) = (none(), none(), none(), none(), none(), none(), none());
        let (node_ids, link_ids) = (Names::default(), Names::default());
        Self { fluid, curves, node_ids, link_ids, size: (0, 0), junctions, reservoirs, pipes, pumps, valves, status, coordinates, extent: None }
    }

    /// Nodes and links so far.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }

    /// Adds a network.
    pub fn network(&mut self, source: &Source<'_>, places: &[Point]) {
        let (pipes, piping) = (source.pipes, &*source.pipes.piping);
        let given = given(source);
        let nodes: Vec<Option<Placed>> = (0..piping.nodes.len())
            .map(|i| {
                let fixed = given[i].as_ref()?;
                let name = names::node(pipes, source.id, piping.nodes[i]);
                Some(self.node(&name, places[i], piping.network.nodes[i].demand, *fixed))
            })
            .collect();
        for (k, (from, to, law)) in piping.network.links.iter().enumerate() {
            let (Some(a), Some(b)) = (nodes.get(*from).and_then(Option::as_ref), nodes.get(*to).and_then(Option::as_ref)) else { continue };
            if from != to {
                let name = pipes.name(source.id, piping.links[k]);
                self.link(&name, (a, b), law, piping.flows[k]);
            }
        }
    }

    fn node(&mut self, name: &str, at: Point, demand: f64, fixed: Option<f64>) -> Placed {
        let id = self.node_ids.take(name);
        let note = note(&id, name);
        let _ = match fixed {
            Some(pressure) => writeln!(self.reservoirs, "{id}\t{}\t{note}", number(pressure / self.fluid.weight())),
            None => writeln!(self.junctions, "{id}\t0\t{}\t{note}", number(demand * 1e3)),
        };
        let _ = writeln!(self.coordinates, "{id}\t{:.3}\t{:.3}", at.0, at.1);
        let (low, high) = self.extent.unwrap_or((at, at));
        self.extent = Some((Point(low.0.min(at.0), low.1.min(at.1)), Point(high.0.max(at.0), high.1.max(at.1))));
        self.size.0 += 1;
        Placed { id, at, reservoir: fixed.is_some() }
    }

    /// A link as one element or several, with junctions between them.
    fn link(&mut self, name: &str, (from, to): (&Placed, &Placed), law: &Link, q: f64) {
        let mut list = pieces(law, q, &self.fluid, self.curves);
        if from.reservoir && list.first().is_some_and(Piece::shuns_reservoirs) {
            list.insert(0, Piece::joint(q, "Open"));
        }
        if to.reservoir && list.last().is_some_and(Piece::shuns_reservoirs) {
            list.push(Piece::joint(q, "Open"));
        }
        // The element that stands for the law has its name, those that only join have it with a sign.
        let main = list.iter().position(|p| !matches!(p, Piece::Pipe { .. })).unwrap_or(0);
        let count = list.len();
        let mut before = from.id.clone();
        for (i, piece) in list.iter().enumerate() {
            let after = if i + 1 == count {
                to.id.clone()
            } else {
                let share = (i + 1) as f64 / count as f64;
                let at = Point(from.at.0 + share * (to.at.0 - from.at.0), from.at.1 + share * (to.at.1 - from.at.1));
                self.node(&format!("{name}~"), at, 0.0, None).id
            };
            let own = if i == main { name.to_owned() } else { format!("{name}~") };
            let id = self.link_ids.take(&own);
            self.piece(&id, (&before, &after), piece, &note(&id, &own));
            before = after;
        }
    }

    fn piece(&mut self, id: &str, (from, to): (&str, &str), piece: &Piece, note: &str) {
        self.size.1 += 1;
        let _ = match piece {
            Piece::Pipe { diameter, pipe, status } => {
                let (length, diameter, rough, minor) = (number(pipe.length), number(1e3 * diameter), number(1e3 * pipe.roughness), number(pipe.minor));
                writeln!(self.pipes, "{id}\t{from}\t{to}\t{length}\t{diameter}\t{rough}\t{minor}\t{status}\t{note}")
            }
            Piece::Valve { kind, diameter, setting, minor } => {
                let setting = if let Setting::Number(x) = setting { number(*x) } else { setting.curve() };
                writeln!(self.valves, "{id}\t{from}\t{to}\t{}\t{kind}\t{setting}\t{}\t{note}", number(1e3 * diameter), number(*minor))
            }
            Piece::Pump { head, speed } => {
                let closed = *speed <= 0.0;
                if closed {
                    let _ = writeln!(self.status, "{id}\tClosed");
                }
                writeln!(self.pumps, "{id}\t{from}\t{to}\t{head} SPEED {}\t{note}", number(if closed { 1.0 } else { *speed }))
            }
        };
    }

    /// The whole file; `head` stands before the sections.
    pub fn finish(self, head: String, curves: &Curves) -> String {
        let mut text = head;
        let mut section = |name: &str, columns: &str, body: &str| {
            if !body.is_empty() {
                let _ = write!(text, "[{name}]\n{columns}{body}\n");
            }
        };
        section("JUNCTIONS", ";ID\tElev m\tDemand L/s\n", &self.junctions);
        section("RESERVOIRS", ";ID\tHead m\n", &self.reservoirs);
        section("PIPES", ";ID\tNode1\tNode2\tLength m\tDiameter mm\tRoughness mm\tMinorLoss\tStatus\n", &self.pipes);
        section("PUMPS", ";ID\tNode1\tNode2\tParameters\n", &self.pumps);
        section("VALVES", ";ID\tNode1\tNode2\tDiameter mm\tType\tSetting\tMinorLoss\n", &self.valves);
        section("STATUS", ";ID\tStatus\n", &self.status);
        section("CURVES", ";ID\tFlow L/s\tHead m\n", &curve_lines(curves));
        section("OPTIONS", "", &self.options());
        section("TIMES", "", "DURATION 0\n");
        section("REPORT", "", "STATUS NO\nSUMMARY NO\n");
        section("COORDINATES", ";Node\tEast m\tNorth m\n", &self.coordinates);
        if let Some((low, high)) = self.extent {
            let (west, south, east, north) = (low.0 - 1.0, low.1 - 1.0, high.0 + 1.0, high.1 + 1.0);
            section("BACKDROP", "", &format!("DIMENSIONS {west:.3} {south:.3} {east:.3} {north:.3}\nUNITS METERS\n"));
        }
        text.push_str("[END]\n");
        text
    }

    fn options(&self) -> String {
        let (viscosity, gravity) = (number(self.fluid.viscosity), number(self.fluid.gravity()));
        format!("UNITS LPS\nHEADLOSS D-W\nVISCOSITY {viscosity}\nSPECIFIC GRAVITY {gravity}\nTRIALS 500\nACCURACY 0.000001\nUNBALANCED STOP\nPATTERN 1\n")
    }
}

impl Setting {
    fn curve(&self) -> String {
        if let Self::Curve(id) = self { id.clone() } else { String::new() }
    }
}

fn curve_lines(curves: &Curves) -> String {
    let mut text = String::new();
    for (id, kind, points) in curves.all() {
        let _ = writeln!(text, ";{kind}: {id}");
        for (x, y) in points {
            let _ = writeln!(text, "{id}\t{}\t{}", number(x), number(y));
        }
    }
    text
}

/// By node: none for nodes without a link, else the pressure where it is given. A part that never meets a given one has the first of its nodes with a
/// pressure as solved given, as EPANET needs a reservoir in each.
fn given(source: &Source<'_>) -> Vec<Option<Option<f64>>> {
    let piping = &*source.pipes.piping;
    let nodes = piping.network.nodes.len();
    let mut first: Vec<usize> = (0..nodes).collect();
    let root = |first: &mut [usize], mut i: usize| {
        while first[i] != i {
            // Halves the way for whoever comes next.
            first[i] = first[first[i]];
            i = first[i];
        }
        i
    };
    let mut linked = vec![false; nodes];
    for (a, b, law) in piping.network.links.iter().filter(|(a, b, _)| a != b) {
        (linked[*a], linked[*b]) = (true, true);
        if !matches!(law, Link::Closed) {
            let (x, y) = (root(&mut first, *a), root(&mut first, *b));
            first[x.max(y)] = x.min(y);
        }
    }
    let mut held = vec![false; nodes];
    let fixed = |i: usize| piping.network.nodes[i].fixed;
    (0..nodes).filter(|i| fixed(*i).is_some()).for_each(|i| held[root(&mut first, i)] = true);
    let mut list = Vec::with_capacity(nodes);
    for (i, linked) in linked.iter().enumerate().take(nodes) {
        let part = root(&mut first, i);
        let takes = !held[part] && fixed(i).is_none() && piping.pressures[i].is_finite();
        held[part] |= takes;
        list.push(linked.then(|| if takes { Some(piping.pressures[i]) } else { fixed(i) }));
    }
    list
}

/// The plan's name behind an id that differs from it.
fn note(id: &str, name: &str) -> String {
    if id == name { String::new() } else { format!(";{}", names::line(name, NAME)) }
}

/// Twelve digits.
fn number(x: f64) -> String {
    let x: f64 = format!("{x:.11e}").parse().unwrap_or(x);
    if x == 0.0 || (1e-4..1e15).contains(&x.abs()) { format!("{x}") } else { format!("{x:e}") }
}
