//! Finds nodes of the map by name: several words, letters left out.
use super::command::Item;
use super::picture::Picture;
use crate::export::names::shown_name;
use crate::graph::Node;

/// The nodes whose names hold all words of a text, the best first.
pub fn found(picture: &Picture, text: &str) -> Vec<(Item, String)> {
    let nodes: Vec<&Node> = picture.index.graph.nodes().map(|n| n.1).collect();
    // Where a name is shown in another language, either may be typed.
    let typed = |n: &&Node| match shown_name(n) {
        shown if shown == n.name => n.name.clone(),
        shown => format!("{} {shown}", n.name),
    };
    let names: Vec<String> = nodes.iter().map(typed).collect();
    let ranked = ranked(&names.iter().map(String::as_str).collect::<Vec<_>>(), text);
    let item = |i: usize| nodes.get(i).map(|n| (Item::Node(n.id.clone()), shown_name(n).into_owned()));
    ranked.into_iter().filter_map(item).collect()
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
