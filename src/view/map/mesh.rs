//! Smooth ribbons, discs and outlines as plain triangles: far cheaper than egui's own shapes.
use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Pos2, Rect, Vec2, pos2, vec2};

/// The direction of `v`; cheaper than egui's, which guards against lengths that no screen has.
pub(super) fn unit(v: Vec2) -> Vec2 {
    v * v.length_sq().max(1e-12).sqrt().recip()
}

fn vertex(mesh: &mut Mesh, pos: Pos2, color: Color32) -> u32 {
    mesh.vertices.push(Vertex { pos, uv: WHITE_UV, color });
    mesh.vertices.len() as u32 - 1
}

/// A line along `points` that is `width` wide and fades out over `soft` on both sides.
pub(super) fn ribbon(mesh: &mut Mesh, points: &[Pos2], width: f32, soft: f32, color: Color32, closed: bool) {
    let n = points.len();
    if n < 2 {
        return;
    }
    let clear = Color32::TRANSPARENT;
    // A line thinner than the fade is as wide as the fade, and fainter.
    let solid = (width - soft).max(0.0) / 2.0;
    let color = if width < soft { color.gamma_multiply(width / soft) } else { color };
    let mut before: Option<[u32; 4]> = None;
    let count = if closed { n + 1 } else { n };
    mesh.vertices.reserve(4 * count);
    mesh.indices.reserve(18 * count);
    for k in 0..count {
        let i = k % n;
        let prev = if i > 0 {
            points[i - 1]
        } else if closed {
            points[n - 1]
        } else {
            points[i]
        };
        let next = if i + 1 < n {
            points[i + 1]
        } else if closed {
            points[0]
        } else {
            points[i]
        };
        let side = unit(next - prev).rot90();
        let rim = solid + soft;
        let row = [
            vertex(mesh, points[i] - side * rim, clear),
            vertex(mesh, points[i] - side * solid, color),
            vertex(mesh, points[i] + side * solid, color),
            vertex(mesh, points[i] + side * rim, clear),
        ];
        if let Some(last) = before {
            for c in 0..3 {
                mesh.indices.extend([last[c], last[c + 1], row[c], row[c], last[c + 1], row[c + 1]]);
            }
        }
        before = Some(row);
    }
}

/// A ribbon in dashes of `on` with gaps of `off`.
pub(super) fn dashes(mesh: &mut Mesh, points: &[Pos2], style: (f32, f32, f32), soft: f32, color: Color32) {
    let (width, on, off) = style;
    let mut piece: Vec<Pos2> = Vec::new();
    let (mut drawing, mut left) = (true, on);
    for pair in points.windows(2) {
        let (mut at, end) = (pair[0], pair[1]);
        if piece.is_empty() && drawing {
            piece.push(at);
        }
        while at.distance(end) > left {
            at += unit(end - at) * left;
            if drawing {
                piece.push(at);
                ribbon(mesh, &piece, width, soft, color, false);
                piece.clear();
            } else {
                piece.push(at);
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        left -= at.distance(end);
        if drawing {
            piece.push(end);
        }
    }
    ribbon(mesh, &piece, width, soft, color, false);
}

/// A convex outline filled, with a fading rim.
pub(super) fn fill(mesh: &mut Mesh, outline: &[Pos2], middle: Pos2, soft: f32, inner: Color32, rim: Color32) {
    let hub = vertex(mesh, middle, inner);
    let n = outline.len() as u32;
    mesh.vertices.reserve(2 * outline.len() + 1);
    mesh.indices.reserve(9 * outline.len());
    let first = mesh.vertices.len() as u32;
    for p in outline {
        let out = unit(*p - middle) * (soft / 2.0);
        vertex(mesh, *p - out, rim);
        vertex(mesh, *p + out, Color32::TRANSPARENT);
    }
    for k in 0..n {
        let (a, b) = (first + 2 * k, first + 2 * ((k + 1) % n));
        mesh.indices.extend([hub, a, b, a, a + 1, b, b, a + 1, b + 1]);
    }
}

/// Writes the points of a circle into `out`, as many as its size asks for.
pub(super) fn circle(out: &mut Vec<Pos2>, middle: Pos2, radius: f32) {
    let n = ((radius * 2.2) as usize).clamp(6, 72);
    // One turn of the wheel per point costs less than a sine and a cosine each.
    let turn = egui::emath::Rot2::from_angle(std::f32::consts::TAU / n as f32);
    let mut arm = vec2(radius, 0.0);
    out.clear();
    for _ in 0..n {
        out.push(middle + arm);
        arm = turn * arm;
    }
}

/// Writes the points of a square with round corners into `out`, from the right side on.
pub(super) fn rounded_square(out: &mut Vec<Pos2>, middle: Pos2, half: f32, corner: f32) {
    let steps = if half < 6.0 { 2 } else { 6 };
    rounded(out, Rect::from_center_size(middle, Vec2::splat(2.0 * half)), corner, steps);
}

/// Writes the outline of a box with round corners of `steps` pieces each into `out`.
fn rounded(out: &mut Vec<Pos2>, area: Rect, corner: f32, steps: usize) {
    out.clear();
    let inner = area.shrink(corner);
    let hubs = [inner.right_bottom(), inner.left_bottom(), inner.left_top(), inner.right_top()];
    for (k, hub) in hubs.into_iter().enumerate() {
        for step in 0..=steps {
            let angle = (k as f32 + step as f32 / steps as f32) * std::f32::consts::FRAC_PI_2;
            out.push(hub + Vec2::angled(angle) * corner);
        }
    }
}

/// A box with round corners and a border of one point inside it.
pub(super) fn plate(mesh: &mut Mesh, area: Rect, corner: f32, soft: f32, fills: [Color32; 2]) {
    let [inside, border] = fills;
    let corner = corner.min(area.width() / 2.0).min(area.height() / 2.0).max(0.0);
    let steps = if corner > 5.0 { 4 } else { 2 };
    let mut outline = Vec::with_capacity(20);
    rounded(&mut outline, area, corner, steps);
    let middle = area.center();
    if inside.is_opaque() {
        fill(mesh, &outline, middle, soft, border, border);
        rounded(&mut outline, area.shrink(1.0), (corner - 1.0).max(0.0), steps);
        fill(mesh, &outline, middle, soft, inside, inside);
    } else {
        fill(mesh, &outline, middle, soft, inside, inside);
        rounded(&mut outline, area.shrink(0.5), (corner - 0.5).max(0.0), steps);
        ribbon(mesh, &outline, 1.0, soft, border, true);
    }
}

/// An arrowhead with its tip at `tip`.
pub(super) fn arrow(mesh: &mut Mesh, tip: Pos2, way: Vec2, length: f32, soft: f32, color: Color32) {
    let side = way.rot90() * length * 0.44;
    let back = tip - way * length;
    let outline = [tip, back + side, back + way * length * 0.22, back - side];
    let middle = tip - way * length * 0.55;
    fill(mesh, &outline, middle, soft, color, color);
}

/// A dot grid over `view` with a dot at each multiple of `step` from `origin`.
pub(super) fn dots(mesh: &mut Mesh, view: Rect, origin: Pos2, step: f32, color: Color32) {
    let first = |low: f32, from: f32| from + ((low - from) / step).ceil() * step;
    let mut y = first(view.top(), origin.y);
    while y < view.bottom() {
        let mut x = first(view.left(), origin.x);
        while x < view.right() {
            mesh.add_colored_rect(
                Rect::from_center_size(pos2(x.round(), y.round()), Vec2::splat(1.5)),
                color,
            );
            x += step;
        }
        y += step;
    }
}
