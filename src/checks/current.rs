//! AC and DC where they meet: feeds, racks, busways, drives; and what a UPS model can't do that is asked of it.

use super::{Finding, Review, Severity};
use crate::plan::{Block, Element, Id, Row, UpsMode};
use crate::units::*;

pub(super) fn check(review: &mut Review<'_>) {
    let plan = review.plan;
    for row in plan.rows() {
        feeds(review, row);
        racks(review, row);
        busway(review, row);
    }
    for block in plan.blocks() {
        modes(review, block);
        medium_voltage(review, block);
    }
    for element in plan.elements.values() {
        drives(review, element);
    }
}

fn say(review: &mut Review<'_>, severity: Severity, rule: &'static str, subject: &Id, field: &str, message: String, hint: &str) {
    let hint = hint.to_owned();
    review.findings.push(Finding {
        severity,
        rule,
        subjects: vec![subject.clone()],
        field: Some(field.to_owned()),
        message,
        hint,
        fixes: Vec::new(),
        accepted: None,
    });
}

fn current(voltage: Option<Voltage>) -> String {
    voltage.map_or_else(|| "AC".to_owned(), |v| format!("{} DC", show(v, System::Si)))
}

/// Power supplies share one input kind: the two cords of a row can't be of different ones.
fn feeds(review: &mut Review<'_>, row: &Row) {
    let Some(b) = &row.b else { return };
    let known = |id: &Id| matches!(review.plan.get(id), Some(Element::Block(_) | Element::Bus(_)));
    let (first, second) = (row.dc_voltage(review.plan, review.catalog), review.plan.dc_voltage(b, review.catalog));
    if known(&row.a) && known(b) && first != second {
        let message = format!("{}: {} gives {}, and {} gives {}", review.name(&row.id), row.a, current(first), b, current(second));
        say(review, Severity::Broken, "mixed-current", &row.id, "b", message, "feed both sides of a row from blocks of the same kind");
    }
}

fn racks(review: &mut Review<'_>, row: &Row) {
    let Some(feed) = row.leading_feed(review.plan) else { return };
    let dc = review.plan.dc_voltage(feed, review.catalog);
    for model in row.models().keys().filter_map(|m| review.catalog.racks(m)) {
        let (rule, message, hint) = if dc.is_some() && model.dc_input.is_none() && !model.dc_only {
            let message = format!("{}: {} has no DC input, and {feed} gives {}", review.name(&row.id), model.name, current(dc));
            ("no-dc-input", message, "feed the row from an AC block, or use racks with a DC input")
        } else if dc.is_none() && model.dc_only {
            let message = format!("{}: {} takes {} alone, and {feed} gives AC", review.name(&row.id), model.name, current(Some(*model.voltage)));
            ("needs-dc", message, "feed the row from a block with rectifiers (a UPS model with a DC output)")
        } else {
            continue;
        };
        say(review, Severity::Broken, rule, &row.id, "a", message, hint);
    }
}

fn busway(review: &mut Review<'_>, row: &Row) {
    let (Some(model), Some(feed)) = (review.catalog.busways(&row.busway), row.leading_feed(review.plan)) else { return };
    let dc = review.plan.dc_voltage(feed, review.catalog);
    if model.dc != dc.is_some() {
        let kind = if model.dc { "DC" } else { "AC" };
        let message = format!("{}: {} is for {kind}, and {feed} gives {}", review.name(&row.id), model.name, current(dc));
        say(review, Severity::Broken, "busway-current", &row.id, "busway", message, "choose a busway for the current that its block gives");
    }
}

/// Eco mode needs a model that has it.
fn modes(review: &mut Review<'_>, block: &Block) {
    if block.mode != UpsMode::Eco {
        return;
    }
    let message = match block.converter(review.catalog) {
        Some(model) if model.eco.is_some() => return,
        Some(model) => format!("{}: {} has no eco mode", review.name(&block.id), model.name),
        None => format!("{}: eco mode is asked for, and there is no UPS", review.name(&block.id)),
    };
    say(review, Severity::Broken, "no-eco-mode", &block.id, "mode", message, "run it in double conversion, or choose a UPS with an eco mode");
}

/// A solid-state transformer stands where the transformer would, and nothing else does without one.
fn medium_voltage(review: &mut Review<'_>, block: &Block) {
    let wants = block.converter(review.catalog).and_then(|m| m.input.as_ref().map(|v| (m.name.clone(), v.0)));
    let Some((name, input)) = wants else {
        if block.transformers == 0 {
            let message = format!("{}: there is no transformer, and nothing else in the block takes medium voltage", review.name(&block.id));
            say(
                review,
                Severity::Broken,
                "no-transformer",
                &block.id,
                "transformers",
                message,
                "give it a transformer, or a solid-state transformer as its UPS model",
            );
        }
        return;
    };
    if block.transformers > 0 {
        let message = format!("{}: {name} takes {} itself, and a transformer stands before it", review.name(&block.id), show(input, System::Si));
        say(review, Severity::Broken, "transformer-twice", &block.id, "transformers", message, "set the number of transformers to 0");
    }
    if let Some(Element::Bus(bus)) = review.plan.get(&block.from)
        && (bus.voltage / input - 1.0).abs() > 0.1
    {
        let message = format!("{}: {name} takes {}, and {} has {}", review.name(&block.id), show(input, System::Si), bus.id, show(bus.voltage, System::Si));
        say(review, Severity::Broken, "input-voltage", &block.id, "ups", message, "choose a model for the voltage of the bus");
    }
}

/// Pumps, fans, compressors and lights take AC.
fn drives(review: &mut Review<'_>, element: &Element) {
    if matches!(element, Element::Row(_)) {
        return;
    }
    for (field, id, _) in element.references().into_iter().filter(|(f, _, _)| matches!(*f, "a" | "b")) {
        if let Some(v) = review.plan.dc_voltage(id, review.catalog) {
            let message = format!("{}: its drives take AC, and {id} gives {}", element.name(), current(Some(v)));
            say(review, Severity::Broken, "drive-on-dc", element.id(), field, message, "feed it from an AC block");
        }
    }
}
