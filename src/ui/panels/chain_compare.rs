//! The same racks on other power chains, side by side, and a button to take one up.

use super::chain::kiloamperes;
use super::parts;
use crate::plan::{Catalog, Plan};
use crate::session::{ChainKind, ChainVariant, Solved, StageKind, Task, Variant, solve_chain, variants};
use crate::solve::Request;
use crate::ui::theme::{self, Tokens};
use crate::ui::view::{Action, View};
use crate::units::{Money, show};
use egui::{Align, Button, Color32, Layout, Rect, RichText, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use egui_extras::{Column, TableBuilder, TableRow};
use std::collections::VecDeque;
use std::sync::Arc;

/// Chains still to be solved, and for what.
struct Queue {
    left: VecDeque<Variant>,
    of: usize,
    catalog: Arc<Catalog>,
    request: Request,
}

/// Chains under comparison.
#[derive(Default)]
pub struct Side {
    found: Vec<ChainVariant>,
    left_out: Vec<String>,
    about: Option<Arc<Plan>>,
    queue: Option<Queue>,
    task: Option<Task<Result<ChainVariant, String>>>,
}

impl Side {
    /// Takes up a chain that is solved, and begins with the next.
    pub(super) fn poll(&mut self, ctx: &egui::Context) {
        let Some(task) = &mut self.task else { return };
        let answer = task.poll();
        if answer.is_none() && !task.ended() {
            return;
        }
        self.task = None;
        match answer {
            Some(Ok(chain)) => self.found.push(chain),
            Some(Err(why)) => self.left_out.push(why),
            None => self.left_out.push("One chain broke off without an answer.".to_owned()),
        }
        self.next(ctx);
        ctx.request_repaint();
    }

    fn next(&mut self, ctx: &egui::Context) {
        let (Some(queue), Some(plan)) = (&mut self.queue, self.about.clone()) else { return };
        let Some(variant) = queue.left.pop_front() else {
            self.queue = None;
            return;
        };
        let (catalog, request) = (queue.catalog.clone(), queue.request.clone());
        let previous: Option<Arc<Solved>> = self.found.last().map(|c| c.solved.clone());
        let wake = ctx.clone();
        let work = move || solve_chain(&plan, &catalog, &request, variant, previous.as_deref());
        match Task::spawn("chains", work, move || wake.request_repaint()) {
            Ok(task) => self.task = Some(task),
            Err(e) => {
                self.queue = None;
                self.left_out.push(format!("The chains could not be solved: {e}"));
            }
        }
    }

    fn start(&mut self, ctx: &egui::Context, view: &View<'_>) {
        let plan = Arc::new(view.plan.clone());
        let catalog = Arc::new(view.catalog.clone());
        let request = Request { scenario: view.solved.and_then(|s| s.outcome.condition.scenario.clone()), ..Request::default() };
        (self.found, self.left_out) = (Vec::new(), Vec::new());
        let mut left = VecDeque::new();
        for variant in variants(&plan, &catalog) {
            match variant {
                Ok(v) => left.push_back(v),
                Err(why) => self.left_out.push(why),
            }
        }
        self.about = Some(plan);
        self.queue = Some(Queue { of: left.len(), left, catalog, request });
        self.next(ctx);
    }
}

pub(super) fn controls(ui: &mut Ui, view: &View<'_>, side: &mut Side) {
    let busy = side.task.is_some();
    let text = if side.found.is_empty() { "Solve the chains" } else { "Solve again" };
    if ui.add_enabled(!busy, Button::new(text)).on_hover_text("Solves this plan on each chain, beside the window: nothing of the plan changes").clicked() {
        side.start(ui.ctx(), view);
    }
    if busy {
        ui.spinner();
        let of = side.queue.as_ref().map_or(0, |q| q.of);
        parts::caption(ui, format!("Solved {} of {of}…", side.found.len()));
        if ui.button("Stop").clicked() {
            (side.task, side.queue) = (None, None);
        }
    } else if !side.found.is_empty() && side.about.as_ref().is_some_and(|p| **p != *view.plan) {
        ui.label(RichText::new("⚠ The plan has changed since. Solve again.").color(theme::of(ui).near));
    }
}

pub(super) fn ui(ui: &mut Ui, view: &View<'_>, side: &mut Side, actions: &mut Vec<Action>) {
    if side.found.is_empty() {
        if side.task.is_none() && side.left_out.is_empty() {
            parts::empty(
                ui,
                "Not compared yet",
                "Press Solve the chains: the same racks are solved on AC with the UPS in double conversion and in eco mode, and on 800 V DC from central rectifiers or solid-state transformers.",
            );
        }
        side.left_out.iter().for_each(|why| drop(parts::caption(ui, format!("Left out: {why}"))));
        return;
    }
    ScrollArea::both().id_salt("chains").auto_shrink(false).show(ui, |ui| {
        ui.set_min_width(WIDTH);
        table(ui, view, side, actions);
        ui.add_space(6.0);
        losses(ui, &side.found);
        notes(ui, side);
    });
}

const NAME: f32 = 212.0;
const NUMBER: f32 = 82.0;
const TITLES: [(&str, &str); 7] = [
    ("POI to chip", "What arrives at the chips of what the racks take at the point of interconnection"),
    ("Loss", "On that way, at the condition"),
    ("UPS load", "Output of all UPS modules or rectifiers over their rating: far below it their fixed losses weigh"),
    ("Loss a year", "Energy that the racks' chain loses in a year, at the campus's mean cost of energy"),
    ("Campus a year", "Energy and water of the whole campus: with less loss there is less to cool as well"),
    ("Busway current", "Current of all busway conductors together, three of AC and two of DC: a measure of their copper"),
    ("Broken", "Findings that break a limit on this chain"),
];
const BUTTON: f32 = 98.0;
const WIDTH: f32 = NAME + 7.0 * NUMBER + BUTTON + 9.0 * 8.0 + 4.0;

fn table(ui: &mut Ui, view: &View<'_>, side: &Side, actions: &mut Vec<Action>) {
    let found = &side.found;
    TableBuilder::new(ui)
        .id_salt("chains side by side")
        .striped(true)
        .vscroll(false)
        .auto_shrink([false, true])
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(NAME).clip(true))
        .columns(Column::exact(NUMBER), TITLES.len())
        .column(Column::exact(BUTTON))
        .header(20.0, |mut header| {
            header.col(|ui| drop(parts::caption(ui, "Chain")));
            for (title, tip) in TITLES {
                header.col(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| parts::caption(ui, title).on_hover_text(tip));
                });
            }
            header.col(|_| {});
        })
        .body(|body| {
            body.rows(36.0, found.len(), |mut row| {
                let i = row.index();
                line(&mut row, view, &found[i], (i > 0).then(|| &found[0]), actions);
            });
        });
}

