//! Plan in, outcome out: pure functions, no files, no threads, no clock but to time the stages.
//!
//! ```text
//! problems   what can't be understood                         problems.rs
//! loads      utilization → power, liquid and air heat         loads.rs
//! cooling    loops, halls, facility water, plant, coupled     cooling/ → hydraulic/ thermal.rs air/ fws/ plant/
//! power      AC power flow of the chain                       power/
//! failures   every single outage of chain and cooling         failures/ → power/failures.rs cooling/again.rs
//! year       8,760 hours of weather, load and supply          year.rs → weather.rs supply.rs
//! bill       the year's money                                 bill.rs
//! ```
//!
//! **Reuse.** A stage that is costly keeps its input beside its answer, and is skipped when the input is the same bits. That can't go wrong the
//! way a list of what each command touches can: an incremental solve is equal to one from scratch, bit for bit, because it is the same
//! function of the same input. Like coolant loops are solved once even in a cold solve.

mod air;
mod assumptions;
mod bill;
mod cooling;
mod failures;
mod fws;
mod hydraulic;
mod loads;
mod outcome;
mod plant;
mod power;
mod problems;
mod service;
mod supply;
mod thermal;
mod weather;
mod year;

pub use assumptions::assumptions;
pub use cooling::{HallSolver, coolant_loops};
pub use failures::{LEAST_FLOW, complete, cooling_outages, fail, is_of_cooling};
pub use hydraulic::{PumpCurves, header_flow, header_size, header_sizes, pump_curves};
pub use outcome::*;
pub(crate) use problems::distance;

use crate::plan::{Catalog, Element, Id, Plan, Scenario};
use crate::units::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// One hour of weather.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeatherHour {
    /// Dry bulb.
    pub dry_bulb: Temperature,
    /// Dew point.
    pub dew_point: Temperature,
    /// Station pressure.
    pub pressure: Pressure,
}

/// Weather read from a file for the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Weather {
    /// For people: station and file.
    pub name: String,
    /// 8,760 hours of local standard time, from January 1st.
    pub hours: Vec<WeatherHour>,
}

/// What the solver is asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Revision of the document, handed back in the outcome.
    pub revision: u64,
    /// The scenario to apply.
    pub scenario: Option<Id>,
    /// The hour of the year for the steady state, instead of the design day.
    pub hour: Option<usize>,
    /// Weather from the plan's file, if it has one and it could be read.
    pub weather: Option<Arc<Weather>>,
    /// What is out of service, besides what the scenario takes out.
    pub out: Vec<Outage>,
    /// Leaves what single outages do to [`complete`], so that the rest is there sooner.
    pub failures_later: bool,
}

/// Answers kept for the next solve, each beside the input it belongs to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memo {
    outdoor: Option<(weather::Key, Arc<weather::Outdoor>, Option<Arc<Weather>>)>,
    loops: Arc<cooling::Memo>,
    plants: BTreeMap<Id, (year::FwsKey, Arc<year::FwsYear>)>,
    year: Option<(YearKey, Arc<Year>)>,
    levels: Option<(Arc<Vec<year::Level>>, LevelsKey)>,
    power: Option<KnownPower>,
    failures: Option<failures::Known>,
    /// Outdoor air and water of the state solved last.
    air: Option<Arc<failures::Air>>,
}

/// The chain as it was solved last.
#[derive(Debug, Clone)]
struct KnownPower {
    key: PowerKey,
    /// What it carried in the end, generators included.
    demand: Arc<power::Demand>,
    flow: Arc<PowerFlow>,
}

/// What the year was put together from.
#[derive(Debug, Clone, PartialEq)]
struct YearKey {
    supply: Vec<Element>,
    price: Option<Ratio>,
    levels: Arc<Vec<year::Level>>,
    plants: Vec<Arc<year::FwsYear>>,
    weather: weather::Key,
    library: String,
}

#[derive(Debug, Clone, PartialEq)]
struct LevelsKey {
    elements: Vec<Element>,
    design: BTreeMap<Id, f64>,
    pressure: Pressure,
    /// What stands in the halls, whatever it is.
    floors: Vec<Arc<air::Shape>>,
}

#[derive(Debug, Clone, PartialEq)]
struct PowerKey {
    elements: Vec<Element>,
    demand: power::Demand,
    supply: Supply,
    out: Vec<Outage>,
}

/// Times the stages.
#[derive(Default)]
struct Clock {
    stages: Vec<StageTime>,
}

