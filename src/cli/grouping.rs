//! The flags that take nodes together: `--group-by` and `--collapse`.
use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use super::Failure;
use crate::graph::{Arrangement, Collapse, GraphIndex, GroupBy, Groups, Snapshot, arrange};
use crate::model::NodeId;

/// The ids of the members of each node that stands for a group.
type Members = BTreeMap<NodeId, Vec<String>>;

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
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = amount)]
    least_share: f64,
}

fn amount(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim().parse::<f64>().ok();
    number.filter(|n| n.is_finite() && (0.0..=1e9).contains(n)).ok_or("it is a number from 0 on".to_owned())
}

impl Grouping {
    /// As the window has it: too large a map is collapsed unless something else is said.
    pub fn arrangement(&self) -> Arrangement {
        let group_by = match self.group_by.as_deref() {
            None => GroupBy::Usual,
            Some("none") => GroupBy::Nothing,
            Some(keys) => GroupBy::Keys(keys.split(',').map(|k| k.trim().to_owned()).collect()),
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

    /// Complains about a key that no service tells, and about groups that there are not.
    pub fn check(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        let arrangement = self.arrangement();
        let groups = Groups::new(snapshot, &arrangement.group_by);
        let own = |n: &&String| n.as_str() != crate::graph::EXTERNAL;
        let keys = match &arrangement.group_by {
            GroupBy::Keys(keys) => keys.as_slice(),
            GroupBy::Usual | GroupBy::Nothing => &[],
        };
        let tells = |key: &String| {
            let of = Groups::new(snapshot, &GroupBy::Keys(vec![key.clone()]));
            of.names().iter().filter(own).count() > 0
        };
        if let Some(key) = keys.iter().find(|k| !tells(k)) {
            let known = crate::graph::group_keys(snapshot).join(", ");
            let hint = if known.is_empty() { String::new() } else { format!("; known here: {known}") };
            return Err(Failure::usage(format!("--group-by {key}: no service has that attribute{hint}")));
        }
        if let Collapse::Only(names) = &arrangement.collapse
            && let Some(missing) = names.iter().find(|n| !groups.names().contains(n))
        {
            let known = groups.names().join(", ");
            return Err(Failure::usage(format!(
                "--collapse {missing}: there is no such group; there are: {known}"
            )));
        }
        Ok(())
    }

    /// The graph to print, and which nodes its groups stand for: whole unless a flag was given; `--group-by` alone collapses all groups.
    pub fn of_map(&self, snapshot: &Snapshot, whole: GraphIndex) -> Result<(GraphIndex, Members), Failure> {
        let mut arrangement = self.arrangement();
        let is_grouped = self.group_by.is_some() || self.collapse.is_some();
        if !is_grouped && arrangement.least_rate == 0 && arrangement.least_share == 0 {
            return Ok((whole, Members::new()));
        }
        self.check(snapshot)?;
        if self.collapse.is_none() {
            let none = Collapse::Only(BTreeSet::new());
            arrangement.collapse = if self.group_by.is_some() { Collapse::All } else { none };
        }
        let groups = Groups::new(snapshot, &arrangement.group_by);
        let arranged = arrange(&whole, &groups, &arrangement, None);
        let members = arranged.members(&whole.graph);
        Ok((arranged.index, members))
    }
}
