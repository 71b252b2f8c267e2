//! Facility water: the panel of a system with its name, heat rejection and pumps, and its mains.

use super::brush::{Brush, State, units};
use super::layout::{Cell, Leg, Panel};
use super::parts::What;
use super::symbols::{self, Turning};
use super::touch::Touch;
use crate::checks::Standing;
use crate::plan::{Element, Fws, Id};
use crate::solve::{FwsState, Part, Side};
use crate::ui::one_line::brush::{Line, percent};
use crate::ui::one_line::paint::named;
use crate::ui::one_line::symbols::Ink;
use crate::ui::theme;
use crate::units::{Temperature, show};
use egui::{Align2, Color32, Pos2, Rect, Stroke, StrokeKind, pos2, vec2};

/// Most pumps drawn one by one.
const PUMPS: usize = 12;

impl Brush<'_> {
    /// The plan's element of a system.
    fn fws(&self, id: &Id) -> Option<&Fws> {
        if let Some(Element::Fws(f)) = self.view.plan.get(id) { Some(f) } else { None }
    }

    /// How a system stands.
    #[must_use]
    pub fn system_state(&self, id: &Id) -> State {
        if self.is_out(id.as_str()) {
            return State::Out;
        }
        match self.water(id) {
            None => State::Idle,
            Some(s) if s.heat.watts() > 0.0 && !s.supply.is_finite() => State::Lost,
            Some(s) if s.heat.watts() <= 0.0 => State::Idle,
            Some(s) => State::Works(if s.held { self.standing(id) } else { Standing::Broken }),
        }
    }

    /// How a heat rejection group stands.
    #[must_use]
    pub fn plant_state(&self, id: &Id) -> (State, f64) {
        if self.is_out(id.as_str()) {
            return (State::Out, f64::NAN);
        }
        let Some(Element::Cooler(cooler)) = self.view.plan.get(id) else { return (State::Idle, f64::NAN) };
        match self.water(&cooler.fws).and_then(|s| s.coolers.get(id)) {
            Some(c) if c.mode != "off" => {
                let share = c.heat.watts() / c.capacity.watts();
                (State::Works(Standing::of_share(share)), share)
            }
            _ => (State::Idle, f64::NAN),
        }
    }

    /// The panel of a system: frame, head and mains.
    pub fn panel(&self, panel: &Panel, touch: &mut Touch<'_>) {
        let rect = self.lens.rect(panel.rect);
        if !self.sees(rect) {
            return;
        }
        let Some(system) = self.diagram.chain.systems.get(panel.system) else { return };
        let selected = system.id.as_ref().is_some_and(|id| self.view.selection.contains(id));
        let state = system.id.as_ref().map_or(State::Idle, |id| self.system_state(id));
        self.painter.rect(rect, 4.0, self.t.panel, self.rim(state, selected), StrokeKind::Inside);
        let Some(id) = &system.id else {
            self.write(
                self.lens.rect(panel.title),
                &[Line::small(self.t.near, ["Not connected to facility water".to_owned(), "Not connected".to_owned()])],
                Align2::LEFT_TOP,
            );
            self.plants(panel, None, touch);
            return;
        };
        self.title(panel, id, state, touch);
        let state = self.water(id).filter(|s| s.flow.cubic_meters_per_second() > 0.0);
        self.station(panel, state);
        self.plants(panel, state, touch);
        self.pumps(panel, id, state, touch);
        self.mains(panel, id, state, touch);
    }

    fn title(&self, panel: &Panel, id: &Id, state: State, touch: &mut Touch<'_>) {
        let rect = self.lens.rect(panel.title);
        let water = self.water(id);
        let color = self.figure(state);
        let mut lines = vec![Line { versions: self.titles(id), color: self.name_color(id), size: theme::BODY }];
        let mut said = (String::new(), String::new());
        match (state, water) {
            (State::Out, _) => lines.push(Line::small(color, ["out of service".to_owned(), "out".to_owned()])),
            (_, Some(s)) => {
                let (flow, span, heat) = (self.flow(s.flow), self.span(s.supply, s.return_), show(s.heat, self.view.system));
                let pressure = show(s.head, self.view.system);
                lines.push(Line::small(color, [format!("{heat}, {flow}, {span}"), format!("{heat}, {span}"), span.clone(), heat.clone()]));
                lines.push(Line::small(
                    self.t.weak_text,
                    [format!("Pumps at {} of full speed, {pressure}", percent(s.pump_speed)), format!("{flow}, {pressure}"), flow.clone()],
                ));
                said = (flow, span);
            }
            _ => {}
        }
        self.write(rect, &lines, Align2::LEFT_TOP);
        let mark = rect.right_top() + vec2(-7.0, 8.0);
        if self.is_touched(id) {
            self.crossed(mark, 4.0);
        } else if let State::Works(standing) = state {
            self.shape(mark, standing, 4.0);
        }
        touch.thing(rect, &What::System(id.clone()), panel.rect, 0, || named(&format!("Facility water {id}"), &said.0, &said.1));
    }

    /// The pipes between the mains, the plant and the pumps.
    fn station(&self, panel: &Panel, state: Option<&FwsState>) {
        let flows = state.is_some();
        let width = self.thickness(1.0, self.main_width(panel));
        let blue = self.water_color(Side::Supply, state.map(|s| s.supply));
        let red = self.water_color(Side::Return, state.map(|s| s.return_));
        let at = |p: Pos2| self.lens.at(p);
        let (gap, pumps) = (14.0 * panel.scale, panel.pumps);
        let above = panel.title.bottom() + gap * 0.5;
        let back = &panel.foot;
        if panel.plants.is_empty() {
            // No plant yet: the water runs straight back into the pumps.
            self.pipe(&[at(*back), at(pos2(back.x, pumps.top())), at(pos2(pumps.left() + 14.0 * panel.scale, pumps.top()))], red, width, flows);
        } else {
            let across = panel.plants.iter().map(|p| p.rect.center().x).fold(back.x, f32::max);
            self.pipe(&[at(*back), at(pos2(back.x, above)), at(pos2(across, above))], red, width, flows);
        }
        let y = pumps.top() - gap * 0.35;
        for plant in &panel.plants {
            let (x, share) = (plant.rect.center().x, width * 0.6);
            let on = flows && !self.is_out(plant.id.as_str());
            self.pipe(&[at(pos2(x, above.max(plant.rect.top() - gap))), at(pos2(x, plant.rect.top()))], red, share, on);
            self.pipe(&[at(pos2(x, plant.rect.bottom())), at(pos2(x, y))], blue, share, on);
        }
        let last = panel.plants.iter().map(|p| p.rect.center().x).reduce(f32::max);
        let farthest = self.lens.at(pos2(last.unwrap_or(pumps.left()), y)).x.max(self.pump_row(panel).last().map_or(0.0, |c| c.x));
        let from = at(pos2(pumps.left() + 4.0, y));
        self.pipe(&[from, pos2(farthest, from.y)], blue, width, flows);
    }

    fn plants(&self, panel: &Panel, state: Option<&FwsState>, touch: &mut Touch<'_>) {
        for plant in &panel.plants {
            let rect = self.lens.rect(plant.rect);
            if !self.sees(rect) {
                continue;
            }
            let Some(Element::Cooler(cooler)) = self.view.plan.get(&plant.id) else { continue };
            let (stands, share) = self.plant_state(&plant.id);
            let run = state.and_then(|s| s.coolers.get(&plant.id));
            let selected = self.view.selection.contains(&plant.id);
            self.painter.rect(rect, 2.0, self.t.background, self.rim(stands, selected), StrokeKind::Inside);
            let side = rect.height().min(rect.width() * 0.4) * 0.72;
            let symbol = Rect::from_center_size(pos2(rect.left() + side * 0.66, rect.center().y), vec2(side, side));
            let color = if matches!(stands, State::Out | State::Idle) { self.t.dead } else { self.t.yard.lerp_to_gamma(self.t.text, 0.35) };
            let (ink, word) = (self.ink(color, self.t.background), self.plant_symbol(&cooler.model));
            if side >= 8.0 {
                match word {
                    "Cooling towers" => symbols::tower(&self.painter, symbol, ink),
                    "Chillers" => symbols::chiller(&self.painter, symbol, ink),
                    _ => symbols::dry_cooler(&self.painter, symbol, ink),
                }
            }
            let heat = run.map_or_else(|| "—".to_owned(), |r| show(r.heat, self.view.system));
            let out = self.out_of(plant.id.as_str(), cooler.units);
            let on = run.map_or(0, |r| r.units_on);
            let count = match (stands, out) {
                (State::Out, _) => "out of service".to_owned(),
                (_, 0) => format!("{on} of {} on", cooler.units),
                _ => format!("{on} of {} on, {out} out", cooler.units),
            };
            let text = Rect::from_min_max(pos2(symbol.right() + side * 0.25, rect.top() + 2.0), rect.max - vec2(2.0, 2.0));
            let figures = format!("{heat}  {}", percent(share));
            let mode = run.map_or_else(String::new, |r| r.mode.to_owned());
            let lines = [
                Line::small(self.name_color(&plant.id), [plant.id.to_string()]),
                Line::small(self.figure(stands), [figures, heat.clone()]),
                Line::small(self.t.weak_text, [count.clone()]),
                Line::small(self.t.weak_text, [mode]),
            ];
            self.write(text, &lines, Align2::LEFT_CENTER);
            if out > 0 || stands == State::Out {
                self.crossed(rect.right_top() + vec2(-7.0, 7.0), 3.5);
            } else if let State::Works(standing) = stands {
                self.shape(rect.right_top() + vec2(-7.0, 7.0), standing, 3.5);
            }
            touch.thing(rect, &What::Plant(plant.id.clone()), panel.rect, 0, || named(&format!("{word} {}", plant.id), &heat, &count));
        }
    }

    /// What a heat rejection model is.
    #[must_use]
    pub fn plant_symbol(&self, model: &str) -> &'static str {
        if self.view.catalog.towers(model).is_some() {
            "Cooling towers"
        } else if self.view.catalog.chillers(model).is_some() {
            "Chillers"
        } else {
            "Dry coolers"
        }
    }

    fn pumps(&self, panel: &Panel, id: &Id, state: Option<&FwsState>, touch: &mut Touch<'_>) {
        let Some(system) = self.fws(id) else { return };
        let rect = self.lens.rect(panel.pumps);
        let turning = if self.is_out(id.as_str()) {
            vec![Turning::Stopped; system.pumps as usize]
        } else {
            self.turning(&format!("{id}/pump"), system.pumps, system.redundant, state.is_some())
        };
        let row = self.pump_row(panel);
        let width = self.thickness(1.0, self.main_width(panel));
        let blue = self.water_color(Side::Supply, state.map(|s| s.supply));
        let top = rect.top() - 14.0 * panel.scale * 0.35 * self.lens.scale();
        let r = self.pump_radius(panel);
        let left = self.lens.at(pos2(panel.pumps.left() + 4.0, 0.0)).x;
        let mut extent = Rect::NOTHING;
        for (turn, center) in turning.iter().zip(row) {
            let flows = *turn == Turning::Runs;
            self.pipe(&[pos2(center.x, top), pos2(center.x, rect.bottom())], blue, width * 0.6, flows);
            let color = if flows { blue } else { self.t.dead };
            symbols::pump(&self.painter, center, r, vec2(0.0, 1.0), *turn, Ink { line: Stroke::new(1.3, color), ground: self.t.panel });
            if *turn == Turning::Out {
                self.crossed(center, (r * 0.7).max(3.0));
            }
            extent = extent.union(Rect::from_center_size(center, vec2(2.2, 2.6) * r));
        }
        if extent.is_positive() {
            self.pipe(&[pos2(extent.center().x * 2.0 - extent.left() - r * 1.1, rect.bottom()), pos2(left, rect.bottom())], blue, width, state.is_some());
        }
        let run = turning.iter().filter(|t| **t == Turning::Runs).count();
        let text = format!("{run} of {} pumps run", turning.len());
        let beside = Rect::from_min_max(pos2(extent.right() + 6.0, rect.top()), rect.max);
        let spare = if system.redundant > 0 { format!("{text}, {} spare", system.redundant) } else { text.clone() };
        let color = if turning.contains(&Turning::Out) { self.t.near } else { self.t.weak_text };
        self.write(beside, &[Line::small(color, [spare, text.clone(), format!("{run} of {}", turning.len())])], Align2::LEFT_CENTER);
        touch.thing(extent, &What::Pumps(id.clone()), panel.rect, 0, || named(&format!("Pumps of {id}, {}", units(system.pumps, system.redundant)), &text, ""));
    }

    fn pump_count(&self, panel: &Panel) -> usize {
        let id = self.diagram.chain.systems.get(panel.system).and_then(|s| s.id.as_ref());
        id.and_then(|id| self.fws(id)).map_or(0, |f| f.pumps as usize).min(PUMPS)
    }
    fn pump_step(&self, panel: &Panel) -> f32 {
        let rect = self.lens.rect(panel.pumps);
        (rect.height() * 1.05).min(rect.width() / (self.pump_count(panel) as f32 + 3.0))
    }
    /// Radius of the pumps of a system.
    fn pump_radius(&self, panel: &Panel) -> f32 {
        (self.lens.rect(panel.pumps).height() * 0.3).min(self.pump_step(panel) * 0.42)
    }
    /// Where the pumps of a system stand.
    fn pump_row(&self, panel: &Panel) -> Vec<Pos2> {
        let rect = self.lens.rect(panel.pumps);
        let left = self.lens.at(pos2(panel.pumps.left() + 4.0, 0.0)).x + self.pump_radius(panel);
        (0..self.pump_count(panel)).map(|i| pos2(left + self.pump_step(panel) * i as f32, rect.center().y)).collect()
    }

    /// Thickness of the mains where all of the water flows.
    fn main_width(&self, panel: &Panel) -> f32 {
        (5.0 * panel.scale.sqrt() * self.lens.scale()).clamp(2.0, 9.0)
    }

    /// The mains, piece by piece, and the branch of every consumer.
    fn mains(&self, panel: &Panel, id: &Id, state: Option<&FwsState>, touch: &mut Touch<'_>) {
        let Some(system) = self.diagram.chain.systems.get(panel.system) else { return };
        let cells = self.diagram.cells.get(panel.cells.clone()).unwrap_or_default();
        let all = state.map_or(f64::NAN, |s| s.flow.cubic_meters_per_second());
        let most = self.main_width(panel);
        let draws: Vec<f64> = cells.iter().map(|c| system.consumers.get(c.consumer).map_or(0.0, |c| self.draw_of(c))).collect();
        let pieces = Pieces { brush: self, id, state, all, most };
        let (supply, back) = (pieces.color(Side::Supply), pieces.color(Side::Return));
        // Where the network is not known, what a leg carries is what is taken from there on.
        let beyond = |to: usize| draws.iter().skip(to).sum::<f64>();
        // From the far end back, so that thick pipes are painted over the thin ones they feed.
        for leg in panel.legs.iter().rev().chain(panel.feeds.iter().rev()).filter(|l| !l.supply.is_empty()) {
            pieces.draw(leg, beyond(leg.to), supply, back, panel, touch);
        }
        for (cell, flow) in cells.iter().zip(&draws) {
            self.branch_pipes(cell, *flow, &pieces, supply, back);
        }
    }

    /// Facility water that a consumer takes, m³/s.
    fn draw_of(&self, consumer: &super::chain::Consumer) -> f64 {
        let of = |id: &Id| self.branch(id).map_or(0.0, |b| b.flow.cubic_meters_per_second());
        match consumer {
            super::chain::Consumer::Air(id) => of(id),
            super::chain::Consumer::Loop { cdus, .. } => cdus.iter().map(of).sum(),
        }
    }

    fn branch_pipes(&self, cell: &Cell, flow: f64, pieces: &Pieces<'_, '_>, supply: Color32, back: Color32) {
        if !self.sees(self.lens.rect(cell.rect).expand(40.0)) {
            return;
        }
        let flows = flow > 0.0;
        let width = self.thickness(flow / pieces.all, pieces.most * 0.8);
        for (from, color) in [(cell.supply, supply), (cell.back, back)] {
            let (start, end) = (self.lens.at(from), self.lens.at(pos2(from.x, cell.rect.top())));
            // What it crosses is seen to pass below.
            let halo = (end.y - start.y).signum() * (pieces.most * 0.5 + 1.0);
            if self.lens.scale() > 0.3 {
                self.painter.line_segment([pos2(start.x, start.y + halo), end], Stroke::new(width + 4.0, self.t.panel));
            }
            self.pipe(&[start, end], color, width, flows);
        }
    }
}

