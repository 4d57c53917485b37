//! The rules: what a correct engine may do differently.
//!
//! A profile is a TOML file ([`spec`]), checked and turned into rules (`compile`), from which the
//! scan gets one [`Plan`] per kind and name of event. Whatever excuses a difference is a rule here,
//! with an id and a why; nothing else in the program knows the name of a function.
//!
//! Each kind of rule is a file of `rules`. Files know those above them only: values as they are written
//! (`written`, `source`), what profiles hold (`roles`, `waiver`, `rules`, …), the profile in force, and what
//! makes one of files (`compile`, `load`).

mod answer;
mod budget;
mod builtin;
mod compile;
mod date;
mod error_names;
mod in_force;
mod load;
mod modules;
mod object;
mod own_names;
mod path;
mod pattern;
pub mod plan;
mod planning;
mod remark;
mod roles;
mod rule;
mod rules;
mod select;
mod signatures;
mod slip;
mod source;
pub mod spec;
mod suggestion;
mod variant;
mod visibility;
mod waiver;
mod with_visibility;
mod written;

pub use budget::Budget;
pub use builtin::BUILTIN;
pub use date::Date;
pub use in_force::{Profile, Resync};
pub use load::chain;
pub use object::{Does, Inferred, ObjectUse, SizeField, Space};
pub use own_names::{Birth, OwnNames};
pub use pattern::{MAX_TEXT, NoEvent, Pattern, PatternMatch};
pub use plan::Plan;
pub use roles::Role;
pub use rule::{Rule, RuleId};
pub use rules::absorb::{Context, Made};
pub use rules::elastic::Elastic;
pub use rules::exchange::Exchange;
pub use rules::float::Float;
pub use rules::header::Places;
pub use rules::modules::Modules;
pub use rules::stream::Stream;
pub use rules::visible::Visible;
pub use rules::{Action, Treatment};
pub use select::{NAMES, Selector, Words, glob, word};
pub use signatures::{Signatures, Type};
pub use slip::Slip;
pub use source::Source;
pub use suggestion::did_you_mean;
pub use visibility::{About, Visibility};
pub use waiver::{Waiver, WaiverId};
