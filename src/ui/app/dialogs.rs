//! Dialogs: only where work could be lost, or where the planner asked for one.

use super::App;
use super::opening::Next;
use super::palette::{self, Choice};
use super::paths::{self, PathDialog};
use crate::edit::Command;
use crate::plan::Id;
use crate::ui::action::WindowCommand;
use crate::ui::files::{Answer, Kept, Purpose};
use crate::ui::theme;
use crate::ui::view::{Action, View};
use crate::units::System;
use egui::{Grid, Modal, ScrollArea, Ui};
use std::path::{Path, PathBuf};

/// A dialog over the window.
pub(super) enum Dialog {
    /// Unsaved work stands in the way of what comes next.
    Unsaved(Next),
    /// A path is asked for.
    Path(PathDialog),
    /// Work left behind by a crash is offered.
    Recover {
        /// The recovery file.
        file: PathBuf,
        /// What it holds.
        kept: Kept,
    },
    /// A heading and a sentence.
    Message(String, String),
    /// The command palette.
    Palette(palette::State),
    /// A scheme of redundancy for these halls and rows.
    Redundancy(Vec<Id>, crate::ui::redundancy::Form),
    /// All keys.
    Shortcuts,
    /// About the program.
    About,
}

/// How a dialog ended.
enum End {
    Stay,
    Close,
    Save(Next),
    GoOn(Next),
    Path(Purpose, PathBuf),
    Recover(PathBuf, Kept),
    Discard(PathBuf),
    Chosen(Choice),
    Apply(Box<Command>),
}

impl App {
    /// Draws the dialog that is open, and does what it ended with.
    pub(super) fn show_dialog(&mut self, ctx: &egui::Context, asked: &mut Vec<WindowCommand>) {
        self.waiting_for_system(ctx);
        let Some(mut dialog) = self.dialog.take() else { return };
        let tokens = theme::tokens(ctx.global_style().visuals.dark_mode);
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(16).corner_radius(6);
        let shown = Modal::new(egui::Id::unique("dialog")).backdrop_color(tokens.veil).frame(frame).show(ctx, |ui| self.dialog_ui(ui, &mut dialog));
        let end = if matches!(shown.inner, End::Stay) && shown.should_close() { End::Close } else { shown.inner };
        match end {
            End::Stay => self.dialog = Some(dialog),
            End::Close => (self.after_save, self.table) = (None, None),
            End::Save(next) => self.save(ctx, Some(next)),
            End::GoOn(next) => {
                self.recovery.clear();
                self.go_on(ctx, next);
            }
            End::Path(purpose, path) => self.take_answer(ctx, Answer::Path(purpose, path)),
            End::Recover(file, kept) => self.recover(ctx, file, kept),
            End::Discard(file) => {
                let _ = std::fs::remove_file(file);
            }
            End::Apply(command) => self.carry_out(ctx, Action::Apply(*command, None)),
            End::Chosen(Choice::Command(command)) => asked.push(command),
            End::Chosen(Choice::Element(id)) => self.carry_out(ctx, Action::ZoomTo(id)),
        }
    }

    /// While a dialog of the system is out: a way around it, should it hang.
    fn waiting_for_system(&mut self, ctx: &egui::Context) {
        if !self.dialogs.is_open() {
            return;
        }
        let mut type_it = false;
        egui::Window::new("Waiting for the file dialog").collapsible(false).resizable(false).anchor(egui::Align2::CENTER_TOP, [0.0, 60.0]).show(ctx, |ui| {
            type_it = ui.link("Type a path instead").clicked();
        });
        if type_it && let Some(purpose) = self.dialogs.give_up() {
            self.take_answer(ctx, Answer::None(purpose));
        }
    }

    fn dialog_ui(&self, ui: &mut Ui, dialog: &mut Dialog) -> End {
        match dialog {
            Dialog::Unsaved(next) => self.unsaved(ui, next),
            Dialog::Path(dialog) => path(ui, dialog, &self.settings.recent.0),
            Dialog::Recover { file, kept } => recover(ui, file, kept),
            Dialog::Message(heading, text) => message(ui, heading, text),
            Dialog::Palette(state) => palette::ui(ui, state, self.session.plan(), |c| self.can(c)).map_or(End::Stay, End::Chosen),
            Dialog::Redundancy(ids, form) => self.redundancy(ui, ids, form),
            Dialog::Shortcuts => shortcuts(ui),
            Dialog::About => about(ui, self.settings.system),
        }
    }

