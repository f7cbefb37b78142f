//! What a case file keeps of groups and of what is hidden, as JSON.
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::graph::{Arrangement, Collapse, Focus, GroupBy, Reach};

/// Groups, and what is hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseMap {
    /// The attributes that make groups, the outermost first; none for no groups, `None` for the usual ones.
    pub group_by: Option<Vec<String>>,
    /// The groups that are one node each.
    pub collapsed: CaseCollapse,
    /// Nodes and groups that are hidden, by id.
    pub hidden_nodes: BTreeSet<String>,
    /// Edges that are hidden, by the ids of caller and callee.
    pub hidden_edges: BTreeSet<(String, String)>,
    /// What alone is shown.
    pub focus: Option<CaseFocus>,
    /// Edges with fewer calls in 1000 minutes are hidden.
    pub least_rate: u64,
    /// Edges with a smaller share of their caller's calls, in ten-thousandths, are hidden.
    pub least_share: u64,
}

/// Which groups are one node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseCollapse {
    /// All where there are very many nodes.
    #[default]
    WhenLarge,
    /// All.
    All,
    /// These, by name.
    Only(BTreeSet<String>),
}

/// What alone is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFocus {
    /// The id of a node, or those of caller and callee.
    pub around: Vec<String>,
    /// So many calls away; `None` for wherever requests go.
    #[serde(default)]
    pub hops: Option<u8>,
}

impl CaseMap {
    /// Of an arrangement; `keys` are the attributes by which the map is in groups.
    ///
    /// They are named even where they are the usual ones: which these are depends on the data.
    pub fn of(arrangement: &Arrangement, keys: &[String]) -> Self {
        Self {
            group_by: match &arrangement.group_by {
                GroupBy::Nothing => Some(Vec::new()),
                GroupBy::Keys(keys) => Some(keys.clone()),
                GroupBy::Usual => (!keys.is_empty()).then(|| keys.to_vec()),
            },
            collapsed: match &arrangement.collapse {
                Collapse::WhenLarge => CaseCollapse::WhenLarge,
                Collapse::All => CaseCollapse::All,
                Collapse::Only(names) => CaseCollapse::Only(names.clone()),
            },
            hidden_nodes: arrangement.hidden_nodes.clone(),
            hidden_edges: arrangement.hidden_edges.clone(),
            focus: arrangement.focus.as_ref().map(|f| CaseFocus {
                around: f.around.clone(),
                hops: match f.reach {
                    Reach::Hops(hops) => Some(hops),
                    Reach::Requests => None,
                },
            }),
            least_rate: arrangement.least_rate,
            least_share: arrangement.least_share,
        }
    }

    /// As an arrangement.
    pub fn arrangement(&self) -> Arrangement {
        Arrangement {
            group_by: match &self.group_by {
                None => GroupBy::Usual,
                Some(keys) if keys.is_empty() => GroupBy::Nothing,
                Some(keys) => GroupBy::Keys(keys.clone()),
            },
            collapse: match &self.collapsed {
                CaseCollapse::WhenLarge => Collapse::WhenLarge,
                CaseCollapse::All => Collapse::All,
                CaseCollapse::Only(names) => Collapse::Only(names.clone()),
            },
            stays_closed: false,
            hidden_nodes: self.hidden_nodes.clone(),
            hidden_edges: self.hidden_edges.clone(),
            focus: self.focus.as_ref().map(|f| Focus {
                around: f.around.clone(),
                reach: f.hops.map_or(Reach::Requests, Reach::Hops),
            }),
            least_rate: self.least_rate,
            least_share: self.least_share,
        }
    }

    /// The same under other names.
    pub(super) fn renamed(&self, mut id: impl FnMut(&str) -> String) -> Self {
        let mut out = self.clone();
        out.hidden_nodes = self.hidden_nodes.iter().map(|n| id(n)).collect();
        out.hidden_edges = self.hidden_edges.iter().map(|(from, to)| (id(from), id(to))).collect();
        if let Some(focus) = &mut out.focus {
            focus.around = focus.around.iter().map(|n| id(n)).collect();
        }
        if let CaseCollapse::Only(names) = &mut out.collapsed {
            let group = |name: &String| id(&format!("{}{name}", super::state::GROUP));
            let renamed = names.iter().map(group).collect::<Vec<_>>();
            let bare = |id: String| id.strip_prefix(super::state::GROUP).map_or(id.clone(), str::to_owned);
            *names = renamed.into_iter().map(bare).collect();
        }
        out
    }
}
