//! The profiles that come with the program.

/// The profiles that come with the program: name and text.
pub const BUILTIN: &[(&str, &str)] = &[
    ("linux", include_str!("builtin/linux.toml")),
    ("linux-qemu", include_str!("builtin/linux-qemu.toml")),
    ("qemu", include_str!("builtin/qemu.toml")),
    ("gameboy", include_str!("builtin/gameboy.toml")),
    ("names", include_str!("builtin/names.toml")),
    ("nestest", include_str!("builtin/nestest.toml")),
    ("strict", include_str!("builtin/strict.toml")),
    ("wine", include_str!("builtin/wine.toml")),
    ("xenia", include_str!("builtin/xenia.toml")),
    ("xenia-text", include_str!("builtin/xenia-text.toml")),
];
