//! The inside of a coolant loop: its CDUs at the left, its rows with every rack at the right, the headers between them as they run.

mod rows;

use super::brush::{Brush, State};
use super::layout::{Cell, RETURN_AT, SUPPLY_AT};
use super::parts::What;
use super::symbols::{self, Turning};
use super::touch::Touch;
use crate::plan::{Cdu, Element, Id};
use crate::solve::{LoopState, Side};
use crate::ui::one_line::brush::{Line, percent};
use crate::ui::one_line::paint::named;
use crate::ui::theme;
use crate::units::show;
use egui::{Align2, Color32, Pos2, Rect, pos2, vec2};

/// Where the supply riser of the rows stands, as a share of the width.
const RISER: f32 = 0.355;
/// Where the return riser stands.
const BACK: f32 = 0.385;
/// Where the rows begin and end.
const ROWS: (f32, f32) = (0.41, 0.985);
/// Where machines and rows begin below the title.
const TOP: f32 = 0.2;
/// Most pumps of a group drawn one by one.
const PUMPS: usize = 4;

/// A loop about to be painted.
struct Inside<'a, 'b> {
    brush: &'a Brush<'b>,
    tcs: &'a Id,
    cell: &'a Cell,
    rect: Rect,
    state: Option<&'a LoopState>,
    flows: bool,
    blue: Color32,
    red: Color32,
    /// Thickness of the thickest header.
    most: f32,
    /// Points of the screen for a length drawn at scale 1.
    scale: f32,
}

impl Brush<'_> {
    /// Paints the inside of a loop; of a guest the CDUs alone.
    pub fn inside(&self, (tcs, cdus, guest): (&Id, &[Id], bool), cell: &Cell, rect: Rect, state: (State, f64), touch: &mut Touch<'_>) {
        let s = self.coolant(tcs);
        let flows = s.is_some_and(|s| s.flow.cubic_meters_per_second() > 0.0);
        let scale = self.lens.scale();
        let (blue, red) = (self.water_color(Side::Supply, s.map(|s| s.supply)), self.water_color(Side::Return, s.map(|s| s.return_)));
        let inside = Inside { brush: self, tcs, cell, rect, state: s, flows, blue, red, most: (3.0 * scale).clamp(2.0, 7.0), scale };
        inside.title(state, guest);
        inside.groups(cdus, touch);
        if !guest {
            inside.rows(touch);
        }
    }
}

