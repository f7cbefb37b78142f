//! A painter on the CPU: rasterises egui's meshes into RGBA pixels, with no GPU, driver or display.
//!
//! The maths are those of egui's own shaders: vertex colour times texel in gamma space, premultiplied
//! source-over blending.
//! Debug and release builds give the same bytes, so pictures can be compared in tests.
use std::collections::HashMap;

use egui::epaint::{ImageData, ImageDelta, Mesh, Primitive, Vertex};
use egui::{
    ClippedPrimitive, Color32, TextureFilter, TextureId, TextureOptions, TextureWrapMode, TexturesDelta,
};

use super::fonts;

struct Tex {
    w: usize,
    h: usize,
    px: Vec<Color32>,
    opt: TextureOptions,
}

/// Holds the textures that egui has handed over, and paints meshes with them.
#[derive(Default)]
pub struct SoftPainter {
    tex: HashMap<TextureId, Tex>,
}

impl SoftPainter {
    /// Consume the `set` half of a delta (call before painting) and the `free` half.
    pub fn apply(&mut self, delta: &mut TexturesDelta) {
        for (id, deltas) in delta.set.drain() {
            for d in deltas {
                self.set(id, d);
            }
        }
        for id in delta.free.drain() {
            self.tex.remove(&id);
        }
    }

    fn set(&mut self, id: TextureId, d: ImageDelta) {
        let ImageData::Color(img) = d.image;
        let [w, h] = img.size;
        match d.pos {
            None => {
                self.tex.insert(id, Tex { w, h, px: img.pixels.clone(), opt: d.options });
            }
            Some([x0, y0]) => {
                if let Some(t) = self.tex.get_mut(&id) {
                    for y in 0..h {
                        let dst = (y0 + y) * t.w + x0;
                        t.px[dst..dst + w].copy_from_slice(&img.pixels[y * w..(y + 1) * w]);
                    }
                }
            }
        }
    }

    /// Paints `prims` (in points) over `background` into `size[0] * size[1]` pixels, row by row.
    ///
    /// Meshes whose texture is unknown are skipped, and so are GPU callbacks.
    pub fn paint(
        &self,
        size: [usize; 2],
        pixels_per_point: f32,
        prims: &[ClippedPrimitive],
        background: Color32,
    ) -> Vec<Color32> {
        let mut fb = vec![background; size[0] * size[1]];
        for p in prims {
            let Primitive::Mesh(mesh) = &p.primitive else { continue }; // no GPU callbacks
            let r = p.clip_rect;
            let clip = Clip {
                x0: ((r.min.x * pixels_per_point).round().max(0.0) as usize).min(size[0]),
                y0: ((r.min.y * pixels_per_point).round().max(0.0) as usize).min(size[1]),
                x1: ((r.max.x * pixels_per_point).round().max(0.0) as usize).min(size[0]),
                y1: ((r.max.y * pixels_per_point).round().max(0.0) as usize).min(size[1]),
            };
            if clip.x0 >= clip.x1 || clip.y0 >= clip.y1 {
                continue;
            }
            let Some(tex) = self.tex.get(&mesh.texture_id) else { continue };
            paint_mesh(&mut fb, size[0], clip, pixels_per_point, mesh, tex);
        }
        fb
    }
}

#[derive(Clone, Copy)]
struct Clip {
    x0: usize,
    y0: usize,
    x1: usize,
    y1: usize,
}

fn paint_mesh(fb: &mut [Color32], stride: usize, clip: Clip, ppp: f32, mesh: &Mesh, tex: &Tex) {
    for t in mesh.indices.chunks_exact(3) {
        let v = [mesh.vertices[t[0] as usize], mesh.vertices[t[1] as usize], mesh.vertices[t[2] as usize]];
        triangle(fb, stride, clip, ppp, v, tex);
    }
}

/// One triangle in fixed point (1/256 px): edge functions with the top-left rule, so that neighbouring
/// triangles leave no cracks and blend no pixel twice.
struct Triangle {
    v: [Vertex; 3],
    p: [(i64, i64); 3],
    area: i64,
}

impl Triangle {
    fn new(ppp: f32, mut v: [Vertex; 3]) -> Option<Self> {
        let fix = |f: f32| (f * ppp * 256.0).round() as i64;
        let mut p = [0, 1, 2].map(|i| (fix(v[i].pos.x), fix(v[i].pos.y)));
        let mut area = (p[1].0 - p[0].0) * (p[2].1 - p[0].1) - (p[1].1 - p[0].1) * (p[2].0 - p[0].0);
        if area < 0 {
            v.swap(1, 2);
            p.swap(1, 2);
            area = -area;
        }
        (area != 0).then_some(Self { v, p, area })
    }

