//! The tree of a plan: what stands where, what feeds it, and where something is wrong.

use crate::checks::Severity;
use crate::plan::{Element, Id, Kind, Plan};
use crate::ui::panels::parts;
use crate::ui::theme;
use crate::ui::view::{Action, Selection, View};
use egui::{ScrollArea, TextEdit, Ui};
use std::collections::{BTreeMap, BTreeSet};

/// What is unfolded, what is searched for, and what was selected last time, to scroll to it when it changes.
#[derive(Debug, Clone, Default)]
pub struct State {
    filter: String,
    /// Folders that are not as they are by default.
    toggled: BTreeSet<String>,
    last: BTreeSet<Id>,
    scroll_to: bool,
}

/// A folder or an element, with what lies under it.
struct Node<'a> {
    text: String,
    element: Option<&'a Element>,
    key: String,
    open_by_default: bool,
    children: Vec<Node<'a>>,
}

/// A line as shown.
struct Line<'n, 'a> {
    node: &'n Node<'a>,
    depth: usize,
    open: bool,
    worst: Option<Severity>,
}

impl<'a> Node<'a> {
    fn element(e: &'a Element) -> Self {
        Self { text: e.name().to_owned(), element: Some(e), key: e.id().to_string(), open_by_default: false, children: Vec::new() }
    }
    fn folder(key: &str, text: &str, open: bool, children: Vec<Self>) -> Self {
        Self { text: text.to_owned(), element: None, key: key.to_owned(), open_by_default: open, children }
    }
    fn holds(&self, ids: &BTreeSet<Id>) -> bool {
        self.children.iter().any(|c| c.element.is_some_and(|e| ids.contains(e.id())) || c.holds(ids))
    }
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    if view.plan.elements.is_empty() {
        parts::empty(ui, "The plan is empty", "Open a layout file, or begin a new plan with File, New.");
        return;
    }
    ui.horizontal(|ui| {
        let label = ui.label("Filter");
        ui.add(TextEdit::singleline(&mut state.filter).desired_width(f32::INFINITY).hint_text("name, id or kind")).labelled_by(label.id);
    });
    let mut tree = tree(view.plan);
    name_sites(&mut tree, view);
    if state.last != view.selection.ids {
        state.last = view.selection.ids.clone();
        state.scroll_to = !state.last.is_empty();
        if state.scroll_to {
            reveal(&tree, state);
        }
    }
    let marks = view.solved.map(|s| parts::worst_by_element(&s.assessment)).unwrap_or_default();
    let wanted = state.filter.trim().to_lowercase();
    let mut lines = Vec::new();
    for node in &tree {
        flatten(node, 0, state, &wanted, &marks, &mut lines);
    }
    if lines.is_empty() {
        parts::empty(ui, "Nothing fits the filter", "Search for a part of a name, an id or a kind, such as CDU.");
        return;
    }
    show(ui, view, state, &lines, actions);
}

fn show(ui: &mut Ui, view: &View<'_>, state: &mut State, lines: &[Line<'_, '_>], actions: &mut Vec<Action>) {
    let row = ui.spacing().interact_size.y;
    let mut area = ScrollArea::vertical().auto_shrink(false);
    if state.scroll_to {
        state.scroll_to = false;
        let first = lines.iter().position(|l| l.node.element.is_some_and(|e| view.selection.contains(e.id())));
        if let Some(first) = first {
            let pitch = row + ui.spacing().item_spacing.y;
            area = area.vertical_scroll_offset((first as f32 * pitch - ui.available_height() * 0.4).max(0.0));
        }
    }
    let mut toggle = None;
    area.show_rows(ui, row, lines.len(), |ui, range| {
        for line in &lines[range] {
            if let Some(key) = one(ui, view, line, lines, actions) {
                toggle = Some(key);
            }
        }
    });
    if let Some(key) = toggle
        && !state.toggled.remove(&key)
    {
        state.toggled.insert(key);
    }
}

