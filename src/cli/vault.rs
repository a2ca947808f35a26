//! `tieout vault`: which ways open it, and a new key.

use serde_json::json;

use crate::cli::args::{Globals, VaultArgs, VaultCommand};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::open;
use crate::vault::{Change, Passphrase, VaultError, Way};

/// Runs it.
pub async fn run(globals: &Globals, args: VaultArgs) -> Result<ExitCode, CliError> {
    open::exists(globals)?;
    let mut ready = open::prepare(globals, "command")?;
    if !matches!(args.command, VaultCommand::Status) {
        // a person asked for it and may have to type a password elsewhere
        ready = ready.patient();
    }
    if let VaultCommand::Rekey { new_passphrase_fd: Some(number), .. } = &args.command {
        ready.new_passphrase(Passphrase::Descriptor(*number));
    }
    let house = ready.open("command").await?;
    let mut ctx = Context::new(globals, &ready, house);
    match args.command {
        VaultCommand::Status | VaultCommand::Unlock => status(&mut ctx).await,
        VaultCommand::Rekey { add, remove, .. } => rekey(&mut ctx, Change { add, remove }).await,
    }
}

fn words(way: Way) -> String {
    way.name().replace('_', "-")
}

async fn status(ctx: &mut Context) -> Result<ExitCode, CliError> {
    let vault = ctx.house.vault().ok_or_else(|| CliError::Vault("this home has no vault".into()))?;
    let ways = vault.ways().await.map_err(error)?;
    let opened = vault.way();
    if ctx.out.is_json() {
        let skipped: Vec<_> =
            vault.skipped().iter().map(|s| json!({"way": s.way.name(), "why": s.why})).collect();
        let ways: Vec<_> = ways.iter().map(|w| w.name()).collect();
        ctx.out.json(&json!({"ways": ways, "opened_by": opened.name(), "skipped": skipped}))?;
        return Ok(ExitCode::Done);
    }
    for way in ways {
        let skipped = vault.skipped().iter().find(|s| s.way == way);
        let said = match skipped {
            Some(s) => format!("did not open: {}. To do: {}", s.why, way.remedy()),
            None if way == opened => "opened it now".into(),
            None => "not tried".into(),
        };
        ctx.out.line(&format!("{:<12} {said}", words(way)))?;
    }
    Ok(ExitCode::Done)
}

async fn rekey(ctx: &mut Context, change: Change) -> Result<ExitCode, CliError> {
    let vault = ctx.house.vault().ok_or_else(|| CliError::Vault("this home has no vault".into()))?;
    let done = vault.rekey(&change, ctx.office.actor(), ctx.office.now()).await.map_err(error)?;
    let ways: Vec<_> = done.ways.iter().map(|w| words(*w)).collect();
    if ctx.out.is_json() {
        let names: Vec<_> = done.ways.iter().map(|w| w.name()).collect();
        ctx.out.json(&json!({"secrets": done.secrets, "ways": names, "left": done.left}))?;
    } else {
        ctx.out.line(&format!(
            "The vault has a new key: {} secrets were sealed again. It is opened by: {}.",
            done.secrets,
            ways.join(", ")
        ))?;
        for left in &done.left {
            ctx.out.note(left)?;
        }
    }
    Ok(ExitCode::Done)
}

fn error(e: VaultError) -> CliError {
    match e {
        VaultError::Store(e) => CliError::Store(e),
        VaultError::LastWay | VaultError::NotRecorded(_) | VaultError::Again(_) => {
            CliError::Usage(e.to_string())
        }
        other => CliError::Vault(other.to_string()),
    }
}
