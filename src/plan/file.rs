//! RON text ⇄ plan. No disk access: that is `session::storage`.
//!
//! The text has one element a line, lists in a fixed order and elements by id, so that two versions of a plan compare line by line and
//! save → load → save changes no byte. Comment lines before the opening parenthesis are kept.

use super::*;
use std::fmt::Write as _;

/// The format this program writes.
pub const FORMAT: u32 = 1;

/// Why a text is not a plan (or a catalog). Nothing was loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct LoadError {
    /// The file, where there is one.
    pub file: Option<String>,
    /// Line and column, from 1.
    pub at: Option<(usize, usize)>,
    /// The element the place lies in.
    pub element: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl LoadError {
    /// An error with a message alone.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { file: None, at: None, element: None, message: message.into(), hint: String::new() }
    }
    /// With advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
    /// In a file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }
    fn at_line(mut self, line: Option<usize>) -> Self {
        self.at = line.map(|l| (l, 1));
        self
    }
    fn sentence(&self) -> String {
        let mut text = self.file.clone().unwrap_or_default();
        if let Some((line, column)) = self.at {
            let _ = write!(text, "{}line {line}, column {column}", if text.is_empty() { "" } else { ", " });
        }
        if let Some(element) = &self.element {
            let _ = write!(text, "{}element `{element}`", if text.is_empty() { "" } else { ", " });
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&self.message);
        if !self.hint.is_empty() {
            let _ = write!(text, " ({})", self.hint);
        }
        text
    }
}

/// Something in a file that was left out, by name and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Path of the field, for example `rows.3.colour`.
    pub path: String,
    /// Line, where it could be told.
    pub line: Option<usize>,
}

/// A plan as read, with what a plan itself doesn't hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The plan.
    pub plan: Plan,
    /// Comment lines at the top.
    pub header: String,
    /// Unknown fields, left out.
    pub ignored: Vec<Ignored>,
}

fn options() -> ron::Options {
    ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
}

