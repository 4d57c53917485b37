//! The report: plain data, and the document that is made of it.
//!
//! Same input, same bytes: everything here is in an order that the two logs and the profile decide.

mod answer;
pub mod build;
mod checks;
mod document;
mod first_screen;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use document::{
    doubts, hidden_summary, inputs, next, not_compared, site_line, spot, start_here, thread_name,
};

use crate::align::tail::Tail;
use crate::class::Class;
use crate::pair::{Pair, Side};
use crate::trace::skip::Severity;
use crate::trace::warning::LogWarning;

/// What came of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything was compared, and nothing differs but what rules excuse.
    Identical,
    /// The logs agree as far as they go, and that is not to the program's end; it was asked for.
    Prefix,
    /// The candidate behaves differently.
    Diverged,
    /// No difference was found, but not everything was compared.
    Inconclusive,
}

impl Verdict {
    /// Returns the word that reports and scripts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Prefix => "prefix",
            Self::Diverged => "diverged",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// A report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// What came of the comparison.
    pub verdict: Verdict,
    /// What keeps the logs from being called identical, though no difference was found.
    pub doubts: Vec<String>,
    /// The rules in force.
    pub profile: ProfileUsed,
    /// What differs by itself, the place to start first.
    pub origins: Vec<FindingView>,
    /// What differs because something else does.
    pub consequences: Vec<FindingView>,
    /// What differs and is known: it does not make the candidate diverged.
    pub known: Vec<WaivedFinding>,
    /// Every waiver of the profile, and what became of it.
    pub waivers: Vec<WaiverUsed>,
    /// The pairs of lanes.
    pub lanes: Vec<LanePair>,
    /// Lanes without a partner.
    pub unpaired: Vec<Unpaired>,
    /// What rules excused.
    pub excused: Vec<Excused>,
    /// What clean runs excused, if there were any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clean_runs: Option<CleanRuns>,
    /// How much each rule of the profile excused, in the profile's order.
    #[serde(skip)]
    pub spent: Vec<RuleUsage>,
    /// The user's own rules that no event matched, and their words that are slips.
    pub unmatched: Vec<Unmatched>,
    /// What was not compared at all.
    pub not_compared: Vec<NotCompared>,
    /// What was not compared because the other log cannot record it, by rule.
    pub unseen: Vec<HiddenByRule>,
    /// The logs.
    pub inputs: Pair<Input>,
    /// Pairs of events that are equal.
    pub matched: u64,
    /// The commands that help further. Whoever knows the command line adds them.
    pub next: Vec<NextCommand>,
    /// Events of the reference that are to be compared.
    #[serde(skip)]
    pub n_to_compare: u64,
    /// What would settle a verdict that is inconclusive, if one thing would.
    #[serde(skip)]
    pub settled_by: Option<Settled>,
}

/// What would settle an inconclusive verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Further runs of the reference's engine.
    CleanRuns,
    /// To let logs pass that are both cut.
    AllowPrefix,
}

/// The profile of a comparison.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProfileUsed {
    /// Its name.
    pub name: String,
    /// The files that it is made of.
    pub chain: Vec<String>,
    /// The rules that were switched off.
    pub without: Vec<String>,
}

/// One log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Input {
    /// Its files.
    pub files: Vec<String>,
    /// Its format.
    pub format: &'static str,
    /// The engine that wrote it, if it says so.
    pub engine: Option<String>,
    /// How many lines it has.
    pub lines: u64,
    /// How many bytes, after decompression.
    pub bytes: u64,
    /// How many events.
    pub events: u64,
    /// How many lanes.
    pub lanes: u64,
    /// What is wrong with it.
    pub faults: Vec<InputFault>,
    /// What is to be said of it as a whole.
    pub notices: Vec<LogWarning>,
}

/// One kind of fault of a log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InputFault {
    /// Its kind.
    pub kind: &'static str,
    /// How often.
    pub count: u64,
    /// The file of the first.
    pub file: String,
    /// The line of the first, counted from 1.
    pub line: Option<u64>,
    /// What was found there.
    pub detail: String,
    /// What can be done about it.
    pub hint: &'static str,
}

/// A place in one of the logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Site {
    /// Which log.
    pub side: Side,
    /// The process, where the log distinguishes processes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<u32>,
    /// The thread.
    pub tid: i64,
    /// The lane, as readers of the log know it.
    pub lane: String,
    /// The index that the log gives the event; in a format without, its place in the lane from 0.
    pub event_idx: u64,
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// The event's kind and function.
    pub name: String,
}

/// A field that differs, or would without a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldDifference {
    /// The field.
    pub field: String,
    /// What each side has there; none if it has no such field.
    #[serde(flatten)]
    pub values: Pair<Option<String>>,
    /// The rule that excuses it, if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excused_by: Option<String>,
}

