//! The map alone as a picture of any size: what stands on the screen, or the whole of it.
use std::sync::Arc;

use egui::{CentralPanel, Frame, Theme, Vec2};
use image::RgbaImage;

use super::{MapScene, MapState, show};
use crate::texts::{fill, texts};
use crate::view::soft;
use crate::view::theme::{self, Palette};

/// Pixels of a side, at most: what pictures of this size need is a gigabyte.
pub const LARGEST_SIDE: u32 = 16_384;
/// Pixels of a side, at least.
pub const SMALLEST_SIDE: u32 = 64;
/// Pixels in all, at most.
const MOST_PIXELS: u64 = 134_217_728;
/// Frames until everything stands: fonts count from the second on.
const FRAMES: usize = 4;

/// How large a picture is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PictureSize {
    /// So many pixels to a point of the screen.
    Times(f32),
    /// Width and height in pixels.
    Pixels(u32, u32),
}

/// What is drawn, and how.
#[derive(Clone)]
pub struct MapPicture {
    /// The map.
    pub scene: Arc<MapScene>,
    /// What is selected, in the light, and where people look.
    pub state: MapState,
    /// The room that the map has on the screen, in points.
    pub room: Vec2,
    /// Dark or light.
    pub theme: Theme,
    /// Whether all of the map is shown, wherever people look.
    pub is_whole: bool,
}

impl MapPicture {
    /// Width and height in pixels, and pixels to a point; the error says why it cannot be.
    pub fn pixels(&self, size: PictureSize) -> Result<([u32; 2], f32), String> {
        let room = self.room.max(Vec2::splat(SMALLEST_SIDE as f32));
        let (width, height, scale) = match size {
            PictureSize::Times(n) => {
                let side = |points: f32| (points * n).round() as u32;
                (side(room.x), side(room.y), n)
            }
            PictureSize::Pixels(w, h) => (w, h, (w as f32 / room.x).min(h as f32 / room.y)),
        };
        let sides = SMALLEST_SIDE..=LARGEST_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(fill(
                texts().map.width_and_height_are_from,
                &[("least", &SMALLEST_SIDE), ("most", &LARGEST_SIDE)],
            ));
        }
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(texts().map.a_picture_has_at_most.to_owned());
        }
        Ok(([width, height], scale.clamp(0.25, 8.0)))
    }

    /// Draws it.
    pub fn draw(&self, size: PictureSize) -> Result<RgbaImage, String> {
        let (pixels, scale) = self.pixels(size)?;
        let mut state = self.state.for_file();
        if self.is_whole {
            state.camera = None;
        }
        let palette = Palette::of(self.theme);
        let mut is_prepared = false;
        Ok(soft::screenshot(pixels, scale, FRAMES, |ui| {
            if !std::mem::replace(&mut is_prepared, true) {
                theme::install(ui.ctx());
                ui.ctx().set_theme(self.theme);
                ui.ctx().all_styles_mut(|s| s.animation_time = 0.0);
                return;
            }
            CentralPanel::default().frame(Frame::new().fill(palette.canvas)).show(ui, |ui| {
                show(ui, &self.scene, &mut state, &palette);
            });
        }))
    }

    /// Draws it as PNG.
    pub fn png(&self, size: PictureSize) -> Result<Vec<u8>, String> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let image = self.draw(size)?;
        let written = image.write_to(&mut bytes, image::ImageFormat::Png);
        written.map_err(|e| fill(texts().map.the_picture_could_not_be, &[("error", &e)]))?;
        Ok(bytes.into_inner())
    }
}
