//! Files to a snapshot: reads all inputs, tells what is wrong with them, and works out the lens.
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;
use jiff::Timestamp as Moment;

use super::Failure;
use crate::analysis::alerts::Rules;
use crate::engine::{Engine, EngineOptions};
use crate::export::case::CaseState;
use crate::export::filter_fault::{doubt_text, fault_text};
use crate::export::rules::parse_rules;
use crate::export::traces::moment_text;
use crate::graph::Snapshot;
use crate::ingest::file::{self, Input};
use crate::model::{Arrival, Nanos, SourceId, TimeRange, Timestamp, TraceIndex};
use crate::store::{Filter, FilterError, Lens, Vocabulary, parse_duration};

/// The flags of every command that reads traces.
#[derive(Clone, Debug, Default, Args)]
pub struct Common {
    /// Files, folders, or - for standard input; format and compression are found from the content
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Only calls from this moment: RFC 3339, +90s from the first span, or -15m from the last
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// Only calls before this moment
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub to: Option<String>,
    /// Only traces with a span that matches, such as 'service:cart AND (error OR dur>200ms)'
    #[arg(long, value_name = "EXPR")]
    pub filter: Option<String>,
    /// Exit with 1 if some of the input was refused
    #[arg(long)]
    pub strict: bool,
}

/// What was read, and how to look at it.
#[derive(Debug)]
pub struct Loaded {
    /// All spans.
    pub snapshot: Arc<Snapshot>,
    /// The window and filter asked for.
    pub lens: Lens,
    /// What to say and exit with after the results are out: unreadable inputs, refused spans under `--strict`.
    pub late: Option<Failure>,
}

impl Loaded {
    /// Says so where the window and the filter leave nothing to show.
    pub fn say_if_empty(&self, is_empty: bool) {
        if is_empty {
            eprintln!("note: no trace is in the window and passes the filter");
        }
    }
    /// Ends the command: well, or with what was wrong with a part of the input.
    pub fn finish(self) -> Result<(), Failure> {
        self.late.map_or(Ok(()), Err)
    }
}

/// Reads everything that was named.
pub fn load(common: &Common) -> Result<Loaded, Failure> {
    let filter = filter(common)?;
    let (snapshot, unreadable) = read_all(&common.files)?;
    look(common, filter, snapshot, unreadable)
}

/// Reads files of a calm time as well; the second part are their traces, in order.
pub fn load_with_calm(calm: &[PathBuf], common: &Common) -> Result<(Loaded, Vec<TraceIndex>), Failure> {
    let filter = filter(common)?;
    let mut ids = std::collections::BTreeSet::new();
    let files: Vec<PathBuf> = calm.iter().chain(&common.files).cloned().collect();
    let (snapshot, unreadable) = read_seeing(&files, &mut |file, arrival| {
        if let Arrival::Spans(_, delivery) = arrival
            && file < calm.len()
        {
            ids.extend(delivery.batch.spans.iter().map(|s| s.trace_id));
        }
    })?;
    let traces = snapshot.spans.traces().filter(|(_, t)| ids.contains(&t.id)).map(|(i, _)| i).collect();
    Ok((look(common, filter, snapshot, unreadable)?, traces))
}

/// The filter that was asked for.
pub fn filter(common: &Common) -> Result<Option<Arc<Filter>>, Failure> {
    let Some(text) = &common.filter else { return Ok(None) };
    Ok(Some(Arc::new(parse_filter("--filter", text)?)))
}

/// Rules as given with a flag.
pub fn rules(path: &Path) -> Result<Rules, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::input(format!("{} could not be read: {e}", path.display())))?;
    parse_rules(&text).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))
}

/// A filter as given with a flag.
pub fn parse_filter(flag: &str, text: &str) -> Result<Filter, Failure> {
    Filter::parse(text).map_err(|e| Failure::usage(filter_error(flag, text, &e)))
}

fn look(
    common: &Common,
    filter: Option<Arc<Filter>>,
    snapshot: Arc<Snapshot>,
    unreadable: Option<String>,
) -> Result<Loaded, Failure> {
    let window = window(common, snapshot.extent)?;
    warn(&snapshot);
    if let Some(filter) = &filter {
        for doubt in filter.doubts(&Vocabulary::new(&snapshot.spans)) {
            let character = filter.text().get(..doubt.offset).map_or(0, |t| t.chars().count()) + 1;
            eprintln!("note: --filter: {} (character {character})", doubt_text(&doubt.doubt));
        }
    }
    let refused = snapshot.counters.total().rejects.total_spans();
    let has_loss = snapshot
        .counters
        .sources
        .values()
        .any(|s| s.notes.iter().any(|n| n.is_loss) || matches!(s.closed, Some(Err(_))));
    let late = match unreadable {
        Some(message) => Some(Failure::input(message)),
        None if common.strict && (refused > 0 || has_loss) => Some(Failure {
            status: 1,
            message: format!("--strict: {refused} spans were refused, or parts of the input were left out"),
        }),
        None => None,
    };
    Ok(Loaded { snapshot, lens: Lens { window, filter }, late })
}

