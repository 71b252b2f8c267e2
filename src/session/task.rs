//! A piece of work beside the window: one thread, one answer.

use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// Work that runs on a thread of its own. Its answer is taken up with [`Task::poll`]; dropping the task lets the thread end by itself, unheard.
pub struct Task<T> {
    answer: Receiver<T>,
    ended: bool,
}

impl<T: Send + 'static> Task<T> {
    /// Runs `work` on a thread with this name and calls `wake` when the answer is there.
    ///
    /// # Errors
    /// When the system starts no further thread.
    pub fn spawn(name: &str, work: impl FnOnce() -> T + Send + 'static, wake: impl FnOnce() + Send + 'static) -> std::io::Result<Self> {
        let (send, answer) = channel();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            // Nobody listens any more when the task was dropped: then the answer is not wanted.
            let _ = send.send(work());
            // Closed before the wake-up, so that who wakes up sees an end even where there is no answer.
            drop(send);
            wake();
        })?;
        Ok(Self { answer, ended: false })
    }

    /// The answer, once.
    pub fn poll(&mut self) -> Option<T> {
        match self.answer.try_recv() {
            Ok(answer) => {
                self.ended = true;
                Some(answer)
            }
            Err(TryRecvError::Disconnected) => {
                self.ended = true;
                None
            }
            Err(TryRecvError::Empty) => None,
        }
    }

    /// Whether the answer was taken, or will never come because the work failed.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::Task;
    use std::sync::mpsc::channel;

    #[test]
    fn an_answer_comes_once() {
        let (woken, wait) = channel();
        let mut task = Task::spawn("test", || 6 * 7, move || woken.send(()).unwrap()).unwrap();
        wait.recv().unwrap();
        assert_eq!(task.poll(), Some(42));
        assert_eq!(task.poll(), None);
        assert!(task.ended());
    }

    #[test]
    fn work_that_is_dropped_does_no_harm() {
        let (woken, wait) = channel();
        drop(Task::spawn("test", || 1, move || woken.send(()).unwrap()).unwrap());
        wait.recv().unwrap();
    }
}
