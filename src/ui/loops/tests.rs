//! Nothing overlaps, nothing is missing, and the same chain gives the same drawing.

use super::chain::{Chain, Consumer, Join};
use super::layout::{Diagram, Leg};
use crate::plan::{Catalog, Id, file};
use crate::session::{Session, Solved};
use crate::solve::{Outage, Part, Side};
use crate::ui::one_line::lens::Lens;
use crate::ui::view::{Selection, View};
use egui::{Pos2, Rect, vec2};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Two waters on one loop, a loop without a CDU, air handlers and coolers on nothing, a system that serves nobody.
const ODD: &str = r#"(
    format: 1,
    campus: (name: "Odd", date: "2026-11"),
    site: (library: "des-moines-ia"),
    workload: (gpu: "85 %", cpu: "40 %"),
    halls: [(id: "H1", at: (0.0, 0.0), size: (30.0, 20.0), supply_air: "24 °C", recirculation: "5 %")],
    tcs: [
        (id: "L1", hall: "H1", coolant: Pg25, supply: "39 °C", header: "125 mm", roughness: "45 um"),
        (id: "L2", hall: "H1", coolant: Pg25, supply: "39 °C", header: "125 mm", roughness: "45 um"),
        (id: "L3", hall: "H1", coolant: Pg25, supply: "39 °C", header: "125 mm", roughness: "45 um"),
    ],
    cdus: [
        (id: "C1", tcs: "L1", fws: "W1", model: "hpe-in-row-1300", at: (2.0, 2.0)),
        (id: "C2", tcs: "L1", fws: "W2", model: "hpe-in-row-1300", at: (4.0, 2.0)),
        (id: "C3", tcs: "L3", fws: "NONE", model: "hpe-in-row-1300", at: (6.0, 2.0)),
    ],
    air_handlers: [(id: "A1", hall: "H1", fws: "NONE", model: "crah-120", units: 2, at: (8.0, 2.0))],
    fws: [
        (id: "W1", coolant: Water, supply: "30 °C", pump: "fws-pump-10", pumps: 2, main: "150 mm", roughness: "45 um", at: (40.0, 0.0)),
        (id: "W2", coolant: Water, supply: "30 °C", pump: "fws-pump-10", pumps: 2, main: "150 mm", roughness: "45 um", at: (40.0, 9.0)),
        (id: "W3", coolant: Water, supply: "30 °C", pump: "fws-pump-10", pumps: 2, main: "150 mm", roughness: "45 um", at: (40.0, 19.0)),
    ],
    coolers: [(id: "K1", fws: "NONE", model: "bac-tdfs1238n", at: (50.0, 0.0)), (id: "K2", fws: "W1", model: "bac-tdfs1238n", at: (60.0, 0.0))],
)"#;

fn layout(name: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts").join(format!("{name}.ron"))).unwrap()
}

fn solved(text: &str) -> Arc<Solved> {
    Session::inline(file::read(text).unwrap().plan).unwrap().solved().unwrap().clone()
}

fn drawn(solved: &Solved) -> Diagram {
    let chain = || Chain::of(&solved.plan, &Catalog::builtin().unwrap(), &solved.outcome.cooling);
    let diagram = Diagram::of(chain());
    assert_eq!(diagram, Diagram::of(chain()), "the same chain twice");
    diagram
}

/// Every loop, machine and system has its place: loops and machines once.
fn complete(solved: &Solved, diagram: &Diagram, name: &str) {
    let plan = &solved.plan;
    let consumers = || diagram.chain.systems.iter().flat_map(|s| &s.consumers);
    assert_eq!(consumers().count(), diagram.cells.len(), "{name}");
    for tcs in plan.tcs_loops() {
        let homes = consumers().filter(|c| matches!(c, Consumer::Loop { tcs: id, guest: false, .. } if *id == tcs.id)).count();
        assert_eq!(homes, 1, "{name}: loop {}", tcs.id);
    }
    for cdu in plan.cdus() {
        let times = consumers().filter(|c| matches!(c, Consumer::Loop { cdus, .. } if cdus.contains(&cdu.id))).count();
        assert_eq!(times, 1, "{name}: {}", cdu.id);
    }
    for handler in plan.air_handlers() {
        assert_eq!(consumers().filter(|c| matches!(c, Consumer::Air(id) if *id == handler.id)).count(), 1, "{name}: {}", handler.id);
    }
    for cooler in plan.coolers() {
        assert_eq!(diagram.panels.iter().flat_map(|p| &p.plants).filter(|p| p.id == cooler.id).count(), 1, "{name}: {}", cooler.id);
    }
    for fws in plan.fws_systems() {
        assert!(diagram.places(&fws.id).next().is_some(), "{name}: {}", fws.id);
    }
    for row in plan.rows().filter(|r| r.tcs.as_ref().is_some_and(|t| plan.get(t).is_some())) {
        assert_eq!(diagram.places(&row.id).count(), 1, "{name}: {}", row.id);
    }
}

