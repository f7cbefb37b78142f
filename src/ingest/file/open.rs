//! Opens a file, counts what is read of it, and takes off one layer of packing.
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::detect::{Packing, packing};
use super::super::{DecodeError, limits};
use super::Input;
use crate::texts::{Sentence, say};

const BUFFER: usize = 256 * 1024;
/// The largest zstd window that is unpacked, as a power of two: 128 MiB, what `zstd --ultra` makes.
const ZSTD_WINDOW_LOG: u32 = 27;

/// An input ready to be read.
pub(super) struct Opened<'a> {
    pub name: Sentence,
    /// Bytes of the file, where that is known.
    pub total: Option<u64>,
    /// Bytes of the file read so far.
    pub done: Rc<Cell<u64>>,
    /// Its content without the packing.
    pub unpacked: Box<dyn Read + 'a>,
}

/// Counts the bytes that pass, and ends in an error when the user says stop.
struct Counted<'a, R> {
    inner: R,
    done: Rc<Cell<u64>>,
    cancel: &'a AtomicBool,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(io::Error::other("stopped"));
        }
        let n = self.inner.read(buffer)?;
        self.done.set(self.done.get() + n as u64);
        Ok(n)
    }
}

/// Opens an input; the error says why not.
pub(super) fn open<'a>(input: &Input, cancel: &'a AtomicBool) -> Result<Opened<'a>, Sentence> {
    let name = input.title();
    let done = Rc::new(Cell::new(0));
    let (inner, total): (Box<dyn Read>, _) = match input {
        Input::Stdin => (Box::new(io::stdin().lock()), None),
        Input::Path(path) => {
            let (file, length) = open_file(path, &name)?;
            (Box::new(file), Some(length))
        }
    };
    let counted = Counted { inner, done: done.clone(), cancel };
    let unpacked = unpack(BufReader::with_capacity(BUFFER, counted))
        .map_err(|e| say(|t| t.reading.cannot_be_read).with("name", &name).with("why", reason(&e)))?;
    Ok(Opened { name, total, done, unpacked })
}

fn open_file(path: &Path, name: &Sentence) -> Result<(File, u64), Sentence> {
    let fails = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => say(|t| t.reading.does_not_exist).with("name", name),
        _ => say(|t| t.reading.cannot_be_opened).with("name", name).with("why", reason(&e)),
    };
    // Asked before opening too, since opening a pipe waits for whoever writes to it.
    check_kind(&std::fs::metadata(path).map_err(fails)?, name)?;
    let file = File::open(path).map_err(fails)?;
    let metadata = file.metadata().map_err(fails)?;
    check_kind(&metadata, name)?;
    Ok((file, metadata.len()))
}

fn check_kind(metadata: &std::fs::Metadata, name: &Sentence) -> Result<(), Sentence> {
    if metadata.is_dir() {
        Err(say(|t| t.reading.is_a_folder).with("name", name))
    } else if !metadata.is_file() {
        Err(say(|t| t.reading.is_a_device).with("name", name))
    } else {
        Ok(())
    }
}

fn reason(error: &io::Error) -> Sentence {
    match error.kind() {
        io::ErrorKind::PermissionDenied => say(|t| t.reading.permission_denied),
        _ => error.to_string().into(),
    }
}

fn unpack<'a, R: Read + 'a>(mut packed: BufReader<R>) -> io::Result<Box<dyn Read + 'a>> {
    // A pipe may hand over its first bytes one by one.
    let mut start = Vec::new();
    while start.len() < 4 {
        let more = packed.fill_buf()?;
        if more.is_empty() {
            break;
        }
        let n = more.len().min(4 - start.len());
        start.extend_from_slice(more.get(..n).unwrap_or_default());
        packed.consume(n);
    }
    let kind = packing(&start);
    let packed = BufReader::with_capacity(BUFFER, Cursor::new(start).chain(packed));
    Ok(match kind {
        Packing::Plain => Box::new(packed),
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
        Packing::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
    })
}

/// Unpacks one record that is a zstd frame, if it is within the limit of a message.
pub(super) fn unpack_record(frame: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let fails = |e: io::Error| {
        let message = say(|t| t.decoding.zstd_frame_damaged).with("error", e.to_string());
        DecodeError { offset: 0, message }
    };
    let mut decoder = zstd::stream::read::Decoder::with_buffer(frame).map_err(fails)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(fails)?;
    let mut record = Vec::new();
    decoder.take(limits::MESSAGE_BYTES as u64 + 1).read_to_end(&mut record).map_err(fails)?;
    if record.len() > limits::MESSAGE_BYTES {
        let message = say(|t| t.decoding.unpacks_to_too_much);
        return Err(DecodeError { offset: 0, message });
    }
    Ok(record)
}
