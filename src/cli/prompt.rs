//! Questions in the terminal. Callers ask only when there is one; without, they name the option that would have answered.

use std::io::Write;

use crate::cli::error::CliError;

/// Asks and reads one line, on a thread of its own: an answer that never comes must not keep the program.
pub async fn line(question: &str) -> Result<String, CliError> {
    let mut err = std::io::stderr();
    write!(err, "{}", crate::model::text::harmless(question))?;
    err.flush()?;
    let (tell, heard) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name("question".into()).spawn(move || {
        let mut text = String::new();
        let read = std::io::stdin().read_line(&mut text).map(|n| (n, text));
        // nobody waits any more when the program is ending
        drop(tell.send(read));
    })?;
    tokio::select! {
        answer = heard => match answer {
            Ok(Ok((0, _))) | Err(_) => Err(CliError::Interrupted),
            Ok(Ok((_, text))) => Ok(text),
            Ok(Err(error)) => Err(error.into()),
        },
        _ = tokio::signal::ctrl_c() => Err(CliError::Interrupted),
    }
}
