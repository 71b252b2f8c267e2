//! The bill by line, and the lease beside it.

use super::{cost::State, parts};
use crate::session::Solved;
use crate::solve::{Bill, BillKind, Lease};
use crate::ui::plots::calendar::MONTHS;
use crate::ui::theme::{self, Tokens};
use crate::ui::view::View;
use crate::units::{Money, Quantity as _, show};
use egui::{Color32, Grid, RichText, Ui};

/// Energy prices and prices of a GPU-hour, the lines, and the lease.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, solved: &Solved, state: &mut State) {
    let bill = &solved.outcome.bill;
    if bill.lines.is_empty() {
        parts::empty(ui, "No bill yet", "Choose a site with a tariff, and give the campus a grid connection or generators.");
        return;
    }
    ui.horizontal_wrapped(|ui| {
        figure(ui, "a year", &show(bill.total, view.system));
        figure(ui, "per facility energy", &show(bill.per_energy, view.system));
        match bill.per_gpu_hour {
            Some(money) => figure(ui, "per GPU-hour", &small_money(money)),
            None => figure(ui, "per GPU-hour", "—"),
        }
        ui.checkbox(&mut state.months_open, "Months");
    });
    lines(ui, view, bill, state.months_open);
    match &bill.lease {
        Some(lease) => lease_card(ui, view, lease, bill),
        None => {
            parts::caption(ui, "The plan has no contract. Add one to see its fee beside the cost.");
        }
    }
}

/// Money below a dollar keeps three digits, money above it two decimals.
#[must_use]
pub(super) fn small_money(money: Money) -> String {
    let dollars = money.dollars();
    if !dollars.is_finite() {
        "—".to_owned()
    } else if dollars.abs() < 1.0 {
        format!("{dollars:.4} $").replace('-', "−")
    } else {
        format!("{dollars:.2} $").replace('-', "−")
    }
}

fn figure(ui: &mut Ui, name: &str, value: &str) {
    let t = theme::of(ui);
    ui.label(RichText::new(value).size(theme::HEADING).color(t.money));
    parts::caption(ui, name);
    ui.add_space(8.0);
}

fn kind_color(t: &Tokens, kind: BillKind) -> Color32 {
    match kind {
        BillKind::Energy | BillKind::Demand => t.power,
        BillKind::Fixed => t.unknown,
        BillKind::Fuel => t.carbon,
        BillKind::Maintenance => t.supply,
        BillKind::Water => t.water,
    }
}

fn lines(ui: &mut Ui, view: &View<'_>, bill: &Bill, months_open: bool) {
    let t = theme::of(ui);
    let whole = bill.total.dollars();
    Grid::new("bill lines").striped(true).num_columns(17).min_col_width(0.0).spacing([12.0, 4.0]).show(ui, |ui| {
        parts::caption(ui, "");
        parts::caption(ui, "Line");
        parts::number(ui, RichText::new("Year").size(theme::CAPTION));
        parts::number(ui, RichText::new("Share").size(theme::CAPTION));
        if months_open {
            for month in MONTHS {
                parts::number(ui, RichText::new(month).size(theme::CAPTION));
            }
        }
        ui.end_row();
        for line in &bill.lines {
            parts::swatch(ui, kind_color(t, line.kind));
            ui.scope(|ui| {
                ui.set_max_width(210.0);
                ui.add(egui::Label::new(&line.label).truncate()).on_hover_text(&line.basis);
            });
            parts::number(ui, parts::money(line.total(), view.system)).on_hover_text(format!("{}\n{}", line.basis, line.total().to_text()));
            parts::number(ui, parts::percent(line.total().dollars() / whole));
            if months_open {
                for money in line.monthly {
                    parts::number(ui, parts::money(money, view.system));
                }
            }
            ui.end_row();
        }
        ui.label("");
        ui.strong("Total");
        parts::number(ui, RichText::new(show(bill.total, view.system)).strong());
        parts::number(ui, "");
        if months_open {
            for month in 0..12 {
                let sum: Money = bill.lines.iter().filter_map(|l| l.monthly.get(month)).copied().sum();
                parts::number(ui, RichText::new(parts::money(sum, view.system)).strong());
            }
        }
        ui.end_row();
    });
}

fn lease_card(ui: &mut Ui, view: &View<'_>, lease: &Lease, bill: &Bill) {
    ui.add_space(6.0);
    parts::heading(ui, "Lease");
    Grid::new("lease").num_columns(4).spacing([16.0, 4.0]).show(ui, |ui| {
        let mut row = |name: &str, value: String, remark: String| {
            ui.label(name);
            parts::number(ui, value);
            parts::caption(ui, remark);
            ui.end_row();
        };
        let share = bill.total.dollars() / lease.fee_per_year.dollars();
        row("Fee", format!("{} a year", show(lease.fee_per_year, view.system)), format!("energy and water cost {} of it", parts::percent(share)));
        row("Fee per energy", show(lease.fee_per_energy, view.system), format!("cost {}", show(bill.per_energy, view.system)));
        if let Some(fee) = lease.fee_per_gpu_hour {
            row("Fee per GPU-hour", small_money(fee), bill.per_gpu_hour.map_or_else(String::new, |c| format!("cost {}", small_money(c))));
        }
        row("Left to run", format!("{} months", lease.months_left), format!("fees {}", show(lease.fees_left, view.system)));
        row("Fees at risk", show(lease.at_risk, view.system), "forgone if the tenant leaves now, after the notice".to_owned());
        match lease.stranded {
            Some(money) => row("Not written off", show(money, view.system), "of the cost to build, at the earliest exit".to_owned()),
            None => row("Not written off", "—".to_owned(), "give the contract a cost to build and a life".to_owned()),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_money_keeps_its_digits() {
        assert_eq!(small_money(Money::from_dollars(0.09412)), "0.0941 $");
        assert_eq!(small_money(Money::from_dollars(7.785)), "7.79 $");
        assert_eq!(small_money(Money::from_dollars(f64::NAN)), "—");
    }
}
