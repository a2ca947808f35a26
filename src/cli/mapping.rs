//! `tieout mapping`: list, set and remove the mapping rules of a book.

use std::collections::BTreeMap;

use serde_json::json;

use crate::cli::args::{MappingArgs, MappingCommand, MappingKind, MappingSet};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::mapping_files;
use crate::cli::table::{Table, left, right};
use crate::engine::Candidate;
use crate::engine::mapping::{Edit, EditWhat, LedgerWords, mend_of};
use crate::mapping::{Change, key_named};
use crate::model::entry::Named;
use crate::model::rule::{Gives, Key, Rule, RuleKind, RuleSet};
use crate::model::text::harmless;

/// Runs it.
pub async fn run(ctx: &mut Context, args: MappingArgs) -> Result<ExitCode, CliError> {
    match args.command {
        MappingCommand::List { book } => list(ctx, book.as_deref()).await,
        MappingCommand::Set(set) => self::set(ctx, set).await,
        MappingCommand::Remove { rule, book } => remove(ctx, rule, book.as_deref()).await,
        MappingCommand::Export { book } => mapping_files::export(ctx, book.as_deref()).await,
        MappingCommand::Import { file, dry_run, remove, skip_wrong, book } => {
            let how = mapping_files::How { dry_run, remove, skip_wrong };
            mapping_files::import(ctx, &file, how, book.as_deref()).await
        }
        MappingCommand::Suggest { book } => mapping_files::suggest(ctx, book.as_deref()).await,
    }
}

async fn list(ctx: &mut Context, book: Option<&str>) -> Result<ExitCode, CliError> {
    let book = ctx.book_or_only(book).await?;
    let rules = ctx.store.rules(book.id.clone()).await?;
    if ctx.out.is_json() {
        ctx.out.json(&json!({"book": book.id, "version": rules.version, "rules": rules.rules}))?;
    } else {
        ctx.out.table(&table(&rules), "No rules yet.")?;
        ctx.out.note(&format!("{}: version {} of the rules", book.id, rules.version))?;
    }
    Ok(ExitCode::Done)
}

fn table(rules: &RuleSet) -> Table {
    let mut table = Table::new(&[
        right("rule"),
        left("decides"),
        left("for"),
        left("gives"),
        left("id there"),
        left("by"),
        left("why"),
    ]);
    for rule in &rules.rules {
        let record = match &rule.gives {
            Gives::Record(n) => n.id.clone(),
            _ => String::new(),
        };
        table.row([
            rule.id.to_string(),
            rule.kind.name().into(),
            rule.condition(),
            rule.gives.to_string(),
            record,
            rule.author.clone(),
            rule.reason.clone().unwrap_or_default(),
        ]);
    }
    table
}

async fn set(ctx: &mut Context, args: MappingSet) -> Result<ExitCode, CliError> {
    let book = ctx.book_or_only(args.book.as_deref()).await?;
    let keys = args.keys.iter().map(|k| key(k)).collect::<Result<BTreeMap<_, _>, _>>()?;
    let kind = rule_kind(args.kind);
    if keys.is_empty() && args.party.is_none() {
        let what =
            if kind == RuleKind::Party { "--party CODE" } else { "KEY=VALUE, for instance custom1=CC450" };
        return Err(CliError::Usage(format!("a {} rule needs {what}", kind.name())));
    }
    let rows = ctx.store.connections().await?;
    let system = rows.iter().find(|r| r.id == book.ledger).map_or("", |r| r.system.as_str());
    if let Some(why) = LedgerWords::of(system).lacks(kind) {
        return Err(CliError::Usage(why.into()));
    }
    let gives = match args.to.as_str() {
        "none" if matches!(kind, RuleKind::Class | RuleKind::Department | RuleKind::Customer) => {
            Gives::Nothing
        }
        "cost" if kind == RuleKind::Tax => Gives::Cost,
        typed => {
            let mend = mend_of(&blank(kind, &keys, args.party.as_deref()));
            let found = ctx.office.candidates(book.id.clone(), mend, typed.to_string()).await?;
            Gives::Record(choose(typed, &found)?)
        }
    };
    let rule = Rule {
        id: 0,
        kind,
        document: None,
        party: args.party,
        keys,
        gives,
        author: ctx.office.actor().name,
        reason: None,
        billable: false,
    };
    let said = format!("{}: {} → {}", rule.kind.name(), rule.condition(), rule.gives);
    let freed = ctx.office.set_rule(book.id.clone(), rule).await?;
    if ctx.out.is_json() {
        let ready: Vec<String> = freed.ready.iter().map(|d| d.to_string()).collect();
        let value =
            json!({"book": book.id, "version": freed.version, "derived": freed.derived, "ready": ready});
        ctx.out.json(&value)?;
    } else {
        ctx.out.line(&said)?;
        ctx.out.line(&format!(
            "{} documents derived again, {} ready now",
            freed.derived,
            freed.ready.len()
        ))?;
    }
    Ok(ExitCode::Done)
}

