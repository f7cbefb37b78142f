//! `analyze deploy`: what a deployment changed.
use clap::Args;

use super::{Common, Failure, Form, find_node, load};
use crate::analysis::Study;
use crate::analysis::deploy::{DeployOptions, deploy};
use crate::cli::input::moment;
use crate::export::answers;
use crate::model::{Nanos, Progress, TimeRange, Timestamp};
use crate::store::parse_duration;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  spanscape analyze deploy traces.jsonl --service recommendation-service --at +30m"
)]
pub struct DeployArgs {
    #[command(flatten)]
    common: Common,
    /// Only deployments of this service: its id (service:cart) or its name
    #[arg(long, value_name = "S")]
    service: Option<String>,
    /// A deployment at this moment, instead of those that service.version tells: RFC 3339, +90s from the first
    /// span, or -15m from the last
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    at: Option<String>,
    /// How long before and after is compared, where there are spans
    #[arg(long, value_name = "LENGTH", default_value = "2h")]
    horizon: String,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &DeployArgs) -> Result<(), Failure> {
    let horizon = parse_duration(&args.horizon).filter(|h| *h > Nanos::ZERO).ok_or_else(|| {
        Failure::usage(format!("--horizon {}: write a length as 90s, 15m or 2h", args.horizon))
    })?;
    let (loaded, index) = load(&args.common)?;
    let extent = loaded.snapshot.extent.unwrap_or(TimeRange::new(Timestamp(0), Timestamp(0)));
    let at = args.at.as_deref().map(|t| moment("--at", t, extent)).transpose()?;
    if at.is_some_and(|t| !extent.contains(t)) {
        return Err(Failure::usage("--at is not between the first span and the last"));
    }
    let service = args.service.as_deref().map(|s| find_node(&loaded, &index.graph, s)).transpose()?;
    let progress = Progress::default();
    let study = Study { snapshot: &loaded.snapshot, index: &index, progress: &progress };
    let answer = deploy(&study, &loaded.lens, &DeployOptions { service, at, horizon });
    let answer = answers::deploy(&loaded.snapshot, &index.graph, &answer);
    args.form.write_answer((&loaded, &index), answer)?;
    loaded.finish()
}
