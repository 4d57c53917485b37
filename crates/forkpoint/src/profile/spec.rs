//! A profile as a person writes it: TOML, kebab-case, every rule with an `id` and a `why`.
//!
//! It is over 700 lines because every key is explained where it stands; docs/profiles.md is written
//! from here.
//!
//! Invariant: nothing is defaulted silently that a reader of the file would be surprised by; an
//! unknown key is an error.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// A profile file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProfileSpec {
    /// The profile's name.
    pub name: String,
    /// What it is for, in a sentence.
    pub about: String,
    /// The built-in profile or the file whose rules come first. A rule here that has the id of
    /// one there takes its place.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub extends: Option<Spanned<String>>,
    /// Ids of rules of the extended profile that do not hold here.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub without: Vec<Spanned<String>>,
    /// What is compared at all.
    #[serde(default)]
    pub compare: CompareSpec,
    /// Which kinds of event mean what.
    #[serde(default)]
    pub roles: RolesSpec,
    /// How shared objects are recognised.
    #[serde(default)]
    pub shared: Option<SharedSpec>,
    /// Where the types of arguments and results are known from.
    #[serde(default)]
    pub signatures: Option<SignaturesSpec>,
    /// How the lines of a log are read that has a format of its own.
    #[serde(default)]
    pub adapter: Option<AdapterSpec>,
    /// Fields that are left out.
    #[serde(default)]
    #[schemars(with = "Vec<SkipSpec>")]
    pub skip: Vec<Spanned<SkipSpec>>,
    /// Fields that hold an object's name.
    #[serde(default)]
    #[schemars(with = "Vec<IdentitySpec>")]
    pub identity: Vec<Spanned<IdentitySpec>>,
    /// Fields of which only the low bits are meant.
    #[serde(default)]
    #[schemars(with = "Vec<LowBitsSpec>")]
    pub low_bits: Vec<Spanned<LowBitsSpec>>,
    /// Fields of which only the truth or the sign is meant.
    #[serde(default)]
    #[schemars(with = "Vec<CoarseSpec>")]
    pub coarse: Vec<Spanned<CoarseSpec>>,
    /// Fields that may differ by a constant.
    #[serde(default)]
    #[schemars(with = "Vec<AffineSpec>")]
    pub affine: Vec<Spanned<AffineSpec>>,
    /// Texts that hold addresses.
    #[serde(default)]
    #[schemars(with = "Vec<TextSpec>")]
    pub text: Vec<Spanned<TextSpec>>,
    /// Events whose thread or presence is scheduling.
    #[serde(default)]
    #[schemars(with = "Vec<FloatSpec>")]
    pub float: Vec<Spanned<FloatSpec>>,
    /// Calls that an engine passes on to the same function.
    #[serde(default)]
    #[schemars(with = "Vec<NestedSpec>")]
    pub nested: Vec<Spanned<NestedSpec>>,
    /// Loops whose count is scheduling.
    #[serde(default)]
    #[schemars(with = "Vec<ElasticSpec>")]
    pub elastic: Vec<Spanned<ElasticSpec>>,
    /// Which of several references is the one to ask.
    #[serde(default)]
    #[schemars(with = "Vec<AuthoritySpec>")]
    pub authority: Vec<Spanned<AuthoritySpec>>,
    /// What some logs are able to record at all.
    #[serde(default)]
    #[schemars(with = "Vec<VisibleSpec>")]
    pub visible: Vec<Spanned<VisibleSpec>>,
    /// Kinds that one engine writes for itself.
    #[serde(default)]
    #[schemars(with = "Vec<LocalSpec>")]
    pub local: Vec<Spanned<LocalSpec>>,
    /// Threads that may take one another's work.
    #[serde(default)]
    #[schemars(with = "Vec<ExchangeSpec>")]
    pub exchange: Vec<Spanned<ExchangeSpec>>,
    /// Differences that are excused where they stand.
    #[serde(default)]
    #[schemars(with = "Vec<AbsorbSpec>")]
    pub absorb: Vec<Spanned<AbsorbSpec>>,
    /// What functions are called in the comparison.
    #[serde(default)]
    #[schemars(with = "Vec<VariantSpec>")]
    pub variant: Vec<Spanned<VariantSpec>>,
    /// What is worth saying about values that the candidate returns.
    #[serde(default)]
    pub remark: Vec<RemarkSpec>,
    /// What the errors that functions return are called.
    #[serde(default)]
    #[schemars(with = "Vec<ErrorNamesSpec>")]
    pub error_names: Vec<Spanned<ErrorNamesSpec>>,
    /// Divergences that are known.
    #[serde(default)]
    #[schemars(with = "Vec<WaiverSpec>")]
    pub waiver: Vec<Spanned<WaiverSpec>>,
}

