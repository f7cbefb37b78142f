//! Readings of traces: nodes, peers, and whose time the critical path is.
use expect_test::{Expect, expect};

use super::{BlameKey, Reading};
use crate::analysis::sketch;
use crate::graph::Snapshot;
use crate::model::TraceIndex;
use crate::store::Lens;

/// Rows with node and callee, then whose time the critical path was.
fn check(text: &str, expected: Expect) {
    let snapshot: Snapshot = sketch::snapshot(&[text]);
    let index = snapshot.graph(&Lens::default());
    let reading = Reading::of(&snapshot, &index, TraceIndex(0)).unwrap();
    let name = |n| index.graph.node(n).map_or("?", |n| &n.id);
    let mut out = String::new();
    for (_, row, part) in reading.rows() {
        let callee = part.callee.map_or(String::new(), |c| format!(" -> {}", name(c)));
        let server = part.server.map_or(String::new(), |s| format!(" answered by row {s}"));
        let node = part.node.map_or("-", name);
        out += &format!("{}{node}{callee}{server}\n", "  ".repeat(row.depth as usize));
    }
    for section in reading.critical_path() {
        let whose = match reading.key_of(section.row) {
            Some(BlameKey::Node(n)) => name(n).to_owned(),
            Some(BlameKey::Gap(e)) => {
                let (a, b) = index.graph.ends(e).unwrap();
                format!("{} ~ {}", name(a), name(b))
            }
            None => "-".to_owned(),
        };
        out += &format!("{:.0} ms of {whose}\n", section.length().as_millis_f64());
    }
    expected.assert_eq(&out);
}

#[test]
fn nodes_peers_and_whose_time_it_was() {
    check(
        "
gateway SERVER 0..100
  gateway INTERNAL 2..99
    gateway CLIENT 5..95
      stock SERVER 15..90
        stock CLIENT 20..80 db.system=postgresql db.name=orders server.address=db1
",
        expect![[r#"
            service:gateway
              service:gateway
                service:gateway -> service:stock answered by row 3
                  service:stock
                    service:stock -> database:orders@db1
            2 ms of service:gateway
            1 ms of service:gateway
            3 ms of service:gateway
            4 ms of service:gateway
            10 ms of service:gateway ~ service:stock
            5 ms of service:gateway ~ service:stock
            5 ms of service:stock
            10 ms of service:stock
            60 ms of database:orders@db1
        "#]],
    );
}

#[test]
fn a_trace_of_fragments_has_no_root() {
    let snapshot = sketch::snapshot(&["cart INTERNAL 0..10 parent=99"]);
    let index = snapshot.graph(&Lens::default());
    let reading = Reading::of(&snapshot, &index, TraceIndex(0)).unwrap();
    assert_eq!((reading.root, reading.entry(), reading.critical_path().count()), (None, None, 0));
}
