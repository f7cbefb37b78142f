//! OTLP over HTTP: methods, paths, content types and replies.
use std::sync::Arc;

use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;

use super::body::{self, Payload};
use super::inflate::Compression;
use super::intake::{Accepted, Encoding, Intake, Message, Signal};
use super::ports::{Port, Role};
use super::refusal::{Kind, Refusal};
use super::{source_of, wire};
use crate::model::SourceKind;
use crate::texts::{Pick, Sentence, say};

/// Answers one request.
pub(super) async fn respond(
    intake: &Intake,
    port: &Arc<Port>,
    request: Request<Incoming>,
) -> Response<Payload> {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let encoding = encoding(request.headers());
    let method = request.method().clone();
    let (parts, mut body) = request.into_parts();
    let head = Request::from_parts(parts, ());
    let result = match intake.access.check(&head, port.is_loopback()) {
        Ok(()) if method == Method::OPTIONS => return intake.access.preflight(origin.as_ref()),
        Ok(()) => export(intake, port, &head, &mut body, encoding).await,
        Err(refusal) => Err(refusal),
    };
    let mut response = match result {
        Ok(accepted) => reply(StatusCode::OK, encoding, wire::success(&accepted, written(encoding))),
        Err(refusal) => {
            let source = source_of(intake, source_kind(encoding));
            intake.refused(source, port, &refusal);
            if refusal.kind.leaves_body_unread() && !http_body::Body::is_end_stream(&body) {
                tokio::spawn(body::drain(body));
            }
            refuse(&refusal, encoding, head.version())
        }
    };
    intake.access.decorate(origin.as_ref(), response.headers_mut());
    response
}

async fn export(
    intake: &Intake,
    port: &Port,
    head: &Request<()>,
    body: &mut Incoming,
    encoding: Option<Encoding>,
) -> Result<Accepted, Refusal> {
    if head.method() != Method::POST {
        let message = say(|t| t.receiving.wrong_method).with("method", head.method().as_str());
        return Err(Refusal::new(Kind::WrongMethod, message));
    }
    let (signal, hint) = signal(head.uri().path())?;
    let Some(encoding) = encoding else {
        let message = say(|t| t.receiving.unknown_content);
        return Err(Refusal::new(Kind::UnknownContent, message));
    };
    let compression = compression(head.headers())?;
    let source = source_of(intake, source_kind(Some(encoding)));
    for hint in [hint.map(say), wrong_port(port)].into_iter().flatten() {
        port.hint(&hint);
        intake.note(source, hint, false);
    }
    let mut room = intake.room();
    let bytes = body::read(body, intake.limits.message_bytes, &intake.limits, &mut room).await?;
    intake.take(Message { signal, encoding, compression, bytes, source, room }).await
}

fn wrong_port(port: &Port) -> Option<Sentence> {
    (port.role == Role::Grpc).then(|| say(|t| t.receiving.http_on_grpc_port))
}

/// What a path asks for, and what is odd about it.
fn signal(path: &str) -> Result<(Signal, Option<Pick>), Refusal> {
    const ROOT: Pick = |t| t.receiving.posts_to_root;
    const BASE: Pick = |t| t.receiving.posts_below_a_base;
    let path = path.trim_end_matches('/');
    let exact = |p: &str| match p {
        "/v1/traces" => Some(Signal::Traces),
        "/v1/metrics" => Some(Signal::Metrics),
        "/v1/logs" => Some(Signal::Logs),
        "/v1development/profiles" | "/v1/profiles" => Some(Signal::Profiles),
        _ => None,
    };
    if path.is_empty() {
        return Ok((Signal::Traces, Some(ROOT)));
    }
    if let Some(signal) = exact(path) {
        return Ok((signal, None));
    }
    let tail = path.rmatch_indices('/').nth(1).and_then(|(i, _)| path.get(i..));
    match tail.and_then(exact) {
        Some(signal) => Ok((signal, Some(BASE))),
        None => {
            let message = say(|t| t.receiving.unknown_path).with("path", format!("{path:?}"));
            Err(Refusal::new(Kind::NotFound, message))
        }
    }
}

