//! `megawatt catalog`: what is built in, with sources.

use super::output::{self, Failure};
use super::table::table;
use crate::plan::Catalog;
use clap::Args;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Kinds of entries as files name their lists, and as people name one.
const KINDS: &[(&str, &str)] = &[
    ("racks", "rack"),
    ("cdus", "CDU"),
    ("air_handlers", "air handler"),
    ("dry_coolers", "dry cooler"),
    ("towers", "cooling tower"),
    ("chillers", "chiller"),
    ("pumps", "pump"),
    ("transformers", "transformer"),
    ("ups", "UPS"),
    ("busways", "busway"),
    ("conductors", "conductor"),
    ("gensets", "diesel set"),
    ("generators", "generator"),
    ("batteries", "battery"),
    ("tariffs", "tariff"),
    ("sites", "site"),
    ("climates", "climate"),
];

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt catalog\n  megawatt catalog rack\n  megawatt catalog \"dry cooler\" --json\n\nLetters: P primary source, S secondary, U uncertain, K engineering judgment; all but P are assumed."
)]
pub(super) struct Arguments {
    /// Kind of entries, for example `rack` or `chiller`; without it a list of all.
    kind: Option<String>,
    /// Print as JSON, as catalog files have it.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let catalog = Catalog::builtin()?;
    let Value::Object(lists) = serde_json::to_value(&catalog)? else {
        return Err(Failure::Internal("the catalog is not a list of lists".to_owned()));
    };
    match &arguments.kind {
        None if arguments.json => output::emit_json(&lists),
        None => output::emit(&overview(&catalog)),
        Some(kind) => {
            let (list, _) = find(kind)?;
            let entries = lists.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
            if arguments.json {
                let mut part = Map::new();
                part.insert("sources".to_owned(), serde_json::to_value(sources_of(&catalog, &entries))?);
                part.insert(list.to_owned(), Value::Array(entries));
                output::emit_json(&part)
            } else {
                output::emit(&details(&catalog, &entries))
            }
        }
    }
}

fn find(kind: &str) -> Result<(&'static str, &'static str), Failure> {
    let plain = |t: &str| t.to_lowercase().replace(['_', '-', ' '], "").trim_end_matches('s').to_owned();
    let wanted = plain(kind);
    let found = KINDS.iter().find(|(list, label)| plain(list) == wanted || plain(label) == wanted);
    found.copied().ok_or_else(|| Failure::Input(format!("there is no kind `{kind}` in the catalog; there are {}", keys(KINDS.iter().map(|k| k.1)))))
}

/// Names in back quotes, for a message.
pub(super) fn keys<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

fn overview(catalog: &Catalog) -> String {
    table(&["kind", "key", "name"], catalog.entries().into_iter().map(|(kind, key, name)| vec![kind.to_owned(), key.to_owned(), name]))
}

/// Every figure of every entry with its letter and source, then the sources in full.
fn details(catalog: &Catalog, entries: &[Value]) -> String {
    let mut text = String::new();
    for entry in entries {
        let Value::Object(fields) = entry else { continue };
        let of = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(text, "{}  {}", of("id"), if of("name").is_empty() { of("station") } else { of("name") });
        let mut rows = Vec::new();
        for (name, value) in fields.iter().filter(|(name, _)| !["id", "name"].contains(&name.as_str())) {
            figures(name, value, &mut rows);
        }
        text.push_str(&table(
            &["  figure", "value", "", "source"],
            rows.into_iter().map(|[name, value, letter, source]| vec![format!("  {name}"), value, letter, source]),
        ));
        text.push('\n');
    }
    text.push_str("Sources\n");
    for (key, reference) in sources_of(catalog, entries) {
        let _ = writeln!(text, "{key}: {reference}");
    }
    text
}

/// A value with its letter and the key of its source, as files write it: `["132 kW", "S", "key"]`.
fn as_figure(value: &Value) -> Option<(&Value, &str, &str)> {
    let [inner, Value::String(letter), Value::String(source)] = value.as_array()?.as_slice() else { return None };
    ["P", "S", "U", "K"].contains(&letter.as_str()).then_some((inner, letter.as_str(), source.as_str()))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(map) => map.iter().map(|(k, v)| format!("{k} {}", plain(v))).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn figures(name: &str, value: &Value, rows: &mut Vec<[String; 4]>) {
    if let Some((inner, letter, source)) = as_figure(value) {
        rows.push([name.to_owned(), plain(inner), letter.to_owned(), source.to_owned()]);
        return;
    }
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| figures(&format!("{name}.{key}"), inner, rows)),
        Value::Array(list) if list.iter().any(Value::is_object) => {
            list.iter().enumerate().for_each(|(i, inner)| figures(&format!("{name}.{}", i + 1), inner, rows))
        }
        // Hourly statistics of a climate are for programs; how many there are is enough here.
        Value::Array(list) if list.len() > 6 => rows.push([name.to_owned(), format!("{} values or lines", list.len()), String::new(), String::new()]),
        other => rows.push([name.to_owned(), plain(other), String::new(), String::new()]),
    }
}

/// Key and full reference of every source that these entries name.
pub(super) fn sources_of(catalog: &Catalog, entries: &[Value]) -> Vec<(String, String)> {
    fn collect(value: &Value, keys: &mut BTreeSet<String>) {
        if let Some((inner, _, source)) = as_figure(value) {
            keys.insert(source.to_owned());
            collect(inner, keys);
            return;
        }
        match value {
            Value::Object(map) => {
                keys.extend(map.get("source").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|v| collect(v, keys));
            }
            Value::Array(list) => list.iter().for_each(|v| collect(v, keys)),
            _ => {}
        }
    }
    let mut keys = BTreeSet::new();
    entries.iter().for_each(|e| collect(e, &mut keys));
    keys.into_iter().filter_map(|key| catalog.sources.get(&key).map(|text| (key.clone(), text.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_catalog() {
        let catalog = Catalog::builtin().unwrap();
        let labels: BTreeSet<&str> = catalog.entries().into_iter().map(|e| e.0).collect();
        for label in labels {
            assert!(KINDS.iter().any(|(_, l)| *l == label), "{label} is in the catalog and can't be asked for");
        }
        let lists = serde_json::to_value(&catalog).unwrap();
        for (list, label) in KINDS {
            let count = catalog.entries().iter().filter(|e| e.0 == *label).count();
            assert_eq!(lists.get(list).and_then(Value::as_array).map_or(0, Vec::len), count, "{list}");
        }
        assert_eq!(find("Dry-Coolers").unwrap().0, "dry_coolers");
        assert!(find("spaceship").is_err());
    }
}
