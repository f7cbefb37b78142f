//! In the Japanese window nothing but names, keys, statements and what programs sent is in Latin words.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use opened::{copied, press, shows};
use spanscape::app::{App, Command, Item, Session};
use spanscape::engine::{Engine, EngineOptions};
use spanscape::export::cards::Question;
use spanscape::graph::Snapshot;
use spanscape::ingest::receiver::{Config, Receiver};
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

/// Latin words that belong there: what programs sent, what is typed, and the keys.
const BELONGS: [&str; 14] = [
    "pip install",
    "unexpected state",
    "find reviews",
    "find users",
    "Your card was declined",
    "context deadline exceeded",
    "payment error",
    "select * from",
    "update inventory set",
    "Shift",
    "Home End",
    "cart pay",
    "error   root",
    "unspecified, internal",
];

fn window(snapshot: Arc<Snapshot>) -> Harness<'static, App> {
    window_on(Session::still(snapshot))
}

fn window_on(session: Session) -> Harness<'static, App> {
    let builder = Harness::builder().with_size([1600.0, 3000.0]);
    let mut h = opened::window(builder, session);
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
    let mut of_user = opened::labels(&h, "user");
    of_user.retain(|l| !l.starts_with("user-") && !l.starts_with("users-"));
    assert_eq!((of_user, shows(&h, "ユーザー、")), (Vec::new(), true), "who has no name of its own");
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

/// Opens a file with this content, or none, and waits until the window tells of it.
fn open(h: &mut Harness<'_, App>, folder: &std::path::Path, name: &str, bytes: Option<&[u8]>, told: &str) {
    let path = folder.join(name);
    if let Some(bytes) = bytes {
        std::fs::write(&path, bytes).unwrap();
    }
    h.state_mut().command(Command::Open(vec![path]));
    for _ in 0..500 {
        h.run_steps(1);
        if shows(h, told) {
            return expect_none(h, name);
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("{name}: {told} is not shown, but {:?}", opened::labels(h, ""));
}

#[test]
fn readers_and_receivers_speak_japanese_too() {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = vec![holder.local_addr().unwrap()];
    let config = Config { grpc: taken.clone(), http: taken, ..Config::default() };
    let receiver = Receiver::start(config, engine.arrivals().unwrap());
    assert!(receiver.is_err());
    let mut h = window_on(Session::live(engine, Some(receiver)));
    assert!(shows(&h, "別のプログラム（Collectorなど）が使用中です"), "the port in use");
    expect_none(&h, "ports");
    let folder = tempfile::tempdir().unwrap();
    let span = r#"{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"work","startTimeUnixNano":"1","endTimeUnixNano":"2"}"#;
    let line = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#);
    let bad = format!("{line}\nno record\n{{\"resourceSpans\":5}}\n");
    for (name, bytes, told) in [
        ("none.jsonl", None, "none.jsonl は存在しません"),
        ("empty.jsonl", Some(&b""[..]), "empty.jsonl は空です"),
        (
            "picture.png",
            Some(b"\x89PNG\r\n\x1a\n"),
            "picture.png はトレースファイルではありません：PNG画像のようです",
        ),
        ("tempo.json", Some(br#"{"batches":[{"resource":{}}]}"#), "TempoのJSONで、まだ読み込めません"),
        ("broken.json", Some(br#"{"resourceSpans":[}"#), "broken.json"),
        ("numbers.json", Some(br#"{"resourceSpans":"x"}"#), "リストではなく文字列です"),
        ("case.span", Some(b"spanscape case 99\n"), "バージョン99のケースファイルです"),
    ] {
        open(&mut h, folder.path(), name, bytes, told);
    }
    // From here on there is data, and the menu and the sheet tell of what was lost.
    let sheet = Command::Toggle(Sheet::Losses);
    open(&mut h, folder.path(), "bad.jsonl", Some(bad.as_bytes()), "ソース");
    h.state_mut().command(sheet);
    open(&mut h, folder.path(), "bad.jsonl", None, "bad.jsonl：不正な行2件（行：2, 3）");
    let cut = format!("{line}\n{}", &line[..line.len() / 2]);
    open(&mut h, folder.path(), "cut.jsonl", Some(cut.as_bytes()), "途切れています");
    h.state_mut().command(Command::Toggle(Sheet::Losses));
    h.run_steps(4);
    press(&mut h, egui_phosphor::regular::STACK);
    assert!(shows(&h, "cut.jsonl：") && shows(&h, "picture.png は"), "the menu of sources");
    expect_none(&h, "sources");
    for (name, text, told) in [("none.toml", None, "存在しません"), ("x.toml", Some("[[rule]]"), "行目：")]
    {
        let path = folder.path().join(name);
        text.into_iter().for_each(|text| std::fs::write(&path, text).unwrap());
        h.state_mut().command(Command::UseRules(Some(path)));
        h.run_steps(2);
        let error = h.state().state.rules.error.clone();
        assert!(error.as_ref().is_some_and(|e| e.contains(told)), "{error:?}");
    }
    h.state_mut().command(Command::SetLanguage(Choice::Always(Language::English)));
    h.run_steps(4);
    assert!(shows(&h, "cut.jsonl is cut off after byte"), "the same in English at once");
}