async fn remove(ctx: &mut Context, id: u32, book: Option<&str>) -> Result<ExitCode, CliError> {
    let book = ctx.book_or_only(book).await?;
    let rules = ctx.store.rules(book.id.clone()).await?;
    if rules.rule(id).is_none() {
        return Err(CliError::Failed(format!("{} has no rule {id}: see `tieout mapping list`", book.id)));
    }
    let edit = Edit { expected: rules.version, what: EditWhat::Changes(vec![Change::Remove(id)]) };
    let freed = ctx.office.put_rules(book.id.clone(), edit).await?;
    if ctx.out.is_json() {
        ctx.out.json(&json!({"book": book.id, "version": freed.version, "removed": id}))?;
    } else {
        ctx.out.line(&format!("rule {id} is removed; {} documents derived again", freed.derived))?;
    }
    Ok(ExitCode::Done)
}

fn rule_kind(kind: MappingKind) -> RuleKind {
    match kind {
        MappingKind::Party => RuleKind::Party,
        MappingKind::Account => RuleKind::Account,
        MappingKind::Class => RuleKind::Class,
        MappingKind::Department => RuleKind::Department,
        MappingKind::Customer => RuleKind::Customer,
        MappingKind::Tax => RuleKind::Tax,
    }
}

/// A rule that gives nothing yet.
fn blank(kind: RuleKind, keys: &BTreeMap<Key, String>, party: Option<&str>) -> Rule {
    Rule {
        id: 0,
        kind,
        document: None,
        party: party.map(Into::into),
        keys: keys.clone(),
        gives: Gives::Nothing,
        author: String::new(),
        reason: None,
        billable: false,
    }
}

/// `account_code=5010`, `custom1=CC450`
fn key(text: &str) -> Result<(Key, String), CliError> {
    let (name, value) =
        text.split_once('=').filter(|(n, v)| !n.is_empty() && !v.is_empty()).ok_or_else(|| {
            CliError::Usage(format!("{text:?} is no KEY=VALUE: write for instance custom1=CC450"))
        })?;
    Ok((key_named(name), value.into()))
}

/// The one record that was meant: by id, by whole name, or by the number that its name begins with.
fn choose(typed: &str, found: &[Candidate]) -> Result<Named, CliError> {
    let by = |same: &dyn Fn(&Named) -> bool| -> Vec<&Named> {
        found.iter().map(|c| &c.record).filter(|n| same(n)).collect()
    };
    let ways: [&dyn Fn(&Named) -> bool; 3] = [
        &|n| n.name.eq_ignore_ascii_case(typed),
        &|n| n.name.split_whitespace().next() == Some(typed),
        &|n| n.id == typed,
    ];
    for way in ways {
        match by(way).as_slice() {
            [] => {}
            [one] => return Ok((*one).clone()),
            many => return Err(ambiguous(typed, many)),
        }
    }
    let near: Vec<&Named> = found.iter().take(8).map(|c| &c.record).collect();
    Err(if near.is_empty() {
        CliError::Failed(format!("the ledger has nothing usable called {typed:?}"))
    } else {
        ambiguous(typed, &near)
    })
}

fn ambiguous(typed: &str, records: &[&Named]) -> CliError {
    let lines: Vec<String> =
        records.iter().map(|n| format!("  {}  {}", harmless(&n.id), harmless(&n.name))).collect();
    CliError::Usage(format!("{typed:?} is not exactly one record; which of these?\n{}", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate> {
        [("77", "5010 Client Airfare"), ("78", "5020 Client Lodging"), ("5020", "Airfare"), ("79", "Airfare")]
            .map(|(id, name)| Candidate { record: Named::new(id, name), score: 50, note: String::new() })
            .to_vec()
    }

    #[test]
    fn a_target_is_exactly_one_record() {
        let id = |typed: &str| choose(typed, &candidates()).map(|n| n.id);
        assert_eq!(id("5010").unwrap(), "77");
        assert_eq!(id("5010 client airfare").unwrap(), "77");
        assert_eq!(id("78").unwrap(), "78");
        // a number people see goes before an id they do not
        assert_eq!(id("5020").unwrap(), "78");
        assert!(matches!(id("Airfare"), Err(CliError::Usage(_))));
        assert!(matches!(id("Client"), Err(CliError::Usage(_))));
        assert!(matches!(choose("x", &[]), Err(CliError::Failed(_))));
    }

    #[test]
    fn keys_are_names_with_values() {
        assert_eq!(key("account_code=5010").unwrap(), (Key::AccountCode, "5010".into()));
        assert_eq!(key("custom1=CC=4").unwrap(), (Key::Field("custom1".into()), "CC=4".into()));
        assert!(key("custom1").is_err() && key("=4").is_err() && key("custom1=").is_err());
    }
}
