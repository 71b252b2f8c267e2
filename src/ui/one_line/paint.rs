//! Buses, branches between them, and sources.

use super::brush::{Brush, Line, Live, fine_percent, percent};
use super::layout::{Bar, Link, Source};
use super::symbols;
use super::touch::{Touch, What};
use super::wiring::SourceKind;
use crate::checks::Standing;
use crate::plan::Id;
use crate::solve::{BranchKind, NodeKind};
use crate::ui::theme;
use crate::units::show;
use egui::{Align2, Pos2, Rect, Stroke, pos2, vec2};

impl Brush<'_> {
    /// Points of the screen for what stands above the blocks.
    fn size(&self, points: f32, least: f32, most: f32) -> f32 {
        (points * self.diagram.scale * self.lens.scale()).clamp(least, most)
    }
    /// Radius of a symbol above the blocks.
    #[must_use]
    pub fn radius(&self) -> f32 {
        self.size(10.0, 3.0, 16.0)
    }
    /// Thickness of a busbar.
    #[must_use]
    pub fn bar_width(&self) -> f32 {
        self.size(3.0, 2.0, 6.0)
    }

    /// Branches between buses: tree branches first, so that ties are seen to cross them.
    pub fn links(&self, touch: &mut Touch<'_>) {
        for tie in [false, true] {
            for link in self.diagram.links.iter().filter(|l| l.tie == tie) {
                self.link(link, touch);
            }
        }
    }

    fn link(&self, link: &Link, touch: &mut Touch<'_>) {
        let path: Vec<Pos2> = link.path.iter().map(|p| self.lens.at(*p)).collect();
        let extent = Rect::from_points(&path).expand(self.radius() * 2.0);
        let Some(branch) = self.branch(link.branch).filter(|_| self.sees(extent)) else { return };
        let (ink, live) = (self.ink(link.branch, self.t.background), self.branch_live(link.branch));
        let selected = self.view.selection.contains(&branch.element);
        if selected {
            symbols::line(&self.painter, &path, Stroke::new(ink.line.width + 5.0, self.t.accent_veil()), false);
        }
        if link.tie {
            symbols::bridge(&self.painter, &path, ink.line, self.t.background, live.is_off());
        } else {
            symbols::line(&self.painter, &path, ink.line, live.is_off());
        }
        let (at, r) = (self.lens.at(link.at), self.radius());
        let text = self.lens.rect(link.text);
        // The breaker is at the end that feeds it: above the symbol in a tree branch.
        let breaker = at - vec2(0.0, r * 2.1);
        if branch.kind == BranchKind::Transformer {
            symbols::transformer(&self.painter, at, r, ink);
        } else {
            // A cable is its line; two strokes across it tell it from a connection.
            for dy in [-0.25, 0.25] {
                self.painter.line_segment([at + vec2(-r * 0.4, r * (dy + 0.2)), at + vec2(r * 0.4, r * (dy - 0.2))], ink.line);
            }
        }
        symbols::breaker(&self.painter, breaker, (r * 0.38).max(2.0), !matches!(live, Live::Out), ink);
        self.marked(at + vec2(-r * 1.2, 0.0), link.branch, live, r);
        let (power, share) = self.figures(link.branch);
        let color = self.figure_color(live, self.standing(link.branch));
        let id = branch.id.clone();
        let units = if branch.units > 1 { format!("{id}, {} alike", branch.units) } else { id.clone() };
        let lines = [
            Line::small(if selected { self.t.accent } else { self.t.text }, [units, id.clone()]),
            Line::small(
                color,
                [
                    format!("{share}{}", self.worst_text(link.branch)),
                    share.clone(),
                    if share.is_empty() { power.clone() } else { String::new() },
                    live.word().to_owned(),
                ],
            ),
            Line::small(self.t.weak_text, [if share.is_empty() { String::new() } else { power.clone() }]),
        ];
        self.write(text, &lines, Align2::LEFT_CENTER);
        let home = link.text.union(Rect::from_center_size(link.at, vec2(60.0, 60.0) * self.diagram.scale)).expand(40.0);
        let kind = self.title(branch);
        touch.thing(Rect::from_center_size(at, vec2(2.2, 2.6) * r), &What::Branch(link.branch), home, || named(&format!("{kind} {id}"), &power, &share));
        touch.breaker(Rect::from_center_size(breaker, vec2(1.0, 1.0) * (r * 1.3).max(9.0)), &What::Branch(link.branch), live != Live::Out);
    }

    /// ", 104 % in an outage", when that is above what is there now.
    fn worst_text(&self, branch: usize) -> String {
        let worst = self.worst(branch);
        let now = self.branch(branch).map_or(f64::NAN, crate::solve::Branch::loading);
        if worst > now * 1.005 { format!(", {} at worst", percent(worst)) } else { String::new() }
    }

    /// The shape that goes with a standing, and the cross of what is out.
    pub fn marked(&self, at: Pos2, branch: usize, live: Live, r: f32) {
        let size = (r * 0.45).clamp(3.0, 6.0);
        if live == Live::Out {
            symbols::cross(&self.painter, at, size, Stroke::new(2.0, self.t.broken));
            return;
        }
        self.shape(at, self.standing(branch), size);
    }
    /// The shape that goes with a standing.
    pub fn shape(&self, at: Pos2, standing: Standing, size: f32) {
        match standing {
            Standing::Broken => symbols::square(&self.painter, at, size, self.t.broken),
            Standing::Near => symbols::triangle(&self.painter, at, size, self.t.near),
            Standing::Unknown | Standing::Ok => {}
        }
    }

    /// Busbars.
    pub fn bars(&self, touch: &mut Touch<'_>) {
        for bar in &self.diagram.bars {
            self.bar(bar, touch);
        }
    }

    fn bar(&self, bar: &Bar, touch: &mut Touch<'_>) {
        let (from, to) = (self.lens.at(bar.from), self.lens.at(bar.to));
        let title = if bar.title.is_positive() { self.lens.rect(bar.title) } else { Rect::from_two_pos(from, to) };
        let limbs: Vec<[Pos2; 2]> = bar.limbs.iter().map(|(a, b)| [self.lens.at(*a), self.lens.at(*b)]).collect();
        let foot = limbs.iter().fold(from.y, |y, l| y.max(l[1].y));
        if !self.sees(title.union(Rect::from_min_max(from, pos2(to.x, foot))).expand(8.0)) {
            return;
        }
        let live = self.bar_live(bar);
        let color = match live {
            Live::Out | Live::Dead | Live::Open => self.t.dead,
            Live::Standby => self.t.standby,
            Live::Normal => self.t.bus,
        };
        let width = self.bar_width();
        let thick = Stroke::new(width, color);
        let selected = self.view.selection.contains(&bar.element);
        for line in limbs.iter().chain([&[from, to]]) {
            if selected {
                self.painter.line_segment(*line, Stroke::new(width + 6.0, self.t.accent_veil()));
            }
            symbols::line(&self.painter, line, thick, live.is_off());
        }
        if live == Live::Out {
            symbols::cross(&self.painter, from + vec2(8.0, 0.0), 6.0, Stroke::new(2.0, self.t.broken));
        }
        let Some(node) = self.flow.nodes.get(bar.node).filter(|n| matches!(n.kind, NodeKind::Poi | NodeKind::Bus)) else { return };
        let name = self.bar_text(bar, title, live, selected, node);
        let home = Rect::from_min_max(bar.from, bar.to).union(bar.title).expand(60.0 * self.diagram.scale);
        let seen = Rect::from_min_max(pos2(from.x, from.y - 5.0), pos2(to.x, to.y + 5.0));
        touch.thing(seen, &What::Bar(bar.node), home, || name.clone());
        for (i, limb) in limbs.iter().enumerate() {
            touch.limb(Rect::from_two_pos(limb[0], limb[1]).expand2(vec2(3.0, 0.0)), &What::Bar(bar.node), home, i);
        }
    }

    fn bar_live(&self, bar: &Bar) -> Live {
        let out = self.flow.out.iter().any(|o| o.of == bar.element.as_str());
        match self.node_live(bar.node) {
            Live::Dead if out => Live::Out,
            live => live,
        }
    }

    fn bar_text(&self, bar: &Bar, title: Rect, live: Live, selected: bool, node: &crate::solve::Node) -> String {
        let (p, q) = self.diagram.wiring.through(self.flow, bar.node);
        let nominal = show(node.nominal, self.view.system);
        let id = bar.element.as_str();
        let (power, volts) = match live {
            Live::Out | Live::Dead => (live.label().to_owned(), String::new()),
            _ => (self.watts(p), fine_percent(node.v_pu)),
        };
        let reactive = if volts.is_empty() { String::new() } else { format!("{power}, {}", self.vars(q)) };
        let color = if live == Live::Normal { self.t.weak_text } else { self.figure_color(live, Standing::Ok) };
        let lines = [
            Line { versions: vec![format!("{id}  {nominal}"), id.to_owned()], color: if selected { self.t.accent } else { self.t.text }, size: theme::BODY },
            Line::small(color, [reactive, power.clone(), live.word().to_owned()]),
            Line::small(self.t.weak_text, [volts.clone()]),
        ];
        self.write(Rect::from_min_max(title.min, pos2(title.right(), title.bottom() - self.bar_width() / 2.0)), &lines, Align2::LEFT_BOTTOM);
        named(&format!("Bus {id}, {nominal}"), &power, &volts)
    }

    /// Grids, generators and batteries.
    pub fn sources(&self, touch: &mut Touch<'_>) {
        for source in &self.diagram.sources {
            self.source(source, touch);
        }
    }

    fn source(&self, source: &Source, touch: &mut Touch<'_>) {
        let (at, foot, r) = (self.lens.at(source.at), self.lens.at(source.foot), self.radius() * 1.15);
        let text = self.lens.rect(source.text);
        if !self.sees(Rect::from_two_pos(at, foot).expand(r * 2.0).union(text)) {
            return;
        }
        let switch = What::Source(source.element.clone()).switch(self);
        let all = switch.as_ref().is_some_and(|s| s.is_all_out(&self.flow.out));
        let live = if all { Live::Out } else { self.node_live(source.node) };
        let selected = self.view.selection.contains(&source.element);
        let color = match live {
            Live::Out | Live::Dead => self.t.dead,
            _ => self.line_color(Live::Normal, Standing::Ok),
        };
        let ink = symbols::Ink { line: Stroke::new(1.5, color), ground: self.t.background };
        if selected {
            self.painter.circle_filled(at, r + 5.0, self.t.accent_veil());
        }
        symbols::line(&self.painter, &[at, foot], Stroke::new(1.3, color), live.is_off());
        match source.kind {
            SourceKind::Grid => symbols::grid(&self.painter, at, r, ink),
            SourceKind::Generator => symbols::machine(&self.painter, at, r, "G", ink),
            SourceKind::Battery => symbols::battery(&self.painter, at, r * 0.8, ink),
        }
        let breaker = at.lerp(foot, 0.62);
        symbols::breaker(&self.painter, breaker, (r * 0.34).max(2.0), !all, ink);
        if all {
            symbols::cross(&self.painter, at, r * 0.9, Stroke::new(2.0, self.t.broken));
        }
        let figure = self.source_figure(source, live);
        let ink = if selected { self.t.accent } else { self.t.text };
        let lines = [
            Line::small(ink, [source.element.to_string()]),
            Line::small(self.figure_color(live, Standing::Ok), [figure.clone(), figure.split(',').next().unwrap_or_default().to_owned()]),
        ];
        let text = Rect::from_min_max(text.min, pos2(text.right(), foot.y.min(text.top() + (foot.y - text.top()) * 0.75)));
        self.write(text, &lines, Align2::LEFT_CENTER);
        let word = match source.kind {
            SourceKind::Grid => "Grid",
            SourceKind::Generator => "Generators",
            SourceKind::Battery => "Batteries",
        };
        let what = What::Source(source.element.clone());
        let home = source.text.union(Rect::from_two_pos(source.at, source.foot)).expand(60.0 * self.diagram.scale);
        touch.thing(Rect::from_center_size(at, vec2(2.2, 2.2) * r), &what, home, || named(&format!("{word} {}", source.element), &figure, ""));
        touch.breaker(Rect::from_center_size(breaker, vec2(1.0, 1.0) * (r * 1.2).max(9.0)), &what, !all);
    }

    fn source_figure(&self, source: &Source, live: Live) -> String {
        if live == Live::Out {
            return live.label().to_owned();
        }
        let supply = self.view.solved.map(|s| &s.outcome.supply);
        let of = |id: &Id| match source.kind {
            SourceKind::Grid => None,
            SourceKind::Generator => supply.and_then(|s| s.generators.get(id).copied()),
            SourceKind::Battery => supply.and_then(|s| s.batteries.get(id).copied()),
        };
        match self.flow.poi.iter().find(|p| p.grid == source.element) {
            Some(poi) => format!("{}, pf {:.3}", show(poi.power, self.view.system), poi.power_factor()),
            None => of(&source.element).map_or_else(String::new, |p| format!("{} ready", show(p, self.view.system))),
        }
    }
}

/// A thing with its figures, for screen readers and tests.
#[must_use]
pub fn named(thing: &str, first: &str, second: &str) -> String {
    let parts: Vec<&str> = [thing, first, second].into_iter().filter(|p| !p.is_empty()).collect();
    parts.join(", ")
}
