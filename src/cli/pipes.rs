//! `megawatt pipes`: steady state of an EPANET network.

use super::output::{self, Failure};
use super::report::records;
use super::report_stages::Convergence;
use super::table::{decimals, table};
use crate::exchange::epanet::{Flow, FlowLink, FlowNode, Inp, solve};
use crate::session::storage;
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Rows of a table of the worst.
const WORST: usize = 5;
/// Nodes named in a message.
const NAMED: usize = 8;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt pipes Net3.inp\n  megawatt pipes loop.inp --json | jq '.links[] | select(.status == \"closed\").id'\n\nThe network is solved as it stands at hour 0: patterns, initial status and simple controls applied, tanks at their initial level. What can't be\nhonored is refused with its line.\n\nExit codes: 0 solved, 1 there is no solution (the element that stops it is named), 2 the file could not be read."
)]
pub(super) struct Arguments {
    /// EPANET network (`.inp`).
    #[arg(value_name = "NET.inp")]
    file: PathBuf,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

records! {
    /// A node.
    Node { id: String, head_m: f64, pressure_pa: f64, demand_m3_s: f64, }
    /// A link.
    Link { id: String, kind: &'static str, flow_m3_s: f64, velocity_m_s: f64, headloss_m: f64, status: &'static str, }
    /// A network solved. Where nothing supplies a demand, the figures are those of shut links that leak, as EPANET has them.
    Solved { title: Option<String>, convergence: Convergence, nodes: Vec<Node>, links: Vec<Link>, unsupplied: Vec<String>, cut_off: Vec<String>, }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let inp = storage::load_inp(&arguments.file)?;
    let file = arguments.file.display();
    for note in &inp.notes {
        output::note(&format!("{file}: {note}"));
    }
    let flow = solve(&inp);
    if !flow.cut_off.is_empty() {
        output::note(&format!("{file}: closed links cut off node {}; the head there is unknown", named(&flow.cut_off)));
    }
    if arguments.json {
        output::emit_json(&solved(inp.title.clone(), &flow))?;
    } else if flow.converged {
        let title = inp.title.clone().unwrap_or_else(|| file.to_string());
        output::emit(&format!("{title}: {} nodes, {} links\n{}", inp.nodes.len(), inp.links.len(), text(&inp, &flow)))?;
    }
    if flow.converged {
        return Ok(());
    }
    output::note(&format!("error: {file}: {}", failure(&flow)));
    Err(Failure::Broken)
}

/// Why there is no solution.
fn failure(flow: &Flow) -> String {
    let worst = flow.worst.clone().unwrap_or_else(|| "an unknown element".to_owned());
    if !flow.unsupplied.is_empty() {
        return format!("nothing supplies the demand at node {}; what leads there is closed, or comes from empty tanks", named(&flow.unsupplied));
    }
    match flow.status {
        "refused" => worst,
        _ => format!("no solution was found ({} after {} steps); {worst} is worst off (residual {:.1e})", flow.status, flow.iterations, flow.residual),
    }
}

fn named(ids: &[String]) -> String {
    let first: Vec<&str> = ids.iter().take(NAMED).map(String::as_str).collect();
    let more = if ids.len() > NAMED { format!(" and {} more", ids.len() - NAMED) } else { String::new() };
    format!("{}{more}", first.join(", "))
}

/// The contract for scripts.
fn solved(title: Option<String>, flow: &Flow) -> Solved {
    let node = |n: &FlowNode| Node { id: n.id.clone(), head_m: n.head, pressure_pa: n.pressure, demand_m3_s: n.demand };
    let link = |l: &FlowLink| Link { id: l.id.clone(), kind: l.kind, flow_m3_s: l.flow, velocity_m_s: l.velocity, headloss_m: l.headloss, status: l.status };
    Solved {
        title,
        convergence: Convergence { status: flow.status, iterations: flow.iterations, residual: flow.residual, worst: flow.worst.clone() },
        nodes: flow.nodes.iter().map(node).collect(),
        links: flow.links.iter().map(link).collect(),
        unsupplied: flow.unsupplied.clone(),
        cut_off: flow.cut_off.clone(),
    }
}

fn liters(value: f64) -> String {
    decimals(Some(value * 1e3), 3)
}

fn text(inp: &Inp, flow: &Flow) -> String {
    let mut text = format!("{} in {} steps, residual {:.1e}\n\n", flow.status, flow.iterations, flow.residual);
    let (fed, taken) = flow.nodes.iter().fold((0.0, 0.0), |(fed, taken), n| (fed - n.demand.min(0.0), taken + n.demand.max(0.0)));
    text.push_str(&table(&["", ">L/s"], [vec!["fed in".to_owned(), liters(fed)], vec!["taken out".to_owned(), liters(taken)]]));
    let titles = ["node", ">head m", ">kPa", ">takes L/s"];
    let row = |n: &&FlowNode| vec![n.id.clone(), decimals(Some(n.head), 3), decimals(Some(n.pressure / 1e3), 1), liters(n.demand)];
    let mut nodes: Vec<&FlowNode> = flow.nodes.iter().filter(|n| n.pressure.is_finite()).collect();
    nodes.sort_by(|a, b| a.pressure.total_cmp(&b.pressure));
    let _ = write!(text, "\nLowest pressures\n{}", table(&titles, nodes.iter().take(WORST).map(row)));
    let _ = write!(text, "\nHighest pressures\n{}", table(&titles, nodes.iter().rev().take(WORST).map(row)));
    let titles = ["", "", ">L/s", ">m/s", ">loses m", ""];
    let row = |l: &&FlowLink| {
        let loss = decimals(Some(l.headloss), 3);
        vec![l.kind.to_owned(), l.id.clone(), liters(l.flow), decimals(Some(l.velocity), 2), loss, l.status.to_owned()]
    };
    let mut pipes: Vec<&FlowLink> = flow.links.iter().filter(|l| l.kind == "pipe").collect();
    pipes.sort_by(|a, b| b.velocity.total_cmp(&a.velocity));
    let _ = write!(text, "\nFastest pipes\n{}", table(&titles, pipes.iter().take(WORST).map(row)));
    let machines: Vec<&FlowLink> = flow.links.iter().filter(|l| l.kind != "pipe").collect();
    if !machines.is_empty() {
        let more = if machines.len() > 2 * WORST { format!(" (the first {} of {})", 2 * WORST, machines.len()) } else { String::new() };
        let _ = write!(text, "\nPumps and valves{more}\n{}", table(&titles, machines.iter().take(2 * WORST).map(row)));
    }
    if let Some(control) = inp.controls.first() {
        let _ = writeln!(text, "\nControls on pressures (from line {}) hold.", control.line);
    }
    text
}
