//! Mapping rules as a file: written for spreadsheets, and read back with every difference and every mistake told first.
//!
//! Rules for one document, decisions and rules about whole documents stay in the book: they are no lists.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::engine::mapping::label;
use crate::mapping::{Change, key_name, key_named};
use crate::model::entry::Named;
use crate::model::ledger::LedgerFacts;
use crate::model::rule::{Gives, Key, Rule, RuleKind, RuleSet};
use crate::model::text::{csv_cell, harmless};

/// The columns, in their order.
pub const COLUMNS: [&str; 9] =
    ["rule", "decides", "keys", "for", "gives", "ledger_id", "billable", "reason", "author"];
/// A file longer than this is no list of mappings.
pub const MOST_BYTES: usize = 5_000_000;
/// Lines that are read, at most.
const MOST_LINES: usize = 5_000;
/// Characters of a cell, at most.
const MOST_CELL: usize = 500;
/// Mistakes that are told, at most; how many there are is counted.
const MOST_ERRORS: usize = 200;

/// A mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column's name; empty: the whole line.
    pub column: String,
    /// What is wrong.
    pub why: String,
}

/// What a file would change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportPlan {
    /// The version that it was compared with.
    pub version: u32,
    /// Lines with rules.
    pub lines: u64,
    /// Rules that are new, in words.
    pub added: Vec<String>,
    /// Rules that change: before and after.
    pub changed: Vec<(String, String)>,
    /// Rules of the kinds in the file that it lacks, in words.
    pub removed: Vec<String>,
    /// Rules that stay as they are.
    pub unchanged: u64,
    /// Mistakes, first lines first.
    pub mistakes: Vec<Mistake>,
    /// All mistakes, also those that are not listed.
    pub wrong: u64,
    /// What makes the lines without a mistake hold.
    pub changes: Vec<Change>,
    /// What removes the rules that the file lacks.
    pub removals: Vec<Change>,
}

/// The kinds that stand in files.
pub const KINDS: [RuleKind; 6] = [
    RuleKind::Party,
    RuleKind::Account,
    RuleKind::Class,
    RuleKind::Department,
    RuleKind::Customer,
    RuleKind::Tax,
];

fn listed(r: &Rule) -> bool {
    r.document.is_none() && KINDS.contains(&r.kind)
}

/// The records that a kind of rule can give, with whether they are active.
pub fn records(kind: RuleKind, facts: &LedgerFacts) -> Vec<(Named, bool)> {
    let dimension = |list: &[crate::model::ledger::DimensionValue]| {
        list.iter().map(|d| (Named::new(&d.id, &d.name), d.active)).collect()
    };
    let accounts = || facts.accounts.iter().map(|a| (a.named(), a.active));
    match kind {
        RuleKind::Party => facts.vendors.iter().map(|v| (Named::new(&v.id, &v.name), v.active)).collect(),
        RuleKind::Account => accounts().collect(),
        RuleKind::Class => dimension(&facts.classes),
        RuleKind::Department => dimension(&facts.departments),
        RuleKind::Customer => dimension(&facts.customers),
        RuleKind::Tax => {
            let codes = facts.tax_codes.iter().map(|c| (Named::new(&c.id, &c.name), c.active));
            codes.chain(accounts()).collect()
        }
        RuleKind::PostingDate | RuleKind::Decision | RuleKind::Text => Vec::new(),
    }
}