    /// The pixels that the bounding box touches, within `clip`: `(x0, y0, x1, y1)`, half-open.
    fn bounds(&self, clip: Clip) -> (i64, i64, i64, i64) {
        let [a, b, c] = self.p;
        let low = |a: i64, b: i64, c: i64, edge: usize| (a.min(b).min(c) >> 8).max(edge as i64);
        let high = |a: i64, b: i64, c: i64, edge: usize| ((a.max(b).max(c) >> 8) + 1).min(edge as i64);
        (
            low(a.0, b.0, c.0, clip.x0),
            low(a.1, b.1, c.1, clip.y0),
            high(a.0, b.0, c.0, clip.x1),
            high(a.1, b.1, c.1, clip.y1),
        )
    }

    /// `a * x + b * y + c` for the edge opposite each vertex; not negative inside.
    fn edges(&self) -> [(i64, i64, i64); 3] {
        let edge = |s: (i64, i64), e: (i64, i64)| {
            let (dx, dy) = (e.0 - s.0, e.1 - s.1);
            let top_left = (dy == 0 && dx > 0) || dy < 0;
            (-dy, dx, dy * s.0 - dx * s.1 - i64::from(!top_left))
        };
        [edge(self.p[1], self.p[2]), edge(self.p[2], self.p[0]), edge(self.p[0], self.p[1])]
    }

    fn shade(&self, tex: &Tex) -> Shade {
        let v = &self.v;
        let flat = v[0].color == v[1].color && v[1].color == v[2].color;
        let one_texel = v[0].uv == v[1].uv && v[1].uv == v[2].uv;
        let texel = one_texel.then(|| tex.sample(v[0].uv.x, v[0].uv.y));
        match texel {
            Some(texel) if flat => Shade::Solid(mul(v[0].color, texel)),
            _ => Shade::Varying {
                flat: flat.then_some(v[0].color),
                texel,
                channels: [0, 1, 2].map(|i| v[i].color.to_array().map(f32::from)),
            },
        }
    }
}

/// How the pixels of one triangle get their colour.
enum Shade {
    Solid(Color32),
    Varying { flat: Option<Color32>, texel: Option<Color32>, channels: [[f32; 4]; 3] },
}

/// The part of a row of `width` pixels where all three edge functions are not negative.
fn clip_span(e: &[(i64, i64, i64); 3], w: &[i64; 3], width: i64) -> (i64, i64) {
    let (mut start, mut end) = (0, width);
    for (edge, w) in e.iter().zip(w) {
        let step = edge.0 << 8;
        if step > 0 && *w < 0 {
            start = start.max((-w + step - 1) / step);
        } else if step < 0 && *w >= 0 {
            end = end.min(w / -step + 1);
        } else if step <= 0 && *w < 0 {
            end = 0;
        }
    }
    (start, end)
}

fn triangle(fb: &mut [Color32], stride: usize, clip: Clip, ppp: f32, v: [Vertex; 3], tex: &Tex) {
    let Some(t) = Triangle::new(ppp, v) else { return };
    let (x0, y0, x1, y1) = t.bounds(clip);
    let (e, shade, inv) = (t.edges(), t.shade(tex), 1.0 / t.area as f32);
    for y in y0..y1 {
        let (cx, cy) = ((x0 << 8) + 128, (y << 8) + 128);
        let mut w = [0, 1, 2].map(|i| e[i].0 * cx + e[i].1 * cy + e[i].2);
        let (start, end) = clip_span(&e, &w, x1 - x0);
        if start >= end {
            continue;
        }
        for i in 0..3 {
            w[i] += (e[i].0 << 8) * start;
        }
        let row = y as usize * stride + x0 as usize;
        let span = &mut fb[row + start as usize..row + end as usize];
        match &shade {
            Shade::Solid(c) if c.a() == 255 => span.fill(*c),
            Shade::Solid(Color32::TRANSPARENT) => {}
            Shade::Solid(c) => span.iter_mut().for_each(|d| *d = over(*c, *d)),
            Shade::Varying { flat, texel, channels } => {
                for d in span {
                    let b = w.map(|w| w as f32 * inv);
                    let colour = flat.unwrap_or_else(|| mix(channels, b));
                    let texel = texel.unwrap_or_else(|| {
                        tex.sample(
                            t.v[0].uv.x * b[0] + t.v[1].uv.x * b[1] + t.v[2].uv.x * b[2],
                            t.v[0].uv.y * b[0] + t.v[1].uv.y * b[1] + t.v[2].uv.y * b[2],
                        )
                    });
                    *d = over(mul(colour, texel), *d);
                    for i in 0..3 {
                        w[i] += e[i].0 << 8;
                    }
                }
            }
        }
    }
}

/// The colour at the barycentric place `b`.
fn mix(channels: &[[f32; 4]; 3], b: [f32; 3]) -> Color32 {
    let ch = |k: usize| (channels[0][k] * b[0] + channels[1][k] * b[1] + channels[2][k] * b[2] + 0.5) as u8;
    Color32::from_rgba_premultiplied(ch(0), ch(1), ch(2), ch(3))
}

