//! `analyze impact`: who is hit when a node fails, predicted or measured.
use clap::{Args, ValueEnum};

use super::{Common, Failure, Form, find_node, input, load};
use crate::analysis::Study;
use crate::analysis::impact::{BusinessKeys, Mode, business, impact, measured, outage};
use crate::analysis::timeouts::inferred_timeouts;
use crate::export::answers::{self, OutageReport};
use crate::model::{Nanos, Progress};

#[derive(Clone, Copy, Debug, ValueEnum)]
enum How {
    /// Every call to it fails at once
    Down,
    /// It never answers
    Hang,
    /// It takes --factor times as long
    Slow,
    /// --share of the calls to it fail
    Partial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape analyze impact traces.jsonl --outage payment-service\n  \
                  spanscape analyze impact traces.jsonl --outage api.stripe.com --incident +20m..+35m --user-key user.id")]
pub struct ImpactArgs {
    #[command(flatten)]
    common: Common,
    /// The node that fails: its id (database:orders@orders-postgresql) or its name
    #[arg(long, value_name = "NODE")]
    outage: String,
    /// How it fails
    #[arg(long, value_enum, default_value = "down", conflicts_with = "incident")]
    mode: How,
    /// How many times as long it takes, with --mode slow
    #[arg(long, value_name = "N", default_value_t = 10.0)]
    factor: f64,
    /// Share of the calls to it that fail, 0 to 1, with --mode partial
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    share: f64,
    /// Measure this stretch of time, as from..to, instead of predicting
    #[arg(long, value_name = "T..T", allow_hyphen_values = true)]
    incident: Option<String>,
    /// The calm time to measure against; all time before the incident when left out
    #[arg(long, value_name = "T..T", allow_hyphen_values = true, requires = "incident")]
    baseline: Option<String>,
    /// Attribute that tells whose request it is, to count users
    #[arg(long, value_name = "ATTRIBUTE")]
    user_key: Option<String>,
    /// Attribute that tells what a request is worth
    #[arg(long, value_name = "ATTRIBUTE")]
    amount_key: Option<String>,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &ImpactArgs) -> Result<(), Failure> {
    if !(0.0..=1.0).contains(&args.share) {
        return Err(Failure::usage(format!("--share {}: give a share from 0 to 1", args.share)));
    }
    if !(args.factor.is_finite() && args.factor > 0.0) {
        return Err(Failure::usage(format!("--factor {}: give a number above 0", args.factor)));
    }
    let (loaded, index) = load(&args.common)?;
    let node = find_node(&loaded, &index.graph, &args.outage)?;
    let progress = Progress::default();
    let study = Study { snapshot: &loaded.snapshot, index: &index, progress: &progress };
    let traces = study.traces(&loaded.lens);
    let range = |flag, text: &Option<String>| {
        text.as_deref().map(|t| input::range(flag, t, loaded.snapshot.extent)).transpose()
    };
    let incident = range("--incident", &args.incident)?;
    let outage = match incident {
        Some(incident) => {
            let before = loaded
                .snapshot
                .extent
                .map_or(incident, |e| crate::model::TimeRange::new(e.start, incident.start));
            let baseline = range("--baseline", &args.baseline)?.unwrap_or(before);
            measured(&study, &traces, node, incident, baseline)
        }
        None => {
            let mode = match args.mode {
                How::Down => Mode::Down,
                How::Hang => Mode::Hang,
                How::Slow => Mode::Slow(args.factor),
                How::Partial => Mode::Partial(args.share),
            };
            let limits = inferred_timeouts(&loaded.snapshot, &loaded.lens, &index);
            outage(&study, &traces, node, mode, &limits)
        }
    };
    let keys = BusinessKeys { user: args.user_key.clone(), amount: args.amount_key.clone() };
    let length = incident.or(index.graph.window).map_or(Nanos::ZERO, |w| w.length());
    let business = business(&study, &outage, &keys, length);
    let reach = impact(&loaded.snapshot, &loaded.lens, &index, node);
    let report = OutageReport { reach: &reach, outage: &outage, business: &business, incident };
    let answer = answers::impact(&loaded.snapshot, &index.graph, report);
    args.form.write_answer((&loaded, &index), answer)?;
    loaded.finish()
}
