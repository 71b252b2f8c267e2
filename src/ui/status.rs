//! The status bar: the pulse of the plan. A number that changed shows its difference for a moment.

use super::panels::parts;
use super::theme;
use super::view::{Action, View};
use super::widgets::{count, reading};
use crate::checks::{Severity, Standing};
use crate::plan::Id;
use crate::units::{Money, Power, System, grouped, show};
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
    rank: u8,
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
            rank: 0,
            value: summary.it_power.watts(),
            show: megawatts,
            tip: format!("Power at the inputs of {} racks with {} GPUs", count(u64::from(summary.racks)), count(summary.gpus)),
        },
        Number {
            caption: "Facility",
            rank: 3,
            value: summary.facility_power.watts(),
            show: megawatts,
            tip: "Power the campus takes at the point of interconnection, at the condition".to_owned(),
        },
        Number {
            caption: "PUE",
            rank: 4,
            value: summary.pue.or(summary.pue_now).unwrap_or(f64::NAN),
            show: |v, _| if v.is_finite() { format!("{v:.3}") } else { "—".to_owned() },
            tip: format!(
                "Facility over IT energy of the year (ISO/IEC 30134-2); at the condition {}",
                summary.pue_now.map_or("—".to_owned(), |p| format!("{p:.3}"))
            ),
        },
        Number {
            caption: "$/MWh",
            rank: 6,
            value: price,
            show: |v, _| if v.is_finite() { format!("${}", grouped(v)) } else { "—".to_owned() },
            tip: "Cost of a year over the facility's energy".to_owned(),
        },
        Number {
            caption: "$/GPU·h",
            rank: 7,
            value: summary.cost_per_gpu_hour.map_or(f64::NAN, Money::dollars),
            show: |v, _| if v.is_finite() { format!("${v:.4}") } else { "—".to_owned() },
            tip: "Cost of a year per GPU and hour".to_owned(),
        },
    ]
}

/// One reading of the bar with what it needs to be drawn.
struct Reading {
    caption: String,
    value: String,
    /// The difference of a number that changed a moment ago.
    change: Option<String>,
    color: Option<egui::Color32>,
    tip: String,
    /// A click shows this element.
    at: Option<Id>,
    /// The highest is left out first when the window is too narrow for all.
    rank: u8,
}

/// Draws the bar.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let time = ui.input(|i| i.time);
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        if view.solved.is_none() {
            ui.weak("solving…");
            return;
        }
        // The right end is laid out first: what is left of the width belongs to the readings, and none of them is ever drawn over another.
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            solve_time(ui, view);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                for reading in what_fits(ui, readings(ui, view, state, time)) {
                    show_reading(ui, &reading, actions);
                }
            });
        });
    });
}

/// Space between two readings.
const GAP: f32 = 14.0;

fn readings(ui: &Ui, view: &View<'_>, state: &mut State, time: f64) -> Vec<Reading> {
    let mut list: Vec<Reading> = numbers(view)
        .iter()
        .map(|number| Reading {
            caption: number.caption.to_owned(),
            value: (number.show)(number.value, view.system),
            change: change(number, view, state, time),
            color: None,
            tip: number.tip.clone(),
            at: None,
            rank: number.rank,
        })
        .collect();
    if list.iter().any(|r| r.change.is_some()) {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(HOLD));
    }
    let power = list.iter().position(|r| r.caption.starts_with('$')).unwrap_or(list.len());
    list.splice(power..power, grid(view).into_iter().chain([binding(ui, view)]));
    if let Some(first) = list.first_mut().filter(|r| r.caption == "IT") {
        served(ui, view, first);
    }
    list.splice(1.min(list.len())..1.min(list.len()), out(ui, view));
    list.extend(findings(ui, view));
    list
}

/// Without the least important readings where there is no room for all.
fn what_fits(ui: &Ui, mut list: Vec<Reading>) -> Vec<Reading> {
    let width = |text: &str, size: f32| ui.painter().layout_no_wrap(text.to_owned(), egui::FontId::proportional(size), egui::Color32::PLACEHOLDER).size().x;
    let of = |r: &Reading| {
        let change = r.change.as_ref().map_or(0.0, |c| INNER_GAP + width(c, theme::CAPTION));
        let caption = if r.caption.is_empty() { 0.0 } else { width(&r.caption, theme::CAPTION) + INNER_GAP };
        caption + width(&r.value, theme::BODY) + change + GAP
    };
    let mut sizes: Vec<f32> = list.iter().map(of).collect();
    while list.len() > 1 && sizes.iter().sum::<f32>() > ui.available_width() {
        let Some(last) = (0..list.len()).max_by_key(|i| list[*i].rank) else { break };
        list.remove(last);
        sizes.remove(last);
    }
    list
}

/// Space between a caption and its value.
const INNER_GAP: f32 = 4.0;

fn show_reading(ui: &mut Ui, r: &Reading, actions: &mut Vec<Action>) {
    let tokens = theme::of(ui);
    let color = r.color.unwrap_or(tokens.text);
    if let Some(id) = &r.at {
        let inner = ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = INNER_GAP;
            ui.label(RichText::new(&r.caption).color(tokens.weak_text).size(theme::CAPTION));
            let link = ui.link(RichText::new(&r.value).color(color));
            link.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Link, true, format!("{} {}", r.caption, r.value)));
            link
        });
        if inner.inner.on_hover_text(&r.tip).clicked() {
            actions.push(Action::ZoomTo(id.clone()));
        }
        return;
    }
    if r.caption.is_empty() {
        ui.label(RichText::new(&r.value).color(color)).on_hover_text(&r.tip);
    } else if r.color.is_some() {
        let inner = ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = INNER_GAP;
            ui.label(RichText::new(&r.caption).color(tokens.weak_text).size(theme::CAPTION));
            ui.label(RichText::new(&r.value).strong().color(color))
        });
        inner.response.union(inner.inner).on_hover_text(&r.tip);
    } else {
        reading(ui, &r.caption, &r.value, &r.tip);
    }
    if let Some(change) = &r.change {
        ui.add_space(INNER_GAP - GAP);
        ui.label(RichText::new(change).size(theme::CAPTION).color(tokens.accent));
    }
}

