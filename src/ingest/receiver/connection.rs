//! Connections: accepting, telling the protocols apart, and ending those that stall.
use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::body::Payload;
use super::intake::Intake;
use super::ports::Port;
use super::{Limits, grpc_api, http_api};

/// How long open connections may take to finish when the receiver stops.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves one listening socket until told to stop.
pub(super) async fn accept(intake: Arc<Intake>, port: Arc<Port>, listener: TcpListener) {
    let mut stop = intake.stop.clone();
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
        };
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = accepted else {
            // Out of file handles, most likely: one has to be closed first.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        // The cap makes further clients wait in the system's queue instead of failing them.
        let permit = tokio::select! {
            permit = intake.connections.clone().acquire_owned() => permit,
            () = stopped(&mut stop) => break,
        };
        let (intake, port) = (intake.clone(), port.clone());
        connections.spawn(async move {
            serve(intake, port, stream).await;
            drop(permit);
        });
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    // Those that take longer are cut off with the runtime.
    drop(tokio::time::timeout(FAREWELL * 2, all).await);
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the receiver is gone, which is a stop as well.
    drop(stop.wait_for(|stop| *stop).await);
}

async fn serve(intake: Arc<Intake>, port: Arc<Port>, stream: TcpStream) {
    // Without it small replies are late, no more.
    drop(stream.set_nodelay(true));
    let mut stop = intake.stop.clone();
    let activity = Arc::new(Activity::new());
    let io = TokioIo::new(Watched { stream, activity: activity.clone() });
    let service = service_fn({
        let (intake, activity) = (intake.clone(), activity.clone());
        move |request: Request<Incoming>| {
            let (intake, port) = (intake.clone(), port.clone());
            let busy = Busy::new(&activity, request.version() == Version::HTTP_2);
            async move {
                let response = route(&intake, &port, request).await;
                drop(busy);
                Ok::<_, Infallible>(response)
            }
        }
    });
    let builder = builder(&intake.limits);
    let mut connection = pin!(builder.serve_connection(io, service));
    tokio::select! {
        // How a connection ends is the client's business: its requests have been answered or counted.
        _ = connection.as_mut() => return,
        () = activity.stall(&intake.limits) => if !activity.is_http2() { return },
        () = stopped(&mut stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    drop(tokio::time::timeout(FAREWELL, connection).await);
}

async fn route(intake: &Intake, port: &Arc<Port>, request: Request<Incoming>) -> Response<Payload> {
    port.request(request.headers().get(http::header::USER_AGENT).and_then(|v| v.to_str().ok()));
    if grpc_api::is_grpc(request.headers()) {
        grpc_api::respond(intake, port, request).await
    } else {
        http_api::respond(intake, port, request).await
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // `Activity` times out headers: hyper's own timeout would also end idle connections.
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_headers(100)
        .max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(1024)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

/// What a connection is doing, so that a stalled one can be ended.
#[derive(Debug)]
struct Activity(Mutex<Doing>);

#[derive(Debug)]
struct Doing {
    in_flight: u32,
    /// When the last request was answered, or the connection opened.
    quiet_since: Instant,
    /// When the first byte since then came: of a request's head.
    heard: Option<Instant>,
    has_served: bool,
    is_http2: bool,
}

impl Activity {
    fn new() -> Self {
        let quiet_since = Instant::now();
        Self(Mutex::new(Doing { in_flight: 0, quiet_since, heard: None, has_served: false, is_http2: false }))
    }
    fn doing(&self) -> MutexGuard<'_, Doing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn is_http2(&self) -> bool {
        self.doing().is_http2
    }
    /// Ends when a head takes too long, or when the connection was idle for too long.
    async fn stall(&self, limits: &Limits) {
        loop {
            let now = Instant::now();
            let deadline = self.doing().deadline(limits, now);
            if deadline <= now {
                return;
            }
            // A head may begin while an idle connection is waited for, so look again in time for that.
            tokio::time::sleep_until(deadline.min(now + limits.header)).await;
        }
    }
}

impl Doing {
    fn deadline(&self, limits: &Limits, now: Instant) -> Instant {
        if self.in_flight > 0 {
            return now + limits.header;
        }
        match self.heard {
            _ if !self.has_served => self.quiet_since + limits.header,
            // HTTP/2 also sends bytes while idle: pings and their answers.
            Some(heard) if !self.is_http2 => heard + limits.header,
            _ => self.quiet_since + limits.idle,
        }
    }
}

/// Held while a request is being answered.
struct Busy(Arc<Activity>);

impl Busy {
    fn new(activity: &Arc<Activity>, is_http2: bool) -> Self {
        let mut doing = activity.doing();
        doing.in_flight += 1;
        doing.heard = None;
        doing.has_served = true;
        doing.is_http2 = is_http2;
        drop(doing);
        Self(activity.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut doing = self.0.doing();
        doing.in_flight = doing.in_flight.saturating_sub(1);
        doing.quiet_since = Instant::now();
        doing.heard = None;
    }
}

/// A stream that notes when bytes come.
struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            let mut doing = self.activity.doing();
            if doing.in_flight == 0 {
                doing.heard.get_or_insert_with(Instant::now);
            }
        }
        result
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_timed_from_their_first_byte_and_idleness_from_the_last_reply() {
        let limits = Limits::default();
        let t = Instant::now();
        let at = |secs: u64| t + Duration::from_secs(secs);
        let doing = |in_flight, heard, has_served, is_http2| {
            let doing = Doing { in_flight, quiet_since: at(100), heard, has_served, is_http2 };
            doing.deadline(&limits, at(500))
        };
        assert_eq!(doing(0, None, false, false), at(110), "a new connection says nothing");
        assert_eq!(doing(0, Some(at(109)), false, false), at(110), "nor may it trickle");
        assert_eq!(doing(0, None, true, false), at(175), "idle");
        assert_eq!(doing(0, Some(at(160)), true, false), at(170), "the next head began");
        assert_eq!(doing(0, Some(at(160)), true, true), at(175), "an HTTP/2 ping is not a head");
        assert_eq!(doing(1, None, true, false), at(510), "busy: look again later");
    }
}