/// Reads files into a snapshot; the second part says what could not be read, if something else could.
pub fn read_all(files: &[PathBuf]) -> Result<(Arc<Snapshot>, Option<String>), Failure> {
    read_seeing(files, &mut |_, _| {})
}

/// The same, and shows each arrival with the place of the file that it comes from.
fn read_seeing(
    files: &[PathBuf],
    seen: &mut dyn FnMut(usize, &Arrival),
) -> Result<(Arc<Snapshot>, Option<String>), Failure> {
    let mut errors: Vec<String> = Vec::new();
    let mut passed_over: Vec<String> = Vec::new();
    let mut inputs = Vec::new();
    for (place, path) in files.iter().enumerate() {
        match file::expand(std::slice::from_ref(path)) {
            Ok(more) => inputs.extend(more.into_iter().map(|input| (place, input))),
            Err(e) => errors.push(e.to_string()),
        }
    }
    let engine = Engine::start(EngineOptions::default()).map_err(|e| Failure::input(e.to_string()))?;
    let cancel = AtomicBool::new(false);
    if let Some(arrivals) = engine.arrivals() {
        let mut progress = Progress::new();
        for (i, (place, input)) in inputs.iter().enumerate() {
            // What lies beside traces in a folder (a README, a truth file) was not asked for by name.
            let is_named = !matches!(input, Input::Path(path) if !files.contains(path));
            let mut held = 0;
            file::read(input, SourceId(i as u32), &cancel, &mut |arrival| {
                progress.show(&input.name(), &arrival);
                seen(*place, &arrival);
                match &arrival {
                    Arrival::Spans(_, delivery) => held += delivery.batch.spans.len(),
                    Arrival::Closed(_, Err(why)) if held == 0 && !is_named => {
                        passed_over.push(why.to_string())
                    }
                    Arrival::Closed(_, Err(why)) => errors.push(why.to_string()),
                    _ => {}
                }
                arrivals.send(arrival).is_ok()
            });
        }
        progress.clear();
    }
    let snapshot = engine.finish();
    if snapshot.counters.in_store == 0 && snapshot.counters.evicted == 0 {
        let refused = snapshot.counters.total().rejects.total_spans();
        errors.append(&mut passed_over);
        let detail = match (errors.is_empty(), refused) {
            (false, _) => joined(&errors),
            (true, 0) => format!("{}: there is no span in it", names(files)),
            (true, n) => format!("{}: all {n} spans were refused ({})", names(files), reasons(&snapshot)),
        };
        warn(&snapshot);
        return Err(Failure::input(detail));
    }
    if !passed_over.is_empty() {
        eprintln!("note: passed over: {}", joined(&passed_over));
    }
    Ok((snapshot, (!errors.is_empty()).then(|| joined(&errors))))
}

/// The first few of what may be thousands of sentences.
fn joined(errors: &[String]) -> String {
    let shown = errors.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
    match errors.len() {
        0..=3 => shown,
        n => format!("{shown}; and {} more", n - 3),
    }
}

/// What is wrong with a filter, and where: the character's number and what stands there.
fn filter_error(flag: &str, text: &str, error: &FilterError) -> String {
    let (before, rest) = text.split_at(text.floor_char_boundary(error.offset));
    let place: String = rest.chars().take(20).collect();
    let place = if place.is_empty() { "at the end".to_owned() } else { format!("at `{place}`") };
    format!("{flag}: {} {place} (character {})", fault_text(&error.fault), before.chars().count() + 1)
}

fn names(files: &[PathBuf]) -> String {
    let all: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
    joined(&all)
}

fn reasons(snapshot: &Snapshot) -> String {
    let all: Vec<String> = snapshot.counters.rejected().iter().map(|(r, n)| format!("{n} {r}")).collect();
    all.join(", ")
}

fn warn(snapshot: &Snapshot) {
    for source in snapshot.counters.sources.values() {
        for note in &source.notes {
            eprintln!("note: {}", note.text.to_string().replace(char::is_control, "\u{FFFD}"));
        }
        let refused = source.counters.rejects.total_spans();
        if refused > 0 {
            let all = source.counters.rejects.spans.iter();
            let all: Vec<String> = all.map(|(r, n)| format!("{n} {r}")).collect();
            eprintln!("note: {}: {refused} spans refused: {}", source.name, all.join(", "));
        }
        let rejects = &source.counters.rejects;
        for (count, what) in [
            (rejects.values_truncated, "values were too long, too deep or too many and were cut"),
            (rejects.invalid_utf8, "texts were not UTF-8; their bad bytes are shown as \u{FFFD}"),
        ] {
            if count > 0 {
                eprintln!("note: {}: {count} {what}", source.name);
            }
        }
    }
    let quality = snapshot.calls.quality();
    for (count, what) in [
        (quality.negative, "spans end before they start: they count, without a duration"),
        (quality.undated, "spans have no start: they are not on the time axis"),
        (quality.cycles, "spans are their own ancestors: their traces are cut there"),
    ] {
        if count > 0 {
            eprintln!("note: {count} {what}");
        }
    }
    if snapshot.counters.evicted > 0 {
        eprintln!(
            "note: {} spans of the oldest traces were left out to keep the memory budget of {} MiB",
            snapshot.counters.evicted,
            snapshot.counters.budget >> 20
        );
    }
}

