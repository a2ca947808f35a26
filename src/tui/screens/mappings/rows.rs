//! Lines of a part, made once when the board or the filter changes. Text from outside is made harmless here.

use jiff::tz::TimeZone;

use crate::engine::mapping::{Board, LedgerWords, MEMO_KINDS, Unmapped, differences};
use crate::model::DocumentKind;
use crate::model::book::BookSettings;
use crate::model::guard::Guard;
use crate::model::money::Currency;
use crate::model::rule::{DimensionKind, Gives, Key, Rank, Rule, RuleKind};
use crate::store::{ProposalRow, RuleVersion};
use crate::tui::format::{documents, minute, sums_words};
use crate::tui::text::clean;
use crate::tui::theme::Meaning;

use super::parts::Part;

/// What a line stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The value of this place among those without a mapping.
    Unmapped(usize),
    /// A rule.
    Rule(u32),
    /// A rule about whole documents.
    Guard(u32),
    /// A reimbursement method.
    Method(String),
    /// A memo template.
    Memo(Option<DocumentKind>),
    /// A version of the rules.
    Version(u32),
    /// A proposal for a list.
    Proposal(i64),
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it stands for.
    pub what: What,
    /// Rule's number, or `!`.
    pub number: String,
    /// The source's value with its name.
    pub when: String,
    /// What it gives.
    pub gives: String,
    /// For whom or what it holds.
    pub scope: String,
    /// Documents.
    pub used: String,
    /// By whom.
    pub by: String,
    /// Since when.
    pub since: String,
    /// How it is shown.
    pub meaning: Meaning,
    /// Score and reason of the best suggestion.
    pub near: Option<(u8, String, String)>,
    /// Sums, where it is about documents that wait.
    pub sums: String,
    search: String,
}

impl Line {
    fn new(what: What, number: impl Into<String>, when: String, gives: String) -> Self {
        Self {
            what,
            number: number.into(),
            when,
            gives,
            scope: String::new(),
            used: String::new(),
            by: String::new(),
            since: String::new(),
            meaning: Meaning::Text,
            near: None,
            sums: String::new(),
            search: String::new(),
        }
    }

    /// Whether it holds every word, in lower case.
    fn holds(&self, words: &[String]) -> bool {
        words.iter().all(|w| self.search.contains(w))
    }
}

/// What lines are made of.
pub struct Source<'a> {
    /// The board.
    pub board: &'a Board,
    /// The book's settings.
    pub settings: Option<&'a BookSettings>,
    /// Proposals, once read.
    pub proposals: &'a [ProposalRow],
    /// Home currency.
    pub home: Option<Currency>,
    /// The zone of instants.
    pub zone: &'a TimeZone,
}

/// The lines of a part that hold every word; only values with a suggestion when `near`.
pub fn lines(s: &Source<'_>, part: Part, filter: &str, near: bool) -> Vec<Line> {
    let words: Vec<String> = filter.to_lowercase().split_whitespace().map(str::to_string).collect();
    let mut out = all(s, part);
    if near {
        out.retain(|l| l.near.is_some());
    }
    for l in &mut out {
        let text = [&l.number, &l.when, &l.gives, &l.scope, &l.by, &l.since];
        l.search = text.map(String::as_str).join("\n").to_lowercase();
    }
    out.retain(|l| l.holds(&words));
    out
}

fn all(s: &Source<'_>, part: Part) -> Vec<Line> {
    match part {
        Part::Vendors | Part::Accounts | Part::Dimensions | Part::Tax => {
            let open = s.board.unmapped.iter().enumerate();
            let open = open.filter(|(_, u)| Part::of_finding(u.group.code) == Some(part));
            let mut rules: Vec<&Rule> =
                s.board.rules.rules.iter().filter(|r| Part::of_kind(r.kind) == part).collect();
            rules.sort_by(|a, b| (a.kind, &a.keys, &a.party, a.id).cmp(&(b.kind, &b.keys, &b.party, b.id)));
            open.map(|(i, u)| unmapped(s, i, u)).chain(rules.into_iter().map(|r| rule(s, r))).collect()
        }
        Part::Payment => s.board.methods.iter().map(|m| method(s, m)).collect(),
        Part::Memo => memos(s),
        Part::Rules => {
            let decisions = s.board.rules.rules.iter().filter(|r| Part::of_kind(r.kind) == part);
            let guards = s.board.rules.guards.iter().enumerate();
            guards.map(|(i, g)| guard(s, i, g)).chain(decisions.map(|r| rule(s, r))).collect()
        }
        Part::Changes => versions(s),
        Part::Lists => s.proposals.iter().map(proposal).collect(),
    }
}

