//! Reads trace files and standard input: finds out what they are, unpacks, frames and decodes them.
mod case;
mod expand;
mod follow;
#[cfg(test)]
mod json_tests;
mod open;
mod report;
mod tail;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::io::Read;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use self::open::Opened;
use self::report::Report;
use super::detect::{self, Framing};
use super::framing::{End, Piece, Records, Window};
use super::json::{self, Format};
use super::otlp_protobuf::{Signal, TraceDecoder, count_logs, decode_metrics, signal};
use super::{DecodeError, Decoded, limits};
use crate::model::{Arrival, STANDARD_INPUT, SourceId, SourceKind, SourceNote};
use crate::texts::{Sentence, say};
pub use case::case_state;
pub use expand::{ExpandError, FOLDER_FILES, expand, expand_present};
pub use follow::{Follow, Follower};

/// Where a file's bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

impl Input {
    /// Its name.
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Stdin => STANDARD_INPUT.to_owned(),
        }
    }

    /// Its name within a sentence.
    pub fn title(&self) -> Sentence {
        match self {
            Self::Path(_) => self.name().into(),
            Self::Stdin => say(|t| t.reading.standard_input),
        }
    }
}

/// Spans and measurements in a delivery before it is sent.
const DELIVERY_SPANS: usize = 8_192;
/// Unpacked bytes behind a delivery before it is sent, however few spans they held.
const DELIVERY_BYTES: u64 = 16 * 1024 * 1024;
/// Bytes of the file between two reports of progress.
const PROGRESS_BYTES: u64 = 1024 * 1024;
/// Bytes looked at to tell what a file is.
const LOOK_BYTES: usize = 64 * 1024;

/// Reads one input to its end and sends what it holds; stops when `cancel` is set or `send` returns false.
///
/// The first arrival is `Opened`, the last `Closed` with the sentence that says why the input could not be
/// read (what was read before stands). What is wrong with parts of it comes as notes.
pub fn read(input: &Input, source: SourceId, cancel: &AtomicBool, send: &mut dyn FnMut(Arrival) -> bool) {
    if !send(Arrival::Opened(source, SourceKind::File, input.name())) {
        return;
    }
    let result = match open::open(input, cancel) {
        Ok(opened) => read_opened(opened, source, cancel, send),
        Err(sentence) => Err(sentence),
    };
    if !cancel.load(Ordering::Relaxed) || result.is_err() {
        send(Arrival::Closed(source, result));
    } else {
        send(Arrival::Closed(source, Err(say(|t| t.reading.was_stopped).with("name", input.title()))));
    }
}

fn read_opened(
    opened: Opened<'_>,
    source: SourceId,
    cancel: &AtomicBool,
    send: &mut dyn FnMut(Arrival) -> bool,
) -> Result<(), Sentence> {
    let Opened { name, total, done, unpacked } = opened;
    let mut window = Window::new(unpacked);
    window.fill_to(LOOK_BYTES);
    let Some(framing) = detect::framing(window.available()) else {
        return Err(report::not_a_trace_file(&name, &window));
    };
    if framing == Framing::Case {
        case::take_line(&mut window).map_err(|why| why.with("name", &name))?;
    }
    let mut run = Run {
        source,
        send,
        decoded: Decoded::default(),
        decoder: TraceDecoder::default(),
        report: Report::new(name, framing),
        total,
        done,
        done_delivered: 0,
        done_reported: 0,
        is_stopped: false,
    };
    let mut records = Records::new(window, framing, limits::MESSAGE_BYTES);
    let result = run.all(&mut records, cancel);
    run.deliver();
    run.progress();
    let notes = [(run.report.loss(), true), (run.report.emptiness(), false)];
    for (text, is_loss) in notes.into_iter().filter_map(|(text, is_loss)| text.map(|t| (t, is_loss))) {
        run.is_stopped |= !(run.send)(Arrival::Note(source, SourceNote { text, is_loss }));
    }
    result.and_then(|()| run.report.result())
}

