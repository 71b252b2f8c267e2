//! What happens when something fails: every single outage worst first, and what a second one does on top of it.

use super::failures_table::{self, Column};
use super::failures_words;
use super::parts;
use crate::checks::Standing;
use crate::plan::{Id, Plan};
use crate::session::{Solved, Task};
use crate::solve::{Failure, Failures, Outage, Outcome, PowerFlow, fail};
use crate::ui::plots::csv;
use crate::ui::theme;
use crate::ui::view::{Action, View};
use crate::units::show;
use egui::{Button, RichText, TextEdit, Ui};
use std::collections::BTreeSet;
use std::sync::Arc;

pub use super::failures_words::{branch_name, ending, named, together, what as named_failure};

/// Elements whose pairs are tried: 40 make 780 pairs.
const SAMPLED: usize = 40;

/// Pairs of outages, solved.
struct Pairs {
    failures: Arc<Failures>,
    /// The state they are on top of.
    about: Arc<PowerFlow>,
    /// From how many outages the pairs were made.
    of: usize,
}

/// What of the outages is shown.
#[derive(Default)]
pub struct State {
    text: String,
    felt_only: bool,
    kind: Option<String>,
    pub(super) sort: Option<(Column, bool)>,
    /// Pairs instead of single outages.
    pairs_shown: bool,
    pairs: Option<Pairs>,
    task: Option<Task<Pairs>>,
    message: Option<String>,
    listed: Option<Listed>,
}

/// Lines in the order in which they are shown, and what they were made for.
struct Listed {
    failures: Arc<Failures>,
    text: String,
    felt_only: bool,
    kind: Option<String>,
    sort: Option<(Column, bool)>,
    lines: Arc<Vec<usize>>,
    /// Kinds of things that are in the list.
    kinds: Arc<BTreeSet<&'static str>>,
}

impl State {
    /// Takes up pairs solved beside the window. The window calls this once a frame.
    pub fn poll(&mut self, ctx: &egui::Context) {
        let Some(task) = &mut self.task else { return };
        let answer = task.poll();
        if answer.is_none() && !task.ended() {
            return;
        }
        self.task = None;
        match answer {
            Some(pairs) => {
                self.message = None;
                self.pairs_shown = true;
                self.pairs = Some(pairs);
            }
            None => self.message = Some("The pairs broke off without an answer.".to_owned()),
        }
        ctx.request_repaint();
    }

    /// The lines that pass the filter, in the chosen order; made anew only when something of that changes.
    fn lines(&mut self, view: &View<'_>, outcome: &Outcome, failures: &Arc<Failures>) -> (Arc<Vec<usize>>, Arc<BTreeSet<&'static str>>) {
        let fits = |l: &&Listed| {
            Arc::ptr_eq(&l.failures, failures) && l.text == self.text && l.felt_only == self.felt_only && l.kind == self.kind && l.sort == self.sort
        };
        if let Some(known) = self.listed.as_ref().filter(fits) {
            return (known.lines.clone(), known.kinds.clone());
        }
        let names = failures_words::names(&outcome.power);
        let kinds: Arc<BTreeSet<&'static str>> = Arc::new(failures.list.iter().flat_map(|f| failures_words::kinds(view.plan, &names, f)).collect());
        let wanted = self.text.trim().to_lowercase();
        let passes = |f: &Failure| {
            !(self.felt_only && f.survived)
                && self.kind.as_ref().is_none_or(|k| failures_words::kinds(view.plan, &names, f).any(|x| x == k))
                && (wanted.is_empty() || failures_words::says(view, &outcome.power, f).to_lowercase().contains(&wanted))
        };
        let mut lines: Vec<usize> = failures.list.iter().enumerate().filter(|(_, f)| passes(f)).map(|(i, _)| i).collect();
        if let Some((column, falling)) = self.sort {
            failures_table::sort(&mut lines, &failures.list, column, falling);
        }
        let lines = Arc::new(lines);
        let (text, kind) = (self.text.clone(), self.kind.clone());
        self.listed =
            Some(Listed { failures: failures.clone(), text, felt_only: self.felt_only, kind, sort: self.sort, lines: lines.clone(), kinds: kinds.clone() });
        (lines, kinds)
    }
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let Some(solved) = view.solved else {
        parts::empty(ui, "Not solved yet", "What fails when something is out appears as soon as the plan is solved.");
        return;
    };
    let outcome = solved.outcome.clone();
    out_now(ui, view, &outcome, actions);
    if outcome.failures.list.is_empty() {
        parts::empty(
            ui,
            "Nothing that can fail yet",
            "Draw a bus with a grid connection and feed a row of racks from a power block: every transformer, feeder, UPS and busway on the way, and every CDU, pump, valve, air handler and cooler, is then taken out once, and what that does is listed here.",
        );
        return;
    }
    let pairs = state.pairs.as_ref().filter(|p| state.pairs_shown && Arc::ptr_eq(&p.about, &outcome.power)).map(|p| (p.failures.clone(), p.of));
    let failures = pairs.as_ref().map_or_else(|| outcome.failures.clone(), |p| p.0.clone());
    headline(ui, view, &outcome, &failures, pairs.as_ref().map(|p| p.1));
    let (lines, kinds) = state.lines(view, &outcome, &failures);
    controls(ui, view, solved, state, &lines, &kinds, &failures, actions);
    if lines.is_empty() {
        parts::empty(ui, "No outage fits the filter", "Clear the filter to see all outages again.");
        return;
    }
    failures_table::ui(ui, view, &outcome, state, &failures.list, &lines, actions);
}

