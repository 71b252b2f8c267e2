//! Where everything of the diagram stands, in points at scale 1. The same chain gives the same drawing.
//!
//! Each facility water system has a panel. At its head are its name, its heat rejection and its pumps; from them the mains run in lines to and fro
//! below, supply and return side by side as in the ground, and every consumer hangs from them by two short pipes in the order in which the water
//! reaches it. Panels stand side by side, in the shapes that make them largest on a screen.

use super::chain::Chain;
use crate::plan::Id;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use std::collections::BTreeMap;

/// Size of a consumer.
pub const CELL: Vec2 = vec2(240.0, 150.0);
/// Free space between consumers.
const GAP: f32 = 14.0;
/// From the upper of the two mains to the lower one.
pub const TRACK: f32 = 9.0;
/// From the lower main down to the consumers.
const STUB: f32 = 15.0;
/// Room at both sides of a panel, in which the mains turn.
const MARGIN: f32 = 30.0;
/// Free space between panels.
const APART: f32 = 44.0;
/// How far inside of its panel the supply main begins.
const ENTRY: f32 = 4.0;
/// Width over height that the drawing should have.
const SHAPE: f32 = 1.75;

/// A heat rejection group.
#[derive(Debug, Clone, PartialEq)]
pub struct Plant {
    /// Its element.
    pub id: Id,
    /// Where.
    pub rect: Rect,
}

/// A facility water system.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Its place in [`Chain::systems`].
    pub system: usize,
    /// All of it.
    pub rect: Rect,
    /// How much larger than usual its head is drawn, so that it can be read beside very many consumers.
    pub scale: f32,
    /// Room for its name and figures.
    pub title: Rect,
    /// Its heat rejection.
    pub plants: Vec<Plant>,
    /// Its pumps.
    pub pumps: Rect,
    /// The supply main from the pumps on; the last point is its end.
    pub supply: Vec<Pos2>,
    /// The return main, in the same direction.
    pub back: Vec<Pos2>,
    /// Its cells in [`Diagram::cells`].
    pub cells: std::ops::Range<usize>,
}

/// A consumer.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The panel it is in.
    pub panel: usize,
    /// Its place in [`super::chain::System::consumers`].
    pub consumer: usize,
    /// Where.
    pub rect: Rect,
    /// Where its branch leaves the supply main.
    pub supply: Pos2,
    /// Where its branch joins the return main.
    pub back: Pos2,
}

/// The drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagram {
    /// What it is of.
    pub chain: Chain,
    /// All of it.
    pub bounds: Rect,
    /// Facility water systems.
    pub panels: Vec<Panel>,
    /// Consumers.
    pub cells: Vec<Cell>,
    /// By element, rows and machines too: the cells it is in.
    pub cells_of: BTreeMap<Id, Vec<usize>>,
}

impl Diagram {
    /// Lays a chain out.
    #[must_use]
    pub fn of(chain: Chain) -> Self {
        let counts: Vec<(usize, usize)> = chain.systems.iter().map(|s| (s.consumers.len(), s.coolers.len())).collect();
        let chosen = [0.5_f32, 0.7, 0.9, 1.2, 1.6, 2.2, 3.0].into_iter().flat_map(|shape| {
            let sizes: Vec<(usize, Vec2)> = counts.iter().map(|(n, plants)| best_columns(*n, *plants, shape)).collect();
            let all: f32 = sizes.iter().map(|(_, s)| s.x + APART).sum();
            (1..=counts.len().clamp(1, 12)).map(move |lines| (all / lines as f32 + 1.0, sizes.clone()))
        });
        let extent = |size: Vec2| (size.x / SHAPE).max(size.y);
        let tried = chosen.map(|(width, sizes)| (shelves(&sizes, width), sizes));
        let Some(((places, _), sizes)) = tried.min_by(|a, b| extent(a.0.1).total_cmp(&extent(b.0.1))) else { return Self::empty(chain) };
        let mut diagram = Self::empty(chain);
        for (system, (at, (columns, _))) in places.into_iter().zip(&sizes).enumerate() {
            diagram.panel(system, at, *columns);
        }
        diagram.index();
        diagram
    }

