//! Reads on in one file that grows: whole records as they come, and from the start when the file is another.
use std::cell::Cell;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use super::super::detect::{self, Framing, Packing};
use super::super::framing::{Piece, Place, Records, Window};
use super::super::{Decoded, limits};
use super::report::{Report, not_a_trace_file};
use super::{LOOK_BYTES, Run, TraceDecoder};
use crate::model::{Arrival, SourceId, SourceNote};
use crate::texts::{Pick, Sentence, say};

/// Bytes read at a time; more where one record needs more.
const STRETCH: usize = 4 * 1024 * 1024;
/// Bytes of a file's start that tell whether it is still the same file.
const HEAD: usize = 256;
/// Bytes after which a file without a framing is no trace file, and not one whose start is being written.
const ENOUGH: usize = 16;

/// What a look at a file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All that is whole has been read; whether it was more than before.
    Read(bool),
    /// It can be read, but not followed: why.
    Once(Sentence),
    /// It cannot be read: the sentence that says why.
    Failed(Sentence),
}

/// What is on the disk under the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    /// Tells one file from another that took its name.
    identity: (u64, u64),
    length: u64,
    modified: Option<SystemTime>,
}

impl Found {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            (metadata.dev(), metadata.ino())
        };
        #[cfg(not(unix))]
        let identity = {
            let created = metadata.created().ok().and_then(|t| t.duration_since(SystemTime::UNIX_EPOCH).ok());
            (created.map_or(0, |d| d.as_nanos() as u64), 0)
        };
        Self { identity, length: metadata.len(), modified: metadata.modified().ok() }
    }
}

/// What to do about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Nothing has changed.
    Wait,
    /// There is more.
    Read,
    /// Another file has its name, or it was emptied.
    Anew,
}

/// Compares what was found last with what is found now, when `read` bytes had been read.
fn next(last: &Found, read: u64, now: &Found) -> Next {
    if now.identity != last.identity || now.length < read {
        Next::Anew
    } else if now == last {
        Next::Wait
    } else {
        Next::Read
    }
}

/// A file that is followed.
pub(super) struct Tail {
    path: PathBuf,
    name: Sentence,
    source: SourceId,
    reading: Option<Reading>,
}

/// How far a file has been read.
struct Reading {
    found: Found,
    framing: Framing,
    /// The first byte that has not been read.
    place: Place,
    head: Vec<u8>,
    report: Report,
    /// Kept open once it was seen to grow, so that its end can be read after it was renamed.
    file: Option<File>,
}

impl Tail {
    pub(super) fn new(path: PathBuf, source: SourceId) -> Self {
        Self { name: path.display().to_string().into(), path, source, reading: None }
    }

    /// Reads what is new and whole, and sends it.
    pub(super) fn look(&mut self, cancel: &AtomicBool, send: &mut dyn FnMut(Arrival) -> bool) -> Outcome {
        // A file that is being exchanged is not there for a moment.
        let now = match std::fs::metadata(&self.path) {
            Ok(metadata) if metadata.is_file() => Found::of(&metadata),
            Ok(_) => return Outcome::Once(say(|t| t.reading.is_no_file_on_a_disk)),
            Err(_) => return Outcome::Read(false),
        };
        let mut grew = false;
        if let Some(reading) = &mut self.reading {
            match next(&reading.found, reading.place.offset, &now) {
                Next::Wait => return Outcome::Read(false),
                Next::Read if is_same_head(&self.path, &reading.head) => {}
                way => {
                    if way == Next::Anew
                        && let Some(mut old) = reading.file.take()
                        && old.metadata().is_ok_and(|m| m.len() >= reading.place.offset)
                    {
                        // It was renamed: what came before that and after the last look is read first.
                        let _ = read_whole(&mut old, reading, self.source, cancel, send);
                    }
                    self.reading = None;
                    let text = say(|t| t.reading.is_read_anew).with("name", &self.name);
                    send(Arrival::Note(self.source, SourceNote { text, is_loss: false }));
                }
            }
        }
        if self.reading.is_none() {
            match self.begin(now) {
                Ok(reading) => self.reading = reading,
                Err(outcome) => return outcome,
            }
        }
        if let Some(reading) = &mut self.reading {
            match self::read_on(&self.path, reading, now, self.source, cancel, send) {
                Ok(more) => grew = more,
                Err(sentence) => return Outcome::Failed(sentence),
            }
        }
        Outcome::Read(grew)
    }

