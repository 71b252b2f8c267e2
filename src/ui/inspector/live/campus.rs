//! The campus as a whole, its site, workload, contract and scenarios.

use super::Reading;
use crate::plan::{Scenario, Site};
use crate::solve::{Outcome, WeatherSource};
use crate::ui::panels::parts::whole;
use crate::ui::view::View;
use crate::units::show;

/// The numbers one looks at first.
#[must_use]
pub fn campus(view: &View<'_>, outcome: &Outcome) -> Vec<Reading> {
    let (s, u) = (&outcome.summary, view.system);
    let known = |v: Option<f64>, unit: &str| v.map_or_else(|| "—".to_owned(), |v| format!("{v:.3}{unit}"));
    let mut list = vec![
        Reading::new("Racks", whole(s.racks)),
        Reading::new("GPUs", whole(s.gpus)).why("GPU packages"),
        Reading::new("IT power", show(s.it_power, u)).why("At the racks' inputs"),
        Reading::new("Facility power", show(s.facility_power, u)).why("At the point of interconnection, on-site supply left out"),
        Reading::new("Peak of the year", show(s.poi_peak, u)),
        Reading::new("PUE", format!("{} over the year, {} now", known(s.pue, ""), known(s.pue_now, "")))
            .why("Facility energy over IT energy (ISO/IEC 30134-2)"),
        Reading::new("WUE", known(s.wue, " L/kWh")).why("Water taken in over IT energy, over the year (ISO/IEC 30134-9)"),
        Reading::new("CUE", known(s.cue, " kg/kWh")).why("Carbon over IT energy, over the year (ISO/IEC 30134-8)"),
        Reading::new("Energy", format!("{} a year", show(s.energy, u))),
        Reading::new("Cost", format!("{} a year", show(s.cost, u))),
    ];
    for campus in view.plan.campuses() {
        list.extend(super::cap(outcome, &campus.id, u));
    }
    if let Some(price) = s.cost_per_energy {
        list.push(Reading::new("Cost per energy", show(price, u)));
    }
    if let Some(money) = s.cost_per_gpu_hour {
        list.push(Reading::new("Cost per GPU-hour", format!("{:.4} $", money.dollars())));
    }
    list.push(Reading::new("Water", format!("{} a year", show(s.water, u))));
    list.push(Reading::new("Carbon", format!("{} a year", show(s.carbon, u))));
    list
}

pub(super) fn site(view: &View<'_>, outcome: &Outcome, site: &Site) -> Vec<Reading> {
    let u = view.system;
    let mut list = Vec::new();
    if let Some(model) = view.catalog.sites(&site.library) {
        list.push(Reading::new("Place", format!("{}, {}", model.name, model.region)));
        list.push(Reading::new("Altitude", show(model.altitude.0, u)));
    }
    let c = &outcome.condition;
    if c.dry_bulb.kelvin() > 0.0 {
        list.push(Reading::new("Outdoors", format!("{} dry, {} wet", show(c.dry_bulb, u), show(c.wet_bulb, u))));
        list.push(Reading::new("Pressure", show(c.pressure, u)));
    }
    if !outcome.year.weather_name.is_empty() {
        let source = match outcome.year.weather {
            WeatherSource::Synthetic => "Synthetic typical year",
            WeatherSource::File => "Weather file",
        };
        list.push(Reading::new("Weather", format!("{source}: {}", outcome.year.weather_name)));
    }
    list
}

pub(super) fn workload(view: &View<'_>, outcome: &Outcome) -> Vec<Reading> {
    let (l, u) = (&outcome.loads, view.system);
    vec![
        Reading::of("IT power of design", l.it_power, l.design_power, u).why("What the racks draw at this utilization, of what they were planned for"),
        Reading::new("IT power when idle", show(l.idle_power, u)),
        Reading::new("Lost in the racks' converters", show(l.conversion_loss, u)),
        Reading::new("Heat to liquid", show(l.liquid, u)),
        Reading::new("Heat to air", show(l.air, u)),
    ]
}

pub(super) fn contract(view: &View<'_>, outcome: &Outcome) -> Vec<Reading> {
    let u = view.system;
    let Some(lease) = outcome.bill.lease else { return Vec::new() };
    let mut list = vec![
        Reading::new("Fee", format!("{} a year", show(lease.fee_per_year, u))),
        Reading::new("Fee per energy", show(lease.fee_per_energy, u)).why("Per facility energy"),
        Reading::new("Months left", lease.months_left.to_string()),
        Reading::new("Fees to the end", show(lease.fees_left, u)),
        Reading::new("Fees at risk", show(lease.at_risk, u)).why("Forgone if the tenant leaves now, after the notice"),
    ];
    if let Some(fee) = lease.fee_per_gpu_hour {
        list.insert(2, Reading::new("Fee per GPU-hour", format!("{:.4} $", fee.dollars())));
    }
    if let Some(stranded) = lease.stranded {
        list.push(Reading::new("Not written off", show(stranded, u)).why("Cost to build left at the earliest exit, straight-line"));
    }
    list
}

pub(super) fn scenario(outcome: &Outcome, scenario: &Scenario) -> Vec<Reading> {
    let on = outcome.condition.scenario.as_ref() == Some(&scenario.id);
    vec![Reading::new("Applied", if on { "yes: all numbers are in this scenario" } else { "no" })]
}
