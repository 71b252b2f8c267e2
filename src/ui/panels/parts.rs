//! Small parts that several panels share: bars, empty states, numbers in columns, units of limits.

use crate::checks::{Assessment, Limit, Severity, Standing};
use crate::plan::{Element, Id};
use crate::session::Solved;
use crate::solve::{Condition, HOURS};
use crate::ui::plots::calendar;
use crate::ui::theme::{self, Tokens};
use crate::ui::view::View;
use crate::units::{Money, System, grouped, show};
use egui::{Align, Align2, Color32, Layout, Response, RichText, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2, WidgetInfo, accesskit::Role, pos2, vec2};
use std::collections::BTreeMap;

/// Behind a figure that isn't from a primary source.
pub const ASSUMED: &str = "†";

/// What a panel shows while there is nothing to show: what is missing, and what to do about it.
pub fn empty(ui: &mut Ui, title: &str, hint: &str) {
    let t = theme::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.25).clamp(8.0, 60.0));
        ui.label(RichText::new(title).color(t.text).size(theme::HEADING));
        ui.add_space(4.0);
        ui.scope(|ui| {
            ui.set_max_width(460.0);
            ui.label(RichText::new(hint).color(t.weak_text));
        });
    });
}

/// A heading inside a panel.
pub fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(4.0);
    ui.label(RichText::new(text).strong());
}

/// A number in a column: right-aligned, on one line.
pub fn number(ui: &mut Ui, text: impl Into<RichText>) -> Response {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.add(egui::Label::new(text.into()).wrap_mode(egui::TextWrapMode::Extend).selectable(false)))
        .inner
}

/// A caption: small and weak.
pub fn caption(ui: &mut Ui, text: impl Into<String>) -> Response {
    let t = theme::of(ui);
    ui.label(RichText::new(text.into()).size(theme::CAPTION).color(t.weak_text))
}

/// The color of a share of a limit that isn't broken: quiet while there is room.
#[must_use]
pub fn bar_color(t: &Tokens, standing: Standing) -> Color32 {
    match standing {
        Standing::Ok => t.accent,
        other => t.standing(other),
    }
}

/// How a share of a capacity stands: broken above it, near above nine tenths.
#[must_use]
pub fn standing_of(share: f64) -> Standing {
    if !share.is_finite() {
        Standing::Unknown
    } else if share > 1.0 {
        Standing::Broken
    } else if share > 0.9 {
        Standing::Near
    } else {
        Standing::Ok
    }
}

/// A bar from nothing to `share` of a frame whose end is the capacity; a second, lighter part to `more` where one is given. What is above the
/// capacity is shown by a full bar in the broken color with its mark.
pub fn bar(ui: &mut Ui, size: Vec2, share: f64, more: Option<f64>, standing: Standing, label: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let named = label.to_owned();
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &named));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let t = theme::of(ui);
    let painter = ui.painter();
    painter.rect_filled(rect, 2.0, t.background);
    let part = |x: f64| {
        let mut r = rect;
        r.set_right(rect.left() + rect.width() * (x.clamp(0.0, 1.0) as f32));
        r
    };
    let color = bar_color(t, standing);
    if let Some(more) = more.filter(|m| m.is_finite() && *m > share) {
        painter.rect_filled(part(more), 2.0, color.gamma_multiply(0.4));
    }
    if share.is_finite() {
        painter.rect_filled(part(share), 2.0, color);
    } else {
        hatch(painter, rect, t.unknown);
    }
    painter.rect_stroke(rect, 2.0, Stroke::new(1.0, t.stroke), StrokeKind::Inside);
    response
}

/// Slanted lines: not known.
pub fn hatch(painter: &egui::Painter, rect: egui::Rect, color: Color32) {
    let clip = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        clip.line_segment([pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())], Stroke::new(1.0, color));
        x += 5.0;
    }
}

/// A small square of a color in front of a name, as a legend has it.
pub fn swatch(ui: &mut Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
    ui.painter().rect_filled(rect, 2.0, color);
}

