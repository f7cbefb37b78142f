//! Paths as given on the command line or dropped on the window, to the files that they stand for.
use std::path::{Path, PathBuf};

use super::Input;
use super::report::grouped;
use crate::texts::{Sentence, say};

/// Files taken from one folder, at most.
pub const FOLDER_FILES: usize = 10_000;

/// Why a path stands for no files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExpandError(Sentence);

impl From<ExpandError> for Sentence {
    fn from(error: ExpandError) -> Self {
        error.0
    }
}

/// The inputs that paths stand for: `-` is standard input, a folder its files at any depth, sorted.
///
/// Links in a folder are not followed, and names that begin with a dot are left out.
pub fn expand(paths: &[PathBuf]) -> Result<Vec<Input>, ExpandError> {
    expand_folders(paths, false)
}

/// As [`expand`], for folders in which the first file may come later.
pub fn expand_present(paths: &[PathBuf]) -> Result<Vec<Input>, ExpandError> {
    expand_folders(paths, true)
}

fn expand_folders(paths: &[PathBuf], may_be_empty: bool) -> Result<Vec<Input>, ExpandError> {
    let mut inputs = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.push(Input::Stdin);
            continue;
        }
        let name = path.display().to_string();
        let metadata = std::fs::metadata(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => {
                ExpandError(say(|t| t.reading.does_not_exist).with("name", &name))
            }
            _ => {
                let cannot = say(|t| t.reading.cannot_be_opened);
                ExpandError(cannot.with("name", &name).with("why", e.to_string()))
            }
        })?;
        if metadata.is_dir() {
            let mut files = folder_files(path)?;
            if files.is_empty() && !may_be_empty {
                return Err(ExpandError(say(|t| t.reading.folder_is_empty).with("name", name)));
            }
            files.sort();
            inputs.extend(files.into_iter().map(Input::Path));
        } else {
            inputs.push(Input::Path(path.clone()));
        }
    }
    Ok(inputs)
}

fn folder_files(folder: &Path) -> Result<Vec<PathBuf>, ExpandError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inner) = folders.pop() {
        let fails = |e: std::io::Error| {
            let cannot = say(|t| t.reading.folder_cannot_be_read);
            ExpandError(cannot.with("name", inner.display().to_string()).with("why", e.to_string()))
        };
        for entry in std::fs::read_dir(&inner).map_err(fails)? {
            let entry = entry.map_err(fails)?;
            // This is the kind of the entry itself, so a link is neither file nor folder.
            let kind = entry.file_type().map_err(fails)?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
            if files.len() > FOLDER_FILES || folders.len() > FOLDER_FILES {
                let most = grouped(FOLDER_FILES as u64);
                let too_large = say(|t| t.reading.folder_is_too_large);
                let name = folder.display().to_string();
                return Err(ExpandError(too_large.with("name", name).with("most", most)));
            }
        }
    }
    Ok(files)
}
