//! Sends saved spans to an OTLP endpoint, over HTTP or gRPC, as `spanscape replay` does.
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use http::Uri;
use http::uri::PathAndQuery;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use super::google_rpc::{RetryInfo, RpcStatus};
use super::tls;

/// How often a request is sent before the endpoint is given up.
const TRIES: u32 = 5;
/// The first wait where the endpoint names none; it doubles from try to try.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// No endpoint is waited for longer than this between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How long one request may take: a receiver may hold its reply for some seconds.
const TIMEOUT: Duration = Duration::from_secs(60);
const AGENT: &str = concat!("spanscape/", env!("CARGO_PKG_VERSION"));
/// More of a reply is not read.
const REPLY_BYTES: u64 = 4 * 1024 * 1024;

/// A connection to one endpoint. It blocks the thread that sends.
pub struct Sender {
    target: Target,
    pause: Box<dyn FnMut(Duration) + Send>,
}

/// A request that was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendOutcome {
    /// Spans that the endpoint refused one by one.
    pub rejected: u64,
    /// What the endpoint says about it; empty if nothing.
    pub message: String,
    /// How often the request was sent, at least once.
    pub tries: u32,
}

#[derive(Debug)]
enum Target {
    Http { agent: ureq::Agent, url: String },
    Grpc { runtime: tokio::runtime::Runtime, channel: Channel, url: String },
}

/// How one try ended, if not well.
#[derive(Debug)]
enum Failure {
    /// Another try may help, after the wait that the endpoint asks for.
    Later(Option<Duration>, String),
    Final(String),
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("target", &self.target).finish_non_exhaustive()
    }
}

impl Sender {
    /// To `http://host:port[/path]`, where the path is `/v1/traces` if none is given, or to `grpc://host:port`.
    ///
    /// Connects when the first request is sent.
    pub fn new(url: &str) -> Result<Self, String> {
        Self::with_pause(url, std::thread::sleep)
    }

    /// Like [`Self::new`], with another way to wait between two tries.
    pub fn with_pause(url: &str, pause: impl FnMut(Duration) + Send + 'static) -> Result<Self, String> {
        Ok(Self { target: target(url)?, pause: Box::new(pause) })
    }

    /// Sends one protobuf `ExportTraceServiceRequest`, again where the endpoint asks for it.
    pub fn send(&mut self, request: &[u8]) -> Result<SendOutcome, String> {
        let mut wait = FIRST_WAIT;
        for tries in 1.. {
            match self.target.send(request) {
                Ok(reply) => return Ok(outcome(&reply, tries)),
                Err(Failure::Final(why)) => return Err(why),
                Err(Failure::Later(_, why)) if tries == TRIES => {
                    return Err(format!("given up after {tries} tries: {why}"));
                }
                Err(Failure::Later(asked, _)) => (self.pause)(asked.unwrap_or(wait).min(LONGEST_WAIT)),
            }
            wait *= 2;
        }
        Err("not sent".to_owned())
    }
}

fn target(url: &str) -> Result<Target, String> {
    let (scheme, rest) = url.split_once("://").ok_or_else(|| {
        format!("{url:?} is not an address to send to: write http://HOST:4318 or grpc://HOST:4317")
    })?;
    // Parsed as HTTP in any case: its rules for host, port and path hold for both.
    let uri: Uri = format!("http://{rest}").parse().map_err(|e| format!("{url:?} is not an address: {e}"))?;
    let authority = uri.authority().ok_or_else(|| format!("{url:?} names no host"))?;
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    match scheme.to_ascii_lowercase().as_str() {
        scheme @ ("http" | "https") => {
            let path = if path == "/" { "/v1/traces" } else { path };
            Ok(http_target(format!("{scheme}://{authority}{path}")))
        }
        "grpc" if path == "/" && authority.port().is_some() => grpc_target(authority.as_str()),
        "grpc" if path == "/" => grpc_target(&format!("{authority}:4317")),
        "grpc" => Err(format!("{url:?} has a path, which gRPC does not use: write grpc://{authority}")),
        "grpcs" => Err(format!(
            "{url:?} asks for gRPC over TLS, which is not built in: write https:// for OTLP over HTTP"
        )),
        other => Err(format!("{other:?} is not a way to send traces: write http://, https:// or grpc://")),
    }
}

fn http_target(url: String) -> Target {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(TIMEOUT))
        // What the user names is where spans go: not to a proxy named by the environment.
        .proxy(None)
        .max_redirects(0)
        .tls_config(tls::config())
        .user_agent(AGENT)
        .build();
    Target::Http { agent: config.into(), url }
}

