//! Every panel with a solved plan and with none: that it draws, that inputs have names and glyphs exist (which the harness checks), and that
//! clicks ask for what they say.

use super::{catalog, chain, compare, cost, failures, findings, headroom, year};
use crate::plan::{Catalog, Plan, file};
use crate::session::{Session, Solved};
use crate::ui::view::{Action, Selection, View};
use crate::ui::{outline, theme};
use crate::units::System;
use egui_kittest::{Harness, kittest::Queryable as _};
use std::sync::Arc;

#[derive(Default)]
struct Panels {
    headroom: headroom::State,
    findings: findings::State,
    year: year::State,
    cost: cost::State,
    compare: compare::State,
    failures: failures::State,
    chain: chain::State,
    catalog: catalog::State,
    outline: outline::State,
}

struct App {
    plan: Arc<Plan>,
    catalog: Arc<Catalog>,
    solved: Option<Arc<Solved>>,
    system: System,
    shown: &'static str,
    panels: Panels,
    actions: Vec<Action>,
}

const ALL: [&str; 9] = ["headroom", "findings", "year", "cost", "failures", "chain", "compare", "catalog", "outline"];

fn build(ui: &mut egui::Ui, app: &mut App) {
    theme::install(ui.ctx());
    let selection = Selection::default();
    let view =
        View { plan: &app.plan, catalog: &app.catalog, solved: app.solved.as_deref(), stale: false, selection: &selection, system: app.system, out: &[] };
    let (p, actions) = (&mut app.panels, &mut app.actions);
    match app.shown {
        "headroom" => headroom::ui(ui, &view, &mut p.headroom, actions),
        "findings" => findings::ui(ui, &view, &mut p.findings, actions),
        "year" => year::ui(ui, &view, &mut p.year, actions),
        "cost" => cost::ui(ui, &view, &mut p.cost, actions),
        "failures" => failures::ui(ui, &view, &mut p.failures, actions),
        "chain" => chain::ui(ui, &view, &mut p.chain, actions),
        "compare" => compare::ui(ui, &view, &mut p.compare, actions),
        "catalog" => catalog::ui(ui, &view, &mut p.catalog, actions),
        _ => outline::ui(ui, &view, &mut p.outline, actions),
    }
}

fn app(plan: Plan, solve: bool) -> App {
    let session = Session::inline(plan).unwrap();
    let solved = session.solved().cloned().filter(|_| solve);
    App {
        plan: session.plan().clone(),
        catalog: session.catalog().clone(),
        solved,
        system: System::Si,
        shown: ALL[0],
        panels: Panels::default(),
        actions: Vec::new(),
    }
}

fn harness(app: App) -> Harness<'static, App> {
    Harness::builder().with_size(egui::vec2(1000.0, 700.0)).with_max_steps(16).build_ui_state(build, app)
}

fn row() -> Plan {
    file::read(include_str!("../../../layouts/row.ron")).unwrap().plan
}

#[test]
fn every_panel_draws_with_a_plan_and_without() {
    for app in [app(Plan::default(), true), app(row(), false), app(row(), true)] {
        let mut h = harness(app);
        for system in [System::Si, System::Us] {
            for shown in ALL {
                h.state_mut().shown = shown;
                h.state_mut().system = system;
                h.run();
            }
        }
        assert!(h.state().actions.is_empty(), "{:?}", h.state().actions);
    }
}

#[test]
fn a_limit_leads_to_its_element() {
    let mut h = harness(app(row(), true));
    h.run();
    let limit = h.state().solved.as_ref().unwrap().assessment.limits[0].clone();
    let name = h.state().plan.get(&limit.element).map_or(limit.element.to_string(), |e| e.name().to_owned());
    h.get_by_label(&format!("{} of {name}, {}", limit.quantity, limit.condition)).click();
    h.run();
    assert_eq!(h.state().actions, [Action::ZoomTo(limit.element)]);
}

#[test]
fn a_finding_is_accepted_with_a_reason() {
    let mut h = harness(app(row(), true));
    h.state_mut().shown = "findings";
    h.run();
    h.query_all_by_label("Accept…").next().unwrap().click();
    h.run();
    let field = egui::accesskit::Role::TextInput;
    h.get_by_role_and_label(field, "because").focus();
    h.run();
    h.get_by_role_and_label(field, "because").type_text("for teaching");
    h.run();
    h.get_by_label("Accept").click();
    h.run();
    let actions = &h.state().actions;
    assert!(
        matches!(actions.as_slice(), [Action::Apply(crate::edit::Command::Add(crate::plan::Element::Acceptance(a)), None)] if a.reason == "for teaching"),
        "{actions:?}"
    );
}

#[test]
fn an_entry_of_the_catalog_is_chosen() {
    let mut h = harness(app(row(), false));
    h.state_mut().shown = "catalog";
    h.run();
    h.get_by_role_and_label(egui::accesskit::Role::Button, "GB200 NVL72").click();
    h.run();
    assert_eq!(h.state().panels.catalog.chosen, Some(("rack".to_owned(), "gb200-nvl72".to_owned())));
}
