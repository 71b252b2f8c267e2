//! The form that puts rows on a scheme of redundancy. One command: the rows are rewired and their loads rebalanced at once.

use super::panels::parts;
use super::theme;
use super::view::View;
use crate::edit::{Command, RedundancyScheme};
use crate::physics::redundancy;
use crate::plan::{Element, Id};
use egui::{Button, RichText, Ui};
use std::collections::BTreeSet;

/// What is chosen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Form {
    scheme: Option<RedundancyScheme>,
    /// For which halls and rows the blocks below were chosen.
    about: Vec<Id>,
    blocks: BTreeSet<Id>,
    reserve: Option<Id>,
}

const SCHEMES: [RedundancyScheme; 5] =
    [RedundancyScheme::N, RedundancyScheme::NPlusOne, RedundancyScheme::TwoN, RedundancyScheme::Distributed, RedundancyScheme::BlockRedundant];

/// What a scheme is called with so many blocks: `4 to make 3`.
fn name(scheme: RedundancyScheme, blocks: usize) -> String {
    match scheme {
        RedundancyScheme::N => "N".to_owned(),
        RedundancyScheme::NPlusOne => "N+1 modules".to_owned(),
        RedundancyScheme::TwoN => "2N".to_owned(),
        RedundancyScheme::Distributed if blocks >= 3 => format!("{blocks} to make {}", blocks - 1),
        RedundancyScheme::Distributed => "Distributed".to_owned(),
        RedundancyScheme::BlockRedundant => "Catcher".to_owned(),
    }
}

/// What a scheme is, in a sentence.
fn meaning(scheme: RedundancyScheme) -> &'static str {
    match scheme {
        RedundancyScheme::N => "Every row on one block, nothing spare: a lost block is lost racks.",
        RedundancyScheme::NPlusOne => "Every row on one block, in which one UPS module is spare: it survives a module, not the block.",
        RedundancyScheme::TwoN => "Two full paths: the first half of the blocks feeds the A cords, the second half the B cords.",
        RedundancyScheme::Distributed => "The rows are spread over all pairs of the blocks: when one is lost, all others share its load.",
        RedundancyScheme::BlockRedundant => {
            "Every row on a primary block; one reserve block stands by behind transfer switches and catches the load of any of them."
        }
    }
}

/// Share of what is installed that may carry load, with so many blocks alike; spare modules inside them aside.
fn usable(scheme: RedundancyScheme, blocks: usize) -> f64 {
    let n = u32::try_from(blocks).unwrap_or(u32::MAX);
    match scheme {
        RedundancyScheme::N | RedundancyScheme::NPlusOne => 1.0,
        RedundancyScheme::TwoN => redundancy::usable(2, 1).value(),
        RedundancyScheme::Distributed | RedundancyScheme::BlockRedundant => redundancy::usable(n, n.saturating_sub(1)).value(),
    }
}

/// Share of the UPS modules of some blocks that a scheme lets carry load; NaN where there are none.
fn modules(view: &View<'_>, blocks: &BTreeSet<Id>, scheme: RedundancyScheme) -> f64 {
    let (mut working, mut all) = (0, 0);
    for id in blocks {
        let Some(Element::Block(b)) = view.plan.get(id).filter(|_| has_ups(view, id)) else { continue };
        let spare = match scheme {
            RedundancyScheme::N => 0,
            RedundancyScheme::NPlusOne => b.redundant.max(1),
            _ => b.redundant,
        };
        working += b.modules - spare.min(b.modules);
        all += b.modules;
    }
    f64::from(working) / f64::from(all)
}

/// The rows of halls and single rows.
fn blocks_of(view: &View<'_>, ids: &[Id]) -> BTreeSet<Id> {
    let rows = view.plan.rows().filter(|r| ids.contains(&r.id) || ids.contains(&r.hall));
    rows.flat_map(|r| std::iter::once(&r.a).chain(&r.b)).filter(|f| matches!(view.plan.get(f), Some(Element::Block(_)))).cloned().collect()
}

