//! The same racks on other power chains, each solved: AC through double conversion, AC with the UPS in eco mode, 800 V DC.
//!
//! A variant is the plan with some of its elements replaced by one command, so the planner can take it up; nothing about it is a constant of
//! this file but the choice among the entries of the catalog.

mod variant;

pub use variant::{ChainKind, Variant, variants};

use super::stages::{Stages, stages};
use super::{Job, Solved};
use crate::edit::Document;
use crate::plan::{Catalog, Plan};
use crate::solve::{BranchKind, Request};
use crate::units::{Current, Energy, Money, Power};
use std::sync::Arc;

/// A chain, solved.
#[derive(Debug, Clone)]
pub struct ChainVariant {
    /// What it is, and how the plan becomes it.
    pub variant: Variant,
    /// The plan with it, and its answer.
    pub solved: Arc<Solved>,
    /// What the racks take on the way, stage by stage.
    pub stages: Stages,
    /// Conductors of the busways in the normal state.
    pub copper: Copper,
    /// Output of all UPS modules or rectifiers over the rating of all of them; NaN where there are none.
    pub ups_share: f64,
}

/// The current that busways carry, as a measure of their copper.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Copper {
    /// Current of every loaded conductor, summed over all busways: three of a three-phase busway, two poles of a DC busway.
    pub conductors: Current,
    /// The largest current of one busway.
    pub largest: Current,
    /// What heats the busways.
    pub loss: Power,
}

impl ChainVariant {
    /// Energy that the racks' chain loses in a year, from the point of interconnection to the chip: the hourly loss of the chain, of which the
    /// racks' share is that of now, and the loss in the racks, whose share of their power is that of now.
    #[must_use]
    pub fn loss_of_year(&self) -> Energy {
        let outcome = &self.solved.outcome;
        let on_the_way = (self.stages.source - self.stages.racks) / outcome.power.loss;
        let hourly: f64 = outcome.year.hourly.chain_loss.iter().map(|w| w * 3600.0).sum();
        let in_racks = (self.stages.racks - self.stages.chips) / self.stages.racks;
        Energy::from_joules(hourly * on_the_way + outcome.year.it_energy.joules() * in_racks)
    }
    /// What that energy costs at the mean cost of the campus's energy; `None` where that isn't known.
    #[must_use]
    pub fn loss_cost(&self) -> Option<Money> {
        let price = self.solved.outcome.summary.cost_per_energy?.dollars_per_megawatt_hour();
        Some(Money::from_dollars(price * self.loss_of_year().megawatt_hours())).filter(|m| m.is_finite())
    }
}

/// Makes a variant of a plan and solves it, everything in service. What the answer before has in common with it is reused.
///
/// # Errors
/// When the plan can't be changed so: the sentence says why.
pub fn solve_chain(plan: &Arc<Plan>, catalog: &Arc<Catalog>, request: &Request, variant: Variant, previous: Option<&Solved>) -> Result<ChainVariant, String> {
    let plan = match &variant.command {
        None => plan.clone(),
        Some(command) => {
            let mut document = Document::new((**plan).clone());
            document.apply(command, None).map_err(|e| e.to_string())?;
            document.plan().clone()
        }
    };
    let request = Request { out: Vec::new(), ..request.clone() };
    let job = Job { plan: plan.clone(), catalog: catalog.clone(), request, outside: Vec::new() };
    let solved = job.run(previous);
    let stages = stages(&plan, &solved.outcome, None);
    let copper = copper(&plan, catalog, &solved);
    let ups_share = ups_share(&plan, catalog, &solved);
    Ok(ChainVariant { variant, solved: Arc::new(solved), stages, copper, ups_share })
}

fn ups_share(plan: &Plan, catalog: &Catalog, solved: &Solved) -> f64 {
    let installed: f64 = plan.blocks().filter_map(|b| Some(b.converter(catalog)?.rating.watts() * f64::from(b.modules))).sum();
    let ups = solved.outcome.power.branches.iter().filter(|b| b.kind == BranchKind::Ups && b.load.is_finite());
    if installed > 0.0 { ups.map(|b| b.load).sum::<f64>() / installed } else { f64::NAN }
}

