//! The flags that take nodes together: `--group-by` and `--collapse`.
use std::collections::BTreeSet;

use clap::Args;

use super::Failure;
use crate::graph::{Arrangement, Collapse, GraphIndex, GroupBy, Groups, Snapshot, arrange};

/// Flags of the commands that draw or print a map.
#[derive(Clone, Debug, Default, Args)]
pub struct Grouping {
    /// Group services by this resource attribute, such as service.namespace, cloud.region or team; `none` for none
    #[arg(long, value_name = "KEY")]
    group_by: Option<String>,
    /// Show these groups as one node each, with summed edges: `all`, `none`, or names, separated by commas
    #[arg(long, value_name = "GROUPS")]
    collapse: Option<String>,
}

impl Grouping {
    /// As the window has it: too large a map is collapsed unless something else is said.
    pub fn arrangement(&self) -> Arrangement {
        let group_by = match self.group_by.as_deref() {
            None => GroupBy::Usual,
            Some("none") => GroupBy::Nothing,
            Some(key) => GroupBy::Key(key.to_owned()),
        };
        let collapse = match self.collapse.as_deref() {
            None => Collapse::WhenLarge,
            Some("all") => Collapse::All,
            Some("none") => Collapse::Only(BTreeSet::new()),
            Some(names) => Collapse::Only(names.split(',').map(|n| n.trim().to_owned()).collect()),
        };
        Arrangement { group_by, collapse, ..Arrangement::default() }
    }

    /// Complains about a key that no service tells, and about groups that there are not.
    pub fn check(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        let arrangement = self.arrangement();
        let groups = Groups::new(snapshot, &arrangement.group_by);
        let own = |n: &&String| n.as_str() != crate::graph::EXTERNAL;
        if let GroupBy::Key(key) = &arrangement.group_by
            && groups.names().iter().filter(own).count() == 0
        {
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

    /// The graph to print: whole unless a flag was given; `--group-by` alone collapses all groups.
    pub fn of_map(&self, snapshot: &Snapshot, whole: GraphIndex) -> Result<GraphIndex, Failure> {
        if self.group_by.is_none() && self.collapse.is_none() {
            return Ok(whole);
        }
        self.check(snapshot)?;
        let mut arrangement = self.arrangement();
        if self.collapse.is_none() {
            arrangement.collapse = Collapse::All;
        }
        let groups = Groups::new(snapshot, &arrangement.group_by);
        Ok(arrange(&whole, &groups, &arrangement, None).index)
    }
}
