//! A synthetic typical year from a station's statistics.
//!
//! The result is **synthetic**: no hour of it was measured. It has the station's monthly and hourly means, the spread and the persistence of its
//! days and its monthly percentiles, which is what sizes and runs a cooling plant; it does not have the station's particular storms. Use a
//! weather file where one is at hand.
//!
//! 1. A value for every day from a first-order autoregression, dew point correlated with dry bulb, standardized by month.
//! 2. Hourly: mean of the month and hour, moved smoothly from mid-month to mid-month, plus the day's value times the month's spread, interpolated
//!    from noon to noon so that midnight has no step.
//! 3. Dry bulb: quantiles of each month, then of the year, are mapped on the station's, with the course of the day adjusted so that the means by
//!    month and hour survive; then the monthly mean is set right.
//! 4. Dew point: likewise, on the year's quantiles, with the monthly mean; never above dry bulb.
//! 5. Where the station has monthly wet-bulb percentiles, the wet bulb that follows is mapped on them, and the dew point follows from it: cooling
//!    towers and economizers see the wet bulb.
//!
//! Why not resample a neighbour's weather file: a station's statistics are a few kilobytes, so that the program carries dozens of places.
//! Deterministic: the same statistics and seed give the same bits on every machine with the same floating-point functions.

use super::moist_air::MoistAir;
use crate::units::{Pressure, Temperature};

/// Hours of a year without a leap day.
pub const HOURS: usize = 8760;
/// Days of the months.
pub const DAYS: [usize; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// Levels of all percentile tables, in percent.
pub const LEVELS: [f64; 13] = [0.4, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 98.0, 99.0, 99.6];

/// What is known of a station. Temperatures in °C.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// Mean dry bulb by month and hour of day; hour 0 is midnight to one.
    pub dry_bulb_mean_c: [[f64; 24]; 12],
    /// Mean dew point by month and hour of day.
    pub dew_point_mean_c: [[f64; 24]; 12],
    /// Standard deviation of the daily mean dry bulb, by month.
    pub dry_bulb_daily_sd_k: [f64; 12],
    /// Standard deviation of the daily mean dew point, by month.
    pub dew_point_daily_sd_k: [f64; 12],
    /// Correlation of the two, by month.
    pub correlation: [f64; 12],
    /// Correlation of the daily mean dry bulb with the day before.
    pub dry_bulb_lag1: f64,
    /// Correlation of the daily mean dew point with the day before.
    pub dew_point_lag1: f64,
    /// Percentiles of the year's hourly dry bulb at [`LEVELS`].
    pub dry_bulb_percentiles_c: [f64; 13],
    /// Percentiles of the year's hourly dew point.
    pub dew_point_percentiles_c: [f64; 13],
    /// Percentiles of the hourly dry bulb by month; empty if unknown.
    pub dry_bulb_percentiles_by_month_c: Vec<[f64; 13]>,
    /// Percentiles of the hourly wet bulb by month; empty if unknown.
    pub wet_bulb_percentiles_by_month_c: Vec<[f64; 13]>,
    /// Lowest and highest hourly dry bulb.
    pub dry_bulb_min_max_c: (f64, f64),
    /// Lowest and highest hourly dew point.
    pub dew_point_min_max_c: (f64, f64),
    /// Lowest and highest hourly wet bulb.
    pub wet_bulb_min_max_c: (f64, f64),
    /// Pressure at the station.
    pub pressure: Pressure,
}

/// One hour of the synthetic year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hour {
    /// Dry bulb.
    pub dry_bulb: Temperature,
    /// Dew point, at most the dry bulb.
    pub dew_point: Temperature,
}

/// Passes that bring the means by month and hour to the station's, and the share of the error that each takes out. Mapping can stretch a month
/// threefold, where taking out all of it would overshoot without end.
const DAY_PASSES: usize = 5;
const DAY_SHARE: f64 = 0.5;

/// SplitMix64 with normal deviates.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// Above 0, at most 1.
    fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 1.0) / (1_u64 << 53) as f64
    }
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.uniform()).cos()
    }
}

