//! Follows a file of JSON Lines that another program writes to: each call reads what was added.
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::super::detect::{Packing, is_json, packing};
use super::super::{Decoded, json, limits};
use super::DELIVERY_SPANS;
use crate::model::{Arrival, SourceId, SourceKind, SourceNote};

const BUFFER: usize = 256 * 1024;

/// A file and how far it is read.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    source: SourceId,
    offset: u64,
    is_open: bool,
    /// A line of which the end is not there yet.
    line: Vec<u8>,
    /// The line became too long and its rest is passed over.
    is_skipping: bool,
    bad: u64,
    decoded: Decoded,
}

impl Follower {
    /// Before the first byte.
    pub fn new(path: PathBuf, source: SourceId) -> Self {
        Self {
            path,
            source,
            offset: 0,
            is_open: false,
            line: Vec::new(),
            is_skipping: false,
            bad: 0,
            decoded: Decoded::default(),
        }
    }

    /// Reads what was added since the last call and sends what is complete of it; a file that became shorter is
    /// read anew. `Err` says why it cannot be followed; `Ok(false)` that nobody listens any more.
    pub fn poll(&mut self, send: &mut dyn FnMut(Arrival) -> bool) -> Result<bool, String> {
        let name = self.path.display().to_string();
        let failed = |e: std::io::Error| format!("{name} cannot be read: {e}");
        let mut file = File::open(&self.path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        if !self.is_open {
            self.is_open = true;
            if !send(Arrival::Opened(self.source, SourceKind::File, name.clone())) {
                return Ok(false);
            }
        }
        if length < self.offset {
            (self.offset, self.is_skipping) = (0, false);
            self.line.clear();
        }
        file.seek(SeekFrom::Start(self.offset)).map_err(failed)?;
        let mut buffer = vec![0; BUFFER];
        loop {
            let n = file.read(&mut buffer).map_err(failed)?;
            let Some(added) = buffer.get(..n).filter(|b| !b.is_empty()) else { break };
            if self.offset == 0 && (packing(added) != Packing::Plain || !is_json(added)) {
                return Err(format!("{name} is not a file of plain JSON lines: only those can be followed"));
            }
            self.offset += n as u64;
            self.take(added);
            if self.decoded.items() >= DELIVERY_SPANS && !self.deliver(send) {
                return Ok(false);
            }
        }
        Ok(self.deliver(send))
    }

    fn take(&mut self, mut bytes: &[u8]) {
        while let Some(n) = memchr::memchr(b'\n', bytes) {
            self.keep(&bytes[..n]);
            bytes = &bytes[n + 1..];
            let line = std::mem::take(&mut self.line);
            if std::mem::take(&mut self.is_skipping) {
                self.bad += 1;
            } else if !line.trim_ascii().is_empty()
                && json::decode_document(&line, &mut self.decoded).is_err()
            {
                self.bad += 1;
            }
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.line.len() + bytes.len() > limits::MESSAGE_BYTES {
            self.is_skipping = true;
            self.line = Vec::new();
        }
        if !self.is_skipping {
            self.line.extend_from_slice(bytes);
        }
    }

    fn deliver(&mut self, send: &mut dyn FnMut(Arrival) -> bool) -> bool {
        if self.bad > 0 {
            let text =
                format!("{} has {} bad lines, before byte {}", self.path.display(), self.bad, self.offset);
            self.bad = 0;
            if !send(Arrival::Note(self.source, SourceNote { text, is_loss: true })) {
                return false;
            }
        }
        if self.decoded.items() == 0 && self.decoded.rejects == Default::default() {
            return true;
        }
        send(Arrival::Spans(self.source, self.decoded.deliver(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const LINE: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001"}]}]}]}"#;

    fn poll(follower: &mut Follower) -> (usize, usize) {
        let (mut spans, mut notes) = (0, 0);
        let went_on = follower.poll(&mut |a| {
            match a {
                Arrival::Spans(_, d) => spans += d.batch.spans.len(),
                Arrival::Note(..) => notes += 1,
                _ => {}
            }
            true
        });
        assert_eq!(went_on, Ok(true));
        (spans, notes)
    }

    #[test]
    fn only_whole_lines_are_taken_and_a_new_file_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        let mut file = File::create(&path).unwrap();
        let mut follower = Follower::new(path.clone(), SourceId(1));
        assert_eq!(poll(&mut follower), (0, 0));
        write!(file, "{LINE}\n{}", &LINE[..50]).unwrap();
        assert_eq!(poll(&mut follower), (1, 0));
        assert_eq!(poll(&mut follower), (0, 0));
        write!(file, "{}\nnonsense\n{LINE}\n", &LINE[50..]).unwrap();
        assert_eq!(poll(&mut follower), (2, 1));
        std::fs::write(&path, format!("{LINE}\n")).unwrap();
        assert_eq!(poll(&mut follower), (1, 0));
    }

    #[test]
    fn what_is_packed_cannot_be_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, [0x1f, 0x8b, 8, 0]).unwrap();
        let error = Follower::new(path, SourceId(1)).poll(&mut |_| true).unwrap_err();
        assert!(error.ends_with("only those can be followed"), "{error}");
    }
}
