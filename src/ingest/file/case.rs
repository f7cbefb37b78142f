//! Case files: the line that they begin with, and what they keep beside spans.
use std::io::Read;
use std::sync::atomic::AtomicBool;

use super::super::detect::{self, Framing};
use super::super::framing::{Piece, Records, Window};
use super::super::limits;
use super::{Input, LOOK_BYTES, open};
use crate::model::case_file::{MAGIC, VERSION};
use crate::texts::{Sentence, say};

/// Bytes of the first line, at most.
const LINE: usize = 32;

/// Takes the first line off; the error lacks the file's `name`.
pub(super) fn take_line<R: Read>(window: &mut Window<R>) -> Result<(), Sentence> {
    let start = window.available();
    let rest = start.get(MAGIC.len()..start.len().min(LINE)).unwrap_or_default();
    let Some(end) = rest.iter().position(|b| *b == b'\n') else {
        return Err(say(|t| t.reading.case_cut_off));
    };
    let digits = std::str::from_utf8(rest.get(..end).unwrap_or_default()).unwrap_or_default();
    match digits.parse::<u32>() {
        Ok(VERSION) => {
            window.consume(MAGIC.len() + end + 1);
            Ok(())
        }
        Ok(other) => {
            let own = VERSION.to_string();
            Err(say(|t| t.reading.case_of_other_version).with("version", other.to_string()).with("own", own))
        }
        Err(_) => Err(say(|t| t.reading.case_without_version)),
    }
}

/// What a case file keeps beside its spans, as JSON; `None` where the input is no case file, or cannot be read:
/// then reading its spans tells why.
pub fn case_state(input: &Input) -> Option<Vec<u8>> {
    // Standard input can be read only once, and the spans need it.
    let Input::Path(_) = input else { return None };
    let cancel = AtomicBool::new(false);
    let opened = open::open(input, &cancel).ok()?;
    let mut window = Window::new(opened.unpacked);
    window.fill_to(LOOK_BYTES);
    if detect::framing(window.available()) != Some(Framing::Case) {
        return None;
    }
    take_line(&mut window).ok()?;
    let mut records = Records::new(window, Framing::Case, limits::MESSAGE_BYTES);
    match records.next_piece() {
        Ok(Some(Piece::Record(_, bytes))) if bytes.first() == Some(&b'{') => Some(bytes.to_vec()),
        _ => None,
    }
}
