//! Coolant loops at given facility water temperatures.

use super::super::*;
use crate::physics::cold_plate::ColdPlate;
use crate::plan::catalog::RackModel;
use crate::plan::{Cdu, Element, PumpControl, Row};
use crate::solve::Pipes;
use hydraulic::{Answer, Control, Input, Source, Unit};
use std::sync::Arc;
use thermal::{Shared, Stream};

/// Supply temperatures that move less than this between rounds are found, K.
const FOUND: f64 = 1e-7;
/// Rounds between a supply temperature that floats and the flows at it; two or three do.
const FLOATS: usize = 30;

/// What stays the same while the supply temperature of a loop is sought.
struct Given<'a> {
    tcs: &'a Tcs,
    groups: Vec<CduGroup<'a>>,
    rows: Vec<Id>,
    rho_c: f64,
}

impl Sides<'_> {
    fn cdus(&self, tcs: &Tcs, secondary: f64) -> Vec<CduGroup<'_>> {
        let closed = self.service.closed(tcs.id.as_str());
        let group = |c: &'_ Cdu| {
            let model = self.catalog.cdus(&c.model)?;
            let primary = self.plan.get(&c.fws).and_then(|e| if let Element::Fws(f) = e { Some(f) } else { None })?;
            let primary = volumetric(&properties(fluid(primary.coolant), primary.supply));
            let units = units(self.service, c, *model.pumps, closed);
            let running: Vec<f64> = units.iter().filter_map(|u| if let Unit::Runs(share) = u { Some(*share) } else { None }).collect();
            let count = running.len() as f64;
            let rated = model.secondary_flow.cubic_meters_per_second();
            Some((
                model,
                primary,
                count,
                running.iter().sum::<f64>(),
                Source {
                    curve: hydraulic::cdu_curve(*model.secondary_flow, *model.secondary_head),
                    filter: c.filter.map(|f| f.pascals() / (rated * rated)).filter(|r| *r > 0.0),
                    units,
                },
            ))
        };
        let of_loop = self.plan.cdus().filter(|c| c.tcs == tcs.id);
        of_loop
            .filter_map(|c| {
                let (model, primary, count, pumps, source) = group(c)?;
                Some(CduGroup {
                    id: &c.id,
                    fws: &c.fws,
                    exchanger: thermal::exchanger(model, count, secondary, primary).filter(|_| count > 0.0),
                    source,
                    electric: model.electric.watts() * pumps,
                    capacity: model.capacity.watts() * count,
                    drop: model.primary_drop.pascals(),
                    fixed_speed: model.fixed_speed.as_ref().is_some_and(|f| **f),
                    at: c.at,
                })
            })
            .collect()
    }

    fn branches(&self, tcs: &Tcs, at: Point) -> (Vec<Id>, Vec<Branch>) {
        let rows = self.plan.rows().filter(|r| r.tcs.as_ref() == Some(&tcs.id));
        rows.map(|row| {
            let rect = footprint(&Element::Row(row.clone()), self.catalog);
            let width = self.catalog.racks(&row.rack).map_or(0.6, |m| m.size.0.0);
            let racks = (1..=row.count).map(|slot| self.rack(tcs, row, slot)).collect();
            let start = rect.map_or(row.at, |r| Point(at.0.clamp(r.min.0, r.max.0), at.1.clamp(r.min.1, r.max.1)));
            let closed = self.service.closed(&format!("{}/valve", row.id));
            let branch = Branch { lead: at.path_to(start).max(1.0), pitch: row.pitch.map_or(width, Length::meters), racks, closed };
            (row.id.clone(), branch)
        })
        .unzip()
    }

    fn rack(&self, tcs: &Tcs, row: &Row, slot: u32) -> Option<hydraulic::Rack> {
        let key = row.model_at(slot)?;
        let heat = self.loads.rows.get(&row.id).and_then(|l| l.models.get(key)).map_or(0.0, |l| l.liquid.watts());
        let rack = hydraulic::rack(self.catalog.racks(key)?, tcs.supply, fluid(tcs.coolant), heat)?;
        let parted = !self.service.is_whole() && self.service.closed(&format!("{}/{slot}", row.id));
        Some(hydraulic::Rack { parted, ..rack })
    }

    pub(in crate::solve::cooling) fn coolant_loop(
        &self,
        tcs: &Tcs,
        supply: &BTreeMap<Id, f64>,
        share: &BTreeMap<Id, BTreeMap<Id, f64>>,
        memo: &mut LoopMemo,
        solved: &mut Solved,
        draws: &mut BTreeMap<Id, Vec<Draw>>,
    ) {
        let reference: Properties = properties(fluid(tcs.coolant), tcs.supply);
        let rho_c = volumetric(&reference);
        let groups = self.cdus(tcs, rho_c);
        let at = groups.first().map_or(Point::default(), |g| g.at);
        let (rows, branches) = self.branches(tcs, at);
        let mut input = input(tcs, branches, groups.iter().map(|g| g.source.clone()).collect(), &reference);
        let given = Given { tcs, groups, rows, rho_c };
        let streams = |answer: &Answer| -> Vec<Stream> {
            let flows = given.groups.iter().zip(&answer.shares);
            let stream = |(g, flow): (&CduGroup<'_>, &f64)| Stream {
                exchanger: g.exchanger,
                secondary: flow * rho_c,
                fws: supply.get(g.fws).copied().unwrap_or(f64::NAN),
                share: match self.service.closed(&format!("{}/valve", g.id)) {
                    true => 0.0,
                    false => share.get(g.fws).and_then(|s| s.get(g.id)).copied().unwrap_or(1.0),
                },
            };
            flows.map(stream).collect()
        };
        let setpoint = tcs.supply.kelvin();
        let mut answer = memo.solve(input.clone());
        let mut shared = thermal::pass(&streams(&answer), given.duty(&answer), setpoint, tcs.floating);
        for _ in 0..FLOATS {
            let moved = (shared.supply - input.supply).abs();
            if moved <= FOUND || moved.is_nan() {
                break;
            }
            input.supply = shared.supply;
            answer = memo.solve(input.clone());
            shared = thermal::pass(&streams(&answer), given.duty(&answer), setpoint, tcs.floating);
        }
        // The temperature the flows were found at, so that the balances close to the last digit.
        let at_supply = if shared.supply.is_nan() { f64::NAN } else { input.supply };
        for (g, (heat, primary)) in given.groups.iter().zip(&shared.groups) {
            let rate = self.primary_rho_c(g.fws);
            let Some(x) = g.exchanger else { continue };
            let consumer = fws::Consumer { at: g.at, flow: primary / rate, design: x.most / rate, drop: g.drop };
            draws.entry(g.fws.clone()).or_default().push(Draw { id: g.id.clone(), consumer, heat: *heat, rate: *primary });
            solved.electric.insert(g.id.clone(), g.power(answer.speed));
        }
        let state = self.state(&given, &answer, &shared, at_supply, supply);
        solved.cooling.loops.insert(tcs.id.clone(), state);
    }

    fn state(&self, given: &Given<'_>, answer: &Answer, shared: &Shared, at: f64, water: &BTreeMap<Id, f64>) -> LoopState {
        let (tcs, groups) = (given.tcs, &given.groups);
        let heat: f64 = given.rows.iter().filter_map(|r| self.loads.rows.get(r)).map(|l| l.liquid.watts()).sum();
        let secondary = answer.flow * given.rho_c;
        let rate: f64 = shared.groups.iter().map(|(_, rate)| rate).sum();
        let warmth: f64 =
            groups.iter().zip(&shared.groups).filter(|(_, (_, r))| *r > 0.0).map(|(g, (_, r))| r * water.get(g.fws).copied().unwrap_or(f64::NAN)).sum();
        let passed: f64 = shared.groups.iter().map(|(heat, _)| heat).sum();
        let pipes = pipes(given, answer, at);
        // A supply that still moves after so many rounds is not found.
        let status = if (shared.supply - at).abs() > FOUND { Status::Stalled } else { answer.status };
        let worst = answer.worst.and_then(|part| pipes.element(part).cloned()).or_else(|| (status != Status::Converged).then(|| tcs.id.clone()));
        let rows: BTreeMap<Id, RowCoolant> = given.rows.iter().enumerate().map(|(b, id)| (id.clone(), self.row(tcs, id, b, answer, at))).collect();
        let wanted = rows.values().flat_map(|r| &r.wanted).filter(|w| w.is_finite()).sum();
        LoopState {
            convergence: Convergence { status, iterations: answer.iterations, residual: answer.residual, worst },
            flow: VolumeFlow::from_cubic_meters_per_second(answer.flow),
            wanted_flow: VolumeFlow::from_cubic_meters_per_second(wanted),
            head: Pressure::from_pascals(answer.head),
            pump_speed: answer.speed,
            cdu_power: Power::from_watts(groups.iter().map(|g| g.power(answer.speed)).sum()),
            heat: Power::from_watts(heat),
            carried: Power::from_watts(answer.heat),
            passed: Power::from_watts(passed),
            capacity: Power::from_watts(groups.iter().map(|g| g.capacity).sum()),
            supply: Temperature::from_kelvin(at),
            return_: Temperature::from_kelvin(if secondary > 0.0 { at + answer.heat / secondary } else { f64::NAN }),
            held: shared.held || heat <= 0.0,
            dew_point: self.dew_point(&tcs.hall),
            fws_flow: VolumeFlow::from_cubic_meters_per_second(groups.first().map_or(0.0, |g| rate / self.primary_rho_c(g.fws))),
            fws_return: Temperature::from_kelvin(if rate > 0.0 { (warmth + passed) / rate } else { f64::NAN }),
            rows,
            pipes,
        }
    }

    /// The racks of a row; the flows and drops are the network's.
    fn row(&self, tcs: &Tcs, id: &Id, branch: usize, answer: &Answer, supply: f64) -> RowCoolant {
        let Some(Element::Row(row)) = self.plan.get(id) else { return RowCoolant::default() };
        let racks: Vec<_> = (1..=row.count).map(|slot| self.rack(tcs, row, slot)).collect();
        let all = |of: fn(&hydraulic::Rack) -> f64| racks.iter().map(|r| r.as_ref().map_or(f64::NAN, of)).collect();
        let returns = if supply.is_finite() { answer.returns[branch].clone() } else { vec![f64::NAN; racks.len()] };
        let flow = &answer.flows[branch];
        let cases = (1..=row.count).zip(&racks).zip(flow).map(|((slot, rack), flow)| {
            let model = row.model_at(slot).and_then(|m| self.catalog.racks(m));
            model.zip(rack.as_ref()).and_then(|(m, r)| case(m, supply, r.heat, *flow)).unwrap_or(f64::NAN)
        });
        let case_k = cases.collect();
        RowCoolant { flow: flow.clone(), drop: answer.drops[branch].clone(), return_k: returns, wanted: all(|r| r.wanted), heat: all(|r| r.heat), case_k }
    }

    /// Dew point of a hall's air.
    pub(in crate::solve::cooling) fn dew_point(&self, hall: &Id) -> Temperature {
        match self.plan.get(hall) {
            Some(Element::Hall(h)) => {
                h.dew_point.unwrap_or_else(|| MoistAir { dry_bulb: h.supply_air, pressure: self.pressure, humidity_ratio: air::HUMIDITY }.dew_point())
            }
            _ => Temperature::from_kelvin(f64::NAN),
        }
    }
}

