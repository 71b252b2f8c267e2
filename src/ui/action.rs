//! The commands of the window: one table feeds the menu, the shortcuts and the palette.

use super::arrange::Arrange;
use super::canvas::overlay::Overlay;
use super::canvas::tools::{PLACEABLE, short_label};
use super::dock::Pane;
use crate::plan::Kind;
use egui::{Key, KeyboardShortcut, Modifiers};

/// Something the window can be told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowCommand {
    /// A new, empty plan.
    New,
    /// Opens a plan.
    Open,
    /// Saves the plan.
    Save,
    /// Saves the plan under another name.
    SaveAs,
    /// Closes the window.
    Quit,
    /// Takes the last step back.
    Undo,
    /// Does it again.
    Redo,
    /// Deletes what is selected.
    Delete,
    /// Copies what is selected, beside itself.
    Duplicate,
    /// Turns what is selected by a quarter.
    Turn,
    /// Lines up what is selected.
    Arrange(Arrange),
    /// Puts rows on another scheme of redundancy.
    Redundancy,
    /// Gives the headers of coolant loops the diameters their flow needs.
    SizeHeaders,
    /// Selects everything on the ground.
    SelectAll,
    /// Leaves the tool, then the selection.
    Escape,
    /// Shows what is selected.
    ZoomSelection,
    /// Shows the whole plan.
    FitAll,
    /// Zooms in.
    ZoomIn,
    /// Zooms out.
    ZoomOut,
    /// Dark colors.
    Dark,
    /// Light colors.
    Light,
    /// Colors as the system has them.
    SystemTheme,
    /// SI or US units.
    Units,
    /// Lays a result over the plan.
    Overlay(Overlay),
    /// Takes up the select tool.
    Select,
    /// Takes up the measuring tool.
    Measure,
    /// Takes up the tool that puts this kind on the ground.
    Insert(Kind),
    /// Solves at the design day.
    DesignDay,
    /// Leaves the scenario.
    NoScenario,
    /// Shows or hides a panel.
    Panel(Pane),
    /// Puts the panels back where they were at first.
    ResetLayout,
    /// Finds a command by its name.
    Palette,
    /// Lists the shortcuts.
    Shortcuts,
    /// Says what this program is and is not.
    About,
}

/// The menus, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Menu {
    /// Files.
    File,
    /// Changes.
    Edit,
    /// What is seen.
    View,
    /// New elements.
    Insert,
    /// Conditions of the solve.
    Analyze,
    /// Panels.
    Window,
    /// Help.
    Help,
}

impl Menu {
    /// All menus, in order.
    pub const ALL: [Self; 7] = [Self::File, Self::Edit, Self::View, Self::Insert, Self::Analyze, Self::Window, Self::Help];
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::View => "View",
            Self::Insert => "Insert",
            Self::Analyze => "Analyze",
            Self::Window => "Window",
            Self::Help => "Help",
        }
    }
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const NONE: Modifiers = Modifiers::NONE;

impl WindowCommand {
    /// Every command, in the order of the menus.
    #[must_use]
    pub fn all() -> Vec<Self> {
        use WindowCommand::*;
        let mut list = vec![New, Open, Save, SaveAs, Quit, Undo, Redo, Duplicate, Turn, Delete, Redundancy, SelectAll, Escape, Palette];
        list.extend(super::arrange::Arrange::ALL.map(Arrange));
        list.extend([FitAll, ZoomSelection, ZoomIn, ZoomOut, Units, Dark, Light, SystemTheme]);
        list.extend([Select, Measure]);
        list.extend(PLACEABLE.map(Insert));
        list.extend([DesignDay, NoScenario, SizeHeaders]);
        list.extend(super::canvas::overlay::Overlay::ALL.map(Overlay));
        list.extend(Pane::ALL.map(Panel));
        list.extend([ResetLayout, Shortcuts, About]);
        list
    }

    /// The menu it stands in.
    #[must_use]
    pub fn menu(self) -> Menu {
        match self {
            Self::New | Self::Open | Self::Save | Self::SaveAs | Self::Quit => Menu::File,
            Self::Undo
            | Self::Redo
            | Self::Delete
            | Self::Duplicate
            | Self::Turn
            | Self::Redundancy
            | Self::Arrange(_)
            | Self::SelectAll
            | Self::Escape
            | Self::Palette => Menu::Edit,
            Self::ZoomSelection | Self::FitAll | Self::ZoomIn | Self::ZoomOut | Self::Dark | Self::Light | Self::SystemTheme | Self::Units => Menu::View,
            Self::Select | Self::Measure | Self::Insert(_) => Menu::Insert,
            Self::DesignDay | Self::NoScenario | Self::SizeHeaders | Self::Overlay(_) => Menu::Analyze,
            Self::Panel(_) | Self::ResetLayout => Menu::Window,
            Self::Shortcuts | Self::About => Menu::Help,
        }
    }

