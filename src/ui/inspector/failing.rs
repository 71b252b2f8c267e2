//! What happens when the selected element fails, what can take a row down, and the buttons that take things out of service for now.

use super::live;
use crate::checks::Standing;
use crate::plan::{Element, Id, Kind, Plan};
use crate::solve::{Failure, Outage, Outcome, PowerFlow};
use crate::ui::panels::parts;
use crate::ui::theme;
use crate::ui::view::{Action, Selection, View};
use crate::units::{System, show};
use egui::{Button, Label, RichText, Ui};

/// Outages listed before the rest is left to the Failures panel.
const LISTED: usize = 8;

/// The sections about failures.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, element: &Element, actions: &mut Vec<Action>) {
    let Some(outcome) = view.solved.map(|s| s.outcome.clone()) else { return };
    if !matches!(
        element.kind(),
        Kind::Bus | Kind::Transformer | Kind::Feeder | Kind::Block | Kind::Row | Kind::Grid | Kind::Generator | Kind::Battery | Kind::Cdu | Kind::AirHandler
    ) || view.selection.slot.is_some()
    {
        return;
    }
    out_of_service(ui, view, element, &outcome.power, actions);
    if_it_fails(ui, view, element.id(), &outcome, actions);
    if matches!(element.kind(), Kind::Row | Kind::Cdu | Kind::AirHandler) {
        takes_down(ui, view, element.id(), &outcome, actions);
    }
    if let Element::Row(row) = element {
        for side in ["A", "B"] {
            voltages(ui, view, &outcome, &format!("{}/{side}", row.id), side);
        }
    }
}

/// Whether an outage is of this element or one of its parts.
fn is_of(outage: &Outage, id: &Id) -> bool {
    outage.of.strip_prefix(id.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What of it is out now, and the switch for all of it.
fn out_of_service(ui: &mut Ui, view: &View<'_>, element: &Element, power: &PowerFlow, actions: &mut Vec<Action>) {
    if matches!(element.kind(), Kind::Cdu | Kind::AirHandler) {
        return;
    }
    let t = theme::of(ui);
    let id = element.id();
    let whole = Outage::whole(id.as_str());
    let others = || view.out.iter().filter(|o| !is_of(o, id)).cloned();
    let mut out = view.out.contains(&whole);
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        let tip = "Takes it out for now, to see what happens: it is no part of the plan, and nothing is saved of it";
        if ui.checkbox(&mut out, "Out of service").on_hover_text(tip).changed() {
            actions.push(Action::SetOut(if out { others().chain([whole.clone()]).collect() } else { others().collect() }));
        }
        for part in view.out.iter().filter(|o| is_of(o, id) && **o != whole) {
            let name = crate::ui::panels::failures::named(view.plan, power, part);
            if ui.add(Button::new(RichText::new(format!("{name} ✖")).color(t.near)).small()).on_hover_text("Put it back into service").clicked() {
                actions.push(Action::SetOut(view.out.iter().filter(|o| *o != part).cloned().collect()));
            }
        }
        if !view.out.is_empty()
            && named(ui.add(Button::new("Restore all").small()), "Restore all outages").on_hover_text("Put everything back into service").clicked()
        {
            actions.push(Action::SetOut(Vec::new()));
        }
    });
}

/// What an outage does, in a few words.
fn does(plan: &Plan, outcome: &Outcome, f: &Failure, u: System) -> String {
    let mut list = Vec::new();
    if f.survived {
        list.push("survived".to_owned());
    }
    if f.lost.it.watts() > 0.5 {
        list.push(format!("{} of IT lost in {} racks", show(f.lost.it, u), parts::whole(f.lost.racks)));
    }
    if f.lost.shortage.watts() > 0.5 {
        list.push(format!("{} short", show(f.lost.shortage, u)));
    }
    if f.lost.it.watts() <= 0.5 && !f.dark.is_empty() {
        list.push(format!("{} without power", names(f.dark.iter())));
    }
    if !f.standby.is_empty() {
        list.push(if f.standby.len() == 1 { "1 block on its sets".to_owned() } else { format!("{} blocks on their sets", f.standby.len()) });
    }
    if let Some(time) = f.on_battery {
        list.push(format!("on batteries for {}", show(time, u)));
    }
    let branch = |i: usize| crate::ui::panels::failures::branch_name(plan, &outcome.power, i);
    match f.overloads.iter().filter(|o| o.risen).max_by(|a, b| a.loading().total_cmp(&b.loading())) {
        Some(o) => list.push(format!("{} overloaded, {}", branch(o.branch), parts::percent(o.loading()))),
        None => {
            if let Some((i, loading)) = f.highest.filter(|h| h.1 > 0.005) {
                list.push(format!("fullest then {}, {}", branch(i), parts::percent(loading)));
            }
        }
    }
    // A number and its percent sign stay on one line.
    list.join("; ").replace(" %", "\u{a0}%")
}

