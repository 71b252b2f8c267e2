//! Units, headloss law, fluid, and the times of hour 0.

use super::InpError;
use super::sections::{File, Line, Section, number, short};

/// Meters in a foot.
pub(super) const FOOT: f64 = 0.3048;
/// Pounds per square inch that a foot of water makes, as the reference program rounds it (`PSIperFT` of its `types.h`); settings of valves and
/// pressures of a file in US units mean it.
const PSI_PER_FOOT: f64 = 0.4333;
/// Kilopascals in a pound per square inch, rounded likewise (`KPAperPSI`).
const KPA_PER_PSI: f64 = 6.895;
/// Pascals in a pound per square inch.
const PASCALS_PER_PSI: f64 = 6_894.757_293_168;
/// Kinematic viscosity that a multiplier counts from, m²/s: 1.1e-5 ft²/s (`VISCOS`).
const VISCOSITY: f64 = 1.1e-5 * FOOT * FOOT;
/// Viscosities above this are multipliers.
const LARGEST_VISCOSITY: f64 = 1e-3;
/// Gravity that the velocity heads of the reference program reckon with, m/s²: 32.2 ft/s².
pub(super) const GRAVITY: f64 = 32.2 * FOOT;

/// Units of flow of a file; they decide about all others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Units {
    /// Keyword.
    pub name: &'static str,
    /// m³/s in one.
    pub flow: f64,
    /// Whether lengths are feet and inches.
    pub us: bool,
    /// Pressure units in a meter of head of this fluid.
    pub pressure_per_meter: f64,
    /// Pascals in a meter of head of this fluid.
    pub pascals_per_meter: f64,
}

impl Units {
    /// m in the file's unit of length and head.
    #[must_use]
    pub fn length(&self) -> f64 {
        if self.us { FOOT } else { 1.0 }
    }

    /// m in the file's unit of diameter.
    #[must_use]
    pub fn diameter(&self) -> f64 {
        if self.us { FOOT / 12.0 } else { 1e-3 }
    }

    /// m in the file's unit of Darcy–Weisbach roughness (thousandths of a foot, mm).
    #[must_use]
    pub fn roughness(&self) -> f64 {
        if self.us { 1e-3 * FOOT } else { 1e-3 }
    }
}

const CUBIC_FOOT: f64 = FOOT * FOOT * FOOT;
const US_GALLON: f64 = 3.785_411_784e-3;
const IMPERIAL_GALLON: f64 = 4.546_09e-3;
const ACRE_FOOT: f64 = 43_560.0 * CUBIC_FOOT;
const DAY: f64 = 86_400.0;

/// Keyword, m³/s, US lengths.
const FLOWS: [(&str, f64, bool); 11] = [
    ("CFS", CUBIC_FOOT, true),
    ("GPM", US_GALLON / 60.0, true),
    ("MGD", 1e6 * US_GALLON / DAY, true),
    ("IMGD", 1e6 * IMPERIAL_GALLON / DAY, true),
    ("AFD", ACRE_FOOT / DAY, true),
    ("LPS", 1e-3, false),
    ("LPM", 1e-3 / 60.0, false),
    ("MLD", 1e3 / DAY, false),
    ("CMH", 1.0 / 3600.0, false),
    ("CMD", 1.0 / DAY, false),
    ("CMS", 1.0, false),
];

/// Headloss law of the pipes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// Hazen–Williams.
    HazenWilliams,
    /// Darcy–Weisbach.
    DarcyWeisbach,
    /// Chezy–Manning.
    ChezyManning,
}

/// What the options and times say.
#[derive(Debug, Clone)]
pub(super) struct Options<'a> {
    pub units: Units,
    pub formula: Formula,
    pub viscosity: f64,
    pub gravity: f64,
    pub demand_multiplier: f64,
    /// Name of the pattern of demands that have none; and whether the file names it itself.
    pub pattern: (&'a str, Option<usize>),
    pub emitter_exponent: f64,
    /// Place in a pattern at hour 0, before it is wrapped.
    pub period: usize,
    /// Time of day at hour 0, s.
    pub clock: f64,
}

