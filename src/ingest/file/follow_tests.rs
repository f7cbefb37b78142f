//! Folders and files over several rounds.
use super::*;

#[derive(Default)]
struct Host {
    ids: u32,
    stops: Vec<Arc<AtomicBool>>,
    log: Vec<String>,
    folder: String,
}

impl Follower for Host {
    fn begin(&mut self) -> (SourceId, Arc<AtomicBool>) {
        self.ids += 1;
        let stop = Arc::new(AtomicBool::new(false));
        self.stops.push(Arc::clone(&stop));
        (SourceId(self.ids), stop)
    }
    fn send(&mut self, arrival: Arrival) -> bool {
        self.log.push(match arrival {
            Arrival::Opened(id, _, name) => {
                format!("{} opens {}", id.0, name.to_string().replace(&self.folder, ""))
            }
            Arrival::Spans(id, d) => format!("{} spans {}", id.0, d.batch.spans.len()),
            Arrival::Note(id, note) => {
                format!("{} notes {}", id.0, note.text.to_string().replace(&self.folder, ""))
            }
            Arrival::Closed(id, Ok(())) => format!("{} is read", id.0),
            Arrival::Closed(id, Err(e)) => {
                format!("{} fails: {}", id.0, e.to_string().replace(&self.folder, ""))
            }
            Arrival::Progress(..) | Arrival::Clear => return true,
        });
        true
    }
    fn is_followed(&mut self, source: SourceId, yes: bool) {
        self.log.push(format!("{} {}", source.0, if yes { "goes on" } else { "ends" }));
    }
}

fn line(n: u32) -> String {
    format!(
        "{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{{\"traceId\":\"{n:032x}\",\"spanId\":\"{n:016x}\"}}]}}]}}]}}\n"
    )
}

#[test]
fn a_folder_gets_files_which_grow_and_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut host = Host { folder: format!("{}/", folder.path().display()), ..Host::default() };
    let mut follow = Follow::new(vec![folder.path().to_path_buf()]);
    let mut round = |host: &mut Host| {
        let goes_on = follow.round(host).unwrap();
        (std::mem::take(&mut host.log).join("; "), goes_on)
    };
    let at = |name: &str| folder.path().join(name);
    assert_eq!(round(&mut host), (String::new(), true), "an empty folder is waited for");
    std::fs::write(at("a.jsonl"), line(1) + &line(2)).unwrap();
    assert_eq!(round(&mut host).0, "1 opens a.jsonl; 1 spans 2; 1 goes on; 1 is read");
    assert_eq!(round(&mut host).0, "");
    std::fs::write(at("a.jsonl"), line(1) + &line(2) + &line(3)).unwrap();
    std::fs::write(at("b.json"), line(4).replace('[', "[\n")).unwrap();
    let once = "2 notes b.json is read once and not followed: it is one JSON document over several lines";
    assert_eq!(
        round(&mut host).0,
        format!("1 spans 1; 2 opens b.json; 2 opens b.json; 2 spans 1; 2 is read; {once}")
    );
    host.stops[0].store(true, Ordering::Relaxed);
    assert_eq!(round(&mut host).0, "1 ends");
    std::fs::write(at("a.jsonl"), line(5)).unwrap();
    assert_eq!(round(&mut host).0, "", "what was stopped stays so");
}

#[test]
fn what_is_not_there_or_cannot_grow_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut host = Host { folder: format!("{}/", folder.path().display()), ..Host::default() };
    let gone = Follow::new(vec![folder.path().join("gone.jsonl")]).round(&mut host).unwrap_err();
    assert!(gone.to_string().ends_with("gone.jsonl does not exist"));
    let picture = folder.path().join("x.png");
    std::fs::write(&picture, b"\x89PNG\r\n\x1a\n and so on and on").unwrap();
    assert!(!Follow::new(vec![picture]).round(&mut host).unwrap(), "nothing is left to follow");
    assert_eq!(host.log.last().unwrap(), "1 fails: x.png is not a trace file: it looks like a PNG picture");
}