/// Case temperature of what a rack's cold plates cool, K. They share the flow as they share the heat.
fn case(model: &RackModel, supply: f64, heat: f64, flow: f64) -> Option<f64> {
    let plates = model.liquid.as_ref()?.cold_plates.as_ref()?;
    let [first, second] = *plates.resistance;
    let plate = ColdPlate::through_points(first, second, *plates.exponent)?;
    let part = plates.share.value() / f64::from(*plates.count);
    let case = plate.case_temperature(Temperature::from_kelvin(supply), Power::from_watts(heat * part), VolumeFlow::from_cubic_meters_per_second(flow * part));
    Some(case.kelvin()).filter(|k| k.is_finite())
}

impl CduGroup<'_> {
    /// Electric power of the units in use, W.
    fn power(&self, speed: f64) -> f64 {
        self.electric * if self.fixed_speed { 1.0 } else { speed.powi(3) }
    }
}

impl Given<'_> {
    /// Heat the CDUs have to pass, W: that of the racks, and what their pumps take.
    fn duty(&self, answer: &Answer) -> f64 {
        answer.heat + self.groups.iter().map(|g| g.power(answer.speed)).sum::<f64>()
    }
}

/// What each CDU of a group does: those out of service first, then those that run, then those that stand by. Lost pumps are taken from the units that
/// run, one unit after the other; a unit without any pump left is out, and a spare one takes its place.
fn units(service: &Service, cdu: &Cdu, pumps: u32, closed: bool) -> Vec<Unit> {
    let on = if closed { 0 } else { service.units(&cdu.id, cdu.units, cdu.redundant) as u32 };
    let out = if closed || service.units(&cdu.id, cdu.units, 0) <= 0.0 { cdu.units } else { service.count(cdu.id.as_str(), cdu.units) };
    let each = pumps.max(1);
    let mut lost = service.count(&format!("{}/pump", cdu.id), cdu.units.saturating_mul(each));
    let (mut units, mut running) = (vec![Unit::Out; out as usize], 0);
    for _ in out..cdu.units {
        let gone = if running < on { lost.min(each) } else { 0 };
        lost -= gone;
        units.push(match (running < on, each - gone) {
            (false, _) => Unit::Spare,
            (true, 0) => Unit::Out,
            (true, left) => {
                running += 1;
                Unit::Runs(f64::from(left) / f64::from(each))
            }
        });
    }
    units
}

