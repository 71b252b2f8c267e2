//! What can be out by itself, and what it is called.

use super::super::chain::Chain;
use super::super::state::Target;
use crate::plan::{Element, Id};
use crate::solve::{BranchKind, Outage, service};

/// Every single outage: of several alike in parallel one unit, of UPS modules also all at once; parallel cables of a circuit trip together.
pub(super) fn outages(chain: &Chain<'_>, out: &[Outage]) -> Vec<Outage> {
    let mut list: Vec<Outage> = Vec::new();
    list.extend(chain.grids.iter().map(|g| Outage::whole(g.id.as_str())));
    list.extend(chain.plan.buses().map(|b| Outage::whole(b.id.as_str())));
    let one = |id: &str, units: u32| if units > 1 { Outage::units(id, 1) } else { Outage::whole(id) };
    for w in &chain.wires {
        match w.kind {
            // Sets that stand by are missed only when something else fails.
            BranchKind::Standby => {}
            BranchKind::Feeder | BranchKind::BlockFeeder => list.push(Outage::whole(&w.id)),
            _ => list.push(one(&w.id, w.units)),
        }
    }
    for c in &chain.converters {
        if c.units > 1 {
            list.push(Outage::units(&c.id, 1));
        }
        list.push(Outage::whole(&c.id));
    }
    for feed in chain.generators.iter().chain(&chain.batteries) {
        list.push(one(feed.id.as_str(), feed.units));
    }
    list.retain(|o| !out.contains(&Outage::whole(&o.of)));
    list
}

fn units(chain: &Chain<'_>, id: &Id) -> u32 {
    match chain.plan.get(id) {
        Some(Element::Generator(g)) => g.units,
        Some(Element::Battery(b)) => b.units,
        _ => 1,
    }
}

/// The element an outage belongs to.
pub(super) fn element(chain: &Chain<'_>, outage: &Outage) -> Id {
    match chain.targets(&outage.of).first() {
        Some(Target::Wire(w)) => chain.wires[*w].element.clone(),
        Some(Target::Converter(c)) => chain.converters[*c].element.clone(),
        Some(Target::Bus(p)) => chain.places[*p].element.clone(),
        Some(Target::Grid(id) | Target::Supply(id)) => id.clone(),
        None => Id::from(outage.of.split('/').next().unwrap_or_default()),
    }
}

/// For people: "one of 4 transformers".
pub(super) fn describe(chain: &Chain<'_>, outage: &Outage) -> String {
    let (name, all) = match chain.targets(&outage.of).first() {
        Some(Target::Wire(w)) => (plural(chain.wires[*w].kind), chain.wires[*w].units),
        Some(Target::Converter(c)) => (("UPS", "UPS modules"), chain.converters[*c].units),
        Some(Target::Bus(_)) => (("switchgear", "switchgear"), 1),
        Some(Target::Grid(_)) => (("grid connection", "grid connections"), 1),
        Some(Target::Supply(id)) => {
            let generator = matches!(chain.plan.get(id), Some(Element::Generator(_)));
            (if generator { ("generator", "generators") } else { ("battery", "batteries") }, units(chain, id))
        }
        None => return service::describe(chain.plan, outage),
    };
    match outage.units {
        Some(1) => format!("one of {all} {}", name.1),
        Some(n) => format!("{n} of {all} {}", name.1),
        None if all > 1 && name.0 != "UPS" => format!("all {all} {}", name.1),
        None => name.0.to_owned(),
    }
}

fn plural(kind: BranchKind) -> (&'static str, &'static str) {
    match kind {
        BranchKind::Transformer => ("transformer", "transformers"),
        BranchKind::Feeder => ("feeder", "cables of the feeder"),
        BranchKind::BlockFeeder => ("block feeder", "cables of the block feeder"),
        BranchKind::Substation => ("unit substation", "unit substations"),
        BranchKind::Ups => ("UPS", "UPS modules"),
        BranchKind::Busway => ("busway", "busways"),
        BranchKind::Standby => ("standby set", "standby sets"),
    }
}