fn names<'a>(ids: impl ExactSizeIterator<Item = &'a Id>) -> String {
    let count = ids.len();
    let list: Vec<&str> = ids.take(3).map(Id::as_str).collect();
    if count > 3 { format!("{} and {} more", list.join(", "), count - 3) } else { list.join(", ") }
}

/// Mark and words of how an outage ends.
fn ending(ui: &mut Ui, f: &Failure) {
    let t = theme::of(ui);
    let (word, standing) = crate::ui::panels::failures::ending(f);
    let (mark, color) = if standing == Standing::Ok { ("✔", t.ok) } else { (theme::standing_mark(standing), t.standing(standing)) };
    ui.label(RichText::new(mark).color(color)).on_hover_text(parts::capital(word));
}

/// A button whose short text others have as well, under a name of its own.
fn named(button: egui::Response, name: &str) -> egui::Response {
    button.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
    button
}

/// Each single outage of the element, with a button that does it.
fn if_it_fails(ui: &mut Ui, view: &View<'_>, id: &Id, outcome: &Outcome, actions: &mut Vec<Action>) {
    let mine: Vec<&Failure> = outcome.failures.list.iter().filter(|f| f.element == *id && f.outages.len() == 1).collect();
    if mine.is_empty() {
        return;
    }
    parts::heading(ui, if outcome.power.out.is_empty() { "If it fails" } else { "If it fails as well" });
    for f in mine.iter().take(LISTED) {
        ui.horizontal(|ui| {
            ending(ui, f);
            if named(ui.add(Button::new("Fail").small()), &format!("Take {} out", f.name()))
                .on_hover_text(format!("Take {} out of service now", f.name()))
                .clicked()
            {
                actions.push(Action::SetOut(crate::ui::panels::failures::together(view.out, &f.outages)));
            }
            let side = f.outages.first().and_then(|o| o.of.split('/').nth(1)).filter(|s| s.len() == 1).map_or_else(String::new, |s| format!(" {s}"));
            ui.add(Label::new(format!("{}{side}: {}", parts::capital(&f.what), does(view.plan, outcome, f, view.system))).wrap());
        });
    }
    if mine.len() > LISTED {
        parts::caption(ui, format!("and {} more in Failures", mine.len() - LISTED));
    }
}

/// Single outages that leave a row or a unit without all of its power.
fn takes_down(ui: &mut Ui, view: &View<'_>, id: &Id, outcome: &Outcome, actions: &mut Vec<Action>) {
    let list: Vec<&Failure> = outcome.failures.list.iter().filter(|f| f.dark.contains(id)).collect();
    let t = theme::of(ui);
    parts::heading(ui, "What can take it down");
    if outcome.failures.list.is_empty() {
        parts::caption(ui, "Nothing of the power chain is drawn yet.");
        return;
    }
    if list.is_empty() {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("✔").color(t.ok));
            ui.add(Label::new(if outcome.power.out.is_empty() { "No single outage does." } else { "No further single outage does." }).wrap());
        });
        return;
    }
    for f in list.iter().take(LISTED) {
        let text = crate::ui::panels::failures::named_failure(view.plan, f);
        ui.horizontal(|ui| {
            ending(ui, f);
            let link = ui.add(egui::Link::new(text));
            if link.on_hover_text(format!("{}\nClick to select it", parts::capital(&does(view.plan, outcome, f, view.system)))).clicked() {
                actions.push(Action::Select(Selection::one(f.element.clone())));
            }
        });
    }
    if list.len() > LISTED {
        parts::caption(ui, format!("and {} more: look for {id} in Failures", list.len() - LISTED));
    }
}

/// The voltage from the supply down to a row, a line for each node.
fn voltages(ui: &mut Ui, view: &View<'_>, outcome: &Outcome, feed: &str, side: &str) {
    let path = live::along(outcome, feed);
    if path.len() < 2 {
        return;
    }
    egui::CollapsingHeader::new(format!("Voltage along feed {side}")).id_salt(("voltage", side)).show(ui, |ui| {
        egui::Grid::new(("voltages", side)).num_columns(3).striped(true).show(ui, |ui| {
            for (node, branch) in &path {
                ui.add(Label::new(&node.id).selectable(false));
                parts::number(ui, format!("{:.2} %", node.v_pu * 100.0)).on_hover_text(format!("Of {}", show(node.nominal, view.system)));
                parts::caption(ui, branch.map_or_else(|| "supply".to_owned(), |b| format!("{}, {}", b.kind.label(), parts::percent(b.loading()))));
                ui.end_row();
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_belong_to_their_element_and_not_to_its_namesake() {
        let of = |name: &str| is_of(&Outage::parse(name), &Id::from("B1"));
        assert!(of("B1") && of("B1/ups") && of("B1/ups#2"));
        assert!(!of("B10") && !of("B10/ups") && !of("AB1"));
    }
}
