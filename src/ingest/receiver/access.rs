//! Who may send: host names (DNS rebinding), pages of other sites, and what browsers ask beforehand (CORS).
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};

use super::body::Payload;
use super::refusal::{Kind, Refusal};
use crate::texts::say;

/// Pages on this machine, such as development servers.
pub(super) const LOCAL_ORIGINS: [&str; 6] = [
    "http://localhost:*",
    "http://127.0.0.1:*",
    "http://[::1]:*",
    "https://localhost:*",
    "https://127.0.0.1:*",
    "https://[::1]:*",
];

/// Headers that exporters in browsers send.
const HEADERS: [&str; 4] = ["content-type", "content-encoding", "authorization", "x-requested-with"];

/// The rules of one receiver.
#[derive(Debug)]
pub(super) struct Access {
    origins: Vec<String>,
    hosts: Vec<String>,
    headers: String,
}

impl Access {
    pub fn new(config: &super::Config) -> Self {
        let headers = HEADERS.into_iter().chain(config.allow_headers.iter().map(String::as_str));
        Self {
            origins: config.allow_origins.clone(),
            hosts: config.allow_hosts.clone(),
            headers: headers.collect::<Vec<_>>().join(", "),
        }
    }

    /// Refuses requests that a foreign page made a browser send, before anything of them is stored.
    ///
    /// gRPC is not asked: browsers cannot speak it, and proxies put their own names into its authority.
    pub fn check<B>(&self, request: &Request<B>, is_loopback: bool) -> Result<(), Refusal> {
        let host = request.headers().get(header::HOST).and_then(|h| h.to_str().ok());
        let host = host.or_else(|| request.uri().authority().map(|a| a.as_str()));
        if let Some(host) = host.filter(|h| is_loopback && !self.allows_host(h)) {
            let message = say(|t| t.receiving.foreign_host).with("host", format!("{host:?}"));
            return Err(Refusal::new(Kind::Forbidden, message));
        }
        match request.headers().get(header::ORIGIN) {
            Some(origin) if !self.allows_origin(origin) => {
                let message = say(|t| t.receiving.foreign_page).with("origin", format!("{origin:?}"));
                Err(Refusal::new(Kind::Forbidden, message))
            }
            _ => Ok(()),
        }
    }

    fn allows_host(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        // `.internal` is reserved: containers reach their host as host.docker.internal.
        matches!(name.as_str(), "localhost" | "[::1]")
            || name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
            || name.ends_with(".localhost")
            || name.ends_with(".internal")
            || self.hosts.iter().any(|h| h.eq_ignore_ascii_case(&name))
    }

    fn allows_origin(&self, origin: &HeaderValue) -> bool {
        origin.to_str().is_ok_and(|o| self.origins.iter().any(|p| matches(p, o)))
    }

    /// The headers that let an allowed page read the reply.
    pub fn decorate(&self, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        if let Some(origin) = origin.filter(|o| self.allows_origin(o)) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(header::VARY, HeaderValue::from_static("Origin, Access-Control-Request-Headers"));
        }
    }

    /// The reply to `OPTIONS`, from an allowed page or from no page.
    pub fn preflight(&self, origin: Option<&HeaderValue>) -> Response<Payload> {
        let mut response = Response::new(Payload::default());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(header::ALLOW, "POST, OPTIONS");
        if origin.is_some() {
            put(header::ACCESS_CONTROL_ALLOW_METHODS, "POST");
            put(header::ACCESS_CONTROL_ALLOW_HEADERS, &self.headers);
            put(header::ACCESS_CONTROL_MAX_AGE, "7200");
        }
        self.decorate(origin, headers);
        response
    }
}

/// A pattern is an origin, an origin with `:*` for any port, or `*`.
fn matches(pattern: &str, origin: &str) -> bool {
    match pattern.strip_suffix(":*") {
        Some(base) => origin.strip_prefix(base).is_some_and(|rest| {
            let port = rest.strip_prefix(':');
            rest.is_empty() || port.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
        }),
        None => pattern == "*" || pattern.eq_ignore_ascii_case(origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_hosts() {
        let access = Access::new(&super::super::Config {
            allow_hosts: vec!["traces.test".into()],
            ..super::super::Config::default()
        });
        for host in ["localhost", "LocalHost:4318", "127.0.0.1:1", "127.0.0.2", "[::1]:4318", "[::1]"] {
            assert!(access.allows_host(host), "{host}");
        }
        for host in ["app.localhost:4318", "host.docker.internal:4318", "traces.test:80", "localhost."] {
            assert!(access.allows_host(host), "{host}");
        }
        for host in
            ["evil.test", "evil.test:4318", "localhost.evil.test", "127.0.0.1.evil.test", "", "10.0.0.1"]
        {
            assert!(!access.allows_host(host), "{host}");
        }
    }

    #[test]
    fn patterns_match_whole_origins() {
        let any_port = "http://localhost:*";
        for origin in ["http://localhost", "http://localhost:3000"] {
            assert!(matches(any_port, origin), "{origin}");
        }
        for origin in
            ["http://localhost.evil.test", "http://localhost:", "http://localhost:3000.evil.test", "null"]
        {
            assert!(!matches(any_port, origin), "{origin}");
        }
        assert!(matches("https://app.test", "https://app.test"));
        assert!(matches("*", "https://app.test"));
    }
}
