//! What can be put into a plan, by kind, with the figures one chooses by.

use super::parts;
use crate::plan::Catalog;
use crate::ui::inspector::figures::{FigureLine, figures};
use crate::ui::theme;
use crate::ui::view::{Action, View};
use crate::units::System;
use egui::{RichText, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, accesskit::Role};
use std::collections::{BTreeMap, BTreeSet};

/// The chosen entry, what is searched for, and figures already read.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Kind and key of the chosen entry. The place tool of the canvas takes its model from here.
    pub chosen: Option<(String, String)>,
    search: String,
    system: System,
    read: BTreeMap<(String, String), Vec<FigureLine>>,
    entries_read: usize,
}

/// Kinds in the order in which a campus is planned, and the name of their list.
const KINDS: &[(&str, &str)] = &[
    ("rack", "Racks"),
    ("CDU", "CDUs"),
    ("air handler", "Air handlers"),
    ("dry cooler", "Dry and adiabatic coolers"),
    ("cooling tower", "Cooling towers"),
    ("chiller", "Chillers"),
    ("pump", "Pumps"),
    ("transformer", "Transformers"),
    ("UPS", "UPS modules"),
    ("busway", "Busways"),
    ("conductor", "Cables and lines"),
    ("diesel set", "Diesel sets"),
    ("generator", "Turbines, engines, fuel cells"),
    ("battery", "Batteries"),
    ("site", "Sites"),
    ("tariff", "Tariffs"),
    ("climate", "Climates"),
];

/// The figures one chooses by, as named in the catalog.
fn keys(kind: &str) -> &'static [&'static str] {
    match kind {
        "rack" => &["design power", "GPUs", "liquid, share"],
        "CDU" => &["capacity", "approach", "secondary flow"],
        "air handler" => &["capacity", "air flow", "fan power"],
        "dry cooler" => &["heat", "air in", "coolant out"],
        "cooling tower" => &["heat", "wet bulb", "approach"],
        "chiller" => &["capacity", "COP", "leaving"],
        "pump" => &["flow", "head", "efficiency"],
        "transformer" => &["rating", "high", "low"],
        "UPS" => &["rating", "ride through"],
        "busway" | "conductor" => &["current", "voltage"],
        "diesel set" => &["rating", "start"],
        "generator" => &["rating", "heat rate", "availability"],
        "battery" => &["energy", "power", "round trip"],
        "site" => &["region", "carbon", "water"],
        "tariff" => &["energy", "demand"],
        _ => &[],
    }
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let entries = view.catalog.entries();
    if state.system != view.system || state.entries_read != entries.len() {
        state.read.clear();
        state.system = view.system;
        state.entries_read = entries.len();
    }
    ui.horizontal(|ui| {
        let label = ui.label("Find");
        ui.add(TextEdit::singleline(&mut state.search).desired_width(f32::INFINITY).hint_text("model, maker or kind")).labelled_by(label.id);
    });
    let wanted = state.search.trim().to_lowercase();
    let own = own_entries(&view.plan.catalog);
    let mut any = false;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (kind, title) in KINDS {
            let list: Vec<(&str, &str)> = entries
                .iter()
                .filter(|(k, id, name)| {
                    k == kind
                        && (wanted.is_empty()
                            || title.to_lowercase().contains(&wanted)
                            || id.to_lowercase().contains(&wanted)
                            || name.to_lowercase().contains(&wanted))
                })
                .map(|(_, id, name)| (*id, name.as_str()))
                .collect();
            if list.is_empty() {
                continue;
            }
            any = true;
            let open = if wanted.is_empty() { None } else { Some(true) };
            let header = egui::CollapsingHeader::new(format!("{title} ({})", list.len())).id_salt(kind).open(open).default_open(*kind == "rack");
            header.show(ui, |ui| {
                for (id, name) in list {
                    one(ui, view, state, (kind, id, name), own.contains(&(*kind, id)), actions);
                }
            });
        }
        if !any {
            parts::empty(ui, "Nothing fits", "Search for a part of a name, such as GB200, CDU or Memphis.");
        }
    });
}

fn own_entries(catalog: &Catalog) -> BTreeSet<(&str, &str)> {
    catalog.entries().into_iter().map(|(kind, id, _)| (kind, id)).collect()
}

