//! The window and filter through which everything is seen.
use std::sync::Arc;

use super::Filter;
use crate::model::TimeRange;

/// What is looked at: all of the data unless narrowed. With the revision, the key of most answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lens {
    /// Calls that start within; `None` for all, dated or not.
    pub window: Option<TimeRange>,
    /// Traces with a span that matches; `None` for all.
    pub filter: Option<Arc<Filter>>,
}
