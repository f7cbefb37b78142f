//! Bodies: reading a request's within its bounds of size and time, and writing a reply's.
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::Limits;
use super::intake::Room;
use super::refusal::{Kind, Refusal};
use crate::texts::say;

/// A reply's body: at most one piece of data, and trailers for gRPC.
#[derive(Debug, Default)]
pub(super) struct Payload {
    data: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl Payload {
    /// Data alone.
    pub fn data(data: Bytes) -> Self {
        Self { data: Some(data).filter(|d| !d.is_empty()), trailers: None }
    }
    /// Data and then trailers.
    pub fn with_trailers(data: Bytes, trailers: HeaderMap) -> Self {
        Self { data: Some(data), trailers: Some(trailers) }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = self.data.take().map(Frame::data);
        Poll::Ready(data.or_else(|| self.trailers.take().map(Frame::trailers)).map(Ok))
    }
    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.trailers.is_none()
    }
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.data.as_ref().map_or(0, Bytes::len) as u64)
    }
}

/// Reads a whole body of at most `limit` bytes; room is taken as bytes arrive, not as they are announced.
pub(super) async fn read(
    body: &mut Incoming,
    limit: usize,
    limits: &Limits,
    room: &mut Room,
) -> Result<Bytes, Refusal> {
    if body.size_hint().lower() > limit as u64 {
        return Err(too_big(limit));
    }
    match tokio::time::timeout(limits.body, read_all(body, limit, room)).await {
        Ok(result) => result,
        Err(_) => {
            let seconds = limits.body.as_secs().to_string();
            let message = say(|t| t.receiving.did_not_arrive).with("seconds", seconds);
            Err(Refusal::new(Kind::Timeout, message))
        }
    }
}

async fn read_all(body: &mut Incoming, limit: usize, room: &mut Room) -> Result<Bytes, Refusal> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let broke_off = |e: hyper::Error| say(|t| t.receiving.broke_off).with("error", e.to_string());
        let frame = frame.map_err(|e| Refusal::new(Kind::BadData, broke_off(e)))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + rest.len() + data.len() > limit {
            return Err(too_big(limit));
        }
        room.grow(data.len()).await?;
        if first.is_empty() && rest.is_empty() {
            first = data;
            continue;
        }
        // The first piece is copied only if there is a second: most bodies have one.
        rest.extend_from_slice(&std::mem::take(&mut first));
        rest.extend_from_slice(&data);
    }
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}

pub(super) fn too_big(limit: usize) -> Refusal {
    Refusal::new(Kind::TooBig, say(|t| t.receiving.too_big).with("limit", limit.to_string()))
}

/// Reads and forgets what a refused client is still sending, for a moment.
///
/// To close at once would reset the connection, and the client would see that instead of the reply.
pub(super) async fn drain(mut body: Incoming) {
    const MOMENT: Duration = Duration::from_secs(2);
    let all = async { while matches!(body.frame().await, Some(Ok(_))) {} };
    // When the moment is over the connection is closed, which is all that can be done.
    drop(tokio::time::timeout(MOMENT, all).await);
}
