//! Why a request was not taken, once for both protocols.
use http::StatusCode;
use tonic::Code;

use crate::texts::Sentence;

/// What went wrong, as far as the reply's code depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The body does not decode or inflate.
    BadData,
    /// More bytes than the limit, on the wire or inflated.
    TooBig,
    /// No room, even after waiting.
    Overloaded,
    /// The body did not arrive in time.
    Timeout,
    /// A compression that this program does not know.
    UnknownCompression,
    /// A content type that this program does not know.
    UnknownContent,
    /// No such path or method of a service.
    NotFound,
    /// An HTTP method other than POST and OPTIONS.
    WrongMethod,
    /// A page or host name that may not send here.
    Forbidden,
    /// gRPC framing or transport rules were broken.
    Protocol,
    /// A defect of this program.
    Internal,
}

impl Kind {
    /// The HTTP status.
    pub fn http(self) -> StatusCode {
        match self {
            Self::BadData | Self::Protocol => StatusCode::BAD_REQUEST,
            Self::TooBig => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::UnknownCompression | Self::UnknownContent => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
    /// The gRPC code.
    pub fn grpc(self) -> Code {
        match self {
            Self::BadData | Self::UnknownContent => Code::InvalidArgument,
            Self::TooBig => Code::ResourceExhausted,
            Self::Overloaded => Code::Unavailable,
            Self::Timeout => Code::DeadlineExceeded,
            Self::UnknownCompression | Self::NotFound | Self::WrongMethod => Code::Unimplemented,
            Self::Forbidden => Code::PermissionDenied,
            Self::Protocol | Self::Internal => Code::Internal,
        }
    }
    /// How long the client should wait before it tries again; `None` where that cannot help.
    pub fn retry_after_seconds(self) -> Option<u64> {
        (self == Self::Overloaded).then_some(1)
    }
    /// Whether the reply should point at the body as bad.
    pub fn is_bad_data(self) -> bool {
        self == Self::BadData
    }
    /// Whether the client may still be sending its body, so that the reply must not be lost to a reset.
    pub fn leaves_body_unread(self) -> bool {
        !matches!(self, Self::BadData | Self::Internal)
    }
}

/// A request that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub kind: Kind,
    /// One sentence for the client's log, there in English, and for the window.
    pub message: Sentence,
}

impl Refusal {
    pub fn new(kind: Kind, message: impl Into<Sentence>) -> Self {
        Self { kind, message: message.into() }
    }
}
