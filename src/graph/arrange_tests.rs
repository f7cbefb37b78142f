//! Tests of groups and of what is hidden.
use std::collections::BTreeSet;

use super::super::{EXTERNAL, Snapshot};
use super::*;
use crate::analysis::sketch::{records, snapshot_of};
use crate::graph::{Health, Red};
use crate::model::Value;
use crate::scenario::{Options, generate};
use crate::store::Lens;

/// A shop of two teams, a store that one of them uses, and a host outside.
fn shop() -> Snapshot {
    let sketch = "\
web SERVER 0..90
  cart SERVER 5..80
    cart CLIENT 10..20 db.system=postgresql db.namespace=carts
    pay SERVER 30..70
      pay CLIENT 35..60 server.address=bank.example http.request.method=POST
      pay CLIENT 61..66 server.address=stripe.example http.request.method=POST
";
    let mut spans = records(sketch);
    for span in &mut spans {
        let resource = Arc::make_mut(&mut span.resource);
        let is_pay = resource.attributes.iter().any(|a| a.1 == Value::str("pay"));
        let team = if is_pay { "money" } else { "shop" };
        resource.attributes.push(("team".to_owned(), Value::str(team)));
    }
    snapshot_of(&spans)
}

fn texts(a: &Arranged) -> Vec<String> {
    let graph = &a.index.graph;
    let id = |n| graph.node(n).unwrap().id.clone();
    let nodes = graph.nodes().map(|(_, n)| format!("{} {}", n.id, n.red.calls()));
    nodes
        .chain(graph.edges().map(|(_, f, t, e)| format!("{} -> {} {}", id(f), id(t), e.red.calls())))
        .collect()
}

fn by(key: &str, collapse: Collapse) -> Arrangement {
    Arrangement { group_by: GroupBy::Keys(vec![key.to_owned()]), collapse, ..Arrangement::default() }
}

fn arranged(snapshot: &Snapshot, wanted: &Arrangement) -> Arranged {
    let index = Arc::new(snapshot.graph(&Lens::default()));
    let groups = Groups::new(snapshot, &wanted.group_by);
    arrange(&index, &groups, wanted, None)
}

