//! Least-cost supply of a load, hour by hour, from a grid connection, units and one storage.
//!
//! Without the storage every hour is on its own: the cheapest sources first (merit order), and what they cannot carry is shed. The cost
//! of an hour as a function of the power taken is then convex and made of straight pieces. With `z` the energy put into the storage in
//! an hour, `C_t(z)` the hour's cost, and `s` the energy stored,
//!
//! ```text
//! V_t(s) = min over z of  C_t(z) + V_{t+1}(s + z),     0 ≤ s + z ≤ E
//! charging by c:     z = η_c c Δt,     costs (price of the next source) / η_c per joule of z
//! discharging by d:  z = −d Δt / η_d,  saves η_d (price of the last source − throughput cost) per joule of z
//! ```
//!
//! As `C_t` is convex, so is every `V_t`, and the minimum is an infimal convolution: the pieces of both functions sorted by slope
//! (Rockafellar, *Convex Analysis*, 1970, section 16). That makes the plan of the storage **exact** over the whole horizon for these
//! costs, in time proportional to hours × pieces, without a grid of storage levels and without a look-ahead window to choose. It is the
//! optimum of the linear program with the same constraints: avoiding shed load comes first because it is worth most, and price
//! differences are used when they beat the round-trip loss and the throughput cost.
//!
//! What it leaves out: ramp limits, start costs, demand charges and export couple hours or change the shape of the costs and are not in
//! the problem. A unit's minimum output is kept in every hour, but the storage is planned as if there were none. Where a price is so
//! negative that charging and discharging at once would pay, the storage is not asked to burn energy.

mod convex;
#[cfg(test)]
mod tests;

use convex::{Convex, Piece, best_step};

/// Seconds in a step.
const HOUR: f64 = 3600.0;

/// A source with an output limit and a price: an engine, a turbine, a solar field.
///
/// A series holds one number per hour, or a single one for all hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Power available, W.
    pub capacity: Vec<f64>,
    /// Cost of its energy, $/J.
    pub cost_per_joule: Vec<f64>,
    /// Least output while it runs, W. In an hour whose capacity is lower, it does not run.
    pub minimum: f64,
}

/// A store of energy with losses on the way in and out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Storage {
    /// Usable energy, J.
    pub energy: f64,
    /// Largest power taken while charging, W.
    pub charge: f64,
    /// Largest power delivered while discharging, W.
    pub discharge: f64,
    /// Energy stored per energy taken.
    pub charge_efficiency: f64,
    /// Energy delivered per energy drawn from the store.
    pub discharge_efficiency: f64,
    /// Energy stored before the first hour, over `energy`. The last hour ends with no less.
    pub start_fraction: f64,
    /// Cost of each joule delivered, $/J.
    pub throughput_cost_per_joule: f64,
}

/// What has to be supplied and from what.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem<'a> {
    /// Power to supply in each hour, W.
    pub load: &'a [f64],
    /// Largest power from the grid, W, per hour or one for all.
    pub grid_cap: &'a [f64],
    /// Price of grid energy, $/J, per hour or one for all.
    pub grid_price: &'a [f64],
    /// Other sources.
    pub units: &'a [Unit],
    /// The storage, if there is one.
    pub storage: Option<Storage>,
    /// Price of load not served, $/J. Load is shed only when nothing else can carry it, even if something else costs more.
    pub shed_cost: f64,
}

/// What each source does in each hour, W (state: J at the end of the hour).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// Power from the grid.
    pub grid: Vec<f64>,
    /// Power of each unit.
    pub units: Vec<Vec<f64>>,
    /// Power into the storage, at its terminals.
    pub charge: Vec<f64>,
    /// Power out of the storage, at its terminals.
    pub discharge: Vec<f64>,
    /// Energy stored at the end of the hour, J.
    pub state: Vec<f64>,
    /// Load not served.
    pub shed: Vec<f64>,
    /// Total cost, $, with load not served at its price.
    pub objective: f64,
    /// Largest violation of a balance or a limit, over the largest load. Infinite if the problem holds numbers that make no sense (not
    /// finite, negative where that means nothing, or series of the wrong length): those were taken as zero.
    pub max_violation: f64,
}

/// Supplies the load of every hour at least cost: merit order, with the storage planned over the whole horizon.
pub fn merit_order(problem: &Problem<'_>) -> Schedule {
    let hours = problem.load.len();
    let stacks: Vec<Stack> = (0..hours).map(|t| Stack::new(problem, t)).collect();
    let steps = match problem.storage.filter(usable) {
        Some(storage) => plan(&storage, &stacks),
        None => vec![0.0; hours],
    };
    let mut schedule = Schedule { units: vec![Vec::with_capacity(hours); problem.units.len()], ..Schedule::default() };
    let storage = problem.storage.filter(usable);
    let mut state = storage.map_or(0.0, |s| s.energy * s.start_fraction);
    for (stack, &z) in stacks.iter().zip(&steps) {
        let (charge, discharge) = storage.map_or((0.0, 0.0), |s| s.powers(z));
        state += z;
        let outputs = stack.commit((stack.load + charge - discharge).max(0.0));
        schedule.grid.push(outputs.power[0]);
        for (unit, power) in schedule.units.iter_mut().zip(&outputs.power[1..]) {
            unit.push(*power);
        }
        schedule.shed.push(outputs.shed);
        schedule.charge.push(charge);
        schedule.discharge.push(discharge);
        schedule.state.push(state);
        let throughput = storage.map_or(0.0, |s| s.throughput_cost_per_joule * discharge);
        schedule.objective += HOUR * (outputs.cost + throughput);
    }
    schedule.max_violation = if valid(problem) { violation(problem, &schedule) } else { f64::INFINITY };
    schedule
}

