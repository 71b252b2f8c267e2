//! What is out of service, what could be, and the words for it.

use crate::plan::{Element, Id, Plan};
use crate::solve::{BranchKind, Outage, PowerFlow};
use crate::ui::widgets::count;
use crate::units::{System, show};

/// Something that can be taken out of service and restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// Name of the branch or element, as outages have it.
    pub of: String,
    /// The element that a click on it selects.
    pub element: Id,
    /// How many alike are in parallel.
    pub units: u32,
    /// What one of them is: "transformer", "module".
    pub unit: &'static str,
}

impl Switch {
    /// Of a branch.
    #[must_use]
    pub fn of_branch(flow: &PowerFlow, branch: usize) -> Option<Self> {
        let b = flow.branches.get(branch)?;
        let unit = match b.kind {
            BranchKind::Transformer | BranchKind::Substation => "transformer",
            BranchKind::Feeder | BranchKind::BlockFeeder => "cable",
            BranchKind::Ups => "module",
            BranchKind::Busway => "busway",
            BranchKind::Standby => "set",
        };
        Some(Self { of: b.id.clone(), element: b.element.clone(), units: b.units, unit })
    }
    /// Of an element of the plan, where it can be switched as a whole.
    #[must_use]
    pub fn of_element(plan: &Plan, id: &Id) -> Option<Self> {
        let (units, unit) = match plan.get(id)? {
            Element::Transformer(t) => (t.units, "transformer"),
            Element::Feeder(f) => (f.parallel, "cable"),
            Element::Generator(g) => (g.units, "unit"),
            Element::Battery(b) => (b.units, "unit"),
            Element::Bus(_) | Element::Grid(_) | Element::Block(_) | Element::Row(_) => (1, "unit"),
            _ => return None,
        };
        Some(Self { of: id.to_string(), element: id.clone(), units, unit })
    }

    /// Whether an outage is of this, or of a part of it.
    #[must_use]
    pub fn concerns(&self, outage: &Outage) -> bool {
        outage.of == self.of || outage.of.strip_prefix(self.of.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }
    /// Whether any of it is out.
    #[must_use]
    pub fn is_out(&self, out: &[Outage]) -> bool {
        out.iter().any(|o| self.concerns(o))
    }
    /// Whether all of it is out.
    #[must_use]
    pub fn is_all_out(&self, out: &[Outage]) -> bool {
        out.iter().any(|o| o.of == self.of && o.units.is_none_or(|n| n >= self.units))
    }
    /// How many of its units are out.
    #[must_use]
    pub fn units_out(&self, out: &[Outage]) -> u32 {
        out.iter().filter(|o| o.of == self.of).map(|o| o.units.unwrap_or(self.units)).max().unwrap_or(0).min(self.units)
    }

    /// The list with all of it out.
    #[must_use]
    pub fn fail(&self, out: &[Outage]) -> Vec<Outage> {
        let mut list = self.restore(out);
        list.push(Outage::whole(self.of.clone()));
        list
    }
    /// The list with one unit more of it out.
    #[must_use]
    pub fn fail_one(&self, out: &[Outage]) -> Vec<Outage> {
        let n = self.units_out(out) + 1;
        let mut list: Vec<Outage> = out.iter().filter(|o| o.of != self.of).cloned().collect();
        list.push(if n >= self.units { Outage::whole(self.of.clone()) } else { Outage::units(self.of.clone(), n) });
        list
    }
    /// The list without it and its parts.
    #[must_use]
    pub fn restore(&self, out: &[Outage]) -> Vec<Outage> {
        out.iter().filter(|o| !self.concerns(o)).cloned().collect()
    }
    /// Takes it out, or brings it back.
    #[must_use]
    pub fn toggle(&self, out: &[Outage]) -> Vec<Outage> {
        if self.is_all_out(out) { self.restore(out) } else { self.fail(out) }
    }
}

/// An outage for people: `H1B02/ups`, or `2 of T1`. Parts of the cooling side have words of their own.
#[must_use]
pub fn name(outage: &Outage) -> String {
    if let Some(words) = outage.of.split_once('/').and_then(|(element, part)| cooling_part(element, part, outage.units)) {
        return words;
    }
    match outage.units {
        Some(n) => format!("{n} of {}", outage.of),
        None => outage.of.clone(),
    }
}

/// A part of the cooling side: a pump, a valve, a piece of the mains, a rack. Parts of the power chain have other names.
fn cooling_part(element: &str, part: &str, units: Option<u32>) -> Option<String> {
    if let Some(number) = part.strip_prefix("main/") {
        return Some(format!("main {number} of {element} shut off"));
    }
    match (part, units) {
        ("pump", None) => Some(format!("all pumps of {element}")),
        ("pump", Some(1)) => Some(format!("one pump of {element}")),
        ("pump", Some(n)) => Some(format!("{n} pumps of {element}")),
        ("valve", _) => Some(format!("valve of {element} closed")),
        (slot, _) if slot.bytes().all(|b| b.is_ascii_digit()) => Some(format!("rack {slot} of {element} parted")),
        _ => None,
    }
}

/// What is out, in a few words.
#[must_use]
pub fn out_text(out: &[Outage]) -> String {
    const NAMED: usize = 4;
    let mut names: Vec<String> = out.iter().take(NAMED).map(name).collect();
    if out.len() > NAMED {
        names.push(format!("{} more", out.len() - NAMED));
    }
    format!("Out: {}.", names.join(", "))
}

/// What is lost by it, in a few words.
#[must_use]
pub fn lost_text(flow: &PowerFlow, system: System) -> String {
    let lost = &flow.lost;
    let mut parts = Vec::new();
    if lost.it.watts() > 0.5 || lost.racks > 0 {
        parts.push(format!("Lost: {}, {}.", show(lost.it, system), counted(lost.racks.into(), "rack")));
    } else if flow.dark.is_empty() {
        parts.push("No IT power lost.".to_owned());
    } else {
        parts.push(format!("No racks lost; {} without power.", counted(flow.dark.len() as u64, "machine")));
    }
    if lost.shortage.watts() > 0.5 {
        parts.push(format!("Short of supply: {}.", show(lost.shortage, system)));
    }
    if !flow.standby.is_empty() {
        parts.push(format!("On standby sets: {}.", counted(flow.standby.len() as u64, "block")));
    }
    parts.join(" ")
}

fn counted(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{} {what}s", count(n)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ups() -> Switch {
        Switch { of: "B1/ups".to_owned(), element: Id::from("B1"), units: 3, unit: "module" }
    }
    fn block() -> Switch {
        Switch { of: "B1".to_owned(), element: Id::from("B1"), units: 1, unit: "unit" }
    }