    fn empty(chain: Chain) -> Self {
        Self { chain, bounds: Rect::NOTHING, panels: Vec::new(), cells: Vec::new(), cells_of: BTreeMap::new() }
    }

    fn panel(&mut self, system: usize, at: Pos2, columns: usize) {
        let Some(content) = self.chain.systems.get(system) else { return };
        let (n, plants) = (content.consumers.len(), content.coolers.len());
        let (head, size) = (Head::of(columns, plants), panel_size(n, columns, plants));
        let s = head.scale;
        let rect = Rect::from_min_size(at, size);
        let inner = rect.shrink2(vec2(MARGIN, 0.0));
        let title = Rect::from_min_size(pos2(rect.left() + 10.0 * s, rect.top() + 6.0 * s), vec2(size.x - 20.0 * s, head.title));
        let across = head.across(inner.width());
        let plant = |i: usize, id: &Id| {
            let (column, line) = (i % across, i / across);
            let corner =
                pos2(inner.left() + column as f32 * (head.plant.x + head.gap), title.bottom() + 14.0 * s + line as f32 * (head.plant.y + head.gap * 2.0));
            Plant { id: id.clone(), rect: Rect::from_min_size(corner, head.plant) }
        };
        let plants: Vec<Plant> = content.coolers.iter().enumerate().map(|(i, id)| plant(i, id)).collect();
        let foot = plants.iter().map(|p| p.rect.bottom()).fold(title.bottom() + 14.0 * s, f32::max);
        let pumps = Rect::from_min_size(pos2(inner.left(), foot + 14.0 * s), vec2(inner.width(), head.pumps));
        let first = pumps.bottom() + 16.0 * s;
        let panel = self.panels.len();
        let from = self.cells.len();
        let (mut supply, mut back) = (vec![pos2(inner.left() + ENTRY, pumps.bottom())], vec![pos2(rect.left() + 8.0, first + TRACK)]);
        for line in 0..n.div_ceil(columns) {
            let y = first + line as f32 * line_height();
            let forth = line % 2 == 0;
            // Where the mains turn, the outer one stays outside: below on the way back.
            let (ys, yr) = if forth { (y, y + TRACK) } else { (y + TRACK, y) };
            let start = if forth { rect.left() } else { rect.right() };
            let sign = if forth { 1.0 } else { -1.0 };
            if line > 0 {
                let (outer, inner) = (start + sign * 8.0, start + sign * (8.0 + TRACK));
                let (xs, xr) = if forth { (inner, outer) } else { (outer, inner) };
                let (above_s, above_r) = (supply.last().map_or(0.0, |p| p.y), back.last().map_or(0.0, |p| p.y));
                supply.extend([pos2(xs, above_s), pos2(xs, ys)]);
                back.extend([pos2(xr, above_r), pos2(xr, yr)]);
            } else {
                supply.push(pos2(inner.left() + ENTRY, ys));
            }
            let here = (n - line * columns).min(columns);
            for i in 0..here {
                let column = if forth { i } else { columns - 1 - i };
                let corner = pos2(inner.left() + column as f32 * (CELL.x + GAP), y + TRACK + STUB);
                let cell = Rect::from_min_size(corner, CELL);
                let (xs, xr) = (cell.left() + SUPPLY_AT * CELL.x, cell.left() + RETURN_AT * CELL.x);
                self.cells.push(Cell { panel, consumer: line * columns + i, rect: cell, supply: pos2(xs, ys), back: pos2(xr, yr) });
            }
            if let Some(last) = self.cells.last() {
                supply.push(last.supply);
                back.push(last.back);
            }
        }
        self.bounds = self.bounds.union(rect);
        self.panels.push(Panel { system, rect, scale: s, title, plants, pumps, supply, back, cells: from..self.cells.len() });
    }

    /// Writes down in which cells an element is.
    fn index(&mut self) {
        let mut of: BTreeMap<Id, Vec<usize>> = BTreeMap::new();
        for (i, cell) in self.cells.iter().enumerate() {
            let Some(consumer) = self.chain.systems.get(cell_system(&self.panels, cell)).and_then(|s| s.consumers.get(cell.consumer)) else { continue };
            let mut add = |id: &Id| of.entry(id.clone()).or_default().push(i);
            match consumer {
                super::chain::Consumer::Air(id) => add(id),
                super::chain::Consumer::Loop { tcs, cdus, guest } => {
                    cdus.iter().for_each(&mut add);
                    if !guest {
                        add(tcs);
                        self.chain.rows.get(tcs).into_iter().flatten().for_each(&mut add);
                    }
                }
            }
        }
        self.cells_of = of;
    }

