//! Nothing overlaps, nothing is missing, and the same chain gives the same drawing.

use super::layout::{CELL, Content, Diagram};
use super::wiring::Wiring;
use crate::plan::{Id, file};
use crate::session::{Session, Solved};
use crate::solve::{BranchKind, NodeKind, PowerFlow};
use egui::{Rect, vec2};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Two grids, a ring of three buses, transformers in parallel, a tie across layers, a block on a block's output, a row straight on a bus, a bus alone.
const MESHED: &str = r#"(
    format: 1,
    campus: (name: "Meshed", date: "2026-11"),
    site: (library: "des-moines-ia"),
    workload: (gpu: "85 %", cpu: "40 %"),
    grids: [
        (id: "G1", bus: "HV1", steps: [(from: "2026-01", firm: "60 MW")], short_circuit: "5 GVA", at: (0.0, 0.0)),
        (id: "G2", bus: "HV2", steps: [(from: "2026-01", firm: "60 MW")], short_circuit: "5 GVA", at: (0.0, 40.0)),
    ],
    generators: [(id: "GEN1", bus: "M3", model: "solar-titan-130", units: 2, redundant: 1, at: (0.0, 80.0))],
    buses: [
        (id: "HV1", voltage: "161 kV", at: (10.0, 0.0)), (id: "HV2", voltage: "161 kV", at: (10.0, 40.0)),
        (id: "M1", voltage: "13.8 kV", at: (30.0, 0.0)), (id: "M2", voltage: "13.8 kV", at: (30.0, 20.0)), (id: "M3", voltage: "13.8 kV", at: (30.0, 40.0)),
        (id: "ALONE", voltage: "13.8 kV", at: (30.0, 80.0)), (id: "LV", voltage: "415 V", at: (30.0, 90.0)),
    ],
    transformers: [
        (id: "T1", from: "HV1", to: "M1", model: "hv-161-13.8-120", at: (20.0, 0.0)),
        (id: "T1b", from: "HV1", to: "M1", model: "hv-161-13.8-120", at: (20.0, 4.0)),
        (id: "T2", from: "HV1", to: "M2", model: "hv-161-13.8-120", at: (20.0, 20.0)),
        (id: "T3", from: "HV2", to: "M3", model: "hv-161-13.8-120", at: (20.0, 40.0)),
        (id: "T4", from: "HV2", to: "M1", model: "hv-161-13.8-120", at: (20.0, 50.0)),
        (id: "T5", from: "M2", to: "LV", model: "unit-13.8-3000-415", at: (20.0, 60.0)),
    ],
    feeders: [
        (id: "F12", from: "M1", to: "M2", conductor: "cable-15kv-750", length: "40 m"),
        (id: "F23", from: "M2", to: "M3", conductor: "cable-15kv-750", length: "40 m"),
        (id: "F31", from: "M3", to: "M1", conductor: "cable-15kv-750", length: "40 m"),
    ],
    blocks: [
        (id: "A1", from: "M1", conductor: "cable-15kv-750", length: "40 m", transformer: "unit-13.8-3000-415", ups: "eaton-9395xr-1500", modules: 2, genset: "cat-c175-2500", gensets: 1, at: (40.0, 0.0)),
        (id: "A2", from: "M1", conductor: "cable-15kv-750", length: "40 m", transformer: "unit-13.8-3000-415", at: (44.0, 0.0)),
        (id: "A3", from: "HV1", conductor: "cable-15kv-750", length: "40 m", transformer: "hv-161-13.8-120", at: (48.0, 0.0)),
        (id: "B1", from: "A2", conductor: "cable-15kv-750", length: "40 m", transformer: "unit-13.8-3000-415", at: (52.0, 0.0)),
        (id: "B2", from: "A2", conductor: "cable-15kv-750", length: "40 m", transformer: "unit-13.8-3000-415", at: (56.0, 0.0)),
        (id: "C1", from: "ALONE", conductor: "cable-15kv-750", length: "40 m", transformer: "unit-13.8-3000-415", at: (60.0, 0.0)),
    ],
    halls: [(id: "H1", at: (70.0, 10.0), size: (16.0, 12.0), supply_air: "24 °C", recirculation: "5 %", house: "8 kW", a: "M2")],
    rows: [
        (id: "R1", hall: "H1", at: (72.0, 14.0), rack: "hgx-h100-air", count: 4, a: "A1", b: "A2", busway: "busway-415-1000"),
        (id: "R2", hall: "H1", at: (72.0, 17.0), rack: "hgx-h100-air", count: 4, a: "LV", busway: "busway-415-1000"),
    ],
)"#;

