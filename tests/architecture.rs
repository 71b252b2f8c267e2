//! The house rules that a compiler doesn't keep: layers, sources, colors, no panics, and layouts that stay byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use megawatt::plan::{Catalog, file};
use megawatt::session::{Terms, prepare};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Modules by layer. A module uses only layers above its own …
const LAYERS: &[&[&str]] =
    &[&["units", "numerics"], &["physics", "plan"], &["edit", "solve"], &["checks", "exchange"], &["session"], &["cli", "ui"], &["main"]];
/// … but not these: a plan, its edits and what is shown of them need no equations solved …
const FORBIDDEN: &[(&str, &str)] =
    &[("plan", "numerics"), ("edit", "numerics"), ("edit", "physics"), ("checks", "numerics"), ("cli", "numerics"), ("ui", "numerics")];
/// … and these of their own layer: a foreign format's findings have the severities of all others.
const ALSO: &[(&str, &str)] = &[("exchange", "checks")];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|l| l.contains(&module))
}

fn may_use(from: &str, to: &str) -> bool {
    if from == to || ALSO.contains(&(from, to)) {
        return true;
    }
    match (layer(from), layer(to)) {
        (Some(a), Some(b)) => b < a && !FORBIDDEN.contains(&(from, to)),
        _ => false,
    }
}

/// Modules that a source text names as `crate::module` (or `megawatt::module` in `main.rs`), one by one or in braces, comments left out.
fn uses(text: &str) -> BTreeSet<String> {
    let code = code_only(text);
    let mut found = BTreeSet::new();
    for prefix in ["crate::", "megawatt::"] {
        for (at, _) in code.match_indices(prefix) {
            let rest = &code[at + prefix.len()..];
            if let Some(list) = rest.strip_prefix('{') {
                found.extend(top_names(list));
            } else {
                found.insert(word(rest));
            }
        }
    }
    found.retain(|name| layer(name).is_some());
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Names at the top of a list in braces: `plan::{Id, Plan}, units::*}` gives `plan` and `units`.
fn top_names(list: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0;
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(String::new()),
            other if depth == 0 => names.last_mut().unwrap().push(other),
            _ => {}
        }
    }
    names.iter().map(|n| word(n.trim())).collect()
}

/// Source without comments.
fn code_only(text: &str) -> String {
    text.lines().map(|l| if l.trim_start().starts_with("//") { "" } else { l.split(" // ").next().unwrap_or("") }).collect::<Vec<_>>().join("\n")
}

/// Source without comments and without its test module, which by the habit of this project ends a file.
fn shipped(text: &str) -> String {
    let code = code_only(text);
    let lines: Vec<&str> = code.lines().collect();
    let begins_tests = |n: &usize| {
        let behind = lines[*n + 1..].iter().map(|l| l.trim()).find(|l| !l.is_empty() && !l.starts_with('#'));
        lines[*n].trim() == "#[cfg(test)]" && behind.is_some_and(|l| l.starts_with("mod ") && l.ends_with('{'))
    };
    let end = (0..lines.len()).find(begins_tests).unwrap_or(lines.len());
    lines[..end].join("\n")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut list = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            list.push(path);
        }
    }
    list.sort();
    list
}

