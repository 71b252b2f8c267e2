//! Rack loads: utilization → power of the parts → power at the AC input, and where the heat goes.
//!
//! ```text
//! part     P = idle + u·(peak − idle)                      u by the part's kind: GPU or CPU utilization
//! rack     P = shelf( node(Σ node parts) + Σ shelf parts ) + Σ input parts,      stage: P_in = (P_out + c)/η
//!          on a DC feed the rack's DC input takes the shelf's place
//! caps     row, then hall, then campus: above its cap, the racks behind it draw  P·cap/ΣP  each
//! heat     liquid = share·P,   air = P − liquid
//! ```

use super::{CapLoad, Loads, RackLoad, RowLoad};
use crate::physics::shelf;
use crate::plan::catalog::{Behind, Part, PartKind, RackModel, Stage};
use crate::plan::{Catalog, Id, Plan, Row};
use crate::units::*;

/// Utilization of a row: its own, else its hall's, else the campus's; times a factor for the hour.
pub(super) fn utilization(plan: &Plan, row: &Row) -> (f64, f64) {
    let hall = plan.get(&row.hall).and_then(|e| if let crate::plan::Element::Hall(h) = e { Some(h) } else { None });
    let campus = plan.workload();
    let pick = |own: Option<Ratio>, hall: Option<Ratio>, campus: Option<Ratio>| own.or(hall).or(campus).map_or(0.0, Ratio::value);
    (pick(row.gpu, hall.and_then(|h| h.gpu), campus.map(|w| w.gpu)), pick(row.cpu, hall.and_then(|h| h.cpu), campus.map(|w| w.cpu)))
}

/// The load of one rack at a GPU and a CPU utilization, on an AC or a DC feed.
pub(super) fn rack(model: &RackModel, gpu: f64, cpu: f64, direct: bool) -> RackLoad {
    let accelerated = *model.gpus > 0;
    let sum = |behind: Behind| -> Power { model.parts.iter().filter(|p| p.behind == behind).map(|p| part(p, gpu, cpu, accelerated)).sum() };
    let (node, shelf_parts, input) = (sum(Behind::Node), sum(Behind::Shelf), sum(Behind::Input));
    let staged = |output: Power, s: &Stage| shelf::staged_input(output, s.units, *s.constant, *s.efficiency, s.stage_at.as_ref().map(|f| **f));
    let at_nodes = model.node_stage.as_ref().map_or(node, |s| staged(node, s));
    let behind_shelf = shelf_parts + at_nodes;
    // Without a stage for DC the rack can't stand on such a feed: a finding says so, and its own shelf is taken.
    let first = model.dc_input.as_ref().filter(|_| direct).unwrap_or(&model.shelf);
    let power = staged(behind_shelf, first) + input;
    let liquid = model.liquid.as_ref().map_or(Power::ZERO, |l| power * *l.share);
    RackLoad { count: 0, power, conversion_loss: power - node - shelf_parts - input, node_loss: at_nodes - node, liquid, air: power - liquid }
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
        let direct = row.dc_voltage(plan, catalog).is_some();
        let mut sum = RowLoad::default();
        for (key, count) in row.models() {
            let Some(model) = catalog.racks(key) else { continue };
            let n = f64::from(count);
            sum.models.insert(key.to_owned(), RackLoad { count, ..rack(model, gpu, cpu, direct) });
            sum.racks += count;
            sum.gpus += u64::from(*model.gpus) * u64::from(count);
            sum.design_power += *model.design_power * n;
            loads.idle_power += rack(model, 0.0, 0.0, direct).power * n;
        }
        sum.uncapped = drawn(&sum);
        loads.rows.insert(row.id.clone(), sum);
    }
    caps(plan, &mut loads);
    total(&mut loads);
    loads
}

/// With rows that are without a share of their power.
pub(super) fn without<'a>(loads: &Loads, dark: impl Iterator<Item = (&'a Id, f64)>) -> Loads {
    let mut loads = loads.clone();
    for (id, share) in dark {
        if let Some(row) = loads.rows.get_mut(id) {
            scale(row, 1.0 - share);
            let left = 1.0 - share;
            (row.power, row.liquid, row.air) = (row.power * left, row.liquid * left, row.air * left);
        }
    }
    loads
}

/// What the racks of a row draw.
fn drawn(row: &RowLoad) -> Power {
    row.models.values().map(|l| l.power * f64::from(l.count)).sum()
}

