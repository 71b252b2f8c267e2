//! Hall air at given facility water temperatures.

use super::super::*;
use crate::plan::{AirHandler, Element, Hall};
use crate::solve::{HallAir, RowAir, UnitAir};
use std::sync::Arc;

impl Sides<'_> {
    /// One hall in a round of the coupling: the balance, and the field only where the balance needs it.
    pub(super) fn hall(
        &self,
        hall: &Id,
        supply: &BTreeMap<Id, f64>,
        share: &BTreeMap<Id, BTreeMap<Id, f64>>,
        memo: &mut air::Memo,
        solved: &mut Solved,
        draws: &mut BTreeMap<Id, Vec<Draw>>,
    ) {
        let Some(Element::Hall(element)) = self.plan.get(hall) else { return };
        let answer = memo.solve(self.air_input(element, supply, share), false);
        solved.electric.insert(hall.clone(), element.house.map_or(0.0, Power::watts));
        for (group, units) in self.handlers(hall).zip(&answer.units) {
            let Some(model) = self.catalog.air_handlers(&group.model) else { continue };
            let rho_c = self.primary_rho_c(&group.fws);
            let sum = |of: fn(&air::Unit) -> f64| units.iter().map(of).sum::<f64>();
            let (rate, on) = (sum(|u| u.water), units.len() as f64);
            solved.electric.insert(group.id.clone(), sum(|u| u.fan));
            let consumer =
                fws::Consumer { at: group.at, flow: rate / rho_c, design: model.water_flow.cubic_meters_per_second() * on, drop: model.water_drop.pascals() };
            draws.entry(group.fws.clone()).or_default().push(Draw { id: group.id.clone(), consumer, heat: sum(|u| u.heat), rate });
        }
        let state = self.air_state(hall, &answer);
        solved.cooling.halls.insert(hall.clone(), state);
    }

    /// Every hall with its field, once the water is known.
    pub(in crate::solve::cooling) fn fields(
        &self,
        supply: &BTreeMap<Id, f64>,
        share: &BTreeMap<Id, BTreeMap<Id, f64>>,
        memo: &mut air::Memo,
        solved: &mut Solved,
    ) {
        for hall in self.plan.halls().filter(|h| self.scope.is_none_or(|(s, _)| s.has_hall(&h.id))) {
            let answer = memo.solve(self.air_input(hall, supply, share), true);
            let state = self.air_state(&hall.id, &answer);
            solved.cooling.halls.insert(hall.id.clone(), state);
        }
    }

    /// Handlers of a hall that the catalog knows.
    fn handlers(&self, hall: &Id) -> impl Iterator<Item = &AirHandler> {
        self.sites.get(hall).into_iter().flat_map(|s| &s.handlers).filter_map(|id| match self.plan.get(id) {
            Some(Element::AirHandler(a)) => Some(a),
            _ => None,
        })
    }

    fn air_input(&self, hall: &Hall, supply: &BTreeMap<Id, f64>, share: &BTreeMap<Id, BTreeMap<Id, f64>>) -> air::Input {
        let volume = air::rho_c(hall.supply_air, self.pressure);
        let site = self.sites.get(&hall.id);
        let racks = site.map_or(&[][..], |s| &s.rows).iter().map(|row| self.rack_air(row, volume)).collect();
        let groups = self.handlers(&hall.id).map(|group| {
            let model = self.catalog.air_handlers(&group.model);
            let none = air::Handler { flow: 0.0, fan: 0.0, coil: None };
            air::Group {
                handler: model.map_or(none, |m| air::Handler::new(m, self.primary_rho_c(&group.fws))),
                on: if model.is_some() { self.service.units(&group.id, group.units, group.redundant) as u32 } else { 0 },
                water: supply.get(&group.fws).copied().unwrap_or(f64::NAN),
                share: share.get(&group.fws).and_then(|s| s.get(&group.id)).copied().unwrap_or(1.0),
            }
        });
        air::Input {
            groups: groups.collect(),
            shape: site.map(|s| s.shape.clone()).unwrap_or_default(),
            volume,
            density: volume / air::rho_c(hall.supply_air, Pressure::from_pascals(101_325.0)),
            racks,
            set: hall.supply_air.kelvin(),
            recirculation: hall.recirculation.value(),
            ratio: hall.air_ratio.map(Ratio::value),
        }
    }

    /// Flow and rise of the air of each slot of a row, m³/s and K.
    fn rack_air(&self, row: &Id, volume: f64) -> Vec<(f64, f64)> {
        let Some(Element::Row(row)) = self.plan.get(row) else { return Vec::new() };
        let load = self.loads.rows.get(&row.id);
        let of = |model: &str| {
            let heat = load?.models.get(model)?.air.watts();
            let rise = self.catalog.racks(model)?.air.rise.kelvins();
            (heat > 0.0 && rise > 0.0).then(|| (heat / (rise * volume), rise))
        };
        let known: BTreeMap<&str, (f64, f64)> = row.models().into_keys().filter_map(|m| Some((m, of(m)?))).collect();
        (1..=row.count).map(|slot| row.model_at(slot).and_then(|m| known.get(m)).copied().unwrap_or((0.0, 0.0))).collect()
    }

    fn air_state(&self, hall: &Id, answer: &air::Answer) -> HallAir {
        let (flow, kelvin, watts) = (VolumeFlow::from_cubic_meters_per_second, Temperature::from_kelvin, Power::from_watts);
        let site = self.sites.get(hall);
        let mut fws_flow = 0.0;
        let mut units = BTreeMap::new();
        for (group, list) in self.handlers(hall).zip(&answer.units) {
            let rho_c = self.primary_rho_c(&group.fws);
            fws_flow += list.iter().map(|u| u.water).sum::<f64>() / rho_c;
            let unit = |u: &air::Unit| UnitAir { flow: flow(u.flow), return_: kelvin(u.back), supply: kelvin(u.supply), heat: watts(u.heat) };
            units.insert(group.id.clone(), list.iter().map(unit).collect::<Vec<_>>());
        }
        let mut rows = BTreeMap::new();
        if let (Some(site), Some(field)) = (site, &answer.field) {
            for (i, id) in site.rows.iter().enumerate() {
                rows.insert(id.clone(), RowAir { inlet_k: field.inlets[i].clone(), exhaust_share: field.exhaust[i].clone(), front: site.shape.front(i) });
            }
        }
        let rack_heat = answer.heat;
        let rise = if answer.rack_flow > 0.0 { answer.exhaust - answer.inlet } else { 0.0 };
        let mut state = HallAir {
            convergence: Convergence {
                status: answer.status,
                iterations: answer.iterations,
                residual: answer.residual,
                worst: (answer.status != Status::Converged).then(|| hall.clone()),
            },
            heat: watts(rack_heat),
            capacity: watts(answer.capacity),
            rack_flow: flow(answer.rack_flow),
            handler_flow: flow(answer.handler_flow),
            escapes: Ratio::from_value(answer.escapes),
            supply: kelvin(answer.supply),
            return_: kelvin(answer.back),
            inlet: kelvin(answer.inlet),
            exhaust: kelvin(answer.inlet + rise),
            fan_power: watts(answer.fan),
            fan_speed: answer.speed,
            held: answer.held,
            fws_flow: flow(fws_flow),
            rows,
            units,
            field: answer.field.as_ref().map(|f| Arc::clone(&f.picture)),
            ..HallAir::default()
        };
        self.indices(hall, answer, &mut state);
        state
    }

    /// The warmest rack, and how well cold and hot air are kept apart.
    fn indices(&self, hall: &Id, answer: &air::Answer, state: &mut HallAir) {
        use crate::physics::air_management::{RECOMMENDED, RackAir, rack_cooling_index, return_temperature_index, supply_heat_index};
        let kelvin = Temperature::from_kelvin;
        let mut racks = Vec::new();
        for (id, row) in &state.rows {
            let drawn = self.rack_air(id, answer.volume);
            for (slot, (t, (flow, rise))) in row.inlet_k.iter().zip(drawn).enumerate().filter(|(_, (t, _))| t.is_finite()) {
                racks.push(RackAir { flow, inlet: kelvin(*t), outlet: kelvin(*t + rise) });
                if state.worst.is_none() || *t > state.worst_inlet.kelvin() {
                    (state.worst, state.worst_inlet) = (Some((id.clone(), slot as u32 + 1)), kelvin(*t));
                }
            }
        }
        let Some(Element::Hall(element)) = self.plan.get(hall) else { return };
        if racks.is_empty() {
            return;
        }
        state.shi = supply_heat_index(racks.iter().copied(), state.supply);
        state.rti = return_temperature_index(state.return_ - state.supply, state.exhaust - state.inlet);
        let allowed = (element.class.min_inlet(), element.class.max_inlet());
        (state.rci_hi, state.rci_lo) = rack_cooling_index(racks.iter().map(|r| r.inlet), RECOMMENDED, allowed);
    }
}
