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
    /// Pixels to a point: 2 for a sharp picture of twice the scale
    #[arg(long, default_value_t = 1.0)]
    pub scale: f32,
    /// Colours
    #[arg(long, value_enum, default_value = "dark")]
    theme: Theme,
}

impl PictureFlags {
    /// Dark or light.
    pub fn theme(&self) -> ThemeChoice {
        match self.theme {
            Theme::Dark => ThemeChoice::Dark,
            Theme::Light => ThemeChoice::Light,
        }
    }
}

fn size(text: &str) -> Result<[u32; 2], String> {
    let parse = |t: &str| t.trim().parse::<u32>().ok().filter(|n| (64..=16_384).contains(n));
    let (w, h) = text.split_once(['x', 'X', '×']).ok_or("write it as 1600x1000")?;
    match (parse(w), parse(h)) {
        (Some(w), Some(h)) => Ok([w, h]),
        _ => Err("width and height are numbers from 64 to 16384, as in 1600x1000".to_owned()),
    }
}
