//! Carries out the commands of the window: from a menu, a key or the palette.

use super::App;
use super::dialogs::Dialog;
use super::opening::Next;
use crate::edit::Command;
use crate::plan::{Element, Id, Point, Rect, footprint};
use crate::ui::action::WindowCommand;
use crate::ui::arrange::Arrange;
use crate::ui::canvas::tools::{Placing, Tool};
use crate::ui::dock::{Dock, Pane};
use crate::ui::view::Selection;
use crate::units::System;
use egui::{ThemePreference, Ui, ViewportCommand};

/// Free ground between an element and its copy, m: an aisle.
const AISLE: f64 = 1.2;

/// The commands whose keys were pressed in this frame.
pub(super) fn pressed(ui: &Ui) -> Vec<WindowCommand> {
    let (typing, popup) = (ui.ctx().text_edit_focused(), egui::Popup::is_any_open(ui.ctx()));
    let mut keys: Vec<_> = WindowCommand::all()
        .into_iter()
        .filter(|c| !(typing && c.yields_to_text()))
        // Escape closes an open menu first.
        .filter(|c| !(popup && *c == WindowCommand::Escape))
        .flat_map(|c| c.shortcut().into_iter().chain(c.other_shortcuts().iter().copied()).map(move |s| (c, s)))
        .collect();
    // A shortcut with Shift also fits the pattern of the one without.
    keys.sort_by_key(|(_, s)| !s.modifiers.shift);
    ui.input_mut(|i| keys.into_iter().filter(|(_, s)| i.consume_shortcut(s)).map(|(c, _)| c).collect())
}

impl App {
    /// Whether a command can be carried out now.
    pub(super) fn can(&self, command: WindowCommand) -> bool {
        use WindowCommand::*;
        match command {
            Undo => self.session.document().undo_label().is_some(),
            Redo => self.session.document().redo_label().is_some(),
            Delete | Duplicate | Turn | ZoomSelection => !self.selection.ids.is_empty(),
            Arrange(arrange) => self.selection.ids.len() >= arrange.least(),
            DesignDay => self.session.hour().is_some(),
            Redundancy => self.session.plan().rows().next().is_some() && self.session.plan().blocks().next().is_some(),
            SizeHeaders => self.session.plan().tcs_loops().next().is_some() && self.session.solved().is_some(),
            NoScenario => self.session.scenario().is_some(),
            New | Open | Save | SaveAs | Quit | SelectAll | Escape | FitAll | ZoomIn | ZoomOut | Dark | Light | SystemTheme | Units | Overlay(_) | Select
            | Measure | Insert(_) | Panel(_) | ResetLayout | Palette | Shortcuts | About => true,
        }
    }

    /// Whether a command stands for something that is on.
    pub(super) fn is_on(&self, command: WindowCommand, ctx: &egui::Context) -> bool {
        use WindowCommand::*;
        let theme = ctx.options(|o| o.theme_preference);
        let tool = &self.panels.canvas.tool;
        match command {
            Units => self.settings.system == System::Us,
            Dark => theme == ThemePreference::Dark,
            Light => theme == ThemePreference::Light,
            SystemTheme => theme == ThemePreference::System,
            Overlay(overlay) => self.panels.canvas.overlay == overlay,
            Panel(pane) => self.dock.is_shown(pane),
            Select => *tool == Tool::Select,
            Measure => *tool == Tool::Measure,
            Insert(kind) => matches!(tool, Tool::Place(p) if p.kind == kind),
            DesignDay => self.session.hour().is_none(),
            NoScenario => self.session.scenario().is_none(),
            New | Open | Save | SaveAs | Quit | Undo | Redo | Delete | Duplicate | Turn | Redundancy | SizeHeaders | Arrange(_) | SelectAll | Escape
            | ZoomSelection | FitAll | ZoomIn | ZoomOut | ResetLayout | Palette | Shortcuts | About => false,
        }
    }

    /// Carries out a command.
    pub(super) fn command(&mut self, ctx: &egui::Context, command: WindowCommand) {
        use WindowCommand::*;
        if !self.can(command) {
            return;
        }
        match command {
            New => self.guard(ctx, Next::New),
            Open => self.guard(ctx, Next::Open),
            Save => self.save(ctx, None),
            SaveAs => self.save_as(ctx, None),
            Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Undo => self.carry_out(ctx, crate::ui::view::Action::Undo),
            Redo => self.carry_out(ctx, crate::ui::view::Action::Redo),
            Delete => self.delete(),
            Duplicate => self.duplicate(),
            Turn => self.turn(),
            Redundancy => self.dialog = Some(Dialog::Redundancy(self.rows_meant(), crate::ui::redundancy::Form::default())),
            SizeHeaders => self.size_headers(),
            Arrange(arrange) => self.arrange(arrange),
            SelectAll => self.select_all(),
            Escape => self.escape(),
            ZoomSelection => {
                let ids: Vec<Id> = self.selection.ids.iter().cloned().collect();
                self.look_at(ids);
            }
            FitAll => {
                self.panels.canvas.fit_all();
                self.panels.one_line.fit_all();
                self.panels.loops.fit_all();
            }
            ZoomIn => self.zoom(1.5),
            ZoomOut => self.zoom(1.0 / 1.5),
            Dark => ctx.set_theme(ThemePreference::Dark),
            Light => ctx.set_theme(ThemePreference::Light),
            SystemTheme => ctx.set_theme(ThemePreference::System),
            Units => self.settings.system = if self.settings.system == System::Si { System::Us } else { System::Si },
            Overlay(overlay) => self.panels.canvas.overlay = overlay,
            Select => self.take(Tool::Select),
            Measure => self.take(Tool::Measure),
            Insert(kind) => self.take(Tool::Place(Placing::any(kind))),
            DesignDay => self.session.set_hour(None),
            NoScenario => self.session.set_scenario(None),
            Panel(pane) => self.dock.toggle(pane),
            ResetLayout => self.dock = Dock::default(),
            Palette => self.dialog = Some(Dialog::Palette(super::palette::State::default())),
            Shortcuts => self.dialog = Some(Dialog::Shortcuts),
            About => self.dialog = Some(Dialog::About),
        }
    }