fn copper(plan: &Plan, catalog: &Catalog, solved: &Solved) -> Copper {
    let power = &solved.outcome.power;
    let mut sum = Copper::default();
    for b in power.branches.iter().filter(|b| b.kind == BranchKind::Busway && b.current.is_finite()) {
        let dc = power.nodes.get(b.from).is_some_and(|n| plan.dc_voltage(&n.element, catalog).is_some());
        sum.conductors += b.current * if dc { 2.0 } else { 3.0 };
        sum.largest = sum.largest.max(b.current);
        sum.loss += b.loss;
    }
    sum
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::plan::file;
    use crate::session::StageKind;

    fn solved(text: &str) -> Vec<ChainVariant> {
        let plan = Arc::new(file::read(text).unwrap().plan);
        let catalog = Arc::new(Catalog::builtin().unwrap());
        let list = variants(&plan, &catalog);
        list.into_iter().map(|v| solve_chain(&plan, &catalog, &Request::default(), v.unwrap(), None).unwrap()).collect()
    }

    /// One row on two blocks: the planned chain is the double conversion, and the others differ by what the catalog says of their parts.
    #[test]
    fn a_row_on_every_chain() {
        let list = solved(include_str!("../../layouts/row.ron"));
        let kinds: Vec<ChainKind> = list.iter().map(|c| c.variant.kind).collect();
        assert_eq!(kinds, [ChainKind::DoubleConversion, ChainKind::Eco, ChainKind::Rectifier, ChainKind::SolidState]);
        assert!(list[0].variant.command.is_none());
        let chips = list[0].stages.chips;
        for c in &list {
            assert!((c.stages.chips / chips - 1.0).abs() < 1e-9, "{}: the boards draw the same on every chain", c.variant.name);
            assert_eq!(c.solved.outcome.power.lost, crate::solve::Lost::default(), "{}", c.variant.name);
        }
        // By hand from the catalog's coefficients, at the load share x found: eco 0.003 + 0.004 x + 0.003 x², rectifier 0.004 + 0.008 x + 0.008 x².
        for (i, (a, b, g)) in [(0, (0.005, 0.005, 0.015)), (1, (0.003, 0.004, 0.003)), (2, (0.004, 0.008, 0.008))] {
            let ups: Vec<_> = list[i].solved.outcome.power.branches.iter().filter(|b| b.kind == BranchKind::Ups).collect();
            for u in ups {
                let x = u.load / u.rating;
                assert!((u.loss.watts() / u.rating - (a + b * x + g * x * x)).abs() < 1e-9, "{} {}", list[i].variant.name, u.id);
            }
        }
        // A solid-state transformer takes the place of the unit substation.
        assert!(list[3].stages.of(StageKind::Substations).is_none() && list[2].stages.of(StageKind::Substations).is_some());
        assert!(list[1].stages.efficiency() > list[0].stages.efficiency() && list[3].stages.efficiency() > list[0].stages.efficiency());
        // 1 MW takes 1/(√3·415 V·0.98) on each of three conductors, 1/800 V on each of two poles: 40 % less copper current.
        let per_watt = |c: &ChainVariant| c.copper.conductors.amperes() / c.stages.racks.watts();
        let (ac, dc) = (3.0 / (3.0_f64.sqrt() * 415.0 * 0.98), 2.0 / 800.0);
        assert!((per_watt(&list[2]) / per_watt(&list[0]) / (dc / ac) - 1.0).abs() < 0.02, "{} {}", per_watt(&list[2]), per_watt(&list[0]));
        assert!(list.iter().all(|c| c.loss_cost().is_some_and(|m| m.dollars() > 0.0)));
    }

    /// Blocks on raw power get modules for what their transformers give; a plan on DC gets its AC chain back.
    #[test]
    fn a_plan_on_raw_power_and_one_on_direct_current() {
        let text = include_str!("../../layouts/row.ron");
        let raw = solved(&text.replace(r#"ups: "eaton-9395xr-1500", modules: 1, "#, ""));
        assert_eq!(raw[0].variant.kind, ChainKind::AsPlanned);
        assert_eq!(raw.len(), 5);
        assert!(raw[0].stages.of(StageKind::Ups).is_none() && raw[1].stages.of(StageKind::Ups).is_some());
        let catalog = Catalog::builtin().unwrap();
        let dc = &solved(text)[3].solved.plan;
        let back = variants(dc, &catalog);
        assert_eq!(back[0].as_ref().unwrap().kind, ChainKind::SolidState);
        let ac = back.into_iter().map(Result::unwrap).find(|v| v.kind == ChainKind::DoubleConversion).unwrap();
        let made = solve_chain(dc, &Arc::new(catalog), &Request::default(), ac, None).unwrap();
        // 2.5 MW of solid-state transformer become two modules of 1.5 MW: the same as a plan drawn with two.
        let drawn = &solved(&text.replace("modules: 1", "modules: 2"))[0];
        assert!((made.stages.efficiency() / drawn.stages.efficiency() - 1.0).abs() < 1e-9, "{} {}", made.stages.efficiency(), drawn.stages.efficiency());
    }
}
