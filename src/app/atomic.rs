//! Files that are there whole or not at all, and sentences that say why one could not be written.
use crate::texts::{fill, texts};
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

/// Writes a file beside its place and moves it there; the error is a sentence with the file's name.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    write_with(path, |out| out.write_all(bytes))
}

/// As [`write()`], for what is made while it is written.
pub fn write_with(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), String> {
    let failed = |e: std::io::Error| sentence(path, &e);
    if path.as_os_str().is_empty() {
        return Err(texts().save.say_where_the_file_goes.to_owned());
    }
    if path.is_dir() {
        return Err(fill(texts().save.is_a_folder_name_a, &[("path", &path.display())]));
    }
    if path.exists() && !path.is_file() {
        // A device or pipe cannot be replaced, only written to.
        let mut out = BufWriter::new(File::options().write(true).open(path).map_err(failed)?);
        return content(&mut out).and_then(|()| out.flush()).map_err(failed);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = File::create(&part).and_then(|file| {
        let mut out = BufWriter::new(file);
        content(&mut out)?;
        let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        std::fs::rename(&part, path)
    });
    written.map_err(|e| {
        let _ = std::fs::remove_file(&part);
        failed(e)
    })
}

fn sentence(path: &Path, error: &std::io::Error) -> String {
    let name = path.display();
    let why = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => texts().save.no_space_left_on_the.to_owned(),
        ErrorKind::NotFound => texts().save.its_folder_does_not_exist.to_owned(),
        ErrorKind::PermissionDenied => texts().save.permission_denied.to_owned(),
        ErrorKind::ReadOnlyFilesystem => texts().save.the_disk_can_only_be.to_owned(),
        ErrorKind::FileTooLarge => texts().save.the_disk_takes_no_file.to_owned(),
        _ => error.to_string(),
    };
    fill(texts().save.could_not_be_written, &[("name", &name), ("why", &why)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.svg");
        write(&path, b"old").unwrap();
        let full = |out: &mut dyn Write| {
            out.write_all(b"half of the new")?;
            Err(std::io::Error::from(ErrorKind::StorageFull))
        };
        let why = write_with(&path, full).unwrap_err();
        assert!(why.ends_with("map.svg could not be written: No space left on the disk"), "{why}");
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_bad_path_is_told_in_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let why = write(&folder.path().join("no/such/map.svg"), b"").unwrap_err();
        assert!(why.ends_with("map.svg could not be written: its folder does not exist"), "{why}");
        assert!(write(folder.path(), b"").unwrap_err().ends_with("is a folder: name a file in it"));
        assert_eq!(write(Path::new(""), b"").unwrap_err(), "Say where the file goes.");
    }
}
