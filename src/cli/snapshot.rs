//! `spanscape snapshot`: the window as it would look, drawn on the CPU.
use std::path::PathBuf;

use clap::Args;

use super::edge_flags::EdgeFlags;
use super::grouping::Grouping;
use super::picture_flags::PictureFlags;
use super::{Common, Failure, Output, input, output};
use crate::app::{SnapshotOptions, draw};
use crate::export::case::CaseEdges;
use crate::layout::Mode;
use crate::store::Lens;
use crate::texts::Choice;
use crate::view::panels::comparison::Comparing;

/// Flags of `snapshot`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  spanscape snapshot traces.jsonl -o map.png --theme light --select checkout"
)]
pub struct SnapshotArgs {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    picture: PictureFlags,
    /// The language of its texts: en, ja, or system
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    language: Choice,
    /// Select this node: its id or its name; or this edge: FROM->TO
    #[arg(long, value_name = "NODE")]
    select: Option<String>,
    /// Compare this time with --from and --to, or with the rest, on the map: T..T, each RFC 3339, +90s from the
    /// first span, or -15m from the last
    #[arg(long, value_name = "T..T", allow_hyphen_values = true)]
    compare: Option<String>,
    /// Compare before and after a deployment on the map, or a canary with what ran beside it; its new version or
    /// moment tells which of several
    #[arg(long, value_name = "SERVICE[@VERSION|@T]", conflicts_with_all = ["compare", "at"])]
    deploy: Option<String>,
    /// Draw this moment of the replay, with the calls under way: RFC 3339, +90s from the first span, or -15m from
    /// the last
    #[arg(long, value_name = "T", allow_hyphen_values = true, conflicts_with = "compare")]
    at: Option<String>,
    /// How to arrange the map; rings go around the selected node
    #[arg(long, value_name = "MODE", default_value = "flow", value_parser = mode)]
    layout: Mode,
    /// Open this trace
    #[arg(long, value_name = "ID")]
    trace: Option<String>,
    /// Show this tab of the right panel
    #[arg(long, value_name = "NAME")]
    tab: Option<String>,
    /// Open this sheet: keys, losses, save-map, save-case, save-traces, save-report
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Look at the selection, or the middle of the map, at this zoom: from 1.4 on operations are told
    #[arg(long, value_name = "FACTOR", value_parser = zoom)]
    zoom: Option<f32>,
    #[command(flatten)]
    grouping: Grouping,
    #[command(flatten)]
    edges: EdgeFlags,
    /// Raise alerts by the rules in this TOML file, instead of the usual ones
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

fn zoom(text: &str) -> Result<f32, String> {
    let range = crate::view::map::Camera::ZOOM;
    let number = text.trim().parse::<f32>().ok().filter(|n| range.contains(n));
    number.ok_or_else(|| format!("it is a number from {} to {}", range.start(), range.end()))
}

/// A language by its word.
pub(super) fn language(text: &str) -> Result<Choice, String> {
    Choice::parse(text).ok_or_else(|| "it is one of en, ja, system".to_owned())
}

fn mode(text: &str) -> Result<Mode, String> {
    let words: Vec<&str> = Mode::ALL.iter().map(|m| m.word()).collect();
    Mode::parse(text.trim()).ok_or_else(|| format!("it is one of {}", words.join(", ")))
}

/// Runs the command.
pub fn run(args: &SnapshotArgs) -> Result<(), Failure> {
    if args.output.output.is_none() {
        return Err(Failure::usage("say where the picture goes: -o FILE.png"));
    }
    args.rules.as_deref().map(input::rules).transpose()?;
    let loaded = input::load(&args.common)?;
    let trace = match &args.trace {
        None => None,
        Some(id) => {
            let index = super::trace::find(&loaded.snapshot.spans, id)?;
            loaded.snapshot.spans.trace(index).map(|t| t.id)
        }
    };
    args.grouping.check(&loaded.snapshot)?;
    args.grouping.tell_of_picture(&loaded.snapshot, &loaded.lens);
    if let Some(name) = args.select.as_ref().filter(|n| n.contains("->")) {
        crate::app::headless::find(&loaded.snapshot, name)
            .ok_or_else(|| Failure::usage(format!("--select {name}: there is no such edge")))?;
    } else if let Some(name) = &args.select {
        // What is gone is still in the time to compare with, and stays on the map of a replay.
        let is_wider = args.compare.is_some() || args.deploy.is_some() || args.at.is_some();
        let lens = if is_wider { Lens::default() } else { loaded.lens.clone() };
        let is_node = loaded.snapshot.graph(&lens).graph.find(name).is_some();
        if !is_node && !args.grouping.closed_group(&loaded.snapshot, &lens, name)? {
            return Err(Failure::usage(format!("--select {name}: there is no such node or group")));
        }
    }
    let compare = args.compare.as_deref().map(|t| input::range("--compare", t, loaded.snapshot.extent));
    let compare = compare.transpose()?;
    if let (Some(marked), Some(extent)) = (compare, loaded.snapshot.extent) {
        Comparing::beside(marked, loaded.lens.window, extent).ok_or_else(|| {
            Failure::usage(
                "--compare: there is no other time to compare it with; say which with --from and --to",
            )
        })?;
    }
    if let Some(name) = args.sheet.as_ref().filter(|s| crate::app::headless::sheet(s).is_none()) {
        return Err(Failure::usage(format!("--sheet {name}: there is no such sheet; see --help")));
    }
    let deployed = args.deploy.as_deref().map(|t| super::deployed::comparing("--deploy", t, &loaded));
    let deployed = deployed.transpose()?;
    let at = match (&args.at, loaded.snapshot.extent) {
        (Some(text), Some(extent)) => Some(input::moment("--at", text, extent)?),
        _ => None,
    };
    let case = input::case_state(&args.common.files);
    let kept = case.as_ref().and_then(|c| c.edges.as_ref()).map(CaseEdges::signs).unwrap_or_default();
    let options = SnapshotOptions {
        size: args.picture.size,
        pixels_per_point: args.picture.window_scale(),
        theme: args.picture.theme(),
        language: args.language.language(crate::app::system_language()),
        select: args.select.clone(),
        layout: args.layout,
        trace,
        tab: args.tab.clone(),
        window: loaded.lens.window,
        compare,
        deployed,
        at,
        filter: args.common.filter.clone(),
        sheet: args.sheet.clone(),
        case,
        rules: args.rules.clone(),
        arrangement: args.grouping.arrangement(),
        edges: Some(args.edges.over(kept)),
        zoom: args.zoom,
    };
    let image = draw(loaded.snapshot.clone(), options);
    output::write(&args.output, &png(&image)?)?;
    loaded.finish()
}

/// A picture as PNG.
pub fn png(image: &image::RgbaImage) -> Result<Vec<u8>, Failure> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image
        .write_to(&mut bytes, image::ImageFormat::Png)
        .map_err(|e| Failure::input(format!("the picture could not be encoded: {e}")))?;
    Ok(bytes.into_inner())
}