/// What is out of service now, each with a way back, and what that costs.
fn out_now(ui: &mut Ui, view: &View<'_>, outcome: &Outcome, actions: &mut Vec<Action>) {
    let power = &outcome.power;
    if view.out.is_empty() {
        return;
    }
    let t = theme::of(ui);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("{} Out of service now:", theme::UP)).color(t.near));
        for outage in view.out {
            let text = failures_words::named(view.plan, power, outage);
            if ui.add(Button::new(format!("{text} ✖")).small()).on_hover_text(format!("Put {outage} back into service")).clicked() {
                actions.push(Action::SetOut(view.out.iter().filter(|o| *o != outage).cloned().collect()));
            }
        }
        let restore = ui.add(Button::new("Restore all").small());
        restore.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, "Put everything back into service"));
        if restore.on_hover_text("Put everything back into service").clicked() {
            actions.push(Action::SetOut(Vec::new()));
        }
        let (text, standing) = now(view, outcome);
        ui.label(RichText::new(text).color(if standing == Standing::Ok { t.text } else { t.standing(standing) }));
    });
    for unknown in &power.unknown_out {
        ui.label(RichText::new(format!("■ Nothing is called {unknown}.")).color(t.broken));
    }
}

/// What the state with things out costs.
fn now(view: &View<'_>, outcome: &Outcome) -> (String, Standing) {
    let (power, it) = (&outcome.power, outcome.loads.it_power);
    let lost = power.lost.it;
    if lost.watts() <= 0.5 && power.dark.is_empty() && power.lost.shortage.watts() <= 0.5 && !outcome.heat.is_felt() {
        let sets = match power.standby.len() {
            0 => String::new(),
            1 => ", 1 block on standby sets".to_owned(),
            n => format!(", {n} blocks on standby sets"),
        };
        return (format!("All of the IT power is still served and cooled{sets}."), Standing::Ok);
    }
    let named = power.dark.iter().take(3).map(Id::as_str).collect::<Vec<_>>().join(", ");
    let dark = match power.dark.len() {
        0 => String::new(),
        1 => format!("{named} is without all of its power"),
        2..4 => format!("{named} are without all of their power"),
        n => format!("{named} and {} more are without all of their power", n - 3),
    };
    let mut list = Vec::new();
    if lost.watts() > 0.5 {
        list.push(format!("IT {} of {} served", show(it - lost, view.system), show(it, view.system)));
    }
    if power.lost.shortage.watts() > 0.5 {
        list.push(format!("supply is {} short", show(power.lost.shortage, view.system)));
    }
    list.extend((!dark.is_empty()).then_some(dark));
    let heat = &outcome.heat;
    if !heat.uncooled.is_empty() {
        list.push(format!("nothing cools {} racks ({})", parts::whole(u64::from(heat.uncooled_racks())), show(heat.uncooled_it, view.system)));
    }
    if !heat.hot.is_empty() {
        list.push(format!("{} racks are above a limit", parts::whole(u64::from(heat.hot_racks()))));
    }
    (format!("■ {}.", parts::capital(&list.join("; "))), Standing::Broken)
}

