//! Where everything of the diagram stands, in points at scale 1. The same chain gives the same drawing.
//!
//! Buses stand in layers by how many branches lie between them and a grid. A breadth-first tree of branches gives every bus a stretch of its own
//! from left to right, with its own blocks at the left and the buses it feeds beside them, so that tree branches run straight down and meet
//! nothing. What closes a ring (a tie between buses of one layer or of two neighboring ones; breadth-first, there are no others) runs in a lane of its own above the
//! lower layer, and is drawn with a gap where it crosses. All blocks hang below the lowest layer: few straight from the bar, many along limbs of the bar, in as
//! many lines as gives the drawing the shape of a screen.

use super::tree::{Forest, Tree};
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
        let parts: Vec<Self> = forest.trees.iter().map(|tree| best(flow, &wiring, &forest, tree)).collect();
        let mut whole = pack(parts);
        whole.blocks = whole.cells.iter().enumerate().filter_map(|(i, c)| if let Content::Block(id) = &c.content { Some((id.clone(), i)) } else { None }).collect();
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

/// The drawing of one connected network in the number of lines that gives it the best shape.
fn best(flow: &PowerFlow, wiring: &Wiring, forest: &Forest, tree: &Tree) -> Diagram {
    let contents: BTreeMap<usize, Vec<Content>> = tree.buses.iter().map(|b| (*b, items(flow, wiring, forest.node(*b)))).collect();
    let slots = slots(wiring, forest, tree);
    let most = contents.values().map(Vec::len).max().unwrap_or(0).max(1);
    // What decides how large everything can be shown on a screen.
    let extent = |size: Vec2| (size.x / SHAPE).max(size.y);
    let mut chosen: Option<(f32, Plan<'_>)> = None;
    // Between two numbers of lines that differ by less than a tenth there is no difference to see.
    let mut lines = 1;
    while lines <= most {
        let plan = Plan::new(Network { flow, wiring, forest, tree, contents: &contents, slots: &slots }, lines);
        let how = extent(plan.size());
        if chosen.as_ref().is_none_or(|(best, _)| how < *best) {
            chosen = Some((how, plan));
        }
        lines += 1 + lines / 10;
    }
    chosen.map_or_else(Diagram::empty, |(_, plan)| plan.draw())
}

/// Many lines of blocks make the rest small: it grows along.
fn scale(lines: usize) -> f32 {
    (lines as f32 * (CELL.y + GAP.y) / 1200.0).max(1.0)
}

/// Networks side by side and below each other, in the shape of a screen.
fn pack(parts: Vec<Diagram>) -> Diagram {
    const APART: f32 = 80.0;
    let area: f32 = parts.iter().map(|p| (p.bounds.width() + APART) * (p.bounds.height() + APART)).sum();
    let width = (area * SHAPE).sqrt();
    let mut whole = Diagram::empty();
    let (mut at, mut deepest) = (pos2(0.0, 0.0), 0.0_f32);
    for part in parts {
        if at.x > 0.0 && at.x + part.bounds.width() > width * 1.05 {
            at = pos2(0.0, at.y + deepest + APART);
            deepest = 0.0;
        }
        let part = part.clone().moved(at - part.bounds.min);
        at.x = part.bounds.right() + APART;
        deepest = deepest.max(part.bounds.height());
        whole.bounds = whole.bounds.union(part.bounds);
        whole.scale = whole.scale.max(part.scale);
        whole.bars.extend(part.bars);
        whole.links.extend(part.links);
        whole.sources.extend(part.sources);
        whole.cells.extend(part.cells);
    }
    whole
}

/// What hangs on a bus, in order: blocks that feed no others, rows, machines. Blocks that feed others stand apart.
fn items(flow: &PowerFlow, wiring: &Wiring, node: usize) -> Vec<Content> {
    let blocks = wiring.blocks_at.get(&node).into_iter().flatten();
    let mut list: Vec<Content> = blocks.filter(|b| !wiring.feeds_blocks(b)).cloned().map(Content::Block).collect();
    list.extend(wiring.feeds_at.get(&node).into_iter().flatten().copied().map(Content::Feed));
    let named = flow.nodes.get(node).and_then(|n| wiring.equipment.get(&n.element)).is_some_and(|e| !e.is_empty());
    let generates = wiring.sources_at.get(&node).is_some_and(|s| s.iter().any(|(k, _)| *k != SourceKind::Grid));
    // Machines whose feed is not drawn yet are taken at the first point of interconnection.
    if named || (!generates && wiring.machines(flow, node) > 1.0) {
        list.push(Content::Machines(node));
    }
    list
}

/// Something in the zone above a bar.
#[derive(Debug, Clone, PartialEq)]
enum Slot {
    Link(usize),
    Tie(usize),
    TieEnd(usize),
    Source(SourceKind, Id),
}

/// By bus: what stands over it, from left to right.
fn slots(wiring: &Wiring, forest: &Forest, tree: &Tree) -> BTreeMap<usize, Vec<Slot>> {
    let mut slots: BTreeMap<usize, Vec<Slot>> = BTreeMap::new();
    for &bus in &tree.buses {
        let list = slots.entry(bus).or_default();
        list.extend(tree.links_to(bus).map(Slot::Link));
        list.extend(wiring.sources_at.get(&forest.node(bus)).into_iter().flatten().map(|(k, id)| Slot::Source(*k, id.clone())));
    }
    for (i, tie) in tree.ties.iter().enumerate() {
        slots.entry(tie.lower).or_default().push(Slot::Tie(i));
        if tie.level {
            slots.entry(tie.upper).or_default().push(Slot::TieEnd(i));
        }
    }
    slots
}

/// One network.
#[derive(Clone, Copy)]
struct Network<'a> {
    flow: &'a PowerFlow,
    wiring: &'a Wiring,
    forest: &'a Forest,
    tree: &'a Tree,
    contents: &'a BTreeMap<usize, Vec<Content>>,
    slots: &'a BTreeMap<usize, Vec<Slot>>,
}

