//! The inside of a block: feeder, unit substation, UPS, standby sets, output, and the busways on it.

use super::brush::{Brush, Glance, Line, Live, fine_percent, percent};
use super::layout::{Cell, ENTRY, Entry, SIDE};
use super::paint::named;
use super::symbols::{self, Ink};
use super::touch::{Touch, What};
use super::wiring::Inside;
use crate::plan::Id;
use crate::solve::BranchKind;
use crate::ui::theme;
use crate::units::show;
use egui::{Align2, Pos2, Rect, Stroke, Vec2, pos2, vec2};

/// Narrower places of busways carry no symbols.
const SYMBOLS: f32 = 9.0;

/// Blocks at least this high have room for larger text.
const LARGE: f32 = 340.0;

/// Where the parts of a block stand, as shares of its box.
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    /// Where the feeder comes in.
    pub entry: f32,
    /// The unit substation.
    pub substation: Option<f32>,
    /// The bar between substation and UPS.
    pub low: Option<f32>,
    /// The UPS.
    pub ups: Option<f32>,
    /// The bar of the output.
    pub output: f32,
    /// Where the arrow heads of the loads are.
    pub loads: f32,
}

impl Places {
    /// Of a block.
    #[must_use]
    pub fn of(inside: &Inside) -> Self {
        let (entry, loads) = (SIDE, 0.82);
        let base = Self { entry, substation: None, low: None, ups: None, output: 0.62, loads };
        match (inside.substation.is_some(), inside.ups.is_some()) {
            (true, true) => Self { substation: Some(0.275), low: Some(0.385), ups: Some(0.50), ..base },
            (true, false) => Self { substation: Some(0.36), output: 0.58, ..base },
            (false, true) => Self { ups: Some(0.38), output: 0.60, ..base },
            (false, false) => Self { output: 0.5, ..base },
        }
    }
}

/// Where a load on the output of a block stands, as a part of the box: the `n`-th of `all`.
#[must_use]
pub fn slot(rect: Rect, n: usize, all: usize) -> Rect {
    let (left, width) = (rect.left() + rect.width() * 0.03, rect.width() * 0.94);
    let step = width / all.max(1) as f32;
    Rect::from_min_max(pos2(left + step * n as f32, rect.top() + 0.66 * rect.height()), pos2(left + step * (n as f32 + 1.0), rect.bottom()))
}

/// The inside of one block being painted.
struct Block<'a, 'b> {
    brush: &'a Brush<'b>,
    id: &'a Id,
    inside: &'a Inside,
    rect: Rect,
    home: Rect,
    places: Places,
    x: f32,
    /// Radius of the symbols.
    r: f32,
    /// Size of the text.
    size: f32,
}

impl Brush<'_> {
    /// Paints the inside of a block.
    pub fn inside(&self, id: &Id, cell: &Cell, rect: Rect, glance: &Glance, touch: &mut Touch<'_>) {
        let Some(inside) = self.diagram.wiring.blocks.get(id) else { return };
        self.header(id, rect, cell.entry, glance);
        let r = (rect.height() * 0.046).clamp(5.0, 26.0);
        let x = rect.left() + ENTRY * rect.width();
        let size = if rect.height() >= LARGE { theme::BODY } else { theme::CAPTION };
        let block = Block { brush: self, id, inside, rect, home: cell.rect.expand(3.0), places: Places::of(inside), x, r, size };
        block.chain(cell, touch);
        block.standby(touch);
        block.loads(touch);
    }
}

impl Block<'_, '_> {
    fn y(&self, share: f32) -> f32 {
        self.rect.top() + share * self.rect.height()
    }
    fn at(&self, share: f32) -> Pos2 {
        pos2(self.x, self.y(share))
    }
    fn ground(&self, live: Live) -> egui::Color32 {
        if live.is_off() { self.brush.t.background } else { self.brush.t.panel }
    }
    fn ink(&self, branch: usize) -> Ink {
        self.brush.ink(branch, self.ground(self.brush.branch_live(branch)))
    }

