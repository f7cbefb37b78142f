//! The page before there is any data: three ways in, and the state of the ports. Also loading and failing.
use egui::{Align2, FontId, Frame, Margin, RichText, ScrollArea, Stroke, Ui, vec2};
use egui_phosphor::regular;

use super::command::{Command, Sheet};
use super::sources::{Reading, being_read, short_title};
use super::status::PortLine;
use super::widgets;
use crate::model::Sentence;
use crate::store::{Counters, SourceState};
use crate::texts::{fill, texts};
use crate::view::text;
use crate::view::theme::{self, Palette, RADIUS, UNIT};

/// Languages with the lines that send spans here.
pub const LANGUAGES: [(&str, &str); 4] = [
    (
        "Python",
        "pip install opentelemetry-distro opentelemetry-exporter-otlp\n\
         opentelemetry-bootstrap -a install\n\
         OTEL_SERVICE_NAME=my-service \\\n\
         OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 \\\n  \
         opentelemetry-instrument python app.py",
    ),
    (
        "Node",
        "npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node\n\
         OTEL_SERVICE_NAME=my-service \\\n\
         OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 \\\n\
         NODE_OPTIONS=\"--require @opentelemetry/auto-instrumentations-node/register\" \\\n  \
         node app.js",
    ),
    (
        "Java",
        "curl -LO https://github.com/open-telemetry/opentelemetry-java-instrumentation/\\\n\
         releases/latest/download/opentelemetry-javaagent.jar\n\
         OTEL_SERVICE_NAME=my-service \\\n\
         OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 \\\n  \
         java -javaagent:opentelemetry-javaagent.jar -jar app.jar",
    ),
    (
        "Go",
        "exporter, err := otlptracegrpc.New(ctx)  // go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc\n\
         otel.SetTracerProvider(trace.NewTracerProvider(trace.WithBatcher(exporter)))\n\n\
         OTEL_SERVICE_NAME=my-service \\\n\
         OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 go run .",
    ),
];

/// What the page shows.
pub struct Start<'a> {
    /// The ports.
    pub ports: &'a [PortLine],
    /// Why not one port could be opened.
    pub problems: &'a [Sentence],
    /// Files that could not be read.
    pub failed: Vec<(&'a str, &'a Sentence)>,
    /// The chosen language.
    pub language: usize,
}

/// A page in the middle of the window.
fn page(ui: &mut Ui, width: f32, contents: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt("page").auto_shrink(false).show(ui, |ui| {
        let width = width.min(ui.available_width() - 8.0 * UNIT);
        let side = (ui.available_width() - width) / 2.0;
        let above = ((ui.available_height() - 640.0) / 2.0).clamp(16.0, 140.0);
        ui.add_space(above);
        ui.horizontal(|ui| {
            ui.add_space(side);
            ui.vertical(|ui| {
                ui.set_width(width);
                contents(ui);
            });
        });
    });
}

fn card(ui: &mut Ui, icon: &str, title: &str, p: &Palette, contents: impl FnOnce(&mut Ui)) {
    let frame = Frame::new().fill(p.panel).stroke(Stroke::new(1.0, p.border)).corner_radius(RADIUS);
    frame.inner_margin(Margin::same(16)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new(icon).font(FontId::proportional(20.0)).color(p.muted));
            ui.label(RichText::new(title).font(FontId::proportional(15.0)).strong().color(p.text));
        });
        ui.add_space(UNIT);
        ui.vertical(contents);
    });
    ui.add_space(3.0 * UNIT);
}

