//! Traffic scenarios and faster services on a small shop.
use super::*;
use crate::analysis::sketch::{ORIGIN, history, measured};
use crate::graph::{GraphIndex, Snapshot};
use crate::model::{MeasurementBatch, Metric, Point, Progress, SpanRecord, Timestamp, Value};

/// Two of three requests are checkouts, which call payment twice and the database once; the others only browse.
fn shop() -> Vec<SpanRecord> {
    history(40, 30, |_, n| {
        if n % 3 == 0 {
            return "shop SERVER 0..100 name=GET_/browse".to_owned();
        }
        "shop SERVER 0..400 name=POST_/checkout
           shop CLIENT 10..100
             pay SERVER 20..90
           shop CLIENT 110..200
             pay SERVER 120..190
           shop CLIENT 210..300 db.system=mysql db.namespace=orders"
            .to_owned()
    })
}

fn busy(service: &str, cpu: f64) -> MeasurementBatch {
    let sender =
        vec![("service.name".into(), Value::str(service)), ("service.instance.id".into(), Value::str("a"))];
    let point = Point {
        sender: 0,
        metric: Metric::ProcessCpuRatio,
        state: "".into(),
        detail: "".into(),
        stream: 0,
        start: Timestamp(0),
        time: ORIGIN + Nanos::from_secs(60),
        is_delta: false,
        value: cpu,
        count: 0.0,
    };
    MeasurementBatch { senders: vec![sender], points: vec![point] }
}

fn answer(
    batch: &MeasurementBatch,
    scenario: &str,
    faster: &[(&str, f64)],
) -> (Capacity, Snapshot, GraphIndex) {
    let snapshot = measured(&shop(), batch);
    let index = snapshot.graph(&Lens::default());
    let faster: Vec<Faster> =
        faster.iter().map(|(n, f)| Faster { node: index.graph.find(n).unwrap(), factor: *f }).collect();
    let growths: Vec<Growth> = scenario.split(',').map(|s| Growth::parse(s).unwrap()).collect();
    let study = Study { snapshot: &snapshot, index: &index, progress: &Progress::default() };
    let got = capacity(&study, &Lens::default(), &growths, &faster);
    (got, snapshot, index)
}

fn of<'c>(capacity: &'c Capacity, index: &GraphIndex, node: &str) -> &'c NodeCapacity {
    let node = index.graph.find(node).unwrap();
    capacity.services.iter().find(|s| s.node == node).unwrap()
}

fn near(got: f64, want: f64) {
    assert!((got / want - 1.0).abs() < 0.01, "{got} is not about {want}");
}

#[test]
fn growth_follows_the_visits_of_each_kind_of_request() {
    let (got, _, index) = answer(&MeasurementBatch::default(), "POST /checkout x2", &[]);
    // A third of the requests stays as it is: (2 * 2 + 1) / 3.
    near(of(&got, &index, "shop").growth, 5.0 / 3.0);
    near(of(&got, &index, "pay").growth, 2.0);
    near(of(&got, &index, "pay").per_min, 40.0);
    near(of(&got, &index, "orders").growth, 2.0);
    let (browse, _, index) = answer(&MeasurementBatch::default(), "shop GET /browse x4", &[]);
    near(of(&browse, &index, "shop").growth, 2.0);
    near(of(&browse, &index, "pay").growth, 1.0);
    for all in ["all x3", "entry x3", "shop x3"] {
        let (got, _, index) = answer(&MeasurementBatch::default(), all, &[]);
        near(of(&got, &index, "pay").growth, 3.0);
    }
    assert_eq!(answer(&MeasurementBatch::default(), "nothing x2", &[]).0.unmatched, ["nothing"]);
}

#[test]
fn in_flight_is_rate_times_duration() {
    let (got, ..) = answer(&MeasurementBatch::default(), "all x2", &[]);
    let shop = &got.services.iter().find(|s| s.growth > 1.9 && s.per_min > 29.0 && s.per_min < 31.0).unwrap();
    // Half a request a second of 300 ms.
    near(shop.in_flight, 0.15);
}

#[test]
fn measured_utilisation_scales_with_visits() {
    let (got, _, index) = answer(&busy("pay", 0.4), "POST /checkout x2", &[]);
    let pay = of(&got, &index, "pay");
    let cpu = pay.tightest().unwrap();
    assert_eq!((cpu.resource, cpu.now), (Resource::Cpu, 0.4));
    near(cpu.then, 0.8);
    near(cpu.headroom().unwrap(), 0.75);
    assert_eq!(got.services[0].node, pay.node, "what saturates first is first");
    // Its own 70 ms: 70 * 0.6 / 0.2.
    near(pay.response_then.unwrap().as_millis_f64(), 210.0);
    near(pay.in_flight_then().unwrap(), 40.0 / 60.0 * 2.0 * 0.21);
    assert!(got.is_measured);
    let (more, _, index) = answer(&busy("pay", 0.4), "all x3", &[]);
    let pay = of(&more, &index, "pay");
    assert_eq!(pay.response_then, None, "nothing is predicted beyond saturation");
}

#[test]
fn without_metrics_steady_traffic_says_nothing() {
    let (got, _, index) = answer(&MeasurementBatch::default(), "all x2", &[]);
    let pay = of(&got, &index, "pay");
    assert!(matches!(pay.fit, LoadModel::Insufficient { .. }), "{:?}", pay.fit);
    assert_eq!((pay.uses.len(), pay.replicas, pay.response_then, got.is_measured), (0, None, None, false));
}

#[test]
fn twice_as_fast_is_replayed() {
    let (got, snapshot, _) = answer(&MeasurementBatch::default(), "all x1", &[("pay", 0.5)]);
    assert_eq!(got.what_if.len(), 1, "browsing does not change");
    let changed = &got.what_if[0];
    assert_eq!(snapshot.spans.text(changed.operation), "POST /checkout");
    assert_eq!(
        (changed.requests, changed.before[0], changed.after[0]),
        (800, Nanos::from_millis(400), Nanos::from_millis(330))
    );
}

#[test]
fn scenarios_are_read() {
    let read = |text: &str| Growth::parse(text).map(|g| (g.what, g.factor));
    assert_eq!(read("POST /checkout x2"), Some(("POST /checkout".to_owned(), 2.0)));
    assert_eq!(read(" all  x1.5 "), Some(("all".to_owned(), 1.5)));
    for wrong in ["all", "x2", "all 2", "all x", "all x-1", "all xNaN", ""] {
        assert_eq!(read(wrong), None, "{wrong:?}");
    }
}
