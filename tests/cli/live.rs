//! `record` and `replay` over the loopback.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use crate::fixtures::{measured, shop};
use crate::{Place, Run};

/// A recording under way, and where it listens for gRPC and HTTP.
struct Recording {
    child: Child,
    err: BufReader<std::process::ChildStderr>,
    addresses: Vec<String>,
}

fn record(place: &Place, flags: &str) -> Recording {
    let line = format!("record --listen-grpc 127.0.0.1:0 --listen-http 127.0.0.1:0 {flags}");
    let mut child = place.command(&line).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let addresses = (0..2).map(|_| {
        let mut line = String::new();
        err.read_line(&mut line).unwrap();
        line.trim().rsplit_once(" on ").unwrap_or_else(|| panic!("{line}")).1.to_owned()
    });
    let addresses = addresses.collect();
    Recording { child, err, addresses }
}

impl Recording {
    /// Ctrl-C.
    #[cfg(unix)]
    fn stop(self) -> Run {
        let id = self.child.id().to_string();
        let is_sent = std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(is_sent.success());
        self.end()
    }

    fn end(mut self) -> Run {
        let mut err = String::new();
        self.err.read_to_string(&mut err).unwrap();
        let status = self.child.wait().unwrap().code().unwrap();
        assert!(!err.contains("panicked"), "{err}");
        Run { status, out: Vec::new(), err }
    }
}

#[cfg(unix)]
#[test]
fn what_is_replayed_is_recorded_until_ctrl_c() {
    let place = Place::with("shop.jsonl", shop(20));
    let expected = place.map("shop.jsonl");
    for (file, scheme) in [("a.jsonl", "grpc"), ("b.jsonl.zst", "http"), ("c.jsonl.gz", "http")] {
        let recording = record(&place, &format!("-o {file}"));
        let to = format!("{scheme}://{}", recording.addresses[usize::from(scheme == "http")]);
        let replay = place.run(&format!("replay shop.jsonl --to {to} --speed max --keep-times"));
        assert_eq!(replay.status, 0, "{}", replay.err);
        assert!(replay.err.contains("80 spans sent, 0 rejected"), "{}", replay.err);
        let recorded = recording.stop();
        assert_eq!(recorded.status, 0, "{}", recorded.err);
        assert!(recorded.err.contains(&format!("{file}: 80 spans; refused 0")), "{}", recorded.err);
        let map = place.map(file);
        for key in ["window", "nodes", "edges"] {
            assert_eq!(map[key], expected[key], "{file}: {key}");
        }
    }
}

#[cfg(unix)]
#[test]
fn measurements_are_recorded_between_the_spans() {
    let place = Place::with("mixed.jsonl", shop(60) + &measured(60).join("\n"));
    let recording = record(&place, "-o a.jsonl");
    let post = |path: &str, body: &str| {
        let mut stream = std::net::TcpStream::connect(&recording.addresses[1]).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all((head + body).as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    };
    shop(60).lines().for_each(|line| post("/v1/traces", line));
    measured(60).iter().for_each(|line| post("/v1/metrics", line));
    let recorded = recording.stop();
    assert!(recorded.err.contains("240 spans and 42 measurements; refused 0"), "{}", recorded.err);
    assert!(recorded.err.contains("6 metric points and 0 log records not kept"), "{}", recorded.err);
    let answer = |file: &str| place.run(&format!("analyze capacity {file} --format json")).text().to_owned();
    assert_eq!(answer("a.jsonl"), answer("mixed.jsonl"));
    assert!(answer("a.jsonl").contains("\"cpu\""));
}

#[cfg(unix)]
#[test]
fn replayed_times_are_shifted_to_now() {
    let place = Place::with("shop.jsonl", shop(2));
    let recording = record(&place, "-o a.jsonl");
    let replay = place.run(&format!("replay shop.jsonl --to http://{} --speed max", recording.addresses[1]));
    assert_eq!((replay.status, recording.stop().status), (0, 0));
    let start: u128 = place.map("a.jsonl")["window"]["start_unix_nano"].as_str().unwrap().parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    assert!(now - start < 60_000_000_000, "{start}");
}

#[test]
fn a_recording_ends_by_time_and_by_size() {
    let place = Place::with("shop.jsonl", shop(20));
    assert_eq!(record(&place, "-o a.jsonl --for 100ms").end().status, 0);
    assert!(place.fails(2, "record -o a.jsonl --for soon").contains("--for soon"));
    let recording = record(&place, "-o b.jsonl --max-bytes 1000");
    let to = format!("http://{}", recording.addresses[1]);
    place.run(&format!("replay shop.jsonl --to {to} --speed max"));
    assert_eq!(recording.end().status, 0);
    assert!(place.read("b.jsonl").len() >= 1000);
}

#[test]
fn a_port_in_use_is_4_and_keeps_the_file() {
    let place = Place::with("old.jsonl", shop(1));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap();
    for flags in [
        format!("--listen-grpc {at} --listen-http {at}"),
        format!("--listen-grpc {at} --listen-http 127.0.0.1:0"),
    ] {
        let sentence = place.fails(4, &format!("record -o old.jsonl {flags}"));
        assert!(sentence.contains(&format!("port {} on 127.0.0.1 is in use", at.port())), "{sentence}");
    }
    assert_eq!(place.read("old.jsonl"), shop(1).into_bytes());
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_ends_the_recording_with_a_sentence() {
    let place = Place::with("shop.jsonl", shop(2));
    let recording = record(&place, "-o /dev/full");
    let to = format!("http://{}", recording.addresses[1]);
    place.run(&format!("replay shop.jsonl --to {to} --speed max"));
    let run = recording.end();
    assert_eq!(run.status, 3);
    assert!(
        run.sentence().starts_with("/dev/full could not be written after 0 spans: No space left"),
        "{}",
        run.err
    );
}

#[test]
fn an_endpoint_that_is_not_there_is_4() {
    let place = Place::with("shop.jsonl", shop(1));
    // A port that was free a moment ago; nothing listens on it.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for scheme in ["http", "grpc"] {
        let sentence = place.fails(4, &format!("replay shop.jsonl --to {scheme}://{free} --speed max"));
        assert!(sentence.contains("cannot be reached"), "{sentence}");
    }
    for (to, flags) in [("ftp://x", ""), ("nowhere", ""), ("http://localhost:1", "--speed 0")] {
        assert_eq!(place.run(&format!("replay shop.jsonl --to {to} {flags}")).status, 2, "{to}");
    }
}

#[cfg(unix)]
#[test]
fn watching_tells_of_alerts_as_lines_and_to_a_webhook() {
    let place = Place::new();
    assert_eq!(place.run("generate checkout-incident -o x.jsonl --seed 3").status, 0);
    let hook = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/alerts", hook.local_addr().unwrap());
    let mut command = place.command(&format!("analyze health x.jsonl --watch --webhook {url}"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let event: serde_json::Value = serde_json::from_str(&first).unwrap();
    for key in ["event", "rule", "severity", "onset_unix_nano", "duration_ms", "peak", "text"] {
        assert!(event.get(key).is_some(), "no {key} in {first}");
    }
    assert_eq!(event["event"], "raised");
    let (mut posted, _) = hook.accept().unwrap();
    let mut got = Vec::new();
    while !String::from_utf8_lossy(&got).contains(&first) {
        let mut part = [0; 4096];
        let n = posted.read(&mut part).unwrap();
        assert!(n > 0, "the webhook got {}", String::from_utf8_lossy(&got));
        got.extend_from_slice(&part[..n]);
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    drop(posted);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