impl Clock {
    fn time<T>(&mut self, stage: &'static str, work: impl FnOnce() -> (T, bool)) -> T {
        let start = Instant::now();
        let (value, reused) = work();
        self.stages.push(StageTime { stage, milliseconds: start.elapsed().as_secs_f64() * 1e3, reused });
        value
    }
}

/// Elements of the plan that satisfy a condition, as a key: names and places that don't matter to physics are kept, for they are cheap to compare.
fn elements(plan: &Plan, wanted: impl Fn(&Element) -> bool) -> Vec<Element> {
    plan.elements.values().filter(|e| wanted(e)).cloned().collect()
}

fn chain(e: &Element) -> bool {
    matches!(e, Element::Bus(_) | Element::Transformer(_) | Element::Feeder(_) | Element::Block(_) | Element::Row(_) | Element::Grid(_))
}

/// Equipment on feeds of its own: which feed it names matters to the chain as much as what it draws.
fn draws(e: &Element) -> bool {
    matches!(e, Element::Hall(_) | Element::Cdu(_) | Element::AirHandler(_) | Element::Fws(_) | Element::Cooler(_))
}

/// Solves a plan. What the previous outcome already holds for the same inputs is reused.
#[must_use]
pub fn solve(plan: &Plan, catalog: &Catalog, request: &Request, previous: Option<&Outcome>) -> Outcome {
    let mut clock = Clock::default();
    let scenario: Option<Scenario> = request.scenario.as_ref().and_then(|id| plan.scenarios().find(|s| s.id == *id).cloned());
    let changed = scenario.as_ref().map(|s| plan.in_scenario(s));
    let plan = changed.as_ref().unwrap_or(plan);
    // Another catalog would change what keys into it mean: then nothing is reused. A plan's own entries are part of it.
    let whole_previous = previous;
    let previous = previous.filter(|p| Arc::ptr_eq(&p.own_catalog, &plan.catalog) || *p.own_catalog == *plan.catalog);
    let mut memo = previous.map(|p| (*p.memo).clone()).unwrap_or_default();

    let problems = clock.time("problems", || (Arc::new(problems::find(plan, catalog, scenario.as_ref().map_or(&[], |s| &s.out))), false));
    let site = weather::site(plan, catalog);
    let outdoor = clock.time("weather", || outdoor(site, catalog, request, &mut memo));
    let (condition, air) = weather::condition(site, &outdoor, request, scenario.as_ref());
    let loads = clock.time("loads", || (Arc::new(loads::solve(plan, catalog, 1.0)), false));

    let service = service::Service::of(plan, &request.out);
    let plants = cooling::plants(plan, catalog, &service);
    let planned = if service.is_whole() { plants.clone() } else { cooling::plants(plan, catalog, &service::Service::default()) };
    let mut loops: cooling::Memo = (*memo.loops).clone();
    let sites = air::sites(plan, catalog);
    let state = cooling::State { plan, catalog, loads: &loads, plants: &plants, service: &service, pressure: condition.pressure, sites: &sites };
    let mut side = clock.time("cooling", || (cooling::solve(&state, Some(&air), &mut loops), false));
    // The year is that of the campus as planned.
    let design = if service.is_whole() {
        side.electric.clone()
    } else {
        let normal = service::Service::default();
        cooling::solve(&cooling::State { plants: &planned, service: &normal, ..state }, Some(&air), &mut loops).electric
    };
    let supply = supply::at_condition(plan, catalog, &condition, loads.it_power + side.cooling.power + side.cooling.house);
    let (power, supply) = clock.time("power", || chain_flow(plan, catalog, &loads, &side, supply, &request.out, &mut memo));
    // What has no power cools nothing, and what has none gives no heat.
    if !power.dark.is_empty() {
        let dark = || power.dark.iter().zip(power.unserved.iter().copied());
        let (loads, service) = (loads::without(&loads, dark()), service.clone().without_power(dark()));
        let plants = cooling::plants(plan, catalog, &service);
        side = clock.time("cooling without power", || {
            let state = cooling::State { loads: &loads, plants: &plants, service: &service, ..state };
            (cooling::solve(&state, Some(&air), &mut loops), false)
        });
    }
    let cooling = Arc::new(side.cooling);
    let heat = Arc::new(failures::heat(plan, catalog, &loads, &power, &cooling));
    memo.air = Some(Arc::new(failures::Air { outdoor: air, pressure: condition.pressure, before: side.before, sites, halls: loops.halls().layouts() }));
    let base = failures::Base { loads: &loads, power: &power, cooling: &cooling };
    let failures = clock.time("failures", || failures::all(plan, catalog, request, &base, whole_previous, &mut memo));

    let levels = clock.time("levels", || levels(plan, catalog, &planned, design, condition.pressure, &mut loops, &mut memo));
    // Loops not used for long are at the front.
    let keep = (plan.tcs_loops().count() * 2).max(1024);
    loops.forget(keep);
    memo.loops = Arc::new(loops);
    let key = weather::key(site, request);
    let plant_years = clock.time("plant year", || plant_years(plan, &planned, &levels, &outdoor, &key, &mut memo));
    let year = clock.time("supply year", || the_year(plan, catalog, &outdoor, &levels, &plant_years, key, scenario.as_ref().and_then(|s| s.price), &mut memo));
    let bill = clock.time("bill", || (Arc::new(bill::solve(plan, catalog, &year, &loads, loads.design_power)), false));

    let balance = Balance { power: power.residual, mass: cooling.mass_residual, heat: cooling.heat_residual, supply: year.residual };
    let summary = summary(&loads, &cooling, &power, &year, &bill);
    Outcome {
        revision: request.revision,
        condition,
        problems,
        loads,
        cooling,
        heat,
        power,
        failures,
        supply: Arc::new(supply),
        year,
        bill,
        summary,
        stages: clock.stages,
        balance,
        memo: Arc::new(memo),
        own_catalog: plan.catalog.clone(),
    }
}

