//! Finds nodes of the map by name: several words, letters left out.
use std::collections::BTreeSet;

use super::command::Item;
use super::picture::Picture;
use crate::export::names::shown_name;
use crate::graph::{group_id, group_name};

/// The nodes and groups whose names hold all words of a text, the best first.
pub fn found(picture: &Picture, text: &str) -> Vec<(Item, String)> {
    // Id, what is shown, and what may be typed: where a name is shown in another language, either.
    let mut names: Vec<(String, String, String)> = Vec::new();
    for (_, node) in picture.index.graph.nodes() {
        let shown = shown_name(node).into_owned();
        let typed = if shown == node.name { shown.clone() } else { format!("{} {shown}", node.name) };
        names.push((node.id.clone(), shown, typed));
    }
    names.extend(groups(picture).into_iter().map(|name| (group_id(name), name.to_owned(), name.to_owned())));
    let ranked = ranked(&names.iter().map(|n| n.2.as_str()).collect::<Vec<_>>(), text);
    let item = |i: usize| names.get(i).map(|(id, name, _)| (Item::Node(id.clone()), name.clone()));
    ranked.into_iter().filter_map(item).collect()
}

/// Groups that are one node, those that are a box, and those that are hidden.
fn groups(picture: &Picture) -> BTreeSet<&str> {
    let closed = picture.shown.collapsed.iter().map(|c| c.1.as_str());
    let boxes = (0..picture.scene.hulls.len()).filter_map(|h| picture.scene.group_of_hull(h));
    let hidden = picture.arrangement.hidden_nodes.iter().filter_map(|id| group_name(id));
    closed.chain(boxes).chain(hidden.filter(|name| picture.groups.is_group(name))).collect()
}

/// Where something that was found is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// On the map, by itself.
    Shown,
    /// Left out of the map.
    Hidden,
    /// In a group that is one node.
    Inside(String),
    /// It is a group.
    Group,
}

/// Where an item is.
pub fn whereabouts(picture: &Picture, item: &Item) -> Whereabouts {
    let Item::Node(id) = item else { return Whereabouts::Shown };
    if picture.arrangement.hidden_nodes.contains(id) {
        return Whereabouts::Hidden;
    }
    if picture.node(id).is_none() {
        return Whereabouts::Group;
    }
    let shown = picture.place_of(item).and_then(|place| picture.item_at(place));
    match shown {
        None => Whereabouts::Hidden,
        Some(Item::Node(shown)) if shown != *id => {
            Whereabouts::Inside(group_name(&shown).unwrap_or(&shown).to_owned())
        }
        Some(_) => Whereabouts::Shown,
    }
}

/// Places of the names that match, the best first.
fn ranked(names: &[&str], text: &str) -> Vec<usize> {
    let words: Vec<String> = text.split_whitespace().map(|w| w.trim_matches('"').to_lowercase()).collect();
    let rank = |name: &str| -> Option<usize> {
        let name = name.to_lowercase();
        words.iter().try_fold(0, |sum, word| Some(sum + penalty(&name, word)?))
    };
    let mut all: Vec<(usize, usize, usize)> =
        names.iter().enumerate().filter_map(|(i, n)| Some((rank(n)?, n.len(), i))).collect();
    // Where some hold the word as it is, those that only have its letters are no help.
    let best = all.iter().map(|a| a.0).min().unwrap_or_default();
    if best < LETTERS {
        all.retain(|a| a.0 < LETTERS);
    }
    all.sort_unstable();
    all.into_iter().map(|a| a.2).collect()
}

/// The penalty of a name that has the letters of a word in order, and no more.
const LETTERS: usize = 1000;

/// How far a name is from a word; `None` where not even its letters are there.
fn penalty(name: &str, word: &str) -> Option<usize> {
    if name == word {
        return Some(0);
    }
    if let Some(at) = name.find(word) {
        let starts = at == 0 || name.get(..at).is_some_and(|b| b.ends_with(|c: char| !c.is_alphanumeric()));
        return Some(if at == 0 {
            1
        } else if starts {
            2
        } else {
            10
        });
    }
    let mut letters = name.char_indices();
    let mut last = 0;
    for wanted in word.chars() {
        last = letters.find(|(_, c)| *c == wanted)?.0;
    }
    Some(LETTERS + last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_words_and_by_letters() {
        let names = ["cart-service", "cart", "payment-gateway", "order-payment", "inventory-db"];
        let found =
            |text: &str| -> Vec<&str> { ranked(&names, text).into_iter().map(|i| names[i]).collect() };
        assert_eq!(found("cart"), ["cart", "cart-service"]);
        assert_eq!(found("payment"), ["payment-gateway", "order-payment"]);
        assert_eq!(found("pay order"), ["order-payment"]);
        assert_eq!(found("SERV cart"), ["cart-service"]);
        assert_eq!(found("invdb"), ["inventory-db"]);
        assert!(found("nothing").is_empty());
        assert_eq!(found("").len(), 5);
    }
}