fn grpc_target(authority: &str) -> Result<Target, String> {
    let failed = |e: &dyn std::fmt::Display| format!("cannot prepare to send to grpc://{authority}: {e}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| failed(&e))?;
    let endpoint = Endpoint::from_shared(format!("http://{authority}")).map_err(|e| failed(&e))?;
    let endpoint = endpoint.user_agent(AGENT).map_err(|e| failed(&e))?.timeout(TIMEOUT);
    let entered = runtime.enter();
    let channel = endpoint.connect_timeout(Duration::from_secs(10)).connect_lazy();
    drop(entered);
    Ok(Target::Grpc { runtime, channel, url: format!("grpc://{authority}") })
}

impl Target {
    /// One try; gives the reply's message.
    fn send(&self, request: &[u8]) -> Result<Bytes, Failure> {
        match self {
            Self::Http { agent, url } => post(agent, url, request),
            Self::Grpc { runtime, channel, url } => {
                let call = unary(channel.clone(), Bytes::copy_from_slice(request));
                runtime.block_on(call).map_err(|status| grpc_failure(url, &status))
            }
        }
    }
}

fn post(agent: &ureq::Agent, url: &str, request: &[u8]) -> Result<Bytes, Failure> {
    let unreachable = |e| Failure::Final(format!("{url} cannot be reached: {}", tls::reason(&e)));
    let sent = agent.post(url).content_type("application/x-protobuf").send(request);
    let mut response = sent.map_err(unreachable)?;
    let body = response.body_mut().with_config().limit(REPLY_BYTES).read_to_vec().map_err(unreachable)?;
    let status = response.status();
    if status.is_success() {
        return Ok(body.into());
    }
    let says = RpcStatus::decode(&*body).map(|s| s.message).unwrap_or_default();
    let why = format!("{url} answers {status}{}{says}", if says.is_empty() { "" } else { ": " });
    if !matches!(status.as_u16(), 429 | 502..=504) {
        return Err(Failure::Final(why));
    }
    let asked = response.headers().get(http::header::RETRY_AFTER).and_then(|v| v.to_str().ok());
    Err(Failure::Later(asked.and_then(retry_after), why))
}

/// `Retry-After`: seconds, or a date.
fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(value.trim()).ok()?;
    let wait = at.timestamp().duration_since(jiff::Timestamp::now());
    Some(Duration::try_from(wait).unwrap_or_default())
}

async fn unary(channel: Channel, request: Bytes) -> Result<Bytes, Status> {
    const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.map_err(|e| Status::from_error(Box::new(e)))?;
    let path = PathAndQuery::from_static(EXPORT);
    client.unary(Request::new(request), path, Raw).await.map(tonic::Response::into_inner)
}

fn grpc_failure(url: &str, status: &Status) -> Failure {
    if let Some(error) = std::error::Error::source(status) {
        return Failure::Final(format!("{url} cannot be reached: {}", root_cause(error)));
    }
    let why = format!("{url} answers {:?}: {}", status.code(), status.message());
    let asked = asked_delay(status);
    match status.code() {
        Code::Unavailable => Failure::Later(asked, why),
        // OTLP: exhausted means "later" only where a delay is named, else "too large".
        Code::ResourceExhausted if asked.is_some() => Failure::Later(asked, why),
        _ => Failure::Final(why),
    }
}

/// The end of a chain of errors says what happened; the rest says "transport error".
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}

fn asked_delay(status: &Status) -> Option<Duration> {
    let details = RpcStatus::decode(status.details()).ok()?.details;
    let info = details.iter().find(|d| d.type_url.ends_with("/google.rpc.RetryInfo"))?;
    let delay = RetryInfo::decode(&*info.value).ok()?.retry_delay?;
    let seconds = Duration::from_secs(delay.seconds.try_into().unwrap_or(0));
    Some(seconds + Duration::from_nanos(delay.nanos.try_into().unwrap_or(0)))
}

/// A reply that cannot be read is a success all the same: the spans were taken.
fn outcome(reply: &[u8], tries: u32) -> SendOutcome {
    let partial = ExportTraceServiceResponse::decode(reply).unwrap_or_default().partial_success;
    let partial = partial.unwrap_or_default();
    let rejected = partial.rejected_spans.try_into().unwrap_or(0);
    SendOutcome { rejected, message: partial.error_message, tries }
}

/// Passes messages as the bytes that they are: saved requests need no decoding to be sent.
#[derive(Clone, Copy, Debug)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;
    fn encoder(&mut self) -> Self {
        *self
    }
    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;
    fn encode(&mut self, item: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;
    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        match target(url) {
            Ok(Target::Http { url, .. } | Target::Grpc { url, .. }) => format!("-> {url}"),
            Err(why) => why,
        }
    }

    #[test]
    fn addresses_are_read_or_explained() {
        let urls = [
            "http://localhost:4318",
            "http://localhost:4318/",
            "http://localhost:4318/otlp/v1/traces?x=1",
            "http://[::1]:4318",
            "grpc://localhost:4317",
            "GRPC://collector",
            "grpc://localhost:4317/v1/traces",
            "https://example.test",
            "https://example.test:8443/otlp",
            "grpcs://example.test",
            "ftp://example.test",
            "localhost:4317",
            "http://",
        ];
        let lines: Vec<String> = urls.iter().map(|u| shown(u)).collect();
        expect_test::expect![[r#"
            -> http://localhost:4318/v1/traces
            -> http://localhost:4318/v1/traces
            -> http://localhost:4318/otlp/v1/traces?x=1
            -> http://[::1]:4318/v1/traces
            -> grpc://localhost:4317
            -> grpc://collector:4317
            "grpc://localhost:4317/v1/traces" has a path, which gRPC does not use: write grpc://localhost:4317
            -> https://example.test/v1/traces
            -> https://example.test:8443/otlp
            "grpcs://example.test" asks for gRPC over TLS, which is not built in: write https:// for OTLP over HTTP
            "ftp" is not a way to send traces: write http://, https:// or grpc://
            "localhost:4317" is not an address to send to: write http://HOST:4318 or grpc://HOST:4317
            "http://" is not an address: empty string
        "#]]
        .assert_eq(&format!("{}\n", lines.join("\n")));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after("7"), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert!(retry_after("Fri, 31 Dec 2100 23:59:59 GMT") > Some(Duration::from_secs(3600)));
        assert_eq!(retry_after("soon"), None);
    }
}
