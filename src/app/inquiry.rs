//! One long question about the data: asked off the window's thread, with progress; not asked anew all the time.
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use super::deferred::Work;
use crate::model::Progress;
use crate::store::Lens;
use crate::texts::in_this_language;

/// Least time between the starts of two answers to the same question of data that grows.
const EVERY: Duration = Duration::from_secs(3);
/// Nor sooner than so many times as long as the last answer took: asking must not take all the time there is.
const PAUSE: u32 = 6;

/// What is asked, of which data.
#[derive(Clone, Debug, PartialEq)]
pub struct Key<A> {
    /// Revision of the snapshot.
    pub revision: u64,
    /// How it is looked at.
    pub lens: Lens,
    /// What else the question says.
    pub asked: A,
}

impl<A: PartialEq> Key<A> {
    /// Whether it is the same question, maybe of newer data.
    fn is_same_question(&self, other: &Self) -> bool {
        self.lens == other.lens && self.asked == other.asked
    }
}

struct Running<A, V> {
    key: Key<A>,
    progress: Progress,
    answer: Receiver<V>,
}

/// A question whose answer takes its time.
///
/// Another question ends the one under way. The same question of newer data waits until the one under way is
/// answered, and some seconds more: data that arrives all the time would else never be answered.
pub struct Inquiry<A, V> {
    answer: Option<(Key<A>, V)>,
    running: Option<Running<A, V>>,
    started: Option<Instant>,
    /// How long the last answer took.
    took: Duration,
    /// What somebody stopped: not asked again by itself.
    stopped: Option<Key<A>>,
}

impl<A, V> Default for Inquiry<A, V> {
    fn default() -> Self {
        Self { answer: None, running: None, started: None, took: Duration::ZERO, stopped: None }
    }
}