/// The answer in a sentence.
fn headline(ui: &mut Ui, view: &View<'_>, outcome: &Outcome, failures: &Failures, pairs_of: Option<usize>) {
    let t = theme::of(ui);
    let (all, felt) = (failures.list.len(), failures.felt().count());
    let loses = failures.felt().filter(|f| failures_words::ending(f).1 == Standing::Broken).count();
    let (out, names) = (&outcome.power.out, outcome.power.out.iter().map(|o| failures_words::named(view.plan, &outcome.power, o)).collect::<Vec<_>>());
    let what = match (pairs_of, out.is_empty()) {
        (Some(of), true) => format!("{} pairs of {of} outages that are survived one at a time", parts::whole(all as u64)),
        (Some(of), false) => format!("With {} out, {} pairs of {of} further outages", names.join(" and "), parts::whole(all as u64)),
        (None, true) => format!("{} single outages", parts::whole(all as u64)),
        (None, false) => format!("With {} out, {} second outages (N-2 with it)", names.join(" and "), parts::whole(all as u64)),
    };
    let rest = match felt {
        0 => "all survived: nothing loses power, nothing is overloaded, no rack gets too hot".to_owned(),
        1 => format!("{} survived, 1 takes power or cooling away or overloads something", parts::whole((all - felt) as u64)),
        _ => format!("{} survived, {} take power or cooling away or overload something", parts::whole((all - felt) as u64), parts::whole(felt as u64)),
    };
    let mark = if felt == 0 { RichText::new("✔").color(t.ok) } else { RichText::new("■").color(t.broken) };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(mark);
        ui.label(RichText::new(format!("{what}: {rest}.")).strong()).on_hover_text(format!(
            "Each outage is solved exactly. {loses} lose power or cooling, {} overload something without losing any.\nOf several alike in parallel one unit is taken out; a UPS also as a whole.",
            felt - loses
        ));
        if view.stale {
            parts::caption(ui, "solving…");
        }
    });
}

#[allow(clippy::too_many_arguments, reason = "one line of controls over everything the panel has")]
fn controls(
    ui: &mut Ui,
    view: &View<'_>,
    solved: &Solved,
    state: &mut State,
    lines: &Arc<Vec<usize>>,
    kinds: &BTreeSet<&'static str>,
    failures: &Arc<Failures>,
    actions: &mut Vec<Action>,
) {
    ui.horizontal_wrapped(|ui| {
        ui.label("Find");
        ui.add(TextEdit::singleline(&mut state.text).desired_width(120.0).hint_text("element or branch")).accessible_name("Find an outage");
        ui.selectable_value(&mut state.felt_only, false, "All");
        ui.selectable_value(&mut state.felt_only, true, "Felt only").on_hover_text("Outages that take power or cooling away or overload something");
        kind_box(ui, kinds, &mut state.kind);
        ui.separator();
        pair_buttons(ui, view, solved, state);
        ui.separator();
        csv::button(ui, "outages", || failures_table::csv(view, &solved.outcome.power, &failures.list, lines), actions);
        if lines.len() != failures.list.len() {
            parts::caption(ui, format!("{} of {} listed", parts::whole(lines.len() as u64), parts::whole(failures.list.len() as u64)));
        }
        if let Some(message) = &state.message {
            ui.label(RichText::new(message).color(theme::of(ui).broken));
        }
    });
    ui.add_space(2.0);
}

