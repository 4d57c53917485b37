//! A profile file as a person writes it: TOML, kebab-case, every rule with an `id` and a `why`.
//!
//! Invariant: nothing is defaulted silently that a reader of the file would be surprised by; an
//! unknown key is an error.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::profile::answer::AnswerSpec;
use crate::profile::error_names::ErrorNamesSpec;
use crate::profile::object::SharedSpec;
use crate::profile::pattern::AdapterSpec;
use crate::profile::remark::RemarkSpec;
use crate::profile::roles::RolesSpec;
use crate::profile::rules::{self, kinds};
use crate::profile::signatures::SignaturesSpec;
use crate::profile::source::Source;
use crate::profile::variant::VariantSpec;
use crate::profile::waiver::WaiverSpec;
use crate::profile::written::At;

/// A profile file that was read.
#[derive(Clone, Debug)]
pub(super) struct ProfileFile {
    pub source: Source,
    pub spec: ProfileSpec,
}

macro_rules! profile_spec {
    ($($(#[$about:meta])* $kind:ident $Spec:ident => $action:expr,)*) => {
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
            pub extends: Option<At<String>>,
            /// Ids of rules of the extended profile that do not hold here.
            #[serde(default)]
            pub without: Vec<At<String>>,
            /// What is compared at all.
            #[serde(default)]
            pub compare: CompareSpec,
            /// Which kinds of event mean what.
            #[serde(default)]
            pub roles: RolesSpec,
            /// How shared objects are recognised.
            pub shared: Option<SharedSpec>,
            /// Where the types of arguments and results are known from.
            pub signatures: Option<SignaturesSpec>,
            /// How the lines of a log are read that has a format of its own.
            pub adapter: Option<AdapterSpec>,
            /// What functions are called in the comparison.
            #[serde(default)]
            pub variant: Vec<At<VariantSpec>>,
            /// Which fields of a call hold what came back.
            #[serde(default)]
            pub answer: Vec<AnswerSpec>,
            /// What is worth saying about values that the candidate returns.
            #[serde(default)]
            pub remark: Vec<RemarkSpec>,
            /// What the errors that functions return are called.
            #[serde(default)]
            pub error_names: Vec<At<ErrorNamesSpec>>,
            /// Divergences that are known.
            #[serde(default)]
            pub waiver: Vec<At<WaiverSpec>>,
            $(
                $(#[$about])*
                #[serde(default)]
                pub $kind: Vec<At<rules::$kind::$Spec>>,
            )*
        }
    };
}
kinds!(profile_spec);

/// What is compared at all. What is not said here is as in the extended profile.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CompareSpec {
    /// Whether an event's index within its thread must be equal.
    pub index: Option<bool>,
    /// How many events in a row must be equal to be taken for agreement again after a divergence;
    /// 2 or more.
    pub resync_anchor: Option<At<usize>>,
    /// How many events either lane may skip to agree again.
    pub resync_window: Option<At<usize>>,
    /// After this many gaps a lane is not followed any further.
    pub resync_gaps: Option<At<usize>>,
    /// The payload field that says how a call failed: where the candidate's call ends as no call of that
    /// function ends in the reference, that stands first in the report.
    pub outcome: Option<String>,
    /// Payload fields, as patterns, that hold contents of files, pipes and sockets. Where these differ in times
    /// that a program wrote, and nothing else differs, the comparison is inconclusive.
    pub contents: Option<Vec<String>>,
    /// Whether the engines print addresses in decimal too, so that a decimal number may be one.
    pub decimal_addresses: Option<bool>,
}
