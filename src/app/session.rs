//! What a window looks at: a running engine with its ways in, or one fixed snapshot.
use std::sync::Arc;

use crossbeam_channel::Sender;

use super::files::Readers;
use crate::engine::Engine;
use crate::graph::Snapshot;
use crate::ingest::receiver::{BindError, PortStatus, Receiver};
use crate::model::{Arrival, Sentence};

/// The data's way into the window.
pub struct Session {
    /// Before the engine, so that it stops first and its last deliveries find an engine.
    receiver: Option<Receiver>,
    problem: Option<BindError>,
    engine: Option<Engine>,
    still: Arc<Snapshot>,
    pub(super) readers: Readers,
}

impl Session {
    /// Over a running engine; `receiver` is what came of listening, `None` where nobody asked for it.
    pub fn live(engine: Engine, receiver: Option<Result<Receiver, BindError>>) -> Self {
        let (receiver, problem) = match receiver {
            Some(Ok(receiver)) => (Some(receiver), None),
            Some(Err(problem)) => (None, Some(problem)),
            None => (None, None),
        };
        Self { receiver, problem, engine: Some(engine), still: Arc::default(), readers: Readers::default() }
    }

    /// Over one snapshot that never changes.
    pub fn still(snapshot: Arc<Snapshot>) -> Self {
        Self { receiver: None, problem: None, engine: None, still: snapshot, readers: Readers::default() }
    }

    /// Reads on in the files that are opened from now on, as they grow.
    pub fn follow(mut self, yes: bool) -> Self {
        self.readers.follow = yes;
        self
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.engine.as_ref().map_or_else(|| Arc::clone(&self.still), Engine::snapshot)
    }

    /// Where readers send to; `None` over a fixed snapshot.
    pub fn arrivals(&self) -> Option<Sender<Arrival>> {
        self.engine.as_ref()?.arrivals()
    }

    /// Calls this whenever there is something new, on another thread.
    pub fn set_waker(&self, waker: impl Fn() + Send + Sync + 'static) {
        if let Some(engine) = &self.engine {
            engine.set_waker(waker);
        }
    }

    /// How each port is doing; none where nobody listens.
    pub fn ports(&self) -> Vec<PortStatus> {
        self.receiver.as_ref().map(Receiver::status).unwrap_or_default()
    }

    /// Why not one port could be opened: a sentence each.
    pub fn port_problems(&self) -> &[Sentence] {
        self.problem.as_ref().map_or(&[], |p| &p.problems)
    }

    /// Whether data may still arrive.
    pub fn is_live(&self) -> bool {
        self.engine.is_some()
    }
}
