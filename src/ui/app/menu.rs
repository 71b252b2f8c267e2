//! The menu bar, from the table of commands.

use super::App;
use super::opening::Next;
use crate::ui::action::{Menu, WindowCommand};
use crate::ui::theme;
use crate::ui::view::Action;
use crate::units::show;
use egui::{Align, Button, Layout, MenuBar, RichText, Ui};

impl App {
    /// Draws the menu bar: menus at the left, where and when at the right.
    pub(super) fn menu_bar(&mut self, ui: &mut Ui, asked: &mut Vec<WindowCommand>, actions: &mut Vec<Action>) {
        MenuBar::new().ui(ui, |ui| {
            for menu in Menu::ALL {
                ui.menu_button(menu.label(), |ui| {
                    ui.set_min_width(230.0);
                    self.menu(ui, menu, asked, actions);
                });
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(self.condition()).color(theme::of(ui).weak_text)).on_hover_text("Site, scenario, and the condition of the steady state");
            });
        });
    }

    fn menu(&mut self, ui: &mut Ui, menu: Menu, asked: &mut Vec<WindowCommand>, actions: &mut Vec<Action>) {
        if menu == Menu::Analyze {
            self.scenarios(ui, actions);
        }
        let mut before: Option<WindowCommand> = None;
        for command in WindowCommand::all().into_iter().filter(|c| c.menu() == menu) {
            if before.is_some_and(|b| group(b) != group(command)) {
                ui.separator();
            }
            if self.item(ui, command) {
                asked.push(command);
            }
            if command == WindowCommand::Open {
                self.recent(ui);
            }
            before = Some(command);
        }
    }

    fn item(&self, ui: &mut Ui, command: WindowCommand) -> bool {
        let document = self.session.document();
        let label = match command {
            WindowCommand::Undo => document.undo_label().map_or_else(|| command.label(), |l| format!("Undo: {l}")),
            WindowCommand::Redo => document.redo_label().map_or_else(|| command.label(), |l| format!("Redo: {l}")),
            _ => command.label(),
        };
        let mut button = Button::new(label).selected(self.is_on(command, ui.ctx()));
        if let Some(shortcut) = command.shortcut() {
            button = button.shortcut_text(ui.ctx().format_shortcut(&shortcut));
        }
        ui.add_enabled(self.can(command), button).on_hover_text(command.tip()).clicked()
    }

    fn recent(&mut self, ui: &mut Ui) {
        let recent = self.settings.recent.0.clone();
        ui.add_enabled_ui(!recent.is_empty(), |ui| {
            ui.menu_button("Open recent", |ui| {
                for path in recent {
                    if ui.button(path.display().to_string()).clicked() {
                        let ctx = ui.ctx().clone();
                        self.guard(&ctx, Next::OpenFile(path));
                    }
                }
            });
        });
    }

    fn scenarios(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let plan = self.session.plan();
        if plan.scenarios().next().is_none() {
            ui.weak("The plan has no scenarios");
        }
        for scenario in plan.scenarios() {
            let name = if scenario.name.is_empty() { scenario.id.as_str() } else { &scenario.name };
            if ui.add(Button::new(format!("Scenario: {name}")).selected(self.session.scenario() == Some(&scenario.id))).clicked() {
                actions.push(Action::Scenario(Some(scenario.id.clone())));
            }
        }
        ui.separator();
    }

    /// "Memphis, TN · Normal · Design day 35.6 °C".
    fn condition(&self) -> String {
        let (plan, catalog) = (self.session.plan(), self.session.catalog());
        let site = plan.site().map_or_else(String::new, |s| catalog.sites(&s.library).map_or_else(|| s.library.clone(), |m| m.name.clone()));
        let scenario = self.session.scenario().and_then(|id| plan.get(id)).map_or("Normal", |e| e.name());
        let condition = self.session.solved().map_or_else(
            || "solving…".to_owned(),
            |s| {
                let c = &s.outcome.condition;
                format!("{} {}", c.label, show(c.dry_bulb, self.settings.system))
            },
        );
        format!("{site} · {scenario} · {condition}")
    }
}

/// Commands of one group stand together in a menu.
fn group(command: WindowCommand) -> u8 {
    use WindowCommand::*;
    match command {
        New | Open | Undo | Redo | FitAll | ZoomSelection | ZoomIn | ZoomOut | Select | Measure | DesignDay | NoScenario | Panel(_) | Shortcuts => 0,
        Save | SaveAs | Duplicate | Turn | Delete | Redundancy | SizeHeaders | Units | Insert(_) | Overlay(_) | ResetLayout | About => 1,
        SelectAll | Escape | Dark | Light | SystemTheme | Quit => 2,
        Arrange(_) => 4,
        Palette => 3,
    }
}