fn kind_box(ui: &mut Ui, kinds: &BTreeSet<&'static str>, chosen: &mut Option<String>) {
    let response = egui::ComboBox::from_id_salt("kind of outage")
        .selected_text(chosen.as_deref().unwrap_or("anything"))
        .width(120.0)
        .show_ui(ui, |ui| {
            ui.selectable_value(chosen, None, "anything");
            for kind in kinds {
                ui.selectable_value(chosen, Some((*kind).to_owned()), *kind);
            }
        })
        .response;
    let name = format!("What is out: {}", chosen.as_deref().unwrap_or("anything"));
    response.accessible_name(name);
}

fn pair_buttons(ui: &mut Ui, view: &View<'_>, solved: &Solved, state: &mut State) {
    let fresh = state.pairs.as_ref().is_some_and(|p| Arc::ptr_eq(&p.about, &solved.outcome.power));
    if fresh {
        ui.selectable_value(&mut state.pairs_shown, false, "Single outages");
        ui.selectable_value(&mut state.pairs_shown, true, "Pairs");
    } else if state.task.is_some() {
        ui.spinner();
        parts::caption(ui, "Solving pairs…");
    } else {
        let sample = candidates(&solved.outcome.failures);
        let tip = format!(
            "Two things out at once: all pairs of the {} elements whose outage is survived with the least room left.\nFor a pair of your own, fail one thing with its button: the list is then about a second one.",
            sample.len()
        );
        let enabled = !view.stale && sample.len() > 1;
        if ui.add_enabled(enabled, Button::new("Try pairs (N-2)")).on_hover_text(tip).on_disabled_hover_text("No two outages that are survived").clicked() {
            start(ui.ctx(), view, solved, sample, state);
        }
    }
}

/// The outages whose pairs are tried: of those survived, the hardest of each element, hardest first. What is felt alone is felt in any pair.
fn candidates(failures: &Failures) -> Vec<Outage> {
    let mut seen: BTreeSet<&Id> = BTreeSet::new();
    // Survived outages stand by what they load most; of one element that is mostly its largest outage.
    failures.list.iter().filter(|f| f.survived && seen.insert(&f.element)).filter_map(|f| f.outages.first().cloned()).take(SAMPLED).collect()
}

/// Every pair of a list of outages.
fn pairs_of(list: &[Outage]) -> Vec<Vec<Outage>> {
    list.iter().enumerate().flat_map(|(i, a)| list[i + 1..].iter().map(move |b| vec![a.clone(), b.clone()])).collect()
}

fn start(ctx: &egui::Context, view: &View<'_>, solved: &Solved, sample: Vec<Outage>, state: &mut State) {
    let (plan, catalog, outcome): (Arc<Plan>, _, Arc<Outcome>) = (solved.plan.clone(), view.catalog.clone(), solved.outcome.clone());
    let wake = ctx.clone();
    let work = move || {
        let failures = Arc::new(fail(&plan, &catalog, &outcome, &pairs_of(&sample)));
        Pairs { failures, about: outcome.power.clone(), of: sample.len() }
    };
    match Task::spawn("pairs", work, move || wake.request_repaint()) {
        Ok(task) => (state.task, state.message) = (Some(task), None),
        Err(e) => state.message = Some(format!("The pairs could not start: {e}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_made_of_what_is_survived_one_of_each_element() {
        let outages = |n: usize| (0..n).map(|i| Outage::whole(format!("B{i}"))).collect::<Vec<_>>();
        assert_eq!(pairs_of(&outages(40)).len(), 780);
        assert!(pairs_of(&outages(1)).is_empty());
        let plan = crate::plan::file::read(include_str!("../../../layouts/row.ron")).unwrap().plan;
        let session = crate::session::Session::inline(plan).unwrap();
        let failures = &session.solved().unwrap().outcome.failures;
        let sample = candidates(failures);
        assert!(sample.len() > 1 && sample.len() <= SAMPLED);
        let of = |o: &Outage| failures.list.iter().find(|f| f.outages == [o.clone()]).unwrap();
        assert!(sample.iter().all(|o| of(o).survived));
        let elements: BTreeSet<&Id> = sample.iter().map(|o| &of(o).element).collect();
        assert_eq!(elements.len(), sample.len());
    }
}