/// Boxes keep clear of each other, and no main runs through one.
fn clear(diagram: &Diagram, name: &str) {
    let mut boxes: Vec<(String, Rect)> = diagram.cells.iter().map(|c| (format!("{} {}", c.panel, c.consumer), c.rect)).collect();
    for panel in &diagram.panels {
        boxes.extend(panel.plants.iter().map(|p| (p.id.to_string(), p.rect)));
        boxes.push((format!("title {}", panel.system), panel.title));
        boxes.push((format!("pumps {}", panel.system), panel.pumps));
    }
    for (what, rect) in &boxes {
        assert!(diagram.panels.iter().any(|p| p.rect.expand(0.5).contains_rect(*rect)), "{name}: {what} {rect:?} is in no panel");
    }
    apart(&mut boxes, name);
    let mut panels: Vec<(String, Rect)> = diagram.panels.iter().map(|p| (format!("panel {}", p.system), p.rect)).collect();
    apart(&mut panels, name);
    for leg in diagram.panels.iter().flat_map(|p| p.legs.iter().chain(&p.feeds)) {
        for pair in leg.supply.windows(2).chain(leg.back.windows(2)) {
            let line = Rect::from_two_pos(pair[0], pair[1]);
            let hit = boxes.iter().find(|(_, b)| b.shrink(1.0).intersects(line));
            assert!(hit.is_none(), "{name}: a main {line:?} runs through {hit:?}");
        }
    }
}

fn apart(boxes: &mut [(String, Rect)], name: &str) {
    // Sorted by their left edges, only neighbors need to be compared.
    boxes.sort_by(|a, b| a.1.left().total_cmp(&b.1.left()));
    for (i, (what, rect)) in boxes.iter().enumerate() {
        for (other, second) in boxes[i + 1..].iter().take_while(|(_, r)| r.left() < rect.right()) {
            let common = rect.intersect(*second);
            assert!(!(common.width() > 0.5 && common.height() > 0.5), "{name}: {what} {rect:?} and {other} {second:?}");
        }
    }
}

/// Every piece of the solved mains is drawn once, and every consumer hangs on what feeds it.
fn connected(solved: &Solved, diagram: &Diagram, name: &str) {
    for panel in &diagram.panels {
        let system = &diagram.chain.systems[panel.system];
        let Some(id) = &system.id else { continue };
        let cells = &diagram.cells[panel.cells.clone()];
        let legs: Vec<&Leg> = panel.legs.iter().chain(&panel.feeds).collect();
        for leg in legs.iter().filter(|l| !l.supply.is_empty()) {
            let ends = |path: &[Pos2], at: Pos2| *path.last().unwrap() == at;
            assert!(ends(&leg.supply, cells[leg.to].supply) && ends(&leg.back, cells[leg.to].back), "{name}: {id} to {}", leg.to);
        }
        for (i, cell) in cells.iter().enumerate().filter(|_| !system.feeds.is_empty()) {
            let fed = |l: &&&Leg| !l.supply.is_empty() && (l.to == i || (l.to == i + 1 && l.supply[0] == cell.supply));
            assert!(legs.iter().any(|l| fed(&l)), "{name}: nothing leads to consumer {i} of {id}");
        }
        let mut drawn: BTreeMap<usize, usize> = BTreeMap::new();
        for piece in legs.iter().filter_map(|l| l.piece).filter(|p| *p > 0) {
            *drawn.entry(piece).or_default() += 1;
        }
        let pipes = &solved.outcome.cooling.fws[id].pipes;
        for part in &pipes.piping.links {
            if let Part::Main { number, side: Side::Supply } = part {
                assert_eq!(drawn.get(number), Some(&1), "{name}: main {number} of {id}");
            }
        }
    }
}

fn check(solved: &Solved, name: &str) -> Diagram {
    let diagram = drawn(solved);
    complete(solved, &diagram, name);
    clear(&diagram, name);
    connected(solved, &diagram, name);
    diagram
}

#[test]
fn what_is_not_connected_is_drawn_too() {
    let solved = solved(ODD);
    let diagram = check(&solved, "odd");
    assert_eq!(diagram.chain.systems.iter().map(|s| s.id.as_ref().map(Id::as_str)).collect::<Vec<_>>(), [Some("W1"), Some("W2"), Some("W3"), None]);
    let loose = &diagram.chain.systems[3];
    assert_eq!((loose.coolers.len(), loose.consumers.len()), (1, 3), "the loop without a CDU, the one on nothing, the air handlers");
    assert!(diagram.chain.systems[1].consumers.iter().any(|c| matches!(c, Consumer::Loop { guest: true, .. })), "a loop on two waters is drawn at the first");
    assert_eq!(diagram.places(&Id::from("C2")).count(), 1);
}

