//! The part of the shops that stories leave alone: products, and recommendations that fail now and then.
use super::faults::{INTERNAL, NO_RECOMMENDATION, bad_gateway};
use super::parts::{call, db, http, peer, service, text};
use super::system::{
    Fill, Language, Local, OnFailure, Operation, OperationId, ServiceId, Step, System, When, ms,
};
use super::truth::NodeKind;

/// The node that fails all the time without harm.
pub(super) const NOISE: &str = "service:recommendation-service";
/// The same in the stories of releases.
pub(super) const STEADY_NOISE: &str = "service:review-service";

/// Customers' reviews: fails all the time for some products, and the page shows none instead.
///
/// Equally often before and after a release, so that chance does not make one look harmful.
pub(super) fn review_service(system: &mut System) -> OperationId {
    let hosts = ["3-42", "5-08"];
    let id = service(system, "review-service", "shop", "0.14.2", Language::Node, &hosts);
    let reviews = peer(system, NodeKind::Database, "mongodb", "reviews", "reviews-mongodb", 27017);
    let find = db(reviews, "find", "reviews", "{\"product\": \"?\"}", ms(16.0, 0.4));
    let fail = Step::If(When::Unlucky(0.08), vec![Step::Fail(1.0, INTERNAL)], vec![]);
    let steps = vec![Step::Work(ms(3.0, 0.4)), Step::Exit(find), fail, Step::Work(ms(3.0, 0.4))];
    system.add_operation(http(id, "GET", "/reviews/{id}", steps))
}

/// A page of the gateway that shows a product and recommendations.
pub(super) fn browse(system: &mut System, gateway: ServiceId) -> OperationId {
    let product = product_service(system);
    let recommend = recommendation_service(system, product);
    page(system, gateway, product, recommend)
}

/// The page, of what it calls.
pub(super) fn page(
    system: &mut System,
    gateway: ServiceId,
    product: OperationId,
    recommend: OperationId,
) -> OperationId {
    let steps = vec![
        Step::Work(ms(3.0, 0.4)),
        Step::Parallel(vec![
            call(product, OnFailure::Fail(bad_gateway)),
            call(recommend, OnFailure::Fallback),
        ]),
        Step::Work(ms(4.0, 0.4)),
    ];
    let page = http(gateway, "GET", "/products/{id}", steps);
    system.add_operation(Operation { attributes: vec![("user.id", Fill::User)], ..page })
}

pub(super) fn product_service(system: &mut System) -> OperationId {
    let id = service(system, "product-service", "shop", "5.0.2", Language::Go, &["1-11", "4-23"]);
    let products = peer(system, NodeKind::Database, "mysql", "products", "products-mysql", 3306);
    let cache = peer(system, NodeKind::Cache, "redis", "", "product-cache", 6379);
    let select = "SELECT id, name, price, description FROM products WHERE id = ? LIMIT 1";
    let steps = vec![
        Step::Work(ms(2.0, 0.4)),
        Step::Exit(db(cache, "GET", "", "GET product:?", ms(0.9, 0.4))),
        Step::Sometimes(
            0.35,
            vec![
                Step::Exit(db(products, "SELECT", "products", select, ms(12.0, 0.4))),
                Step::Exit(db(cache, "SET", "", "SET product:? ?", ms(1.0, 0.4))),
            ],
        ),
        Step::Work(ms(2.0, 0.4)),
    ];
    system.add_operation(http(id, "GET", "/products/{id}", steps))
}

/// Fails all the time for some users, and nobody suffers: its callers have a fallback.
pub(super) fn recommendation_service(system: &mut System, product: OperationId) -> OperationId {
    let hosts = ["2-17", "5-08"];
    let id = service(system, "recommendation-service", "shop", "1.9.4", Language::Python, &hosts);
    let rank = Step::Local(Local {
        name: "rank_candidates",
        attributes: vec![("recommendation.model", text("two-tower-7"))],
        steps: vec![Step::Work(ms(38.0, 0.3))],
        when_slow: None,
    });
    let steps = vec![rank, call(product, OnFailure::Fallback), Step::Work(ms(2.0, 0.4))];
    let operation =
        Operation { failure: Some((0.09, NO_RECOMMENDATION)), ..http(id, "GET", "/recommend", steps) };
    system.add_operation(operation)
}
