//! Writes a file as a whole or not at all.
//!
//! What is written goes to a temporary file beside the target, which takes the target's name when it is
//! complete; an error or a signal that asks the program to end leaves the target as it was. Pipes, devices
//! and what stands for an open descriptor (`/dev/stdout`) have no whole, and are written as they are.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use forkpoint::profile;

use crate::input::ReadArgs;
use crate::stop;
use crate::trouble::Trouble;

/// What a file is called while it is written.
const UNFINISHED: &str = ".unfinished";

/// Lets `write` write to `path`; returns what it returns.
///
/// # Errors
/// What `write` says, and when the file cannot be written; then `path` is as it was before.
pub(crate) fn write<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> io::Result<T> {
    let target = followed(path)?;
    if is_standard_output(&target) {
        let mut out = io::stdout().lock();
        let result = write(&mut out)?;
        return out.flush().map(|()| result);
    }
    let old = fs::metadata(&target).ok();
    if names_descriptor(&target) || old.as_ref().is_some_and(|old| !old.is_file()) {
        let mut out = OpenOptions::new().append(true).open(&target)?;
        let result = write(&mut out)?;
        return out.flush().map(|()| result);
    }
    if old.is_some() {
        OpenOptions::new().append(true).open(&target)?; // what must not be written is not replaced either
    }
    stop::while_stoppable(|| {
        let mut out = beside(&target)?;
        let result = write(&mut stop::Stoppable(out.as_file_mut()))?;
        finish(out.as_file())?;
        if let Some(old) = old {
            out.as_file().set_permissions(old.permissions())?;
        }
        stop::check()?;
        out.persist(&target).map_err(|error| error.error)?;
        Ok(result)
    })
}

/// Returns a new file in the folder of `target`, which goes away unless it is kept.
fn beside(target: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::metadata(folder)?;
    let name = target.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    let mut prefix = std::ffi::OsString::from(".");
    // A name has an end; 128 bytes of 255 leave room for what is added.
    prefix.push(name.to_string_lossy().chars().take(32).collect::<String>());
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(UNFINISHED);
    #[cfg(unix)]
    let mode: fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666); // less the umask
    #[cfg(unix)]
    builder.permissions(mode);
    // Its own name says nothing to who asked for another file.
    builder.tempfile_in(folder).map_err(|error| io::Error::from(error.kind()))
}

/// Waits until the file's bytes are stored, where that can be asked for: a full disk may show no earlier.
fn finish(file: &File) -> io::Result<()> {
    match file.sync_data() {
        Err(error)
            if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
        {
            Ok(())
        }
        outcome => outcome,
    }
}

/// Returns the path that `path` leads to by symbolic links, which may lead to a file that is not there
/// yet.
fn followed(path: &Path) -> io::Result<PathBuf> {
    const MOST: usize = 40; // what Linux follows
    let mut target = path.to_owned();
    for _ in 0..MOST {
        if is_standard_output(&target) || names_descriptor(&target) {
            return Ok(target);
        }
        match fs::read_link(&target) {
            Ok(next) => target = target.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn is_standard_output(path: &Path) -> bool {
    cfg!(unix)
        && ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|out| path == Path::new(out))
}

/// Returns whether a path stands for a file that the program has open already.
fn names_descriptor(path: &Path) -> bool {
    cfg!(unix) && ["/dev/stderr", "/dev/fd", "/proc"].iter().any(|of| path.starts_with(of))
}

/// Refuses an output that is one of the files that are read; `what` says what would happen to a log.
pub(crate) fn refuse_inputs<'a>(
    output: &Path,
    logs: impl IntoIterator<Item = &'a String>,
    read: &ReadArgs,
    what: &str,
) -> Result<(), Trouble> {
    let is_standard = output.as_os_str() == "-";
    let Some(own) = identity(if is_standard { Path::new("/dev/stdout") } else { output }) else {
        return Ok(());
    };
    let refuse = |message: &str| {
        let hint = "name another file to write to".to_owned();
        Err(Trouble::new(format!("{message} ({})", output.display()), Some(hint)))
    };
    let is_output = |path: &Path| identity(path).is_some_and(|input| input == own);
    let as_file = |log: &'a String| Path::new(if log == "-" { "/dev/stdin" } else { log });
    if logs.into_iter().any(|log| is_output(as_file(log))) {
        return refuse(what);
    }
    if read.imports.as_ref().is_some_and(|imports| is_output(&imports.path)) {
        return refuse("the output would overwrite the list of imports");
    }
    // A profile that cannot be loaded is reported when it is; one from a pipe can be read once only.
    let is_pipe = |name: &&String| fs::metadata(name).is_ok_and(|profile| !profile.is_file());
    let chain = read
        .profile
        .as_ref()
        .filter(|name| !is_pipe(name))
        .map(|name| profile::chain(name))
        .transpose();
    let mut files = chain.ok().flatten().into_iter().flatten();
    if files.any(|source| is_output(Path::new(&source.file)))
        || read.profile.as_ref().is_some_and(|name| is_output(Path::new(name)))
    {
        return refuse("the output would overwrite a profile that is read");
    }
    Ok(())
}

/// Returns whether two paths lead to one file.
pub(crate) fn is_same(a: &Path, b: &Path) -> bool {
    identity(a).is_some_and(|a| identity(b).is_some_and(|b| a == b))
}

/// Says that two files are one, whatever their names; none for what is not a file yet, or no regular one.
#[cfg(unix)]
fn identity(path: &Path) -> Option<impl PartialEq + use<>> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some((metadata.dev(), metadata.ino()))
}

/// Says that two files are one, by their paths.
#[cfg(not(unix))]
fn identity(path: &Path) -> Option<impl PartialEq + use<>> {
    path.canonicalize().ok().filter(|path| path.is_file())
}