impl<A: PartialEq + Clone, V: Send + 'static> Inquiry<A, V> {
    /// Asks, unless it is answered, under way, stopped, or was asked a moment ago. `now` is the time of asking.
    pub fn ask(
        &mut self,
        work: &Work,
        now: Instant,
        key: Key<A>,
        job: impl FnOnce(&Progress) -> V + Send + 'static,
    ) {
        self.poll();
        if self.answer.as_ref().is_some_and(|a| a.0 == key)
            || self.stopped.as_ref().is_some_and(|s| s.is_same_question(&key))
        {
            return;
        }
        self.stopped = None;
        if let Some(running) = &self.running {
            if running.key.is_same_question(&key) {
                return;
            }
            running.progress.cancel();
            self.running = None;
        }
        let is_known = self.answer.as_ref().is_some_and(|a| a.0.is_same_question(&key));
        let pause = EVERY.max(self.took * PAUSE);
        let is_recent = self.started.is_some_and(|s| now.saturating_duration_since(s) < pause);
        if is_known && is_recent {
            return;
        }
        self.start(work, now, key, job);
    }

    fn start(
        &mut self,
        work: &Work,
        now: Instant,
        key: Key<A>,
        job: impl FnOnce(&Progress) -> V + Send + 'static,
    ) {
        self.started = Some(now);
        let progress = Progress::default();
        let Work::Threads(waker) = work.clone() else {
            self.answer = Some((key, job(&progress)));
            return;
        };
        let (send, answer) = channel();
        let own = progress.clone();
        let run = in_this_language(move || {
            // Nobody listens any more when the window is gone or asks something else.
            let _ = send.send(job(&own));
            waker();
        });
        if std::thread::Builder::new().name("inquiry".to_owned()).spawn(run).is_ok() {
            self.running = Some(Running { key, progress, answer });
        }
    }

    /// Of which data the answer is.
    pub fn revision(&self) -> Option<u64> {
        self.answer.as_ref().map(|a| a.0.revision)
    }

    /// What the newest answer is to.
    pub fn key(&self) -> Option<&Key<A>> {
        self.answer.as_ref().map(|a| &a.0)
    }

    /// Takes an answer that has arrived.
    pub fn poll(&mut self) {
        let Some(running) = self.running.take() else { return };
        match running.answer.try_recv() {
            Ok(value) => {
                self.answer = Some((running.key, value));
                self.took = self.started.map_or(Duration::ZERO, |s| s.elapsed());
            }
            Err(TryRecvError::Empty) => self.running = Some(running),
            // The job panicked, which is a defect; asking again would only repeat it.
            Err(TryRecvError::Disconnected) => self.stopped = Some(running.key),
        }
    }

    /// Ends what is under way, and does not ask this again until [`Self::resume`].
    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.progress.cancel();
            self.stopped = Some(running.key);
        }
    }

    /// Asks again what was stopped.
    pub fn resume(&mut self) {
        self.stopped = None;
    }

    /// The newest answer, maybe to an older question.
    pub fn value(&self) -> Option<&V> {
        self.answer.as_ref().map(|a| &a.1)
    }
    /// How far the answer under way is; `None` while there is none.
    pub fn progress(&self) -> Option<&Progress> {
        self.running.as_ref().map(|r| &r.progress)
    }
    /// Whether somebody stopped it.
    pub fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }
    /// Whether the answer at hand is to another question, such as one about another stretch of time.
    pub fn is_outdated(&self, lens: &Lens, asked: &A) -> bool {
        self.answer.as_ref().is_some_and(|a| a.0.lens != *lens || a.0.asked != *asked)
    }
    /// Ends what is under way and forgets everything.
    pub fn forget(&mut self) {
        self.stop();
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::mpsc::{Sender, sync_channel};

    type Asked = Inquiry<u32, u32>;

    fn key(revision: u64, asked: u32) -> Key<u32> {
        Key { revision, lens: Lens::default(), asked }
    }

    /// Asks; the answer comes once the sender is used. Tells whether it was cancelled meanwhile.
    fn ask(i: &mut Asked, work: &Work, now: Instant, k: Key<u32>) -> Sender<()> {
        let (open, wait) = channel();
        let value = k.asked * 10 + k.revision as u32;
        i.ask(work, now, k, move |_| {
            let _ = wait.recv();
            value
        });
        open
    }

    #[test]
    fn newer_data_waits_and_another_question_does_not() {
        let (woken, wakes) = sync_channel(10);
        let work = Work::Threads(Arc::new(move || woken.send(()).unwrap_or_default()));
        let (mut i, now) = (Asked::default(), Instant::now());
        let first = ask(&mut i, &work, now, key(1, 1));
        let progress = i.progress().unwrap().clone();
        let second = ask(&mut i, &work, now, key(2, 1));
        assert!(second.send(()).is_err(), "newer data does not end the answer under way");
        assert!(!progress.is_cancelled());
        first.send(()).unwrap();
        wakes.recv().unwrap();
        i.poll();
        assert_eq!(i.value(), Some(&11));
        let early = ask(&mut i, &work, now + Duration::from_secs(1), key(3, 1));
        assert!(early.send(()).is_err(), "not again after a second");
        let late = ask(&mut i, &work, now + Duration::from_secs(4), key(4, 1));
        let other = ask(&mut i, &work, now + Duration::from_secs(4), key(4, 2));
        assert_eq!(i.value(), Some(&11), "the old answer stays");
        other.send(()).unwrap();
        late.send(()).unwrap();
        wakes.recv().unwrap();
        wakes.recv().unwrap();
        i.poll();
        assert_eq!(i.value(), Some(&24), "the other question's, not the cancelled one's");
    }

    #[test]
    fn what_was_stopped_is_asked_again_on_demand_only() {
        let work = Work::Threads(Arc::new(|| ()));
        let (mut i, now) = (Asked::default(), Instant::now());
        let first = ask(&mut i, &work, now, key(1, 1));
        let progress = i.progress().unwrap().clone();
        i.stop();
        assert!(progress.is_cancelled() && i.is_stopped());
        let _ = first.send(());
        let again = ask(&mut i, &work, now, key(2, 1));
        assert!(again.send(()).is_err() && i.is_stopped());
        i.resume();
        i.ask(&Work::Here, now, key(2, 1), |_| 7);
        assert_eq!((i.value(), i.is_stopped()), (Some(&7), false));
        assert!(i.is_outdated(&Lens::default(), &2) && !i.is_outdated(&Lens::default(), &1));
    }
}
