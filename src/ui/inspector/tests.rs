//! The inspector as a planner meets it: by label, with a plan on screen.

use super::fields::{self, Edit};
use super::{State, edit, ui};
use crate::edit::Command;
use crate::plan::{Catalog, Element, Id, Kind, Plan, file};
use crate::ui::theme;
use crate::ui::view::{Action, Selection, View};
use crate::units::System;
use egui_kittest::{Harness, kittest::Queryable as _};
use std::collections::BTreeSet;

/// One element of every kind.
fn plan() -> Plan {
    let text = r#"(format: 1, campus: (name: "C", date: "2026-11"), site: (library: "memphis-tn"), workload: (gpu: "90 %", cpu: "50 %"),
        contract: (fee: "1 M$", from: "2026-01", until: "2029-05", exit_notice: "90 d"),
        grids: [(id: "G1", bus: "BUS1", steps: [(from: "2026-01", firm: "150 MW")], short_circuit: "5 GVA", at: (0.0, 0.0))],
        generators: [(id: "GEN1", bus: "BUS1", model: "m", at: (0.0, 0.0))],
        batteries: [(id: "BESS1", bus: "BUS1", model: "m", at: (0.0, 0.0))],
        buses: [(id: "BUS1", voltage: "13.8 kV", at: (0.0, 0.0)), (id: "BUS2", voltage: "13.8 kV", at: (0.0, 0.0))],
        transformers: [(id: "T1", from: "BUS1", to: "BUS2", model: "m", at: (0.0, 0.0))],
        feeders: [(id: "F1", from: "BUS1", to: "BUS2", conductor: "c", length: "10 m")],
        blocks: [(id: "B1", from: "BUS1", conductor: "c", length: "10 m", transformer: "t", at: (0.0, 0.0))],
        halls: [(id: "H1", at: (0.0, 0.0), size: (50.0, 30.0), supply_air: "25 °C", recirculation: "5 %")],
        rows: [(id: "R1", hall: "H1", at: (5.0, 5.0), rack: "gb200-nvl72", count: 4, a: "B1", busway: "y")],
        tcs: [(id: "L1", hall: "H1", coolant: Pg25, supply: "30 °C", header: "150 mm", roughness: "50 um")],
        cdus: [(id: "CDU1", tcs: "L1", fws: "FWS1", model: "m", at: (1.0, 1.0))],
        air_handlers: [(id: "AH1", hall: "H1", fws: "FWS1", model: "m", at: (1.0, 1.0))],
        fws: [(id: "FWS1", coolant: Water, supply: "26 °C", pump: "p", pumps: 2, main: "600 mm", roughness: "50 um", at: (0.0, 0.0))],
        coolers: [(id: "HR1", fws: "FWS1", model: "m", at: (0.0, 0.0))],
        scenarios: [(id: "S1", out: ["B1"])],
        accepted: [(id: "OK1", rule: "r", subject: "R1", reason: "because")])"#;
    file::read(text).unwrap().plan
}

fn view<'a>(plan: &'a Plan, catalog: &'a Catalog, selection: &'a Selection) -> View<'a> {
    View { plan, catalog, solved: None, stale: false, selection, system: System::Si, out: &[] }
}

