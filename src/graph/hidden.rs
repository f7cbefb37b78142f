//! What a map hides, and why.

/// Nodes and edges of the map that are hidden, each by the first that hides it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Nodes that somebody hid.
    pub nodes_by_hand: usize,
    /// Groups that somebody hid: the name, how many members.
    pub groups_by_hand: Vec<(String, usize)>,
    /// Nodes outside the focus.
    pub nodes_out_of_focus: usize,
    /// Edges from or to hidden nodes.
    pub edges_of_nodes: usize,
    /// Edges that somebody hid.
    pub edges_by_hand: usize,
    /// Edges outside the focus, between nodes in it.
    pub edges_out_of_focus: usize,
    /// Edges with too few calls a minute.
    pub edges_by_rate: usize,
    /// Edges with too small a share of their caller's calls.
    pub edges_by_share: usize,
}
