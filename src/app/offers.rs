//! What the command palette offers: every command with its key, and nodes and traces by name.
use super::command::{Command, Item, Tab, ThemeChoice, Window};
use super::questions::PLAIN;
use super::{App, playback};
use crate::export::cards::Question;
use crate::export::edge_signs::{ColourMeans, EdgeSigns, LabelMeans, WidthMeans};
use crate::layout::Mode;
use crate::model::{Nanos, TraceId};
use crate::texts::{Choice, Language, fill, language, speak, texts};
use crate::view::panels::arranging::Fold;
use crate::view::panels::edge_menu;
use crate::view::panels::finder::{Kind, Offer};
use crate::view::panels::save::{self, Saving};
use crate::view::panels::timeline::{Replay, Way};
use crate::view::panels::top::{arranged, language_name};
use crate::view::panels::{Motion, Sheet, TraceOrder};

/// How many traces are offered at most.
const MOST_TRACES: usize = 200;

/// Everything, for what was typed.
pub fn offers(app: &App, typed: &str) -> Vec<Offer> {
    let mut out = commands(app);
    let own = language();
    if own != Language::English {
        // Who types Latin names on the map should not have to change the keyboard for a command.
        speak(Language::English);
        let english = commands(app);
        speak(own);
        out.iter_mut().zip(english).for_each(|(offer, english)| offer.also = english.name);
    }
    if !typed.trim().is_empty() {
        out.extend(nodes(app));
        out.extend(traces(app, typed));
    }
    out
}

/// Every command, in the same order in every language.
fn commands(app: &App) -> Vec<Offer> {
    let mut out = views();
    out.extend(files(app));
    out.extend(replay());
    out.extend(arrangements());
    out.extend(looks());
    out.extend(languages());
    out.extend(folds());
    out.extend(edges(app.state.map.signs));
    out.extend(answers());
    out
}

/// Where to look.
fn views() -> Vec<Offer> {
    let window = |minutes: i64| Command::SetWindow(Window::Last(Nanos::from_secs(60 * minutes)));
    let order = |o: TraceOrder| {
        let name = fill(texts().commands.list_traces, &[("order", &o.name().to_lowercase())]);
        let commands = vec![Command::SetOrder(o), Command::FocusTraces];
        Offer { commands, ..Offer::command(&name, "", Command::FocusTraces) }
    };
    let tab =
        |t: Tab| Offer::command(&fill(texts().commands.tab, &[("tab", &t.name())]), "", Command::SetTab(t));
    let mut out = vec![
        Offer::command(texts().commands.back_to_where_you_were, "Alt ←", Command::Back),
        Offer::command(texts().commands.forward_again, "Alt →", Command::Forward),
        Offer::command(texts().commands.filter, "Ctrl F", Command::FocusFilter),
        Offer::command(texts().commands.clear_the_filter, "", Command::SetFilter(String::new())),
        Offer::command(texts().commands.show_the_whole_map, "F", Command::FitMap),
        Offer::command(texts().commands.walk_on_the_map_with, "N", Command::FocusMap),
        Offer::command(texts().commands.zoom_the_timeline, "Z", Command::ZoomTimeline),
        Offer::command(texts().commands.walk_over_the_traces, "T", Command::FocusTraces),
        Offer::command(texts().commands.arrange_the_map_anew, "", Command::ForgetPositions),
        Offer::command(texts().commands.minimap_show_or_hide, "M", Command::ToggleMinimap),
        Offer::command(texts().commands.legend_explain_every_sign, "L", Command::ToggleLegend),
        Offer::command(texts().commands.compare_the_window_with_the, "C", Command::ToggleComparison),
        Offer::command(texts().commands.select_nothing, "", Command::Select(None)),
        Offer::command(texts().commands.window_all_data, "", Command::SetWindow(Window::All)),
        Offer::command(texts().commands.window_last_5_minutes, "", window(5)),
        Offer::command(texts().commands.window_last_15_minutes, "", window(15)),
        Offer::command(texts().commands.window_last_hour, "", window(60)),
        Offer::command(texts().commands.keys_and_help, "?", Command::Toggle(Sheet::Keys)),
    ];
    out.extend(Tab::ALL.map(tab));
    out.extend(TraceOrder::ALL.map(order));
    out
}