/// How the lines of a log are read that has a format of its own: one event a line. A line that no
/// pattern matches is damaged.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AdapterSpec {
    /// Regular expressions, the first that matches counts. Named groups say what is what: `kind`, `pid`,
    /// `tid`, `name`, `clock`, `ret` (becomes the field `return_value`) and `arg.ANYTHING` (becomes
    /// `args.ANYTHING`).
    #[schemars(with = "Many")]
    pub pattern: Spanned<Many>,
    /// Regular expressions of lines that hold no event; they are counted.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub skip: Option<Spanned<Many>>,
    /// The kind of an event, where no group tells it.
    #[serde(default = "AdapterSpec::kind")]
    pub kind: String,
    /// Groups that are hexadecimal numbers, with or without `0x`; `*` stands for anything. All others
    /// are text; of `pid` and `tid`, decimal numbers.
    #[serde(default)]
    pub hex: Many,
    /// Groups that are decimal numbers, even where `hex` names them too.
    #[serde(default)]
    pub decimal: Many,
    /// What the clock counts.
    #[serde(default)]
    pub clock: ClockUnit,
}

impl AdapterSpec {
    fn kind() -> String {
        "event".to_owned()
    }
}

/// What a clock counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClockUnit {
    /// Seconds, with a fraction or without, or `HH:MM:SS`.
    #[default]
    Seconds,
    /// Thousandths.
    Milliseconds,
    /// Millionths.
    Microseconds,
    /// Billionths.
    Nanoseconds,
}

/// A divergence that is known. It is told as such, and does not by itself make the candidate
/// diverged. Of a gap, all events must be what the waiver is about; lanes that do not meet again
/// cannot be waived.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WaiverSpec {
    /// The waiver's name.
    pub id: String,
    /// The bug: text, or where it is written down.
    pub bug: String,
    /// What else there is to say.
    #[serde(default)]
    pub why: Option<String>,
    /// The last day on which it holds, such as 2027-01-31. Without, it holds for ever.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub expires: Option<Spanned<toml::Value>>,
    /// The classes of divergence it is about; `forkpoint help classes` tells them. Without, all.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub class: Option<Spanned<Many>>,
    /// The kinds of event it is about; `*` stands for anything. A kind or a name must be told.
    #[serde(default)]
    pub kind: Many,
    /// The functions it is about; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The fields that may differ: `return_value`, `args.*`. Without, all.
    #[serde(default)]
    pub fields: Many,
    /// The values that the reference has there, if only these are known; `(absent)` for no value.
    #[serde(default)]
    pub reference: Many,
    /// The values that the candidate has there.
    #[serde(default)]
    pub candidate: Many,
}

/// What a function is called in the comparison: one name for what two engines call differently, several
/// for a function that does several things. The first that holds counts; rules and roles go by the
/// new name. It excuses nothing. It is for formats of system calls and for those of text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VariantSpec {
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    pub name: Many,
    /// The payload field that it depends on: `args.op`. An event without it is no such variant.
    #[serde(default)]
    pub field: Option<String>,
    /// With `field`: what that must be like; `*` stands for anything.
    #[serde(default)]
    pub like: Many,
    /// With `field`: what that must not be like.
    #[serde(default)]
    pub unlike: Many,
    /// With `field`: another field that it must equal.
    #[serde(default)]
    pub same_as: Option<String>,
    /// Further conditions, each with a field of its own; all must hold.
    #[serde(default)]
    pub also: Vec<ConditionSpec>,
    /// What it is called. A `+` stands for the function's own name: `+.number`.
    pub called: String,
}

/// What a field must be like.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConditionSpec {
    /// The payload field: `args.flags`.
    #[serde(default)]
    pub field: Option<String>,
    /// What it must be like; `*` stands for anything.
    #[serde(default)]
    pub like: Many,
    /// What it must not be like.
    #[serde(default)]
    pub unlike: Many,
    /// Another field that it must equal.
    #[serde(default)]
    pub same_as: Option<String>,
}

