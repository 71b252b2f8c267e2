//! Tables and numbers for people.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use std::io::IsTerminal as _;

/// Unknown, for people.
pub(super) const UNKNOWN: &str = "—";

/// A table. Columns whose title begins with `>` are right-aligned.
pub(super) fn table(titles: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    // Wrapped to the terminal's width for people; one line a row for whoever cuts columns out of a pipe.
    let arrangement = if std::io::stdout().is_terminal() { ContentArrangement::Dynamic } else { ContentArrangement::Disabled };
    table.set_content_arrangement(arrangement);
    if titles.iter().any(|t| !t.is_empty()) {
        table.set_header(titles.iter().map(|t| Cell::new(t.trim_start_matches('>'))));
    }
    for row in rows {
        table.add_row(row);
    }
    for (column, title) in table.column_iter_mut().zip(titles) {
        column.set_padding((0, 2));
        if title.starts_with('>') {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string().lines().map(|l| format!("{}\n", l.trim_end())).collect()
}

/// A whole number with a comma every three digits.
pub(super) fn whole(n: impl Into<u64>) -> String {
    crate::units::whole(n.into())
}

/// A number with this many decimals, or a dash when it isn't known.
pub(super) fn decimals(value: Option<f64>, places: usize) -> String {
    value.filter(|v| v.is_finite()).map_or_else(|| UNKNOWN.to_owned(), |v| format!("{v:.places$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!((whole(0u32), whole(999u32), whole(1_234_567u32)), ("0".to_owned(), "999".to_owned(), "1,234,567".to_owned()));
        assert_eq!((decimals(Some(1.256), 2), decimals(Some(f64::NAN), 2), decimals(None, 1)), ("1.26".to_owned(), "—".to_owned(), "—".to_owned()));
    }

    #[test]
    fn numbers_stand_under_each_other() {
        let rows = [vec!["a".into(), "1.0".into()], vec!["bcd".into(), "10.0".into()]];
        assert_eq!(table(&["what", ">MW"], rows), "what    MW\na      1.0\nbcd   10.0\n");
    }
}
