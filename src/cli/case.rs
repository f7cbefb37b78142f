//! `spanscape case`: spans, places and notes in one file that opens the same elsewhere.
use clap::{Args, ValueEnum};
use jiff::Timestamp as Moment;

use super::{Common, Failure, Loaded, input, output};
use crate::app::{case, saving};
use crate::export::case::{CaseNote, CaseSpans, CaseState, CaseWindow, NotedOn};
use crate::export::redact::{Preview, Redaction, preview};
use crate::graph::matching_traces;
use crate::store::Lens;

/// What is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Hide {
    /// Services, operations, hosts, peers, databases, queues, scopes, and errors and events that are not everybody's become aliases such as service-3f2a, the same name the same alias; regions and versions with words too
    Names,
    /// All attributes of resources, scopes, spans, events and links go but those that the map and its answers need; of these, regions, errors and free texts become hashes
    Attributes,
    /// Statements, messages, and URLs behind their host go
    Statements,
    /// Notes go; otherwise their texts stay, but for the names in them
    Notes,
}

/// Flags of `case`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  spanscape case traces.jsonl -o outage.spanscape --from +10m --to +20m --note 'payment=times out first' --redact names,statements"
)]
pub struct CaseArgs {
    #[command(flatten)]
    common: Common,
    /// The case file to write
    #[arg(short, long, value_name = "FILE", required_unless_present = "preview")]
    output: Option<std::path::PathBuf>,
    /// Keep only the traces in the window that pass the filter; what is normal is then told by them alone
    #[arg(long)]
    only_matching: bool,
    /// A note on a node (its id or name) or on a moment (RFC 3339, or +90s from the first span); repeatable
    #[arg(long = "note", value_name = "WHERE=TEXT")]
    notes: Vec<String>,
    /// Select this node: its id or its name
    #[arg(long, value_name = "NODE")]
    select: Option<String>,
    /// Hide these before anything is written
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    redact: Vec<Hide>,
    /// Drop attributes with such keys too, such as 'user.*'; repeatable
    #[arg(long, value_name = "KEY")]
    drop_attribute: Vec<String>,
    /// Keep attributes with such keys whatever else is dropped; repeatable
    #[arg(long, value_name = "KEY")]
    keep_attribute: Vec<String>,
    /// The same salt gives the same aliases; without it they differ from run to run
    #[arg(long, value_name = "TEXT")]
    salt: Option<String>,
    /// Print what would be hidden and everything that would stay, on some spans, and write no file
    #[arg(long)]
    preview: bool,
}

/// Runs the command.
pub fn run(args: &CaseArgs) -> Result<(), Failure> {
    let loaded = input::load(&args.common)?;
    let rules = rules(args);
    let lens = if args.only_matching { loaded.lens.clone() } else { Lens::default() };
    let traces = matching_traces(&loaded.snapshot.spans, &lens);
    loaded.say_if_empty(traces.is_empty());
    if args.preview {
        let spans = CaseSpans { spans: &loaded.snapshot.spans, traces: &traces, rules: &rules };
        let measured = spans.measurements(&loaded.snapshot.measurements, lens.window);
        let kept = input::case_state(&args.common.files).map(|kept| kept.notes);
        let notes = notes(args, &loaded, kept.unwrap_or_default())?;
        let found = preview(&loaded.snapshot.spans, &traces, Some(&measured), &notes, &rules);
        output::write(&super::Output { output: None }, text_of(&found).as_bytes())?;
        return loaded.finish();
    }
    let Some(path) = &args.output else {
        return Err(Failure::usage("say where the case file goes: -o FILE.spanscape"));
    };
    if rules.names && args.salt.is_none() {
        eprintln!("note: the aliases are of this run only; --salt TEXT gives the same ones again");
    }
    let state = state(args, &loaded)?;
    if !state.notes.is_empty() && !rules.is_nothing() && !rules.notes {
        eprintln!("note: texts of notes stay, but for names; --redact notes leaves them out");
    }
    saving::write_case(path, &loaded.snapshot, &lens, &state, &rules).map_err(Failure::input)?;
    if !args.only_matching && loaded.lens != Lens::default() {
        let matching = matching_traces(&loaded.snapshot.spans, &loaded.lens).len();
        eprintln!(
            "note: the file holds all {} traces and shows {matching} of them first; --only-matching keeps these alone",
            traces.len()
        );
    }
    loaded.finish()
}

