//! EPANET networks: an `.inp` text, solved at hour 0 with this program's own pipe network.
//!
//! * `sections` cuts the text up, `options` reads units, headloss law and times, `elements` the nodes and links, `status` what changes them before
//!   hour 0 (initial status, simple controls), `build` makes a network of them, [`flow`] heads and flows of its solution.
//! * [`export`] writes the other way: a plan's own networks as they were solved.
//!
//! The format, its units and its defaults: L. A. Rossman and others, *EPANET 2.2 User Manual* (EPA/600/R-20/133), appendix C; coefficients of the
//! headloss laws: its chapter 12 and the functions named in `build`. Sections may come in any order, keywords may be shortened to what is looked for
//! here, names may not.
//!
//! What bears on the steady state at hour 0 is honored or refused with its line; what does not (water quality, energy prices, drawings, rules, which act
//! after the first step only) is passed over.

mod build;
mod elements;
pub mod export;
pub mod flow;
mod options;
mod sections;
mod status;
#[cfg(test)]
mod tests;

pub use flow::{Flow, FlowLink, FlowNode, solve};
pub use options::{Formula, Units};

/// Why a file gives no network: one sentence, with the line where there is one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", line.map(|l| format!("line {l}: ")).unwrap_or_default())]
pub struct InpError {
    /// Line of the file, from 1.
    pub line: Option<usize>,
    /// The sentence.
    pub message: String,
}

impl InpError {
    fn new(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }

    fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }
}

/// A network as its file says, in SI units, demands and speeds as at hour 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Inp {
    /// First line of the title.
    pub title: Option<String>,
    /// Units of the file.
    pub units: Units,
    /// Headloss law of the pipes.
    pub formula: Formula,
    /// Kinematic viscosity, m²/s.
    pub viscosity: f64,
    /// Density over that of water.
    pub gravity: f64,
    /// Junctions, reservoirs and tanks.
    pub nodes: Vec<Node>,
    /// Pipes, pumps and valves.
    pub links: Vec<Link>,
    /// Points of the curves, as in the file.
    pub curves: Vec<Vec<(f64, f64)>>,
    /// Simple controls on the pressure of junctions, which the solution itself decides.
    pub controls: Vec<Control>,
    /// What was passed over and might be missed.
    pub notes: Vec<String>,
}

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its name.
    pub id: String,
    /// Elevation, m; the head of a reservoir.
    pub elevation: f64,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NodeKind {
    /// Takes a flow.
    Junction {
        /// Volume flow taken, m³/s.
        demand: f64,
        /// Pressure drop of its emitter at 1 m³/s, in meters of head; zero where it has none.
        emitter: f64,
        /// Exponent of the flow in it.
        exponent: f64,
    },
    /// Holds its head.
    Reservoir,
    /// Holds its head, but gives nothing when empty and takes nothing when full.
    Tank {
        /// Level over the elevation, m.
        level: f64,
        /// Whether it gives nothing.
        empty: bool,
        /// Whether it takes nothing.
        full: bool,
    },
}

/// A link.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Its name.
    pub id: String,
    /// Line of the file that tells it.
    pub line: usize,
    /// Place of the node where it begins.
    pub from: usize,
    /// Place of the node where it ends.
    pub to: usize,
    /// What it is.
    pub kind: LinkKind,
    /// Closed by its status, a pattern or a control.
    pub closed: bool,
}

/// What a link is. Lengths and diameters in m, losses as coefficients on the velocity head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LinkKind {
    /// A pipe; `roughness` as its headloss law wants it (m for Darcy–Weisbach).
    Pipe {
        /// Length.
        length: f64,
        /// Inside diameter.
        diameter: f64,
        /// Roughness.
        roughness: f64,
        /// Minor loss coefficient.
        minor: f64,
        /// Whether it flows forward only.
        check: bool,
    },
    /// A pump.
    Pump {
        /// Where its head comes from.
        head: PumpHead,
        /// Speed over that of its curve.
        speed: f64,
    },
    /// A valve.
    Valve {
        /// Its kind.
        kind: ValveKind,
        /// Diameter.
        diameter: f64,
        /// Minor loss coefficient when open.
        minor: f64,
        /// Setting: m of head (PRV, PSV, PBV), m³/s (FCV), loss coefficient (TCV), place of the curve (GPV). None: fixed open.
        setting: Option<f64>,
    },
}

/// Where a pump's head comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PumpHead {
    /// A curve of head over flow, by place.
    Curve(usize),
    /// A constant power given to the water, W.
    Power(f64),
}

/// Kinds of valves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValveKind {
    /// Holds the pressure behind it.
    Prv,
    /// Holds the pressure before it.
    Psv,
    /// Takes a given pressure.
    Pbv,
    /// Limits the flow.
    Fcv,
    /// Has a given loss coefficient.
    Tcv,
    /// Loses what a curve says.
    Gpv,
}

/// A simple control on the pressure of a junction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Control {
    /// Line of the file that tells it.
    pub line: usize,
    /// Place of the link it changes.
    pub link: usize,
    /// What it does to it.
    pub action: Action,
    /// Place of the junction.
    pub node: usize,
    /// Head at the junction, m.
    pub head: f64,
    /// Acts above it; else below.
    pub above: bool,
}

/// What a control or a status does to a link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action {
    /// Opens it.
    Open,
    /// Closes it.
    Close,
    /// Sets its speed or setting, in the units of [`LinkKind`].
    Set(f64),
}

/// Reads a network.
///
/// # Errors
/// A sentence that names the line and what is wrong there, or what can't be honored.
pub fn read(bytes: &[u8]) -> Result<Inp, InpError> {
    let text = String::from_utf8_lossy(bytes);
    let file = sections::cut(&text)?;
    let options = options::read(&file)?;
    let mut reader = elements::Reader::new(&file, &options)?;
    reader.nodes()?;
    reader.links()?;
    reader.finish()
}
