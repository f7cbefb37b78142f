//! Files made here, and what arrives of them: spans, notes and closing sentences.
use std::fs;
use std::io::Write;
use std::path::Path;

use prost::encoding::encode_varint;

use super::*;
use crate::model::SpanBatch;

fn field(number: u32, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_varint(u64::from(number << 3 | 2), &mut out);
    encode_varint(bytes.len() as u64, &mut out);
    out.extend_from_slice(bytes);
    out
}

/// A request with this many spans, named by their number in it.
pub(super) fn request(spans: u64) -> Vec<u8> {
    let span = |n: u64| {
        let id = (n + 1).to_be_bytes();
        let name = format!("span {n}");
        field(2, &[field(1, &[id, id].concat()), field(2, &id), field(5, name.as_bytes())].concat())
    };
    let key = [field(1, b"service.name"), field(2, &field(1, b"checkout"))].concat();
    let resource = field(1, &field(1, &key));
    field(1, &[resource, field(2, &(0..spans).flat_map(span).collect::<Vec<_>>())].concat())
}

pub(super) fn big_endian(messages: &[Vec<u8>]) -> Vec<u8> {
    messages.iter().flat_map(|m| [&(m.len() as u32).to_be_bytes()[..], m].concat()).collect()
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

#[derive(Default, Debug)]
pub(super) struct Seen {
    pub batches: Vec<SpanBatch>,
    rejects: crate::model::Rejects,
    bytes: u64,
    pub notes: Vec<String>,
    progress: Vec<(u64, Option<u64>)>,
    pub closed: Option<Result<(), String>>,
}

impl Seen {
    fn spans(&self) -> usize {
        self.batches.iter().map(|b| b.spans.len()).sum()
    }
    fn error(self) -> String {
        self.closed.unwrap().unwrap_err()
    }
}

/// Reads a file and says what arrived; the folder's name is taken out of the sentences.
fn read_path(path: &Path) -> Seen {
    let mut seen = Seen::default();
    let folder = format!("{}/", path.parent().unwrap().display());
    let mut is_open = false;
    read(&Input::Path(path.to_owned()), SourceId(3), &AtomicBool::new(false), &mut |arrival| {
        assert!(seen.closed.is_none(), "nothing comes after the end");
        match arrival {
            Arrival::Opened(SourceId(3), SourceKind::File, _) => is_open = true,
            Arrival::Spans(SourceId(3), delivery) => {
                seen.bytes += delivery.bytes;
                seen.rejects.merge(&delivery.rejects);
                seen.batches.push(delivery.batch);
            }
            Arrival::Note(SourceId(3), note) => seen.notes.push(note.text.to_string().replace(&folder, "")),
            Arrival::Progress(SourceId(3), done, total) => seen.progress.push((done, total)),
            Arrival::Closed(SourceId(3), result) => {
                seen.closed = Some(result.map_err(|e| e.to_string().replace(&folder, "")));
            }
            other => panic!("{other:?}"),
        }
        true
    });
    assert!(is_open && seen.closed.is_some());
    seen
}

pub(super) fn read_bytes(name: &str, bytes: &[u8]) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read_path(&path)
}

#[test]
fn every_framing_and_packing_gives_the_same_spans() {
    let requests = [request(2), request(3)];
    let varint = |m: &[Vec<u8>]| -> Vec<u8> { m.iter().flat_map(|m| field(1, m)[1..].to_vec()).collect() };
    let framed = [
        requests.concat(),
        big_endian(&requests),
        varint(&requests),
        big_endian(&requests.clone().map(|r| zstd(&r))),
    ];
    for bytes in framed {
        let halves = bytes.split_at(bytes.len() / 2);
        let packed = [
            bytes.clone(),
            gzip(&bytes),
            [gzip(halves.0), gzip(halves.1)].concat(),
            zstd(&bytes),
            [zstd(halves.0), zstd(halves.1)].concat(),
        ];
        for file in packed {
            let seen = read_bytes("traces", &file);
            assert_eq!((seen.spans(), &seen.closed, &seen.notes[..]), (5, &Some(Ok(())), &[][..]));
            assert_eq!(seen.bytes, file.len() as u64);
            let batch = &seen.batches[0];
            let names = batch.spans.iter().map(|s| batch.text(s.name)).collect::<Vec<_>>();
            assert_eq!(names, ["span 0", "span 1", "span 0", "span 1", "span 2"]);
        }
    }
}