fn solved(text: &str) -> Arc<Solved> {
    Session::inline(file::read(text).unwrap().plan).unwrap().solved().unwrap().clone()
}

fn drawn(solved: &Solved) -> Diagram {
    let flow = &solved.outcome.power;
    let diagram = Diagram::of(flow, Wiring::of(flow, &solved.plan));
    assert_eq!(diagram, Diagram::of(flow, Wiring::of(flow, &solved.plan)), "the same chain twice");
    diagram
}

/// Every node and branch of the chain has its place, once.
fn complete(flow: &PowerFlow, diagram: &Diagram, name: &str) {
    let bars: Vec<usize> = diagram.bars.iter().map(|b| b.node).collect();
    for (i, node) in flow.nodes.iter().enumerate().filter(|(_, n)| matches!(n.kind, NodeKind::Poi | NodeKind::Bus)) {
        assert_eq!(bars.iter().filter(|b| **b == i).count(), 1, "{name}: bus {}", node.id);
    }
    let links: Vec<usize> = diagram.links.iter().map(|l| l.branch).collect();
    let blocks: Vec<&Id> = diagram.cells.iter().filter_map(|c| if let Content::Block(id) = &c.content { Some(id) } else { None }).collect();
    let feeds: Vec<usize> = diagram.cells.iter().filter_map(|c| if let Content::Feed(b) = c.content { Some(b) } else { None }).collect();
    for (i, branch) in flow.branches.iter().enumerate() {
        let times = match branch.kind {
            BranchKind::Transformer | BranchKind::Feeder => links.iter().filter(|l| **l == i).count(),
            BranchKind::Busway => {
                feeds.iter().filter(|f| **f == i).count() + diagram.wiring.blocks.values().map(|b| b.feeds.iter().filter(|f| **f == i).count()).sum::<usize>()
            }
            _ => {
                assert!(diagram.wiring.blocks[&branch.element].own().any(|b| b == i), "{name}: {}", branch.id);
                blocks.iter().filter(|b| ***b == branch.element).count()
            }
        };
        assert_eq!(times, 1, "{name}: {}", branch.id);
    }
}

/// Boxes, names, symbols and their figures keep clear of each other, and no line runs through a box.
fn clear(diagram: &Diagram, name: &str) {
    let mut things: Vec<(String, Rect)> = diagram.cells.iter().map(|c| (format!("{:?}", c.content), c.rect)).collect();
    things.extend(diagram.bars.iter().filter(|b| b.title.is_positive()).map(|b| (format!("title of {}", b.element), b.title)));
    things.extend(diagram.links.iter().map(|l| (format!("figures of {}", l.branch), l.text)));
    things.extend(diagram.sources.iter().map(|s| (format!("figures of {}", s.element), s.text)));
    let symbol = vec2(16.0, 16.0) * diagram.scale;
    things.extend(diagram.sources.iter().map(|s| (format!("source {}", s.element), Rect::from_center_size(s.at, symbol))));
    things.extend(diagram.links.iter().map(|l| (format!("symbol of {}", l.branch), Rect::from_center_size(l.at, symbol))));
    // Sorted by their left edges, only neighbors need to be compared.
    things.sort_by(|a, b| a.1.left().total_cmp(&b.1.left()));
    for (i, (what, rect)) in things.iter().enumerate() {
        assert!(diagram.bounds.expand(1.0).contains_rect(*rect), "{name}: {what} {rect:?} is outside of {:?}", diagram.bounds);
        for (other, second) in things[i + 1..].iter().take_while(|(_, r)| r.left() < rect.right()) {
            let common = rect.intersect(*second);
            assert!(!(common.width() > 0.5 && common.height() > 0.5), "{name}: {what} {rect:?} and {other} {second:?}");
        }
    }
    let cells: Vec<Rect> = diagram.cells.iter().map(|c| c.rect.shrink(1.0)).collect();
    for link in &diagram.links {
        for pair in link.path.windows(2) {
            let line = Rect::from_two_pos(pair[0], pair[1]);
            let hit = cells.iter().find(|c| line.left() < c.right() && line.right() > c.left() && line.top() < c.bottom() && line.bottom() > c.top());
            assert!(hit.is_none(), "{name}: branch {} runs through {hit:?}", link.branch);
        }
    }
    for bar in &diagram.bars {
        for (a, b) in &bar.limbs {
            let line = Rect::from_two_pos(*a, *b);
            let hit = cells.iter().find(|c| line.left() < c.right() && line.right() > c.left() && line.top() < c.bottom() && line.bottom() > c.top());
            assert!(hit.is_none(), "{name}: a limb of {} runs through {hit:?}", bar.element);
        }
    }
}

