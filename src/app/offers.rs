//! What the command palette offers: every command with its key, and nodes and traces by name.
use super::App;
use super::command::{Command, Item, Tab, ThemeChoice, Window};
use super::questions::PLAIN;
use crate::export::cards::Question;
use crate::export::edge_signs::{ColourMeans, EdgeSigns, LabelMeans, WidthMeans};
use crate::layout::Mode;
use crate::model::{Nanos, TraceId};
use crate::view::panels::edge_menu;
use crate::view::panels::finder::{Kind, Offer};
use crate::view::panels::timeline::{Replay, Way};
use crate::view::panels::{Motion, Sheet, TraceOrder};

/// How many traces are offered at most.
const MOST_TRACES: usize = 200;

/// Everything, for what was typed.
pub fn offers(app: &App, typed: &str) -> Vec<Offer> {
    let mut out = views();
    out.extend(files(app));
    out.extend(replay());
    out.extend(arrangements());
    out.extend(looks());
    out.extend(edges(app.state.map.signs));
    out.extend(answers());
    if !typed.trim().is_empty() {
        out.extend(nodes(app));
        out.extend(traces(app, typed));
    }
    out
}

/// Where to look.
fn views() -> Vec<Offer> {
    let window = |minutes: i64| Command::SetWindow(Window::Last(Nanos::from_secs(60 * minutes)));
    let order = |o: TraceOrder| {
        let name = format!("List traces: {}", o.name().to_lowercase());
        Offer::command(&name, "", Command::SetOrder(o))
    };
    let tab = |t: Tab| Offer::command(&format!("Tab: {}", t.name()), "", Command::SetTab(t));
    let mut out = vec![
        Offer::command("Back to where you were", "Alt ←", Command::Back),
        Offer::command("Forward again", "Alt →", Command::Forward),
        Offer::command("Filter", "Ctrl F", Command::FocusFilter),
        Offer::command("Clear the filter", "", Command::SetFilter(String::new())),
        Offer::command("Show the whole map", "F", Command::FitMap),
        Offer::command("Walk on the map with the arrow keys", "N", Command::FocusMap),
        Offer::command("Arrange the map anew", "", Command::ForgetPositions),
        Offer::command("Minimap: show or hide", "M", Command::ToggleMinimap),
        Offer::command("Legend: explain every sign", "L", Command::ToggleLegend),
        Offer::command("Compare the window with the time before", "C", Command::ToggleComparison),
        Offer::command("Select nothing", "", Command::Select(None)),
        Offer::command("Window: all data", "", Command::SetWindow(Window::All)),
        Offer::command("Window: last 5 minutes", "", window(5)),
        Offer::command("Window: last 15 minutes", "", window(15)),
        Offer::command("Window: last hour", "", window(60)),
        Offer::command("Keys and help", "?", Command::Toggle(Sheet::Keys)),
    ];
    out.extend(Tab::ALL.map(tab));
    out.extend(TraceOrder::ALL.map(order));
    out
}

/// What comes in and goes out.
fn files(app: &App) -> Vec<Offer> {
    let mut out = vec![
        Offer::command("Copy the incident review", "", Command::CopyReport),
        Offer::command("Save the incident review", "", Command::SaveReport),
        Offer::command("What was lost on the way", "", Command::Toggle(Sheet::Losses)),
        Offer::command("Choose a file of rules for alerts", "", Command::OpenRules),
        Offer::command("Use the usual rules for alerts", "", Command::UseRules(None)),
    ];
    if app.session.is_live() {
        let pause = if app.paused { "Resume showing new data" } else { "Pause: stop showing new data" };
        out.extend([
            Offer::command("Open files", "Ctrl O", Command::OpenDialog),
            Offer::command("Open a path", "", Command::Toggle(Sheet::Path)),
            Offer::command("Open the sample", "", Command::OpenSample),
            Offer::command("Stop reading files", "", Command::StopReading),
            Offer::command(pause, "Space", Command::TogglePause),
            Offer::command("Forget all spans", "", Command::Clear),
        ]);
    }
    out
}

/// Time that goes on.
fn replay() -> Vec<Offer> {
    let offer = |name: &str, key: &str, replay: Replay| Offer::command(name, key, Command::Replay(replay));
    vec![
        offer("Replay the requests, or stop there", "Space", Replay::Toggle),
        offer("Replay: backwards, and forwards again", "R", Replay::Reverse),
        offer("Replay: slower", "[", Replay::Faster(Way::Back)),
        offer("Replay: faster", "]", Replay::Faster(Way::Forward)),
        offer("Replay: next failed request", "E", Replay::Failure(Way::Forward)),
        offer("Replay: previous failed request", "Shift E", Replay::Failure(Way::Back)),
        offer("Replay: next deployment", "D", Replay::Deployment(Way::Forward)),
        offer("Replay: previous deployment", "Shift D", Replay::Deployment(Way::Back)),
        offer("Replay: to the start of the data", "Home", Replay::End(Way::Back)),
        offer("Replay: to the end of the data", "End", Replay::End(Way::Forward)),
        offer("Leave the replay", "Esc", Replay::Leave),
    ]
}