fn one(ui: &mut Ui, view: &View<'_>, state: &mut State, (kind, id, name): (&str, &str, &str), own: bool, actions: &mut Vec<Action>) {
    let key = (kind.to_owned(), id.to_owned());
    let chosen = state.chosen.as_ref() == Some(&key);
    let lines = state.read.entry(key.clone()).or_insert_with(|| figures(view.catalog, kind, id, view.system));
    let t = theme::of(ui);
    let fill = if chosen { t.accent_veil() } else { egui::Color32::TRANSPARENT };
    let inner = egui::Frame::new().fill(fill).inner_margin(egui::Margin::symmetric(6, 3)).corner_radius(3.0).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 1.0;
        let title = if own { format!("{name}  (of this plan)") } else { name.to_owned() };
        ui.add(egui::Label::new(title).truncate().selectable(false));
        ui.add(egui::Label::new(RichText::new(summary(kind, lines)).size(theme::CAPTION).color(t.weak_text)).truncate().selectable(false));
    });
    let response = ui.interact(inner.response.rect, ui.unique_id().with((kind, id)), Sense::click());
    if response.hovered() && !chosen {
        ui.painter().rect_stroke(inner.response.rect, 3.0, egui::Stroke::new(1.0, t.stroke), egui::StrokeKind::Inside);
    }
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, name));
    if response.clicked() {
        state.chosen = if chosen { None } else { Some(key) };
        if !chosen && placed_by_tool(kind) {
            actions.push(Action::Say(format!("{name} is what the next {kind} will be")));
        }
    }
    let hover = &state.read;
    response.on_hover_ui(|ui| details(ui, name, hover.get(&(kind.to_owned(), id.to_owned())).map_or(&[], Vec::as_slice)));
}

fn placed_by_tool(kind: &str) -> bool {
    !matches!(kind, "site" | "tariff" | "climate")
}

/// The key figures on one line; a dagger marks what is assumed.
fn summary(kind: &str, lines: &[FigureLine]) -> String {
    let parts: Vec<String> = keys(kind)
        .iter()
        .filter_map(|key| lines.iter().find(|l| l.name() == *key))
        .map(|l| {
            let what = match l.name().as_str() {
                "GPUs" => " GPUs",
                "liquid, share" => " to liquid",
                "COP" => " COP",
                _ => "",
            };
            format!("{}{what}{}", l.value, if l.assumed { " †" } else { "" })
        })
        .collect();
    parts.join("   ")
}

/// Every figure with its source.
fn details(ui: &mut Ui, name: &str, lines: &[FigureLine]) {
    const MOST: usize = 24;
    let t = theme::of(ui);
    ui.strong(name);
    // What it is made of is too long for a tooltip; the inspector has it.
    let whole: Vec<&FigureLine> =
        lines.iter().filter(|l| l.path.first().is_none_or(|p| !matches!(p.as_str(), "parts" | "periods" | "shelf" | "node stage"))).collect();
    egui::Grid::new("figures").num_columns(2).min_row_height(0.0).spacing([12.0, 2.0]).show(ui, |ui| {
        for line in whole.iter().take(MOST) {
            ui.label(RichText::new(line.name()).size(theme::CAPTION).color(t.weak_text));
            ui.label(RichText::new(format!("{}{}", line.value, if line.assumed { " †" } else { "" })).size(theme::CAPTION));
            ui.end_row();
        }
    });
    let left = lines.len() - whole.len().min(MOST);
    if left > 0 {
        parts::caption(ui, format!("and {left} more, in the inspector of what uses it"));
    }
    let sources: BTreeSet<&str> = whole.iter().map(|l| l.source.as_str()).filter(|s| !s.is_empty()).collect();
    ui.separator();
    for source in sources {
        parts::caption(ui, source);
    }
    parts::caption(ui, "† assumed: not from a primary source");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_listed_and_its_key_figures_exist() {
        let catalog = Catalog::builtin().unwrap();
        for (kind, id, _) in catalog.entries() {
            assert!(KINDS.iter().any(|(k, _)| *k == kind), "{kind}");
            let lines = figures(&catalog, kind, id, System::Si);
            for key in keys(kind).iter().filter(|k| !k.starts_with("liquid")) {
                assert!(lines.iter().any(|l| l.name() == *key), "{kind} {id} has no `{key}`: {:?}", lines.iter().map(FigureLine::name).collect::<Vec<_>>());
            }
        }
    }
}