/// The hours of each month, in order.
fn months() -> [std::ops::Range<usize>; 12] {
    let mut start = 0;
    DAYS.map(|days| {
        let range = start..start + 24 * days;
        start = range.end;
        range
    })
}

/// One persistent series with a value per day, mean 0 and variance 1 in every month.
fn daily_series(random: &mut Random, lag1: f64) -> Vec<f64> {
    let persistence = lag1.clamp(0.0, 0.99);
    let fresh = (1.0 - persistence * persistence).sqrt();
    let mut state = random.normal();
    (0..365)
        .map(|_| {
            state = persistence * state + fresh * random.normal();
            state
        })
        .collect()
}

/// Sets mean 0 and variance 1 within each month.
fn standardize(series: &mut [f64]) {
    for hours in months() {
        let days = &mut series[hours.start / 24..hours.end / 24];
        let n = days.len() as f64;
        let mean = days.iter().sum::<f64>() / n;
        let sd = (days.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n).sqrt().max(1e-9);
        for d in days {
            *d = (*d - mean) / sd;
        }
    }
}

/// Daily anomalies of dry bulb and dew point in kelvins.
fn anomalies(s: &Statistics, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut random = Random(seed);
    let mut dry = daily_series(&mut random, s.dry_bulb_lag1);
    let mut own = daily_series(&mut random, s.dew_point_lag1);
    standardize(&mut dry);
    standardize(&mut own);
    let mut dew = own;
    for (month, hours) in months().into_iter().enumerate() {
        let rho = s.correlation[month].clamp(-1.0, 1.0);
        for day in hours.start / 24..hours.end / 24 {
            dew[day] = rho * dry[day] + (1.0 - rho * rho).sqrt() * dew[day];
        }
    }
    standardize(&mut dew);
    for (month, hours) in months().into_iter().enumerate() {
        for day in hours.start / 24..hours.end / 24 {
            dry[day] *= s.dry_bulb_daily_sd_k[month];
            dew[day] *= s.dew_point_daily_sd_k[month];
        }
    }
    (dry, dew)
}

/// Monthly tables and daily values to hours: tables move from mid-month to mid-month, days from noon to noon, around the end of the year.
fn hourly(means: &[[f64; 24]; 12], days: &[f64]) -> Vec<f64> {
    let mut values = Vec::with_capacity(HOURS);
    for (month, hours) in months().into_iter().enumerate() {
        let middle = 0.5 * (hours.start + hours.end) as f64;
        for hour in hours {
            let from_middle = hour as f64 + 0.5 - middle;
            let (other, span) = if from_middle < 0.0 { ((month + 11) % 12, DAYS[(month + 11) % 12]) } else { ((month + 1) % 12, DAYS[(month + 1) % 12]) };
            let weight = from_middle.abs() / (12.0 * (DAYS[month] + span) as f64);
            let table = means[month][hour % 24] * (1.0 - weight) + means[other][hour % 24] * weight;
            let noon = (hour as f64 + 0.5) / 24.0 - 0.5 + 365.0;
            let (day, part) = (noon.floor() as usize, noon.fract());
            values.push(table + days[day % 365] * (1.0 - part) + days[(day + 1) % 365] * part);
        }
    }
    values
}

/// The percentiles of values at [`LEVELS`], with the smallest and the largest at the two ends; linear between ranks.
fn quantiles(values: &[f64]) -> [f64; 15] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len() - 1;
    let mut out = [sorted[0]; 15];
    out[14] = sorted[last];
    for (slot, level) in out[1..14].iter_mut().zip(LEVELS) {
        let rank = last as f64 * level / 100.0;
        let low = rank.floor() as usize;
        *slot = sorted[low] + rank.fract() * (sorted[(low + 1).min(last)] - sorted[low]);
    }
    out
}

/// A station's percentiles with ends. The extreme is as far beyond the outermost level as that is beyond the next, but not beyond the record; in the
/// month that comes closest to the record (`reaches`), it is the record.
fn with_ends(levels: &[f64; 13], (lowest, highest): (f64, f64), reaches: (bool, bool)) -> [f64; 15] {
    let mut out = [0.0; 15];
    out[1..14].copy_from_slice(levels);
    out[0] = if reaches.0 { lowest } else { (2.0 * levels[0] - levels[1]).max(lowest) }.min(levels[0]);
    out[14] = if reaches.1 { highest } else { (2.0 * levels[12] - levels[11]).min(highest) }.max(levels[12]);
    out
}

