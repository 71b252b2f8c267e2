//! Hours of the year and the names of days: a year of 365 days from January 1st.

/// Days of each month of the year.
pub const DAYS: [usize; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// Months, short.
pub const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Days of the year.
pub const DAYS_OF_YEAR: usize = 365;

/// The day of the year (from 0) a month (from 0) begins with.
#[must_use]
pub fn first_day(month: usize) -> usize {
    DAYS.iter().take(month).sum()
}

/// The hours of a month (from 0).
#[must_use]
pub fn hours_of(month: usize) -> std::ops::Range<usize> {
    let first = first_day(month) * 24;
    first..first + DAYS.get(month).copied().unwrap_or(0) * 24
}

/// Month (from 0) and day of the month (from 1) of a day of the year (from 0).
#[must_use]
pub fn month_and_day(day: usize) -> (usize, usize) {
    let mut left = day % DAYS_OF_YEAR;
    for (month, days) in DAYS.iter().enumerate() {
        if left < *days {
            return (month, left + 1);
        }
        left -= days;
    }
    (11, 31)
}

/// For people: `Jul 14, 15:00`.
#[must_use]
pub fn hour_label(hour: usize) -> String {
    let (month, day) = month_and_day(hour / 24);
    format!("{} {day}, {:02}:00", MONTHS[month], hour % 24)
}

/// For people: `Jul 14`.
#[must_use]
pub fn day_label(day: usize) -> String {
    let (month, day) = month_and_day(day);
    format!("{} {day}", MONTHS[month])
}

/// Sums of an hourly series by month; a month with a missing hour is missing.
#[must_use]
pub fn monthly_sums(hourly: &[f64]) -> [f64; 12] {
    std::array::from_fn(|month| hourly.get(hours_of(month)).map_or(f64::NAN, |hours| hours.iter().sum()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_have_dates() {
        assert_eq!(hour_label(0), "Jan 1, 00:00");
        assert_eq!(hour_label(8759), "Dec 31, 23:00");
        assert_eq!(hour_label(31 * 24), "Feb 1, 00:00");
        assert_eq!(hours_of(11).end, 8760);
        assert_eq!(day_label(194), "Jul 14");
    }

    #[test]
    fn months_add_up_to_the_year() {
        let ones = vec![1.0; 8760];
        let sums = monthly_sums(&ones);
        assert_eq!(sums[1], 672.0);
        assert_eq!(sums.iter().sum::<f64>(), 8760.0);
        assert!(monthly_sums(&ones[..100])[0].is_nan());
    }
}
