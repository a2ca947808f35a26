//! `withdraw`, `hold`, `release`, `reject`, `close`: one act on each of some documents; each answers for itself.

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::store::Act;

/// Does `act` to each document as it stands now. One that refuses does not stop the others.
pub async fn run(ctx: &mut Context, ids: &[String], act: Act) -> Result<ExitCode, CliError> {
    let rows = ctx.documents(ids).await?;
    let mut answers = Vec::with_capacity(rows.len());
    for row in rows {
        let answer = match ctx.office.act(row.id, row.version, act.clone()).await {
            Ok(state) => Ok(state),
            Err(error) => Err(of_one(error.into())?),
        };
        answers.push((row, answer.map(|s| s.name().to_string())));
    }
    report(ctx, &answers)
}

/// The sentence of an error that concerns one document; any other ends the command.
pub fn of_one(error: CliError) -> Result<String, CliError> {
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