/// What is worth saying about a value that the candidate returns where the reference returns
/// another. It excuses nothing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RemarkSpec {
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The values.
    #[schemars(with = "Many")]
    pub values: Spanned<Many>,
    /// What to say.
    pub says: String,
}

/// What the errors that functions return are called. The first table that is about a function counts. Where a
/// function fails with 0 or -1 and the next call of its thread is an echo, that is quoted. It excuses nothing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ErrorNamesSpec {
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The table of names that comes with the program: `ntstatus`, `hresult` or `win32`.
    pub table: String,
}

/// What is compared at all. What is not said here is as in the extended profile.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CompareSpec {
    /// Whether an event's index within its thread must be equal.
    #[serde(default)]
    pub index: Option<bool>,
    /// How many events in a row must be equal to be taken for agreement again after a divergence;
    /// 2 or more.
    #[serde(default)]
    #[schemars(with = "Option<usize>")]
    pub resync_anchor: Option<Spanned<usize>>,
    /// How many events either lane may skip to agree again.
    #[serde(default)]
    #[schemars(with = "Option<usize>")]
    pub resync_window: Option<Spanned<usize>>,
    /// After so many gaps a lane is not followed any further.
    #[serde(default)]
    #[schemars(with = "Option<usize>")]
    pub resync_gaps: Option<Spanned<usize>>,
    /// Whether the engines print addresses in decimal too, so that a decimal number may be one.
    #[serde(default)]
    pub decimal_addresses: Option<bool>,
}

/// What an event does to the object that a field names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// It comes to be; the name is its own from here on.
    Creates,
    /// It goes away; the name is free again.
    Destroys,
    /// It is used.
    #[default]
    Uses,
    /// A thread waits for it.
    Waits,
    /// Whoever waits for it is woken.
    Signals,
}

/// Which kinds of event mean what. What is not said here is as in the extended profile.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RolesSpec {
    /// A function is entered.
    #[serde(default)]
    pub call: Option<Vec<String>>,
    /// A function returns.
    #[serde(default, rename = "return")]
    pub returns: Option<Vec<String>>,
    /// A thread is created.
    #[serde(default)]
    pub spawn: Option<Vec<String>>,
    /// A program begins: a log that begins with such an event shows its end too, or was cut.
    #[serde(default)]
    pub start: Option<Vec<String>>,
    /// Calls that end the whole process; they are among `exit`.
    #[serde(default)]
    pub end: Option<Vec<String>>,
    /// A thread ends.
    #[serde(default)]
    pub exit: Option<Vec<String>>,
    /// A wait begins.
    #[serde(default)]
    pub wait: Option<Vec<String>>,
    /// A wait ends.
    #[serde(default)]
    pub wake: Option<Vec<String>>,
    /// A function is entered and returns, in one event: `args` are its arguments.
    #[serde(default)]
    pub whole: Option<Vec<String>>,
    /// Calls that last until an object is signalled or something else happens: a thread that ends in one
    /// is blocked, and not cut.
    #[serde(default)]
    pub blocking: Option<Vec<String>>,
    /// Calls that create a process: the log may hold several.
    #[serde(default)]
    pub new_process: Option<Vec<String>>,
    /// A function returns what an earlier call left behind, such as its error: where it differs, the
    /// earlier call is to blame.
    #[serde(default)]
    pub echo: Option<Vec<String>>,
    /// An event tells the state that it finds, such as an instruction and the registers before it: where
    /// it differs, the event before did it.
    #[serde(default)]
    pub state: Option<Vec<String>>,
}

/// How an object that several threads share is recognised from its creation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SharedSpec {
    /// The kind of event that creates it.
    pub kind: String,
    /// The payload field with its semantic id.
    pub id: String,
    /// The payload field with the guest pointer that the id is made from.
    pub pointer: String,
    /// The payload field with the object type that the id is made from.
    pub object_type: String,
}

/// Where the types of arguments and results are known from.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignaturesSpec {
    /// The table of functions that comes with the program.
    #[schemars(with = "String")]
    pub table: Spanned<String>,
    /// The payload field with the arguments, by their places from 0.
    pub arguments: String,
    /// The payload field with what a function returns.
    pub result: String,
}

