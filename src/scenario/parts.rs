//! The pieces that the hand-written stories are put together from.
use super::system::{
    ALWAYS, Attribute, Call, Exit, Fault, Fill, Instance, Language, Latency, OnFailure, Operation,
    OperationId, Peer, PeerId, Protocol, Service, ServiceId, Step, System, ms,
};
use super::truth::NodeKind;
use crate::model::{Nanos, Value};

/// How long callers wait by default.
pub(super) const HTTP_TIMEOUT: Nanos = Nanos::from_secs(5);

/// The clock of this host is ahead.
const SKEWED_HOST: &str = "ip-10-0-4-23";
const SKEW: Nanos = Nanos::from_millis(35);

/// Calls and waits for [`HTTP_TIMEOUT`].
pub(super) fn call(operation: OperationId, on_failure: OnFailure) -> Step {
    Step::Call(Call { operation, timeout: HTTP_TIMEOUT, within_budget: false, on_failure })
}

pub(super) fn http(service: ServiceId, method: &'static str, route: &str, steps: Vec<Step>) -> Operation {
    Operation {
        service,
        name: format!("{method} {route}"),
        protocol: Protocol::Http { method, route: route.to_owned(), status: 200 },
        attributes: Vec::new(),
        steps,
        failure: None,
        budget: None,
    }
}

/// The same under gRPC.
pub(super) fn grpc(service: ServiceId, method: &str, steps: Vec<Step>) -> Operation {
    let protocol = Protocol::Grpc { method: method.to_owned() };
    Operation { name: method.to_owned(), protocol, ..http(service, "", "", steps) }
}

/// An operation of the gateway that says who asks and calls one other.
pub(super) fn forward(
    system: &mut System,
    gateway: ServiceId,
    (method, route): (&'static str, &str),
    operation: OperationId,
    translate: fn(&Fault) -> Fault,
    more: Vec<Attribute>,
) -> OperationId {
    let steps =
        vec![Step::Work(ms(4.0, 0.4)), call(operation, OnFailure::Fail(translate)), Step::Work(ms(2.0, 0.4))];
    let mut attributes = vec![("user.id", Fill::User)];
    attributes.extend(more);
    system.add_operation(Operation { attributes, ..http(gateway, method, route, steps) })
}

pub(super) fn db(peer: PeerId, verb: &'static str, target: &str, statement: &str, latency: Latency) -> Exit {
    Exit {
        peer,
        verb,
        target: target.to_owned(),
        text: statement.to_owned(),
        latency,
        failure: None,
        attributes: Vec::new(),
        in_incident: None,
    }
}

pub(super) fn external(peer: PeerId, method: &'static str, path: &str, latency: Latency) -> Exit {
    db(peer, method, path, "", latency)
}

/// A service with an instance on each of the hosts.
pub(super) fn service(
    system: &mut System,
    name: &str,
    namespace: &str,
    version: &str,
    language: Language,
    hosts: &[&str],
) -> ServiceId {
    let tails = ["x2k9p", "7hq4z", "m5vtd", "b8wn2", "r4jd6", "t9sc3"];
    let instances = hosts.iter().zip(tails).map(|(host, tail)| {
        let host = format!("ip-10-0-{host}");
        let skew = if host == SKEWED_HOST { SKEW } else { Nanos::ZERO };
        Instance {
            id: format!("{name}-6f9c4d7b5d-{tail}"),
            host,
            skew,
            version: version.to_owned(),
            is_new: false,
            alive: ALWAYS,
        }
    });
    system.add_service(Service {
        name: name.to_owned(),
        namespace: namespace.to_owned(),
        language,
        old_names: false,
        says_ok: false,
        instances: instances.collect(),
    })
}

pub(super) fn peer(
    system: &mut System,
    kind: NodeKind,
    product: &str,
    namespace: &str,
    host: &str,
    port: i64,
) -> PeerId {
    system.add_peer(Peer {
        kind,
        system: product.to_owned(),
        namespace: namespace.to_owned(),
        host: host.to_owned(),
        port,
    })
}

pub(super) fn text(value: &str) -> Fill {
    Fill::Fixed(Value::str(value))
}

pub(super) fn truth() -> Fill {
    Fill::Fixed(Value::Bool(true))
}
