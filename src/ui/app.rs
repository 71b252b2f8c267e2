//! The window itself: one session, one selection, the panels, and what happens between frames.

mod commands;
mod dialogs;
mod disk;
mod menu;
mod opening;
mod palette;
mod paths;
mod perform;

use super::canvas::overlay::Overlay;
use super::dock::{Dock, Panels};
use super::files::{Dialogs, Recent, Recovery, full};
use super::status;
use super::theme;
use super::view::{Action, Selection, View};
use crate::plan::file::Loaded;
use crate::session::Session;
use crate::units::System;
use dialogs::Dialog;
use egui::{CentralPanel, Frame, Panel, Ui};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Key of the settings in the storage of the window.
const SETTINGS: &str = "settings";
/// Key of the arrangement of the panels; the number grows when panels change.
const LAYOUT: &str = "layout-3";

/// What the window opens with.
pub struct Start {
    /// The plan as read.
    pub loaded: Loaded,
    /// Its file, if it has one.
    pub path: Option<PathBuf>,
    /// The text of that file.
    pub text: Option<String>,
}

/// What is remembered from one run to the next, besides the arrangement of the panels.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// SI or US.
    pub system: System,
    /// Files opened and saved lately.
    pub recent: Recent,
    /// The result laid over the plan.
    pub overlay: Overlay,
}

/// The window.
pub struct App {
    session: Session,
    selection: Selection,
    panels: Panels,
    dock: Dock,
    status: status::State,
    settings: Settings,
    dialogs: Dialogs,
    recovery: Recovery,
    toasts: egui_notify::Toasts,
    dialog: Option<Dialog>,
    /// A file being read or written.
    busy: Option<disk::Busy>,
    /// A table that waits for its path: a name for it, and its text.
    table: Option<(String, String)>,
    /// What follows once a dialog has given the file to save to.
    after_save: Option<opening::Next>,
    /// The window may close although the plan is not saved: the planner said so.
    may_close: bool,
    title: String,
    /// The plan was just put in place of another: answers are not about it until its first solve is done.
    settling: bool,
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// When there is no display, or no graphics.
pub fn run(start: Start) -> Result<(), eframe::Error> {
    run_with(start, false)
}

/// Like [`run`]; with `builtin_dialogs` the program asks for paths itself instead of the system.
///
/// # Errors
/// When there is no display, or no graphics.
pub fn run_with(start: Start, builtin_dialogs: bool) -> Result<(), eframe::Error> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Megawatt")
        .with_app_id("megawatt")
        .with_inner_size([1600.0, 1000.0])
        .with_min_inner_size([880.0, 560.0])
        .with_drag_and_drop(true);
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    eframe::run_native(
        "megawatt",
        options,
        Box::new(move |cc| {
            theme::install(&cc.egui_ctx);
            let ctx = cc.egui_ctx.clone();
            let session = Session::background(crate::plan::Plan::default(), move || ctx.request_repaint()).map_err(|e| e.to_string())?;
            let mut app = App::with_session(session, start, builtin_dialogs, Recovery::standard());
            if let Some(storage) = cc.storage {
                app.restore(storage);
            }
            app.offer_recovery(&cc.egui_ctx);
            Ok(Box::new(app))
        }),
    )
}

impl App {
    /// A window that solves on the calling thread and keeps nothing, for tests.
    ///
    /// # Errors
    /// When the built-in catalog doesn't read.
    pub fn new_inline(start: Start) -> Result<Self, crate::plan::file::LoadError> {
        Ok(Self::with_session(Session::inline(crate::plan::Plan::default())?, start, true, Recovery::in_folder(None)))
    }

    fn with_session(mut session: Session, start: Start, builtin_dialogs: bool, recovery: Recovery) -> Self {
        let mut settings = Settings::default();
        if let Some(path) = &start.path {
            settings.recent.add(&full(path));
        }
        session.replace(start.loaded, start.path, start.text);
        let mut app = Self {
            session,
            selection: Selection::default(),
            panels: Panels::default(),
            dock: Dock::default(),
            status: status::State::default(),
            settings,
            dialogs: Dialogs::new(builtin_dialogs),
            recovery,
            toasts: egui_notify::Toasts::default(),
            dialog: None,
            busy: None,
            table: None,
            after_save: None,
            may_close: false,
            title: String::new(),
            settling: true,
        };
        app.say_ignored();
        app
    }

