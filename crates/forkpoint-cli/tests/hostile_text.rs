//! Text from outside through every verb and every way to write: of logs, their headers, file names,
//! profiles and arguments. Nothing of it is invisible, steers a terminal, or is taken for Markdown.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Stands in every hostile text, so that its place in a page is found.
const MARK: &str = "EV1L";

/// What text may try, each with the mark.
fn hostile() -> Vec<String> {
    let invisible = "\u{61c}\u{ad}\u{feff}\u{200b}\u{200d}\u{2028}\u{2029}\u{202e}\u{2066}\u{fe0f}\u{e01ef}\
        \u{3164}\u{115f}\u{1160}\u{ffa0}\u{34f}\u{17b4}\u{180b}\u{180f}\u{e0041}\u{1d173}\u{fff9}\u{110bd}\u{13430}\
        \u{e000}\u{f0000}\u{fffe}\u{a0}\u{2003}\u{2800}\u{7f}\u{9b}\u{1b}[31m\u{7}\r\n\t";
    let links = [
        "http://evil.example/EV1L www.EV1L.example EV1L@evil.example ftp://EV1L",
        "[EV1L](http://evil.example) ![EV1L](x.png) [EV1L][1] [EV1L]: http://x <http://EV1L>",
        "@EV1L @org/EV1L #1 GH-1 EV1L#1 org/EV1L#1 0123456789abcdef0123456789abcdef01234567",
        "<script>EV1L</script><!-- EV1L --> <b onclick=EV1L> &lt;EV1L&gt;",
        "`EV1L` ``EV1L`` ```EV1L ~~~EV1L",
        "EV1L`",
        "`EV1L",
        " EV1L ",
        "EV1L | \\| EV1L \\\\| $EV1L$ :EV1L: ~~EV1L~~ **EV1L** _EV1L_ ==EV1L==",
        "# EV1L",
        "- EV1L\n\n# EV1L\n\n1. EV1L\n> EV1L\n---\n",
        "1. EV1L",
        "EV1L\\",
    ];
    let all = [format!("{MARK}{invisible}{MARK}")];
    all.into_iter().chain(links.map(str::to_owned)).collect()
}

fn is_hidden(character: char) -> bool {
    character != '\n'
        && (character.is_control()
            || matches!(character,
                '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
                | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{110bd}' | '\u{13430}'..='\u{1343f}'
                | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}'))
}

/// Two logs, a third like the first, and a profile, whose every text is hostile.
struct Files {
    folder: tempfile::TempDir,
    names: [String; 3],
    profile: String,
    text: String,
}

impl Files {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bare: String = text.replace(['/', '\0'], "_").chars().take(60).collect();
        let names = ["a", "b", "c"].map(|letter| format!("{letter}{bare}.log"));
        for (name, value) in names.iter().zip([1, 2, 1]) {
            std::fs::write(folder.path().join(name), log(text, value)).unwrap();
        }
        let profile = format!("./p{bare}.toml");
        std::fs::write(folder.path().join(&profile), rules(text)).unwrap();
        Self { folder, names, profile, text: text.to_owned() }
    }

    fn run(&self, args: &[&str]) -> Output {
        run(self.folder.path(), args)
    }
}

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forkpoint")).current_dir(folder).args(args).output().unwrap()
}