/// What comes in and goes out.
fn files(app: &App) -> Vec<Offer> {
    let save = |name, what| Offer::command(name, "", Command::Toggle(Sheet::Save(what)));
    let mut out = vec![
        save(texts().save.save_the_map, Saving::Map),
        save(texts().save.save_a_case_file, Saving::Case),
        save(texts().save.save_the_traces, Saving::Traces),
        Offer::command(texts().commands.copy_the_incident_review, "", Command::CopyReport),
        save(texts().commands.save_the_incident_review, Saving::Report),
        Offer::command(texts().commands.what_was_lost_on_the, "", Command::Toggle(Sheet::Losses)),
        Offer::command(texts().commands.choose_a_file_of_rules, "", Command::OpenRules),
        Offer::command(texts().commands.use_the_usual_rules_for, "", Command::UseRules(None)),
    ];
    out.extend(save::copied_forms().map(|(form, name)| {
        let name = format!("{}: {name}", texts().save.copy_map_as);
        Offer::command(&name, "", Command::CopyMap(form))
    }));
    if app.session.is_live() {
        let is_paused = app.paused || playback::holds_back(app);
        let words = &texts().commands;
        let pause = if is_paused { words.resume_live_data } else { words.pause_live_data };
        out.extend([
            Offer::command(texts().commands.open_files, "Ctrl O", Command::OpenDialog),
            Offer::command(texts().commands.open_a_path, "", Command::Toggle(Sheet::Path)),
            Offer::command(texts().commands.open_the_sample, "", Command::OpenSample),
            Offer::command(texts().commands.stop_reading_files, "", Command::StopReading),
            Offer::command(texts().commands.forget_all_spans, "", Command::Clear),
        ]);
        if app.can_arrive() {
            out.push(Offer::command(pause, "Space", Command::TogglePause));
        }
    }
    out
}

/// Time that goes on.
fn replay() -> Vec<Offer> {
    let offer = |name: &str, key: &str, replay: Replay| Offer::command(name, key, Command::Replay(replay));
    vec![
        offer(texts().commands.replay_the_requests_or_stop, "Space", Replay::Toggle),
        offer(texts().commands.replay_backwards_and_forwards_again, "R", Replay::Reverse),
        offer(texts().commands.replay_slower, "[", Replay::Faster(Way::Back)),
        offer(texts().commands.replay_faster, "]", Replay::Faster(Way::Forward)),
        offer(texts().commands.replay_next_failed_request, "E", Replay::Failure(Way::Forward)),
        offer(texts().commands.replay_previous_failed_request, "Shift E", Replay::Failure(Way::Back)),
        offer(texts().commands.replay_next_deployment, "D", Replay::Deployment(Way::Forward)),
        offer(texts().commands.replay_previous_deployment, "Shift D", Replay::Deployment(Way::Back)),
        offer(texts().commands.replay_to_the_start_of, "Home", Replay::End(Way::Back)),
        offer(texts().commands.replay_to_the_end_of, "End", Replay::End(Way::Forward)),
        offer(texts().commands.leave_the_replay, "Esc", Replay::Leave),
    ]
}

fn arrangements() -> Vec<Offer> {
    let offer = |(key, mode): (usize, Mode)| {
        let how = arranged(mode);
        let how = how
            .chars()
            .next()
            .map_or(String::new(), |c| c.to_lowercase().chain(how.chars().skip(1)).collect());
        let name = fill(texts().commands.arrange, &[("how", &how)]);
        Offer::command(&name, &(key + 1).to_string(), Command::Arrange(mode))
    };
    Mode::ALL.into_iter().enumerate().map(offer).collect()
}

/// How it looks.
fn looks() -> Vec<Offer> {
    vec![
        Offer::command(texts().commands.theme_as_the_system, "", Command::SetTheme(ThemeChoice::System)),
        Offer::command(texts().commands.theme_dark, "", Command::SetTheme(ThemeChoice::Dark)),
        Offer::command(texts().commands.theme_light, "", Command::SetTheme(ThemeChoice::Light)),
        Offer::command(texts().commands.times_in_utc, "", Command::SetUtc(true)),
        Offer::command(texts().commands.times_in_the_local_zone, "", Command::SetUtc(false)),
        Offer::command(texts().commands.larger_text, "Ctrl +", Command::ScaleText(1)),
        Offer::command(texts().commands.smaller_text, "Ctrl −", Command::ScaleText(-1)),
        Offer::command(texts().commands.text_of_the_usual_size, "Ctrl 0", Command::ScaleText(0)),
        Offer::command(texts().commands.motion_as_the_system, "", Command::SetMotion(Motion::System)),
        Offer::command(texts().commands.motion_reduced, "", Command::SetMotion(Motion::Reduced)),
        Offer::command(texts().commands.motion_full, "", Command::SetMotion(Motion::Full)),
        Offer::command(texts().commands.reset_panel_sizes, "", Command::ResetLayout),
    ]
}

