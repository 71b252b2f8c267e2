//! The command palette: every command and every element by name.

use crate::plan::{Id, Plan};
use crate::ui::action::WindowCommand;
use crate::ui::theme;
use egui::{Button, Key, Modifiers, ScrollArea, TextEdit, Ui};

/// Entries shown at once; more than fit are found by typing on.
const MOST_ENTRIES: usize = 60;

/// What the palette remembers while it is open.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    text: String,
    at: usize,
    begun: bool,
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// A command.
    Command(WindowCommand),
    /// An element to go to.
    Element(Id),
}

struct Entry {
    label: String,
    keys: String,
    choice: Choice,
}

/// Draws the palette. Gives what was chosen.
pub(super) fn ui(ui: &mut Ui, state: &mut State, plan: &Plan, can: impl Fn(WindowCommand) -> bool) -> Option<Choice> {
    ui.set_width(460.0);
    let field =
        ui.add(TextEdit::singleline(&mut state.text).hint_text("Command or element").desired_width(f32::INFINITY)).accessible_name("Command or element");
    if !state.begun {
        field.request_focus();
        state.begun = true;
    }
    if field.changed() {
        state.at = 0;
    }
    let entries = entries(ui, &state.text, plan, can);
    let (up, down, enter) =
        ui.input_mut(|i| (i.consume_key(Modifiers::NONE, Key::ArrowUp), i.consume_key(Modifiers::NONE, Key::ArrowDown), i.key_pressed(Key::Enter)));
    if down {
        state.at = (state.at + 1).min(entries.len().saturating_sub(1));
    }
    if up {
        state.at = state.at.saturating_sub(1);
    }
    ui.add_space(4.0);
    if entries.is_empty() {
        ui.weak("Nothing has this name.");
    }
    let mut chosen = None;
    ScrollArea::vertical().max_height(380.0).show(ui, |ui| {
        for (i, entry) in entries.iter().enumerate() {
            let button = Button::new(&entry.label)
                .selected(i == state.at)
                .shortcut_text(&entry.keys)
                .min_size(egui::vec2(ui.available_width(), 0.0))
                .frame_when_inactive(false);
            let response = ui.add(button);
            if i == state.at && (up || down) {
                response.scroll_to_me(None);
            }
            if response.clicked() || (enter && i == state.at) {
                chosen = Some(entry.choice.clone());
            }
        }
    });
    ui.label(egui::RichText::new("⬆ ⬇ choose, Enter does it, Esc closes").size(theme::CAPTION).color(theme::of(ui).weak_text));
    chosen
}

fn entries(ui: &Ui, text: &str, plan: &Plan, can: impl Fn(WindowCommand) -> bool) -> Vec<Entry> {
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let fits = |label: &str| {
        let label = label.to_lowercase();
        words.iter().all(|w| label.contains(w.as_str()))
    };
    let commands = WindowCommand::all().into_iter().filter(|c| *c != WindowCommand::Palette && can(*c)).map(|c| Entry {
        label: c.label(),
        keys: c.shortcut().map_or_else(String::new, |s| ui.ctx().format_shortcut(&s)),
        choice: Choice::Command(c),
    });
    let elements = plan.elements.values().filter(|_| !words.is_empty()).map(|e| Entry {
        label: if e.name() == e.id().as_str() {
            format!("Go to {} {}", e.kind().label(), e.id())
        } else {
            format!("Go to {} {} ({})", e.kind().label(), e.id(), e.name())
        },
        keys: String::new(),
        choice: Choice::Element(e.id().clone()),
    });
    commands.chain(elements).filter(|e| fits(&e.label)).take(MOST_ENTRIES).collect()
}
