//! Coolant loops at given facility water temperatures.

use super::super::*;

impl Sides<'_> {
    fn cdus(&self, tcs: &Id, secondary: f64) -> Vec<CduGroup<'_>> {
        self.plan
            .cdus()
            .filter(|c| &c.tcs == tcs)
            .filter_map(|c| {
                let model = self.catalog.cdus(&c.model)?;
                let units = self.service.units(&c.id, c.units, c.redundant);
                let primary = self.plan.get(&c.fws).and_then(|e| if let crate::plan::Element::Fws(f) = e { Some(f) } else { None })?;
                let primary = volumetric(&properties(fluid(primary.coolant), primary.supply));
                Some(CduGroup {
                    id: &c.id,
                    fws: &c.fws,
                    exchanger: thermal::exchanger(model, units, secondary, primary),
                    curve: hydraulic::cdu_curve(*model.secondary_flow, *model.secondary_head),
                    units,
                    electric: model.electric.watts() * units,
                    capacity: model.capacity.watts() * units,
                    drop: model.primary_drop.pascals(),
                    fixed_speed: model.fixed_speed.as_ref().is_some_and(|f| **f),
                    at: c.at,
                })
            })
            .filter(|g| g.units > 0.0)
            .collect()
    }

    fn branches(&self, tcs: &Tcs, at: Point, supply: Temperature) -> (Vec<Id>, Vec<Branch>) {
        self.plan
            .rows()
            .filter(|r| r.tcs.as_ref() == Some(&tcs.id))
            .map(|row| {
                let rect = footprint(&crate::plan::Element::Row(row.clone()), self.catalog);
                let width = self.catalog.racks(&row.rack).map_or(0.6, |m| m.size.0.0);
                let racks =
                    (1..=row.count).map(|slot| row.model_at(slot).and_then(|m| self.catalog.racks(m)).and_then(|m| hydraulic::rack(m, supply))).collect();
                let start = rect.map_or(row.at, |r| Point(at.0.clamp(r.min.0, r.max.0), at.1.clamp(r.min.1, r.max.1)));
                let branch = Branch { lead: at.path_to(start).max(1.0), pitch: row.pitch.map_or(width, Length::meters), racks };
                (row.id.clone(), branch)
            })
            .unzip()
    }

    pub(super) fn coolant_loop(
        &self,
        tcs: &Tcs,
        supply: &BTreeMap<Id, f64>,
        share: &BTreeMap<Id, BTreeMap<Id, f64>>,
        memo: &mut LoopMemo,
        solved: &mut Solved,
        draws: &mut BTreeMap<Id, Vec<Draw>>,
    ) {
        let fluid: Properties = properties(fluid(tcs.coolant), tcs.supply);
        let rho_c = volumetric(&fluid);
        let groups = self.cdus(&tcs.id, rho_c);
        let at = groups.first().map_or(Point::default(), |g| g.at);
        let (rows, branches) = self.branches(tcs, at, tcs.supply);
        let heat: f64 = rows.iter().filter_map(|r| self.loads.rows.get(r)).map(|l| l.liquid.watts()).sum();
        let wanted: f64 = branches.iter().flat_map(|b| b.racks.iter().flatten()).map(|r| r.wanted).sum();
        let pumps = groups.iter().flat_map(|g| std::iter::repeat_n(g.curve, g.units as usize)).collect();
        let input = hydraulic::input(branches, tcs.header, tcs.roughness, tcs.arrangement, &fluid, pumps);
        let answer = remembered(memo, input);
        let cdu_power: f64 = groups.iter().map(|g| g.electric * if g.fixed_speed { 1.0 } else { answer.speed.powi(3) }).sum();
        let secondary = answer.flow * rho_c;
        let duty = heat + cdu_power;

        // Groups in parallel share the stream by what they are rated for; in practice a loop has one.
        let rated: f64 = groups.iter().filter_map(|g| g.exchanger).map(|x| x.ua).sum();
        let (mut warmest, mut held, mut fws_rate, mut fws_heat_t) = (tcs.supply.kelvin(), !groups.is_empty(), 0.0, 0.0);
        for g in &groups {
            let Some(x) = g.exchanger else {
                held = false;
                continue;
            };
            let part = x.ua / rated;
            let fws_t = supply.get(g.fws).copied().unwrap_or(f64::NAN);
            let limit = share.get(g.fws).and_then(|s| s.get(g.id)).copied().unwrap_or(1.0);
            let run = thermal::operate(&x, duty * part, secondary * part, fws_t, tcs.supply.kelvin(), limit);
            warmest = if run.supply.is_nan() { f64::NAN } else { warmest.max(run.supply) };
            held &= run.held;
            fws_rate += run.primary;
            fws_heat_t += run.primary * fws_t;
            let primary = self.primary_rho_c(g.fws);
            let consumer = fws::Consumer { at: g.at, flow: run.primary / primary, design: x.most / primary, drop: g.drop };
            draws.entry(g.fws.clone()).or_default().push(Draw { id: g.id.clone(), consumer, heat: duty * part, rate: run.primary });
            solved.electric.insert(g.id.clone(), g.electric * if g.fixed_speed { 1.0 } else { answer.speed.powi(3) });
        }
        let mut state = LoopState {
            convergence: Convergence {
                status: answer.status,
                iterations: answer.iterations,
                residual: answer.residual,
                worst: answer.worst.and_then(|w| rows.get(w).cloned()).or_else(|| (answer.status != Status::Converged).then(|| tcs.id.clone())),
            },
            flow: VolumeFlow::from_cubic_meters_per_second(answer.flow),
            wanted_flow: VolumeFlow::from_cubic_meters_per_second(wanted),
            head: Pressure::from_pascals(answer.head),
            pump_speed: answer.speed,
            cdu_power: Power::from_watts(cdu_power),
            heat: Power::from_watts(heat),
            capacity: Power::from_watts(groups.iter().map(|g| g.capacity).sum()),
            supply: Temperature::from_kelvin(if groups.is_empty() { f64::NAN } else { warmest }),
            return_: Temperature::from_kelvin(if secondary > 0.0 { warmest + heat / secondary } else { f64::NAN }),
            held: held || heat <= 0.0,
            fws_flow: VolumeFlow::from_cubic_meters_per_second(groups.first().map_or(0.0, |g| fws_rate / self.primary_rho_c(g.fws))),
            fws_return: Temperature::from_kelvin(if fws_rate > 0.0 { fws_heat_t / fws_rate + duty / fws_rate } else { f64::NAN }),
            rows: BTreeMap::new(),
            pipes: super::super::super::Pipes {
                sources: groups.iter().map(|g| g.id.clone()).collect(),
                consumers: rows.clone(),
                piping: answer.piping.clone(),
            },
        };
        self.rows(&rows, &answer, rho_c, state.supply.kelvin(), &mut state.rows, tcs.supply);
        solved.cooling.loops.insert(tcs.id.clone(), state);
    }

    fn rows(&self, rows: &[Id], answer: &hydraulic::Answer, rho_c: f64, supply: f64, out: &mut BTreeMap<Id, RowCoolant>, setpoint: Temperature) {
        for (b, id) in rows.iter().enumerate() {
            let (Some(crate::plan::Element::Row(row)), Some(load)) = (self.plan.get(id), self.loads.rows.get(id)) else { continue };
            let mut coolant = RowCoolant { flow: answer.flows[b].clone(), drop: answer.drops[b].clone(), ..RowCoolant::default() };
            for slot in 1..=row.count {
                let model = row.model_at(slot);
                let heat = model.and_then(|m| load.models.get(m)).map_or(f64::NAN, |l| l.liquid.watts());
                let flow = coolant.flow[slot as usize - 1];
                coolant.return_k.push(if flow > 0.0 { supply + heat / (flow * rho_c) } else { f64::NAN });
                coolant.wanted.push(model.and_then(|m| self.catalog.racks(m)).and_then(|m| hydraulic::rack(m, setpoint)).map_or(f64::NAN, |r| r.wanted));
            }
            out.insert(id.clone(), coolant);
        }
    }
}

fn remembered(memo: &mut LoopMemo, input: hydraulic::Input) -> hydraulic::Answer {
    let found = memo.iter().rposition(|(known, _)| *known == input);
    let answer = match found {
        Some(place) => memo.remove(place).1,
        None => hydraulic::solve(&input),
    };
    memo.push((input, answer.clone()));
    answer
}
