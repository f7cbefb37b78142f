//! A small texture of soft lines, discs, squares and lights in many sizes, so that each costs two triangles.
//!
//! egui keeps it: it is made once per window, and drawn by any painter that draws text.
use std::sync::LazyLock;

use egui::epaint::{ColorImage, Mesh, Vertex};
use egui::{Color32, Context, Id, Pos2, Rect, TextureHandle, TextureId, TextureOptions, Vec2, pos2, vec2};

use super::mesh::unit;

/// The size of the texture, in pixels; its first corner is white, as in the texture of the fonts.
const SIZE: [usize; 2] = [640, 240];
/// The radius of the smallest disc, in pixels; each further one is 2^(1/4) times as large.
const SMALLEST: f32 = 1.5;
const STEPS: usize = 20;
/// The corner of a round square, as a share of half its side.
const CORNER: f32 = 0.356;
/// Where the rows of discs, squares, and of lines and light begin.
const ROWS: [usize; 3] = [4, 90, 174];
/// The rows of lines: a row for each share of the width that is solid, up to `SOLID`.
const LINES: usize = 32;
const SOLID: f32 = 0.9;
/// Pixels across a line, and of each side of the light.
const ACROSS: usize = 64;
const LIGHT_AT: usize = 80;

/// See the module.
#[derive(Clone)]
pub(super) struct Stencils {
    texture: TextureHandle,
    /// Pixels to a point.
    scale: f32,
}

/// The radius of a disc in the texture, and where the disc is in it.
fn tile(step: usize, row: usize) -> (f32, Rect) {
    let radius = |k: usize| SMALLEST * 2.0_f32.powf(k as f32 / 4.0);
    let half = |k: usize| (radius(k) + 1.0).ceil();
    let left: f32 = (0..step).map(|k| 2.0 * half(k)).sum();
    let middle = pos2(left + half(step), ROWS[row] as f32 + half(step));
    (radius(step), Rect::from_center_size(middle, Vec2::splat(2.0 * half(step))))
}

/// How far `p` is outside a round square around the origin.
fn outside_square(p: Vec2, half: f32) -> f32 {
    let corner = CORNER * half;
    let q = vec2(p.x.abs(), p.y.abs()) - Vec2::splat(half - corner);
    q.max(Vec2::ZERO).length() + q.x.max(q.y).min(0.0) - corner
}

/// All tiles: of discs, and of squares.
static TILES: LazyLock<[[(f32, Rect); STEPS]; 2]> =
    LazyLock::new(|| [0, 1].map(|row| std::array::from_fn(|step| tile(step, row))));

fn drawn() -> ColorImage {
    let mut image = ColorImage::filled(SIZE, Color32::TRANSPARENT);
    let mut set = |x: usize, y: usize, cover: f32| {
        let a = (cover.clamp(0.0, 1.0) * 255.0).round() as u8;
        if let Some(pixel) = image.pixels.get_mut(y * SIZE[0] + x) {
            *pixel = Color32::from_rgba_premultiplied(a, a, a, a);
        }
    };
    (0..4).for_each(|k| set(k % 2, k / 2, 1.0));
    for (step, row) in (0..STEPS).flat_map(|step| [(step, 0), (step, 1)]) {
        let (radius, area) = tile(step, row);
        for y in area.min.y as usize..area.max.y as usize {
            for x in area.min.x as usize..area.max.x as usize {
                let p = pos2(x as f32 + 0.5, y as f32 + 0.5) - area.center();
                let out = if row == 0 { p.length() - radius } else { outside_square(p, radius) };
                set(x, y, 0.5 - out);
            }
        }
    }
    let share = |k: usize| ((k as f32 + 0.5) * 2.0 / ACROSS as f32 - 1.0).abs();
    for row in 0..LINES {
        let solid = SOLID * row as f32 / (LINES - 1) as f32;
        (0..ACROSS).for_each(|k| set(1 + k, ROWS[2] + row, (1.0 - share(k)) / (1.0 - solid)));
    }
    for (x, y) in (0..ACROSS).flat_map(|x| (0..ACROSS).map(move |y| (x, y))) {
        set(LIGHT_AT + x, ROWS[2] + y, 1.0 - vec2(share(x), share(y)).length());
    }
    image
}

/// A place in the texture, given in its pixels.
fn uv(x: f32, y: f32) -> Pos2 {
    pos2(x / SIZE[0] as f32, y / SIZE[1] as f32)
}

impl Stencils {
    /// Those of this window.
    pub(super) fn of(ctx: &Context) -> Self {
        let id = Id::new("map stencils");
        let scale = ctx.pixels_per_point();
        if let Some(texture) = ctx.data(|d| d.get_temp::<TextureHandle>(id)) {
            return Self { texture, scale };
        }
        let texture = ctx.load_texture("map stencils", drawn(), TextureOptions::LINEAR);
        ctx.data_mut(|d| d.insert_temp(id, texture.clone()));
        Self { texture, scale }
    }

    /// The texture that a mesh needs to be drawn with these.
    pub(super) fn texture(&self) -> TextureId {
        self.texture.id()
    }

