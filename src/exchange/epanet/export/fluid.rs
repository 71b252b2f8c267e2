//! One fluid for all pipes.

use super::super::elements::weight;
use crate::numerics::pipe_network::{Link, friction_factor};
use std::f64::consts::PI;

/// Water of 20 °C where there is no pipe: IAPWS R7-97 and R12-08 as NIST prints them, 998.2 kg/m³ and 1.0016 mPa·s.
const WATER: Fluid = Fluid { density: 998.2, viscosity: 1.003_4e-6 };
/// Loss below which a pipe's coefficient is left as it is, Pa: what is next to nothing would only make it huge.
const NEGLIGIBLE: f64 = 1e-3;
/// Roughness that stands for a smooth pipe, m: EPANET wants it above zero.
const SMOOTH: f64 = 1e-10;

/// The fluid EPANET is told of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fluid {
    /// kg/m³.
    pub density: f64,
    /// Kinematic viscosity, m²/s.
    pub viscosity: f64,
}

/// A pipe in terms of the reference fluid: lengths in m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PipeOf {
    pub length: f64,
    pub roughness: f64,
    pub minor: f64,
}

impl Fluid {
    /// The least density and the least kinematic viscosity of any pipe, so that every other loses more and its correction is a loss too.
    pub fn of<'a>(laws: impl Iterator<Item = &'a Link>) -> Self {
        let mut least: Option<Self> = None;
        for law in laws {
            let law = if let Link::Forward(inner) = law { inner.as_ref() } else { law };
            if let Link::Pipe { density, viscosity, .. } = *law {
                let known = least.unwrap_or(Self { density, viscosity: viscosity / density });
                least = Some(Self { density: known.density.min(density), viscosity: known.viscosity.min(viscosity / density) });
            }
        }
        least.unwrap_or(WATER)
    }

    /// Pa in a meter of head, with EPANET's gravity.
    pub fn weight(&self) -> f64 {
        weight(self.gravity())
    }

    /// Density over that of water as EPANET means it.
    pub fn gravity(&self) -> f64 {
        self.density / 1e3
    }

    /// The coefficient on the velocity head of a loss of `local` Pa/(m³/s)² at a diameter.
    pub fn coefficient(&self, local: f64, diameter: f64) -> f64 {
        let area = PI * diameter * diameter / 4.0;
        local * 2.0 * area * area / self.density
    }

    /// A pipe ([`Link::Pipe`]) that loses at the flow `q` with this fluid what it loses with its own; `None` for other laws and pipes without a length.
    pub fn pipe(&self, law: &Link, q: f64) -> Option<PipeOf> {
        let &Link::Pipe { diameter, length, roughness, k, density, viscosity } = law else { return None };
        if length <= 0.0 {
            return None;
        }
        let roughness = roughness.max(SMOOTH);
        let v = q.abs() / (PI * diameter * diameter / 4.0);
        let (ratio, slenderness) = (density / self.density, length / diameter);
        let friction = |viscosity: f64| friction_factor(v * diameter / viscosity, roughness / diameter) * slenderness;
        let own = if v > 0.0 { (friction(viscosity / density) + k) * ratio } else { 0.0 };
        if own * self.density * v * v / 2.0 < NEGLIGIBLE {
            return Some(PipeOf { length, roughness, minor: k * ratio });
        }
        let theirs = friction(self.viscosity);
        if own >= theirs {
            return Some(PipeOf { length, roughness, minor: own - theirs });
        }
        Some(PipeOf { length: length * own / theirs, roughness, minor: 0.0 })
    }
}
