//! `analyze all`: every question, as one incident review.
use std::path::PathBuf;

use clap::Args;

use super::{Common, Failure, Form, input, load, output};
use crate::analysis::impact::{BusinessKeys, business, impact, measured};
use crate::analysis::incident::{Incident, Request, incident};
use crate::analysis::patterns::{Bad, patterns};
use crate::analysis::{Study, Subject};
use crate::app::questions::{Asking, PLAIN, part};
use crate::app::{SnapshotOptions, draw};
use crate::cli::Loaded;
use crate::cli::snapshot::png;
use crate::export::answers::{self, Answer, Beside, OutageReport};
use crate::export::report::{self, Part};
use crate::graph::GraphIndex;
use crate::model::{Progress, TimeRange};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  spanscape analyze all samples/checkout-incident.jsonl.zst\n  \
                  spanscape analyze all traces.jsonl --picture map.png -o review.md")]
pub struct AllArgs {
    #[command(flatten)]
    common: Common,
    /// When it was bad, as from..to; found by itself when left out
    #[arg(long, value_name = "T..T", allow_hyphen_values = true)]
    incident: Option<String>,
    /// When it was calm, as from..to; found by itself when left out
    #[arg(long, value_name = "T..T", allow_hyphen_values = true)]
    baseline: Option<String>,
    /// Attribute that tells whose request it is, to count users
    #[arg(long, value_name = "ATTRIBUTE")]
    user_key: Option<String>,
    /// Attribute that tells what a request is worth
    #[arg(long, value_name = "ATTRIBUTE")]
    amount_key: Option<String>,
    /// Raise alerts by the rules in this TOML file, instead of the usual ones
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Draw the window with the answer to this file (PNG), and link it
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &AllArgs) -> Result<(), Failure> {
    let mut asking = Asking::usual();
    if let Some(path) = &args.rules {
        asking.rules = input::rules(path)?.into();
    }
    let (loaded, index) = load(&args.common)?;
    let range = |flag, text: &Option<String>| -> Result<Option<TimeRange>, Failure> {
        text.as_deref().map(|t| input::range(flag, t, loaded.snapshot.extent)).transpose()
    };
    let request = Request {
        incident: range("--incident", &args.incident)?,
        baseline: range("--baseline", &args.baseline)?,
        calm_traces: None,
    };
    let keys = BusinessKeys { user: args.user_key.clone(), amount: args.amount_key.clone() };
    let parts = parts(&loaded, &index, &request, &keys, &asking);
    let link = args.picture.as_ref().map(|p| p.display().to_string());
    if let Some(path) = &args.picture {
        let options = SnapshotOptions {
            tab: Some("incident".to_owned()),
            window: loaded.lens.window,
            filter: args.common.filter.clone(),
            rules: args.rules.clone(),
            ..SnapshotOptions::default()
        };
        output::write_file(path, &png(&draw(loaded.snapshot.clone(), options))?)?;
    }
    let review = Answer { json: report::json(&parts), markdown: report::markdown(&parts, link.as_deref()) };
    args.form.write_answer((&loaded, &index), review)?;
    loaded.finish()
}

fn parts(
    loaded: &Loaded,
    index: &GraphIndex,
    request: &Request,
    keys: &BusinessKeys,
    asking: &Asking,
) -> Vec<Part> {
    let (snapshot, graph) = (&loaded.snapshot, &index.graph);
    let progress = Progress::default();
    let study = Study { snapshot, index, progress: &progress };
    let traces = study.traces(&loaded.lens);
    let answer = incident(&study, &traces, request);
    let found = patterns(&study, &traces, &Bad::Usual);
    let outage = known_outage(&answer).map(|(node, now, calm)| {
        let outage = measured(&study, &traces, node, now, calm);
        let cost = business(&study, &outage, keys, now.length());
        (node, now, outage, cost)
    });
    let beside = Beside {
        intermittent: answers::intermittent_text(snapshot, graph, &found),
        which: answers::which_text(snapshot, graph, &found, &answer),
        cost: outage.as_ref().map(|o| o.3).filter(|_| *keys != BusinessKeys::default()),
    };
    let mut out = vec![Part::incident(snapshot, graph, &answer, &beside)];
    if let Some((node, now, outage, business)) = outage {
        let reach = impact(snapshot, &loaded.lens, index, node);
        let report =
            OutageReport { reach: &reach, outage: &outage, business: &business, incident: Some(now) };
        out.push(Part::impact(snapshot, graph, report));
    }
    out.push(Part::patterns(snapshot, graph, &found));
    out.extend(PLAIN.into_iter().filter_map(|question| part(question, &study, &loaded.lens, asking)));
    out
}

/// The node that most likely caused the incident, and the times to measure its outage by.
fn known_outage(answer: &Incident) -> Option<(crate::model::NodeId, TimeRange, TimeRange)> {
    let Subject::Node(node) = answer.causes.first()?.subject else { return None };
    Some((node, answer.incident?, answer.baseline?))
}
