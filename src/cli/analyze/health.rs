//! `analyze health`: which nodes and edges are not well.
use clap::Args;

use super::{Common, Failure, Form, load};
use crate::analysis::health::health;
use crate::export::answers;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape analyze health traces.jsonl --from -15m")]
pub struct HealthArgs {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &HealthArgs) -> Result<(), Failure> {
    let (loaded, index) = load(&args.common)?;
    let answer = health(&loaded.snapshot, &loaded.lens, &index);
    args.form.write(
        || answers::health_json(&loaded.snapshot, &index.graph, &answer),
        || answers::health_markdown(&loaded.snapshot, &index.graph, &answer),
    )?;
    loaded.finish()
}