/// One network in a number of lines of blocks.
struct Plan<'a> {
    net: Network<'a>,
    lines: usize,
    scale: f32,
    /// Height of the bars' layers.
    levels: Vec<f32>,
    /// By bus: ties that leave it downward.
    downward: BTreeMap<usize, Vec<usize>>,
    /// By bus: size of what hangs on it itself, and width with all that it feeds.
    own: BTreeMap<usize, Vec2>,
    width: BTreeMap<usize, f32>,
}

impl<'a> Plan<'a> {
    fn new(net: Network<'a>, lines: usize) -> Self {
        let (own, width, downward) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::<usize, Vec<usize>>::new());
        let mut plan = Self { net, lines, scale: scale(lines), levels: Vec::new(), downward, own, width };
        for (i, tie) in net.tree.ties.iter().enumerate().filter(|(_, t)| !t.level) {
            plan.downward.entry(tie.upper).or_default().push(i);
        }
        plan.levels = plan.levels();
        // Children come after their parents in the list.
        for &bus in net.tree.buses.iter().rev() {
            let own = plan.own(bus);
            let mut width = own.x;
            for child in net.tree.children(bus) {
                width += if width > 0.0 { BETWEEN } else { 0.0 } + plan.width_of(child);
            }
            plan.own.insert(bus, own);
            plan.width.insert(bus, width.max(plan.slots_width(bus)));
        }
        plan
    }
    fn width_of(&self, bus: usize) -> f32 {
        self.width.get(&bus).copied().unwrap_or(0.0)
    }
    fn slots(&self, bus: usize) -> &'a [Slot] {
        self.net.slots.get(&bus).map_or(&[], Vec::as_slice)
    }
    fn blocks(&self, bus: usize) -> &'a [Id] {
        self.net.wiring.blocks_at.get(&self.net.forest.node(bus)).map_or(&[], Vec::as_slice)
    }
    /// Blocks that feed others.
    fn feeding(&self, blocks: &'a [Id]) -> impl Iterator<Item = &'a Id> + use<'a> {
        let wiring = self.net.wiring;
        blocks.iter().filter(|b| wiring.feeds_blocks(b))
    }
    fn zone(&self) -> f32 {
        // Many lines of blocks make a drawing small, and leave more height than width: three lines of text find room then.
        (60.0 + 6.0 * self.lines as f32).min(120.0) * self.scale
    }
    fn slot_width(&self, slot: &Slot) -> f32 {
        match slot {
            Slot::TieEnd(_) => 16.0 * self.scale,
            _ => 88.0 * self.scale,
        }
    }
    fn title(&self) -> f32 {
        96.0 * self.scale
    }
    fn lane(&self) -> f32 {
        9.0 * self.scale
    }

    fn slots_width(&self, bus: usize) -> f32 {
        self.title() + self.slots(bus).iter().map(|s| self.slot_width(s)).sum::<f32>()
    }

    /// Size of a comb of so many boxes.
    fn comb(&self, count: usize) -> Vec2 {
        if count == 0 {
            return Vec2::ZERO;
        }
        let columns = count.div_ceil(self.lines);
        let lines = count.div_ceil(columns);
        let width = if lines == 1 {
            columns as f32 * (CELL.x + GAP.x) - GAP.x
        } else {
            let limbs = columns.div_ceil(2) as f32;
            columns as f32 * CELL.x + limbs * LIMB + (limbs - 1.0) * GAP.x
        };
        vec2(width, lines as f32 * (CELL.y + GAP.y) - GAP.y)
    }

    /// Size of a block that feeds others, with them below.
    fn chained(&self, block: &Id, depth: usize) -> Vec2 {
        let blocks = self.net.wiring.blocks.get(block).map_or(&[][..], |i| &i.blocks);
        let below = self.below(blocks.len() - self.feeding(blocks).count(), blocks, depth);
        vec2(below.x.max(CELL.x), CELL.y + DROP * 2.0 + below.y)
    }

    /// Size of boxes side by side: a comb of plain ones, then each block that feeds others.
    fn below(&self, plain: usize, blocks: &'a [Id], depth: usize) -> Vec2 {
        let mut size = self.comb(plain);
        // Blocks in series are a handful; the bound only makes sure that this ends.
        if depth < MOST_IN_SERIES {
            for block in self.feeding(blocks) {
                let one = self.chained(block, depth + 1);
                size = vec2(size.x + if size.x > 0.0 { GAP.x } else { 0.0 } + one.x, size.y.max(one.y));
            }
        }
        size
    }

    fn own(&self, bus: usize) -> Vec2 {
        let plain = self.net.contents.get(&bus).map_or(0, Vec::len);
        let ties = self.downward.get(&bus).map_or(0, Vec::len);
        self.below(plain, self.blocks(bus), 0) + vec2(ties as f32 * self.lane() * 2.0, 0.0)
    }

    fn levels(&self) -> Vec<f32> {
        let tree = self.net.tree;
        let deepest = tree.depth.values().copied().max().unwrap_or(0);
        let mut lanes = vec![0_usize; deepest + 1];
        for tie in &tree.ties {
            lanes[tree.depth_of(tie.lower)] += 1;
        }
        let mut y = 0.0;
        let level = |(depth, lanes): (usize, &usize)| {
            y += self.zone() + *lanes as f32 * self.lane() + if depth > 0 || *lanes > 0 { 12.0 * self.scale } else { 0.0 };
            y
        };
        lanes.iter().enumerate().map(level).collect()
    }

    fn boxes_at(&self) -> f32 {
        self.levels().last().copied().unwrap_or(0.0) + DROP * self.scale
    }

    fn size(&self) -> Vec2 {
        let height = self.own.values().map(|s| s.y).fold(0.0, f32::max);
        let roots = &self.net.tree.roots;
        let width = roots.iter().map(|r| self.width_of(*r)).sum::<f32>() + roots.len().saturating_sub(1) as f32 * BETWEEN;
        vec2(width, self.boxes_at() + height)
    }

    fn draw(&self) -> Diagram {
        let mut drawing = Drawing { plan: self, diagram: Diagram::empty(), ports: BTreeMap::new(), foot: BTreeMap::new() };
        let mut left = BTreeMap::new();
        let mut x = 0.0;
        for &root in &self.net.tree.roots {
            left.insert(root, x);
            x += self.width_of(root) + BETWEEN;
        }
        let mut reach: BTreeMap<usize, f32> = BTreeMap::new();
        for &bus in &self.net.tree.buses {
            let at = left.get(&bus).copied().unwrap_or(0.0);
            let mut right = drawing.bus(bus, at);
            for child in self.net.tree.children(bus) {
                right += if right > at { BETWEEN } else { 0.0 };
                left.insert(child, right);
                right += self.width_of(child);
            }
            let entry = drawing.slots(bus, at);
            if let Some(parent) = self.net.tree.parent_of(bus) {
                let x = reach.entry(parent).or_insert(0.0);
                *x = x.max(entry);
            }
        }
        drawing.ties();
        let mut diagram = drawing.diagram;
        let reach: BTreeMap<usize, f32> = reach.into_iter().map(|(bus, x)| (self.net.forest.node(bus), x)).collect();
        for bar in &mut diagram.bars {
            if let Some(x) = reach.get(&bar.node) {
                bar.to.x = bar.to.x.max(x + 10.0);
            }
        }
        diagram.scale = self.scale;
        diagram.bounds = Rect::from_min_size(pos2(0.0, 0.0), self.size());
        diagram
    }
}

