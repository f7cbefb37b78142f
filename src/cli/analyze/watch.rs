//! `analyze health --watch`: goes on as data comes, and tells of each alert when it is raised and when it is over.
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{Sender, bounded};

use super::Failure;
use crate::analysis::alerts::Tracker;
use crate::cli::record::{self, Listen};
use crate::engine::{Engine, EngineOptions};
use crate::export::answers;
use crate::graph::Snapshot;
use crate::ingest::file::{Follow, Follower};
use crate::ingest::tls;
use crate::model::{Arrival, Nanos, SourceId, Timestamp};
use crate::store::Lens;

/// Time between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// Time that spans may come late: what is younger is not judged yet.
const LATE: Nanos = Nanos::from_secs(5);
/// How long a webhook may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Lines that wait for a slow webhook; more are left out.
const WAITING: usize = 256;

/// Watches files as they grow, or what is received where none are named, until told to stop.
pub fn run(
    files: &[PathBuf],
    listen: &Listen,
    tracker: Tracker,
    webhook: Option<&str>,
) -> Result<(), Failure> {
    let webhook = webhook.map(Webhook::start).transpose()?;
    let engine = Engine::start(EngineOptions::default()).map_err(|e| Failure::unavailable(e.to_string()))?;
    let Some(arrivals) = engine.arrivals() else { return Ok(()) };
    let is_stopped = Arc::new(AtomicBool::new(false));
    let receiver = if files.is_empty() {
        let receiver = record::start(listen, arrivals)?;
        for (role, address) in receiver.addresses() {
            eprintln!("receiving OTLP/{} on {address}", role.name());
        }
        Some(receiver)
    } else {
        follow(files, &arrivals, &is_stopped)?;
        None
    };
    let stop =
        record::stop_signal().map_err(|e| Failure::unavailable(format!("Ctrl-C cannot be watched: {e}")))?;
    let mut watch = Watch { tracker };
    let mut result = Ok(());
    while result.is_ok() && stop.recv_timeout(LOOK).is_err() {
        let snapshot = engine.snapshot();
        // What is received is of now; a file has its own time, and is judged when all of it is there.
        let end = snapshot.extent.filter(|_| !snapshot.counters.is_loading()).map(|e| e.end);
        let until = if receiver.is_some() { Some(now()) } else { end }.map(|t| t - LATE);
        for line in until.map(|t| watch.lines(&snapshot, t)).unwrap_or_default() {
            result = tell(&line, webhook.as_ref());
        }
    }
    is_stopped.store(true, Ordering::Relaxed);
    result
}

/// Rules, and how far they are evaluated.
struct Watch {
    tracker: Tracker,
}

impl Watch {
    /// What there is to tell of the time up to a moment, a line each.
    fn lines(&mut self, snapshot: &Snapshot, until: Timestamp) -> Vec<String> {
        let index = snapshot.graph(&Lens::default());
        let events = self.tracker.advance(snapshot, &index, until);
        events.iter().map(|e| answers::event_json(e).to_string()).collect()
    }
}

fn tell(line: &str, webhook: Option<&Webhook>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    // Whoever reads the lines may go; then nobody is left to tell.
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|e| Failure::input(format!("nobody reads the alerts: {e}")))?;
    if let Some(webhook) = webhook {
        webhook.send(line);
    }
    Ok(())
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// Follows files on a thread of its own, after a first look that tells what is not there.
fn follow(
    files: &[PathBuf],
    arrivals: &Sender<Arrival>,
    is_stopped: &Arc<AtomicBool>,
) -> Result<(), Failure> {
    let mut desk = Desk { arrivals: arrivals.clone(), is_stopped: is_stopped.clone(), sources: 0 };
    let mut follow = Follow::new(files.to_vec());
    follow.round(&mut desk).map_err(|e| Failure::input(e.to_string()))?;
    let job = move || {
        while !desk.is_stopped.load(Ordering::Relaxed) && follow.round(&mut desk).unwrap_or(false) {
            std::thread::sleep(LOOK / 4);
        }
    };
    let spawned = std::thread::Builder::new().name("follower".to_owned()).spawn(job);
    spawned.map(drop).map_err(|e| Failure::unavailable(format!("no thread to follow files: {e}")))
}

/// Hands what is followed to the engine, and tells of what goes wrong.
struct Desk {
    arrivals: Sender<Arrival>,
    is_stopped: Arc<AtomicBool>,
    sources: u32,
}

impl Follower for Desk {
    fn begin(&mut self) -> (SourceId, Arc<AtomicBool>) {
        self.sources += 1;
        (SourceId(self.sources - 1), self.is_stopped.clone())
    }
    fn send(&mut self, arrival: Arrival) -> bool {
        match &arrival {
            Arrival::Note(_, note) => {
                eprintln!("note: {}", note.text.to_string().replace(char::is_control, "\u{FFFD}"))
            }
            Arrival::Closed(_, Err(why)) => {
                eprintln!("note: {}", why.to_string().replace(char::is_control, "\u{FFFD}"))
            }
            _ => {}
        }
        self.arrivals.send(arrival).is_ok()
    }
    fn is_followed(&mut self, _: SourceId, _: bool) {}
}

/// Sends lines to an address on a thread of its own, so that it never holds anything up.
struct Webhook {
    lines: Sender<String>,
}

impl Webhook {
    fn start(url: &str) -> Result<Self, Failure> {
        if !["http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(Failure::usage(format!("--webhook {url}: write http://… or https://…")));
        }
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            // What the user names is where alerts go: not to a proxy named by the environment, or elsewhere.
            .proxy(None)
            .max_redirects(0)
            .tls_config(tls::config())
            .build();
        let (agent, url) = (ureq::Agent::from(config), url.to_owned());
        let (lines, waiting) = bounded::<String>(WAITING);
        let job = move || {
            let mut has_failed = false;
            for line in waiting {
                let sent = agent.post(&url).header("content-type", "application/json").send(line.as_bytes());
                if let Err(why) = sent
                    && !std::mem::replace(&mut has_failed, true)
                {
                    let why = tls::reason(&why);
                    eprintln!(
                        "note: the webhook {url} could not be told of an alert, and more may follow: {why}"
                    );
                }
            }
        };
        let spawned = std::thread::Builder::new().name("webhook".to_owned()).spawn(job);
        spawned.map_err(|e| Failure::unavailable(format!("no thread for the webhook: {e}")))?;
        Ok(Self { lines })
    }

    fn send(&self, line: &str) {
        drop(self.lines.try_send(line.to_owned()));
    }
}