fn encoding(headers: &HeaderMap) -> Option<Encoding> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-protobuf")
        || essence.eq_ignore_ascii_case("application/protobuf")
    {
        Some(Encoding::Protobuf)
    } else if essence.eq_ignore_ascii_case("application/json") {
        Some(Encoding::Json)
    } else {
        None
    }
}

fn compression(headers: &HeaderMap) -> Result<Compression, Refusal> {
    let mut values = headers.get_all(header::CONTENT_ENCODING).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return match headers.contains_key(header::CONTENT_ENCODING) {
            false => Ok(Compression::Identity),
            true => Err(unknown_compression("several")),
        };
    };
    let name = value.to_str().unwrap_or("?");
    Compression::from_name(name).ok_or_else(|| unknown_compression(name))
}

fn unknown_compression(name: &str) -> Refusal {
    let unknown = say(|t| t.receiving.unknown_encoding).with("name", format!("{name:?}"));
    Refusal::new(Kind::UnknownCompression, unknown.with("known", Compression::NAMES))
}

/// Requests of unknown encoding are counted with the protobuf ones.
fn source_kind(encoding: Option<Encoding>) -> SourceKind {
    match encoding {
        Some(Encoding::Json) => SourceKind::HttpJson,
        _ => SourceKind::HttpProtobuf,
    }
}

fn written(encoding: Option<Encoding>) -> Encoding {
    encoding.unwrap_or(Encoding::Json)
}

fn reply(status: StatusCode, encoding: Option<Encoding>, bytes: bytes::Bytes) -> Response<Payload> {
    let content_type = match encoding {
        Some(Encoding::Protobuf) => "application/x-protobuf",
        Some(Encoding::Json) => "application/json",
        None => "text/plain; charset=utf-8",
    };
    let mut response = Response::new(Payload::data(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn refuse(refusal: &Refusal, encoding: Option<Encoding>, version: http::Version) -> Response<Payload> {
    let bytes = match encoding {
        Some(encoding) => wire::failure(refusal, encoding),
        None => wire::cut(&refusal.message.english()).to_owned().into(),
    };
    let mut response = reply(refusal.kind.http(), encoding, bytes);
    let headers = response.headers_mut();
    if refusal.kind == Kind::WrongMethod {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST, OPTIONS"));
    }
    if refusal.kind == Kind::UnknownCompression {
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(Compression::NAMES));
    }
    if let Some(seconds) = refusal.kind.retry_after_seconds() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    let must_close = matches!(refusal.kind, Kind::TooBig | Kind::Timeout);
    if must_close && version < http::Version::HTTP_2 {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_all_signals_and_common_mistakes() {
        let say = |path| signal(path).map(|(s, hint)| (s, hint.is_some())).map_err(|r| r.message.to_string());
        assert_eq!(say("/v1/traces"), Ok((Signal::Traces, false)));
        assert_eq!(say("/v1/traces/"), Ok((Signal::Traces, false)));
        assert_eq!(say("/v1/metrics"), Ok((Signal::Metrics, false)));
        assert_eq!(say("/v1/logs"), Ok((Signal::Logs, false)));
        assert_eq!(say("/v1development/profiles"), Ok((Signal::Profiles, false)));
        assert_eq!(say("/"), Ok((Signal::Traces, true)));
        assert_eq!(say("/v1/traces/v1/traces"), Ok((Signal::Traces, true)));
        assert_eq!(say("/otlp/v1/logs"), Ok((Signal::Logs, true)));
        assert_eq!(
            say("/api/v2/spans"),
            Err("nothing is taken at \"/api/v2/spans\": traces go to /v1/traces".into())
        );
    }
}
