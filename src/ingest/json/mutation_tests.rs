//! Damaged documents never panic, and what they give always holds together.
use super::{Ids, decode_document, jaeger, otlp, zipkin};
use crate::ingest::Decoded;
use crate::model::Slice;

const SEEDS: &[&str] = &[
    r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeSpans":[{
      "scope":{"name":"l","attributes":[]},"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174",
      "name":"a\u00e9\ud83d\ude00","kind":2,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":1.5e9,"attributes":[
      {"key":"k","value":{"arrayValue":{"values":[{"intValue":"5"},{"doubleValue":"NaN"},{"bytesValue":"AQI="}]}}},
      {"key":"m","value":{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}}]}}}],"events":[{"timeUnixNano":"1",
      "attributes":[{"key":"x","value":{}}]}],"links":[{"traceId":"5b8efff798038103d269b633813fc60d","spanId":
      "eee19b7ec3c1b175"}],"status":{"code":2}}]}]}],"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}"#,
    r#"{"data":[{"traceID":"1f","spans":[{"traceID":"1f","spanID":"2","references":[{"refType":"CHILD_OF","traceID":"1f",
      "spanID":"9"},{"refType":"FOLLOWS_FROM","traceID":"1e","spanID":"8"}],"startTime":1700000000000001,"duration":5,"tags":[
      {"key":"span.kind","type":"string","value":"client"},{"key":"n","type":"int64","value":"9"}],"logs":[{"timestamp":17,
      "fields":[{"key":"event","value":"e"},{"key":"b","type":"binary","value":"AQI="}]}],"processID":"p1"},{"traceID":"1f",
      "spanID":"3","process":{"serviceName":"in"}}],"processes":{"p1":{"serviceName":"s","tags":[{"key":"h","value":1}]}}}]}"#,
    r#"[[{"traceId":"978883983d506fa5","parentId":"1","id":"2","kind":"CLIENT","name":"get","timestamp":1472470996199000,
      "duration":207000,"localEndpoint":{"serviceName":"f","ipv4":"10.0.0.1","port":80},"remoteEndpoint":{"serviceName":"b"},
      "annotations":[{"timestamp":1,"value":"foo"}],"tags":{"a":"b","error":"x"},"shared":true}]]"#,
];
const SNIPPETS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"null",
    b"-",
    b"1e999",
    b"\\ud800",
    b"\xff",
    b"0",
    b"{}",
    b"[]",
    b"true",
    b"\"\"",
    b"[[[[",
    b"\"key\":",
];

/// A small fixed sequence of numbers, so that a failure is found again.
struct Sequence(u64);
impl Sequence {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

fn mutate(seed: &[u8], random: &mut Sequence) -> Vec<u8> {
    let mut json = seed.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(json.len().max(1)).min(json.len());
        let end = (at + random.below(12)).min(json.len());
        match random.below(5) {
            0 => json.truncate(at),
            1 => drop(json.drain(at..end)),
            2 => json.splice(at..end, SNIPPETS[random.below(SNIPPETS.len())].iter().copied()).for_each(drop),
            3 => json.splice(at..at, SNIPPETS[random.below(SNIPPETS.len())].iter().copied()).for_each(drop),
            _ => {
                let copy = json[at..end].to_vec();
                let to = random.below(json.len().max(1)).min(json.len());
                json.splice(to..to, copy).for_each(drop);
            }
        }
    }
    json
}

fn assert_whole(out: &Decoded, json: &[u8]) {
    let batch = &out.builder.batch;
    let inside = |s: Slice, len: usize| s.len == 0 || s.range().end <= len;
    let attributes = |s: Slice| inside(s, batch.attribute_ids.len());
    let json = String::from_utf8_lossy(json);
    assert!(batch.attribute_ids.iter().all(|&i| (i as usize) < batch.attributes.len()), "{json}");
    for s in &batch.spans {
        assert!(!s.trace_id.is_zero() && !s.span_id.is_zero(), "{json}");
        assert!(
            (s.resource as usize) < batch.resources.len() && (s.scope as usize) < batch.scopes.len(),
            "{json}"
        );
        assert!(attributes(s.attributes) && inside(s.events, batch.events.len()), "{json}");
        assert!(inside(s.links, batch.links.len()), "{json}");
    }
    assert!(batch.resources.iter().all(|r| attributes(r.attributes)), "{json}");
    assert!(batch.events.iter().all(|e| attributes(e.attributes)), "{json}");
    assert!(batch.links.iter().all(|l| attributes(l.attributes)), "{json}");
}

#[test]
fn damaged_documents_never_panic_and_stay_whole() {
    let mut random = Sequence(0x9e37_79b9_7f4a_7c15);
    let (mut good, mut bad) = (0, 0);
    for round in 0..6000 {
        let json = mutate(SEEDS[round % SEEDS.len()].as_bytes(), &mut random);
        let mut out = Decoded::default();
        match decode_document(&json, &mut out) {
            Ok(_) => good += 1,
            Err(e) => {
                assert!(e.offset <= json.len());
                bad += 1;
            }
        }
        for ids in [Ids::Strict, Ids::Lenient] {
            let _ = otlp::decode(&json, &mut out, ids);
        }
        let _ = jaeger::decode(&json, &mut out);
        let _ = zipkin::decode(&json, &mut out);
        assert_whole(&out, &json);
    }
    assert!(good > 500 && bad > 500, "{good} good, {bad} bad: the mutations are too tame or too wild");
}

#[test]
fn every_cut_of_a_document_is_an_error() {
    for seed in SEEDS {
        for end in 0..seed.len() {
            let mut out = Decoded::default();
            assert!(decode_document(&seed.as_bytes()[..end], &mut out).is_err(), "{}", &seed[..end]);
            assert_whole(&out, &seed.as_bytes()[..end]);
        }
    }
}
