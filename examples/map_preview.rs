//! Draws made-up systems as pictures: `cargo run --example map_preview -- <directory>`.
use std::sync::Arc;
use std::time::Instant;

use spanscape::graph::EdgeKind;
use spanscape::layout;
use spanscape::view::map::{
    Health, MapEdge, MapInput, MapItem, MapNode, MapScene, MapState, NodeKind, layout_request, show,
};
use spanscape::view::{soft, theme};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).ok_or("name a directory")?);
    let only = std::env::args().nth(2);
    let wide = [1600, 940];
    let dark = egui::Theme::Dark;
    let nothing = |_: &mut MapState| {};
    type Prepare = Box<dyn Fn(&mut MapState)>;
    let select: Prepare = Box::new(|s| s.selected = Some(MapItem::Node(8)));
    let pictures: Vec<(&str, MapInput, egui::Theme, [u32; 2], Prepare)> = vec![
        ("shop-dark", shop(), dark, wide, Box::new(nothing)),
        ("shop-light", shop(), egui::Theme::Light, wide, Box::new(nothing)),
        ("shop-small", shop(), dark, [1100, 700], Box::new(nothing)),
        ("shop-tiny", shop(), dark, [640, 480], Box::new(nothing)),
        ("shop-selected", shop(), dark, wide, select),
        ("boutique", boutique(), dark, wide, Box::new(nothing)),
        ("mid-40", town(40), dark, wide, Box::new(nothing)),
        ("town-300", town(300), dark, wide, Box::new(nothing)),
        ("town-300-light", town(300), egui::Theme::Light, wide, Box::new(nothing)),
        ("town-1000", town(1000), dark, wide, Box::new(nothing)),
        ("flat-150", flat(town(150)), dark, wide, Box::new(nothing)),
    ];
    for (name, input, theme, size, prepare) in pictures {
        if only.as_deref().is_some_and(|o| !name.contains(o)) {
            continue;
        }
        let start = Instant::now();
        let request = layout_request(&input, &Default::default(), &Default::default());
        let placed = layout::compute(&request);
        let laid_out = start.elapsed();
        let scene = Arc::new(MapScene::new(&input, &placed));
        let routed = start.elapsed() - laid_out;
        let mut state = MapState::default();
        let palette = theme::Palette::of(theme);
        let mut installed = false;
        let mut frame = std::time::Duration::ZERO;
        let start = Instant::now();
        let picture = soft::screenshot(size, 1.0, 3, |ui| {
            if !std::mem::replace(&mut installed, true) {
                ui.ctx().set_theme(theme);
                theme::install(ui.ctx());
                return; // Fonts are there from the next frame on.
            }
            let start = Instant::now();
            show(ui, &scene, &mut state, &palette);
            frame = start.elapsed();
            prepare(&mut state);
        });
        picture.save(folder.join(format!("{name}.png")))?;
        println!(
            "{name}: layout {laid_out:?}, scene {routed:?}, frame {frame:?}, picture {:?}",
            start.elapsed()
        );
    }
    Ok(())
}

struct Builder(MapInput);

impl Builder {
    fn node(
        &mut self,
        name: &str,
        kind: NodeKind,
        group: &str,
        rate: f64,
        ms: f64,
        errors: f64,
    ) -> &mut Self {
        self.0.nodes.push(MapNode {
            outer: None,
            key: name.to_owned(),
            name: name.to_owned(),
            kind,
            group: (!group.is_empty()).then(|| group.to_owned()),
            health: health(errors),
            rate_per_min: Some(rate),
            latency_ms: Some(ms),
            error_ratio: Some(errors),
            calls: rate as u64,
            instrumented: true,
            members: 0,
            ill: [0; 2],
            change: None,
        });
        self
    }

