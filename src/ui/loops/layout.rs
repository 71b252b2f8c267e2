//! Where everything of the diagram stands, in points at scale 1. The same chain gives the same drawing.
//!
//! Each facility water system has a panel. At its head are its name, its heat rejection and its pumps; from them the mains run in lines to and fro
//! below, supply and return side by side as in the ground, and every consumer hangs from them by two short pipes in the order in which the water
//! reaches it. Panels stand side by side, in the shapes that make them largest on a screen.

use super::chain::{Chain, Feed, Join, System};
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
const MARGIN: f32 = 46.0;
/// Free space between panels.
const APART: f32 = 44.0;
/// How far inside of its panel the supply main begins.
const ENTRY: f32 = 4.0;
/// Most panels side by side.
const MOST_ACROSS: usize = 24;
/// Size of a usual area of the screen for it.
const SCREEN: Vec2 = vec2(960.0, 540.0);
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

/// A piece of both mains.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    /// Its number; none where nothing lies between the cells, 0 where it is not known.
    pub piece: Option<usize>,
    /// The cell in the panel that it leads to.
    pub to: usize,
    /// The supply main, toward the cell.
    pub supply: Vec<Pos2>,
    /// The return main, likewise.
    pub back: Vec<Pos2>,
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
    /// Where the return comes up to the plant.
    pub foot: Pos2,
    /// By cell: the mains from the cell before it.
    pub legs: Vec<Leg>,
    /// Mains that lead to a cell from the pumps, or back to them in a ring.
    pub feeds: Vec<Leg>,
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
    /// Lays a chain out: once to see how small it will be shown, then with heads that can be read at that size.
    #[must_use]
    pub fn of(chain: Chain) -> Self {
        let first = Self::shown_at(chain, 1.0);
        let size = first.bounds.size();
        let seen = (SCREEN.x / size.x).min(SCREEN.y / size.y);
        if seen >= 1.0 || !seen.is_finite() { first } else { Self::shown_at(first.chain, seen.max(0.02)) }
    }

    fn shown_at(chain: Chain, seen: f32) -> Self {
        // Large systems first, so that those of one size stand in one line.
        let mut order: Vec<usize> = (0..chain.systems.len()).collect();
        order.sort_by_key(|i| (std::cmp::Reverse(chain.systems[*i].consumers.len().div_ceil(8)), *i));
        let chosen = [0.4_f32, 0.5, 0.6, 0.75, 0.9, 1.2, 1.6, 2.2, 3.0].into_iter().flat_map(|shape| {
            let sizes: Vec<(usize, Vec2)> = order.iter().map(|i| best_columns(&chain.systems[*i], shape, seen)).collect();
            let mut widths: Vec<f32> = Vec::new();
            for (_, size) in sizes.iter().take(MOST_ACROSS) {
                widths.push(widths.last().map_or(1.0, |w| w + APART) + size.x);
            }
            widths.into_iter().map(move |width| (width, sizes.clone()))
        });
        let extent = |size: Vec2| (size.x / SHAPE).max(size.y);
        let tried = chosen.map(|(width, sizes)| (shelves(&sizes, width), sizes));
        let Some(((places, _), sizes)) = tried.min_by(|a, b| extent(a.0.1).total_cmp(&extent(b.0.1))) else { return Self::empty(chain) };
        let mut diagram = Self::empty(chain);
        for (system, (at, (columns, _))) in order.into_iter().zip(places.into_iter().zip(&sizes)) {
            diagram.panel(system, at, *columns, seen);
        }
        diagram.index();
        diagram
    }

    fn empty(chain: Chain) -> Self {
        Self { chain, bounds: Rect::NOTHING, panels: Vec::new(), cells: Vec::new(), cells_of: BTreeMap::new() }
    }

    fn panel(&mut self, system: usize, at: Pos2, columns: usize, seen: f32) {
        let Some(content) = self.chain.systems.get(system) else { return };
        let size = panel_size(content, columns, seen);
        let head = Head::of(columns, content.coolers.len(), seen);
        let s = head.scale;
        let rect = Rect::from_min_size(at, size);
        let inner = rect.shrink2(vec2(MARGIN, 0.0));
        let title = Rect::from_min_size(pos2(rect.left() + 10.0, rect.top() + 6.0), vec2(size.x - 20.0, head.title));
        let across = head.across(inner.width());
        let plant = |(i, id): (usize, &Id)| {
            let (column, line) = (i % across, i / across);
            let by = vec2(column as f32 * (head.plant.x + head.gap), 14.0 * s + line as f32 * (head.plant.y + head.gap * 2.0));
            Plant { id: id.clone(), rect: Rect::from_min_size(pos2(inner.left(), title.bottom()) + by, head.plant) }
        };
        let plants: Vec<Plant> = content.coolers.iter().enumerate().map(plant).collect();
        let foot = plants.iter().map(|p| p.rect.bottom()).fold(title.bottom() + 14.0 * s, f32::max);
        let pumps = Rect::from_min_size(pos2(inner.left(), foot + 14.0 * s), vec2(inner.width(), head.pumps));
        let grid = Grid { rect, inner, top: pumps.bottom() + 16.0 * s, columns, n: content.consumers.len(), feeds: &content.feeds };
        let (panel, from) = (self.panels.len(), self.cells.len());
        let cells: Vec<Cell> = (0..grid.n).map(|i| grid.cell(i, panel)).collect();
        let mut legs: Vec<Leg> = Vec::with_capacity(grid.n);
        for (i, (cell, join)) in cells.iter().zip(&content.joins).enumerate() {
            let (supply, back) = if i > 0 && *join != Join::Apart { grid.between(&cells[i - 1], cell) } else { Default::default() };
            let piece = if let Join::Piece(n) = join { Some(*n) } else { None };
            legs.push(Leg { piece, to: i, supply, back });
        }
        let feeds: Vec<Leg> = content.feeds.iter().filter_map(|f| Some(grid.feed(f, cells.get(f.to)?, pumps.bottom()))).collect();
        let foot = feeds.iter().filter_map(|f| f.back.first()).copied().reduce(|a, b| if a.y > b.y { a } else { b });
        let foot = foot.unwrap_or(pos2(rect.left() + 8.0, pumps.bottom() + 8.0));
        self.cells.extend(cells);
        self.bounds = self.bounds.union(rect);
        self.panels.push(Panel { system, rect, scale: s, title, plants, pumps, foot, legs, feeds, cells: from..self.cells.len() });
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

/// The lines of cells in a panel.
struct Grid<'a> {
    rect: Rect,
    inner: Rect,
    /// Where the first line's mains run.
    top: f32,
    columns: usize,
    n: usize,
    feeds: &'a [Feed],
}

