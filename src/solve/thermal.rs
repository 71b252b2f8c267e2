//! Heat from the coolant loop to the facility water: CDUs in parallel, each a counterflow plate exchanger.
//!
//! ```text
//! Q = ε(NTU, c)·C_min·(T_return − T_fws),     1/UA = (1/UA₀)·(½ r_s^−0.85 + ½ r_p^−0.85)
//! ```
//! The CDU takes as much facility water as holds its supply set-point, up to its largest flow. If that is not enough the supply
//! temperature floats up until the heat passes. Without a set-point it takes all it can, and the supply follows the water.
//!
//! Groups of CDUs on one loop get the same mixed return, each as much of the stream as its pumps move, and their supplies mix.

use crate::numerics::roots;
use crate::physics::exchanger::{Arrangement, conductance_from_rating, effectiveness, off_design};
use crate::plan::catalog::CduModel;
use crate::units::*;

/// Facility water temperature of a CDU rating, where the data sheet gives only the approach; the conductance hardly depends on it.
pub(super) const RATED_FWS_C: f64 = 32.0;
/// Film exponent of water in plate exchangers: Wetter 1999 as used in Modelica Buildings (`physics::exchanger`).
const FILM: f64 = 0.85;
/// Least share of the rated facility water flow a control valve passes. Assumed.
pub(super) const LEAST_FLOW: f64 = 0.02;

/// CDUs of one model on a loop, as heat exchangers. Capacity rates in W/K, for all together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Exchanger {
    pub ua: f64,
    /// Rated capacity rate of the coolant.
    pub secondary: f64,
    /// Rated capacity rate of the facility water.
    pub primary: f64,
    /// Largest capacity rate of the facility water.
    pub most: f64,
    /// Film exponent of the hot side, and its share of the resistance.
    pub film: (f64, f64),
}

/// Heat capacity of a volume: ρ·c, J/(m³·K).
pub(super) fn volumetric(fluid: &crate::physics::coolant::Properties) -> f64 {
    fluid.density.kilograms_per_cubic_meter() * fluid.specific_heat.joules_per_kilogram_kelvin()
}

/// A group of equal CDUs; `None` where no exchanger can do the catalog's rating.
pub(super) fn exchanger(model: &CduModel, units: f64, secondary_rho_c: f64, primary_rho_c: f64) -> Option<Exchanger> {
    let secondary = Conductance::from_watts_per_kelvin(model.secondary_flow.cubic_meters_per_second() * secondary_rho_c);
    let primary = Conductance::from_watts_per_kelvin(model.primary_flow.cubic_meters_per_second() * primary_rho_c);
    let cold = Temperature::from_celsius(RATED_FWS_C);
    let hot = cold + *model.approach + *model.capacity / secondary;
    let ua = conductance_from_rating(*model.capacity, hot, cold, secondary, primary, Arrangement::Counterflow)?;
    let whole = |c: Conductance| c.watts_per_kelvin() * units;
    Some(Exchanger { ua: whole(ua), secondary: whole(secondary), primary: whole(primary), most: whole(primary), film: (FILM, 0.5) })
}

/// How the CDUs of a loop run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Operation {
    /// Supply temperature of the loop, K.
    pub supply: f64,
    /// Capacity rate of the facility water taken, W/K.
    pub primary: f64,
    /// Whether the set-point is held.
    pub held: bool,
}

/// Heat passed at these capacity rates, W.
pub(super) fn heat(x: &Exchanger, secondary: f64, primary: f64, difference: f64) -> f64 {
    let ua = off_design(Conductance::from_watts_per_kelvin(x.ua), secondary / x.secondary, primary / x.primary, x.film.0, FILM, x.film.1).watts_per_kelvin();
    let (low, high) = (secondary.min(primary), secondary.max(primary));
    if low <= 0.0 { 0.0 } else { effectiveness(Arrangement::Counterflow, ua / low, low / high) * low * difference }
}

