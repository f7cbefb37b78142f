//! How replies are written: success, partial success and failure, in protobuf and JSON.
use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;

use super::intake::{Accepted, Encoding};
use super::refusal::Refusal;
use crate::ingest::google_rpc::{Any, BadRequest, FieldViolation, RetryDelay, RetryInfo, RpcStatus};

/// Replies stay tiny: exporters were seen to choke on large ones and send again.
const MESSAGE_BYTES: usize = 1024;

/// The reply to data that was taken. All signals share the layout of `partial_success`.
pub(super) fn success(accepted: &Accepted, encoding: Encoding) -> Bytes {
    let partial = !(accepted.rejected == 0 && accepted.message.is_empty());
    let message = cut(&accepted.message);
    match encoding {
        Encoding::Json if !partial => Bytes::from_static(b"{}"),
        Encoding::Json => {
            let rejected = accepted.rejected.to_string();
            let reply = serde_json::json!({
                "partialSuccess": { "rejectedSpans": rejected, "errorMessage": message }
            });
            reply.to_string().into()
        }
        Encoding::Protobuf => {
            let rejected_spans = i64::try_from(accepted.rejected).unwrap_or(i64::MAX);
            let partial_success =
                partial.then(|| ExportTracePartialSuccess { rejected_spans, error_message: message.into() });
            ExportTraceServiceResponse { partial_success }.encode_to_vec().into()
        }
    }
}

/// The body of an HTTP error: a `google.rpc.Status` in the request's encoding.
pub(super) fn failure(refusal: &Refusal, encoding: Encoding) -> Bytes {
    match encoding {
        Encoding::Protobuf => status_bytes(refusal),
        Encoding::Json => {
            let message = refusal.message.english();
            let mut reply = serde_json::json!({
                "code": refusal.kind.grpc() as i32, "message": cut(&message)
            });
            if refusal.kind.is_bad_data() {
                reply["details"] = serde_json::json!([{
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [{ "field": "body", "description": cut(&message) }]
                }]);
            }
            reply.to_string().into()
        }
    }
}

/// A `google.rpc.Status` with its details, as `grpc-status-details-bin` and HTTP protobuf errors carry it.
pub(super) fn status_bytes(refusal: &Refusal) -> Bytes {
    let message = cut(&refusal.message.english()).to_owned();
    let mut details = Vec::new();
    if refusal.kind.is_bad_data() {
        let violation = FieldViolation { field: "body".into(), description: message.clone() };
        let value = BadRequest { field_violations: vec![violation] }.encode_to_vec();
        details.push(Any { type_url: "type.googleapis.com/google.rpc.BadRequest".into(), value });
    }
    if let Some(value) = retry_info(refusal) {
        let type_url = "type.googleapis.com/google.rpc.RetryInfo".into();
        details.push(Any { type_url, value: value.into() });
    }
    RpcStatus { code: refusal.kind.grpc() as i32, message, details }.encode_to_vec().into()
}

/// When to try again, where trying again can help.
pub(super) fn retry_info(refusal: &Refusal) -> Option<Bytes> {
    let seconds = i64::try_from(refusal.kind.retry_after_seconds()?).unwrap_or(1);
    let retry_delay = Some(RetryDelay { seconds, nanos: 0 });
    Some(RetryInfo { retry_delay }.encode_to_vec().into())
}

/// Text cut to what a reply may carry, at a character boundary.
pub(super) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MESSAGE_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::super::refusal::Kind;
    use super::*;
    use crate::texts::{Language, say, speak};

    #[test]
    fn full_success_is_an_empty_body_or_braces() {
        assert_eq!(success(&Accepted::default(), Encoding::Protobuf), Bytes::new());
        assert_eq!(success(&Accepted::default(), Encoding::Json), "{}");
    }

    #[test]
    fn replies_stay_tiny() {
        let accepted = Accepted { rejected: 1, message: "é".repeat(5000) };
        for encoding in [Encoding::Json, Encoding::Protobuf] {
            assert!(success(&accepted, encoding).len() < 1200);
            let refusal = Refusal::new(Kind::BadData, "é".repeat(5000));
            assert!(failure(&refusal, encoding).len() < 4096);
        }
    }

    #[test]
    fn clients_are_answered_in_english() {
        let refusal = Refusal::new(Kind::BadData, say(|t| t.receiving.no_message));
        let all = |refusal: &Refusal| [Encoding::Json, Encoding::Protobuf].map(|e| failure(refusal, e));
        let english = all(&refusal);
        speak(Language::Japanese);
        let whatever_the_window_speaks = all(&refusal);
        speak(Language::English);
        assert_eq!(whatever_the_window_speaks, english);
        assert!(String::from_utf8_lossy(&english[0]).contains("the request has no message"));
    }

    #[test]
    fn only_overload_invites_a_retry() {
        for kind in [Kind::BadData, Kind::TooBig, Kind::Timeout, Kind::Internal, Kind::Forbidden] {
            assert_eq!(retry_info(&Refusal::new(kind, "no")), None, "{kind:?}");
        }
        // Field 1 (length 2), whose field 1 is the varint 1: one second.
        assert_eq!(retry_info(&Refusal::new(Kind::Overloaded, "full")).unwrap(), vec![10, 2, 8, 1]);
    }
}
