//! The background solver: one thread, one slot, the newest request wins.

use super::{Job, Solved};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

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
        previous = Some(solved.clone());
        shared.lock().answer = Some((ticket, solved));
        wake();
    }
}
