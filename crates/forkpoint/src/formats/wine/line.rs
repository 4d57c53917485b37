//! One line of a relay log, taken apart: its head, what it says, who called.
//!
//! Invariant: every line gets a [`Line`] or a [`Skip`] with its reason; nothing is guessed.

use std::borrow::Cow;

use crate::trace::{LaneKey, skip};

use super::skips;

/// A line that holds an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// The clock of `+timestamp`, in nanoseconds; it goes in milliseconds.
    pub clock: Option<i64>,
    pub key: LaneKey,
    pub body: Body<'a>,
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body<'a> {
    Call { name: &'a [u8], arguments: &'a [u8], caller: Option<u64> },
    Return { name: &'a [u8], arguments: &'a [u8], value: Option<&'a [u8]>, caller: Option<u64> },
    ThreadStart { procedure: u64, arguments: &'a [u8] },
}

/// Why a line holds no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skip {
    Empty,
    NoHead,
    Trace,
    Fixme,
    Warn,
    Err,
    Other,
    /// It starts as a call or a return, and is not whole.
    Damaged(&'static str),
}

impl Skip {
    pub(super) fn why(self) -> &'static skip::Skip {
        match self {
            Self::Empty => &skip::EMPTY,
            Self::NoHead => &skips::NO_HEAD,
            Self::Trace => &skips::TRACE,
            Self::Fixme => &skips::FIXME,
            Self::Warn => &skips::WARN,
            Self::Err => &skips::ERR,
            Self::Other | Self::Damaged(_) => &skips::OTHER,
        }
    }
}

impl<'a> Body<'a> {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Call { .. } => "call",
            Self::Return { .. } => "return",
            Self::ThreadStart { .. } => "thread.start",
        }
    }

    pub(super) fn name_bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Call { name, .. } | Self::Return { name, .. } => Some(name),
            Self::ThreadStart { .. } => None,
        }
    }

    pub(super) fn name(&self) -> Option<Cow<'a, str>> {
        self.name_bytes().map(String::from_utf8_lossy)
    }

    pub(super) fn arguments(&self) -> &'a [u8] {
        match self {
            Self::Call { arguments, .. }
            | Self::Return { arguments, .. }
            | Self::ThreadStart { arguments, .. } => arguments,
        }
    }

    /// Whether the line shows arguments at all; the return of a function does not.
    pub(super) fn has_arguments(&self) -> bool {
        !matches!(self, Self::Return { arguments: [], .. })
    }

    pub(super) fn returned(&self) -> Option<&'a [u8]> {
        match self {
            Self::Return { value, .. } => *value,
            _ => None,
        }
    }

    pub(super) fn caller(&self) -> Option<u64> {
        match self {
            Self::Call { caller, .. } | Self::Return { caller, .. } => *caller,
            Self::ThreadStart { .. } => None,
        }
    }

    /// The first function of a thread that starts.
    pub(super) fn procedure(&self) -> Option<u64> {
        match self {
            Self::ThreadStart { procedure, .. } => Some(*procedure),
            _ => None,
        }
    }

    /// The code that the line is about: it called, or a thread starts there.
    pub(super) fn code(&self) -> Option<u64> {
        self.caller().or(self.procedure())
    }
}

/// The start of a line: when, and who.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head<'a> {
    pub clock: Option<i64>,
    pub key: LaneKey,
    /// What is reported.
    pub rest: &'a [u8],
}

/// Returns what a line says.
pub(super) fn parse_line(line: &[u8]) -> Result<Line<'_>, Skip> {
    let Head { clock, key, rest } = head(line)?;
    Ok(Line { clock, key, body: body(rest)? })
}

/// Returns the start of a line.
pub(super) fn head(line: &[u8]) -> Result<Head<'_>, Skip> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.first().is_none_or(u8::is_ascii_whitespace) && line.trim_ascii().is_empty() {
        return Err(Skip::Empty);
    }
    let (clock, rest) = clock(line);
    let (first, rest) = thread(rest).ok_or(Skip::NoHead)?;
    let (key, rest) = match thread(rest) {
        Some((second, rest)) => (LaneKey { process: Some(first), thread: i64::from(second) }, rest),
        None => (LaneKey { process: None, thread: i64::from(first) }, rest),
    };
    Ok(Head { clock, key, rest })
}

/// Returns what is reported behind the start of a line.
pub(super) fn body(rest: &[u8]) -> Result<Body<'_>, Skip> {
    let rest = without_channel(rest);
    if let Some(call) = rest.strip_prefix(b"Call ") {
        call_of(call)
    } else if let Some(ret) = rest.strip_prefix(b"Ret ") {
        return_of(ret.trim_ascii_start())
    } else if let Some(start) = rest.strip_prefix(b"Starting thread proc ") {
        thread_start(start)
    } else {
        Err(message(rest))
    }
}

