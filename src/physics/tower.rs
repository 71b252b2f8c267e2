//! Evaporative cooling towers with variable-speed fans: approach by the YorkCalc correlation, water use by saturated exit air.
//!
//! The correlation gives the approach A of the leaving water to the wet bulb from the range R = T_in − T_out, the wet bulb and the ratio
//! of water to air flow. A tower in a loop must satisfy T_in = T_wb + R + A(R). With the fan off, free convection carries a fixed share
//! of the full-speed cooling. Between both, the fan runs at the lowest speed that holds the set-point, or cycles at its lowest speed.

use super::moist_air::MoistAir;
use crate::units::{Power, Ratio, Temperature, TemperatureDifference, VolumeFlow};

/// Lowest fan speed. EnergyPlus default.
const LOWEST_SPEED: f64 = 0.2;
/// Share of the full-speed cooling, and of the full air flow, with the fan off. EnergyPlus and Modelica Buildings default.
const FREE_CONVECTION: f64 = 0.125;
/// Highest ratio of water to air of the correlation.
const HIGHEST_WATER_TO_AIR: f64 = 8.0;
/// Wet bulb of the correlation, °C.
const WET_BULB: (f64, f64) = (-34.4, 29.4444);
/// Range of the correlation, K.
const RANGE: (f64, f64) = (1.1111, 22.2222);
/// Density of make-up water, kg/m³ (998.25 at 20 °C).
const WATER_DENSITY: f64 = 998.25;

/// Coefficients of L^i R^j T_wb^k, with k fastest.
const YORKCALC: [f64; 27] = [
    -0.359741205,
    -0.055053608,
    0.0023850432,
    0.173926877,
    -0.0248473764,
    0.00048430224,
    -0.005589849456,
    0.0005770079712,
    -1.342427256e-05,
    2.84765801111111,
    -0.121765149,
    0.0014599242,
    1.680428651,
    -0.0166920786,
    -0.0007190532,
    -0.025485194448,
    4.87491696e-05,
    2.719234152e-05,
    -0.0653766255555556,
    -0.002278167,
    0.0002500254,
    -0.0910565458,
    0.00318176316,
    3.8621772e-05,
    -0.0034285382352,
    8.56589904e-06,
    -1.516821552e-06,
];

/// A tower at its rating.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    /// Heat rejected. With `range` and `water_flow` it fixes the heat capacity of the water.
    pub heat: Power,
    /// Fan power at full speed.
    pub fan_power: Power,
    /// Wet bulb of the entering air.
    pub wet_bulb: Temperature,
    /// Leaving water above wet bulb.
    pub approach: TemperatureDifference,
    /// Entering above leaving water.
    pub range: TemperatureDifference,
    /// Water flow.
    pub water_flow: VolumeFlow,
    /// Air flow at full speed.
    pub air_flow: VolumeFlow,
}

/// Water treatment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Treatment {
    /// Cycles of concentration: dissolved solids in the basin over those of the make-up.
    pub cycles: f64,
    /// Droplets lost, as a share of the rated water flow at full fan speed.
    pub drift: Ratio,
}

/// What the tower is asked to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Duty {
    /// Water arrives at this temperature.
    Inlet(Temperature),
    /// This heat must go, whatever the water temperature becomes.
    Heat(Power),
}

/// How the tower runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operation {
    /// Heat rejected.
    pub heat: Power,
    /// Fan power.
    pub fan_power: Power,
    /// Mean fan speed, share of full speed.
    pub speed: f64,
    /// Entering water.
    pub water_in: Temperature,
    /// Leaving water.
    pub water_out: Temperature,
    /// Whether the set-point is held. When the fan is off and the air would cool further, a bypass holds it.
    pub held: bool,
    /// Whether wet bulb, range and water-to-air ratio are within the correlation.
    pub in_range: bool,
    /// Water evaporated.
    pub evaporation: VolumeFlow,
    /// Water lost as droplets.
    pub drift: VolumeFlow,
    /// Water drained to keep the concentration.
    pub blowdown: VolumeFlow,
    /// Water to be replaced: the sum of the three.
    pub makeup: VolumeFlow,
}

/// Approach of the leaving water to the wet bulb.
///
/// ```text
/// A = Σ c_ijk L^i R^j T_wb^k,   i, j, k = 0..2,   L = (water flow / rated) / (air flow / rated)
/// ```
/// # Source
/// [`super::sources::YORKCALC`]; coefficients as in [`super::sources::MODELICA_BUILDINGS`], `Correlations/yorkCalc.mo`.
/// # Range
/// Wet bulb −34.4 to 29.4 °C, range 1.1 to 22.2 K, L ≤ 8; the polynomial continues outside.
/// # Assumptions
/// One family of York towers; sea level.
/// # Check
/// `yorkcalc_points`.
#[must_use]
pub fn yorkcalc_approach(wet_bulb: Temperature, range: TemperatureDifference, water_air_ratio: f64) -> TemperatureDifference {
    TemperatureDifference::from_kelvins(polynomial(wet_bulb.celsius(), range.kelvins(), water_air_ratio))
}

