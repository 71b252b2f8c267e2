//! Coolant loops, CDUs, air handlers, facility water and heat rejection.

use super::{Reading, space};
use crate::plan::{AirHandler, Cdu, Cooler, Id};
use crate::solve::{Convergence, LoopState, Outcome, Status};
use crate::ui::view::View;
use crate::units::{System, VolumeFlow, show};

/// Said only where a network has not closed.
fn closed(list: &mut Vec<Reading>, c: &Convergence) {
    if c.status != Status::Converged {
        let at = c.worst.as_ref().map_or_else(String::new, |id| format!(", worst at {id}"));
        list.push(Reading::new("Solution", format!("{} after {} iterations{at}", c.status.label(), c.iterations)).bad_if(true));
    }
}

fn held(is: bool) -> &'static str {
    if is { "held" } else { "not held" }
}

pub(super) fn coolant_loop(view: &View<'_>, outcome: &Outcome, id: &Id) -> Vec<Reading> {
    outcome.cooling.loops.get(id).map_or_else(Vec::new, |state| loop_state(state, view.system))
}

fn loop_state(s: &LoopState, u: System) -> Vec<Reading> {
    let mut list = vec![
        Reading::of("Heat", s.heat, s.capacity, u).why("What its CDUs can carry at their rating, spare units left out"),
        Reading::new("Flow", format!("{} of {} wanted", show(s.flow, u), show(s.wanted_flow, u))).bad_if(s.flow < s.wanted_flow * 0.98),
        Reading::new("Head", show(s.head, u)).why("Pressure its pumps give"),
        Reading::new("Pump speed", format!("{:.0} %", s.pump_speed * 100.0)),
        Reading::new("Supply, return", format!("{} to {}", show(s.supply, u), show(s.return_, u))).bad_if(!s.held).why("Mixed return of its racks"),
        Reading::new("Set-point", held(s.held)).bad_if(!s.held),
        Reading::new("Dew point of the hall", show(s.dew_point, u)).why("Coolant colder than that makes water condense on pipes and plates"),
        Reading::new("Power of CDUs", show(s.cdu_power, u)),
        Reading::new("Facility water", format!("{}, leaves at {}", show(s.fws_flow, u), show(s.fws_return, u))),
        Reading::new("Rows", s.rows.len().to_string()),
    ];
    closed(&mut list, &s.convergence);
    list
}

pub(super) fn cdu(view: &View<'_>, outcome: &Outcome, cdu: &Cdu) -> Vec<Reading> {
    let Some(state) = outcome.cooling.loops.get(&cdu.tcs) else {
        return vec![Reading::new("Coolant loop", format!("{} has no answer", cdu.tcs)).why("The loop is missing, or has no rack on it")];
    };
    let mut list = vec![Reading::new("Loop", cdu.tcs.to_string()).why("Numbers below are of the whole loop, which its CDUs carry together")];
    list.extend(loop_state(state, view.system));
    list
}

pub(super) fn air_handler(view: &View<'_>, outcome: &Outcome, group: &AirHandler) -> Vec<Reading> {
    let Some(air) = outcome.cooling.halls.get(&group.hall) else { return Vec::new() };
    let Some(crate::plan::Element::Hall(hall)) = view.plan.get(&group.hall) else { return Vec::new() };
    let mut list = vec![Reading::new("Hall", group.hall.to_string()).why("Numbers below are of the whole hall, which its air handlers carry together")];
    list.extend(space::hall_air(air, hall, view.system));
    list.push(Reading::new("Facility water", show(air.fws_flow, view.system)));
    list
}

pub(super) fn fws(view: &View<'_>, outcome: &Outcome, id: &Id) -> Vec<Reading> {
    let u = view.system;
    let Some(s) = outcome.cooling.fws.get(id) else { return Vec::new() };
    let mut list = vec![
        Reading::of("Heat", s.heat, s.capacity, u).why("What the plant can reject while it holds the set-point at this condition, spare units left out"),
        Reading::new("Flow", show(s.flow, u)),
        Reading::new("Head", show(s.head, u)),
        Reading::new("Pumps", format!("{} at {:.0} % speed", show(s.pump_power, u), s.pump_speed * 100.0)),
        Reading::new("Bypass", show(s.bypass, u)).why("What it passes to keep the least flow of the pumps"),
        Reading::new("Supply, return", format!("{} to {}", show(s.supply, u), show(s.return_, u))).bad_if(!s.held),
        Reading::new("Set-point", held(s.held)).bad_if(!s.held),
        Reading::new("Water taken in", show(s.makeup, u)).why("For evaporation, drift and blowdown"),
    ];
    let short: Vec<&Id> = s.branches.iter().filter(|(_, b)| b.flow < b.wanted * 0.98).map(|(id, _)| id).collect();
    if let Some(first) = short.first() {
        let more = if short.len() > 1 { format!(" and {} more", short.len() - 1) } else { String::new() };
        list.push(Reading::new("Short of water", format!("{first}{more}")).bad_if(true));
    }
    if let Some(worst) = &s.worst_branch {
        let text = s.branches.get(worst).map_or_else(|| worst.to_string(), |b| format!("{worst}, {} left", show(b.available, u)));
        list.push(Reading::new("Worst branch", text).why("The consumer with the least pressure between supply and return"));
    }
    closed(&mut list, &s.convergence);
    list
}

pub(super) fn cooler(view: &View<'_>, outcome: &Outcome, cooler: &Cooler) -> Vec<Reading> {
    let u = view.system;
    let Some(s) = outcome.cooling.fws.get(&cooler.fws).and_then(|f| f.coolers.get(&cooler.id)) else { return Vec::new() };
    let mut list = vec![
        Reading::of("Heat rejected", s.heat, s.capacity, u).why("What it could reject at this condition, spare units left out"),
        Reading::new("Runs", s.mode),
        Reading::new("Units on", format!("{} of {}", s.units_on, cooler.units)),
        Reading::new("Power", show(s.power, u)).why("Fans, tower pumps and compressors"),
        Reading::new("Fan speed", format!("{:.0} %", s.speed * 100.0)),
    ];
    if s.compressor.watts() > 0.0 {
        list.push(Reading::new("Compressors", show(s.compressor, u)));
    }
    if s.evaporation + s.losses > VolumeFlow::ZERO {
        list.push(Reading::new("Water", format!("{} evaporated, {} drift and blowdown", show(s.evaporation, u), show(s.losses, u))));
    }
    if !s.in_range {
        list.push(Reading::new("Curves", "outside their published range").bad_if(true).why("The numbers are extrapolated"));
    }
    list
}
