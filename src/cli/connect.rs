//! `tieout connect` and `tieout connections reauthorise`: the questions of a sign-in, put at the terminal or answered by
//! options. What is asked, and what it does, is the engine's.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::cli::args::{ConnectArgs, SignInArgs, VisitorArgs};
use crate::cli::context::Context;
use crate::cli::environment::{can_ask, is_remote};
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::{connect_desktop, json, prompt};
use crate::engine::connect::{Connect, ConnectError, Connected, Consent, Field, Question, Step};
use crate::engine::connect_loopback::Loopback;
use crate::vault::given::read_descriptor;

/// How long a consent may take (S14).
const CONSENT: Duration = Duration::from_mins(10);

/// Runs `connect`.
pub async fn run(ctx: &mut Context, args: ConnectArgs) -> Result<ExitCode, CliError> {
    let name = args.name.unwrap_or_else(|| args.system.replace('_', "-"));
    let accounts = ctx.office.accounts()?;
    let connect = accounts.begin(&args.system, &name).await.map_err(error)?;
    sign_in(ctx, connect, args.sign_in, &args.visitor).await
}

/// Runs `connections reauthorise`.
pub async fn again(ctx: &mut Context, name: &str, args: SignInArgs) -> Result<ExitCode, CliError> {
    let accounts = ctx.office.accounts()?;
    let connect = accounts.again(name).await.map_err(error)?;
    sign_in(ctx, connect, args, &VisitorArgs::default()).await
}

async fn sign_in(
    ctx: &mut Context,
    mut connect: Connect,
    args: SignInArgs,
    visitor: &VisitorArgs,
) -> Result<ExitCode, CliError> {
    if let Some(number) = args.refresh_token_fd {
        connect.import(read_descriptor(number).map_err(CliError::Usage)?).map_err(error)?;
    }
    let mut page = None;
    given(&mut connect, &args, &mut page).await?;
    connect_desktop::given(&mut connect, visitor)?;
    loop {
        match connect.step().map_err(error)? {
            Step::Ready => break,
            Step::Ask(question) => ask(ctx, &mut connect, &args, question, &mut page).await?,
            Step::Consent(consent) => {
                let address = consented(ctx, &connect, &args, &consent, page.take()).await?;
                connect.returned(&address).map_err(error)?;
            }
        }
    }
    let connected = connect.finish().await.map_err(error)?;
    tell(ctx, &connected)?;
    Ok(ExitCode::Done)
}

/// Answers from options; a secret comes from its descriptor.
async fn given(
    connect: &mut Connect,
    args: &SignInArgs,
    page: &mut Option<Loopback>,
) -> Result<(), CliError> {
    let plain = [
        (Field::Company, &args.company),
        (Field::ClientId, &args.client_id),
        (Field::SystemId, &args.system_id),
    ];
    for (field, value) in plain {
        if let Some(value) = value {
            connect.answer(field, &SecretString::from(value.as_str())).map_err(error)?;
        }
    }
    for (field, number) in
        [(Field::ClientSecret, args.client_secret_fd), (Field::RequestToken, args.request_token_fd)]
    {
        if let Some(number) = number {
            connect.answer(field, &read_descriptor(number).map_err(CliError::Usage)?).map_err(error)?;
        }
    }
    if let Some(value) = &args.redirect {
        redirect(connect, value, args.port, page).await?;
    }
    Ok(())
}

/// `loopback` is a page of this machine, opened now, so that its address is known; with SSH the person's browser cannot
/// reach it, and its address is copied from there.
async fn redirect(
    connect: &mut Connect,
    value: &str,
    port: u16,
    page: &mut Option<Loopback>,
) -> Result<(), CliError> {
    let address = if value.trim() == "loopback" {
        let open = Loopback::open(port).await?;
        let address = open.redirect();
        *page = Some(open);
        address
    } else {
        value.to_string()
    };
    connect.answer(Field::Redirect, &address.into()).map_err(error)
}