/// One or several strings.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Many {
    /// Nothing was said.
    #[default]
    Any,
    /// One.
    One(String),
    /// Several, each as good as the others.
    Several(Vec<String>),
}

impl Many {
    /// Returns the strings; none when nothing was said.
    pub fn list(&self) -> Vec<&str> {
        match self {
            Self::Any => Vec::new(),
            Self::One(one) => vec![one],
            Self::Several(several) => several.iter().map(String::as_str).collect(),
        }
    }
}

/// A field, or some, that are left out of the comparison.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SkipSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// Payload fields: `status`, `args.r3`, `args.*`.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub fields: Option<Spanned<Many>>,
    /// Instead of fields: arguments and results of these types, by the profile's signatures.
    #[serde(default, rename = "type")]
    #[schemars(with = "Option<Many>")]
    pub types: Option<Spanned<Many>>,
    /// Only values in these ranges are left out; without it, all are.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub values: Option<Spanned<Many>>,
    /// Only texts like these are left out; `*` stands for anything.
    #[serde(default)]
    pub like: Many,
    /// What the field names: a word of your own, such as `handle`; names of one kind are followed
    /// from creation to use.
    #[serde(default)]
    pub names: Option<String>,
    /// What the event does to it.
    #[serde(default)]
    pub does: Does,
}

/// Which contradictions count where objects are inferred from their uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Inferred {
    /// Every one: a name that stands for one object stands for no other until it is destroyed.
    OneToOne,
    /// Those where both names stand for other objects elsewhere: what lies on a stack lies there for a
    /// while only.
    Corroborated,
}

/// A field that holds an object's name: a handle, an address, a thread id.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IdentitySpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The functions it does not hold for, though `name` or a type means them.
    #[serde(default)]
    pub except: Many,
    /// Payload fields: `status`, `args.r3`, `args.*`.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub fields: Option<Spanned<Many>>,
    /// Instead of fields: arguments and results of these types, by the profile's signatures.
    #[serde(default, rename = "type")]
    #[schemars(with = "Option<Many>")]
    pub types: Option<Spanned<Many>>,
    /// Values that name no object and are compared as they stand: `0`, `0xc0000001..0xc0000fff`.
    /// Null, an empty string and false never name one.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub failure: Option<Spanned<Many>>,
    /// Only values in these ranges name an object; without it, all do that are no failure.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub objects: Option<Spanned<Many>>,
    /// Only text names an object (`"0xf8000010"`); a number is a number.
    #[serde(default)]
    pub text_only: bool,
    /// Only a number that is written in hexadecimal names an object; see `decimal-addresses`.
    #[serde(default)]
    pub hex_only: bool,
    /// A list or a structure stands for the address where it lies, which another engine shows instead. Without
    /// it, a list or a structure names nothing; what it holds may.
    #[serde(default)]
    pub contents: bool,
    /// With `names`: the rule by which the thread's last event before this one may name several objects, any
    /// of which may then be named here.
    #[serde(default)]
    pub among: Option<String>,
    /// With `type`: only arguments at these places, counted from 0, and results.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub places: Option<Spanned<Many>>,
    /// With `names`: objects that no event creates are followed too: which of one log is which of the
    /// other is inferred from where both are used.
    #[serde(default)]
    pub inferred: Option<Inferred>,
    /// With `does = "creates"`: the kind of event, before this one in the same thread and of the
    /// same function, and its field, that tell the object's size in bytes: `"kernel.call args.size"`.
    /// Addresses inside it are then followed too.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub size: Option<Spanned<String>>,
    /// What the field names: a word of your own, such as `handle`; names of one kind are followed
    /// from creation to use.
    #[serde(default)]
    pub names: Option<String>,
    /// What the event does to it.
    #[serde(default)]
    pub does: Does,
}

/// A field of which only the low bits are meant.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LowBitsSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The functions it does not hold for, though `name` or a type means them.
    #[serde(default)]
    pub except: Many,
    /// Payload fields: `status`, `args.r3`, `args.*`.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub fields: Option<Spanned<Many>>,
    /// Instead of fields: arguments and results of these types, by the profile's signatures.
    #[serde(default, rename = "type")]
    #[schemars(with = "Option<Many>")]
    pub types: Option<Spanned<Many>>,
    /// How many bits are meant.
    #[schemars(with = "u32")]
    pub bits: Spanned<u32>,
    /// The rule holds only when the value without its high bits is in these ranges.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub values: Option<Spanned<Many>>,
}

