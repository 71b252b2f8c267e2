//! How the rows of a hall are secured: what of the installed UPS may be used, what is used, how even the pairs are, and another scheme.

use super::live::Reading;
use super::{State, show_readings};
use crate::physics::redundancy;
use crate::plan::{Block, Element, Hall, Id, Row};
use crate::solve::{BranchKind, Outcome};
use crate::ui::panels::parts;
use crate::ui::redundancy::form;
use crate::ui::view::{Action, View};
use crate::units::{Power, System, show};
use egui::Ui;
use std::collections::{BTreeMap, BTreeSet};

/// The section of the inspector.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, hall: &Hall, state: &mut State, actions: &mut Vec<Action>) {
    let rows: Vec<&Row> = view.plan.rows().filter(|r| r.hall == hall.id).collect();
    if rows.is_empty() {
        return;
    }
    parts::heading(ui, "Redundancy");
    if let Some(solved) = view.solved {
        show_readings(ui, &readings(view, &solved.outcome, &rows));
    }
    egui::CollapsingHeader::new("Change the scheme…").id_salt("redundancy").show(ui, |ui| {
        if let Some(command) = form(ui, view, std::slice::from_ref(&hall.id), &mut state.scheme) {
            actions.push(Action::Apply(command, None));
        }
    });
}

/// As what the rows are wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wired {
    Single,
    TwoN,
    Distributed,
    Catcher,
    Mixed,
}

/// The other end of a block's rows: by pair of blocks the power on it at design, W.
fn pairs<'a>(outcome: &Outcome, rows: &[&'a Row]) -> BTreeMap<(&'a Id, &'a Id), f64> {
    let mut sums: BTreeMap<(&Id, &Id), f64> = BTreeMap::new();
    for row in rows {
        let Some(b) = row.b.as_ref().filter(|b| **b != row.a) else { continue };
        let pair = if row.a < *b { (&row.a, b) } else { (b, &row.a) };
        *sums.entry(pair).or_default() += outcome.loads.rows.get(&row.id).map_or(0.0, |l| l.design_power.watts());
    }
    sums
}

fn wired(rows: &[&Row]) -> Wired {
    let dual = rows.iter().filter(|r| r.b.as_ref().is_some_and(|b| *b != r.a)).count();
    if dual == 0 {
        return Wired::Single;
    }
    if dual < rows.len() {
        return Wired::Mixed;
    }
    let standby = rows.iter().filter(|r| r.share_a.value() >= 1.0 || r.share_a.value() <= 0.0).count();
    if standby > 0 {
        return if standby == rows.len() { Wired::Catcher } else { Wired::Mixed };
    }
    let mut partners: BTreeMap<&Id, BTreeSet<&Id>> = BTreeMap::new();
    for row in rows {
        if let Some(b) = &row.b {
            partners.entry(&row.a).or_default().insert(b);
            partners.entry(b).or_default().insert(&row.a);
        }
    }
    if partners.values().all(|p| p.len() == 1) { Wired::TwoN } else { Wired::Distributed }
}

fn readings(view: &View<'_>, outcome: &Outcome, rows: &[&Row]) -> Vec<Reading> {
    let u = view.system;
    let fed: BTreeSet<&Id> = rows.iter().flat_map(|r| std::iter::once(&r.a).chain(&r.b)).collect();
    let blocks: Vec<&Block> = fed.iter().filter_map(|id| if let Some(Element::Block(b)) = view.plan.get(id) { Some(b) } else { None }).collect();
    let n = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
    let scheme = wired(rows);
    let (name, share) = match scheme {
        Wired::Single => ("one feed a row".to_owned(), 1.0),
        Wired::TwoN => ("2N, two full paths".to_owned(), redundancy::usable(2, 1).value()),
        // Only where every pair is used does a lost block spread over all others.
        Wired::Distributed if pairs(outcome, rows).len() as u64 == redundancy::pairs(n) => {
            (format!("distributed, {n} to make {}", n.saturating_sub(1)), redundancy::usable(n, n.saturating_sub(1)).value())
        }
        Wired::Distributed => (format!("in pairs over {n} blocks"), f64::NAN),
        Wired::Catcher => (format!("catcher, {} and a reserve", n.saturating_sub(1)), redundancy::usable(n, n.saturating_sub(1)).value()),
        Wired::Mixed => ("mixed: rows differ in their feeds".to_owned(), f64::NAN),
    };
    let mut list = vec![Reading::new("Wired as", name).why("How the rows of this hall hang on their blocks")];
    list.extend(capacity(outcome, view, &blocks, share, u));
    if scheme == Wired::Distributed {
        list.extend(balance(outcome, rows, n, u));
    }
    list
}

