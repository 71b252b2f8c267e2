//! Ids that EPANET takes, and text that breaks no line.

use crate::plan::Id;
use crate::solve::{Junction, Pipes, Side};
use std::collections::HashSet;

/// Longest id of EPANET.
const LONGEST: usize = 31;

/// Ids in use. EPANET tells `a` from `A`, its window does not.
#[derive(Default)]
pub(super) struct Names {
    used: HashSet<String>,
}

impl Names {
    /// An id like a name: other characters than letters, digits and some signs become `_`, what is too long or taken ends with `~` and a number.
    pub fn take(&mut self, name: &str) -> String {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_./#+:~".contains(c);
        let base: String = name.chars().map(|c| if fits(c) { c } else { '_' }).collect();
        let base = if base.is_empty() { "_".to_owned() } else { base };
        let mut id = base.clone();
        let mut count = 1;
        while id.len() > LONGEST || !self.used.insert(id.to_ascii_lowercase()) {
            count += 1;
            let end = format!("~{count}");
            id = format!("{}{end}", &base[..base.len().min(LONGEST - end.len())]);
        }
        id
    }
}

/// What a node is called, after the elements it lies at.
pub(super) fn node(pipes: &Pipes, owner: &Id, node: Junction) -> String {
    let word = |side: Side| if side == Side::Supply { "supply" } else { "return" };
    let id = |list: &[Id], place: usize| list.get(place).unwrap_or(owner).clone();
    match node {
        Junction::Manifold(side) => format!("{owner}/{}", word(side)),
        Junction::Slot { row, slot, side } => format!("{}/{} {slot}", id(&pipes.consumers, row), word(side)),
        Junction::Row { row } => format!("{}/supply", id(&pipes.consumers, row)),
        Junction::Rack { row, slot } => format!("{}/{slot}/valve", id(&pipes.consumers, row)),
        Junction::Main { number, side: Side::Supply } => format!("{owner}/main/{number}"),
        Junction::Main { number, side: Side::Return } => format!("{owner}/main return/{number}"),
        Junction::At { consumer, side } => format!("{}/{}", id(&pipes.consumers, consumer), word(side)),
        Junction::Behind { consumer } => format!("{}/valve", id(&pipes.consumers, consumer)),
        Junction::Inside { source, number } => format!("{}/inside {number}", id(&pipes.sources, source)),
    }
}

/// Text of at most so many bytes on one line.
pub(super) fn line(text: &str, most: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut end = clean.len().min(most);
    while !clean.is_char_boundary(end) {
        end -= 1;
    }
    clean[..end].trim_end().to_owned()
}
