//! The background solver: one thread, one slot, the newest request wins. An answer comes first without what single outages do, then with it.

use super::{Job, Solved};
use crate::solve::{Outcome, Pace, complete};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often the outages known so far are shown, where a campus has so many that they take longer.
const BETWEEN_SHOWS: Duration = Duration::from_millis(250);

#[derive(Default)]
struct Slots {
    job: Option<(u64, Job)>,
    answer: Option<(u64, Solved)>,
    stop: bool,
}

#[derive(Default)]
struct Shared {
    slots: Mutex<Slots>,
    ready: Condvar,
}

impl Shared {
    /// Whether a newer job waits, or the end.
    fn is_wanted_elsewhere(&self) -> bool {
        let slots = self.lock();
        slots.stop || slots.job.is_some()
    }
    fn answer(&self, ticket: u64, solved: Solved, wake: &dyn Fn()) {
        self.lock().answer = Some((ticket, solved));
        wake();
    }
    /// A poisoned lock only says that a solve panicked; the slots themselves are always whole.
    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Handle of the solver's thread. Dropping it ends the thread after the solve in hand.
pub(super) struct Worker {
    shared: Arc<Shared>,
}

impl Worker {
    pub(super) fn start(wake: Box<dyn Fn() + Send + Sync>) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        std::thread::Builder::new().name("solver".to_owned()).spawn(move || run(&theirs, &*wake))?;
        Ok(Self { shared })
    }

    /// Puts a job in the slot. One that waited there is dropped as stale.
    pub(super) fn submit(&self, ticket: u64, job: Job) {
        self.shared.lock().job = Some((ticket, job));
        self.shared.ready.notify_one();
    }

    /// The newest answer not yet taken.
    pub(super) fn take(&self) -> Option<(u64, Solved)> {
        self.shared.lock().answer.take()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.ready.notify_one();
    }
}

fn run(shared: &Shared, wake: &dyn Fn()) {
    let mut previous: Option<Solved> = None;
    loop {
        let (ticket, job) = {
            let mut slots = shared.lock();
            loop {
                if slots.stop {
                    return;
                }
                if let Some(job) = slots.job.take() {
                    break job;
                }
                slots = shared.ready.wait(slots).unwrap_or_else(PoisonError::into_inner);
            }
        };
        let solved = job.run(previous.as_ref());
        let pending = solved.outcome.failures.pending;
        previous = Some(solved.clone());
        shared.answer(ticket, solved, wake);
        if pending && let Some(whole) = complete_answer(shared, wake, ticket, &job, previous.as_ref()) {
            previous = Some(whole.clone());
            shared.answer(ticket, whole, wake);
        }
    }
}

/// The answer with every outage in it; nothing when a newer job waits. What is known is shown now and then.
fn complete_answer(shared: &Shared, wake: &dyn Fn(), ticket: u64, job: &Job, solved: Option<&Solved>) -> Option<Solved> {
    let outcome = &solved?.outcome;
    let mut shown = Instant::now();
    let mut pace = || {
        if shared.is_wanted_elsewhere() {
            return Pace::Stop;
        }
        let due = shown.elapsed() >= BETWEEN_SHOWS;
        if due {
            shown = Instant::now();
        }
        if due { Pace::Show } else { Pace::Go }
    };
    let mut show = |some: Outcome| shared.answer(ticket, job.solved(some), wake);
    let whole = complete(&job.plan, &job.catalog, outcome, &mut pace, &mut show)?;
    Some(job.solved(whole))
}
