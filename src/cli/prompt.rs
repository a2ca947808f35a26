//! Questions in the terminal. Callers ask only when there is one; without, they name the option that would have answered.

use std::io::Write;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::cli::error::CliError;
use crate::vault::{Asked, Asker, Occasion};

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

/// The longest secret that is typed or pasted.
const LONGEST: usize = 8 * 1024;

/// Asks for a secret: nothing of it is shown while it is typed or pasted.
pub async fn secret(question: &str) -> Result<SecretString, CliError> {
    let mut err = std::io::stderr();
    write!(err, "{}", crate::model::text::harmless(question))?;
    err.flush()?;
    let (tell, heard) = tokio::sync::oneshot::channel();
    // a thread of its own: an answer that never comes must not keep the program
    std::thread::Builder::new().name("question".into()).spawn(move || drop(tell.send(read_hidden())))?;
    let answer = heard.await.unwrap_or(Err(CliError::Interrupted));
    writeln!(err)?;
    answer
}

/// The terminal without echo; as it was when this is dropped.
struct Hidden;

impl Hidden {
    fn begin() -> Result<Self, CliError> {
        crossterm::terminal::enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // a terminal that is gone has no mode to restore
        drop(crossterm::terminal::disable_raw_mode());
    }
}

fn read_hidden() -> Result<SecretString, CliError> {
    let _hidden = Hidden::begin()?;
    let mut text = Zeroizing::new(String::with_capacity(LONGEST));
    loop {
        let Event::Key(KeyEvent { code, modifiers, kind, .. }) = crossterm::event::read()? else { continue };
        if kind == KeyEventKind::Release {
            continue;
        }
        match (code, modifiers.contains(KeyModifiers::CONTROL)) {
            (KeyCode::Enter, _) | (KeyCode::Char('j' | 'm'), true) => {
                return Ok(SecretString::from(text.as_str()));
            }
            (KeyCode::Char('c' | 'd'), true) | (KeyCode::Esc, _) => return Err(CliError::Interrupted),
            (KeyCode::Char('u'), true) => text.clear(),
            (KeyCode::Backspace, _) => drop(text.pop()),
            (KeyCode::Char(c), false) if text.len() + c.len_utf8() < LONGEST => text.push(c),
            _ => {}
        }
    }
}

/// Asks for the vault's passphrase at the terminal.
pub struct AtTerminal;

impl Asker for AtTerminal {
    fn ask(&self, occasion: Occasion) -> Asked<'_> {
        Box::pin(async move {
            let said = |e: CliError| e.to_string();
            match occasion {
                Occasion::Unlock => secret("Passphrase of the vault: ").await.map_err(said),
                Occasion::New => {
                    let first = secret("New passphrase of the vault: ").await.map_err(said)?;
                    let again = secret("The same again: ").await.map_err(said)?;
                    use secrecy::ExposeSecret as _;
                    if first.expose_secret() == again.expose_secret() {
                        Ok(first)
                    } else {
                        Err("the two are not the same".into())
                    }
                }
            }
        })
    }
}
