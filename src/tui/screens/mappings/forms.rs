//! Forms of the mapping screen: what they ask, and what their answers mean.

use std::collections::BTreeMap;

use crate::engine::mapping::LedgerWords;
use crate::engine::mapping::csv::KINDS;
use crate::mapping::{key_name, key_named};
use crate::model::book::{BookSettings, WhoPays};
use crate::model::guard::{self, Guard, Then};
use crate::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind};
use crate::tui::layers::{Answers, Field, Form, FormFor};
use crate::tui::text::clean;

use super::effect::MappingForm;
use super::parts::Part;

/// What a form says that a rule gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// A record that is chosen next.
    Choose,
    /// This.
    Gives(Gives),
}

/// A field that is wrong, and why.
pub type Wrong = (&'static str, String);

fn kind_word(kind: RuleKind, ledger: &LedgerWords) -> &'static str {
    match kind {
        RuleKind::Customer if !ledger.customer.is_empty() => ledger.customer,
        RuleKind::Party => "vendor of an employee or supplier",
        RuleKind::Account => "account",
        RuleKind::Class => DimensionKind::Class.word(),
        RuleKind::Department => DimensionKind::Department.word(),
        RuleKind::Customer => "project or customer",
        RuleKind::Tax => "tax",
        RuleKind::PostingDate => "posting date",
        RuleKind::Decision => "decision",
        RuleKind::Text => "text",
    }
}

fn kinds_of(part: Part, ledger: &LedgerWords) -> Vec<RuleKind> {
    KINDS.into_iter().filter(|k| Part::of_kind(*k) == part && ledger.lacks(*k).is_none()).collect()
}

/// The keys that make sense for rules of a part.
fn keys_of(part: Part, settings: Option<&BookSettings>) -> Vec<(String, String)> {
    let mut out = vec![(String::new(), "none".to_string())];
    let mut add = |key: &str, words: &str| {
        if !out.iter().any(|(k, _)| k == key) {
            out.push((key.into(), words.into()));
        }
    };
    let names: &[(&str, &str)] = match part {
        Part::Accounts => &[("expense_type", "expense type"), ("account_code", "account code of Concur")],
        Part::Tax => &[
            ("tax_code", "tax code"),
            ("reclaim_code", "reclaim code"),
            ("country", "country"),
            ("authority", "tax authority"),
        ],
        _ => &[],
    };
    for (key, words) in names {
        add(key, words);
    }
    for d in settings.map(|s| s.dimensions.as_slice()).unwrap_or_default() {
        add(&d.field, &format!("{} ({})", clean(&d.field), d.dimension.word()));
    }
    if part == Part::Dimensions {
        add("expense_type", "expense type");
        add("account_code", "account code of Concur");
    }
    out
}

/// A form for a rule; `old` is the one that it changes.
pub fn rule(part: Part, settings: Option<&BookSettings>, ledger: &LedgerWords, old: Option<&Rule>) -> Form {
    let kinds = old.map_or_else(|| kinds_of(part, ledger), |r| vec![r.kind]);
    let mut keys = keys_of(part, settings);
    let mut given = old.map(|r| r.keys.clone()).unwrap_or_default().into_iter();
    let (first, second) = (given.next(), given.next());
    for k in [&first, &second].into_iter().flatten() {
        let name = key_name(&k.0).to_string();
        if !keys.iter().any(|(n, _)| *n == name) {
            keys.push((name.clone(), clean(&name)));
        }
    }
    let name =
        |k: &Option<(Key, String)>| k.as_ref().map(|(k, _)| key_name(k).to_string()).unwrap_or_default();
    let value = |k: &Option<(Key, String)>| k.as_ref().map(|(_, v)| v.clone()).unwrap_or_default();
    let fallback = if old.is_none() && part != Part::Vendors {
        keys.get(1).map(|(k, _)| k.clone()).unwrap_or_default()
    } else {
        String::new()
    };
    let key1 = if first.is_some() { name(&first) } else { fallback };
    let mut fields = vec![Field::choice(
        "kind",
        "decides",
        kinds.iter().map(|k| (k.name().to_string(), kind_word(*k, ledger).to_string())).collect(),
        old.map_or("", |r| r.kind.name()),
    )];
    let party = old.and_then(|r| r.party.clone()).unwrap_or_default();
    let party = Field::text("party", "employee or vendor", &party);
    if part == Part::Vendors {
        fields
            .push(party.needed().help("The employee number or vendor code that Concur sends: E1010, V2114"));
    } else {
        let help = "Left and right choose. A rule with more conditions goes before one with fewer.";
        fields.push(Field::choice("key", "when", keys.clone(), &key1).help(help));
        fields.push(Field::text("value", "is", &value(&first)).help("The code that Concur sends: CC450"));
        fields.push(
            Field::choice("key2", "and when", keys, &name(&second)).help("A second condition, or none"),
        );
        fields.push(Field::text("value2", "is", &value(&second)));
        fields.push(party.help("Only for this employee number or vendor code; empty: for everybody"));
    }
    let mut gives: Vec<(String, String)> = Vec::new();
    if let Some(r) = old {
        gives.push(("keep".into(), format!("{} (as it is)", clean(&r.gives.to_string()))));
    }
    gives.push(("choose".into(), "a record of the ledger, chosen next".into()));
    match part {
        Part::Dimensions => gives.push(("none".into(), "none, on purpose".into())),
        Part::Tax => gives.push(("cost".into(), "the tax stays in cost".into())),
        _ => {}
    }
    fields.push(Field::choice("gives", "gives", gives, ""));
    if part == Part::Dimensions {
        let on = old.is_some_and(|r| r.billable);
        fields.push(
            Field::tick("billable", "may be billed", on)
                .help("Project rules only: its lines may be billed to the customer"),
        );
    }
    let reason = old.and_then(|r| r.reason.clone()).unwrap_or_default();
    fields
        .push(Field::text("reason", "note", &reason).help("For whoever reads this in a year; may be empty"));
    let title = match old {
        Some(r) => format!("Change rule {}", r.id),
        None => "A new rule".into(),
    };
    let lines = vec!["What it changes is shown before it is saved.".to_string()];
    let purpose = FormFor::Mappings(MappingForm::Rule(old.cloned().map(Box::new)));
    Form::new(purpose, title, lines, fields, "go on")
}