impl Inside<'_, '_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.rect.lerp_inside(vec2(x, y))
    }

    fn title(&self, (state, share): (State, f64), guest: bool) {
        let b = self.brush;
        let text = Rect::from_min_max(self.at(0.11, 0.015), pos2(self.rect.right() - 18.0, self.at(0.0, TOP - 0.02).y));
        let name = Line { versions: b.titles(self.tcs), color: b.name_color(self.tcs), size: theme::BODY };
        let mut lines = vec![name];
        let color = b.figure(state);
        match (state, self.state) {
            (State::Out | State::Lost | State::Idle, _) => lines.push(Line::small(color, [Brush::word(state).to_owned()])),
            (_, Some(s)) => {
                let (heat, flow, span) = (show(s.heat, b.view.system), b.flow(s.flow), b.span(s.supply, s.return_));
                let head = show(s.head, b.view.system);
                let full = format!("{span}, {flow} at {head}, {heat} ({} of capacity)", percent(share));
                lines.push(Line::small(
                    color,
                    [full, format!("{span}, {flow} at {head}, {heat}"), format!("{span}, {flow}, {heat}"), format!("{span}, {flow}"), span],
                ));
            }
            _ => {}
        }
        if guest {
            lines.push(Line::small(b.t.weak_text, ["its rows are drawn at its first facility water".to_owned()]));
        }
        b.write(text, &lines, Align2::LEFT_TOP);
    }

    /// The CDU groups, one above the other, on the branch of the mains and on the risers.
    fn groups(&self, cdus: &[Id], touch: &mut Touch<'_>) {
        let n = cdus.len().max(1) as f32;
        let b = self.brush;
        if cdus.is_empty() {
            let text = Rect::from_min_max(self.at(0.02, TOP), self.at(RISER - 0.02, 0.95));
            b.write(text, &[Line::small(b.t.near, ["No CDU on this loop".to_owned(), "no CDU".to_owned()])], Align2::CENTER_CENTER);
        }
        for (i, id) in cdus.iter().enumerate() {
            let Some(Element::Cdu(cdu)) = b.view.plan.get(id) else { continue };
            let (top, bottom) = (TOP + (0.97 - TOP) * i as f32 / n, TOP + (0.97 - TOP) * (i as f32 + 1.0) / n);
            self.group(cdu, top, bottom, touch);
        }
    }

    fn group(&self, cdu: &Cdu, top: f32, bottom: f32, touch: &mut Touch<'_>) {
        let b = self.brush;
        let y = |share: f32| top + (bottom - top) * share;
        let (upper, lower) = (y(0.42), y(0.80));
        let branch = b.branch(&cdu.id);
        let wet = branch.is_some_and(|f| f.flow.cubic_meters_per_second() > 0.0);
        let water = b.water(&cdu.fws);
        let (cold, warm) = (b.water_color(Side::Supply, water.map(|w| w.supply)), b.water_color(Side::Return, self.state.map(|s| s.fws_return)));
        let thick = self.most * 0.7;
        let r = (3.6 * self.scale).clamp(2.5, 9.0);
        // Facility water, from the branch above and back to it.
        b.pipe(&[self.at(SUPPLY_AT, 0.0), self.at(SUPPLY_AT, upper), self.at(0.16, upper)], cold, thick, wet);
        b.pipe(&[self.at(0.16, lower), self.at(RETURN_AT, lower), self.at(RETURN_AT, 0.0)], warm, thick, wet);
        // The loop: out above, back below.
        b.pipe(&[self.at(0.2, upper), self.at(RISER, upper)], self.blue, self.most, self.flows);
        let exchanger = Rect::from_min_max(self.at(0.145, y(0.34)), self.at(0.215, y(0.88)));
        let selected = b.view.selection.contains(&cdu.id);
        let color = if selected { b.t.accent } else { b.machine() };
        let ink = b.ink(color, b.t.background);
        symbols::exchanger(&b.painter, exchanger, ink);
        let closed = b.is_out(&format!("{}/valve", cdu.id));
        let valve = self.at(0.113, upper);
        symbols::valve(&b.painter, valve, r, vec2(1.0, 0.0), closed, b.ink(if closed { b.t.broken } else { color }, b.t.background));
        symbols::filter(&b.painter, self.at(0.3, upper), r, ink);
        let pumps = self.pumps(cdu, lower, y(0.3) - y(0.0), touch);
        self.group_text(cdu, Rect::from_min_max(self.at(0.09, y(0.02)), self.at(RISER - 0.01, y(0.32))), &pumps);
        if b.is_touched(&cdu.id) && (b.is_out(cdu.id.as_str()) || b.out_of(cdu.id.as_str(), cdu.units) > 0) {
            b.crossed(exchanger.center(), 1.4 * r);
        }
        let home = self.cell.rect.expand(3.0);
        let flow = branch.map_or_else(String::new, |f| format!("{} of facility water", b.flow(f.flow)));
        touch.thing(exchanger.expand(2.0), &What::Cdu(cdu.id.clone()), home, 0, || {
            named(&format!("CDU {}", cdu.id), &super::brush::units(cdu.units, cdu.redundant), &flow)
        });
        let word = if closed { "closed" } else { "open" };
        touch.thing(Rect::from_center_size(valve, vec2(2.4, 2.4) * r), &What::Valve(cdu.id.clone()), home, 0, || {
            named(&format!("Water valve of {}", cdu.id), word, "")
        });
    }

    /// The pumps of a group in its return; the words for how they turn.
    fn pumps(&self, cdu: &Cdu, y: f32, room: f32, touch: &mut Touch<'_>) -> String {
        let b = self.brush;
        let each = b.view.catalog.cdus(&cdu.model).map_or(0, |m| *m.pumps);
        let left = cdu.units - b.out_of(cdu.id.as_str(), cdu.units);
        let stopped = cdu.units - left;
        let mut turning = b.turning(&format!("{}/pump", cdu.id), cdu.units * each, cdu.redundant.min(left) * each, self.flows);
        // The pumps of units that are out stand still with them.
        for turn in turning.iter_mut().rev().filter(|t| **t != Turning::Out).take((stopped * each) as usize) {
            *turn = Turning::Stopped;
        }
        let out = turning.iter().filter(|t| **t == Turning::Out).count();
        let run = turning.iter().filter(|t| **t == Turning::Runs).count();
        let shown: Vec<Turning> = if turning.len() > PUMPS {
            let common = [Turning::Runs, Turning::Standby, Turning::Stopped, Turning::Out].into_iter().find(|t| turning.contains(t));
            common.into_iter().collect()
        } else {
            turning.clone()
        };
        let n = shown.len().max(1) as f32;
        let r = (5.0 * self.scale).min(self.rect.height() * room / (2.3 * n)).clamp(2.0, 12.0);
        let center = self.at(0.275, y);
        let mut extent = Rect::from_center_size(center, vec2(2.2, 2.2) * r);
        // The return header splits where pumps stand in parallel.
        let split = if n > 1.0 { 2.0 * r } else { 0.0 };
        b.pipe(&[self.at(BACK, y), center + vec2(split, 0.0)], self.red, self.most, self.flows);
        b.pipe(&[center - vec2(split, 0.0), self.at(0.216, y)], self.red, self.most, self.flows);
        for (i, turn) in shown.iter().enumerate() {
            let at = center + vec2(0.0, (i as f32 - (n - 1.0) / 2.0) * 2.4 * r);
            let color = if *turn == Turning::Runs { self.red } else { b.t.dead };
            if n > 1.0 {
                let (right, left) = (at.x + 2.0 * r, at.x - 2.0 * r);
                b.pipe(&[pos2(right, center.y), pos2(right, at.y), pos2(left, at.y), pos2(left, center.y)], self.red, self.most * 0.6, *turn == Turning::Runs);
            }
            symbols::pump(&b.painter, at, r, vec2(-1.0, 0.0), *turn, b.ink(color, b.t.background));
            if *turn == Turning::Out {
                b.crossed(at, (r * 0.7).max(3.0));
            }
            extent = extent.union(Rect::from_center_size(at, vec2(2.2, 2.2) * r));
        }
        if turning.len() > PUMPS && out > 0 {
            b.crossed(center + vec2(r, -r), 3.5);
        }
        let words = match (turning.len(), out) {
            (0, _) => String::new(),
            (all, 0) => format!("{run} of {all} pumps run"),
            (all, out) => format!("{run} of {all} pumps run, {out} out"),
        };
        let home = self.cell.rect.expand(3.0);
        touch.thing(extent, &What::CduPumps(cdu.id.clone()), home, 0, || named(&format!("Pumps of {}", cdu.id), &words, ""));
        words
    }

    fn group_text(&self, cdu: &Cdu, rect: Rect, pumps: &str) {
        let b = self.brush;
        let id = cdu.id.as_str();
        let out = b.out_of(id, cdu.units);
        let units = match (cdu.units, cdu.redundant, out) {
            (1, _, 0) => id.to_owned(),
            (n, 0, 0) => format!("{id}, {n} units"),
            (n, spare, 0) => format!("{id}, {n} units, {spare} spare"),
            (n, _, out) if out >= n => format!("{id}, out of service"),
            (n, _, out) => format!("{id}, {out} of {n} out"),
        };
        let color = if out > 0 { b.t.broken } else { b.name_color(&cdu.id) };
        let short = id.to_owned();
        let pump_color = if pumps.ends_with("out") { b.t.near } else { b.t.weak_text };
        let speed = self.state.map_or_else(String::new, |s| format!("{pumps}, {}", percent(s.pump_speed)));
        let water = b.branch(&cdu.id).map_or_else(String::new, |f| b.flow(f.flow));
        let water = if water.is_empty() { water } else { format!("takes {water}") };
        b.write(
            rect,
            &[Line::small(color, [units, short]), Line::small(pump_color, [speed, pumps.to_owned()]), Line::small(b.t.weak_text, [water])],
            Align2::LEFT_CENTER,
        );
    }
}
