//! Bad input, from outside: one clear message with file and line, the right exit code, no panic, and
//! never 0 where something was not compared.
//!
//! A case is the candidate's bytes beside a good reference. Each is tried as a file, swapped with the
//! reference, and through a pipe.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const HEADER: &str = r#"{"kind":"schema_version","schema_version":1,"engine":"one"}"#;
const CALL: &str = r#"{"kind":"kernel.call","tid":6,"tid_event_idx":0,"payload":{"name":"A"}}"#;
const RETURN: &str =
    r#"{"kind":"kernel.return","tid":6,"tid_event_idx":1,"payload":{"name":"A","return_value":0}}"#;

const IDENTICAL: i32 = 0;
const DIVERGED: i32 = 1;
const TROUBLE: i32 = 2;
const INCONCLUSIVE: i32 = 3;

fn run(folder: &Path, args: &[&str], input: Option<&[u8]>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_forkpoint"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.unwrap_or_default().to_vec();
    // A program that refuses its input need not read all of it.
    let feeder = std::thread::spawn(move || stdin.write_all(&input).is_ok());
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    output
}

fn shown(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    text
}

fn good() -> Vec<u8> {
    lines(&[HEADER, CALL, RETURN])
}

fn lines(lines: &[&str]) -> Vec<u8> {
    (lines.join("\n") + "\n").into_bytes()
}

/// Compares `bad` with a good log and checks exit code and message.
fn expect(bad: &[u8], code: i32, words: &[&str]) {
    expect_beside(&good(), bad, code, words);
}

fn expect_beside(good: &[u8], bad: &[u8], code: i32, words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("good.log"), good).unwrap();
    std::fs::write(folder.join("bad.log"), bad).unwrap();
    for (args, file) in [
        (["diff", "good.log", "bad.log"], "bad.log"),
        (["diff", "bad.log", "good.log"], "bad.log"),
        (["diff", "good.log", "-"], "standard input"),
    ] {
        let output = run(folder, &args, (args[2] == "-").then_some(bad));
        let text = shown(&output);
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{text}");
        for word in words {
            let word = word.replace("bad.log", file);
            assert!(text.contains(&word), "{args:?}: `{word}` is not said\n{text}");
        }
        if code == TROUBLE {
            assert!(output.stdout.is_empty(), "{args:?}: a report in spite of trouble\n{text}");
            let n_errors = text.lines().filter(|line| line.starts_with("error: ")).count();
            assert_eq!(n_errors, 1, "{args:?}: one clear message\n{text}");
        }
    }
}

/// What `check` says of `bad`.
fn expect_check(bad: &[u8], code: i32, words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.log"), bad).unwrap();
    let output = run(folder.path(), &["check", "bad.log"], None);
    let text = shown(&output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is not said\n{text}");
    }
}

#[test]
fn a_good_log_beside_its_copy_is_identical() {
    expect(&good(), IDENTICAL, &["identical: 2 pairs of events"]);
}

#[test]
fn an_empty_file() {
    expect(b"", TROUBLE, &["is empty (bad.log)"]);
    expect_check(b"", TROUBLE, &["is empty (bad.log)"]);
}

#[test]
fn a_header_and_nothing_else() {
    expect(&lines(&[HEADER]), INCONCLUSIVE, &["nothing was compared"]);
    let alone = lines(&[HEADER]);
    expect_beside(&alone, &alone, INCONCLUSIVE, &["nothing was compared"]);
}

