//! `megawatt flow`: power flow of a MATPOWER case.

use super::output::{self, Failure};
use super::report::records;
use super::report_stages::Convergence;
use super::table::{UNKNOWN, decimals, table, whole};
use crate::exchange::matpower::flow::{Flow, FlowBranch, FlowNode, solve};
use crate::exchange::matpower::outages::{CaseOutage, LOW_VOLTAGE, outages};
use crate::exchange::matpower::{BranchRow, BusType, Case};
use crate::session::storage;
use clap::Args;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Rows of a table of the worst.
const WORST: usize = 5;
/// Outages in a table.
const OUTAGES: usize = 20;
/// Buses named in a message.
const NAMED: usize = 8;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  megawatt flow case14.m\n  megawatt flow case33bw.m --json | jq .loss_w\n  megawatt flow case118.m --outages\n\nCases are of format 2. Statements behind the matrices that convert units are run (ohms to per unit, kW to MW); what can't be followed is refused with\nits line. Generators hold their voltage whatever reactive power that takes; limits that this exceeds are told.\n\nExit codes: 0 solved, 1 there is no solution (the worst bus is named), 2 the file could not be read."
)]
pub(super) struct Arguments {
    /// MATPOWER case (`.m`).
    #[arg(value_name = "CASE.m")]
    file: PathBuf,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
    /// Also take every branch out, one at a time, and list what that does, worst first.
    #[arg(long)]
    outages: bool,
}

records! {
    /// A bus.
    Node { id: String, v_pu: f64, angle_rad: f64, nominal_v: f64, }
    /// A branch.
    Branch {
        id: String, kind: &'static str, from: String, to: String, p_from_w: f64, q_from_var: f64, p_to_w: f64, q_to_var: f64, i_a: f64, loading: f64,
        loss_w: f64,
    }
    /// What a reference bus gives.
    Slack { id: String, p_w: f64, q_var: f64, }
    /// Reactive power beyond the limits of a bus's generators.
    Beyond { id: String, q_var: f64, q_min_var: f64, q_max_var: f64, }
    /// A case solved. Without a solution there is the convergence only.
    Solved {
        case: Option<String>, convergence: Convergence, nodes: Vec<Node>, branches: Vec<Branch>, slack: Vec<Slack>, loss_w: f64, shunt_w: f64, dark: Vec<String>,
        beyond_q_limits: Vec<Beyond>,
        outages: Option<Vec<Outage>>,
    }
    /// A branch out. What a state without a solution would show is left out.
    Outage {
        id: String, status: &'static str, lost_w: f64, dead_buses: usize, slack_w: f64, slack_var: f64, lowest_v_pu: Option<f64>, lowest: Option<String>,
        loading: Option<f64>, most_loaded: Option<String>, overloaded: usize, low_buses: usize,
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let case = storage::load_case(&arguments.file)?;
    let file = arguments.file.display();
    for note in &case.notes {
        output::note(&format!("{file}: {note}"));
    }
    let flow = solve(&case);
    if flow.converged && !flow.dark.is_empty() {
        output::note(&format!("{file}: no reference bus reaches {}; without voltage there", named(&flow.dark)));
    }
    if arguments.json {
        let list = (arguments.outages && flow.converged).then(|| outages(&case));
        let mut report = solved(case.name.clone(), &flow);
        report.outages = list.map(|list| listed(&case, &list));
        output::emit_json(&report)?;
    } else if flow.converged {
        let title = case.name.clone().unwrap_or_else(|| file.to_string());
        let size =
            format!("{title}: {} buses, {} branches, {} generators; base {} MVA", case.buses.len(), case.branches.len(), case.generators.len(), case.base_mva);
        let list = if arguments.outages { outages_text(&case, &outages(&case)) } else { String::new() };
        output::emit(&format!("{size}\n{}{list}", text(&flow)))?;
    }
    if flow.converged {
        return Ok(());
    }
    let worst = flow.worst.map_or_else(|| "an unknown bus".to_owned(), |w| format!("bus {w}"));
    let missing =
        if flow.residual.is_finite() { format!("misses its balance by {:.3} MVA", flow.residual * case.base_mva) } else { "can't be solved at all".to_owned() };
    let sentence = format!("error: {file}: no solution was found ({} after {} steps); {worst} is worst off and {missing}", flow.status, flow.iterations);
    output::note(&sentence);
    Err(Failure::Broken)
}

fn named(buses: &[u64]) -> String {
    let first: Vec<String> = buses.iter().take(NAMED).map(u64::to_string).collect();
    let more = if buses.len() > NAMED { format!(" and {} more", buses.len() - NAMED) } else { String::new() };
    format!("bus {}{more}", first.join(", "))
}

fn kind(branch: &FlowBranch) -> &'static str {
    if branch.transformer { "transformer" } else { "line" }
}