struct Pieces<'a, 'b> {
    brush: &'a Brush<'b>,
    id: &'a Id,
    state: Option<&'a FwsState>,
    all: f64,
    most: f32,
}

impl Pieces<'_, '_> {
    fn color(&self, side: Side) -> Color32 {
        let t: Option<Temperature> = self.state.map(|s| if side == Side::Supply { s.supply } else { s.return_ });
        self.brush.water_color(side, t)
    }
    /// Flow of a piece as it was solved, m³/s.
    fn solved(&self, number: usize) -> Option<f64> {
        let pipes = &self.state?.pipes;
        pipes.find(Part::Main { number, side: Side::Supply }).and_then(|l| pipes.piping.flows.get(l)).map(|q| q.abs())
    }
    fn draw(&self, leg: &Leg, beyond: f64, supply: Color32, back: Color32, panel: &Panel, touch: &mut Touch<'_>) {
        let b = self.brush;
        let number = leg.piece.filter(|n| *n > 0);
        let flow = number.and_then(|n| self.solved(n)).unwrap_or(if self.state.is_some() { beyond } else { 0.0 });
        let width = b.thickness(flow / self.all, self.most);
        for (path, color) in [(&leg.back, back), (&leg.supply, supply)] {
            let seen: Vec<Pos2> = path.iter().map(|p| b.lens.at(*p)).collect();
            b.pipe(&seen, color, width, flow > 0.0);
        }
        let Some(number) = number else { return };
        let at = |path: &[Pos2]| path.iter().rev().take(2).fold(Pos2::ZERO, |a, p| a + b.lens.at(*p).to_vec2() * 0.5);
        let (s, r) = (at(&leg.supply), at(&leg.back));
        let shut = b.is_out(&format!("{}/main/{number}", self.id));
        if shut {
            b.crossed(s, 4.5);
            b.crossed(r, 4.5);
        }
        let seen = Rect::from_two_pos(s, r).expand(6.0);
        let state = if shut { "shut off".to_owned() } else { b.flow(crate::units::VolumeFlow::from_cubic_meters_per_second(flow)) };
        if b.lens.scale() > 0.35 {
            touch.thing(seen, &What::Main(self.id.clone(), number), panel.rect, 0, || named(&format!("Main {number} of {}", self.id), &state, ""));
        }
    }
}