#[test]
fn another_version() {
    let log = lines(&[r#"{"kind":"schema_version","schema_version":2}"#, CALL]);
    expect(&log, TROUBLE, &["expected schema_version 1, found 2 (bad.log:1)"]);
    for version in ["null", "\"1\"", "1.5", "true", "[1]"] {
        let header = format!(r#"{{"kind":"schema_version","schema_version":{version}}}"#);
        expect(&lines(&[&header, CALL]), TROUBLE, &["(bad.log:1)"]);
    }
}

#[test]
fn no_header() {
    let words = ["expected a schema_version header, found kind \"kernel.call\" (bad.log:1)"];
    expect(&lines(&[CALL, RETURN]), TROUBLE, &words);
    expect(b"hello\n", TROUBLE, &["(bad.log:1)"]);
    expect(b"[1]\n", TROUBLE, &["(bad.log:1)"]);
    expect(b"\n\n\n", TROUBLE, &["bad.log"]);
}

#[test]
fn broken_json_in_the_middle() {
    let log = lines(&[HEADER, CALL, r#"{"kind":"kernel.call","tid":6,,}"#, RETURN]);
    expect(&log, INCONCLUSIVE, &["malformed line", "(bad.log:3)"]);
    expect_check(&log, 1, &["bad.log:3"]);
}

#[test]
fn a_torn_last_line() {
    let mut log = good();
    log.extend_from_slice(br#"{"kind":"kernel.call","tid":6,"tid_eve"#);
    expect(&log, INCONCLUSIVE, &["torn last line", "(bad.log:4)"]);
    // Torn in the middle of a character.
    log.extend_from_slice(b"nt\xC3");
    expect(&log, INCONCLUSIVE, &["(bad.log:4)"]);
}

#[test]
fn a_last_line_that_is_whole_but_has_no_end_is_no_fault() {
    let mut log = good();
    assert_eq!(log.pop(), Some(b'\n'));
    expect(&log, IDENTICAL, &[]);
}

#[test]
fn a_tid_that_is_missing_or_no_integer() {
    for tid in [
        "",
        r#""tid":null,"#,
        r#""tid":"6","#,
        r#""tid":6.5,"#,
        r#""tid":true,"#,
        r#""tid":[6],"#,
        r#""tid":1e999,"#,
        r#""tid":1180591620717411303424,"#,
    ] {
        let line = format!(r#"{{"kind":"kernel.call",{tid}"tid_event_idx":2,"payload":{{}}}}"#);
        let log = lines(&[HEADER, CALL, RETURN, &line]);
        expect(&log, INCONCLUSIVE, &["no thread", "(bad.log:4)"]);
    }
}

#[test]
fn an_index_that_falls_stays_or_is_none() {
    let with = |index: &str| {
        let index = format!(r#"{{"kind":"kernel.call","tid":6,{index}"payload":{{"name":"B"}}}}"#);
        lines(&[HEADER, CALL, RETURN, &index])
    };
    for index in [r#""tid_event_idx":1,"#, r#""tid_event_idx":0,"#] {
        // The event itself is one that the other side has not.
        expect(&with(index), DIVERGED, &["falling index", "(bad.log:4)"]);
        expect_check(&with(index), 1, &["bad.log:4"]);
    }
    for index in
        ["", r#""tid_event_idx":-1,"#, r#""tid_event_idx":"2","#, r#""tid_event_idx":2.5,"#]
    {
        expect(&with(index), INCONCLUSIVE, &["bad index", "(bad.log:4)"]);
    }
}

#[test]
fn a_kind_that_is_missing_or_no_text() {
    for kind in ["", r#""kind":null,"#, r#""kind":7,"#, r#""kind":{"a":1},"#] {
        let line = format!(r#"{{{kind}"tid":6,"tid_event_idx":2,"payload":{{}}}}"#);
        let log = lines(&[HEADER, CALL, RETURN, &line]);
        expect(&log, INCONCLUSIVE, &["no kind", "(bad.log:4)"]);
    }
}

#[test]
fn a_payload_that_is_no_object() {
    for payload in ["7", "\"x\"", "[]", "true"] {
        let line =
            format!(r#"{{"kind":"kernel.call","tid":6,"tid_event_idx":2,"payload":{payload}}}"#);
        let log = lines(&[HEADER, CALL, RETURN, &line]);
        expect(&log, INCONCLUSIVE, &["payload is no object", "(bad.log:4)"]);
    }
}

#[test]
fn a_line_that_is_json_but_no_object() {
    for line in ["7", "null", "\"text\"", "[{}]"] {
        let log = lines(&[HEADER, CALL, RETURN, line]);
        expect(&log, INCONCLUSIVE, &["(bad.log:4)"]);
    }
}

#[test]
fn nul_bytes() {
    let log = lines(&[HEADER, CALL, RETURN, "\0\0\0\0"]);
    expect(&log, INCONCLUSIVE, &["malformed line", "(bad.log:4)"]);
    expect(&[0; 4096], TROUBLE, &["bad.log"]);
    let inside = CALL.replace("\"A\"", "\"A\0\"");
    expect(&lines(&[HEADER, &inside, RETURN]), DIVERGED, &["malformed line", "(bad.log:2)"]);
}

#[test]
fn bytes_that_are_no_utf8() {
    for bytes in [&b"\xFF"[..], b"\xC3(", b"\xED\xA0\x80", b"\xF4\x90\x80\x80", b"\xC0\x80"] {
        let mut log = good();
        log.extend_from_slice(
            br#"{"kind":"kernel.call","tid":6,"tid_event_idx":2,"payload":{"name":""#,
        );
        log.extend_from_slice(bytes);
        log.extend_from_slice(b"\"}}\n");
        expect(&log, INCONCLUSIVE, &["not UTF-8", "(bad.log:4)"]);
    }
}

#[test]
fn carriage_returns_and_a_byte_order_mark_are_as_if_they_were_not_there() {
    let text = String::from_utf8(good()).unwrap();
    expect(text.replace('\n', "\r\n").as_bytes(), IDENTICAL, &[]);
    expect(format!("\u{feff}{text}").as_bytes(), IDENTICAL, &[]);
    expect(format!("\u{feff}{}", text.replace('\n', "\r\n\r\n")).as_bytes(), IDENTICAL, &[]);
}

#[test]
fn a_line_of_64_mib() {
    let mut log = good();
    log.extend_from_slice(br#"{"kind":"kernel.call","tid":6,"tid_event_idx":2,"payload":{"x":""#);
    log.resize(log.len() + (64 << 20), b'x');
    log.extend_from_slice(b"\"}}\n");
    expect(&log, INCONCLUSIVE, &["line too long", "(bad.log:4)"]);
    // What comes behind it is read.
    log.extend_from_slice(br#"{"kind":"kernel.call","tid":6,"tid_event_idx":3,"payload":{"x":1}}"#);
    expect(&log, DIVERGED, &["line too long", "(bad.log:4)", "bad.log:5"]);
}

#[test]
fn a_header_of_64_mib() {
    let mut log = br#"{"kind":"schema_version","schema_version":1,"x":""#.to_vec();
    log.resize(64 << 20, b'x');
    log.extend_from_slice(b"\"}\n");
    log.extend_from_slice(&lines(&[CALL, RETURN]));
    expect(&log, TROUBLE, &["bad.log"]);
}

#[test]
fn nesting_100_000_deep() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let line = format!(r#"{{"kind":"k","tid":6,"tid_event_idx":2,"payload":{{"x":{deep}}}}}"#);
        let log = lines(&[HEADER, CALL, RETURN, &line]);
        expect(&log, INCONCLUSIVE, &["malformed line", "(bad.log:4)"]);
        let beside = format!(r#"{{"kind":"k","tid":6,"tid_event_idx":2,"x":{deep}}}"#);
        expect(&lines(&[HEADER, CALL, RETURN, &beside]), INCONCLUSIVE, &["(bad.log:4)"]);
        // As a header, and unclosed.
        let header = format!(r#"{{"kind":"schema_version","schema_version":1,"x":{deep}}}"#);
        expect(&lines(&[&header, CALL]), TROUBLE, &["(bad.log:1)"]);
        expect(open.repeat(100_000).as_bytes(), TROUBLE, &["(bad.log:1)"]);
    }
}

#[test]
fn numbers_beyond_every_machine_word() {
    let with =
        |number: &str| lines(&[HEADER, CALL, RETURN, &event(&format!(r#"{{"x":{number}}}"#))]);
    let huge = format!("1{}", "0".repeat(5000));
    for number in ["1e999", "-1e999", "1e-999", "1180591620717411303424", "1e99999999999", &huge] {
        expect_beside(&with(number), &with(number), IDENTICAL, &[]);
    }
    for (a, b) in [
        ("1e999", "1e998"),
        ("1e999", "-1e999"),
        ("1180591620717411303424", "1180591620717411303425"),
        ("1e999", "\"1e999\""),
        ("1", "true"),
        ("0", "false"),
        ("9007199254740993", "9007199254740992"),
    ] {
        expect_beside(&with(a), &with(b), DIVERGED, &["payload"]);
    }
    for (a, b) in
        [("1", "1.0"), ("100", "1e2"), ("1180591620717411303424", "1180591620717411303424.0")]
    {
        expect_beside(&with(a), &with(b), IDENTICAL, &[]);
    }
    for number in ["01", "+1", ".5", "1.", "1e", "NaN", "Infinity", "-", "0x10"] {
        expect(&with(number), INCONCLUSIVE, &["malformed line", "(bad.log:4)"]);
    }
}

fn event(payload: &str) -> String {
    format!(r#"{{"kind":"k","tid":6,"tid_event_idx":2,"payload":{payload}}}"#)
}

#[test]
fn of_a_key_that_stands_twice_the_last_counts() {
    let with = |payload: &str| lines(&[HEADER, CALL, RETURN, &event(payload)]);
    let once = with(r#"{"x":2,"o":{"y":4}}"#);
    for twice in [
        r#"{"x":1,"x":2,"o":{"y":4}}"#,
        r#"{"x":2,"o":{"y":3,"y":4}}"#,
        r#"{"o":7,"x":2,"o":{"y":4}}"#,
        r#"{"x":1,"\u0078":2,"o":{"y":4}}"#,
    ] {
        expect_beside(&once, &with(twice), IDENTICAL, &[]);
    }
    expect_beside(&once, &with(r#"{"x":2,"x":1,"o":{"y":4}}"#), DIVERGED, &[]);
    expect_beside(&once, &with(r#"{"x":2,"o":{"y":4,"y":3}}"#), DIVERGED, &[]);
    let line = r#"{"kind":"other","kind":"k","tid":1,"tid":6,"tid_event_idx":9,"tid_event_idx":2,"payload":7,"payload":{"x":2,"o":{"y":4}}}"#;
    expect_beside(&once, &lines(&[HEADER, CALL, RETURN, line]), IDENTICAL, &[]);
}

#[test]
fn a_gzip_or_zstd_that_ends_early() {
    let mut log = lines(&[HEADER]);
    for index in 0..5000 {
        let noise = u64::wrapping_mul(index, 0x9E37_79B9_7F4A_7C15);
        writeln!(
            log,
            r#"{{"kind":"k","tid":6,"tid_event_idx":{index},"payload":{{"x":{noise}}}}}"#
        )
        .unwrap();
    }
    for packed in [gzip(&log), zstd::encode_all(&log[..], 3).unwrap()] {
        expect_beside(&log, &packed, IDENTICAL, &[]);
        let cut = &packed[..packed.len() / 2];
        // All that came before the cut is equal; then the log ends early.
        expect_beside(&log, cut, DIVERGED, &["cut stream", "bad.log", "behind"]);
        expect_beside(&log, &packed[..3], TROUBLE, &["bad.log"]);
        let mut damaged = packed.clone();
        let middle = damaged.len() / 2;
        damaged[middle..middle + 64].fill(0xAA);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("good.log"), &log).unwrap();
        std::fs::write(folder.path().join("bad.log"), &damaged).unwrap();
        let output = run(folder.path(), &["diff", "good.log", "bad.log"], None);
        let text = shown(&output);
        assert!(matches!(output.status.code(), Some(1..=3)), "{text}");
    }
    // Only the trailer is missing: all events are there, and still it is not a whole log.
    let packed = gzip(&log);
    expect_beside(&log, &packed[..packed.len() - 1], INCONCLUSIVE, &["cut stream", "bad.log"]);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_decompression_bomb_is_stopped_and_told() {
    let mebibyte = vec![0; 1 << 20];
    let mut gz = gzip(&good());
    let mut zst = zstd::encode_all(&good()[..], 3).unwrap();
    for _ in 0..400 {
        // Frames and members follow one another as one stream.
        gz.extend_from_slice(&gzip(&mebibyte));
        zst.extend_from_slice(&zstd::encode_all(&mebibyte[..], 3).unwrap());
    }
    for bomb in [gz, zst] {
        assert!(bomb.len() < 512 << 10, "{} bytes are no bomb", bomb.len());
        expect(&bomb, TROUBLE, &["unpacks to more than 500 times its size", "(bad.log)"]);
    }
}

#[test]
fn a_directory_and_a_missing_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.log"), good()).unwrap();
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    for (name, words) in [
        ("folder", "error: is a directory, not a log (folder)"),
        ("missing.log", "error: there is no such file (missing.log)"),
        ("", "error: "),
    ] {
        for args in [["diff", "good.log", name], ["diff", name, "good.log"]] {
            let output = run(folder.path(), &args, None);
            let text = shown(&output);
            assert_eq!(output.status.code(), Some(TROUBLE), "{args:?}\n{text}");
            assert!(text.contains(words), "{args:?}\n{text}");
        }
        assert_eq!(run(folder.path(), &["check", name], None).status.code(), Some(TROUBLE));
    }
}

#[test]
fn the_same_file_twice_says_nothing_about_an_engine() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.log"), good()).unwrap();
    std::fs::hard_link(folder.path().join("good.log"), folder.path().join("link.log")).unwrap();
    for other in ["good.log", "./good.log", "link.log"] {
        let output = run(folder.path(), &["diff", "good.log", other], None);
        let text = shown(&output);
        assert_eq!(output.status.code(), Some(INCONCLUSIVE), "{text}");
        assert!(text.contains("reference and candidate are the same file"), "{text}");
    }
    let output = run(folder.path(), &["diff", "-", "-"], Some(&good()));
    assert_eq!(output.status.code(), Some(TROUBLE), "{}", shown(&output));
}

/// What a log may try to say to a terminal or to a Markdown reader, wherever it has text.
const EVIL: [&str; 17] = [
    "\u{1b}[31mred\u{1b}[2J",
    "\u{1b}]0;title\u{7}",
    "\u{9b}31m",
    "a\rb\u{8}c\u{7f}",
    "line\n# heading\n\n- item\n",
    "\u{202e}gnp\u{2066}x",
    "<script>alert(1)</script><!-- ",
    "```\n# out\n```",
    "`code` ``more`` ~~~",
    "a | b \\| c \\\\| <b>d</b>",
    "[x](http://example.com) ![y](z) <http://example.com>",
    "- item",
    "1. item",
    "> quote",
    "    code",
    "===",
    "12) item",
];

/// A log with `text` as kind, name, key, value, engine, and in a line that is not JSON.
fn log_that_says(text: &str, value: u64) -> Vec<u8> {
    let json = serde_json::to_string(text).unwrap();
    let beside = json.trim_matches('"');
    let header = format!(r#"{{"kind":"schema_version","schema_version":1,"engine":{json}}}"#);
    let name = format!(
        r#"{{"kind":"kernel.call","tid":6,"tid_event_idx":2,"payload":{{"name":{json},{json}:{json},"args":{{"{beside}":"{beside}{value}"}}}}}}"#
    );
    let kind = format!(r#"{{"kind":{json},"tid":7,"tid_event_idx":0,"payload":{{"x":{value}}}}}"#);
    let tail = format!(r#"{{"kind":{json},"tid":8,"tid_event_idx":{value},"payload":{{}}}}"#);
    lines(&[&header, CALL, RETURN, &name, &kind, &tail, &format!("no json: {json}")])
}

/// The reports of `evil` and of the same log with harmless text.
fn report(text: &str, format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), log_that_says(text, 1)).unwrap();
    std::fs::write(folder.path().join("b.log"), log_that_says(text, 2)).unwrap();
    let args = ["diff", "a.log", "b.log", "--profile", "xenia", "--format", format];
    let output = run(folder.path(), &args, None);
    assert_eq!(output.status.code(), Some(DIVERGED), "{}", shown(&output));
    assert!(output.stderr.is_empty(), "{}", shown(&output));
    let report = String::from_utf8(output.stdout).unwrap();
    let check = run(
        folder.path(),
        &["check", "a.log", "--format", format.replace("markdown", "text").as_str()],
        None,
    );
    report + &shown(&check)
}

#[test]
fn nothing_in_a_log_steers_a_terminal() {
    for text in EVIL {
        for format in ["text", "markdown", "json"] {
            let report = report(text, format);
            let steers = |c: char| {
                (c.is_control() && c != '\n')
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            let found = report.chars().find(|&c| steers(c));
            assert_eq!(found, None, "{text:?} in {format}:\n{report}");
        }
        // Nothing breaks a line: the report has as many as one of harmless text.
        let n_lines = |text: &str| report(text, "text").lines().count();
        assert_eq!(n_lines(text), n_lines("harmless"), "{text:?}");
    }
}

#[test]
fn nothing_in_a_log_is_taken_for_markdown() {
    use pulldown_cmark::{Event, Options, Parser};
    // The bones of a page: all but its words.
    let bones = |text: &str| -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.log"), log_that_says(text, 1)).unwrap();
        std::fs::write(folder.path().join("b.log"), log_that_says(text, 2)).unwrap();
        let args = ["diff", "a.log", "b.log", "--profile", "xenia", "--format", "markdown"];
        let output = run(folder.path(), &args, None);
        let page = String::from_utf8(output.stdout).unwrap();
        let events = Parser::new_ext(&page, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
        let mut bones: Vec<String> = events
            .filter(|event| !matches!(event, Event::Text(_) | Event::SoftBreak))
            .map(|event| match event {
                Event::Code(_) => "code".to_owned(),
                event => format!("{event:?}"),
            })
            .collect();
        bones.push(format!("exit {:?}", output.status.code()));
        bones
    };
    // A text that is not a word of a language is code, wherever it stands.
    let harmless = bones("harm.less");
    assert!(harmless.iter().any(|bone| bone.contains("Table")), "{harmless:#?}");
    for text in EVIL {
        let bones = bones(text);
        let divergence = bones.iter().zip(&harmless).find(|(bone, harmless)| bone != harmless);
        assert_eq!((divergence, bones.len()), (None, harmless.len()), "{text:?}");
    }
}

#[test]
fn a_file_name_cannot_steer_a_terminal_either() {
    let folder = tempfile::tempdir().unwrap();
    let name = "\u{1b}[31m`x`|\n# y.log";
    std::fs::write(folder.path().join(name), good()).unwrap();
    std::fs::write(folder.path().join("good.log"), lines(&[HEADER, CALL])).unwrap();
    for format in ["text", "markdown", "json"] {
        let output = run(folder.path(), &["diff", name, "good.log", "--format", format], None);
        let text = shown(&output);
        assert_eq!(output.status.code(), Some(DIVERGED), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{7}']) && !text.contains("\n# y"), "{text}");
    }
    std::fs::write(folder.path().join(name), b"").unwrap();
    let text = shown(&run(folder.path(), &["diff", name, "good.log"], None));
    assert!(text.contains("is empty (\\u{1b}[31m`x`|\\n# y.log)"), "{text}");
}

#[test]
fn an_event_without_a_payload_has_none_of_the_line_before() {
    // Found by the target `self_compare`: a short line read the members of a longer one before it.
    let short = r#"{"kind":"thread.create","tid":6,"tid_event_idx":2}"#;
    let other = r#"{"kind":"k","tid":7,"tid_event_idx":0,"payload":{"some":"words","entry_pc":"0x82000000","ctx_ptr":"0x40000000"}}"#;
    let before = lines(&[HEADER, CALL, RETURN, other, short]);
    let behind = lines(&[HEADER, CALL, RETURN, short, other]);
    expect_beside(&before, &behind, IDENTICAL, &[]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), &before).unwrap();
    std::fs::write(folder.path().join("b.log"), &behind).unwrap();
    let output = run(folder.path(), &["diff", "a.log", "b.log", "--profile", "xenia"], None);
    assert_eq!(output.status.code(), Some(IDENTICAL), "{}", shown(&output));
}