fn unmapped(s: &Source<'_>, i: usize, u: &Unmapped) -> Line {
    let best = u.near.first();
    let gives = best.map_or_else(
        || "not mapped".to_string(),
        |c| format!("not mapped · near: {} ({} %)", clean(&c.record.name), c.score),
    );
    let words = match (u.mendable, u.group.brief.as_str()) {
        (true, _) | (false, "") => when(&u.rule, &u.name, &s.board.ledger),
        (false, brief) => clean(brief),
    };
    let gives = if u.mendable { gives } else { "to be put right in the ledger".into() };
    let mut line = Line::new(What::Unmapped(i), "!", words, gives);
    line.used = u.group.count.to_string();
    line.sums = sums_words(u.group.sums.iter().copied(), s.home).join(", ");
    line.meaning = Meaning::Error;
    line.near = best.map(|c| (c.score, clean(&c.record.name), clean(&c.note)));
    line
}

/// `class CC450 Sustainability`
pub fn when(r: &Rule, name: &str, ledger: &LedgerWords) -> String {
    let kind = match r.kind {
        RuleKind::Class => format!("{} ", DimensionKind::Class.word()),
        RuleKind::Department => format!("{} ", DimensionKind::Department.word()),
        RuleKind::Customer if !ledger.customer.is_empty() => format!("{} ", ledger.customer),
        RuleKind::Customer => format!("{} ", DimensionKind::Customer.word()),
        RuleKind::PostingDate => "posting date ".into(),
        RuleKind::Decision => "decision ".into(),
        RuleKind::Text => "text ".into(),
        RuleKind::Party | RuleKind::Account | RuleKind::Tax => String::new(),
    };
    let mut parts: Vec<String> = Vec::new();
    if r.keys.is_empty() {
        parts.extend(r.party.clone());
    }
    for (k, v) in &r.keys {
        parts.push(match k {
            Key::ExpenseType => format!("type {v}"),
            Key::ReclaimCode => format!("reclaim {v}"),
            Key::TaxCode if v.is_empty() => "no tax".into(),
            _ => v.replace('_', " "),
        });
    }
    if parts.is_empty() && r.document.is_none() {
        parts.push("everything else".into());
    }
    let name = if name.is_empty() { String::new() } else { format!(" {name}") };
    clean(format!("{kind}{}{name}", parts.join(" + ")).trim_end())
}

fn scope(r: &Rule) -> String {
    match (&r.document, &r.party) {
        (Some(_), _) => "one document".into(),
        (None, Some(p)) if !r.keys.is_empty() => clean(&format!("only {p}")),
        _ if r.rank() == Rank::Book => "default".into(),
        _ => "book".into(),
    }
}

fn rule(s: &Source<'_>, r: &Rule) -> Line {
    let name = s.board.names.iter().find(|(id, _)| *id == r.id).map_or("", |(_, n)| n.as_str());
    let given = s.board.given.iter().find(|(id, _)| *id == r.id).map(|(_, g)| g);
    let (gives, meaning) = match (given, &r.gives) {
        (Some(g), _) if !g.trouble.is_empty() => (format!("{}: {}", g.trouble, g.label), Meaning::Warn),
        (Some(g), Gives::TaxCode(_)) => (format!("tax code {}", g.label), Meaning::Text),
        (Some(g), _) => (g.label.clone(), Meaning::Text),
        (None, gives) => (gives.to_string(), Meaning::Text),
    };
    let mut line =
        Line::new(What::Rule(r.id), r.id.to_string(), when(r, name, &s.board.ledger), clean(&gives));
    line.meaning = meaning;
    line.scope = scope(r);
    line.by = clean(&r.author);
    age(s, r.id, &mut line);
    line
}

fn age(s: &Source<'_>, id: u32, line: &mut Line) {
    if let Some(u) = s.board.uses.iter().find(|u| u.rule == id) {
        line.used = u.documents.to_string();
        line.since = minute(u.since, s.zone).chars().take(10).collect();
    }
}

