//! Rack loads: utilization → power of the parts → power at the AC input, and where the heat goes.
//!
//! ```text
//! part     P = idle + u·(peak − idle)                      u by the part's kind: GPU or CPU utilization
//! rack     P = shelf( node(Σ node parts) + Σ shelf parts ) + Σ input parts,      stage: P_in = (P_out + c)/η
//! heat     liquid = share·P,   air = P − liquid
//! ```

use super::{Loads, RackLoad, RowLoad};
use crate::physics::shelf;
use crate::plan::catalog::{Behind, Part, PartKind, RackModel, Stage};
use crate::plan::{Catalog, Plan, Row};
use crate::units::*;
use std::collections::BTreeMap;

/// Utilization of a row: its own, else its hall's, else the campus's; times a factor for the hour.
pub(super) fn utilization(plan: &Plan, row: &Row) -> (f64, f64) {
    let hall = plan.get(&row.hall).and_then(|e| if let crate::plan::Element::Hall(h) = e { Some(h) } else { None });
    let campus = plan.workload();
    let pick = |own: Option<Ratio>, hall: Option<Ratio>, campus: Option<Ratio>| own.or(hall).or(campus).map_or(0.0, Ratio::value);
    (pick(row.gpu, hall.and_then(|h| h.gpu), campus.map(|w| w.gpu)), pick(row.cpu, hall.and_then(|h| h.cpu), campus.map(|w| w.cpu)))
}

/// The load of one rack at a GPU and a CPU utilization.
pub(super) fn rack(model: &RackModel, gpu: f64, cpu: f64) -> RackLoad {
    let accelerated = *model.gpus > 0;
    let sum = |behind: Behind| -> Power { model.parts.iter().filter(|p| p.behind == behind).map(|p| part(p, gpu, cpu, accelerated)).sum() };
    let (node, shelf_parts, input) = (sum(Behind::Node), sum(Behind::Shelf), sum(Behind::Input));
    let staged = |output: Power, s: &Stage| shelf::staged_input(output, s.units, *s.constant, *s.efficiency, s.stage_at.as_ref().map(|f| **f));
    let behind_shelf = shelf_parts + model.node_stage.as_ref().map_or(node, |s| staged(node, s));
    let power = staged(behind_shelf, &model.shelf) + input;
    let liquid = model.liquid.as_ref().map_or(Power::ZERO, |l| power * *l.share);
    RackLoad { count: 0, power, conversion_loss: power - node - shelf_parts - input, liquid, air: power - liquid }
}

fn part(part: &Part, gpu: f64, cpu: f64, accelerated: bool) -> Power {
    let u = match part.kind {
        PartKind::Gpu => gpu,
        PartKind::Cpu => cpu,
        _ if accelerated => gpu,
        _ => cpu,
    };
    (*part.idle + (*part.peak - *part.idle) * u) * f64::from(part.count)
}

/// Loads of every row, with the utilization scaled by `factor` (and held at one).
pub(super) fn solve(plan: &Plan, catalog: &Catalog, factor: f64) -> Loads {
    let mut loads = Loads::default();
    for row in plan.rows() {
        let (gpu, cpu) = utilization(plan, row);
        let (gpu, cpu) = ((gpu * factor).min(1.0), (cpu * factor).min(1.0));
        let mut sum = RowLoad::default();
        let mut models = BTreeMap::new();
        for (key, count) in row.models() {
            let Some(model) = catalog.racks(key) else { continue };
            let n = f64::from(count);
            models.insert(key.to_owned(), RackLoad { count, ..rack(model, gpu, cpu) });
            sum.racks += count;
            sum.gpus += u64::from(*model.gpus) * u64::from(count);
            sum.design_power += *model.design_power * n;
            loads.idle_power += rack(model, 0.0, 0.0).power * n;
        }
        cap(row, &mut models);
        for load in models.values() {
            let n = f64::from(load.count);
            sum.power += load.power * n;
            sum.liquid += load.liquid * n;
            sum.air += load.air * n;
            loads.conversion_loss += load.conversion_loss * n;
        }
        sum.models = models;
        loads.racks += sum.racks;
        loads.gpus += sum.gpus;
        loads.it_power += sum.power;
        loads.liquid += sum.liquid;
        loads.air += sum.air;
        loads.design_power += sum.design_power;
        loads.rows.insert(row.id.clone(), sum);
    }
    loads
}

/// A cap on the row slows its racks alike until the row draws the cap.
fn cap(row: &Row, models: &mut BTreeMap<String, RackLoad>) {
    let total: Power = models.values().map(|l| l.power * f64::from(l.count)).sum();
    let Some(limit) = row.cap.filter(|c| total > *c) else { return };
    let share = limit / total;
    for load in models.values_mut() {
        *load = RackLoad {
            count: load.count,
            power: load.power * share,
            conversion_loss: load.conversion_loss * share,
            liquid: load.liquid * share,
            air: load.air * share,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frontier by the public RAPS configuration, convention A (validation cases, O1): node powers and 74 cabinets, CDUs left out.
    #[test]
    fn frontier_cabinets_reproduce_the_published_chain() {
        let catalog = Catalog::builtin().unwrap();
        let cabinet = catalog.racks("frontier-cabinet").unwrap();
        let cdus = 25.0 * 8_473.47;
        for (gpu, cpu, megawatts) in [(0.0, 0.0, 7.3065), (0.79, 0.33, 22.9545), (1.0, 1.0, 28.2279)] {
            let total = (rack(cabinet, gpu, cpu).power * 74.0).watts() + cdus;
            assert!((total / 1e6 - megawatts).abs() < 0.0005, "{} MW, expected {megawatts}", total / 1e6);
        }
        let loss = |u: f64| rack(cabinet, u, u).conversion_loss / rack(cabinet, u, u).power;
        assert!((loss(0.0) - 0.0804).abs() < 0.004 && (loss(1.0) - 0.0646).abs() < 0.001, "{} {}", loss(0.0), loss(1.0));
    }
}
