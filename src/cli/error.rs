//! What ends a command early, and the exit code that goes with it.

use crate::cli::config::ConfigError;
use crate::cli::exit::ExitCode;
use crate::cli::home::HomeError;
use crate::engine::EngineError;
use crate::engine::house::OpenError;
use crate::store::StoreError;

/// Why a command did not do what was asked. The message is for people: what happened, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// An argument cannot be used: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// It did not work: exit code 1.
    #[error("{0}")]
    Failed(String),
    /// The settings of this machine.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The folders of this machine.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The vault cannot be opened here: exit code 4.
    #[error("{0}")]
    Vault(String),
    /// The home has no store yet: exit code 4.
    #[error(
        "nothing is set up in {0} yet; `tieout demo` shows the console on a sample firm, `tieout` sets up a book"
    )]
    NotSetUp(String),
    /// Another process holds the engine: exit code 6.
    #[error("{0}")]
    Held(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Ctrl-C while a question was open, or twice.
    #[error("interrupted")]
    Interrupted,
    /// Output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
}

impl CliError {
    /// The code that the shell sees.
    pub fn code(&self) -> ExitCode {
        match self {
            CliError::Usage(_) => ExitCode::Usage,
            CliError::Failed(_) | CliError::Config(_) | CliError::Home(_) => ExitCode::Failed,
            CliError::Vault(_) | CliError::NotSetUp(_) => ExitCode::Vault,
            CliError::Held(_) => ExitCode::Held,
            CliError::Store(StoreError::Unusable(_) | StoreError::Fatal(_)) => ExitCode::Store,
            CliError::Store(_) => ExitCode::Failed,
            CliError::Interrupted => ExitCode::Interrupted,
            // the reader went away (`| head`): nothing went wrong
            CliError::Output(e) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::Done,
            CliError::Output(_) => ExitCode::Failed,
        }
    }
}

impl From<EngineError> for CliError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(e) => CliError::Store(e),
            EngineError::Held(_) => CliError::Held(error.to_string()),
            EngineError::Vault(m) => CliError::Vault(m),
            EngineError::System { .. } | EngineError::Refused(_) => CliError::Failed(error.to_string()),
        }
    }
}

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(e) => CliError::Store(e),
            OpenError::Vault(m) => CliError::Vault(m),
            OpenError::Held(m) => CliError::Held(m),
            OpenError::Other(m) => CliError::Failed(m),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_fail_has_the_code_of_the_table() {
        let refused = StoreError::Refused("the payee cannot approve".into());
        for (error, want) in [
            (CliError::Usage(String::new()), 2),
            (CliError::from(refused), 1),
            (CliError::from(StoreError::Unusable(String::new())), 5),
            (CliError::from(OpenError::Store(StoreError::Unusable(String::new()))), 5),
            (CliError::from(OpenError::Vault(String::new())), 4),
            (CliError::from(OpenError::Held(String::new())), 6),
            (CliError::from(EngineError::Held(String::new())), 6),
            (CliError::from(EngineError::Vault(String::new())), 4),
            (CliError::from(EngineError::Store(StoreError::Fatal(String::new()))), 5),
            (CliError::from(EngineError::Refused(String::new())), 1),
            (CliError::Interrupted, 130),
            (CliError::Output(std::io::ErrorKind::BrokenPipe.into()), 0),
            (CliError::Output(std::io::ErrorKind::StorageFull.into()), 1),
        ] {
            assert_eq!(error.code().number(), want, "{error:?}");
        }
    }
}
