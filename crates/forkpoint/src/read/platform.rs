//! The few calls that differ by operating system.

use std::fs::{File, Metadata};
use std::io;

/// Reads at a position, without moving the file's own; returns how much was read.
#[cfg(unix)]
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

/// Reads at a position; returns how much was read.
#[cfg(windows)]
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// Writes at a position, without moving the file's own.
#[cfg(unix)]
pub fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

/// Writes at a position.
#[cfg(windows)]
pub fn write_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let length = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        bytes = &bytes[length..];
        offset += length as u64;
    }
    Ok(())
}

/// Returns standard input as a file of our own.
#[cfg(unix)]
pub fn standard_input() -> io::Result<File> {
    use std::os::fd::AsFd;
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

/// Returns standard input as a file of our own.
#[cfg(windows)]
pub fn standard_input() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    io::stdin().as_handle().try_clone_to_owned().map(File::from)
}

/// Returns what makes a file the same file under another name.
#[cfg(unix)]
pub fn file_identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// Returns what makes a file the same file under another name: not known here.
#[cfg(windows)]
pub fn file_identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

/// Asks for a pipe that holds more at a time, so that reader and writer wait less for one another. That
/// it cannot be had is not an error.
#[cfg(target_os = "linux")]
pub fn widen_pipe(file: &File) {
    const SIZE: usize = 1 << 20; // what Linux allows everyone
    let _ = rustix::pipe::fcntl_setpipe_size(file, SIZE);
}

/// Asks for a pipe that holds more at a time: not known here.
#[cfg(not(target_os = "linux"))]
pub fn widen_pipe(_: &File) {}
