//! `tieout keys`: the console's keys in force, from the table that dispatches them and `keys.toml`.

use std::path::Path;

use serde_json::json;

use crate::cli::args::{Globals, KeysArgs};
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::home::Home;
use crate::cli::out::Out;
use crate::cli::table::{Table, left};
use crate::tui::{self, KeyMap};

/// One action of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Where it works.
    pub context: String,
    /// Its keys: `a`, `ctrl-d`.
    pub keys: Vec<String>,
    /// Its stable id, for `keys.toml`.
    pub id: String,
    /// What it does.
    pub help: String,
}

/// Runs it.
pub fn run(globals: &Globals, args: KeysArgs) -> Result<ExitCode, CliError> {
    let mut out = Out::of(globals);
    if args.toml {
        out.text(&tui::commented_keys())?;
        return Ok(ExitCode::Done);
    }
    let (keys, problems) = if args.default {
        (KeyMap::default(), Vec::new())
    } else {
        effective(&Home::choose(globals.home.as_deref())?.keys_file())
    };
    for problem in problems {
        out.note(&problem)?;
    }
    print(&mut out, &rows(&keys))
}

/// The default keys with what the file says over them, and what was not taken of it. No file: the default.
pub fn effective(file: &Path) -> (KeyMap, Vec<String>) {
    match std::fs::read_to_string(file) {
        Ok(text) => {
            let read = tui::keys::read(&text);
            (read.keys, read.problems.iter().map(ToString::to_string).collect())
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => (KeyMap::default(), Vec::new()),
        Err(e) => {
            (KeyMap::default(), vec![format!("keys.toml cannot be read: {e}. The default keys are used.")])
        }
    }
}

fn print(out: &mut Out, rows: &[KeyRow]) -> Result<ExitCode, CliError> {
    if out.is_json() {
        let all: Vec<_> = rows
            .iter()
            .map(|r| json!({"context": r.context, "keys": r.keys, "action": r.id, "help": r.help}))
            .collect();
        out.json(&json!({ "keys": all }))?;
        return Ok(ExitCode::Done);
    }
    let mut table = Table::new(&[left("where"), left("keys"), left("action"), left("what it does")]);
    for r in rows {
        table.row([r.context.clone(), r.keys.join(" "), r.id.clone(), r.help.clone()]);
    }
    out.table(&table, "This build has no console.")?;
    Ok(ExitCode::Done)
}

fn rows(keys: &KeyMap) -> Vec<KeyRow> {
    let table = tui::key_table(keys).into_iter();
    table
        .map(|line| KeyRow {
            context: line.contexts,
            keys: line.keys,
            id: line.name.to_string(),
            help: line.help.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::out::Form;
    use crate::cli::out::tests::Sink;

    #[test]
    fn keys_are_listed_for_people_and_programs() {
        let row = KeyRow {
            context: "queue".into(),
            keys: vec!["j".into(), "down".into()],
            id: "down".into(),
            help: "Next row".into(),
        };
        for (form, want) in [
            (Form::Plain, "where: queue; keys: j down; action: down; what it does: Next row\n"),
            (
                Form::Json,
                "{\"keys\":[{\"action\":\"down\",\"context\":\"queue\",\"help\":\"Next row\",\"keys\":[\"j\",\"down\"]}]}\n",
            ),
        ] {
            let sink = Sink::default();
            let mut out = Out::to(form, Box::new(sink.clone()), Box::new(Sink::default()));
            print(&mut out, std::slice::from_ref(&row)).unwrap();
            assert_eq!(sink.text(), want);
        }
    }
}
