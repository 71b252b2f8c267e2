//! What the catalog says of an entry: every figure with its confidence and its source, read from the entry as data.

use crate::plan::Catalog;
use crate::units::{Area, Length, Mass, Pressure, Quantity, System, Temperature, TemperatureDifference, Volume, VolumeFlow, show};
use serde_json::Value;

/// One figure of a catalog entry.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureLine {
    /// Field names from the entry down, for example `liquid`, `max supply`.
    pub path: Vec<String>,
    /// The value as text.
    pub value: String,
    /// How far to trust it, for people; none where the entry states no source.
    pub confidence: Option<&'static str>,
    /// Whether it is shown as assumed.
    pub assumed: bool,
    /// The full reference.
    pub source: String,
}

impl FigureLine {
    /// The field in plain words.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.join(", ")
    }
    /// What hovering it says.
    #[must_use]
    pub fn hover(&self) -> String {
        match self.confidence {
            Some(confidence) if self.source.is_empty() => confidence.to_owned(),
            Some(confidence) => format!("{confidence}\n{}", self.source),
            None => "stated by the catalog without a source of its own".to_owned(),
        }
    }
}

/// An entry as data, by kind and key.
#[must_use]
pub fn entry(catalog: &Catalog, kind: &str, id: &str) -> Option<Value> {
    fn json<T: serde::Serialize>(model: Option<&T>) -> Option<Value> {
        model.and_then(|m| serde_json::to_value(m).ok())
    }
    match kind {
        "rack" => json(catalog.racks(id)),
        "CDU" => json(catalog.cdus(id)),
        "air handler" => json(catalog.air_handlers(id)),
        "dry cooler" => json(catalog.dry_coolers(id)),
        "cooling tower" => json(catalog.towers(id)),
        "chiller" => json(catalog.chillers(id)),
        "pump" => json(catalog.pumps(id)),
        "transformer" => json(catalog.transformers(id)),
        "UPS" => json(catalog.ups(id)),
        "busway" => json(catalog.busways(id)),
        "conductor" => json(catalog.conductors(id)),
        "diesel set" => json(catalog.gensets(id)),
        "generator" => json(catalog.generators(id)),
        "battery" => json(catalog.batteries(id)),
        "tariff" => json(catalog.tariffs(id)),
        "site" => json(catalog.sites(id)),
        "climate" => json(catalog.climates(id)),
        _ => None,
    }
}

/// Every figure of an entry, by field name.
#[must_use]
pub fn figures(catalog: &Catalog, kind: &str, id: &str, system: System) -> Vec<FigureLine> {
    let mut lines = Vec::new();
    if let Some(Value::Object(map)) = entry(catalog, kind, id) {
        for (key, value) in map.iter().filter(|(k, _)| !matches!(k.as_str(), "id" | "name")) {
            walk(catalog, vec![words(key)], value, system, &mut lines);
        }
    }
    lines
}

/// The kinds of a list of catalog kinds that hold this key.
#[must_use]
pub fn kind_of<'a>(catalog: &Catalog, kinds: &[&'a str], id: &str) -> Option<&'a str> {
    kinds.iter().copied().find(|kind| catalog.entries().iter().any(|(k, key, _)| k == kind && *key == id))
}

fn words(key: &str) -> String {
    match key {
        "gpus" => "GPUs".to_owned(),
        "gpu" => "GPU".to_owned(),
        "cpu" => "CPU".to_owned(),
        "cop" => "COP".to_owned(),
        "nox" => "NOx".to_owned(),
        _ => key.replace('_', " "),
    }
}

fn confidence(letter: &str) -> Option<(&'static str, bool)> {
    let confidence: crate::plan::catalog::Confidence = serde_json::from_value(Value::String(letter.to_owned())).ok()?;
    Some((confidence.label(), confidence.assumed()))
}

