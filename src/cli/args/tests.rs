use clap::{CommandFactory, Parser};

use super::*;

/// Every page of help, in the order of the commands.
fn pages(command: &mut clap::Command, path: &str, out: &mut Vec<(String, String)>) {
    out.push((path.to_string(), command.render_long_help().to_string()));
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_string()).collect();
    for name in names.iter().filter(|n| *n != "help") {
        if let Some(sub) = command.find_subcommand_mut(name) {
            pages(sub, &format!("{path} {name}"), out);
        }
    }
}

fn all_pages() -> Vec<(String, String)> {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut out = Vec::new();
    pages(&mut command, "tieout", &mut out);
    out
}

#[test]
fn every_page_of_help_shows_an_example() {
    for (path, page) in all_pages() {
        assert!(page.contains("Example") && page.contains(&format!("  {path}")), "{path}\n{page}");
        assert!(page.lines().all(|l| l.chars().count() <= 100), "{path} is too wide");
    }
}

#[test]
fn help() {
    let pages: Vec<_> = all_pages().iter().map(|(path, page)| format!("$ {path} --help\n{page}\n")).collect();
    insta::assert_snapshot!(pages.concat().replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[test]
fn the_definition_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn examples_of_the_help_can_be_typed() {
    for (path, page) in all_pages() {
        let examples = page.lines().filter(|l| l.trim_start().starts_with("tieout ") && !l.contains('['));
        for line in examples {
            let line = line.trim().split("   ").next().unwrap_or_default();
            let mut words = Vec::new();
            for (i, part) in line.split('"').enumerate() {
                if i % 2 == 1 {
                    words.push(part.to_string());
                } else {
                    words.extend(part.split_whitespace().map(String::from));
                }
            }
            assert!(Cli::try_parse_from(&words).is_ok(), "{path}: {line}");
        }
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for line in [
        "tieout --once",
        "tieout --auto --wait 5s",
        "tieout --auto --once --wait soon",
        "tieout --book fq-us",
        "tieout demo --auto",
        "tieout demo --once",
        "tieout approve",
        "tieout approve --ready B4Q7TN",
        "tieout hold B4Q7TN",
        "tieout reject B4Q7TN",
        "tieout close B4Q7TN",
        "tieout adopt B4Q7TN",
        "tieout show B4Q7TN --entry --source",
        "tieout post B4Q7TN --book fq-us",
        "tieout sandbox --auto-approve all",
        "tieout policy set fq-us",
    ] {
        assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
    }
}

#[test]
fn read_only_knows_what_changes() {
    for (line, changes) in [
        ("tieout queue", false),
        ("tieout show B4Q7TN", false),
        ("tieout audit verify", false),
        ("tieout audit export", true),
        ("tieout books", false),
        ("tieout books pause fq-us", true),
        ("tieout connections", false),
        ("tieout connections test c", true),
        ("tieout replay B4Q7TN --dry-run", false),
        ("tieout replay B4Q7TN", true),
        ("tieout mapping list", false),
        ("tieout mapping remove 1", true),
        ("tieout policy list", false),
        ("tieout post", true),
        ("tieout fetch", true),
        ("tieout reconcile --period 2026-10", false),
        ("tieout reconcile sign --period 2026-10 --as preparer", true),
        ("tieout reconcile reopen --period 2026-10 --reason late", true),
    ] {
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        assert_eq!(cli.command.unwrap().changes(), changes, "{line}");
    }
}

#[test]
fn global_options_work_on_both_sides_of_a_command() {
    for line in ["tieout --json --home /h queue", "tieout queue --json --home /h"] {
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        assert!(cli.globals.json);
        assert_eq!(cli.globals.home, Some("/h".into()));
    }
}

#[test]
fn a_system_may_be_written_with_hyphens() {
    let cli = Cli::try_parse_from(["tieout", "sandbox", "--ledger", "quickbooks-online"]).unwrap();
    let Some(Command::Sandbox(args)) = cli.command else { panic!("another command") };
    assert_eq!(args.ledgers, ["quickbooks_online"]);
    assert_eq!((args.seed, args.auto_approve, args.listen.as_str()), (1, AutoApprove::Off, "127.0.0.1"));
}
