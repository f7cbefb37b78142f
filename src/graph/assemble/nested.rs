//! Client calls recorded by several libraries, one inside the other: which of their spans stand for calls.
use std::borrow::Cow;

use super::super::facts::{Part, Protocol};
use super::super::party;
use super::Assembly;

/// Where a request goes to.
struct Journey<'a> {
    /// Whether a server span answered it.
    is_served: bool,
    /// The host that the caller names.
    host: Option<Cow<'a, str>>,
}

impl<'a> Assembly<'_, 'a> {
    /// A client call may be recorded by several libraries, one inside the other: keep one of each chain.
    ///
    /// Outermost spans come first, and a chain is settled as a whole, so the time is linear.
    pub(super) fn absorb_nested(&mut self) {
        // In most traces no exit has work of its own below it.
        let has_work = |at: u32| self.tree.children(at).iter().any(|&c| self.is_own_work(at, c));
        if !(0..self.tree.spans.len() as u32).any(|at| self.is_outgoing(at) && has_work(at)) {
            return;
        }
        let order = self.top_down();
        let has_exit_below = self.has_exit_below(&order);
        let mut is_settled = vec![false; order.len()];
        for outer in order {
            if !self.is_outgoing(outer) || is_settled[outer as usize] || !has_exit_below[outer as usize] {
                continue;
            }
            let inner = self.nested_exits(outer);
            let keep = self.kept_of_chain(outer, &inner, &has_exit_below);
            for &at in std::iter::once(&outer).chain(&inner) {
                is_settled[at as usize] = true;
                self.parts.absorbed[at as usize] = keep.binary_search(&at).is_err();
            }
        }
    }

    /// All spans, each after its parent.
    fn top_down(&self) -> Vec<u32> {
        let mut order: Vec<u32> = self.tree.roots().to_vec();
        let mut next = 0;
        while let Some(&at) = order.get(next) {
            order.extend_from_slice(self.tree.children(at));
            next += 1;
        }
        order
    }

    /// Whether the walk of an exit's own work goes on to this span: not into another service or request.
    fn is_own_work(&self, parent: u32, at: u32) -> bool {
        self.service(at) == self.service(parent)
            && matches!(self.part(at), Part::Exit | Part::Publish | Part::Local)
    }

    fn has_exit_below(&self, order: &[u32]) -> Vec<bool> {
        let mut has = vec![false; order.len()];
        for &at in order.iter().rev() {
            if let Some(parent) = self.span(at).parent
                && self.is_own_work(parent, at)
            {
                has[parent as usize] |= self.is_outgoing(at) || has[at as usize];
            }
        }
        has
    }

    /// The exits inside one that may tell of the same call, in order.
    fn nested_exits(&self, outer: u32) -> Vec<u32> {
        let journey = self.journey(outer);
        let mut found = Vec::new();
        let mut stack = vec![outer];
        while let Some(parent) = stack.pop() {
            for &at in self.tree.children(parent) {
                let is_outgoing = self.is_outgoing(at);
                let is_other_call = || journey.as_ref().is_some_and(|j| self.is_apart(j, at));
                if self.is_own_work(parent, at) && !(is_outgoing && is_other_call()) {
                    found.extend(is_outgoing.then_some(at));
                    stack.push(at);
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// Where a request goes to that is nothing but HTTP or RPC.
    fn journey(&self, at: u32) -> Option<Journey<'a>> {
        let facts = &self.facts(at);
        let is_plain = !facts.is_logical && matches!(facts.protocol, Protocol::Http | Protocol::Rpc);
        is_plain.then(|| Journey {
            is_served: self.has_remote_child(at),
            host: party::host(&self.fields(at), true),
        })
    }

    /// Whether an exit inside such a request is a call of its own: a cache or database that is asked on the
    /// way to somewhere else, as a server span or another host tells.
    fn is_apart(&self, journey: &Journey<'_>, at: u32) -> bool {
        if self.facts(at).protocol != Protocol::Database {
            return false;
        }
        let other_host = || {
            let host = party::host(&self.fields(at), true);
            journey.host.as_ref().zip(host).is_some_and(|(a, b)| *a != b)
        };
        journey.is_served || other_host()
    }

    /// The spans of a chain that stand for calls, in order.
    fn kept_of_chain(&self, outer: u32, inner: &[u32], has_exit_below: &[bool]) -> Vec<u32> {
        let leaves: Vec<u32> = inner.iter().copied().filter(|&i| !has_exit_below[i as usize]).collect();
        let is_logical = self.facts(outer).is_logical;
        let attempts = leaves.len() > 1
            && (leaves.iter().any(|&l| self.facts(l).is_resend) || self.have_one_host(&leaves));
        let mut owners: Vec<u32> = std::iter::once(outer)
            .chain(inner.iter().copied())
            .filter(|&i| self.has_remote_child(i))
            .collect();
        owners.sort_unstable();
        if attempts && !is_logical {
            leaves
        } else if !owners.is_empty() {
            owners
        } else if is_logical {
            vec![outer]
        } else {
            let logical = inner.iter().copied().find(|&i| self.facts(i).is_logical);
            vec![logical.unwrap_or(outer)]
        }
    }

    fn have_one_host(&self, at: &[u32]) -> bool {
        let mut hosts = at.iter().map(|&i| party::host(&self.fields(i), true));
        let Some(Some(first)) = hosts.next() else { return false };
        hosts.all(|h| h.as_deref() == Some(&first))
    }
}