/// Progress on standard error, where someone watches and it takes longer than a moment.
struct Progress {
    started: std::time::Instant,
    shown: Option<std::time::Instant>,
    is_watched: bool,
}

impl Progress {
    fn new() -> Self {
        Self { started: std::time::Instant::now(), shown: None, is_watched: std::io::stderr().is_terminal() }
    }
    fn show(&mut self, name: &str, arrival: &Arrival) {
        let Arrival::Progress(_, done, all) = arrival else { return };
        let is_due = self.started.elapsed().as_millis() > 500
            && self.shown.is_none_or(|s| s.elapsed().as_millis() > 200);
        if !self.is_watched || !is_due {
            return;
        }
        self.shown = Some(std::time::Instant::now());
        let rate = *done as f64 / 1e6 / self.started.elapsed().as_secs_f64();
        let share = all.filter(|a| *a > 0).map_or(String::new(), |a| format!(" {} %", done * 100 / a));
        eprint!("\r{name}:{share} {rate:.0} MB/s \x1b[K");
        let _ = std::io::stderr().flush();
    }
    fn clear(&self) {
        if self.shown.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}

fn window(common: &Common, extent: Option<TimeRange>) -> Result<Option<TimeRange>, Failure> {
    if common.from.is_none() && common.to.is_none() {
        return Ok(None);
    }
    let extent = extent.unwrap_or(TimeRange::new(Timestamp(0), Timestamp(0)));
    let from = common.from.as_deref().map_or(Ok(extent.start), |t| moment("--from", t, extent))?;
    let to = common.to.as_deref().map_or(Ok(extent.end), |t| moment("--to", t, extent))?;
    match (&common.from, &common.to) {
        (Some(_), Some(_)) if to <= from => {
            Err(Failure::usage("the window is empty: --to must be after --from"))
        }
        (Some(t), None) if to <= from => {
            Err(Failure::usage(format!("--from {t} is after the last span; {}", goes(extent))))
        }
        (None, Some(t)) if to <= from => {
            Err(Failure::usage(format!("--to {t} is before the first span; {}", goes(extent))))
        }
        _ => Ok(Some(TimeRange::new(from, to))),
    }
}

fn goes(extent: TimeRange) -> String {
    format!("the data goes from {} to {}", moment_text(extent.start), moment_text(extent.end))
}

/// A stretch of time as given on the command line: `from..to`.
pub fn range(flag: &str, text: &str, extent: Option<TimeRange>) -> Result<TimeRange, Failure> {
    let extent = extent.unwrap_or(TimeRange::new(Timestamp(0), Timestamp(0)));
    let Some((from, to)) = text.split_once("..") else {
        return Err(Failure::usage(format!("{flag} {text}: write from..to, such as +10m..+15m")));
    };
    let (from, to) = (moment(flag, from, extent)?, moment(flag, to, extent)?);
    if to <= from {
        return Err(Failure::usage(format!("{flag} {text}: it ends before it begins")));
    }
    if to <= extent.start || from > extent.end {
        return Err(Failure::usage(format!("{flag} {text}: it lies outside the data; {}", goes(extent))));
    }
    Ok(TimeRange::new(from, to))
}

/// A moment as given on the command line.
pub fn moment(flag: &str, text: &str, extent: TimeRange) -> Result<Timestamp, Failure> {
    let relative = |rest: &str| {
        parse_duration(rest)
            .ok_or_else(|| Failure::usage(format!("{flag} {text}: write a length as 90s, 15m or 2h")))
    };
    if let Some(rest) = text.strip_prefix('+') {
        return Ok(extent.start + relative(rest)?);
    }
    if let Some(rest) = text.strip_prefix('-') {
        return Ok(extent.end - relative(rest)?);
    }
    let moment: Moment = text
        .parse()
        .map_err(|_| Failure::usage(format!("{flag} {text}: write 2026-03-10T03:00:00Z, +90s or -15m")))?;
    Ok(Timestamp(0) + Nanos(i64::try_from(moment.as_nanosecond()).unwrap_or(i64::MAX)))
}

/// What the last case file among the inputs keeps.
pub fn case_state(files: &[PathBuf]) -> Option<CaseState> {
    let inputs = file::expand(files).ok()?;
    let bytes = inputs.iter().rev().find_map(file::case_state)?;
    CaseState::parse(&bytes).ok()
}