/// Length of a line from a bar down to a box.
const DROP: f32 = 26.0;
/// Blocks fed from blocks fed from blocks … at most.
const MOST_IN_SERIES: usize = 12;

struct Drawing<'a> {
    plan: &'a Plan<'a>,
    diagram: Diagram,
    /// By tie and bus: where it meets the bar.
    ports: BTreeMap<(usize, usize), Pos2>,
    /// By tie: room for its figures.
    foot: BTreeMap<usize, Rect>,
}

impl<'a> Drawing<'a> {
    fn level(&self, bus: usize) -> f32 {
        self.plan.levels.get(self.plan.net.tree.depth_of(bus)).copied().unwrap_or(0.0)
    }

    /// Draws a bus from `left` on with what hangs on it itself; the right end of that.
    fn bus(&mut self, bus: usize, left: f32) -> f32 {
        let plan = self.plan;
        let y = self.level(bus);
        let node = plan.net.forest.node(bus);
        let mut bar = Bar {
            node,
            element: plan.net.flow.nodes.get(node).map_or_else(|| Id::from(""), |n| n.element.clone()),
            from: pos2(left, y),
            to: pos2(left + plan.title() * 0.6, y),
            limbs: Vec::new(),
            title: Rect::from_min_max(pos2(left, y - plan.zone() * 0.75), pos2(left + plan.title(), y - 4.0)),
        };
        let plain = plan.net.contents.get(&bus).cloned().unwrap_or_default();
        let mut right = self.below(&mut bar, plain, plan.blocks(bus), pos2(left, plan.boxes_at()), 0);
        for tie in plan.downward.get(&bus).into_iter().flatten() {
            right += plan.lane() * 2.0;
            self.ports.insert((*tie, bus), pos2(right - plan.lane(), y));
            bar.to.x = bar.to.x.max(right);
        }
        self.diagram.bars.push(bar);
        right
    }

