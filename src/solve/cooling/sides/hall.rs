//! Hall air at given facility water temperatures.

use super::super::*;

impl Sides<'_> {
    pub(super) fn hall(
        &self,
        hall: &Id,
        supply: &BTreeMap<Id, f64>,
        share: &BTreeMap<Id, BTreeMap<Id, f64>>,
        solved: &mut Solved,
        draws: &mut BTreeMap<Id, Vec<Draw>>,
    ) {
        let Some(crate::plan::Element::Hall(element)) = self.plan.get(hall) else { return };
        let (mut heat, mut flow_per_rise) = (0.0, 0.0);
        for row in self.plan.rows().filter(|r| &r.hall == hall) {
            let Some(load) = self.loads.rows.get(&row.id) else { continue };
            for (model, l) in &load.models {
                let Some(model) = self.catalog.racks(model) else { continue };
                let q = l.air.watts() * f64::from(l.count);
                heat += q;
                flow_per_rise += q / model.air.rise.kelvins();
            }
        }
        let groups: Vec<_> = self.plan.air_handlers().filter(|a| &a.hall == hall).filter_map(|a| Some((a, self.catalog.air_handlers(&a.model)?))).collect();
        // Groups on different water would need a split of the air; the hall's handlers are taken to share the water of the first group.
        let water = groups.first().map(|(a, _)| a.fws.clone());
        let rho_c = water.as_ref().map_or(f64::NAN, |w| self.primary_rho_c(w));
        let in_use = |a: &crate::plan::AirHandler| self.service.units(&a.id, a.units, a.redundant);
        let handlers = groups.iter().fold(air::Handlers::default(), |h, (a, m)| h.with(m, in_use(a), rho_c));
        let demand = air::Demand {
            heat,
            rise: if flow_per_rise > 0.0 { heat / flow_per_rise } else { 0.0 },
            supply: element.supply_air,
            recirculation: element.recirculation.value().min(0.95),
            pressure: self.pressure,
        };
        let water_t = water.as_ref().and_then(|w| supply.get(w)).copied().unwrap_or(f64::NAN);
        let limit = groups.first().and_then(|(a, _)| share.get(&a.fws).and_then(|s| s.get(&a.id))).copied().unwrap_or(1.0);
        let (mut state, primary) = air::solve(&demand, &handlers, water_t, limit);
        state.fws_flow = VolumeFlow::from_cubic_meters_per_second(if primary > 0.0 { primary / rho_c } else { 0.0 });
        solved.electric.insert(hall.clone(), element.house.map_or(0.0, Power::watts));
        let total: f64 = groups.iter().map(|(a, m)| m.air_flow.cubic_meters_per_second() * in_use(a)).sum();
        let duty = state.heat + state.fan_power;
        for (a, m) in &groups {
            let part = if total > 0.0 { m.air_flow.cubic_meters_per_second() * in_use(a) / total } else { 0.0 };
            solved.electric.insert(a.id.clone(), state.fan_power.watts() * part);
            let consumer = fws::Consumer {
                at: a.at,
                flow: primary * part / rho_c,
                design: m.water_flow.cubic_meters_per_second() * in_use(a),
                drop: m.water_drop.pascals(),
            };
            draws.entry(a.fws.clone()).or_default().push(Draw { id: a.id.clone(), consumer, heat: duty.watts() * part, rate: primary * part });
        }
        solved.cooling.halls.insert(hall.clone(), state);
    }
}