/// Moves each value to where its quantile is in the other distribution, linear between the levels.
fn map_quantiles(values: &mut [f64], to: &[f64; 15]) {
    let from = quantiles(values);
    for v in values {
        let i = from[1..14].partition_point(|q| *q < *v);
        let width = from[i + 1] - from[i];
        let part = if width > 1e-12 { ((*v - from[i]) / width).clamp(0.0, 1.0) } else { 0.5 };
        *v = to[i] + part * (to[i + 1] - to[i]);
    }
}

/// Maps every month on its own table.
fn map_by_month(values: &mut [f64], tables: &[[f64; 13]], range: (f64, f64)) {
    let coldest = tables.iter().map(|t| t[0]).fold(f64::INFINITY, f64::min);
    let hottest = tables.iter().map(|t| t[12]).fold(f64::NEG_INFINITY, f64::max);
    for (hours, table) in months().into_iter().zip(tables) {
        map_quantiles(&mut values[hours], &with_ends(table, range, (table[0] <= coldest, table[12] >= hottest)));
    }
}

/// Sets the mean of every month by moving its values, the extremes least: a shift that fades out toward the ends keeps the percentiles there.
fn correct_means(values: &mut [f64], means: &[[f64; 24]; 12]) {
    for (hours, table) in months().into_iter().zip(means) {
        let month = &mut values[hours];
        let n = month.len() as f64;
        let missing = table.iter().sum::<f64>() / 24.0 - month.iter().sum::<f64>() / n;
        let (low, high) = month.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
        // The weight is a parabola, 0 at the extremes. Its mean scales the shift; a month of equal values moves as a whole.
        let weight = |v: f64| if high > low { (v - low) * (high - v) / ((high - low) * (high - low)) } else { 1.0 };
        let mean_weight = month.iter().map(|v| weight(*v)).sum::<f64>() / n;
        // A shift beyond the width would turn the order of values around.
        let shift = (missing / mean_weight).clamp(-(high - low).max(1e-9), (high - low).max(1e-9));
        for v in month.iter_mut() {
            *v += shift * weight(*v);
        }
    }
}

/// The year that belongs to a station, the same every time.
///
/// ```text
/// a_d = φ·a_(d−1) + √(1 − φ²)·e_d,   T = F_station⁻¹(F_raw(mean(month, hour) + σ·a))
/// ```
/// # Source
/// As [`synthetic_year_from`].
/// # Range
/// As [`synthetic_year_from`].
/// # Assumptions
/// As [`synthetic_year_from`].
/// # Check
/// As [`synthetic_year_from`].
#[must_use]
pub fn synthetic_year(statistics: &Statistics) -> Vec<Hour> {
    synthetic_year_from(statistics, 0x4d57)
}

