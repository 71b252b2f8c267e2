//! What all elements can be asked: their name, their place, what they refer to.

use super::{Element, Id, Kind, Point};

impl Element {
    /// The name for people: its own, or its id.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = match self {
            Self::Campus(e) => &e.name,
            Self::Grid(e) => &e.name,
            Self::Generator(e) => &e.name,
            Self::Battery(e) => &e.name,
            Self::Bus(e) => &e.name,
            Self::Transformer(e) => &e.name,
            Self::Feeder(e) => &e.name,
            Self::Block(e) => &e.name,
            Self::Hall(e) => &e.name,
            Self::Row(e) => &e.name,
            Self::Tcs(e) => &e.name,
            Self::Cdu(e) => &e.name,
            Self::AirHandler(e) => &e.name,
            Self::Fws(e) => &e.name,
            Self::Cooler(e) => &e.name,
            Self::Scenario(e) => &e.name,
            Self::Site(e) => &e.library,
            Self::Workload(_) => return "Workload",
            Self::Contract(_) => return "Contract",
            Self::Acceptance(e) => &e.rule,
        };
        if name.is_empty() { self.id().as_str() } else { name }
    }
    /// Its own name, to change it, for elements that have one.
    pub fn name_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Campus(e) => Some(&mut e.name),
            Self::Grid(e) => Some(&mut e.name),
            Self::Generator(e) => Some(&mut e.name),
            Self::Battery(e) => Some(&mut e.name),
            Self::Bus(e) => Some(&mut e.name),
            Self::Transformer(e) => Some(&mut e.name),
            Self::Feeder(e) => Some(&mut e.name),
            Self::Block(e) => Some(&mut e.name),
            Self::Hall(e) => Some(&mut e.name),
            Self::Row(e) => Some(&mut e.name),
            Self::Tcs(e) => Some(&mut e.name),
            Self::Cdu(e) => Some(&mut e.name),
            Self::AirHandler(e) => Some(&mut e.name),
            Self::Fws(e) => Some(&mut e.name),
            Self::Cooler(e) => Some(&mut e.name),
            Self::Scenario(e) => Some(&mut e.name),
            _ => None,
        }
    }
    /// What in it is assumed, in the planner's words; empty when nothing is.
    #[must_use]
    pub fn assumed(&self) -> &str {
        match self {
            Self::Grid(e) => &e.assumed,
            Self::Generator(e) => &e.assumed,
            Self::Battery(e) => &e.assumed,
            Self::Bus(e) => &e.assumed,
            Self::Transformer(e) => &e.assumed,
            Self::Feeder(e) => &e.assumed,
            Self::Block(e) => &e.assumed,
            Self::Hall(e) => &e.assumed,
            Self::Row(e) => &e.assumed,
            Self::Tcs(e) => &e.assumed,
            Self::Cdu(e) => &e.assumed,
            Self::AirHandler(e) => &e.assumed,
            Self::Fws(e) => &e.assumed,
            Self::Cooler(e) => &e.assumed,
            Self::Site(e) => &e.assumed,
            Self::Workload(e) => &e.assumed,
            Self::Contract(e) => &e.assumed,
            Self::Campus(_) | Self::Scenario(_) | Self::Acceptance(_) => "",
        }
    }
    /// The elements it refers to: field, key, and the kinds that may stand there.
    #[must_use]
    pub fn references(&self) -> Vec<(&'static str, &Id, &'static [Kind])> {
        const BUS: &[Kind] = &[Kind::Bus];
        const POWER: &[Kind] = &[Kind::Block, Kind::Bus];
        let mut list: Vec<(&'static str, &Id, &'static [Kind])> = Vec::new();
        match self {
            Self::Grid(e) => list.push(("bus", &e.bus, BUS)),
            Self::Generator(e) => list.push(("bus", &e.bus, BUS)),
            Self::Battery(e) => list.push(("bus", &e.bus, BUS)),
            Self::Transformer(e) => list.extend([("from", &e.from, BUS), ("to", &e.to, BUS)]),
            Self::Feeder(e) => list.extend([("from", &e.from, BUS), ("to", &e.to, BUS)]),
            Self::Block(e) => list.push(("from", &e.from, BUS)),
            Self::Row(e) => {
                list.extend([("hall", &e.hall, &[Kind::Hall] as &[_]), ("a", &e.a, POWER)]);
                list.extend(e.b.iter().map(|b| ("b", b, POWER)));
                list.extend(e.tcs.iter().map(|t| ("tcs", t, &[Kind::Tcs] as &[_])));
            }
            Self::Hall(e) => list.extend(feeds(&e.a, &None)),
            Self::Tcs(e) => list.push(("hall", &e.hall, &[Kind::Hall])),
            Self::Cdu(e) => {
                list.extend([("tcs", &e.tcs, &[Kind::Tcs] as &[_]), ("fws", &e.fws, &[Kind::Fws])]);
                list.extend(feeds(&e.a, &e.b));
            }
            Self::AirHandler(e) => {
                list.extend([("hall", &e.hall, &[Kind::Hall] as &[_]), ("fws", &e.fws, &[Kind::Fws])]);
                list.extend(feeds(&e.a, &e.b));
            }
            Self::Fws(e) => list.extend(feeds(&e.a, &e.b)),
            Self::Cooler(e) => {
                list.push(("fws", &e.fws, &[Kind::Fws]));
                list.extend(feeds(&e.a, &e.b));
            }
            Self::Scenario(e) => list.extend(e.out.iter().map(|id| ("out", id, Kind::ALL))),
            Self::Campus(_) | Self::Site(_) | Self::Workload(_) | Self::Contract(_) | Self::Bus(_) | Self::Acceptance(_) => {}
        }
        list
    }
    /// The catalog entries it names: field, key and the catalog lists that may hold it.
    #[must_use]
    pub fn models(&self) -> Vec<(&'static str, &str, &'static [&'static str])> {
        let mut list: Vec<(&'static str, &str, &'static [&'static str])> = Vec::new();
        match self {
            Self::Site(e) => list.push(("library", &e.library, &["site"])),
            Self::Generator(e) => list.push(("model", &e.model, &["generator"])),
            Self::Battery(e) => list.push(("model", &e.model, &["battery"])),
            Self::Transformer(e) => list.push(("model", &e.model, &["transformer"])),
            Self::Feeder(e) => list.push(("conductor", &e.conductor, &["conductor"])),
            Self::Block(e) => {
                list.push(("conductor", e.conductor.as_str(), &["conductor"]));
                // A block whose UPS takes medium voltage itself has no transformer to name.
                if e.transformers > 0 || !e.transformer.is_empty() {
                    list.push(("transformer", &e.transformer, &["transformer"]));
                }
                list.extend(e.ups.iter().map(|u| ("ups", u.as_str(), &["UPS"] as &[_])));
                list.extend(e.genset.iter().map(|g| ("genset", g.as_str(), &["diesel set"] as &[_])));
            }
            Self::Row(e) => {
                list.extend([("rack", e.rack.as_str(), &["rack"] as &[_]), ("busway", &e.busway, &["busway"])]);
                list.extend(e.others.values().filter(|m| !m.is_empty()).map(|m| ("others", m.as_str(), &["rack"] as &[_])));
            }
            Self::Cdu(e) => list.push(("model", &e.model, &["CDU"])),
            Self::AirHandler(e) => list.push(("model", &e.model, &["air handler"])),
            Self::Fws(e) => list.push(("pump", &e.pump, &["pump"])),
            Self::Cooler(e) => list.push(("model", &e.model, &["dry cooler", "cooling tower", "chiller"])),
            _ => {}
        }
        if let Self::Site(e) = self {
            list.extend(e.tariff.iter().map(|t| ("tariff", t.as_str(), &["tariff"] as &[_])));
        }
        list
    }
    /// Its place, for elements that have one.
    #[must_use]
    pub fn at(&self) -> Option<Point> {
        match self {
            Self::Grid(e) => Some(e.at),
            Self::Generator(e) => Some(e.at),
            Self::Battery(e) => Some(e.at),
            Self::Bus(e) => Some(e.at),
            Self::Transformer(e) => Some(e.at),
            Self::Block(e) => Some(e.at),
            Self::Hall(e) => Some(e.at),
            Self::Row(e) => Some(e.at),
            Self::Cdu(e) => Some(e.at),
            Self::AirHandler(e) => Some(e.at),
            Self::Fws(e) => Some(e.at),
            Self::Cooler(e) => Some(e.at),
            _ => None,
        }
    }
    /// Its place, to change it.
    pub fn at_mut(&mut self) -> Option<&mut Point> {
        match self {
            Self::Grid(e) => Some(&mut e.at),
            Self::Generator(e) => Some(&mut e.at),
            Self::Battery(e) => Some(&mut e.at),
            Self::Bus(e) => Some(&mut e.at),
            Self::Transformer(e) => Some(&mut e.at),
            Self::Block(e) => Some(&mut e.at),
            Self::Hall(e) => Some(&mut e.at),
            Self::Row(e) => Some(&mut e.at),
            Self::Cdu(e) => Some(&mut e.at),
            Self::AirHandler(e) => Some(&mut e.at),
            Self::Fws(e) => Some(&mut e.at),
            Self::Cooler(e) => Some(&mut e.at),
            _ => None,
        }
    }
    /// The hall it stands in, for elements that belong to one.
    #[must_use]
    pub fn hall(&self) -> Option<&Id> {
        match self {
            Self::Row(e) => Some(&e.hall),
            Self::Tcs(e) => Some(&e.hall),
            Self::AirHandler(e) => Some(&e.hall),
            _ => None,
        }
    }
}

fn feeds<'a>(a: &'a Option<Id>, b: &'a Option<Id>) -> impl Iterator<Item = (&'static str, &'a Id, &'static [Kind])> {
    const POWER: &[Kind] = &[Kind::Block, Kind::Bus];
    a.iter().map(|id| ("a", id, POWER)).chain(b.iter().map(|id| ("b", id, POWER)))
}
