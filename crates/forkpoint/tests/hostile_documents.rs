//! Documents whose every text from outside is hostile, through every renderer.
//!
//! A result reaches a renderer as a `Document` or as its own fields in JSON, and in no other way: what holds
//! for every block, and for every string of a JSON value, holds for every field of every result.

use forkpoint::pair::{Pair, Side};
use forkpoint::render::document::{
    Block, Column, ComparedField, ComparedRow, Document, Inline, LogLine, Sign, Table, Tone, code,
    own, said,
};
use forkpoint::render::escape::is_hidden;
use forkpoint::render::html;
use forkpoint::render::{Answer, Extent, Format, TextOptions, to_string};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use schemars::JsonSchema;
use serde::Serialize;

/// Stands in every hostile text.
const MARK: &str = "EV1L";

/// Text that tries to be more than text, with the mark at both ends.
fn hostile() -> impl Strategy<Value = String> {
    let tricks = [
        "\u{1b}[31m",
        "\u{9b}2J",
        "\r",
        "\n",
        "\n\n# ",
        "\t",
        "\u{7f}",
        "\0",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{ad}",
        "\u{feff}",
        "\u{2028}",
        "\u{e0041}",
        "\u{fe0f}",
        "`",
        "``",
        "```\n",
        "~~~",
        "|",
        "\\|",
        "\\",
        "*",
        "**",
        "_",
        "~~",
        "$",
        "<b>",
        "<!--",
        "-->",
        "&lt;",
        "</details>",
        "[a](http://x.example)",
        "![a](b)",
        "[1]: x",
        "http://x.example ",
        "@org/team ",
        "#1 ",
        "- ",
        "> ",
        "1. ",
        "---\n",
        "    ",
        "  ",
        "é",
        "\u{301}",
    ];
    vec(select(tricks.to_vec()), 0..6).prop_map(|tricks| format!("{MARK}{}{MARK}", tricks.concat()))
}

fn inline() -> impl Strategy<Value = Inline> {
    let run = prop_oneof![
        hostile().prop_map(code),
        hostile().prop_map(said),
        Just(own("a word of ours")),
    ];
    let tones =
        [Tone::Plain, Tone::Good, Tone::Bad, Tone::Warn, Tone::Place, Tone::Faint, Tone::Strong];
    vec((run, select(tones.to_vec())), 0..3).prop_map(|runs| {
        let mut line = Inline::default();
        for (run, tone) in runs {
            line.push(run.tone(tone));
        }
        line
    })
}

fn side() -> impl Strategy<Value = Side> {
    select(&[Side::Reference, Side::Candidate][..])
}

fn row() -> impl Strategy<Value = ComparedRow> {
    let sign = prop_oneof![
        Just(Sign::Equal),
        Just(Sign::Waived),
        Just(Sign::Differs),
        side().prop_map(Sign::Only)
    ];
    let value = || option::of(hostile());
    let field = (hostile(), value(), value(), value()).prop_map(|(field, a, b, excused_by)| {
        ComparedField { field, values: Pair::new(a, b), excused_by }
    });
    let events = (option::of(hostile()), option::of(hostile()));
    (sign, any::<bool>(), hostile(), events, vec(field, 0..3), hostile()).prop_map(
        |(sign, is_divergent, name, (a, b), fields, equal)| ComparedRow {
            sign,
            is_divergent,
            indices: Pair::new(a.as_ref().map(|_| 1), b.as_ref().map(|_| 2)),
            name,
            events: Pair::new(a, b),
            fields,
            equal,
        },
    )
}

fn table() -> impl Strategy<Value = Table> {
    let cells = (inline(), inline()).prop_map(|(a, b)| vec![a, b]);
    (any::<bool>(), vec((cells, option::of(inline())), 1..4)).prop_map(|(has_header, rows)| Table {
        columns: vec![Column::left("name"), Column::right("count")],
        has_header,
        rows,
    })
}

