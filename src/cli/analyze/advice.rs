//! `analyze advice`: what to improve, and what that would save.
use clap::Args;

use super::{Common, Failure, Form, load};
use crate::analysis::{Study, advice};
use crate::export::answers;
use crate::model::Progress;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape analyze advice samples/checkout-incident.jsonl.zst")]
pub struct AdviceArgs {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &AdviceArgs) -> Result<(), Failure> {
    let (loaded, index) = load(&args.common)?;
    let progress = Progress::default();
    let study = Study { snapshot: &loaded.snapshot, index: &index, progress: &progress };
    let answer = advice::advice(&study, &loaded.lens);
    let answer = answers::advice(&loaded.snapshot, &index.graph, &answer);
    args.form.write_answer((&loaded, &index), answer)?;
    loaded.finish()
}
