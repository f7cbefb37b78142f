//! All figures of a comparison, as a table.
use std::fmt::Write;

use super::words::{chance, change_text, metric_text, value_text, verdict_text};
use super::{SHOWN, Words};
use crate::analysis::deploy::{Basis, Comparison, Verdict};
use crate::export::answers::name_of;

impl Words<'_> {
    pub(super) fn write_table(&self, c: &Comparison, out: &mut String) {
        let sides = match c.basis {
            Basis::Time { .. } => "before | after",
            Basis::Version { .. } => "old | new",
        };
        let _ = writeln!(
            out,
            "\n### All figures\n\nA p is that of chance, all tests of this comparison taken together.\n"
        );
        let _ = writeln!(out, "| | metric | requests | {sides} | change | chance | verdict | cause |");
        out.push_str("|---|---|---:|---:|---:|---:|---:|---|---|\n");
        for r in c.rows.iter().take(SHOWN) {
            let cause = match r.cause {
                Some(cause) if r.is_cascading() => format!("from {}", name_of(self.graph, cause.from)),
                Some(_) => "own".to_owned(),
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
            out.push_str(
                "\nInsufficient: fewer than 30 requests on a side, or a change that chance or drift makes as well.\n",
            );
        }
        if c.rows.len() > SHOWN {
            let _ = writeln!(out, "\n… and {} more rows; --format json has them all.", c.rows.len() - SHOWN);
        }
    }
}