    /// Sizes the headers of the selected loops, or of all.
    fn size_headers(&mut self) {
        let plan = self.session.plan();
        let loops: Vec<Id> = self.selection.ids.iter().filter(|id| matches!(plan.get(id), Some(crate::plan::Element::Tcs(_)))).cloned().collect();
        let command = self.session.solved().and_then(|s| crate::checks::resize(plan, &s.outcome, &loops));
        match command {
            Some(command) => {
                self.apply(&command, None);
            }
            None => {
                self.toasts.info("The headers have the sizes they need.");
            }
        }
    }

    /// Zooms what is in front: the plan or a diagram.
    fn zoom(&mut self, factor: f64) {
        if self.dock.is_in_front(Pane::Plan) {
            self.panels.canvas.zoom(factor);
        }
        if self.dock.is_in_front(Pane::OneLine) {
            self.panels.one_line.zoom(factor);
        }
        if self.dock.is_in_front(Pane::Loop) {
            self.panels.loops.zoom(factor);
        }
    }

    fn take(&mut self, tool: Tool) {
        self.panels.canvas.take(tool);
        self.dock.show(Pane::Plan);
    }

    fn escape(&mut self) {
        self.panels.catalog.chosen = None;
        if !self.panels.canvas.leave() {
            self.selection = Selection::default();
        }
    }

    fn delete(&mut self) {
        // One rack of a row: its slot is left empty.
        if let (Some(id), Some(slot)) = (self.selection.single().cloned(), self.selection.slot)
            && let Some(Element::Row(row)) = self.session.plan().get(&id)
        {
            let mut row = row.clone();
            row.others.insert(slot, String::new());
            let command = Command::Batch { label: format!("Delete rack {id} {slot}"), commands: vec![Command::Replace(row.into())] };
            if self.apply(&command, None) {
                self.selection = Selection::one(id);
            }
            return;
        }
        let ids: Vec<Id> = self.selection.ids.iter().cloned().collect();
        if self.apply(&Command::Remove { ids }, None) {
            self.selection = Selection::default();
        }
    }

    fn duplicate(&mut self) {
        let (plan, catalog) = (self.session.plan(), self.session.catalog());
        let ids: Vec<Id> = self.selection.ids.iter().cloned().collect();
        let ground = ids.iter().filter_map(|id| plan.get(id)).filter_map(|e| footprint(e, catalog)).reduce(Rect::union);
        let by = ground.map_or(Point(0.0, 0.0), |g| Point(0.0, ((g.depth() + AISLE) * 10.0).ceil() / 10.0));
        if self.apply(&Command::Duplicate { ids, by, times: 1 }, None) {
            self.select_added(None);
        }
    }

    /// Halls and rows that are selected; all halls where none is.
    fn rows_meant(&self) -> Vec<Id> {
        let plan = self.session.plan();
        let is = |id: &&Id| matches!(plan.get(id), Some(Element::Hall(_) | Element::Row(_)));
        let chosen: Vec<Id> = self.selection.ids.iter().filter(is).cloned().collect();
        if chosen.is_empty() { self.halls_with_rows() } else { chosen }
    }

    /// Halls in which rows stand.
    pub(super) fn halls_with_rows(&self) -> Vec<Id> {
        let plan = self.session.plan();
        plan.halls().map(|h| h.id.clone()).filter(|hall| plan.rows().any(|r| r.hall == *hall)).collect()
    }

    fn turn(&mut self) {
        let plan = self.session.plan();
        let turned = |e: &Element| match e {
            Element::Row(e) => Some(e.turned),
            Element::Cdu(e) => Some(e.turned),
            Element::AirHandler(e) => Some(e.turned),
            Element::Block(e) => Some(e.turned),
            _ => None,
        };
        let state = self.selection.ids.iter().filter_map(|id| plan.get(id).and_then(turned).map(|t| (id.clone(), t)));
        let commands: Vec<Command> = state.map(|(id, t)| Command::Set { id, field: "turned".to_owned(), value: (!t).to_string() }).collect();
        if commands.is_empty() {
            self.toasts.info("Rows, CDUs, air handlers and blocks can be turned; nothing of these is selected.");
        } else {
            self.apply(&Command::Batch { label: "Turn".to_owned(), commands }, None);
        }
    }

    fn arrange(&mut self, arrange: Arrange) {
        match arrange.command(&self.selection.ids, self.session.plan(), self.session.catalog()) {
            Some(command) => {
                self.apply(&command, None);
            }
            None => {
                self.toasts.info("They stand so already, or too few of the selected elements have a place of their own.");
            }
        }
    }

    fn select_all(&mut self) {
        let plan = self.session.plan();
        let ids = plan.elements.values().filter(|e| e.at().is_some()).map(|e| e.id().clone()).collect();
        self.selection = Selection { ids, slot: None };
    }
}
