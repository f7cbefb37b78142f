//! Questions whose answer is shown as it is on the command line, and what else of them the window shows.
use crate::analysis::capacity::{Capacity, Growth};
use crate::export::answers::{AlertLine, Answer, RulesTold};

/// An answer, and what else is shown of it.
#[derive(Clone, Debug)]
pub struct Plain {
    /// As on the command line.
    pub answer: Answer,
    /// Of health: what rules tell.
    pub alerts: Vec<AlertLine>,
    /// Of health: what rules tell besides.
    pub rules: RulesTold,
    /// Of capacity: the numbers themselves.
    pub capacity: Option<Capacity>,
}

/// Traffic and speed that are supposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// `all`, or where requests enter and what they ask for: `api-gateway POST /checkout`.
    pub what: String,
    /// Times as many of them.
    pub factor: f64,
    /// A node by id, and how many percent shorter its own time is.
    pub faster: Option<(String, f64)>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self { what: "all".to_owned(), factor: 2.0, faster: None }
    }
}

impl Scenario {
    /// As the analysis takes it.
    pub fn growth(&self) -> Growth {
        Growth { what: self.what.clone(), factor: self.factor }
    }
    /// As `analyze capacity` takes it: `all x2`.
    pub fn argument(&self) -> String {
        format!("{} x{}", self.what, self.factor)
    }
}