fn log(text: &str, value: u64) -> String {
    let json = serde_json::to_string(text).unwrap();
    let notice = |severity| format!(r#"{{"what":{json},"severity":"{severity}","fix":{json}}}"#);
    let header = format!(
        r#"{{"kind":"schema_version","schema_version":1,"engine":{json},"converted_from":"event-log","profile":"xenia","notices":[{},{}]}}"#,
        notice("worth a look"),
        notice("loses events")
    );
    let event = |tid: u64, index: u64, kind: &str, payload: &str| {
        format!(r#"{{"kind":{kind},"tid":{tid},"tid_event_idx":{index},"payload":{payload}}}"#)
    };
    let call = r#""kernel.call""#;
    let lines = [
        header,
        event(6, 0, call, r#"{"name":"A"}"#),
        event(6, 1, r#""kernel.return""#, r#"{"name":"A","return_value":0}"#),
        event(6, 2, call, &format!(r#"{{"name":{json},{json}:{json},"args":{{{json}:{json}}}}}"#)),
        event(6, 3, call, &format!(r#"{{"name":{json},"args":{{{json}:[{json},{value}]}}}}"#)),
        event(7, 0, r#""kernel.call""#, &format!(r#"{{"name":{json},"x":{value}}}"#)),
        event(8, 0, &json, &format!(r#"{{"local":{value}}}"#)),
        event(
            9,
            0,
            r#""handle.create""#,
            &format!(r#"{{"raw_handle_id":16,"object_name":{json}}}"#),
        ),
        event(10 + value, 0, &json, "{}"),
        format!("no json: {}", text.replace('\n', "")),
    ];
    lines.join("\n") + "\n"
}

/// Rules that excuse, idle ones, and waivers, with hostile texts wherever a profile may have them.
fn rules(text: &str) -> String {
    let toml: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!(
        "name = \"{toml}\"\nabout = \"{toml}\"\nextends = \"xenia\"\n\
         [[skip]]\nid = \"used\"\nwhy = \"{toml}\"\nkind = \"kernel.call\"\nfields = \"x\"\n\
         [[skip]]\nid = \"idle\"\nwhy = \"{toml}\"\nkind = \"none {toml}\"\nfields = \"x\"\n\
         [[local]]\nid = \"mine\"\nwhy = \"{toml}\"\nkind = \"{toml}\"\n\
         [[waiver]]\nid = \"waived\"\nbug = \"{toml}\"\nwhy = \"{toml}\"\nkind = \"no {toml}\"\n"
    )
}

fn shown(output: &Output) -> String {
    let text = String::from_utf8([&output.stdout[..], &output.stderr[..]].concat()).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    text
}

/// The verbs that write a report, each as text, Markdown and JSON where it does.
fn reports(files: &Files) -> Vec<(Vec<&str>, &'static str)> {
    let [a, b, c] = files.names.each_ref().map(String::as_str);
    let with = ["--profile", &files.profile];
    let all: [(&[&str], &[&'static str]); 8] = [
        (&["diff", a, b], &["text", "markdown", "json"]),
        (&["diff", a, c], &["text", "markdown", "json"]),
        (&["diff", a, b, "--mode", "first-occurrence"], &["text", "markdown", "json"]),
        (&["diff", "--reference", a, "--reference", c, b], &["text", "markdown", "json"]),
        (&["check", a], &["text", "json"]),
        (&["explain", a, b, "--at", "6:3"], &["text", "json"]),
        (&["explain", a, b, "--at", "6:2"], &["text", "json"]),
        (&["profile", "audit", a, b], &["text", "json"]),
    ];
    let mut runs = Vec::new();
    for (args, formats) in all {
        for format in formats {
            runs.push(([args, &with, &["--format", format]].concat(), *format));
        }
    }
    runs
}

#[test]
fn nothing_from_outside_is_hidden_in_a_report() {
    for text in hostile() {
        let files = Files::new(&text);
        for (args, format) in reports(&files) {
            let output = files.run(&args);
            let said = shown(&output);
            assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "{args:?}\n{said}");
            assert!(said.contains(MARK), "{args:?}: nothing hostile\n{said}");
            assert_eq!(said.chars().find(|&c| is_hidden(c)), None, "{args:?}\n{said}");
            if format == "json" {
                serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
            }
        }
    }
}

#[test]
fn nothing_from_outside_is_hidden_in_other_output() {
    for text in hostile() {
        let files = Files::new(&text);
        let [a, b, _] = files.names.each_ref().map(String::as_str);
        let (profile, with) = (files.profile.as_str(), ["--profile", files.profile.as_str()]);
        let bad = format!("./none{}", text.replace(['/', '\0'], "_"));
        let text = files.text.replace('\0', "");
        let runs: [&[&str]; 18] = [
            &["show", a, with[0], with[1]],
            &["convert", a, "-o", "-"],
            &["learn", a, b],
            &["learn", "--visible", a],
            &["profile", "show", profile],
            &["profile", "show", profile, "--toml"],
            &["profile", "check", profile],
            &["diff", a, &bad],
            &["check", &bad],
            &["diff", a, b, "--profile", &bad],
            &["profile", "check", a],
            &["diff", a, b, "--without", &text],
            &["diff", a, b, "--from", &text],
            &["diff", a, b, "--map", &text],
            &["diff", a, b, "--context", &text],
            &["show", a, "--lane", &text],
            &["explain", a, b, "--at", &text],
            &["help", &text],
        ];
        for args in runs {
            let said = shown(&files.run(args));
            assert_eq!(said.chars().find(|&c| is_hidden(c)), None, "{args:?}\n{said}");
        }
        // A converted log says the same.
        std::fs::write(files.folder.path().join("d"), files.run(runs[1]).stdout).unwrap();
        let output = files.run(&["diff", a, "d"]);
        assert_ne!(output.status.code(), Some(1), "{}", shown(&output));
    }
}

#[test]
fn nothing_from_outside_stands_outside_of_code_in_markdown() {
    for text in hostile() {
        let files = Files::new(&text);
        for (args, _) in reports(&files).into_iter().filter(|(_, format)| *format == "markdown") {
            let page = String::from_utf8(files.run(&args).stdout).unwrap();
            let options =
                Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
            let mut in_block = false;
            for event in Parser::new_ext(&page, options) {
                match event {
                    Event::Start(Tag::CodeBlock(_)) => in_block = true,
                    Event::End(TagEnd::CodeBlock) => in_block = false,
                    Event::Text(words) if !in_block => {
                        assert!(!words.contains(MARK), "{args:?}: `{words}` is no code\n{page}");
                    }
                    Event::Html(html) => {
                        let own = [
                            "<details><summary>reference as",
                            "<details><summary>candidate as",
                            "</details>",
                        ];
                        assert!(
                            own.iter().any(|own| html.starts_with(own)) && !html.contains(MARK),
                            "{html}"
                        );
                    }
                    Event::InlineHtml(html) => panic!("{args:?}: {html}\n{page}"),
                    Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough) => {
                        panic!("{args:?}: a link, an image or a change of style\n{page}")
                    }
                    _ => {}
                }
            }
        }
    }
}