/// A number that may differ by a constant, such as a clock that starts elsewhere. The constant is learnt
/// from the first two events of a pair of threads that stand beside each other, and learnt again where
/// the threads have parted; where it changes without that, the clock drifts: a divergence.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AffineSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// Payload fields: `args.cyc`.
    #[schemars(with = "Many")]
    pub fields: Spanned<Many>,
}

/// What is meant of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Meant {
    /// Whether it is zero.
    Truth,
    /// Whether it is below, equal to or above zero.
    Sign,
}

/// A field of 32 bits of which only the truth or the sign is meant; of a structure of numbers, whether any is
/// not zero.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CoarseSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// Payload fields: `status`, `args.r3`, `args.*`.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub fields: Option<Spanned<Many>>,
    /// Instead of fields: arguments and results of these types, by the profile's signatures.
    #[serde(default, rename = "type")]
    #[schemars(with = "Option<Many>")]
    pub types: Option<Spanned<Many>>,
    /// What is meant of it.
    pub meant: Meant,
}

/// A text in which long numbers are addresses: runs of hexadecimal digits that are not all zeros.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TextSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// Payload fields: `status`, `args.r3`, `args.*`.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub fields: Option<Spanned<Many>>,
    /// Instead of fields: arguments and results of these types, by the profile's signatures.
    #[serde(default, rename = "type")]
    #[schemars(with = "Option<Many>")]
    pub types: Option<Spanned<Many>>,
    /// How many digits such a run has, exactly.
    #[schemars(with = "u32")]
    pub hex_digits: Spanned<u32>,
}

/// When an event floats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FloatWhen {
    /// Always.
    #[default]
    Always,
    /// When the object it names is shared by threads.
    Shared,
}

/// What it means that a float is seen on one side only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OneSided {
    /// The other engine never did it: a divergence.
    #[default]
    Diverges,
    /// Its presence is scheduling: excused, and counted.
    Excused,
}

/// Events whose thread or presence is scheduling: taken out of the lanes and compared as sets.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FloatSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The payload field that names the object, if one does.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub object: Option<Spanned<String>>,
    /// When the event floats.
    #[serde(default)]
    pub when: FloatWhen,
    /// What it means that a float is seen on one side only.
    #[serde(default)]
    pub one_sided: OneSided,
    /// Why what such events hold is scheduling too, and is not compared; without it, it is compared.
    #[serde(default)]
    pub any_value: Option<String>,
    /// With `any-value`: only of these kinds of event; without it, of all.
    #[serde(default)]
    pub any_value_kind: Many,
    /// Whether equal ones may stand anywhere: those that both threads have between the same two events are
    /// not compared with each other.
    #[serde(default)]
    pub anywhere: bool,
    /// Whether the events of one thread keep their order among themselves.
    #[serde(default)]
    pub ordered: bool,
    /// The kind of events that go with it when they follow at once in the lane.
    #[serde(default)]
    pub followed_by: Option<String>,
    /// The event that ends what goes with it: all that its lane does from the float up to that event,
    /// such as a signal's handler. Nothing goes with it where another float of the rule comes first.
    #[serde(default)]
    pub until: Option<String>,
    /// What the field names: a word of your own, such as `handle`; names of one kind are followed
    /// from creation to use.
    #[serde(default)]
    pub names: Option<String>,
    /// What the event does to it.
    #[serde(default)]
    pub does: Does,
}

/// Calls right inside a call of the same function, with equal arguments and an equal result: the engine
/// passes the call on. The inner call and its return are left out, and counted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NestedSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// A field that tells the two calls apart, and that another rule leaves out of the comparison: `caller`.
    #[schemars(with = "String")]
    pub field: Spanned<String>,
    /// Only where the inner call has one of these values there, and the outer call has none of them.
    #[schemars(with = "Many")]
    pub values: Spanned<Many>,
}

