//! The grammar as a table: texts, and the spans of a small trace that each finds.
use super::*;
use crate::analysis::sketch::store;

const SKETCH: &str = "\
shop SERVER 0..300 name=GET_/cart/items http.response.status_code=200
  shop CLIENT 10..120 name=charge rpc.system=grpc server.port=8443
    pay SERVER 20..110 error name=Pay.Charge http.response.status_code=503 tier=gold
  stock INTERNAL 130..131 name=GET_/items/7 note=a..b host=node-1
";

/// The numbers of the spans that match, or what is wrong and where.
fn found(text: &str) -> String {
    let (spans, _) = store(SKETCH);
    match Filter::parse(text) {
        Err(e) => format!("{:?} at {}", e.fault, e.offset),
        Ok(filter) => {
            let numbers: Vec<String> = (1..)
                .zip(spans.iter())
                .filter(|(_, s)| filter.matches(&spans, *s))
                .map(|(n, _): (usize, _)| n.to_string())
                .collect();
            numbers.join(" ")
        }
    }
}

#[test]
fn texts_and_what_they_find() {
    for (text, wanted) in [
        ("shop", "1 2"),
        ("SHOP charge", "2"),
        ("shop OR stock", "1 2 4"),
        ("NOT shop", "3 4"),
        ("not (shop or pay)", "4"),
        ("error", "3"),
        ("root", "1"),
        ("service:sho", "1 2"),
        ("service=sho", ""),
        ("kind:server", "1 3"),
        ("kind:serv AND error", "3"),
        ("status:error", "3"),
        ("status:ok OR status:unset", "1 2 4"),
        ("dur>100ms", "1 2"),
        ("dur<=0.001s", "4"),
        ("dur:50ms..150ms", "2 3"),
        ("dur:..1ms", "4"),
        ("dur:0.2s..", "1"),
        ("http.response.status_code:500..599", "3"),
        ("http.status_code:500..", "3"),
        ("http.status_code=200", "1"),
        ("server.port>8000", "2"),
        ("name~/GET .*items/", "1 4"),
        ("name!~/GET .*items/", "2 3"),
        ("name=~/^GET .*[0-9]$/", "4"),
        (r"name~/\/items\//", "4"),
        ("name~Pay", "3"),
        ("name~/(?i)pay|charge$/ AND kind:client", "2"),
        ("tier=gold", "3"),
        ("tier!=gold", "1 2 4"),
        ("note:a..b", "4"),
        ("resource.host.name=node-1", "4"),
        ("span.host.name=node-1", ""),
        ("resource.tier=gold", ""),
        ("host.name:node", "4"),
        ("SERVICE:pay", "3"),
        ("Dur>=300ms", "1"),
        ("status=ERROR", "3"),
        ("no(tier=gold)", ""),
        ("no(tier=silver)", "1 2 3 4"),
        ("stock AND no(service:nobody OR dur>10s)", "4"),
        ("NOT no(error)", "1 2 3 4"),
        ("no(no(error))", "1 2 3 4"),
        ("no", ""),
        ("or", ""),
    ] {
        assert_eq!(found(text), wanted, "{text}");
    }
}

#[test]
fn errors_point_at_the_word() {
    for (text, wanted) in [
        ("shop AND", "NoWord at 8"),
        ("(shop", "OpenParenthesis at 5"),
        ("shop)", "NoEnd at 4"),
        ("service:", "NoValue(\"service\") at 8"),
        ("dur>fast", "NoDuration(\"fast\") at 4"),
        ("dur~1", "PatternOfDuration at 4"),
        ("status:500", "NeverThere(\"500\", \"status\", [\"unset\", \"ok\", \"error\"]) at 7"),
        ("pay AND name~/a(/", "BadPattern(\"unclosed group\") at 13"),
        ("name~/a", "OpenPattern at 5"),
        ("a ! b", "LoneNot at 2"),
        ("\"open", "OpenQuote at 0"),
        ("OR shop", "NoWord at 0"),
        ("shop OR OR pay", "NoWord at 8"),
        ("shop (AND pay)", "NoWord at 6"),
        ("dur>200 ms", "SpaceBeforeUnit(\"200ms\") at 4"),
        ("dur:2s..100ms", "EmptyRange(\"2s\", \"100ms\") at 4"),
        ("http.status_code:500..400", "EmptyRange(\"500\", \"400\") at 17"),
        ("http.status_code:abc..500", "NoNumber(\"abc\") at 17"),
        ("http.status_code:500..abc", "NoNumber(\"abc\") at 22"),
        ("status!=okk", "NeverThere(\"okk\", \"status\", [\"unset\", \"ok\", \"error\"]) at 8"),
        ("no(error", "OpenParenthesis at 8"),
    ] {
        assert_eq!(found(text), wanted, "{text}");
    }
}

#[test]
fn words_alone_may_be_names_to_find() {
    for (text, wanted) in
        [("cart", true), ("cart pay", true), ("error", false), ("a OR b", false), ("service:a", false)]
    {
        assert_eq!(Filter::parse(text).unwrap().is_plain(), wanted, "{text}");
    }
}

#[test]
fn events_are_asked_by_name_and_attribute() {
    use crate::analysis::sketch::{records, store_records};
    use crate::model::{EventRecord, Value};
    let mut spans = records("shop SERVER 0..9\npay SERVER 0..9");
    let event = EventRecord {
        name: "exception".to_owned(),
        attributes: vec![("exception.type".to_owned(), Value::str("IOError"))],
        ..EventRecord::default()
    };
    spans[1].events.push(event);
    let (spans, _) = store_records(&spans);
    for (text, wanted) in [
        ("event:exception", vec!["pay"]),
        ("event.exception.type=IOError", vec!["pay"]),
        ("exception.type~/^IO/", vec!["pay"]),
        ("event.exception.type!=IOError", vec!["shop"]),
    ] {
        let filter = Filter::parse(text).unwrap();
        let found: Vec<&str> =
            spans.iter().filter(|s| filter.matches(&spans, *s)).map(|s| s.service_text()).collect();
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn what_may_not_be_meant_is_doubted() {
    use crate::store::Vocabulary;
    let words = Vocabulary::new(&store(SKETCH).0);
    let doubted = |text: &str| -> Vec<String> {
        let all = Filter::parse(text).unwrap().doubts(&words);
        all.iter().map(|d| format!("{:?} at {}", d.doubt, d.offset)).collect()
    };
    assert_eq!(doubted("servce:cart"), ["UnknownKey(\"servce\", Some(\"service\")) at 0"]);
    assert_eq!(doubted("pay tire=gold"), ["UnknownKey(\"tire\", Some(\"tier\")) at 4"]);
    assert_eq!(doubted("span.nothing.such=1"), ["UnknownKey(\"span.nothing.such\", None) at 0"]);
    assert_eq!(doubted("dur>20"), ["Milliseconds(\"20\") at 4"]);
    assert_eq!(doubted("dur:100..2s"), ["Milliseconds(\"100\") at 4"]);
    // As it was called before, and where it is looked for.
    for known in ["tier=gold AND resource.host.name=a", "http.status_code=200", "dur>=0", "service:x"] {
        assert_eq!(doubted(known), Vec::<String>::new(), "{known}");
    }
}

#[test]
fn a_filter_is_no_longer_than_can_be_asked() {
    let many = |n: usize| vec!["service:a"; n].join(" OR ");
    assert!(Filter::parse(&many(crate::store::MOST_TESTS)).is_ok());
    assert_eq!(Filter::parse(&many(2_000)).unwrap_err().fault, FilterFault::TooLong);
}
