//! The report as JSON. The types here are the wire's; the analyser's own are never serialised.
//!
//! docs/report.schema.json is generated from them.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::ingest::Notice;
use crate::pair::{Pair, Side};
use crate::report::plain::write_json;
use crate::report::{self, Mark, Report};

/// The version of this format. It rises when a key changes its meaning or goes away.
pub const FORMAT_VERSION: u32 = 1;

/// A report of `forkpoint diff`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonReport {
    /// The version of this format.
    format_version: u32,
    /// What came of the comparison.
    verdict: JsonVerdict,
    /// What keeps the logs from being called identical, though no difference was found.
    doubts: Vec<String>,
    /// The rules in force.
    profile: JsonProfile,
    /// What differs by itself, the place to start first.
    origins: Vec<JsonFinding>,
    /// What differs because an origin does; their contexts are left out.
    consequences: Vec<JsonFinding>,
    /// What differs and is known; by itself it does not make the candidate diverged.
    known: Vec<JsonKnown>,
    /// Every waiver of the profile that is not switched off.
    waivers: Vec<JsonWaiver>,
    /// The pairs of lanes.
    lanes: Vec<JsonLane>,
    /// Lanes without a partner.
    unpaired: Vec<JsonUnpaired>,
    /// What rules excused.
    excused: Vec<JsonExcused>,
    /// The user's own rules that no event matched, and their words that are slips.
    unmatched: Vec<JsonUnmatched>,
    /// What was not compared at all.
    not_compared: Vec<JsonNotCompared>,
    /// What was not compared because the other log cannot hold it.
    unseen: Vec<JsonUnseen>,
    /// The logs.
    inputs: JsonPair<JsonInput>,
    /// Pairs of events that are equal.
    matched: u64,
}

/// A value for each side.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JsonPair<T> {
    reference: T,
    candidate: T,
}