fn input(tcs: &Tcs, branches: Vec<Branch>, sources: Vec<Source>, reference: &Properties) -> Input {
    let density = reference.density.kilograms_per_cubic_meter();
    Input {
        supply: tcs.supply.kelvin(),
        reference: tcs.supply.kelvin(),
        branches,
        sources,
        control: match (tcs.control, tcs.difference) {
            (PumpControl::Difference, Some(p)) => Control::Difference(p.pascals()),
            (PumpControl::Full, _) => Control::Full,
            // Without a difference to hold, the flow is held.
            (PumpControl::Flow | PumpControl::Difference, _) => Control::Flow,
        },
        fluid: fluid(tcs.coolant),
        header: tcs.header.meters(),
        roughness: tcs.roughness.meters(),
        reverse: tcs.arrangement == crate::plan::Return::Reverse,
        disconnects: tcs.disconnect_kv.map_or(0.0, |kv| 2.0 * hydraulic::resistance_of_kv(kv, density)),
        valves: tcs.rack_valves,
    }
}

/// The network with the names of its parts; without temperatures where the supply has none.
fn pipes(given: &Given<'_>, answer: &Answer, supply: f64) -> Pipes {
    let mut piping = answer.piping.clone();
    if supply.is_nan() {
        Arc::make_mut(&mut piping).temperatures.fill(f64::NAN);
    }
    Pipes { sources: given.groups.iter().map(|g| g.id.clone()).collect(), consumers: given.rows.clone(), piping }
}