/// The difference of a number that changed a moment ago.
fn change(number: &Number, view: &View<'_>, state: &mut State, time: f64) -> Option<String> {
    let difference = state.follow(number.caption, number.value, time)?;
    let text = (number.show)(difference.abs(), view.system);
    // A change in the seventh digit is no news.
    let news = text.bytes().any(|b| matches!(b, b'1'..=b'9')) && difference.abs() > 1e-5 * number.value.abs();
    let mark = if difference > 0.0 { theme::UP } else { theme::DOWN };
    news.then(|| format!("{mark} {text}"))
}

/// Power that isn't served is said at the first number: `IT 242 MW of 244 MW served`.
fn served(ui: &Ui, view: &View<'_>, it: &mut Reading) {
    let Some(outcome) = view.solved.map(|s| &s.outcome) else { return };
    let (lost, wanted) = (outcome.power.lost.it, outcome.loads.it_power);
    if lost.watts() <= 0.5 {
        return;
    }
    it.value = format!("{} {} of {} served", theme::standing_mark(Standing::Broken), show(wanted - lost, view.system), show(wanted, view.system));
    it.color = Some(theme::of(ui).broken);
    it.tip = format!("{} racks with {} GPUs are without power\n{}", count(u64::from(outcome.power.lost.racks)), count(outcome.power.lost.gpus), it.tip);
}

/// What is out of service for now.
fn out(ui: &Ui, view: &View<'_>) -> Option<Reading> {
    let out = view.out;
    let names: Vec<String> = out.iter().map(ToString::to_string).collect();
    (!out.is_empty()).then(|| Reading {
        caption: String::new(),
        value: format!("{} {} out", theme::UP, out.len()),
        change: None,
        color: Some(theme::of(ui).near),
        tip: format!("Out of service for now: {}\nThe Failures panel puts it back", names.join(", ")),
        at: None,
        rank: 0,
    })
}

fn grid(view: &View<'_>) -> Option<Reading> {
    let supply = &view.solved?.outcome.supply;
    // The facility's load against what the grid guarantees; what is above it comes from the site or from nowhere.
    let used = supply.load.min(supply.grid_firm);
    Some(Reading {
        caption: "Grid".to_owned(),
        value: format!("{} of {}", show(used, view.system), show(supply.grid_firm, view.system)),
        change: None,
        color: None,
        tip: "Grid power used, of the firm import in the plan's month".to_owned(),
        at: None,
        rank: 5,
    })
}

fn binding(ui: &Ui, view: &View<'_>) -> Reading {
    let mut r = Reading {
        caption: "Headroom".to_owned(),
        value: "—".to_owned(),
        change: None,
        color: None,
        tip: "No limit is known for this plan yet".to_owned(),
        at: None,
        rank: 1,
    };
    let Some((solved, limit)) = view.solved.and_then(|s| s.assessment.binding().map(|l| (s, l))) else { return r };
    let standing = parts::standing(&solved.assessment, limit);
    let text = |value: f64, difference: bool| parts::limit_text(value, limit.unit, difference, view.system);
    let cover = parts::cover(solved, limit, view.system);
    r.value = match &cover {
        Some(cover) => cover.clone(),
        None => format!("{} at {}", text(limit.headroom(), true), limit.element),
    };
    r.tip = format!(
        "{} of {} binds first ({}): {} of {}",
        parts::capital(&limit.quantity),
        limit.element,
        limit.condition,
        text(limit.used, false),
        text(limit.capacity, false)
    );
    if cover.is_some() {
        r.tip.push_str("\nWhat the firm grid lacks comes from generation on the site");
    }
    if standing != Standing::Ok {
        r.color = Some(theme::of(ui).standing(standing));
        r.value = format!("{} {}", theme::standing_mark(standing), r.value);
    }
    r.at = Some(limit.element.clone());
    r
}

fn findings(ui: &Ui, view: &View<'_>) -> Option<Reading> {
    let solved = view.solved?;
    let open = || solved.assessment.findings.iter().filter(|f| f.accepted.is_none());
    let worst = open().map(|f| f.severity).min();
    let tokens = theme::of(ui);
    let (color, mark) = worst.map_or((tokens.weak_text, ""), |w| (tokens.severity(w), theme::severity_mark(w)));
    let count = open().count();
    let text = if count == 1 { format!("{mark} 1 finding") } else { format!("{mark} {count} findings") };
    let broken = open().filter(|f| f.severity == Severity::Broken).count();
    Some(Reading {
        caption: String::new(),
        value: text.trim_start().to_owned(),
        change: None,
        color: Some(color),
        tip: format!("{broken} break a limit; the Findings panel lists them with ways out"),
        at: None,
        rank: 2,
    })
}

fn solve_time(ui: &mut Ui, view: &View<'_>) {
    if view.stale {
        let accent = theme::of(ui).accent;
        ui.label(RichText::new("solving…").color(accent)).on_hover_text("The numbers are of the plan before the last edit");
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