/// Something that differs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FindingView {
    /// What kind of divergence it is.
    pub class: Class,
    /// What happened, in a sentence without its full stop.
    pub summary: String,
    /// Where: at most three places.
    pub sites: Vec<Site>,
    /// Which fields differ.
    pub differences: Vec<FieldDifference>,
    /// What surrounds it, on both sides.
    pub context: Vec<ContextRow>,
    /// What the logs say between the call that returns something else and its return, in lines that are no events.
    pub messages: Vec<Message>,
    /// The objects that it is about.
    pub histories: Vec<ObjectHistory>,
    /// The objects that its events name; of the first findings only.
    pub objects: Vec<NamedObject>,
    /// Whether the reference never shows such an event, or such an end of a call: it stands before what noise
    /// may make.
    pub is_new: bool,
    /// Whether there are too many findings to show what surrounds this one.
    #[serde(skip)]
    pub is_abridged: bool,
    /// The pair of lanes, by its place in the report.
    pub lane: Option<usize>,
    /// The origin that a consequence follows from, by its place in the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows_from: Option<usize>,
    /// The known divergence that a consequence follows from, by its place in the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows_known: Option<usize>,
}

impl FindingView {
    /// Returns where to look first: the candidate's place, or the only one.
    pub fn site(&self) -> Option<&Site> {
        self.sites.iter().find(|site| site.side == Side::Candidate).or(self.sites.first())
    }
}

/// A divergence that a waiver is about.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WaivedFinding {
    /// The waiver.
    pub waiver: String,
    /// The bug that it stands for.
    pub bug: String,
    /// How many such divergences there are.
    pub count: u64,
    /// What differs; the first of its kind in its pair of lanes, without context.
    pub finding: FindingView,
}

/// What became of a waiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WaiverState {
    /// Something is known by it.
    Used,
    /// It holds, and nothing is known by it.
    Stale,
    /// It does not hold any more.
    Expired,
}

impl WaiverState {
    /// Returns the word that reports and scripts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Stale => "stale",
            Self::Expired => "expired",
        }
    }
}

/// A waiver of the profile.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WaiverUsed {
    /// Its name.
    pub id: String,
    /// The bug that it stands for.
    pub bug: String,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The last day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The file that holds it, and the line.
    pub file: String,
    /// The line of the waiver, counted from 1.
    pub line: Option<u64>,
    /// What became of it.
    pub state: WaiverState,
    /// How many divergences are known by it.
    pub count: u64,
}

/// What became of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ObjectHistory {
    /// Which log.
    pub side: Side,
    /// Where it was created.
    pub created: Site,
    /// Where it was destroyed.
    pub destroyed: Option<Site>,
    /// Where the other side creates the object that corresponds to it.
    pub partner: Option<Site>,
}

/// An object that an event names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NamedObject {
    /// Whose event names it.
    pub side: Side,
    /// What the profile calls such names.
    pub space: String,
    /// The name, as a number.
    pub value: u64,
    /// What became of it, and of the object that corresponds to it in the other log.
    pub lives: Pair<Option<ObjectLife>>,
}

/// When an object lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ObjectLife {
    /// Where it is created.
    pub created: Site,
    /// Where it is destroyed.
    pub destroyed: Option<Site>,
}

/// One row of context: the events that are aligned.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ContextRow {
    /// What the row is.
    pub mark: Mark,
    /// The events.
    #[serde(flatten)]
    pub events: Pair<Option<EventView>>,
}

/// What a row of context is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Both events count as equal.
    Equal,
    /// The events differ, and a waiver is about that.
    Known,
    /// This is the divergence.
    Divergent,
    /// What follows; it is not aligned.
    After,
}

/// One event of the context.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventView {
    /// The index that the log gives it.
    pub event_idx: u64,
    /// The line, counted from 1.
    pub line: u64,
    /// Its kind and function.
    pub name: String,
    /// What it says, as it is compared.
    pub canonical: String,
    /// The line as it is.
    pub raw: String,
    /// Its fields as they are compared.
    #[serde(skip)]
    pub fields: Vec<(String, String)>,
}

/// A line of a log that is no event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Message {
    /// Which log.
    pub side: Side,
    /// The line, counted from 1.
    pub line: u64,
    /// The line as it is.
    pub text: String,
}

/// A command that helps further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NextCommand {
    /// What it shows.
    pub purpose: &'static str,
    /// The command, ready to paste into a shell.
    pub command: String,
}