#[test]
fn large_files_come_in_deliveries_with_progress() {
    let file = big_endian(&vec![request(1_000); 50]);
    let seen = read_bytes("large.pb", &file);
    assert_eq!(seen.spans(), 50_000);
    assert!(seen.batches.iter().all(|b| b.spans.len() <= DELIVERY_SPANS + 1_000));
    assert_eq!(seen.bytes, file.len() as u64);
    let total = Some(file.len() as u64);
    assert_eq!(seen.progress.last(), Some(&(file.len() as u64, total)));
    assert!(seen.progress.len() as u64 >= file.len() as u64 / (2 * PROGRESS_BYTES));
    assert!(seen.progress.windows(2).all(|w| w[0].0 < w[1].0));
}

#[test]
fn a_cut_file_keeps_what_is_whole_and_says_so_once() {
    let (first, last) = (request(2), request(1));
    let bytes = big_endian(&[first.clone(), last]);
    for cut in first.len() + 5..bytes.len() {
        let seen = read_bytes("checkout.pb", &bytes[..cut]);
        assert_eq!((seen.spans(), seen.closed), (2, Some(Ok(()))));
        let offset = first.len() + 4;
        let note = format!("checkout.pb is cut off after byte {offset}: 1 incomplete record left out");
        assert_eq!(seen.notes, [note]);
    }
    // Of a bare message the spans before the cut are kept, though all are in one record.
    let bare = request(3);
    for cut in 60..bare.len() {
        let seen = read_bytes("bare.pb", &bare[..cut]);
        assert!(seen.spans() < 3 && seen.closed == Some(Ok(())));
        assert_eq!(seen.notes, ["bare.pb is cut off after byte 0"]);
    }
    assert_eq!(read_bytes("bare.pb", &bare[..bare.len() - 1]).spans(), 2);
}

#[test]
fn a_cut_packing_is_a_note_and_a_damaged_one_an_error() {
    let bytes = big_endian(&vec![request(50); 200]);
    for packed in [gzip(&bytes), zstd(&bytes)] {
        let seen = read_bytes("x", &packed[..packed.len() - 3]);
        assert_eq!(seen.closed, Some(Ok(())));
        assert!(
            seen.notes.len() == 1 && seen.notes[0].starts_with("x is cut off after byte"),
            "{:?}",
            seen.notes
        );
    }
    let seen = read_bytes("x.gz", &[gzip(&bytes), b"garbage that is no gzip".to_vec()].concat());
    assert_eq!(seen.spans(), 10_000);
    let error = seen.error();
    assert!(error.starts_with("x.gz is damaged after byte "), "{error}");
}

#[test]
fn a_bad_record_costs_only_itself() {
    let mut bad = request(2);
    let end = bad.len();
    bad[end - 7] = 0x7f;
    let seen = read_bytes("x.pb", &big_endian(&[request(1), bad, request(1)]));
    assert_eq!((seen.spans(), seen.rejects.total_spans()), (3, 1));
    let broken_outside = [request(1), vec![0x0a, 0x7f]].concat();
    let offset = request(1).len() + 4;
    let seen = read_bytes("x.pb", &big_endian(&[request(1), broken_outside, request(1)]));
    assert_eq!((seen.spans(), seen.closed), (3, Some(Ok(()))));
    let at = 2 * request(1).len() + 6;
    let what = format!("(the message is cut off at byte {at})");
    assert_eq!(seen.notes, [format!("x.pb has 1 bad record, at byte: {offset} {what}")]);
}

#[test]
fn absurd_lengths_name_the_place() {
    let seen = read_bytes("x.pb", &[big_endian(&[request(1)]), vec![0xff; 9]].concat());
    assert_eq!(seen.spans(), 1);
    let offset = request(1).len() + 4;
    let what = "a record claims to be 4294967295 bytes long, and 67108864 are allowed";
    assert_eq!(seen.error(), format!("x.pb cannot be read from byte {offset}: {what}"));
}

#[test]
fn packed_bombs_are_left_out() {
    let bomb = zstd(&vec![0; limits::MESSAGE_BYTES + 1]);
    let seen = read_bytes("x.pb", &big_endian(&[zstd(&request(1)), bomb, zstd(&request(1))]));
    assert_eq!((seen.spans(), seen.closed), (2, Some(Ok(()))));
    assert!(seen.notes[0].contains("unpacks to more than 64 MiB"), "{:?}", seen.notes);
}

