//! Follows files and folders: what to look at, round by round. When the rounds come is up to who calls.
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::expand::{ExpandError, expand_present};
use super::tail::{Outcome, Tail};
use super::{Input, read};
use crate::model::{Arrival, SourceId, SourceKind, SourceNote};
use crate::texts::say;

/// Who follows: names sources, takes what they hold, and learns which of them go on.
pub trait Follower {
    /// A file is found: its source, and what stops it.
    fn begin(&mut self) -> (SourceId, Arc<AtomicBool>);
    /// Takes an arrival; false where nobody wants more.
    fn send(&mut self, arrival: Arrival) -> bool;
    /// Whether a source is followed from now on, or no more.
    fn is_followed(&mut self, source: SourceId, yes: bool);
}

/// Files and folders that are followed.
pub struct Follow {
    paths: Vec<PathBuf>,
    /// By path; `None` for what is read and not followed, or was stopped.
    files: BTreeMap<PathBuf, Option<Followed>>,
}

struct Followed {
    tail: Tail,
    source: SourceId,
    cancel: Arc<AtomicBool>,
    /// Whether the first look is over.
    is_caught_up: bool,
}

impl Follow {
    /// Of these files and folders; folders are looked through again with each round.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths, files: BTreeMap::new() }
    }

    /// Looks at everything once and reads what is new.
    ///
    /// Gives whether any of it may still grow. Fails where a path named is not there and nothing was read yet.
    pub fn round(&mut self, follower: &mut dyn Follower) -> Result<bool, ExpandError> {
        let inputs = match expand_present(&self.paths) {
            Ok(inputs) => inputs,
            Err(problem) if self.files.is_empty() => return Err(problem),
            // A file that is being exchanged is not there for a moment; the others are looked at as before.
            Err(_) => Vec::new(),
        };
        for input in inputs {
            let Input::Path(path) = input else { continue };
            self.files.entry(path.clone()).or_insert_with(|| Some(begin(path, follower)));
        }
        for (path, slot) in &mut self.files {
            if slot.as_mut().is_some_and(|f| !f.look(path, follower)) {
                *slot = None;
            }
        }
        let grows = self.files.values().any(Option::is_some);
        Ok(grows || self.paths.iter().any(|p| p.is_dir()))
    }
}

fn begin(path: PathBuf, follower: &mut dyn Follower) -> Followed {
    let (source, cancel) = follower.begin();
    Followed { tail: Tail::new(path, source), source, cancel, is_caught_up: false }
}

impl Followed {
    /// Whether it goes on.
    fn look(&mut self, path: &std::path::Path, follower: &mut dyn Follower) -> bool {
        let (source, name) = (self.source, path.display().to_string());
        if !self.is_caught_up {
            follower.send(Arrival::Opened(source, SourceKind::File, name.clone()));
        }
        let outcome = self.tail.look(&self.cancel, &mut |a| follower.send(a));
        let is_stopped = self.cancel.load(Ordering::Relaxed);
        let closed = match outcome {
            Outcome::Once(why) if !self.is_caught_up => {
                read(&Input::Path(path.to_path_buf()), source, &self.cancel, &mut |a| follower.send(a));
                let text = say(|t| t.reading.read_once).with("name", name).with("why", why);
                follower.send(Arrival::Note(source, SourceNote { text, is_loss: false }));
                return false;
            }
            Outcome::Once(why) => {
                Err(say(|t| t.reading.no_longer_followed).with("name", name).with("why", why))
            }
            Outcome::Failed(sentence) => Err(sentence),
            Outcome::Read(_) if is_stopped && !self.is_caught_up => {
                Err(say(|t| t.reading.was_stopped).with("name", name))
            }
            Outcome::Read(_) => Ok(()),
        };
        let goes_on = closed.is_ok() && !is_stopped;
        if goes_on != self.is_caught_up {
            follower.is_followed(source, goes_on);
        }
        if !self.is_caught_up || closed.is_err() {
            // Read to its end, for now: more spans may come after this.
            follower.send(Arrival::Closed(source, closed));
        }
        self.is_caught_up = true;
        goes_on
    }
}

#[cfg(test)]
#[path = "follow_tests.rs"]
mod tests;
