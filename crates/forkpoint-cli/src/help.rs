//! The verb `help`: what a verb takes, and what the classes of divergence mean.

use clap::CommandFactory;
use forkpoint::analysis::Class;

use crate::terminal;
use crate::trouble::Trouble;

/// Print the help of a verb, or of a topic
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A verb, or `classes`: what each class of divergence means and what to look at
    #[arg(value_name = "VERB|classes")]
    topic: Option<String>,
}

/// Runs the verb; returns the exit code.
pub(crate) fn run(args: &Args) -> Result<u8, Trouble> {
    let mut command = crate::Cli::command();
    command.build();
    let text = match args.topic.as_deref() {
        None => command.render_long_help().ansi().to_string(),
        Some("classes") => classes(),
        Some(verb) => match command.find_subcommand_mut(verb) {
            Some(verb) => verb.render_long_help().ansi().to_string(),
            None => {
                let verbs: Vec<&str> =
                    command.get_subcommands().map(clap::Command::get_name).collect();
                let hint = forkpoint::profile::did_you_mean(
                    verb,
                    verbs.iter().copied().chain(["classes"]),
                )
                .unwrap_or_else(|| format!("topics are classes, {}", verbs.join(", ")));
                return Err(Trouble::new(format!("there is no help on `{verb}`"), Some(hint)));
            }
        },
    };
    terminal::print(text.as_bytes())?;
    Ok(0)
}

fn classes() -> String {
    const WIDTH: usize = 78;
    let mut text = String::new();
    for class in Class::ALL {
        let (meaning, look) = class.meaning();
        text.push_str(&format!("{}\n", class.name()));
        for sentence in [meaning, look] {
            let mut line = String::from("   ");
            for word in sentence.split(' ') {
                if line.len() + 1 + word.len() > WIDTH {
                    text.push_str(&format!("{line}\n"));
                    line = String::from("   ");
                }
                line.push_str(&format!(" {word}"));
            }
            text.push_str(&format!("{line}\n"));
        }
    }
    text
}
