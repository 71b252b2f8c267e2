//! The network of an [`Inp`] in the terms of [`crate::numerics::pipe_network`].
//!
//! Pressures of the network are heads times the weight of the fluid, `w = 1000·SG·g` with `g = 32.2 ft/s²`, so that all losses are those of the reference
//! program. Coefficients, for heads in feet and flows in ft³/s (EPANET 2.2 manual, table 12.1; `resistcoeff` and `tcvcoeff` of its `hydcoeffs.c`):
//!
//! ```text
//! Hazen–Williams   h = 4.727 C^−1.852 d^−4.871 L q^1.852
//! Chezy–Manning    h = (4 n/(1.49 π d²))² (d/4)^−1.333 L q²
//! Darcy–Weisbach   h = f L/d v²/2g          f: crate::numerics::pipe_network::friction_factor
//! minor loss, TCV  h = K v²/2g
//! ```

use super::elements::weight;
use super::options::FOOT;
use super::{Formula, Inp, Link, LinkKind, NodeKind, PumpHead, ValveKind};
use crate::numerics::pipe_network::{self as hydraulics, Holds, Network, pump_curve};
use std::f64::consts::PI;
use std::sync::Arc;

/// The network of a file as it stands at hour 0, for those who want to solve it themselves.
///
/// # Errors
/// A sentence that names the element that can't be built.
pub fn network(inp: &Inp) -> Result<Network, String> {
    build(inp).map(|built| built.network)
}

/// A network, and what of it belongs to which element.
#[derive(Clone)]
pub(super) struct Built {
    pub network: Network,
    pub weight: f64,
    /// Links that stand in it the other way round.
    pub turned: Vec<bool>,
    /// Junction and link of each emitter.
    pub emitters: Vec<(usize, usize)>,
    /// Links whose flow is no more than a formality.
    pub formal: Vec<bool>,
}

pub(super) fn build(inp: &Inp) -> Result<Built, String> {
    let weight = weight(inp.gravity);
    let mut network = Network { nodes: inp.nodes.iter().map(|node| hydraulic_node(node, weight)).collect(), links: Vec::with_capacity(inp.links.len()) };
    let mut tables = Tables { inp, weight, pumps: vec![None; inp.curves.len()], losses: vec![None; inp.curves.len()] };
    let mut turned = vec![false; inp.links.len()];
    for (link, turned) in inp.links.iter().zip(&mut turned) {
        let law = if link.closed { hydraulics::Link::Closed } else { law(&mut tables, link)? };
        let (law, backward) = toward_tanks(inp, link, law);
        *turned = backward;
        network.links.push(if backward { (link.to, link.from, law) } else { (link.from, link.to, law) });
    }
    let mut emitters = Vec::new();
    for (i, node) in inp.nodes.iter().enumerate() {
        if let NodeKind::Junction { emitter, exponent, .. } = node.kind
            && emitter > 0.0
        {
            emitters.push((i, network.links.len()));
            let outside = network.nodes.len();
            network.nodes.push(hydraulics::Node { demand: 0.0, fixed: Some(node.elevation * weight) });
            network.links.push((i, outside, hydraulics::Link::Resistance { r: emitter * weight, n: exponent, local: 0.0 }));
        }
    }
    let formal = vec![false; network.links.len()];
    Ok(Built { network, weight, turned, emitters, formal })
}

fn hydraulic_node(node: &super::Node, weight: f64) -> hydraulics::Node {
    match node.kind {
        NodeKind::Junction { demand, .. } => hydraulics::Node { demand, fixed: None },
        NodeKind::Reservoir => hydraulics::Node { demand: 0.0, fixed: Some(node.elevation * weight) },
        NodeKind::Tank { level, .. } => hydraulics::Node { demand: 0.0, fixed: Some((node.elevation + level) * weight) },
    }
}

/// A link at an empty tank takes nothing out of it, one at a full tank brings nothing in. Also tells whether the link then stands turned round.
fn toward_tanks(inp: &Inp, link: &Link, law: hydraulics::Link) -> (hydraulics::Link, bool) {
    let state = |node: usize| match inp.nodes[node].kind {
        NodeKind::Tank { empty, full, .. } => (empty, full),
        _ => (false, false),
    };
    let ((from_empty, from_full), (to_empty, to_full)) = (state(link.from), state(link.to));
    let (forward, backward) = (!from_empty && !to_full, !to_empty && !from_full);
    use hydraulics::Link as Law;
    let one_way = matches!(law, Law::Forward(_) | Law::Check { .. } | Law::Pump { .. } | Law::TablePump { .. } | Law::PowerPump { .. } | Law::Regulator { .. });
    match (forward, backward) {
        (true, true) => (law, false),
        (true, false) if one_way => (law, false),
        (true, false) => (Law::Forward(Arc::new(law)), false),
        (false, true) if !one_way && !matches!(law, Law::Closed | Law::Breaker { .. }) => {
            // A limiter limits forward flow only.
            let law = if let Law::Limiter { local, .. } = law { Law::Resistance { r: 0.0, n: 2.0, local } } else { law };
            (Law::Forward(Arc::new(law)), true)
        }
        (false, _) => (Law::Closed, false),
    }
}

type Points = Arc<[(f64, f64)]>;

/// Curves as tables of the network, made once for all links that share one.
struct Tables<'a> {
    inp: &'a Inp,
    weight: f64,
    pumps: Vec<Option<Points>>,
    losses: Vec<Option<Points>>,
}

