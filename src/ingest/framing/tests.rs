//! Streams in, pieces out: as text for JSON, and every cut of the binary framings.
use std::fmt::Write;
use std::io::Read;

use expect_test::{Expect, expect};
use prost::encoding::encode_varint;

use super::super::detect::Framing;
use super::*;

/// Hands over a few bytes at a time, as a slow pipe would.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.min(self.0.len()).min(buffer.len());
        let (now, later) = self.0.split_at(n);
        buffer[..n].copy_from_slice(now);
        self.0 = later;
        Ok(n)
    }
}

fn pieces_of(bytes: &[u8], step: usize, framing: Framing, limit: usize) -> String {
    let mut records = Records::new(Window::new(Drip(bytes, step)), framing, limit);
    let mut out = String::new();
    loop {
        let line = match records.next_piece() {
            Ok(None) => return out,
            Ok(Some(Piece::Record(p, bytes))) => {
                format!("{}:{} {}", p.line, p.offset, String::from_utf8_lossy(bytes).escape_debug())
            }
            Ok(Some(Piece::Part(p, bytes))) => format!("{}:{} part of {}", p.line, p.offset, bytes.len()),
            Ok(Some(Piece::Bad(p, flaw))) => format!("{}:{} {flaw:?}", p.line, p.offset),
            Ok(Some(Piece::CutOff(p))) => format!("{}:{} cut off", p.line, p.offset),
            Err(e) => {
                writeln!(out, "{}:{} error: {e}", e.place.line, e.place.offset).unwrap();
                return out;
            }
        };
        writeln!(out, "{line}").unwrap();
    }
}

/// How the bytes arrive must not matter.
fn pieces(bytes: &[u8], framing: Framing, limit: usize) -> String {
    let whole = pieces_of(bytes, usize::MAX, framing, limit);
    for step in [1, 2, 7] {
        let dripped = pieces_of(bytes, step, framing, limit);
        assert_eq!(dripped, whole, "{step} bytes at a time");
    }
    whole
}

fn check_json(text: &str, expect: Expect) {
    expect.assert_eq(&pieces(text.as_bytes(), Framing::Json, 1_000));
}

