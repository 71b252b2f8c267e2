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

use super::{Cooling, Outage, Part, Side};
use crate::plan::{Catalog, Element, Fws, Id, Plan};
use std::collections::{BTreeMap, BTreeSet};

/// What is out of service or closed on the cooling side.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Service {
    /// How many units are out by name, all where absent.
    out: BTreeMap<String, Option<u32>>,
    /// Machines without power, or with less of it, and the share that is gone.
    dark: BTreeMap<Id, f64>,
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
    /// With machines that have no power, or less of it: the share that is gone.
    pub fn without_power<'a>(mut self, dark: impl IntoIterator<Item = (&'a Id, f64)>) -> Self {
        self.dark.extend(dark.into_iter().map(|(id, share)| (id.clone(), share)));
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
        let out = self.count(id.as_str(), units).max(self.stopped(id, units));
        f64::from(units.saturating_sub(redundant).min(units.saturating_sub(out)))
    }
    /// Pumps of a facility water system in use.
    pub fn pumps(&self, system: &Fws) -> f64 {
        if self.closed(system.id.as_str()) {
            return 0.0;
        }
        let out = self.count(&format!("{}/pump", system.id), system.pumps).max(self.stopped(&system.id, system.pumps));
        f64::from(system.pumps.saturating_sub(system.redundant).min(system.pumps.saturating_sub(out)))
    }
    /// Units that stand for want of power.
    fn stopped(&self, id: &Id, units: u32) -> u32 {
        // Rounding of shares stops nothing.
        self.dark.get(id).map_or(0, |share| (share * f64::from(units) - 1e-6).ceil().max(0.0) as u32)
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

/// Every single outage of the cooling: of several alike in parallel one unit, control valves that close, pieces of the mains. What is out already is left out.
pub(super) fn outages(plan: &Plan, catalog: &Catalog, cooling: &Cooling, out: &[Outage]) -> Vec<Outage> {
    let one = |id: &Id, units: u32| if units > 1 { Outage::units(id.as_str(), 1) } else { Outage::whole(id.as_str()) };
    // Each unit of a group has a valve of its own: that one closes is that the unit is out.
    let valve = |id: &Id, units: u32| (units == 1).then(|| Outage::whole(format!("{id}/valve")));
    let mut list = Vec::new();
    for c in plan.cdus().filter(|c| c.units > 0) {
        list.push(one(&c.id, c.units));
        if catalog.cdus(&c.model).is_some_and(|m| *m.pumps > 1) {
            list.push(Outage::units(format!("{}/pump", c.id), 1));
        }
        list.extend(valve(&c.id, c.units));
    }
    for a in plan.air_handlers().filter(|a| a.units > 0) {
        list.push(one(&a.id, a.units));
        list.extend(valve(&a.id, a.units));
    }
    for f in plan.fws_systems() {
        if f.pumps > 0 {
            list.push(Outage::units(format!("{}/pump", f.id), 1));
        }
        let pieces = cooling.fws.get(&f.id).map_or(&[][..], |s| &s.pipes.piping.links);
        let number = |p: &Part| if let Part::Main { number, side: Side::Supply } = p { Some(*number) } else { None };
        let numbers: BTreeSet<usize> = pieces.iter().filter_map(number).collect();
        list.extend(numbers.into_iter().map(|n| Outage::whole(format!("{}/main/{n}", f.id))));
    }
    list.extend(plan.coolers().filter(|c| c.units > 0).map(|c| one(&c.id, c.units)));
    list.retain(|o| !out.iter().any(|p| p.units.is_none() && (p.of == o.of || split(&o.of).0 == p.of)));
    list
}

/// For people: "one of 4 CDUs".
pub(super) fn describe(plan: &Plan, outage: &Outage) -> String {
    let (element, part) = split(&outage.of);
    let of = |units: u32, one: &str, many: &str| match outage.units {
        Some(1) if units > 1 => format!("one of {units} {many}"),
        Some(n) if units > 1 => format!("{n} of {units} {many}"),
        _ if units > 1 => format!("all {units} {many}"),
        _ => one.to_owned(),
    };
    let pumps = || match outage.units {
        Some(1) => "one pump".to_owned(),
        Some(n) => format!("{n} pumps"),
        None => "all pumps".to_owned(),
    };
    match (plan.get(&Id::from(element)), part) {
        (Some(Element::Cdu(c)), None) => of(c.units, "CDU", "CDUs"),
        (Some(Element::AirHandler(a)), None) => of(a.units, "air handler", "air handlers"),
        (Some(Element::Cooler(c)), None) => of(c.units, "heat rejection unit", "heat rejection units"),
        (Some(Element::Fws(f)), Some("pump")) => of(f.pumps, "pump", "facility water pumps"),
        (Some(Element::Cdu(_)), Some("pump")) => pumps(),
        (Some(Element::Cdu(_) | Element::AirHandler(_)), Some("valve")) => "facility water valve closed".to_owned(),
        (Some(Element::Row(_)), Some("valve")) => "coolant shut off".to_owned(),
        (Some(Element::Row(_)), Some(slot)) => format!("rack {slot} parted from its loop"),
        (Some(Element::Fws(_)), Some(piece)) => format!("mains, piece {}", piece.trim_start_matches("main/")),
        (Some(Element::Fws(_)), None) => "facility water".to_owned(),
        (Some(Element::Tcs(_)), None) => "coolant loop".to_owned(),
        _ => "unknown".to_owned(),
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
        assert_eq!(Service::default().without_power([(&cdu, 1.0)]).units(&cdu, 4, 1), 0.0);
        assert_eq!(Service::default().without_power([(&cdu, 0.5)]).units(&cdu, 4, 1), 2.0);
        assert!(with(&["nothing", "nothing/valve"]).is_whole());
        assert!(with(&[&format!("{cdu}/valve")]).closed(&format!("{cdu}/valve")));
    }
}
