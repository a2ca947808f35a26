//! `withdraw`, `hold`, `release`, `reject`, `close`: one act on each of some documents; each answers for itself.

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::model::state::State;
use crate::store::{Act, StoreError};

/// Does `act` to each document as it stands now. One that refuses does not stop the others.
pub async fn run(ctx: &mut Context, ids: &[String], act: Act) -> Result<ExitCode, CliError> {
    let rows = ctx.documents(ids).await?;
    let mut answers = Vec::with_capacity(rows.len());
    for row in rows {
        let answer = match ctx.office.act(row.id, row.version, act.clone()).await {
            Ok(state) => Ok(state),
            Err(error) => Err(of_one(&row.number, error.into())?),
        };
        answers.push((row, answer.map(|s| s.name().to_string())));
    }
    report(ctx, &answers)
}

/// The sentence of an error that concerns one document; any other ends the command.
pub fn of_one(number: &str, error: CliError) -> Result<String, CliError> {
    match error {
        CliError::Store(e @ (StoreError::IllegalMove { .. } | StoreError::Stale { .. })) => {
            Ok(sentence(number, &e))
        }
        error => other(error),
    }
}

/// The words of `--reason` and `--note`: without any there is nothing to keep.
pub fn said(option: &str, words: String) -> Result<String, CliError> {
    if words.trim().is_empty() {
        return Err(CliError::Usage(format!("{option} needs words: they are kept, and people read them")));
    }
    Ok(words)
}

/// Why nothing happened to a document, and what can be done, for people.
pub fn sentence(number: &str, error: &StoreError) -> String {
    match error {
        StoreError::IllegalMove { from, to } if from == to => format!("{number} is {from} already"),
        StoreError::IllegalMove { from, to } => {
            format!("{number} is {from} and cannot become {to}: {}", instead(*from))
        }
        StoreError::Stale { expected, .. } if expected.ends_with(StoreError::UNCHECKED) => {
            format!("{number} has to be checked again first; run `tieout fetch` or wait for the engine")
        }
        StoreError::Stale { found, .. } => {
            format!(
                "{number} changed meanwhile and is now {found}; look at it again with `tieout show {number}`"
            )
        }
        other => other.to_string(),
    }
}

/// What can be done with a document of that state.
fn instead(from: State) -> &'static str {
    match from {
        State::Stored => "it waits to be checked; run `tieout fetch` or wait for the engine",
        State::Unreadable => "it cannot be read; close it with a note, or wait for a new revision",
        State::Blocked => "mend what blocks it, hold it, reject it or close it",
        State::Ready => "approve it, hold it, reject it or close it",
        State::Held => "release it first",
        State::Approved => "withdraw the approval first",
        State::Posting | State::Posted => "it is on its way; wait until it is confirmed",
        State::Ambiguous => "it is being looked up in the ledger; wait for the answer",
        State::Failed => "try it again with `tieout retry`, reject it or close it",
        State::NeedsHuman => {
            "mend what was refused and `tieout approve --rest`, or `tieout reverse` what is in the ledger"
        }
        State::ConfirmFailed => "confirm it again with `tieout retry`, or close it with a note",
        State::Confirmed | State::Rejected | State::Recalled | State::Closed | State::Reversed => {
            "nothing more is to be done with it"
        }
    }
}

fn other(error: CliError) -> Result<String, CliError> {
    match error.code() {
        ExitCode::Failed => Ok(error.to_string()),
        _ => Err(error),
    }
}

/// Prints what became of each document: its new state, or why nothing happened.
pub fn report(
    ctx: &mut Context,
    answers: &[(crate::store::Row, Result<String, String>)],
) -> Result<ExitCode, CliError> {
    if ctx.out.is_json() {
        let documents: Vec<_> = answers
            .iter()
            .map(|(row, answer)| {
                json!({
                    "document": row.id.to_string(),
                    "number": row.number,
                    "state": answer.as_deref().unwrap_or(row.state.name()),
                    "error": answer.as_ref().err(),
                })
            })
            .collect();
        ctx.out.json(&json!({ "documents": documents }))?;
    } else {
        for (row, answer) in answers {
            match answer {
                Ok(state) => ctx.out.line(&format!("{}  {}  {state}", row.number, row.payee))?,
                Err(why) => ctx.out.note(&format!("{}  {}: {why}", row.number, row.payee))?,
            }
        }
    }
    let failed = answers.iter().any(|(_, a)| a.is_err());
    Ok(if failed { ExitCode::Failed } else { ExitCode::Done })
}