/// The mark of a severity in its color.
pub fn severity_mark(ui: &mut Ui, severity: Severity) -> Response {
    let t = theme::of(ui);
    ui.label(RichText::new(theme::severity_mark(severity)).color(t.severity(severity))).on_hover_text(severity.label())
}

/// A number with its unit.
#[must_use]
pub fn amount(value: f64, unit: &str) -> String {
    let number = grouped(value);
    if unit.is_empty() || !value.is_finite() { number } else { format!("{number} {unit}") }
}

/// The name of an element for people: a site by its name in the catalog, others by their own.
#[must_use]
pub fn name_of<'a>(view: &View<'a>, element: &'a Element) -> &'a str {
    match element {
        Element::Site(site) => view.catalog.sites(&site.library).map_or(element.name(), |s| s.name.as_str()),
        _ => element.name(),
    }
}

/// The hour of the year (from 0) that a steady state is about; none on the design day or in a scenario's weather.
#[must_use]
pub fn hour_of(condition: &Condition) -> Option<usize> {
    let number: String = condition.label.strip_prefix("Hour ")?.chars().filter(char::is_ascii_digit).collect();
    number.parse::<usize>().ok()?.checked_sub(1).filter(|h| *h < HOURS)
}

/// A condition for people: hours of the year by their date.
#[must_use]
pub fn condition(condition: &Condition) -> String {
    hour_of(condition).map_or_else(|| condition.label.clone(), calendar::hour_label)
}

/// A count: a whole number with a comma every three digits.
#[must_use]
pub fn whole(count: impl Into<u64>) -> String {
    let digits = count.into().to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Money: what is less than a cent is nothing.
#[must_use]
pub fn money(amount: Money, system: System) -> String {
    if amount.dollars().abs() < 0.005 { "0 $".to_owned() } else { show(amount, system) }
}

/// A sentence as it begins: with a large letter.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Percent of a whole, or an em dash.
#[must_use]
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "—".to_owned();
    }
    let p = share * 100.0;
    if p >= 999.5 { format!("{} %", grouped(p.round())) } else { format!("{p:.0} %") }
}

/// A value of a limit in the units the planner reads: number and unit. `difference` marks one of two values rather than a reading of a scale.
#[must_use]
pub fn in_system(value: f64, unit: &'static str, difference: bool, system: System) -> (f64, &'static str) {
    // NIST SP 811, appendix B: °F = 1.8 °C + 32; 1 gal (US) = 3.785411784 L; 1 psi = 6.894757 kPa; 1 lb = 0.45359237 kg.
    match (system, unit) {
        (_, "°C") if difference && system == System::Si => (value, "K"),
        (System::Us, "°C") => (if difference { value * 1.8 } else { value * 1.8 + 32.0 }, "°F"),
        (System::Us, "K") => (value * 1.8, "°F"),
        (System::Us, "L/min") => (value / 3.785_411_784, "gpm"),
        (System::Us, "kPa") => (value / 6.894_757_293_168, "psi"),
        (System::Us, "t") => (value * 1000.0 / 453.592_37, "klb"),
        (System::Us, "m³/d") => (value / 3.785_411_784, "kgal/d"),
        _ => (value, unit),
    }
}

/// A value of a limit as text, in the units the planner reads. Temperatures keep one decimal.
#[must_use]
pub fn limit_text(value: f64, unit: &'static str, difference: bool, system: System) -> String {
    let (value, shown) = in_system(value, unit, difference, system);
    if unit == "°C" && value.is_finite() { format!("{value:.1} {shown}").replace('-', "−") } else { amount(value, shown) }
}

/// How a limit stands for the planner: one that is passed while every finding about it says that something else covers it is near, not broken.
#[must_use]
pub fn standing(assessment: &Assessment, limit: &Limit) -> Standing {
    if limit.headroom() < 0.0 && is_covered(assessment, limit) { Standing::Near } else { limit.standing }
}