/// A loop whose count is scheduling.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ElasticSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// One round of the loop: `"KIND NAME"` an event.
    #[schemars(with = "Vec<String>")]
    pub body: Spanned<Vec<String>>,
    /// What must stand right before the first round.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    pub after: Option<Spanned<Vec<String>>>,
    /// What must stand right after the last round.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    pub before: Option<Spanned<Vec<String>>>,
    /// How many rounds are kept: 1, or 0 for a loop that may not run at all.
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    pub keep: Option<Spanned<u32>>,
    /// More rounds than this in a row are not folded.
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    pub max_repeats: Option<Spanned<u32>>,
    /// Whether all calls of one round name the same object.
    #[serde(default)]
    pub same_object: bool,
}

/// With several references: which of them is the one to ask about some events. What the others say of
/// them is not the candidate's fault, and is counted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AuthoritySpec {
    /// The rule's name.
    pub id: String,
    /// Why this reference is the one to ask.
    pub why: String,
    /// The references that are asked: the engine that the header tells, or the log's file name; `*`
    /// stands for anything.
    pub reference: Many,
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
}

/// Which of the two logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SideSpec {
    /// The reference's.
    Reference,
    /// The candidate's.
    Candidate,
}

/// What some logs are able to record at all. What the other log has beyond that is not compared, and
/// is counted as such. A log that holds what it cannot record shows that the rule is wrong: then the
/// comparison is inconclusive.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VisibleSpec {
    /// The rule's name.
    pub id: String,
    /// Why such a log cannot hold more.
    pub why: String,
    /// A budget: where the rule leaves out more events and fields than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// Only logs of these formats; `*` stands for anything.
    #[serde(default)]
    pub format: Many,
    /// Only logs of these engines, as their headers tell; `*` stands for anything.
    #[serde(default)]
    pub engine: Many,
    /// Only the log of this side.
    #[serde(default)]
    pub side: Option<SideSpec>,
    /// What a log can record is told by its own header.
    #[serde(default)]
    pub by_header: bool,
    /// The events that such a log can hold, as `"KIND NAME"` or `"KIND"`; without it, all.
    #[serde(default)]
    pub records: Option<Vec<String>>,
    /// Events that it cannot hold, though `records` tells of them.
    #[serde(default)]
    pub never: Vec<String>,
    /// With `fields` and `only-fields`: the kinds of event they are about; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// With `fields` and `only-fields`: the functions they are about; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// Payload fields that events of such a log never have: `return_value`, `args`, `args.size`.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub fields: Option<Spanned<Many>>,
    /// The only fields at the top of a payload that events of such a log can have.
    #[serde(default)]
    pub only_fields: Option<Many>,
}

/// Kinds of event that one engine writes for itself; they are left out of the lanes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LocalSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// Whether the report tells each engine's count.
    #[serde(default)]
    pub counted: bool,
    /// Only before the lane's first event of this sort, as `"KIND NAME"`; in a lane without one, nowhere.
    #[serde(default)]
    pub until: Option<String>,
    /// The payload field that names an object, if one does.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub object: Option<Spanned<String>>,
    /// What the field names: a word of your own, such as `handle`; names of one kind are followed
    /// from creation to use.
    #[serde(default)]
    pub names: Option<String>,
    /// What the event does to it.
    #[serde(default)]
    pub does: Does,
}

/// When a difference is excused where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AbsorbWhen {
    /// Since an event that matches `since`, all events match `among`.
    Since,
    /// The function that returned last before did not fail, on either side.
    AfterSuccess,
    /// The texts are equal once each side's own process number is taken out.
    OwnProcess,
    /// One side shows a number, or nothing, where the other shows what it stands for.
    Undecoded,
    /// Of the names that one side gives for a number (`A or B`), the other gives one too.
    Alternatives,
    /// Text that was cut short (`…` at its end) is the beginning of what the other side shows.
    CutShort,
    /// One side does not show the field at all.
    OneSided,
    /// The object that the event names in `object` was created by an event that matches `since`, on both
    /// sides.
    From,
    /// The bytes that differ look drawn by chance, and the process has drawn some before, on both sides:
    /// from an object that an event of `since` created, or by an event of `drawn`.
    Chance,
    /// The texts are equal but for names that the program made up or was given, as an event of `born` shows,
    /// and that are the same name by where each log first shows them.
    OwnNames,
    /// The texts are equal but for numbers in hexadecimal that name objects, on both sides.
    ObjectInText,
    /// Both values are numbers, and differ by no more than `most`.
    Near,
}