/// The number of a series in an hour; a series of one holds for all.
fn at(series: &[f64], hour: usize) -> f64 {
    let value = if series.len() == 1 { series.first() } else { series.get(hour) };
    value.copied().filter(|x| x.is_finite()).unwrap_or(0.0)
}

fn usable(storage: &Storage) -> bool {
    let efficiency = |x: f64| x > 0.0 && x <= 1.0;
    let numbers = [storage.energy, storage.charge, storage.discharge, storage.throughput_cost_per_joule];
    numbers.iter().all(|x| x.is_finite() && *x >= 0.0)
        && efficiency(storage.charge_efficiency)
        && efficiency(storage.discharge_efficiency)
        && (0.0..=1.0).contains(&storage.start_fraction)
}

fn valid(problem: &Problem<'_>) -> bool {
    let hours = problem.load.len();
    let series = |s: &[f64], least: f64| (s.len() == 1 || s.len() == hours) && s.iter().all(|x| x.is_finite() && *x >= least);
    series(problem.load, 0.0)
        && series(problem.grid_cap, 0.0)
        && series(problem.grid_price, f64::MIN)
        && problem.units.iter().all(|u| series(&u.capacity, 0.0) && series(&u.cost_per_joule, f64::MIN) && u.minimum.is_finite() && u.minimum >= 0.0)
        && problem.storage.as_ref().is_none_or(usable)
        && problem.shed_cost.is_finite()
}

impl Storage {
    /// Power in and out for a change of the stored energy in one hour.
    fn powers(&self, z: f64) -> (f64, f64) {
        if z > 0.0 { (z / (self.charge_efficiency * HOUR), 0.0) } else { (0.0, -z * self.discharge_efficiency / HOUR) }
    }
}

/// One hour's sources: the grid first, then the units.
struct Stack {
    load: f64,
    capacity: Vec<f64>,
    price: Vec<f64>,
    minimum: Vec<f64>,
    /// Sources by rising price.
    order: Vec<usize>,
    shed_cost: f64,
}

struct Outputs {
    power: Vec<f64>,
    shed: f64,
    /// $/s.
    cost: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Free,
    Running,
    Off,
}

impl Stack {
    fn new(problem: &Problem<'_>, hour: usize) -> Self {
        let units = problem.units.iter();
        let minimum: Vec<f64> = std::iter::once(0.0).chain(units.clone().map(|u| u.minimum.max(0.0))).collect();
        let capacity = std::iter::once(at(problem.grid_cap, hour)).chain(units.clone().map(|u| at(&u.capacity, hour)));
        let capacity: Vec<f64> = capacity.zip(&minimum).map(|(c, &least)| if c < least { 0.0 } else { c.max(0.0) }).collect();
        let price: Vec<f64> = std::iter::once(at(problem.grid_price, hour)).chain(units.map(|u| at(&u.cost_per_joule, hour))).collect();
        let mut order: Vec<usize> = (0..price.len()).collect();
        order.sort_by(|&a, &b| price[a].total_cmp(&price[b]));
        let shed_cost = if problem.shed_cost.is_finite() { problem.shed_cost } else { 0.0 };
        Self { load: at(problem.load, hour).max(0.0), capacity, price, minimum, order, shed_cost }
    }

    /// Merit order with some units held at or above their minimum and some off; `None` if the minimum of those running is too much.
    fn fill(&self, power: f64, states: &[State]) -> Option<Outputs> {
        let mut left = power;
        let mut outputs = vec![0.0; self.price.len()];
        for (i, state) in states.iter().enumerate() {
            if *state == State::Running {
                outputs[i] = self.minimum[i];
                left -= self.minimum[i];
            }
        }
        if left < 0.0 {
            return None;
        }
        for &i in self.order.iter().filter(|&&i| states[i] != State::Off) {
            let more = (self.capacity[i] - outputs[i]).min(left);
            outputs[i] += more;
            left -= more;
        }
        let cost = outputs.iter().zip(&self.price).map(|(p, c)| p * c).sum::<f64>() + left * self.shed_cost;
        Some(Outputs { power: outputs, shed: left, cost })
    }

