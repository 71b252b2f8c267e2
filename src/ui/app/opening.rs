//! Opening, saving and closing: nothing unsaved is lost without a question, and nothing here makes the frame wait for a dialog.

use super::App;
use super::dialogs::Dialog;
use super::paths::PathDialog;
use crate::plan::file::Loaded;
use crate::plan::{Campus, Element, Month, Plan, Site, Workload};
use crate::ui::files::{Answer, Purpose};
use crate::ui::view::Selection;
use crate::units::Ratio;
use egui::{Ui, ViewportCommand};
use std::path::{Path, PathBuf};

/// What happens once the plan in hand is safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// An empty plan.
    New,
    /// Ask for a file and open it.
    Open,
    /// Open this file.
    OpenFile(PathBuf),
    /// Close the window.
    Close,
}

impl App {
    /// Does what comes next, after a question if that would lose unsaved work.
    pub(super) fn guard(&mut self, ctx: &egui::Context, next: Next) {
        if self.session.document().is_changed() { self.dialog = Some(Dialog::Unsaved(next)) } else { self.go_on(ctx, next) }
    }

    /// Does what comes next. Unsaved work is given up.
    pub(super) fn go_on(&mut self, ctx: &egui::Context, next: Next) {
        match next {
            Next::New => {
                let plan = empty_plan(&self.session);
                self.take_up(Loaded { plan, header: String::new(), ignored: Vec::new() }, None, None);
            }
            Next::Open => self.ask(ctx, Purpose::Open),
            Next::OpenFile(path) => self.open(ctx, &path),
            Next::Close => {
                self.may_close = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    pub(super) fn take_up(&mut self, loaded: Loaded, path: Option<PathBuf>, text: Option<String>) {
        self.session.replace(loaded, path, text);
        self.settling = true;
        self.recovery.clear();
        self.selection = Selection::default();
        self.panels.canvas.take(crate::ui::canvas::tools::Tool::Select);
        self.panels.canvas.fit_all();
        self.say_ignored();
    }

    /// Says which fields of the file were left out.
    pub(super) fn say_ignored(&mut self) {
        let list: Vec<String> = self.session.ignored().iter().map(|i| i.line.map_or_else(|| i.path.clone(), |l| format!("{} (line {l})", i.path))).collect();
        if !list.is_empty() {
            self.toasts.warning(format!("Unknown fields were left out: {}.", list.join(", ")));
        }
    }

    /// Saves to the plan's file, or asks for one.
    pub(super) fn save(&mut self, ctx: &egui::Context, then: Option<Next>) {
        match self.session.path().map(Path::to_owned) {
            Some(path) => self.save_to(ctx, &path, then),
            None => self.save_as(ctx, then),
        }
    }

    /// Asks for a file and saves to it.
    pub(super) fn save_as(&mut self, ctx: &egui::Context, then: Option<Next>) {
        self.after_save = then;
        self.ask(ctx, Purpose::Save);
    }

    /// Asks for a path.
    pub(super) fn ask(&mut self, ctx: &egui::Context, purpose: Purpose) {
        let waker = ctx.clone();
        let answer = self.dialogs.ask(purpose, self.beside(purpose).as_deref(), move || waker.request_repaint());
        self.take_answer(ctx, answer);
    }

    /// The file a dialog begins beside: the plan's, or for a table one with its own name in the same folder.
    fn beside(&self, purpose: Purpose) -> Option<PathBuf> {
        match (purpose, &self.table) {
            (Purpose::Table, Some((name, _))) => Some(self.session.path().map_or_else(|| PathBuf::from(name), |p| p.with_file_name(name))),
            _ => self.session.path().map(Path::to_owned),
        }
    }

    pub(super) fn poll_dialogs(&mut self, ctx: &egui::Context) {
        let answer = self.dialogs.poll();
        self.take_answer(ctx, answer);
    }

    pub(super) fn take_answer(&mut self, ctx: &egui::Context, answer: Answer) {
        match answer {
            Answer::Waiting => {}
            Answer::Cancelled => (self.after_save, self.table) = (None, None),
            Answer::Path(Purpose::Open, path) => self.open(ctx, &path),
            Answer::Path(Purpose::Save, path) => {
                let then = self.after_save.take();
                self.save_to(ctx, &path, then);
            }
            Answer::Path(Purpose::Table, path) => {
                if let Some((_, text)) = self.table.take() {
                    self.write_table(ctx, path, text);
                }
            }
            Answer::Path(Purpose::Compare, path) => self.panels.compare.add_plan(ctx, path),
            Answer::None(purpose) => self.dialog = Some(Dialog::Path(PathDialog::new(purpose, self.beside(purpose).as_deref()))),
        }
    }

    /// The window is about to close: with unsaved work it stays and asks.
    pub(super) fn guard_closing(&mut self, ui: &Ui) {
        if !ui.input(|i| i.viewport().close_requested()) {
            return;
        }
        if self.session.document().is_changed() && !self.may_close {
            ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
            self.dialog = Some(Dialog::Unsaved(Next::Close));
        }
    }
}

/// A plan with nothing on the ground, at the site of the plan in hand.
fn empty_plan(session: &crate::session::Session) -> Plan {
    let library = session.plan().site().map(|s| s.library.clone()).or_else(|| session.catalog().sites.first().map(|s| s.id.clone())).unwrap_or_default();
    let mut plan = Plan::default();
    let campus = Campus { id: "campus".into(), name: "New plan".to_owned(), date: this_month(), cap: None, notes: String::new() };
    let site = Site { id: "site".into(), library, weather: None, tariff: None, gas: None, water: None, carbon: None, water_cap: None, assumed: String::new() };
    let workload = Workload {
        id: "workload".into(),
        gpu: Ratio::from_percent(80.0),
        cpu: Ratio::from_percent(30.0),
        daily_swing: Ratio::ZERO,
        peak_hour: 15,
        assumed: "utilization not yet set by the planner".to_owned(),
    };
    for element in [Element::Campus(campus), Element::Site(site), Element::Workload(workload)] {
        plan.elements.insert(element.id().clone(), element);
    }
    plan
}

/// The month of the system's clock.
fn this_month() -> Month {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    // Mean Gregorian month; at the turn of a month it may be off by a day, which a planning month doesn't feel.
    const MONTH: f64 = 365.2425 / 12.0 * 86_400.0;
    let months = (seconds as f64 / MONTH) as i32;
    Month { year: 1970 + months / 12, month: (months % 12 + 1) as u32 }
}
