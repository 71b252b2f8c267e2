//! `megawatt compare`: plans × sites side by side.

use super::output::{self, Failure};
use super::table::{decimals, table};
use super::{catalog, report};
use crate::plan::Catalog;
use crate::session::{Comparison, Prepared, Solved, Terms, compare_sites, prepare};
use crate::units::{Energy, System, show};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rank {
    /// Cost of a year.
    Year,
    /// Cost per GPU-hour.
    GpuHour,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt compare layouts/row.ron --sites all\n  megawatt compare layouts/colossus.ron --sites memphis-tn,des-moines-ia --baseline memphis-tn\n  megawatt compare a.ron b.ron --by gpu-hour --json"
)]
pub(super) struct Arguments {
    /// Layout files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Library sites by key or name, or `all`; without it each plan stays at its own site.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    sites: Vec<String>,
    /// What the differences count from: a plan, a site, or `PLAN@SITE`; without it the cheapest.
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,
    /// What ranks them.
    #[arg(long, value_enum, default_value_t = Rank::Year)]
    by: Rank,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

/// One plan at one site.
struct Entry {
    file: String,
    plan: String,
    site: String,
    solved: Arc<Solved>,
}

impl Entry {
    fn cost(&self, by: Rank) -> Option<f64> {
        let s = report::summary(&self.solved.outcome);
        if by == Rank::Year { s.cost_usd_per_year } else { s.cost_usd_per_gpu_hour }
    }
    /// Cooling energy of the year, where it is known.
    fn cooling(&self) -> Option<Energy> {
        let series = &self.solved.outcome.year.hourly.cooling;
        (!series.is_empty()).then(|| Energy::from_kilowatt_hours(series.iter().sum::<f64>() / 1e3))
    }
    fn binding(&self) -> Option<&crate::checks::Limit> {
        self.solved.assessment.binding()
    }
    fn is(&self, name: &str) -> bool {
        let same = |a: &str| a.eq_ignore_ascii_case(name);
        let stem = std::path::Path::new(&self.file).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        [self.file.as_str(), &self.plan, &self.site, &stem].into_iter().any(same)
            || same(&format!("{}@{}", self.plan, self.site))
            || same(&format!("{stem}@{}", self.site))
    }
}

/// One plan at one site, in the report.
#[derive(Serialize)]
struct Row {
    rank: usize,
    plan: String,
    file: String,
    site: String,
    summary: report::Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    cooling_kwh_per_year: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    binding: Option<report::Limit>,
    broken: usize,
    baseline: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_difference_usd_per_year: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_difference_usd_per_gpu_hour: Option<f64>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for path in &arguments.files {
        let (loaded, _) = output::load(path)?;
        let prepared = prepare(&loaded, Some(path), &Terms::default())?;
        let file = path.display().to_string();
        entries.extend(solve(&prepared, &arguments.sites)?.into_iter().map(|c| Entry {
            file: file.clone(),
            plan: prepared.plan.name().to_owned(),
            site: c.site,
            solved: c.solved,
        }));
    }
    // Cheapest first; where the cost isn't known, last.
    entries.sort_by(|a, b| a.cost(arguments.by).unwrap_or(f64::INFINITY).total_cmp(&b.cost(arguments.by).unwrap_or(f64::INFINITY)));
    let baseline = match &arguments.baseline {
        None => 0,
        Some(name) => entries.iter().position(|e| e.is(name)).ok_or_else(|| {
            let known: Vec<String> = entries.iter().map(|e| format!("`{}@{}`", e.plan, e.site)).collect();
            Failure::Input(format!("no plan or site compared is called `{name}`; there are {}", known.join(", ")))
        })?,
    };
    if arguments.json { output::emit_json(&rows(&entries, baseline)) } else { output::emit(&text(&entries, baseline)) }
}

fn solve(prepared: &Prepared, wanted: &[String]) -> Result<Vec<Comparison>, Failure> {
    let own = prepared.plan.site().map(|s| s.library.clone()).unwrap_or_default();
    if wanted.is_empty() {
        let name = prepared.catalog.sites(&own).map_or_else(|| own.clone(), |s| s.name.clone());
        return Ok(vec![Comparison { site: own, site_name: name, solved: Arc::new(prepared.solve()) }]);
    }
    let sites = choose(&prepared.catalog, wanted)?;
    Ok(compare_sites(&prepared.plan, &prepared.catalog, &prepared.request, &sites))
}

/// Keys of the sites meant.
fn choose(catalog: &Catalog, wanted: &[String]) -> Result<Vec<String>, Failure> {
    let mut keys: Vec<String> = Vec::new();
    for name in wanted.iter().map(|n| n.trim()) {
        let found: Vec<&str> = if name.eq_ignore_ascii_case("all") {
            catalog.sites.iter().map(|s| s.id.as_str()).collect()
        } else {
            catalog.sites.iter().filter(|s| s.id.eq_ignore_ascii_case(name) || s.name.eq_ignore_ascii_case(name)).map(|s| s.id.as_str()).collect()
        };
        if found.is_empty() {
            return Err(Failure::Input(format!("there is no site `{name}`; there are {}", catalog::keys(catalog.sites.iter().map(|s| s.id.as_str())))));
        }
        for key in found {
            if !keys.iter().any(|k| k == key) {
                keys.push(key.to_owned());
            }
        }
    }
    Ok(keys)
}

fn difference(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    a.zip(b).map(|(a, b)| a - b)
}

fn rows(entries: &[Entry], baseline: usize) -> Vec<Row> {
    let base = &entries[baseline];
    let row = |(i, e): (usize, &Entry)| Row {
        rank: i + 1,
        plan: e.plan.clone(),
        file: e.file.clone(),
        site: e.site.clone(),
        summary: report::summary(&e.solved.outcome),
        cooling_kwh_per_year: e.cooling().map(|c| c.kilowatt_hours()),
        binding: report::limits(&e.solved.assessment).into_iter().next(),
        broken: e.solved.assessment.broken().count(),
        baseline: i == baseline,
        cost_difference_usd_per_year: difference(e.cost(Rank::Year), base.cost(Rank::Year)),
        cost_difference_usd_per_gpu_hour: difference(e.cost(Rank::GpuHour), base.cost(Rank::GpuHour)),
    };
    entries.iter().enumerate().map(row).collect()
}

fn text(entries: &[Entry], baseline: usize) -> String {
    let base = &entries[baseline];
    let titles =
        ["", "plan", "site", ">cost M$/year", ">difference", ">$/MWh", ">$/GPU-h", ">PUE", ">WUE L/kWh", ">cooling GWh", ">CO2 kt", ">broken", "binding limit"];
    let rows = entries.iter().enumerate().map(|(i, e)| {
        let s = report::summary(&e.solved.outcome);
        let against =
            difference(e.cost(Rank::Year), base.cost(Rank::Year)).map(|d| if i == baseline { "baseline".to_owned() } else { format!("{:+.2}", d / 1e6) });
        vec![
            (i + 1).to_string(),
            e.plan.clone(),
            e.site.clone(),
            decimals(s.cost_usd_per_year.map(|c| c / 1e6), 2),
            against.unwrap_or_else(|| super::table::UNKNOWN.to_owned()),
            decimals(s.cost_usd_per_mwh, 2),
            decimals(s.cost_usd_per_gpu_hour, 4),
            decimals(s.pue, 3),
            decimals(s.wue_l_per_kwh, 3),
            decimals(e.cooling().map(|c| c.gigawatt_hours()), 2),
            decimals(s.carbon_kg_per_year.map(|c| c / 1e6), 2),
            e.solved.assessment.broken().count().to_string(),
            e.binding().map_or_else(|| super::table::UNKNOWN.to_owned(), |l| format!("{} ({})", l.quantity, l.id)),
        ]
    });
    let mut text = table(&titles, rows);
    text.push_str(&format!("\nDifferences count from {} at {} ({} a year).\n", base.plan, base.site, show(base.solved.outcome.summary.cost, System::Si)));
    text
}