fn arrangements() -> Vec<Offer> {
    let offer = |(key, mode): (usize, Mode)| {
        let name = match mode {
            Mode::Flow => "Arrange: callers left, namespaces in boxes",
            Mode::Force => "Arrange: by distance",
            Mode::Layered => "Arrange: in layers",
            Mode::Radial => "Arrange: rings around the selection",
            Mode::Grid => "Arrange: grid",
        };
        Offer::command(name, &(key + 1).to_string(), Command::Arrange(mode))
    };
    Mode::ALL.into_iter().enumerate().map(offer).collect()
}

/// How it looks.
fn looks() -> Vec<Offer> {
    vec![
        Offer::command("Theme: as the system", "", Command::SetTheme(ThemeChoice::System)),
        Offer::command("Theme: dark", "", Command::SetTheme(ThemeChoice::Dark)),
        Offer::command("Theme: light", "", Command::SetTheme(ThemeChoice::Light)),
        Offer::command("Times in UTC", "", Command::SetUtc(true)),
        Offer::command("Times in the local zone", "", Command::SetUtc(false)),
        Offer::command("Larger text", "Ctrl +", Command::ScaleText(1)),
        Offer::command("Smaller text", "Ctrl −", Command::ScaleText(-1)),
        Offer::command("Text of the usual size", "Ctrl 0", Command::ScaleText(0)),
        Offer::command("Motion: as the system", "", Command::SetMotion(Motion::System)),
        Offer::command("Motion: reduced", "", Command::SetMotion(Motion::Reduced)),
        Offer::command("Motion: full", "", Command::SetMotion(Motion::Full)),
        Offer::command("Reset layout: panels as they came", "", Command::ResetLayout),
    ]
}

/// What edges mean.
fn edges(now: EdgeSigns) -> Vec<Offer> {
    let offer = |name: String, signs| Offer::command(&name, "", Command::SetEdgeSigns(signs));
    let widths = WidthMeans::ALL.map(|width| offer(edge_menu::width_name(width), EdgeSigns { width, ..now }));
    let colours =
        ColourMeans::ALL.map(|colour| offer(edge_menu::colour_name(colour), EdgeSigns { colour, ..now }));
    let labels = LabelMeans::ALL.map(|label| offer(edge_menu::label_name(label), EdgeSigns { label, ..now }));
    let usual = offer("Edges as they came".to_owned(), EdgeSigns::default());
    widths.into_iter().chain(colours).chain(labels).chain([usual]).collect()
}

fn answers() -> Vec<Offer> {
    let all = [Question::Incident, Question::Patterns].into_iter().chain(PLAIN);
    let offer =
        |q: Question| Offer::command(&format!("Answer: {}", q.title()), "", Command::OpenAnswer(q, None));
    all.map(offer).collect()
}

fn nodes(app: &App) -> Vec<Offer> {
    let Some(picture) = app.answers.picture.value() else { return Vec::new() };
    let scene = picture.scene.nodes.iter();
    let offer = |n: &crate::view::map::NodeScene| Offer {
        kind: Kind::Node,
        name: n.name.clone(),
        beside: n.kind.word().to_owned(),
        commands: vec![Command::GoTo(Item::Node(n.key.clone()))],
    };
    scene.map(offer).collect()
}

/// The listed traces by what they begin with, and any trace by its id.
fn traces(app: &App, typed: &str) -> Vec<Offer> {
    let mut out = Vec::new();
    let open = |id: TraceId| vec![Command::OpenTrace(id, None)];
    if let Some(id) = TraceId::from_hex(typed.trim())
        && app.snapshot.spans.find_trace(id).is_some()
    {
        let name = id.to_string();
        out.push(Offer { kind: Kind::Trace, name, beside: "trace".to_owned(), commands: open(id) });
    }
    if let Some((snapshot, list)) = app.answers.traces.value() {
        for trace in list.traces.iter().take(MOST_TRACES) {
            let text = |s| snapshot.spans.text(s);
            let name = format!("{} {}", text(trace.root_service), text(trace.root_name));
            let beside = crate::view::text::duration_ns(trace.duration.0 as f64);
            let beside = if trace.is_failed { format!("failed · {beside}") } else { beside };
            out.push(Offer { kind: Kind::Trace, name, beside, commands: open(trace.id) });
        }
    }
    out
}