/// Adds the racks up, by row and over the campus.
fn total(loads: &mut Loads) {
    for sum in loads.rows.values_mut() {
        for load in sum.models.values() {
            let n = f64::from(load.count);
            sum.power += load.power * n;
            sum.liquid += load.liquid * n;
            sum.air += load.air * n;
            loads.conversion_loss += load.conversion_loss * n;
        }
        loads.racks += sum.racks;
        loads.gpus += sum.gpus;
        loads.it_power += sum.power;
        loads.liquid += sum.liquid;
        loads.air += sum.air;
        loads.design_power += sum.design_power;
        loads.uncapped += sum.uncapped;
    }
}

/// Caps of rows, then of halls, then of the campus: each slows the racks behind it alike until they draw the cap.
fn caps(plan: &Plan, loads: &mut Loads) {
    let mut capped: Vec<(&Id, Power, Vec<&Id>)> = plan.rows().filter_map(|r| Some((&r.id, r.cap?, vec![&r.id]))).collect();
    let within = |hall: &Id| plan.rows().filter(|r| r.hall == *hall).map(|r| &r.id).collect();
    capped.extend(plan.halls().filter_map(|h| Some((&h.id, h.cap?, within(&h.id)))));
    capped.extend(plan.campuses().filter_map(|c| Some((&c.id, c.cap?, plan.rows().map(|r| &r.id).collect()))));
    for (id, limit, rows) in &capped {
        let wanted: Power = rows.iter().filter_map(|r| loads.rows.get(*r)).map(drawn).sum();
        let design_power: Power = rows.iter().filter_map(|r| loads.rows.get(*r)).map(|l| l.design_power).sum();
        loads.caps.insert((*id).clone(), CapLoad { cap: *limit, wanted, power: wanted, design_power });
        if wanted > *limit {
            let share = *limit / wanted;
            rows.iter().filter_map(|r| loads.rows.get_mut(*r).map(|l| scale(l, share))).for_each(drop);
        }
    }
    for (id, _, rows) in &capped {
        let power: Power = rows.iter().filter_map(|r| loads.rows.get(*r)).map(drawn).sum();
        if let Some(load) = loads.caps.get_mut(*id) {
            load.power = power;
        }
    }
}

