//! Quantities for people: few digits, a prefix, and a comma every three.

use super::quantity::{Quantity, Unit};

/// The units a planner reads. Files are always SI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum System {
    /// Metric.
    #[default]
    Si,
    /// US customary for temperature, flow, pressure, length, area, volume and mass.
    Us,
}

const US: &[(&str, &str)] = &[
    ("°C", "°F"),
    ("K", "Δ°F"),
    ("L/min", "gpm"),
    ("kPa", "psi"),
    ("Pa", "psi"),
    ("m", "ft"),
    ("mm", "in"),
    ("m²", "ft²"),
    ("m³", "gal"),
    ("kg", "lb"),
    ("t", "lb"),
    ("$/m³", "$/kgal"),
];

/// Three to four significant digits with a unit prefix, for example `302 MW`, `1,136 L/min`, `35.6 °C`.
///
/// A value that is not finite is an em dash: unknown is never zero.
#[must_use]
pub fn show<Q: Quantity>(quantity: Q, system: System) -> String {
    let si = quantity.si();
    if !si.is_finite() {
        return "—".to_owned();
    }
    let mut unit = super::text::choose(Q::UNITS, si);
    if system == System::Us
        && let Some((_, us)) = US.iter().find(|(metric, _)| *metric == unit.symbol)
        && let Some(found) = Q::UNITS.iter().find(|u| u.symbol == *us)
    {
        unit = found;
    }
    with_unit(unit, si)
}

/// Like [`show`], in one given unit, so that a column has one unit.
#[must_use]
pub fn show_in<Q: Quantity>(quantity: Q, symbol: &str) -> String {
    match Q::UNITS.iter().find(|u| u.symbol == symbol) {
        Some(unit) if quantity.si().is_finite() => with_unit(unit, quantity.si()),
        Some(_) => "—".to_owned(),
        None => quantity.to_text(),
    }
}

fn with_unit(unit: &Unit, si: f64) -> String {
    let number = unit.from_si(si);
    let text = if unit.offset != 0.0 { format!("{:.1}", number + 0.0) } else { grouped(number) };
    let symbol = unit.symbol.trim_start_matches('Δ');
    if symbol.is_empty() { text } else { format!("{text} {symbol}") }
}

/// A bare number with three to four significant digits and a comma every three digits.
#[must_use]
pub fn grouped(number: f64) -> String {
    if !number.is_finite() {
        return "—".to_owned();
    }
    let magnitude = number.abs();
    let decimals = if magnitude >= 99.95 || magnitude == 0.0 {
        0
    } else if magnitude >= 9.995 {
        1
    } else if magnitude >= 0.9995 {
        2
    } else {
        let lead = -magnitude.log10().floor();
        if lead > 8.0 {
            return format!("{number:.2e}");
        }
        lead as usize + 2
    };
    let text = format!("{magnitude:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::with_capacity(text.len() + 4);
    if number < 0.0 && text.bytes().any(|b| matches!(b, b'1'..=b'9')) {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A number of things: whole, with a comma every three digits.
#[must_use]
pub fn whole(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::*;

    #[test]
    fn people_read_few_digits() {
        assert_eq!(show(Power::from_megawatts(302.4), System::Si), "302 MW");
        assert_eq!(show(Temperature::from_celsius(35.62), System::Si), "35.6 °C");
        assert_eq!(show(Temperature::from_celsius(35.0), System::Us), "95.0 °F");
        assert_eq!(show(VolumeFlow::from_liters_per_minute(1136.2), System::Si), "1,136 L/min");
        assert_eq!(show(TemperatureDifference::from_kelvins(12.3), System::Us), "22.1 °F");
        assert_eq!(show(Power::from_watts(f64::NAN), System::Si), "—");
        assert_eq!(grouped(-1234567.0), "−1,234,567");
        assert_eq!([0, 999, 1000, 230_088, 1_234_567].map(whole), ["0", "999", "1,000", "230,088", "1,234,567"]);
        assert_eq!(grouped(0.0), "0");
        assert_eq!(grouped(0.0123), "0.0123");
    }

    #[test]
    fn text_round_trips_to_the_same_bits() {
        for value in ["132 kW", "1.5 MW", "0 W", "35.3 MW", "16.48 MW", "0.1 W", "600 W", "-2 kW"] {
            assert_eq!(Power::parse(value).unwrap().to_text(), value);
        }
        for value in ["45 °C", "-0.5 °C", "35.6 °C", "0 °C", "19.44 °C", "40.55 °C"] {
            assert_eq!(Temperature::parse(value).unwrap().to_text(), value);
        }
        for value in ["130 L/min", "1136.5 L/min", "59 L/min", "177 L/min"] {
            assert_eq!(VolumeFlow::parse(value).unwrap().to_text(), value);
        }
        for value in ["62.3 $/MWh", "408.6 kg/MWh"] {
            let text = EnergyPrice::parse(value).map(Quantity::to_text).or_else(|_| CarbonIntensity::parse(value).map(Quantity::to_text)).unwrap();
            assert_eq!(text, value);
        }
        assert_eq!(FuelPrice::parse("3.43 $/MMBtu").unwrap().to_text(), "3.43 $/MMBtu");
        assert_eq!(HeatRate::parse("9630 Btu/kWh").unwrap().to_text(), "9630 Btu/kWh");
        assert_eq!(Ratio::parse("97.5 %").unwrap().to_text(), "97.5 %");
        assert_eq!(Ramp::parse("2 MW/min").unwrap().to_text(), "2 MW/min");
        assert_eq!(Length::parse("25.4 mm").unwrap().to_text(), "25.4 mm");
        assert_eq!(Length::parse("0.045 mm").unwrap().to_text(), "0.045 mm");
        assert_eq!(Length::parse("45 um").unwrap().to_text(), "45 um");
        assert_eq!(Duration::parse("90 days").unwrap().to_text(), "90 d");
    }

    #[test]
    fn wrong_text_is_answered_with_a_sentence() {
        let e = |t: &str| Power::parse(t).unwrap_err().to_string();
        assert_eq!(e("1.5 kPa"), "expected a power such as `1.5 MW`, found `1.5 kPa`, which is a pressure");
        assert_eq!(e("12"), "expected a power such as `1.5 MW`, found `12` without a unit");
        assert!(e("3 MWx").contains("unknown unit `MWx`"));
        assert_eq!(e("lots"), "expected a power such as `1.5 MW`, found `lots`");
        assert!(e("1e999 W").contains("not a finite number"));
        assert_eq!(e("NaN kW"), "expected a power such as `1.5 MW`, found `NaN kW`");
        assert_eq!(Power::parse("1,500 kW").unwrap(), Power::from_megawatts(1.5));
        assert_eq!(Volume::parse("3 m3").unwrap(), Volume::from_cubic_meters(3.0));
    }
}
