//! What in a plan can't be understood: references to nothing, or to the wrong thing, and models the catalog doesn't have.

use super::Problem;
use crate::plan::{Catalog, Element, Id, Kind, Plan};

/// Collects the problems of a plan. The rest of it is solved.
/// References to what a scenario takes out of service are no fault of the plan.
pub(super) fn find(plan: &Plan, catalog: &Catalog, out: &[Id]) -> Vec<Problem> {
    let mut list = Vec::new();
    let entries = catalog.entries();
    for element in plan.elements.values() {
        references(plan, element, out, &mut list);
        for (field, key, kinds) in element.models() {
            if !entries.iter().any(|(kind, id, _)| kinds.contains(kind) && *id == key) {
                let known: Vec<&str> = entries.iter().filter(|(kind, _, _)| kinds.contains(kind)).map(|(_, id, _)| *id).collect();
                list.push(Problem {
                    subject: element.id().clone(),
                    field,
                    message: format!("the catalog has no {} `{key}`", kinds.join(" or ")),
                    hint: nearest(key, &known).map_or_else(|| format!("choose one of {}", shortened(&known)), |near| format!("did you mean `{near}`?")),
                    excluded: true,
                });
            }
        }
        structure(plan, element, &mut list);
    }
    list
}

fn references(plan: &Plan, element: &Element, out: &[Id], list: &mut Vec<Problem>) {
    for (field, id, kinds) in element.references() {
        let names: Vec<&str> = kinds.iter().map(|k| k.label()).collect();
        let message = match plan.get(id) {
            Some(found) if kinds.contains(&found.kind()) => continue,
            Some(found) => format!("`{field}` names `{id}`, which is a {}, not a {}", found.kind().label(), names.join(" or ")),
            None if out.contains(id) => continue,
            None if id.is_empty() => format!("`{field}` is empty"),
            None => format!("`{field}` names `{id}`, which the plan doesn't have"),
        };
        list.push(Problem { subject: element.id().clone(), field, message, hint: format!("choose a {}", names.join(" or ")), excluded: true });
    }
}

/// Faults that take more than one element to see.
fn structure(plan: &Plan, element: &Element, list: &mut Vec<Problem>) {
    let mut say = |subject: &Id, field: &'static str, message: String, hint: &str| {
        list.push(Problem { subject: subject.clone(), field, message, hint: hint.to_owned(), excluded: true });
    };
    match element {
        Element::Transformer(e) if e.from == e.to => say(&e.id, "to", format!("both ends are at `{}`", e.to), "connect it to two buses"),
        Element::Feeder(e) if e.from == e.to => say(&e.id, "to", format!("both ends are at `{}`", e.to), "connect it to two buses"),
        Element::Tcs(e) if plan.cdus().all(|c| c.tcs != e.id || c.units == 0) => {
            say(&e.id, "cdu", "the loop has no pump: no CDU feeds it".to_owned(), "add a CDU to the loop");
        }
        Element::Campus(e) if plan.elements.values().all(|x| x.kind() != Kind::Grid && x.kind() != Kind::Generator) => {
            say(&e.id, "supply", "nothing feeds the campus: there is no grid connection and no generator".to_owned(), "add a grid connection at a bus");
        }
        _ => {}
    }
}

/// The known key most like the wanted one, if any is like it at all.
fn nearest<'a>(wanted: &str, known: &[&'a str]) -> Option<&'a str> {
    known.iter().map(|k| (distance(wanted, k), *k)).filter(|(d, k)| *d <= 1 + k.len() / 4).min().map(|(_, k)| k)
}

/// Levenshtein's edit distance: insertions, deletions and substitutions that turn one text into the other.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = if x == *y { diagonal } else { 1 + diagonal.min(row[j]).min(row[j + 1]) };
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

fn shortened(known: &[&str]) -> String {
    let mut text = known.iter().take(8).map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ");
    if known.len() > 8 {
        text.push_str(", …");
    }
    text
}
