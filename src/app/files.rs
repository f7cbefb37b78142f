//! Reads files, folders and the sample on threads of their own.
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

use crossbeam_channel::Sender;

use crate::ingest::file::{self, Input};
use crate::model::{Arrival, Delivery, SourceId, SourceKind, batch_from_records};
use crate::scenario;

/// Ids of sources below this belong to the receiver.
const FIRST_SOURCE: u32 = 1000;
/// Files read at a time.
const AT_A_TIME: usize = 4;
/// The scenario that the sample tells.
pub const SAMPLE: &str = "checkout-incident";
/// Spans of the sample in one delivery.
const SAMPLE_SPANS: usize = 4096;

/// Starts readers and can stop them.
#[derive(Debug, Default)]
pub struct Readers {
    started: Arc<AtomicU32>,
    cancels: Vec<Arc<AtomicBool>>,
}

impl Readers {
    /// Reads these files and folders; what goes wrong is told by their sources.
    pub fn open(&mut self, paths: Vec<PathBuf>, arrivals: Sender<Arrival>) {
        let (ids, cancel) = (Arc::clone(&self.started), self.cancel());
        spawn(move || {
            let inputs = match file::expand(&paths) {
                Ok(inputs) => inputs,
                Err(problem) => {
                    let name = paths.first().map(|p| p.display().to_string()).unwrap_or_default();
                    tell_failure(next(&ids), name, problem.to_string(), &arrivals);
                    return;
                }
            };
            read_all(inputs, &ids, &cancel, &arrivals);
        });
    }

    /// Reads the sample file where it lies beside the program, or makes the same traces.
    pub fn open_sample(&mut self, arrivals: Sender<Arrival>) {
        if let Some(path) = sample_file() {
            self.open(vec![path], arrivals);
            return;
        }
        let (id, cancel) = (next(&self.started), self.cancel());
        spawn(move || make_sample(id, &cancel, &arrivals));
    }

    /// Stops all readers that run.
    pub fn stop(&mut self) {
        self.cancels.drain(..).for_each(|c| c.store(true, Ordering::Relaxed));
    }

    fn cancel(&mut self) -> Arc<AtomicBool> {
        self.cancels.retain(|c| Arc::strong_count(c) > 1);
        let cancel = Arc::new(AtomicBool::new(false));
        self.cancels.push(Arc::clone(&cancel));
        cancel
    }
}

fn next(ids: &AtomicU32) -> SourceId {
    SourceId(FIRST_SOURCE + ids.fetch_add(1, Ordering::Relaxed))
}

fn spawn(job: impl FnOnce() + Send + 'static) {
    // Without a thread nothing is read, and the window says that it has no data.
    drop(std::thread::Builder::new().name("reader".to_owned()).spawn(job));
}

fn tell_failure(id: SourceId, name: String, sentence: String, arrivals: &Sender<Arrival>) {
    let _ = arrivals.send(Arrival::Opened(id, SourceKind::File, name));
    let _ = arrivals.send(Arrival::Closed(id, Err(sentence)));
}

/// Reads each input on a thread of its own, a few at a time.
fn read_all(inputs: Vec<Input>, ids: &AtomicU32, cancel: &AtomicBool, arrivals: &Sender<Arrival>) {
    let taken = AtomicUsize::new(0);
    let work = || {
        while let Some(input) = inputs.get(taken.fetch_add(1, Ordering::Relaxed)) {
            if cancel.load(Ordering::Relaxed) {
                return;
            }
            // The engine is gone when the window is.
            file::read(input, next(ids), cancel, &mut |a| arrivals.send(a).is_ok());
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..inputs.len().min(AT_A_TIME) {
            scope.spawn(work);
        }
        work();
    });
}

fn sample_file() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|p| Some(p.parent()?.to_path_buf()));
    let folders = beside.into_iter().chain(std::env::current_dir().ok());
    let name = format!("samples/{SAMPLE}.jsonl.zst");
    folders.map(|f| f.join(&name)).find(|p| p.is_file())
}

fn make_sample(id: SourceId, cancel: &AtomicBool, arrivals: &Sender<Arrival>) {
    let opened = Arrival::Opened(id, SourceKind::File, format!("sample {SAMPLE}"));
    if arrivals.send(opened).is_err() {
        return;
    }
    let result = match scenario::generate(SAMPLE, 1, scenario::Options::default()) {
        Ok(story) => {
            let all = story.records.len() as u64;
            for (i, records) in story.records.chunks(SAMPLE_SPANS).enumerate() {
                let batch = batch_from_records(records);
                let delivery = Delivery { batch, ..Delivery::default() };
                let done = ((i * SAMPLE_SPANS + records.len()) as u64, Some(all));
                if cancel.load(Ordering::Relaxed)
                    || arrivals.send(Arrival::Spans(id, delivery)).is_err()
                    || arrivals.send(Arrival::Progress(id, done.0, done.1)).is_err()
                {
                    break;
                }
            }
            Ok(())
        }
        Err(problem) => Err(problem.to_string()),
    };
    let _ = arrivals.send(Arrival::Closed(id, result));
}

/// Asks for files on a thread of its own; the answer is empty when the person changed their mind.
pub fn ask(ctx: &egui::Context) -> std::sync::mpsc::Receiver<Vec<PathBuf>> {
    let (send, receive) = std::sync::mpsc::channel();
    let ctx = ctx.clone();
    spawn(move || {
        let dialog = rfd::AsyncFileDialog::new().set_title("Open traces").pick_files();
        let picked = block_on(dialog).flatten().unwrap_or_default();
        let _ = send.send(picked.into_iter().map(|f| f.path().to_path_buf()).collect());
        ctx.request_repaint();
    });
    receive
}

/// Waits for a future on this thread.
fn block_on<T>(future: impl Future<Output = T>) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    Some(runtime.block_on(future))
}
