//! All figures of a comparison, as a table.
use std::fmt::Write;

use super::words::{chance, change_text, metric_text, value_text, verdict_text};
use super::{SHOWN, Words};
use crate::analysis::deploy::{Basis, Comparison, Verdict};
use crate::export::answers::name_of;
use crate::texts::{fill, texts};

impl Words<'_> {
    pub(super) fn write_table(&self, c: &Comparison, out: &mut String) {
        let words = &texts().pages;
        let sides = match c.basis {
            Basis::Time { .. } => words.before_after_sides,
            Basis::Version { .. } => words.old_new_sides,
        };
        out.push_str(&fill(words.all_figures, &[("sides", &sides)]));
        for r in c.rows.iter().take(SHOWN) {
            let cause = match r.cause {
                Some(cause) if r.is_cascading() => {
                    fill(words.cause_from, &[("name", &name_of(self.graph, cause.from))])
                }
                Some(_) => words.cause_own.to_owned(),
                None => String::new(),
            };
            let _ = writeln!(
                out,
                "| {} | {} | {} → {} | {} | {} | {} | {} | {} | {cause} |",
                self.subject(r),
                metric_text(r),
                r.requests.0,
                r.requests.1,
                value_text(r.metric, r.before),
                value_text(r.metric, r.after),
                change_text(r),
                r.q_value.map_or("-".to_owned(), chance),
                verdict_text(r),
            );
        }
        if c.rows.iter().take(SHOWN).any(|r| r.verdict == Verdict::Insufficient) {
            out.push_str(words.insufficient_means);
        }
        if c.rows.len() > SHOWN {
            let _ = writeln!(out, "\n{}", fill(words.more_rows, &[("count", &(c.rows.len() - SHOWN))]));
        }
    }
}
