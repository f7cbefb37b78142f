//! `analyze patterns`: what bad requests have in common.
use std::sync::Arc;

use clap::Args;

use super::{Common, Failure, Form, input, load};
use crate::analysis::Study;
use crate::analysis::patterns::{Bad, patterns};
use crate::export::answers;
use crate::model::Progress;
use crate::store::Lens;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape analyze patterns traces.jsonl\n  \
                  spanscape analyze patterns traces.jsonl --bad 'service:checkout AND dur>2s'")]
pub struct PatternsArgs {
    #[command(flatten)]
    common: Common,
    /// Which traces are bad: those with a span that matches. Failed, out of time, or standing out as slow for
    /// their entry operation when left out
    #[arg(long, value_name = "EXPR")]
    bad: Option<String>,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &PatternsArgs) -> Result<(), Failure> {
    let (loaded, index) = load(&args.common)?;
    let progress = Progress::default();
    let study = Study { snapshot: &loaded.snapshot, index: &index, progress: &progress };
    let bad = match &args.bad {
        None => Bad::Usual,
        Some(text) => {
            let filter = Some(Arc::new(input::parse_filter("--bad", text)?));
            let mut chosen = study.traces(&Lens { filter, ..loaded.lens.clone() });
            chosen.sort_unstable();
            Bad::These(chosen)
        }
    };
    let answer = patterns(&study, &study.traces(&loaded.lens), &bad);
    let answer = answers::patterns(&loaded.snapshot, &index.graph, &answer);
    args.form.write_answer((&loaded, &index), answer)?;
    loaded.finish()
}