/// Draws a line. Gives the key of its folder when it is to be folded or unfolded.
fn one(ui: &mut Ui, view: &View<'_>, line: &Line<'_, '_>, lines: &[Line<'_, '_>], actions: &mut Vec<Action>) -> Option<String> {
    let t = theme::of(ui);
    let node = line.node;
    let selected = node.element.is_some_and(|e| view.selection.contains(e.id()));
    let arrow = match (node.children.is_empty(), line.open) {
        (true, _) => "",
        (false, true) => "⏷",
        (false, false) => "⏵",
    };
    let remark = if node.children.is_empty() || node.element.is_some() && line.open { String::new() } else { count(node).to_string() };
    let status = line.worst.map(|s| (theme::severity_mark(s), t.severity(s)));
    let remark = match status {
        Some((mark, _)) => format!("{remark} {mark}"),
        None => remark,
    };
    let label = match node.element {
        Some(e) => format!("{} {}", e.kind().label(), node.text),
        None => node.text.clone(),
    };
    let response = ui
        .scope(|ui| {
            let indent = line.depth as f32 * 14.0;
            let response = parts::line(ui, selected, indent, Some((arrow, t.weak_text)), &node.text, &remark, &label);
            if let Some((mark, color)) = status {
                let rect = response.rect;
                let font = egui::TextStyle::Small.resolve(ui.style());
                ui.painter_at(rect).text(egui::pos2(rect.right() - 6.0, rect.center().y), egui::Align2::RIGHT_CENTER, mark, font, color);
            }
            response
        })
        .inner;
    let on_arrow = response.interact_pointer_pos().is_some_and(|p| p.x < response.rect.left() + line.depth as f32 * 14.0 + 18.0);
    let response = match node.element {
        Some(e) => response.on_hover_text(format!("{} {}\nDouble-click to zoom to it", e.kind().label(), e.id())),
        None => response,
    };
    match node.element {
        Some(e) if response.double_clicked() => actions.push(Action::ZoomTo(e.id().clone())),
        Some(e) if response.clicked() && (!on_arrow || node.children.is_empty()) => actions.push(Action::Select(clicked(ui, view, e.id(), lines))),
        _ if response.clicked() && !node.children.is_empty() => return Some(node.key.clone()),
        _ => {}
    }
    None
}

/// The selection after a click: one, or with Ctrl one more or less, or with Shift all between the last one and this.
fn clicked(ui: &Ui, view: &View<'_>, id: &Id, lines: &[Line<'_, '_>]) -> Selection {
    let modifiers = ui.input(|i| i.modifiers);
    if modifiers.command {
        let mut ids = view.selection.ids.clone();
        if !ids.remove(id) {
            ids.insert(id.clone());
        }
        return Selection { ids, slot: None };
    }
    let at = |wanted: &Id| lines.iter().position(|l| l.node.element.is_some_and(|e| e.id() == wanted));
    if modifiers.shift
        && let (Some(from), Some(to)) = (view.selection.ids.iter().filter_map(&at).min(), at(id))
    {
        let ids = lines[from.min(to)..=from.max(to)].iter().filter_map(|l| l.node.element.map(|e| e.id().clone())).collect();
        return Selection { ids, slot: None };
    }
    Selection::one(id.clone())
}

fn count(node: &Node<'_>) -> usize {
    node.children.iter().map(|c| usize::from(c.element.is_some()) + if c.element.is_some() { 0 } else { count(c) }).sum()
}