/// `trace:relay:relay_trace_entry Call …` is what some versions write; the call is the same.
fn without_channel(rest: &[u8]) -> &[u8] {
    let Some(inside) = rest.strip_prefix(b"trace:relay:") else { return rest };
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let behind = &inside[inside.iter().take_while(is_name).count()..];
    let is_told = |text: &&[u8]| {
        [&b"Call "[..], b"Ret ", b"Starting thread proc "].iter().any(|word| text.starts_with(word))
    };
    // The name of the function that writes it may be missing.
    let texts = [inside, behind].map(|text| {
        let text = text.trim_ascii_start();
        text.strip_prefix(b"\x01").unwrap_or(text)
    });
    texts.into_iter().find(is_told).unwrap_or(rest)
}

/// `870.459:`, or as many as nine digits behind the dot; the seconds may be padded with blanks.
fn clock(line: &[u8]) -> (Option<i64>, &[u8]) {
    let text = line.trim_ascii_start();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (seconds, rest) = text.split_at(digits);
    let Some(rest) = rest.strip_prefix(b".") else { return (None, line) };
    let places = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (fraction, rest) = rest.split_at(places);
    let Some(rest) = rest.strip_prefix(b":") else { return (None, line) };
    if digits == 0 || digits > 9 || !(3..=9).contains(&places) {
        return (None, line);
    }
    let number = seconds.iter().chain(fraction);
    let number = number.fold(0, |sum: i64, digit| sum * 10 + i64::from(digit - b'0'));
    (Some(number * 10_i64.pow(9 - places as u32)), rest)
}

/// A process's or a thread's number, `0124:`: four to eight digits of hexadecimal.
fn thread(line: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0;
    for (at, &byte) in line.iter().enumerate().take(9) {
        match byte {
            b':' if at >= 4 => return Some((number, &line[at + 1..])),
            _ if at == 8 => return None,
            _ => number = number << 4 | u32::from(super::arguments::digit(byte)?),
        }
    }
    None
}

fn message(rest: &[u8]) -> Skip {
    match rest.split(|&byte| byte == b':').next() {
        Some(b"trace") => Skip::Trace,
        Some(b"fixme") => Skip::Fixme,
        Some(b"warn") => Skip::Warn,
        Some(b"err") => Skip::Err,
        _ => Skip::Other,
    }
}

/// The name before the bracket, and what is inside it, when the bracket closes at the end of `text`.
fn call(text: &[u8]) -> Result<(&[u8], &[u8]), Skip> {
    let open = memchr::memchr(b'(', text).ok_or(Skip::Damaged("a call without arguments"))?;
    let inside = text[open + 1..]
        .strip_suffix(b")")
        .ok_or(Skip::Damaged("the arguments of a call do not end"))?;
    let name = text[..open].trim_ascii_end();
    if name.is_empty() {
        return Err(Skip::Damaged("a call without a name"));
    }
    Ok((name_without_address(name), inside))
}

/// `window proc 0x7b001234` is the name `window proc`: the address says nothing about what is called.
fn name_without_address(name: &[u8]) -> &[u8] {
    match memchr::memrchr(b' ', name) {
        Some(at) if super::arguments::word(&name[at + 1..]).is_some() => {
            name[..at].trim_ascii_end()
        }
        _ => name,
    }
}

/// ` ret=140044369` at the end of a line.
fn caller(text: &[u8]) -> (&[u8], Option<u64>) {
    const LONGEST: usize = " ret=0x0123456789abcdef".len();
    let tail = text.len().saturating_sub(LONGEST);
    let Some(at) = memchr::memrchr(b' ', &text[tail..]) else { return (text, None) };
    let address = text[tail + at + 1..].strip_prefix(b"ret=");
    match address.and_then(super::arguments::word) {
        Some(address) => (&text[..tail + at], Some(address)),
        None => (text, None),
    }
}

fn call_of(text: &[u8]) -> Result<Body<'_>, Skip> {
    let (text, caller) = caller(text);
    let (name, arguments) = call(text)?;
    if caller.is_none() && is_function(name) {
        return Err(Skip::Damaged("a call that does not name its caller"));
    }
    Ok(Body::Call { name, arguments, caller })
}

fn return_of(text: &[u8]) -> Result<Body<'_>, Skip> {
    let (text, caller) = caller(text);
    const VALUE: &[u8] = b") retval=";
    let (inside, value) = match memchr::memmem::rfind(text, VALUE) {
        Some(at) => (&text[..=at], Some(&text[at + VALUE.len()..])),
        None => (text, None), // a TLS callback returns nothing
    };
    let (name, arguments) = call(inside)?;
    if value == Some(b"") || (is_function(name) && (value.is_none() || caller.is_none())) {
        return Err(Skip::Damaged("a return that ends too early"));
    }
    Ok(Body::Return { name, arguments, value, caller })
}

/// `KERNEL32.GetProcAddress`, not `PE DLL`.
fn is_function(name: &[u8]) -> bool {
    memchr::memchr(b'.', name).is_some() && memchr::memchr(b' ', name).is_none()
}