/// A value, and below it the difference against the plan.
fn value(ui: &mut Ui, text: String, difference: Option<(String, f64)>) {
    let t = theme::of(ui);
    ui.with_layout(Layout::top_down(Align::RIGHT), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(if difference.is_some() { 2.0 } else { 9.0 });
        let one_line = |text: RichText| egui::Label::new(text).wrap_mode(egui::TextWrapMode::Extend).selectable(false);
        ui.add(one_line(RichText::new(text)));
        if let Some((text, worse)) = difference {
            // What rounds to nothing is no difference.
            let color = if !text.bytes().any(|b| matches!(b, b'1'..=b'9')) {
                t.weak_text
            } else if worse > 0.0 {
                t.near
            } else {
                t.ok
            };
            ui.add(one_line(RichText::new(text).size(theme::CAPTION).color(color)));
        }
    });
}

fn signed(text: String, value: f64) -> String {
    if value > 0.0 { format!("+{text}") } else { text }
}

fn line(row: &mut TableRow<'_, '_>, view: &View<'_>, c: &ChainVariant, base: Option<&ChainVariant>, actions: &mut Vec<Action>) {
    let u = view.system;
    let planned = c.variant.command.is_none();
    let told = planned && c.variant.kind != ChainKind::AsPlanned;
    row.col(|ui| {
        let name = RichText::new(&c.variant.name);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(if told { 2.0 } else { 9.0 });
            ui.add(egui::Label::new(if planned { name.strong() } else { name }).truncate());
            if told {
                parts::caption(ui, "this plan");
            }
        });
    });
    row.col(|ui| {
        let points = base.map(|b| (c.stages.efficiency() - b.stages.efficiency()) * 100.0);
        value(ui, format!("{:.2} %", c.stages.efficiency() * 100.0), points.map(|p| (signed(format!("{p:.2} points").replace('-', "−"), p), -p)));
    });
    row.col(|ui| {
        let more = base.map(|b| c.stages.loss() - b.stages.loss());
        value(ui, show(c.stages.loss(), u), more.map(|m| (signed(show(m, u), m.watts()), m.watts())));
    });
    row.col(|ui| value(ui, parts::percent(c.ups_share), None));
    let money = |ui: &mut Ui, now: Option<Money>, before: Option<Money>| {
        let more = now.zip(before).map(|(a, b)| a - b);
        value(ui, now.map_or_else(|| "—".to_owned(), |m| parts::money(m, u)), more.map(|m| (signed(parts::money(m, u), m.dollars()), m.dollars())));
    };
    row.col(|ui| money(ui, c.loss_cost(), base.and_then(ChainVariant::loss_cost)));
    row.col(|ui| money(ui, Some(c.solved.outcome.summary.cost), base.map(|b| b.solved.outcome.summary.cost)));
    row.col(|ui| {
        let share = base.map(|b| (c.copper.conductors / b.copper.conductors - 1.0) * 100.0).filter(|s| s.is_finite());
        value(ui, kiloamperes(c.copper.conductors), share.map(|s| (signed(format!("{s:.0} %").replace('-', "−"), s), s)));
    });
    row.col(|ui| broken(ui, c));
    row.col(|ui| {
        if let Some(command) = &c.variant.command
            && ui.button("Use this chain").on_hover_text("Changes the blocks and busways of the plan; one undo takes it back").clicked()
        {
            actions.push(Action::Apply(command.clone(), None));
        }
    });
}

