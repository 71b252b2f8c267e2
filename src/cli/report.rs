//! The report `megawatt.report/1`: what a script reads.
//!
//! Numbers are SI or as the suffix of the key says. A key that is absent is unknown; it is never zero, and NaN is never printed. Keys are only
//! ever added; anything else raises the version.

use super::report_power::{self as power, Failure, Power};
use super::report_stages::{self as stages, Balance, Cooling, Rack, Year};
use crate::checks::{self, Assessment};
use crate::plan::file::FORMAT;
use crate::session::Solved;
use crate::solve::Outcome;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What may be unknown. Unknown is left out of the report.
pub trait Known {
    /// Whether it is not known.
    fn is_unknown(&self) -> bool;
}
impl Known for f64 {
    fn is_unknown(&self) -> bool {
        !self.is_finite()
    }
}
impl<T: Known> Known for Option<T> {
    fn is_unknown(&self) -> bool {
        self.as_ref().is_none_or(Known::is_unknown)
    }
}
macro_rules! always_known {
    ($($kind:ty)*) => {$(impl Known for $kind { fn is_unknown(&self) -> bool { false } })*};
}
always_known!(u32 u64 usize bool String &'static str);
impl<T> Known for Vec<T> {
    fn is_unknown(&self) -> bool {
        false
    }
}
impl<K, V> Known for BTreeMap<K, V> {
    fn is_unknown(&self) -> bool {
        false
    }
}
impl<const N: usize> Known for [f64; N] {
    fn is_unknown(&self) -> bool {
        self.iter().any(Known::is_unknown)
    }
}

/// Structs of which every unknown field is left out.
macro_rules! records {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[allow(missing_docs, reason = "the key is the documentation, with its unit; they are a contract told in the README")]
        pub struct $name { $($(#[$attribute])* #[serde(skip_serializing_if = "crate::cli::report::Known::is_unknown")] pub $field: $kind,)* }
        impl crate::cli::report::Known for $name { fn is_unknown(&self) -> bool { false } }
    )*};
}
pub(super) use records;

records! {
    /// The plan.
    PlanHead { name: String, path: Option<String>, format: u32, }
    /// Weather and time of the steady state.
    Condition {
        label: String, site: Option<String>, weather: Option<String>, weather_source: Option<&'static str>, scenario: Option<String>,
        dry_bulb_c: f64, wet_bulb_c: f64, pressure_pa: f64,
    }
    /// The numbers one looks at first.
    Summary {
        racks: u32, gpus: u64, it_power_w: f64, conversion_loss_w: f64, cdu_power_w: f64, cooling_power_w: f64, chain_loss_w: Option<f64>,
        facility_power_w: Option<f64>, poi_peak_w: Option<f64>, pue: Option<f64>, wue_l_per_kwh: Option<f64>,
        cue_kg_per_kwh: Option<f64>, energy_kwh_per_year: Option<f64>, cost_usd_per_year: Option<f64>, cost_usd_per_mwh: Option<f64>,
        cost_usd_per_gpu_hour: Option<f64>, pue_at_condition: Option<f64>, water_m3_per_year: Option<f64>, carbon_kg_per_year: Option<f64>,
    }
    /// A limit.
    Limit {
        id: String, element: String, quantity: String, condition: String,
        #[serde(rename = "use")]
        used: f64,
        capacity: f64, headroom: f64, unit: &'static str, stranded_w: Option<f64>, status: &'static str,
    }
    /// A finding.
    Finding { severity: &'static str, rule: String, subjects: Vec<String>, field: Option<String>, message: String, hint: String, accepted: Option<String>, }
    /// Supply at the condition.
    Supply { grid_firm_w: f64, generators_w: BTreeMap<String, f64>, batteries_w: BTreeMap<String, f64>, battery_energy_kwh: f64, load_w: f64, }
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Name and version of this form.
    pub schema: &'static str,
    /// The plan.
    pub plan: PlanHead,
    /// Weather and time of the steady state.
    pub condition: Condition,
    /// The numbers one looks at first.
    pub summary: Summary,
    /// Limits, binding first.
    pub limits: Vec<Limit>,
    /// Findings, worst first.
    pub findings: Vec<Finding>,
    /// The power chain.
    pub power: Power,
    /// Every single outage of the power chain, worst first.
    pub failures: Vec<Failure>,
    /// Loops, halls, facility water.
    pub cooling: Cooling,
    /// Supply at the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supply: Option<Supply>,
    /// Every rack.
    pub racks: Vec<Rack>,
    /// The year, where there is weather for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<Year>,
    /// Milliseconds by stage.
    pub stages_ms: BTreeMap<String, f64>,
    /// Relative residuals of the whole solve.
    pub balance: Balance,
}

/// Whether the year was computed.
pub(super) fn has_year(outcome: &Outcome) -> bool {
    !outcome.year.hourly.facility.is_empty()
}

/// The summary. What comes from a stage that had nothing to work on is unknown.
pub(super) fn summary(outcome: &Outcome) -> Summary {
    let s = &outcome.summary;
    let year = has_year(outcome);
    Summary {
        racks: s.racks,
        gpus: s.gpus,
        it_power_w: s.it_power.watts(),
        conversion_loss_w: s.conversion_loss.watts(),
        cdu_power_w: s.cdu_power.watts(),
        cooling_power_w: s.cooling_power.watts(),
        chain_loss_w: (!outcome.power.nodes.is_empty()).then(|| s.chain_loss.watts()),
        facility_power_w: (!outcome.power.nodes.is_empty()).then(|| s.facility_power.watts()),
        poi_peak_w: year.then(|| s.poi_peak.watts()),
        pue: s.pue,
        wue_l_per_kwh: s.wue,
        cue_kg_per_kwh: s.cue,
        energy_kwh_per_year: year.then(|| s.energy.kilowatt_hours()),
        cost_usd_per_year: year.then(|| s.cost.dollars()),
        cost_usd_per_mwh: s.cost_per_energy.map(|p| p.dollars_per_megawatt_hour()),
        cost_usd_per_gpu_hour: s.cost_per_gpu_hour.map(|m| m.dollars()),
        pue_at_condition: s.pue_now,
        water_m3_per_year: year.then(|| s.water.cubic_meters()),
        carbon_kg_per_year: year.then(|| s.carbon.kilograms()),
    }
}

/// Limits and findings as in the report.
pub(super) fn limits(assessment: &Assessment) -> Vec<Limit> {
    let limit = |l: &checks::Limit| Limit {
        id: l.id.clone(),
        element: l.element.to_string(),
        quantity: l.quantity.clone(),
        condition: l.condition.clone(),
        used: l.used,
        capacity: l.capacity,
        headroom: l.headroom(),
        unit: l.unit,
        stranded_w: l.stranded.map(|p| p.watts()),
        status: l.standing.label(),
    };
    assessment.limits.iter().map(limit).collect()
}

/// A finding as in the report.
pub(super) fn finding(f: &checks::Finding) -> Finding {
    Finding {
        severity: f.severity.label(),
        rule: f.rule.to_owned(),
        subjects: f.subjects.iter().map(ToString::to_string).collect(),
        field: f.field.clone(),
        message: f.message.clone(),
        hint: f.hint.clone(),
        accepted: f.accepted.clone(),
    }
}

fn supply(outcome: &Outcome) -> Option<Supply> {
    let s = &outcome.supply;
    let by_id =
        |map: &BTreeMap<crate::plan::Id, crate::units::Power>| map.iter().filter(|(_, p)| p.is_finite()).map(|(id, p)| (id.to_string(), p.watts())).collect();
    (!outcome.power.nodes.is_empty()).then(|| Supply {
        grid_firm_w: s.grid_firm.watts(),
        generators_w: by_id(&s.generators),
        batteries_w: by_id(&s.batteries),
        battery_energy_kwh: s.battery_energy.kilowatt_hours(),
        load_w: s.load.watts(),
    })
}

/// The report of an answer.
#[must_use]
pub fn report(solved: &Solved, path: Option<&Path>) -> Report {
    let outcome = &*solved.outcome;
    let mut stages_ms: BTreeMap<String, f64> = BTreeMap::new();
    for stage in &outcome.stages {
        *stages_ms.entry(stage.stage.replace(' ', "_")).or_default() += stage.milliseconds;
    }
    let total = stages_ms.values().sum();
    stages_ms.insert("total".to_owned(), total);
    let c = &outcome.condition;
    let year = has_year(outcome);
    Report {
        schema: "megawatt.report/1",
        plan: PlanHead { name: solved.plan.name().to_owned(), path: path.map(|p| p.display().to_string()), format: FORMAT },
        condition: Condition {
            label: c.label.clone(),
            site: solved.plan.site().map(|s| s.library.clone()),
            weather: year.then(|| outcome.year.weather_name.clone()),
            weather_source: year.then_some(stages::weather_source(outcome.year.weather)),
            scenario: c.scenario.as_ref().map(ToString::to_string),
            dry_bulb_c: c.dry_bulb.celsius(),
            wet_bulb_c: c.wet_bulb.celsius(),
            pressure_pa: c.pressure.pascals(),
        },
        summary: summary(outcome),
        limits: limits(&solved.assessment),
        findings: solved.assessment.findings.iter().map(finding).collect(),
        power: power::power(outcome),
        failures: power::failures(outcome, &outcome.failures),
        cooling: stages::cooling(outcome),
        supply: supply(outcome),
        racks: stages::racks(&solved.plan, outcome),
        year: year.then(|| stages::year(outcome)),
        stages_ms,
        balance: stages::balance(outcome),
    }
}