    /// Puts sources, the ends of ties and the branches from above side by side over a bar; how far right these branches come.
    fn slots(&mut self, bus: usize, left: f32) -> f32 {
        let plan = self.plan;
        let (y, node, slots) = (self.level(bus), plan.net.forest.node(bus), plan.slots(bus));
        let extra = (plan.width_of(bus) - plan.slots_width(bus)) / (slots.len().max(1) as f32);
        let mut x = left + plan.title();
        let (mut entry, mut reach) = (0.0_f32, 0.0_f32);
        for slot in slots {
            let room = plan.slot_width(slot) + extra;
            // The symbol stands so that it and its figures are in the middle of the room.
            let mut at = x + 14.0 * plan.scale + extra * 0.35;
            let text = Rect::from_min_max(pos2(at + 15.0 * plan.scale, y - plan.zone() + 4.0), pos2(x + room, y - 6.0));
            match slot {
                Slot::Link(branch) => {
                    entry = entry.max(at);
                    let above = plan.net.tree.parent_of(bus).map_or(y - plan.zone(), |p| self.level(p));
                    let mut path = vec![pos2(at, above), pos2(at, y)];
                    if plan.net.flow.branches.get(*branch).is_some_and(|b| b.to != node) {
                        path.reverse();
                    }
                    self.diagram.links.push(Link { branch: *branch, path, at: pos2(at, y - plan.zone() * 0.46), text, tie: false });
                }
                Slot::Source(kind, id) => {
                    let (head, foot) = (pos2(at, y - plan.zone() * 0.62), pos2(at, y));
                    self.diagram.sources.push(Source { element: id.clone(), kind: *kind, at: head, foot, node, text });
                }
                Slot::Tie(tie) => {
                    self.ports.insert((*tie, bus), pos2(at, y));
                    self.foot.insert(*tie, text);
                }
                Slot::TieEnd(tie) => {
                    at = x + room / 2.0;
                    self.ports.insert((*tie, bus), pos2(at, y));
                }
            }
            reach = reach.max(at);
            x += room;
        }
        if let Some(bar) = self.diagram.bars.iter_mut().rev().find(|b| b.node == node) {
            bar.to.x = bar.to.x.max(reach + 10.0);
        }
        entry
    }

