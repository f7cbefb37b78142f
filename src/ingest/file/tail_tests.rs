//! One file that grows, is emptied, exchanged or written in pieces.
use std::io::Write;

use super::super::tests::{big_endian, gzip, request, zstd};
use super::*;

struct Seen {
    folder: tempfile::TempDir,
    tail: Tail,
    names: Vec<String>,
    notes: Vec<String>,
}

impl Seen {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tail = Tail::new(folder.path().join("x.jsonl"), SourceId(7));
        Self { folder, tail, names: Vec::new(), notes: Vec::new() }
    }
    fn path(&self) -> PathBuf {
        self.folder.path().join("x.jsonl")
    }
    fn write(&self, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(), bytes).unwrap();
    }
    fn append(&self, bytes: impl AsRef<[u8]>) {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(self.path()).unwrap();
        file.write_all(bytes.as_ref()).unwrap();
    }
    /// Looks once; gives the names of the spans that came.
    fn look(&mut self) -> String {
        self.names.clear();
        let folder = format!("{}/", self.folder.path().display());
        let outcome = self.tail.look(&AtomicBool::new(false), &mut |arrival| {
            match arrival {
                Arrival::Spans(SourceId(7), d) => {
                    self.names.extend(d.batch.spans.iter().map(|s| d.batch.text(s.name).to_owned()));
                }
                Arrival::Note(SourceId(7), note) => {
                    self.notes.push(note.text.to_string().replace(&folder, ""))
                }
                Arrival::Progress(SourceId(7), done, Some(all)) => assert!(done <= all && done > 0),
                other => panic!("{other:?}"),
            }
            true
        });
        match outcome {
            Outcome::Read(grew) => {
                assert_eq!(grew, !self.names.is_empty(), "{:?}", self.names);
                self.names.join(" ")
            }
            Outcome::Once(why) => format!("once: {why}"),
            Outcome::Failed(sentence) => format!("failed: {}", sentence.to_string().replace(&folder, "")),
        }
    }
}

fn line(name: &str) -> String {
    let id = name.bytes().fold(7u64, |id, b| id.wrapping_mul(31) + u64::from(b));
    format!(
        "{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{{\"traceId\":\"{id:032x}\",\"spanId\":\"{id:016x}\",\"name\":\"{name}\"}}]}}]}}]}}\n"
    )
}

#[test]
fn a_look_reads_what_is_new() {
    let mut s = Seen::new();
    assert_eq!(s.look(), "", "a file that is not there yet");
    s.write("");
    assert_eq!(s.look(), "", "an empty one");
    s.append(line("a") + &line("b"));
    assert_eq!(s.look(), "a b");
    assert_eq!(s.look(), "");
    s.append(line("c"));
    assert_eq!(s.look(), "c");
    assert_eq!(s.notes, [""; 0]);
}

#[test]
fn half_a_line_waits_for_its_other_half() {
    let (first, text) = (line("a"), line("b"));
    for cut in 1..text.len() - 1 {
        let mut s = Seen::new();
        s.write(&first);
        assert_eq!(s.look(), "a");
        s.append(&text[..cut]);
        // Only the line break may be missing.
        let (now, later) = if cut == text.len() - 1 { ("b", "") } else { ("", "b") };
        assert_eq!((s.look().as_str(), cut), (now, cut));
        s.append(&text[cut..]);
        assert_eq!((s.look().as_str(), cut), (later, cut));
        assert_eq!(s.notes, [""; 0]);
    }
}

#[test]
fn a_last_line_without_an_end_is_read_when_it_is_whole() {
    let mut s = Seen::new();
    s.write(line("a").trim_end());
    assert_eq!(s.look(), "a");
    s.append("\n".to_owned() + &line("b"));
    assert_eq!(s.look(), "b");
}

#[test]
fn an_emptied_file_begins_anew() {
    let mut s = Seen::new();
    s.write(line("a") + &line("b"));
    assert_eq!(s.look(), "a b");
    s.write(line("c"));
    assert_eq!(s.look(), "c");
    assert_eq!(s.notes, ["x.jsonl was exchanged or emptied and is read anew"]);
    // Written anew and already longer than it was.
    s.write(line("d") + &line("e") + &line("f"));
    assert_eq!(s.look(), "d e f");
}

#[test]
fn a_renamed_file_is_read_to_its_end_before_the_new_one() {
    let mut s = Seen::new();
    s.write(line("a"));
    s.look();
    s.append(line("b"));
    assert_eq!(s.look(), "b");
    s.append(line("c"));
    std::fs::rename(s.path(), s.folder.path().join("x.1.jsonl")).unwrap();
    s.write(line("d"));
    assert_eq!(s.look(), "c d");
    std::fs::remove_file(s.path()).unwrap();
    assert_eq!(s.look(), "");
    s.write(line("e"));
    assert_eq!(s.look(), "e");
}

#[test]
fn records_with_lengths_are_followed() {
    let varint = |m: &[u8]| prost::bytes::Bytes::from([&[m.len() as u8][..], m].concat()).to_vec();
    let message = request(1);
    assert!(message.len() < 128, "one byte of varint");
    for record in
        [big_endian(std::slice::from_ref(&message)), big_endian(&[zstd(&message)]), varint(&message)]
    {
        for cut in 1..record.len() {
            let mut s = Seen::new();
            s.write(record.repeat(2));
            assert_eq!(s.look(), "span 0 span 0");
            s.append(&record[..cut]);
            assert_eq!(s.look(), "");
            s.append(&record[cut..]);
            assert_eq!(s.look(), "span 0");
        }
    }
}

#[test]
fn bad_lines_are_named_by_their_place_in_the_file() {
    let mut s = Seen::new();
    s.write(line("a"));
    s.look();
    s.append("nonsense\n".to_owned() + &line("b"));
    assert_eq!(s.look(), "b");
    s.append(line("c"));
    s.look();
    assert_eq!(s.notes, ["x.jsonl has 1 bad line: 2"]);
}

#[test]
fn what_cannot_be_followed_says_why() {
    let pretty = line("a").replace('{', "{\n");
    let cases: [(Vec<u8>, &str); 6] = [
        (gzip(line("a").as_bytes()), "once: it is packed with gzip"),
        (zstd(line("a").as_bytes()), "once: it is packed with zstd"),
        (request(3), "once: it is one protobuf message, without lengths"),
        (pretty.into_bytes(), "once: it is one JSON document over several lines"),
        (b"[\n{\"traceId\":1}\n".to_vec(), "once: it is one JSON document over several lines"),
        (b"once upon a time there".to_vec(), "failed: x.jsonl is not a trace file: it looks like plain text"),
    ];
    for (bytes, what) in cases {
        let mut s = Seen::new();
        s.write(bytes);
        assert_eq!(s.look(), what);
    }
}

#[test]
fn a_record_longer_than_one_reading_is_whole() {
    let mut s = Seen::new();
    let long = line(&"n".repeat(STRETCH + 9));
    s.write(line("a") + &long + &line("b"));
    let names = s.look();
    assert!(names.starts_with("a nnn") && names.ends_with("n b"), "{}", names.len());
}
