//! OTLP protobuf metrics to measurements: the metrics that answers need; the points of others are counted.
use super::value::key_value;
use super::wire::{Broken, Wire};
use crate::ingest::metrics::{Form, Head, POINTS, RawPoint, add, sender_attribute};
use crate::ingest::{DecodeError, Decoded, limits};
use crate::model::{Timestamp, Value};

/// Flag of a data point that has no value.
const NO_VALUE: u64 = 1;
/// Temporality of points that count since the point before.
const DELTA: u64 = 1;

/// Where data points keep what all of them have; elsewhere the same tags mean other things (a histogram has
/// its bounds where a summary has its attributes).
#[derive(Clone, Copy)]
struct PointTags {
    attributes: u32,
    flags: u32,
}

const NUMBER: PointTags = PointTags { attributes: 0x3a, flags: 0x40 };
const HISTOGRAM: PointTags = PointTags { attributes: 0x4a, flags: 0x50 };
const EXPONENTIAL: PointTags = PointTags { attributes: 0x0a, flags: 0x50 };
const SUMMARY: PointTags = PointTags { attributes: 0x3a, flags: 0x40 };

/// Decodes an `ExportMetricsServiceRequest` (or `MetricsData`: the same on the wire).
///
/// On an error the points that were complete before it stay in `out`.
pub fn decode_metrics(bytes: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
    let mut wire = Wire::new(bytes);
    while let Some(tag) = wire.tag()? {
        match tag {
            0x0a => resource_metrics(wire.message()?, out)?,
            _ => wire.skip(tag)?,
        }
    }
    Ok(())
}

fn resource_metrics(mut wire: Wire<'_>, out: &mut Decoded) -> Result<(), Broken> {
    let (place, points) = (out.measurements.senders.len(), out.measurements.points.len());
    out.measurements.senders.push(Vec::new());
    let result = resource_fields(&mut wire, place, out);
    if out.measurements.points.len() == points {
        out.measurements.senders.truncate(place);
    }
    result
}

fn resource_fields(wire: &mut Wire<'_>, place: usize, out: &mut Decoded) -> Result<(), Broken> {
    while let Some(tag) = wire.tag()? {
        match tag {
            0x0a => {
                let sender = resource(wire.message()?, out)?;
                if let Some(slot) = out.measurements.senders.get_mut(place) {
                    *slot = sender;
                }
            }
            0x12 => scope_metrics(wire.message()?, place as u32, out)?,
            _ => wire.skip(tag)?,
        }
    }
    Ok(())
}

fn resource(mut wire: Wire<'_>, out: &mut Decoded) -> Result<Vec<(Box<str>, Value)>, Broken> {
    let mut sender = Vec::new();
    while let Some(tag) = wire.tag()? {
        match tag {
            0x0a if sender.len() < limits::ATTRIBUTES => {
                let (key, value) = key_value(wire.message()?, &mut out.rejects)?;
                sender.extend(std::str::from_utf8(key).ok().and_then(|key| sender_attribute(key, value)));
            }
            _ => wire.skip(tag)?,
        }
    }
    Ok(sender)
}

fn scope_metrics(mut wire: Wire<'_>, sender: u32, out: &mut Decoded) -> Result<(), Broken> {
    while let Some(tag) = wire.tag()? {
        match tag {
            0x12 => metric(wire.message()?, sender, out)?,
            _ => wire.skip(tag)?,
        }
    }
    Ok(())
}

/// The name may follow the data, so the data is walked when both are known.
fn metric(mut wire: Wire<'_>, sender: u32, out: &mut Decoded) -> Result<(), Broken> {
    let (mut name, mut unit, mut data) = (&[][..], &[][..], None);
    while let Some(tag) = wire.tag()? {
        match tag {
            0x0a => name = wire.bytes()?,
            0x1a => unit = wire.bytes()?,
            0x2a => data = Some((Form::Gauge, NUMBER, wire.message()?)),
            0x3a => data = Some((Form::Sum, NUMBER, wire.message()?)),
            0x4a => data = Some((Form::Distribution, HISTOGRAM, wire.message()?)),
            0x52 => data = Some((Form::Distribution, EXPONENTIAL, wire.message()?)),
            0x5a => data = Some((Form::Distribution, SUMMARY, wire.message()?)),
            _ => wire.skip(tag)?,
        }
    }
    let Some((form, tags, data)) = data else { return Ok(()) };
    let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
    match Head::new(text(name), text(unit), form) {
        Some(head) => points(data, head, tags, sender, out),
        None => count(data, out),
    }
}

fn count(mut data: Wire<'_>, out: &mut Decoded) -> Result<(), Broken> {
    while let Some(tag) = data.tag()? {
        out.rejects.metrics += u64::from(tag == 0x0a);
        data.skip(tag)?;
    }
    Ok(())
}

fn points(
    mut data: Wire<'_>,
    mut head: Head,
    tags: PointTags,
    sender: u32,
    out: &mut Decoded,
) -> Result<(), Broken> {
    let mut found = Vec::new();
    while let Some(tag) = data.tag()? {
        match tag {
            0x0a if found.len() >= POINTS => {
                data.skip(tag)?;
                out.rejects.unusable_points += 1;
            }
            0x0a => {
                let point = data.message()?;
                found.push(match head.form {
                    Form::Distribution => distribution_point(point, tags, out)?,
                    _ => number_point(point, out)?,
                });
            }
            0x10 => head.is_delta = data.varint()? == DELTA,
            0x18 => head.is_monotonic = data.varint()? != 0,
            _ => data.skip(tag)?,
        }
    }
    add(&head, sender, found.into_iter(), &mut out.measurements, &mut out.rejects);
    Ok(())
}

fn number_point(mut wire: Wire<'_>, out: &mut Decoded) -> Result<RawPoint, Broken> {
    let mut point = RawPoint::default();
    while let Some(tag) = wire.tag()? {
        match tag {
            0x11 => point.start = Timestamp::from_unix_nanos(wire.fixed64()?),
            0x19 => point.time = Timestamp::from_unix_nanos(wire.fixed64()?),
            0x21 => point.value = Some(f64::from_bits(wire.fixed64()?)),
            0x31 => point.value = Some(wire.fixed64()?.cast_signed() as f64),
            0x3a => attribute(wire.message()?, &mut point, out)?,
            0x40 => point.is_absent = wire.varint()? & NO_VALUE != 0,
            _ => wire.skip(tag)?,
        }
    }
    Ok(point)
}

fn distribution_point(mut wire: Wire<'_>, tags: PointTags, out: &mut Decoded) -> Result<RawPoint, Broken> {
    let mut point = RawPoint::default();
    while let Some(tag) = wire.tag()? {
        match tag {
            0x11 => point.start = Timestamp::from_unix_nanos(wire.fixed64()?),
            0x19 => point.time = Timestamp::from_unix_nanos(wire.fixed64()?),
            0x21 => point.count = Some(wire.fixed64()?),
            0x29 => point.value = Some(f64::from_bits(wire.fixed64()?)),
            tag if tag == tags.flags => point.is_absent = wire.varint()? & NO_VALUE != 0,
            tag if tag == tags.attributes => attribute(wire.message()?, &mut point, out)?,
            _ => wire.skip(tag)?,
        }
    }
    Ok(point)
}

fn attribute(wire: Wire<'_>, point: &mut RawPoint, out: &mut Decoded) -> Result<(), Broken> {
    let (key, value) = key_value(wire, &mut out.rejects)?;
    point.attribute(std::str::from_utf8(key).unwrap_or_default(), &value);
    Ok(())
}
