//! The inside of an air handler group: facility water through its coil, its units with their fans, the air of its hall.

use super::brush::{Brush, State};
use super::layout::{Cell, RETURN_AT, SUPPLY_AT};
use super::parts::What;
use super::symbols::{self, Turning};
use super::touch::Touch;
use crate::plan::{Element, Id};
use crate::solve::Side;
use crate::ui::one_line::brush::{Line, percent};
use crate::ui::one_line::paint::named;
use crate::ui::theme;
use crate::units::show;
use egui::{Align2, Rect, Stroke, StrokeKind, pos2, vec2};

/// Most units drawn one by one.
const UNITS: u32 = 60;

impl Brush<'_> {
    /// Paints the inside of an air handler group.
    pub fn air_inside(&self, id: &Id, cell: &Cell, rect: Rect, (state, share): (State, f64), touch: &mut Touch<'_>) {
        let Some(Element::AirHandler(handler)) = self.view.plan.get(id) else { return };
        let at = |x: f32, y: f32| rect.lerp_inside(vec2(x, y));
        let scale = self.lens.scale();
        let air = self.cooling.halls.get(&handler.hall);
        let branch = self.branch(id);
        let wet = branch.is_some_and(|f| f.flow.cubic_meters_per_second() > 0.0);
        let water = self.water(&handler.fws);
        let (cold, warm) = (self.water_color(Side::Supply, water.map(|w| w.supply)), self.water_color(Side::Return, water.map(|w| w.return_)));
        let thick = (2.2 * scale).clamp(1.5, 5.0);
        let coil = Rect::from_min_max(at(0.15, 0.4), at(0.22, 0.9));
        self.pipe(&[at(SUPPLY_AT, 0.0), at(SUPPLY_AT, 0.5), pos2(coil.left(), at(0.0, 0.5).y)], cold, thick, wet);
        self.pipe(&[pos2(coil.left(), at(0.0, 0.8).y), at(RETURN_AT, 0.8), at(RETURN_AT, 0.0)], warm, thick, wet);
        let color = if self.view.selection.contains(id) { self.t.accent } else { self.machine() };
        symbols::coil(&self.painter, coil, self.ink(color, self.t.background));
        let closed = self.is_out(&format!("{id}/valve"));
        let (valve, r) = (at(0.113, 0.5), (3.6 * scale).clamp(2.5, 9.0));
        symbols::valve(&self.painter, valve, r, vec2(1.0, 0.0), closed, self.ink(if closed { self.t.broken } else { color }, self.t.background));
        let word = if closed { "closed" } else { "open" };
        let home = cell.rect.expand(3.0);
        touch.thing(Rect::from_center_size(valve, vec2(2.4, 2.4) * r), &What::Valve(id.clone()), home, 0, || named(&format!("Water valve of {id}"), word, ""));
        self.air_text(id, rect, state, share);
        let turning = self.turning(id.as_str(), handler.units, handler.redundant, air.is_some_and(|a| a.handler_flow.cubic_meters_per_second() > 0.0));
        let grid = Rect::from_min_max(at(0.27, 0.44), at(0.97, 0.9));
        self.fans(&turning, grid);
        let run = turning.iter().filter(|t| **t == Turning::Runs).count();
        let out = turning.iter().filter(|t| **t == Turning::Out).count();
        let speed = air.map_or_else(String::new, |a| format!(" at {} fan speed", percent(a.fan_speed)));
        let text =
            if out > 0 { format!("{run} of {} units run{speed}, {out} out", turning.len()) } else { format!("{run} of {} units run{speed}", turning.len()) };
        let below = Rect::from_min_max(at(0.27, 0.9), at(0.97, 0.995));
        let color = if out > 0 { self.t.near } else { self.t.weak_text };
        self.write(below, &[Line::small(color, [text, format!("{run} of {} run", turning.len())])], Align2::LEFT_CENTER);
    }

    fn air_text(&self, id: &Id, rect: Rect, state: State, share: f64) {
        let Some(Element::AirHandler(handler)) = self.view.plan.get(id) else { return };
        let at = |x: f32, y: f32| rect.lerp_inside(vec2(x, y));
        let air = self.cooling.halls.get(&handler.hall);
        let text = Rect::from_min_max(at(0.11, 0.015), pos2(rect.right() - 18.0, at(0.0, 0.4).y));
        let color = self.figure(state);
        let mut lines = vec![Line { versions: self.titles(id), color: self.name_color(id), size: theme::BODY }];
        match (state, air) {
            (State::Out | State::Lost | State::Idle, _) => lines.push(Line::small(color, [Brush::word(state).to_owned()])),
            (_, Some(a)) => {
                let system = self.view.system;
                let span = self.span(a.supply, a.exhaust);
                let heat = format!("{} ({} of capacity)", show(a.heat, system), percent(share));
                lines.push(Line::small(
                    color,
                    [format!("Hall {}: air {span}, {heat}", handler.hall), format!("air {span}, {}", show(a.heat, system)), format!("air {span}")],
                ));
                let water = self.branch(id).map_or_else(String::new, |f| format!(", water {}", self.flow(f.flow)));
                lines.push(Line::small(
                    self.t.weak_text,
                    [format!("moves {}{water}", self.air_flow(a.handler_flow)), format!("moves {}", self.air_flow(a.handler_flow))],
                ));
            }
            _ => {}
        }
        self.write(text, &lines, Align2::LEFT_TOP);
    }

    /// Units with their fans, in as many lines as makes them largest.
    fn fans(&self, turning: &[Turning], grid: Rect) {
        let n = (turning.len() as u32).min(UNITS);
        if n == 0 || !grid.is_positive() {
            return;
        }
        let fit = |lines: u32| {
            let across = n.div_ceil(lines);
            (grid.width() / across as f32).min(grid.height() / lines as f32)
        };
        let Some(lines) = (1..=n).max_by(|a, b| fit(*a).total_cmp(&fit(*b)).then(b.cmp(a))) else { return };
        let (across, side) = (n.div_ceil(lines), fit(lines).min(48.0));
        for (i, turn) in turning.iter().enumerate().take(n as usize) {
            let (column, line) = (i as u32 % across, i as u32 / across);
            let center = grid.min + vec2((column as f32 + 0.5) * side, (line as f32 + 0.5) * side);
            let unit = Rect::from_center_size(center, vec2(side, side) * 0.88);
            let color = if *turn == Turning::Runs { self.t.air } else { self.t.dead };
            let fill = if *turn == Turning::Runs { self.t.air_handler.gamma_multiply(0.25) } else { self.t.background };
            self.painter.rect(unit, 1.0, fill, Stroke::new(1.0, color), StrokeKind::Inside);
            symbols::fan(&self.painter, center, side * 0.36, self.ink(color, self.t.background));
            if *turn == Turning::Out {
                self.crossed(center, (side * 0.25).clamp(2.5, 6.0));
            }
        }
    }
}
