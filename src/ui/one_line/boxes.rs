//! Boxes: blocks from a colored cell to their whole inside, busways and machines straight on a bus.

use super::brush::{Brush, Glance, Line, Live, percent};
use super::layout::{Cell, Content, ENTRY, Entry};
use super::paint::named;
use super::symbols;
use super::touch::{Touch, What};
use crate::checks::Standing;
use crate::plan::Id;
use crate::ui::theme;
use egui::{Align2, Color32, Mesh, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

/// Boxes narrower than this are colored cells.
const CELLS: f32 = 26.0;
/// Boxes at least this wide show their inside.
pub const INSIDE: f32 = 150.0;

impl Brush<'_> {
    /// All boxes in sight.
    pub fn boxes(&self, touch: &mut Touch<'_>) {
        // Small boxes are one mesh: a shape each would cost far more.
        let mut mesh = Mesh::default();
        for cell in &self.diagram.cells {
            let rect = self.lens.rect(cell.rect);
            let start = self.lens.at(cell.start);
            if !self.sees(rect.union(Rect::from_two_pos(start, start))) {
                continue;
            }
            if rect.width() < CELLS {
                self.small(cell, rect, &mut mesh, touch);
            } else {
                self.large(cell, rect, touch);
            }
        }
        self.painter.add(Shape::mesh(mesh));
    }

    /// What is said about a box at a glance.
    fn glance_of(&self, content: &Content) -> Glance {
        match content {
            Content::Block(id) => self.diagram.wiring.blocks.get(id).map_or_else(nothing, |inside| self.glance(id, inside)),
            Content::Feed(branch) => {
                let Some(b) = self.branch(*branch) else { return nothing() };
                let (live, loading) = (self.branch_live(*branch), b.loading());
                let power = if live.is_off() { 0.0 } else { b.p_from.watts() };
                Glance { power, loading, worst: self.worst(*branch), standing: self.standing(*branch), live, out: live == Live::Out }
            }
            Content::Machines(node) => Glance { power: self.diagram.wiring.machines(self.flow, *node), live: self.node_live(*node), ..nothing() },
        }
    }

    fn what(content: &Content) -> What {
        match content {
            Content::Block(id) => What::Block(id.clone()),
            Content::Feed(b) => What::Branch(*b),
            Content::Machines(n) => What::Machines(*n),
        }
    }

    fn title_of(&self, content: &Content) -> (String, String) {
        match content {
            Content::Block(id) => (format!("Block {id}"), id.to_string()),
            Content::Feed(b) => {
                let id = self.branch(*b).map_or_else(String::new, |b| b.id.clone());
                (format!("Busway {id}"), id)
            }
            Content::Machines(n) => {
                let bus = self.flow.nodes.get(*n).map_or_else(String::new, |n| n.element.to_string());
                (format!("Machines on {bus}"), "Machines".to_owned())
            }
        }
    }

    fn is_selected(&self, content: &Content) -> bool {
        Self::what(content).element(self).is_some_and(|id| self.view.selection.contains(&id))
    }

    /// The color of a box by its state; the busier, the more of the hue of power.
    fn fill(&self, glance: &Glance) -> Color32 {
        match (glance.live, glance.standing) {
            (Live::Dead | Live::Out | Live::Open, _) => self.t.dead.lerp_to_gamma(self.t.background, 0.45),
            (_, Standing::Broken) => self.t.broken,
            (_, Standing::Near) => self.t.near,
            (Live::Standby, _) => self.t.standby,
            (Live::Normal, _) => {
                let share = if glance.loading.is_finite() { glance.loading.clamp(0.0, 1.0) as f32 } else { 0.0 };
                self.t.raised.lerp_to_gamma(self.t.rack, 0.25 + 0.6 * share)
            }
        }
    }

    fn small(&self, cell: &Cell, rect: Rect, mesh: &mut Mesh, touch: &mut Touch<'_>) {
        let glance = self.glance_of(&cell.content);
        mesh.add_colored_rect(rect, self.fill(&glance));
        if glance.live == Live::Dead {
            crate::ui::canvas::hatch(mesh, rect, self.t.broken);
        }
        if self.is_selected(&cell.content) {
            self.painter.rect_stroke(rect, 0.0, Stroke::new(2.0, self.t.accent), StrokeKind::Outside);
        }
        if rect.width() > 5.0 {
            self.reach(cell, rect, &glance, touch);
        }
    }

    fn reach(&self, cell: &Cell, rect: Rect, glance: &Glance, touch: &mut Touch<'_>) {
        let (title, _) = self.title_of(&cell.content);
        let state = if glance.out && glance.live != Live::Out { "partly out" } else { glance.live.label() };
        let figures = if glance.live.is_off() { String::new() } else { format!("{}, {}", self.watts(glance.power), percent(glance.loading)) };
        touch.thing(rect, &Self::what(&cell.content), cell.rect.expand(3.0), || named(&title, &figures, state));
    }

    fn large(&self, cell: &Cell, rect: Rect, touch: &mut Touch<'_>) {
        let glance = self.glance_of(&cell.content);
        self.stub(cell, &glance, touch);
        let selected = self.is_selected(&cell.content);
        let dead = glance.live.is_off();
        let rim = match (selected, glance.standing) {
            (true, _) => Stroke::new(2.0, self.t.accent),
            (_, Standing::Broken) => Stroke::new(1.5, self.t.broken),
            (_, Standing::Near) => Stroke::new(1.5, self.t.near),
            _ if glance.live == Live::Standby => Stroke::new(1.5, self.t.standby),
            _ => Stroke::new(1.0, self.t.stroke),
        };
        self.painter.rect(rect, 2.0, if dead { self.t.background } else { self.t.panel }, rim, StrokeKind::Inside);
        self.reach(cell, rect, &glance, touch);
        match &cell.content {
            Content::Block(id) if rect.width() >= INSIDE => self.inside(id, cell, rect, &glance, touch),
            content => self.summary(content, rect, &glance),
        }
    }

    /// The line from the bar to the box, with its breaker.
    fn stub(&self, cell: &Cell, glance: &Glance, touch: &mut Touch<'_>) {
        let (start, end) = (self.lens.at(cell.start), self.lens.at(cell.end()));
        let branch = match &cell.content {
            Content::Block(id) => self.diagram.wiring.blocks.get(id).and_then(|i| i.feeder),
            Content::Feed(b) => Some(*b),
            Content::Machines(_) => None,
        };
        let (ink, live) = match branch {
            Some(b) => (self.ink(b, self.t.background), self.branch_live(b)),
            None => (symbols::Ink { line: Stroke::new(1.3, self.line_color(glance.live, Standing::Ok)), ground: self.t.background }, glance.live),
        };
        symbols::line(&self.painter, &[start, end], ink.line, live.is_off());
        let Some(branch) = branch else { return };
        let r = (3.0 * self.lens.scale()).clamp(1.5, 4.5);
        let at = if cell.entry == Entry::Top { end - vec2(0.0, (end.y - start.y).min(DROP_SEEN * self.lens.scale()) * 0.45) } else { start.lerp(end, 0.5) };
        symbols::breaker(&self.painter, at, r, live != Live::Out, ink);
        touch.breaker(Rect::from_center_size(at, vec2(2.6, 2.6) * r), &What::Branch(branch), live != Live::Out);
    }

    /// A box without its inside: name, power, loading.
    fn summary(&self, content: &Content, rect: Rect, glance: &Glance) {
        let (_, short) = self.title_of(content);
        let dead = glance.live.is_off();
        if dead {
            symbols::stripes(&self.painter, rect.shrink(1.0), Stroke::new(1.0, self.t.dead.gamma_multiply(0.45)));
        }
        let gauge = Rect::from_min_max(pos2(rect.left() + 4.0, rect.bottom() - 8.0), pos2(rect.right() - 4.0, rect.bottom() - 4.0));
        let color = self.figure_color(glance.live, glance.standing);
        let (power, share) = match glance.live {
            Live::Normal | Live::Standby => (self.watts(glance.power), percent(glance.loading)),
            live => (live.label().to_owned(), String::new()),
        };
        let has_gauge = glance.loading.is_finite() && !dead && rect.height() > 24.0;
        let text = Rect::from_min_max(rect.min + vec2(3.0, 2.0), pos2(rect.right() - 3.0, if has_gauge { gauge.top() - 1.0 } else { rect.bottom() - 2.0 }));
        let mark = if glance.standing == Standing::Ok { 0.0 } else { 10.0 };
        let name = if self.is_selected(content) { self.t.accent } else { self.t.text };
        let both = |sep: &str| if share.is_empty() { String::new() } else { format!("{power}{sep}{share}") };
        let room_for_three = text.height() >= 3.0 * 13.5;
        let lines = if room_for_three {
            vec![
                Line::small(name, [short]),
                Line::small(color, [power.clone()]),
                Line::small(color, [if glance.loading.is_finite() { share } else { String::new() }]),
            ]
        } else {
            vec![Line::small(name, [short]), Line::small(color, [both("  "), if share.is_empty() { power.clone() } else { share.clone() }])]
        };
        self.write(Rect::from_min_max(text.min, pos2(text.right() - mark, text.bottom())), &lines, Align2::CENTER_CENTER);
        if has_gauge {
            self.gauge(gauge, glance.loading, glance.worst, glance.live);
        }
        self.shape(rect.right_top() + vec2(-7.0, 7.0), glance.standing, 3.5);
        if glance.out {
            symbols::cross(&self.painter, rect.left_top() + vec2(7.0, 7.0), 3.5, Stroke::new(2.0, self.t.broken));
        }
    }

    /// A bar as long as the loading, and a tick where the worst outage brings it. Its end is 120 %, with a line at 100 %.
    pub fn gauge(&self, rect: Rect, loading: f64, worst: f64, live: Live) {
        const END: f64 = 1.2;
        let along = |share: f64| rect.left() + rect.width() * (share / END).clamp(0.0, 1.0) as f32;
        self.painter.rect_filled(rect, 0.0, self.t.raised);
        let standing = Standing::of_share(loading);
        let fill = match standing {
            Standing::Broken => self.t.broken,
            Standing::Near => self.t.near,
            _ if live == Live::Standby => self.t.standby,
            _ => self.t.rack,
        };
        self.painter.rect_filled(Rect::from_min_max(rect.min, pos2(along(loading), rect.bottom())), 0.0, fill);
        if rect.width() < 44.0 {
            return;
        }
        let limit = along(1.0);
        self.painter.line_segment([pos2(limit, rect.top() - 1.0), pos2(limit, rect.bottom() + 1.0)], Stroke::new(1.0, self.t.weak_text));
        if worst.is_finite() {
            let color = match Standing::of_share(worst) {
                Standing::Broken => self.t.broken,
                Standing::Near => self.t.near,
                _ => self.t.text,
            };
            let tip: Pos2 = pos2(along(worst), rect.top() - 1.0);
            self.painter.add(Shape::convex_polygon(vec![tip, tip + vec2(-3.0, -4.0), tip + vec2(3.0, -4.0)], color, Stroke::NONE));
            self.painter.line_segment([tip, pos2(tip.x, rect.bottom())], Stroke::new(1.5, color));
        }
    }

    /// The name of a block in a corner of its inside, beside the feeder that comes in.
    pub fn header(&self, id: &Id, rect: Rect, entry: Entry, glance: &Glance) {
        let color = self.figure_color(glance.live, glance.standing);
        let name = if self.view.selection.contains(id) { self.t.accent } else { self.t.text };
        let figures = match glance.live {
            Live::Normal | Live::Standby => {
                let both = format!("{}  {}", self.watts(glance.power), percent(glance.loading));
                let state = if glance.live == Live::Standby { format!("{both}, on standby sets") } else { both.clone() };
                vec![state, both, percent(glance.loading)]
            }
            live => vec![live.label().to_owned(), live.word().to_owned()],
        };
        let x = rect.left() + ENTRY * rect.width();
        let (left, right) = if entry == Entry::Left { (x + 8.0, rect.right() - 18.0) } else { (rect.left() + 6.0, x - 6.0) };
        let text = Rect::from_min_max(pos2(left, rect.top() + 3.0), pos2(right, rect.top() + 35.0));
        let name = Line { versions: vec![id.to_string()], color: name, size: theme::BODY };
        self.write(text, &[name, Line::small(color, figures)], Align2::LEFT_TOP);
        self.shape(rect.right_top() + vec2(-9.0, 10.0), glance.standing, 4.0);
        if glance.out {
            symbols::cross(&self.painter, rect.right_top() + vec2(-9.0, 10.0), 4.0, Stroke::new(2.0, self.t.broken));
        }
    }
}

fn nothing() -> Glance {
    Glance { power: f64::NAN, loading: f64::NAN, worst: f64::NAN, standing: Standing::Ok, live: Live::Normal, out: false }
}

/// How far above its box the breaker of a long feeder stands at most, in points of the drawing.
const DROP_SEEN: f32 = 26.0;