    /// Finds out what a file is; `None` where too little of it has been written to tell.
    fn begin(&self, found: Found) -> Result<Option<Reading>, Outcome> {
        let fails = |e: io::Error| {
            let cannot = say(|t| t.reading.cannot_be_opened).with("name", &self.name);
            Outcome::Failed(cannot.with("why", e.to_string()))
        };
        let once = |why: Pick| Err(Outcome::Once(say(why)));
        let mut file = File::open(&self.path).map_err(fails)?;
        let mut start = Vec::new();
        Read::by_ref(&mut file).take(LOOK_BYTES as u64).read_to_end(&mut start).map_err(fails)?;
        match detect::packing(&start) {
            Packing::Plain => {}
            Packing::Gzip => return Err(packed_with("gzip")),
            Packing::Zstd => return Err(packed_with("zstd")),
        }
        let Some(framing) = detect::framing(&start) else {
            if start.trim_ascii().len() < ENOUGH {
                return Ok(None);
            }
            let mut window = Window::new(&start[..]);
            window.fill_to(LOOK_BYTES);
            return Err(Outcome::Failed(not_a_trace_file(&self.name, &window)));
        };
        match framing {
            Framing::Bare => return once(|t| t.reading.is_one_message),
            Framing::Json => match first_line(&mut file, &mut start).map_err(fails)? {
                Line::Record => {}
                Line::Unfinished => return Ok(None),
                Line::Part => return once(|t| t.reading.is_one_document),
            },
            Framing::Case => return once(|t| t.reading.is_a_case_file),
            Framing::BigEndianLengths | Framing::VarintLengths => {}
        }
        let report = Report::new(self.name.clone(), framing);
        let place = Place { offset: 0, line: 1 };
        // Nothing has been read yet, so nothing is known of its length.
        let found = Found { length: 0, modified: None, ..found };
        Ok(Some(Reading { found, framing, place, head: Vec::new(), report, file: None }))
    }
}

fn packed_with(packing: &str) -> Outcome {
    Outcome::Once(say(|t| t.reading.is_packed_with).with("packing", packing))
}

/// What the first line of a JSON file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// A record of its own.
    Record,
    /// It has no end yet.
    Unfinished,
    /// A part of something larger.
    Part,
}

/// Looks at the first line that is not empty; reads more of the file where that is long.
fn first_line(file: &mut File, start: &mut Vec<u8>) -> io::Result<Line> {
    loop {
        let text = start.trim_ascii_start();
        let end = memchr::memchr(b'\n', text);
        let line = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        let is_record = is_record(line);
        match (end, is_record) {
            (_, true) => return Ok(Line::Record),
            (Some(_), false) => return Ok(Line::Part),
            (None, false) => {}
        }
        if start.len() > limits::MESSAGE_BYTES {
            return Ok(Line::Part);
        }
        let more = Read::by_ref(file).take(start.len() as u64).read_to_end(start)?;
        if more == 0 {
            return Ok(Line::Unfinished);
        }
    }
}

/// Whether these bytes are whole JSON records and nothing else.
fn is_record(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(detect::bom_length(bytes)..).unwrap_or_default().trim_ascii();
    let mut records = Records::new(Window::new(rest), Framing::Json, limits::MESSAGE_BYTES);
    let mut any = false;
    loop {
        match records.next_piece() {
            // A record whose end is missing is put together with the end that it should have.
            Ok(Some(Piece::Record(_, record))) => match rest.strip_prefix(record) {
                Some(more) => (rest, any) = (more.trim_ascii_start(), true),
                None => return false,
            },
            Ok(None) => return any && rest.is_empty(),
            _ => return false,
        }
    }
}

/// How many of these bytes are whole records.
fn whole(framing: Framing, bytes: &[u8]) -> usize {
    match framing {
        Framing::Json => {
            let lines = memchr::memrchr(b'\n', bytes).map_or(0, |n| n + 1);
            // The last line of a file may have no end, and yet be whole.
            let rest = bytes.get(lines..).unwrap_or_default();
            if is_record(rest) { bytes.len() } else { lines }
        }
        Framing::BigEndianLengths => whole_lengths(bytes, detect::big_endian_length),
        Framing::VarintLengths => whole_lengths(bytes, detect::varint_length),
        Framing::Bare | Framing::Case => 0,
    }
}

