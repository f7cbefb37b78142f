//! The sender of `replay` against the receiver, and against a scripted server where that never fails so.
use super::*;
use spanscape::ingest::sender::{SendOutcome, Sender};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// A sender that does not sleep: it notes the wait and runs `then`.
fn sender(url: &str, then: impl Fn() + Send + 'static) -> (Sender, Arc<Mutex<Vec<Duration>>>) {
    let waits: Arc<Mutex<Vec<Duration>>> = Arc::default();
    let noted = waits.clone();
    let pause = move |wait| {
        noted.lock().unwrap().push(wait);
        then();
    };
    (Sender::with_pause(url, pause).unwrap(), waits)
}

fn urls(rig: &Rig) -> [String; 2] {
    [format!("http://{}", rig.http), format!("grpc://{}", rig.grpc)]
}

#[test]
fn both_protocols_send_and_tell_of_partial_success() {
    let rig = Rig::new();
    for url in urls(&rig) {
        let mut sender = Sender::new(&url).unwrap();
        assert_eq!(sender.send(&proto(5, 0)), Ok(SendOutcome { tries: 1, ..SendOutcome::default() }));
        let message = "2 refused: invalid span id".to_owned();
        assert_eq!(sender.send(&proto(5, 2)), Ok(SendOutcome { rejected: 2, message, tries: 1 }));
    }
    assert_eq!(rig.arrived().spans, 20);
    let client = rig.port(Role::Http).client.unwrap();
    assert!(client.starts_with("spanscape/"), "{client}");
    assert!(rig.port(Role::Grpc).client.unwrap().starts_with("spanscape/"));
}

#[test]
fn an_overloaded_endpoint_is_tried_again_after_the_wait_that_it_asks_for() {
    for i in 0..2 {
        let rig = Rig::full();
        let arrivals = rig.arrivals.clone();
        // The first wait makes room: it takes the opened sources out of the channel.
        let (mut sender, waits) = sender(&urls(&rig)[i], move || while arrivals.try_recv().is_ok() {});
        assert_eq!(sender.send(&proto(5, 0)).map(|o| o.tries), Ok(2));
        assert_eq!(*waits.lock().unwrap(), [Duration::from_secs(1)]);
        assert_eq!(rig.arrived().spans, 5);
    }
}

#[test]
fn an_endpoint_that_stays_overloaded_is_given_up() {
    let rig = Rig::full();
    for url in urls(&rig) {
        let (mut sender, waits) = sender(&url, || {});
        let error = sender.send(&proto(5, 0)).unwrap_err();
        assert!(error.starts_with("given up after 5 tries: "), "{error}");
        assert!(error.contains("faster than they can be stored"), "{error}");
        assert_eq!(waits.lock().unwrap().len(), 4);
    }
}

#[test]
fn other_refusals_are_final() {
    let rig = Rig::small();
    for url in urls(&rig) {
        let (mut sender, waits) = sender(&url, || {});
        for (body, why) in [(vec![255], "answers"), (vec![0; 2 << 20], "larger than the limit")] {
            let error = sender.send(&body).unwrap_err();
            assert!(error.starts_with(&url) && error.contains(why), "{error}");
        }
        assert_eq!(waits.lock().unwrap().len(), 0);
    }
}

#[test]
fn an_endpoint_that_is_not_there_is_told_at_once() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for url in [format!("http://{free}"), format!("grpc://{free}")] {
        let (mut sender, waits) = sender(&url, || {});
        let error = sender.send(&proto(1, 0)).unwrap_err();
        assert!(error.contains("cannot be reached") && error.contains("refused"), "{error}");
        assert_eq!(waits.lock().unwrap().len(), 0);
    }
}

#[test]
fn retryable_http_replies_without_a_wait_back_off() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        for status in ["429 Busy", "502 Bad", "503 Busy", "504 Late", "200 OK"] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = vec![0; read_request_head(&mut stream)];
            stream.read_exact(&mut request).unwrap();
            let reply = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(reply.as_bytes()).unwrap();
        }
    });
    let (mut sender, waits) = sender(&url, || {});
    assert_eq!(sender.send(&proto(1, 0)).map(|o| o.tries), Ok(5));
    let millis: Vec<u128> = waits.lock().unwrap().iter().map(Duration::as_millis).collect();
    assert_eq!(millis, [500, 1000, 2000, 4000]);
    server.join().unwrap();
}

/// Reads a request's head and gives the length of its body.
fn read_request_head(stream: &mut TcpStream) -> usize {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.lines().find_map(|l| l.strip_prefix("content-length: "));
    length.unwrap().parse().unwrap()
}