    /// For people.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::New => "New plan",
            Self::Open => "Open…",
            Self::Save => "Save",
            Self::SaveAs => "Save as…",
            Self::Quit => "Quit",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::Delete => "Delete",
            Self::Duplicate => "Duplicate",
            Self::Turn => "Turn",
            Self::Arrange(arrange) => arrange.label(),
            Self::Redundancy => "Redundancy…",
            Self::SizeHeaders => "Size headers",
            Self::SelectAll => "Select all",
            Self::Escape => "Leave tool or selection",
            Self::ZoomSelection => "Zoom to selection",
            Self::FitAll => "Show everything",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::Dark => "Dark colors",
            Self::Light => "Light colors",
            Self::SystemTheme => "Colors of the system",
            Self::Units => "US units",
            Self::Overlay(overlay) => return format!("Overlay: {}", overlay.label()),
            Self::Select => "Select tool",
            Self::Measure => "Measure tool",
            Self::Insert(kind) => return format!("Insert {}", short_label(kind)),
            Self::DesignDay => "Solve at the design day",
            Self::NoScenario => "Leave the scenario",
            Self::Panel(pane) => return format!("{} panel", pane.title()),
            Self::ResetLayout => "Reset layout",
            Self::Palette => "Command palette…",
            Self::Shortcuts => "Keyboard shortcuts",
            Self::About => "About Megawatt",
        }
        .to_owned()
    }

    /// One sentence more than the label.
    #[must_use]
    pub fn tip(self) -> &'static str {
        match self {
            Self::New => "Begins an empty plan; an unsaved one is asked about first",
            Self::Open => "Opens a layout file (.ron)",
            Self::Save => "Writes the plan to its file, whole or not at all",
            Self::SaveAs => "Writes the plan to another file",
            Self::Quit => "Closes the window; an unsaved plan is asked about first",
            Self::Undo => "Takes the last step back",
            Self::Redo => "Does the step taken back again",
            Self::Delete => "Takes the selected elements out of the plan; a hall goes with what stands in it",
            Self::Duplicate => "Copies the selected elements, one step farther north",
            Self::Arrange(arrange) => arrange.tip(),
            Self::Turn => "Turns rows, CDUs, air handlers and blocks by a quarter",
            Self::Redundancy => "Rewires the selected halls and rows, or all halls, for N, N+1, 2N, x to make y or a catcher",
            Self::SizeHeaders => "Gives the headers of the selected coolant loops, or of all, the narrowest standard pipe in which coolant is not too fast",
            Self::SelectAll => "Selects everything that stands on the ground",
            Self::Escape => "Leaves the tool in hand, or else the selection",
            Self::ZoomSelection => "Fills the canvas with what is selected",
            Self::FitAll => "Fills the canvas with the whole plan",
            Self::ZoomIn => "Zooms in about the middle of the canvas",
            Self::ZoomOut => "Zooms out about the middle of the canvas",
            Self::Dark => "Light text on dark panels",
            Self::Light => "Dark text on light panels",
            Self::SystemTheme => "Dark or light as the desktop is",
            Self::Units => "°F, gpm and ft instead of °C, L/min and m; files stay SI",
            Self::Overlay(_) => "Lays this result over the plan as colors",
            Self::Select => "Selects, moves and copies",
            Self::Measure => "Measures distances on the plan",
            Self::Insert(_) => "Click on the plan to put it on the ground",
            Self::DesignDay => "The steady state is that of the hot design day",
            Self::NoScenario => "The plan as it is, without a scenario",
            Self::Panel(_) => "Shows the panel, or hides it",
            Self::ResetLayout => "Puts every panel back to its first place",
            Self::Palette => "Finds a command by its name",
            Self::Shortcuts => "Every key that does something",
            Self::About => "What this program is, what it is not, and what its solver assumes",
        }
    }

    /// The key, where there is one.
    #[must_use]
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let (modifiers, key) = match self {
            Self::New => (CTRL, Key::N),
            Self::Open => (CTRL, Key::O),
            Self::Save => (CTRL, Key::S),
            Self::SaveAs => (CTRL_SHIFT, Key::S),
            Self::Quit => (CTRL, Key::Q),
            Self::Undo => (CTRL, Key::Z),
            Self::Redo => (CTRL, Key::Y),
            Self::Delete => (NONE, Key::Delete),
            Self::Duplicate => (CTRL, Key::D),
            Self::Turn => (NONE, Key::R),
            Self::SelectAll => (CTRL, Key::A),
            Self::Escape => (NONE, Key::Escape),
            Self::ZoomSelection => (NONE, Key::F),
            Self::FitAll => (NONE, Key::Home),
            Self::Palette => (CTRL, Key::P),
            Self::Units => (CTRL, Key::U),
            Self::Select => (NONE, Key::V),
            Self::Measure => (NONE, Key::M),
            Self::Shortcuts => (NONE, Key::F1),
            Self::ZoomIn
            | Self::ZoomOut
            | Self::Dark
            | Self::Light
            | Self::SystemTheme
            | Self::Overlay(_)
            | Self::Insert(_)
            | Self::DesignDay
            | Self::NoScenario
            | Self::Panel(_)
            | Self::ResetLayout
            | Self::Arrange(_)
            | Self::About
            | Self::Redundancy
            | Self::SizeHeaders => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    /// Further keys that do the same.
    #[must_use]
    pub fn other_shortcuts(self) -> &'static [KeyboardShortcut] {
        const REDO: &[KeyboardShortcut] = &[KeyboardShortcut::new(CTRL_SHIFT, Key::Z)];
        const DELETE: &[KeyboardShortcut] = &[KeyboardShortcut::new(NONE, Key::Backspace)];
        match self {
            Self::Redo => REDO,
            Self::Delete => DELETE,
            _ => &[],
        }
    }

    /// Whether its key stays with a text field that has the focus, because it means something there.
    #[must_use]
    pub fn yields_to_text(self) -> bool {
        self.shortcut().is_some_and(|s| s.modifiers == NONE) || matches!(self, Self::Undo | Self::Redo | Self::SelectAll | Self::Duplicate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things() {
        let all = WindowCommand::all();
        let mut keys: Vec<KeyboardShortcut> = all.iter().flat_map(|c| c.shortcut().into_iter().chain(c.other_shortcuts().iter().copied())).collect();
        let count = keys.len();
        keys.dedup();
        for (i, key) in keys.iter().enumerate() {
            assert!(!keys[i + 1..].contains(key), "{key:?} twice");
        }
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn every_command_has_a_name_of_its_own() {
        let mut names: Vec<String> = WindowCommand::all().into_iter().map(WindowCommand::label).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