/// Shows the page; gives the language clicked.
pub fn show(ui: &mut Ui, start: &Start<'_>, p: &Palette, commands: &mut Vec<Command>) -> Option<usize> {
    let mut language = None;
    page(ui, 760.0, |ui| {
        ui.label(
            RichText::new(texts().start.see_how_your_services_call)
                .font(FontId::proportional(24.0))
                .color(p.text),
        );
        widgets::note(ui, texts().start.spanscape_draws_a_live_map, p);
        ui.add_space(5.0 * UNIT);
        for (name, sentence) in &start.failed {
            failure(ui, name, sentence, p);
        }
        card(ui, regular::BROADCAST, texts().start.send_traces_here, p, |ui| {
            ports(ui, start, p);
            ui.add_space(2.0 * UNIT);
            language = code(ui, start, p);
        });
        ui.columns(2, |columns| {
            let [left, right] = columns else { return };
            card(left, regular::FOLDER_OPEN, texts().start.open_trace_files, p, |ui| {
                ui.set_min_height(72.0);
                widgets::note(ui, texts().start.otlp_jaeger_or_zipkin_json, p);
                ui.add_space(2.0 * UNIT);
                ui.horizontal(|ui| {
                    if primary(ui, texts().start.open_files, p).clicked() {
                        commands.push(Command::OpenDialog);
                    }
                    if ui.button(texts().start.open_a_path).clicked() {
                        commands.push(Command::Toggle(Sheet::Path));
                    }
                });
            });
            card(right, regular::SPARKLE, texts().start.try_the_sample, p, |ui| {
                ui.set_min_height(72.0);
                widgets::note(ui, texts().start.traces_of_a_shop_whose, p);
                ui.add_space(2.0 * UNIT);
                ui.horizontal(|ui| {
                    if primary(ui, texts().start.open_sample, p).clicked() {
                        commands.push(Command::OpenSample);
                    }
                });
            });
        });
    });
    language
}

fn primary(ui: &mut Ui, name: &str, p: &Palette) -> egui::Response {
    let text = if p.dark { p.canvas } else { p.panel };
    ui.add(egui::Button::new(RichText::new(name).color(text)).fill(p.accent).stroke(Stroke::NONE))
}

fn failure(ui: &mut Ui, name: &str, sentence: &Sentence, p: &Palette) {
    let frame = Frame::new().fill(p.raised).stroke(Stroke::new(1.0, p.critical)).corner_radius(RADIUS);
    frame.inner_margin(Margin::same(12)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let title = fill(texts().start.could_not_be_read, &[("name", &text::name(name, 60))]);
        ui.label(RichText::new(title).font(theme::body()).strong().color(p.critical));
        ui.label(RichText::new(sentence.to_string()).font(theme::small()).color(p.text));
    });
    ui.add_space(3.0 * UNIT);
}

fn ports(ui: &mut Ui, start: &Start<'_>, p: &Palette) {
    if start.ports.is_empty() && start.problems.is_empty() {
        widgets::note(ui, texts().start.this_window_does_not_listen, p);
    }
    for port in start.ports {
        let (icon, colour) = match (port.is_open, &port.trouble) {
            (true, None) => (regular::CHECK_CIRCLE, p.healthy),
            (true, Some(_)) => (regular::WARNING, p.warning),
            (false, _) => (regular::X_CIRCLE, p.critical),
        };
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(icon).font(FontId::proportional(15.0)).color(colour));
            let address = RichText::new(&port.address).font(FontId::monospace(12.5)).color(p.text);
            ui.label(address);
            let line = fill(texts().start.otlp_over, &[("protocol", &port.protocol), ("story", &port.story)]);
            ui.label(RichText::new(line).font(theme::small()).color(p.muted));
        });
        if let Some(trouble) = &port.trouble {
            ui.label(RichText::new(trouble).font(theme::small()).color(colour));
        }
    }
    for problem in start.problems {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(regular::X_CIRCLE).font(FontId::proportional(15.0)).color(p.critical));
            ui.label(RichText::new(problem.to_string()).font(theme::small()).color(p.text));
        });
    }
}

/// The lines of a language, with the ports as they are.
fn lines(start: &Start<'_>) -> String {
    let port = |protocol: &str, usual: &str| {
        let open = start.ports.iter().find(|l| l.is_open && l.protocol == protocol);
        let own = open.and_then(|l| l.address.rsplit_once(':')).map_or(usual, |a| a.1);
        format!("http://localhost:{own}")
    };
    let lines = LANGUAGES.get(start.language).map_or("", |l| l.1);
    lines
        .replace("http://localhost:4317", &port("gRPC", "4317"))
        .replace("http://localhost:4318", &port("HTTP", "4318"))
}