/// `custom1=CC450; custom2=P1`
pub fn keys_text(keys: &BTreeMap<Key, String>) -> String {
    let one =
        |(k, v): (&Key, &String)| format!("{}={}", key_name(k), v.replace('\\', "\\\\").replace(';', "\\;"));
    keys.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Reads what [`keys_text`] writes.
pub fn keys_of(text: &str) -> Result<BTreeMap<Key, String>, String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let last = parts.last_mut();
        match (c, last) {
            ('\\', Some(last)) => last.extend(chars.next()),
            (';', _) => parts.push(String::new()),
            (c, Some(last)) => last.push(c),
            (_, None) => {}
        }
    }
    let mut keys = BTreeMap::new();
    for part in parts.iter().map(|p| p.trim()).filter(|p| !p.is_empty()) {
        let (name, value) = part
            .split_once('=')
            .map(|(n, v)| (n.trim(), v.trim()))
            .filter(|(n, v)| !n.is_empty() && (!v.is_empty() || *n == "tax_code"))
            .ok_or_else(|| format!("{part:?} is no KEY=VALUE: write for instance custom1=CC450"))?;
        if keys.insert(key_named(name), value.to_string()).is_some() {
            return Err(format!("{name} stands there twice"));
        }
    }
    Ok(keys)
}

fn gives_text(gives: &Gives) -> String {
    match gives {
        Gives::Record(n) => label(n),
        Gives::Nothing => "none".into(),
        Gives::Cost => "cost".into(),
        Gives::TaxCode(n) => format!("tax code: {}", label(n)),
        Gives::OtherBook(b) => format!("book: {b}"),
        Gives::Date(d) => d.to_string(),
        Gives::Accepted => "accepted".into(),
        Gives::Text(t) => t.clone(),
    }
}

/// The rules of a book as CSV, safe to open in a spreadsheet. Ends each line with CR LF (RFC 4180).
pub fn export(rules: &RuleSet) -> Result<String, String> {
    let mut w = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    w.write_record(COLUMNS).map_err(|e| e.to_string())?;
    let mut list: Vec<&Rule> = rules.rules.iter().filter(|r| listed(r)).collect();
    list.sort_by(|a, b| (a.kind, &a.keys, &a.party).cmp(&(b.kind, &b.keys, &b.party)));
    for r in list {
        let id = match &r.gives {
            Gives::Record(n) | Gives::TaxCode(n) => n.id.clone(),
            _ => String::new(),
        };
        let cells = [
            r.id.to_string(),
            r.kind.name().to_string(),
            keys_text(&r.keys),
            r.party.clone().unwrap_or_default(),
            gives_text(&r.gives),
            id,
            if r.billable { "yes".into() } else { String::new() },
            r.reason.clone().unwrap_or_default(),
            r.author.clone(),
        ];
        w.write_record(cells.iter().map(|c| csv_cell(&harmless(c)).into_owned()))
            .map_err(|e| e.to_string())?;
    }
    let bytes = w.into_inner().map_err(|e| e.to_string())?;
    String::from_utf8(bytes).map_err(|e| e.to_string())
}

/// What a file would change in the rules of a book.
pub fn plan(bytes: &[u8], rules: &RuleSet, facts: &LedgerFacts) -> ImportPlan {
    let mut reading = Reading::new(rules, facts);
    reading.read(bytes);
    reading.end()
}

struct Reading<'a> {
    rules: &'a RuleSet,
    facts: &'a LedgerFacts,
    plan: ImportPlan,
    /// The set as the file makes it, to find what clashes.
    running: RuleSet,
    /// Lines of rules that the file brought, by their number in `running`.
    lines: HashMap<u32, u64>,
    kept: BTreeSet<u32>,
    kinds: BTreeSet<RuleKind>,
    lists: HashMap<RuleKind, Vec<(Named, bool)>>,
}

impl<'a> Reading<'a> {
    fn new(rules: &'a RuleSet, facts: &'a LedgerFacts) -> Self {
        Self {
            rules,
            facts,
            plan: ImportPlan { version: rules.version, ..ImportPlan::default() },
            running: rules.clone(),
            lines: HashMap::new(),
            kept: BTreeSet::new(),
            kinds: BTreeSet::new(),
            lists: HashMap::new(),
        }
    }

