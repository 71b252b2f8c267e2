//! `megawatt check`: findings only.

use super::output::{self, Failure};
use super::{report, solve};
use crate::session::{Terms, prepare};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt check layouts/*.ron\n  megawatt check plan.ron --json\n\nExit codes: 0 no limit is broken, 1 one is (accepted findings don't count), 2 a file could not be read."
)]
pub(super) struct Arguments {
    /// Layout files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// The findings of one file.
#[derive(Serialize)]
struct Checked {
    file: String,
    findings: Vec<report::Finding>,
    /// Why the file could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut list = Vec::new();
    let mut text = String::new();
    let (mut broken, mut unread) = (false, Vec::new());
    for path in &arguments.files {
        let file = path.display().to_string();
        // One file that can't be read must not hide the findings of the others.
        let (loaded, _) = match output::load(path) {
            Ok(loaded) => loaded,
            Err(Failure::Input(message)) => {
                unread.push(message.clone());
                list.push(Checked { file, findings: Vec::new(), error: Some(message) });
                continue;
            }
            Err(other) => return Err(other),
        };
        let solved = prepare(&loaded, Some(path), &Terms::default())?.solve();
        let count = solved.assessment.broken().count();
        broken |= count > 0;
        let mut findings: Vec<report::Finding> = solved.assessment.findings.iter().map(report::finding).collect();
        findings.extend(loaded.ignored.iter().map(|field| report::Finding {
            severity: crate::checks::Severity::Warning.label(),
            rule: "unknown-field".to_owned(),
            subjects: Vec::new(),
            field: Some(field.path.clone()),
            message: output::unknown(field),
            hint: "correct its name, or take it out".to_owned(),
            accepted: None,
        }));
        text.push_str(&format!("{file}: {count} broken, {} findings\n{}\n", findings.len(), solve::findings(&solved.assessment)));
        list.push(Checked { file, findings, error: None });
    }
    if arguments.json {
        output::emit_json(&list)?;
    } else if !text.is_empty() {
        output::emit(text.trim_end())?;
    }
    match (unread.is_empty(), broken) {
        (false, _) => Err(Failure::Input(unread.join("\nerror: "))),
        (true, true) => Err(Failure::Broken),
        (true, false) => Ok(()),
    }
}