impl Tables<'_> {
    fn points(&self, curve: usize) -> impl Iterator<Item = (f64, f64)> + '_ {
        let units = &self.inp.units;
        self.inp.curves[curve].iter().map(|(x, y)| (x * units.flow, y * units.length() * self.weight))
    }

    fn pump(&mut self, curve: usize) -> Points {
        let made = self.pumps[curve].clone().unwrap_or_else(|| self.points(curve).collect());
        self.pumps[curve].get_or_insert(made).clone()
    }

    fn loss(&mut self, curve: usize) -> Points {
        let made = self.losses[curve].clone().unwrap_or_else(|| {
            let origin = self.inp.curves[curve].first().is_some_and(|p| p.0 > 0.0).then_some((0.0, 0.0));
            origin.into_iter().chain(self.points(curve)).collect()
        });
        self.losses[curve].get_or_insert(made).clone()
    }
}

fn law(tables: &mut Tables<'_>, link: &Link) -> Result<hydraulics::Link, String> {
    match link.kind {
        LinkKind::Pipe { length, diameter, roughness, minor, check } => {
            let law = pipe(tables.inp, tables.weight, length, diameter, roughness, minor);
            Ok(if check { hydraulics::Link::Forward(Arc::new(law)) } else { law })
        }
        LinkKind::Pump { head, speed } => pump(tables, link, head, speed),
        LinkKind::Valve { kind, diameter, minor, setting } => Ok(valve(tables, link, kind, (diameter, minor), setting)),
    }
}

/// Pa/(m³/s)² of a loss coefficient on the velocity head.
fn local(inp: &Inp, coefficient: f64, diameter: f64) -> f64 {
    let area = PI * diameter * diameter / 4.0;
    coefficient * 1e3 * inp.gravity / (2.0 * area * area)
}

fn pipe(inp: &Inp, weight: f64, length: f64, diameter: f64, roughness: f64, minor: f64) -> hydraulics::Link {
    let (feet, d) = (length / FOOT, diameter / FOOT);
    let cubic_feet = FOOT.powi(3);
    let resistance = |r: f64, n: f64| {
        let r = r * FOOT * weight / cubic_feet.powf(n);
        hydraulics::Link::Resistance { r, n, local: local(inp, minor, diameter) }
    };
    match inp.formula {
        Formula::HazenWilliams => resistance(4.727 * feet * roughness.powf(-1.852) * d.powf(-4.871), 1.852),
        Formula::ChezyManning => resistance((4.0 * roughness / (1.49 * PI * d * d)).powi(2) * (d / 4.0).powf(-1.333) * feet, 2.0),
        Formula::DarcyWeisbach => {
            let density = 1e3 * inp.gravity;
            hydraulics::Link::Pipe { diameter, length, roughness, k: minor, density, viscosity: inp.viscosity * density }
        }
    }
}

/// One point makes a parabola with a shutoff head of 4/3 of it, three from no flow on a power law, others a line (EPANET 2.2 manual, section 3.2).
fn pump(tables: &mut Tables<'_>, link: &Link, head: PumpHead, speed: f64) -> Result<hydraulics::Link, String> {
    let sentence = |what: &str| format!("line {}: pump `{}`: {what}", link.line, link.id);
    let curve = match head {
        // The head of a constant power scales with the speed as the reference program has it, r·ω³ (its exponent is −1).
        PumpHead::Power(power) => return Ok(if speed > 0.0 { hydraulics::Link::PowerPump { power: power * speed.powi(3) } } else { hydraulics::Link::Closed }),
        PumpHead::Curve(curve) => curve,
    };
    let points: Vec<(f64, f64)> = tables.points(curve).take(4).collect();
    let (shutoff, b, n) = match *points.as_slice() {
        [] => return Err(sentence("its curve has no points")),
        [(q, h)] if q > 0.0 && h > 0.0 => (4.0 / 3.0 * h, h / (3.0 * q * q), 2.0),
        [_] => return Err(sentence("the point of its curve must have a flow and a head above zero")),
        [(0.0, shutoff), first, second] => {
            pump_curve(shutoff, first, second).ok_or_else(|| sentence("no falling power curve goes through the points of its curve"))?
        }
        _ => {
            let points = tables.pump(curve);
            let falls = points[0].0 >= 0.0 && points.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 > w[1].1);
            if !falls {
                return Err(sentence("the head of its curve must fall while the flow rises"));
            }
            return Ok(hydraulics::Link::TablePump { points, speed });
        }
    };
    Ok(hydraulics::Link::Pump { shutoff, b, n, speed })
}

fn valve(tables: &mut Tables<'_>, link: &Link, kind: ValveKind, (diameter, minor): (f64, f64), setting: Option<f64>) -> hydraulics::Link {
    let (inp, weight) = (tables.inp, tables.weight);
    let local_of = |coefficient: f64| local(inp, coefficient, diameter);
    let open = local_of(minor);
    let head = |node: usize, setting: f64| (inp.nodes[node].elevation + setting) * weight;
    match (kind, setting) {
        (ValveKind::Gpv, Some(curve)) => hydraulics::Link::Table { points: tables.loss(curve as usize) },
        (_, None) => hydraulics::Link::Resistance { r: 0.0, n: 2.0, local: open },
        (ValveKind::Tcv, Some(coefficient)) => hydraulics::Link::Resistance { r: 0.0, n: 2.0, local: local_of(coefficient) },
        (ValveKind::Fcv, Some(flow)) => hydraulics::Link::Limiter { flow, local: open },
        (ValveKind::Pbv, Some(drop)) => hydraulics::Link::Breaker { drop: drop * weight, local: open },
        (ValveKind::Prv, Some(set)) => hydraulics::Link::Regulator { holds: Holds::After, pressure: head(link.to, set), local: open },
        (ValveKind::Psv, Some(set)) => hydraulics::Link::Regulator { holds: Holds::Before, pressure: head(link.from, set), local: open },
    }
}