/// Every branch between buses ends on the bars of its buses.
fn connected(flow: &PowerFlow, diagram: &Diagram, name: &str) {
    let on = |node: usize, p: egui::Pos2| {
        diagram.bars.iter().any(|b| b.node == node && (p.y - b.from.y).abs() < 0.5 && p.x >= b.from.x - 0.5 && p.x <= b.to.x + 0.5)
    };
    for link in &diagram.links {
        let branch = &flow.branches[link.branch];
        assert!(on(branch.from, link.path[0]), "{name}: {} leaves no bar", branch.id);
        assert!(on(branch.to, *link.path.last().unwrap()), "{name}: {} reaches no bar", branch.id);
    }
    for source in &diagram.sources {
        assert!(on(source.node, source.foot), "{name}: {} stands on no bar", source.element);
    }
    for cell in &diagram.cells {
        let start = diagram.bars.iter().any(|b| {
            let bar = Rect::from_two_pos(b.from, b.to).expand(0.5).contains(cell.start);
            bar || b.limbs.iter().any(|(from, to)| Rect::from_two_pos(*from, *to).expand(0.5).contains(cell.start))
        });
        assert!(start, "{name}: {:?} hangs on no bar", cell.content);
    }
}

fn check(solved: &Solved, name: &str) -> Diagram {
    let diagram = drawn(solved);
    let flow = &solved.outcome.power;
    complete(flow, &diagram, name);
    clear(&diagram, name);
    connected(flow, &diagram, name);
    diagram
}

#[test]
fn rings_parallels_and_several_grids_come_out_right() {
    let solved = solved(MESHED);
    let flow = &solved.outcome.power;
    let diagram = check(&solved, "meshed");
    let link = |id: &str| diagram.links.iter().find(|l| flow.branches[l.branch].id == id).unwrap();
    let bar = |id: &str| diagram.bars.iter().find(|b| b.element == Id::from(id)).unwrap();
    assert_eq!(bar("HV1").from.y, bar("HV2").from.y, "both grids are at the top");
    assert!(bar("M1").from.y > bar("HV1").from.y && bar("M1").from.y == bar("M3").from.y && bar("LV").from.y > bar("M2").from.y);
    assert!(!link("T1").tie && !link("T1b").tie, "parallel ones run side by side");
    assert_ne!(link("T1").at.x, link("T1b").at.x);
    let ties = diagram.links.iter().filter(|l| l.tie).count();
    // Of nine branches, four make the trees of six connected buses below two roots, and one is the twin of one of these.
    let buses = flow.nodes.iter().filter(|n| matches!(n.kind, NodeKind::Poi | NodeKind::Bus)).count();
    assert_eq!((buses, diagram.links.len(), ties), (7, 9, 9 - 4 - 1));
    // Each tie has a lane of its own.
    let lanes: BTreeSet<i32> = diagram.links.iter().filter(|l| l.tie).map(|l| l.path[1].y.min(l.path[2].y) as i32).collect();
    assert_eq!(lanes.len(), ties);
    assert_eq!(diagram.sources.len(), 3);
    // What hangs on the output of a block is below it.
    let cell = |id: &str| diagram.cells[diagram.blocks[&Id::from(id)]].rect;
    assert!(cell("B1").top() > cell("A2").bottom() && cell("B2").top() > cell("A2").bottom());
    assert!(diagram.cells.iter().any(|c| matches!(c.content, Content::Feed(b) if flow.branches[b].id == "R2/A")));
    assert!(diagram.cells.iter().any(|c| matches!(c.content, Content::Machines(n) if flow.nodes[n].id == "M2")));
}

#[test]
fn what_is_out_moves_nothing() {
    let mut session = Session::inline(file::read(MESHED).unwrap().plan).unwrap();
    let before = drawn(session.solved().unwrap());
    session.set_out(vec![crate::solve::Outage::whole("HV1"), crate::solve::Outage::whole("A1/ups")]);
    assert_eq!(drawn(session.solved().unwrap()), before);
}