#[test]
fn json_lines() {
    check_json(
        "\u{feff}{\"a\":1}\r\n\n{\"a\":2}\n  {\"a\":3}",
        expect![[r#"
            1:3 {\"a\":1}
            3:13 {\"a\":2}
            4:23 {\"a\":3}
        "#]],
    );
    check_json("", expect![""]);
    check_json(" \n\n", expect![""]);
}

#[test]
fn json_documents_of_other_shapes() {
    check_json(
        "{\n  \"a\": [\n    {\"b\": \"}\"},\n    {}\n  ]\n}\n",
        expect![[r#"
            1:0 {\n  \"a\": [\n    {\"b\": \"}\"},\n    {}\n  ]\n}
        "#]],
    );
    check_json(
        "[{span}\n,{span}\n][]{}{}\u{1e}{\n}",
        expect![[r#"
            1:0 [{span}\n,{span}\n]
            3:17 []
            3:19 {}
            3:21 {}
            3:24 {\n}
        "#]],
    );
}

#[test]
fn bad_lines_are_passed_over_one_by_one() {
    check_json(
        "{\"a\":1}\nnonsense {\n\u{0}\u{1}\n{\"a\":\"2\n{\"a\":[3\n{\"a\":{}\n{\"a\":4}\nx",
        expect![[r#"
            1:0 {\"a\":1}
            2:8 NoRecord
            3:19 NoRecord
            4:22 NoRecord
            5:30 NoRecord
            6:38 NoRecord
            7:46 {\"a\":4}
            8:54 NoRecord
        "#]],
    );
    // Cut after a bracket, the line could be the start of a printed document: that shows only at the end.
    check_json(
        "{\"a\":[\n{\"a\":1}\n{\"a\":2}\n",
        expect![[r#"
            1:0 NoRecord
            2:7 {\"a\":1}
            3:15 {\"a\":2}
        "#]],
    );
}

#[test]
fn a_cut_stream_keeps_whole_records() {
    check_json(
        "{\"a\":1}\n{\"a\":",
        expect![[r#"
            1:0 {\"a\":1}
            2:8 cut off
        "#]],
    );
    check_json(
        "{\"resourceSpans\": [ {\"a\":1}, {\"a\":2}, {\"a\"",
        expect![[r#"
            1:19 {\"resourceSpans\": [{\"a\":1},{\"a\":2}]}
            1:38 cut off
        "#]],
    );
    check_json(
        "[[{\"a\":1}],[{\"a\":2},",
        expect![[r#"
            1:1 [[{\"a\":1}]]
            1:11 cut off
        "#]],
    );
}

#[test]
fn json_lines_cut_at_every_byte_of_the_last_record() {
    let text = "{\"a\":1}\n{\"b\":[\"}\",{\"c\":\"\\\"\"}]}";
    for cut in 9..text.len() {
        let expected = "1:0 {\\\"a\\\":1}\n2:8 cut off\n";
        assert_eq!(pieces(&text.as_bytes()[..cut], Framing::Json, 1_000), expected, "{cut}");
    }
}

#[test]
fn long_lists_are_taken_element_by_element() {
    let elements = (0..50_000).map(|n| format!("{{\"n\":{n}, \"pad\":\"{}\"}}", "x".repeat(40)));
    let list = elements.collect::<Vec<_>>().join(",\n");
    let wrapped = [
        ("[", "]"),
        ("{\"data\":[", "],\"total\":[{\"a\":0}]}"),
        ("{\"trace\":{\"batches\": [", "]} , \"b\":0}"),
    ];
    for (before, after) in wrapped {
        let text = format!("{before}{list}{after} {{\"last\":1}}");
        let limit = 64 * 1024;
        let mut records = Records::new(Window::new(text.as_bytes()), Framing::Json, limit);
        let (mut elements, mut groups, mut last) = (0, 0, String::new());
        while let Some(piece) = records.next_piece().unwrap() {
            let Piece::Record(_, bytes) = piece else { panic!("{piece:?}") };
            assert!(bytes.len() <= 1024 * 1024 + limit + 64);
            elements += bytes.windows(4).filter(|w| w == b"\"n\":").count();
            groups += 1;
            last = String::from_utf8(bytes.to_vec()).unwrap();
            assert_eq!(scan::Scan::inside(0).run(bytes), scan::Scanned::Ends(bytes.len()));
        }
        assert_eq!((elements, groups, last.as_str()), (50_000, 4, "{\"last\":1}"), "{before}");
    }
}

#[test]
fn records_beyond_the_limit_are_left_out() {
    let long = "x".repeat(300_000);
    let check = |text: String, expect: Expect| {
        expect.assert_eq(&pieces_of(text.as_bytes(), 9_999, Framing::Json, 100_000))
    };
    check(
        format!("{{\"a\":1}}\n{{\"long\":\"{long}\"}}\n{{\"a\":2}}"),
        expect![[r#"
            1:0 {\"a\":1}
            2:8 TooLong
            3:300020 {\"a\":2}
        "#]],
    );
    check(
        format!("[{{\"a\":1}},{{\"long\":\"{long}\"}},{{\"a\":2}}]{{\"a\":3}}"),
        expect![[r#"
            1:1 [{\"a\":1}]
            1:9 TooLong
            1:300020 [{\"a\":2}]
            1:300029 {\"a\":3}
        "#]],
    );
    // Sixty-four times the limit of one record is where patience ends.
    expect![[r#"
        1:0 error: a record goes on for so long that the rest is not read
    "#]]
    .assert_eq(&pieces(format!("{{\"{}", "y".repeat(1_000_000)).as_bytes(), Framing::Json, 100));
}

fn with_lengths(framing: Framing, messages: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for message in messages {
        match framing {
            Framing::BigEndianLengths => out.extend((message.len() as u32).to_be_bytes()),
            _ => encode_varint(message.len() as u64, &mut out),
        }
        out.extend_from_slice(message);
    }
    out
}

#[test]
fn lengths_before_records_and_every_cut_of_the_last() {
    let last = [b'y'; 200];
    for framing in [Framing::BigEndianLengths, Framing::VarintLengths] {
        let bytes = with_lengths(framing, &[b"one", b"", b"two", &last]);
        let whole = pieces(&bytes, framing, 1_000);
        let lines =
            |text: &str| text.lines().map(|l| l.split_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>();
        assert_eq!(lines(&whole), ["one".to_owned(), "two".to_owned(), "y".repeat(200)]);
        let before = with_lengths(framing, &[b"one", b"", b"two"]).len();
        assert_eq!(lines(&pieces(&bytes[..before], framing, 1_000)), ["one", "two"]);
        for cut in before + 1..bytes.len() {
            let cut_off = pieces_of(&bytes[..cut], 5, framing, 1_000);
            assert!(cut_off.ends_with(&format!("1:{before} cut off\n")), "{cut_off}");
            assert_eq!(lines(&cut_off), ["one", "two", "cut off"]);
        }
    }
}

#[test]
fn absurd_lengths_are_refused_with_their_place() {
    let bytes = [&with_lengths(Framing::BigEndianLengths, &[b"one"])[..], &[0xff; 4], b"rest"].concat();
    expect![[r#"
        1:0 one
        1:7 error: a record claims to be 4294967295 bytes long, and 1000 are allowed
    "#]]
    .assert_eq(&pieces(&bytes, Framing::BigEndianLengths, 1_000));
    expect![[r#"
        1:0 error: the length of a record is longer than ten bytes
    "#]]
    .assert_eq(&pieces(&[0xff; 20], Framing::VarintLengths, 1_000));
}

#[test]
fn a_bare_message_is_taken_by_whole_fields() {
    let field = |n: usize| {
        let mut out = vec![0x0a];
        encode_varint(n as u64, &mut out);
        out.extend(vec![b'z'; n]);
        out
    };
    let bytes = [field(400_000), field(400_000), field(400_000), field(400_000), field(3)].concat();
    let sizes = |bytes: &[u8], step| {
        let mut records = Records::new(Window::new(Drip(bytes, step)), Framing::Bare, 500_000);
        let mut sizes = Vec::new();
        while let Some(piece) = records.next_piece().unwrap() {
            match piece {
                Piece::Record(_, b) => sizes.push((b.len(), false)),
                Piece::Part(_, b) => sizes.push((b.len(), true)),
                other => panic!("{other:?}"),
            }
        }
        sizes
    };
    for step in [999, 100_000, usize::MAX] {
        let whole = sizes(&bytes, step);
        assert_eq!(whole.iter().map(|s| s.0).sum::<usize>(), bytes.len());
        assert!(whole.iter().all(|s| !s.1 && s.0 <= 1024 * 1024 + 500_000));
        let cut = sizes(&bytes[..bytes.len() - 1], step);
        assert_eq!(cut.last(), Some(&(4, true)));
    }
    expect![[r#"
        1:0 error: these bytes are no trace data in protobuf
    "#]]
    .assert_eq(&pieces(b"hello", Framing::Bare, 1_000));
}
