//! What a log says between a call and its return, in lines that are no events: warnings of the engine, output of
//! the program. Who hunts a bug quotes such lines as its cause.

use crate::analysis::{Analysis, Class, EventRef, Finding};
use crate::pair::Side;
use crate::profile::Role;
use crate::report::Message;
use crate::trace::line::legible;

/// At most this many lines of each side are shown, those that stand nearest to the return.
const SHOWN: usize = 4;
/// This much of a log before the return is looked at.
const LOOKED_AT: u64 = 64 << 10; // bytes

/// Returns the call whose return this is.
pub(super) fn called_at(facts: &Analysis<'_>, at: EventRef) -> Option<EventRef> {
    /// A call with more between it and its return is not looked for.
    const FAR: usize = 4096;
    let name = &facts.symbol(at).name;
    let mut open = 1;
    for position in (at.position.saturating_sub(FAR)..at.position).rev() {
        let before = EventRef { position, ..at };
        let symbol = facts.symbol(before);
        if symbol.name != *name {
            continue;
        }
        match symbol.role {
            Some(role) if role.is_return() => open += 1,
            Some(Role::Call) => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(before);
        }
    }
    None
}

/// Returns what both logs say while the call runs that returns something else.
pub(super) fn messages(facts: &Analysis<'_>, found: &Finding) -> Vec<Message> {
    if found.class != Class::ReturnValue {
        return Vec::new();
    }
    let at = Side::BOTH.iter().filter_map(|&side| *found.at.on(side));
    at.flat_map(|at| within_call(facts, at)).collect()
}

fn within_call(facts: &Analysis<'_>, at: EventRef) -> Vec<Message> {
    let Some(call) = called_at(facts, at) else { return Vec::new() };
    let trace = facts.traces.on(at.side);
    // A log that cannot be read any more is reported for the events themselves.
    let lines = trace.lines.between(facts.place(call), facts.place(at), LOOKED_AT);
    let mut lines = lines.unwrap_or_default();
    lines.retain(|(place, line)| {
        let text = legible(&line.bytes);
        !text.trim().is_empty()
            && trace.lines.start_of(*place) == *place
            && trace.lines.parse(&text).is_none()
    });
    let nearest = lines.split_off(lines.len().saturating_sub(SHOWN));
    let message = |(_, line): (_, crate::trace::line::Line)| Message {
        side: at.side,
        line: line.number,
        text: legible(&line.bytes).into_owned(),
    };
    nearest.into_iter().map(message).collect()
}