/// Installed UPS output, what of it may be used in this scheme, and what is.
fn capacity(outcome: &Outcome, view: &View<'_>, blocks: &[&Block], share: f64, u: System) -> Vec<Reading> {
    let (mut installed, mut working, mut load, mut with) = (0.0, 0.0, 0.0, 0);
    for b in blocks {
        let Some(model) = b.converter(view.catalog) else { continue };
        with += 1;
        installed += model.rating.watts() * f64::from(b.modules);
        working += model.rating.watts() * f64::from(b.modules - b.redundant.min(b.modules));
        let branches = outcome.power.of_element.get(&b.id).into_iter().flatten().filter_map(|i| outcome.power.branches.get(*i));
        load += branches.filter(|x| x.kind == BranchKind::Ups && x.load.is_finite()).map(|x| x.load).sum::<f64>();
    }
    if installed <= 0.0 {
        return vec![Reading::new("UPS", "none: the racks stand on raw power")];
    }
    let watts = Power::from_watts;
    // A scheme of blocks with and without UPS says nothing about the UPS.
    let usable = if with == blocks.len() { working * share } else { f64::NAN };
    let of = if with == blocks.len() { format!("{with} blocks") } else { format!("{with} of {} blocks", blocks.len()) };
    let mut list = vec![Reading::new("UPS installed", format!("{} in {of}", show(watts(installed), u)))];
    if usable.is_finite() {
        list.push(
            Reading::new("Usable", format!("{} ({})", show(watts(usable), u), parts::percent(usable / installed)))
                .why("What may be carried in the normal state so that a lost block (or spare module) leaves no rack dark, blocks taken as equal"),
        );
        list.push(Reading::of("Used of it", watts(load), watts(usable), u).why("UPS output now, cooling on these blocks included"));
    } else {
        list.push(Reading::of("UPS output", watts(load), watts(working), u).why("Now, cooling on these blocks included; spare modules left out of the rating"));
    }
    list
}

/// How evenly the rows are spread over the pairs of blocks.
fn balance(outcome: &Outcome, rows: &[&Row], n: u32, u: System) -> Option<Reading> {
    let sums = pairs(outcome, rows);
    let mean = sums.values().sum::<f64>() / sums.len() as f64;
    let ((a, b), most) = sums.iter().max_by(|x, y| x.1.total_cmp(y.1))?;
    let least = sums.values().copied().fold(f64::INFINITY, f64::min);
    let above = most / mean - 1.0;
    let lines: Vec<String> = sums.iter().take(16).map(|((a, b), w)| format!("{a} and {b}: {}", show(Power::from_watts(*w), u))).collect();
    let text = if most - least < 1.0 { "even".to_owned() } else { format!("fullest {a} and {b}, {:.0} % above the mean", above * 100.0) };
    Some(
        Reading::new("Pair balance", format!("{} of {} pairs used, {text}", sums.len(), redundancy::pairs(n)))
            .why(format!("Design power of the rows by pair of blocks. The fullest pair decides what a lost block leaves\n{}", lines.join("\n"))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::file;

    fn scheme(feeds: &[(&str, &str, &str)]) -> Wired {
        let rows: String = feeds
            .iter()
            .enumerate()
            .map(|(i, (a, b, more))| {
                let b = if b.is_empty() { String::new() } else { format!(r#", b: "{b}""#) };
                format!(r#"(id: "R{i}", hall: "H1", at: (0.0, 0.0), rack: "gb300-nvl72", count: 4, a: "{a}"{b}, busway: "y"{more}),"#)
            })
            .collect();
        let text = format!(
            r#"(format: 1, campus: (name: "C", date: "2026-11"), site: (library: "memphis-tn"), workload: (gpu: "100 %", cpu: "100 %"), rows: [{rows}])"#
        );
        let plan = file::read(&text).unwrap().plan;
        wired(&plan.rows().collect::<Vec<_>>())
    }

    #[test]
    fn schemes_are_told_from_the_feeds() {
        assert_eq!(scheme(&[("A", "", ""), ("B", "", "")]), Wired::Single);
        assert_eq!(scheme(&[("A", "B", ""), ("C", "D", "")]), Wired::TwoN);
        assert_eq!(scheme(&[("A", "B", ""), ("B", "C", ""), ("A", "C", "")]), Wired::Distributed);
        assert_eq!(scheme(&[("A", "R", ", share_a: \"100 %\""), ("B", "R", ", share_a: \"100 %\"")]), Wired::Catcher);
        assert_eq!(scheme(&[("A", "B", ""), ("A", "", "")]), Wired::Mixed);
        assert_eq!(scheme(&[("A", "A", "")]), Wired::Single);
    }
}