/// Room above a line for a feed that joins it.
const FEED: f32 = 2.0 * TRACK + 4.0;
/// Height of a line without that.
const LINE: f32 = TRACK + STUB + CELL.y + GAP;

/// Whether a feed needs tracks of its own: all but the one to the very first cell do.
fn joins_line(feed: &Feed, line: usize, columns: usize) -> bool {
    feed.to > 0 && feed.to / columns == line
}

impl Grid<'_> {
    /// Where the upper main of a line runs.
    fn y(&self, line: usize) -> f32 {
        let joined = (0..=line).filter(|l| self.feeds.iter().any(|f| joins_line(f, *l, self.columns))).count();
        self.top + line as f32 * LINE + joined as f32 * FEED
    }
    /// Where the supply and the return main of a line run. Where the mains turn, the outer one stays outside: below on the way back.
    fn tracks(&self, line: usize) -> (f32, f32) {
        let y = self.y(line);
        if line.is_multiple_of(2) { (y, y + TRACK) } else { (y + TRACK, y) }
    }
    fn cell(&self, i: usize, panel: usize) -> Cell {
        let (line, place) = (i / self.columns, i % self.columns);
        let column = if line.is_multiple_of(2) { place } else { self.columns - 1 - place };
        let rect = Rect::from_min_size(pos2(self.inner.left() + column as f32 * (CELL.x + GAP), self.y(line) + TRACK + STUB), CELL);
        let (ys, yr) = self.tracks(line);
        let at = |share: f32, y: f32| pos2(rect.left() + share * CELL.x, y);
        Cell { panel, consumer: i, rect, supply: at(SUPPLY_AT, ys), back: at(RETURN_AT, yr) }
    }
    /// The mains from one cell to the next.
    fn between(&self, a: &Cell, b: &Cell) -> (Vec<Pos2>, Vec<Pos2>) {
        let (la, lb) = (a.consumer / self.columns, b.consumer / self.columns);
        if la == lb {
            return (vec![a.supply, b.supply], vec![a.back, b.back]);
        }
        let (outer, inner) = (8.0, 8.0 + TRACK);
        let (xs, xr) =
            if la.is_multiple_of(2) { (self.rect.right() - outer, self.rect.right() - inner) } else { (self.rect.left() + inner, self.rect.left() + outer) };
        let turn = |from: Pos2, x: f32, to: Pos2| vec![from, pos2(x, from.y), pos2(x, to.y), to];
        (turn(a.supply, xs, b.supply), turn(a.back, xr, b.back))
    }
    /// The mains that lead to a cell from the pumps above `bottom`.
    fn feed(&self, feed: &Feed, cell: &Cell, bottom: f32) -> Leg {
        let start = pos2(self.inner.left() + ENTRY, bottom);
        let riser = self.rect.left() + 8.0;
        let (supply, back) = if feed.to == 0 {
            (vec![start, pos2(start.x, cell.supply.y), cell.supply], vec![pos2(riser, cell.back.y), cell.back])
        } else {
            let (xr, xs) = (self.rect.left() + 26.0, self.rect.left() + 35.0);
            let y = self.y(feed.to / self.columns) - FEED;
            let below = bottom + 6.0;
            let supply = vec![start, pos2(start.x, below), pos2(xs, below), pos2(xs, y), pos2(cell.supply.x, y), cell.supply];
            let back = vec![pos2(riser, below + TRACK), pos2(xr, below + TRACK), pos2(xr, y + TRACK), pos2(cell.back.x, y + TRACK), cell.back];
            (supply, back)
        };
        Leg { piece: Some(feed.piece), to: feed.to, supply, back }
    }
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
    /// `seen` is the scale at which the whole drawing will be shown.
    fn of(columns: usize, plants: usize, seen: f32) -> Self {
        let wide = columns as f32 * (CELL.x + GAP);
        let s = (40.0 / (62.0 * seen)).min(wide / 230.0).max(1.0);
        Self { scale: s, title: (46.0 / seen).max(46.0), plant: vec2(100.0, 62.0) * s, gap: 10.0 * s, pumps: 34.0 * s, plants }
    }
    fn across(&self, width: f32) -> usize {
        (((width + self.gap) / (self.plant.x + self.gap)).floor() as usize).max(1)
    }
    fn height(&self, width: f32) -> f32 {
        let s = self.scale;
        let lines = self.plants.div_ceil(self.across(width)) as f32;
        let plants = if lines > 0.0 { lines * (self.plant.y + self.gap * 2.0) - self.gap * 2.0 } else { 0.0 };
        6.0 + self.title + 14.0 * s + plants + 14.0 * s + self.pumps + 16.0 * s
    }
}

fn panel_size(system: &System, columns: usize, seen: f32) -> Vec2 {
    let n = system.consumers.len();
    let width = columns as f32 * (CELL.x + GAP) - GAP;
    let head = Head::of(columns, system.coolers.len(), seen).height(width);
    let lines = n.div_ceil(columns);
    let joined = (0..lines).filter(|l| system.feeds.iter().any(|f| joins_line(f, *l, columns))).count();
    vec2(width + 2.0 * MARGIN, head + lines.max(1) as f32 * LINE + joined as f32 * FEED + 2.0)
}

/// The number of columns that gives a panel this shape, and its size.
fn best_columns(system: &System, shape: f32, seen: f32) -> (usize, Vec2) {
    let extent = |size: Vec2| (size.x / shape).max(size.y);
    let tried = (1..=system.consumers.len().clamp(1, 64)).map(|c| (c, panel_size(system, c, seen)));
    tried.min_by(|a, b| extent(a.1).total_cmp(&extent(b.1))).unwrap_or((1, panel_size(system, 1, seen)))
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