    /// Supplies `power` with every running unit at or above its minimum: each unit that falls below is either raised to it, so that
    /// cheaper ones give way, or left off, whichever costs less. Serving load counts before cost.
    fn commit(&self, power: f64) -> Outputs {
        let mut states = vec![State::Free; self.price.len()];
        let mut outputs = self.fill(power, &states);
        for _ in 0..self.price.len() {
            let Some(now) = &outputs else { break };
            let below = |&&i: &&usize| states[i] == State::Free && now.power[i] > 0.0 && now.power[i] < self.minimum[i];
            let Some(&i) = self.order.iter().rev().find(below) else { break };
            let mut with = |state| {
                states[i] = state;
                self.fill(power, &states)
            };
            let (running, off) = (with(State::Running), with(State::Off));
            let better = |a: &Outputs, b: &Outputs| if (a.shed - b.shed).abs() > 1e-9 * power { a.shed < b.shed } else { a.cost <= b.cost };
            let run = match (&running, &off) {
                (Some(running), Some(off)) => better(running, off),
                (running, _) => running.is_some(),
            };
            states[i] = if run { State::Running } else { State::Off };
            outputs = if run { running } else { off };
        }
        outputs.unwrap_or_else(|| Outputs { power: vec![0.0; self.price.len()], shed: power, cost: power * self.shed_cost })
    }

    /// The pieces of `C_t`: slope and length in `z`, rising; the second number is where they begin, at the deepest discharge.
    fn pieces(&self, storage: &Storage) -> (Vec<Piece>, f64) {
        let (into, out) = (storage.charge_efficiency, storage.discharge_efficiency);
        let (mut served, mut more, mut dearest) = (Vec::new(), Vec::new(), f64::MIN);
        let mut left = self.load;
        for &i in &self.order {
            let used = self.capacity[i].min(left);
            left -= used;
            served.push((self.price[i], used));
            more.push((self.price[i], self.capacity[i] - used));
            dearest = dearest.max(self.price[i]);
        }
        served.push((self.shed_cost.max(dearest), left));
        let mut pieces = Vec::with_capacity(2 * served.len());
        let mut room = storage.discharge;
        for (price, power) in served.into_iter().rev() {
            let power = power.min(room);
            room -= power;
            pieces.push(Piece { slope: out * (price - storage.throughput_cost_per_joule), length: power * HOUR / out });
        }
        pieces.reverse();
        let begin = -pieces.iter().map(|p| p.length).sum::<f64>();
        let least = pieces.iter().filter(|p| p.length > 0.0).map(|p| p.slope).fold(f64::MIN, f64::max);
        let mut room = storage.charge;
        for (price, power) in more {
            let power = power.min(room);
            room -= power;
            // Below that slope the function would not be convex: charging and discharging at once would pay.
            pieces.push(Piece { slope: (price / into).max(least), length: power * HOUR * into });
        }
        pieces.retain(|p| p.length > 0.0);
        (pieces, begin)
    }
}

/// The change of the stored energy in each hour.
fn plan(storage: &Storage, stacks: &[Stack]) -> Vec<f64> {
    let start = storage.energy * storage.start_fraction;
    let hours: Vec<(Vec<Piece>, f64)> = stacks.iter().map(|stack| stack.pieces(storage)).collect();
    let mut values = Vec::with_capacity(hours.len() + 1);
    let mut value = Convex { begin: start, pieces: vec![Piece { slope: 0.0, length: storage.energy - start }] };
    for (pieces, begin) in hours.iter().rev() {
        let earlier = value.before(pieces, *begin, storage.energy);
        values.push(std::mem::replace(&mut value, earlier));
    }
    let mut state = start;
    let mut steps = Vec::with_capacity(hours.len());
    for ((pieces, begin), next) in hours.iter().zip(values.iter().rev()) {
        // A whole horizon of sums leaves rounding at the ends of the interval; it must not leave the store.
        let end = (state + best_step(pieces, *begin, next, state)).clamp(0.0, storage.energy);
        steps.push(end - state);
        state = end;
    }
    steps
}

/// The largest violation of the balance, a limit or the storage equation, over the largest load.
fn violation(problem: &Problem<'_>, schedule: &Schedule) -> f64 {
    let mut worst = 0.0_f64;
    let (mut state, mut scale) = (problem.storage.map_or(0.0, |s| s.energy * s.start_fraction), 1.0_f64);
    for (t, &load) in problem.load.iter().enumerate() {
        let (charge, discharge) = (schedule.charge[t], schedule.discharge[t]);
        let units: f64 = schedule.units.iter().map(|u| u[t]).sum();
        worst = worst.max((schedule.grid[t] + units + schedule.shed[t] + discharge - load - charge).abs());
        worst = worst.max(schedule.grid[t] - at(problem.grid_cap, t)).max(schedule.shed[t] - load);
        for (unit, power) in problem.units.iter().zip(&schedule.units) {
            worst = worst.max(power[t] - at(&unit.capacity, t));
            worst = worst.max(if power[t] > 0.0 { unit.minimum - power[t] } else { -power[t] });
        }
        if let Some(storage) = &problem.storage {
            state += HOUR * (charge * storage.charge_efficiency - discharge / storage.discharge_efficiency);
            worst = worst.max(charge - storage.charge).max(discharge - storage.discharge);
            worst = worst.max((state - schedule.state[t]).abs() / HOUR).max(-schedule.state[t] / HOUR).max((schedule.state[t] - storage.energy) / HOUR);
        }
        scale = scale.max(load);
    }
    worst / scale
}