    /// The width over which lines fade out: one pixel, in points.
    pub(super) fn soft(&self) -> f32 {
        1.0 / self.scale
    }

    /// A disc; `false` where it is too large for the texture.
    pub(super) fn disc(&self, mesh: &mut Mesh, middle: Pos2, radius: f32, color: Color32) -> bool {
        self.stamp(mesh, middle, radius, 0, color)
    }

    /// A square with round corners, `half` a side large; `false` where it is too large for the texture.
    pub(super) fn square(&self, mesh: &mut Mesh, middle: Pos2, half: f32, color: Color32) -> bool {
        self.stamp(mesh, middle, half, 1, color)
    }

    fn stamp(&self, mesh: &mut Mesh, middle: Pos2, radius: f32, row: usize, color: Color32) -> bool {
        let step = (4.0 * (radius * self.scale / SMALLEST).max(1.0).log2()).round() as usize;
        let Some(&(known, area)) = TILES[row].get(step) else { return false };
        let half = Vec2::splat(area.width() / 2.0 * radius / known);
        quad(mesh, Rect::from_center_size(middle, 2.0 * half), area, color);
        true
    }

    /// A soft light around `middle`.
    pub(super) fn light(&self, mesh: &mut Mesh, middle: Pos2, radius: f32, color: Color32) {
        let corner = pos2(LIGHT_AT as f32, ROWS[2] as f32);
        let area = Rect::from_min_size(corner, Vec2::splat(ACROSS as f32));
        let room = Rect::from_center_size(middle, Vec2::splat(2.0 * radius));
        quad(mesh, room, area, color.gamma_multiply(0.55));
    }

    /// A line along `points` that is `width` wide and fades out over `soft` on both sides.
    ///
    /// One hardly wider than the fade is two slopes that meet in the middle; a thinner one is fainter.
    pub(super) fn line(&self, mesh: &mut Mesh, points: &[Pos2], width: f32, soft: f32, color: Color32) {
        let Some(last) = points.len().checked_sub(1).filter(|l| *l > 0) else { return };
        let color = if width < soft { color.gamma_multiply(width / soft) } else { color };
        let (solid, rim) = match width < 1.4 * soft {
            true => (0.0, width.max(soft)),
            false => ((width - soft) / 2.0, (width + soft) / 2.0),
        };
        let row = (solid / rim / SOLID * (LINES - 1) as f32).round().min((LINES - 1) as f32);
        let v = ROWS[2] as f32 + row + 0.5;
        let (left, right) = (uv(1.0, v), uv(1.0 + ACROSS as f32, v));
        let mut first = mesh.vertices.len() as u32;
        for (i, &p) in points.iter().enumerate() {
            let side = unit(points[(i + 1).min(last)] - points[i.saturating_sub(1)]).rot90() * rim;
            mesh.vertices.extend_from_slice(&[
                Vertex { pos: p - side, uv: left, color },
                Vertex { pos: p + side, uv: right, color },
            ]);
        }
        for _ in 0..last {
            mesh.indices.extend_from_slice(&[first, first + 1, first + 2, first + 2, first + 1, first + 3]);
            first += 2;
        }
    }
}

/// The part `area` of the texture, in its pixels, over `room` on the screen.
fn quad(mesh: &mut Mesh, room: Rect, area: Rect, color: Color32) {
    let first = mesh.vertices.len() as u32;
    let (low, high) = (uv(area.min.x, area.min.y), uv(area.max.x, area.max.y));
    mesh.vertices.extend_from_slice(&[
        Vertex { pos: room.min, uv: low, color },
        Vertex { pos: room.right_top(), uv: pos2(high.x, low.y), color },
        Vertex { pos: room.left_bottom(), uv: pos2(low.x, high.y), color },
        Vertex { pos: room.max, uv: high, color },
    ]);
    mesh.indices.extend_from_slice(&[first, first + 1, first + 2, first + 2, first + 1, first + 3]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_shapes_have_a_place_of_their_own_and_a_clear_rim() {
        let image = drawn();
        let at = |x: usize, y: usize| image.pixels[y * SIZE[0] + x].a();
        assert_eq!(at(0, 0), 255);
        for (step, row) in (0..STEPS).flat_map(|s| [(s, 0), (s, 1)]) {
            let (radius, area) = tile(step, row);
            assert!(area.right() <= SIZE[0] as f32 && area.bottom() <= ROWS[row + 1] as f32, "{radius}");
            let (x, y) = (area.min.x as usize, area.min.y as usize);
            let (right, middle) = (area.max.x as usize - 1, area.center().y as usize);
            assert_eq!((at(x, middle), at(right, middle), at(x, y)), (0, 0, 0), "{radius}");
            assert_eq!(at(area.center().x as usize, middle), 255, "{radius}");
        }
        assert!(ROWS[2] + ACROSS <= SIZE[1] && LIGHT_AT + ACROSS <= SIZE[0]);
        assert_eq!((at(0, ROWS[2]), at(1 + ACROSS, ROWS[2])), (0, 0), "beside a line");
    }
}
