//! What an outage is called and how it ends, in words.

use crate::checks::Standing;
use crate::plan::{Id, Plan};
use crate::solve::{Failure, Outage, Overheat, PowerFlow, Status};
use crate::ui::view::View;
use std::collections::HashMap;

/// How an outage ends, and how that stands.
#[must_use]
pub fn ending(f: &Failure) -> (&'static str, Standing) {
    let felt = f.heat.as_ref().is_some_and(Overheat::is_felt);
    let overloaded = f.overloads.iter().any(|o| o.risen);
    match f.status {
        _ if f.survived && f.on_battery.is_some() => ("survived on batteries", Standing::Near),
        _ if f.survived && !f.standby.is_empty() => ("survived on sets", Standing::Ok),
        _ if f.survived => ("survived", Standing::Ok),
        Status::Converged if overloaded && f.lost.it.watts() <= 0.5 && f.lost.shortage.watts() <= 0.5 && f.dark.is_empty() && !felt => {
            ("overloads", Standing::Near)
        }
        Status::Converged if f.lost.it.watts() > 0.5 => ("loses IT power", Standing::Broken),
        Status::Converged if f.heat.as_ref().is_some_and(|h| !h.uncooled.is_empty()) => ("racks uncooled", Standing::Broken),
        Status::Converged if f.heat.as_ref().is_some_and(|h| !h.hot.is_empty()) => ("racks too hot", Standing::Broken),
        Status::Converged if f.lost.shortage.watts() > 0.5 => ("short of power", Standing::Broken),
        Status::Converged => ("units dark", Standing::Broken),
        Status::Stalled | Status::Diverged | Status::Singular => ("no solution", Standing::Broken),
    }
}

/// What something out is, in a word.
fn kind(plan: &Plan, power: &PowerFlow, outage: &Outage) -> &'static str {
    let branch = power.branches.iter().find(|b| b.id == outage.of);
    branch.map(|b| b.kind.label()).or_else(|| plan.get(&Id::from(outage.of.as_str())).map(|e| e.kind().label())).unwrap_or("other")
}

/// What every branch is, by its name: looked up once for a whole list.
pub(super) type Names<'a> = HashMap<&'a str, &'static str>;

/// The names of all branches.
pub(super) fn names(power: &PowerFlow) -> Names<'_> {
    power.branches.iter().map(|b| (b.id.as_str(), b.kind.label())).collect()
}

/// The kinds of what is out in a failure.
pub(super) fn kinds<'a>(plan: &'a Plan, names: &'a Names<'_>, f: &'a Failure) -> impl Iterator<Item = &'static str> + 'a {
    let element = |o: &Outage| plan.get(&Id::from(o.of.as_str())).map_or("other", |e| e.kind().label());
    f.outages.iter().map(move |o| names.get(o.of.as_str()).copied().unwrap_or_else(|| element(o)))
}

/// An outage for people: `H1B02: unit substation`.
#[must_use]
pub fn named(plan: &Plan, power: &PowerFlow, outage: &Outage) -> String {
    let element = outage.of.split('/').next().unwrap_or(&outage.of);
    let name = plan.get(&Id::from(element)).map_or(element, |e| e.name());
    let part = outage.of.split('/').nth(1).map_or("", |_| kind(plan, power, outage));
    let units = outage.units.map_or_else(String::new, |n| format!(", {n} of its units"));
    if part.is_empty() { format!("{name}{units}") } else { format!("{name} {part}{}{units}", side(&outage.of)) }
}

/// Names longer than this give way to the id, so that what is out can be read in a column.
const LONGEST: usize = 22;

fn short(plan: &Plan, element: &str) -> String {
    plan.get(&Id::from(element)).map(|e| e.name()).filter(|n| n.chars().count() <= LONGEST).unwrap_or(element).to_owned()
}

/// The side of a busway: `H1-R01/A` is on side A.
fn side(of: &str) -> String {
    of.split('/').nth(1).filter(|s| s.len() == 1).map_or_else(String::new, |s| format!(" {s}"))
}

/// The elements and parts that are out: `H1B02: one of 4 UPS modules`.
#[must_use]
pub fn what(plan: &Plan, f: &Failure) -> String {
    let words: Vec<&str> = f.what.split(" and ").collect();
    let single = |(i, o): (usize, &Outage)| {
        let element = o.of.split('/').next().unwrap_or_default();
        format!("{}: {}{}", short(plan, element), words.get(i).copied().unwrap_or(""), side(&o.of))
    };
    f.outages.iter().enumerate().map(single).collect::<Vec<_>>().join("  +  ")
}

/// A branch for people: `H3B05 unit substation`.
#[must_use]
pub fn branch_name(plan: &Plan, power: &PowerFlow, branch: usize) -> String {
    power.branches.get(branch).map_or_else(|| "—".to_owned(), |b| format!("{} {}{}", short(plan, b.element.as_str()), b.kind.label(), side(&b.id)))
}

/// Everything a line says that one may look for.
pub(super) fn says(view: &View<'_>, power: &PowerFlow, f: &Failure) -> String {
    let branch =
        loaded(f).map_or_else(String::new, |(b, _)| format!("{} {}", power.branches.get(b).map_or("", |b| b.id.as_str()), branch_name(view.plan, power, b)));
    let mut reached: Vec<&str> = f.dark.iter().map(Id::as_str).collect();
    reached.extend(f.heat.iter().flat_map(|h| h.hot.iter().chain(&h.uncooled)).map(|(id, _)| id.as_str()));
    format!("{} {} {branch} {} {}", f.name(), what(view.plan, f), ending(f).0, reached.join(" "))
}

/// The branch loaded most: what the outage overloads comes before what was overloaded anyway. None where nothing carries anything.
pub(super) fn loaded(f: &Failure) -> Option<(usize, f64)> {
    let risen = f.overloads.iter().filter(|o| o.risen).max_by(|a, b| a.loading().total_cmp(&b.loading())).map(|o| (o.branch, o.loading()));
    risen.or(f.highest).filter(|(_, l)| *l > IDLE)
}

/// Less than this share of a rating is no load: what is left of a campus that is dark.
const IDLE: f64 = 0.005;

/// What is out when more goes out as well: of several alike in parallel the units add up.
#[must_use]
pub fn together(out: &[Outage], more: &[Outage]) -> Vec<Outage> {
    let mut all = out.to_vec();
    for outage in more {
        match all.iter_mut().find(|o| o.of == outage.of) {
            Some(same) => same.units = same.units.zip(outage.units).map(|(a, b)| a.saturating_add(b)),
            None => all.push(outage.clone()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_go_out_one_by_one_add_up() {
        let of = |names: &[&str]| names.iter().map(|n| Outage::parse(n)).collect::<Vec<_>>();
        assert_eq!(together(&of(&["B1/ups#1"]), &of(&["B1/ups#1"])), of(&["B1/ups#2"]));
        assert_eq!(together(&of(&["B1/ups#1"]), &of(&["B1/ups"])), of(&["B1/ups"]));
        assert_eq!(together(&of(&["T1"]), &of(&["T2"])), of(&["T1", "T2"]));
    }
}
