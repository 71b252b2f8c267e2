//! Redundancy as wired: both cords on one block, uneven pairs, a reserve that can't stand in for a primary block.

use super::{Finding, Fix, Review, Rule, Severity};
use crate::edit::{Command, RedundancyScheme};
use crate::physics::redundancy;
use crate::plan::{Element, Id, Row};
use crate::units::*;
use std::collections::{BTreeMap, BTreeSet};

/// How far above the mean of all pairs the fullest one may be. Judgment: a 4-to-make-3 system loaded to 75 % has no more than this to give.
const UNEVEN: f64 = 0.1;

pub(super) fn check(review: &mut Review<'_>) {
    single_points(review);
    pair_balance(review);
    reserves(review);
}

/// Both cords on one block: the second one helps against nothing but a pulled plug.
fn single_points(review: &mut Review<'_>) {
    for element in review.plan.elements.values() {
        let feeds: Vec<&Id> = element.references().into_iter().filter(|(f, _, _)| matches!(*f, "a" | "b")).map(|(_, id, _)| id).collect();
        let [a, b] = feeds.as_slice() else { continue };
        if a == b && matches!(review.plan.get(a), Some(Element::Block(_))) {
            let message = format!("{}: both feeds are on {}, which is a single point of failure", element.name(), review.name(a));
            review.say(Severity::Warning, "single-point", element.id(), message, "feed its B side from another block");
        }
    }
}

/// What a row stands on in the normal state, in W: its design power, or its cap where that is less.
fn planned(review: &Review<'_>, row: &Row) -> f64 {
    let design = review.outcome.loads.rows.get(&row.id).map_or(0.0, |l| l.design_power.watts());
    design.min(row.cap.map_or(f64::INFINITY, Power::watts))
}

/// Whether one side of a dual-corded row stands by: then the side that carries and the one that does not.
fn standby(row: &Row) -> Option<(&Id, &Id)> {
    let b = row.b.as_ref()?;
    match row.share_a.value() {
        s if s >= 1.0 => Some((&row.a, b)),
        s if s <= 0.0 => Some((b, &row.a)),
        _ => None,
    }
}

/// Blocks that hang together by the rows they share.
struct Shared<'a> {
    blocks: BTreeSet<&'a Id>,
    /// Rows by pair of blocks.
    pairs: BTreeMap<(&'a Id, &'a Id), Vec<&'a Row>>,
}

/// Rows and power on each pair of blocks that share dual-corded rows, grouped by blocks that hang together.
fn systems<'a>(review: &Review<'a>) -> Vec<Shared<'a>> {
    let is_block = |id: &Id| matches!(review.plan.get(id), Some(Element::Block(_)));
    let mut pairs: BTreeMap<(&Id, &Id), Vec<&Row>> = BTreeMap::new();
    for row in review.plan.rows().filter(|r| standby(r).is_none()) {
        let Some(b) = row.b.as_ref().filter(|b| **b != row.a && is_block(b) && is_block(&row.a)) else { continue };
        let pair = if row.a < *b { (&row.a, b) } else { (b, &row.a) };
        pairs.entry(pair).or_default().push(row);
    }
    let mut groups: Vec<BTreeSet<&Id>> = Vec::new();
    for (a, b) in pairs.keys() {
        let (touching, mut others): (Vec<_>, Vec<_>) = groups.into_iter().partition(|g| g.contains(a) || g.contains(b));
        let mut joined: BTreeSet<&Id> = touching.into_iter().flatten().collect();
        joined.extend([*a, *b]);
        others.push(joined);
        groups = others;
    }
    groups.sort();
    let within = |g: &BTreeSet<&Id>| pairs.iter().filter(|((a, _), _)| g.contains(a)).map(|(k, v)| (*k, v.clone())).collect();
    groups.into_iter().map(|g| Shared { pairs: within(&g), blocks: g }).collect()
}

