//! JSON files, whole, cut and damaged: what is kept of them and what is said.
use expect_test::{Expect, expect};

use super::tests::{gzip, read_bytes};

/// One OTLP request with one span, on one line.
fn request(name: &str) -> String {
    let id = format!("{:016x}", name.len() + 1);
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{id}{id}","spanId":"{id}","name":"{name}"}}]}}]}}]}}"#
    )
}

/// The names of the spans kept, what is noted, and how it ends.
fn told(name: &str, bytes: &[u8]) -> String {
    let seen = read_bytes(name, bytes);
    let names = seen.batches.iter().flat_map(|b| b.spans.iter().map(|s| b.text(s.name)));
    let names = names.collect::<Vec<_>>().join(", ");
    let notes = seen.notes.iter().map(|n| format!("note: {n}\n")).collect::<String>();
    let end = seen.closed.unwrap().err().map(|e| format!("error: {e}\n")).unwrap_or_default();
    format!("spans: {names}\n{notes}{end}")
}

fn check(name: &str, text: &str, expect: Expect) {
    expect.assert_eq(&told(name, text.as_bytes()));
    assert_eq!(told(name, &gzip(text.as_bytes())), told(name, text.as_bytes()));
}

#[test]
fn requests_in_every_arrangement() {
    let [a, b] = ["a", "bb"].map(request);
    let expect = expect!["spans: a, bb\n"];
    let pretty = |text: &str| text.replace('{', "{\n  ").replace(',', ",\n  ").replace('}', "\n}");
    check("x.jsonl", &format!("{a}\n{b}\n"), expect);
    for text in [
        format!("{a}{b}"),
        format!("[{a},{b}]"),
        format!("\u{feff}{a}\r\n\r\n{b}"),
        format!("{}\n{}\n", pretty(&a), pretty(&b)),
        format!("[\n{},\n{}\n]", pretty(&a), pretty(&b)),
    ] {
        assert_eq!(told("x.json", text.as_bytes()), "spans: a, bb\n", "{text}");
    }
}

#[test]
fn a_cut_file_keeps_its_whole_lines() {
    let (first, last) = (request("a") + "\n", request("bb"));
    for cut in 1..last.len() - 2 {
        let text = format!("{first}{}", &last[..cut]);
        let note =
            format!("checkout.jsonl is cut off after byte {}: 1 incomplete record left out", first.len());
        assert_eq!(told("checkout.jsonl", text.as_bytes()), format!("spans: a\nnote: {note}\n"));
    }
    // Only closing brackets are missing, so there is nothing to leave out.
    let text = format!("{first}{}", &last[..last.len() - 2]);
    let note = format!("checkout.jsonl is cut off after byte {}", text.len());
    assert_eq!(told("checkout.jsonl", text.as_bytes()), format!("spans: a, bb\nnote: {note}\n"));
}

#[test]
fn a_cut_document_keeps_its_whole_elements() {
    let text = r#"{"resourceSpans": [
      {"scopeSpans":[{"spans":[{"traceId":"11111111111111111111111111111111","spanId":"1111111111111111","name":"a"}]}]},
      {"scopeSpans":[{"spans":[{"traceId":"11111111111111111111111111111111","spanId":"11111"#;
    check(
        "one.json",
        text,
        expect![[r#"
            spans: a
            note: one.json is cut off after byte 148: 1 incomplete record left out
        "#]],
    );
}

#[test]
fn bad_lines_are_left_out_and_named_together() {
    let [a, b] = ["a", "bb"].map(request);
    check(
        "x.jsonl",
        &format!("{a}\n\0\u{1}garbage\n{{\"resourceSpans\":[\"cut\n{b}\n{{\"resourceSpans\":5 5}}\n"),
        expect![[r#"
            spans: a, bb
            note: x.jsonl has 3 bad lines: 2, 3, 5 ("resourceSpans" is a number and not a list at byte 321)
        "#]],
    );
}

#[test]
fn a_file_without_a_good_record_is_an_error() {
    check(
        "notes.json",
        r#"{"title": "groceries", "items": []}"#,
        expect![[r#"
            spans: 
            error: notes.json is not a trace file: not a trace document: top-level keys are title, items
        "#]],
    );
    check(
        "x.jsonl",
        "{\"a\": \"\n[not json\n",
        expect![[r#"
            spans: 
            error: x.jsonl is not a trace file: no line of it is a record
        "#]],
    );
}

#[test]
fn a_file_without_spans_says_so() {
    let text = "spans: \nnote: x.json holds no spans\n";
    assert_eq!(told("x.json", br#"{"resourceSpans":[]}"#), text);
    let text = "spans: \nnote: x.json holds metrics or logs and no spans\n";
    assert_eq!(told("x.json", br#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}"#), text);
}