    /// From where the feeder comes in down to the output.
    fn chain(&self, cell: &Cell, touch: &mut Touch<'_>) {
        let (b, p) = (self.brush, &self.places);
        let mut from = self.at(p.entry);
        if let Some(feeder) = self.inside.feeder {
            let (ink, off) = (self.ink(feeder), b.branch_live(feeder).is_off());
            let start = match cell.entry {
                Entry::Top => pos2(self.x, self.rect.top()),
                Entry::Left => pos2(self.rect.left(), from.y),
                Entry::Right => pos2(self.rect.right(), from.y),
            };
            symbols::line(&b.painter, &[start, from], ink.line, off);
            let first = p.substation.or(p.ups).unwrap_or(p.output);
            symbols::line(&b.painter, &[from, self.at(first)], ink.line, off);
            from = self.at(first);
            let text = Rect::from_min_max(pos2(self.x + 8.0, self.y(p.entry) + 1.0), pos2(self.rect.right() - 6.0, self.y(p.entry) + 18.0));
            if self.rect.height() > 300.0 {
                self.figures(feeder, text);
            }
            let hit = Rect::from_min_max(pos2(self.x - 6.0, self.y(p.entry)), pos2(self.x + 6.0, from.y - self.r * 1.4));
            self.thing(touch, feeder, hit);
        }
        if let Some(branch) = self.inside.substation {
            let to = p.low.unwrap_or(p.output);
            self.part(branch, p.substation.unwrap_or(0.3), to, touch);
        }
        if let (Some(low), Some(node)) = (p.low, self.inside.substation.and_then(|s| b.branch(s)).map(|s| s.to)) {
            let left = if self.inside.standby.is_some() { 0.06 } else { 0.26 };
            self.bar(node, (left, 0.62), low, touch);
        }
        if let Some(branch) = self.inside.ups {
            if let Some(low) = p.low {
                let ink = self.ink(branch);
                symbols::line(&b.painter, &[self.at(low), self.at(p.ups.unwrap_or(low))], ink.line, b.branch_live(branch).is_off());
            }
            self.part(branch, p.ups.unwrap_or(0.5), p.output, touch);
        }
        if let Some(node) = self.inside.outlet {
            self.bar(node, (0.03, 0.97), p.output, touch);
        }
    }

    /// A transformer or UPS on the line from above to the bar below it.
    fn part(&self, branch: usize, at: f32, to: f32, touch: &mut Touch<'_>) {
        let b = self.brush;
        let (ink, live) = (self.ink(branch), b.branch_live(branch));
        let center = self.at(at);
        symbols::line(&b.painter, &[center, self.at(to)], ink.line, live.is_off());
        let is_ups = b.branch(branch).is_some_and(|x| x.kind == BranchKind::Ups);
        if is_ups {
            symbols::ups(&b.painter, center, self.r, b.is_dc(self.id), ink);
        } else {
            symbols::transformer(&b.painter, center, self.r, ink);
        }
        let breaker = pos2(self.x, self.y(to) - self.r * 0.75);
        let small = (self.r * 0.32).clamp(1.5, 6.0);
        symbols::breaker(&b.painter, breaker, small, live != Live::Out, ink);
        b.marked(center - vec2(self.r * 1.7, 0.0), branch, live, self.r);
        let text = Rect::from_center_size(center, vec2(0.0, self.rect.height() * 0.13));
        let text = Rect::from_min_max(pos2(center.x + self.r * 1.35 + 3.0, text.top()), pos2(self.rect.right() - 6.0, text.bottom()));
        self.figures(branch, text);
        self.thing(touch, branch, Rect::from_center_size(center, Vec2::splat(2.5 * self.r)));
        touch.breaker(Rect::from_center_size(breaker, Vec2::splat(2.8 * small)), &What::Branch(branch), live != Live::Out);
    }

    /// Loading, power and name beside a part, with its gauge where there is room.
    fn figures(&self, branch: usize, text: Rect) {
        let b = self.brush;
        let Some(part) = b.branch(branch) else { return };
        let live = b.branch_live(branch);
        let (power, share) = b.figures(branch);
        let color = b.figure_color(live, b.standing(branch));
        let left = (part.in_service * f64::from(part.units)).round();
        let several = if part.units > 1 && live != Live::Open { format!(", {left:.0} of {}", part.units) } else { String::new() };
        let kind = b.title(part);
        let both = if share.is_empty() { power.clone() } else { format!("{share}  {power}") };
        let worst = b.worst(branch);
        let at_worst = if worst > part.loading() * 1.005 && !share.is_empty() { format!("{} in the worst outage", percent(worst)) } else { String::new() };
        let lines = [
            Line::sized(self.size, color, [both, share, live.word().to_owned()]),
            Line::sized(self.size, b.t.weak_text, [format!("{kind}{several}"), kind]),
            Line::sized(self.size, b.t.weak_text, [at_worst]),
        ];
        let gauge = text.height() > 36.0 && !live.is_off() && part.loading().is_finite();
        let room = if gauge { Rect::from_min_max(text.min, pos2(text.right(), text.bottom() - 10.0)) } else { text };
        b.write(room, &lines, Align2::LEFT_CENTER);
        if gauge {
            let width = text.width().min(90.0);
            b.gauge(Rect::from_min_size(pos2(text.left(), room.bottom() + 2.0), vec2(width, 4.0)), part.loading(), worst, live);
        }
    }

