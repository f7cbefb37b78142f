//! Rows L1 to L5 and S1 to S5, and the life of a receiver: ports, waiting, stopping.
use super::*;
use std::net::TcpListener;

#[test]
fn l2_a_full_engine_holds_the_reply_until_there_is_room() {
    let rig = Rig::with(3, |_| {});
    let address = rig.http;
    let client = std::thread::spawn(move || post(address, &[], &proto(4, 0)));
    while rig.port(Role::Http).requests == 0 {
        std::thread::yield_now();
    }
    // The three opened sources fill the channel; the spans come only once they are taken out.
    let mut spans = 0;
    while spans == 0 {
        if let Arrival::Spans(_, delivery) = rig.arrivals.recv().unwrap() {
            spans = delivery.batch.spans.len();
        }
    }
    assert_eq!((spans, client.join().unwrap().status), (4, 200));
}

#[test]
fn l2_bytes_in_flight_are_bounded() {
    let tight = |l: &mut Limits| (l.in_flight_bytes, l.hold) = (64 * 1024, Duration::ZERO);
    let rig = Rig::with(100, limits(tight));
    assert_eq!(post(rig.http, &[], &vec![0; 100 * 1024]).status, 503);
    assert_eq!(post(rig.http, &["content-encoding: gzip"], &gzip(&vec![0; 100 * 1024])).status, 503);
    // What was held is given back.
    assert_eq!(post(rig.http, &[], &proto(500, 0)).status, 200);
    assert_eq!(rig.arrived().spans, 500);
}

/// Reads until the other side closes.
fn read_to_close(stream: &mut TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    rest
}