/// Draws the form for these halls and rows; the command when it is to be carried out.
pub fn form(ui: &mut Ui, view: &View<'_>, ids: &[Id], form: &mut Form) -> Option<Command> {
    let now = blocks_of(view, ids);
    if form.about != ids {
        *form = Form { scheme: form.scheme, about: ids.to_vec(), blocks: now.clone(), reserve: None };
    }
    let t = theme::of(ui);
    let count = form.blocks.len();
    ui.horizontal_wrapped(|ui| {
        for scheme in SCHEMES {
            let chosen = form.scheme == Some(scheme);
            if ui.add(Button::selectable(chosen, name(scheme, count))).on_hover_text(meaning(scheme)).clicked() {
                form.scheme = Some(scheme);
            }
        }
    });
    let Some(scheme) = form.scheme else {
        parts::caption(ui, "Choose a scheme to see what it means here.");
        return None;
    };
    ui.label(RichText::new(meaning(scheme)).color(t.weak_text));
    choose_blocks(ui, view, &now, form);
    if scheme == RedundancyScheme::BlockRedundant {
        choose_reserve(ui, form);
    } else {
        form.reserve = None;
    }
    let count = form.blocks.len();
    let share = usable(scheme, count) * modules(view, &form.blocks, scheme);
    if share.is_finite() {
        parts::caption(ui, format!("{count} blocks: {} of the installed UPS may carry load.", parts::percent(share)));
    }
    let why = missing(scheme, count);
    let text = format!("Feed the rows: {}", name(scheme, count));
    let button = ui.add_enabled(why.is_none(), Button::new(text)).on_disabled_hover_text(why.unwrap_or_default());
    button.on_hover_text("Rewires rows, CDUs and air handlers and balances them by design power; one undo takes it back").clicked().then(|| {
        let reserve = form.reserve.clone();
        let blocks = form.blocks.iter().filter(|b| Some(*b) != reserve.as_ref()).cloned().collect();
        Command::Redundancy { ids: ids.to_vec(), scheme, blocks, reserve }
    })
}

/// Why so many blocks can't be such a scheme.
fn missing(scheme: RedundancyScheme, blocks: usize) -> Option<&'static str> {
    match scheme {
        RedundancyScheme::TwoN if blocks < 2 || !blocks.is_multiple_of(2) => Some("2N takes an even number of blocks"),
        RedundancyScheme::Distributed if blocks < 3 => Some("It takes three blocks or more"),
        RedundancyScheme::BlockRedundant if blocks < 2 => Some("It takes a primary block and a reserve"),
        _ if blocks == 0 => Some("Choose the blocks first"),
        _ => None,
    }
}

/// The blocks that feed the rows now, and those that feed no row yet.
fn choose_blocks(ui: &mut Ui, view: &View<'_>, now: &BTreeSet<Id>, form: &mut Form) {
    let fed: BTreeSet<&Id> = view.plan.rows().flat_map(|r| std::iter::once(&r.a).chain(&r.b)).collect();
    let offered: Vec<&Id> = view.plan.blocks().map(|b| &b.id).filter(|id| now.contains(*id) || (!fed.contains(id) && has_ups(view, id))).collect();
    let text = format!("Blocks ({} of {} offered)", form.blocks.len(), offered.len());
    egui::CollapsingHeader::new(text).id_salt("blocks of the scheme").show(ui, |ui| {
        egui::ScrollArea::vertical().max_height(140.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                for id in offered {
                    let mut on = form.blocks.contains(id);
                    let label = view.plan.get(id).map_or(id.as_str(), |e| e.name());
                    if ui.checkbox(&mut on, label).changed() {
                        if on {
                            form.blocks.insert(id.clone());
                        } else {
                            form.blocks.remove(id);
                        }
                    }
                }
            });
        });
    });
}

fn has_ups(view: &View<'_>, id: &Id) -> bool {
    matches!(view.plan.get(id), Some(Element::Block(b)) if b.converter(view.catalog).is_some())
}

fn choose_reserve(ui: &mut Ui, form: &mut Form) {
    if form.reserve.as_ref().is_none_or(|r| !form.blocks.contains(r)) {
        form.reserve = form.blocks.last().cloned();
    }
    ui.horizontal(|ui| {
        let label = ui.label("Reserve block");
        let shown = form.reserve.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        egui::ComboBox::from_id_salt("reserve")
            .selected_text(shown)
            .show_ui(ui, |ui| {
                for id in form.blocks.clone() {
                    let text = id.to_string();
                    ui.selectable_value(&mut form.reserve, Some(id), text);
                }
            })
            .response
            .labelled_by(label.id);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_called_by_their_blocks() {
        assert_eq!(name(RedundancyScheme::Distributed, 4), "4 to make 3");
        assert!((usable(RedundancyScheme::Distributed, 4) - 0.75).abs() < 1e-12);
        assert!((usable(RedundancyScheme::BlockRedundant, 6) - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!(usable(RedundancyScheme::TwoN, 4), 0.5);
        assert!(missing(RedundancyScheme::TwoN, 3).is_some() && missing(RedundancyScheme::TwoN, 4).is_none());
        assert!(missing(RedundancyScheme::N, 0).is_some());
    }
}