    fn wrong(&mut self, line: u64, column: &str, why: impl Into<String>) {
        self.plan.wrong += 1;
        if self.plan.mistakes.len() < MOST_ERRORS {
            let why = harmless(&why.into()).into_owned();
            self.plan.mistakes.push(Mistake { line, column: column.into(), why });
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        if bytes.len() > MOST_BYTES {
            return self.wrong(1, "", "the file is larger than 5 MB: it is no list of mapping rules");
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = match std::str::from_utf8(bytes) {
            Ok(t) => t,
            Err(e) => {
                let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
                let line = before.split(|b| *b == b'\n').count() as u64;
                return self.wrong(line, "", "the file is not UTF-8: save it as \"CSV UTF-8\" and try again");
            }
        };
        let head = text.lines().next().unwrap_or_default();
        let count = |c: char| head.matches(c).count();
        let delimiter = match (count(','), count(';'), count('\t')) {
            (c, s, t) if t > c && t > s => b'\t',
            (c, s, _) if s > c => b';',
            _ => b',',
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut places: Option<Places> = None;
        let mut lines = Lines { bytes, at: 0, line: 1 };
        for record in reader.records() {
            let record = match record {
                Ok(r) => r,
                Err(e) => {
                    let line = e.position().map_or(1, csv::Position::line);
                    return self.wrong(line, "", format!("the line cannot be read: {e}"));
                }
            };
            let line = record.position().map_or(1, |p| lines.at(p.byte()));
            if record.iter().all(|c| c.trim().is_empty()) {
                continue;
            }
            let Some(p) = &places else {
                match Places::of(&record) {
                    Ok(p) => places = Some(p),
                    Err(why) => return self.wrong(line, "", why),
                }
                continue;
            };
            if self.plan.lines >= MOST_LINES as u64 {
                return self.wrong(
                    line,
                    "",
                    format!("only the first {MOST_LINES} lines are read: split the file"),
                );
            }
            self.plan.lines += 1;
            if record.len() != p.columns {
                let why = format!("it has {} columns, the first line has {}", record.len(), p.columns);
                self.wrong(line, "", why);
                continue;
            }
            let p = p.clone();
            self.line(line, &record, &p);
        }
        if places.is_none() {
            self.wrong(1, "", "the file is empty: export the rules to see its form");
        }
    }

    fn line(&mut self, line: u64, record: &csv::StringRecord, p: &Places) {
        let before = self.plan.wrong;
        for (i, cell) in record.iter().enumerate() {
            let name = p.names.get(i).cloned().unwrap_or_default();
            let long = cell.chars().count();
            if long > MOST_CELL {
                self.wrong(line, &name, format!("the cell has {long} characters, {MOST_CELL} are the most"));
            } else if *harmless(cell) != *cell {
                self.wrong(line, &name, "it holds a control or invisible character");
            }
        }
        if self.plan.wrong > before {
            return;
        }
        let cell = |name: &str| p.cell(record, name);
        let Some(kind) = KINDS.into_iter().find(|k| k.name() == cell("decides").to_lowercase()) else {
            let names: Vec<&str> = KINDS.iter().map(|k| k.name()).collect();
            return self.wrong(
                line,
                "decides",
                format!("{:?} is none of {}", cell("decides"), names.join(", ")),
            );
        };
        self.kinds.insert(kind);
        let keys = match keys_of(&cell("keys")) {
            Ok(k) => k,
            Err(why) => return self.wrong(line, "keys", why),
        };
        let billable = match cell("billable").to_lowercase().as_str() {
            "" | "no" | "false" | "0" => false,
            "yes" | "true" | "1" => true,
            other => return self.wrong(line, "billable", format!("{other:?} is neither yes nor no")),
        };
        let text = |name: &str| Some(cell(name)).filter(|t| !t.is_empty());
        let mut rule = Rule {
            id: 0,
            kind,
            document: None,
            party: text("for"),
            keys,
            gives: Gives::Nothing,
            author: String::new(),
            reason: text("reason"),
            billable,
        };
        let (gives, id) = (cell("gives"), cell("ledger_id"));
        // a rule that stays as it is may name a record that is out of use by now
        let as_it_is = self.rules.same(&rule).map(|old| {
            let there = match &old.gives {
                Gives::Record(n) | Gives::TaxCode(n) => n.id.as_str(),
                _ => "",
            };
            let same = gives_text(&old.gives) == gives && (id.is_empty() || id == there);
            (old.id, same.then(|| old.gives.clone()))
        });
        if let Some((old, _)) = &as_it_is {
            // also with a mistake behind it, the file has this rule
            self.kept.insert(*old);
        }
        rule.gives = match as_it_is.and_then(|(_, same)| same) {
            Some(gives) => gives,
            None => match self.gives(kind, &gives, &id) {
                Ok(g) => g,
                Err((column, why)) => return self.wrong(line, column, why),
            },
        };
        self.take(line, rule);
    }

    fn take(&mut self, line: u64, rule: Rule) {
        let nothing = match rule.kind {
            RuleKind::Account if rule.keys.is_empty() => Some("there is no catch-all account: name a key"),
            RuleKind::Party if rule.party.is_none() => Some("name the employee number or vendor code"),
            RuleKind::Tax if rule.keys.is_empty() && rule.party.is_none() => Some("name the tax code"),
            _ => None,
        };
        if let Some(why) = nothing {
            let column = if rule.kind == RuleKind::Party { "for" } else { "keys" };
            return self.wrong(line, column, why);
        }
        let there = self.running.same(&rule).cloned();
        if let Some(other) = there.as_ref().and_then(|r| self.lines.get(&r.id)).copied() {
            return self.wrong(line, "keys", format!("line {other} asks for the same already"));
        }
        let clash = self.running.clash(&rule).map(|o| (o.id, words(o)));
        if let Some((id, other)) = clash {
            let place = self.lines.get(&id).map_or_else(|| format!("rule {id}"), |l| format!("line {l}"));
            let why = format!("{place} ({other}) has the same rank for the same key: name one more key");
            return self.wrong(line, "keys", why);
        }
        let replaces = match &there {
            Some(old) => {
                self.kept.insert(old.id);
                if old.gives == rule.gives && old.billable == rule.billable && old.reason == rule.reason {
                    self.plan.unchanged += 1;
                    self.lines.insert(old.id, line);
                    return;
                }
                self.plan.changed.push((words(old), words(&rule)));
                Some(old.id)
            }
            None => {
                self.plan.added.push(words(&rule));
                None
            }
        };
        let id = self.running.set(rule.clone());
        self.lines.insert(id, line);
        self.plan.changes.push(Change::Set { rule: Box::new(rule), replaces });
    }

    /// What a line gives: a word, or exactly one record of the ledger.
    fn gives(&mut self, kind: RuleKind, text: &str, id: &str) -> Result<Gives, (&'static str, String)> {
        let dimension = matches!(kind, RuleKind::Class | RuleKind::Department | RuleKind::Customer);
        let lower = text.to_lowercase();
        if lower == "none" && dimension {
            return Ok(Gives::Nothing);
        }
        if lower == "cost" && kind == RuleKind::Tax {
            return Ok(Gives::Cost);
        }
        if let Some(book) = text.strip_prefix("book:").map(str::trim).filter(|b| !b.is_empty() && dimension) {
            return Ok(Gives::OtherBook(book.into()));
        }
        let (code, name) = match text.strip_prefix("tax code:").filter(|_| kind == RuleKind::Tax) {
            Some(name) => (true, name.trim()),
            None => (false, text),
        };
        let facts = self.facts;
        let list = self.lists.entry(kind).or_insert_with(|| records(kind, facts));
        let found: Vec<&(Named, bool)> = if id.is_empty() {
            if name.is_empty() {
                return Err(("gives", "it is empty: name a record of the ledger".into()));
            }
            let whole: Vec<_> = list.iter().filter(|(n, _)| n.name.eq_ignore_ascii_case(name)).collect();
            if whole.is_empty() {
                list.iter().filter(|(n, _)| n.name.split_whitespace().next() == Some(name)).collect()
            } else {
                whole
            }
        } else {
            list.iter()
                .filter(|(n, _)| n.id == id && (name.is_empty() || n.name.eq_ignore_ascii_case(name)))
                .collect()
        };
        match found.as_slice() {
            [(_, false)] => Err(("gives", format!("{name:?} is inactive in the ledger"))),
            [(n, true)]
                if code
                    || facts
                        .tax_codes
                        .iter()
                        .any(|c| kind == RuleKind::Tax && c.id == n.id && c.name == n.name) =>
            {
                Ok(Gives::TaxCode(n.clone()))
            }
            [(n, true)] => Ok(Gives::Record(n.clone())),
            [] if !id.is_empty() => {
                Err(("ledger_id", format!("the ledger has no record {id:?} named {name:?}")))
            }
            [] => Err(("gives", format!("the ledger has no record named {name:?}"))),
            many => {
                let ids: Vec<&str> = many.iter().take(5).map(|(n, _)| n.id.as_str()).collect();
                Err((
                    "ledger_id",
                    format!("{name:?} is the name of several records: give one of {}", ids.join(", ")),
                ))
            }
        }
    }

    fn end(mut self) -> ImportPlan {
        let gone = |r: &&Rule| listed(r) && self.kinds.contains(&r.kind) && !self.kept.contains(&r.id);
        for r in self.rules.rules.iter().filter(gone) {
            self.plan.removed.push(format!("rule {}: {}", r.id, words(r)));
            self.plan.removals.push(Change::Remove(r.id));
        }
        self.plan
    }
}

fn words(r: &Rule) -> String {
    format!("{} {} → {}", r.kind.name(), r.condition(), r.gives)
}

/// The line of the file at a place in it. The reader's own count is one behind where lines end in CR LF.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of a record that begins at this byte; records come in their order.
    fn at(&mut self, byte: u64) -> u64 {
        let mut to = usize::try_from(byte).unwrap_or(usize::MAX).min(self.bytes.len());
        // what is left of the line before, and empty lines, stand before the record
        while matches!(self.bytes.get(to), Some(b'\r' | b'\n')) {
            to += 1;
        }
        let passed = self.bytes.get(self.at..to).unwrap_or_default();
        self.line += (passed.split(|b| *b == b'\n').count() as u64).saturating_sub(1);
        self.at = self.at.max(to);
        self.line
    }
}

/// Where each column stands.
#[derive(Debug, Clone)]
struct Places {
    names: Vec<String>,
    columns: usize,
}

impl Places {
    fn of(head: &csv::StringRecord) -> Result<Self, String> {
        let names: Vec<String> = head.iter().map(|c| c.trim().to_lowercase()).collect();
        if let Some(unknown) = names.iter().find(|n| !COLUMNS.contains(&n.as_str())) {
            return Err(format!("{unknown:?} is no column: {}", COLUMNS.join(", ")));
        }
        for needed in ["decides", "keys", "for", "gives"] {
            match names.iter().filter(|n| *n == needed).count() {
                1 => {}
                0 => return Err(format!("the column {needed:?} is missing in the first line")),
                _ => return Err(format!("the column {needed:?} stands there twice")),
            }
        }
        Ok(Self { columns: names.len(), names })
    }

    /// A cell without spaces around and without the apostrophe that defuses a formula.
    fn cell(&self, record: &csv::StringRecord, name: &str) -> String {
        let at = self.names.iter().position(|n| n == name);
        let text = at.and_then(|i| record.get(i)).unwrap_or_default().trim();
        match text.strip_prefix('\'') {
            Some(rest) if *csv_cell(rest) != *rest => rest.to_string(),
            _ => text.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
