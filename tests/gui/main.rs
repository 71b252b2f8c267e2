//! The window, driven by label and read back, without a screen.

#![cfg(feature = "gui")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod canvas;
mod loops;
mod one_line;
mod power;
mod window;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::{
    Harness, Node,
    kittest::{AccessKitNode, NodeT as _, Queryable as _},
};
use megawatt::plan::{Id, file};
use megawatt::ui::{App, Start, theme};
use std::sync::Arc;

/// Two rows of racks, what feeds them and what cools them.
const PLAN: &str = r#"// A plan for tests.
(
    format: 1,
    campus: (name: "Small", date: "2026-11"),
    site: (library: "des-moines-ia"),
    workload: (gpu: "85 %", cpu: "40 %"),
    grids: [(id: "G1", bus: "POI", steps: [(from: "2026-01", firm: "3 MW")], short_circuit: "250 MVA", at: (-14.0, 0.0))],
    buses: [(id: "POI", voltage: "13.8 kV", rating: "1200 A", at: (2.0, 2.0))],
    blocks: [
        (id: "B-A", from: "POI", conductor: "cable-15kv-750", length: "40 m", transformer: "unit-13.8-3000-415", ups: "eaton-9395xr-1500", modules: 2, at: (20.0, 0.0)),
        (id: "B-B", from: "POI", conductor: "cable-15kv-750", length: "40 m", transformer: "unit-13.8-3000-415", ups: "eaton-9395xr-1500", modules: 2, at: (32.0, 0.0)),
    ],
    halls: [(id: "H1", name: "Hall one", at: (14.0, 10.0), size: (16.0, 12.0), supply_air: "24 °C", recirculation: "5 %")],
    rows: [
        (id: "H1-R01", hall: "H1", at: (18.0, 14.0), rack: "gb300-nvl72", count: 4, a: "B-A", b: "B-B", busway: "busway-415-2500", tcs: "L1"),
        (id: "H1-R02", hall: "H1", at: (18.0, 17.0), rack: "gb300-nvl72", count: 4, a: "B-A", b: "B-B", busway: "busway-415-2500", tcs: "L1"),
    ],
    tcs: [(id: "L1", hall: "H1", coolant: Pg25, supply: "40 °C", header: "125 mm", roughness: "0.000045 m")],
    cdus: [(id: "CDU1", tcs: "L1", fws: "FWS1", model: "hpe-in-row-1300", at: (23.0, 14.0), a: "B-A", b: "B-B")],
    fws: [(id: "FWS1", coolant: Water, supply: "36 °C", pump: "fws-pump-10", pumps: 2, redundant: 1, main: "200 mm", roughness: "0.000045 m", at: (34.0, 10.0), a: "B-A", b: "B-B")],
)
"#;

fn app() -> App {
    let loaded = file::read(PLAN).unwrap();
    App::new_inline(Start { loaded, path: None, text: None }).unwrap()
}

fn harness() -> Harness<'static, App> {
    let mut harness = Harness::builder()
        .with_size(vec2(1600.0, 1000.0))
        .with_max_steps(40)
        .with_context_setup(theme::install)
        .build_ui_state(|ui, app: &mut App| app.build(ui), app());
    harness.run();
    harness
}

fn id(text: &str) -> Id {
    Id::from(text)
}

/// What is drawn on the canvas under this name; other panels may name the same element.
fn thing<'h>(h: &'h Harness<'_, App>, label: &'h str) -> Node<'h> {
    let canvas = h.get_by_role(Role::Canvas).rect();
    let mut found = h.query_all_by_label(label).filter(|n| n.accesskit_node().role() == Role::Button && canvas.contains_rect(n.rect()));
    let node = found.next().unwrap_or_else(|| panic!("nothing on the canvas is called {label}"));
    assert!(found.next().is_none(), "{label} is there twice");
    node
}

/// The texts of the window that hold this one.
fn texts(h: &Harness<'_, App>, part: &str) -> Vec<String> {
    let says = |n: &AccessKitNode<'_>| n.label().or_else(|| n.value());
    h.query_all_by(|n| says(n).is_some_and(|l| l.contains(part))).filter_map(|n| says(&n.accesskit_node())).collect()
}

/// The status bar's power, as the window says it.
fn it_power(h: &Harness<'_, App>) -> String {
    texts(h, "IT ").into_iter().find(|t| t.starts_with("IT ")).unwrap()
}

fn center(h: &Harness<'_, App>, label: &str) -> Pos2 {
    thing(h, label).rect().center()
}

fn command(h: &mut Harness<'_, App>, name: &str) {
    h.key_press_modifiers(Modifiers::COMMAND, Key::P);
    h.run();
    h.get_by_role_and_label(Role::TextInput, "Command or element").type_text(name);
    h.run();
    h.key_press(Key::Enter);
    h.run();
}

#[derive(Debug)]
struct Dropped(std::path::PathBuf);
impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|e| e.to_string())
    }
}

fn drop_file(h: &mut Harness<'_, App>, path: &std::path::Path) {
    h.input_mut().dropped_files.push(Arc::new(Dropped(path.to_owned())));
    h.run_steps(4);
    settle(h);
}

/// Files are read and written beside the window: waits for that.
fn settle(h: &mut Harness<'_, App>) {
    for _ in 0..400 {
        if !h.state().is_busy() {
            h.run_steps(3);
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        h.run_steps(1);
    }
    panic!("the work with files did not end");
}
