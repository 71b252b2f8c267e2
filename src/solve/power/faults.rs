//! Short-circuit power, and what the utility sees at the point of interconnection.

use super::BASE;
use super::chain::{Chain, Source};
use super::flow::Flow;
use super::state::State;
use crate::numerics::driving_point::driving_point;
use crate::physics::{short_circuit, voltage_step};
use crate::solve::{BASE_POWER, BranchKind, Fed, Interconnection, PowerFlow};
use crate::units::*;
use nalgebra::Complex;

impl Chain<'_> {
    /// Impedance of each grid connection, per unit: `|Z| = 1/S_sc` at nominal voltage.
    fn grid_impedances(&self, state: &State) -> Vec<(usize, Complex<f64>)> {
        let live = self.plan.grids().filter_map(|g| Some((g, *self.outlet.get(&g.bus)?))).filter(|(_, place)| state.slack[*place]);
        live.filter(|(g, _)| g.short_circuit.volt_amperes() > 0.0)
            .map(|(g, place)| {
                let ratio = g.x_over_r.filter(|r| *r >= 0.0).unwrap_or(short_circuit::X_OVER_R);
                let (r, x) = short_circuit::grid_impedance_pu(g.short_circuit, ratio, BASE_POWER);
                (place, Complex::new(r, x))
            })
            .collect()
    }

    /// Writes down fault levels, points of interconnection and a shortage of supply.
    ///
    /// The fault level is `S_base/|Z|` with loads left out and 1 pu before the fault. When all of the load trips, the voltage behind the grid's impedance
    /// appears at the point of interconnection.
    pub fn interconnections(&self, state: &State, flow: &Flow, result: &mut PowerFlow) {
        let sources = self.grid_impedances(state);
        let mut branches = Vec::with_capacity(self.wires.len());
        for (i, w) in self.wires.iter().enumerate() {
            // Behind a UPS the grid's fault current ends; a standby set is no part of the grid.
            let passes = w.kind != BranchKind::Standby && state.fed[w.branch.from] == Fed::Normal;
            branches.push(crate::numerics::power_flow::Branch { in_service: passes && state.kept[i] > 0.0, ..self.branch(state, i) });
        }
        let seen = driving_point(self.places.len(), &branches, &sources);
        result.fault_levels = seen.iter().map(|z| z.map_or(f64::NAN, |z| BASE / z.norm())).collect();
        for grid in self.plan.grids() {
            let Some(&place) = self.outlet.get(&grid.bus).filter(|p| state.slack[**p] && self.places[**p].source == Source::Grid) else { continue };
            let s = flow.injections[place];
            let z = sources.iter().find(|(p, _)| *p == place).map(|(_, z)| *z);
            result.poi.push(Interconnection {
                grid: grid.id.clone(),
                node: place,
                power: Power::from_watts(s.re * BASE),
                reactive: ReactivePower::from_vars(s.im * BASE),
                short_circuit: grid.short_circuit,
                step: z.map_or(f64::NAN, |z| voltage_step::source_voltage(z.re, z.im, (s.re, s.im), 1.0) - 1.0),
            });
        }
        (result.lost.shortage, result.lost.it) = self.shortage(state, flow);
    }

    /// Facility power that nothing can give, and with it the IT power that isn't served: IT is shed in the proportion in which the facility is short.
    pub fn shortage(&self, state: &State, flow: &Flow) -> (Power, Power) {
        self.shortage_of(state, self.given(state, flow, false).re + state.injected)
    }

    /// The same for a known facility power, W.
    pub fn shortage_of(&self, state: &State, facility: f64) -> (Power, Power) {
        let short = facility - self.capacity(state);
        let dark = Power::from_watts(state.lost[0]);
        if facility <= 0.0 || short <= 1.0 {
            return (Power::ZERO, dark);
        }
        let served = self.it - dark.watts();
        (Power::from_watts(short), dark + Power::from_watts(served * (short / facility).min(1.0)))
    }
}
