//! `analyze health --watch`: goes on as data comes, and tells of each alert when it is raised and when it is over.
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{Sender, bounded};

use super::Failure;
use crate::analysis::alerts::{Rules, Tracker};
use crate::cli::record::{self, Listen};
use crate::engine::{Engine, EngineOptions};
use crate::export::answers;
use crate::graph::Snapshot;
use crate::ingest::file::{Follower, Input, expand};
use crate::model::{Arrival, Nanos, SourceId, Timestamp};
use crate::store::Lens;

/// Time between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// Time that spans may come late.
const LATE: Nanos = Nanos::from_secs(5);
/// How long a webhook may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Lines that wait for a slow webhook; more are left out.
const WAITING: usize = 256;

/// Watches files as they grow, or what is received where none are named, until told to stop.
pub fn run(files: &[PathBuf], listen: &Listen, rules: Rules, webhook: Option<&str>) -> Result<(), Failure> {
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
    let mut watch = Watch { tracker: Tracker::new(rules) };
    let mut result = Ok(());
    while result.is_ok() && stop.recv_timeout(LOOK).is_err() {
        let snapshot = engine.snapshot();
        // What is received is of now; a file has its own time.
        let until = if receiver.is_some() { Some(now() - LATE) } else { snapshot.extent.map(|e| e.end) };
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

/// Follows each file on one thread.
fn follow(
    files: &[PathBuf],
    arrivals: &Sender<Arrival>,
    is_stopped: &Arc<AtomicBool>,
) -> Result<(), Failure> {
    let mut followers = Vec::new();
    for (i, input) in expand(files).map_err(|e| Failure::input(e.to_string()))?.into_iter().enumerate() {
        let Input::Path(path) = input else {
            return Err(Failure::usage("--watch follows files; give it their names instead of -"));
        };
        let mut follower = Follower::new(path, SourceId(i as u32));
        // The first look tells at once what cannot be followed.
        follower.poll(&mut |a| arrivals.send(a).is_ok()).map_err(Failure::input)?;
        followers.push(follower);
    }
    let (arrivals, is_stopped) = (arrivals.clone(), is_stopped.clone());
    let job = move || {
        while !is_stopped.load(Ordering::Relaxed) && !followers.is_empty() {
            std::thread::sleep(LOOK / 4);
            followers.retain_mut(|f| match f.poll(&mut |a| arrivals.send(a).is_ok()) {
                Ok(goes_on) => goes_on,
                Err(why) => {
                    eprintln!("note: {why}");
                    false
                }
            });
        }
    };
    let spawned = std::thread::Builder::new().name("followers".to_owned()).spawn(job);
    spawned.map(drop).map_err(|e| Failure::unavailable(format!("no thread to follow files: {e}")))
}

/// Sends lines to an address on a thread of its own, so that it never holds anything up.
struct Webhook {
    lines: Sender<String>,
}

impl Webhook {
    fn start(url: &str) -> Result<Self, Failure> {
        if !url.starts_with("http://") {
            return Err(Failure::usage(format!(
                "--webhook {url}: write http://…; TLS is not built in, a local proxy can add it"
            )));
        }
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            // What the user names is where alerts go: not to a proxy named by the environment, or elsewhere.
            .proxy(None)
            .max_redirects(0)
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
