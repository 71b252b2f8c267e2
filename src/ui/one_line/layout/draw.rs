//! A network put on paper: every bar, branch, source and box in its place.

use super::size::{Plan, Slot};
use super::{BETWEEN, Bar, CELL, Cell, Content, DROP, Diagram, Entry, GAP, LIMB, Link, MOST_IN_SERIES, Source};
use crate::plan::Id;
use egui::{Pos2, Rect, pos2, vec2};
use std::collections::BTreeMap;

impl Plan<'_> {
    /// Draws the network.
    pub(super) fn draw(&self) -> Diagram {
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
            let (Some(&low), Some(&high), Some(&text)) = (self.ports.get(&(i, tie.lower)), self.ports.get(&(i, tie.upper)), self.foot.get(&i)) else {
                continue;
            };
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
        let mut output =
            Bar { node, element: block.clone(), from, to, limbs: vec![(pos2(foot.x, rect.bottom()), foot)], title: Rect::from_min_max(from, from) };
        let plain = inside.blocks.iter().filter(|b| !self.plan.net.wiring.feeds_blocks(b)).cloned().map(Content::Block).collect();
        self.below(&mut output, plain, &inside.blocks, pos2(at.x, foot.y + DROP), depth);
        self.diagram.bars.push(output);
    }
}