/// `000000014003EE6C (arg=0000000067FF0000)`; the address is that of the thread's first function.
fn thread_start(text: &[u8]) -> Result<Body<'_>, Skip> {
    const DAMAGED: Skip = Skip::Damaged("the start of a thread that is not whole");
    let open = memchr::memchr(b'(', text).ok_or(DAMAGED)?;
    let procedure = super::arguments::word(text[..open].trim_ascii()).ok_or(DAMAGED)?;
    let arguments = text[open + 1..].strip_suffix(b")").ok_or(DAMAGED)?;
    Ok(Body::ThreadStart { procedure, arguments })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &[u8] = b"870.459:0120:0124:Call KERNEL32.GetProcAddress(7b600000,140075038 \"a,b) ret=1\") ret=140044369";

    #[test]
    fn a_call_is_its_name_its_arguments_and_its_caller() {
        let line = parse_line(CALL).unwrap();
        assert_eq!(line.clock, Some(870_459_000_000));
        assert_eq!(line.key, LaneKey { process: Some(0x120), thread: 0x124 });
        assert_eq!(
            line.body,
            Body::Call {
                name: b"KERNEL32.GetProcAddress",
                arguments: b"7b600000,140075038 \"a,b) ret=1\"",
                caller: Some(0x1_4004_4369),
            }
        );
    }

    #[test]
    fn clock_and_process_may_be_missing() {
        let key = |text: &str| parse_line(text.as_bytes()).map(|line| (line.clock, line.key));
        let thread = |process, thread| LaneKey { process, thread };
        let call = "Call a.b() ret=1";
        assert_eq!(key(&format!("0124:{call}")), Ok((None, thread(None, 0x124))));
        assert_eq!(key(&format!("0120:0124:{call}")), Ok((None, thread(Some(0x120), 0x124))));
        assert_eq!(
            key(&format!("  1.002:0124:{call}")),
            Ok((Some(1_002_000_000), thread(None, 0x124)))
        );
        assert_eq!(key(&format!("124:{call}")), Err(Skip::NoHead));
    }

    #[test]
    fn a_return_is_its_value() {
        let line = parse_line(b"0124:Ret  ntdll.NtClose() retval=c0000008 ret=7b05c297\r").unwrap();
        assert_eq!(
            line.body,
            Body::Return {
                name: b"ntdll.NtClose",
                arguments: b"",
                value: Some(b"c0000008"),
                caller: Some(0x7B05_C297),
            }
        );
    }

    #[test]
    fn what_the_loader_calls_names_no_caller() {
        let line = parse_line(
            b"0124:Ret  PE DLL (proc=1,module=2 L\"a.dll\",reason=PROCESS_ATTACH,res=3) retval=1",
        )
        .unwrap();
        let Body::Return { name, value, caller, .. } = line.body else { panic!("{line:?}") };
        assert_eq!((name, value, caller), (&b"PE DLL"[..], Some(&b"1"[..]), None));
    }

    #[test]
    fn a_tls_callback_returns_nothing() {
        let line =
            parse_line(b"0124:Ret  TLS callback (proc=1,module=2,reason=THREAD_ATTACH,reserved=0)")
                .unwrap();
        assert_eq!(line.body.returned(), None);
        assert_eq!(line.body.name().unwrap(), "TLS callback");
    }

    #[test]
    fn a_thread_starts_at_its_first_function() {
        let line = parse_line(b"0124:Starting thread proc 000000014003EE6C (arg=01)").unwrap();
        assert_eq!(line.body, Body::ThreadStart { procedure: 0x1_4003_EE6C, arguments: b"arg=01" });
        assert!(matches!(
            parse_line(b"0124:Starting thread proc x (arg=01)"),
            Err(Skip::Damaged(_))
        ));
    }

    #[test]
    fn a_window_procedure_is_called_without_its_address() {
        let line = parse_line(
            b"0124:Call window proc 0x7b00 (hwnd=0x10020,msg=WM_CREATE,wp=00000000,lp=0011fb00)",
        )
        .unwrap();
        assert_eq!(line.body.name().unwrap(), "window proc");
    }

    #[test]
    fn messages_are_skipped_by_their_channel() {
        let skip = |text: &str| parse_line(text.as_bytes()).unwrap_err();
        assert_eq!(skip("0124:fixme:ntdll:f stub"), Skip::Fixme);
        assert_eq!(skip("1.002:0120:0124:trace:relay:load_list x"), Skip::Trace);
        assert_eq!(skip("0124:err:seh:f bad"), Skip::Err);
        assert_eq!(skip("0124:warn:seh:f bad"), Skip::Warn);
        assert_eq!(skip("0124:CallTo16(func=1)"), Skip::Other);
        assert_eq!(skip("it looks like wine32 is missing"), Skip::NoHead);
        assert_eq!(skip(" \r"), Skip::Empty);
    }

    #[test]
    fn every_prefix_of_a_call_is_skipped_or_damaged() {
        for length in 0..CALL.len() - 1 {
            let cut = &CALL[..length];
            let Ok(line) = parse_line(cut) else { continue };
            let whole =
                crate::formats::wine::arguments::parse(line.body.arguments(), &mut Vec::new());
            // Of an address, any first digits are an address.
            assert!(whole.is_err() || length > CALL.len() - 9, "{length}: {line:?}");
        }
    }
}
