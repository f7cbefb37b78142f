//! Marks on the nodes of the map: active alerts, and the waves of an incident.
use std::collections::BTreeMap;

use crate::analysis::alerts::Name;
use crate::analysis::incident::Incident;
use crate::analysis::{Severity, Subject};
use crate::export::answers::AlertLine;
use crate::texts::{fill, texts};
use crate::view::map::{Health, ItemSet, MapItem, Mark, Sign};
use crate::view::panels::findings::Told;
use crate::view::panels::picture::Picture;
use crate::view::panels::{Clock, Item, alert_spoken};

/// The active alerts of each node, and of the calls to it.
pub fn alerts_on_map(alerts: &[AlertLine], picture: &Picture, clock: &Clock) -> Vec<(usize, Mark)> {
    let mut marks: BTreeMap<usize, (Severity, String)> = BTreeMap::new();
    for alert in alerts.iter().filter(|a| a.is_active()) {
        let id = match &alert.about {
            Name::Node(id) | Name::Edge(_, id) => id,
        };
        let Some(MapItem::Node(node)) = picture.place_of(&Item::Node(id.clone())) else { continue };
        let told = alert_spoken(alert, clock);
        let mark = marks.entry(node).or_insert((alert.severity, String::new()));
        mark.0 = mark.0.max(alert.severity);
        let more = if mark.1.is_empty() { "" } else { "\n" };
        mark.1 += &fill(texts().timeline.alert_3, &[("more", &more), ("told", &told)]);
    }
    let health = |s| if s >= Severity::High { Health::Critical } else { Health::Warning };
    let mark = |(place, (severity, spoken))| (place, Mark { sign: Sign::Alert(health(severity)), spoken });
    marks.into_iter().map(mark).collect()
}

/// Wave numbers by node of the scene, and the nodes and the way between them.
pub fn waves_on_map(told: &Told<Incident>, picture: &Picture) -> (Vec<(usize, Mark)>, ItemSet) {
    let (mut marks, mut lit) = (Vec::new(), ItemSet::new());
    let place = |subject| {
        let item = crate::view::panels::findings::item_of(&told.index, subject)?;
        picture.place_of(&item)
    };
    for wave in &told.answer.waves {
        for node in &wave.nodes {
            let Some(at) = place(Subject::Node(node.node)) else { continue };
            if let MapItem::Node(i) = at {
                let spoken = fill(texts().timeline.wave_of_the_incident, &[("wave", &wave.wave)]);
                marks.push((i, Mark { sign: Sign::Number(wave.wave.to_string()), spoken }));
            }
            lit.insert(at);
            let Some(from) = node.from else { continue };
            let graph = &told.index.graph;
            let between =
                graph.edges().filter(|e| (e.1, e.2) == (node.node, from) || (e.1, e.2) == (from, node.node));
            lit.extend(between.filter_map(|e| place(Subject::Edge(e.0))));
        }
    }
    lit.extend(told.answer.causes.first().and_then(|c| place(c.subject)));
    (marks, lit)
}