    /// Branches that close rings, each in its own lane.
    fn ties(&mut self) {
        let plan = self.plan;
        let mut lanes: BTreeMap<usize, usize> = BTreeMap::new();
        for (i, tie) in plan.net.tree.ties.iter().enumerate() {
            let (Some(&low), Some(&high), Some(&text)) = (self.ports.get(&(i, tie.lower)), self.ports.get(&(i, tie.upper)), self.foot.get(&i)) else { continue };
            let lane = lanes.entry(plan.net.tree.depth_of(tie.lower)).or_default();
            let y = low.y - plan.zone() - *lane as f32 * plan.lane() - 5.0 * plan.scale;
            *lane += 1;
            let mut path = vec![high, pos2(high.x, y), pos2(low.x, y), low];
            let lower = plan.net.forest.node(tie.lower);
            if plan.net.flow.branches.get(tie.branch).is_some_and(|b| b.to != lower) {
                path.reverse();
            }
            self.diagram.links.push(Link { branch: tie.branch, path, at: pos2(low.x, low.y - plan.zone() * 0.46), text, tie: true });
        }
    }

    /// Boxes under a bar, plain ones as a comb, then those that feed others; the right end.
    fn below(&mut self, bar: &mut Bar, plain: Vec<Content>, blocks: &'a [Id], at: Pos2, depth: usize) -> f32 {
        let plan = self.plan;
        let mut right = at.x;
        if !plain.is_empty() {
            right += plan.comb(plain.len()).x;
            self.comb(bar, plain, at);
        }
        if depth < MOST_IN_SERIES {
            for block in plan.feeding(blocks) {
                let left = if right > at.x { right + GAP.x } else { right };
                self.chained(bar, block, pos2(left, at.y), depth + 1);
                right = left + plan.chained(block, depth + 1).x;
            }
        }
        right
    }

    fn comb(&mut self, bar: &mut Bar, plain: Vec<Content>, at: Pos2) {
        let columns = plain.len().div_ceil(self.plan.lines);
        let lines = plain.len().div_ceil(columns);
        for (i, content) in plain.into_iter().enumerate() {
            let (column, line) = (i / lines, i % lines);
            let (x, entry) = if lines == 1 {
                (column as f32 * (CELL.x + GAP.x), Entry::Top)
            } else {
                let pair = (column / 2) as f32 * (2.0 * CELL.x + LIMB + GAP.x);
                // A last column without a partner has its limb at the left.
                let alone = column % 2 == 0 && column + 1 == columns;
                match (alone, column % 2) {
                    (true, _) => (pair + LIMB, Entry::Left),
                    (_, 0) => (pair, Entry::Right),
                    _ => (pair + CELL.x + LIMB, Entry::Left),
                }
            };
            let rect = Rect::from_min_size(at + vec2(x, line as f32 * (CELL.y + GAP.y)), CELL);
            let mut cell = Cell { content, rect, entry, start: rect.min };
            let end = cell.end();
            cell.start = match entry {
                Entry::Top => pos2(end.x, bar.from.y),
                Entry::Left => pos2(end.x - LIMB / 2.0, end.y),
                Entry::Right => pos2(end.x + LIMB / 2.0, end.y),
            };
            bar.to.x = bar.to.x.max(cell.start.x + 8.0);
            if entry != Entry::Top {
                match bar.limbs.iter_mut().find(|l| (l.0.x - cell.start.x).abs() < 0.5) {
                    Some(limb) => limb.1.y = limb.1.y.max(cell.start.y),
                    None => bar.limbs.push((pos2(cell.start.x, bar.from.y), cell.start)),
                }
            }
            self.diagram.cells.push(cell);
        }
    }

    /// A block that feeds others: below it its output as a bar, with them on it.
    fn chained(&mut self, bar: &mut Bar, block: &'a Id, at: Pos2, depth: usize) {
        let rect = Rect::from_min_size(at, CELL);
        let mut cell = Cell { content: Content::Block(block.clone()), rect, entry: Entry::Top, start: at };
        cell.start = pos2(cell.end().x, bar.from.y);
        bar.to.x = bar.to.x.max(cell.start.x + 8.0);
        let foot = pos2(cell.end().x, rect.bottom() + DROP);
        self.diagram.cells.push(cell);
        let Some((inside, node)) = self.plan.net.wiring.blocks.get(block).and_then(|i| Some((i, i.outlet?))) else { return };
        let (from, to) = (pos2(at.x, foot.y), pos2(foot.x + 8.0, foot.y));
        // The bar carries no title: its name is that of the block above.
        let mut output = Bar { node, element: block.clone(), from, to, limbs: vec![(pos2(foot.x, rect.bottom()), foot)], title: Rect::from_min_max(from, from) };
        let plain = inside.blocks.iter().filter(|b| !self.plan.net.wiring.feeds_blocks(b)).cloned().map(Content::Block).collect();
        self.below(&mut output, plain, &inside.blocks, pos2(at.x, foot.y + DROP), depth);
        self.diagram.bars.push(output);
    }
}
