//! Reads files, folders and the sample on threads of their own.
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};

use crate::export::case::CaseState;
use crate::ingest::file::{self, Follow, Follower, Input};
use crate::model::{Arrival, Delivery, Sentence, SourceId, SourceKind, batch_from_records};
use crate::scenario;
use crate::texts::{fill, in_this_language, texts};

/// Ids of sources below this belong to the receiver.
const FIRST_SOURCE: u32 = 1000;
/// Files read at a time.
const AT_A_TIME: usize = 4;
/// The scenario that the sample tells.
pub const SAMPLE: &str = "checkout-incident";
/// Spans of the sample in one delivery.
const SAMPLE_SPANS: usize = 4096;

/// How long readers are waited for before what they read is forgotten.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Time between two looks at files that are followed.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What a reader tells the window beside the data.
enum News {
    /// A source began; the flag stops it.
    Began(SourceId, Arc<AtomicBool>),
    /// Something that people are to be told.
    Told(Sentence),
    /// Why something could not be read.
    Unread(Sentence),
    /// A case file was opened: what it keeps beside its spans, and whether these come beside others.
    Case(Box<CaseState>, bool),
    /// Files were looked at: whether a case file is among them.
    Looked(Vec<PathBuf>, bool),
    /// Whether it is followed from now on.
    Followed(SourceId, bool),
}

/// Starts readers and can stop them.
pub struct Readers {
    /// Whether files are followed as they grow.
    pub follow: bool,
    started: Arc<AtomicU32>,
    /// One per opening: stops what has not begun.
    openings: Vec<Arc<AtomicBool>>,
    stops: BTreeMap<SourceId, Arc<AtomicBool>>,
    followed: BTreeSet<SourceId>,
    /// What people are to be told of opened files, until the window has taken it.
    pub(super) notices: Vec<Sentence>,
    /// Why files could not be read, which the page tells by itself where there is nothing else.
    pub(super) unread: Vec<Sentence>,
    /// What opened case files keep, until the window has taken it.
    pub(super) cases: Vec<(CaseState, bool)>,
    /// Files that were looked at, and whether a case file is among them, until the window has taken it.
    pub(super) looked: Vec<(Vec<PathBuf>, bool)>,
    news: (Sender<News>, Receiver<News>),
}

impl Default for Readers {
    fn default() -> Self {
        let news = crossbeam_channel::unbounded();
        let (openings, stops, followed) = Default::default();
        let (cases, looked, notices, unread) = Default::default();
        Self {
            follow: false,
            started: Arc::default(),
            openings,
            stops,
            followed,
            cases,
            looked,
            notices,
            unread,
            news,
        }
    }
}

impl Drop for Readers {
    /// A follower would go on for ever, and the engine waits for all who may send.
    fn drop(&mut self) {
        self.stop();
    }
}

impl Readers {
    /// Reads these files and folders; what goes wrong is told by their sources.
    pub fn open(&mut self, paths: Vec<PathBuf>, arrivals: Sender<Arrival>) {
        let desk = self.desk(arrivals);
        self.read(paths, desk);
    }

    /// The same, beside other data.
    pub fn open_beside(&mut self, paths: Vec<PathBuf>, arrivals: Sender<Arrival>) {
        let desk = Desk { is_beside: true, ..self.desk(arrivals) };
        self.read(paths, desk);
    }

    /// The same, once all that was read or is being read is forgotten.
    pub fn open_in_place(&mut self, paths: Vec<PathBuf>, arrivals: Sender<Arrival>) {
        self.take_news();
        let before: Vec<_> = self.stops.values().chain(&self.openings).map(Arc::clone).collect();
        self.stop();
        let desk = self.desk(arrivals);
        let follow = self.follow;
        spawn(move || {
            // What was on its way comes before it is forgotten; who never looks at its flag is not waited for.
            let began = std::time::Instant::now();
            while before.iter().any(|f| Arc::strong_count(f) > 1) && began.elapsed() < LONGEST_WAIT {
                std::thread::sleep(Duration::from_millis(5));
            }
            if desk.arrivals.send(Arrival::Clear).is_ok() {
                read(paths, desk, follow);
            }
        });
    }

    /// Looks whether a case file is among these, on a thread.
    pub fn look(&mut self, paths: Vec<PathBuf>, ctx: &egui::Context) {
        let (news, ctx) = (self.news.0.clone(), ctx.clone());
        spawn(move || {
            let inputs = file::expand(&paths).unwrap_or_default();
            let has_case = inputs.iter().any(|input| file::case_state(input).is_some());
            let _ = news.send(News::Looked(paths, has_case));
            ctx.request_repaint();
        });
    }

    fn read(&mut self, paths: Vec<PathBuf>, desk: Desk) {
        read(paths, desk, self.follow);
    }

