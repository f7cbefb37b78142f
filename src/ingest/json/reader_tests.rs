//! The reader: skipping, strings and what is not JSON.
use super::reader::{Reader, Scalar};

fn skip(json: &[u8]) -> Result<usize, String> {
    let mut r = Reader::new(json);
    r.skip().and_then(|()| r.end()).map(|()| r.at()).map_err(|e| e.to_string())
}

#[test]
fn any_json_can_be_skipped() {
    for json in [
        "null",
        " true ",
        "-1.5e+3",
        "\"\"",
        r#""a\"b\\""#,
        "[]",
        "{}",
        "[[],{},[{}]]",
        r#"{"a":[1,{"b":null}],"c":"]}"}"#,
        "[ 1 , \"x\" , { } ]\r\n",
        "{\"a\" : {\"b\" : [ ] } }",
    ] {
        assert_eq!(skip(json.as_bytes()), Ok(json.len()), "{json}");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    for json in [
        "",
        "[",
        "]",
        "{",
        "[1",
        "[1,",
        "[1,]",
        "[1 2]",
        "[1}",
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "\"a",
        "\"a\\",
        "nul",
        "tru",
        "-",
        "1.2.3",
        "1-2",
        "[1]]",
        "{} {}",
        "undefined",
        "// x",
    ] {
        assert!(skip(json.as_bytes()).is_err(), "{json}");
    }
}

#[test]
fn depth_costs_no_stack() {
    let n = 1_000_000;
    assert_eq!(skip(["[".repeat(n), "]".repeat(n)].concat().as_bytes()), Ok(2 * n));
    assert_eq!(skip([r#"{"a":"#.repeat(n), "1".into(), "}".repeat(n)].concat().as_bytes()), Ok(6 * n + 1));
    let open = skip("[".repeat(n).as_bytes());
    assert_eq!(open, Err("the document ends where a single value was expected at byte 1000000".into()));
}

#[test]
fn scalars_are_told_apart() {
    let scalar = |json: &'static str| Reader::new(json.as_bytes()).scalar().map_err(|e| e.to_string());
    assert_eq!(scalar(" null"), Ok(Scalar::Null));
    assert_eq!(scalar("true"), Ok(Scalar::Bool(true)));
    assert_eq!(scalar("-1.5e3,"), Ok(Scalar::Number("-1.5e3")));
    assert_eq!(scalar(r#""a\u00e9""#), Ok(Scalar::Text("a\u{e9}".into())));
    for json in ["{}", "[]", r#""\x""#, r#""\u12""#, r#""\u12g4""#, "1e", "--1"] {
        assert!(scalar(json).is_err(), "{json}");
    }
}
