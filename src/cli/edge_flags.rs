//! The flags that say what edges of a picture mean: `--edge-width`, `--edge-colour`, `--edge-label`.
use clap::Args;

use crate::export::edge_signs::{ColourMeans, EdgeSigns, LabelMeans, WidthMeans};

/// Flags of the commands that draw a map.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct EdgeFlags {
    /// What the width of edges means: rate, calls, errors, latency, constant
    #[arg(long, value_name = "WHAT", value_parser = width)]
    edge_width: Option<WidthMeans>,
    /// What their colour means: health, errors, latency, protocol
    #[arg(long, alias = "edge-color", value_name = "WHAT", value_parser = colour)]
    edge_colour: Option<ColourMeans>,
    /// What is written on them: figures (rate, p95, errors), rate, latency (p50, p95, p99), errors, timeouts, none
    #[arg(long, value_name = "WHAT", value_parser = label)]
    edge_label: Option<LabelMeans>,
}

impl EdgeFlags {
    /// What was asked for, and for the rest what `otherwise` says.
    pub fn over(self, otherwise: EdgeSigns) -> EdgeSigns {
        EdgeSigns {
            width: self.edge_width.unwrap_or(otherwise.width),
            colour: self.edge_colour.unwrap_or(otherwise.colour),
            label: self.edge_label.unwrap_or(otherwise.label),
        }
    }
}

fn one_of<T: Copy>(found: Option<T>, words: &[&str]) -> Result<T, String> {
    found.ok_or_else(|| format!("it is one of {}", words.join(", ")))
}

fn width(text: &str) -> Result<WidthMeans, String> {
    one_of(WidthMeans::parse(text), &WidthMeans::ALL.map(WidthMeans::word))
}

fn colour(text: &str) -> Result<ColourMeans, String> {
    one_of(ColourMeans::parse(text), &ColourMeans::ALL.map(ColourMeans::word))
}

fn label(text: &str) -> Result<LabelMeans, String> {
    one_of(LabelMeans::parse(text), &LabelMeans::ALL.map(LabelMeans::word))
}
