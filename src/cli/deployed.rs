//! The comparison that a deployment asks for, by its service and, after `@`, its version or its moment.
use super::Failure;
use super::analyze::find_node;
use super::input::{Loaded, moment};
use crate::analysis::Study;
use crate::analysis::deploy::{DeployOptions, deploy};
use crate::export::answers;
use crate::model::Progress;
use crate::view::panels::Item;
use crate::view::panels::comparison::Comparing;
use crate::view::panels::deployments::{comparisons, deployments};

/// Finds what is compared with what: `SERVICE`, `SERVICE@VERSION` or `SERVICE@T`.
pub(super) fn comparing(flag: &str, text: &str, loaded: &Loaded) -> Result<Comparing, Failure> {
    let (name, which) = text.split_once('@').map_or((text, None), |(n, w)| (n, Some(w)));
    let snapshot = &loaded.snapshot;
    let extent = snapshot.extent.ok_or_else(|| Failure::input("there is no span"))?;
    let index = snapshot.graph(&loaded.lens);
    let service = find_node(&index.graph, name)?;
    // A version is none of the ways in which a moment is written, but for one that begins with a year.
    let at = which.filter(|w| w.starts_with(['+', '-']) || w.contains(':'));
    let at = at.map(|t| moment(flag, t, extent)).transpose()?;
    let version = which.filter(|_| at.is_none());
    let progress = Progress::default();
    let study = Study { snapshot, index: &index, progress: &progress };
    let options = DeployOptions { service: Some(service), at, ..DeployOptions::default() };
    let answer = answers::deploy(snapshot, &index.graph, &deploy(&study, &loaded.lens, &options)).json;
    let all = deployments(&index.graph, &answer);
    let own = index.graph.node(service).map(|n| Item::Node(n.id.clone()));
    let all_own = all.iter().filter(|d| d.item == own);
    let is_meant = |place: &usize| {
        let deployed = all.get(*place).filter(|d| d.item == own);
        deployed.is_some_and(|d| version.is_none_or(|v| d.version == v))
    };
    let held = comparisons(&answer).into_iter().find(|held| held.deployments.iter().any(is_meant));
    held.and_then(|held| held.comparing(&all, &answer)).ok_or_else(|| {
        let known: Vec<&str> = all_own.map(|d| d.version.as_str()).filter(|v| !v.is_empty()).collect();
        let hint = match known.as_slice() {
            [] => "no new version of it was seen; give a moment, as in SERVICE@+30m".to_owned(),
            known => format!("its new versions are {}", known.join(", ")),
        };
        Failure::usage(format!("{flag} {text}: there is no such deployment; {hint}"))
    })
}