impl<T> From<Pair<T>> for JsonPair<T> {
    fn from(pair: Pair<T>) -> Self {
        Self { reference: pair.reference, candidate: pair.candidate }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum JsonVerdict {
    Identical,
    Prefix,
    Diverged,
    Inconclusive,
}

impl From<report::Verdict> for JsonVerdict {
    fn from(verdict: report::Verdict) -> Self {
        match verdict {
            report::Verdict::Identical => Self::Identical,
            report::Verdict::Prefix => Self::Prefix,
            report::Verdict::Diverged => Self::Diverged,
            report::Verdict::Inconclusive => Self::Inconclusive,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum JsonSide {
    Reference,
    Candidate,
}

impl From<Side> for JsonSide {
    fn from(side: Side) -> Self {
        match side {
            Side::Reference => Self::Reference,
            Side::Candidate => Self::Candidate,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JsonProfile {
    name: String,
    chain: Vec<String>,
    without: Vec<String>,
}

/// Something that differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonFinding {
    /// The class; `forkpoint help classes` explains each.
    class: String,
    summary: String,
    /// Three at most.
    sites: Vec<JsonSite>,
    differences: Vec<JsonDifference>,
    context: Vec<JsonRow>,
    /// The objects that it is about.
    histories: Vec<JsonHistory>,
    /// The pair of lanes, by its place in `lanes`.
    lane: Option<usize>,
    /// The origin that a consequence follows from, by its place in `origins`.
    #[serde(skip_serializing_if = "Option::is_none")]
    follows_from: Option<usize>,
    /// The known divergence that a consequence follows from, by its place in `known`.
    #[serde(skip_serializing_if = "Option::is_none")]
    follows_known: Option<usize>,
}

/// A divergence that a waiver is about.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonKnown {
    /// The waiver's id.
    waiver: String,
    /// The bug that the waiver stands for.
    bug: String,
    /// How many such divergences there are in these lanes.
    count: u64,
    /// The first of them; its context is left out.
    finding: JsonFinding,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonWaiver {
    id: String,
    bug: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The last day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    file: String,
    line: Option<u64>,
    /// `used`, `stale` (nothing is known by it) or `expired`.
    state: String,
    /// How many divergences are known by it.
    count: u64,
}

/// What became of an object.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonHistory {
    side: JsonSide,
    created: JsonSite,
    destroyed: Option<JsonSite>,
    /// Where the other side creates the object that corresponds to it.
    partner: Option<JsonSite>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JsonSite {
    side: JsonSide,
    /// The process, where the log tells processes apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<u32>,
    tid: i64,
    /// The thread as readers of the log know it.
    lane: String,
    event_idx: u64,
    file: String,
    /// Counted from 1.
    line: u64,
    /// The event's kind and function.
    name: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonDifference {
    field: String,
    reference: Option<String>,
    candidate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    excused_by: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonRow {
    mark: JsonMark,
    reference: Option<JsonEvent>,
    candidate: Option<JsonEvent>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum JsonMark {
    Equal,
    Known,
    Divergent,
    After,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonEvent {
    event_idx: u64,
    line: u64,
    name: String,
    /// What it says, as it is compared.
    canonical: String,
    /// The line as it stands.
    raw: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonLane {
    /// What the logs call the two.
    names: JsonPair<String>,
    processes: JsonPair<Option<u32>>,
    tids: JsonPair<i64>,
    evidence: String,
    events: JsonPair<u64>,
    /// How many events are aligned; the others are floats, repeats and engine-local.
    aligned: JsonPair<u64>,
    /// Pairs of events that are equal before the first divergence.
    matched: u64,
    /// Pairs of events that are equal in all.
    equal: u64,
    /// How many divergences of these lanes are known.
    known: u64,
    /// Whether the rest was compared as a set, together with that of other threads: scheduling.
    exchanged: bool,
    ends: JsonPair<String>,
    /// The class of the first divergence.
    class: Option<String>,
    /// The first divergence, if it is an origin, by its place in `origins`.
    origin: Option<usize>,
    /// The origin that the first divergence follows from, if it is none itself.
    follows_from: Option<usize>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonUnpaired {
    side: JsonSide,
    name: String,
    process: Option<u32>,
    tid: i64,
    events: u64,
    first: Option<JsonSite>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonExcused {
    rule: String,
    action: String,
    why: String,
    file: String,
    line: Option<u64>,
    /// Differences between events that count as equal.
    differences: u64,
    /// Events, or rounds of a loop, taken out of the lanes.
    left_out: JsonPair<u64>,
    example: Option<JsonPair<JsonSite>>,
}

/// A rule of a profile's file that no event of either log matched, or a pattern of one.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonUnmatched {
    rule: String,
    file: String,
    line: Option<u64>,
    /// The pattern, if other patterns of the rule matched events: `kind kernel.retrun`.
    pattern: Option<String>,
    /// The kind or the name that may have been meant.
    meant: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JsonNotCompared {
    what: String,
    why: String,
    counts: JsonPair<u64>,
    /// For lines without an event: `expected`, `worth a look` or `loses events`.
    severity: Option<String>,
    /// What can be done about such lines.
    fix: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JsonUnseen {
    /// The rule that says what the other log can record.
    rule: String,
    why: String,
    /// Events that were not compared.
    events: JsonPair<u64>,
    /// Fields of compared events that were not.
    fields: JsonPair<u64>,
    what: Vec<JsonSort>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonSort {
    what: String,
    counts: JsonPair<u64>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JsonInput {
    files: Vec<String>,
    format: String,
    engine: Option<String>,
    lines: u64,
    bytes: u64,
    events: u64,
    lanes: u64,
    faults: Vec<JsonFault>,
    /// What is to be said of the log as a whole.
    notices: Vec<JsonNotice>,
}

/// What is to be said of a log as a whole.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JsonNotice {
    what: String,
    /// `worth a look` or `loses events`.
    severity: String,
    fix: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JsonFault {
    kind: String,
    count: u64,
    file: String,
    line: Option<u64>,
    detail: String,
    hint: String,
}

/// Writes the report, indented.
///
/// # Errors
/// What `out` says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_json(&wire(report), out)
}

/// Returns the JSON schema of the format.
pub fn schema() -> String {
    let schema = schemars::schema_for!(JsonReport);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

/// Returns the report as it is written.
pub(crate) fn wire(report: &Report) -> JsonReport {
    JsonReport {
        format_version: FORMAT_VERSION,
        verdict: report.verdict.into(),
        doubts: report.doubts.clone(),
        profile: profile(&report.profile),
        origins: report.origins.iter().map(finding).collect(),
        consequences: report.consequences.iter().map(finding).collect(),
        known: report.known.iter().map(known).collect(),
        waivers: report.waivers.iter().map(waiver).collect(),
        lanes: report.lanes.iter().map(lane).collect(),
        unpaired: report.unpaired.iter().map(unpaired).collect(),
        excused: report.excused.iter().map(excused).collect(),
        unmatched: report.unmatched.iter().map(unmatched).collect(),
        not_compared: report.not_compared.iter().map(not_compared).collect(),
        unseen: report.unseen.iter().map(unseen).collect(),
        inputs: report.inputs.as_ref().map(input).into(),
        matched: report.matched,
    }
}

/// As it is written.
pub(crate) fn profile(profile: &report::ProfileUsed) -> JsonProfile {
    JsonProfile {
        name: profile.name.clone(),
        chain: profile.chain.clone(),
        without: profile.without.clone(),
    }
}

fn unmatched(unmatched: &report::Unmatched) -> JsonUnmatched {
    JsonUnmatched {
        rule: unmatched.rule.clone(),
        file: unmatched.file.clone(),
        line: unmatched.line,
        pattern: unmatched.pattern.clone(),
        meant: unmatched.meant.clone(),
    }
}

/// As it is written.
pub(crate) fn not_compared(entry: &report::NotCompared) -> JsonNotCompared {
    JsonNotCompared {
        what: entry.what.clone(),
        why: entry.why.clone(),
        counts: entry.counts.into(),
        severity: entry.skip.map(|skip| skip.severity.name().to_owned()),
        fix: entry.skip.and_then(|skip| skip.fix).map(str::to_owned),
    }
}

/// Returns a finding as it is written.
pub(crate) fn finding(finding: &report::Finding) -> JsonFinding {
    JsonFinding {
        class: finding.class.name().to_owned(),
        summary: finding.summary.clone(),
        sites: finding.sites.iter().take(3).map(site).collect(),
        differences: finding
            .differences
            .iter()
            .map(|difference| JsonDifference {
                field: difference.field.clone(),
                reference: difference.values.reference.clone(),
                candidate: difference.values.candidate.clone(),
                excused_by: difference.excused_by.clone(),
            })
            .collect(),
        context: finding
            .context
            .iter()
            .map(|row| JsonRow {
                mark: match row.mark {
                    Mark::Equal => JsonMark::Equal,
                    Mark::Known => JsonMark::Known,
                    Mark::Divergent => JsonMark::Divergent,
                    Mark::After => JsonMark::After,
                },
                reference: row.events.reference.as_ref().map(event),
                candidate: row.events.candidate.as_ref().map(event),
            })
            .collect(),
        histories: finding
            .histories
            .iter()
            .map(|history| JsonHistory {
                side: history.side.into(),
                created: site(&history.created),
                destroyed: history.destroyed.as_ref().map(site),
                partner: history.partner.as_ref().map(site),
            })
            .collect(),
        lane: finding.lane,
        follows_from: finding.follows_from,
        follows_known: finding.follows_known,
    }
}

fn known(known: &report::Known) -> JsonKnown {
    JsonKnown {
        waiver: known.waiver.clone(),
        bug: known.bug.clone(),
        count: known.count,
        finding: JsonFinding { context: Vec::new(), ..finding(&known.finding) },
    }
}

fn waiver(waiver: &report::WaiverUsed) -> JsonWaiver {
    JsonWaiver {
        id: waiver.id.clone(),
        bug: waiver.bug.clone(),
        why: waiver.why.clone(),
        expires: waiver.expires.clone(),
        file: waiver.file.clone(),
        line: waiver.line,
        state: waiver.state.name().to_owned(),
        count: waiver.count,
    }
}

/// As it is written.
pub(crate) fn site(site: &report::Site) -> JsonSite {
    JsonSite {
        side: site.side.into(),
        process: site.process,
        tid: site.tid,
        lane: site.lane.clone(),
        event_idx: site.event_idx,
        file: site.file.clone(),
        line: site.line,
        name: site.name.clone(),
    }
}

fn event(event: &report::EventView) -> JsonEvent {
    JsonEvent {
        event_idx: event.event_idx,
        line: event.line,
        name: event.name.clone(),
        canonical: event.canonical.clone(),
        raw: event.raw.clone(),
    }
}

fn lane(lane: &report::LanePair) -> JsonLane {
    JsonLane {
        names: lane.names.clone().into(),
        processes: lane.processes.into(),
        tids: lane.tids.into(),
        evidence: lane.evidence.clone(),
        events: lane.events.into(),
        aligned: lane.aligned.into(),
        matched: lane.matched,
        equal: lane.equal,
        known: lane.known,
        exchanged: lane.exchanged,
        ends: lane.ends.map(|end| end.name().to_owned()).into(),
        class: lane.class.map(|class| class.name().to_owned()),
        origin: lane.finding,
        follows_from: lane.follows_from,
    }
}

fn unpaired(lane: &report::Unpaired) -> JsonUnpaired {
    JsonUnpaired {
        side: lane.side.into(),
        name: lane.name.clone(),
        process: lane.process,
        tid: lane.tid,
        events: lane.events,
        first: lane.first.as_ref().map(site),
    }
}

fn excused(excused: &report::Excused) -> JsonExcused {
    JsonExcused {
        rule: excused.rule.clone(),
        action: excused.action.to_owned(),
        why: excused.why.clone(),
        file: excused.file.clone(),
        line: excused.line,
        differences: excused.differences,
        left_out: excused.left_out.into(),
        example: excused.example.as_ref().map(|example| example.as_ref().map(site).into()),
    }
}

/// As it is written.
pub(crate) fn unseen(unseen: &report::UnseenBy) -> JsonUnseen {
    let sort = |(what, counts): &(String, Pair<u64>)| JsonSort {
        what: what.clone(),
        counts: (*counts).into(),
    };
    JsonUnseen {
        rule: unseen.rule.clone(),
        why: unseen.why.clone(),
        events: unseen.events.into(),
        fields: unseen.fields.into(),
        what: unseen.what.iter().map(sort).collect(),
    }
}

/// As it is written.
pub(crate) fn notice(notice: &Notice) -> JsonNotice {
    JsonNotice {
        what: notice.what.clone().into_owned(),
        severity: notice.severity.name().to_owned(),
        fix: notice.fix.clone().into_owned(),
    }
}

/// As it is written.
pub(crate) fn input(input: &report::Input) -> JsonInput {
    JsonInput {
        files: input.files.clone(),
        format: input.format.to_owned(),
        engine: input.engine.clone(),
        lines: input.lines,
        bytes: input.bytes,
        events: input.events,
        lanes: input.lanes,
        faults: input
            .faults
            .iter()
            .map(|fault| JsonFault {
                kind: fault.kind.to_owned(),
                count: fault.count,
                file: fault.file.clone(),
                line: fault.line,
                detail: fault.detail.clone(),
                hint: fault.hint.to_owned(),
            })
            .collect(),
        notices: input.notices.iter().map(notice).collect(),
    }
}