/// The correlation as a parabola in the water-to-air ratio.
fn parabola(wet_bulb: f64, range: f64) -> [f64; 3] {
    let mut outer = [0.0; 3];
    for (i, block) in YORKCALC.chunks_exact(9).enumerate() {
        let mut inner = [0.0; 3];
        for (j, terms) in block.chunks_exact(3).enumerate() {
            inner[j] = quadratic(terms, wet_bulb);
        }
        outer[i] = quadratic(&inner, range);
    }
    outer
}

fn quadratic(c: &[f64], x: f64) -> f64 {
    c[0] + x * (c[1] + x * c[2])
}

fn polynomial(wet_bulb: f64, range: f64, ratio: f64) -> f64 {
    quadratic(&parabola(wet_bulb, range), ratio)
}

/// Root of an increasing or decreasing function between two points, by regula falsi with the Illinois rule. Without a change of sign
/// the end with the smaller magnitude, so that a control problem saturates instead of failing.
///
/// # Source
/// Derived: secant with the retained end halved when it stays twice.
pub(super) fn bracketed_root(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut a, mut b) = (low, high);
    let (mut fa, mut fb) = (f(a), f(b));
    if fa == 0.0 || fa * fb > 0.0 && fa.abs() <= fb.abs() {
        return a;
    }
    if fa * fb >= 0.0 {
        return b;
    }
    for _ in 0..100 {
        let c = (a * fb - b * fa) / (fb - fa);
        let fc = f(c);
        if fc * fb < 0.0 {
            (a, fa) = (b, fb);
        } else {
            fa *= 0.5;
        }
        (b, fb) = (c, fc);
        if fc == 0.0 || (b - a).abs() < 1e-12 * (high - low).abs() || fc.abs() < 1e-11 {
            break;
        }
    }
    b
}

/// The correlation bound to one tower, one air state and one water flow.
struct Cell {
    wet_bulb: f64,
    wet_bulb_held: f64,
    water: f64,
}

impl Cell {
    fn new(rating: &Rating, air: &MoistAir, water_flow: VolumeFlow) -> Self {
        let wet_bulb = air.wet_bulb().celsius();
        let rated = rating.water_flow.max(VolumeFlow::from_liters_per_minute(1e-6));
        let water = calibration(rating) * (water_flow / rated);
        Self { wet_bulb, wet_bulb_held: wet_bulb.clamp(WET_BULB.0, WET_BULB.1), water }
    }

    fn approach(&self, range: f64, speed: f64) -> f64 {
        let curve = parabola(self.wet_bulb_held, range.min(RANGE.1));
        let ratio = (self.water / speed).min(HIGHEST_WATER_TO_AIR);
        // Past the top of the parabola (approaches above 40 K, far outside the fit) less air would seem to cool better.
        let top = if curve[2] < 0.0 { -0.5 * curve[1] / curve[2] } else { f64::INFINITY };
        quadratic(&curve, ratio.min(top)).max(0.0)
    }

    /// Leaving water for an entering temperature and a fan speed, °C.
    fn outlet(&self, inlet: f64, speed: f64) -> f64 {
        let available = inlet - self.wet_bulb;
        if available <= 0.0 || self.approach(0.0, speed) >= available {
            return inlet;
        }
        inlet - bracketed_root(0.0, available, |range| range + self.approach(range, speed) - available)
    }

    fn in_range(&self, range: f64, speed: f64) -> bool {
        (WET_BULB.0..=WET_BULB.1).contains(&self.wet_bulb)
            && (RANGE.0..=RANGE.1).contains(&range)
            && self.water <= HIGHEST_WATER_TO_AIR * speed.max(LOWEST_SPEED)
    }
}

/// Water flow ratio at which the correlation gives the rated approach: the tower is that much smaller or larger than the family.
fn calibration(rating: &Rating) -> f64 {
    let (wet_bulb, range) = (rating.wet_bulb.celsius(), rating.range.kelvins());
    bracketed_root(0.1, 4.0, |ratio| polynomial(wet_bulb, range, ratio) - rating.approach.kelvins())
}

