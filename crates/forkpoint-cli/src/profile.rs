//! The verb `profile`: shows the rules in force, and checks a profile.

use forkpoint::profile::{self, BUILTIN, Profile};
use forkpoint::render::escape::plain;

use crate::trouble::Trouble;
use crate::{audit, terminal};

/// Show and check the rules of comparison
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List the built-in profiles
    List,
    /// Show the rules of a profile and where each comes from
    Show {
        /// A built-in profile or a file
        #[arg(value_name = "NAME|FILE")]
        profile: String,
        /// Print the TOML of the profile itself instead
        #[arg(long)]
        toml: bool,
    },
    /// Say what each rule excused, and what would be said without it
    Audit(Box<audit::Args>),
    /// Say whether a profile has a mistake
    Check {
        /// Built-in profiles or files
        #[arg(value_name = "NAME|FILE", required = true)]
        profiles: Vec<String>,
    },
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    let mut out = Vec::new();
    match &args.action {
        Action::Audit(args) => return audit::run(args),
        Action::List => list(&mut out),
        Action::Show { profile, toml: true } => {
            let chain = profile::chain(profile)?;
            let text = chain.last().map(|source| source.text.as_str()).unwrap_or_default();
            text.lines().for_each(|line| out.extend(format!("{}\n", plain(line)).bytes()));
        }
        Action::Show { profile, toml: false } => show(&Profile::load(profile, &[])?, &mut out),
        Action::Check { profiles } => {
            for name in profiles {
                let profile = Profile::load(name, &[])?;
                let rules = profile.rules.len();
                out.extend(format!("{}: {rules} rules, no mistake\n", plain(name)).bytes());
            }
        }
    }
    terminal::print(&out)?;
    Ok(0)
}

fn list(out: &mut Vec<u8>) {
    for (name, _) in BUILTIN {
        let about = Profile::load(name, &[]).map(|profile| profile.about).unwrap_or_default();
        out.extend(format!("{name:8}  {about}\n").bytes());
    }
}

fn show(profile: &Profile, out: &mut Vec<u8>) {
    let mut line = |text: String| out.extend(plain(&text).bytes().chain([b'\n']));
    line(format!("{}: {}", profile.name, profile.about));
    line(format!("made of {}", profile.chain.join(", then ")));
    for waiver in &profile.waivers {
        let place = waiver.place.map(|(at, _)| format!(":{at}")).unwrap_or_default();
        let until = waiver.expires.map(|day| format!(", until {day}")).unwrap_or_default();
        line(String::new());
        line(format!("{} (waiver{until})  {}{place}", waiver.id, waiver.file));
        line(format!("    {}", waiver.bug));
        if let Some(why) = &waiver.why {
            line(format!("    {why}"));
        }
        for text in waiver.scope() {
            line(format!("    {text}"));
        }
    }
    for rule in &profile.rules {
        let place = rule.place.map(|(at, _)| format!(":{at}")).unwrap_or_default();
        line(String::new());
        line(format!("{} ({})  {}{place}", rule.id, rule.action.name(), rule.file));
        line(format!("    {}", rule.why));
        for text in rule.scope() {
            line(format!("    {text}"));
        }
    }
}
