//! What is found out about the spans of one trace while it is assembled.
use std::borrow::Cow;
use std::collections::BTreeSet;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::graph::TraceTree;
use crate::graph::call::{Call, Served};
use crate::graph::facts::Facts;
use crate::graph::party::PartyId;
use crate::model::Symbol;
use crate::store::Fields;

/// What is found out about the spans of one trace, in the order of its tree.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    pub fields: Vec<Fields<'a>>,
    pub facts: Vec<Facts>,
    pub service: Vec<PartyId>,
    /// Exit spans that another one stands for.
    pub absorbed: Vec<bool>,
    pub senders: BTreeSet<PartyId>,
    pub calls: Vec<Call>,
    pub served: Vec<Served>,
    /// Ends of the calls and who served requests, with repeats.
    pub busy: Vec<PartyId>,
    /// Room for the callees of one span.
    pub callees: Vec<(PartyId, u32)>,
    /// Databases by the values that name them; those stay where they are as long as this lives.
    pub databases: HashMap<[usize; 4], PartyId, FixedState>,
    /// Aliases by the values that name them.
    pub aliases: HashMap<[usize; 2], Option<Symbol>, FixedState>,
}

impl<'a> Parts<'a> {
    /// Spans of a trace up to which what they say is kept while it is assembled; of more it is read again.
    pub const MOST_KEPT: usize = 1024;

    /// What the span at this place says: as kept, or read again.
    pub fn fields(&self, tree: &TraceTree<'a>, at: u32) -> Cow<'_, Fields<'a>> {
        match self.fields.get(at as usize) {
            Some(kept) => Cow::Borrowed(kept),
            None => Cow::Owned(tree.spans[at as usize].fields()),
        }
    }

    pub fn clear(&mut self) {
        self.fields.clear();
        self.facts.clear();
        self.service.clear();
        self.absorbed.clear();
        self.senders.clear();
        self.calls.clear();
        self.served.clear();
        self.busy.clear();
    }
}
