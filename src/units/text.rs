//! Text ⇄ quantity: the one parser and the one exact writer.

use super::quantity::{ALL_KINDS, Quantity, Unit};

/// Why a text is not the quantity that was asked for. Its message is a sentence a planner can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnitError(pub String);

/// Splits `"1,500.5 kW"` into the number and the unit.
fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let mut end = 0;
    let bytes = text.as_bytes();
    while end < bytes.len() {
        let c = bytes[end];
        let exponent = (c == b'e' || c == b'E')
            && bytes.get(end + 1).is_some_and(|n| n.is_ascii_digit() || ((*n == b'-' || *n == b'+') && bytes.get(end + 2).is_some_and(u8::is_ascii_digit)));
        let sign = (c == b'-' || c == b'+') && (end == 0 || matches!(bytes[end - 1], b'e' | b'E'));
        if c.is_ascii_digit() || matches!(c, b'.' | b',' | b'_') || exponent || sign {
            end += 1;
        } else {
            break;
        }
    }
    let number = &text[..end];
    if !grouped_by_three(number) {
        return None;
    }
    let number: String = number.chars().filter(|c| !matches!(c, ',' | '_')).collect();
    let value = number.parse::<f64>().ok()?;
    Some((value, text[end..].trim()))
}

/// Whether every comma stands before exactly three digits of the whole part. `1,5 MW` is a decimal comma, and reading it as 15 MW would be worse
/// than not reading it.
fn grouped_by_three(number: &str) -> bool {
    let whole = number.find(['.', 'e', 'E']).unwrap_or(number.len());
    let mut groups = number[..whole].split(',');
    let first = groups.next().unwrap_or("");
    let three = |group: &str| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit());
    !number[whole..].contains(',') && (whole == first.len() || first.bytes().any(|b| b.is_ascii_digit())) && groups.all(three)
}

/// Unit symbols compare without regard to the several ways to write the same sign (`m3`, `m³`; `·`, `*`; `degC`, `°C`).
fn normalized(symbol: &str) -> String {
    symbol
        .replace('³', "3")
        .replace('²', "2")
        .replace(['·', '*', ' ', '\u{a0}', '\u{202f}'], "")
        .replace("deg", "°")
        .replace('º', "°")
        .replace("USD", "$")
        .replace("Ohm", "Ω")
        .replace("ohm", "Ω")
        .replace(['µ', 'μ'], "u")
}

fn find(units: &'static [Unit], symbol: &str) -> Option<&'static Unit> {
    let wanted = normalized(symbol);
    units.iter().find(|u| normalized(u.symbol) == wanted)
}

/// Reads a number with a unit, for example `"1.5 MW"`.
///
/// # Errors
/// A sentence that says what was expected and what was found: an unknown unit, the unit of another dimension, no number, a number that is not finite.
pub fn parse<Q: Quantity>(text: &str) -> Result<Q, UnitError> {
    let expected = || format!("expected {} such as `{}`", Q::PHRASE, Q::EXAMPLE);
    let Some((value, symbol)) = split(text) else {
        return Err(UnitError(format!("{}, found `{}`", expected(), text.trim())));
    };
    if !value.is_finite() {
        return Err(UnitError(format!("{}, found `{}`, which is not a finite number", expected(), text.trim())));
    }
    if let Some(unit) = find(Q::UNITS, symbol) {
        // What is finite as typed may be too large in SI units: it could be saved, but never read again.
        let si = unit.to_si(value);
        return if si.is_finite() {
            Ok(Q::from_si(si))
        } else {
            Err(UnitError(format!("{}, found `{}`, which is not a finite number", expected(), text.trim())))
        };
    }
    if symbol.is_empty() {
        return Err(UnitError(format!("{}, found `{}` without a unit", expected(), text.trim())));
    }
    if let Some((phrase, _)) = ALL_KINDS.iter().find(|(_, units)| find(units, symbol).is_some()) {
        return Err(UnitError(format!("{}, found `{}`, which is {phrase}", expected(), text.trim())));
    }
    let known: Vec<&str> = Q::UNITS.iter().map(|u| u.symbol).filter(|s| !s.is_empty()).take(6).collect();
    Err(UnitError(format!("{}, found `{}`: unknown unit `{symbol}` (known: {})", expected(), text.trim(), known.join(", "))))
}

/// Writes the shortest text that [`parse`] reads back to the same bits.
pub fn to_text<Q: Quantity>(quantity: Q) -> String {
    // A zero has no sign in text.
    let si = quantity.si() + 0.0;
    let natural = choose(Q::UNITS, si);
    // A conversion that loses the last bit in one unit is exact in another: then the shortest of those texts.
    let natural_text = shortest(natural, si).map(|number| join(&number, natural.symbol));
    if let Some(text) = natural_text.filter(|t| t.len() <= LONG) {
        return text;
    }
    let best = |saved: bool| {
        Q::UNITS.iter().filter(|u| u.saved || !saved).filter_map(|u| shortest(u, si).map(|number| join(&number, u.symbol))).min_by_key(String::len)
    };
    // What was typed in a unit that is only read may need that unit again; a computed value may lie between what any unit can say.
    best(true).or_else(|| best(false)).unwrap_or_else(|| {
        let nearest = natural.to_si(natural.from_si(si));
        join(&shortest(natural, nearest).unwrap_or_else(|| format!("{}", natural.from_si(si))), natural.symbol)
    })
}

/// A text longer than this is a rounding remainder in the wrong unit, and another unit is tried.
const LONG: usize = 14;

fn join(number: &str, symbol: &str) -> String {
    if symbol.is_empty() { number.to_owned() } else { format!("{number} {symbol}") }
}

/// The saved unit: the largest one marked for saving in which the number is at least one, or the smallest of them.
pub(super) fn choose(units: &'static [Unit], si: f64) -> &'static Unit {
    let mut best: Option<&'static Unit> = None;
    for unit in units.iter().filter(|u| u.saved) {
        let better = match best {
            None => true,
            Some(b) => {
                let (x, y) = (unit.from_si(si).abs(), b.from_si(si).abs());
                if x >= 0.999_999_999 { y < 0.999_999_999 || unit.factor > b.factor } else { y < 0.999_999_999 && unit.factor < b.factor && si != 0.0 }
            }
        };
        if better {
            best = Some(unit);
        }
    }
    best.unwrap_or(&units[0])
}

fn shortest(unit: &Unit, si: f64) -> Option<String> {
    let value = unit.from_si(si);
    let same = |number: f64| unit.to_si(number).to_bits() == si.to_bits() || (si == 0.0 && unit.to_si(number) == 0.0);
    let rounded = (1..=17).filter_map(|digits| format!("{:.*e}", digits - 1, value).parse::<f64>().ok());
    // Converted there and back, a number of full length may come out as its neighbor.
    let number = rounded.chain([value.next_up(), value.next_down()]).find(|n| same(*n))?;
    let magnitude = number.abs();
    Some(if magnitude != 0.0 && !(1e-6..1e15).contains(&magnitude) { format!("{number:e}") } else { format!("{number}") })
}