#[test]
fn a_group_stands_for_its_members_and_the_store_that_it_alone_uses() {
    let all = arranged(&shop(), &by("team", Collapse::All));
    expect_test::expect![[r#"
        group:external hosts 2
        group:shop 1
        service:pay 1
        user:user 1
        group:shop -> service:pay 1
        service:pay -> group:external hosts 2
        user:user -> group:shop 1"#]]
    .assert_eq(&texts(&all).join("\n"));
    let shop = all.index.graph.find("group:shop").unwrap();
    let node = all.index.graph.node(shop).unwrap();
    assert_eq!(node.kind, NodeKind::Group);
    assert_eq!(node.self_calls.calls(), 2.0, "web to cart, cart to its store");
    let outside = all.index.graph.find("group:external hosts").unwrap();
    assert_eq!(all.index.graph.node(outside).unwrap().name, format!("2 {EXTERNAL}"));
    assert!(!all.is_automatic);
}

#[test]
fn one_group_alone_can_be_collapsed_and_what_is_hidden_is_counted() {
    let only = |name: &str| Collapse::Only([name.to_owned()].into());
    let mut wanted = by("team", only("shop"));
    wanted.hidden_nodes.insert("service:pay".to_owned());
    let some = arranged(&shop(), &wanted);
    expect_test::expect![[r#"
        external:bank.example 1
        external:stripe.example 1
        group:shop 1
        user:user 1
        user:user -> group:shop 1"#]]
    .assert_eq(&texts(&some).join("\n"));
    assert_eq!((some.hidden_nodes, some.hidden_edges), (1, 3));
}

#[test]
fn a_group_of_one_is_its_node_and_no_attribute_makes_no_group() {
    let money = arranged(&shop(), &by("team", Collapse::Only(["money".to_owned()].into())));
    assert!(money.collapsed.is_empty());
    assert!(money.index.graph.find("service:pay").is_some());
    let snapshot = shop();
    let whole = Arc::new(snapshot.graph(&Lens::default()));
    for wanted in [by("no.such.key", Collapse::Only(BTreeSet::new())), Arrangement::default()] {
        let same = arranged(&snapshot, &wanted);
        assert_eq!(same.index.graph.nodes().len(), whole.graph.nodes().len());
        assert_eq!((same.hidden_nodes, same.hidden_edges), (0, 0));
        assert!(same.index.graph.edges().eq(whole.graph.edges()));
    }
}

#[test]
fn focus_goes_so_many_calls_both_ways() {
    let focus = |reach, id: &str| Arrangement {
        focus: Some(Focus { around: vec![id.to_owned()], reach }),
        group_by: GroupBy::Nothing,
        ..Arrangement::default()
    };
    let snapshot = shop();
    let names = |wanted: &Arrangement| -> Vec<String> {
        let a = arranged(&snapshot, wanted);
        a.index.graph.nodes().map(|(_, n)| n.name.clone()).collect()
    };
    assert_eq!(names(&focus(Reach::Hops(1), "service:web")), ["cart", "web", "user"]);
    assert_eq!(names(&focus(Reach::Hops(2), "service:pay")).len(), 5, "not the store, which is off the way");
    let gone = arranged(&snapshot, &focus(Reach::Hops(1), "service:gone"));
    assert_eq!(gone.hidden_nodes, 0, "what is not there hides nothing");
}

#[test]
fn focus_on_requests_shows_what_they_touch_alone() {
    let other = "jobs SERVER 0..10\n  cart SERVER 2..8\n    mail SERVER 3..4";
    let mut spans = records("web SERVER 0..9\n  cart SERVER 1..8\n    pay SERVER 2..7");
    spans.extend(records(other).into_iter().map(|mut s| {
        s.trace_id.0[15] = 2;
        s
    }));
    let snapshot = snapshot_of(&spans);
    let index = Arc::new(snapshot.graph(&Lens::default()));
    let groups = Groups::default();
    let around = vec!["service:web".to_owned()];
    let requests = super::super::touched(&snapshot, &Lens::default(), &index, &groups, &around);
    let wanted =
        Arrangement { focus: Some(Focus { around, reach: Reach::Requests }), ..Arrangement::default() };
    let shown = arrange(&index, &groups, &wanted, Some(&requests));
    let names: Vec<&str> = shown.index.graph.nodes().map(|(_, n)| n.name.as_str()).collect();
    assert_eq!(names, ["cart", "pay", "web", "user"], "neither the job nor the mail that it alone sends");
    assert_eq!(shown.hidden_nodes, 2);
}

#[test]
fn quiet_edges_go_and_their_nodes_stay() {
    let snapshot = shop();
    let all = arranged(&snapshot, &Arrangement::default());
    let none = arranged(&snapshot, &Arrangement { least_rate: u64::MAX, ..Arrangement::default() });
    assert_eq!(none.index.graph.edges().len(), 0);
    assert_eq!(none.hidden_edges, all.index.graph.edges().len());
    assert_eq!(none.index.graph.nodes().len(), all.index.graph.nodes().len());
}

/// Spans of a sketch, with the services named `a…` in one team and all others in another.
fn two_teams(sketch: &str) -> Snapshot {
    let mut spans = records(sketch);
    for span in &mut spans {
        let resource = Arc::make_mut(&mut span.resource);
        let name = resource.attributes.iter().find(|a| a.0 == "service.name").map(|a| a.1.to_string());
        let team = if name.is_some_and(|n| n.starts_with('a')) { "a" } else { "b" };
        resource.attributes.push(("team".to_owned(), Value::str(team)));
    }
    snapshot_of(&spans)
}

#[test]
fn a_queue_belongs_to_those_who_publish_to_it() {
    let snapshot = two_teams(
        "\
a1 SERVER 0..90
  a1 PRODUCER 5..10 messaging.system=kafka messaging.destination.name=orders messaging.operation.type=publish
    b1 CONSUMER 20..40 messaging.system=kafka messaging.destination.name=orders messaging.operation.type=process
",
    );
    let index = Arc::new(snapshot.graph(&Lens::default()));
    let groups = Groups::new(&snapshot, &by("team", Collapse::All).group_by);
    let queue = index.graph.nodes().find(|(_, n)| n.kind == NodeKind::Queue).unwrap().0;
    assert_eq!(groups.of_node(&index, queue), Some("a"));
}

#[test]
fn groups_that_closed_by_themselves_open_again_only_well_below() {
    let mut sketch = "a SERVER 0..90\n".to_owned();
    (0..LARGE - 100).for_each(|i| sketch += &format!("  b{i} SERVER 1..9\n"));
    let snapshot = two_teams(&sketch);
    let wanted = |stays_closed| Arrangement { stays_closed, ..by("team", Collapse::WhenLarge) };
    assert!(!arranged(&snapshot, &wanted(false)).is_automatic);
    assert!(arranged(&snapshot, &wanted(true)).is_automatic);
}

#[test]
fn an_edge_between_groups_is_as_ill_as_a_tenth_of_its_calls() {
    let ill = "  b1 SERVER 1..9 error\n";
    let sketch = |well: usize, calls: usize| {
        let fine = "  b2 SERVER 1..9\n".repeat(well);
        format!("a SERVER 0..90\n{}{fine}", ill.repeat(calls))
    };
    let health = |well, calls| {
        let shown = arranged(&two_teams(&sketch(well, calls)), &by("team", Collapse::All));
        let graph = &shown.index.graph;
        let into = |n| graph.node(n).is_some_and(|n: &Node| n.kind == NodeKind::Group);
        graph.edges().find(|(_, _, to, _)| into(*to)).map(|(.., e)| e.health)
    };
    assert_eq!(health(900, 50), Some(Health::Healthy));
    assert_eq!(health(400, 50), Some(Health::Critical));
}

#[test]
fn every_caller_keeps_its_main_ways_and_loses_the_small_ones() {
    let mut spans = Vec::new();
    for n in 0..20 {
        let callee = if n == 0 { "mail" } else { "pay" };
        let mut one = records(&format!("web SERVER 0..9\n  {callee} SERVER 1..8\n    ledger SERVER 2..7"));
        one.iter_mut().for_each(|s| s.trace_id.0[15] = n);
        spans.extend(one);
    }
    let snapshot = snapshot_of(&spans);
    let some = arranged(&snapshot, &Arrangement { least_share: 501, ..Arrangement::default() });
    expect_test::expect![[r#"
        service:ledger 20
        service:mail 1
        service:pay 19
        service:web 20
        user:user 20
        service:mail -> service:ledger 1
        service:pay -> service:ledger 19
        service:web -> service:pay 19
        user:user -> service:web 20"#]]
    .assert_eq(&texts(&some).join("\n"));
    assert_eq!(some.hidden_edges, 1, "one of twenty is five percent of what web calls");
    let all = arranged(&snapshot, &Arrangement { least_share: 500, ..Arrangement::default() });
    assert_eq!(all.hidden_edges, 0);
}

/// Sums of groups equal those of their members, whatever the system and whatever is collapsed.
#[test]
fn sums_are_exact_on_generated_systems() {
    for seed in 1..=4 {
        let story = generate("services", seed, Options { services: 40 }).unwrap();
        let snapshot = snapshot_of(&story.records);
        let whole = Arc::new(snapshot.graph(&Lens::default()));
        let groups = Groups::new(&snapshot, &GroupBy::Usual);
        assert_eq!(groups.key.as_deref(), Some("service.namespace"));
        let some = groups.names().iter().step_by(2).cloned().collect();
        for collapse in [Collapse::All, Collapse::Only(some)] {
            let a = arrange(&whole, &groups, &Arrangement { collapse, ..Arrangement::default() }, None);
            assert!(!a.collapsed.is_empty());
            check_sums(&whole, &a);
        }
    }
}

/// No call is lost or counted twice, and every figure of what stands for several is exactly their sum.
fn check_sums(whole: &Arc<GraphIndex>, a: &Arranged) {
    let same = again(whole, a);
    assert!(same.index.graph.nodes().eq(a.index.graph.nodes()));
    assert!(same.index.graph.edges().eq(a.index.graph.edges()));
    for (node, _, members) in &a.collapsed {
        let mut sum = Red::default();
        let coming = whole.graph.edges().filter(|e| members.contains(&e.2) && !members.contains(&e.1));
        coming.for_each(|e| sum.merge(&e.3.red));
        assert_eq!(a.index.graph.node(*node).unwrap().red, sum, "what comes in, and its percentiles");
    }
    let calls = |g: &ServiceGraph| -> f64 {
        let own: f64 = g.nodes().map(|(_, n)| n.self_calls.calls()).sum();
        own + g.edges().map(|(.., e)| e.red.calls()).sum::<f64>()
    };
    assert_eq!(calls(&a.index.graph), calls(&whole.graph), "no call is lost or counted twice");
    for (id, from, to, edge) in a.index.graph.edges() {
        let parts = whole.graph.edges().filter(|e| a.edge_of[e.0.0 as usize] == Some(id));
        let mut sum = Red::default();
        for (_, f, t, part) in parts {
            assert_eq!(a.node_of[f.0 as usize], Some(from));
            assert_eq!(a.node_of[t.0 as usize], Some(to));
            sum.merge(&part.red);
        }
        assert_eq!(edge.red, sum);
    }
}

/// The same of groups inside groups, whichever of them are closed.
#[test]
fn sums_are_exact_at_every_level_of_nested_groups() {
    let mut story = generate("services", 3, Options { services: 40 }).unwrap();
    for span in &mut story.records {
        let resource = Arc::make_mut(&mut span.resource);
        let name = resource.attributes.iter().find(|a| a.0 == "service.name").unwrap().1.to_string();
        let cluster = ["east", "west", "north"][name.bytes().map(usize::from).sum::<usize>() % 3];
        resource.attributes.push(("k8s.cluster.name".to_owned(), Value::str(cluster)));
    }
    let snapshot = snapshot_of(&story.records);
    let whole = Arc::new(snapshot.graph(&Lens::default()));
    let keys = ["k8s.cluster.name", "service.namespace"].map(str::to_owned).to_vec();
    let groups = Groups::new(&snapshot, &GroupBy::Keys(keys));
    let names = groups.names().to_vec();
    assert!(names.iter().any(|n| n == "east") && names.iter().any(|n| n.starts_with("east / ")));
    let own = groups.of_nodes(&whole);
    let mut random = 12_345_u64;
    for _ in 0..60 {
        let mut closed = BTreeSet::new();
        for name in &names {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if random >> 62 == 0 {
                closed.insert(name.clone());
            }
        }
        let wanted = Arrangement { collapse: Collapse::Only(closed.clone()), ..Arrangement::default() };
        let a = arrange(&whole, &groups, &wanted, None);
        check_sums(&whole, &a);
        for (node, name, members) in &a.collapsed {
            assert!(groups.chain(name).skip(1).all(|g| !closed.contains(g)), "the outermost is seen");
            let inside = |n: usize| own[n].is_some_and(|g| groups.is_within(g, name));
            let all = (0..own.len()).filter(|n| inside(*n)).map(|n| NodeId(n as u32));
            assert_eq!(members, &all.collect::<Vec<_>>(), "all that lies in it, at any depth");
            assert_eq!(a.group_of[node.0 as usize].as_deref(), groups.chain(name).nth(1), "in its outer one");
        }
    }
    let all =
        arrange(&whole, &groups, &Arrangement { collapse: Collapse::All, ..Arrangement::default() }, None);
    assert!(all.collapsed.iter().all(|c| !c.1.contains(" / ")), "closing all closes the outermost");
    assert_eq!(groups.inside("east").len(), names.iter().filter(|n| n.starts_with("east / ")).count());
}
