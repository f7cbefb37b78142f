//! What is no mistake in a filter, but may not be what somebody meant.
use super::{BUILT_IN, Filter};
use crate::store::Vocabulary;

/// Something in a filter that may not be meant so, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterDoubt {
    /// Byte of the text where it is.
    pub offset: usize,
    /// What it is.
    pub doubt: Doubt,
}

/// What may not be meant so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// No span has such an attribute yet; the known key that is nearest, if one is near.
    UnknownKey(String, Option<String>),
    /// A length of time without a unit, which is taken as milliseconds.
    Milliseconds(String),
}

impl Filter {
    /// What in it may not be meant so, given the keys that were seen.
    pub fn doubts(&self, known: &Vocabulary) -> Vec<FilterDoubt> {
        let lengths = self.bare_lengths.iter().map(|(offset, value)| FilterDoubt {
            offset: *offset,
            doubt: Doubt::Milliseconds(value.clone()),
        });
        let unknown = self.keys.iter().filter(|(_, key)| !known.has_key(key)).map(|(offset, key)| {
            let doubt = Doubt::UnknownKey(key.clone(), nearest(key, known));
            FilterDoubt { offset: *offset, doubt }
        });
        let mut all: Vec<FilterDoubt> = unknown.chain(lengths).collect();
        all.sort_by_key(|d| d.offset);
        all
    }
}

/// The key that somebody may have meant.
fn nearest(key: &str, known: &Vocabulary) -> Option<String> {
    let own = key.to_lowercase();
    let most = (own.chars().count() / 4).clamp(1, 3);
    let all = BUILT_IN.into_iter().chain(known.keys());
    let near = all.filter_map(|k| Some((distance(&own, &k.to_lowercase(), most)?, k)));
    near.min_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(b.1))).map(|n| n.1.to_owned())
}

/// How many letters are missing, too many, others, or swapped with the next one; `None` above `most`.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut now = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let least = last[j + 1].min(now[j]) + 1;
            let mut best = least.min(last[j] + usize::from(x != y));
            if i > 0 && j > 0 && a[i - 1] == *y && *x == b[j - 1] {
                best = best.min(before[j - 1] + 1);
            }
            now.push(best);
        }
        before = std::mem::replace(&mut last, now);
    }
    last.last().copied().filter(|d| *d <= most)
}
