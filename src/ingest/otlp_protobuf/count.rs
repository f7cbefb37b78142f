//! What a request holds, without decoding it: its signal, and how many data points or records.
use super::wire::{Broken, What, Wire};

/// Records in the bytes of an `ExportLogsServiceRequest`; what is readable of it, if it is broken.
pub fn count_logs(bytes: &[u8]) -> u64 {
    count(bytes, &[&[1], &[2], &[2]])
}

fn count(bytes: &[u8], path: &[&[u32]]) -> u64 {
    let mut n = 0;
    // Broken bytes end the count; what was counted before stands.
    let _ = count_in(Wire::new(bytes), path, &mut n);
    n
}

/// `path`: at each level, the fields to follow (all are messages); the fields of the last level are counted.
fn count_in(mut wire: Wire<'_>, path: &[&[u32]], n: &mut u64) -> Result<(), Broken> {
    let Some((fields, deeper)) = path.split_first() else { return Ok(()) };
    while let Some(tag) = wire.tag()? {
        if tag & 7 != 2 || !fields.contains(&(tag >> 3)) {
            wire.skip(tag)?;
        } else if deeper.is_empty() {
            wire.bytes()?;
            *n += 1;
        } else {
            count_in(wire.message()?, deeper, n)?;
        }
    }
    Ok(())
}

/// What a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Spans, or nothing that tells otherwise.
    Traces,
    /// Metrics.
    Metrics,
    /// Logs.
    Logs,
}

/// Which signal a request carries, told by the first span, metric or record in it: the way there is the same.
pub fn signal(bytes: &[u8]) -> Signal {
    first_item(bytes).and_then(|item| signal_of_item(item).ok()).unwrap_or(Signal::Traces)
}

fn first_item(bytes: &[u8]) -> Option<Wire<'_>> {
    let mut resources = Wire::new(bytes);
    while let Some(resource) = next_message(&mut resources, 0x0a) {
        let mut scopes = resource;
        while let Some(scope) = next_message(&mut scopes, 0x12) {
            let mut items = scope;
            if let Some(item) = next_message(&mut items, 0x12) {
                return Some(item);
            }
        }
    }
    None
}

fn next_message<'a>(wire: &mut Wire<'a>, wanted: u32) -> Option<Wire<'a>> {
    while let Some(tag) = wire.tag().ok()? {
        if tag == wanted {
            return wire.message_or_part().ok().map(|(message, _)| message);
        }
        wire.skip(tag).ok()?;
    }
    None
}

fn signal_of_item(mut item: Wire<'_>) -> Result<Signal, Broken> {
    let (mut id_lengths, mut has_time, mut has_data) = ((0, 0), false, false);
    while let Some(tag) = item.tag()? {
        match tag {
            // Only a log record has a fixed number in field 1 or 11.
            0x09 | 0x59 => return Ok(Signal::Logs),
            0x0a => id_lengths.0 = item.bytes()?.len(),
            0x12 => id_lengths.1 = item.bytes()?.len(),
            _ => {
                has_time |= matches!(tag, 0x39 | 0x41);
                has_data |= matches!(tag, 0x2a | 0x3a | 0x4a | 0x52 | 0x5a);
                item.skip(tag)?;
            }
        }
    }
    // Where a metric has its name and description, a span has its ids; a metric has no time of its own.
    let is_span = has_time || id_lengths == (16, 8);
    Ok(if has_data && !is_span { Signal::Metrics } else { Signal::Traces })
}

/// Whether bytes have the structure of a request of any signal; `is_cut` says that their end may be missing.
///
/// Strict about the first resource, so that text and other files do not pass.
pub fn looks_like_request(start: &[u8], is_cut: bool) -> bool {
    let mut resources = 0;
    let begins_well = start.first().is_none_or(|b| *b == 0x0a);
    begins_well
        && has_only(Wire::new(start), &[0x0a], is_cut, |_, resource, is_cut| {
            resources += 1;
            // Unknown fields further on are no reason to refuse a file.
            resources > 1
                || has_only(resource, &[0x0a, 0x12, 0x1a, 0x1f42], is_cut, |tag, part, is_cut| match tag {
                    0x0a => has_only(part, &[0x0a, 0x10, 0x1a], is_cut, |_, _, _| true),
                    0x12 => has_only(part, &[0x0a, 0x12, 0x1a], is_cut, |_, _, _| true),
                    _ => true,
                })
        })
}

/// Whether a message has only fields with these tags, and the messages in it pass the check.
fn has_only(
    mut wire: Wire<'_>,
    tags: &[u32],
    may_be_cut: bool,
    mut is_fine: impl FnMut(u32, Wire<'_>, bool) -> bool,
) -> bool {
    let mut walk = || {
        while let Some(tag) = wire.tag()? {
            if !tags.contains(&tag) {
                return Ok(false);
            } else if tag & 7 != 2 {
                wire.skip(tag)?;
            } else {
                let (part, complaint) = wire.message_or_part()?;
                let is_cut = complaint.is_some();
                if is_cut && !may_be_cut || !is_fine(tag, part, is_cut) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    };
    walk().unwrap_or_else(|broken: Broken| may_be_cut && broken.what == What::CutOff)
}
