//! The 8,760 hours as a table.

use super::output::Failure;
use super::report_stages::date;
use crate::solve::Outcome;

/// The hours as CSV, a number to a cell; an empty cell is unknown.
pub(super) fn csv(outcome: &Outcome) -> Result<String, Failure> {
    let h = &outcome.year.hourly;
    if h.facility.is_empty() {
        return Err(Failure::Input("the year was not computed, there is no weather for it; no table was written".to_owned()));
    }
    let stored: Vec<f64> = h.stored.iter().map(|joules| joules / 3.6e6).collect();
    let generators: Vec<(String, &Vec<f64>)> = h.generators.iter().map(|(id, series)| (format!("generator_{id}_w"), series)).collect();
    let mut columns: Vec<(&str, &[f64])> = vec![
        ("dry_bulb_c", &h.dry_bulb_c),
        ("wet_bulb_c", &h.wet_bulb_c),
        ("it_w", &h.it),
        ("cooling_w", &h.cooling),
        ("house_w", &h.house),
        ("chain_loss_w", &h.chain_loss),
        ("facility_w", &h.facility),
        ("makeup_m3", &h.makeup_m3),
        ("fws_supply_c", &h.fws_supply_c),
        ("grid_w", &h.grid),
    ];
    columns.extend(generators.iter().map(|(name, series)| (name.as_str(), series.as_slice())));
    columns.extend([
        ("charge_w", h.charge.as_slice()),
        ("discharge_w", &h.discharge),
        ("stored_kwh", &stored),
        ("unserved_w", &h.unserved),
        ("price_usd_per_mwh", &h.price),
    ]);

    let failed = |e: csv::Error| Failure::Internal(e.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["hour", "month", "day", "hour_of_day"].into_iter().chain(columns.iter().map(|c| c.0)).chain(["pue"])).map_err(failed)?;
    for i in 0..h.facility.len() {
        let (month, day) = date(i);
        let cell = |value: Option<f64>| value.filter(|v| v.is_finite()).map_or_else(String::new, |v| v.to_string());
        let time = [i + 1, month, day, i % 24 + 1].map(|n| n.to_string());
        let values = columns.iter().map(|(_, series)| cell(series.get(i).copied()));
        writer.write_record(time.into_iter().chain(values).chain([cell(Some(h.pue(i)))])).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|e| Failure::Internal(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| Failure::Internal(e.to_string()))
}