#[test]
fn no_field_is_missing_and_every_example_can_be_typed() {
    let (plan, catalog, selection) = (plan(), Catalog::default(), Selection::default());
    let kinds: BTreeSet<Kind> = plan.elements.values().map(Element::kind).collect();
    assert_eq!(kinds.len(), Kind::ALL.len());
    for element in plan.elements.values() {
        let known = fields::of(element.kind());
        for name in element.fields().unwrap().keys().filter(|n| *n != "id") {
            assert!(known.iter().any(|f| f.name == name), "{} has `{name}`", element.kind().label());
        }
        for field in known {
            let set = |value: &str| {
                edit::attempt(&view(&plan, &catalog, &selection), &Command::Set { id: element.id().clone(), field: field.name.into(), value: value.into() })
            };
            match field.edit {
                Edit::Text(example) => assert_eq!(set(example), Ok(()), "{}.{}", element.id(), field.name),
                Edit::Choice(choices) => choices.iter().for_each(|(value, _)| assert_eq!(set(value), Ok(()), "{}.{}", element.id(), field.name)),
                Edit::Count(n) => assert_eq!(set(&(n + 1).to_string()), Ok(()), "{}.{}", element.id(), field.name),
                Edit::Place => assert_eq!(set("[1.5, 2.0]"), Ok(()), "{}.{}", element.id(), field.name),
                Edit::Flag => assert_eq!(set("true"), Ok(()), "{}.{}", element.id(), field.name),
                Edit::Reference(_) | Edit::Model(_) | Edit::Long => assert_eq!(set("B1"), Ok(()), "{}.{}", element.id(), field.name),
                Edit::Slots => assert_eq!(set(r#"{"2": ""}"#), Ok(()), "{}.{}", element.id(), field.name),
                Edit::Elements => assert_eq!(set(r#"["R1"]"#), Ok(()), "{}.{}", element.id(), field.name),
                Edit::Steps => assert_eq!(set(r#"[{"from": "2027-01", "firm": "300 MW"}]"#), Ok(()), "{}.{}", element.id(), field.name),
            }
            if field.optional {
                assert_eq!(set(""), Ok(()), "{}.{} may be empty", element.id(), field.name);
            }
        }
    }
}

#[test]
fn what_the_plan_calls_a_reference_is_chosen_from_elements() {
    let plan = plan();
    for element in plan.elements.values() {
        for (name, _, kinds) in element.references().into_iter().filter(|(n, _, _)| *n != "out") {
            let field = fields::of(element.kind()).iter().find(|f| f.name == name).unwrap();
            assert_eq!(field.edit, Edit::Reference(kinds), "{}.{name}", element.id());
        }
        for (name, _, kinds) in element.models() {
            let field = fields::of(element.kind()).iter().find(|f| f.name == name).unwrap();
            assert_eq!(field.edit, Edit::Model(kinds), "{}.{name}", element.id());
        }
    }
}

struct App {
    plan: Plan,
    catalog: Catalog,
    selection: Selection,
    state: State,
    actions: Vec<Action>,
}

fn harness(selection: Selection) -> Harness<'static, App> {
    let app = App { plan: plan(), catalog: Catalog::builtin().unwrap(), selection, state: State::default(), actions: Vec::new() };
    Harness::builder().with_size(egui::vec2(380.0, 1600.0)).with_max_steps(16).build_ui_state(
        |ui_, app: &mut App| {
            theme::install(ui_.ctx());
            let view = View { plan: &app.plan, catalog: &app.catalog, solved: None, stale: false, selection: &app.selection, system: System::Si, out: &[] };
            ui(ui_, &view, &mut app.state, &mut app.actions);
        },
        app,
    )
}

fn type_into(h: &mut Harness<'static, App>, label: &str, text: &str) {
    h.get_by_role_and_label(egui::accesskit::Role::TextInput, label).focus();
    h.run();
    h.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    h.get_by_role_and_label(egui::accesskit::Role::TextInput, label).type_text(text);
    h.run();
    h.key_press(egui::Key::Enter);
    h.run();
}

#[test]
fn typing_a_power_asks_for_the_edit() {
    let mut h = harness(Selection::one(Id::from("R1")));
    h.run();
    type_into(&mut h, "Power cap", "1.2 MW");
    let wanted = Command::Set { id: Id::from("R1"), field: "cap".into(), value: "1.2 MW".into() };
    let actions = &h.state().actions;
    assert!(matches!(actions.as_slice(), [Action::Apply(command, Some(_))] if *command == wanted), "{actions:?}");
}

#[test]
fn a_wrong_unit_stays_and_says_why() {
    let mut h = harness(Selection::one(Id::from("R1")));
    h.run();
    type_into(&mut h, "Power cap", "3 m");
    assert!(h.state().actions.is_empty(), "{:?}", h.state().actions);
    assert!(h.query_by_label_contains("expected a power such as `1.5 MW`, found `3 m`").is_some());
}

#[test]
fn leaving_a_field_by_selecting_something_else_loses_nothing() {
    let mut h = harness(Selection::one(Id::from("R1")));
    h.run();
    h.get_by_role_and_label(egui::accesskit::Role::TextInput, "Name").focus();
    h.run();
    h.get_by_role_and_label(egui::accesskit::Role::TextInput, "Name").type_text("First row");
    h.run();
    h.state_mut().selection = Selection::one(Id::from("H1"));
    h.run();
    let actions = &h.state().actions;
    assert!(matches!(actions.as_slice(), [Action::Apply(Command::Set { field, value, .. }, _)] if field == "name" && value == "First row"), "{actions:?}");
}

#[test]
fn every_element_can_be_shown() {
    let ids: Vec<Id> = plan().elements.keys().cloned().collect();
    let mut h = harness(Selection::default());
    h.run();
    for id in &ids {
        h.state_mut().selection = Selection::one(id.clone());
        h.run();
        assert!(h.query_all_by_label(id.as_str()).next().is_some(), "{id}");
    }
    h.state_mut().selection = Selection::rack(Id::from("R1"), 2);
    h.run();
    assert!(h.query_all_by_label("Rack in this slot").next().is_some());
    h.state_mut().selection = Selection { ids: ids.into_iter().collect(), slot: None };
    h.run();
    h.get_by_label("Delete").click();
    h.run();
    assert!(h.state().actions.iter().any(|a| matches!(a, Action::Apply(Command::Remove { .. }, _))));
}
