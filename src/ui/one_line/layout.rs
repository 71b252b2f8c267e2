//! Where everything of the diagram stands, in points at scale 1. The same chain gives the same drawing.
//!
//! Buses stand in layers by how many branches lie between them and a grid. A breadth-first tree of branches gives every bus a stretch of its own
//! from left to right, with its own blocks at the left and the buses it feeds beside them, so that tree branches run straight down and meet
//! nothing. What closes a ring (a tie between buses of one layer or of two neighboring ones; breadth-first, there are no others) runs in a lane of its own above the
//! lower layer, and is drawn with a gap where it crosses. All blocks hang below the lowest layer: few straight from the bar, many along limbs of the bar, in as
//! many lines as gives the drawing the shape of a screen.

mod draw;
mod size;

use super::tree::Forest;
use super::wiring::{SourceKind, Wiring};
use crate::plan::Id;
use crate::solve::PowerFlow;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use std::collections::BTreeMap;

/// Size of a block.
pub const CELL: Vec2 = vec2(88.0, 80.0);
/// Free space between blocks of one column, and between columns without a limb.
const GAP: Vec2 = vec2(12.0, 10.0);
/// Width of the space in which a limb runs, with the stubs at its sides.
const LIMB: f32 = 26.0;
/// Free space between the stretches of two buses.
const BETWEEN: f32 = 24.0;
/// Width over height that a drawing should have.
const SHAPE: f32 = 1.7;
/// Length of a line from a bar down to a box.
const DROP: f32 = 26.0;
/// Blocks fed from blocks fed from blocks … at most.
const MOST_IN_SERIES: usize = 12;
/// Where a feeder enters its block from above, as a share of its width.
pub const ENTRY: f32 = 0.42;
/// Where a feeder enters its block from the side, as a share of its height.
pub const SIDE: f32 = 0.17;

/// A busbar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its node.
    pub node: usize,
    /// Its bus, or the block whose output it is.
    pub element: Id,
    /// Left and right end.
    pub from: Pos2,
    /// Right end.
    pub to: Pos2,
    /// Vertical parts of the bar: their upper and lower end.
    pub limbs: Vec<(Pos2, Pos2)>,
    /// Room for its name and figures.
    pub title: Rect,
}

/// A transformer or cable between buses.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Its branch.
    pub branch: usize,
    /// From the bus at *from* to that at *to*.
    pub path: Vec<Pos2>,
    /// Where its symbol stands.
    pub at: Pos2,
    /// Room for its figures.
    pub text: Rect,
    /// Whether it closes a ring.
    pub tie: bool,
}

/// A grid, a generator group or a battery group above its bus.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its element.
    pub element: Id,
    /// What it is.
    pub kind: SourceKind,
    /// Where its symbol stands.
    pub at: Pos2,
    /// Where it meets the bar.
    pub foot: Pos2,
    /// Node of its bus.
    pub node: usize,
    /// Room for its figures.
    pub text: Rect,
}

/// What a box of the diagram stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A block with all that hangs on it.
    Block(Id),
    /// A busway straight from a bus: its branch.
    Feed(usize),
    /// Machines straight on a bus: its node.
    Machines(usize),
}

/// From where a box is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// From above.
    Top,
    /// From the left.
    Left,
    /// From the right.
    Right,
}

/// A box.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What it stands for.
    pub content: Content,
    /// Where.
    pub rect: Rect,
    /// From where it is fed.
    pub entry: Entry,
    /// Where its feeder leaves the bar; it ends at the box.
    pub start: Pos2,
}

impl Cell {
    /// Where its feeder meets it.
    #[must_use]
    pub fn end(&self) -> Pos2 {
        match self.entry {
            Entry::Top => pos2(self.rect.left() + ENTRY * self.rect.width(), self.rect.top()),
            Entry::Left => pos2(self.rect.left(), self.rect.top() + SIDE * self.rect.height()),
            Entry::Right => pos2(self.rect.right(), self.rect.top() + SIDE * self.rect.height()),
        }
    }
}