    fn redundancy(&self, ui: &mut Ui, ids: &mut Vec<Id>, form: &mut crate::ui::redundancy::Form) -> End {
        ui.set_width(520.0);
        ui.heading("Redundancy");
        let halls: Vec<Id> = self.halls_with_rows();
        if ids.iter().all(|id| halls.contains(id)) {
            ui.horizontal_wrapped(|ui| {
                ui.label("For the rows of");
                for hall in &halls {
                    let mut on = ids.contains(hall);
                    if ui.checkbox(&mut on, self.session.plan().get(hall).map_or(hall.as_str(), |e| e.name())).changed() {
                        ids.retain(|id| id != hall);
                        ids.extend(on.then(|| hall.clone()));
                        ids.sort();
                    }
                }
            });
        } else {
            let names: Vec<&str> = ids.iter().take(8).map(Id::as_str).collect();
            let more = if ids.len() > 8 { format!(" and {} more", ids.len() - 8) } else { String::new() };
            ui.label(format!("For {}{more}", names.join(", ")));
        }
        ui.add_space(6.0);
        let (plan, catalog) = (self.session.plan(), self.session.catalog());
        let view = View { plan, catalog, solved: None, stale: false, selection: &self.selection, system: self.settings.system, out: &[] };
        let command = crate::ui::redundancy::form(ui, &view, ids, form);
        ui.add_space(6.0);
        match command {
            Some(command) => End::Apply(Box::new(command)),
            None if ui.button("Close").clicked() => End::Close,
            None => End::Stay,
        }
    }

    fn unsaved(&self, ui: &mut Ui, next: &Next) -> End {
        ui.set_width(400.0);
        ui.heading("Save the changes?");
        ui.label(format!("“{}” has changes that are not saved. They are lost if you don't save them.", self.session.plan().name()));
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            if ui.button("Save").clicked() {
                return End::Save(next.clone());
            }
            if ui.button("Don't save").clicked() {
                return End::GoOn(next.clone());
            }
            if ui.button("Cancel").clicked() { End::Close } else { End::Stay }
        })
        .inner
    }
}

fn path(ui: &mut Ui, dialog: &mut PathDialog, recent: &[PathBuf]) -> End {
    match dialog.ui(ui, recent) {
        paths::Choice::Open => End::Stay,
        paths::Choice::Path(path) => End::Path(dialog.purpose, path),
        paths::Choice::Cancel => End::Close,
    }
}

fn recover(ui: &mut Ui, file: &Path, kept: &Kept) -> End {
    ui.set_width(440.0);
    ui.heading("Recover unsaved work?");
    let what = kept.path.as_ref().map_or_else(|| "a plan that was never saved".to_owned(), |p| p.display().to_string());
    ui.label(format!("Megawatt ended without saving changes to {what}. They were kept, and nothing on disk is replaced until you save."));
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button("Recover").clicked() {
            return End::Recover(file.to_owned(), kept.clone());
        }
        if ui.button("Discard").clicked() { End::Discard(file.to_owned()) } else { End::Stay }
    })
    .inner
}

fn message(ui: &mut Ui, heading: &str, text: &str) -> End {
    ui.set_width(460.0);
    ui.heading(heading);
    ui.label(text);
    ui.add_space(8.0);
    if ui.button("OK").clicked() { End::Close } else { End::Stay }
}

fn shortcuts(ui: &mut Ui) -> End {
    ui.heading("Keyboard shortcuts");
    let height = (ui.ctx().content_rect().height() - 160.0).max(120.0);
    ScrollArea::vertical().max_height(height).show(ui, keys);
    ui.add_space(6.0);
    if ui.button("Close").clicked() { End::Close } else { End::Stay }
}

fn keys(ui: &mut Ui) {
    Grid::new("keys").num_columns(2).spacing([24.0, 4.0]).show(ui, |ui| {
        for command in WindowCommand::all() {
            let keys: Vec<String> = command.shortcut().iter().chain(command.other_shortcuts()).map(|s| ui.ctx().format_shortcut(s)).collect();
            if !keys.is_empty() {
                ui.label(command.label());
                ui.monospace(keys.join(", "));
                ui.end_row();
            }
        }
        for (what, keys) in [
            ("Pan", "middle or right drag, Space and drag, trackpad"),
            ("Zoom about the pointer", "wheel, Ctrl and trackpad, pinch"),
            ("Add to the selection", "Shift click, Shift drag"),
            ("Move without snapping", "Alt while dragging"),
            ("Next field or element", "Tab, back with Shift"),
            ("Zoom the whole window", "Ctrl and +, −, 0"),
        ] {
            ui.label(what);
            ui.monospace(keys);
            ui.end_row();
        }
    });
}

fn about(ui: &mut Ui, system: System) -> End {
    ui.set_width(460.0);
    ui.heading(format!("Megawatt {}", env!("CARGO_PKG_VERSION")));
    ui.label(env!("CARGO_PKG_DESCRIPTION"));
    ui.add_space(4.0);
    ui.label("It is a planner's model of steady states and of a year of hours. Electromagnetic transients, protection coordination, arc flash, air-flow simulation, dispersion and stamped engineering stay with specialist tools.");
    ui.add_space(8.0);
    ui.strong("Assumed by the solver where neither the plan nor the catalog says it");
    Grid::new("assumptions").num_columns(2).show(ui, |ui| {
        for (what, value) in crate::solve::assumptions(system) {
            ui.label(what);
            ui.label(value);
            ui.end_row();
        }
    });
    ui.add_space(8.0);
    if ui.button("Close").clicked() { End::Close } else { End::Stay }
}