fn outdoor(site: Option<&crate::plan::catalog::SiteModel>, catalog: &Catalog, request: &Request, memo: &mut Memo) -> (Arc<weather::Outdoor>, bool) {
    let key = weather::key(site, request);
    if let Some((_, known, _)) = memo.outdoor.as_ref().filter(|(k, _, _)| *k == key) {
        return (known.clone(), true);
    }
    let year = Arc::new(weather::year(site, catalog, request));
    // The file is held as long as its address is the key.
    memo.outdoor = Some((key, year.clone(), request.weather.clone()));
    (year, false)
}

/// The chain without on-site supply, then with what the grid doesn't cover fed in by the generators; and every single outage of it.
fn chain_flow(
    plan: &Plan,
    catalog: &Catalog,
    loads: &Loads,
    side: &cooling::Solved,
    supply: Supply,
    out: &[Outage],
    memo: &mut Memo,
) -> ((Arc<PowerFlow>, Supply), bool) {
    let watts = |given: &BTreeMap<Id, Power>| given.iter().map(|(id, p)| (id.clone(), p.watts())).collect();
    let (available, batteries) = (watts(&supply.generators), watts(&supply.batteries));
    let mut demand = power::Demand { equipment: side.electric.clone(), available, batteries, ..power::Demand::of(loads) };
    let elements = elements(plan, |e| chain(e) || draws(e) || matches!(e, Element::Generator(_) | Element::Battery(_) | Element::Campus(_)));
    let bare = PowerKey { elements, demand: demand.clone(), supply: supply.clone(), out: out.to_vec() };
    if let Some(known) = memo.power.as_ref().filter(|p| p.key == bare) {
        let load = known.flow.facility - known.flow.from_sets;
        return ((known.flow.clone(), Supply { load, ..supply }), true);
    }
    let give = |load| supply::injection(plan, catalog, &Supply { load, ..supply.clone() });
    let flow = power::solve_supplied(plan, catalog, &mut demand, out, give);
    let supply = Supply { load: flow.facility - flow.from_sets, ..supply };
    let flow = Arc::new(flow);
    memo.power = Some(KnownPower { key: bare, demand: Arc::new(demand), flow: flow.clone() });
    ((flow, supply), false)
}

fn levels(
    plan: &Plan,
    catalog: &Catalog,
    plants: &BTreeMap<Id, plant::Plant>,
    design: BTreeMap<Id, f64>,
    pressure: Pressure,
    loops: &mut cooling::Memo,
    memo: &mut Memo,
) -> (Arc<Vec<year::Level>>, bool) {
    let key = LevelsKey {
        elements: elements(plan, |e| {
            chain(e)
                || matches!(
                    e,
                    Element::Campus(_)
                        | Element::Hall(_)
                        | Element::Tcs(_)
                        | Element::Cdu(_)
                        | Element::AirHandler(_)
                        | Element::Fws(_)
                        | Element::Cooler(_)
                        | Element::Workload(_)
                )
        }),
        design,
        pressure,
        floors: memo.air.as_ref().map_or_else(Vec::new, |air| air.sites.values().map(|s| s.shape.clone()).collect()),
    };
    if let Some((known, _)) = memo.levels.as_ref().filter(|(_, k)| *k == key) {
        return (known.clone(), true);
    }
    let levels = Arc::new(year::levels(plan, catalog, plants, &key.design, pressure, loops));
    memo.levels = Some((levels.clone(), key));
    (levels, false)
}

