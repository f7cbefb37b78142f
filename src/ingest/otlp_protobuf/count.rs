//! How many data points or records a request of another signal holds, without decoding them.
use super::wire::{Broken, Wire};

/// Data points in the bytes of an `ExportMetricsServiceRequest`; what is readable of it, if it is broken.
pub fn count_metrics(bytes: &[u8]) -> u64 {
    count(bytes, &[&[1], &[2], &[2], &[5, 7, 9, 10, 11], &[1]])
}

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
