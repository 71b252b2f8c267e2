//! The status bar: the pulse of the plan. A number that changed shows its difference for a moment.

use super::theme;
use super::view::{Action, View};
use super::widgets::{count, reading};
use crate::checks::{Severity, Standing};
use crate::units::{Money, Power, System, TemperatureDifference, grouped, show};
use egui::{RichText, Ui};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a difference is shown, s.
const HOLD: f64 = 4.0;

/// What the bar remembers: each number before its last change, and when that was.
#[derive(Debug, Clone, Default)]
pub struct State {
    numbers: BTreeMap<&'static str, Past>,
}

#[derive(Debug, Clone, Copy)]
struct Past {
    /// Before the gesture that is still shown.
    base: f64,
    now: f64,
    changed_at: f64,
}

impl State {
    /// The difference to show beside a number, if it changed a moment ago. A gesture's many small changes count as one.
    fn follow(&mut self, key: &'static str, value: f64, time: f64) -> Option<f64> {
        let past = self.numbers.entry(key).or_insert(Past { base: value, now: value, changed_at: f64::NEG_INFINITY });
        let fresh = time - past.changed_at < HOLD;
        if past.now.to_bits() != value.to_bits() {
            if !fresh {
                past.base = past.now;
            }
            past.now = value;
            past.changed_at = time;
        } else if !fresh {
            past.base = past.now;
        }
        let difference = past.now - past.base;
        (difference.is_finite() && difference != 0.0).then_some(difference)
    }
}

struct Number {
    caption: &'static str,
    value: f64,
    show: fn(f64, System) -> String,
    tip: String,
}

fn megawatts(v: f64, system: System) -> String {
    show(Power::from_watts(v), system)
}

fn numbers(view: &View<'_>) -> Vec<Number> {
    let Some(solved) = view.solved else { return Vec::new() };
    let summary = &solved.outcome.summary;
    let price = summary.cost_per_energy.map_or(f64::NAN, |p| p.dollars_per_megawatt_hour());
    vec![
        Number {
            caption: "IT",
            value: summary.it_power.watts(),
            show: megawatts,
            tip: format!("Power at the inputs of {} racks with {} GPUs", count(u64::from(summary.racks)), count(summary.gpus)),
        },
        Number {
            caption: "Facility",
            value: summary.facility_power.watts(),
            show: megawatts,
            tip: "Power the campus takes at the point of interconnection, at the condition".to_owned(),
        },
        Number {
            caption: "PUE",
            value: summary.pue.or(summary.pue_now).unwrap_or(f64::NAN),
            show: |v, _| if v.is_finite() { format!("{v:.3}") } else { "—".to_owned() },
            tip: format!(
                "Facility over IT energy of the year (ISO/IEC 30134-2); at the condition {}",
                summary.pue_now.map_or("—".to_owned(), |p| format!("{p:.3}"))
            ),
        },
        Number {
            caption: "$/MWh",
            value: price,
            show: |v, _| if v.is_finite() { format!("${}", grouped(v)) } else { "—".to_owned() },
            tip: "Cost of a year over the facility's energy".to_owned(),
        },
        Number {
            caption: "$/GPU·h",
            value: summary.cost_per_gpu_hour.map_or(f64::NAN, Money::dollars),
            show: |v, _| if v.is_finite() { format!("${v:.4}") } else { "—".to_owned() },
            tip: "Cost of a year per GPU and hour".to_owned(),
        },
    ]
}

/// Draws the bar.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let time = ui.input(|i| i.time);
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        let numbers = numbers(view);
        if numbers.is_empty() {
            ui.weak("solving…");
            return;
        }
        let (power, money) = numbers.split_at(3);
        for number in power {
            show_number(ui, number, view, state, time);
        }
        grid(ui, view);
        binding(ui, view, actions);
        for number in money {
            show_number(ui, number, view, state, time);
        }
        findings(ui, view);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| solve_time(ui, view));
    });
}