/// A synthetic year of 8,760 hours from January 1, 00:00 local standard time; other seeds give other years of the same climate.
///
/// ```text
/// a_d = φ·a_(d−1) + √(1 − φ²)·e_d,   T = F_station⁻¹(F_raw(mean(month, hour) + σ·a))
/// ```
/// # Source
/// Derived, see the head of the module. Random numbers by `SPLITMIX_2014` and `BOX_MULLER_1958`; mapping of quantiles after
/// `PANOFSKY_BRIER_1968`; wet bulb by `ASHRAE_2017`.
/// # Range
/// Any station. The tables by month must have twelve rows to be used; otherwise the monthly shape is that of the daily spread, and the year's
/// percentiles are mapped instead.
/// # Assumptions
/// Synthetic. One pressure all year. Over 33 stations: monthly means of the dry bulb within 0.01 K, means by month and hour within 0.5 K, its
/// percentiles of the year within about 0.2 K and of the month within 1.1 K; wet bulb: mean of the year within 0.03 K, 99th percentile within
/// 0.1 K, 1st and 50th within 0.5 K, of the month within 0.8 K. The mean dew point of a month is off by up to 1.1 K in frost, where the wet bulb
/// hardly depends on it.
/// # Check
/// `keeps_means_and_percentiles`, `wet_bulb_follows_its_percentiles`.
#[must_use]
pub fn synthetic_year_from(statistics: &Statistics, seed: u64) -> Vec<Hour> {
    let s = statistics;
    let (dry_days, dew_days) = anomalies(s, seed);
    let dry = dry_bulb(s, hourly(&s.dry_bulb_mean_c, &dry_days));

    let mut dew = hourly(&s.dew_point_mean_c, &dew_days);
    map_quantiles(&mut dew, &with_ends(&s.dew_point_percentiles_c, s.dew_point_min_max_c, (true, true)));
    correct_means(&mut dew, &s.dew_point_mean_c);
    for (d, t) in dew.iter_mut().zip(&dry) {
        *d = d.min(*t);
    }
    if s.wet_bulb_percentiles_by_month_c.len() == 12 {
        dew = dew_from_mapped_wet_bulb(s, &dry, &dew);
    }
    dry.iter().zip(&dew).map(|(t, d)| Hour { dry_bulb: Temperature::from_celsius(*t), dew_point: Temperature::from_celsius(d.min(*t)) }).collect()
}

/// Hourly dry bulb with the station's percentiles and means, from one with its day-to-day changes.
fn dry_bulb(s: &Statistics, mut raw: Vec<f64>) -> Vec<f64> {
    let year = with_ends(&s.dry_bulb_percentiles_c, s.dry_bulb_min_max_c, (true, true));
    let mapped = |raw: &[f64]| {
        let mut values = raw.to_vec();
        if s.dry_bulb_percentiles_by_month_c.len() == 12 {
            map_by_month(&mut values, &s.dry_bulb_percentiles_by_month_c, s.dry_bulb_min_max_c);
        }
        map_quantiles(&mut values, &year);
        values
    };
    // Mapping stretches the course of the day along with everything else. Taking out beforehand what it adds keeps the means by hour.
    for _ in 0..DAY_PASSES {
        let values = mapped(&raw);
        for (month, hours) in months().into_iter().enumerate() {
            for of_day in 0..24 {
                let mean = values[hours.clone()].iter().skip(of_day).step_by(24).sum::<f64>() / DAYS[month] as f64;
                let missing = s.dry_bulb_mean_c[month][of_day] - mean;
                raw[hours.clone()].iter_mut().skip(of_day).step_by(24).for_each(|v| *v += DAY_SHARE * missing);
            }
        }
    }
    let mut values = mapped(&raw);
    correct_means(&mut values, &s.dry_bulb_mean_c);
    values
}

/// Maps the wet bulb of each month on the station's, within what the dry bulb allows, and returns the dew points.
fn dew_from_mapped_wet_bulb(s: &Statistics, dry: &[f64], dew: &[f64]) -> Vec<f64> {
    let air = |t: f64, d: f64| MoistAir::from_dew_point(Temperature::from_celsius(t), Temperature::from_celsius(d), s.pressure);
    let mut wet: Vec<f64> = dry.iter().zip(dew).map(|(t, d)| air(*t, *d).wet_bulb().celsius()).collect();
    // Holding the wet bulb between dry and saturated air moves a few hours off their quantile; a second pass brings the others to theirs.
    for _ in 0..2 {
        map_by_month(&mut wet, &s.wet_bulb_percentiles_by_month_c, s.wet_bulb_min_max_c);
        for (w, t) in wet.iter_mut().zip(dry) {
            *w = w.min(*t);
        }
    }
    let driest = s.dew_point_min_max_c.0;
    let from_wet = |t: f64, w: f64| MoistAir::from_wet_bulb(Temperature::from_celsius(t), Temperature::from_celsius(w), s.pressure).dew_point().celsius();
    dry.iter().zip(&wet).map(|(t, w)| from_wet(*t, *w).max(driest).min(*t)).collect()
}

#[cfg(test)]
#[path = "climate_tests.rs"]
mod tests;