impl Tex {
    fn sample(&self, u: f32, v: f32) -> Color32 {
        let (x, y) = (u * self.w as f32, v * self.h as f32);
        if self.opt.magnification == TextureFilter::Nearest {
            return self.at(x.floor() as i64, y.floor() as i64);
        }
        let (x, y) = (x - 0.5, y - 0.5);
        let (xf, yf) = (x.floor(), y.floor());
        let (fx, fy) = (x - xf, y - yf);
        let (xi, yi) = (xf as i64, yf as i64);
        if fx < 1e-3 && fy < 1e-3 {
            return self.at(xi, yi);
        }
        let [a, b, c, d] =
            [self.at(xi, yi), self.at(xi + 1, yi), self.at(xi, yi + 1), self.at(xi + 1, yi + 1)]
                .map(|c| c.to_array().map(f32::from));
        let ch = |k: usize| {
            let t = a[k] + (b[k] - a[k]) * fx;
            let l = c[k] + (d[k] - c[k]) * fx;
            (t + (l - t) * fy + 0.5) as u8
        };
        Color32::from_rgba_premultiplied(ch(0), ch(1), ch(2), ch(3))
    }

    fn at(&self, x: i64, y: i64) -> Color32 {
        let wrap = |i: i64, n: usize| match self.opt.wrap_mode {
            TextureWrapMode::ClampToEdge => i.clamp(0, n as i64 - 1) as usize,
            TextureWrapMode::Repeat => i.rem_euclid(n as i64) as usize,
            TextureWrapMode::MirroredRepeat => {
                let m = i.rem_euclid(2 * n as i64) as usize;
                if m < n { m } else { 2 * n - 1 - m }
            }
        };
        self.px[wrap(y, self.h) * self.w + wrap(x, self.w)]
    }
}

/// Rounded x*y/255.
#[inline]
fn m255(x: u8, y: u8) -> u32 {
    let t = x as u32 * y as u32 + 128;
    (t + (t >> 8)) >> 8
}

#[inline]
fn mul(a: Color32, b: Color32) -> Color32 {
    if b == Color32::WHITE {
        return a;
    }
    Color32::from_rgba_premultiplied(
        m255(a.r(), b.r()) as u8,
        m255(a.g(), b.g()) as u8,
        m255(a.b(), b.b()) as u8,
        m255(a.a(), b.a()) as u8,
    )
}

/// Premultiplied source-over. Saturating: additive colours have rgb > a.
#[inline]
fn over(s: Color32, d: Color32) -> Color32 {
    let k = 255 - s.a();
    let f = |s: u8, d: u8| (s as u32 + m255(d, k)).min(255) as u8;
    Color32::from_rgba_premultiplied(f(s.r(), d.r()), f(s.g(), d.g()), f(s.b(), d.b()), f(s.a(), d.a()))
}

/// Runs `ui` for `frames` frames (at least one) without a window and returns the last as a picture.
///
/// `size` is in pixels.
/// Two frames are the least for anything that measures itself on the first.
pub fn screenshot(
    size: [u32; 2],
    pixels_per_point: f32,
    frames: usize,
    mut ui: impl FnMut(&mut egui::Ui),
) -> image::RgbaImage {
    let ctx = egui::Context::default();
    let mut painter = SoftPainter::default();
    let mut input = egui::RawInput {
        screen_rect: Some(egui::Rect::from_min_size(
            egui::Pos2::ZERO,
            egui::vec2(size[0] as f32, size[1] as f32) / pixels_per_point,
        )),
        ..Default::default()
    };
    input.viewports.entry(egui::ViewportId::ROOT).or_default().native_pixels_per_point =
        Some(pixels_per_point);
    fonts::for_picture(&ctx);
    let mut frame = |i: usize| {
        input.time = Some(i as f64 / 60.0);
        let mut full = ctx.run_ui(input.clone(), &mut ui);
        painter.apply(&mut full.textures_delta);
        full
    };
    let frames = frames.max(1);
    let mut last = (0..frames).map(&mut frame).last().unwrap_or_default();
    if fonts::complete(&ctx) {
        last = (frames..2 * frames + 1).map(&mut frame).last().unwrap_or_default();
    }
    let prims = ctx.tessellate(last.shapes, last.pixels_per_point);
    let size_in_all = [size[0] as usize, size[1] as usize];
    let out = painter.paint(size_in_all, last.pixels_per_point, &prims, Color32::BLACK);
    let bytes: Vec<u8> = out.iter().flat_map(|c| c.to_array()).collect();
    image::RgbaImage::from_raw(size[0], size[1], bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paints_a_filled_rectangle_with_sharp_borders() {
        let image = screenshot([40, 20], 1.0, 2, |ui| {
            let area = egui::Rect::from_min_max(egui::pos2(10.0, 5.0), egui::pos2(30.0, 15.0));
            ui.painter().rect_filled(area, 0, Color32::RED);
        });
        assert_eq!(image.dimensions(), (40, 20));
        assert_eq!(image.get_pixel(20, 10).0, [255, 0, 0, 255]);
        assert_eq!(image.get_pixel(2, 2).0, [0, 0, 0, 255]);
    }

    #[test]
    fn the_same_frame_gives_the_same_bytes() {
        let picture = || screenshot([120, 40], 2.0, 2, |ui| drop(ui.label("checkout")));
        assert_eq!(picture().into_raw(), picture().into_raw());
    }
}