fn show_number(ui: &mut Ui, number: &Number, view: &View<'_>, state: &mut State, time: f64) {
    reading(ui, number.caption, &(number.show)(number.value, view.system), &number.tip);
    let Some(difference) = state.follow(number.caption, number.value, time) else { return };
    let text = (number.show)(difference.abs(), view.system);
    // A change in the seventh digit is no news.
    if text.bytes().any(|b| matches!(b, b'1'..=b'9')) && difference.abs() > 1e-5 * number.value.abs() {
        let mark = if difference > 0.0 { theme::UP } else { theme::DOWN };
        ui.label(RichText::new(format!("{mark} {text}")).size(theme::CAPTION).color(theme::of(ui).accent));
    }
    ui.ctx().request_repaint_after(Duration::from_secs_f64(HOLD));
}

fn grid(ui: &mut Ui, view: &View<'_>) {
    let Some(solved) = view.solved else { return };
    let supply = &solved.outcome.supply;
    // The facility's load against what the grid guarantees; what is above it comes from the site or from nowhere.
    let used = supply.load.min(supply.grid_firm);
    let text = format!("{} of {}", show(used, view.system), show(supply.grid_firm, view.system));
    reading(ui, "Grid", &text, "Grid power used, of the firm import in the plan's month");
}

fn binding(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let Some(limit) = view.solved.and_then(|s| s.assessment.binding()) else {
        reading(ui, "Headroom", "—", "No limit is known for this plan yet");
        return;
    };
    let tokens = theme::of(ui);
    // What is left of a temperature is a difference.
    let left = match limit.unit {
        "°C" => show(TemperatureDifference::from_kelvins(limit.headroom()), view.system),
        unit => format!("{} {unit}", grouped(limit.headroom())),
    };
    let text = format!("{left} at {}", limit.element);
    let tip = format!(
        "{} of {} binds first ({}): {} of {} {}",
        limit.quantity,
        limit.element,
        limit.condition,
        grouped(limit.used),
        grouped(limit.capacity),
        limit.unit
    );
    let color = if limit.standing == Standing::Ok { tokens.text } else { tokens.standing(limit.standing) };
    let label = format!("Headroom {} {text}", theme::standing_mark(limit.standing));
    if ui.link(RichText::new(label).color(color)).on_hover_text(tip).clicked() {
        actions.push(Action::ZoomTo(limit.element.clone()));
    }
}

fn findings(ui: &mut Ui, view: &View<'_>) {
    let Some(solved) = view.solved else { return };
    let open = || solved.assessment.findings.iter().filter(|f| f.accepted.is_none());
    let worst = open().map(|f| f.severity).min();
    let tokens = theme::of(ui);
    let (color, mark) = worst.map_or((tokens.weak_text, ""), |w| (tokens.severity(w), theme::severity_mark(w)));
    let open_now = open().count();
    let text = if open_now == 1 { format!("{mark} 1 finding") } else { format!("{mark} {open_now} findings") };
    let broken = open().filter(|f| f.severity == Severity::Broken).count();
    ui.label(RichText::new(text.trim_start()).color(color)).on_hover_text(format!("{broken} break a limit; the Findings panel lists them with ways out"));
}

fn solve_time(ui: &mut Ui, view: &View<'_>) {
    if view.stale {
        ui.weak("solving…").on_hover_text("The numbers are of the plan before the last edit");
        return;
    }
    let Some(solved) = view.solved else { return };
    let stages = &solved.outcome.stages;
    let total: f64 = stages.iter().filter(|s| !s.reused).map(|s| s.milliseconds).fold(0.0, |a, b| a + b);
    let lines: Vec<String> =
        stages.iter().map(|s| if s.reused { format!("{}: reused", s.stage) } else { format!("{}: {:.2} ms", s.stage, s.milliseconds) }).collect();
    ui.weak(format!("{total:.1} ms")).on_hover_text(format!("Time of the last solve\n{}", lines.join("\n")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gesture_counts_from_where_it_began() {
        let mut state = State::default();
        assert_eq!(state.follow("IT", 10.0, 0.0), None);
        assert_eq!(state.follow("IT", 12.0, 1.0), Some(2.0));
        assert_eq!(state.follow("IT", 15.0, 3.0), Some(5.0), "still the same gesture");
        assert_eq!(state.follow("IT", 15.0, 6.0), Some(5.0));
        assert_eq!(state.follow("IT", 15.0, 7.5), None, "long enough");
        assert_eq!(state.follow("IT", 14.0, 8.0), Some(-1.0));
        assert_eq!(state.follow("PUE", f64::NAN, 0.0), None);
    }
}
