//! How much room everything needs, and in how many lines of blocks a network is drawn best.

use super::{BETWEEN, CELL, Content, DROP, Diagram, GAP, LIMB, MOST_IN_SERIES, SHAPE};
use crate::plan::Id;
use crate::solve::PowerFlow;
use crate::ui::one_line::tree::{Forest, Tree};
use crate::ui::one_line::wiring::{SourceKind, Wiring};
use egui::{Vec2, vec2};
use std::collections::BTreeMap;

/// The drawing of one connected network in the number of lines that gives it the best shape.
pub(super) fn best(flow: &PowerFlow, wiring: &Wiring, forest: &Forest, tree: &Tree) -> Diagram {
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
pub(super) enum Slot {
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
pub(super) struct Network<'a> {
    pub flow: &'a PowerFlow,
    pub wiring: &'a Wiring,
    pub forest: &'a Forest,
    pub tree: &'a Tree,
    pub contents: &'a BTreeMap<usize, Vec<Content>>,
    pub slots: &'a BTreeMap<usize, Vec<Slot>>,
}

/// One network in a number of lines of blocks.
pub(super) struct Plan<'a> {
    pub net: Network<'a>,
    pub lines: usize,
    pub scale: f32,
    /// Height of the bars' layers.
    pub levels: Vec<f32>,
    /// By bus: ties that leave it downward.
    pub downward: BTreeMap<usize, Vec<usize>>,
    /// By bus: size of what hangs on it itself, and width with all that it feeds.
    pub own: BTreeMap<usize, Vec2>,
    pub width: BTreeMap<usize, f32>,
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
    pub fn width_of(&self, bus: usize) -> f32 {
        self.width.get(&bus).copied().unwrap_or(0.0)
    }
    pub fn slots(&self, bus: usize) -> &'a [Slot] {
        self.net.slots.get(&bus).map_or(&[], Vec::as_slice)
    }
    pub fn blocks(&self, bus: usize) -> &'a [Id] {
        self.net.wiring.blocks_at.get(&self.net.forest.node(bus)).map_or(&[], Vec::as_slice)
    }
    /// Blocks that feed others.
    pub fn feeding(&self, blocks: &'a [Id]) -> impl Iterator<Item = &'a Id> + use<'a> {
        let wiring = self.net.wiring;
        blocks.iter().filter(|b| wiring.feeds_blocks(b))
    }
    pub fn zone(&self) -> f32 {
        // Many lines of blocks make a drawing small, and leave more height than width: three lines of text find room then.
        (60.0 + 6.0 * self.lines as f32).min(120.0) * self.scale
    }
    pub fn slot_width(&self, slot: &Slot) -> f32 {
        match slot {
            Slot::TieEnd(_) => 16.0 * self.scale,
            _ => 88.0 * self.scale,
        }
    }
    pub fn title(&self) -> f32 {
        96.0 * self.scale
    }
    pub fn lane(&self) -> f32 {
        9.0 * self.scale
    }

    pub fn slots_width(&self, bus: usize) -> f32 {
        self.title() + self.slots(bus).iter().map(|s| self.slot_width(s)).sum::<f32>()
    }

    /// Size of a comb of so many boxes.
    pub fn comb(&self, count: usize) -> Vec2 {
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
    pub fn chained(&self, block: &Id, depth: usize) -> Vec2 {
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

    pub fn boxes_at(&self) -> f32 {
        self.levels().last().copied().unwrap_or(0.0) + DROP * self.scale
    }

    pub fn size(&self) -> Vec2 {
        let height = self.own.values().map(|s| s.y).fold(0.0, f32::max);
        let roots = &self.net.tree.roots;
        let width = roots.iter().map(|r| self.width_of(*r)).sum::<f32>() + roots.len().saturating_sub(1) as f32 * BETWEEN;
        vec2(width, self.boxes_at() + height)
    }
}
