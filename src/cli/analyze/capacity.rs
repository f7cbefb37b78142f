//! `analyze capacity`: what more traffic would do, and what a faster service would.
use clap::Args;

use super::{Common, Failure, Form, Loaded, find_node, load};
use crate::analysis::Study;
use crate::analysis::capacity::{Faster, Growth, capacity};
use crate::export::answers;
use crate::graph::ServiceGraph;
use crate::model::Progress;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape analyze capacity traces.jsonl --scenario 'POST /checkout x2' \
                  --faster inventory-service=50%")]
pub struct CapacityArgs {
    #[command(flatten)]
    common: Common,
    /// How much more of which requests: 'all x2', an operation, or a service where requests enter; repeatable
    #[arg(long, value_name = "WHAT xN", default_value = "all x2")]
    scenario: Vec<String>,
    /// Replay all requests with a node's own time shorter by so much, such as inventory-service=50%; repeatable
    #[arg(long, value_name = "NODE=P%")]
    faster: Vec<String>,
    #[command(flatten)]
    form: Form,
}

pub fn run(args: &CapacityArgs) -> Result<(), Failure> {
    let growths = args.scenario.iter().map(|s| growth(s)).collect::<Result<Vec<Growth>, Failure>>()?;
    let (loaded, index) = load(&args.common)?;
    let graph = &index.graph;
    let faster =
        args.faster.iter().map(|f| faster(&loaded, graph, f)).collect::<Result<Vec<Faster>, Failure>>()?;
    let study = Study { snapshot: &loaded.snapshot, index: &index, progress: &Progress::default() };
    let answer = capacity(&study, &loaded.lens, &growths, &faster);
    if let Some(what) = answer.unmatched.first().filter(|_| !answer.entries.is_empty()) {
        let known = answer.entries.iter().take(5).map(|e| {
            let node = graph.node(e.node).map_or("", |n| &n.name);
            format!("{node} {}", loaded.snapshot.spans.text(e.operation))
        });
        let known: Vec<String> = known.collect();
        return Err(Failure::usage(format!(
            "--scenario: no request enters at {what}; requests enter at {}",
            known.join(", ")
        )));
    }
    let answer = answers::capacity_answer(&loaded.snapshot, graph, &args.scenario.join(", "), &answer);
    args.form.write_answer((&loaded, &index), answer)?;
    loaded.finish()
}

fn growth(text: &str) -> Result<Growth, Failure> {
    let why = || {
        Failure::usage(format!("--scenario {text:?}: write 'all x2', 'checkout x2' or 'POST /checkout x1.5'"))
    };
    Growth::parse(text).ok_or_else(why)
}

fn faster(loaded: &Loaded, graph: &ServiceGraph, text: &str) -> Result<Faster, Failure> {
    let why = || Failure::usage(format!("--faster {text:?}: write NODE=50%"));
    let (node, percent) = text.rsplit_once('=').ok_or_else(why)?;
    let percent: f64 = percent.trim_end_matches('%').trim().parse().map_err(|_| why())?;
    if !(0.0..=100.0).contains(&percent) {
        return Err(why());
    }
    Ok(Faster { node: find_node(loaded, graph, node)?, factor: 1.0 - percent / 100.0 })
}