/// Slows the racks of a row alike.
fn scale(row: &mut RowLoad, share: f64) {
    for load in row.models.values_mut() {
        *load = RackLoad {
            count: load.count,
            power: load.power * share,
            conversion_loss: load.conversion_loss * share,
            node_loss: load.node_loss * share,
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
            let total = (rack(cabinet, gpu, cpu, false).power * 74.0).watts() + cdus;
            assert!((total / 1e6 - megawatts).abs() < 0.0005, "{} MW, expected {megawatts}", total / 1e6);
        }
        let loss = |u: f64| rack(cabinet, u, u, false).conversion_loss / rack(cabinet, u, u, false).power;
        assert!((loss(0.0) - 0.0804).abs() < 0.004 && (loss(1.0) - 0.0646).abs() < 0.001, "{} {}", loss(0.0), loss(1.0));
    }

    /// The two stages one by one, by the published chain: node 2,180.48 W, 2,238.25 W behind its converter, 2,335.93 W at its share of a rectifier
    /// that four nodes load. A cabinet has 128 nodes and, behind the same rectifiers, 32 switches of 250 W.
    #[test]
    fn stages_of_a_rack_lose_what_the_published_chain_loses() {
        let catalog = Catalog::builtin().unwrap();
        let load = rack(catalog.racks("frontier-cabinet").unwrap(), 0.79, 0.33, false);
        assert!((load.node_loss.watts() - 128.0 * (2_238.25 - 2_180.48)).abs() < 1.0, "{}", load.node_loss);
        let rectifiers = 128.0 * (2_335.93 - 2_238.25) + 32.0 * 250.0 * (1.0 / 0.96 - 1.0);
        assert!((load.conversion_loss.watts() - load.node_loss.watts() - rectifiers).abs() < 1.5, "{}", load.conversion_loss);
    }

    /// As few converters as may carry the load are on: each one left off saves its constant loss, c/η.
    #[test]
    fn smart_sharing_saves_the_constant_loss_of_what_is_off() {
        let catalog = Catalog::builtin().unwrap();
        let plain = catalog.racks("gb300-nvl72").unwrap();
        let mut smart = plain.clone();
        smart.shelf.stage_at = Some(crate::plan::catalog::Figure(Power::from_kilowatts(4.4), crate::plan::catalog::Confidence::K, "test".to_owned()));
        let (all, few) = (rack(plain, 0.0, 0.0, false), rack(&smart, 0.0, 0.0, false));
        let out = all.power - all.conversion_loss;
        let off = 48.0 - (out.kilowatts() / 4.4).ceil();
        assert!(off > 30.0 && ((all.power - few.power).watts() - off * 10.0 / 0.9786).abs() < 1e-6, "{off}");
    }

    fn plan(rows: &str) -> Plan {
        let text = format!(
            r#"(format: 1, campus: (name: "C", date: "2026-11"), site: (library: "memphis-tn"), workload: (gpu: "100 %", cpu: "100 %", daily_swing: "0 %", peak_hour: 15),
            blocks: [(id: "AC", from: "X", conductor: "c", length: "10 m", transformer: "t", ups: "eaton-9395xr-1500", modules: 1, at: (0.0, 0.0)),
                     (id: "DC", from: "X", conductor: "c", length: "10 m", transformer: "t", ups: "rectifier-800vdc-1500", modules: 1, at: (0.0, 0.0))],
            rows: [{rows}])"#
        );
        crate::plan::file::read(&text).unwrap().plan
    }
    fn row(id: &str, a: &str, more: &str) -> String {
        format!(r#"(id: "{id}", hall: "H1", at: (0.0, 0.0), rack: "gb300-nvl72", count: 4, a: "{a}", busway: "y"{more}),"#)
    }
    const HALL: &str = r#"id: "H1", at: (0.0, 0.0), size: (50.0, 30.0), supply_air: "25 °C", recirculation: "5 %""#;

    /// Caps by hand: four rows of equal racks, wanted w each. A row at w/2; a hall at 3w of the 3.5w left; a campus at 2.4w of those 3w.
    #[test]
    fn caps_act_from_the_row_outward_and_slow_racks_alike() {
        let catalog = Catalog::builtin().unwrap();
        let rows = |first: &str| row("R1", "AC", first) + &row("R2", "AC", "") + &row("R3", "AC", "") + &row("R4", "AC", "");
        let free = solve(&plan(&rows("")), &catalog, 1.0);
        let w = free.rows["R1"].power;
        assert!(free.caps.is_empty() && free.uncapped == free.it_power && (free.it_power / w - 4.0).abs() < 1e-12);
        let capped = rows(&format!(r#", cap: "{}""#, (w / 2.0).to_text()));
        let mut both = plan(&capped);
        let (hall, whole) = (w * 3.0, w * 2.4);
        let with: crate::plan::Hall = crate::plan::file::read_ron(&format!("({HALL}, cap: \"{}\")", hall.to_text())).unwrap();
        both.elements.insert(with.id.clone(), with.into());
        if let Some(crate::plan::Element::Campus(c)) = both.elements.get_mut("campus") {
            c.cap = Some(whole);
        }
        let loads = solve(&both, &catalog, 1.0);
        let near = |a: Power, b: Power| (a / b - 1.0).abs() < 1e-9;
        assert!(near(loads.it_power, whole) && near(loads.uncapped, w * 4.0));
        let (row, hall_cap, campus_cap) = (loads.caps["R1"], loads.caps["H1"], loads.caps["campus"]);
        assert!(near(row.wanted, w) && near(row.throttled(), w / 2.0) && near(row.power, w * 0.5 * 3.0 / 3.5 * 0.8));
        assert!(near(hall_cap.wanted, w * 3.5) && near(hall_cap.throttled(), w * 0.5) && near(hall_cap.power, whole));
        assert!(near(campus_cap.wanted, w * 3.0) && near(campus_cap.throttled(), w * 0.6));
        assert!((campus_cap.oversubscription() - loads.design_power / whole).abs() < 1e-12);
        // Heat follows the power, and no rack is slowed more than another behind the same caps.
        assert!(near(loads.liquid + loads.air, loads.it_power) && loads.rows["R2"].power == loads.rows["R3"].power);
    }

    /// On 800 V DC the claimed 98.5 % of the converter in the rack stand where the AC shelf was.
    #[test]
    fn a_dc_feed_replaces_the_shelf_by_the_dc_input() {
        let catalog = Catalog::builtin().unwrap();
        let loads = solve(&plan(&(row("R1", "AC", "") + &row("R2", "DC", ""))), &catalog, 1.0);
        let (ac, dc) = (loads.rows["R1"].models["gb300-nvl72"], loads.rows["R2"].models["gb300-nvl72"]);
        let out = |l: RackLoad| l.power - l.conversion_loss;
        assert!((out(ac) / out(dc) - 1.0).abs() < 1e-12, "the parts behind draw the same");
        assert!((out(dc) / dc.power - 0.985).abs() < 2e-4, "{}", out(dc) / dc.power);
        assert!((out(ac) / ac.power - 0.975).abs() < 1e-3, "{}", out(ac) / ac.power);
    }
}
