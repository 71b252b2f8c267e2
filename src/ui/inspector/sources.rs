//! What the catalog says of the models an element names, and where each figure comes from.

use super::figures::{FigureLine, figures, kind_of};
use crate::plan::Element;
use crate::ui::panels::parts;
use crate::ui::theme;
use crate::ui::view::View;
use egui::{CollapsingHeader, RichText, Ui};
use std::collections::BTreeSet;

/// A folded section for each model.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, element: &Element) {
    let models = element.models();
    let mut seen = BTreeSet::new();
    let mut first = true;
    for (_, key, kinds) in models {
        if !seen.insert((key, kinds)) {
            continue;
        }
        if first {
            parts::heading(ui, "From the catalog");
            first = false;
        }
        let t = theme::of(ui);
        let Some(kind) = kind_of(view.catalog, kinds, key) else {
            ui.label(RichText::new(format!("■ {key} is not in the catalog")).color(t.broken));
            continue;
        };
        let name = view.catalog.entries().into_iter().find(|(k, id, _)| *k == kind && *id == key).map_or_else(|| key.to_owned(), |(_, _, name)| name);
        CollapsingHeader::new(format!("{name} ({kind})")).id_salt((kind, key)).show(ui, |ui| {
            // Read only while it is unfolded.
            table(ui, &figures(view.catalog, kind, key, view.system));
        });
    }
}

/// Figure, value and mark, one line each, the source on hover.
fn table(ui: &mut Ui, lines: &[FigureLine]) {
    let t = theme::of(ui);
    for line in lines {
        let response = ui
            .horizontal(|ui| {
                let left = (ui.available_width() * 0.5).min(190.0);
                super::name(ui, &line.name(), left);
                let mark = if line.assumed { RichText::new(parts::ASSUMED).color(t.near) } else { RichText::new(" ") };
                ui.label(mark);
                ui.add(egui::Label::new(&line.value).wrap());
            })
            .response;
        response.on_hover_text(line.hover());
    }
    parts::caption(ui, "† assumed: not from a primary source. Hover a line for where it comes from.");
}
