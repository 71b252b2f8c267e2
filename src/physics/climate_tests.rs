//! Checks of the synthetic year against the statistics of a real station and against its own promises.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

#[path = "climate_station.rs"]
mod station;
use station::*;

fn dry(year: &[Hour]) -> Vec<f64> {
    year.iter().map(|h| h.dry_bulb.celsius()).collect()
}
fn wet(year: &[Hour]) -> Vec<f64> {
    year.iter().map(|h| MoistAir::from_dew_point(h.dry_bulb, h.dew_point, abilene().pressure).wet_bulb().celsius()).collect()
}
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
/// The largest distance between the percentiles of values and a table.
fn miss(values: &[f64], table: &[f64; 13]) -> f64 {
    quantiles(values)[1..14].iter().zip(table).map(|(q, w)| (q - w).abs()).fold(0.0, f64::max)
}
/// The largest difference of hours at or below a temperature.
fn hours_off(values: &[f64], table: &[(f64, f64)]) -> f64 {
    table.iter().map(|(t, n)| (values.iter().filter(|v| **v <= *t).count() as f64 - n).abs()).fold(0.0, f64::max)
}

#[test]
fn keeps_means_and_percentiles() {
    let (s, year) = (abilene(), synthetic_year(&abilene()));
    let t = dry(&year);
    assert_eq!(t.len(), HOURS);
    for (month, hours) in months().into_iter().enumerate() {
        assert!((mean(&t[hours.clone()]) - mean(&s.dry_bulb_mean_c[month])).abs() < 0.1, "mean of month {month}");
        let off = miss(&t[hours.clone()], &s.dry_bulb_percentiles_by_month_c[month]);
        assert!(off < 0.8, "percentiles of month {month} off by {off}");
        for of_day in 0..24 {
            let values: Vec<f64> = t[hours.clone()].iter().skip(of_day).step_by(24).copied().collect();
            assert!((mean(&values) - s.dry_bulb_mean_c[month][of_day]).abs() < 0.5, "mean of month {month} hour {of_day}: {}", mean(&values));
        }
    }
    let off = miss(&t, &s.dry_bulb_percentiles_c);
    assert!(off < 0.4, "percentiles of the year off by {off}");
    // The station reports whole degrees Fahrenheit, so that about 250 hours share each value; a continuous year is off by half of that.
    assert!(hours_off(&t, &HOURS_AT_OR_BELOW) < 150.0, "{}", hours_off(&t, &HOURS_AT_OR_BELOW));
}

#[test]
fn wet_bulb_follows_its_percentiles() {
    let (s, year) = (abilene(), synthetic_year(&abilene()));
    let w = wet(&year);
    for (month, hours) in months().into_iter().enumerate() {
        let off = miss(&w[hours], &s.wet_bulb_percentiles_by_month_c[month]);
        assert!(off < 0.5, "wet bulb of month {month} off by {off}");
    }
    assert!((mean(&w) - WET_MEAN).abs() < 0.1, "{}", mean(&w));
    assert!(miss(&w, &WET_OF_YEAR) < 0.5, "{}", miss(&w, &WET_OF_YEAR));
    assert!(hours_off(&w, &HOURS_WET_AT_OR_BELOW) < 100.0, "{}", hours_off(&w, &HOURS_WET_AT_OR_BELOW));
    assert!(year.iter().all(|h| h.dew_point <= h.dry_bulb));
}

#[test]
fn days_persist_and_dew_point_follows() {
    let year = synthetic_year(&abilene());
    let months = months();
    let anomaly = |value: fn(&Hour) -> f64| -> Vec<f64> {
        let days: Vec<f64> = year.chunks(24).map(|day| day.iter().map(value).sum::<f64>() / 24.0).collect();
        months
            .iter()
            .flat_map(|m| {
                let month = &days[m.start / 24..m.end / 24];
                month.iter().map(|d| d - mean(month)).collect::<Vec<_>>()
            })
            .collect()
    };
    let correlate = |a: &[f64], b: &[f64]| {
        let product: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
        product / (a.iter().map(|x| x * x).sum::<f64>() * b.iter().map(|x| x * x).sum::<f64>()).sqrt()
    };
    let (t, d) = (anomaly(|h| h.dry_bulb.celsius()), anomaly(|h| h.dew_point.celsius()));
    // The station's day-to-day correlation is 0.595. Interpolating through the day adds to it; a year of 365 days scatters by ±0.05.
    let lag1 = correlate(&t[1..], &t[..364]);
    assert!((0.45..0.80).contains(&lag1), "{lag1}");
    // Its mean correlation of dry bulb and dew point over the months is 0.62.
    let both = correlate(&t, &d);
    assert!((0.45..0.85).contains(&both), "{both}");
    let sd = mean(&t.iter().map(|x| x * x).collect::<Vec<_>>()).sqrt();
    let wanted = mean(&abilene().dry_bulb_daily_sd_k.map(|x| x * x)).sqrt();
    assert!((sd / wanted - 1.0).abs() < 0.15, "daily spread {sd}, station {wanted}");
}

#[test]
fn same_seed_same_year() {
    let s = abilene();
    assert_eq!(synthetic_year(&s), synthetic_year(&s));
    let other = synthetic_year_from(&s, 7);
    assert_ne!(other, synthetic_year(&s));
    assert!(miss(&dry(&other), &s.dry_bulb_percentiles_c) < 0.5, "another year of the same climate");
}

#[test]
fn works_without_monthly_tables() {
    let s = Statistics { dry_bulb_percentiles_by_month_c: Vec::new(), wet_bulb_percentiles_by_month_c: Vec::new(), ..abilene() };
    let year = synthetic_year(&s);
    assert!(miss(&dry(&year), &s.dry_bulb_percentiles_c) < 0.8, "{}", miss(&dry(&year), &s.dry_bulb_percentiles_c));
    assert!(year.iter().all(|h| h.dew_point <= h.dry_bulb && h.dry_bulb.is_finite()));
}

#[test]
fn survives_a_station_without_spread() {
    let flat = Statistics {
        dry_bulb_mean_c: [[20.0; 24]; 12],
        dew_point_mean_c: [[10.0; 24]; 12],
        dry_bulb_daily_sd_k: [0.0; 12],
        dew_point_daily_sd_k: [0.0; 12],
        dry_bulb_percentiles_c: [20.0; 13],
        dew_point_percentiles_c: [10.0; 13],
        dry_bulb_percentiles_by_month_c: Vec::new(),
        wet_bulb_percentiles_by_month_c: Vec::new(),
        dry_bulb_min_max_c: (20.0, 20.0),
        dew_point_min_max_c: (10.0, 10.0),
        ..abilene()
    };
    assert!(synthetic_year(&flat).iter().all(|h| (h.dry_bulb.celsius() - 20.0).abs() < 1e-6 && (h.dew_point.celsius() - 10.0).abs() < 1e-6));
}

#[test]
fn random_numbers_are_splitmix() {
    // The first outputs for seed 1234567, as printed in the SplitMix64 example of rosettacode.org "Pseudo-random numbers/Splitmix64".
    let mut random = Random(1_234_567);
    let wanted = [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431, 16_408_922_859_458_223_821];
    assert_eq!(wanted.map(|_| random.next()), wanted);
}