/// One strategy a kind of block: a new kind does not compile without one.
fn block() -> impl Strategy<Value = Block> {
    let every_kind_is_drawn = |block: &Block| match block {
        Block::Verdict { .. } | Block::Heading(_) | Block::Title { .. } | Block::Text { .. } => {}
        Block::Table(_) | Block::Comparison(_) | Block::Lines { .. } | Block::Gap => {}
        Block::Command { .. } => {}
    };
    let lines = (any::<bool>(), hostile()).prop_map(|(is_divergent, text)| LogLine {
        is_divergent,
        number: 7,
        text,
    });
    prop_oneof![
        (inline(), inline()).prop_map(|(word, rest)| Block::Verdict {
            tone: Tone::Bad,
            word,
            rest
        }),
        inline().prop_map(Block::Heading),
        (inline(), inline()).prop_map(|(title, rest)| Block::Title { number: 1, title, rest }),
        (select(&[0_usize, 3, 6, 14][..]), inline(), inline(), any::<bool>())
            .prop_map(|(indent, lead, text, cut)| Block::Text { indent, lead, text, cut }),
        table().prop_map(Block::Table),
        vec(row(), 1..4).prop_map(Block::Comparison),
        (inline(), vec(lines, 1..4)).prop_map(|(title, lines)| Block::Lines { title, lines }),
        hostile().prop_map(|command| Block::Command { purpose: "what it shows", command }),
        Just(Block::Gap),
    ]
    .prop_map(move |block| {
        every_kind_is_drawn(&block);
        block
    })
}

/// A result whose document and fields are what was drawn.
#[derive(Debug, Serialize, JsonSchema)]
struct Drawn {
    fields: Vec<String>,
    #[serde(skip)]
    #[schemars(skip)]
    document: Document,
}

impl Answer for Drawn {
    fn document(&self, _shown: Extent) -> Document {
        self.document.clone()
    }
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (vec(hostile(), 1..4), vec(block(), 1..6))
        .prop_map(|(fields, blocks)| Drawn { fields, document: Document { blocks } })
}

/// Asserts that nothing of a Markdown page but code holds the mark or steers its reader.
fn assert_tame(page: &str) {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut is_in_block = false;
    for event in Parser::new_ext(page, options) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_in_block = true,
            Event::End(TagEnd::CodeBlock) => is_in_block = false,
            Event::Text(words) if !is_in_block => {
                assert!(!words.contains(MARK), "`{words}` is no code\n{page}");
            }
            Event::Html(html) => {
                assert!(html.contains("details>") && !html.contains(MARK), "{html}\n{page}");
            }
            Event::InlineHtml(html) => panic!("{html}\n{page}"),
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough) => {
                panic!("a link, an image or a change of style\n{page}")
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_terminal_gets_nothing_hidden(drawn in drawn(), width in option::of(20..140_usize)) {
        let text = to_string(&drawn, Format::Text, TextOptions { width, ..TextOptions::default() });
        let hidden = text.chars().find(|&c| c != '\n' && (c.is_control() || is_hidden(c)));
        prop_assert_eq!(hidden, None, "{}", text);
    }

    #[test]
    fn a_terminal_with_colour_gets_our_colours_alone(drawn in drawn()) {
        let options = TextOptions { colour: true, width: Some(80), ..TextOptions::default() };
        let text = to_string(&drawn, Format::Text, options);
        // What is left without "ESC [ digits m" is plain.
        let colours = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
        let plain = colours.replace_all(&text, "");
        let hidden = plain.chars().find(|&c| c != '\n' && (c.is_control() || is_hidden(c)));
        prop_assert_eq!(hidden, None, "{}", text);
        let without = to_string(&drawn, Format::Text, TextOptions { colour: false, ..options });
        prop_assert_eq!(plain.into_owned(), without);
    }

    #[test]
    fn a_page_of_markdown_holds_it_as_code(drawn in drawn()) {
        let page = to_string(&drawn, Format::Markdown, TextOptions::default());
        let hidden = page.chars().find(|&c| c != '\n' && (c.is_control() || is_hidden(c)));
        prop_assert_eq!(hidden, None, "{}", page);
        assert_tame(&page);
    }

    #[test]
    fn a_page_of_html_holds_it_as_text_and_gives_the_json_back(drawn in drawn()) {
        let page = to_string(&drawn, Format::Html, TextOptions::default());
        let (body, _) = page.split_once("<script").unwrap();
        let hidden = body.chars().find(|&c| c != '\n' && (c.is_control() || is_hidden(c)));
        prop_assert_eq!(hidden, None, "{}", body);
        // What stands between two marks is of a log.
        let own = body.split(MARK).skip(1).step_by(2);
        for text in own {
            prop_assert!(!text.contains(['<', '>', '"']), "{}", text);
        }
        let json = to_string(&drawn, Format::Json, TextOptions::default());
        let found = html::extract(page.as_bytes()).unwrap().unwrap();
        prop_assert_eq!(String::from_utf8(found).unwrap(), json);
    }

    #[test]
    fn json_holds_it_escaped_and_whole(drawn in drawn()) {
        let json = to_string(&drawn, Format::Json, TextOptions::default());
        let hidden = json.chars().find(|&c| c != '\n' && (c.is_control() || is_hidden(c)));
        prop_assert_eq!(hidden, None, "{}", json);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read["fields"].clone(), serde_json::json!(drawn.fields));
    }
}
