//! The year: 8,760 hours as a heat map, as duration curves, and by month.

use super::parts;
use crate::plan::Id;
use crate::solve::{Hourly, WeatherSource, Year};
use crate::ui::plots::calendar::hour_label;
use crate::ui::plots::csv;
use crate::ui::plots::duration::{self, Ceiling, Curve};
use crate::ui::plots::heat::HeatMap;
use crate::ui::plots::stack::{self, Layer};
use crate::ui::theme;
use crate::ui::view::{Action, View};
use crate::units::{Power, System, Temperature, VolumeFlow, show};
use egui::Ui;
use std::sync::Arc;

/// What the heat map colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quantity {
    /// PUE of the hour.
    #[default]
    Pue,
    /// Facility power.
    Facility,
    /// Outdoor dry bulb.
    DryBulb,
    /// Outdoor wet bulb.
    WetBulb,
    /// Facility water supply.
    FwsSupply,
    /// Water taken in.
    Water,
    /// Grid import.
    Grid,
    /// Load not served.
    Unserved,
    /// Price of grid energy.
    Price,
}

impl Quantity {
    const ALL: [Self; 9] = [Self::Pue, Self::Facility, Self::DryBulb, Self::WetBulb, Self::FwsSupply, Self::Water, Self::Grid, Self::Unserved, Self::Price];

    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Pue => "PUE",
            Self::Facility => "facility power",
            Self::DryBulb => "outdoor dry bulb",
            Self::WetBulb => "outdoor wet bulb",
            Self::FwsSupply => "facility water supply, warmest system",
            Self::Water => "water taken in",
            Self::Grid => "grid import",
            Self::Unserved => "load not served",
            Self::Price => "price of grid energy",
        }
    }

    fn values(self, h: &Hourly) -> Vec<f64> {
        match self {
            Self::Pue => (0..h.facility.len()).map(|i| h.pue(i)).collect(),
            Self::Facility => h.facility.clone(),
            Self::DryBulb => h.dry_bulb_c.clone(),
            Self::WetBulb => h.wet_bulb_c.clone(),
            Self::FwsSupply => h.fws_supply_c.clone(),
            Self::Water => h.makeup_m3.clone(),
            Self::Grid => h.grid.clone(),
            Self::Unserved => h.unserved.clone(),
            Self::Price => h.price.clone(),
        }
    }

    fn text(self, value: f64, system: System) -> String {
        if !value.is_finite() {
            return "—".to_owned();
        }
        match self {
            Self::Pue => format!("{value:.3}"),
            Self::Facility | Self::Grid | Self::Unserved => show(Power::from_watts(value), system),
            Self::DryBulb | Self::WetBulb | Self::FwsSupply => show(Temperature::from_celsius(value), system),
            Self::Water => show(VolumeFlow::from_cubic_meters_per_second(value / 3600.0), system),
            Self::Price => format!("{value:.1} $/MWh"),
        }
    }
}

/// Which way the year is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Look {
    #[default]
    Heat,
    Duration,
    Months,
}

/// What is drawn, and what was computed for it. Computed anew only when the year, the quantity or the theme changes.
#[derive(Default)]
pub struct State {
    look: Look,
    quantity: Quantity,
    drawn: Option<Drawn>,
}

struct Drawn {
    year: Arc<Year>,
    quantity: Quantity,
    dark: bool,
    map: Option<HeatMap>,
    curves: Vec<Curve>,
    layers: Vec<Layer>,
}

/// The panel.
pub fn ui(ui: &mut Ui, view: &View<'_>, state: &mut State, actions: &mut Vec<Action>) {
    let Some(solved) = view.solved.filter(|s| !s.outcome.year.hourly.facility.is_empty()) else {
        parts::empty(
            ui,
            "No year yet",
            "The 8,760 hours of a year are computed once the plan has racks with power and cooling. Draw a row, feed it, and give its heat a way out.",
        );
        return;
    };
    let year = &solved.outcome.year;
    bar(ui, view, state, year, actions);
    let dark = ui.visuals().dark_mode;
    let fresh = state.drawn.as_ref().is_some_and(|d| Arc::ptr_eq(&d.year, year) && d.quantity == state.quantity && d.dark == dark);
    if !fresh {
        state.drawn = Some(draw(ui, view, year.clone(), state.quantity, dark));
    }
    let Some(drawn) = &state.drawn else { return };
    match state.look {
        Look::Heat => heat(ui, view, drawn, actions),
        Look::Duration => {
            let t = theme::of(ui);
            let firm = solved.outcome.supply.grid_firm;
            let ceilings =
                if firm.watts() > 0.0 { vec![Ceiling { name: "firm grid".to_owned(), value: firm.megawatts(), color: t.broken }] } else { Vec::new() };
            duration::show(ui, &drawn.curves, &ceilings, "MW");
        }
        Look::Months if drawn.layers.is_empty() => parts::empty(ui, "Nothing supplies the campus", "Add a grid connection or generators."),
        Look::Months => stack::months(ui, &drawn.layers),
    }
}