    fn edge(&mut self, from: &str, to: &str, rate: f64, errors: f64) -> &mut Self {
        let find = |name: &str| self.0.nodes.iter().position(|n| n.name == name).unwrap_or(0);
        self.0.edges.push(MapEdge {
            from: find(from),
            to: find(to),
            rate_per_min: Some(rate),
            error_ratio: Some(errors),
            latency_ms: Some(20.0),
            more_latency_ms: [Some(9.0), Some(35.0)],
            kind: EdgeKind::Http,
            timeouts: 0,
            calls: rate as u64,
            health: health(errors),
            change: None,
        });
        self
    }
}

fn health(errors: f64) -> Health {
    match errors {
        e if e > 0.05 => Health::Critical,
        e if e > 0.01 => Health::Warning,
        _ => Health::Healthy,
    }
}

fn shop() -> MapInput {
    use NodeKind::{Cache, Database, External, Queue, Service, User};
    let mut b = Builder(MapInput::default());
    b.node("shoppers", User, "", 4200.0, 210.0, 0.003)
        .node("web-frontend", Service, "edge", 4200.0, 182.0, 0.003)
        .node("api-gateway", Service, "edge", 5100.0, 96.0, 0.004)
        .node("search", Service, "storefront", 1900.0, 41.0, 0.001)
        .node("catalog", Service, "storefront", 3300.0, 22.0, 0.0)
        .node("catalog-db", Database, "storefront", 2100.0, 6.0, 0.0)
        .node("cart", Service, "storefront", 1200.0, 18.0, 0.002)
        .node("cart-cache", Cache, "storefront", 3900.0, 1.0, 0.0)
        .node("checkout", Service, "ordering", 640.0, 840.0, 0.024)
        .node("orders", Service, "ordering", 420.0, 64.0, 0.0)
        .node("orders-db", Database, "ordering", 900.0, 9.0, 0.0)
        .node("order-events", Queue, "ordering", 420.0, 14.0, 0.0)
        .node("payments", Service, "payments", 310.0, 1500.0, 0.078)
        .node("fraud-check", Service, "payments", 310.0, 120.0, 0.006)
        .node("stripe.com", External, "", 310.0, 1400.0, 0.074)
        .node("notifications", Service, "fulfilment", 380.0, 230.0, 0.013)
        .node("inventory", Service, "fulfilment", 1500.0, 27.0, 0.0)
        .node("shipping", Service, "fulfilment", 0.0, 0.0, 0.0)
        .node("sendgrid.com", External, "", 360.0, 310.0, 0.009);
    b.edge("shoppers", "web-frontend", 4200.0, 0.003)
        .edge("web-frontend", "api-gateway", 4200.0, 0.004)
        .edge("api-gateway", "search", 1900.0, 0.001)
        .edge("api-gateway", "catalog", 2100.0, 0.0)
        .edge("search", "catalog", 1200.0, 0.0)
        .edge("catalog", "catalog-db", 2100.0, 0.0)
        .edge("api-gateway", "cart", 1200.0, 0.002)
        .edge("cart", "cart-cache", 3900.0, 0.0)
        .edge("api-gateway", "checkout", 640.0, 0.024)
        .edge("checkout", "cart", 640.0, 0.001)
        .edge("checkout", "orders", 420.0, 0.005)
        .edge("orders", "orders-db", 900.0, 0.0)
        .edge("orders", "order-events", 420.0, 0.0)
        .edge("checkout", "payments", 310.0, 0.078)
        .edge("payments", "stripe.com", 310.0, 0.074)
        .edge("payments", "fraud-check", 310.0, 0.006)
        .edge("payments", "orders", 42.0, 0.008)
        .edge("order-events", "inventory", 420.0, 0.001)
        .edge("order-events", "shipping", 0.0, 0.0)
        .edge("order-events", "notifications", 380.0, 0.013)
        .edge("notifications", "sendgrid.com", 360.0, 0.009)
        .edge("cart", "cart", 12.0, 0.0);
    if let Some(shipping) = b.0.nodes.iter_mut().find(|n| n.name == "shipping") {
        shipping.health = Health::Unknown;
        shipping.instrumented = false;
    }
    b.0
}