#[test]
fn a_long_chain_of_buses_is_drawn() {
    let n = 400;
    let buses: String = (0..n).map(|i| format!("(id: \"N{i:04}\", voltage: \"13.8 kV\", at: ({i}.0, 0.0)),")).collect();
    let feeders: String =
        (1..n).map(|i| format!("(id: \"F{i:04}\", from: \"N{:04}\", to: \"N{i:04}\", conductor: \"cable-15kv-750\", length: \"5 m\"),", i - 1)).collect();
    let text = format!(
        r#"(format: 1, campus: (name: "Chain", date: "2026-11"), site: (library: "des-moines-ia"), workload: (gpu: "85 %", cpu: "40 %"),
        grids: [(id: "G1", bus: "N0000", steps: [(from: "2026-01", firm: "60 MW")], short_circuit: "5 GVA", at: (0.0, 0.0))], buses: [{buses}], feeders: [{feeders}])"#
    );
    let solved = solved(&text);
    let diagram = check(&solved, "chain");
    assert_eq!(diagram.links.len(), n - 1);
}

#[test]
fn every_layout_is_drawn_without_overlap() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
    for name in ["row", "enterprise", "frontier", "abilene", "colossus"] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.ron"))).unwrap();
        let solved = solved(&text);
        let diagram = check(&solved, name);
        assert_eq!(diagram.blocks.len(), solved.plan.blocks().count(), "{name}");
        let shape = diagram.bounds.width() / diagram.bounds.height();
        assert!((0.5..4.0).contains(&shape), "{name} is {shape} times as wide as high");
        if name == "colossus" {
            ten_campuses(&solved);
        }
    }
}

/// Ten times the same campus side by side: the size that it must stay readable and quick at.
fn ten_campuses(solved: &Solved) {
    let one = &solved.outcome.power;
    let mut flow = PowerFlow::default();
    for copy in 0..10 {
        let named = |id: &str| format!("{copy}-{id}");
        let first = flow.nodes.len();
        flow.nodes.extend(one.nodes.iter().cloned().map(|mut n| {
            (n.id, n.element) = (named(&n.id), Id::new(named(n.element.as_str())));
            n
        }));
        flow.branches.extend(one.branches.iter().cloned().map(|mut b| {
            (b.id, b.element, b.from, b.to) = (named(&b.id), Id::new(named(b.element.as_str())), b.from + first, b.to + first);
            b
        }));
    }
    let start = std::time::Instant::now();
    let diagram = Diagram::of(&flow, Wiring::of(&flow, &solved.plan));
    println!("{} nodes laid out in {:.1} ms", flow.nodes.len(), start.elapsed().as_secs_f64() * 1e3);
    complete(&flow, &diagram, "ten campuses");
    clear(&diagram, "ten campuses");
    connected(&flow, &diagram, "ten campuses");
    // On a canvas of 1,000 × 600 points every block is still a cell of its own.
    let scale = (1000.0 / diagram.bounds.width()).min(600.0 / diagram.bounds.height());
    assert!(CELL.x * scale > 6.0, "{}", CELL.x * scale);
    frames(solved, flow);
}

/// What frames of the diagram cost, from far away to inside of a block.
fn frames(solved: &Solved, flow: PowerFlow) {
    use crate::ui::view::{Selection, View};
    let outcome = crate::solve::Outcome { power: Arc::new(flow), ..(*solved.outcome).clone() };
    let solved = Solved { outcome: Arc::new(outcome), ..solved.clone() };
    let catalog = crate::plan::Catalog::builtin().unwrap();
    let selection = Selection::default();
    let view =
        View { plan: &solved.plan, catalog: &catalog, solved: Some(&solved), stale: false, selection: &selection, system: crate::units::System::Si, out: &[] };
    let ctx = egui::Context::default();
    crate::ui::theme::install(&ctx);
    let mut state = super::State::default();
    let input = || egui::RawInput { screen_rect: Some(Rect::from_min_size(egui::pos2(0.0, 0.0), vec2(1000.0, 600.0))), ..egui::RawInput::default() };
    let cell = Diagram::of(&solved.outcome.power, Wiring::of(&solved.outcome.power, &solved.plan)).cells[100].rect;
    for (what, cells) in [("from far away", 0.0), ("cells", 30.0), ("names", 12.0), ("insides", 4.0), ("one inside", 1.0)] {
        state.wanted = Some(if cells > 0.0 { super::Wanted::Part(Rect::from_center_size(cell.center(), CELL * cells)) } else { super::Wanted::All });
        let mut times: Vec<f64> = (0..7)
            .map(|_| {
                let start = std::time::Instant::now();
                let mut output = ctx.run_ui(input(), |ui| super::ui(ui, &view, &mut state, &mut Vec::new()));
                let _ = ctx.tessellate(std::mem::take(&mut output.shapes), 1.0);
                output.textures_delta.clear();
                start.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{what}: {:.1} ms a frame", times[3]);
    }
    assert!(state.camera().unwrap().scale > 1.0);
}