    /// Reads the sample file where it lies beside the program, or makes the same traces.
    pub fn open_sample(&mut self, arrivals: Sender<Arrival>) {
        let mut desk = self.desk(arrivals);
        match sample_file() {
            Some(path) => spawn(move || read_all(&[path], &desk)),
            None => spawn(move || make_sample(&mut desk)),
        }
    }

    /// Stops all readers that run.
    pub fn stop(&mut self) {
        self.openings.drain(..).for_each(|c| c.store(true, Ordering::SeqCst));
        self.take_news();
        self.followed.clear();
        std::mem::take(&mut self.stops).into_values().for_each(|c| c.store(true, Ordering::SeqCst));
    }

    /// Stops the reader of one source.
    pub fn stop_one(&mut self, source: SourceId) {
        self.take_news();
        self.followed.remove(&source);
        if let Some(stop) = self.stops.remove(&source) {
            stop.store(true, Ordering::SeqCst);
        }
    }

    /// Learns which sources began and which are followed.
    pub fn take_news(&mut self) {
        for news in self.news.1.try_iter() {
            match news {
                News::Began(source, stop) => _ = self.stops.insert(source, stop),
                News::Case(case, is_beside) => self.cases.push((*case, is_beside)),
                News::Looked(paths, has_case) => self.looked.push((paths, has_case)),
                News::Told(notice) => self.notices.push(notice),
                News::Unread(why) => self.unread.push(why),
                News::Followed(source, true) => _ = self.followed.insert(source),
                News::Followed(source, false) => _ = self.followed.remove(&source),
            }
        }
        // What only the window still knows of has ended.
        self.stops.retain(|_, stop| Arc::strong_count(stop) > 1);
        self.openings.retain(|c| Arc::strong_count(c) > 1);
    }

    /// The sources that are read on as they grow.
    pub fn followed(&self) -> &BTreeSet<SourceId> {
        &self.followed
    }

    fn desk(&mut self, arrivals: Sender<Arrival>) -> Desk {
        let opening = Arc::new(AtomicBool::new(false));
        self.openings.push(Arc::clone(&opening));
        let (ids, news) = (Arc::clone(&self.started), self.news.0.clone());
        Desk { ids, opening, arrivals, news, is_beside: false }
    }
}

/// What a reader needs: ids for its sources, where its arrivals go, and word of when to stop.
#[derive(Clone)]
struct Desk {
    ids: Arc<AtomicU32>,
    opening: Arc<AtomicBool>,
    arrivals: Sender<Arrival>,
    news: Sender<News>,
    /// Whether other data stays beside what is read.
    is_beside: bool,
}

impl Desk {
    fn is_stopped(&self) -> bool {
        self.opening.load(Ordering::SeqCst)
    }
    /// A new source. The window hears of its flag before it is asked whether to stop, so that none is missed.
    fn source(&self) -> (SourceId, Arc<AtomicBool>) {
        let id = SourceId(FIRST_SOURCE + self.ids.fetch_add(1, Ordering::Relaxed));
        let stop = Arc::new(AtomicBool::new(false));
        let _ = self.news.send(News::Began(id, Arc::clone(&stop)));
        stop.fetch_or(self.is_stopped(), Ordering::SeqCst);
        (id, stop)
    }
    /// Tells the window what a case file keeps beside its spans, before these come.
    fn tell_case(&self, input: &Input) {
        let Some(bytes) = file::case_state(input) else { return };
        match CaseState::parse(&bytes) {
            Ok(case) => _ = self.news.send(News::Case(Box::new(case), self.is_beside)),
            // Its spans can be read all the same.
            Err(why) => {
                let why = why.with("name", input.title());
                tracing::warn!("{}", why.english());
                let _ = self.news.send(News::Told(why));
            }
        }
    }
    fn fail(&self, paths: &[PathBuf], sentence: impl Into<Sentence>) {
        let name = paths.first().map(|p| p.display().to_string()).unwrap_or_default();
        let (id, _) = self.source();
        let _ = self.arrivals.send(Arrival::Opened(id, SourceKind::File, name));
        self.pass_on(Arrival::Closed(id, Err(sentence.into())));
    }
    /// Sends on what was read, and tells the window where that was nothing; false where nobody listens any more.
    fn pass_on(&self, arrival: Arrival) -> bool {
        if let Arrival::Closed(_, Err(sentence)) = &arrival {
            let _ = self.news.send(News::Unread(sentence.clone()));
        }
        self.arrivals.send(arrival).is_ok()
    }
}

impl Follower for Desk {
    fn begin(&mut self) -> (SourceId, Arc<AtomicBool>) {
        self.source()
    }
    fn send(&mut self, arrival: Arrival) -> bool {
        // The engine is gone when the window is.
        self.pass_on(arrival)
    }
    fn is_followed(&mut self, source: SourceId, yes: bool) {
        let _ = self.news.send(News::Followed(source, yes));
    }
}