/// Keywords that don't bear on heads and flows.
const PASSED_OVER: [&str; 13] = [
    "QUALITY",
    "DIFFUSIVITY",
    "TRIALS",
    "ACCURACY",
    "UNBALANCED",
    "TOLERANCE",
    "MAP",
    "CHECKFREQ",
    "MAXCHECK",
    "DAMPLIMIT",
    "HEADERROR",
    "FLOWCHANGE",
    "SEGMENTS",
];

#[derive(Clone, Copy, PartialEq)]
enum PressureUnit {
    Psi,
    Kilopascal,
    Meter,
}

pub(super) fn read<'a>(file: &File<'a>) -> Result<Options<'a>, InpError> {
    let mut flow = FLOWS[1];
    let (mut pressure, mut viscosity) = (PressureUnit::Meter, None);
    let units = Units { name: "GPM", flow: 1.0, us: true, pressure_per_meter: 1.0, pascals_per_meter: 1.0 };
    let mut options = Options {
        units,
        formula: Formula::HazenWilliams,
        viscosity: VISCOSITY,
        gravity: 1.0,
        demand_multiplier: 1.0,
        pattern: ("1", None),
        emitter_exponent: 0.5,
        period: 0,
        clock: 0.0,
    };
    for line in file.of(Section::Options) {
        let key = line.need(0, "the option")?.to_ascii_uppercase();
        match key.as_str() {
            "UNITS" => flow = flow_units(line)?,
            "PRESSURE" if line.is(1, "EXPONENT") => {}
            "PRESSURE" => pressure = pressure_unit(line)?,
            "HEADLOSS" => options.formula = formula(line)?,
            "VISCOSITY" => viscosity = Some(positive(line, 1, "the viscosity")?),
            "SPECIFIC" => options.gravity = positive(line, 2, "the specific gravity")?,
            "PATTERN" => options.pattern = (line.need(1, "the pattern")?, Some(line.number)),
            "DEMAND" if line.is(1, "MULTIPLIER") => options.demand_multiplier = line.number_at(2, "the demand multiplier")?,
            "DEMAND" if line.is(1, "MODEL") && line.is(2, "DDA") => {}
            "DEMAND" => return line.error("demands that depend on the pressure are not computed here; use DEMAND MODEL DDA"),
            "EMITTER" if line.is(1, "EXPONENT") => options.emitter_exponent = emitter_exponent(line)?,
            "EMITTER" if line.is(1, "BACKFLOW") && line.is(2, "YES") => {}
            "EMITTER" => return line.error("of emitters only EXPONENT and BACKFLOW YES are honored"),
            "HYDRAULICS" if line.is(1, "USE") => return line.error("hydraulics from another file can't be used"),
            "HYDRAULICS" | "MINIMUM" | "REQUIRED" => {}
            key if PASSED_OVER.contains(&key) => {}
            key => return line.error(format!("the option {} is not known", short(key))),
        }
    }
    let pressure_unit = if flow.2 {
        PressureUnit::Psi
    } else if pressure == PressureUnit::Psi {
        PressureUnit::Meter
    } else {
        pressure
    };
    options.units = units_of(flow, pressure_unit, options.gravity);
    if let Some(v) = viscosity {
        let square = if flow.2 { FOOT * FOOT } else { 1.0 };
        options.viscosity = if v > LARGEST_VISCOSITY { v * VISCOSITY } else { v * square };
    }
    times(file, &mut options)?;
    Ok(options)
}

