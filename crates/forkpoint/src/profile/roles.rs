//! Which events mean what, from the profile as written.

use crate::profile::Role;
use crate::profile::select::Selector;
use crate::profile::spec::RolesSpec;

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
    list.iter().flatten().map(|text| Selector::parse(text)).collect()
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
