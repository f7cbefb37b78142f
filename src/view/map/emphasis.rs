//! How strongly each item is shown: what is selected, what hangs on it, what stands back.
use super::input::{ItemSet, MapItem};
use super::scene::MapScene;

/// The role that an item plays for the selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing is selected, or nothing that concerns it.
    #[default]
    Plain,
    /// It is selected.
    Selected,
    /// It calls the selected node, over this many hops.
    Dependent(u8),
    /// The selected node calls it, over this many hops.
    Dependency(u8),
    /// Something else is in the light.
    Faded,
}

/// The roles of all items.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Emphasis {
    pub nodes: Vec<Role>,
    pub edges: Vec<Role>,
}

/// Works out the roles for a selection and a lit path; the path wins over hops.
pub(super) fn roles(scene: &MapScene, selected: Option<MapItem>, lit: Option<&ItemSet>) -> Emphasis {
    let mut out =
        Emphasis { nodes: vec![Role::Plain; scene.nodes.len()], edges: vec![Role::Plain; scene.edges.len()] };
    if let Some(lit) = lit {
        fade_all(&mut out);
        for item in lit {
            set(&mut out, *item, Role::Plain);
        }
    // Where changes are shown, they are what is looked at, selected or not.
    } else if let Some(MapItem::Node(node)) = selected.filter(|s| exists(scene, *s) && !scene.is_compared()) {
        fade_all(&mut out);
        spread(scene, &mut out, node, true);
        spread(scene, &mut out, node, false);
        if scene.is_focus {
            let all = out.nodes.iter_mut().chain(&mut out.edges);
            all.filter(|r| **r == Role::Faded).for_each(|role| *role = Role::Plain);
        }
    }
    if let Some(item) = selected {
        set(&mut out, item, Role::Selected);
    }
    out
}

fn exists(scene: &MapScene, item: MapItem) -> bool {
    match item {
        MapItem::Node(i) => i < scene.nodes.len(),
        MapItem::Edge(i) => i < scene.edges.len(),
    }
}

fn fade_all(out: &mut Emphasis) {
    out.nodes.fill(Role::Faded);
    out.edges.fill(Role::Faded);
}

fn set(out: &mut Emphasis, item: MapItem, role: Role) {
    let slot = match item {
        MapItem::Node(i) => out.nodes.get_mut(i),
        MapItem::Edge(i) => out.edges.get_mut(i),
    };
    if let Some(slot) = slot {
        *slot = role;
    }
}

/// Marks all that is reached from `start`, hop by hop, with the edges on the way.
fn spread(scene: &MapScene, out: &mut Emphasis, start: usize, to_callees: bool) {
    let role = |hop: u8| if to_callees { Role::Dependency(hop) } else { Role::Dependent(hop) };
    let mut seen = vec![false; scene.nodes.len()];
    let mut now = vec![start];
    seen[start] = true;
    let mut ties: Vec<Vec<(usize, usize)>> = vec![Vec::new(); scene.nodes.len()];
    for (e, edge) in scene.edges.iter().enumerate() {
        let (near, far) = if to_callees { (edge.from, edge.to) } else { (edge.to, edge.from) };
        ties[near].push((e, far));
    }
    for hop in 1..=u8::MAX {
        let mut next = Vec::new();
        for &(e, far) in now.iter().flat_map(|&node| &ties[node]) {
            if out.edges[e] == Role::Faded {
                out.edges[e] = role(hop);
            }
            if !std::mem::replace(&mut seen[far], true) {
                if out.nodes[far] == Role::Faded {
                    out.nodes[far] = role(hop);
                }
                next.push(far);
            }
        }
        if next.is_empty() {
            return;
        }
        now = next;
    }
}