/// The shape of a well-known demonstration system, without namespaces.
fn boutique() -> MapInput {
    use NodeKind::{Cache, Service, User};
    let mut b = Builder(MapInput::default());
    let services = [
        "frontend",
        "adservice",
        "recommendation",
        "productcatalog",
        "cartservice",
        "checkoutservice",
        "shipping",
        "currency",
        "payment",
        "email",
    ];
    b.node("loadgenerator", User, "", 900.0, 80.0, 0.0);
    for (i, name) in services.into_iter().enumerate() {
        let errors = if name == "payment" { 0.12 } else { 0.0 };
        b.node(name, Service, "", 900.0 - 60.0 * i as f64, 12.0 * (i + 1) as f64, errors);
    }
    b.node("redis-cart", Cache, "", 700.0, 1.0, 0.0).edge("loadgenerator", "frontend", 900.0, 0.02);
    for to in [
        "adservice",
        "recommendation",
        "productcatalog",
        "cartservice",
        "checkoutservice",
        "shipping",
        "currency",
    ] {
        b.edge("frontend", to, 400.0, if to == "checkoutservice" { 0.02 } else { 0.0 });
    }
    for to in ["productcatalog", "cartservice", "shipping", "currency", "payment", "email"] {
        b.edge("checkoutservice", to, 60.0, if to == "payment" { 0.12 } else { 0.0 });
    }
    b.edge("recommendation", "productcatalog", 300.0, 0.0).edge("cartservice", "redis-cart", 700.0, 0.0);
    b.0
}

/// `count` services in teams of about 15, mostly calling within the team.
fn town(count: usize) -> MapInput {
    const TEAMS: [&str; 12] = [
        "checkout", "search", "billing", "identity", "media", "orders", "stock", "reviews", "mail", "risk",
        "pricing", "geo",
    ];
    let mut seed = 11u32;
    let mut draw = move |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below.max(1)
    };
    let mut b = Builder(MapInput::default());
    for i in 0..count {
        let (team, place) = (i / 15, i % 15);
        let name = TEAMS[team % TEAMS.len()];
        let (kind, part) = match place {
            12 => (NodeKind::Cache, "cache"),
            13 | 14 => (NodeKind::Database, "db"),
            11 => (NodeKind::Queue, "events"),
            _ => (NodeKind::Service, ["api", "worker", "core", "sync", "rules", "index"][place % 6]),
        };
        let errors = match draw(60) {
            0 => 0.09,
            1 | 2 => 0.02,
            _ => 0.001 * draw(6) as f64,
        };
        let rate = 10.0 + (draw(100) * draw(60)) as f64;
        let full = format!("{name}-{part}-{i}");
        b.node(&full, kind, &format!("{name}-{team}"), rate, 1.0 + draw(400) as f64, errors);
    }
    for i in 0..count {
        let (team, place) = (i / 15 * 15, i % 15);
        if place >= 11 {
            continue;
        }
        for _ in 0..1 + draw(2) {
            let inside = draw(100) < 80;
            let to = if inside {
                team + (place + 1 + draw(14 - place)).min(14)
            } else {
                draw(count / 15) * 15 + draw(5)
            };
            if to < count && to != i && !b.0.edges.iter().any(|e| e.from == i && e.to == to) {
                let bad = b.0.nodes[to].error_ratio.unwrap_or(0.0);
                let (from, to) = (b.0.nodes[i].name.clone(), b.0.nodes[to].name.clone());
                b.edge(&from, &to, 5.0 + (draw(50) * draw(40)) as f64, bad);
            }
        }
    }
    b.0
}

fn flat(mut input: MapInput) -> MapInput {
    input.nodes.iter_mut().for_each(|n| n.group = None);
    input
}
