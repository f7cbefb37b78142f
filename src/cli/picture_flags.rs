//! The flags of pictures: `--size`, `--scale`, `--theme`.
use clap::{Args, ValueEnum};

use crate::app::ThemeChoice;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Theme {
    Dark,
    Light,
}

/// Flags of the commands that draw pictures.
#[derive(Clone, Copy, Debug, Args)]
pub struct PictureFlags {
    /// Width x height in pixels
    #[arg(long, default_value = "1600x1000", value_parser = size)]
    pub size: [u32; 2],
    /// Pixels to a point, from 0.25 to 8: 2 for a sharp picture of everything in twice the size. Without it a map
    /// that is larger than 1600x1000 is drawn larger
    #[arg(long, value_parser = scale)]
    scale: Option<f32>,
    /// Colours; without it dark, but light in SVG, which is for documents
    #[arg(long, value_enum)]
    theme: Option<Theme>,
}

impl PictureFlags {
    /// Pixels to a point of a picture of the window.
    pub fn window_scale(&self) -> f32 {
        self.scale.unwrap_or(1.0)
    }

    /// Pixels to a point of a picture of the map alone, which fills the size that is asked for.
    pub fn map_scale(&self) -> f32 {
        let [width, height] = self.size.map(|n| n as f32);
        self.scale.unwrap_or((width / USUAL[0]).min(height / USUAL[1]).clamp(1.0, 8.0))
    }

    /// Dark or light.
    pub fn theme(&self) -> ThemeChoice {
        match self.theme {
            Some(Theme::Light) => ThemeChoice::Light,
            Some(Theme::Dark) | None => ThemeChoice::Dark,
        }
    }

    /// Whether a picture of lines is light on dark.
    pub fn is_dark_in_svg(&self) -> bool {
        matches!(self.theme, Some(Theme::Dark))
    }
}

/// The size in points that names and figures are made for.
const USUAL: [f32; 2] = [1600.0, 1000.0];

fn scale(text: &str) -> Result<f32, String> {
    let number = text.trim().parse::<f32>().ok().filter(|n| (0.25..=8.0).contains(n));
    number.ok_or("it is a number from 0.25 to 8".to_owned())
}

fn size(text: &str) -> Result<[u32; 2], String> {
    let parse = |t: &str| t.trim().parse::<u32>().ok().filter(|n| (64..=16_384).contains(n));
    let (w, h) = text.split_once(['x', 'X', '×']).ok_or("write it as 1600x1000")?;
    match (parse(w), parse(h)) {
        (Some(w), Some(h)) => Ok([w, h]),
        _ => Err("width and height are numbers from 64 to 16384, as in 1600x1000".to_owned()),
    }
}
