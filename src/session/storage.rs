//! The disk: plans in and out, weather files in.

use crate::exchange::epanet::{self, Inp};
use crate::exchange::epw::Epw;
use crate::exchange::matpower::{self, Case};
use crate::plan::file::{self, LoadError, Loaded};
use crate::solve::Weather;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Larger than any plan; a file above this is something else.
const LARGEST_PLAN: u64 = 64 << 20;
/// Larger than any network that was published.
const LARGEST_CASE: u64 = 256 << 20;
/// Larger than any hourly weather file.
const LARGEST_WEATHER: u64 = 64 << 20;

/// Reads a layout file. Gives the plan and the text.
///
/// # Errors
/// A sentence with file, line and element.
pub fn load(path: &Path) -> Result<(Loaded, String), LoadError> {
    let text = load_text(path)?;
    match file::read(&text) {
        Ok(loaded) => Ok((loaded, text)),
        Err(e) => Err(e.in_file(path.display().to_string())),
    }
}

/// Reads a text file.
///
/// # Errors
/// A sentence with the file and the reason.
pub fn load_text(path: &Path) -> Result<String, LoadError> {
    String::from_utf8(read(path, LARGEST_PLAN)?).map_err(|e| {
        let message = format!("this is not text (byte {} is not UTF-8)", e.utf8_error().valid_up_to());
        LoadError::new(message).hint("layout files and edits are UTF-8 RON").in_file(path.display().to_string())
    })
}

fn read(path: &Path, largest: u64) -> Result<Vec<u8>, LoadError> {
    let failed = |e: std::io::Error| LoadError::new(reason(&e)).in_file(path.display().to_string());
    let file = std::fs::File::open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    if meta.is_dir() {
        return Err(LoadError::new("this is a folder").in_file(path.display().to_string()));
    }
    // The limit also holds where the size is not known beforehand, as for a pipe.
    let mut bytes = Vec::new();
    file.take(largest + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > largest {
        return Err(LoadError::new(format!("the file is larger than {} MB", largest >> 20)).in_file(path.display().to_string()));
    }
    Ok(bytes)
}

fn reason(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be opened (permission denied)".to_owned(),
        std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        std::io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        _ => e.to_string(),
    }
}

/// Replaces a file whole or not at all: written beside it, synced, renamed.
///
/// # Errors
/// A sentence with the file and the reason. The file is as it was.
pub fn write_atomically(path: &Path, text: &str) -> Result<(), LoadError> {
    let target = followed(path);
    let failed = |e: &std::io::Error| {
        LoadError::new(format!("it could not be saved: {}", reason(e))).in_file(path.display().to_string()).hint("the file on disk is unchanged")
    };
    let folder = match target.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".megawatt-");
    if let Ok(meta) = std::fs::metadata(&target) {
        if meta.is_dir() {
            return Err(LoadError::new("it could not be saved: this is a folder").in_file(path.display().to_string()).hint("name a file in it"));
        }
        // A pipe or a device is written to: put in its place, a file would break it for everyone.
        if !meta.is_file() {
            return std::fs::OpenOptions::new().write(true).open(&target).and_then(|mut f| f.write_all(text.as_bytes())).map_err(|e| failed(&e));
        }
        if meta.permissions().readonly() {
            return Err(LoadError::new("it is write-protected").in_file(path.display().to_string()).hint("save under another name"));
        }
        builder.permissions(meta.permissions());
    } else {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
    }
    let mut beside = builder.tempfile_in(&folder).map_err(|e| failed(&e))?;
    beside.write_all(text.as_bytes()).and_then(|()| beside.as_file().sync_all()).map_err(|e| failed(&e))?;
    beside.persist(&target).map_err(|e| failed(&e.error))?;
    // The rename itself is on disk only once the folder is synced; not every file system allows that.
    if let Ok(folder) = std::fs::File::open(&folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Where a path leads: a link is followed, so that the file it points to is replaced and the link stays; also one whose file is yet to be.
fn followed(path: &Path) -> PathBuf {
    /// Links in a row before it must be a circle, as on Linux.
    const LINKS: usize = 40;
    if let Ok(target) = std::fs::canonicalize(path) {
        return target;
    }
    let mut target = path.to_owned();
    for _ in 0..LINKS {
        let Ok(next) = std::fs::read_link(&target) else { return target };
        target = target.parent().map_or_else(|| next.clone(), |folder| folder.join(&next));
    }
    path.to_owned()
}

/// Reads an EPW file.
///
/// # Errors
/// A sentence with the file and the reason.
pub fn load_epw(path: &Path) -> Result<Epw, LoadError> {
    let bytes = read(path, LARGEST_WEATHER)?;
    crate::exchange::epw::read(&bytes).map_err(|e| LoadError::new(e.to_string()).in_file(path.display().to_string()))
}

/// Reads a MATPOWER case.
///
/// # Errors
/// A sentence with the file and the reason.
pub fn load_case(path: &Path) -> Result<Case, LoadError> {
    let bytes = read(path, LARGEST_CASE)?;
    matpower::read(&bytes).map_err(|e| LoadError::new(e.to_string()).in_file(path.display().to_string()))
}

/// Reads an EPANET network.
///
/// # Errors
/// A sentence with the file and the reason.
pub fn load_inp(path: &Path) -> Result<Inp, LoadError> {
    let bytes = read(path, LARGEST_CASE)?;
    epanet::read(&bytes).map_err(|e| LoadError::new(e.to_string()).in_file(path.display().to_string()))
}

/// Reads the weather file of a plan; a relative path counts from the plan's folder.
///
/// # Errors
/// A sentence with the file and the reason.
pub fn load_weather(plan: Option<&Path>, path: &str) -> Result<(Weather, Epw), LoadError> {
    let path = match plan.and_then(Path::parent) {
        Some(folder) => folder.join(path),
        None => PathBuf::from(path),
    };
    load_epw(&path).map(|epw| (epw.weather(&path.display().to_string()), epw))
}
