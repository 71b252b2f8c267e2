//! The parts that can be pointed at, and how each is taken out of service: the same names as [`crate::solve::Outage`] has.

use crate::plan::{Catalog, Element, Id, Plan};
use crate::solve::Outage;
use crate::ui::one_line::outages::Switch;
use crate::ui::view::Selection;

/// Something of the diagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A facility water system.
    System(Id),
    /// The pumps of one.
    Pumps(Id),
    /// A heat rejection group.
    Plant(Id),
    /// A piece of the mains of a system, counted from the pumps.
    Main(Id, usize),
    /// A coolant loop.
    Loop(Id),
    /// An air handler group.
    Air(Id),
    /// A CDU group.
    Cdu(Id),
    /// The pumps in a CDU group.
    CduPumps(Id),
    /// The facility water valve of a CDU or air handler group.
    Valve(Id),
    /// A row.
    Row(Id),
    /// The valve that shuts a row off from its loop.
    RowValve(Id),
    /// A rack.
    Rack(Id, u32),
}

impl What {
    /// The element it belongs to.
    #[must_use]
    pub fn element(&self) -> &Id {
        match self {
            Self::System(id) | Self::Pumps(id) | Self::Plant(id) | Self::Main(id, _) | Self::Loop(id) | Self::Air(id) => id,
            Self::Cdu(id) | Self::CduPumps(id) | Self::Valve(id) | Self::Row(id) | Self::RowValve(id) | Self::Rack(id, _) => id,
        }
    }
    /// What a click on it selects.
    #[must_use]
    pub fn selection(&self) -> Selection {
        match self {
            Self::Rack(row, slot) => Selection::rack(row.clone(), *slot),
            _ => Selection::one(self.element().clone()),
        }
    }
    /// What stands for a selected element.
    #[must_use]
    pub fn of(plan: &Plan, selection: &Selection) -> Option<Self> {
        let id = selection.single()?.clone();
        Some(match plan.get(&id)? {
            Element::Fws(_) => Self::System(id),
            Element::Cooler(_) => Self::Plant(id),
            Element::Tcs(_) => Self::Loop(id),
            Element::Cdu(_) => Self::Cdu(id),
            Element::AirHandler(_) => Self::Air(id),
            Element::Row(r) if r.tcs.is_some() => selection.slot.map_or_else(|| Self::Row(id.clone()), |slot| Self::Rack(id.clone(), slot)),
            _ => return None,
        })
    }
    /// What can be taken out of service there: itself first, then what it belongs to.
    #[must_use]
    pub fn choices(&self, plan: &Plan, catalog: &Catalog) -> Vec<Choice> {
        match self {
            Self::System(id) | Self::Pumps(id) => of_system(plan, id),
            Self::Main(id, number) => vec![Choice::whole(format!("{id}/main/{number}"), id, "Shut off", format!("main {number} of {id}"))],
            Self::Plant(id) => of_group(plan, id, "unit"),
            Self::Air(id) => of_group(plan, id, "unit").into_iter().chain([valve(id)]).collect(),
            Self::Cdu(id) => of_cdu(plan, catalog, id, false),
            Self::CduPumps(id) => of_cdu(plan, catalog, id, true),
            Self::Valve(id) => vec![valve(id)],
            Self::Loop(id) => {
                let groups = plan.cdus().filter(|c| c.tcs == *id).take(3).flat_map(|c| of_cdu(plan, catalog, &c.id, true));
                groups.chain([Choice::whole(id.to_string(), id, "Stop", format!("loop {id}"))]).collect()
            }
            Self::Row(id) | Self::RowValve(id) => vec![row_valve(id)],
            Self::Rack(id, slot) => {
                let rack = Choice::whole(format!("{id}/{slot}"), id, "Part", format!("rack {slot} of {id}"));
                vec![rack, row_valve(id)]
            }
        }
    }
}

/// Something that can be taken out of service and restored, with the words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// How.
    pub switch: Switch,
    /// What is done to it.
    pub verb: &'static str,
    /// What it is.
    pub name: String,
}

impl Choice {
    fn whole(of: String, element: &Id, verb: &'static str, name: String) -> Self {
        Self { switch: Switch { of, element: element.clone(), units: 1, unit: "unit" }, verb, name }
    }
    /// What can be done now: the words, and what is out of service then.
    #[must_use]
    pub fn steps(&self, out: &[Outage]) -> Vec<(String, Vec<Outage>)> {
        let mut list = Vec::new();
        let switch = &self.switch;
        if !switch.is_all_out(out) {
            let left = switch.units.saturating_sub(switch.units_out(out));
            if switch.units > 1 && left > 1 {
                list.push((format!("Fail one {} of {left} of {}", switch.unit, switch.element), switch.fail_one(out)));
            }
            list.push((format!("{} {}", self.verb, self.name), switch.fail(out)));
        }
        if switch.is_out(out) {
            list.push((format!("Restore {}", self.name), switch.restore(out)));
        }
        list
    }
}

fn valve(id: &Id) -> Choice {
    Choice::whole(format!("{id}/valve"), id, "Close", format!("the water valve of {id}"))
}

fn row_valve(id: &Id) -> Choice {
    Choice::whole(format!("{id}/valve"), id, "Close", format!("the valve of row {id}"))
}

fn of_group(plan: &Plan, id: &Id, unit: &'static str) -> Vec<Choice> {
    let units = match plan.get(id) {
        Some(Element::Cooler(c)) => c.units,
        Some(Element::AirHandler(a)) => a.units,
        _ => return Vec::new(),
    };
    vec![Choice { switch: Switch { of: id.to_string(), element: id.clone(), units, unit }, verb: "Fail", name: id.to_string() }]
}

fn of_system(plan: &Plan, id: &Id) -> Vec<Choice> {
    let Some(Element::Fws(system)) = plan.get(id) else { return Vec::new() };
    let pumps = Switch { of: format!("{id}/pump"), element: id.clone(), units: system.pumps, unit: "pump" };
    vec![Choice { switch: pumps, verb: "Fail", name: format!("the pumps of {id}") }, Choice::whole(id.to_string(), id, "Stop", id.to_string())]
}

fn of_cdu(plan: &Plan, catalog: &Catalog, id: &Id, pumps_first: bool) -> Vec<Choice> {
    let Some(Element::Cdu(cdu)) = plan.get(id) else { return Vec::new() };
    let whole = Switch { of: id.to_string(), element: id.clone(), units: cdu.units, unit: "CDU" };
    let mut list = vec![Choice { switch: whole, verb: "Fail", name: id.to_string() }];
    let inside = catalog.cdus(&cdu.model).map_or(0, |m| *m.pumps * cdu.units);
    if inside > 0 {
        let pumps = Switch { of: format!("{id}/pump"), element: id.clone(), units: inside, unit: "pump" };
        list.insert(if pumps_first { 0 } else { 1 }, Choice { switch: pumps, verb: "Fail", name: format!("the pumps of {id}") });
    }
    list.push(valve(id));
    list
}
