//! OTLP JSON metrics to measurements: the metrics that answers need; the points of others are counted.
use super::reader::{Reader, Scalar};
use super::value::{count, key_value, nanos, whole};
use crate::ingest::metrics::{Form, Head, POINTS, RawPoint, add, sender_attribute};
use crate::ingest::{DecodeError, Decoded, limits};
use crate::model::Value;

type Read<T> = Result<T, DecodeError>;

/// Reads the list of `resourceMetrics`, or a single one.
pub(super) fn resource_metrics(r: &mut Reader, out: &mut Decoded) -> Read<()> {
    each(r, &mut |r| {
        let (place, points) = (out.measurements.senders.len(), out.measurements.points.len());
        out.measurements.senders.push(Vec::new());
        let result = resource_fields(r, place, out);
        if out.measurements.points.len() == points {
            out.measurements.senders.truncate(place);
        }
        result
    })
}

/// Each object of a list, or the only one; what is no object is passed over.
fn each(r: &mut Reader, take: &mut dyn FnMut(&mut Reader) -> Read<()>) -> Read<()> {
    if r.peek() == b'{' {
        return take(r);
    }
    let mut list = r.list()?;
    while r.item(&mut list)? {
        if r.peek() == b'{' {
            take(r)?;
        } else {
            r.skip()?;
        }
    }
    Ok(())
}

fn resource_fields(r: &mut Reader, place: usize, out: &mut Decoded) -> Read<()> {
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        match &*key {
            b"resource" => {
                let sender = resource(r, out)?;
                if let Some(slot) = out.measurements.senders.get_mut(place) {
                    *slot = sender;
                }
            }
            b"scopeMetrics" | b"scope_metrics" | b"instrumentationLibraryMetrics" => {
                each(r, &mut |r| scope(r, place as u32, out))?;
            }
            _ => r.skip()?,
        }
    }
    Ok(())
}

fn resource(r: &mut Reader, out: &mut Decoded) -> Read<Vec<(Box<str>, Value)>> {
    let mut sender = Vec::new();
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        if &*key != b"attributes" {
            r.skip()?;
            continue;
        }
        each(r, &mut |r| {
            let (key, value) = key_value(r, &mut out.rejects)?;
            if sender.len() < limits::ATTRIBUTES {
                sender.extend(sender_attribute(&key, value));
            }
            Ok(())
        })?;
    }
    Ok(sender)
}

fn scope(r: &mut Reader, sender: u32, out: &mut Decoded) -> Read<()> {
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        match &*key {
            b"metrics" => each(r, &mut |r| metric(r, sender, out))?,
            _ => r.skip()?,
        }
    }
    Ok(())
}

/// The name may follow the data, so the data is read when both are known.
fn metric(r: &mut Reader, sender: u32, out: &mut Decoded) -> Read<()> {
    let (mut name, mut unit, mut data) = (String::new(), String::new(), None);
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        let form = match &*key {
            b"name" => {
                name = r.text()?.into_owned();
                continue;
            }
            b"unit" => {
                unit = r.text()?.into_owned();
                continue;
            }
            b"gauge" => Form::Gauge,
            b"sum" => Form::Sum,
            b"histogram" | b"exponentialHistogram" | b"exponential_histogram" | b"summary" => {
                Form::Distribution
            }
            _ => {
                r.skip()?;
                continue;
            }
        };
        if r.peek() == b'{' {
            data = Some((form, r.at()));
        }
        r.skip()?;
    }
    let Some((form, at)) = data else { return Ok(()) };
    let end = r.at();
    r.seek(at);
    match Head::new(&name, &unit, form) {
        Some(head) => points(r, head, sender, out)?,
        None => count_points(r, out)?,
    }
    r.seek(end);
    Ok(())
}

fn count_points(r: &mut Reader, out: &mut Decoded) -> Read<()> {
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        match &*key {
            b"dataPoints" | b"data_points" if r.peek() == b'[' => {
                let mut list = r.list()?;
                while r.item(&mut list)? {
                    r.skip()?;
                    out.rejects.metrics += 1;
                }
            }
            _ => r.skip()?,
        }
    }
    Ok(())
}

fn points(r: &mut Reader, mut head: Head, sender: u32, out: &mut Decoded) -> Read<()> {
    let mut found = Vec::new();
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        match &*key {
            b"dataPoints" | b"data_points" => each(r, &mut |r| {
                if found.len() < POINTS {
                    found.push(point(r, out)?);
                    return Ok(());
                }
                out.rejects.unusable_points += 1;
                r.skip()
            })?,
            b"aggregationTemporality" | b"aggregation_temporality" => {
                head.is_delta = match r.scalar()? {
                    Scalar::Number(n) => n == "1",
                    Scalar::Text(t) => t == "AGGREGATION_TEMPORALITY_DELTA" || t == "1",
                    Scalar::Null | Scalar::Bool(_) => false,
                }
            }
            b"isMonotonic" | b"is_monotonic" => head.is_monotonic = r.scalar()? == Scalar::Bool(true),
            _ => r.skip()?,
        }
    }
    add(&head, sender, found.into_iter(), &mut out.measurements, &mut out.rejects);
    Ok(())
}

fn point(r: &mut Reader, out: &mut Decoded) -> Read<RawPoint> {
    let mut point = RawPoint::default();
    let mut fields = r.object()?;
    while let Some(key) = r.key(&mut fields)? {
        match &*key {
            b"startTimeUnixNano" | b"start_time_unix_nano" => point.start = nanos(r)?.unwrap_or_default(),
            b"timeUnixNano" | b"time_unix_nano" => point.time = nanos(r)?.unwrap_or_default(),
            b"asDouble" | b"as_double" | b"asInt" | b"as_int" | b"sum" => point.value = number(r)?,
            b"count" => {
                point.count = match r.scalar()? {
                    Scalar::Number(text) => whole(text),
                    Scalar::Text(text) => whole(&text),
                    Scalar::Null | Scalar::Bool(_) => None,
                }
            }
            b"flags" => point.is_absent = count(r)? & 1 != 0,
            b"attributes" => each(r, &mut |r| {
                let (key, value) = key_value(r, &mut out.rejects)?;
                point.attribute(&key, &value);
                Ok(())
            })?,
            _ => r.skip()?,
        }
    }
    Ok(point)
}

/// A number as number or text; `None` for anything else.
fn number(r: &mut Reader) -> Read<Option<f64>> {
    Ok(match r.scalar()? {
        Scalar::Number(text) => text.parse().ok(),
        Scalar::Text(text) => text.parse().ok(),
        Scalar::Null | Scalar::Bool(_) => None,
    })
}