    fn thing(&self, touch: &mut Touch<'_>, branch: usize, rect: Rect) {
        let b = self.brush;
        let Some(part) = b.branch(branch) else { return };
        let (power, share) = b.figures(branch);
        touch.thing(rect, &What::Branch(branch), self.home, || named(&format!("{} {}", b.title(part), part.id), &power, &share));
    }

    /// A bar inside of the block; direct current has its sign on it.
    fn bar(&self, node: usize, (left, right): (f32, f32), at: f32, touch: &mut Touch<'_>) {
        let b = self.brush;
        let Some(n) = b.flow.nodes.get(node) else { return };
        let live = b.node_live(node);
        let color = match live {
            Live::Standby => b.t.standby,
            Live::Normal => b.t.bus,
            _ => b.t.dead,
        };
        let y = self.y(at);
        let x = |share: f32| self.rect.left() + share * self.rect.width();
        let thick = (self.r * 0.28).clamp(2.0, 5.0);
        symbols::line(&b.painter, &[pos2(x(left), y), pos2(x(right), y)], Stroke::new(thick, color), live.is_off());
        let dc = n.kind == crate::solve::NodeKind::BlockOutput && b.is_dc(self.id);
        if dc {
            symbols::direct_current(&b.painter, pos2(x(right) - self.r * 1.2, y - self.r * 0.9), self.r * 0.7, Stroke::new(1.3, color));
        }
        let volts = show(n.nominal, b.view.system);
        let dc_word = if dc { " DC" } else { "" };
        let state = if n.v_pu.is_finite() { fine_percent(n.v_pu) } else { "dead".to_owned() };
        // The output is named at the left, where no feeder runs; the bar above it at the right, where no standby set is.
        let output = at >= self.places.output;
        let text = if output && self.places.low.is_none() && self.inside.standby.is_some() {
            // The standby sets are at the left of this bar.
            Rect::from_min_max(pos2(self.x + self.r * 1.6, y - 16.0), pos2(x(right) - self.r * 2.2, y - 2.0))
        } else if output {
            Rect::from_min_max(pos2(x(left) + 2.0, y - 16.0), pos2(self.x - self.r * 1.6, y - 2.0))
        } else {
            Rect::from_min_max(pos2(x(right) + 5.0, y - 7.0), pos2(self.rect.right() - 4.0, y + 7.0))
        };
        b.write(
            text,
            &[Line::sized(self.size, b.t.weak_text, [format!("{volts}{dc_word}  {state}"), format!("{volts}{dc_word}"), volts.clone()])],
            Align2::LEFT_CENTER,
        );
        let hit = Rect::from_min_max(pos2(x(left), y - 4.0), pos2(x(right), y + 4.0));
        let word = if output { "Output" } else { "Low side" };
        touch.thing(hit, &What::Bar(node), self.home, || named(&format!("{word} of {}, {volts}{dc_word}", self.id), &state, ""));
    }

    /// Standby sets beside the bar that they feed.
    fn standby(&self, touch: &mut Touch<'_>) {
        let b = self.brush;
        let Some(branch) = self.inside.standby else { return };
        let live = b.branch_live(branch);
        let foot = pos2(self.rect.left() + 0.13 * self.rect.width(), self.y(self.places.low.unwrap_or(self.places.output)));
        let center = foot - vec2(0.0, 0.115 * self.rect.height());
        let ink = self.ink(branch);
        symbols::line(&b.painter, &[center, foot], ink.line, live.is_off());
        let r = self.r * 0.95;
        symbols::machine(&b.painter, center, r, "G", ink);
        let breaker = center.lerp(foot, 0.72);
        let small = (self.r * 0.32).clamp(1.5, 6.0);
        symbols::breaker(&b.painter, breaker, small, live == Live::Standby, ink);
        b.marked(center, branch, live, r);
        let text = Rect::from_min_max(pos2(center.x + r + 3.0, center.y - 14.0), pos2(self.x - self.r * 1.7, center.y + 14.0));
        let (power, share) = b.figures(branch);
        let units = b.branch(branch).map_or(0, |x| x.units);
        let sets = if units > 1 { format!("{units} sets") } else { "1 set".to_owned() };
        let color = b.figure_color(live, b.standing(branch));
        b.write(
            text,
            &[Line::sized(self.size, color, [format!("{power} {share}"), power.clone(), share.clone()]), Line::sized(self.size, b.t.weak_text, [sets])],
            Align2::LEFT_CENTER,
        );
        self.thing(touch, branch, Rect::from_center_size(center, Vec2::splat(2.2 * r)));
        // Standby sets close by themselves; what their breaker takes is that they can't.
        touch.breaker(Rect::from_center_size(breaker, Vec2::splat(2.8 * small)), &What::Branch(branch), live == Live::Standby);
    }