#[test]
fn l4_stalled_heads_and_idle_connections_are_closed() {
    let short = |l: &mut Limits| (l.header, l.idle) = (Duration::from_millis(20), Duration::from_millis(40));
    let rig = Rig::with(100, limits(short));
    for start in ["", "P", "PRI * HTTP/2", "POST /v1/traces HTTP/1.1\r\nhost:"] {
        let mut stream = TcpStream::connect(rig.http).unwrap();
        stream.write_all(start.as_bytes()).unwrap();
        assert_eq!(read_to_close(&mut stream), b"", "{start:?}");
    }
    let mut stream = TcpStream::connect(rig.http).unwrap();
    stream.write_all(b"OPTIONS /v1/traces HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!(read_reply(&mut stream).status, 204);
    assert_eq!(read_to_close(&mut stream), b"");
}

#[test]
fn l4_a_stalled_body_is_refused() {
    let rig = Rig::with(100, limits(|l| l.body = Duration::from_millis(20)));
    let mut stream = TcpStream::connect(rig.http).unwrap();
    let head =
        format!("POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n{PROTOBUF}\r\ncontent-length: 100\r\n\r\nx");
    stream.write_all(head.as_bytes()).unwrap();
    let reply = read_reply(&mut stream);
    assert_eq!((reply.status, reply.header("connection")), (408, Some("close")));
}

#[test]
fn l4_connections_beyond_the_cap_wait_for_their_turn() {
    let rig = Rig::with(100, limits(|l| l.connections = 1));
    let mut first = TcpStream::connect(rig.grpc).unwrap();
    first.write_all(b"OPTIONS / HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!(read_reply(&mut first).status, 204);
    let mut second = TcpStream::connect(rig.http).unwrap();
    let body = proto(1, 0);
    let head = format!("{PROTOBUF}\r\ncontent-length: {}\r\nhost: localhost", body.len());
    second.write_all(format!("POST / HTTP/1.1\r\n{head}\r\n\r\n").as_bytes()).unwrap();
    second.write_all(&body).unwrap();
    // The first is served again while the second waits.
    first.write_all(b"OPTIONS / HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!((read_reply(&mut first).status, rig.port(Role::Http).requests), (204, 0));
    drop(first);
    assert_eq!((read_reply(&mut second).status, rig.arrived().spans), (200, 1));
}

#[test]
fn s1_only_loopback_by_default() {
    let config = Config::default();
    let all: Vec<String> = config.grpc.iter().chain(&config.http).map(|a| a.to_string()).collect();
    assert_eq!(all, ["127.0.0.1:4317", "[::1]:4317", "127.0.0.1:4318", "[::1]:4318"]);
}

#[test]
fn s3_local_pages_may_send_and_read_the_reply() {
    let rig = Rig::new();
    let origin = "origin: http://localhost:3000";
    let asks = "access-control-request-headers: content-type";
    let reply = send(rig.http, "OPTIONS /v1/traces", &[origin, asks], &[]);
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), Some("http://localhost:3000"));
    assert_eq!(reply.header("access-control-allow-methods"), Some("post"));
    let headers = "content-type, content-encoding, authorization, x-requested-with";
    assert_eq!(reply.header("access-control-allow-headers"), Some(headers));
    assert_eq!(reply.header("access-control-max-age"), Some("7200"));
    assert_eq!(reply.header("vary"), Some("origin, access-control-request-headers"));
    for (body, status) in [(proto(1, 0), 200), (vec![255], 400)] {
        let reply = post(rig.http, &[origin], &body);
        assert_eq!(reply.status, status);
        assert_eq!(reply.header("access-control-allow-origin"), Some("http://localhost:3000"));
    }
}

#[test]
fn s4_foreign_pages_may_not_send() {
    let rig = Rig::new();
    for origin in ["https://evil.test", "http://localhost.evil.test", "null"] {
        let origin = format!("origin: {origin}");
        for line in ["POST /v1/traces", "OPTIONS /v1/traces"] {
            let reply = send(rig.http, line, &[&origin, PROTOBUF], &proto(1, 0));
            assert_eq!((reply.status, reply.header("access-control-allow-origin")), (403, None), "{origin}");
        }
    }
    assert_eq!(rig.arrived().spans, 0);
    let rig = Rig::with(100, |c| c.allow_origins = vec!["https://app.test".into()]);
    assert_eq!(post(rig.http, &["origin: https://app.test"], &proto(1, 0)).status, 200);
    assert_eq!(post(rig.http, &["origin: http://localhost:3000"], &proto(1, 0)).status, 403);
}

#[test]
fn s5_foreign_host_names_are_refused() {
    let rig = Rig::new();
    for host in ["localhost:4318", "127.0.0.1", "[::1]:4318", "host.docker.internal:4318"] {
        assert_eq!(post(rig.http, &[&format!("host: {host}")], &proto(1, 0)).status, 200, "{host}");
    }
    assert_eq!(post(rig.http, &["host: evil.test:4318"], &proto(1, 0)).status, 403);
    assert_eq!(rig.arrived().spans, 4);
}

#[test]
fn sources_are_opened_first_and_closed_last() {
    let rig = Rig::with(100, |c| c.first_source = 7);
    post(rig.http, &[], &proto(1, 0));
    let arrived = rig.arrived();
    let (grpc, http) = (rig.grpc, rig.http);
    let names =
        [format!("OTLP/gRPC {grpc}"), format!("OTLP/HTTP protobuf {http}"), format!("OTLP/HTTP JSON {http}")];
    assert_eq!((arrived.opened, arrived.sources), (names.to_vec(), vec![8]));
    drop(rig.receiver);
    let closed: Vec<u32> = rig
        .arrivals
        .iter()
        .map(|a| match a {
            Arrival::Closed(source, Ok(())) => source.0,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(closed, [7, 8, 9]);
}

#[test]
fn a_port_in_use_is_told_and_the_other_one_serves() {
    let holder = Rig::new();
    let (send, _arrivals) = crossbeam_channel::bounded(10);
    let any = vec!["127.0.0.1:0".parse().unwrap()];
    let config = Config { grpc: vec![holder.grpc], http: any, ..Config::default() };
    let receiver = Receiver::start(config, send).unwrap();
    let problem = receiver.status()[0].listening.clone().unwrap_err().to_string();
    let port = holder.grpc.port();
    assert_eq!(
        problem,
        format!(
            "port {port} on 127.0.0.1 is in use by another program (maybe a Collector): stop it or use --listen-grpc"
        )
    );
    let (role, address) = receiver.addresses()[0];
    assert_eq!((role, post(address, &[], &proto(1, 0)).status), (Role::Http, 200));

    let (send, _arrivals) = crossbeam_channel::bounded(10);
    let config = Config { grpc: vec![holder.grpc], http: vec![holder.http], ..Config::default() };
    let error = Receiver::start(config, send).unwrap_err();
    assert_eq!(error.problems.len(), 2);
    assert!(error.to_string().starts_with(&problem));
}

#[test]
fn stopping_frees_the_ports_and_ends_connections() {
    let rig = Rig::new();
    let mut idle = TcpStream::connect(rig.http).unwrap();
    idle.write_all(b"OPTIONS / HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!(read_reply(&mut idle).status, 204);
    let address = rig.http;
    drop(rig);
    assert_eq!(read_to_close(&mut idle), b"");
    drop(idle);
    TcpListener::bind(address).unwrap();
}