    /// Where an element is.
    pub fn places<'a>(&'a self, id: &'a Id) -> impl Iterator<Item = Rect> + 'a {
        let panels = self.panels.iter().filter(move |p| self.chain.systems.get(p.system).is_some_and(|s| s.id.as_ref() == Some(id))).map(|p| p.rect);
        let plants = self.panels.iter().flat_map(|p| &p.plants).filter(move |p| p.id == *id).map(|p| p.rect);
        let cells = self.cells_of.get(id).into_iter().flatten().filter_map(|c| self.cells.get(*c)).map(|c| c.rect);
        panels.chain(plants).chain(cells)
    }
}

/// The system of a cell's panel.
fn cell_system(panels: &[Panel], cell: &Cell) -> usize {
    panels.get(cell.panel).map_or(usize::MAX, |p| p.system)
}

/// Where along the upper edge of a cell its facility water comes in, as a share of its width.
pub const SUPPLY_AT: f32 = 0.075;
/// Where it leaves.
pub const RETURN_AT: f32 = 0.035;

fn line_height() -> f32 {
    TRACK + STUB + CELL.y + GAP
}

/// Sizes of a panel's head.
struct Head {
    scale: f32,
    title: f32,
    plant: Vec2,
    gap: f32,
    pumps: f32,
    plants: usize,
}

impl Head {
    fn of(columns: usize, plants: usize) -> Self {
        // A head must be read when the whole panel is as wide as a few words.
        let s = (columns as f32 * (CELL.x + GAP) / 480.0).max(1.0);
        Self { scale: s, title: 50.0 * s, plant: vec2(100.0, 62.0) * s, gap: 10.0 * s, pumps: 40.0 * s, plants }
    }
    fn across(&self, width: f32) -> usize {
        (((width + self.gap) / (self.plant.x + self.gap)).floor() as usize).max(1)
    }
    fn height(&self, width: f32) -> f32 {
        let s = self.scale;
        let lines = self.plants.div_ceil(self.across(width)) as f32;
        let plants = if lines > 0.0 { lines * (self.plant.y + self.gap * 2.0) - self.gap * 2.0 } else { 0.0 };
        6.0 * s + self.title + 14.0 * s + plants + 14.0 * s + self.pumps + 16.0 * s
    }
}

fn panel_size(n: usize, columns: usize, plants: usize) -> Vec2 {
    let width = columns as f32 * (CELL.x + GAP) - GAP;
    let head = Head::of(columns, plants).height(width);
    vec2(width + 2.0 * MARGIN, head + n.div_ceil(columns).max(1) as f32 * line_height() + 4.0)
}

/// The number of columns that gives a panel this shape, and its size.
fn best_columns(n: usize, plants: usize, shape: f32) -> (usize, Vec2) {
    let extent = |size: Vec2| (size.x / shape).max(size.y);
    let tried = (1..=n.max(1)).take_while(|c| *c <= 64).map(|c| (c, panel_size(n, c, plants)));
    tried.min_by(|a, b| extent(a.1).total_cmp(&extent(b.1))).unwrap_or((1, panel_size(n, 1, plants)))
}

/// Places of panels side by side, in lines no wider than `width`; and the size of all.
fn shelves(sizes: &[(usize, Vec2)], width: f32) -> (Vec<Pos2>, Vec2) {
    let (mut at, mut deepest, mut all) = (pos2(0.0, 0.0), 0.0_f32, Vec2::ZERO);
    let mut places = Vec::with_capacity(sizes.len());
    for (_, size) in sizes {
        if at.x > 0.0 && at.x + size.x > width {
            at = pos2(0.0, at.y + deepest + APART);
            deepest = 0.0;
        }
        places.push(at);
        all = vec2(all.x.max(at.x + size.x), all.y.max(at.y + size.y));
        at.x += size.x + APART;
        deepest = deepest.max(size.y);
    }
    (places, all)
}