/// Names of the branches: both buses, and the count for the second and further branches between the same two.
fn names(branches: &[FlowBranch]) -> Vec<String> {
    between(branches.iter().map(|b| (b.from, b.to)))
}

fn between(ends: impl Iterator<Item = (u64, u64)>) -> Vec<String> {
    let mut seen: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    let name = |(from, to): (u64, u64)| {
        let count = seen.entry((from.min(to), from.max(to))).or_default();
        *count += 1;
        if *count == 1 { format!("{from}-{to}") } else { format!("{from}-{to}#{count}") }
    };
    ends.map(name).collect()
}

/// Names of the branches in service of a case, by row from 1; others have none.
fn rows(case: &Case) -> Vec<String> {
    let alive = |b: &BranchRow| b.in_service && [b.from, b.to].iter().all(|bus| case.buses[*bus].kind != BusType::Isolated);
    let mut named = between(case.branches.iter().filter(|b| alive(b)).map(|b| (case.buses[b.from].number, case.buses[b.to].number))).into_iter();
    let name = |b: &BranchRow| if alive(b) { named.next().unwrap_or_default() } else { String::new() };
    std::iter::once(String::new()).chain(case.branches.iter().map(name)).collect()
}

fn listed(case: &Case, list: &[CaseOutage]) -> Vec<Outage> {
    let names = rows(case);
    let name = |row: usize| names.get(row).cloned().unwrap_or_default();
    let entry = |o: &CaseOutage| Outage {
        id: name(o.row),
        status: o.status,
        lost_w: o.lost.re,
        dead_buses: o.dead_buses,
        slack_w: if o.converged { o.slack.re } else { f64::NAN },
        slack_var: if o.converged { o.slack.im } else { f64::NAN },
        lowest_v_pu: o.lowest.map(|l| l.0),
        lowest: o.lowest.map(|l| l.1.to_string()),
        loading: o.highest.map(|h| h.0),
        most_loaded: o.highest.map(|h| name(h.1)),
        overloaded: o.over,
        low_buses: o.below,
    };
    list.iter().map(entry).collect()
}

/// The worst outages as a table.
fn outages_text(case: &Case, list: &[CaseOutage]) -> String {
    let names = rows(case);
    let name = |row: usize| names.get(row).cloned().unwrap_or_default();
    let quiet = list.iter().filter(|o| o.converged && o.dead_buses == 0 && o.over == 0 && o.below == 0).count();
    let row = |o: &CaseOutage| {
        vec![
            name(o.row),
            if o.converged { String::new() } else { "no solution".to_owned() },
            mega(o.lost.re),
            whole(o.dead_buses as u64),
            o.lowest.map_or_else(|| UNKNOWN.to_owned(), |l| decimals(Some(l.0), 5)),
            o.lowest.map_or_else(String::new, |l| l.1.to_string()),
            o.highest.map_or_else(|| UNKNOWN.to_owned(), |h| decimals(Some(h.0 * 100.0), 1)),
            o.highest.map_or_else(String::new, |h| name(h.1)),
            whole(o.over as u64),
        ]
    };
    let titles = ["branch out", "", ">lost MW", ">dead buses", ">lowest pu", ">at bus", ">%", "branch", ">overloaded"];
    let head = format!("\n{} outages, one branch at a time; {quiet} leave every bus above {LOW_VOLTAGE} pu and every branch within its rating\n", list.len());
    format!("{head}{}", table(&titles, list.iter().take(OUTAGES).map(row)))
}