fn guard(s: &Source<'_>, i: usize, g: &Guard) -> Line {
    let gives = match g.default_rule() {
        Some(r) => format!("default {} {}", r.kind.name().replace("customer", "project"), r.gives),
        None if g.then.word() == "skip" => "leave out: not posted".into(),
        None => "hold until a person releases it".into(),
    };
    let mut line = Line::new(What::Guard(g.id), g.id.to_string(), clean(&g.condition()), clean(&gives));
    line.scope = format!("{}.", i + 1);
    line.by = clean(&g.author);
    age(s, g.id, &mut line);
    if g.default_rule().is_none() {
        // their documents are found by the finding, not by a line
        line.used = String::new();
    }
    line
}

fn method(s: &Source<'_>, m: &crate::engine::mapping::Method) -> Line {
    let gives = match m.who {
        Some(who) => format!("{} pays", who.word()).replace("nobody pays", "nobody pays: settled already"),
        None => "not chosen".into(),
    };
    let number = if m.who.is_none() { "!" } else { "" };
    let mut line = Line::new(What::Method(m.code.clone()), number, clean(&m.code), gives);
    line.scope = "book".into();
    if let Some(g) = &m.waiting {
        line.used = g.count.to_string();
        line.sums = sums_words(g.sums.iter().copied(), s.home).join(", ");
    }
    if m.who.is_none() {
        line.meaning = Meaning::Error;
    }
    line
}

fn memos(s: &Source<'_>) -> Vec<Line> {
    let Some(settings) = s.settings else { return Vec::new() };
    let mut out = Vec::new();
    let shown =
        |t: &str| if t.trim().is_empty() { "standard".to_string() } else { clean(&t.replace('\n', " ")) };
    out.push(Line::new(What::Memo(None), "", "every kind without its own".into(), shown(&settings.memo)));
    for kind in MEMO_KINDS.into_iter().filter(|k| settings.flows.contains_key(k)) {
        let own = settings.flows.get(&kind).and_then(|f| f.memo.clone()).unwrap_or_default();
        let gives = if own.trim().is_empty() { "as every kind".to_string() } else { shown(&own) };
        out.push(Line::new(What::Memo(Some(kind)), "", format!("{}s", kind.words()), gives));
    }
    for l in &mut out {
        l.scope = "book".into();
    }
    out
}

/// What a version changed against the one before it, where that is known.
pub fn changes_of(board: &Board, at: usize) -> Option<Vec<String>> {
    let version = board.versions.get(at)?;
    let empty = crate::model::rule::RuleSet::default();
    let before = match board.versions.get(at + 1) {
        Some(older) => &older.rules,
        None if version.version == 1 => &empty,
        None => return None,
    };
    Some(differences(before, &version.rules))
}

fn versions(s: &Source<'_>) -> Vec<Line> {
    let list = s.board.versions.iter().enumerate();
    list.map(|(i, v): (usize, &RuleVersion)| {
        let changes = changes_of(s.board, i);
        let words = match changes.as_deref() {
            None => "as it was before what is listed here".to_string(),
            Some([]) => "nothing: saved as it was".into(),
            Some([one]) => one.clone(),
            Some([first, rest @ ..]) => format!("{first}  and {} more", rest.len()),
        };
        let when = format!("{} {}", minute(v.at, s.zone), clean(&v.by));
        let mut line = Line::new(What::Version(v.version), v.version.to_string(), when, clean(&words));
        line.scope = if v.version == s.board.rules.version { "in force".into() } else { String::new() };
        line.used = v.rules.rules.len().to_string();
        line.by = clean(&v.by);
        line.since = minute(v.at, s.zone).chars().take(10).collect();
        line
    })
    .collect()
}

fn proposal(p: &ProposalRow) -> Line {
    let of = &p.proposal;
    let when = format!("{} {} in the {}", of.action.name(), of.subject, of.end.name());
    let mut line = Line::new(What::Proposal(p.id), "", clean(&when), clean(&of.why));
    line.scope = clean(&of.list);
    line.by = if of.impossible { "cannot be done".into() } else { clean(&p.state) };
    line.since = p.made_at.to_string().chars().take(10).collect();
    line.meaning = if of.impossible || p.state == "refused" {
        Meaning::Error
    } else if of.caution.is_some() {
        Meaning::Warn
    } else {
        Meaning::Text
    };
    line
}

