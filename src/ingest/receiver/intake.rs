//! What both protocols share: room for bytes, decoding off the async threads, and the hand-off to the engine.
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use crossbeam_channel::{Sender, TrySendError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use super::inflate::{Compression, inflate};
use super::ports::Port;
use super::refusal::{Kind, Refusal};
use super::{Access, Limits};
use crate::ingest::otlp_protobuf::{self, TraceDecoder};
use crate::ingest::{DecodeError, Decoded, json};
use crate::model::{Arrival, Delivery, Rejects, SourceId, SourceNote};
use crate::texts::{Sentence, say};

/// What sort of telemetry a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    Traces,
    Metrics,
    Logs,
    Profiles,
}

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Protobuf,
    Json,
}

/// One message, read but not yet decoded.
#[derive(Debug)]
pub(super) struct Message {
    pub signal: Signal,
    pub encoding: Encoding,
    pub compression: Compression,
    pub bytes: Bytes,
    pub source: SourceId,
    pub room: Room,
}

/// What became of a message that was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    /// Spans that were refused one by one.
    pub rejected: u64,
    /// Why, or what was cut, in English for the client; empty if nothing is to be said.
    pub message: String,
}

/// A share of the bytes that may be in flight; given back when dropped.
#[derive(Debug)]
pub(super) struct Room {
    all: Arc<Semaphore>,
    held: Vec<OwnedSemaphorePermit>,
    bytes: usize,
    patience: Duration,
}

/// Bytes per permit of the semaphore.
const PERMIT_BYTES: usize = 1024;

impl Room {
    /// Takes room for `n` more bytes; waits for it while patience lasts.
    pub async fn grow(&mut self, n: usize) -> Result<(), Refusal> {
        let before = self.bytes.div_ceil(PERMIT_BYTES);
        self.bytes += n;
        let wanted = self.bytes.div_ceil(PERMIT_BYTES) - before;
        if wanted == 0 {
            return Ok(());
        }
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let began = Instant::now();
        let permit = tokio::time::timeout(self.patience, self.all.clone().acquire_many_owned(wanted)).await;
        self.patience = self.patience.saturating_sub(began.elapsed());
        match permit {
            Ok(Ok(permit)) => {
                match self.held.first_mut() {
                    Some(first) => first.merge(permit),
                    None => self.held.push(permit),
                }
                Ok(())
            }
            _ => Err(Refusal::new(Kind::Overloaded, say(|t| t.receiving.too_many_bytes))),
        }
    }
}

/// Shared by all connections of a receiver.
#[derive(Debug)]
pub(super) struct Intake {
    pub limits: Limits,
    pub access: Access,
    pub first_source: u32,
    pub connections: Arc<Semaphore>,
    pub stop: watch::Receiver<bool>,
    room: Arc<Semaphore>,
    arrivals: Sender<Arrival>,
    told: Mutex<HashSet<Sentence>>,
    decoders: Arc<Decoders>,
}

/// Decoders that wait for their next request; as many as were ever at work at once, but not more than kept.
#[derive(Debug, Default)]
struct Decoders(Mutex<Vec<TraceDecoder>>);

impl Decoders {
    /// Most that are kept.
    const KEPT: usize = 16;

    fn take(&self) -> TraceDecoder {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }
    fn give_back(&self, decoder: TraceDecoder) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < Self::KEPT {
            all.push(decoder);
        }
    }
}

/// Distinct notes that one receiver sends; more would be noise.
const NOTES: usize = 64;

impl Intake {
    pub fn new(config: super::Config, arrivals: Sender<Arrival>, stop: watch::Receiver<bool>) -> Self {
        let permits = (config.limits.in_flight_bytes / PERMIT_BYTES).clamp(1, Semaphore::MAX_PERMITS);
        Self {
            connections: Arc::new(Semaphore::new(config.limits.connections)),
            access: Access::new(&config),
            first_source: config.first_source,
            limits: config.limits,
            stop,
            room: Arc::new(Semaphore::new(permits)),
            arrivals,
            told: Mutex::default(),
            decoders: Arc::default(),
        }
    }

    /// Room for a new request; none is taken yet.
    pub fn room(&self) -> Room {
        Room { all: self.room.clone(), held: Vec::new(), bytes: 0, patience: self.limits.hold }
    }

