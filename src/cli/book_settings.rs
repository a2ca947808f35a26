//! `tieout books add` and `tieout books edit`: settings from a file, with what differs shown before it counts.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::cli::args::{BookAdd, BookEdit};
use crate::cli::books;
use crate::cli::connect::error;
use crate::cli::context::Context;
use crate::cli::environment::can_ask;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::prompt;
use crate::cli::table::{Table, left};
use crate::engine::books::{BookChange, change};
use crate::engine::connect_book::{Difference, differences, settings, table};

/// Makes a book.
pub async fn add(ctx: &mut Context, args: BookAdd) -> Result<ExitCode, CliError> {
    let accounts = ctx.office.accounts()?;
    let mut given = match &args.file {
        Some(file) => read(file)?,
        None => Map::new(),
    };
    let zone = match args.time_zone {
        Some(zone) => Some(zone),
        None if given.contains_key("time_zone") => None,
        None if can_ask() => {
            let line = prompt::line("Time zone of the books, for instance America/New_York [UTC]: ").await?;
            Some(line.trim().to_string()).filter(|z| !z.is_empty())
        }
        None => {
            return Err(CliError::Usage(
                "say in which time zone instants become dates: give --time-zone".into(),
            ));
        }
    };
    zone.map(|z| given.insert("time_zone".into(), json!(z)));
    if !args.ledger_codes.is_empty() {
        given.insert("ledger_codes".into(), json!(args.ledger_codes));
    }
    let book = accounts.new_book(&args.name, &args.source, &args.ledger, &given).await.map_err(error)?;
    accounts.put_book(book.clone()).await?;
    if ctx.out.is_json() {
        let policy = ctx.store.policy(book.id.clone()).await?;
        ctx.out.json(&books::value(&book, &policy))?;
    } else {
        ctx.out.line(&format!(
            "{} is a preview: {} in {}, fiscal year from month {}",
            book.id, book.settings.company, book.settings.home_currency, book.settings.fiscal_year_start
        ))?;
        ctx.out.note(&format!(
            "Next: accounts and card programmes with `tieout books edit {0}`, then `tieout fetch`; nothing is posted \
             before `tieout books live {0}`",
            book.id
        ))?;
    }
    Ok(ExitCode::Done)
}

/// Changes settings, or prints those in force.
pub async fn edit(ctx: &mut Context, args: BookEdit) -> Result<ExitCode, CliError> {
    let book = ctx.book(&args.name).await?;
    let Some(file) = &args.file else {
        if ctx.out.is_json() {
            ctx.out.json(&json!(book.settings))?;
        } else {
            let text = toml::to_string(&book.settings).map_err(|e| CliError::Failed(e.to_string()))?;
            ctx.out.text(&text)?;
        }
        return Ok(ExitCode::Done);
    };
    let after = settings(&table(&book.settings).map_err(error)?, &read(file)?).map_err(error)?;
    let all = differences(&book.settings, &after).map_err(error)?;
    show(ctx, &all)?;
    if all.is_empty() {
        return Ok(ExitCode::Done);
    }
    if !args.yes {
        if !can_ask() {
            return Err(CliError::Usage("nothing was changed: give --yes to change this".into()));
        }
        let answer = prompt::line("Change this? [y/N] ").await?;
        if !matches!(answer.trim(), "y" | "Y" | "yes") {
            return Err(CliError::Failed("nothing was changed".into()));
        }
    }
    let seen = Box::new(book.settings.clone());
    let book = change(&*ctx.office, &book.id, BookChange::Settings { seen, after: Box::new(after) }).await?;
    ctx.out.note(&format!("{} is changed; its documents are derived again at the next fetch", book.id))?;
    Ok(ExitCode::Done)
}

fn show(ctx: &mut Context, all: &[Difference]) -> Result<(), CliError> {
    if ctx.out.is_json() {
        let list: Vec<_> =
            all.iter().map(|d| json!({"setting": d.setting, "before": d.before, "after": d.after})).collect();
        ctx.out.json(&json!({ "differences": list }))?;
        return Ok(());
    }
    let mut out = Table::new(&[left("setting"), left("before"), left("after")]);
    for d in all {
        out.row([d.setting.clone(), d.before.clone(), d.after.clone()]);
    }
    ctx.out.table(&out, "Nothing differs.")?;
    Ok(())
}

/// A file of settings: JSON when it is named so, else TOML.
fn read(file: &Path) -> Result<Map<String, Value>, CliError> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|e| CliError::Usage(format!("{shown}: {e}")))?;
    let wrong = |e: &dyn std::fmt::Display| CliError::Usage(format!("{shown}: {e}"));
    if file.extension().is_some_and(|e| e == "json") {
        return serde_json::from_str(&text).map_err(|e| wrong(&e));
    }
    let values: toml::Table = toml::from_str(&text).map_err(|e| wrong(&e.message()))?;
    let mut out = Map::new();
    for (key, value) in values {
        out.insert(key.clone(), plain(value).map_err(|why| wrong(&format!("{key}: {why}")))?);
    }
    Ok(out)
}

/// TOML's values as JSON's. Amounts are whole numbers or text, never floating-point numbers.
fn plain(value: toml::Value) -> Result<Value, String> {
    Ok(match value {
        toml::Value::String(s) => json!(s),
        toml::Value::Integer(n) => json!(n),
        toml::Value::Boolean(b) => json!(b),
        toml::Value::Datetime(d) => json!(d.to_string()),
        toml::Value::Float(_) => return Err("write an amount with decimals in quotes".into()),
        toml::Value::Array(a) => Value::Array(a.into_iter().map(plain).collect::<Result<_, _>>()?),
        toml::Value::Table(t) => {
            Value::Object(t.into_iter().map(|(k, v)| Ok((k, plain(v)?))).collect::<Result<_, String>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_and_json_say_the_same_and_no_amount_is_a_float() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            read(&path)
        };
        let toml = file(
            "a.toml",
            "lock_date = 2026-10-31\nold_expense_days = 60\n[accounts.advances]\nid = \"9\"\n",
        );
        let json = file(
            "a.json",
            "{\"lock_date\":\"2026-10-31\",\"old_expense_days\":60,\"accounts\":{\"advances\":{\"id\":\"9\"}}}",
        );
        assert_eq!(toml.unwrap(), json.unwrap());
        let said = file("b.toml", "second_approver_above = 10.5").unwrap_err().to_string();
        assert!(said.contains("second_approver_above") && said.contains("in quotes"), "{said}");
    }
}
