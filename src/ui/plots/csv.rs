//! What a plot shows as a table: comma-separated, a heading with units, an empty field where a value is not known.

use super::calendar::{MONTHS, hour_label};
use super::stack::Layer;
use crate::solve::Year;
use crate::ui::view::Action;
use egui::Ui;
use std::ops::Range;

/// A button that copies a table, or asks where to save it. The text is made only when it is asked for.
pub fn button(ui: &mut Ui, name: &str, text: impl Fn() -> String, actions: &mut Vec<Action>) {
    let menu = ui.menu_button("CSV", |ui| {
        if ui.button("Copy as CSV").on_hover_text("Puts the table behind this plot on the clipboard").clicked() {
            ui.ctx().copy_text(text());
            actions.push(Action::Say("The table is on the clipboard".to_owned()));
        }
        if ui.button("Save as CSV…").on_hover_text("Writes the table behind this plot to a file").clicked() {
            actions.push(Action::SaveTable { name: format!("{name}.csv"), text: text() });
        }
    });
    menu.response.on_hover_text("The table behind this plot");
}

/// Heading and values of one column.
type Columns<'a> = Vec<(String, Box<dyn Fn(usize) -> f64 + 'a>)>;

fn table(first: &str, rows: Range<usize>, label: impl Fn(usize) -> String, columns: &Columns<'_>) -> String {
    let mut text = quoted(first);
    for (heading, _) in columns {
        text.push(',');
        text.push_str(&quoted(heading));
    }
    text.push('\n');
    for row in rows {
        text.push_str(&quoted(&label(row)));
        for (_, value) in columns {
            text.push(',');
            let value = value(row);
            if value.is_finite() {
                text.push_str(&value.to_string());
            }
        }
        text.push('\n');
    }
    text
}

/// A field as RFC 4180 wants it: in quotes where it holds a comma or a quote.
#[must_use]
pub fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}

/// Every series of the year, one line an hour.
#[must_use]
pub fn year(year: &Year) -> String {
    let h = &year.hourly;
    let of = |list: &'_ [f64], scale: f64, i: usize| list.get(i).map_or(f64::NAN, |v| v * scale);
    let series: [(&str, &[f64], f64); 13] = [
        ("dry bulb, °C", &h.dry_bulb_c, 1.0),
        ("wet bulb, °C", &h.wet_bulb_c, 1.0),
        ("IT, MW", &h.it, 1e-6),
        ("cooling, MW", &h.cooling, 1e-6),
        ("house, MW", &h.house, 1e-6),
        ("losses of the power chain, MW", &h.chain_loss, 1e-6),
        ("facility, MW", &h.facility, 1e-6),
        ("water taken in, m³/h", &h.makeup_m3, 1.0),
        ("facility water supply, °C", &h.fws_supply_c, 1.0),
        ("grid, MW", &h.grid, 1e-6),
        ("batteries, charging, MW", &h.charge, 1e-6),
        ("batteries, discharging, MW", &h.discharge, 1e-6),
        ("not served, MW", &h.unserved, 1e-6),
    ];
    let mut columns: Columns<'_> = vec![("PUE".to_owned(), Box::new(|i| h.pue(i)))];
    for (name, list, scale) in series {
        columns.push((name.to_owned(), Box::new(move |i| of(list, scale, i))));
    }
    for (id, watts) in &h.generators {
        columns.push((format!("{id}, MW"), Box::new(move |i| of(watts, 1e-6, i))));
    }
    columns.push(("price of grid energy, $/MWh".to_owned(), Box::new(|i| of(&h.price, 1.0, i))));
    table("hour", 0..h.facility.len(), hour_label, &columns)
}

/// The layers of a supply plot by month, GWh.
#[must_use]
pub fn months(layers: &[Layer]) -> String {
    let columns: Columns<'_> = layers.iter().map(|l| (format!("{}, GWh", l.name), Box::new(|m: usize| l.monthly[m]) as Box<dyn Fn(usize) -> f64>)).collect();
    table("month", 0..12, |m| MONTHS[m].to_owned(), &columns)
}

/// The layers of a supply plot by hour, MW, with the load of the campus.
#[must_use]
pub fn hours(layers: &[Layer], year: &Year, window: Range<usize>) -> String {
    let of = |list: &'_ [f64], i: usize| list.get(i).map_or(f64::NAN, |v| v / 1e6);
    let mut columns: Columns<'_> = Vec::with_capacity(layers.len() + 1);
    for layer in layers {
        columns.push((format!("{}, MW", layer.name), Box::new(move |i| of(&layer.hourly, i))));
    }
    columns.push(("load of the campus, MW".to_owned(), Box::new(move |i| of(&year.hourly.facility, i))));
    table("hour", window, hour_label, &columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Id;

    #[test]
    fn a_year_is_a_line_an_hour_and_the_unknown_is_empty() {
        let mut y = Year::default();
        y.hourly.it = vec![1e6; 8760];
        y.hourly.facility = vec![1.25e6; 8760];
        y.hourly.generators = vec![(Id::new("GEN, \"old\""), vec![5e5; 8760])];
        let text = year(&y);
        assert_eq!(text.lines().count(), 8761);
        assert!(text.lines().next().unwrap().contains("\"GEN, \"\"old\"\", MW\""));
        let line: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
        assert_eq!(&line[..3], ["\"Jan 1", " 00:00\"", "1.25"]);
        assert_eq!(line[3], "", "no weather is known");
        assert_eq!((line[5], line[9]), ("1", "1.25"), "IT and facility, with cooling, house and losses between them");
    }

    #[test]
    fn a_window_keeps_its_hours_and_the_months_their_energy() {
        let mut y = Year::default();
        y.hourly.grid = vec![2e6; 8760];
        y.hourly.facility = vec![2e6; 8760];
        let layers = crate::ui::plots::stack::layers(&y, crate::ui::theme::tokens(true), &|id| id.to_string());
        let text = hours(&layers, &y, 24..48);
        assert_eq!(text.lines().count(), 25);
        assert_eq!(text.lines().nth(1), Some("\"Jan 2, 00:00\",2,2"));
        assert_eq!(months(&layers).lines().nth(1), Some("Jan,1.488"), "744 h at 2 MW");
    }
}
