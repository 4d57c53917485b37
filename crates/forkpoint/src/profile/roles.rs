//! Which events mean what.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::profile::select::Selector;

/// Which kinds of event mean what. What is not said here is as in the extended profile.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RolesSpec {
    /// A function is entered.
    pub call: Option<Vec<String>>,
    /// A function returns.
    #[serde(rename = "return")]
    pub returns: Option<Vec<String>>,
    /// A thread is created.
    pub spawn: Option<Vec<String>>,
    /// A program begins: a log that begins with such an event shows its end too, or was cut.
    pub start: Option<Vec<String>>,
    /// Calls that end the whole process; they are among `exit`.
    pub end: Option<Vec<String>>,
    /// A thread ends.
    pub exit: Option<Vec<String>>,
    /// A wait begins.
    pub wait: Option<Vec<String>>,
    /// A wait ends.
    pub wake: Option<Vec<String>>,
    /// A function is entered and returns, in one event: `args` are its arguments.
    pub whole: Option<Vec<String>>,
    /// Calls that last until an object is signalled or something else happens: a thread that ends in one
    /// is blocked, and not cut.
    pub blocking: Option<Vec<String>>,
    /// Calls that create a process: the log may hold several.
    pub new_process: Option<Vec<String>>,
    /// A function returns what an earlier call left behind, such as its error: where it differs, the
    /// earlier call is to blame.
    pub echo: Option<Vec<String>>,
    /// An event says the state that it finds, such as an instruction and the registers before it: where
    /// it differs, the event before did it.
    pub state: Option<Vec<String>>,
}

/// What an event means, by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A function is entered.
    Call,
    /// A function returns.
    Return,
    /// A thread is created.
    Spawn,
    /// A thread ends.
    Exit,
    /// A wait begins.
    Wait,
    /// A wait ends.
    Wake,
    /// A function returns what an earlier call left behind.
    Echo,
    /// A function is entered and returns, in one event.
    Whole,
    /// An event says the state that it finds, which the event before left.
    State,
}

impl Role {
    /// Returns whether a function returns.
    pub fn is_return(self) -> bool {
        matches!(self, Self::Return | Self::Echo)
    }

    /// Returns whether a function has returned when this has happened.
    pub fn has_returned(self) -> bool {
        self.is_return() || self == Self::Whole
    }
}

/// Takes over what a profile says about roles; what it does not say stays.
pub(super) fn take(roles: &mut RolesSpec, said: &RolesSpec) {
    let one = |mine: &mut Option<Vec<String>>, said: &Option<Vec<String>>| {
        if said.is_some() {
            mine.clone_from(said);
        }
    };
    one(&mut roles.call, &said.call);
    one(&mut roles.returns, &said.returns);
    one(&mut roles.spawn, &said.spawn);
    one(&mut roles.start, &said.start);
    one(&mut roles.end, &said.end);
    one(&mut roles.exit, &said.exit);
    one(&mut roles.wait, &said.wait);
    one(&mut roles.wake, &said.wake);
    one(&mut roles.blocking, &said.blocking);
    one(&mut roles.new_process, &said.new_process);
    one(&mut roles.echo, &said.echo);
    one(&mut roles.state, &said.state);
    one(&mut roles.whole, &said.whole);
}

/// Returns what a list of kinds and names selects.
pub(super) fn selectors(list: &Option<Vec<String>>) -> Vec<Selector> {
    Selector::parse_all(list.as_deref().unwrap_or_default())
}

/// Returns which events have which role, the special before the general.
pub(super) fn compiled(roles: &RolesSpec) -> Vec<(Role, Selector)> {
    let each = [
        // The special before the general: a call that ends the thread is an exit, an echo a return.
        (Role::Echo, &roles.echo),
        (Role::Spawn, &roles.spawn),
        (Role::Exit, &roles.exit),
        (Role::Wait, &roles.wait),
        (Role::Wake, &roles.wake),
        (Role::Call, &roles.call),
        (Role::Return, &roles.returns),
        (Role::State, &roles.state),
        (Role::Whole, &roles.whole),
    ];
    each.iter()
        .flat_map(|(role, selectors)| {
            selectors.iter().flatten().map(|text| (*role, Selector::parse(text)))
        })
        .collect()
}
