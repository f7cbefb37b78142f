//! `analyze incident`: what broke first, why, and who was hit.
use std::path::PathBuf;

use clap::Args;

use super::{Common, Failure, Form, input};
use crate::analysis::impact::{BusinessKeys, business, measured};
use crate::analysis::incident::{Incident, Request, incident};
use crate::analysis::patterns::{Bad, patterns};
use crate::analysis::{Study, Subject};
use crate::export::answers::{self, Beside};
use crate::model::{Progress, TimeRange, TraceIndex};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape analyze incident samples/checkout-incident.jsonl.zst\n  \
                        spanscape analyze incident traces.jsonl --incident +10m..+15m --baseline +0s..+9m\n  \
                        spanscape analyze incident tonight.jsonl --baseline-files yesterday.jsonl")]
pub struct IncidentArgs {
    #[command(flatten)]
    common: Common,
    /// When it was bad, as from..to; found by itself when left out
    #[arg(long, value_name = "T..T", allow_hyphen_values = true)]
    incident: Option<String>,
    /// When it was calm, as from..to; found by itself when left out
    #[arg(long, value_name = "T..T", allow_hyphen_values = true)]
    baseline: Option<String>,
    /// Files of a calm time; all other files are then the incident. May be repeated
    #[arg(long, value_name = "FILE", conflicts_with_all = ["incident", "baseline"])]
    baseline_files: Vec<PathBuf>,
    /// Attribute that tells whose request it is, to count users
    #[arg(long, value_name = "ATTRIBUTE")]
    user_key: Option<String>,
    /// Attribute that tells what a request is worth
    #[arg(long, value_name = "ATTRIBUTE")]
    amount_key: Option<String>,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &IncidentArgs) -> Result<(), Failure> {
    let (loaded, calm_traces) = input::load_with_calm(&args.baseline_files, &args.common)?;
    let range = |flag, text: &Option<String>| -> Result<Option<TimeRange>, Failure> {
        text.as_deref().map(|t| input::range(flag, t, loaded.snapshot.extent)).transpose()
    };
    let request = Request {
        incident: range("--incident", &args.incident)?,
        baseline: range("--baseline", &args.baseline)?,
        calm_traces: (!args.baseline_files.is_empty()).then_some(calm_traces),
    };
    let index = loaded.snapshot.graph(&loaded.lens);
    let progress = Progress::default();
    let study = Study { snapshot: &loaded.snapshot, index: &index, progress: &progress };
    let traces = study.traces(&loaded.lens);
    let answer = incident(&study, &traces, &request);
    let keys = BusinessKeys { user: args.user_key.clone(), amount: args.amount_key.clone() };
    let beside = beside(&study, &traces, &answer, &keys);
    let answer = answers::incident(&loaded.snapshot, &index.graph, &answer, &beside);
    args.form.write_answer((&loaded, &index), answer)?;
    loaded.finish()
}

/// What it cost where attributes are named; where nothing stands out, whether a failure comes and goes; where most
/// requests got through, which did not.
fn beside(study: &Study<'_>, traces: &[TraceIndex], answer: &Incident, keys: &BusinessKeys) -> Beside {
    let (snapshot, graph) = (study.snapshot, &study.index.graph);
    let Some(now) = answer.incident else {
        let found = patterns(study, traces, &Bad::Usual);
        let intermittent = answers::intermittent_text(snapshot, graph, &found);
        return Beside { intermittent, ..Beside::default() };
    };
    let found = answers::is_partial(answer).then(|| patterns(study, traces, &Bad::Usual));
    let which = found.and_then(|found| answers::which_text(snapshot, graph, &found, answer));
    let node = answer.causes.first().and_then(|c| match c.subject {
        Subject::Node(n) => Some(n),
        Subject::Edge(e) => graph.ends(e).map(|ends| ends.1),
    });
    let cost = node
        .zip(answer.baseline)
        .filter(|_| *keys != BusinessKeys::default())
        .map(|(node, calm)| business(study, &measured(study, traces, node, now, calm), keys, now.length()));
    Beside { intermittent: None, which, cost }
}
