//! `tieout connect quickbooks-desktop` and `tieout connections qwc`: the file and the password for the Web Connector, and
//! what is done with them on the Windows machine.

use std::path::Path;

use secrecy::SecretString;
use serde_json::json;

use crate::cli::args::VisitorArgs;
use crate::cli::connect::error;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::json;
use crate::engine::connect::{Connect, Connected, Field};
use crate::engine::connect_desktop::Handed;

/// Answers from options, in the order in which they are asked.
pub fn given(connect: &mut Connect, args: &VisitorArgs) -> Result<(), CliError> {
    let file = args.qwc.as_deref().map(path_text).transpose()?;
    let plain = [
        (Field::CompanyName, args.company_name.clone()),
        (Field::User, args.user.clone()),
        (Field::Minutes, args.minutes.map(|m| m.to_string())),
        (Field::File, file),
        (Field::Replace, args.replace.then(|| "yes".to_string())),
    ];
    for (field, value) in plain {
        if let Some(value) = value {
            connect.answer(field, &SecretString::from(value)).map_err(error)?;
        }
    }
    Ok(())
}

fn path_text(path: &Path) -> Result<String, CliError> {
    let text = path.to_str().map(str::to_string);
    text.ok_or_else(|| CliError::Usage(format!("{}: give a path of plain text", path.display())))
}

/// Says what was made, shows the password, and what to do with both. This is the only time it is shown.
pub fn tell(ctx: &mut Context, c: &Connected, handed: &Handed) -> Result<(), CliError> {
    let password = handed.password.as_ref().map(|p| p.text()).unwrap_or_default();
    let file = handed.file.as_ref().map(|f| f.display().to_string());
    if ctx.out.is_json() {
        ctx.out.json(&json!({
            "connection": c.connection,
            "system": c.system,
            "company": c.company,
            "company_name": c.company_name.as_deref().map(json::text),
            "user": handed.user,
            "password": password,
            "url": json::text(&handed.url),
            "minutes": handed.minutes,
            "file": file,
            "steps": handed.steps,
            "notes": c.notes.iter().map(|n| json::text(n)).collect::<Vec<_>>(),
        }))?;
        return Ok(());
    }
    let who = c.company_name.as_deref().unwrap_or("company");
    ctx.out.line(&format!("{} waits for {}: {who}", c.connection, c.system))?;
    ctx.out.line(&format!("identity      {} (stays for ever)", c.company))?;
    ctx.out.line(&format!("address       {}", handed.url))?;
    ctx.out.line(&format!("user name     {}", handed.user))?;
    ctx.out.line(&format!("password      {password}"))?;
    ctx.out.line("              shown now and never again; it is kept as a hash only")?;
    ctx.out.line(&format!("visits        every {} minutes", handed.minutes))?;
    if let Some(file) = &file {
        ctx.out.line(&format!("file          {file}"))?;
    }
    ctx.out.line("")?;
    for (n, step) in handed.steps.iter().enumerate() {
        ctx.out.line(&format!("{}. {step}", n + 1))?;
    }
    for note in &c.notes {
        ctx.out.note(note)?;
    }
    ctx.out.note(&format!(
        "`tieout connections test {}` says when it came; `tieout books add` ties it to its source.",
        c.connection
    ))?;
    Ok(())
}

/// Runs `connections qwc`.
pub async fn write(ctx: &mut Context, name: &str, file: &Path, replace: bool) -> Result<ExitCode, CliError> {
    let accounts = ctx.office.accounts()?;
    let (path, note) =
        accounts.write_qwc(name, &path_text(file)?, replace).await.map_err(|e| match error(e) {
            CliError::Usage(why) if why.ends_with("already") => {
                CliError::Usage(format!("{why}: give another path, or --replace"))
            }
            other => other,
        })?;
    if ctx.out.is_json() {
        ctx.out.json(&json!({"connection": name, "file": path.display().to_string(), "note": note}))?;
        return Ok(ExitCode::Done);
    }
    ctx.out.line(&format!(
        "{} is written: the same identity and user name, no password. The Web Connector keeps the password it has.",
        path.display()
    ))?;
    if let Some(note) = note {
        ctx.out.note(&note)?;
    }
    Ok(ExitCode::Done)
}
