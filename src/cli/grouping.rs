//! The flags that take nodes together: `--group-by` and `--collapse`.
use std::collections::BTreeSet;
use std::sync::Arc;

use clap::Args;

use super::Failure;
use crate::graph::{
    Arranged, Arrangement, Collapse, GraphIndex, GroupBy, Groups, Snapshot, arrange, group_keys, group_name,
    group_totals, parse_keys, untold_key,
};
use crate::store::Lens;

/// Flags of the commands that draw or print a map.
#[derive(Clone, Debug, Default, Args)]
pub struct Grouping {
    /// Group services by this resource attribute, such as service.namespace, cloud.region or team; `none` for none.
    /// Several, with commas between, are groups inside groups: k8s.cluster.name,service.namespace
    #[arg(long, value_name = "KEY")]
    group_by: Option<String>,
    /// Show these groups as one node each, with summed edges: `all`, `none`, or names, separated by commas; a group
    /// inside another is named "outer / inner"
    #[arg(long, value_name = "GROUPS")]
    collapse: Option<String>,
    /// Hide edges with fewer calls a minute
    #[arg(long, value_name = "CALLS", default_value_t = 0.0, value_parser = amount)]
    least_rate: f64,
    /// Hide edges with a smaller share of their caller's calls, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = share)]
    least_share: f64,
}

fn amount(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim().parse::<f64>().ok();
    number.filter(|n| n.is_finite() && (0.0..=1e9).contains(n)).ok_or("it is a number from 0 on".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    amount(text).ok().filter(|n| *n <= 100.0).ok_or("it is a share from 0 to 100 percent".to_owned())
}

impl Grouping {
    /// As the window has it: too large a map is collapsed unless something else is said.
    pub fn arrangement(&self) -> Arrangement {
        let group_by = match self.group_by.as_deref() {
            None => GroupBy::Usual,
            Some("none") => GroupBy::Nothing,
            Some(keys) => GroupBy::Keys(parse_keys(keys).unwrap_or_default()),
        };
        let collapse = match self.collapse.as_deref() {
            None => Collapse::WhenLarge,
            Some("all") => Collapse::All,
            Some("none") => Collapse::Only(BTreeSet::new()),
            Some(names) => Collapse::Only(names.split(',').map(|n| n.trim().to_owned()).collect()),
        };
        let least_rate = (self.least_rate * 1000.0).round() as u64;
        let least_share = (self.least_share * 100.0).round() as u64;
        Arrangement { group_by, collapse, least_rate, least_share, ..Arrangement::default() }
    }

    /// Complains about a key that no service tells, and about groups that there are not; says which groups stay open
    /// because they have one member.
    pub fn check(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        let arrangement = self.arrangement();
        if let Some(text) = self.group_by.as_ref().filter(|t| parse_keys(t).is_none()) {
            return Err(Failure::usage(format!(
                "--group-by '{text}': a part is empty; attributes stand with commas between, as in \
                 k8s.cluster.name,service.namespace"
            )));
        }
        let groups = Groups::new(snapshot, &arrangement.group_by);
        let keys = match &arrangement.group_by {
            GroupBy::Keys(keys) => keys.as_slice(),
            GroupBy::Usual | GroupBy::Nothing => &[],
        };
        if let Some(key) = untold_key(snapshot, keys) {
            let known = group_keys(snapshot).join(", ");
            let hint = if known.is_empty() { String::new() } else { format!("; known here: {known}") };
            return Err(Failure::usage(format!("--group-by {key}: no service has that attribute{hint}")));
        }
        let collapse = self.collapse.as_deref().unwrap_or("none");
        if groups.names().is_empty() && collapse != "none" {
            let why = match arrangement.group_by {
                GroupBy::Nothing => "--group-by none makes no groups",
                _ => "services tell none apart; name an attribute with --group-by",
            };
            return Err(Failure::usage(format!("--collapse {collapse}: there are no groups: {why}")));
        }
        if let Collapse::Only(names) = &arrangement.collapse {
            if let Some(missing) = names.iter().find(|n| !groups.is_group(n)) {
                let known = groups.names().join(", ");
                return Err(Failure::usage(format!(
                    "--collapse {missing}: there is no such group; there are: {known}"
                )));
            }
            let totals = group_totals(&snapshot.graph(&Lens::default()), &groups);
            for name in names.iter().filter(|n| totals.get(*n).is_none_or(|t| t.members < 2)) {
                eprintln!("note: --collapse {name}: it has one node, which stands for itself");
            }
        }
        Ok(())
    }

    /// Says on standard error what `--least-rate` and `--least-share` hide.
    fn tell(&self, arranged: &Arranged) {
        let of = &arranged.hidden;
        let edges = |n: usize| if n == 1 { "1 edge".to_owned() } else { format!("{n} edges") };
        let mut parts = Vec::new();
        if self.least_rate > 0.0 {
            parts.push(format!("{} below {} calls a minute", edges(of.edges_by_rate), self.least_rate));
        }
        if self.least_share > 0.0 {
            let share = self.least_share;
            parts.push(format!("{} below {share} % of their caller's calls", edges(of.edges_by_share)));
        }
        if !parts.is_empty() {
            eprintln!("note: hidden: {}", parts.join(", "));
        }
    }

    /// The same of what is drawn: as the window has it.
    pub fn tell_of_picture(&self, snapshot: &Snapshot, lens: &Lens) {
        let arrangement = self.arrangement();
        if arrangement.least_rate > 0 || arrangement.least_share > 0 {
            let groups = Groups::new(snapshot, &arrangement.group_by);
            self.tell(&arrange(&Arc::new(snapshot.graph(lens)), &groups, &arrangement, None));
        }
    }

    /// The name of a closed group as `--select` may name it; says what is wrong with one that is open.
    pub fn closed_group(&self, snapshot: &Snapshot, lens: &Lens, name: &str) -> Result<bool, Failure> {
        let arrangement = self.arrangement();
        let groups = Groups::new(snapshot, &arrangement.group_by);
        let name = group_name(name).unwrap_or(name);
        if !groups.is_group(name) {
            return Ok(false);
        }
        let arranged = arrange(&Arc::new(snapshot.graph(lens)), &groups, &arrangement, None);
        match arranged.collapsed.iter().any(|c| c.1 == name) {
            true => Ok(true),
            false => Err(Failure::usage(format!(
                "--select {name}: this group is not one node; close it with --collapse '{name}'"
            ))),
        }
    }

    /// What is printed: whole unless a flag was given; `--group-by` alone collapses all groups. Pictures close groups
    /// as the window does.
    pub fn of_map(
        &self,
        snapshot: &Snapshot,
        whole: &Arc<GraphIndex>,
        is_picture: bool,
    ) -> Result<Arranged, Failure> {
        let mut arrangement = self.arrangement();
        self.check(snapshot)?;
        if self.collapse.is_none() && !is_picture {
            let none = Collapse::Only(BTreeSet::new());
            arrangement.collapse = if self.group_by.is_some() { Collapse::All } else { none };
        }
        let groups = Groups::new(snapshot, &arrangement.group_by);
        let arranged = arrange(whole, &groups, &arrangement, None);
        self.tell(&arranged);
        if arranged.is_automatic {
            eprintln!(
                "note: {} groups are one node each, as {} nodes are too many for a picture; --collapse none draws all",
                arranged.collapsed.len(),
                whole.graph.nodes().len()
            );
        }
        Ok(arranged)
    }
}
