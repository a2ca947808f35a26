//! The exit codes that scripts rely on (interface.md, "Exit codes").

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    /// Done; documents that only wait for approval included.
    Done,
    /// Failed, with a message.
    Failed,
    /// The command line, or an argument, cannot be used.
    Usage,
    /// Done, and something needs a person.
    NeedsPerson,
    /// The vault cannot be opened here.
    Vault,
    /// The store is unusable, or held by a newer version.
    Store,
    /// Another process holds the engine.
    Held,
    /// The audit chain is broken.
    Chain,
    /// Interrupted by Ctrl-C.
    Interrupted,
}

impl ExitCode {
    /// The number that the shell sees.
    pub fn number(self) -> u8 {
        match self {
            ExitCode::Done => 0,
            ExitCode::Failed => 1,
            ExitCode::Usage => 2,
            ExitCode::NeedsPerson => 3,
            ExitCode::Vault => 4,
            ExitCode::Store => 5,
            ExitCode::Held => 6,
            ExitCode::Chain => 7,
            ExitCode::Interrupted => 130,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}
