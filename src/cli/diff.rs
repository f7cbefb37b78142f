//! `spanscape diff`: two files, or two windows of one, as a map difference.
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Common, Failure, Output, input, output};
use crate::analysis::difference::difference;
use crate::export::answers::{self, DifferenceRule};
use crate::graph::Snapshot;
use crate::model::{TimeRange, Timestamp};
use crate::store::Lens;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Markdown,
    Json,
    Text,
}

/// What makes the command fail.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rule {
    /// An edge that was not there before
    NewEdge,
    /// More failures, by more than chance
    Errors,
    /// Slower, by more than chance
    Latency,
}

/// Flags of `diff`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  spanscape diff before.jsonl after.jsonl --fail-on new-edge,errors,latency\n  \
                        spanscape diff traces.jsonl --before +0s..+30m --after +35m..-0s"
)]
pub struct DiffArgs {
    /// The traces before and after; one file with --before and --after
    #[arg(value_name = "FILE", required = true, num_args = 1..=2)]
    files: Vec<PathBuf>,
    /// The window before: two moments, each RFC 3339, +90s from the first span, or -15m from the last
    #[arg(long, value_name = "T..T", allow_hyphen_values = true)]
    before: Option<String>,
    /// The window after
    #[arg(long, value_name = "T..T", allow_hyphen_values = true)]
    after: Option<String>,
    /// Only traces with a span that matches, such as 'service:cart'
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// Exit with 1 if one of these is found
    #[arg(long, value_name = "RULES", value_enum, value_delimiter = ',')]
    fail_on: Vec<Rule>,
    /// The form
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

/// Runs the command.
pub fn run(args: &DiffArgs) -> Result<(), Failure> {
    let sides = match args.files.as_slice() {
        [one] => {
            let (Some(before), Some(after)) = (&args.before, &args.after) else {
                return Err(Failure::usage(
                    "one file needs --before T..T and --after T..T; or name two files",
                ));
            };
            let loaded = load(one, args)?;
            let windows = (Some(("--before", before.as_str())), Some(("--after", after.as_str())));
            [side(&loaded, windows.0)?, side(&loaded, windows.1)?]
        }
        files => {
            let window = |i: usize| match i {
                0 => args.before.as_deref().map(|w| ("--before", w)),
                _ => args.after.as_deref().map(|w| ("--after", w)),
            };
            let both: Result<Vec<_>, Failure> =
                files.iter().enumerate().map(|(i, f)| side(&load(f, args)?, window(i))).collect();
            let [before, after] = <[_; 2]>::try_from(both?).map_err(|_| Failure::usage("name two files"))?;
            [before, after]
        }
    };
    let map = difference(&sides[0], &sides[1]);
    let answer = answers::difference(&map);
    let text = match args.format {
        Format::Markdown => answer.markdown.clone(),
        Format::Json => answer.json_text(),
        Format::Text => answer.text(),
    };
    output::write(&args.output, text.as_bytes())?;
    let mut hits = Vec::new();
    for rule in &args.fail_on {
        hits.extend(answers::difference_hits(
            &map,
            match rule {
                Rule::NewEdge => DifferenceRule::NewEdge,
                Rule::Errors => DifferenceRule::Errors,
                Rule::Latency => DifferenceRule::Latency,
            },
        ));
    }
    if hits.is_empty() {
        return Ok(());
    }
    let more = if hits.len() > 5 { format!("; and {} more", hits.len() - 5) } else { String::new() };
    let shown: Vec<String> = hits.into_iter().take(5).collect();
    Err(Failure { status: 1, message: format!("--fail-on: {}{more}", shown.join("; ")) })
}

fn load(file: &std::path::Path, args: &DiffArgs) -> Result<input::Loaded, Failure> {
    let common = Common { files: vec![file.to_owned()], filter: args.filter.clone(), ..Common::default() };
    let mut loaded = input::load(&common)?;
    // Half a file is no picture to compare with.
    loaded.late.take().map_or(Ok(loaded), Err)
}

type Map = crate::graph::ServiceGraph;

fn side(loaded: &input::Loaded, window: Option<(&str, &str)>) -> Result<Map, Failure> {
    let lens = match window {
        None => loaded.lens.clone(),
        Some((flag, text)) => {
            Lens { window: Some(range(flag, text, &loaded.snapshot)?), filter: loaded.lens.filter.clone() }
        }
    };
    let graph = loaded.snapshot.graph(&lens).graph;
    if graph.nodes().all(|(_, n)| n.red.is_empty()) {
        let what = window.map_or("the file".to_owned(), |(flag, text)| format!("{flag} {text}"));
        return Err(Failure::input(format!("no call is in {what}: there is nothing to compare")));
    }
    Ok(graph)
}

fn range(flag: &str, text: &str, snapshot: &Snapshot) -> Result<TimeRange, Failure> {
    let (from, to) = text
        .split_once("..")
        .ok_or_else(|| Failure::usage(format!("{flag} {text}: write two moments as T..T")))?;
    let extent = snapshot.extent.unwrap_or(TimeRange::new(Timestamp(0), Timestamp(0)));
    let (from, to) = (input::moment(flag, from, extent)?, input::moment(flag, to, extent)?);
    if to <= from {
        return Err(Failure::usage(format!("{flag} {text}: the window is empty")));
    }
    Ok(TimeRange::new(from, to))
}