/// Runs the CDUs: `load` W into a coolant stream of `secondary` W/K, facility water at `fws` K, set-point K; at most `share` of the largest water flow is there.
pub(super) fn operate(x: &Exchanger, load: f64, secondary: f64, fws: f64, setpoint: f64, share: f64) -> Operation {
    let most = x.most * share.clamp(0.0, 1.0);
    if load <= 0.0 {
        return Operation { supply: setpoint.max(fws), primary: 0.0, held: fws <= setpoint };
    }
    if secondary <= 0.0 || most <= 0.0 {
        return Operation { supply: f64::NAN, primary: 0.0, held: false };
    }
    let difference = setpoint + load / secondary - fws;
    let passes = |primary: f64| heat(x, secondary, primary, difference) - load;
    if difference > 0.0 && passes(most) >= 0.0 {
        let least = (x.primary * LEAST_FLOW).min(most);
        let primary = if passes(least) >= 0.0 { least } else { roots::bracketed(|p| passes(p) / load, least, most, 1e-9 * most).unwrap_or(most) };
        return Operation { supply: setpoint, primary, held: true };
    }
    // Q = k·(T_supply + Q/C − T_fws) at the largest water flow.
    let k = heat(x, secondary, most, 1.0);
    Operation { supply: fws + load / k - load / secondary, primary: most, held: false }
}

/// Runs the CDUs with their water valve fully open: the supply follows the water.
pub(super) fn float(x: &Exchanger, load: f64, secondary: f64, fws: f64, limit: f64, share: f64) -> Operation {
    let most = x.most * share.clamp(0.0, 1.0);
    let k = heat(x, secondary, most, 1.0);
    let supply = if load <= 0.0 { fws } else { fws + load / k - load / secondary };
    Operation { supply: if secondary > 0.0 && k > 0.0 { supply } else { f64::NAN }, primary: most, held: supply <= limit }
}

/// A group of CDUs in the stream of its loop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stream {
    /// The group's exchanger, if it has one that can be reckoned with.
    pub exchanger: Option<Exchanger>,
    /// Capacity rate of the coolant it moves, W/K.
    pub secondary: f64,
    /// Temperature of its facility water, K.
    pub fws: f64,
    /// Share of its largest water flow that is there.
    pub share: f64,
}

/// How the groups of a loop share its heat.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Shared {
    /// Mixed supply temperature, K; NaN where the heat can't pass.
    pub supply: f64,
    /// Whether it is at the set-point, or below where it floats.
    pub held: bool,
    /// Heat passed by each group, W, and facility water taken, W/K.
    pub groups: Vec<(f64, f64)>,
}