/// In a distributed system (three blocks or more that share rows) the fullest pair decides what one lost block leaves.
fn pair_balance(review: &mut Review<'_>) {
    for Shared { blocks, pairs } in systems(review) {
        if blocks.len() < 3 {
            continue;
        }
        let power = |rows: &Vec<&Row>| rows.iter().map(|r| planned(review, r)).sum::<f64>();
        let sums: Vec<f64> = pairs.values().map(power).collect();
        let mean = sums.iter().sum::<f64>() / sums.len() as f64;
        let (least, most) = sums.iter().fold((f64::INFINITY, 0.0_f64), |(l, m), s| (l.min(*s), m.max(*s)));
        let heaviest = pairs.values().flatten().map(|r| planned(review, r)).fold(0.0, f64::max);
        // Rows come in one piece: pairs within one row of each other can't be made more even by moving one.
        if most <= mean * (1.0 + UNEVEN) || most - least <= heaviest * (1.0 + 1e-9) {
            continue;
        }
        let Some(((a, b), _)) = pairs.iter().find(|(_, rows)| power(rows) >= most) else { continue };
        let n = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
        let message = format!(
            "the rows on {} and {} take {} at design power, {:.0} % above the mean of the {} pairs used among {n} blocks",
            review.name(a),
            review.name(b),
            show(Power::from_watts(most), System::Si),
            (most / mean - 1.0) * 100.0,
            pairs.len(),
        );
        let share = redundancy::usable(n, n - 1).percent();
        let hint = format!("spread the rows over all {} pairs: evenly loaded, {share:.0} % of each block can be used", redundancy::pairs(n));
        let rows: BTreeSet<Id> = pairs.values().flatten().map(|r| r.id.clone()).collect();
        let ids: Vec<Id> = rows.into_iter().collect();
        let command = Command::Redundancy { ids, scheme: RedundancyScheme::Distributed, blocks: blocks.iter().map(|b| (*b).clone()).collect(), reserve: None };
        review.findings.push(Finding {
            severity: Severity::Warning,
            rule: "pair-balance",
            subjects: vec![(*a).clone(), (*b).clone()],
            field: None,
            message,
            hint,
            fixes: vec![Fix { label: "Spread the rows".to_owned(), command }],
            accepted: None,
        });
    }
}

/// A reserve must carry the largest primary block behind it, on top of what it carries anyway. Losses of the busways are left out.
fn reserves(review: &mut Review<'_>) {
    let loads = review.outcome.loads.clone();
    let power = |row: &Row| loads.rows.get(&row.id).map_or(0.0, |l| l.power.megawatts());
    let mut behind: BTreeMap<&Id, BTreeMap<&Id, f64>> = BTreeMap::new();
    let mut own: BTreeMap<&Id, f64> = BTreeMap::new();
    for row in review.plan.rows() {
        match (standby(row), &row.b) {
            (Some((primary, reserve)), _) => {
                *behind.entry(reserve).or_default().entry(primary).or_default() += power(row);
                *own.entry(primary).or_default() += power(row);
            }
            (None, Some(b)) => {
                *own.entry(&row.a).or_default() += power(row) * row.share_a.value();
                *own.entry(b).or_default() += power(row) * (1.0 - row.share_a.value());
            }
            (None, None) => *own.entry(&row.a).or_default() += power(row),
        }
    }
    for (reserve, primaries) in behind {
        let Some(Element::Block(block)) = review.plan.get(reserve) else { continue };
        let Some((primary, most)) = primaries.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a }) else { continue };
        let working = f64::from(block.modules.saturating_sub(block.redundant));
        let rating = match block.converter(review.catalog) {
            Some(module) => module.rating.megawatts() * working,
            None => review.catalog.transformers(&block.transformer).map_or(f64::NAN, |t| t.rating.megavolt_amperes() * f64::from(block.transformers)),
        };
        let condition = format!("with {} lost", review.name(primary));
        review.limit(Rule {
            rule: "reserve-small",
            id: format!("{reserve}/reserve"),
            element: reserve,
            quantity: "load moved to the reserve",
            condition: &condition,
            used: most,
            capacity: (rating - own.get(reserve).copied().unwrap_or(0.0)).max(0.0),
            unit: "MW",
            hint: "give the reserve more UPS modules, or put less on the primary block",
            fix: super::one_more(reserve, "modules", block.modules, "Add a UPS module").filter(|_| block.ups.is_some()),
            soft: false,
        });
    }
}