fn code(ui: &mut Ui, start: &Start<'_>, p: &Palette) -> Option<usize> {
    let language = start.language;
    let names: Vec<(usize, &str)> = LANGUAGES.iter().enumerate().map(|(i, l)| (i, l.0)).collect();
    let mut clicked = None;
    let lines = lines(start);
    ui.horizontal(|ui| {
        clicked = widgets::choice(ui, &names, language, p);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let label =
                RichText::new(fill(texts().start.copy, &[("icon", &regular::COPY)])).font(theme::small());
            if ui.button(label).clicked() {
                ui.ctx().copy_text(lines.clone());
            }
        });
    });
    ui.add_space(UNIT);
    let frame = Frame::new().fill(p.canvas).stroke(Stroke::new(1.0, p.border)).corner_radius(RADIUS);
    frame.inner_margin(Margin::symmetric(12, 10)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let font = FontId::monospace(12.0);
        ui.add(egui::Label::new(RichText::new(&lines).font(font).color(p.text)).selectable(true).wrap());
    });
    clicked
}

/// Shows how far files are read, before the first map.
pub fn loading(
    ui: &mut Ui,
    counters: &Counters,
    reading: &Reading,
    per_second: Option<f64>,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    page(ui, 460.0, |ui| {
        ui.add_space(100.0);
        ui.label(RichText::new(texts().start.reading_traces).font(theme::title()).color(p.text));
        let rate = per_second.map_or_else(String::new, |r| {
            fill(texts().start.spans_per_second_too, &[("count", &text::count(r))])
        });
        widgets::note(
            ui,
            &fill(
                texts().start.spans_so_far,
                &[("count", &text::count(counters.in_store as f64)), ("rate", &rate)],
            ),
            p,
        );
        ui.add_space(3.0 * UNIT);
        for source in counters.sources.values().filter(|s| is_being_read(s)) {
            ui.label(RichText::new(text::name(short_title(source), 60)).font(theme::body()).color(p.text));
            being_read(ui, source, reading, p, commands);
            ui.add_space(2.0 * UNIT);
        }
        if ui.button(texts().start.stop_reading_all).clicked() {
            commands.push(Command::StopReading);
        }
    });
}

fn is_being_read(source: &SourceState) -> bool {
    source.kind == crate::model::SourceKind::File && source.closed.is_none()
}

/// Says, over an empty map, that the lens hides everything, and offers the way out.
pub fn nothing_matches(
    ui: &mut Ui,
    has_filter: bool,
    has_window: bool,
    p: &Palette,
    commands: &mut Vec<Command>,
) {
    let area = egui::Rect::from_center_size(ui.available_rect_before_wrap().center(), vec2(360.0, 130.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(area), |ui| {
        ui.vertical_centered(|ui| {
            let icon =
                RichText::new(regular::FUNNEL_SIMPLE_X).font(FontId::proportional(28.0)).color(p.faint);
            ui.label(icon);
            let what = match (has_filter, has_window) {
                (true, true) => texts().start.no_trace_matches_this_filter,
                (true, false) => texts().start.no_trace_matches_this_filter_2,
                _ => texts().start.nothing_happened_in_this_window,
            };
            ui.label(RichText::new(what).font(FontId::proportional(15.0)).color(p.text));
            ui.add_space(2.0 * UNIT);
            if has_filter && ui.button(texts().start.clear_the_filter).clicked() {
                commands.push(Command::SetFilter(String::new()));
            }
            if has_window && ui.button(texts().start.look_at_all_data).clicked() {
                commands.push(Command::SetWindow(super::command::Window::All));
            }
        });
    });
}

/// Says that files can be let go, while they are held over the window.
pub fn drop_here(ui: &Ui, p: &Palette) {
    let area = ui.ctx().content_rect();
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::new("drop files"));
    let painter = ui.ctx().layer_painter(layer);
    painter.rect_filled(area, 0, theme::faded(p.canvas, 0.8));
    painter.rect_stroke(area.shrink(16.0), 12, Stroke::new(2.0, p.accent), egui::StrokeKind::Inside);
    let at = area.center();
    painter.text(at, Align2::CENTER_CENTER, texts().start.drop_to_open_these_traces, theme::title(), p.text);
}