macro_rules! plan_file {
    ($($list:ident: $kind:ident,)*) => {
        #[derive(Deserialize)]
        struct PlanFile {
            #[allow(dead_code, reason = "read beforehand, by `Head`")]
            format: u32,
            campus: Campus,
            site: Site,
            workload: Workload,
            #[serde(default)]
            contract: Option<Contract>,
            $(#[serde(default)] $list: Vec<$kind>,)*
            #[serde(default)]
            catalog: Catalog,
        }

        impl PlanFile {
            fn into_plan(self, text: &str) -> Result<Plan, LoadError> {
                let mut plan = Plan { elements: BTreeMap::new(), catalog: std::sync::Arc::new(self.catalog) };
                let mut add = |element: Element| -> Result<(), LoadError> {
                    let id = element.id().clone();
                    validate(&element).map_err(|m| LoadError { element: Some(id.to_string()), ..LoadError::new(m) }.at_line(line_of_id(text, id.as_str(), 1)))?;
                    match plan.elements.insert(id.clone(), element) {
                        None => Ok(()),
                        Some(first) => Err(LoadError { element: Some(id.to_string()), ..LoadError::new(format!("the id `{id}` is used twice; the first is a {}", first.kind().label())) }
                            .at_line(line_of_id(text, id.as_str(), 2))
                            .hint("give each element an id of its own")),
                    }
                };
                add(self.campus.into())?;
                add(self.site.into())?;
                add(self.workload.into())?;
                if let Some(contract) = self.contract { add(contract.into())?; }
                $(for e in self.$list { add(e.into())?; })*
                Ok(plan)
            }
        }

        fn write_lists(text: &mut String, plan: &Plan) -> Result<(), ron::Error> {
            $(write_list(text, stringify!($list), plan.elements.values().filter_map(|e| if let Element::$kind(x) = e { Some(x) } else { None }))?;)*
            Ok(())
        }
    };
}

plan_file! {
    grids: Grid,
    generators: Generator,
    batteries: Battery,
    buses: Bus,
    transformers: Transformer,
    feeders: Feeder,
    blocks: Block,
    halls: Hall,
    rows: Row,
    tcs: Tcs,
    cdus: Cdu,
    air_handlers: AirHandler,
    fws: Fws,
    coolers: Cooler,
    scenarios: Scenario,
    accepted: Acceptance,
}

fn write_list<'a, T: Serialize + 'a>(text: &mut String, name: &str, items: impl Iterator<Item = &'a T>) -> Result<(), ron::Error> {
    let mut open = false;
    for item in items {
        if !open {
            let _ = writeln!(text, "    {name}: [");
            open = true;
        }
        let _ = writeln!(text, "        {},", line(item)?);
    }
    if open {
        text.push_str("    ],\n");
    }
    Ok(())
}

fn line<T: Serialize>(item: &T) -> Result<String, ron::Error> {
    options().to_string_pretty(item, ron::ser::PrettyConfig::new().depth_limit(0))
}

/// The text of a plan.
///
/// # Errors
/// When an element has no RON form, which none has.
pub fn write(plan: &Plan, header: &str) -> Result<String, LoadError> {
    let failed = |e: ron::Error| LoadError::new(format!("the plan could not be written: {e}"));
    let mut text = String::with_capacity(plan.elements.len() * 200 + 1000);
    text.push_str(header);
    let _ = writeln!(text, "(\n    format: {FORMAT},");
    if let Some(e) = plan.campus() {
        let _ = writeln!(text, "    campus: {},", line(e).map_err(failed)?);
    }
    if let Some(e) = plan.site() {
        let _ = writeln!(text, "    site: {},", line(e).map_err(failed)?);
    }
    if let Some(e) = plan.workload() {
        let _ = writeln!(text, "    workload: {},", line(e).map_err(failed)?);
    }
    if let Some(e) = plan.contract() {
        let _ = writeln!(text, "    contract: {},", line(e).map_err(failed)?);
    }
    write_lists(&mut text, plan).map_err(failed)?;
    if !plan.catalog.is_empty() {
        let config = ron::ser::PrettyConfig::new().new_line("\n").depth_limit(3);
        let block = options().to_string_pretty(&*plan.catalog, config).map_err(failed)?.replace('\n', "\n    ");
        let _ = writeln!(text, "    catalog: {block},");
    }
    text.push_str(")\n");
    Ok(text)
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: Option<u32>,
}

/// Reads the text of a plan.
///
/// # Errors
/// A sentence with line, column and element: not RON, a newer format, a wrong unit, a value out of range, an id used twice.
pub fn read(text: &str) -> Result<Loaded, LoadError> {
    let text = unmarked(text);
    let head: Head = read_ron(text)?;
    match head.format {
        Some(FORMAT) => {}
        Some(newer) if newer > FORMAT => {
            return Err(LoadError::new(format!("this plan has format {newer}; this program reads up to format {FORMAT}")).hint("open it with a newer Megawatt"));
        }
        Some(other) => return Err(LoadError::new(format!("format {other} was never written by any Megawatt"))),
        None => return Err(LoadError::new("`format` is missing; this is no layout file").hint(format!("a layout file begins with `(format: {FORMAT}, …`"))),
    }
    let (file, ignored) = read_noting::<PlanFile>(text)?;
    let plan = file.into_plan(text)?;
    let header: String = text.lines().take_while(|l| l.trim_start().starts_with("//") || l.trim().is_empty()).map(|l| format!("{l}\n")).collect();
    Ok(Loaded { plan, header, ignored })
}

/// Reads any RON value by the rules of this program.
///
/// # Errors
/// A sentence with line, column and element.
pub fn read_ron<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, LoadError> {
    let text = unmarked(text);
    options().from_str(text).map_err(|e| spanned(&e, text))
}

/// Without the byte order mark that some editors put in front.
fn unmarked(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Writes any value as RON by the rules of this program, for people to read.
///
/// # Errors
/// When the value has no RON form.
pub fn write_ron<T: Serialize>(value: &T) -> Result<String, LoadError> {
    options()
        .to_string_pretty(value, ron::ser::PrettyConfig::new().new_line("\n").depth_limit(2))
        .map_err(|e| LoadError::new(format!("could not be written: {e}")))
}

fn read_noting<T: serde::de::DeserializeOwned>(text: &str) -> Result<(T, Vec<Ignored>), LoadError> {
    let mut ignored = Vec::new();
    let mut source = ron::Deserializer::from_str_with_options(text, &options()).map_err(|e| spanned(&e, text))?;
    let value = serde_ignored::deserialize(&mut source, |path| ignored.push(path.to_string())).map_err(|e| spanned(&source.span_error(e), text))?;
    source.end().map_err(|e| spanned(&source.span_error(e), text))?;
    let ignored = ignored.into_iter().map(|path| Ignored { line: line_of_field(text, path.rsplit('.').next().unwrap_or("")), path }).collect();
    Ok((value, ignored))
}

fn spanned(error: &ron::error::SpannedError, text: &str) -> LoadError {
    let at = (error.span.start.line, error.span.start.col);
    let message = error.code.to_string();
    LoadError { file: None, at: Some(at), element: element_around(text, at.0), message, hint: String::new() }
}

/// The id written last at or before a line: with one element a line, that is the element itself.
fn element_around(text: &str, line: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().take(line).collect();
    for (back, l) in lines.iter().rev().enumerate() {
        if let Some(rest) = l.split("id: \"").nth(1).or_else(|| l.split("id:\"").nth(1)) {
            return rest.split('"').next().map(str::to_owned);
        }
        if back > 0 && l.trim_end().ends_with('[') {
            return None;
        }
    }
    None
}

fn line_of_id(text: &str, id: &str, occurrence: usize) -> Option<usize> {
    let (spaced, tight) = (format!("(id: \"{id}\""), format!("(id:\"{id}\""));
    text.lines().enumerate().filter(|(_, l)| l.contains(&spaced) || l.contains(&tight)).nth(occurrence - 1).map(|(n, _)| n + 1)
}

fn line_of_field(text: &str, field: &str) -> Option<usize> {
    let mut found = text.lines().enumerate().filter(|(_, l)| {
        l.match_indices(field).any(|(i, _)| {
            let before = l[..i].chars().next_back();
            l[i + field.len()..].trim_start().starts_with(':') && !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    });
    let first = found.next().map(|(n, _)| n + 1);
    if found.next().is_some() { None } else { first }
}
