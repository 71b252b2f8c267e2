//! What of the cooling side is out of service, in the words of [`Outage`]:
//!
//! ```text
//! CDU, CDU#1            a group of CDUs, or one of it               CDU/pump#1   one of the pumps in its CDUs
//! CDU/valve             its facility water valve, closed            AH, AH#1, AH/valve   likewise air handlers
//! FWS, FWS/pump#1       a facility water system; one of its pumps   FWS/main/3   a piece of its mains, shut off (supply and return)
//! HR, HR#1              heat rejection                              L            a coolant loop
//! R/valve, R/4          a row shut off from its loop; one rack parted from it
//! ```
//!
//! Machines without power count as out. A spare unit takes the place of a failed one.

use super::Outage;
use crate::plan::{Element, Fws, Id, Plan};
use std::collections::{BTreeMap, BTreeSet};

/// What is out of service or closed on the cooling side.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Service {
    /// How many units are out by name, all where absent.
    out: BTreeMap<String, Option<u32>>,
    /// Machines without power.
    dark: BTreeSet<Id>,
}

impl Service {
    /// Of what is out, what belongs to the cooling side.
    pub fn of(plan: &Plan, out: &[Outage]) -> Self {
        let mut service = Self::default();
        for outage in out.iter().filter(|o| Self::knows(plan, o)) {
            let before = service.out.get(&outage.of).copied();
            let together = match (before, outage.units) {
                (None, units) => units,
                (Some(Some(a)), Some(b)) => Some(a + b),
                (Some(None), _) | (_, None) => None,
            };
            service.out.insert(outage.of.clone(), together);
        }
        service
    }
    /// With machines that have no power.
    pub fn without_power(mut self, dark: impl IntoIterator<Item = Id>) -> Self {
        self.dark.extend(dark);
        self
    }
    /// Whether everything runs as planned.
    pub fn is_whole(&self) -> bool {
        self.out.is_empty() && self.dark.is_empty()
    }
    /// Whether an outage names something of the cooling side of a plan.
    pub fn knows(plan: &Plan, outage: &Outage) -> bool {
        let (element, part) = split(&outage.of);
        let Some(element) = plan.get(&Id::from(element)) else { return false };
        match (element, part) {
            (Element::Cdu(_), None | Some("pump" | "valve")) | (Element::AirHandler(_), None | Some("valve")) => true,
            (Element::Fws(_), None | Some("pump")) | (Element::Cooler(_) | Element::Tcs(_), None) => true,
            (Element::Fws(_), Some(part)) => part.strip_prefix("main/").is_some_and(|n| n.parse::<usize>().is_ok()),
            (Element::Row(r), Some("valve")) => r.tcs.is_some(),
            (Element::Row(r), Some(part)) => r.tcs.is_some() && part.parse::<u32>().is_ok_and(|slot| (1..=r.count).contains(&slot)),
            _ => false,
        }
    }
    /// Units of a group in use: the spare ones stand by, and take the place of what is out.
    pub fn units(&self, id: &Id, units: u32, redundant: u32) -> f64 {
        if self.dark.contains(id) {
            return 0.0;
        }
        let out = self.count(id.as_str(), units);
        f64::from(units.saturating_sub(redundant).min(units.saturating_sub(out)))
    }
    /// Pumps of a facility water system in use.
    pub fn pumps(&self, system: &Fws) -> f64 {
        if self.closed(system.id.as_str()) || self.dark.contains(&system.id) {
            return 0.0;
        }
        let out = self.count(&format!("{}/pump", system.id), system.pumps);
        f64::from(system.pumps.saturating_sub(system.redundant).min(system.pumps.saturating_sub(out)))
    }
    /// How many of `all` are out under a name.
    pub fn count(&self, name: &str, all: u32) -> u32 {
        self.out.get(name).map_or(0, |n| n.map_or(all, |n| n.min(all)))
    }
    /// Whether something is out as a whole, closed or parted: a valve, a piece of the mains, a rack.
    pub fn closed(&self, name: &str) -> bool {
        self.out.contains_key(name)
    }
}

fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once('/') {
        Some((element, part)) => (element, Some(part)),
        None => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spares_take_the_place_of_what_fails() {
        let plan = crate::plan::file::read(include_str!("../../layouts/row.ron")).unwrap().plan;
        let cdu = plan.cdus().next().unwrap().id.clone();
        let with = |text: &[&str]| Service::of(&plan, &text.iter().map(|t| Outage::parse(t)).collect::<Vec<_>>());
        let one = with(&[&format!("{cdu}#1")]);
        assert_eq!((one.units(&cdu, 4, 1), one.units(&cdu, 4, 0), one.units(&cdu, 1, 0)), (3.0, 3.0, 0.0));
        assert_eq!(with(&[cdu.as_str()]).units(&cdu, 4, 1), 0.0);
        assert_eq!(with(&[&format!("{cdu}#1"), &format!("{cdu}#1")]).units(&cdu, 4, 1), 2.0);
        assert_eq!(Service::default().without_power([cdu.clone()]).units(&cdu, 4, 1), 0.0);
        assert!(with(&["nothing", "nothing/valve"]).is_whole());
        assert!(with(&[&format!("{cdu}/valve")]).closed(&format!("{cdu}/valve")));
    }
}