/// What is hidden and in groups.
fn folds() -> Vec<Offer> {
    let words = &texts().commands;
    let offer = |name: &str, key: &str, what| Offer::command(name, key, Command::Fold(what));
    vec![
        offer(words.undo_what_hides, "Ctrl Z", Fold::Undo),
        offer(words.redo_what_was_undone, "Ctrl Shift Z", Fold::Redo),
        offer(words.show_all_that_is_hidden, "", Fold::ShowAll),
        offer(words.hide_the_selection, "H", Fold::Hide(None)),
        offer(words.collapse_or_expand_the_group, "G", Fold::Toggle),
        offer(words.collapse_all_groups, "Shift G", Fold::CollapseAll),
        offer(words.expand_all_groups, "Shift G", Fold::ExpandAll),
    ]
}

/// What edges mean.
fn edges(now: EdgeSigns) -> Vec<Offer> {
    let offer = |name: String, signs| Offer::command(&name, "", Command::SetEdgeSigns(signs));
    let widths = WidthMeans::ALL.map(|width| offer(edge_menu::width_name(width), EdgeSigns { width, ..now }));
    let colours =
        ColourMeans::ALL.map(|colour| offer(edge_menu::colour_name(colour), EdgeSigns { colour, ..now }));
    let labels = LabelMeans::ALL.map(|label| offer(edge_menu::label_name(label), EdgeSigns { label, ..now }));
    let usual = offer(texts().commands.edges_as_they_came.to_owned(), EdgeSigns::default());
    widths.into_iter().chain(colours).chain(labels).chain([usual]).collect()
}

fn languages() -> Vec<Offer> {
    let offer = |choice| {
        let name = fill(texts().commands.language, &[("language", &language_name(choice))]);
        // Who cannot type its own name types this one.
        let beside = match choice {
            Choice::Always(Language::Japanese) => texts().commands.in_latin_letters,
            Choice::Always(Language::English) | Choice::System => "",
        };
        Offer::command(&format!("{name}{beside}"), "", Command::SetLanguage(choice))
    };
    Choice::ALL.map(offer).to_vec()
}

fn answers() -> Vec<Offer> {
    let all = [Question::Incident, Question::Patterns].into_iter().chain(PLAIN);
    let offer = |q: Question| {
        Offer::command(
            &fill(texts().commands.answer, &[("question", &q.title())]),
            "",
            Command::OpenAnswer(q, None),
        )
    };
    all.map(offer).collect()
}

fn nodes(app: &App) -> Vec<Offer> {
    let Some(picture) = app.answers.picture.value() else { return Vec::new() };
    let scene = picture.scene.nodes.iter();
    let offer = |n: &crate::view::map::NodeScene| Offer {
        kind: Kind::Node,
        name: n.name.clone(),
        also: String::new(),
        beside: n.kind.word().to_owned(),
        commands: vec![Command::GoTo(Item::Node(n.key.clone()))],
    };
    scene.map(offer).collect()
}

/// The listed traces by what they begin with or by the start of their id, and any trace by its whole id.
fn traces(app: &App, typed: &str) -> Vec<Offer> {
    let mut out = Vec::new();
    let open = |id: TraceId| vec![Command::OpenTrace(id, None)];
    if let Some(id) = TraceId::from_hex(typed.trim())
        && app.snapshot.spans.find_trace(id).is_some()
    {
        let name = id.to_string();
        out.push(Offer {
            kind: Kind::Trace,
            name,
            also: String::new(),
            beside: texts().commands.trace.to_owned(),
            commands: open(id),
        });
    }
    if let Some((snapshot, list)) = app.answers.traces.value() {
        for trace in list.traces.iter().take(MOST_TRACES) {
            let text = |s| snapshot.spans.text(s);
            let id = trace.id.to_string();
            let is_its_id = typed.trim().len() >= 4 && id.starts_with(&typed.trim().to_ascii_lowercase());
            let name = match is_its_id {
                true => format!("{id} {} {}", text(trace.root_service), text(trace.root_name)),
                false => format!("{} {}", text(trace.root_service), text(trace.root_name)),
            };
            let beside = crate::view::text::duration_ns(trace.duration.0 as f64);
            let beside =
                if trace.is_failed { fill(texts().commands.failed, &[("length", &beside)]) } else { beside };
            out.push(Offer {
                kind: Kind::Trace,
                name,
                beside,
                also: String::new(),
                commands: open(trace.id),
            });
        }
    }
    out
}
