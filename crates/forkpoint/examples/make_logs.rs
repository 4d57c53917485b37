//! Makes a pair of schema-v1 logs of any size, for measuring: one program on two engines, seeded.
//!
//! ```text
//! cargo run --release --example make_logs -- OUT_DIR [MEGABYTES=100] [LANES=16] [SEED=1] [EDITS_PER_MILLION=0]
//! ```
//!
//! Writes `reference.jsonl` and `candidate.jsonl`. Thread numbers, handles, heap addresses, clocks
//! and the interleaving differ; shared dispatchers are first touched by other threads; the reference
//! runs inner critical sections. With edits, that many events of a million return something else.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use forkpoint_event::SemanticId;

/// Xorshift: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 33) % n
    }
}

/// One step of a guest thread; the same on both engines.
#[derive(Clone, Copy)]
enum Step {
    Call { name: &'static str, argument: u64, result: u64 },
    Read { path: u64, length: u64 },
    Allocate,
    Create,
    CriticalSection { inner: bool },
    WaitShared { object: u64 },
}

const CALLS: [&str; 6] = [
    "NtQueryInformationFile",
    "KeQueryPerformanceFrequency",
    "KeTlsGetValue",
    "XamInputGetState",
    "VdSwap",
    "RtlInitAnsiString",
];

impl Step {
    fn random(random: &mut Random) -> Self {
        match random.below(100) {
            0..40 => Self::Call {
                name: CALLS[random.below(CALLS.len() as u64) as usize],
                argument: 0x8200_0000 + random.below(1 << 24), // data of the guest's own image
                result: random.below(1 << 16),
            },
            40..60 => Self::Read { path: random.below(400), length: random.below(1 << 16) },
            60..72 => Self::Allocate,
            72..78 => Self::Create,
            78..92 => Self::CriticalSection { inner: random.below(4) == 0 },
            _ => Self::WaitShared { object: random.below(64) },
        }
    }
}

struct Engine {
    reference: bool,
    random: Random,
    edits_per_million: u64,
    out: BufWriter<File>,
    written: u64,
    clock: u64,
    handles: u64,
    touched: Vec<bool>,
    indices: Vec<u64>,
}

impl Engine {
    fn create(
        path: &Path,
        reference: bool,
        lanes: usize,
        seed: u64,
        edits_per_million: u64,
    ) -> std::io::Result<Self> {
        let mut engine = Self {
            reference,
            random: Random(seed * 2 + u64::from(reference) + 77),
            edits_per_million: if reference { 0 } else { edits_per_million },
            out: BufWriter::with_capacity(1 << 20, File::create(path)?),
            written: 0,
            clock: 0,
            handles: 0,
            touched: vec![false; 64],
            indices: vec![0; lanes],
        };
        let name = engine.name();
        writeln!(
            engine.out,
            r#"{{"kind": "schema_version", "schema_version": 1, "engine": "{name}"}}"#
        )?;
        Ok(engine)
    }

    fn name(&self) -> &'static str {
        if self.reference { "canary" } else { "ours" }
    }

    fn tid(&self, lane: usize) -> usize {
        if self.reference { 6 + lane } else { 1 + 2 * lane }
    }

    fn event(
        &mut self,
        lane: usize,
        kind: &str,
        payload: std::fmt::Arguments<'_>,
    ) -> std::io::Result<()> {
        self.clock += 20 + self.random.below(900);
        let tid = self.tid(lane);
        let index = self.indices[lane];
        self.indices[lane] += 1;
        let line = format!(
            "{{\"kind\": \"{kind}\", \"engine\": \"{}\", \"tid\": {tid}, \"tid_event_idx\": {index}, \"host_ns\": {}, \"guest_cycle\": {}, \"deterministic\": true, \"payload\": {payload}}}\n",
            self.name(),
            self.clock,
            self.clock * 3,
        );
        self.written += line.len() as u64;
        self.out.write_all(line.as_bytes())
    }