#[test]
fn every_layout_is_drawn_without_overlap() {
    for name in ["row", "four-to-make-three", "enterprise", "frontier", "abilene", "colossus"] {
        let solved = solved(&layout(name));
        let diagram = check(&solved, name);
        let shape = diagram.bounds.width() / diagram.bounds.height();
        assert!((0.4..4.0).contains(&shape), "{name} is {shape} times as wide as high");
        if name == "colossus" {
            frames(&solved);
        }
    }
}

#[test]
fn what_is_out_moves_nothing() {
    let mut session = Session::inline(file::read(&layout("four-to-make-three")).unwrap().plan).unwrap();
    let before = drawn(session.solved().unwrap());
    session.set_out(vec![Outage::whole("CDU1"), Outage::whole("AH1"), Outage::whole("FWS1/main/1")]);
    let solved = session.solved().unwrap();
    let chain = Chain::of(&solved.plan, &Catalog::builtin().unwrap(), &solved.outcome.cooling);
    assert_eq!(Diagram::of(chain.in_order_of(&before.chain)), before);
}

#[test]
fn mains_in_a_tree_are_fed_in_their_middle() {
    // Three CDUs in a line, the pumps opposite to the middle one: the mains run both ways from there.
    let text = layout("row");
    let more = r#"(id: "CDU1", name: "CDU", tcs: "L1", fws: "FWS1", model: "hpe-in-row-1300", at: (24.0, 15.0)),
        (id: "CDU0", tcs: "L0", fws: "FWS1", model: "hpe-in-row-1300", at: (24.0, 5.0)), (id: "CDU2", tcs: "L2", fws: "FWS1", model: "hpe-in-row-1300", at: (24.0, 25.0)),"#;
    let start = text.find(r#"(id: "CDU1""#).unwrap();
    let end = start + text[start..].find('\n').unwrap();
    let text = format!("{}{more}{}", &text[..start], &text[end..]);
    let tcs = text.find(r#"(id: "L1""#).unwrap();
    let end = tcs + text[tcs..].find('\n').unwrap();
    let one = text[tcs..end].to_owned();
    let text = format!("{}{one}{}{}{}", &text[..tcs], one.replace("L1", "L0"), one.replace("L1", "L2"), &text[end..]);
    let text = text.replace(r#"main: "150 mm", roughness: "45 um", at: (34.0, 10.0)"#, r#"main: "150 mm", roughness: "45 um", at: (34.0, 15.0)"#);
    let solved = solved(&text);
    let diagram = check(&solved, "three");
    let system = diagram.chain.systems.iter().find(|s| s.id == Some(Id::from("FWS1"))).unwrap();
    let order: Vec<&str> = system.consumers.iter().map(|c| c.element().as_str()).collect();
    assert!(order == ["L0", "L1", "L2"] || order == ["L2", "L1", "L0"], "{order:?}");
    assert_eq!(system.feeds.iter().map(|f| f.to).collect::<Vec<_>>(), [1]);
    assert!(system.joins[1..].iter().all(|j| matches!(j, Join::Piece(_))));
}

/// What frames of the diagram cost, from far away to inside of a loop.
fn frames(solved: &Solved) {
    let catalog = Catalog::builtin().unwrap();
    let selection = Selection::default();
    let view =
        View { plan: &solved.plan, catalog: &catalog, solved: Some(solved), stale: false, selection: &selection, system: crate::units::System::Si, out: &[] };
    let ctx = egui::Context::default();
    crate::ui::theme::install(&ctx);
    let mut state = super::State::default();
    let area = Rect::from_min_size(egui::pos2(0.0, 0.0), vec2(1000.0, 600.0));
    let input = || egui::RawInput { screen_rect: Some(area), ..egui::RawInput::default() };
    let diagram = drawn(solved);
    assert!(Lens::fit(area, diagram.bounds).rect(diagram.cells[100].rect).width() > 6.0, "from far away every loop is a cell of its own");
    let cell = diagram.cells[100].rect;
    for (what, cells) in [("from far away", 0.0), ("cells", 14.0), ("figures", 8.0), ("insides", 4.0), ("one inside", 1.0)] {
        state.wanted =
            Some(if cells > 0.0 { super::Wanted::Part(Rect::from_center_size(cell.center(), super::layout::CELL * cells)) } else { super::Wanted::All });
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