fn walk(catalog: &Catalog, path: Vec<String>, value: &Value, system: System, lines: &mut Vec<FigureLine>) {
    match value {
        // A figure is its value, a letter and the key of its source.
        Value::Array(parts) if parts.len() == 3 => {
            if let (Some(letter), Some(key)) = (parts[1].as_str(), parts[2].as_str())
                && let Some((label, assumed)) = confidence(letter)
            {
                let source = catalog.sources.get(key).cloned().unwrap_or_else(|| key.to_owned());
                let text = text_of(&parts[0], system, path.last().map_or("", String::as_str));
                lines.push(FigureLine { path, value: text, confidence: Some(label), assumed, source });
                return;
            }
            plain(path, value, system, lines);
        }
        Value::Object(map) => {
            // What a part is stands in its name already.
            let named = path.len() > 1;
            for (key, inner) in map.iter().filter(|(k, _)| !(named && k.as_str() == "kind")) {
                let mut deeper = path.clone();
                deeper.push(words(key));
                walk(catalog, deeper, inner, system, lines);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (i, item) in items.iter().enumerate() {
                let mut deeper = path.clone();
                let name = item
                    .get("kind")
                    .or_else(|| item.get("name"))
                    .and_then(Value::as_str)
                    .map_or_else(|| format!("{}", i + 1), |kind| words(&kind.to_lowercase()));
                deeper.push(name);
                walk(catalog, deeper, item, system, lines);
            }
        }
        // Tables of statistics are for the solver, not for reading.
        Value::Array(items) if items.len() > 12 || items.iter().any(Value::is_array) => {}
        Value::Null => {}
        _ => plain(path, value, system, lines),
    }
}

fn plain(path: Vec<String>, value: &Value, system: System, lines: &mut Vec<FigureLine>) {
    let text = text_of(value, system, path.last().map_or("", String::as_str));
    if !text.is_empty() {
        lines.push(FigureLine { path, value: text, confidence: None, assumed: false, source: String::new() });
    }
}

/// A value as people read it. Lengths that make a size have no unit in the file; they are meters.
fn text_of(value: &Value, system: System, field: &str) -> String {
    match value {
        Value::String(text) => quantity(text, system),
        Value::Number(n) => n.as_f64().map_or_else(|| n.to_string(), short),
        Value::Bool(b) => if *b { "yes" } else { "no" }.to_owned(),
        Value::Array(items) if field == "size" && items.len() == 3 => {
            let meters: Vec<String> = items.iter().filter_map(Value::as_f64).map(|m| show(Length::from_meters(m), system)).collect();
            meters.join(" × ")
        }
        Value::Array(items) => {
            let between = if items.iter().any(Value::is_array) { ";  " } else { ", " };
            items.iter().map(|v| text_of(v, system, "")).collect::<Vec<_>>().join(between)
        }
        Value::Object(map) => map.iter().map(|(k, v)| format!("{} {}", words(k), text_of(v, system, k))).collect::<Vec<_>>().join("; "),
        Value::Null => String::new(),
    }
}

fn short(number: f64) -> String {
    let text = format!("{number}");
    if text.len() > 10 { format!("{number:.5}") } else { text.replace('-', "−") }
}

/// Text of a file in the units of the reader: in SI as it stands in the file.
#[must_use]
pub fn quantity(text: &str, system: System) -> String {
    if system == System::Si {
        return text.to_owned();
    }
    fn us<Q: Quantity>(text: &str) -> Option<String> {
        Q::parse(text).ok().map(|q| show(q, System::Us))
    }
    let tries = [us::<Temperature>, us::<TemperatureDifference>, us::<VolumeFlow>, us::<Pressure>, us::<Length>, us::<Area>, us::<Volume>, us::<Mass>];
    tries.iter().find_map(|parse| parse(text)).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::file::read_ron;

    fn catalog() -> Catalog {
        let text = r#"(
            pumps: [(id: "p", name: "Pump", maker: "M", flow: ("100 L/min", P, "sheet"), head: ("300 kPa", K, "none"), shutoff: ("380 kPa", U, "sheet"),
                efficiency: ("70 %", S, "sheet"), size: ((1.0, 2.0, 1.5), K, "none"))],
            sources: {"sheet": "Data sheet, p. 3"},
        )"#;
        read_ron(text).unwrap()
    }

    #[test]
    fn figures_know_their_source() {
        let lines = figures(&catalog(), "pump", "p", System::Si);
        let find = |name: &str| lines.iter().find(|l| l.name() == name).unwrap();
        assert_eq!(find("flow").value, "100 L/min");
        assert!(!find("flow").assumed);
        assert_eq!(find("flow").source, "Data sheet, p. 3");
        assert!(find("head").assumed);
        assert_eq!(find("size").value, "1.00 m × 2.00 m × 1.50 m");
        assert_eq!(find("maker").confidence, None);
    }

    #[test]
    fn a_planner_may_read_gallons() {
        let lines = figures(&catalog(), "pump", "p", System::Us);
        assert!(lines.iter().any(|l| l.value == "26.4 gpm"), "{lines:?}");
        assert_eq!(quantity("no quantity", System::Us), "no quantity");
        assert_eq!(kind_of(&catalog(), &["CDU", "pump"], "p"), Some("pump"));
    }

    #[test]
    fn every_entry_of_the_catalog_can_be_shown() {
        let catalog = Catalog::builtin().unwrap();
        for (kind, id, _) in catalog.entries() {
            let lines = figures(&catalog, kind, id, System::Si);
            assert!(!lines.is_empty(), "{kind} {id}");
            assert!(lines.iter().all(|l| !l.value.contains('{') && l.value.len() < 400), "{kind} {id}: {lines:?}");
        }
    }
}