/// Passes `load` W from a loop to the facility water of its groups. With one group it is [`operate`] or [`float`]; with several, the mixed return
/// temperature is found at which together they pass the load.
pub(super) fn pass(streams: &[Stream], load: f64, setpoint: f64, floating: bool) -> Shared {
    let run = |s: &Stream, load: f64, aim: f64| {
        let nothing = Operation { supply: f64::NAN, primary: 0.0, held: false };
        s.exchanger.as_ref().map_or(nothing, |x| {
            if floating { float(x, load, s.secondary, s.fws, setpoint, s.share) } else { operate(x, load, s.secondary, s.fws, aim, s.share) }
        })
    };
    if let [one] = streams {
        let done = run(one, load, setpoint);
        // Heat that finds no way out does not leave.
        let passed = if done.supply.is_nan() { 0.0 } else { load };
        return Shared { supply: done.supply, held: done.held, groups: vec![(passed, done.primary)] };
    }
    let able: Vec<f64> = streams.iter().map(|s| s.exchanger.as_ref().map_or(0.0, |x| heat(x, s.secondary, x.most * s.share.clamp(0.0, 1.0), 1.0))).collect();
    let stream: f64 = streams.iter().map(|s| s.secondary).sum();
    let none = Shared { supply: f64::NAN, held: false, groups: vec![(0.0, 0.0); streams.len()] };
    let (least, most) = streams.iter().filter(|s| s.fws.is_finite()).fold((setpoint, setpoint), |(a, b), s| (a.min(s.fws), b.max(s.fws)));
    let together: f64 = able.iter().sum();
    if stream <= 0.0 || together <= 0.0 {
        return none;
    }
    let taken = |s: &Stream, k: f64, back: f64| {
        let can = k * (back - s.fws);
        if floating { can } else { can.min(s.secondary * (back - setpoint)).max(can.min(0.0)) }
    };
    let excess = |back: f64| streams.iter().zip(&able).map(|(s, k)| taken(s, *k, back)).sum::<f64>() - load;
    let Ok(back) = roots::bracketed(excess, least - 1.0, most + 1.0 + load / together, 1e-12) else { return none };
    let mut parts: Vec<f64> = streams.iter().zip(&able).map(|(s, k)| taken(s, *k, back)).collect();
    let scale = if load > 0.0 { load / parts.iter().sum::<f64>() } else { 0.0 };
    parts.iter_mut().for_each(|p| *p *= scale);
    let supply = back - load / stream;
    let groups = streams.iter().zip(&parts).map(|(s, part)| (*part, if *part > 0.0 { run(s, *part, back - part / s.secondary).primary } else { 0.0 }));
    Shared { supply, held: supply <= setpoint + 1e-9, groups: groups.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Catalog;

    const WATER: f64 = 4.13e6;

    #[test]
    fn the_rating_comes_back() {
        let catalog = Catalog::builtin().unwrap();
        for model in &catalog.cdus {
            let x = exchanger(model, 2.0, WATER, WATER).unwrap();
            let load = 2.0 * model.capacity.watts();
            let fws = 305.15;
            let run = operate(&x, load, x.secondary, fws, fws + model.approach.kelvins(), 1.0);
            assert!((run.supply - fws - model.approach.kelvins()).abs() < 1e-6 && (run.primary / x.primary - 1.0).abs() < 1e-4, "{}: {run:?}", model.id);
            let hot = operate(&x, load, x.secondary, fws + 3.0, fws + model.approach.kelvins(), 1.0);
            assert!(!hot.held && (hot.supply - fws - 3.0 - model.approach.kelvins()).abs() < 1e-6, "{}: {hot:?}", model.id);
            let easy = operate(&x, load / 2.0, x.secondary, fws, fws + model.approach.kelvins(), 1.0);
            assert!(easy.held && easy.primary < x.primary);
        }
    }

    /// CDU points computed with the package `ht`: heat, water in, UA, both streams; supply and water out.
    #[test]
    fn floating_supplies_match_the_reference() {
        let Some(folder) = std::env::var_os("MEGAWATT_REFERENCE") else {
            println!("skipped: MEGAWATT_REFERENCE is not set");
            return;
        };
        let text = std::fs::read_to_string(std::path::Path::new(&folder).join("cases/heat/cdu_points.csv")).unwrap();
        let mut rows = 0;
        for line in text.lines().skip(1) {
            let c: Vec<f64> = line.split(',').map(|f| f.parse().unwrap()).collect();
            let (tcs, fws) = (c[3] * c[5] * c[6], c[4] * c[7] * c[8]);
            let x = Exchanger { ua: c[2], secondary: tcs, primary: fws, most: fws, film: (FILM, 0.5) };
            let run = float(&x, c[0], tcs, c[1] + 273.15, 400.0, 1.0);
            assert!((run.supply - 273.15 - c[15]).abs() < 1e-6, "{line}: {run:?}");
            rows += 1;
        }
        assert!(rows > 200, "{rows}");
    }

    #[test]
    fn groups_share_the_heat_of_a_loop() {
        let catalog = Catalog::builtin().unwrap();
        let x = exchanger(&catalog.cdus[0], 1.0, WATER, WATER).unwrap();
        let load = 1.2 * catalog.cdus[0].capacity.watts();
        let stream = |fws: f64| Stream { exchanger: Some(x), secondary: x.secondary, fws, share: 1.0 };
        let whole = exchanger(&catalog.cdus[0], 2.0, WATER, WATER).unwrap();
        // Two groups alike are one of twice the size, held and not, and floating.
        for (setpoint, floating) in [(312.0, false), (302.0, false), (312.0, true)] {
            let pair = pass(&[stream(300.0), stream(300.0)], load, setpoint, floating);
            let one = pass(&[Stream { exchanger: Some(whole), secondary: whole.secondary, fws: 300.0, share: 1.0 }], load, setpoint, floating);
            let water: f64 = pair.groups.iter().map(|g| g.1).sum();
            assert!((pair.supply - one.supply).abs() < 1e-6 && pair.held == one.held && (water / one.groups[0].1 - 1.0).abs() < 1e-6, "{pair:?} {one:?}");
        }
        // With colder water one takes more than half, and no heat is lost.
        let uneven = pass(&[stream(296.0), stream(300.0)], load, 290.0, true);
        assert!(uneven.groups[0].0 > 0.5 * load && (uneven.groups.iter().map(|g| g.0).sum::<f64>() / load - 1.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_flows_without_water() {
        let catalog = Catalog::builtin().unwrap();
        let x = exchanger(&catalog.cdus[0], 1.0, WATER, WATER).unwrap();
        assert!(operate(&x, 1e5, x.secondary, 300.0, 305.0, 0.0).supply.is_nan());
        assert_eq!(operate(&x, 0.0, x.secondary, 300.0, 305.0, 1.0).primary, 0.0);
    }
}
