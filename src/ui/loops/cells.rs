//! Consumers of facility water: from a colored cell over a few figures to their whole inside.

use super::brush::{Brush, State};
use super::chain::Consumer;
use super::layout::Cell;
use super::parts::What;
use super::touch::Touch;
use crate::checks::Standing;
use crate::plan::{Element, Id};
use crate::ui::one_line::brush::{Line, percent};
use crate::ui::one_line::paint::named;
use crate::units::show;
use egui::{Align2, Mesh, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

/// Cells narrower than this are colored and carry no text.
const SMALL: f32 = 34.0;
/// Cells at least this wide show their inside.
const INSIDE: f32 = 215.0;

impl Brush<'_> {
    /// All consumers in sight.
    pub fn cells(&self, touch: &mut Touch<'_>) {
        // Small cells are one mesh: a shape each would cost far more.
        let mut mesh = Mesh::default();
        for cell in &self.diagram.cells {
            let rect = self.lens.rect(cell.rect);
            let Some(consumer) = self.consumer(cell).filter(|_| self.sees(rect)) else { continue };
            if rect.width() < SMALL {
                self.small(consumer, cell, rect, &mut mesh, touch);
            } else {
                self.large(consumer, cell, rect, touch);
            }
        }
        self.painter.add(Shape::mesh(mesh));
    }

    /// What a cell stands for.
    #[must_use]
    pub fn consumer(&self, cell: &Cell) -> Option<&Consumer> {
        let panel = self.diagram.panels.get(cell.panel)?;
        self.diagram.chain.systems.get(panel.system)?.consumers.get(cell.consumer)
    }

    /// How a loop stands, its machines and its rows with it; and its heat over its capacity.
    #[must_use]
    pub fn loop_state(&self, tcs: &Id, cdus: &[Id]) -> (State, f64) {
        let all_out = !cdus.is_empty() && cdus.iter().all(|c| self.is_out(c.as_str()));
        if self.is_out(tcs.as_str()) || all_out {
            return (State::Out, f64::NAN);
        }
        let Some(s) = self.coolant(tcs) else { return (State::Idle, f64::NAN) };
        if s.heat.watts() <= 0.0 {
            return (State::Idle, f64::NAN);
        }
        let share = s.heat.watts() / s.capacity.watts();
        if !s.supply.is_finite() || s.flow.cubic_meters_per_second() <= 0.0 {
            return (State::Lost, share);
        }
        let rows = self.diagram.chain.rows.get(tcs).into_iter().flatten();
        let parts = cdus.iter().chain(rows).map(|id| self.standing(id));
        let standing = parts.chain([self.standing(tcs)]).min().unwrap_or(Standing::Ok);
        (State::Works(if s.held { standing } else { Standing::Broken }), share)
    }

    /// How a group of air handlers stands, and its hall's heat over the capacity.
    #[must_use]
    pub fn air_state(&self, id: &Id) -> (State, f64) {
        if self.is_out(id.as_str()) {
            return (State::Out, f64::NAN);
        }
        let Some(Element::AirHandler(handler)) = self.view.plan.get(id) else { return (State::Idle, f64::NAN) };
        let Some(air) = self.cooling.halls.get(&handler.hall) else { return (State::Idle, f64::NAN) };
        if air.heat.watts() <= 0.0 {
            return (State::Idle, f64::NAN);
        }
        let share = air.heat.watts() / air.capacity.watts();
        if !air.supply.is_finite() {
            return (State::Lost, share);
        }
        (State::Works(if air.held { self.standing(&handler.hall).min(self.standing(id)) } else { Standing::Broken }), share)
    }

    /// State, load, name of the thing, figures.
    fn glance(&self, consumer: &Consumer) -> (State, f64, String, [String; 3]) {
        match consumer {
            Consumer::Loop { tcs, cdus, guest } => {
                let (state, share) = self.loop_state(tcs, cdus);
                let s = self.coolant(tcs);
                let figures = s.map_or_else(Default::default, |s| [show(s.heat, self.view.system), self.flow(s.flow), self.span(s.supply, s.return_)]);
                (state, share, if *guest { format!("CDUs of loop {tcs}") } else { format!("Loop {tcs}") }, figures)
            }
            Consumer::Air(id) => {
                let (state, share) = self.air_state(id);
                let hall = if let Some(Element::AirHandler(a)) = self.view.plan.get(id) { self.cooling.halls.get(&a.hall) } else { None };
                let figures =
                    hall.map_or_else(Default::default, |h| [show(h.heat, self.view.system), self.air_flow(h.handler_flow), self.span(h.supply, h.exhaust)]);
                (state, share, format!("Air handlers {id}"), figures)
            }
        }
    }

    /// Whether a consumer has heat and nothing that carries it off.
    #[must_use]
    pub fn is_lost(&self, consumer: &Consumer) -> bool {
        let state = match consumer {
            Consumer::Loop { tcs, cdus, .. } => self.loop_state(tcs, cdus).0,
            Consumer::Air(id) => self.air_state(id).0,
        };
        matches!(state, State::Lost | State::Out)
    }

    /// What a state is called, where there are no figures to say.
    #[must_use]
    pub fn word(state: State) -> &'static str {
        match state {
            State::Out => "out of service",
            State::Lost => "no cooling",
            State::Idle => "idle",
            State::Works(Standing::Broken) => "limit broken",
            State::Works(_) => "",
        }
    }

    fn what(consumer: &Consumer) -> What {
        match consumer {
            Consumer::Loop { tcs, .. } => What::Loop(tcs.clone()),
            Consumer::Air(id) => What::Air(id.clone()),
        }
    }

    /// Whether the element of a cell, or one inside of it, is selected.
    fn holds_selection(&self, consumer: &Consumer) -> bool {
        match consumer {
            Consumer::Air(id) => self.view.selection.contains(id),
            Consumer::Loop { tcs, cdus, .. } => {
                let inside = || cdus.iter().chain(self.diagram.chain.rows.get(tcs).into_iter().flatten());
                self.view.selection.contains(tcs) || inside().any(|id| self.view.selection.contains(id))
            }
        }
    }

    fn is_out_inside(&self, consumer: &Consumer) -> bool {
        match consumer {
            Consumer::Air(id) => self.is_touched(id),
            Consumer::Loop { tcs, cdus, .. } => {
                !self.view.out.is_empty()
                    && cdus.iter().chain(self.diagram.chain.rows.get(tcs).into_iter().flatten()).chain([tcs]).any(|id| self.is_touched(id))
            }
        }
    }

    fn small(&self, consumer: &Consumer, cell: &Cell, rect: Rect, mesh: &mut Mesh, touch: &mut Touch<'_>) {
        let (state, share, title, figures) = self.glance(consumer);
        mesh.add_colored_rect(rect, self.fill(state, share));
        if matches!(state, State::Lost | State::Out) {
            crate::ui::canvas::hatch(mesh, rect, self.t.broken);
        }
        if self.is_out_inside(consumer) && rect.width() >= 10.0 {
            self.crossed(rect.center(), 3.0);
        }
        if self.holds_selection(consumer) {
            self.painter.rect_stroke(rect, 0.0, Stroke::new(2.0, self.t.accent), StrokeKind::Outside);
        }
        if rect.width() > 5.0 {
            touch.thing(rect, &Self::what(consumer), cell.rect.expand(3.0), cell.panel, || named(&title, &figures[1], Self::word(state)));
        }
    }

    fn large(&self, consumer: &Consumer, cell: &Cell, rect: Rect, touch: &mut Touch<'_>) {
        let (state, share, title, figures) = self.glance(consumer);
        let rim = self.rim(state, self.view.selection.contains(consumer.element()) || (rect.width() < INSIDE && self.holds_selection(consumer)));
        let off = matches!(state, State::Out | State::Idle);
        self.painter.rect(rect, 2.0, if off { self.t.panel } else { self.t.background }, rim, StrokeKind::Inside);
        let said = if Self::word(state).is_empty() { figures[2].clone() } else { format!("{}, {}", figures[2], Self::word(state)) };
        touch.thing(rect, &Self::what(consumer), cell.rect.expand(3.0), cell.panel, || named(&title, &figures[1], &said));
        if matches!(state, State::Lost | State::Out) {
            self.striped(rect, self.t.broken);
        }
        let corner = rect.right_top() + vec2(-8.0, 8.0);
        if rect.width() >= INSIDE {
            match consumer {
                Consumer::Loop { tcs, cdus, guest } => self.inside((tcs, cdus, *guest), cell, rect, (state, share), touch),
                Consumer::Air(id) => self.air_inside(id, cell, rect, (state, share), touch),
            }
        } else {
            self.summary(consumer, rect, state, share, &figures);
        }
        if self.is_out_inside(consumer) {
            self.crossed(corner, 4.0);
        } else if let State::Works(standing) = state {
            self.shape(corner, standing, 4.0);
        }
    }

    fn summary(&self, consumer: &Consumer, rect: Rect, state: State, share: f64, figures: &[String; 3]) {
        let id = consumer.element();
        let color = self.figure(state);
        let [heat, flow, span] = figures.clone();
        let name = if self.holds_selection(consumer) { self.t.accent } else { self.t.text };
        let mut lines = vec![Line::small(name, [id.to_string()])];
        if matches!(state, State::Out | State::Lost | State::Idle) {
            lines.push(Line::small(color, [Self::word(state).to_owned(), if state == State::Out { "out".to_owned() } else { String::new() }]));
        } else {
            let short = span.split(" to ").nth(1).map_or_else(String::new, str::to_owned);
            lines.push(Line::small(color, [span, short]));
            lines.push(Line::small(self.t.weak_text, [flow]));
            lines.push(Line::small(self.t.weak_text, [format!("{heat}  {}", percent(share)), heat]));
        }
        let text = Rect::from_min_max(rect.min + vec2(3.0, 2.0), pos2(rect.right() - 3.0, rect.bottom() - 2.0));
        self.write(text, &lines, Align2::CENTER_CENTER);
    }
}
