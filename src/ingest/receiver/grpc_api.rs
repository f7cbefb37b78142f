//! OTLP over gRPC: one framed message in, one out, without generated services.
//!
//! Those would decode with prost, where one bad string refuses a whole batch, and answer messages that
//! are too big with a code that clients retry.
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, Version};
use hyper::body::Incoming;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};

use super::body::{self, Payload};
use super::inflate::Compression;
use super::intake::{Accepted, Encoding, Intake, Message, Signal};
use super::ports::{Port, Role};
use super::refusal::{Kind, Refusal};
use super::{source_of, wire};
use crate::model::SourceKind;
use crate::texts::{Pick, say};

const FRAME_HEADER: usize = 5;
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// Whether a request is gRPC by its content type.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let rest = value.strip_prefix("application/grpc");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('+') || rest.starts_with(';'))
}

/// Answers one call.
pub(super) async fn respond(
    intake: &Intake,
    port: &Arc<Port>,
    request: Request<Incoming>,
) -> Response<Payload> {
    let (parts, mut body) = request.into_parts();
    let head = Request::from_parts(parts, ());
    let mut response = match export(intake, port, &head, &mut body).await {
        Ok(accepted) => success(&accepted),
        Err(refusal) => {
            intake.refused(source_of(intake, SourceKind::Grpc), port, &refusal);
            if refusal.kind.leaves_body_unread() && !http_body::Body::is_end_stream(&body) {
                tokio::spawn(body::drain(body));
            }
            status(&refusal).into_http()
        }
    };
    response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(Compression::NAMES));
    response
}

async fn export(
    intake: &Intake,
    port: &Port,
    head: &Request<()>,
    body: &mut Incoming,
) -> Result<Accepted, Refusal> {
    if head.version() != Version::HTTP_2 || head.method() != Method::POST {
        return Err(Refusal::new(Kind::Protocol, say(|t| t.receiving.needs_http_2)));
    }
    let signal = signal(head.uri().path())?;
    let encoding = head.headers().get("grpc-encoding").map_or("", |v| v.to_str().unwrap_or("?"));
    let Some(compression) = Compression::from_name(encoding) else {
        let unknown = say(|t| t.receiving.unknown_compression).with("name", format!("{encoding:?}"));
        return Err(Refusal::new(Kind::UnknownCompression, unknown.with("known", Compression::NAMES)));
    };
    let source = source_of(intake, SourceKind::Grpc);
    if port.role == Role::Http {
        let wrong_port = say(|t| t.receiving.grpc_on_http_port);
        port.hint(&wrong_port);
        intake.note(source, wrong_port, false);
    }
    let mut room = intake.room();
    let limit = intake.limits.message_bytes;
    let frame = body::read(body, limit + FRAME_HEADER, &intake.limits, &mut room).await?;
    let (compression, bytes) = unframe(frame, compression, limit)?;
    intake.take(Message { signal, encoding: Encoding::Protobuf, compression, bytes, source, room }).await
}

fn signal(path: &str) -> Result<Signal, Refusal> {
    match path {
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => Ok(Signal::Traces),
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => Ok(Signal::Metrics),
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => Ok(Signal::Logs),
        "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export" => {
            Ok(Signal::Profiles)
        }
        _ => {
            let no_method = say(|t| t.receiving.no_grpc_method).with("path", format!("{path:?}"));
            Err(Refusal::new(Kind::NotFound, no_method))
        }
    }
}

/// Takes the one message out of its frame: a flag, four bytes of length, the message.
fn unframe(
    mut frame: Bytes,
    compression: Compression,
    limit: usize,
) -> Result<(Compression, Bytes), Refusal> {
    let protocol = |message: Pick| Err(Refusal::new(Kind::Protocol, say(message)));
    let &[flag, a, b, c, d, ref rest @ ..] = &*frame else {
        return protocol(|t| t.receiving.no_message);
    };
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    if length > limit {
        return Err(body::too_big(limit));
    }
    if rest.len() < length {
        return protocol(|t| t.receiving.shorter_than_its_frame);
    }
    if rest.len() > length {
        return protocol(|t| t.receiving.more_than_one_message);
    }
    let compression = match flag {
        0 => Compression::Identity,
        1 if compression != Compression::Identity => compression,
        1 => return protocol(|t| t.receiving.no_grpc_encoding),
        _ => return protocol(|t| t.receiving.bad_flag),
    };
    Ok((compression, frame.split_off(FRAME_HEADER)))
}

fn success(accepted: &Accepted) -> Response<Payload> {
    let message = wire::success(accepted, Encoding::Protobuf);
    let mut frame = BytesMut::with_capacity(FRAME_HEADER + message.len());
    frame.put_u8(0);
    frame.put_u32(message.len() as u32);
    frame.put(message);
    let mut trailers = HeaderMap::new();
    trailers.insert(Status::GRPC_STATUS, HeaderValue::from(Code::Ok as i32));
    let mut response = Response::new(Payload::with_trailers(frame.freeze(), trailers));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

/// Retry delays go into two trailers: Go, Rust and the Collector read one, Python the other.
fn status(refusal: &Refusal) -> Status {
    let mut metadata = MetadataMap::new();
    let mut details = Bytes::new();
    if let Some(retry) = wire::retry_info(refusal) {
        metadata.insert_bin("google.rpc.retryinfo-bin", MetadataValue::from_bytes(&retry));
        details = wire::status_bytes(refusal);
    } else if refusal.kind.is_bad_data() {
        details = wire::status_bytes(refusal);
    }
    let message = refusal.message.english();
    Status::with_details_and_metadata(refusal.kind.grpc(), wire::cut(&message), details, metadata)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(frame: &[u8], compression: Compression) -> Result<Bytes, Kind> {
        unframe(Bytes::copy_from_slice(frame), compression, 100).map(|(_, b)| b).map_err(|r| r.kind)
    }

    #[test]
    fn frames_are_checked() {
        let none = Compression::Identity;
        assert_eq!(kind(&[0, 0, 0, 0, 0], none), Ok(Bytes::new()));
        assert_eq!(kind(&[0, 0, 0, 0, 2, 7, 8], none), Ok(Bytes::from_static(&[7, 8])));
        assert_eq!(kind(&[1, 0, 0, 0, 1, 7], Compression::Gzip), Ok(Bytes::from_static(&[7])));
        assert_eq!(kind(&[1, 0, 0, 0, 1, 7], none), Err(Kind::Protocol));
        assert_eq!(kind(&[2, 0, 0, 0, 1, 7], none), Err(Kind::Protocol));
        assert_eq!(kind(&[0, 0, 0, 0, 2, 7], none), Err(Kind::Protocol));
        assert_eq!(kind(&[0, 0, 0, 0, 0, 7], none), Err(Kind::Protocol));
        assert_eq!(kind(&[], none), Err(Kind::Protocol));
        assert_eq!(kind(&[0, 255, 255, 255, 255], none), Err(Kind::TooBig));
    }

    #[test]
    fn content_types_of_grpc() {
        let is = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
            is_grpc(&headers)
        };
        assert!(
            is("application/grpc") && is("application/grpc+proto") && is("application/grpc; charset=utf-8")
        );
        assert!(!is("application/grpc-web") && !is("application/json"));
    }
}
