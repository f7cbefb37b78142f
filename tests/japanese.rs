//! In the Japanese window nothing but names, statements and what programs sent is in Latin words.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use spanscape::app::{App, Command, Item, Session};
use spanscape::export::cards::Question;
use spanscape::graph::Snapshot;
use spanscape::scenario::{self, Options};
use spanscape::texts::{Choice, Language};
use spanscape::view::panels::save::Saving;
use spanscape::view::panels::{Sheet, Tab, Window};

fn window(snapshot: Arc<Snapshot>) -> Harness<'static, App> {
    let builder = Harness::builder().with_size([1600.0, 3000.0]);
    let mut h = opened::window(builder, Session::still(snapshot));
    h.state_mut().command(Command::SetLanguage(Choice::Always(Language::Japanese)));
    h.run_steps(8);
    h
}

/// Every run of at least two Latin words in the names of widgets.
fn latin(h: &Harness<'_, App>) -> BTreeSet<String> {
    let all = h.query_all_by_label_contains("");
    let name = |n: egui_kittest::Node<'_>| n.accesskit_node().label().or_else(|| n.accesskit_node().value());
    all.filter_map(name).filter(|l| is_sentence(l)).collect()
}

fn is_sentence(label: &str) -> bool {
    let is_word = |w: &str| {
        let w = w.trim_matches([',', '.', ':', ';', '(', ')', '?', '!', '"', '`', '*']);
        w.len() > 1
            && w.chars().skip(1).all(|c| c.is_ascii_lowercase())
            && w.chars().all(|c| c.is_ascii_alphabetic())
    };
    let words: Vec<&str> = label.split_whitespace().collect();
    words.windows(2).any(|w| is_word(w[0]) && is_word(w[1]))
        || (std::env::var("ALL").is_ok() && words.iter().any(|w| is_word(w) && w.len() > 2))
}

#[test]
fn no_english_is_left() {
    let story = scenario::generate("checkout-incident", 1, Options::default()).unwrap();
    let middle = story.records.len() / 2;
    let snapshot = opened::snapshot(&story.records[middle..middle + 6000]);
    let mut found: Vec<(String, BTreeSet<String>)> = Vec::new();
    let mut h = window(Arc::clone(&snapshot));
    found.push(("overview".to_owned(), latin(&h)));
    for q in [
        Question::Incident,
        Question::Impact,
        Question::Deploy,
        Question::Patterns,
        Question::Advice,
        Question::Health,
        Question::Capacity,
    ] {
        h.state_mut().command(Command::OpenAnswer(q, None));
        h.run_steps(8);
        found.push((format!("{q:?}"), latin(&h)));
    }
    h.state_mut().command(Command::CloseAnswer);
    let node = Item::Node("service:payment-service".to_owned());
    let edge = Item::Edge("service:api-gateway".to_owned(), "service:payment-service".to_owned());
    for item in [node, edge] {
        h.state_mut().command(Command::Select(Some(item.clone())));
        for tab in [Tab::Traces, Tab::Calls, Tab::Impact] {
            h.state_mut().command(Command::SetTab(tab));
            h.run_steps(6);
            found.push((format!("{item:?} {tab:?}"), latin(&h)));
        }
    }
    for sheet in [
        Sheet::Keys,
        Sheet::Commands,
        Sheet::Losses,
        Sheet::Path,
        Sheet::Save(Saving::Map),
        Sheet::Save(Saving::Case),
        Sheet::Save(Saving::Traces),
        Sheet::Save(Saving::Report),
    ] {
        h.state_mut().command(Command::Toggle(sheet));
        h.run_steps(6);
        found.push((format!("{sheet:?}"), latin(&h)));
        h.state_mut().command(Command::Toggle(sheet));
        h.run_steps(3);
    }
    let id = snapshot.spans.traces().next().unwrap().1.id;
    h.state_mut().command(Command::OpenTrace(id, None));
    h.run_steps(6);
    found.push(("trace".to_owned(), latin(&h)));
    h.state_mut().command(Command::CloseTrace);
    for filter in ["dur>fast", "service:", "a AND", "(a", "kind:x", "name~/(/", "\"a", "dur~1", "a)"] {
        h.state_mut().command(Command::SetFilter(filter.to_owned()));
        h.run_steps(4);
        found.push((filter.to_owned(), latin(&h)));
    }
    h.state_mut().command(Command::SetFilter(String::new()));
    let e = snapshot.extent.unwrap();
    let half = spanscape::model::Nanos(e.length().0 / 2);
    h.state_mut()
        .command(Command::SetWindow(Window::Range(spanscape::model::TimeRange::new(e.start + half, e.end))));
    h.state_mut().command(Command::ToggleComparison);
    h.run_steps(8);
    found.push(("comparison".to_owned(), latin(&h)));
    let mut seen = BTreeSet::new();
    for (place, texts) in found {
        for t in texts {
            if seen.insert(t.clone()) {
                println!("{place}: {t}");
            }
        }
    }
}