fn units_of((name, flow, us): (&'static str, f64, bool), pressure: PressureUnit, gravity: f64) -> Units {
    let psi_per_meter = PSI_PER_FOOT * gravity / FOOT;
    let pressure_per_meter = match pressure {
        PressureUnit::Psi => psi_per_meter,
        PressureUnit::Kilopascal => KPA_PER_PSI * psi_per_meter,
        PressureUnit::Meter => gravity,
    };
    let pascals_per_meter = match pressure {
        // What the file's own program would print, in other units.
        PressureUnit::Psi => psi_per_meter * PASCALS_PER_PSI,
        PressureUnit::Kilopascal => 1e3 * KPA_PER_PSI * psi_per_meter,
        PressureUnit::Meter => 1e3 * gravity * GRAVITY,
    };
    Units { name, flow, us, pressure_per_meter, pascals_per_meter }
}

fn flow_units(line: &Line<'_>) -> Result<(&'static str, f64, bool), InpError> {
    let word = line.need(1, "the unit of flow")?;
    let known = FLOWS.into_iter().find(|(name, ..)| word.eq_ignore_ascii_case(name));
    known.map_or_else(|| line.error(format!("`{}` is no unit of flow that is known", short(word))), Ok)
}

fn pressure_unit(line: &Line<'_>) -> Result<PressureUnit, InpError> {
    match line.need(1, "the unit of pressure")?.to_ascii_uppercase().as_str() {
        "PSI" => Ok(PressureUnit::Psi),
        "KPA" => Ok(PressureUnit::Kilopascal),
        "METERS" | "METER" | "M" => Ok(PressureUnit::Meter),
        other => line.error(format!("`{}` is no unit of pressure that is known", short(other))),
    }
}

fn formula(line: &Line<'_>) -> Result<Formula, InpError> {
    match line.need(1, "the headloss law")?.to_ascii_uppercase().as_str() {
        "H-W" => Ok(Formula::HazenWilliams),
        "D-W" => Ok(Formula::DarcyWeisbach),
        "C-M" => Ok(Formula::ChezyManning),
        other => line.error(format!("`{}` is no headloss law (H-W, D-W, C-M)", short(other))),
    }
}

fn positive(line: &Line<'_>, place: usize, what: &str) -> Result<f64, InpError> {
    let value = line.number_at(place, what)?;
    if value > 0.0 { Ok(value) } else { line.error(format!("{what} must be above zero")) }
}

fn emitter_exponent(line: &Line<'_>) -> Result<f64, InpError> {
    let value = line.number_at(2, "the emitter exponent")?;
    // Its inverse is the exponent of a law, which takes 0.05 to 20.
    if (0.05..=20.0).contains(&value) { Ok(value) } else { line.error("the emitter exponent must lie between 0.05 and 20") }
}

fn times(file: &File<'_>, options: &mut Options<'_>) -> Result<(), InpError> {
    let (mut step, mut start) = (3600.0, 0.0);
    for line in file.of(Section::Times) {
        if line.is(0, "PATTERN") && line.is(1, "TIMESTEP") {
            step = seconds(line, 2)?;
        } else if line.is(0, "PATTERN") && line.is(1, "START") {
            start = seconds(line, 2)?;
        } else if line.is(0, "START") && line.is(1, "CLOCKTIME") {
            options.clock = seconds(line, 2)? % DAY;
        }
    }
    if step <= 0.0 {
        step = 3600.0;
    }
    options.period = (start / step) as usize;
    Ok(())
}

/// A time in seconds: hours with a point, `h:mm` or `h:mm:ss`, or a number with a unit; a time of day with AM or PM.
pub(super) fn seconds(line: &Line<'_>, place: usize) -> Result<f64, InpError> {
    let word = line.need(place, "the time")?;
    let parts: Option<Vec<f64>> = word.split(':').take(4).map(number).collect();
    let parts = match parts {
        Some(parts) if parts.len() <= 3 && parts.iter().all(|x| *x >= 0.0) => parts,
        _ => return line.error(format!("`{}` is no time", short(word))),
    };
    let hours: f64 = parts.iter().zip([1.0, 60.0, 3600.0]).map(|(x, divisor)| x / divisor).sum();
    let unit = line.word(place + 1).unwrap_or("").to_ascii_uppercase();
    let hours = match unit.as_str() {
        "AM" if hours >= 12.0 => hours - 12.0,
        "PM" if hours < 12.0 => hours + 12.0,
        u if u.starts_with("SEC") => hours / 3600.0,
        u if u.starts_with("MIN") => hours / 60.0,
        u if u.starts_with("DAY") => hours * 24.0,
        _ => hours,
    };
    // Whole seconds, as the reference program keeps them.
    Ok((hours.min(1e9) * 3600.0 + 0.5).floor())
}
