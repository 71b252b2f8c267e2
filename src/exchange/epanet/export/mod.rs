//! A plan's own coolant loops and facility water networks, as they were solved, as an EPANET 2.2 file (`.inp`).
//!
//! * Each network is an island of its own with one reservoir where the plan has the given pressure: the return at the pumps. Heads are pressures over that,
//!   in meters of the reference fluid; all elevations are zero.
//! * `laws` says which element of EPANET stands for which law of [`crate::numerics::pipe_network`], `fluid` how one fluid stands for many, `curves` makes
//!   the curves of losses and pumps, `names` the ids, `places` the picture, `sheet` the text.
//!
//! Units, keywords and limits: L. A. Rossman and others, *EPANET 2.2 User Manual* (EPA/600/R-20/133), appendix C.

mod curves;
mod fluid;
mod laws;
mod names;
mod places;
mod sheet;
#[cfg(test)]
mod tests;

use crate::numerics::pipe_network::Link;
use crate::plan::{Catalog, Id, Plan};
use crate::solve::{Convergence, Outcome, Pipes};
use curves::Curves;
use fluid::Fluid;
use sheet::Sheet;
use std::fmt::Write as _;

/// Flow below which water stands, m³/s.
const STANDING: f64 = 1e-8;

/// A network of a plan.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The coolant loop or the facility water system.
    pub id: &'a Id,
    /// Which of the two, in words.
    pub what: &'static str,
    /// How its solution ended.
    pub convergence: &'a Convergence,
    /// What flows.
    pub pipes: &'a Pipes,
}

impl Source<'_> {
    /// Whether there is a network to write and something flows in it. There is none without racks; and where all flows are zero, EPANET does not settle.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let piping = &self.pipes.piping;
        let (nodes, links) = (piping.network.nodes.len(), piping.network.links.len());
        let complete = [piping.nodes.len(), piping.pressures.len()] == [nodes; 2] && [piping.links.len(), piping.flows.len()] == [links; 2];
        complete && piping.flows.iter().any(|q| q.abs() > STANDING)
    }

    /// Links with their flow, m³/s.
    fn flows(&self) -> impl Iterator<Item = (&Link, f64)> {
        let piping = &self.pipes.piping;
        piping.network.links.iter().zip(&piping.flows).map(|((_, _, law), q)| (law, *q))
    }
}

/// The networks of a plan: coolant loops, then facility water systems, each by id.
#[must_use]
pub fn sources(outcome: &Outcome) -> Vec<Source<'_>> {
    let cooling = &outcome.cooling;
    let loops = cooling.loops.iter().map(|(id, l)| Source { id, what: "coolant loop", convergence: &l.convergence, pipes: &l.pipes });
    let fws = cooling.fws.iter().map(|(id, f)| Source { id, what: "facility water system", convergence: &f.convergence, pipes: &f.pipes });
    loops.chain(fws).collect()
}

/// A file, and how much is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Junctions and reservoirs.
    pub nodes: usize,
    /// Pipes, pumps and valves.
    pub links: usize,
}

/// Writes the networks that run. Geometry is that of the plan, flows and pressures those of the outcome.
#[must_use]
pub fn write(plan: &Plan, catalog: &Catalog, outcome: &Outcome, sources: &[Source<'_>]) -> Written {
    let drawn: Vec<&Source<'_>> = sources.iter().filter(|s| s.is_running()).collect();
    let fluid = Fluid::of(drawn.iter().flat_map(|s| s.flows()).map(|(law, _)| law));
    let most = drawn.iter().flat_map(|s| &s.pipes.piping.pressures).fold(0.0, |most: f64, p| most.max(p.abs()));
    let mut curves = Curves::new(fluid, most);
    drawn.iter().flat_map(|s| s.flows()).for_each(|(law, q)| curves.gather(law, q));
    let mut sheet = Sheet::new(fluid, &curves);
    for source in &drawn {
        sheet.network(source, &places::places(plan, catalog, source.pipes));
    }
    let (nodes, links) = sheet.size();
    let condition = condition(outcome);
    let text = format!("{}{}", title(plan, &condition), header(&drawn, &fluid));
    Written { text: sheet.finish(text, &curves), nodes, links }
}

/// Characters EPANET keeps of a line of the title.
const TITLE: usize = 79;

fn title(plan: &Plan, condition: &str) -> String {
    let lines = [plan.name(), condition, "Coolant and facility water networks as Megawatt solved them: planning estimate"];
    let mut text = String::from("[TITLE]\n");
    for line in lines {
        // What begins with these would be a section or a comment.
        let line = names::line(line.trim_start_matches(['[', ';', ' ']), TITLE);
        let _ = writeln!(text, "{}", if line.is_empty() { "A plan" } else { &line });
    }
    text.push('\n');
    text
}

fn condition(outcome: &Outcome) -> String {
    let c = &outcome.condition;
    let scenario = c.scenario.as_ref().map_or_else(String::new, |s| format!(", scenario {s}"));
    let label = if c.label.is_empty() { "Steady state" } else { &c.label };
    let out: Vec<String> = outcome.power.out.iter().map(ToString::to_string).collect();
    let out = if out.is_empty() { "nothing".to_owned() } else { out.join(", ") };
    format!("{label}, {:.1} degC dry bulb{scenario}. Out of service: {out}.", c.dry_bulb.celsius())
}

fn header(sources: &[&Source<'_>], fluid: &Fluid) -> String {
    let mut text = String::from(ABOUT);
    let _ = writeln!(
        text,
        "; Reference fluid: {:.3} kg/m3, {:.4e} m2/s, the thinnest of all pipes in density and in kinematic viscosity. Heads are meters of it over the\n\
         ; return at the pumps: 1 m = {:.3} Pa.\n;\n; network, kind, nodes, links, largest flow in L/s:",
        fluid.density,
        fluid.viscosity,
        fluid.weight()
    );
    for s in sources {
        let network = &s.pipes.piping.network;
        let most = s.flows().fold(0.0, |most: f64, (_, q)| most.max(q.abs()));
        let id = names::line(s.id.as_str(), TITLE);
        let _ = writeln!(text, ";   {id}, {}, {}, {}, {:.4}", s.what, network.nodes.len(), network.links.len(), most * 1e3);
    }
    text.push('\n');
    text
}

/// What a reader of the file has to know.
const ABOUT: &str = "\
; Every network is an island with one reservoir: the place of the plan whose pressure is given. Where the plan holds a flow, it is a negative demand.
; Behind a semicolon stands the name in the plan where it is no id of EPANET (31 characters, no spaces).
;
; EPANET knows one fluid, the plan has one at each temperature. What a pipe loses more with its own density and viscosity at the flow as solved is part of
; its minor loss coefficient (between laminar and turbulent flow, where it may lose less, of its length). So flows and heads are those of the plan at this
; operating point; away from it they are those of the reference fluid with that coefficient.
; GPV: a loss by a power of the flow (racks, filters). Its curve goes through each flow as solved and is straight between points 0.5 % apart around it.
; TCV: a loss by the square of the flow (coils, exchangers, valves). Diameters of valves have no meaning but in the velocity head; at the flow as solved
; they give 1 ft/s, with which EPANET begins to iterate.
; Ids with ~ belong to no part of the plan: EPANET needs a pipe for a check valve, and a junction between a reservoir and a flow control valve.
;
";