fn whole_lengths(bytes: &[u8], length: fn(&[u8]) -> Option<(u64, usize)>) -> usize {
    let mut at = 0;
    while let Some((length, prefix)) = bytes.get(at..).and_then(length) {
        if length > limits::MESSAGE_BYTES as u64 {
            // The reader of records says what is wrong.
            return bytes.len();
        }
        let end = at + prefix + length as usize;
        if end > bytes.len() {
            break;
        }
        at = end;
    }
    at
}

fn is_same_head(path: &Path, head: &[u8]) -> bool {
    let mut start = vec![0; head.len()];
    let read = File::open(path).and_then(|mut f| f.read_exact(&mut start));
    read.is_ok() && start == head
}

/// Opens the file where it is not, and reads what is new.
fn read_on(
    path: &Path,
    reading: &mut Reading,
    now: Found,
    source: SourceId,
    cancel: &AtomicBool,
    send: &mut dyn FnMut(Arrival) -> bool,
) -> Result<bool, Sentence> {
    let is_first = reading.place.offset == 0;
    let Some(mut file) = reading.file.take().or_else(|| File::open(path).ok()) else {
        // It is gone again: the next look tells.
        return Ok(false);
    };
    reading.found = now;
    let grew = read_whole(&mut file, reading, source, cancel, send)?;
    if let Some(text) = reading.report.take_loss() {
        send(Arrival::Note(source, SourceNote { text, is_loss: true }));
    }
    // Folders of files that nobody writes to any more must not use up what may be open.
    reading.file = (grew && !is_first).then_some(file);
    Ok(grew)
}

/// Reads all whole records from where the reading stands.
fn read_whole(
    file: &mut File,
    reading: &mut Reading,
    source: SourceId,
    cancel: &AtomicBool,
    send: &mut dyn FnMut(Arrival) -> bool,
) -> Result<bool, Sentence> {
    let name = reading.report.name().clone();
    let fails =
        |e: io::Error| say(|t| t.reading.cannot_be_read).with("name", &name).with("why", e.to_string());
    file.seek(SeekFrom::Start(reading.place.offset)).map_err(fails)?;
    let (mut bytes, mut grew) = (Vec::new(), false);
    while !cancel.load(Ordering::Relaxed) {
        let wanted = STRETCH.max(bytes.len());
        let read = Read::by_ref(file).take(wanted as u64).read_to_end(&mut bytes).map_err(fails)?;
        let mut length = whole(reading.framing, &bytes);
        if length == 0 && bytes.len() > limits::MESSAGE_BYTES {
            // Longer than a record may be: the reader of records passes it over and says so.
            length = bytes.len();
        }
        if length > 0 {
            grew = true;
            if reading.head.is_empty() {
                reading.head = bytes.get(..length.min(HEAD)).unwrap_or_default().to_vec();
            }
            let stretch = bytes.get(..length).unwrap_or_default();
            decode(stretch, reading, source, cancel, send)?;
            bytes.drain(..length);
        }
        if read == 0 || (length == 0 && read < wanted) {
            break;
        }
    }
    Ok(grew)
}

/// Decodes and sends whole records.
fn decode(
    stretch: &[u8],
    reading: &mut Reading,
    source: SourceId,
    cancel: &AtomicBool,
    send: &mut dyn FnMut(Arrival) -> bool,
) -> Result<(), Sentence> {
    let (from, to) = (reading.place.offset, reading.place.offset + stretch.len() as u64);
    let report = reading.report.clone();
    let mut records =
        Records::new(Window::at(stretch, reading.place), reading.framing, limits::MESSAGE_BYTES);
    let mut run = Run {
        source,
        send,
        decoded: Decoded::default(),
        decoder: TraceDecoder::default(),
        report,
        total: Some(reading.found.length.max(to)),
        done: Rc::new(Cell::new(to)),
        done_delivered: from,
        done_reported: from,
        is_stopped: false,
    };
    let result = run.all(&mut records, cancel);
    run.deliver();
    run.progress();
    let is_stopped = run.is_stopped;
    reading.report = run.report;
    reading.place.offset = to;
    reading.place.line += memchr::memchr_iter(b'\n', stretch).count() as u64;
    if is_stopped {
        return Err(say(|t| t.reading.followed_no_more).with("name", reading.report.name()));
    }
    result
}

#[cfg(test)]
#[path = "tail_tests.rs"]
mod tests;
