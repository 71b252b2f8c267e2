//! Rack power conversion: rectifiers, power shelves and node converters.
//!
//! A stage has a constant part and a constant efficiency. It is the law that a public model of a 28 MW machine uses at both of its
//! stages, and its published totals come back here. Sharing decides how many units carry the load, so it moves only the constant part.

use crate::units::{Power, Ratio};

/// Power drawn by one conversion stage that delivers `output`.
///
/// ```text
/// P_in = (P_out + c) / η
/// ```
/// # Source
/// [`super::sources::RAPS`], `raps/power.py`.
/// # Range
/// 0 < η ≤ 1, P_out ≥ 0. A stage with nothing to deliver still draws c/η: it is energized.
/// # Assumptions
/// The efficiency does not vary with load; the constant part is on the output side.
/// # Check
/// `node_chain_of_the_published_machine`.
#[must_use]
pub fn input(output: Power, constant: Power, efficiency: Ratio) -> Power {
    (output + constant) / efficiency.value()
}

/// Efficiency of a stage, output over input.
///
/// ```text
/// η_stage = P_out / P_in
/// ```
/// # Source
/// Derived from [`input`].
/// # Range
/// Zero at no load.
/// # Assumptions
/// As for [`input`].
/// # Check
/// `node_chain_of_the_published_machine`, the efficiencies .9157, .9335 and .9349.
#[must_use]
pub fn efficiency(output: Power, input: Power) -> Ratio {
    if input > Power::ZERO { Ratio::from_value(output / input) } else { Ratio::ZERO }
}

/// How many of `units` carry the load: all of them, or as few as keep each at or below `stage_at`.
///
/// ```text
/// n = min(N, max(1, ⌈P / P_stage⌉))
/// ```
/// # Source
/// [`super::sources::RAPS`], smart load sharing (`stage_at` is there 13.67 kW, the load of best efficiency of its rectifier).
/// # Range
/// At least one, at most all: past the last one the units carry more than `stage_at` each.
/// # Assumptions
/// Units that are not needed draw nothing.
/// # Check
/// `staging_uses_as_few_units_as_allowed`.
#[must_use]
pub fn units_on(output: Power, units: u32, stage_at: Option<Power>) -> u32 {
    let all = units.max(1);
    match stage_at {
        Some(limit) if limit > Power::ZERO => {
            let wanted = (output / limit).ceil().max(1.0);
            if wanted >= f64::from(all) { all } else { wanted as u32 }
        }
        _ => all,
    }
}

/// Power drawn by a group of equal converters that share `output` equally.
///
/// ```text
/// P_in = n · (P_out / n + c) / η = (P_out + n c) / η
/// ```
/// # Source
/// [`super::sources::RAPS`], `raps/power.py`.
/// # Range
/// As for [`input`]. With `stage_at` the result steps by c/η where one more unit starts.
/// # Assumptions
/// Equal sharing among the units that are on, see [`units_on`].
/// # Check
/// `whole_machine_totals`, `staging_uses_as_few_units_as_allowed`.
#[must_use]
pub fn staged_input(output: Power, units: u32, constant: Power, efficiency: Ratio, stage_at: Option<Power>) -> Power {
    let n = f64::from(units_on(output, units, stage_at));
    input(output / n, constant, efficiency) * n
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONVERTER: (f64, f64) = (13.0, 0.98);
    const RECTIFIER: (f64, f64) = (17.0, 0.96);
    const CDUS: f64 = 25.0 * 8_473.47;

    fn after_converter(node: f64) -> Power {
        input(Power::from_watts(node), Power::from_watts(CONVERTER.0), Ratio::from_value(CONVERTER.1))
    }

    /// Four nodes behind one rectifier, per node.
    fn after_rectifier(node: f64) -> Power {
        input(after_converter(node) * 4.0, Power::from_watts(RECTIFIER.0), Ratio::from_value(RECTIFIER.1)) / 4.0
    }

    /// 74 racks of 8 chassis, each with 16 nodes and 4 switches of 250 W behind 4 rectifiers.
    fn machine(node: f64) -> f64 {
        let chassis = after_converter(node) * 16.0 + Power::from_watts(1000.0);
        let drawn = staged_input(chassis, 4, Power::from_watts(RECTIFIER.0), Ratio::from_value(RECTIFIER.1), None);
        (drawn * (8.0 * 74.0) + Power::from_watts(CDUS)).megawatts()
    }

    #[test]
    fn node_chain_of_the_published_machine() {
        for (node, middle, drawn, eta) in [(626.26, 652.31, 683.91, 0.9157), (2180.48, 2238.25, 2335.93, 0.9335), (2704.26, 2772.71, 2892.67, 0.9349)] {
            assert!((after_converter(node).watts() - middle).abs() < 0.01);
            assert!((after_rectifier(node).watts() - drawn).abs() < 0.01);
            assert!((efficiency(Power::from_watts(node), after_rectifier(node)).value() - eta).abs() < 1e-4);
        }
    }

    #[test]
    fn whole_machine_totals() {
        for (node, megawatts) in [(626.26, 7.3065), (2180.48, 22.9545), (2704.26, 28.2279)] {
            assert!((machine(node) - megawatts).abs() < 0.0005 * megawatts, "{} {megawatts}", machine(node));
        }
        // The other published convention: 9 408 nodes, switches and CDUs added after the rectifiers.
        let other =
            |hpl: f64, nodes: f64, idle: f64| (after_rectifier(hpl).watts() * nodes + after_rectifier(626.26).watts() * idle + 74.0 * 8000.0 + CDUS) / 1e6;
        assert!((other(626.26, 9408.0, 0.0) - 7.2381).abs() < 5e-4);
        assert!((other(2180.48, 9216.0, 192.0) - 22.4631).abs() < 5e-4);
        assert!((other(2704.26, 9408.0, 0.0) - 28.0181).abs() < 5e-4);
    }

    #[test]
    fn staging_uses_as_few_units_as_allowed() {
        let at = Some(Power::from_watts(13_670.0));
        let kw = Power::from_kilowatts;
        assert_eq!(units_on(kw(11.4), 4, at), 1);
        assert_eq!(units_on(kw(13.67), 4, at), 1);
        assert_eq!(units_on(kw(13.68), 4, at), 2);
        assert_eq!(units_on(kw(90.0), 4, at), 4);
        assert_eq!(units_on(Power::ZERO, 4, at), 1);
        assert_eq!(units_on(kw(90.0), 0, None), 1);
        let (c, eta) = (Power::from_watts(17.0), Ratio::from_value(0.96));
        let saved = staged_input(kw(11.4), 4, c, eta, None) - staged_input(kw(11.4), 4, c, eta, at);
        assert!((saved.watts() - 3.0 * 17.0 / 0.96).abs() < 1e-9);
    }
}