/// The contract for scripts. The last state of a solver that found no solution is no result, and is left out.
fn solved(case: Option<String>, flow: &Flow) -> Solved {
    let convergence = Convergence { status: flow.status, iterations: flow.iterations, residual: flow.residual, worst: flow.worst.map(|w| w.to_string()) };
    let mut report = Solved {
        case,
        convergence,
        nodes: Vec::new(),
        branches: Vec::new(),
        slack: Vec::new(),
        loss_w: f64::NAN,
        shunt_w: f64::NAN,
        dark: flow.dark.iter().map(u64::to_string).collect(),
        beyond_q_limits: Vec::new(),
        outages: None,
    };
    if !flow.converged {
        return report;
    }
    let node = |n: &FlowNode| Node { id: n.number.to_string(), v_pu: n.v_pu, angle_rad: n.angle, nominal_v: n.nominal };
    let branch = |(b, id): (&FlowBranch, String)| Branch {
        id,
        kind: kind(b),
        from: b.from.to_string(),
        to: b.to.to_string(),
        p_from_w: b.power_from.re,
        q_from_var: b.power_from.im,
        p_to_w: b.power_to.re,
        q_to_var: b.power_to.im,
        i_a: b.current,
        loading: b.loading,
        loss_w: b.loss(),
    };
    report.nodes = flow.nodes.iter().map(node).collect();
    report.branches = flow.branches.iter().zip(names(&flow.branches)).map(branch).collect();
    report.slack = flow.slack.iter().map(|(id, s)| Slack { id: id.to_string(), p_w: s.re, q_var: s.im }).collect();
    report.loss_w = flow.loss();
    report.shunt_w = flow.shunts.re;
    let beyond = flow.beyond.iter().map(|l| Beyond { id: l.number.to_string(), q_var: l.q, q_min_var: l.least, q_max_var: l.most });
    report.beyond_q_limits = beyond.collect();
    report
}

fn mega(value: f64) -> String {
    decimals(Some(value / 1e6), 3)
}

fn text(flow: &Flow) -> String {
    let worst = flow.worst.map_or_else(String::new, |w| format!(" at bus {w}"));
    let mut text = format!("{} in {} steps, residual {:.1e} pu{worst}\n\n", flow.status, flow.iterations, flow.residual);
    let losses = flow.branches.iter().map(|b| b.power_from + b.power_to).sum::<nalgebra::Complex<f64>>();
    let row = |name: String, s: nalgebra::Complex<f64>| vec![name, mega(s.re), mega(s.im)];
    let mut rows: Vec<Vec<String>> = flow.slack.iter().map(|(id, s)| row(format!("reference bus {id}"), *s)).collect();
    rows.extend([
        row("all generators".to_owned(), flow.generation),
        row("loads".to_owned(), flow.load),
        row("lost in branches".to_owned(), losses),
        row("taken by shunts".to_owned(), flow.shunts),
    ]);
    text.push_str(&table(&["", ">MW", ">Mvar"], rows));
    let mut nodes: Vec<&FlowNode> = flow.nodes.iter().collect();
    nodes.sort_by(|a, b| a.v_pu.total_cmp(&b.v_pu));
    let voltage = |n: &&FlowNode| vec![n.number.to_string(), decimals(Some(n.v_pu), 5), decimals(Some(n.angle.to_degrees()), 3)];
    let titles = [">bus", ">pu", ">degrees"];
    let _ = write!(text, "\nLowest voltages\n{}", table(&titles, nodes.iter().take(WORST).map(voltage)));
    let _ = write!(text, "\nHighest voltages\n{}", table(&titles, nodes.iter().rev().take(WORST).map(voltage)));
    text.push_str(&loadings(flow));
    if !flow.beyond.is_empty() {
        let rows = flow.beyond.iter().map(|l| vec![l.number.to_string(), mega(l.q), mega(l.least), mega(l.most)]);
        let _ = write!(text, "\nReactive power beyond the limits of the generators\n{}", table(&[">bus", ">Mvar", ">least", ">most"], rows));
    }
    text
}

/// The branches with the least room, where the file has ratings.
fn loadings(flow: &Flow) -> String {
    let mut loaded: Vec<(&FlowBranch, String)> = flow.branches.iter().zip(names(&flow.branches)).filter(|(b, _)| b.loading.is_finite()).collect();
    loaded.sort_by(|a, b| b.0.loading.total_cmp(&a.0.loading));
    if loaded.is_empty() {
        return String::new();
    }
    let row = |(b, id): (&FlowBranch, String)| vec![id, kind(b).to_owned(), decimals(Some(b.loading * 100.0), 1), mega(b.power_from.re), mega(b.loss())];
    format!("\nHighest loadings\n{}", table(&["branch", "", ">%", ">MW", ">lost MW"], loaded.into_iter().take(WORST).map(row)))
}
