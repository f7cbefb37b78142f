//! Answers worked out off the window's thread: one running and one waiting per question, the latest wins.
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use crate::texts::in_this_language;

/// Called when an answer is there, on the thread that found it.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Where answers are worked out.
#[derive(Clone)]
pub enum Work {
    /// On the spot: for pictures without a window, and for tests. The same question gives the same frame.
    Here,
    /// On a thread per answer; the waker asks for a frame.
    Threads(Waker),
}

type Job<V> = Box<dyn FnOnce() -> V + Send>;

/// One question that is asked again and again with other keys. The last answer stays until the next is there.
pub struct Deferred<K, V> {
    answer: Option<(K, V)>,
    running: Option<(K, Receiver<V>)>,
    waiting: Option<(K, Job<V>)>,
}

impl<K, V> Default for Deferred<K, V> {
    fn default() -> Self {
        Self { answer: None, running: None, waiting: None }
    }
}

impl<K: PartialEq + Clone, V: Send + 'static> Deferred<K, V> {
    /// Asks, unless this very question is answered, running or waiting.
    pub fn ask(&mut self, work: &Work, key: K, job: impl FnOnce() -> V + Send + 'static) {
        self.poll(work);
        let latest = self.waiting.as_ref().map(|w| &w.0).or(self.running.as_ref().map(|r| &r.0));
        if latest.or(self.answer.as_ref().map(|a| &a.0)) == Some(&key) {
            return;
        }
        match (work, &self.running) {
            (Work::Here, _) => self.answer = Some((key, job())),
            (Work::Threads(_), Some(_)) => self.waiting = Some((key, Box::new(job))),
            (Work::Threads(_), None) => self.start(work, key, Box::new(job)),
        }
    }

    /// Takes an answer that has arrived, and starts what waits.
    pub fn poll(&mut self, work: &Work) {
        let Some((key, receiver)) = self.running.take() else { return };
        match receiver.try_recv() {
            Ok(value) => self.answer = Some((key, value)),
            Err(TryRecvError::Empty) => {
                self.running = Some((key, receiver));
                return;
            }
            // The job panicked, which is a defect; the old answer is still the best one.
            Err(TryRecvError::Disconnected) => {}
        }
        if let Some((key, job)) = self.waiting.take() {
            self.start(work, key, job);
        }
    }

    fn start(&mut self, work: &Work, key: K, job: Job<V>) {
        let Work::Threads(waker) = work.clone() else {
            self.answer = Some((key, job()));
            return;
        };
        let (send, receive) = channel();
        let run = in_this_language(move || {
            // Nobody listens any more when the window is gone.
            let _ = send.send(job());
            waker();
        });
        if std::thread::Builder::new().name("answer".to_owned()).spawn(run).is_ok() {
            self.running = Some((key, receive));
        }
    }

    /// The newest answer, maybe to an older question.
    pub fn value(&self) -> Option<&V> {
        self.answer.as_ref().map(|a| &a.1)
    }
    /// The answer to this very question.
    pub fn exact(&self, key: &K) -> Option<&V> {
        self.answer.as_ref().filter(|a| a.0 == *key).map(|a| &a.1)
    }
    /// The question that [`Self::value`] answers.
    pub fn key(&self) -> Option<&K> {
        self.answer.as_ref().map(|a| &a.0)
    }
    /// Whether a newer answer is on its way.
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }
    /// Forgets everything; what runs is thrown away when it is done.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, sync_channel};

    #[test]
    fn the_latest_question_wins_and_the_old_answer_stays() {
        let (woken, wakes) = sync_channel(10);
        let work = Work::Threads(Arc::new(move || woken.send(()).unwrap_or_default()));
        let mut d = Deferred::default();
        let gate = |d: &mut Deferred<u32, u32>, key: u32| -> Sender<()> {
            let (open, wait) = channel();
            d.ask(&work, key, move || {
                let _ = wait.recv();
                key * 10
            });
            open
        };
        let first = gate(&mut d, 1);
        let second = gate(&mut d, 2);
        let third = gate(&mut d, 3);
        assert!(second.send(()).is_err(), "the second was replaced while it waited");
        first.send(()).unwrap();
        wakes.recv().unwrap();
        d.poll(&work);
        assert_eq!((d.value(), d.exact(&3), d.is_running()), (Some(&10), None, true));
        third.send(()).unwrap();
        wakes.recv().unwrap();
        d.poll(&work);
        assert_eq!((d.exact(&3), d.is_running()), (Some(&30), false));
    }

    #[test]
    fn a_job_that_panics_leaves_the_old_answer() {
        let (woken, wakes) = sync_channel(10);
        let mut d = Deferred::default();
        d.ask(&Work::Here, 1, || 10);
        let work = Work::Threads(Arc::new(move || woken.send(()).unwrap_or_default()));
        d.ask(&work, 2, || panic!("a defect, made on purpose"));
        while d.is_running() {
            d.poll(&work);
            std::thread::yield_now();
        }
        assert_eq!(d.value(), Some(&10));
        d.ask(&work, 3, || 30);
        wakes.recv().unwrap();
        d.poll(&work);
        assert_eq!(d.value(), Some(&30));
    }
}