    #[test]
    fn units_fail_one_by_one_until_all_are_out() {
        let mut out = vec![Outage::whole("T1")];
        out = ups().fail_one(&out);
        assert_eq!(out, [Outage::whole("T1"), Outage::units("B1/ups", 1)]);
        assert!(ups().is_out(&out) && !ups().is_all_out(&out));
        out = ups().fail_one(&ups().fail_one(&out));
        assert_eq!(out, [Outage::whole("T1"), Outage::whole("B1/ups")]);
        assert!(ups().is_all_out(&out));
        assert_eq!(ups().toggle(&out), [Outage::whole("T1")]);
    }

    #[test]
    fn a_block_comes_back_with_its_parts_and_no_other() {
        let out = [Outage::whole("B1/ups"), Outage::whole("B10/ups"), Outage::units("B1/substation", 1)];
        assert!(block().is_out(&out) && !block().is_all_out(&out));
        assert_eq!(block().restore(&out), [Outage::whole("B10/ups")]);
        assert_eq!(block().fail(&out), [Outage::whole("B10/ups"), Outage::whole("B1")]);
    }

    #[test]
    fn parts_of_the_cooling_side_have_words() {
        let named = |text: &str| name(&Outage::parse(text));
        let names = ["C1#1", "C1/pump#1", "C1/pump", "C1/valve", "FWS1/main/3", "R1/4", "B1/ups"].map(named);
        let words = ["1 of C1", "one pump of C1", "all pumps of C1", "valve of C1 closed", "main 3 of FWS1 shut off", "rack 4 of R1 parted", "B1/ups"];
        assert_eq!(names, words);
    }

    #[test]
    fn a_long_list_is_cut_short() {
        let out: Vec<Outage> = (1..=6).map(|i| Outage::units(format!("T{i}"), 1)).collect();
        assert_eq!(out_text(&out), "Out: 1 of T1, 1 of T2, 1 of T3, 1 of T4, 2 more.");
    }
}
