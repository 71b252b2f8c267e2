//! Carries out what views asked for.

use super::App;
use crate::edit::{Command, CommandError, Gesture};
use crate::plan::{Element, Id, Kind, Plan, footprint};
use crate::ui::dock::Pane;
use crate::ui::files::Purpose;
use crate::ui::view::{Action, Selection};

impl App {
    /// Carries out one action of a view.
    pub(super) fn carry_out(&mut self, ctx: &egui::Context, action: Action) {
        match action {
            Action::Apply(command, gesture) => {
                self.apply(&command, gesture);
            }
            Action::AddAndSelect(elements) => self.add_and_select(elements),
            Action::Select(selection) => self.selection = selection,
            Action::ZoomTo(id) => {
                self.selection = Selection::one(id.clone());
                self.look_at(vec![id]);
            }
            Action::ShowOnPlan(id) => {
                self.selection = Selection::one(id.clone());
                self.look_at(vec![id]);
                self.dock.show(Pane::Plan);
            }
            Action::Undo => {
                self.session.undo();
            }
            Action::Redo => {
                self.session.redo();
            }
            Action::Scenario(scenario) => self.session.set_scenario(scenario),
            Action::Hour(hour) => self.session.set_hour(hour),
            Action::SetOut(out) => self.session.set_out(out),
            Action::SaveTable { name, text } => {
                self.table = Some((name, text));
                self.ask(ctx, Purpose::Table);
            }
            Action::AddToComparison => self.ask(ctx, Purpose::Compare),
            Action::Say(text) => {
                self.toasts.info(text);
            }
        }
        self.forget_what_is_gone();
    }

    /// Applies a command. One that can't be done is said, and changes nothing.
    pub(super) fn apply(&mut self, command: &Command, gesture: Option<Gesture>) -> bool {
        match self.session.apply(command, gesture) {
            Ok(()) => true,
            Err(e) => {
                self.toasts.error(sentence(&e.to_string()));
                false
            }
        }
    }

    /// Adds elements as one step. The last is what the planner put down; the others are what it needs, such as the loop of a first CDU.
    fn add_and_select(&mut self, mut elements: Vec<Element>) {
        let Some(kind) = elements.last().map(Element::kind) else { return };
        let label = format!("Add {}", kind.label());
        for _ in 0..MOST_NAMES {
            let commands = elements.iter().cloned().map(Command::Add).collect();
            match self.session.apply(&Command::Batch { label: label.clone(), commands }, None) {
                Ok(()) => return self.select_added(Some(kind)),
                // The name is that of something deleted earlier, which undo may bring back.
                Err(CommandError::IdTaken(taken)) => rename(&mut elements, &taken, &next_id(&taken)),
                Err(e) => {
                    self.toasts.error(sentence(&e.to_string()));
                    return;
                }
            }
        }
    }

    /// Selects what the last step added, of one kind or of all.
    pub(super) fn select_added(&mut self, kind: Option<Kind>) {
        let Some(step) = self.session.document().steps().last() else { return };
        let plan = self.session.plan();
        let fits = |id: &Id| kind.is_none_or(|k| plan.get(id).is_some_and(|e| e.kind() == k));
        let ids = step.changes.iter().filter(|c| c.before.is_none() && fits(&c.id)).map(|c| c.id.clone()).collect();
        self.selection = Selection { ids, slot: None };
    }

    /// Shows elements on the plan and on the diagrams. What is no part of a diagram that is in front brings the plan to the front.
    pub(super) fn look_at(&mut self, ids: Vec<Id>) {
        let places: Vec<Id> = ids.iter().flat_map(|id| self.places_of(id)).collect();
        self.panels.canvas.zoom_to(places);
        let drawn = |shows: &dyn Fn(&Id) -> bool| ids.iter().any(shows);
        let on_power = self.dock.is_in_front(Pane::OneLine) && drawn(&|id| self.panels.one_line.shows(id));
        let on_cooling = self.dock.is_in_front(Pane::Loop) && drawn(&|id| self.panels.loops.shows(id));
        if !on_power && !on_cooling {
            self.dock.show(Pane::Plan);
        }
        self.panels.one_line.zoom_to(ids.iter().cloned());
        self.panels.loops.zoom_to(ids);
    }

    fn forget_what_is_gone(&mut self) {
        let plan = self.session.plan();
        if self.selection.ids.iter().any(|id| plan.get(id).is_none()) {
            self.selection.ids.retain(|id| plan.get(id).is_some());
            self.selection.slot = None;
        }
    }

    /// Where an element is seen: itself, or what stands for it when it has no place.
    pub(super) fn places_of(&self, id: &Id) -> Vec<Id> {
        let (plan, catalog) = (self.session.plan(), self.session.catalog());
        let has_place = |id: &Id| plan.get(id).is_some_and(|e| footprint(e, catalog).is_some());
        if has_place(id) { vec![id.clone()] } else { stand_ins(plan, id).into_iter().filter(|id| has_place(id)).collect() }
    }
}

fn stand_ins(plan: &Plan, id: &Id) -> Vec<Id> {
    match plan.get(id) {
        Some(Element::Tcs(tcs)) => plan.cdus().filter(|c| c.tcs == tcs.id).map(|c| c.id.clone()).chain([tcs.hall.clone()]).collect(),
        Some(Element::Feeder(feeder)) => vec![feeder.from.clone(), feeder.to.clone()],
        Some(Element::Scenario(scenario)) => scenario.out.clone(),
        _ => Vec::new(),
    }
}

/// Names tried for an element that others refer to.
const MOST_NAMES: usize = 1_000;

/// The id after this one: `L1` gives `L2`.
fn next_id(id: &Id) -> Id {
    let stem = id.as_str().trim_end_matches(|c: char| c.is_ascii_digit());
    let number: u64 = id.as_str()[stem.len()..].parse().unwrap_or(0);
    Id::new(format!("{stem}{}", number.saturating_add(1)))
}

/// Gives an element another id, and tells the CDUs on a loop.
fn rename(elements: &mut [Element], from: &Id, to: &Id) {
    for element in elements {
        if element.id() == from {
            element.set_id(to.clone());
        }
        if let Element::Cdu(cdu) = element
            && cdu.tcs == *from
        {
            cdu.tcs = to.clone();
        }
    }
}

/// A message as a sentence.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_on() {
        assert_eq!(next_id(&Id::from("H1-L9")), Id::from("H1-L10"));
        assert_eq!(next_id(&Id::from("loop")), Id::from("loop1"));
    }

    #[test]
    fn errors_read_as_sentences() {
        assert_eq!(sentence("there is no element `X`"), "There is no element `X`.");
        assert_eq!(sentence(""), ".");
    }
}