/// The drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagram {
    /// What hangs on what.
    pub wiring: Wiring,
    /// All of it.
    pub bounds: Rect,
    /// How much larger than usual what stands above the blocks is drawn, so that it can be read beside very many of them.
    pub scale: f32,
    /// Busbars.
    pub bars: Vec<Bar>,
    /// Branches between buses.
    pub links: Vec<Link>,
    /// Sources.
    pub sources: Vec<Source>,
    /// Boxes.
    pub cells: Vec<Cell>,
    /// Boxes by block.
    pub blocks: BTreeMap<Id, usize>,
}

impl Diagram {
    /// Lays a solved chain out.
    #[must_use]
    pub fn of(flow: &PowerFlow, wiring: Wiring) -> Self {
        let forest = Forest::of(flow, &wiring);
        let parts: Vec<Self> = forest.trees.iter().map(|tree| size::best(flow, &wiring, &forest, tree)).collect();
        let mut whole = pack(parts);
        whole.blocks =
            whole.cells.iter().enumerate().filter_map(|(i, c)| if let Content::Block(id) = &c.content { Some((id.clone(), i)) } else { None }).collect();
        whole.wiring = wiring;
        whole
    }

    fn empty() -> Self {
        let (bars, links, sources, cells) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { wiring: Wiring::default(), bounds: Rect::NOTHING, scale: 1.0, bars, links, sources, cells, blocks: BTreeMap::new() }
    }

    fn moved(mut self, by: Vec2) -> Self {
        self.bounds = self.bounds.translate(by);
        for bar in &mut self.bars {
            (bar.from, bar.to, bar.title) = (bar.from + by, bar.to + by, bar.title.translate(by));
            bar.limbs.iter_mut().for_each(|l| *l = (l.0 + by, l.1 + by));
        }
        for link in &mut self.links {
            link.path.iter_mut().for_each(|p| *p += by);
            (link.at, link.text) = (link.at + by, link.text.translate(by));
        }
        for source in &mut self.sources {
            (source.at, source.foot, source.text) = (source.at + by, source.foot + by, source.text.translate(by));
        }
        for cell in &mut self.cells {
            (cell.rect, cell.start) = (cell.rect.translate(by), cell.start + by);
        }
        self
    }
}

/// Free space between networks.
const APART: f32 = 60.0;

/// Places of boxes of these sizes side by side, in lines no wider than `width`; and the size of all.
fn shelves(sizes: &[Vec2], width: f32) -> (Vec<Pos2>, Vec2) {
    let (mut at, mut deepest, mut all) = (pos2(0.0, 0.0), 0.0_f32, Vec2::ZERO);
    let mut places = Vec::with_capacity(sizes.len());
    for size in sizes {
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

/// Networks side by side and below each other, in the lines that make them largest on a screen.
fn pack(parts: Vec<Diagram>) -> Diagram {
    const TRIES: usize = 48;
    let sizes: Vec<Vec2> = parts.iter().map(|p| p.bounds.size()).collect();
    let mut widths: Vec<f32> = Vec::new();
    let mut sum = 0.0;
    for size in sizes.iter().take(TRIES) {
        sum += size.x + APART;
        widths.push(sum);
    }
    // Very many small networks: lines longer than the first few of them.
    let area: f32 = sizes.iter().map(|s| (s.x + APART) * (s.y + APART)).sum();
    widths.push((area * SHAPE).sqrt());
    let extent = |size: Vec2| (size.x / SHAPE).max(size.y);
    let tried = widths.into_iter().map(|w| shelves(&sizes, w));
    let chosen = tried.min_by(|a, b| extent(a.1).total_cmp(&extent(b.1)));
    let places = chosen.map(|c| c.0).unwrap_or_default();
    let mut whole = Diagram::empty();
    for (part, at) in parts.into_iter().zip(places) {
        let by = at - part.bounds.min;
        let part = part.moved(by);
        whole.bounds = whole.bounds.union(part.bounds);
        whole.scale = whole.scale.max(part.scale);
        whole.bars.extend(part.bars);
        whole.links.extend(part.links);
        whole.sources.extend(part.sources);
        whole.cells.extend(part.cells);
    }
    whole
}
