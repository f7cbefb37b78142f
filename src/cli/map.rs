//! `spanscape map`: the service graph in the form asked for.
use std::collections::BTreeMap;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::edge_flags::EdgeFlags;
use super::grouping::Grouping;
use super::picture_flags::PictureFlags;
use super::{Common, Failure, Output, input, output};
use crate::export::edge_signs::EdgeSigns;
use crate::export::map_forms::{self, MapForm, Seen};

/// The form of the map.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
    Dot,
    Mermaid,
    Graphml,
    Svg,
    Png,
}

/// Flags of `map`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  spanscape map --format json --from -15m traces.jsonl")]
pub struct MapArgs {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    grouping: Grouping,
    #[command(flatten)]
    edges: EdgeFlags,
    #[command(flatten)]
    picture: PictureFlags,
    /// The form
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

/// Runs the command.
pub fn run(args: &MapArgs) -> Result<(), Failure> {
    let loaded = input::load(&args.common)?;
    let form = match args.format {
        Format::Table => MapForm::Table,
        Format::Json => MapForm::Json,
        Format::Csv => MapForm::Csv,
        Format::Dot => MapForm::Dot,
        Format::Mermaid => MapForm::Mermaid,
        Format::Graphml => MapForm::Graphml,
        Format::Svg => MapForm::Svg,
        Format::Png => MapForm::Png,
    };
    let whole = Arc::new(loaded.snapshot.graph(&loaded.lens));
    let is_picture = matches!(form, MapForm::Png | MapForm::Svg);
    let arranged = args.grouping.of_map(&loaded.snapshot, &whole, is_picture)?;
    let (snapshot, lens, index) = (&*loaded.snapshot, &loaded.lens, &arranged.index);
    loaded.say_if_empty(index.graph.nodes().next().is_none());
    let signs = args.edges.over(EdgeSigns::default());
    let (members, places) = (&arranged.members(&whole.graph), &BTreeMap::new());
    let boxes = &arranged.boxes(&args.grouping.arrangement().group_by);
    let is_dark = args.picture.is_dark_in_svg();
    let seen = Seen { snapshot, lens, index, members, boxes, places, selected: None, signs, is_dark };
    let Some(text) = map_forms::text(form, &seen) else {
        let options = crate::app::SnapshotOptions {
            window: loaded.lens.window,
            filter: args.common.filter.clone(),
            arrangement: args.grouping.arrangement(),
            edges: Some(signs),
            size: args.picture.size,
            pixels_per_point: args.picture.map_scale(),
            theme: args.picture.theme(),
            ..Default::default()
        };
        let image = crate::app::draw_map(loaded.snapshot.clone(), options).map_err(Failure::usage)?;
        output::write(&args.output, &super::snapshot::png(&image)?)?;
        return loaded.finish();
    };
    output::write(&args.output, text.as_bytes())?;
    loaded.finish()
}