/// A site is called by its name in the catalog.
fn name_sites(nodes: &mut [Node<'_>], view: &View<'_>) {
    for node in nodes.iter_mut().filter(|n| n.key == "terms").flat_map(|n| n.children.iter_mut()) {
        if let Some(Element::Site(site)) = node.element
            && let Some(model) = view.catalog.sites(&site.library)
        {
            node.text.clone_from(&model.name);
        }
    }
}

/// Unfolds what hides a selected element.
fn reveal(nodes: &[Node<'_>], state: &mut State) {
    for node in nodes {
        if node.holds(&state.last) {
            if node.open_by_default == state.toggled.contains(&node.key) {
                // Closed as things stand: either by default, or by hand.
                if node.open_by_default {
                    state.toggled.remove(&node.key);
                } else {
                    state.toggled.insert(node.key.clone());
                }
            }
            reveal(&node.children, state);
        }
    }
}

/// Adds the lines of a node and of what is unfolded under it. Returns whether any was added, and the worst finding within.
fn flatten<'n, 'a>(
    node: &'n Node<'a>,
    depth: usize,
    state: &State,
    wanted: &str,
    marks: &BTreeMap<&Id, Severity>,
    lines: &mut Vec<Line<'n, 'a>>,
) -> (bool, Option<Severity>) {
    let fits = wanted.is_empty()
        || node.element.is_some_and(|e| {
            e.name().to_lowercase().contains(wanted) || e.id().as_str().to_lowercase().contains(wanted) || e.kind().label().to_lowercase().contains(wanted)
        });
    let open = !wanted.is_empty() || (node.open_by_default != state.toggled.contains(&node.key));
    let place = lines.len();
    lines.push(Line { node, depth, open, worst: None });
    let mut worst = node.element.and_then(|e| marks.get(e.id()).copied());
    let mut any = false;
    if open {
        for child in &node.children {
            let (added, severity) = flatten(child, depth + 1, state, wanted, marks, lines);
            any |= added;
            worst = worse(worst, severity);
        }
    } else {
        worst = worse(worst, worst_within(node, marks));
    }
    if !fits && !any && !(wanted.is_empty()) {
        lines.truncate(place);
        return (false, None);
    }
    lines[place].worst = worst;
    (true, worst)
}

fn worst_within(node: &Node<'_>, marks: &BTreeMap<&Id, Severity>) -> Option<Severity> {
    node.children.iter().fold(None, |w, c| worse(worse(w, c.element.and_then(|e| marks.get(e.id()).copied())), worst_within(c, marks)))
}

/// The worse of two; severities are ordered worst first.
fn worse(a: Option<Severity>, b: Option<Severity>) -> Option<Severity> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The tree of a plan. Every element is in it once, also one whose hall or loop is missing.
fn tree(plan: &Plan) -> Vec<Node<'_>> {
    let mut by_kind: BTreeMap<Kind, Vec<&Element>> = BTreeMap::new();
    for e in plan.elements.values() {
        by_kind.entry(e.kind()).or_default().push(e);
    }
    let mut in_hall: BTreeMap<&Id, Vec<&Element>> = BTreeMap::new();
    let mut of_loop: BTreeMap<&Id, Vec<&Element>> = BTreeMap::new();
    let mut lost = Vec::new();
    for e in plan.elements.values() {
        if let Some(hall) = e.hall() {
            if matches!(plan.get(hall), Some(Element::Hall(_))) { in_hall.entry(hall).or_default().push(e) } else { lost.push(e) }
        } else if let Element::Cdu(c) = e {
            if matches!(plan.get(&c.tcs), Some(Element::Tcs(l)) if matches!(plan.get(&l.hall), Some(Element::Hall(_)))) {
                of_loop.entry(&c.tcs).or_default().push(e)
            } else {
                lost.push(e)
            }
        }
    }
    let list = |kinds: &[Kind]| -> Vec<Node<'_>> { kinds.iter().flat_map(|k| by_kind.get(k).into_iter().flatten()).map(|e| Node::element(e)).collect() };
    let halls = by_kind.get(&Kind::Hall).into_iter().flatten().map(|h| hall(h, &in_hall, &of_loop)).collect();
    let power = vec![
        Node::folder("buses", "Buses", true, list(&[Kind::Bus])),
        Node::folder("transformers", "Transformers and feeders", true, list(&[Kind::Transformer, Kind::Feeder])),
        Node::folder("blocks", "Power blocks", false, list(&[Kind::Block])),
    ];
    let mut tree = list(&[Kind::Campus]);
    tree.push(Node::folder("halls", "Halls", true, halls));
    tree.push(Node::folder("power", "Power", true, full(power)));
    tree.push(Node::folder("plant", "Cooling plant", true, list(&[Kind::Fws, Kind::Cooler])));
    tree.push(Node::folder("supply", "Supply", true, list(&[Kind::Grid, Kind::Generator, Kind::Battery])));
    tree.push(Node::folder("scenarios", "Scenarios", false, list(&[Kind::Scenario])));
    tree.push(Node::folder("terms", "Site, workload, contract", true, list(&[Kind::Site, Kind::Workload, Kind::Contract])));
    tree.push(Node::folder("accepted", "Accepted findings", false, list(&[Kind::Acceptance])));
    tree.push(Node::folder("lost", "In no hall", true, lost.into_iter().map(Node::element).collect()));
    full(tree)
}

/// Without the folders that hold nothing.
fn full(nodes: Vec<Node<'_>>) -> Vec<Node<'_>> {
    nodes.into_iter().filter(|n| n.element.is_some() || !n.children.is_empty()).collect()
}

fn hall<'a>(hall: &'a Element, in_hall: &BTreeMap<&Id, Vec<&'a Element>>, of_loop: &BTreeMap<&Id, Vec<&'a Element>>) -> Node<'a> {
    let inside = in_hall.get(hall.id()).map_or(&[] as &[_], Vec::as_slice);
    let of = |kind: Kind| inside.iter().filter(move |e| e.kind() == kind).map(|e| Node::element(e));
    let loops = of(Kind::Tcs).map(|mut l| {
        l.children = l.element.and_then(|e| of_loop.get(e.id())).into_iter().flatten().map(|c| Node::element(c)).collect();
        l
    });
    let key = |part: &str| format!("{}/{part}", hall.id());
    let folders = vec![
        Node::folder(&key("rows"), "Rows", false, of(Kind::Row).collect()),
        Node::folder(&key("loops"), "Coolant loops and CDUs", false, loops.collect()),
        Node::folder(&key("air"), "Air handlers", false, of(Kind::AirHandler).collect()),
    ];
    let mut node = Node::element(hall);
    node.children = full(folders);
    node
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::file;

    fn plan() -> Plan {
        let text = r#"(format: 1, campus: (name: "C", date: "2026-11"), site: (library: "memphis"), workload: (gpu: "90 %", cpu: "50 %"),
            halls: [(id: "H1", at: (0.0, 0.0), size: (50.0, 30.0), supply_air: "25 °C", recirculation: "5 %")],
            rows: [(id: "R1", hall: "H1", at: (5.0, 5.0), rack: "x", count: 4, a: "B1", busway: "y"), (id: "R2", hall: "nowhere", at: (5.0, 9.0), rack: "x", count: 4, a: "B1", busway: "y")],
            tcs: [(id: "L1", hall: "H1", coolant: Pg25, supply: "30 °C", header: "150 mm", roughness: "0.05 mm")],
            cdus: [(id: "CDU1", tcs: "L1", fws: "F", model: "m", at: (1.0, 1.0)), (id: "CDU2", tcs: "L9", fws: "F", model: "m", at: (1.0, 1.0))])"#;
        file::read(text).unwrap().plan
    }

    fn ids(nodes: &[Node<'_>], found: &mut Vec<String>) {
        for n in nodes {
            found.extend(n.element.map(|e| e.id().to_string()));
            ids(&n.children, found);
        }
    }

    #[test]
    fn every_element_is_in_the_tree_once() {
        let plan = plan();
        let mut found = Vec::new();
        ids(&tree(&plan), &mut found);
        found.sort();
        let mut wanted: Vec<String> = plan.elements.keys().map(ToString::to_string).collect();
        wanted.sort();
        assert_eq!(found, wanted);
    }

    #[test]
    fn selecting_unfolds_and_filtering_finds() {
        let plan = plan();
        let tree = tree(&plan);
        let mut state = State { last: BTreeSet::from([Id::from("CDU1")]), ..State::default() };
        reveal(&tree, &mut state);
        let lines = |state: &State, wanted: &str| {
            let mut lines = Vec::new();
            tree.iter().for_each(|n| {
                flatten(n, 0, state, wanted, &BTreeMap::new(), &mut lines);
            });
            lines.iter().filter_map(|l| l.node.element.map(|e| e.id().to_string())).collect::<Vec<_>>()
        };
        assert!(lines(&state, "").contains(&"CDU1".to_owned()));
        assert!(!lines(&State::default(), "").contains(&"CDU1".to_owned()));
        assert_eq!(lines(&State::default(), "r1"), ["H1", "R1"]);
        assert!(lines(&State::default(), "nothing").is_empty());
    }

    #[test]
    fn a_folded_folder_shows_the_worst_within() {
        let plan = plan();
        let tree = tree(&plan);
        let id = Id::from("R1");
        let marks = BTreeMap::from([(&id, Severity::Broken)]);
        let mut lines = Vec::new();
        tree.iter().for_each(|n| {
            flatten(n, 0, &State::default(), "", &marks, &mut lines);
        });
        let of = |text: &str| lines.iter().find(|l| l.node.text == text).unwrap().worst;
        assert_eq!(of("Halls"), Some(Severity::Broken));
        assert_eq!(of("H1"), Some(Severity::Broken));
        assert_eq!(of("In no hall"), None);
    }
}