async fn ask(
    ctx: &mut Context,
    connect: &mut Connect,
    args: &SignInArgs,
    question: Question,
    page: &mut Option<Loopback>,
) -> Result<(), CliError> {
    if !can_ask() {
        // what has a default of its own may be taken by a program; everything else has to be said
        let taken = matches!(question.field, Field::SystemId | Field::User | Field::Minutes | Field::File);
        if let (true, Some(default)) = (taken, &question.default) {
            return connect.answer(question.field, &SecretString::from(default.as_ref())).map_err(error);
        }
        return Err(CliError::Usage(format!(
            "{} is asked for at the terminal; without one give {}",
            question.label, question.option
        )));
    }
    ctx.out.note(&question.help)?;
    let label = match &question.default {
        Some(default) => format!("{} [{default}]: ", question.label),
        None => format!("{}: ", question.label),
    };
    let answer = if question.secret {
        prompt::secret(&label).await?
    } else {
        let line = prompt::line(&label).await?;
        SecretString::from(line.trim())
    };
    let empty = answer.expose_secret().is_empty();
    let answer = match &question.default {
        Some(default) if empty => SecretString::from(default.as_ref()),
        _ => answer,
    };
    let answered = if question.field == Field::Redirect {
        redirect(connect, answer.expose_secret(), args.port, page).await
    } else {
        connect.answer(question.field, &answer).map_err(error)
    };
    match answered {
        // what cannot be used is asked again
        Err(CliError::Usage(why)) => Ok(ctx.out.note(&why)?),
        other => other,
    }
}

/// Shows the page where a person consents, and waits for what comes back.
async fn consented(
    ctx: &mut Context,
    connect: &Connect,
    args: &SignInArgs,
    consent: &Consent,
    page: Option<Loopback>,
) -> Result<SecretString, CliError> {
    if let Some(number) = args.callback_fd {
        ctx.out.note(&format!("Open this page and consent: {}", consent.url))?;
        return read_descriptor(number).map_err(CliError::Usage);
    }
    ctx.out.note(&format!("Open this page, sign in to {} and consent:", connect.title()))?;
    ctx.out.note(&consent.url)?;
    if let Some(page) = page.filter(|_| !is_remote()) {
        ctx.out.note("Waiting for the consent, ten minutes at most. Ctrl-C ends it.")?;
        return tokio::select! {
            heard = tokio::time::timeout(CONSENT, page.returned(connect.awaited())) => match heard {
                Ok(address) => Ok(address?),
                Err(_) => Err(CliError::Failed("no consent came within ten minutes: begin again".into())),
            },
            _ = tokio::signal::ctrl_c() => Err(CliError::Interrupted),
        };
    }
    if !can_ask() {
        return Err(CliError::Usage(
            "the address that the consent leads to is asked for at the terminal; without one give --callback-fd, or \
             --redirect loopback with development keys"
                .into(),
        ));
    }
    ctx.out.note(&format!(
        "The page then leads to {}. Copy the whole address from the browser, whatever the page shows, and paste it \
         here. It is not shown.",
        consent.redirect
    ))?;
    prompt::secret("Address: ").await
}

fn tell(ctx: &mut Context, c: &Connected) -> Result<(), CliError> {
    if let Some(handed) = &c.handed {
        return connect_desktop::tell(ctx, c, handed);
    }
    if ctx.out.is_json() {
        ctx.out.json(&json!({
            "connection": c.connection,
            "system": c.system,
            "company": c.company,
            "company_name": c.company_name.as_deref().map(json::text),
            "region": json::text(&c.region),
            "scopes": c.scopes.iter().map(|s| json::text(s)).collect::<Vec<_>>(),
            "access_until": c.access_until.map(|at| at.to_string()),
            "sign_in_until": c.sign_in_until.map(|at| at.to_string()),
            "notes": c.notes.iter().map(|n| json::text(n)).collect::<Vec<_>>(),
        }))?;
        return Ok(());
    }
    let who = c.company_name.as_deref().unwrap_or("company");
    ctx.out.line(&format!("{} is connected to {}: {who} ({})", c.connection, c.system, c.company))?;
    ctx.out.line(&format!("reached at    {}", c.region))?;
    if !c.scopes.is_empty() {
        ctx.out.line(&format!("may           {}", c.scopes.join(" ")))?;
    }
    if let Some(until) = c.sign_in_until {
        ctx.out.line(&format!("signed in     until {}; you are warned 30 days ahead", day(until)))?;
    }
    for note in &c.notes {
        ctx.out.note(note)?;
    }
    ctx.out.note("Next: `tieout books add` ties it to its counterpart.")?;
    Ok(())
}

fn day(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// What ends the command: an answer is a matter of arguments, the rest failed.
pub fn error(e: ConnectError) -> CliError {
    match e {
        ConnectError::Answer(why) => CliError::Usage(why),
        ConnectError::Engine(e) => e.into(),
        other => CliError::Failed(other.to_string()),
    }
}
