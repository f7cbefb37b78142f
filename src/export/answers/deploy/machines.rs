//! Processes, CPU and memory around a deployment, in figures and sentences.
use serde_json::{Value, json};

use super::words::{rounded, text_or_null};
use crate::analysis::deploy::{Basis, Comparison, LEAST_PAST, Machine, Restart};
use crate::analysis::saturation::Level;
use crate::export::answers::{cell, id_of, name_of};
use crate::export::map::{length_text, percent_text};
use crate::export::traces::moment_text;
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::NodeId;
use crate::texts::{fill, texts};

type Levels = (Option<Level>, Option<Level>);

pub(super) fn restart_json(snapshot: &Snapshot, graph: &ServiceGraph, r: &Restart) -> Value {
    json!({
        "kind": "restart",
        "node": id_of(graph, r.node),
        "version": text_or_null(snapshot.spans.text(r.version)),
        "start_unix_nano": r.start.0.to_string(),
        "end_unix_nano": r.end.0.to_string(),
        "processes": [r.replaced, r.of],
        "pause_ms": r.pause.map(|p| rounded(p.as_millis_f64())),
        "text": replaced_text(r),
    })
}

pub(super) fn restart_sentence(snapshot: &Snapshot, graph: &ServiceGraph, r: &Restart) -> String {
    let version = match snapshot.spans.text(r.version) {
        "" => String::new(),
        version => format!(" {}", cell(version)),
    };
    let (name, at) = (name_of(graph, r.node), moment_text(r.start));
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("name", &name), ("version", &version), ("time", &at), ("what", &replaced_text(r))];
    fill(texts().pages.restarted, &values)
}

/// "2 of 3 processes were replaced, without a request for 42 s".
fn replaced_text(r: &Restart) -> String {
    let what = match (r.replaced, r.of) {
        (1, 1) => texts().deploy.process_was_replaced.to_owned(),
        (all, of) if all == of => fill(texts().deploy.all_were_replaced, &[("of", &of)]),
        (some, of) => fill(texts().deploy.some_were_replaced, &[("some", &some), ("of", &of)]),
    };
    let pause = r.pause.map_or(String::new(), |p| {
        fill(texts().deploy.without_a_request, &[("length", &length_text(Some(p)))])
    });
    format!("{what}{pause}")
}

pub(super) fn machine_json(graph: &ServiceGraph, m: &Machine) -> Value {
    let ratio = |l: Option<Level>| l.map(|l| rounded(l.ratio));
    let pair = |levels: Levels| json!([ratio(levels.0), ratio(levels.1)]);
    json!({ "node": id_of(graph, m.node), "cpu_ratio": pair(m.cpu), "memory_ratio": pair(m.memory) })
}

/// "CPU 40 % → 82 %, memory 51 % → 52 %".
fn levels_text(m: &Machine) -> String {
    let text = |name: &str, (before, after): Levels| {
        let any = before.or(after)?;
        let of = if any.is_host { texts().deploy.of_the_machine } else { "" };
        let percent = |l: Option<Level>| percent_text(l.map(|l| l.ratio));
        Some(format!("{name}{of} {} → {}", percent(before), percent(after)))
    };
    let both = [text("CPU", m.cpu), text(texts().deploy.memory, m.memory)];
    both.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

pub(super) fn machine_line(graph: &ServiceGraph, m: &Machine) -> String {
    format!("{}: {}", name_of(graph, m.node), levels_text(m))
}

/// How busy a node was meanwhile.
pub(super) fn machine_sentence(c: &Comparison, node: NodeId) -> Option<String> {
    let machine = c.machines.iter().find(|m| m.node == node)?;
    let text = levels_text(machine);
    let mut letters = text.chars();
    let first = letters.next()?;
    Some(fill(
        texts().deploy.at_the_same_time,
        &[("first", &first.to_uppercase()), ("rest", &letters.as_str())],
    ))
}

/// What is missing where there is too little time before.
pub(super) fn past_sentence(c: &Comparison) -> Option<String> {
    let Basis::Time { before, .. } = c.basis else { return None };
    c.is_past_short.then(|| {
        fill(
            texts().deploy.only_before_are_known,
            &[("known", &length_text(Some(before.length()))), ("needed", &length_text(Some(LEAST_PAST)))],
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::sketch::{self, ORIGIN};
    use crate::model::{Metric, Nanos, Symbol, TimeRange};
    use crate::store::Lens;

    fn comparison(minutes: i64, machines: Vec<Machine>) -> Comparison {
        let at = |m: i64| ORIGIN + Nanos::from_secs(60 * m);
        Comparison {
            deployments: Vec::new(),
            basis: Basis::Time {
                before: TimeRange::new(at(0), at(minutes)),
                after: TimeRange::new(at(minutes), at(60)),
            },
            collected: 1.0,
            control: None,
            rows: Vec::new(),
            map: None,
            operations: Vec::new(),
            machines,
            is_past_short: minutes < 10,
        }
    }

    #[test]
    fn restarts_say_how_much_was_replaced() {
        let snapshot = sketch::snapshot(&["shop SERVER 0..20"]);
        let graph = snapshot.graph(&Lens::default()).graph;
        let said = |replaced, of, pause| {
            let node = graph.find("shop").unwrap();
            let (start, version) = (ORIGIN, Symbol::EMPTY);
            let restart = Restart { node, version, start, end: start, replaced, of, pause };
            let text = restart_sentence(&snapshot, &graph, &restart);
            text.split_once(": ").unwrap().1.to_owned()
        };
        assert_eq!(
            said(1, 1, Some(Nanos::from_secs(42))),
            "its process was replaced, without a request for 42.0 s"
        );
        assert_eq!(said(3, 3, None), "all 3 processes were replaced");
        assert_eq!(said(1, 3, None), "1 of 3 processes were replaced");
    }

    #[test]
    fn a_short_past_says_what_is_missing() {
        let said = past_sentence(&comparison(5, Vec::new())).unwrap();
        assert!(said.starts_with("Only 5 m 00 s") && said.contains("10 m 00 s"), "{said}");
        assert_eq!(past_sentence(&comparison(20, Vec::new())), None);
    }

    #[test]
    fn cpu_and_memory_before_and_after() {
        let level = |ratio, is_host| Some(Level { ratio, metric: Metric::ProcessCpuRatio, is_host });
        let machine = Machine {
            node: NodeId(0),
            cpu: (level(0.4, false), level(0.8, false)),
            memory: (None, level(0.5, true)),
        };
        assert_eq!(
            machine_sentence(&comparison(20, vec![machine]), NodeId(0)).unwrap(),
            "CPU 40.0 % → 80.0 %, memory of the machine - → 50.0 % at the same time"
        );
        assert_eq!(machine_sentence(&comparison(20, Vec::new()), NodeId(0)), None);
    }
}