pub(super) fn spawn(job: impl FnOnce() + Send + 'static) {
    // Without a thread nothing is read, and the window says that it has no data.
    drop(std::thread::Builder::new().name("reader".to_owned()).spawn(in_this_language(job)));
}

/// Reads files on threads, followed as they grow or not.
fn read(paths: Vec<PathBuf>, mut desk: Desk, follow: bool) {
    let (streams, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|p| p.as_os_str() == "-");
    if !follow {
        spawn(move || read_all(&[files, streams].concat(), &desk));
        return;
    }
    if !streams.is_empty() {
        let desk = desk.clone();
        spawn(move || read_all(&streams, &desk));
    }
    if !files.is_empty() {
        spawn(move || keep_reading(files, &mut desk));
    }
}

/// Reads each input on a thread of its own, a few at a time.
fn read_all(paths: &[PathBuf], desk: &Desk) {
    let inputs = match file::expand(paths) {
        Ok(inputs) => inputs,
        Err(problem) => return desk.fail(paths, problem),
    };
    let taken = AtomicUsize::new(0);
    let work = || {
        while let Some(input) = inputs.get(taken.fetch_add(1, Ordering::Relaxed)) {
            if desk.is_stopped() {
                return;
            }
            let (id, stop) = desk.source();
            desk.tell_case(input);
            file::read(input, id, &stop, &mut |a| desk.pass_on(a));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..inputs.len().min(AT_A_TIME) {
            scope.spawn(work);
        }
        work();
    });
}

/// The clock of [`Follow`].
fn keep_reading(paths: Vec<PathBuf>, desk: &mut Desk) {
    // A case file does not grow: what it keeps counts once, before its spans come.
    file::expand(&paths).iter().flatten().for_each(|input| desk.tell_case(input));
    let mut follow = Follow::new(paths.clone());
    while !desk.is_stopped() {
        match follow.round(desk) {
            Ok(true) => std::thread::sleep(LOOK_EVERY),
            Ok(false) => return,
            Err(problem) => return desk.fail(&paths, problem),
        }
    }
}

fn sample_file() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|p| Some(p.parent()?.to_path_buf()));
    let folders = beside.into_iter().chain(std::env::current_dir().ok());
    let name = format!("samples/{SAMPLE}.jsonl.zst");
    folders.map(|f| f.join(&name)).find(|p| p.is_file())
}

fn make_sample(desk: &mut Desk) {
    let (id, stop) = desk.source();
    desk.send(Arrival::Opened(id, SourceKind::File, fill(texts().save.sample, &[("name", &SAMPLE)])));
    let result = match scenario::generate(SAMPLE, 1, scenario::Options::default()) {
        Ok(story) => {
            for records in story.records.chunks(SAMPLE_SPANS) {
                let batch = batch_from_records(records);
                let delivery = Delivery { batch, ..Delivery::default() };
                if stop.load(Ordering::SeqCst) || !desk.send(Arrival::Spans(id, delivery)) {
                    break;
                }
            }
            Ok(())
        }
        Err(problem) => Err(problem.to_string().into()),
    };
    desk.send(Arrival::Closed(id, result));
}

/// Asks for files on a thread of its own; the answer is empty when the person changed their mind.
pub fn ask(ctx: &egui::Context) -> std::sync::mpsc::Receiver<Vec<PathBuf>> {
    let (send, receive) = std::sync::mpsc::channel();
    let ctx = ctx.clone();
    spawn(move || {
        let dialog = rfd::AsyncFileDialog::new().set_title(texts().save.open_traces).pick_files();
        let picked = block_on(dialog).flatten().unwrap_or_default();
        let _ = send.send(picked.into_iter().map(|f| f.path().to_path_buf()).collect());
        ctx.request_repaint();
    });
    receive
}

/// Asks where a file goes; `None` when the person changed their mind. Waits: not for the window's thread.
pub(super) fn ask_where(title: &str, name: &str) -> Option<PathBuf> {
    let dialog = rfd::AsyncFileDialog::new().set_title(title).set_file_name(name).save_file();
    Some(block_on(dialog).flatten()?.path().to_path_buf())
}

/// Asks for a file of rules on a thread of its own; the answer is empty when the person changed their mind.
pub fn ask_rules(ctx: &egui::Context) -> std::sync::mpsc::Receiver<Option<PathBuf>> {
    let (send, receive) = std::sync::mpsc::channel();
    let ctx = ctx.clone();
    spawn(move || {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title(texts().save.open_rules)
            .add_filter("TOML", &["toml"])
            .pick_file();
        let _ = send.send(block_on(dialog).flatten().map(|f| f.path().to_path_buf()));
        ctx.request_repaint();
    });
    receive
}

/// Waits for a future on this thread.
fn block_on<T>(future: impl Future<Output = T>) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    Some(runtime.block_on(future))
}