/// The rule that the answers mean, but for a record that is chosen next.
pub fn read_rule(old: Option<&Rule>, answers: &Answers) -> Result<(Rule, Asked), Wrong> {
    let kind = KINDS.into_iter().find(|k| k.name() == answers.text("kind"));
    let kind = old.map(|r| r.kind).or(kind).ok_or(("kind", "choose what it decides".to_string()))?;
    let mut keys = BTreeMap::new();
    for (key, value) in [("key", "value"), ("key2", "value2")] {
        let name = answers.text(key).to_string();
        let text = answers.text(value).to_string();
        match (name.is_empty(), text.is_empty()) {
            (true, true) => {}
            (true, false) => return Err((key, "choose what has this value".into())),
            (false, true) if name != "tax_code" => {
                return Err((value, "write the value, or choose none above".into()));
            }
            (false, _) => {
                if keys.insert(key_named(&name), text).is_some() {
                    return Err(("key2", "the same as above: one of them decides nothing".into()));
                }
            }
        }
    }
    // conditions beyond the two of the form stay as they are
    if let Some(old) = old {
        keys.extend(old.keys.iter().skip(2).map(|(k, v)| (k.clone(), v.clone())));
    }
    let text = |name: &str| Some(answers.text(name).to_string()).filter(|t| !t.is_empty());
    let asked = match answers.text("gives") {
        "keep" => Asked::Gives(old.map_or(Gives::Nothing, |r| r.gives.clone())),
        "none" => Asked::Gives(Gives::Nothing),
        "cost" => Asked::Gives(Gives::Cost),
        _ => Asked::Choose,
    };
    let rule = Rule {
        id: 0,
        kind,
        document: old.and_then(|r| r.document),
        party: text("party"),
        keys,
        gives: Gives::Nothing,
        author: String::new(),
        reason: text("reason"),
        billable: kind == RuleKind::Customer && answers.ticked("billable"),
    };
    Ok((rule, asked))
}

/// A form for a rule about whole documents.
pub fn guard(ledger: &LedgerWords, old: Option<&Guard>) -> Form {
    let then = match old.map(|g| &g.then) {
        Some(Then::Default(r)) => r.kind.name(),
        Some(Then::Hold) => "hold",
        _ => "skip",
    };
    let options = [
        ("skip", "leave it out: not posted, not acknowledged"),
        ("hold", "hold it until a person releases it"),
        ("class", "default class for lines without one"),
        ("department", "default location for lines without one"),
        ("customer", "default project for lines without one"),
    ];
    let here = |k: &str| k != "department" || ledger.lacks(RuleKind::Department).is_none() || then == k;
    let word = |k: &str, w: &str| match k {
        "customer" if !ledger.customer.is_empty() => {
            format!("default {} for lines without one", ledger.customer)
        }
        _ => w.to_string(),
    };
    let options =
        options.into_iter().filter(|(k, _)| here(k)).map(|(k, w)| (k.to_string(), word(k, w))).collect();
    let mut fields = vec![
        Field::text("when", "when", &old.map(Guard::condition).unwrap_or_default()).needed().help(
            "title contains TRAINING · kind is invoice and amount above 5000 · payee is not E1001 · custom1 is CC450",
        ),
        Field::choice("then", "then", options, then),
    ];
    if let Some(r) = old.and_then(Guard::default_rule) {
        let keep = vec![
            ("keep".to_string(), format!("{} (as it is)", clean(&r.gives.to_string()))),
            ("choose".to_string(), "a record of the ledger, chosen next".to_string()),
        ];
        fields.push(Field::choice("gives", "gives", keep, "keep"));
    }
    let reason = old.map(|g| g.reason.clone()).unwrap_or_default();
    fields.push(
        Field::text("reason", "why", &reason)
            .needed()
            .help("One sentence: whoever meets such a document reads it"),
    );
    let title = match old {
        Some(g) => format!("Change rule {}", g.id),
        None => "A rule about whole documents".into(),
    };
    let lines = vec!["All conditions must hold. It is tested on last month before it is saved.".to_string()];
    let purpose = FormFor::Mappings(MappingForm::Guard(old.cloned().map(Box::new)));
    Form::new(purpose, title, lines, fields, "go on")
}

