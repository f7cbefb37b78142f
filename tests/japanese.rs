//! In the Japanese window nothing but names, keys, statements and what programs sent is in Latin words.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use opened::{copied, press, shows};
use spanscape::app::{App, Command, Item, Session};
use spanscape::export::cards::Question;
use spanscape::graph::Snapshot;
use spanscape::model::{Nanos, TimeRange};
use spanscape::scenario::{self, Options};
use spanscape::texts::{Choice, Language};
use spanscape::view::panels::save::Saving;
use spanscape::view::panels::{Sheet, Tab, Window};

const QUESTIONS: [Question; 7] = [
    Question::Incident,
    Question::Impact,
    Question::Deploy,
    Question::Patterns,
    Question::Advice,
    Question::Health,
    Question::Capacity,
];

const SAVED: [Saving; 4] = [Saving::Map, Saving::Case, Saving::Traces, Saving::Report];

/// Latin words that belong there: what programs sent, what is typed, the keys, and the name of a node.
const BELONGS: [&str; 14] = [
    "unexpected state",
    "find reviews",
    "find users",
    "Your card was declined",
    "context deadline exceeded",
    "payment error",
    "select * from",
    "update inventory set",
    "unknown caller",
    "Shift",
    "Home End",
    "cart pay",
    "error   root",
    "unspecified, internal",
];

fn window(snapshot: Arc<Snapshot>) -> Harness<'static, App> {
    let builder = Harness::builder().with_size([1600.0, 3000.0]);
    let mut h = opened::window(builder, Session::still(snapshot));
    h.state_mut().command(Command::SetLanguage(Choice::Always(Language::Japanese)));
    h.run_steps(8);
    h
}

fn snapshot(story: &str, spans: usize) -> Arc<Snapshot> {
    let story = scenario::generate(story, 1, Options::default()).unwrap();
    let first = (story.records.len() / 2).min(story.records.len().saturating_sub(spans));
    opened::snapshot(&story.records[first..(first + spans).min(story.records.len())])
}

/// Names of widgets in which two Latin words follow each other that do not belong there.
fn english(h: &Harness<'_, App>) -> BTreeSet<String> {
    let all = h.query_all_by_label_contains("");
    let name = |n: egui_kittest::Node<'_>| n.accesskit_node().label().or_else(|| n.accesskit_node().value());
    let is_known = |label: &String| BELONGS.iter().any(|b| label.contains(b));
    all.filter_map(name).filter(|l| is_sentence(l) && !is_known(l)).collect()
}

fn is_sentence(label: &str) -> bool {
    let is_word = |w: &str| {
        let w = w.trim_matches([',', '.', ':', ';', '(', ')', '?', '!', '"', '`', '*']);
        let is_lower = w.chars().skip(1).all(|c| c.is_ascii_lowercase());
        w.len() > 1 && is_lower && w.chars().all(|c| c.is_ascii_alphabetic())
    };
    let words: Vec<&str> = label.split_whitespace().collect();
    words.windows(2).any(|w| is_word(w[0]) && is_word(w[1]))
}

fn expect_none(h: &Harness<'_, App>, place: &str) {
    assert_eq!(english(h), BTreeSet::new(), "{place}");
}

fn all_answers(h: &mut Harness<'_, App>) {
    for question in QUESTIONS {
        h.state_mut().command(Command::OpenAnswer(question, None));
        h.run_steps(8);
        if shows(h, "結果の全文") {
            press(h, "結果の全文");
        }
        expect_none(h, question.name());
    }
}

#[test]
fn answers_are_in_japanese_down_to_their_tables() {
    let mut h = window(snapshot("checkout-incident", 6000));
    expect_none(&h, "overview");
    all_answers(&mut h);
    let report = copied_report(&mut h);
    for text in ["原因はorders-postgresqlの可能性が最も高い", "影響を受けた入口", "根本原因", "波及", "目標"]
    {
        assert!(report.contains(text), "{text}");
    }
    let is_known = |line: &&str| BELONGS.iter().any(|b| line.contains(b));
    let english: Vec<&str> = report.lines().filter(|l| is_sentence(l) && !is_known(l)).collect();
    assert_eq!(english, Vec::<&str>::new(), "report");
    let mut h = window(snapshot("recommendation-deploy", 20_000));
    all_answers(&mut h);
    h.state_mut().command(Command::OpenAnswer(Question::Deploy, None));
    h.run_steps(8);
    assert!(shows(&h, "すべての数値"), "the whole answer is open");
}

fn copied_report(h: &mut Harness<'_, App>) -> String {
    h.state_mut().command(Command::CopyReport);
    copied(h)
}

#[test]
fn panels_and_sheets_are_in_japanese() {
    let mut h = window(snapshot("checkout-incident", 6000));
    let node = Item::Node("service:payment-service".to_owned());
    let edge = Item::Edge("service:api-gateway".to_owned(), "service:payment-service".to_owned());
    for item in [node, edge] {
        h.state_mut().command(Command::Select(Some(item.clone())));
        for tab in [Tab::Traces, Tab::Calls, Tab::Impact] {
            h.state_mut().command(Command::SetTab(tab));
            h.run_steps(6);
            expect_none(&h, &format!("{item:?} {tab:?}"));
        }
    }
    let saves = SAVED.map(Sheet::Save);
    for sheet in
        [Sheet::Keys, Sheet::Commands, Sheet::Losses, Sheet::Path, Sheet::OpenCase].into_iter().chain(saves)
    {
        h.state_mut().command(Command::Toggle(sheet));
        h.run_steps(6);
        expect_none(&h, &format!("{sheet:?}"));
        h.state_mut().command(Command::Toggle(sheet));
        h.run_steps(3);
    }
}

#[test]
fn faults_traces_and_comparisons_are_in_japanese() {
    let snapshot = snapshot("checkout-incident", 6000);
    let mut h = window(Arc::clone(&snapshot));
    for filter in [
        "dur>fast", "service:", "a AND", "(a", "a)", "kind:x", "name~/(/", "name~/a", "\"a", "dur~1", "a ! b",
    ] {
        h.state_mut().command(Command::SetFilter(filter.to_owned()));
        h.run_steps(4);
        assert!(shows(&h, "文字目"), "{filter}");
        expect_none(&h, filter);
    }
    h.state_mut().command(Command::SetFilter(String::new()));
    let id = snapshot.spans.traces().next().unwrap().1.id;
    h.state_mut().command(Command::OpenTrace(id, None));
    h.run_steps(6);
    expect_none(&h, "trace");
    h.state_mut().command(Command::CloseTrace);
    let extent = snapshot.extent.unwrap();
    let half = extent.start + Nanos(extent.length().0 / 2);
    h.state_mut().command(Command::SetWindow(Window::Range(TimeRange::new(half, extent.end))));
    h.state_mut().command(Command::ToggleComparison);
    h.run_steps(8);
    expect_none(&h, "comparison");
}
