//! The command line: one file a command over the same [`Office`](crate::engine::Office) that the console holds.
//!
//! Results go to stdout as tables, plain records or JSON; progress and errors go to stderr; exit codes are those of
//! interface.md. This room alone reads the environment.

pub mod accrue;
pub mod adopt;
pub mod approve;
pub mod args;
pub mod audit;
pub mod audit_export;
pub mod auto;
pub mod book_settings;
pub mod books;
pub mod config;
pub mod connect;
pub mod connect_desktop;
pub mod connections;
pub mod console;
pub mod context;
pub mod correct;
pub mod decide;
pub mod demo;
pub mod duration;
pub mod environment;
pub mod error;
pub mod events;
pub mod evidence;
pub mod exit;
pub mod failpoint;
#[cfg(test)]
mod fake;
pub mod home;
pub mod json;
pub mod keys;
pub mod lists;
pub mod logging;
pub mod mapping;
mod mapping_files;
pub mod open;
pub mod out;
pub mod platform;
pub mod policy;
pub mod post;
pub mod prompt;
pub mod queue;
pub mod reconcile;
pub mod replay;
pub mod sandbox;
pub mod seed;
pub mod show;
pub mod show_entry;
pub mod signals;
pub mod staged;
pub mod status;
pub mod summary;
pub mod table;
#[cfg(test)]
mod tests;
pub mod trial;
pub mod vault;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;

pub use args::{Cli, Command, DemoArgs, Globals, SandboxArgs};
pub use context::Context;
pub use error::CliError;
pub use exit::ExitCode;
pub use open::open;

use crate::store::Act;

/// Reads the command line. Help and version are printed here, and end with 0.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, ExitCode> {
    Cli::try_parse_from(args).map_err(|error| {
        let code = if error.use_stderr() { ExitCode::Usage } else { ExitCode::Done };
        // a closed pipe while help is printed changes nothing
        drop(error.print());
        code
    })
}

/// Says why nothing could be done.
pub fn failed(message: &str) -> ExitCode {
    let text: Vec<_> = message.lines().map(crate::model::text::harmless).collect();
    // without stderr there is nowhere left to say it
    drop(writeln!(std::io::stderr(), "tieout: {}", text.join("\n")));
    ExitCode::Failed
}

/// A refresh of tokens that is on the wire may take this long at the end: the system has replaced the old one already.
const TOKENS_END: std::time::Duration = std::time::Duration::from_secs(15);

/// Does what the command line says.
pub async fn run(cli: Cli) -> ExitCode {
    let code = match dispatch(cli).await {
        Ok(code) => code,
        Err(error) => {
            let code = error.code();
            if code != ExitCode::Done {
                tracing::error!(%error, code = code.number(), "the command failed");
                failed(&error.to_string());
            }
            code
        }
    };
    if !crate::engine::whole::ended(TOKENS_END).await {
        tracing::warn!("a refresh of tokens did not end in time; a new sign-in may be needed");
    }
    logging::finish();
    code
}

async fn dispatch(cli: Cli) -> Result<ExitCode, CliError> {
    let Cli { mut globals, auto, command } = cli;
    globals.no_color |= environment::no_color();
    if auto.auto && command.is_some() {
        return Err(CliError::Usage("--auto is a run of its own: give it without a command".into()));
    }
    if globals.read_only && (auto.auto || command.as_ref().is_some_and(Command::changes)) {
        return Err(CliError::Usage("this changes something, and --read-only was given".into()));
    }
    match command {
        None if !auto.auto => console::run(&globals).await,
        Some(Command::Demo(args)) => demo::run(&globals, args).await,
        Some(Command::Sandbox(args)) => sandbox::run(&globals, args).await,
        Some(Command::Keys(args)) => keys::run(&globals, args),
        Some(Command::Vault(args)) => vault::run(&globals, args).await,
        Some(Command::Connect(args)) => {
            let (ready, house) = open::open_or_create(&globals, args.vault).await?;
            let mut ctx = Context::new(&globals, &ready, house);
            connect::run(&mut ctx, args).await
        }
        command => {
            let (ready, house) = open(&globals).await?;
            let mut ctx = Context::new(&globals, &ready, house);
            for skipped in ctx.house.vault_skipped() {
                ctx.out.note(&format!(
                    "the vault was opened by the {}; {skipped}",
                    ctx.house.vault_way().replace('_', " ")
                ))?;
            }
            match command {
                None => auto::run(&mut ctx, auto).await,
                Some(command) => one(&mut ctx, command).await,
            }
        }
    }
}

/// Runs one command over an open home.
pub async fn one(ctx: &mut Context, command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Connections(args) => connections::run(ctx, args).await,
        Command::Books(args) => books::run(ctx, args).await,
        Command::Events(args) => events::run(ctx, args).await,
        Command::Policy(args) => policy::run(ctx, args).await,
        Command::Fetch(args) => post::fetch(ctx, args).await,
        Command::Queue(args) => queue::run(ctx, args).await,
        Command::Show(args) => show::run(ctx, args).await,
        Command::Approve(args) => approve::run(ctx, args).await,
        Command::Withdraw(args) => decide::run(ctx, &args.ids, Act::Withdraw).await,
        Command::Hold(args) => {
            decide::run(ctx, &args.ids, Act::Hold { reason: decide::said("--reason", args.reason)? }).await
        }
        Command::Release(args) => decide::run(ctx, &args.ids, Act::Release).await,
        Command::Reject(args) => {
            decide::run(ctx, &args.ids, Act::Reject { reason: decide::said("--reason", args.reason)? }).await
        }
        Command::Close(args) => {
            decide::run(ctx, &args.ids, Act::Close { note: decide::said("--note", args.note)? }).await
        }
        Command::Adopt(args) => adopt::run(ctx, args).await,
        Command::Reverse(args) => correct::reverse(ctx, args).await,
        Command::Repost(args) => correct::repost(ctx, args).await,
        Command::Corrections(args) => correct::corrections(ctx, args).await,
        Command::Post(args) => post::post(ctx, args).await,
        Command::Retry(args) => post::retry(ctx, args).await,
        Command::Replay(args) => replay::run(ctx, args).await,
        Command::Mapping(args) => mapping::run(ctx, args).await,
        Command::Reconcile(args) => reconcile::run(ctx, args).await,
        Command::Accrue(args) => accrue::run(ctx, args).await,
        Command::Evidence(args) => evidence::run(ctx, args).await,
        Command::Lists(args) => lists::run(ctx, args).await,
        Command::Audit(args) => audit::run(ctx, args).await,
        Command::Status => status::run(ctx).await,
        Command::Connect(args) => connect::run(ctx, args).await,
        Command::Demo(_) | Command::Sandbox(_) | Command::Keys(_) | Command::Vault(_) => {
            Err(CliError::Usage("this command needs no home of its own".into()))
        }
    }
}
