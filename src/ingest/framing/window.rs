//! A stream seen through a window that grows only as bytes arrive and forgets what has been consumed.
use std::io::{ErrorKind, Read};

/// Bytes asked of the source at a time.
const CHUNK: usize = 256 * 1024;

/// Where something lies in the unpacked stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Bytes before it.
    pub offset: u64,
    /// Its line, from 1.
    pub line: u64,
}

/// How the stream came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// As it should.
    Clean,
    /// The packing (gzip, zstd) says that there should be more.
    CutOff,
    /// The packing is damaged, or the disk could not be read: what was said.
    Damaged(String),
}

/// The stream and what of it is in memory.
#[derive(Debug)]
pub struct Window<R> {
    source: R,
    /// Room for bytes, of which those in `start..filled` are in the window.
    bytes: Vec<u8>,
    start: usize,
    filled: usize,
    place: Place,
    end: Option<End>,
}

impl<R: Read> Window<R> {
    /// A window at the start of the source.
    pub fn new(source: R) -> Self {
        Self::at(source, Place { offset: 0, line: 1 })
    }

    /// A window over a source that begins at this place of a larger stream.
    pub fn at(source: R, place: Place) -> Self {
        Self { source, bytes: Vec::new(), start: 0, filled: 0, place, end: None }
    }

    /// Where the window begins.
    pub fn place(&self) -> Place {
        self.place
    }

    /// How the stream ended, once it has.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// The bytes in memory that have not been consumed.
    pub fn available(&self) -> &[u8] {
        self.bytes.get(self.start..self.filled).unwrap_or_default()
    }

    /// Reads more; false at the end of the stream. What is available stays at the front of what then is.
    pub fn fill(&mut self) -> bool {
        if self.end.is_some() {
            return false;
        }
        if self.start > self.filled / 2 {
            self.bytes.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
        }
        if self.bytes.len() < self.filled + CHUNK / 2 {
            self.bytes.resize(self.filled + CHUNK, 0);
        }
        // The room may be as large as a record; a read is not, so that progress can be told between reads.
        let end = self.bytes.len().min(self.filled + CHUNK);
        let result = loop {
            match self.source.read(self.bytes.get_mut(self.filled..end).unwrap_or_default()) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.filled += result.as_ref().map_or(0, |n| *n);
        match result {
            Ok(0) => self.end = Some(End::Clean),
            Ok(_) => {}
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => self.end = Some(End::CutOff),
            Err(e) => self.end = Some(End::Damaged(e.to_string())),
        }
        self.end.is_none()
    }

    /// Reads until this many bytes are available; false if the stream ends before.
    pub fn fill_to(&mut self, bytes: usize) -> bool {
        while self.available().len() < bytes {
            if !self.fill() {
                return false;
            }
        }
        true
    }

    /// The next byte, if there is one.
    pub fn peek(&mut self) -> Option<u8> {
        self.fill_to(1);
        self.available().first().copied()
    }

    /// Moves the front of the window on.
    pub fn consume(&mut self, bytes: usize) {
        let passed = self.available().get(..bytes).unwrap_or(self.available());
        let (lines, bytes) = (memchr::memchr_iter(b'\n', passed).count(), passed.len());
        self.place.line += lines as u64;
        self.place.offset += bytes as u64;
        self.start += bytes;
    }

    /// Consumes all that is available.
    pub fn consume_all(&mut self) {
        self.consume(self.available().len());
    }

    /// Consumes what is left of the line, without the line break.
    pub fn skip_line(&mut self) {
        loop {
            match memchr::memchr(b'\n', self.available()) {
                Some(n) => return self.consume(n),
                None => self.consume_all(),
            }
            if !self.fill() {
                return;
            }
        }
    }

    /// Consumes bytes for as long as they are of this kind.
    pub fn skip_while(&mut self, is_skipped: impl Fn(u8) -> bool) {
        loop {
            match self.available().iter().position(|&b| !is_skipped(b)) {
                Some(n) => return self.consume(n),
                None => self.consume_all(),
            }
            if !self.fill() {
                return;
            }
        }
    }
}