    /// Machines first, then a place for every busway.
    fn loads(&self, touch: &mut Touch<'_>) {
        let b = self.brush;
        let machines = b.diagram.wiring.equipment.contains_key(self.id);
        let all = self.inside.feeds.len() + usize::from(machines);
        if machines && let Some(node) = self.inside.outlet {
            self.machines(node, slot(self.rect, 0, all), touch);
        }
        for (n, feed) in self.inside.feeds.iter().enumerate() {
            let place = slot(self.rect, n + usize::from(machines), all);
            if b.sees(place) {
                self.feed(*feed, place, touch);
            }
        }
    }

    /// The line from the output down to the arrow head of a load.
    fn arrow(&self, place: Rect, ink: Ink, live: Live, breaker: Option<usize>, touch: &mut Touch<'_>) {
        let b = self.brush;
        let x = place.center().x;
        let (top, head) = (self.y(self.places.output), self.y(self.places.loads));
        symbols::line(&b.painter, &[pos2(x, top), pos2(x, head)], ink.line, live.is_off());
        let r = (place.width() * 0.3).min(self.r * 0.6);
        if place.width() >= SYMBOLS {
            let fill = if live.is_off() { ink.ground } else { ink.line.color };
            symbols::load(&b.painter, pos2(x, head), r, fill, Stroke::new(1.0, ink.line.color));
            if let Some(branch) = breaker {
                let small = (self.r * 0.3).clamp(1.5, 6.0).min(place.width() * 0.2);
                let at = pos2(x, top + (head - top) * 0.35);
                symbols::breaker(&b.painter, at, small, live != Live::Out, ink);
                touch.breaker(Rect::from_center_size(at, Vec2::splat(2.8 * small)), &What::Branch(branch), live != Live::Out);
            }
        }
    }

    fn below(&self, place: Rect) -> Rect {
        Rect::from_min_max(pos2(place.left() + 2.0, self.y(self.places.loads) + self.r * 0.6), pos2(place.right() - 2.0, self.rect.bottom() - 2.0))
    }

    fn machines(&self, node: usize, place: Rect, touch: &mut Touch<'_>) {
        let b = self.brush;
        let live = b.node_live(node);
        let ink = Ink { line: Stroke::new(1.3, if live.is_off() { b.t.dead } else { b.t.air }), ground: self.ground(live) };
        self.arrow(place, ink, live, None, touch);
        let power = b.watts(b.diagram.wiring.machines(b.flow, node));
        b.write(
            self.below(place),
            &[Line::sized(self.size, b.t.text, ["Machines".to_owned()]), Line::sized(self.size, b.t.weak_text, [power.clone()])],
            Align2::CENTER_CENTER,
        );
        touch.thing(place, &What::Machines(node), self.home, || named(&format!("Machines on {}", self.id), &power, ""));
    }

    fn feed(&self, feed: usize, place: Rect, touch: &mut Touch<'_>) {
        let b = self.brush;
        let Some(branch) = b.branch(feed) else { return };
        let live = b.branch_live(feed);
        let selected = b.view.selection.contains(&branch.element);
        if selected {
            b.painter.rect_filled(place.shrink2(vec2(0.5, 0.0)), 2.0, b.t.accent_veil());
        }
        let (power, share) = b.figures(feed);
        if place.width() >= 5.0 {
            touch.thing(place, &What::Branch(feed), self.home, || named(&format!("Busway {}", branch.id), &power, &share));
        }
        self.arrow(place, self.ink(feed), live, Some(feed), touch);
        if place.width() >= SYMBOLS {
            b.marked(pos2(place.center().x + (place.width() * 0.3).min(9.0), self.y(self.places.loads) - self.r * 1.2), feed, live, self.r * 0.8);
        }
        let color = b.figure_color(live, b.standing(feed));
        let row = branch.element.to_string();
        let side = branch.id.rsplit('/').next().unwrap_or_default();
        let ink = if selected { b.t.accent } else { b.t.text };
        let lines = [
            Line::sized(self.size, ink, [format!("{row} {side}"), row.clone()]),
            Line::sized(self.size, color, [power, live.word().to_owned()]),
            Line::sized(self.size, color, [share]),
        ];
        b.write(self.below(place), &lines, Align2::CENTER_CENTER);
    }
}