/// What the pane below says of a line.
pub fn detail(s: &Source<'_>, line: &Line) -> Vec<String> {
    let mut out = Vec::new();
    match &line.what {
        What::Unmapped(i) => {
            let Some(u) = s.board.unmapped.get(*i) else { return out };
            out.push(clean(&u.sentence));
            out.push(format!("waits for it: {}, {}", documents(u.group.count), line.sums));
            for (n, c) in u.near.iter().take(3).enumerate() {
                let word = if n == 0 { "suggested" } else { "or" };
                out.push(format!("{word}: {} · {} % · {}", clean(&c.record.name), c.score, clean(&c.note)));
            }
            out.push(if !u.mendable {
                "no rule mends it: put it right in the ledger, then {key:fetch} reads it again".into()
            } else if u.near.is_empty() {
                "nothing in the ledger looks like it · {key:fix} choose a record".into()
            } else {
                "{key:accept} accept the suggestion · {key:fix} choose another record".into()
            });
        }
        What::Rule(id) => {
            let Some(r) = s.board.rules.rule(*id) else { return out };
            out.push(format!("{} → {}", line.when, line.gives));
            let reason = r.reason.as_deref().map(|w| format!(" · {}", clean(w))).unwrap_or_default();
            let version = s.board.uses.iter().find(|u| u.rule == *id).map(|u| u.version).unwrap_or_default();
            out.push(format!("by {} since {} (version {version}){reason}", line.by, line.since));
            if let Some((_, g)) = s.board.given.iter().find(|(n, _)| n == id)
                && !g.trouble.is_empty()
            {
                let what = clean(&g.label);
                out.push(format!(
                    "{what} is {} in the ledger: {{key:edit_rule}} gives another record",
                    g.trouble
                ));
            }
            if r.rank() == Rank::Book {
                out.push(
                    "A default of the book: every document that it decides warns (default_used).".into(),
                );
            }
            if r.billable {
                out.push("Lines of this project may be billed.".into());
            }
            let n = line.used.parse().unwrap_or(0);
            out.push(format!(
                "decides {} · Enter lists them · {{key:edit_rule}} edit · {{key:remove_rule}} remove",
                documents(n)
            ));
        }
        What::Guard(id) => {
            let Some(g) = s.board.rules.guards.iter().find(|g| g.id == *id) else { return out };
            out.push(format!("when {} → {}", line.when, line.gives));
            let reason = if g.reason.is_empty() { "no reason was given".into() } else { clean(&g.reason) };
            out.push(format!("by {} since {} · {reason}", line.by, line.since));
            out.push("Enter tests it on last month · {key:rule_up} {key:rule_down} move it · {key:edit_rule} edit · {key:remove_rule} remove".into());
        }
        What::Method(code) => {
            out.push(format!("Reimbursed by {}: {}", clean(code), line.gives));
            if !line.used.is_empty() {
                let n = line.used.parse().unwrap_or(0);
                out.push(format!("waits for the choice: {}, {}", documents(n), line.sums));
            }
            out.push("Who moves the money decides between a bill and a journal to clearing.".into());
            out.push("{key:edit_rule} choose who pays".into());
        }
        What::Memo(_) => {
            out.push(format!("{}: {}", line.when, line.gives));
            out.push("What people read in the ledger's memo. Enter opens the editor with a sample.".into());
        }
        What::Version(v) => {
            let at = s.board.versions.iter().position(|x| x.version == *v).unwrap_or(0);
            match changes_of(s.board, at) {
                Some(list) => out.extend(list.iter().take(4).map(|l| clean(l))),
                None => out.push("What it changed is in the audit trail ({key:audit}).".into()),
            }
            out.push(
                "Enter shows it whole · {key:back_to} goes back to it, as a new version · {key:undo_rules} takes the last change back"
                    .into(),
            );
        }
        What::Proposal(id) => {
            let Some(p) = s.proposals.iter().find(|p| p.id == *id) else { return out };
            out.push(format!("{} · {}", line.when, line.gives));
            for (field, before, after) in p.proposal.fields.iter().take(3) {
                out.push(clean(&format!(
                    "{field}: {} → {after}",
                    if before.is_empty() { "none" } else { before }
                )));
            }
            if let Some(c) = &p.proposal.caution {
                out.push(clean(&format!("Careful: {c}")));
            }
            if !p.detail.is_empty() {
                out.push(clean(&p.detail));
            }
            out.push("{key:accept} makes it there, after asking · {key:remove_rule} declines it".into());
        }
    }
    out
}
