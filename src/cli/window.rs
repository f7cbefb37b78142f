//! `spanscape [FILE...]`: the window; without a display, the map as text and the window as a picture.
use std::path::{Path, PathBuf};

use clap::Args;

use super::record::Listen;
use super::{Common, Failure, input, output};
use crate::analysis::Study;
use crate::analysis::health::health;
use crate::analysis::incident::{Request, incident};
use crate::app::{RunOptions, Session, SnapshotOptions};
use crate::engine::{Engine, EngineOptions};
use crate::export::{answers, map};
use crate::ingest::file;
use crate::ingest::receiver::Receiver;
use crate::model::Progress;
use crate::texts::Choice;

/// Where the picture goes when there is no display.
const PICTURE: &str = "spanscape.png";
/// Findings printed when there is no display.
const FINDINGS: usize = 8;
/// First source id of files opened in the window; the receiver has the ones before.
const FIRST_RECEIVER_SOURCE: u32 = 0;

/// Flags of the window.
#[derive(Debug, Args)]
pub struct WindowArgs {
    /// Files and folders to open, or - for standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Do not receive OTLP
    #[arg(long)]
    no_listen: bool,
    /// Keep reading files as they grow, and folders as they get new ones
    #[arg(long)]
    follow: bool,
    /// Raise alerts by the rules in this TOML file, instead of the usual ones
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The language of the window: en, ja, or system; otherwise as it was chosen there
    #[arg(long, value_name = "LANGUAGE", value_parser = super::snapshot::language)]
    language: Option<Choice>,
    #[command(flatten)]
    listen: Listen,
}

/// Runs the command.
pub fn run(args: &WindowArgs) -> Result<(), Failure> {
    if let Some(word) = args.files.first().filter(|f| is_mistyped_command(f)) {
        let word = word.display();
        return Err(Failure::usage(format!("{word} is neither a command nor a file; see spanscape --help")));
    }
    // Rules that are bad are told at once.
    args.rules.as_deref().map(input::rules).transpose()?;
    if !has_display() {
        let why = if args.follow {
            "there is no display, and so nothing to follow in"
        } else {
            "there is no display"
        };
        return without_display(&args.files, why);
    }
    // A file that is not there is told at once, not in a window that opens first.
    let expand = if args.follow { file::expand_present } else { file::expand };
    expand(&args.files).map_err(|e| Failure::input(e.to_string()))?;
    let engine = Engine::start(EngineOptions::default()).map_err(|e| Failure::unavailable(e.to_string()))?;
    let receiver = match (args.no_listen, engine.arrivals()) {
        (false, Some(arrivals)) => Some(Receiver::start(args.listen.config(FIRST_RECEIVER_SOURCE), arrivals)),
        _ => None,
    };
    let options = RunOptions {
        files: args.files.clone(),
        rules: args.rules.clone(),
        language: args.language,
        ..RunOptions::default()
    };
    match crate::app::run(Session::live(engine, receiver).follow(args.follow), options) {
        Ok(()) => Ok(()),
        Err(error) => without_display(&args.files, &format!("the window could not be opened ({error})")),
    }
}

/// Whether a name looks like a command rather than like a file, and is neither.
fn is_mistyped_command(name: &Path) -> bool {
    let is_word = |text: &str| text.len() > 1 && text.bytes().all(|b| b.is_ascii_lowercase());
    name.to_str().is_some_and(is_word) && !name.exists()
}

/// Whether the system says that there is something to draw on.
fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn without_display(files: &[PathBuf], why: &str) -> Result<(), Failure> {
    if files.is_empty() {
        return Err(Failure::unavailable(format!(
            "{why}: name trace files to see their map as text, or use `spanscape record` to receive without a window"
        )));
    }
    let loaded = input::load(&Common { files: files.to_vec(), ..Common::default() })?;
    eprintln!("spanscape: {why}: printing the map, and drawing the window to {PICTURE}");
    let index = loaded.snapshot.graph(&loaded.lens);
    let mut answer = health(&loaded.snapshot, &loaded.lens, &index);
    let all = answer.findings.len();
    answer.findings.truncate(FINDINGS);
    let mut text = map::table(&index.graph);
    text.push('\n');
    // What explains the others comes first.
    let progress = Progress::default();
    let study = Study { snapshot: &loaded.snapshot, index: &index, progress: &progress };
    let cause = incident(&study, &study.traces(&loaded.lens), &Request::default());
    if cause.incident.is_some() {
        let summary = answers::incident_summary(&index.graph, &cause);
        text += &format!("Incident\n\n{summary}\nWhy, and who was hit: spanscape analyze incident\n\n");
    }
    text += &answers::plain(&answers::health_markdown(&loaded.snapshot, &index.graph, &answer));
    if all > FINDINGS {
        text += &format!("{} more: spanscape analyze health\n", all - FINDINGS);
    }
    output::write(&super::Output { output: None }, text.as_bytes())?;
    let image = crate::app::draw(loaded.snapshot.clone(), SnapshotOptions::default());
    output::write_file(Path::new(PICTURE), &super::snapshot::png(&image)?)?;
    loaded.finish()
}