/// A difference that is excused where it stands, by what happened around it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AbsorbSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The kinds of event it holds for; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions it holds for; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The payload fields that may differ.
    #[schemars(with = "Many")]
    pub fields: Spanned<Many>,
    /// Only values in these ranges are excused, on both sides (with `when = "one-sided"`, on the side that
    /// shows one); without it, all are.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub values: Option<Spanned<Many>>,
    /// When it holds.
    pub when: AbsorbWhen,
    /// With `when = "since"`: what came first, as `"KIND NAME"`.
    #[serde(default)]
    pub since: Vec<String>,
    /// With `when = "since"`: what may stand between, as `"KIND NAME"`.
    #[serde(default)]
    pub among: Vec<String>,
    /// With `when = "since"`: how many events are looked back at.
    #[serde(default)]
    pub within: Option<u32>,
    /// With `when = "after-success"`: what functions return when they fail.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub failure: Option<Spanned<Many>>,
    /// With `when = "after-success"`: values that mean something even then, behind a function of
    /// `telling-after`; where either side has one of them, nothing is excused.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub telling: Option<Spanned<Many>>,
    /// The functions that leave such a value, as `"KIND NAME"`.
    #[serde(default)]
    pub telling_after: Vec<String>,
    /// With `when = "from"`: the payload field that names the object; with `"chance"`: what names it where
    /// bytes are drawn.
    #[serde(default)]
    pub object: Option<String>,
    /// With `when = "near"`: by how much the numbers may differ.
    #[serde(default)]
    pub most: Option<u64>,
    /// With `when = "own-names"`: where names come to be.
    #[serde(default)]
    pub born: Vec<BirthSpec>,
    /// With `when = "own-names"`: where a program chooses names itself; what it has chosen before it is shown
    /// as born is no such name.
    #[serde(default)]
    pub chosen: Vec<BirthSpec>,
    /// With `when = "own-names"`: whether the numbers of the log's threads and processes are names.
    #[serde(default)]
    pub threads: bool,
    /// With `when = "own-names"`: names are words in which letters were drawn by chance; without it, they are
    /// decimal numbers.
    #[serde(default)]
    pub drawn_letters: bool,
    /// With `when = "own-names"`: smaller numbers are no names; 1 without it.
    #[serde(default)]
    pub least: Option<u64>,
    /// With `when = "own-names"`: names may stand outside of texts, too.
    #[serde(default)]
    pub numbers: bool,
    /// With `when = "object-in-text"`: of which names the objects are; of all, without it.
    #[serde(default)]
    pub names: Option<String>,
    /// With `when = "object-in-text"`: the numbers are decimal, of any length, and the objects were created by
    /// equal events.
    #[serde(default)]
    pub decimal: bool,
    /// With `when = "from"` or `"chance"`: events that give an object another name, as `"KIND NAME"`; with
    /// `"after-success"`: functions that leave everything as it is when they succeed, so that what returned
    /// before them counts.
    #[serde(default)]
    pub through: Vec<String>,
    /// With `when = "own-names"`: fields that tell how long a text is; they may differ by as much as the names
    /// in it do.
    #[serde(default)]
    #[schemars(with = "Option<Many>")]
    pub lengths: Option<Spanned<Many>>,
    /// With `when = "chance"`: events that draw bytes, as `"KIND NAME"`.
    #[serde(default)]
    pub drawn: Vec<String>,
}

/// Where a name comes to be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BirthSpec {
    /// The kinds of event; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The functions; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
    /// The payload fields with the name.
    pub fields: Many,
    /// Conditions, each with a field of its own; all must hold.
    #[serde(default)]
    pub only: Vec<ConditionSpec>,
}

/// Threads that may take one another's work: lanes that begin alike, and that between them do the same
/// events as often, are compared as one set from where they part.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExchangeSpec {
    /// The rule's name.
    pub id: String,
    /// Why a correct engine may differ here.
    pub why: String,
    /// A budget: where the rule excuses more differences and events than this, both sides counted,
    /// the comparison is inconclusive.
    #[serde(default)]
    pub max_count: Option<u64>,
    /// A budget as a share of the compared pairs of events, from 0 to 1.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub max_share: Option<Spanned<f64>>,
    /// The kind of a thread's first event; `*` stands for anything.
    #[serde(default)]
    pub kind: Many,
    /// The function of a thread's first event; `*` stands for anything.
    #[serde(default)]
    pub name: Many,
}