    fn call(
        &mut self,
        lane: usize,
        name: &str,
        arguments: &str,
        result: &str,
    ) -> std::io::Result<()> {
        self.event(
            lane,
            "import.call",
            format_args!(r#"{{"name": "{name}", "module": "xboxkrnl.exe"}}"#),
        )?;
        self.event(
            lane,
            "kernel.call",
            format_args!(r#"{{"name": "{name}", "args": {{{arguments}}}}}"#),
        )?;
        self.event(
            lane,
            "kernel.return",
            format_args!(
                r#"{{"name": "{name}", "return_value": {result}, "status": "0x00000000"}}"#
            ),
        )
    }

    fn step(&mut self, lane: usize, step: Step) -> std::io::Result<()> {
        match step {
            Step::Call { name, argument, result } => {
                let edited = self.edits_per_million > 0
                    && self.random.below(1_000_000) < self.edits_per_million * 5;
                let result = (result + u64::from(edited)).to_string();
                self.call(
                    lane,
                    name,
                    &format!(r#""r3": "0x{argument:08x}", "r4": {}"#, argument % 97),
                    &result,
                )
            }
            Step::Read { path, length } => {
                let name = "NtCreateFile";
                self.event(
                    lane,
                    "import.call",
                    format_args!(r#"{{"name": "{name}", "module": "xboxkrnl.exe"}}"#),
                )?;
                self.event(
                    lane,
                    "kernel.call",
                    format_args!(r#"{{"name": "{name}", "args": {{"access": 2148532352}}, "args_resolved": {{"path": "game:\\data\\pak{path}.bin"}}}}"#),
                )?;
                self.event(
                    lane,
                    "kernel.return",
                    format_args!(
                        r#"{{"name": "{name}", "return_value": 0, "status": "0x00000000"}}"#
                    ),
                )?;
                self.call(
                    lane,
                    "NtReadFile",
                    &format!(r#""length": {length}"#),
                    &length.to_string(),
                )?;
                self.call(lane, "NtClose", "", "0")
            }
            Step::Allocate => {
                let heap = if self.reference { 0xBC00_0000_u64 } else { 0x4000_0000 };
                let address = format!(r#""0x{:08x}""#, heap + self.random.below(1 << 20) * 16);
                let name = "NtAllocateVirtualMemory";
                self.event(
                    lane,
                    "kernel.call",
                    format_args!(r#"{{"name": "{name}", "args": {{"size": 4096}}}}"#),
                )?;
                self.event(
                    lane,
                    "kernel.return",
                    format_args!(
                        r#"{{"name": "{name}", "return_value": {address}, "status": {address}}}"#
                    ),
                )
            }
            Step::Create => {
                self.handles += 4;
                let id = SemanticId::new(0x8200_1000, self.tid(lane) as u32, self.indices[lane], 2);
                let raw = 0xF800_0000_u64 + self.handles % 0x00FF_0000;
                self.event(
                    lane,
                    "handle.create",
                    format_args!(r#"{{"handle_semantic_id": "{id}", "raw_handle_id": "0x{raw:08x}", "object_type": 2}}"#),
                )?;
                self.event(
                    lane,
                    "handle.destroy",
                    format_args!(
                        r#"{{"handle_semantic_id": "{id}", "raw_handle_id": "0x{raw:08x}"}}"#
                    ),
                )
            }
            Step::CriticalSection { inner } => {
                self.call(lane, "RtlEnterCriticalSection", "", "0")?;
                if inner && self.reference {
                    for _ in 0..=self.random.below(4) {
                        self.call(lane, "RtlEnterCriticalSection", "", "0")?;
                        self.call(lane, "RtlLeaveCriticalSection", "", "0")?;
                    }
                }
                self.call(lane, "RtlLeaveCriticalSection", "", "0")
            }
            Step::WaitShared { object } => {
                let pointer = 0x82A0_0000 + 0x20 * object;
                let id = SemanticId::shared_global(pointer, 1);
                if !std::mem::replace(&mut self.touched[object as usize], true) {
                    let raw = if self.reference { 0xF800_1000 + object } else { pointer };
                    self.event(
                        lane,
                        "handle.create",
                        format_args!(r#"{{"handle_semantic_id": "{id}", "raw_handle_id": "0x{raw:08x}", "object_type": 1}}"#),
                    )?;
                }
                self.event(
                    lane,
                    "import.call",
                    format_args!(
                        r#"{{"name": "KeWaitForSingleObject", "module": "xboxkrnl.exe"}}"#
                    ),
                )?;
                self.event(
                    lane,
                    "kernel.call",
                    format_args!(
                        r#"{{"name": "KeWaitForSingleObject", "args": {{"timeout": null}}}}"#
                    ),
                )?;
                if self.random.below(10) < if self.reference { 5 } else { 2 } {
                    self.event(lane, "wait.begin", format_args!(r#"{{"handles_semantic_ids": ["{id}"], "wait_type": "any", "timeout": null}}"#))?;
                }
                self.event(
                    lane,
                    "kernel.return",
                    format_args!(r#"{{"name": "KeWaitForSingleObject", "return_value": 0, "status": "0x00000000"}}"#),
                )
            }
        }
    }
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: u64| {
        arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let out = PathBuf::from(arguments.first().map_or("logs", String::as_str));
    let (bytes, lanes, seed, edits) =
        (number(1, 100) * 1_000_000, number(2, 16) as usize, number(3, 1), number(4, 0));
    std::fs::create_dir_all(&out)?;
    // The programs: as many steps in each lane as fill the reference.
    for reference in [true, false] {
        let path = out.join(if reference { "reference.jsonl" } else { "candidate.jsonl" });
        let mut engine = Engine::create(&path, reference, lanes, seed, edits)?;
        let mut programs: Vec<Random> =
            (0..lanes).map(|lane| Random(seed * 1000 + lane as u64 + 1)).collect();
        let mut left: Vec<u64> = vec![bytes / 1150 / lanes as u64; lanes]; // a step has about 1,150 bytes
        for lane in 0..lanes {
            let name = format!("KeSetThreadName{lane}");
            engine.call(lane, &name, "", "0")?;
        }
        while left.iter().any(|&left| left > 0) {
            let lane = engine.random.below(lanes as u64) as usize;
            for _ in 0..(1 + engine.random.below(20)).min(left[lane]) {
                let step = Step::random(&mut programs[lane]);
                engine.step(lane, step)?;
                left[lane] -= 1;
            }
        }
        engine.out.flush()?;
        println!("{} {:.1} MB", path.display(), engine.written as f64 / 1e6);
    }
    Ok(())
}