/// Heat, fan power, leaving water and water use of one tower.
///
/// ```text
/// T_in = T_wb + R + A(T_wb, R, L),   T_out = T_wb + A,   P_fan = P_r r³
/// fan off:          T_off = T_in − 0.125 (T_in − T_full)
/// fan at r_min:     cycles the share (T_off − T_set) / (T_off − T_min)
/// evaporation:      E = m_a (W_sat(h_in + Q/m_a) − W_in)
/// drift D = d r V̇_rated,   blow-down B = max(0, E/(C − 1) − D),   make-up = E + D + B
/// ```
/// # Source
/// [`super::sources::ENERGYPLUS`], `CoolingTower:VariableSpeed` with its saturated-exit evaporation; [`super::sources::YORKCALC`].
/// # Range
/// As for [`yorkcalc_approach`]; wet bulb and range are held at its limits and `in_range` is false there, and the approach never falls
/// with less air, which the polynomial does beyond 40 K of approach. Water already at or below the
/// set-point passes by. More heat than the tower can take leaves the set-point: `held` is false and the water is warmer.
/// # Assumptions
/// Fan power and air flow as volume, independent of air density, as in the reference. Evaporated water is counted per dry air,
/// which is 1 to 3 % more than EnergyPlus, where the moist-air flow is used with a fraction of moist air. Sensible heat of the make-up ignored.
/// # Check
/// `plant_hours_of_energyplus`, `holds_the_set_point_at_the_lowest_speed`, `less_air_never_cools_better`.
#[must_use]
pub fn operate(rating: &Rating, air: &MoistAir, duty: Duty, water_flow: VolumeFlow, setpoint: Temperature, treatment: &Treatment) -> Operation {
    let cell = Cell::new(rating, air, water_flow);
    let per_kelvin = capacity_rate(rating, water_flow);
    let target = setpoint.celsius();
    let run = match duty {
        Duty::Inlet(inlet) => control(&cell, inlet.celsius(), target),
        Duty::Heat(heat) => {
            let range = if per_kelvin > 0.0 { heat.watts().max(0.0) / per_kelvin } else { 0.0 };
            let run = control(&cell, target + range, target);
            if run.held {
                run
            } else {
                let outlet = cell.wet_bulb + cell.approach(range, 1.0);
                Run { inlet: outlet + range, outlet, ..run }
            }
        }
    };
    finish(rating, air, &cell, &run, per_kelvin, treatment)
}

/// Heat capacity rate of the water, W/K, as the rating implies it.
fn capacity_rate(rating: &Rating, water_flow: VolumeFlow) -> f64 {
    let rated = rating.range.kelvins() * rating.water_flow.cubic_meters_per_second();
    if rated > 0.0 { rating.heat.watts() / rated * water_flow.cubic_meters_per_second() } else { 0.0 }
}

/// Result of the fan control.
struct Run {
    inlet: f64,
    outlet: f64,
    speed: f64,
    fan_share: f64,
    air_share: f64,
    held: bool,
}

fn control(cell: &Cell, inlet: f64, target: f64) -> Run {
    if inlet <= target || cell.water <= 0.0 {
        return Run { inlet, outlet: inlet, speed: 0.0, fan_share: 0.0, air_share: 0.0, held: inlet <= target };
    }
    let full = cell.outlet(inlet, 1.0);
    if full >= target {
        return Run { inlet, outlet: full, speed: 1.0, fan_share: 1.0, air_share: 1.0, held: full <= target + 1e-9 };
    }
    let off = inlet - FREE_CONVECTION * (inlet - full);
    if off <= target {
        return Run { inlet, outlet: target, speed: 0.0, fan_share: 0.0, air_share: FREE_CONVECTION, held: true };
    }
    let lowest = cell.outlet(inlet, LOWEST_SPEED);
    if lowest <= target {
        let share = (off - target) / (off - lowest);
        let air_share = share * LOWEST_SPEED + (1.0 - share) * FREE_CONVECTION;
        return Run { inlet, outlet: target, speed: share * LOWEST_SPEED, fan_share: share * LOWEST_SPEED.powi(3), air_share, held: true };
    }
    // At the set-point the range is known, so the speed follows from the approach alone.
    let range = inlet - target;
    let speed = bracketed_root(LOWEST_SPEED, 1.0, |speed| cell.approach(range, speed) - (target - cell.wet_bulb));
    Run { inlet, outlet: target, speed, fan_share: speed.powi(3), air_share: speed, held: true }
}

fn finish(rating: &Rating, air: &MoistAir, cell: &Cell, run: &Run, per_kelvin: f64, treatment: &Treatment) -> Operation {
    let range = run.inlet - run.outlet;
    let heat = Power::from_watts(per_kelvin * range);
    let air_mass = run.air_share * rating.air_flow.cubic_meters_per_second() * air.density().kilograms_per_cubic_meter() / (1.0 + air.humidity_ratio);
    let evaporated = if air_mass > 0.0 && heat > Power::ZERO {
        let leaving = MoistAir::saturated_at_enthalpy(air.enthalpy() + heat.watts() / air_mass, air.pressure);
        (air_mass * (leaving.humidity_ratio - air.humidity_ratio)).max(0.0)
    } else {
        0.0
    };
    let evaporation = VolumeFlow::from_cubic_meters_per_second(evaporated / WATER_DENSITY);
    let drift = rating.water_flow * (treatment.drift.value() * run.air_share);
    let blowdown = (evaporation / (treatment.cycles - 1.0).max(1e-3) - drift).max(VolumeFlow::ZERO);
    Operation {
        heat,
        fan_power: rating.fan_power * run.fan_share,
        speed: run.speed,
        water_in: Temperature::from_celsius(run.inlet),
        water_out: Temperature::from_celsius(run.outlet),
        held: run.held,
        in_range: heat <= Power::ZERO || cell.in_range(range, run.air_share),
        evaporation,
        drift,
        blowdown,
        makeup: evaporation + drift + blowdown,
    }
}

#[cfg(test)]
#[path = "tower_tests.rs"]
mod tests;