/// The firm grid alone carries not all, and the finding about it is no more than a warning: generation on the site carries the rest.
fn is_covered(assessment: &Assessment, limit: &Limit) -> bool {
    limit.id.ends_with("/firm")
        && assessment.findings.iter().any(|f| f.rule == "grid-short" && f.subjects.first() == Some(&limit.element) && f.severity != Severity::Broken)
}

/// What carries the load where the firm grid alone does not: `150 MW firm grid + on-site 210 MW`.
#[must_use]
pub fn cover(solved: &Solved, limit: &Limit, system: System) -> Option<String> {
    let covered = limit.headroom() < 0.0 && is_covered(&solved.assessment, limit);
    let supply = &solved.outcome.supply;
    covered.then(|| format!("{} firm grid + on-site {}", show(supply.grid_firm, system), show(supply.generation(), system)))
}

/// The worst finding that isn't accepted, by element.
#[must_use]
pub fn worst_by_element(assessment: &Assessment) -> BTreeMap<&Id, Severity> {
    let mut worst: BTreeMap<&Id, Severity> = BTreeMap::new();
    for finding in assessment.findings.iter().filter(|f| f.accepted.is_none()) {
        for id in &finding.subjects {
            let entry = worst.entry(id).or_insert(finding.severity);
            *entry = (*entry).min(finding.severity);
        }
    }
    worst
}

/// A selectable line across the panel with a mark in front and a remark at its right end.
pub fn line(ui: &mut Ui, selected: bool, indent: f32, mark: Option<(&str, Color32)>, text: &str, remark: &str, label: &str) -> Response {
    let t = theme::of(ui);
    let height = ui.spacing().interact_size.y;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let named = label.to_owned();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &named));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if selected {
        ui.painter().rect_filled(rect, 3.0, t.accent_veil());
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 3.0, t.raised);
    }
    let font = TextStyle::Body.resolve(ui.style());
    let small = TextStyle::Small.resolve(ui.style());
    let painter = ui.painter_at(rect);
    let mut x = rect.left() + indent + 4.0;
    if let Some((mark, color)) = mark {
        painter.text(pos2(x, rect.center().y), Align2::LEFT_CENTER, mark, font.clone(), color);
        x += 14.0;
    }
    let remark = painter.layout_no_wrap(remark.to_owned(), small, t.weak_text);
    let left_of_remark = rect.right() - 6.0 - remark.size().x;
    painter.galley(pos2(left_of_remark, rect.center().y - remark.size().y / 2.0), remark, t.weak_text);
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, t.text);
    job.wrap = egui::text::TextWrapping::truncate_at_width((left_of_remark - 6.0 - x).max(0.0));
    let text = painter.layout_job(job);
    painter.galley(pos2(x, rect.center().y - text.size().y / 2.0), text, t.text);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_told_by_its_date() {
        let of = |label: &str| Condition { label: label.to_owned(), ..Condition::default() };
        assert_eq!(condition(&of("Design day")), "Design day");
        assert_eq!(condition(&of("Hour 1")), "Jan 1, 00:00");
        assert_eq!(hour_of(&of("Hour 8,760")), Some(8759));
        assert_eq!(hour_of(&of("Hour 9000")), None);
    }

    #[test]
    fn limits_are_told_in_the_units_of_the_reader() {
        assert_eq!(limit_text(35.6, "°C", false, System::Si), "35.6 °C");
        assert_eq!(limit_text(35.0, "°C", false, System::Us), "95.0 °F");
        assert_eq!(limit_text(-5.0, "°C", true, System::Us), "−9.0 °F");
        assert_eq!(limit_text(5.0, "°C", true, System::Si), "5.0 K");
        assert_eq!(limit_text(f64::NAN, "MW", false, System::Si), "—");
        assert_eq!(limit_text(1000.0, "L/min", false, System::Us), "264 gpm");
        assert_eq!(percent(0.876), "88 %");
        assert_eq!(whole(1_234_567_u64), "1,234,567");
        assert_eq!(whole(8_u32), "8");
        assert_eq!(money(Money::from_dollars(3e-11), System::Si), "0 $");
        assert_eq!(percent(f64::INFINITY), "—");
    }
}