/// The reading of one input.
struct Run<'a> {
    source: SourceId,
    send: &'a mut dyn FnMut(Arrival) -> bool,
    decoded: Decoded,
    decoder: TraceDecoder,
    report: Report,
    total: Option<u64>,
    /// Bytes of the file read so far; the reader beneath the unpacking counts them.
    done: Rc<Cell<u64>>,
    done_delivered: u64,
    done_reported: u64,
    is_stopped: bool,
}

impl Run<'_> {
    fn all<R: Read>(&mut self, records: &mut Records<R>, cancel: &AtomicBool) -> Result<(), Sentence> {
        let mut delivered_at = 0;
        while !self.is_stopped && !cancel.load(Ordering::Relaxed) {
            match records.next_piece() {
                Ok(Some(piece)) => self.piece(piece),
                Ok(None) => break,
                Err(error) => return Err(self.report.frame_error(&error)),
            }
            let is_large = records.offset() - delivered_at >= DELIVERY_BYTES;
            if self.decoded.items() >= DELIVERY_SPANS || is_large {
                delivered_at = records.offset();
                self.deliver();
            }
            if self.done.get() - self.done_reported >= PROGRESS_BYTES {
                self.progress();
            }
        }
        if cancel.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.report.stream_end(records.offset());
        match records.end() {
            End::Clean => Ok(()),
            End::CutOff => {
                self.report.packing_cut_off(records.offset());
                Ok(())
            }
            End::Damaged(what) => Err(self.report.damaged(records.offset(), &what)),
        }
    }

    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Record(place, bytes) => match self.record(bytes) {
                Ok(()) => self.report.good += 1,
                Err(error) => self.report.bad_record(place, &error),
            },
            Piece::Bad(place, flaw) => self.report.passed_over(place, flaw),
            Piece::CutOff(place) => self.report.cut_off(place, 1),
            Piece::Part(place, bytes) => {
                let before = self.decoded.spans();
                // That it is cut is known; the spans before the cut are what is wanted.
                let _ = self.decoder.decode(bytes, &mut self.decoded);
                self.report.good += u64::from(self.decoded.spans() > before);
                self.report.cut_off(place, 0);
            }
        }
    }

    fn record(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if self.report.framing == Framing::BigEndianLengths && detect::is_zstd(bytes) {
            return self.payload(&open::unpack_record(bytes)?);
        }
        if self.report.framing == Framing::Case && bytes.first() == Some(&b'{') {
            // What it keeps beside spans is for the window: see `case_state`.
            return Ok(());
        }
        self.payload(bytes)
    }

    fn payload(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if self.report.framing == Framing::Json || bytes.first() == Some(&b'{') {
            let format = json::decode_document(bytes, &mut self.decoded)?;
            self.report.holds_other_signals |= matches!(format, Format::OtlpMetrics | Format::OtlpLogs);
            return Ok(());
        }
        match signal(bytes) {
            Signal::Traces => return self.decoder.decode(bytes, &mut self.decoded),
            Signal::Metrics => decode_metrics(bytes, &mut self.decoded)?,
            Signal::Logs => self.decoded.rejects.logs += count_logs(bytes),
        }
        self.report.holds_other_signals = true;
        Ok(())
    }

    /// Sends what is decoded; nothing is sent where there is nothing to say.
    fn deliver(&mut self) {
        self.report.spans += self.decoded.spans() as u64 + self.decoded.rejects.total_spans();
        if self.decoded.items() == 0 && self.decoded.rejects == Default::default() {
            return;
        }
        let bytes = self.done.get() - std::mem::replace(&mut self.done_delivered, self.done.get());
        let delivery = self.decoder.deliver(&mut self.decoded, bytes);
        self.is_stopped |= !(self.send)(Arrival::Spans(self.source, delivery));
    }

    fn progress(&mut self) {
        if self.done_reported != self.done.get() && !self.is_stopped {
            self.done_reported = self.done.get();
            let arrival = Arrival::Progress(self.source, self.done_reported, self.total);
            self.is_stopped |= !(self.send)(arrival);
        }
    }
}