/// One pair of lanes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LanePair {
    /// What the logs call them.
    pub names: Pair<String>,
    /// The processes, where the logs distinguish them.
    pub processes: Pair<Option<u32>>,
    /// The threads.
    pub tids: Pair<i64>,
    /// Why they are taken for one thread.
    pub evidence: String,
    /// Whether that is less than one would wish.
    #[serde(skip)]
    pub is_doubtful: bool,
    /// How many events each has.
    pub events: Pair<u64>,
    /// How many of them are aligned; the others are floats, repeats and engine-local.
    pub aligned: Pair<u64>,
    /// How many pairs are equal before the first divergence.
    pub matched: u64,
    /// How many pairs are equal in all.
    pub equal: u64,
    /// How many divergences of these lanes are known.
    pub known: u64,
    /// Whether the rest was compared as a set, together with that of other threads.
    pub exchanged: bool,
    /// How each ended.
    pub ends: Pair<Tail>,
    /// The class of the first divergence.
    pub class: Option<Class>,
    /// The first divergence, if it is an origin, by its place in the report.
    #[serde(rename = "origin")]
    pub finding: Option<usize>,
    /// The origin that the first divergence follows from, if it is none itself.
    pub follows_from: Option<usize>,
    /// Which of the candidate's aligned events parts.
    #[serde(skip)]
    pub parts_at: Option<usize>,
}

/// A lane without a partner.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Unpaired {
    /// Which log has it.
    pub side: Side,
    /// What the log calls it.
    pub name: String,
    /// The process, where the log distinguishes processes.
    pub process: Option<u32>,
    /// The thread.
    pub tid: i64,
    /// How many events it has.
    pub events: u64,
    /// Its first event.
    pub first: Option<Site>,
}

/// How much a rule excused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleUsage {
    /// Differences between events that count as equal.
    pub differences: u64,
    /// Events, or rounds of a loop, that were taken out of the lanes of each side.
    pub left_out: Pair<u64>,
}

impl RuleUsage {
    /// Returns what a budget counts: differences and events, those of both sides.
    pub fn sum(&self) -> u64 {
        self.differences + self.left_out.reference + self.left_out.candidate
    }
}

/// What clean runs of the reference's engine excused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CleanRuns {
    /// Their files.
    pub runs: Vec<String>,
    /// How many findings stand where the runs differ from the reference too, with values of the same kind.
    pub excused: u64,
}

/// What a rule excused.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Excused {
    /// The rule.
    pub rule: String,
    /// What kind of rule it is: skip, identity, float, …
    pub action: &'static str,
    /// Why a correct engine may differ there.
    pub why: String,
    /// The file that holds the rule, and the line.
    pub file: String,
    /// The line of the rule, counted from 1.
    pub line: Option<u64>,
    /// How many differences between events that count as equal.
    pub differences: u64,
    /// How many events, or rounds of a loop, left each side.
    pub left_out: Pair<u64>,
    /// The first pair of events where it did.
    pub example: Option<Pair<Site>>,
}

/// A rule of the user's own that no event matched, or a pattern of one that is a slip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unmatched {
    /// The rule.
    pub rule: String,
    /// The file that holds it.
    pub file: String,
    /// The line of the rule, counted from 1.
    pub line: Option<u64>,
    /// The pattern, if other patterns of the rule matched events: `kind kernel.retrun`.
    pub pattern: Option<String>,
    /// What may have been meant.
    pub meant: Option<String>,
}

impl Unmatched {
    /// Returns what no event matched and what may have been meant, as a sentence.
    pub fn shown(&self) -> String {
        let meant = self.meant.as_ref().map(|meant| format!("did you mean `{meant}`?"));
        match (&self.pattern, meant) {
            (Some(pattern), meant) => {
                format!("no event is of the {pattern}; {}", meant.unwrap_or_default())
            }
            (None, Some(meant)) => meant,
            (None, None) => String::new(),
        }
    }
}

/// What was not compared because the other log cannot record it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HiddenByRule {
    /// The rule that says so.
    pub rule: String,
    /// Why the other log cannot record it.
    pub why: String,
    /// How many events each side has of that sort.
    pub events: Pair<u64>,
    /// How many fields of compared events.
    pub fields: Pair<u64>,
    /// Which events and fields those are, those first that are most.
    pub what: Vec<HiddenSort>,
}

/// A sort of events or fields that the other log cannot record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HiddenSort {
    /// What they are.
    pub what: String,
    /// How many each side has.
    pub counts: Pair<u64>,
}

/// What was not compared at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotCompared {
    /// What it is.
    pub what: String,
    /// Why.
    pub why: String,
    /// How much of it each side has.
    pub counts: Pair<u64>,
    /// For lines without an event: how much that matters.
    pub severity: Option<Severity>,
    /// What can be done about such lines.
    pub fix: Option<&'static str>,
}