    /// Decodes a message and hands its spans to the engine, waiting for it while patience lasts.
    pub async fn take(&self, message: Message) -> Result<Accepted, Refusal> {
        let (source, limit) = (message.source, self.limits.message_bytes);
        let decoders = self.decoders.clone();
        let decoded = tokio::task::spawn_blocking(move || decode(message, limit, &decoders)).await;
        let (delivery, room) =
            decoded.map_err(|_| Refusal::new(Kind::Internal, say(|t| t.receiving.decoder_failed)))??;
        let accepted = accepted(&delivery.rejects);
        let is_empty = delivery.batch.spans.is_empty() && delivery.measurements.points.is_empty();
        if !is_empty || delivery.rejects != Rejects::default() {
            self.deliver(Arrival::Spans(source, delivery), room.patience).await?;
        }
        Ok(accepted)
    }

    /// Waits for the engine's channel in small steps: its senders are not futures.
    pub async fn deliver(&self, mut arrival: Arrival, patience: Duration) -> Result<(), Refusal> {
        let deadline = Instant::now() + patience;
        let mut pause = Duration::from_millis(1);
        loop {
            arrival = match self.arrivals.try_send(arrival) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(stopping()),
                Err(TrySendError::Full(back)) => back,
            };
            if *self.stop.borrow() {
                return Err(stopping());
            }
            if Instant::now() >= deadline {
                return Err(Refusal::new(Kind::Overloaded, say(|t| t.receiving.too_fast)));
            }
            tokio::time::sleep_until((Instant::now() + pause).min(deadline)).await;
            pause = (pause * 2).min(Duration::from_millis(16));
        }
    }

    /// Tells the engine, once per text, that data was lost or that a client is set up oddly.
    pub fn note(&self, source: SourceId, text: Sentence, is_loss: bool) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < NOTES && told.insert(text.clone()) {
            let note = SourceNote { text, is_loss };
            // A note is worth less than a span: it does not wait.
            drop(self.arrivals.try_send(Arrival::Note(source, note)));
        }
    }

    /// Counts a refused request and tells of it: most clients will not.
    pub fn refused(&self, source: SourceId, port: &Port, refusal: &Refusal) {
        port.refused(&refusal.message);
        let client = port.client().map_or_else(|| say(|t| t.receiving.a_client), |c| c.as_str().into());
        let text = say(|t| t.receiving.request_refused).with("client", client).with("why", &refusal.message);
        self.note(source, text, true);
    }
}

fn stopping() -> Refusal {
    Refusal::new(Kind::Overloaded, say(|t| t.receiving.is_stopping))
}

fn decode(message: Message, limit: usize, decoders: &Decoders) -> Result<(Delivery, Room), Refusal> {
    let Message { signal, encoding, compression, bytes, mut room, .. } = message;
    let wire_bytes = bytes.len() as u64;
    let bytes = if compression == Compression::Identity {
        bytes
    } else {
        let runtime = tokio::runtime::Handle::current();
        inflate(&bytes, compression, limit, |n| runtime.block_on(room.grow(n)))?.into()
    };
    let mut out = Decoded::default();
    match (signal, encoding) {
        (Signal::Profiles, _) => Ok(()),
        (Signal::Traces, Encoding::Protobuf) => {
            let mut decoder = decoders.take();
            let result = decoder.decode(&bytes, &mut out);
            let delivery = decoder.deliver(&mut out, wire_bytes);
            decoders.give_back(decoder);
            result.map_err(bad_data)?;
            return Ok((delivery, room));
        }
        (Signal::Metrics, Encoding::Protobuf) => otlp_protobuf::decode_metrics(&bytes, &mut out),
        (Signal::Logs, Encoding::Protobuf) => {
            out.rejects.logs += otlp_protobuf::count_logs(&bytes);
            Ok(())
        }
        (_, Encoding::Json) => json::otlp::decode(&bytes, &mut out, json::Ids::Strict).map(|_| ()),
    }
    .map_err(bad_data)?;
    Ok((out.deliver(wire_bytes), room))
}

fn bad_data(error: DecodeError) -> Refusal {
    Refusal::new(Kind::BadData, &error)
}

/// What the client is told about spans refused one by one, and about values that were changed.
fn accepted(rejects: &Rejects) -> Accepted {
    let rejected = rejects.total_spans();
    let mut parts: Vec<String> = rejects
        .spans
        .iter()
        .map(|(reason, n)| format!("{n} refused: {}", Sentence::from(*reason).english()))
        .collect();
    if rejects.values_truncated > 0 {
        parts.push(format!("{} cut: too long, nested too deep or too many", rejects.values_truncated));
    }
    if rejects.invalid_utf8 > 0 {
        parts.push(format!("{} not UTF-8: kept with replacement characters", rejects.invalid_utf8));
    }
    Accepted { rejected, message: parts.join("; ") }
}
