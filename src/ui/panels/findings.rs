//! What is broken or nearly so, why, and the ways out as buttons.

use super::parts;
use crate::checks::{Finding, Severity};
use crate::edit::Command;
use crate::plan::{Acceptance, Id};
use crate::ui::theme;
use crate::ui::view::{Action, View};
use egui::{Button, Key, RichText, ScrollArea, TextEdit, Ui};

/// What the panel remembers: the finding about to be accepted, and the reason typed so far.
#[derive(Debug, Clone, Default)]
pub struct State {
    accepting: Option<(String, Id)>,
    reason: String,
    hide_notes: bool,
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let Some(solved) = view.solved else {
        parts::empty(ui, "Not solved yet", "Findings appear as soon as the plan is solved.");
        return;
    };
    let findings = &solved.assessment.findings;
    let open: Vec<&Finding> = findings.iter().filter(|f| f.accepted.is_none()).collect();
    let accepted: Vec<&Finding> = findings.iter().filter(|f| f.accepted.is_some()).collect();
    if open.is_empty() && accepted.is_empty() {
        parts::empty(
            ui,
            "Nothing to report",
            "No limit is broken or nearly so. Try a scenario, a hotter hour in Year, or more racks, and see what gives first in Headroom.",
        );
        return;
    }
    let count = |s: Severity| open.iter().filter(|f| f.severity == s).count();
    ui.horizontal(|ui| {
        parts::caption(
            ui,
            format!(
                "{} broken, {} near or doubtful, {} notes, {} accepted",
                count(Severity::Broken),
                count(Severity::Warning),
                count(Severity::Note),
                accepted.len()
            ),
        );
        ui.checkbox(&mut state.hide_notes, "Hide notes");
    });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let hide = state.hide_notes;
        for (i, finding) in open.iter().enumerate().filter(|(_, f)| !(hide && f.severity == Severity::Note)) {
            ui.push_id(("finding", i), |ui| one(ui, view, finding, state, actions));
            ui.separator();
        }
        if open.is_empty() {
            ui.label("Every finding is accepted.");
        }
        if !accepted.is_empty() {
            egui::CollapsingHeader::new(format!("Accepted ({})", accepted.len())).id_salt("accepted").show(ui, |ui| {
                for (i, finding) in accepted.iter().enumerate() {
                    ui.push_id(("accepted", i), |ui| accepted_one(ui, view, finding, actions));
                }
            });
        }
    });
}

/// One finding with its numbers, its hint and its fixes. Also used by the inspector.
pub fn card(ui: &mut Ui, finding: &Finding, actions: &mut Vec<Action>) {
    ui.horizontal_top(|ui| {
        parts::severity_mark(ui, finding.severity);
        ui.vertical(|ui| {
            let message = ui.add(egui::Label::new(sentence(finding, &finding.message)).wrap().sense(egui::Sense::click()));
            if message.on_hover_text("Click to see it on the plan").clicked()
                && let Some(id) = finding.subjects.first()
            {
                actions.push(Action::ZoomTo(id.clone()));
            }
            if !finding.hint.is_empty() {
                let t = theme::of(ui);
                ui.label(RichText::new(parts::capital(&finding.hint)).color(t.weak_text));
            }
            if !finding.fixes.is_empty() {
                ui.horizontal_wrapped(|ui| {
                    for fix in &finding.fixes {
                        if ui.button(&fix.label).on_hover_text(fix.command.label()).clicked() {
                            actions.push(Action::Apply(fix.command.clone(), None));
                        }
                    }
                });
            }
        });
    });
}

/// A sentence begins with a large letter, unless it begins with the id of an element.
fn sentence(finding: &Finding, text: &str) -> String {
    if finding.subjects.iter().any(|id| text.starts_with(id.as_str())) { text.to_owned() } else { parts::capital(text) }
}

fn one(ui: &mut Ui, view: &View<'_>, finding: &Finding, state: &mut State, actions: &mut Vec<Action>) {
    card(ui, finding, actions);
    let Some(subject) = finding.subjects.first() else { return };
    ui.horizontal_wrapped(|ui| {
        ui.add_space(18.0);
        for id in finding.subjects.iter().take(6) {
            let selected = view.selection.contains(id);
            let name = view.plan.get(id).map_or(id.as_str(), |e| parts::name_of(view, e));
            if ui.add(Button::selectable(selected, RichText::new(name).size(theme::CAPTION)).small()).on_hover_text(format!("Show {id} on the plan")).clicked()
            {
                actions.push(Action::ZoomTo(id.clone()));
            }
        }
        if finding.subjects.len() > 6 {
            parts::caption(ui, format!("and {} more", finding.subjects.len() - 6));
        }
        let key = (finding.rule.to_owned(), subject.clone());
        if state.accepting.as_ref() == Some(&key) {
            accept_form(ui, finding, subject, state, actions);
        } else if ui.add(Button::new(RichText::new("Accept…").size(theme::CAPTION)).small()).on_hover_text("Keep the plan as it is, and say why").clicked() {
            state.accepting = Some(key);
            state.reason.clear();
        }
    });
}

fn accept_form(ui: &mut Ui, finding: &Finding, subject: &Id, state: &mut State, actions: &mut Vec<Action>) {
    let label = ui.label("because");
    let field = ui.add(TextEdit::singleline(&mut state.reason).desired_width(240.0).hint_text("the reason, kept in the plan")).labelled_by(label.id);
    let reason = state.reason.trim().to_owned();
    let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    let accepted =
        ui.add_enabled(!reason.is_empty(), Button::new("Accept")).on_disabled_hover_text("A reason is needed").clicked() || (entered && !reason.is_empty());
    if accepted {
        let acceptance = Acceptance { id: Id::default(), rule: finding.rule.to_owned(), subject: subject.clone(), reason };
        actions.push(Action::Apply(Command::Add(acceptance.into()), None));
        state.accepting = None;
    } else if ui.button("Cancel").clicked() || ui.input(|i| i.key_pressed(Key::Escape)) {
        state.accepting = None;
    }
}

fn accepted_one(ui: &mut Ui, view: &View<'_>, finding: &Finding, actions: &mut Vec<Action>) {
    card(ui, finding, actions);
    ui.horizontal_wrapped(|ui| {
        ui.add_space(18.0);
        parts::caption(ui, format!("Accepted: {}", finding.accepted.as_deref().unwrap_or_default()));
        let record = view.plan.acceptances().find(|a| a.rule == finding.rule && finding.subjects.first() == Some(&a.subject));
        if let Some(record) = record
            && ui.add(Button::new(RichText::new("Take back").size(theme::CAPTION)).small()).on_hover_text("The finding counts again").clicked()
        {
            actions.push(Action::Apply(Command::Remove { ids: vec![record.id.clone()] }, None));
        }
    });
}
