//! `analyze impact`: who is hit when a node fails.
use clap::Args;

use super::{Common, Failure, Form, find_node, load};
use crate::analysis::impact::impact;
use crate::export::answers;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape analyze impact traces.jsonl --outage inventory-service")]
pub struct ImpactArgs {
    #[command(flatten)]
    common: Common,
    /// The node that fails: its id (database:orders@orders-postgresql) or its name
    #[arg(long, value_name = "NODE")]
    outage: String,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &ImpactArgs) -> Result<(), Failure> {
    let (loaded, index) = load(&args.common)?;
    let node = find_node(&index.graph, &args.outage)?;
    let answer = impact(&loaded.snapshot, &loaded.lens, &index, node);
    args.form.write(
        || answers::impact_json(&loaded.snapshot, &index.graph, &answer),
        || answers::impact_markdown(&loaded.snapshot, &index.graph, &answer),
    )?;
    loaded.finish()
}