/// The guard that the answers mean. A default still lacks its record when the second part says so.
pub fn read_guard(old: Option<&Guard>, answers: &Answers) -> Result<(Guard, bool), Wrong> {
    let conditions = guard::parse(answers.text("when")).map_err(|why| ("when", why))?;
    let before = old.and_then(Guard::default_rule);
    let default = |kind: RuleKind| {
        let kept = before.filter(|r| r.kind == kind && answers.text("gives") == "keep");
        let rule = kept.cloned().unwrap_or_else(|| Rule {
            id: 0,
            kind,
            document: None,
            party: None,
            keys: BTreeMap::new(),
            gives: Gives::Nothing,
            author: String::new(),
            reason: None,
            billable: false,
        });
        (Then::Default(Box::new(rule)), kept.is_none())
    };
    let (then, choose) = match answers.text("then") {
        "hold" => (Then::Hold, false),
        "class" => default(RuleKind::Class),
        "department" => default(RuleKind::Department),
        "customer" => default(RuleKind::Customer),
        _ => (Then::Skip, false),
    };
    let reason = answers.text("reason").to_string();
    Ok((Guard { id: 0, conditions, then, reason, author: String::new() }, choose))
}

/// Who pays by the words of the form.
const WHO: [(&str, &str, Option<WhoPays>); 5] = [
    ("", "not chosen: its documents wait", None),
    ("ledger", "the ledger: our own payment run", Some(WhoPays::Ledger)),
    ("concur", "Concur: Expense Pay", Some(WhoPays::Concur)),
    ("payroll", "payroll", Some(WhoPays::Payroll)),
    ("nobody", "nobody: it is settled already", Some(WhoPays::Nobody)),
];

/// A form for who pays a method.
pub fn method(code: &str, who: Option<WhoPays>, version: u32) -> Form {
    let options = WHO.map(|(k, w, _)| (k.to_string(), w.to_string())).to_vec();
    let chosen = WHO.iter().find(|(.., w)| *w == who).map_or("", |(k, ..)| *k);
    let field = Field::choice("who", "who pays", options, chosen)
        .help("Left and right choose. It decides between a bill and a journal to clearing.");
    let lines = vec![format!("Concur says that these are reimbursed by {}.", clean(code))];
    let purpose = FormFor::Mappings(MappingForm::Method { method: code.into(), before: who, version });
    Form::new(purpose, format!("Who pays {}", clean(code)), lines, vec![field], "go on")
}

/// Who pays, by the answers.
pub fn read_method(answers: &Answers) -> Option<WhoPays> {
    WHO.iter().find(|(k, ..)| *k == answers.text("who")).and_then(|(.., w)| *w)
}

/// A form for a file to read.
pub fn import() -> Form {
    let fields = vec![
        Field::text("path", "file", "").needed().help("A CSV file, as E writes it: ~/mappings.csv"),
        Field::tick("remove", "remove others", false)
            .help("Rules of the kinds in the file that the file does not have are removed"),
    ];
    let lines =
        vec!["Every difference and every mistake is shown first; nothing is saved before.".to_string()];
    Form::new(FormFor::Mappings(MappingForm::Import), "Import rules", lines, fields, "read the file")
}

/// A form for a file to write.
pub fn export(book: &str) -> Form {
    let name = format!("mappings-{}.csv", clean(book));
    let fields = vec![
        Field::text("path", "file", &name).needed(),
        Field::tick("replace", "replace", false)
            .help("A file of this name that is there already is replaced"),
    ];
    let lines = vec![
        "Writes the rules as CSV for a spreadsheet. Rules for one document and rules about whole documents stay here."
            .to_string(),
    ];
    Form::new(FormFor::Mappings(MappingForm::Export), "Export rules", lines, fields, "write the file")
}