    fn restore(&mut self, storage: &dyn eframe::Storage) {
        if let Some(mut settings) = eframe::get_value::<Settings>(storage, SETTINGS) {
            for path in self.settings.recent.0.iter().rev() {
                settings.recent.add(path);
            }
            self.panels.canvas.overlay = settings.overlay;
            self.settings = settings;
        }
        if let Some(dock) = eframe::get_value::<Dock>(storage, LAYOUT).filter(Dock::is_whole) {
            self.dock = dock;
        }
    }

    /// The session, to read.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }
    /// What is selected.
    #[must_use]
    pub fn selection(&self) -> &Selection {
        &self.selection
    }
    /// The panels, to read.
    #[must_use]
    pub fn panels(&self) -> &Panels {
        &self.panels
    }

    /// The arrangement of the panels, to read.
    #[must_use]
    pub fn dock(&self) -> &Dock {
        &self.dock
    }

    /// One frame: everything is drawn from what is, then everything that was asked for is carried out.
    pub fn build(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.session.poll();
        self.panels.compare.poll(&ctx);
        self.panels.failures.poll(&ctx);
        self.panels.chain.poll(&ctx);
        self.between_frames(ui);
        if self.settling && !self.session.is_solving() {
            self.settling = false;
            self.status = status::State::default();
        }
        let mut asked = Vec::new();
        let mut actions: Vec<Action> = Vec::new();
        if self.dialog.is_none() {
            asked.extend(commands::pressed(ui));
        }
        let tokens = theme::of(ui);
        Panel::top("menu")
            .frame(Frame::new().fill(tokens.panel).inner_margin(egui::Margin::symmetric(6, 3)))
            .show(ui, |ui| self.menu_bar(ui, &mut asked, &mut actions));
        let (plan, catalog, solved) = (self.session.plan().clone(), self.session.catalog().clone(), self.session.solved().filter(|_| !self.settling).cloned());
        let out = self.session.out().to_vec();
        let view = View {
            plan: &plan,
            catalog: &catalog,
            solved: solved.as_deref(),
            stale: self.session.is_solving(),
            selection: &self.selection,
            system: self.settings.system,
            out: &out,
        };
        let bar = Frame::new().fill(tokens.panel).inner_margin(egui::Margin::symmetric(10, 0));
        Panel::bottom("status").frame(bar).exact_size(26.0).show(ui, |ui| status::ui(ui, &view, &mut self.status, &mut actions));
        CentralPanel::no_frame().show(ui, |ui| self.dock.ui(ui, &view, &mut self.panels, &mut actions));
        self.show_dialog(&ctx, &mut asked);
        self.toasts.show(&ctx);
        for action in actions {
            self.carry_out(&ctx, action);
        }
        for command in asked {
            self.command(&ctx, command);
        }
        self.set_title(&ctx);
    }

    /// Files dropped, dialogs answered, the window closing, unsaved work kept.
    fn between_frames(&mut self, ui: &Ui) {
        let dropped = ui.input(|i| i.raw.dropped_files.first().map(|f| f.path().to_owned()));
        if let Some(path) = dropped {
            self.guard(ui.ctx(), opening::Next::OpenFile(path));
        }
        self.poll_dialogs(ui.ctx());
        self.poll_disk(ui.ctx());
        self.guard_closing(ui);
        let document = self.session.document();
        if document.is_changed() {
            if self.recovery.is_due(document.revision()) {
                let revision = document.revision();
                self.recovery.keep(revision, self.session.path(), self.session.saving());
            }
            ui.ctx().request_repaint_after(self.recovery.next().max(Duration::from_secs(1)));
        }
    }

    fn set_title(&mut self, ctx: &egui::Context) {
        let mark = if self.session.document().is_changed() { "• " } else { "" };
        let file = self.session.path().and_then(Path::file_name).map_or_else(|| "not saved".to_owned(), |n| n.to_string_lossy().into_owned());
        let title = format!("{mark}{} ({file}) – Megawatt", self.session.plan().name());
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        // `RUST_LOG=megawatt::ui=trace` tells what frames cost, and that none of them waits for a solve.
        if let Some(seconds) = frame.info().cpu_usage {
            log::trace!("frame {:.2} ms, {}", f64::from(seconds) * 1e3, if self.session.is_solving() { "solving" } else { "solved" });
        }
        self.build(ui);
    }
    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.settings.overlay = self.panels.canvas.overlay;
        eframe::set_value(storage, SETTINGS, &self.settings);
        eframe::set_value(storage, LAYOUT, &self.dock);
    }
    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        // Reached only when the window was closed on purpose; a crash leaves the recovery file behind.
        self.recovery.end();
    }
}