fn draw(ui: &Ui, view: &View<'_>, year: Arc<Year>, quantity: Quantity, dark: bool) -> Drawn {
    let t = theme::of(ui);
    let name = |id: &Id| view.plan.get(id).map_or_else(|| id.to_string(), |e| e.name().to_owned());
    let h = &year.hourly;
    let curves = vec![
        duration::curve("facility", t.power, &h.facility, 1e-6),
        duration::curve("IT", t.accent, &h.it, 1e-6),
        duration::curve("grid import", t.ok, &h.grid, 1e-6),
    ];
    Drawn { map: HeatMap::new(ui.ctx(), quantity.values(h)), curves, layers: stack::layers(&year, t, &name), quantity, dark, year }
}

fn bar(ui: &mut Ui, view: &View<'_>, state: &mut State, year: &Year, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        ui.selectable_value(&mut state.look, Look::Heat, "Hours");
        ui.selectable_value(&mut state.look, Look::Duration, "Duration curves");
        ui.selectable_value(&mut state.look, Look::Months, "Months");
        if state.look == Look::Heat {
            ui.separator();
            let combo = egui::ComboBox::from_id_salt("quantity").selected_text(state.quantity.label()).width(170.0).show_ui(ui, |ui| {
                for q in Quantity::ALL {
                    ui.selectable_value(&mut state.quantity, q, q.label());
                }
            });
            let text = format!("Quantity: {}", state.quantity.label());
            combo.response.accessible_name(text);
        }
        match state.look {
            Look::Months => {
                let layers = state.drawn.as_ref().map_or(&[][..], |d| d.layers.as_slice());
                csv::button(ui, "months", || csv::months(layers), actions);
            }
            Look::Heat | Look::Duration => csv::button(ui, "year", || csv::year(year), actions),
        }
        let hour = view.solved.and_then(|s| parts::hour_of(&s.outcome.condition));
        if let Some(hour) = hour
            && ui.button("Back to the design day").on_hover_text(format!("The plan shows {}", hour_label(hour))).clicked()
        {
            actions.push(Action::Hour(None));
        }
        ui.separator();
        let (source, hint) = match year.weather {
            WeatherSource::Synthetic => {
                ("Synthetic typical year", "Made from the statistics of the station. Give the site a weather file (EPW) for measured hours.")
            }
            WeatherSource::File => ("Weather file", "Hours as in the file."),
        };
        let t = theme::of(ui);
        let text = format!("{source}: {}", year.weather_name);
        ui.add(egui::Label::new(egui::RichText::new(&text).size(theme::CAPTION).color(t.weak_text)).truncate()).on_hover_text(format!("{text}\n{hint}"));
        if year.unserved_hours > 0 {
            let t = theme::of(ui);
            ui.label(
                egui::RichText::new(format!("■ {} h with load not served ({})", parts::whole(year.unserved_hours), show(year.unserved_energy, view.system)))
                    .color(t.broken),
            );
        }
    });
}

fn heat(ui: &mut Ui, view: &View<'_>, drawn: &Drawn, actions: &mut Vec<Action>) {
    let Some(map) = &drawn.map else {
        parts::empty(ui, "No value in any hour", &format!("The {} is not known for this plan.", drawn.quantity.label()));
        return;
    };
    let (low, high) = map.range();
    if drawn.quantity == Quantity::Unserved && high <= 0.0 {
        parts::empty(ui, "All load is served in every hour", "Choose another quantity.");
        return;
    }
    if low == high {
        parts::caption(ui, format!("The same in every hour: {}", drawn.quantity.text(low, view.system)));
    }
    let chosen = view.solved.and_then(|s| parts::hour_of(&s.outcome.condition));
    let pointed = map.show(ui, &parts::capital(drawn.quantity.label()), chosen, &|v| drawn.quantity.text(v, view.system));
    if let Some(hour) = pointed.hour.filter(|_| pointed.clicked) {
        actions.push(Action::Hour(Some(hour)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_with_their_unit() {
        assert_eq!(Quantity::Facility.text(3.024e8, System::Si), "302 MW");
        assert_eq!(Quantity::DryBulb.text(35.0, System::Us), "95.0 °F");
        assert_eq!(Quantity::Water.text(6.0, System::Si), "100 L/min");
        assert_eq!(Quantity::Pue.text(f64::NAN, System::Si), "—");
        let hourly = Hourly { it: vec![1.0, 0.0], facility: vec![1.25, 0.1], ..Hourly::default() };
        let pue = Quantity::Pue.values(&hourly);
        assert_eq!(pue[0], 1.25);
        assert!(pue[1].is_nan());
    }
}