/// Path below `src`, its top module and text of every source file.
fn sources() -> Vec<(String, String, String)> {
    let src = root().join("src");
    let list: Vec<_> = files(&src, "rs")
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
            let module = name.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            (name, module, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    assert!(list.len() > 50, "the sources are not where this test looks");
    list
}

fn is_test_file(name: &str) -> bool {
    let stem = name.rsplit('/').next().unwrap();
    stem == "tests.rs" || stem.ends_with("_tests.rs") || name.contains("/tests/")
}

/// What a source file of a module uses and may not.
fn violations(module: &str, text: &str) -> Vec<String> {
    uses(text).into_iter().filter(|to| !may_use(module, to)).collect()
}

#[test]
fn modules_use_only_the_layers_above_their_own() {
    let mut bad = Vec::new();
    for (name, module, text) in sources() {
        if module == "lib" || is_test_file(&name) {
            continue;
        }
        assert!(layer(&module).is_some(), "{name}: the module `{module}` has no layer in this test's table");
        bad.extend(violations(&module, &shipped(&text)).into_iter().map(|to| format!("{name} uses {to}")));
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn the_layer_test_can_fail() {
    assert_eq!(violations("plan", "use crate::solve::Outcome;"), ["solve"]);
    assert_eq!(violations("plan", "use crate::{units::*, physics::{coolant, pipe}};"), ["physics"]);
    assert_eq!(violations("solve", "fn f() { crate::edit::history() }"), ["edit"]);
    assert_eq!(violations("cli", "use crate::ui::app;"), ["ui"]);
    assert_eq!(violations("units", "use crate::numerics::roots;"), ["numerics"]);
    assert!(violations("ui", "use crate::{plan::Plan, session::{Session, storage}};").is_empty());
    assert!(violations("plan", "/// As in [`crate::solve`].\n// use crate::solve;\nuse crate::units::*;").is_empty());
    let tests_at_both_ends = "#[cfg(test)]\nmod tests;\nuse a;\n#[cfg(test)]\n#[allow(x)]\nmod more {\n b.unwrap()\n}";
    assert_eq!(shipped(tests_at_both_ends), "#[cfg(test)]\nmod tests;\nuse a;");
    assert!(uses("use crate::{\n    plan::{Id, Plan},\n    units::*,\n};").iter().eq(["plan", "units"]));
}

#[test]
fn outside_tests_nothing_gives_up() {
    let mut bad = Vec::new();
    for (name, _, text) in sources().iter().filter(|(name, _, _)| !is_test_file(name)) {
        for (n, line) in shipped(text).lines().enumerate() {
            if [".unwrap(", ".expect(", "panic!(", "todo!(", "unimplemented!("].iter().any(|word| line.contains(word)) {
                bad.push(format!("{name}:{}: {}", n + 1, line.trim()));
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn colors_are_named_in_the_theme_only() {
    let bad: Vec<_> = sources()
        .into_iter()
        .filter(|(name, _, text)| name != "ui/theme.rs" && !is_test_file(name) && shipped(text).contains("Color32::from_"))
        .map(|s| s.0)
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn windows_and_terminals_stay_at_the_edge() {
    for (name, module, text) in sources() {
        let code = code_only(&text);
        assert!(module == "ui" || name == "main.rs" || !(code.contains("egui::") || code.contains("eframe::")), "{name} knows the window");
        assert!(["session", "ui", "cli"].contains(&module.as_str()) || !code.contains("std::thread"), "{name} starts threads");
        let pure = ["units", "numerics", "physics", "plan", "edit", "solve", "checks"].contains(&module.as_str());
        assert!(!pure || is_test_file(&name) || !shipped(&text).contains("std::fs"), "{name} reads files");
    }
}

/// Public functions of a source text whose documentation has no `# Source`.
fn unsourced(text: &str) -> Vec<String> {
    let mut missing = Vec::new();
    let mut docs = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("///") {
            docs.push_str(doc);
            docs.push('\n');
        } else if line.starts_with("pub fn ") || line.starts_with("pub const fn ") {
            if !docs.contains("# Source") {
                missing.push(line.chars().take(80).collect());
            }
            docs.clear();
        } else if !line.starts_with('#') && !line.is_empty() {
            docs.clear();
        }
    }
    missing
}

#[test]
fn every_equation_has_a_source() {
    assert_eq!(unsourced("/// A sum.\n#[must_use]\npub fn f() {}\n/// B.\n/// # Source\n/// Derived.\npub fn g() {}"), ["pub fn f() {}"]);
    let mut bad = Vec::new();
    for path in files(&root().join("src/physics"), "rs") {
        let text = std::fs::read_to_string(&path).unwrap();
        let part = text.split("#[cfg(test)]\n").next().unwrap();
        bad.extend(unsourced(part).into_iter().map(|f| format!("{}: {f}", path.file_name().unwrap().to_string_lossy())));
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// Keys of the sources named by the figures of a catalog.
fn source_keys(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => {
            if let [_, Value::String(letter), Value::String(source)] = list.as_slice()
                && ["P", "S", "U", "K"].contains(&letter.as_str())
            {
                keys.insert(source.clone());
            }
            list.iter().for_each(|v| source_keys(v, keys));
        }
        Value::Object(map) => {
            keys.extend(map.get("source").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|v| source_keys(v, keys));
        }
        _ => {}
    }
}

#[test]
fn every_catalog_figure_names_a_source_that_is_there() {
    let mut catalogs = vec![("built in".to_owned(), Catalog::builtin().unwrap())];
    for path in layouts() {
        let plan = file::read(&std::fs::read_to_string(&path).unwrap()).unwrap().plan;
        catalogs.push((path.display().to_string(), catalogs[0].1.with(&plan.catalog)));
    }
    for (name, catalog) in catalogs {
        let mut keys = BTreeSet::new();
        source_keys(&serde_json::to_value(&catalog).unwrap(), &mut keys);
        assert!(keys.len() > 20, "{name}: the figures are not where this test looks");
        let unknown: Vec<_> = keys.iter().filter(|k| !catalog.sources.contains_key(*k)).collect();
        assert!(unknown.is_empty(), "{name}: {unknown:#?}");
    }
}

fn layouts() -> Vec<PathBuf> {
    let list = files(&root().join("layouts"), "ron");
    assert!(!list.is_empty());
    list
}

#[test]
fn layouts_load_solve_and_stay_byte_for_byte() {
    for path in layouts() {
        let text = std::fs::read_to_string(&path).unwrap();
        let loaded = file::read(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(loaded.ignored.is_empty(), "{}: {:?}", path.display(), loaded.ignored);
        assert!(file::write(&loaded.plan, &loaded.header).unwrap() == text, "{}: saving it unchanged changes it", path.display());
        assert!(text.len() <= 200_000, "{} is too large to read", path.display());
        let solved = prepare(&loaded, Some(&path), &Terms::default()).unwrap().solve();
        let excluded: Vec<_> = solved.outcome.problems.iter().filter(|p| p.excluded).collect();
        assert!(excluded.is_empty(), "{}: {excluded:#?}", path.display());
    }
}

#[test]
fn the_map_names_every_top_module() {
    let map = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let docs: String = map.lines().filter(|l| l.starts_with("//!")).collect();
    for module in LAYERS.iter().flat_map(|l| l.iter()) {
        let named = if *module == "main" { "main.rs".to_owned() } else { (*module).to_owned() };
        assert!(docs.contains(&format!("`{named}`")), "lib.rs doesn't tell what `{named}` is");
    }
}