fn broken(ui: &mut Ui, c: &ChainVariant) {
    let t = theme::of(ui);
    let list: Vec<&crate::checks::Finding> = c.solved.assessment.broken().collect();
    let text = RichText::new(if list.is_empty() { "0".to_owned() } else { format!("■ {}", list.len()) });
    let response = parts::number(ui, text.color(if list.is_empty() { t.text } else { t.broken }));
    if !list.is_empty() {
        let first: Vec<&str> = list.iter().take(6).map(|f| f.message.as_str()).collect();
        response.on_hover_text(first.join("\n"));
    }
}

/// One color for each stage, apart from its neighbors for every kind of color vision; the large parts in the calm ones.
fn color(t: &Tokens, kind: StageKind) -> Color32 {
    t.categorical[match kind {
        StageKind::StepUp => 5,
        StageKind::Transformers => 0,
        StageKind::Feeders => 6,
        StageKind::BlockFeeders => 4,
        StageKind::Substations => 2,
        StageKind::Ups => 1,
        StageKind::Busways => 3,
        StageKind::Shelves => 7,
        // Eight colors for nine stages: the first and the last are never beside each other.
        StageKind::Nodes => 5,
    }]
}

/// Loss by stage as stacked bars on one scale.
fn losses(ui: &mut Ui, found: &[ChainVariant]) {
    let t = theme::of(ui);
    let share = |c: &ChainVariant, k: StageKind| c.stages.of(k).map_or(0.0, |s| s.loss / c.stages.source);
    let most = found.iter().map(|c| 1.0 - c.stages.efficiency()).fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        parts::caption(ui, "Lost of what the racks take at the point of interconnection:");
        for kind in StageKind::ALL.into_iter().filter(|k| found.iter().any(|c| share(c, *k) > 0.0)) {
            parts::swatch(ui, color(t, kind));
            parts::caption(ui, kind.label());
        }
    });
    for c in found {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width().min(WIDTH), 18.0), Sense::hover());
        let total = 1.0 - c.stages.efficiency();
        let lines: Vec<String> = c.stages.list.iter().map(|s| format!("{}: {:.2} %", s.kind.label(), s.loss / c.stages.source * 100.0)).collect();
        response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, format!("{}: {:.2} % lost", c.variant.name, total * 100.0)));
        let font = egui::TextStyle::Body.resolve(ui.style());
        let names = ui.painter_at(Rect::from_min_size(rect.min, vec2(NAME - 4.0, rect.height())));
        names.text(pos2(rect.left(), rect.center().y), egui::Align2::LEFT_CENTER, &c.variant.name, font.clone(), t.text);
        let span = f64::from((rect.width() - NAME - 70.0).max(40.0));
        let mut x = rect.left() + NAME;
        for s in &c.stages.list {
            let width = (s.loss / c.stages.source / most * span) as f32;
            ui.painter().rect_filled(Rect::from_min_size(pos2(x, rect.top() + 3.0), vec2(width, rect.height() - 6.0)), 0.0, color(t, s.kind));
            x += width;
        }
        ui.painter().text(pos2(x + 6.0, rect.center().y), egui::Align2::LEFT_CENTER, format!("{:.2} %", total * 100.0), font, t.text);
        response.on_hover_text(format!("{}\n{}", c.variant.name, lines.join("\n")));
    }
}

fn notes(ui: &mut Ui, side: &Side) {
    parts::heading(ui, "What is assumed");
    for c in side.found.iter().filter(|c| !c.variant.assumed.is_empty()) {
        parts::caption(ui, format!("{} {}: {}", parts::ASSUMED, c.variant.name, c.variant.assumed.join(" ")));
    }
    side.left_out.iter().for_each(|why| drop(parts::caption(ui, format!("Left out: {why}"))));
    parts::caption(ui, "Everything is in service, on the design day or in the scenario; the year is the campus's own. Prices of equipment are not compared.");
}
