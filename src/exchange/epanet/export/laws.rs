//! Which elements of EPANET stand for a law.

use super::curves::Curves;
use super::fluid::{Fluid, PipeOf};
use crate::numerics::pipe_network::{Holds, Link};
use std::f64::consts::PI;

/// Velocity with which EPANET begins to iterate, m/s: 1 ft/s.
const START: f64 = 0.3048;
/// Flow by which a valve without flow is drawn, m³/s.
const DRAWN: f64 = 1e-4;
/// A pipe that only joins: length in m, and velocity at the flow as solved in m/s. It loses less than 0.01 Pa.
const JOINT: (f64, f64) = (0.01, 0.1);
/// Roughness of a pipe that only joins, m.
const JOINT_ROUGHNESS: f64 = 1e-6;
/// W in what EPANET calls the power of a pump: it reckons 8.814 ft⁴/s to the horsepower of 0.7457 kW (`getpumpparams` of `input2.c`, `types.h`).
const PUMP_POWER: f64 = 8.814 * 0.3048 * 0.3048 * 0.3048 * 0.3048 / 0.7457;

/// An element of the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Lengths in m; status Open, Closed or CV.
    Pipe { diameter: f64, pipe: PipeOf, status: &'static str },
    /// Kind, diameter in m, setting as written, minor loss coefficient.
    Valve { kind: &'static str, diameter: f64, setting: Setting, minor: f64 },
    /// `HEAD C1` or `POWER 7`, and its speed.
    Pump { head: String, speed: f64 },
}

/// What stands behind the kind of a valve.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Setting {
    Number(f64),
    Curve(String),
}

impl Piece {
    /// Whether EPANET refuses it beside a reservoir.
    pub fn shuns_reservoirs(&self) -> bool {
        matches!(self, Self::Valve { kind: "FCV" | "PRV" | "PSV", .. })
    }

    /// A pipe that loses next to nothing at a flow.
    pub fn joint(q: f64, status: &'static str) -> Self {
        let pipe = PipeOf { length: JOINT.0, roughness: JOINT_ROUGHNESS, minor: 0.0 };
        Self::Pipe { diameter: bore(q, JOINT.1), pipe, status }
    }
}

/// The diameter at which a flow has a velocity, m.
fn bore(q: f64, velocity: f64) -> f64 {
    let q = if q.is_finite() { q.abs().max(DRAWN) } else { DRAWN };
    (4.0 * q / (PI * velocity)).sqrt()
}

/// The elements of a law one behind the other, at the flow as solved.
pub(super) fn pieces(law: &Link, q: f64, fluid: &Fluid, curves: &Curves) -> Vec<Piece> {
    let diameter = bore(q, START);
    let minor = |local: f64| fluid.coefficient(local, diameter);
    let valve = |kind, setting: f64, local: f64| vec![Piece::Valve { kind, diameter, setting: Setting::Number(setting), minor: minor(local) }];
    // Settings of pressure are meters of water.
    let setting = |pressure: f64| pressure / fluid.weight() * fluid.gravity();
    match law {
        Link::Closed => vec![closed(q)],
        Link::Pipe { .. } => pipe(law, q, fluid),
        &Link::Power { r, n } => loss(law, (r, n, 0.0), diameter, fluid, curves),
        &Link::Resistance { r, n, local } => loss(law, (r, n, local), diameter, fluid, curves),
        &Link::Check { r, n } => one_way(q, if r > 0.0 { loss(law, (r, n, 0.0), diameter, fluid, curves) } else { Vec::new() }),
        Link::Table { .. } => vec![curved(law, diameter, curves)],
        &Link::Pump { shutoff, b, speed, .. } => {
            if shutoff == 0.0 && b == 0.0 && speed > 0.0 {
                // A pump without any head is a check valve.
                return one_way(q, Vec::new());
            }
            pump(law, speed, curves)
        }
        &Link::TablePump { speed, .. } => pump(law, speed, curves),
        &Link::PowerPump { power } => vec![Piece::Pump { head: format!("POWER {}", power / (fluid.weight() * PUMP_POWER)), speed: 1.0 }],
        &Link::Breaker { drop, local } => valve("PBV", setting(drop), local),
        &Link::Limiter { flow, local } => valve("FCV", flow * 1e3, local),
        &Link::Regulator { holds, pressure, local } => valve(if holds == Holds::After { "PRV" } else { "PSV" }, setting(pressure), local),
        Link::Forward(inner) => one_way(q, pieces(inner, q, fluid, curves)),
    }
}

fn closed(q: f64) -> Piece {
    Piece::joint(q, "Closed")
}

fn pipe(law: &Link, q: f64, fluid: &Fluid) -> Vec<Piece> {
    let &Link::Pipe { diameter, k, density, .. } = law else { return Vec::new() };
    match fluid.pipe(law, q) {
        Some(pipe) => vec![Piece::Pipe { diameter, pipe, status: "Open" }],
        None => vec![Piece::Valve { kind: "TCV", diameter, setting: Setting::Number(k * density / fluid.density), minor: 0.0 }],
    }
}

/// A loss by a power of the flow: by its square a coefficient, else a curve.
fn loss(law: &Link, (r, n, local): (f64, f64, f64), diameter: f64, fluid: &Fluid, curves: &Curves) -> Vec<Piece> {
    if n == 2.0 || r == 0.0 {
        let setting = Setting::Number(fluid.coefficient(r + local, diameter));
        return vec![Piece::Valve { kind: "TCV", diameter, setting, minor: 0.0 }];
    }
    vec![curved(law, diameter, curves)]
}

fn curved(law: &Link, diameter: f64, curves: &Curves) -> Piece {
    Piece::Valve { kind: "GPV", diameter, setting: Setting::Curve(curves.id(law).unwrap_or_default()), minor: 0.0 }
}

fn pump(law: &Link, speed: f64, curves: &Curves) -> Vec<Piece> {
    vec![Piece::Pump { head: format!("HEAD {}", curves.id(law).unwrap_or_default()), speed }]
}

/// The same elements, flowing forward only: pumps and regulators do so anyway, one pipe by its status, others behind a pipe with a check valve.
fn one_way(q: f64, mut pieces: Vec<Piece>) -> Vec<Piece> {
    if let [Piece::Pipe { status, .. }] = pieces.as_mut_slice() {
        if *status == "Open" {
            *status = "CV";
        }
        return pieces;
    }
    let already = pieces.iter().any(|p| matches!(p, Piece::Pump { .. } | Piece::Valve { kind: "PRV" | "PSV", .. } | Piece::Pipe { status: "CV", .. }));
    if !already {
        pieces.insert(0, Piece::joint(q, "CV"));
    }
    pieces
}