fn plant_years(
    plan: &Plan,
    plants: &BTreeMap<Id, plant::Plant>,
    levels: &[year::Level],
    outdoor: &weather::Outdoor,
    weather: &weather::Key,
    memo: &mut Memo,
) -> (BTreeMap<Id, Arc<year::FwsYear>>, bool) {
    let shape = year::shape(plan);
    let (mut all, mut reused) = (BTreeMap::new(), true);
    let mut kept = BTreeMap::new();
    for (id, plant) in plants {
        let duties: Vec<cooling::FwsDuty> = levels.iter().map(|l| l.duties.get(id).cloned().unwrap_or_default()).collect();
        let key = year::FwsKey { plant: plant.clone(), duties, shape, weather: weather.clone() };
        // Like systems share their year, whatever they are called.
        let found =
            memo.plants.get(id).filter(|(k, _)| *k == key).or_else(|| kept.values().find(|(k, _): &&(year::FwsKey, Arc<year::FwsYear>)| k.same_as(&key)));
        let year = match found {
            Some((_, known)) => known.clone(),
            None => {
                reused = false;
                Arc::new(year::plant_year(plant, id, levels, &shape, outdoor))
            }
        };
        kept.insert(id.clone(), (key, year.clone()));
        all.insert(id.clone(), year);
    }
    memo.plants = kept;
    (all, reused)
}

#[allow(clippy::too_many_arguments, reason = "the year is put together from all that came before")]
fn the_year(
    plan: &Plan,
    catalog: &Catalog,
    outdoor: &weather::Outdoor,
    levels: &Arc<Vec<year::Level>>,
    plants: &BTreeMap<Id, Arc<year::FwsYear>>,
    weather: weather::Key,
    price: Option<Ratio>,
    memo: &mut Memo,
) -> (Arc<Year>, bool) {
    let key = YearKey {
        supply: elements(plan, |e| {
            matches!(e, Element::Grid(_) | Element::Generator(_) | Element::Battery(_) | Element::Site(_) | Element::Campus(_) | Element::Workload(_))
        }),
        price,
        levels: levels.clone(),
        plants: plants.values().cloned().collect(),
        weather,
        library: plan.site().map(|s| s.library.clone()).unwrap_or_default(),
    };
    if let Some((_, known)) = memo.year.as_ref().filter(|(k, _)| *k == key) {
        return (known.clone(), true);
    }
    let parts = year::Parts { plan, catalog, outdoor, levels, plants };
    let year = Arc::new(year::year(&parts, price));
    memo.year = Some((key, year.clone()));
    (year, false)
}

fn summary(loads: &Loads, cooling: &Cooling, power: &PowerFlow, year: &Year, bill: &Bill) -> Summary {
    let it_energy = year.it_energy;
    let served = loads.it_power - power.lost.it;
    let per_it = |x: f64| (it_energy > Energy::ZERO).then(|| x / it_energy.kilowatt_hours());
    Summary {
        racks: loads.racks,
        gpus: loads.gpus,
        it_power: loads.it_power,
        conversion_loss: loads.conversion_loss,
        cdu_power: cooling.loops.values().map(|l| l.cdu_power).sum(),
        cooling_power: cooling.power,
        chain_loss: power.loss,
        facility_power: power.facility,
        poi_peak: year.peak,
        pue: (it_energy > Energy::ZERO).then(|| year.facility_energy / it_energy),
        pue_now: (served > Power::ZERO && power.facility > Power::ZERO).then(|| power.facility / served),
        wue: per_it(year.plant.makeup.liters()),
        cue: per_it(year.carbon.kilograms()),
        energy: year.facility_energy,
        cost: bill.total,
        cost_per_energy: (year.facility_energy > Energy::ZERO).then_some(bill.per_energy),
        cost_per_gpu_hour: bill.per_gpu_hour,
        water: year.plant.makeup,
        carbon: year.carbon,
    }
}
