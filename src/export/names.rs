//! Names of nodes as people read them: those that nobody gave are words, and these have languages.
use std::borrow::Cow;

use crate::graph::{Node, NodeKind};
use crate::texts::{fill, texts};

/// What a node is called on screen and in sentences; ids, exports of the map and filters keep its own name.
pub fn shown_name(node: &Node) -> Cow<'_, str> {
    name_of_kind(node.kind, &node.name)
}

/// The same, of a kind and a name: that of the user and those of unknown ends come from `graph/naming.rs`.
pub fn name_of_kind(kind: NodeKind, name: &str) -> Cow<'_, str> {
    let words = &texts().words;
    match (kind, name) {
        (NodeKind::User, "user") => words.the_user.into(),
        (NodeKind::Unknown, "unknown caller") => words.unknown_caller.into(),
        (NodeKind::Unknown, other) => {
            let caller = other.strip_prefix("unknown (").and_then(|o| o.strip_suffix(')'));
            caller.map_or(other.into(), |c| fill(words.unknown_of, &[("caller", &c)]).into())
        }
        (_, own) => own.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::{Language, speak};

    #[test]
    fn only_names_that_nobody_gave_have_languages() {
        let all = [
            (NodeKind::User, "user"),
            (NodeKind::Unknown, "unknown caller"),
            (NodeKind::Unknown, "unknown (cart)"),
            (NodeKind::Unknown, "10.0.0.1"),
            (NodeKind::Service, "user"),
        ];
        assert!(all.iter().all(|(kind, name)| name_of_kind(*kind, name) == *name), "the same in English");
        speak(Language::Japanese);
        let japanese = all.map(|(kind, name)| name_of_kind(kind, name));
        speak(Language::English);
        assert_eq!(japanese, ["ユーザー", "不明な呼び出し元", "不明（cart）", "10.0.0.1", "user"]);
    }
}