#[test]
fn other_files_are_named() {
    let cases: [(&str, &[u8], &str); 8] = [
        ("x.png", b"\x89PNG\r\n\x1a\n", "x.png is not a trace file: it looks like a PNG picture"),
        ("x.jpg", b"\xff\xd8\xff\xe0", "x.jpg is not a trace file: it looks like a JPEG picture"),
        ("x.pdf", b"%PDF-1.7", "x.pdf is not a trace file: it looks like a PDF document"),
        ("x", b"\x7fELF\x02", "x is not a trace file: it looks like a program (ELF)"),
        ("x.zip", b"PK\x03\x04", "x.zip is not a trace file: it looks like a zip archive: unpack it first"),
        ("x.txt", b"hello there", "x.txt is not a trace file: it looks like plain text"),
        ("x.json", b"", "x.json is empty"),
        ("x.json", b"\n \n", "x.json is empty: it holds only spaces"),
    ];
    for (name, bytes, sentence) in cases {
        assert_eq!(read_bytes(name, bytes).closed, Some(Err(sentence.to_owned())));
    }
    let twice = read_bytes("x.gz", &gzip(&gzip(b"{}"))).error();
    assert_eq!(twice, "x.gz is not a trace file: it looks like data that is packed twice: unpack it once");
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read_path(&folder.path().join("gone.json")).error(), "gone.json does not exist");
    fs::create_dir(folder.path().join("inner")).unwrap();
    assert_eq!(read_path(&folder.path().join("inner")).error(), "inner is a folder, not a file");
    #[cfg(unix)]
    assert_eq!(
        read_path(Path::new("/dev/zero")).error(),
        "zero is a device, pipe or socket, not a file; standard input is read with -"
    );
}

#[test]
fn reading_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pb");
    fs::write(&path, big_endian(&vec![request(1_000); 50])).unwrap();
    let (cancel, mut arrivals) = (AtomicBool::new(false), Vec::new());
    read(&Input::Path(path.clone()), SourceId(0), &cancel, &mut |arrival| {
        cancel.fetch_or(matches!(arrival, Arrival::Spans(..)), Ordering::Relaxed);
        arrivals.push(arrival);
        true
    });
    assert!(
        matches!(arrivals.last(), Some(Arrival::Closed(_, Err(e))) if e.to_string().ends_with("it was stopped"))
    );
    let mut after = 0;
    read(&Input::Path(path), SourceId(0), &AtomicBool::new(false), &mut |arrival| {
        after += 1;
        !matches!(arrival, Arrival::Spans(..)) && after < 9
    });
    assert!(after <= 4, "{after} arrivals, though the receiver was gone after the second");
}

#[test]
fn other_signals_are_counted_and_not_kept() {
    // A metric with one data point of a gauge; a log record with a time.
    let metric = [field(1, b"requests"), field(5, &field(1, &[]))].concat();
    let log = [vec![0x09], vec![1; 8]].concat();
    let in_request = |item: &[u8]| field(1, &field(2, &field(2, item)));
    let seen = read_bytes("x.pb", &big_endian(&[in_request(&metric), in_request(&log), in_request(&log)]));
    assert_eq!((seen.rejects.metrics, seen.rejects.logs, seen.spans()), (1, 2, 0));
    assert_eq!((seen.rejects.total_spans(), seen.closed), (0, Some(Ok(()))));
}

#[test]
fn folders_stand_for_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("b")).unwrap();
    fs::create_dir(at("empty")).unwrap();
    for name in ["b/2.json", "b/1.json", "a.json", "c.pb", ".hidden"] {
        fs::write(at(name), "{}").unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc", at("b/out")).unwrap();
    let names = |inputs: Vec<Input>| inputs.iter().map(Input::name).collect::<Vec<_>>();
    let expected = ["a.json", "b/1.json", "b/2.json", "c.pb"].map(|n| at(n).display().to_string());
    assert_eq!(names(expand(&[folder.path().to_owned()]).unwrap()), expected);
    let given = [PathBuf::from("-"), at("c.pb")];
    assert_eq!(
        names(expand(&given).unwrap()),
        ["standard input".to_owned(), at("c.pb").display().to_string()]
    );
    assert!(expand(&[at("gone")]).unwrap_err().to_string().ends_with("gone does not exist"));
    for n in 0..=FOLDER_FILES {
        fs::File::create(at("empty").join(n.to_string())).unwrap();
    }
    let many = expand(&[at("empty")]).unwrap_err().to_string();
    assert!(many.ends_with("empty holds more than 10 000 files: name some of them"), "{many}");
    fs::remove_dir_all(at("empty")).unwrap();
    fs::create_dir(at("empty")).unwrap();
    assert!(expand(&[at("empty")]).unwrap_err().to_string().ends_with("empty holds no files"));
}