fn rules(args: &CaseArgs) -> Redaction {
    let has = |what| args.redact.contains(&what);
    Redaction {
        names: has(Hide::Names),
        attributes: has(Hide::Attributes),
        statements: has(Hide::Statements),
        notes: has(Hide::Notes),
        drop: args.drop_attribute.clone(),
        keep: args.keep_attribute.clone(),
        salt: args.salt.clone().unwrap_or_else(saving::random_salt),
    }
}

/// The id of a node that a flag names.
fn node_id(loaded: &Loaded, flag: &str, text: &str) -> Result<String, Failure> {
    let index = loaded.snapshot.graph(&Lens::default());
    let found = index.graph.find(text).and_then(|n| index.graph.node(n));
    let missing = || Failure::usage(format!("{flag} {text}: there is no such node"));
    found.map(|n| n.id.clone()).ok_or_else(missing)
}

/// What the last case file among the inputs keeps, if there is one, but for what flags say otherwise.
fn state(args: &CaseArgs, loaded: &Loaded) -> Result<CaseState, Failure> {
    let kept = input::case_state(&args.common.files);
    let mut state = kept.unwrap_or_else(|| case::of_snapshot(&loaded.snapshot));
    state.window = loaded.lens.window.map(CaseWindow::of).or(state.window);
    state.filter = args.common.filter.clone().unwrap_or(state.filter);
    if let Some(name) = &args.select {
        let id = node_id(loaded, "--select", name)?;
        state.selection = Some(crate::export::case::CaseItem::Node(id));
    }
    state.notes = notes(args, loaded, std::mem::take(&mut state.notes))?;
    Ok(state)
}

/// The notes that were there and those of the flags, which take the place of older ones.
fn notes(args: &CaseArgs, loaded: &Loaded, mut all: Vec<CaseNote>) -> Result<Vec<CaseNote>, Failure> {
    let note = |note: &String| {
        let Some((on, text)) = note.split_once('=') else {
            return Err(Failure::usage(format!(
                "--note {note}: write WHERE=TEXT, such as payment=look here"
            )));
        };
        if text.trim().is_empty() {
            return Err(Failure::usage(format!("--note {note}: there is no text after the =")));
        }
        let is_moment = on.starts_with('+') || on.parse::<Moment>().is_ok();
        let on = match (is_moment, loaded.snapshot.extent) {
            (true, Some(extent)) => {
                let at = input::moment("--note", on, extent)?;
                if at < extent.start || at > extent.end {
                    return Err(Failure::usage(format!("--note {note}: there are no spans at that time")));
                }
                NotedOn::MomentUnixNano(at.0.to_string())
            }
            _ => NotedOn::Node(node_id(loaded, "--note", on)?),
        };
        Ok(CaseNote { on, text: text.to_owned() })
    };
    for new in args.notes.iter().map(note) {
        let new = new?;
        all.retain(|old| old.on != new.on);
        all.push(new);
    }
    Ok(all)
}

/// What would be hidden, as text.
fn text_of(preview: &Preview) -> String {
    let c = preview.counts;
    let measured = match preview.points {
        0 => String::new(),
        n => format!(", {n} measurements"),
    };
    let mut text = format!(
        "{} spans of {} traces{measured}\n{} names become aliases, {} attributes are dropped, {} statements, messages and URLs are cut\n",
        preview.spans, preview.traces, c.names, c.attributes, c.statements
    );
    for example in &preview.examples {
        text += &format!("\n{}\n", example.title);
        let headings = ["what", "before", "after"].map(str::to_owned);
        let rows: Vec<Vec<String>> = example
            .lines
            .iter()
            .map(|l| {
                let after = l.after.clone().unwrap_or_else(|| "(dropped)".to_owned());
                vec![l.what.clone(), l.before.clone(), after]
            })
            .collect();
        text += &crate::export::map::aligned(&headings, &rows);
    }
    text
}
