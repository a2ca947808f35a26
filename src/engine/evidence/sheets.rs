//! The reports, one function each.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::engine::evidence::{Cell, Sheet, figure, text};
use crate::engine::reconcile::Signed;
use crate::model::book::Book;
use crate::model::clock;
use crate::model::ids::BookId;
use crate::model::money::{Currency, from_minor, plain};
use crate::model::state::State;
use crate::store::{AuditHead, AuditRow, Instance, PeriodRow, Run, SignOff};
use crate::tieout::{Amounts, BridgeLine, Report};

fn money(minor: i64, currency: Currency) -> Cell {
    figure(plain(from_minor(minor, currency), currency))
}

fn field(e: &AuditRow, name: &str) -> String {
    e.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
}

fn subject(e: &AuditRow) -> String {
    e.number().unwrap_or(&e.subject).to_string()
}

/// Control totals by run and day.
pub fn control_totals(runs: &[Run], book: &BookId, zone: &TimeZone) -> Sheet {
    let columns =
        ["day", "run", "pass", "ended_at", "connection", "kind", "currency", "stage", "count", "amount"];
    let mut s = Sheet::new("control_totals", "Control totals by run and day", &columns);
    for r in runs {
        for t in r.totals.iter().filter(|t| t.book.is_none() || t.book.as_ref() == Some(book)) {
            s.rows.push(vec![
                figure(clock::date_in(r.ended_at, zone)),
                figure(r.id),
                text(&r.pass),
                figure(r.ended_at),
                text(t.connection.as_str()),
                text(t.kind.map_or("", |k| k.name())),
                text(t.currency.map_or("", |c| c.code())),
                text(t.stage.name()),
                figure(t.count),
                t.currency.map_or_else(|| text(""), |c| money(t.minor, c)),
            ]);
        }
    }
    s.totals = format!("{} runs", runs.len());
    s
}

/// Exceptions: what is blocked, held, failed, in doubt, unreadable or not confirmed, the oldest first.
pub fn exceptions(rows: &[PeriodRow], _now: Timestamp) -> Sheet {
    use State::*;
    let columns = [
        "arrived_at",
        "state",
        "document",
        "number",
        "payee",
        "posting_date",
        "currency",
        "amount",
        "finding",
        "reason",
    ];
    let mut s = Sheet::new("exceptions", "Exceptions by age", &columns);
    let wrong = |r: &&PeriodRow| {
        matches!(
            r.row.state,
            Unreadable | Blocked | Held | Failed | Ambiguous | NeedsHuman | Posted | ConfirmFailed
        )
    };
    let mut list: Vec<&PeriodRow> = rows.iter().filter(wrong).collect();
    list.sort_by_key(|r| (r.row.arrived_at, r.row.id));
    for r in &list {
        s.rows.push(vec![
            figure(r.row.arrived_at),
            text(r.row.state.name()),
            text(r.row.id.to_string()),
            text(&r.row.number),
            text(&r.row.payee),
            figure(r.row.posting_date.map(|d| d.to_string()).unwrap_or_default()),
            text(r.row.currency.map_or("", |c| c.code())),
            r.row.currency.zip(r.row.minor).map_or_else(|| text(""), |(c, m)| money(m, c)),
            text(&r.finding),
            text(&r.row.reason),
        ]);
    }
    s.totals = format!("{} documents", list.len());
    s
}

fn trail(
    name: &'static str,
    title: &'static str,
    events: &[&AuditRow],
    takes: &dyn Fn(&str) -> bool,
    extra: &[&'static str],
) -> Sheet {
    let mut columns = vec!["seq", "at", "who", "via", "did", "on", "what"];
    columns.extend(extra);
    let mut s = Sheet::new(name, title, &columns);
    for e in events.iter().filter(|e| takes(&e.action)) {
        let mut row = vec![
            figure(e.seq),
            figure(e.at),
            text(&e.actor),
            text(&e.via),
            text(&e.action),
            text(subject(e)),
            text(&e.text),
        ];
        row.extend(extra.iter().map(|f| text(field(e, f))));
        s.rows.push(row);
    }
    s.totals = format!("{} events", s.rows.len());
    s
}

/// Approvals: who, when, what, under which policy.
pub fn approvals(events: &[&AuditRow], policy: u32) -> Sheet {
    let takes = |a: &str| matches!(a, "approved" | "endorsed" | "withdrawn");
    let extra = ["currency", "minor", "records", "digest", "rules_version", "single_person", "warnings"];
    let mut s = trail("approvals", "Approvals", events, &takes, &extra);
    s.totals = format!("{}; policy in force: version {policy}", s.totals);
    s
}

/// Changes of mappings, policies, rates and lock dates, with before and after.
pub fn changes(events: &[&AuditRow]) -> Sheet {
    let takes = |a: &str| {
        matches!(
            a,
            "rules_changed"
                | "policy_changed"
                | "book_changed"
                | "connection_changed"
                | "single_person_mode"
                | "statement_entered"
        )
    };
    let extra = ["before", "after", "version", "account", "date", "minor"];
    trail("changes", "Changes of mappings, policies, rates and lock dates", events, &takes, &extra)
}

/// Vendors made and changed.
pub fn vendors(events: &[&AuditRow]) -> Sheet {
    let takes = |a: &str| a.starts_with("vendor") || a.contains("proposal");
    trail("vendors", "Vendors made and changed", events, &takes, &["before", "after"])
}

/// What people did by hand.
pub fn manual_acts(events: &[&AuditRow]) -> Sheet {
    let takes = |a: &str| {
        matches!(
            a,
            "adopted"
                | "closed"
                | "rejected"
                | "held"
                | "released"
                | "decided"
                | "recalled"
                | "retried"
                | "confirm_again"
                | "date_moved"
                | "document_rule"
                | "control_break_closed"
                | "signoff_reopened"
                | "signed_off"
        )
    };
    let by_hand: Vec<&AuditRow> = events.iter().filter(|e| !e.via.starts_with("engine")).copied().collect();
    trail("manual_acts", "Manual acts", &by_hand, &takes, &["reason", "note", "numbers"])
}

/// Reversals and reposts.
pub fn reversals(events: &[&AuditRow]) -> Sheet {
    let takes = |a: &str| a.contains("revers") || a.contains("repost");
    trail("reversals", "Reversals", events, &takes, &["reason", "numbers"])
}

/// Who may do what, and their last act.
pub fn access(book: &Book, instance: &Instance, people: &[(String, Option<String>, Timestamp)]) -> Sheet {
    let mut s = Sheet::new("access", "Access list", &["person", "employee", "rights", "last_act"]);
    let mut names: Vec<&str> = book.settings.approvers.keys().map(String::as_str).collect();
    names.extend(people.iter().map(|p| p.0.as_str()));
    names.sort_unstable();
    names.dedup();
    for name in names {
        let approver = book.settings.approvers.get(name);
        let seen = people.iter().find(|p| p.0 == name);
        let single = instance.single_person.as_ref().is_some_and(|(n, _)| n == name);
        let rights = match (approver.is_some(), single) {
            (_, true) => "everything, as the one person of this home",
            (true, false) => "approver of the book",
            (false, false) => "has acted; no right of its own in the book",
        };
        let employee = approver.cloned().flatten().or_else(|| seen.and_then(|s| s.1.clone()));
        s.rows.push(vec![
            text(name),
            text(employee.unwrap_or_default()),
            text(rights),
            figure(seen.map(|s| s.2.to_string()).unwrap_or_default()),
        ]);
    }
    s.totals = format!(
        "{} people; single-person mode {}",
        s.rows.len(),
        if instance.single_person.is_some() { "on" } else { "off" }
    );
    s
}

/// The bridge.
pub fn bridge(r: &Report) -> Sheet {
    let columns = ["line", "words", "currency", "count", "reports", "invoices", "advances", "other", "total"];
    let mut s = Sheet::new("bridge", "Tie-out: the bridge", &columns);
    for row in &r.bridge.rows {
        for c in &r.bridge.currencies {
            let Amounts { n, reports, invoices, advances, other } = row.of(*c);
            let total = row.of(*c).total();
            let name = serde_json::to_value(row.line).ok().and_then(|v| v.as_str().map(String::from));
            let mut cells = vec![text(name.unwrap_or_default()), text(&row.label), text(c.code())];
            if row.line == BridgeLine::Unexplained && !r.checked.ok {
                cells.extend((0..5).map(|_| text("")));
                cells.push(text(&r.checked.text));
            } else {
                cells.push(figure(n));
                cells.extend([reports, invoices, advances, other, total].map(|m| money(m, *c)));
            }
            s.rows.push(cells);
        }
    }
    s.totals.clone_from(&r.checked.text);
    s
}

/// Reconciling items, and what is open of earlier periods.
pub fn items(r: &Report) -> Sheet {
    let columns = [
        "item",
        "category",
        "document",
        "party",
        "record",
        "currency",
        "amount",
        "field",
        "before",
        "after",
        "changed_at",
        "transposed",
        "what",
        "needs_action",
        "comment",
    ];
    let mut s = Sheet::new("reconciling_items", "Tie-out: reconciling items", &columns);
    let earlier = r.bridge.earlier_open.iter().map(|i| (i, "earlier periods, still open: "));
    for (i, before) in r.bridge.items.iter().map(|i| (i, "")).chain(earlier) {
        s.rows.push(vec![
            text(&i.item),
            text(i.category.name()),
            text(&i.number),
            text(&i.party),
            text(&i.record),
            text(i.currency.map_or("", |c| c.code())),
            i.currency.map_or_else(|| text(""), |c| money(i.minor, c)),
            text(&i.field),
            text(&i.before),
            text(&i.after),
            text(&i.when),
            figure(i.transposed),
            text(format!("{before}{}", i.what)),
            figure(i.needs_action),
            text(&i.comment),
        ]);
    }
    let open = r.open_items().count();
    s.totals = format!("{} items, {open} need a comment or an action", r.bridge.items.len());
    s
}

/// Completeness.
pub fn completeness(r: &Report) -> Sheet {
    let columns =
        ["kind", "currency", "listed", "listed_amount", "stored", "stored_amount", "difference", "note"];
    let mut s = Sheet::new("completeness", "Tie-out: completeness against Concur's own lists", &columns);
    for row in &r.completeness.rows {
        let mut currencies: Vec<Currency> =
            row.listed_by.keys().chain(row.stored_by.keys()).copied().collect();
        currencies.sort_unstable();
        currencies.dedup();
        for c in currencies {
            let listed = row.listed_by.get(&c).copied().unwrap_or((0, 0));
            let stored = row.stored_by.get(&c).copied().unwrap_or((0, 0));
            let none = row.listed.is_none();
            s.rows.push(vec![
                text(row.kind.name()),
                text(c.code()),
                if none { text("") } else { figure(listed.0) },
                if none { text("") } else { money(listed.1, c) },
                figure(stored.0),
                money(stored.1, c),
                money(row.difference.get(&c).copied().unwrap_or(0), c),
                text(if none { "no list at Concur" } else { "" }),
            ]);
        }
        for (what, numbers) in [
            ("missing here", &row.missing),
            ("not in the list", &row.surplus),
            ("another amount", &row.differing),
        ] {
            for n in numbers {
                let mut cells = vec![text(row.kind.name())];
                cells.extend((0..6).map(|_| text("")));
                cells.push(text(format!("{what}: {n}")));
                s.rows.push(cells);
            }
        }
    }
    s.totals = match (r.completeness.read, r.completeness.agrees()) {
        (false, _) => r.checked.text.clone(),
        (true, true) => "agrees".into(),
        (true, false) => "does not agree".into(),
    };
    s
}

/// Control accounts.
pub fn controls(r: &Report) -> Sheet {
    let columns = [
        "account",
        "opening",
        "tieout_debits",
        "tieout_credits",
        "others",
        "closing",
        "explained",
        "by",
        "others_are",
    ];
    let mut s = Sheet::new("control_accounts", "Tie-out: control accounts", &columns);
    for a in &r.controls {
        let known = |m: Option<i64>| m.map_or_else(|| text(""), |m| money(m, r.home));
        s.rows.push(vec![
            text(&a.account),
            known(a.opening),
            money(a.debits, r.home),
            money(a.credits, r.home),
            money(a.others, r.home),
            known(a.closing),
            figure(a.explained.ok && a.adds_up),
            text(&a.explained.text),
            text(a.others_are.join("; ")),
        ]);
    }
    let ok = r.controls.iter().filter(|a| a.explained.ok && a.adds_up).count();
    s.totals = format!("{ok} of {} explained", r.controls.len());
    s
}

/// The accrual list.
pub fn accruals(r: &Report) -> Sheet {
    let columns = ["part", "document", "party", "currency", "account", "cost_object", "amount"];
    let mut s = Sheet::new("accruals", "Accrual list", &columns);
    let mut totals = Vec::new();
    for a in &r.accruals {
        for l in &a.lines {
            s.rows.push(vec![
                text(&a.part),
                text(&l.number),
                text(&l.party),
                text(l.currency.code()),
                text(&l.account),
                text(&l.object),
                money(l.minor, l.currency),
            ]);
        }
        for (c, (n, sum)) in &a.sums {
            totals.push(format!("{} {} {c} ({n})", a.part, plain(from_minor(*sum, *c), *c)));
        }
    }
    s.totals = totals.join("; ");
    s
}

fn cut(name: &'static str, title: &'static str, cuts: &[crate::tieout::Cut]) -> Sheet {
    let mut s = Sheet::new(name, title, &["account", "key", "currency", "tieout", "ledger", "difference"]);
    for c in cuts {
        s.rows.push(vec![
            text(&c.account),
            text(&c.key),
            text(c.currency.code()),
            money(c.store, c.currency),
            money(c.ledger, c.currency),
            money(c.ledger - c.store, c.currency),
        ]);
    }
    s.totals = format!("{} differ", cuts.iter().filter(|c| c.store != c.ledger).count());
    s
}

/// By account and cost centre.
pub fn by_cost_centre(r: &Report) -> Sheet {
    cut("by_cost_centre", "Tie-out by account and cost centre", &r.by_cost_centre)
}

/// By party.
pub fn by_party(r: &Report) -> Sheet {
    cut("by_party", "Tie-out by party", &r.by_party)
}

/// Sign-offs.
pub fn signoffs(list: &[SignOff], hash: &str, signed: &Signed) -> Sheet {
    let columns = [
        "role",
        "person",
        "single_person",
        "signed_at",
        "audit_event",
        "report",
        "documents",
        "ledger_reading",
        "comments",
        "reopened_at",
        "reopened_by",
        "reason",
    ];
    let mut s = Sheet::new("signoffs", "Sign-offs", &columns);
    for x in list {
        let comments: Vec<String> = x.comments.iter().map(|(k, v)| format!("{k}: {v}")).collect();
        let (at, by, why) =
            x.reopened.clone().map_or_else(Default::default, |(t, b, r)| (t.to_string(), b, r));
        s.rows.push(vec![
            text(&x.role),
            text(&x.person),
            figure(x.single_person),
            figure(x.signed_at),
            figure(x.audit_seq),
            text(&x.report_hash),
            text(&x.documents_hash),
            text(&x.ledger_hash),
            text(comments.join("; ")),
            figure(at),
            text(by),
            text(why),
        ]);
    }
    s.totals = format!("{}; report now {hash}", signed.text);
    s
}

/// Verification of the chain with its anchors.
pub fn chain(
    range: (u64, u64),
    head: &AuditHead,
    verified: &Result<u64, String>,
    anchors: &[(u64, String, String, Timestamp)],
) -> Sheet {
    let mut s = Sheet::new(
        "audit_chain",
        "Chain verification with anchors",
        &["what", "event", "hash", "at", "where"],
    );
    s.rows.push(vec![text("first event of this folder"), figure(range.0), text(""), text(""), text("")]);
    let hash = crate::model::canonical::hex(&head.hash);
    s.rows.push(vec![text("last event"), figure(range.1), text(hash), text(""), text("")]);
    for (seq, hash, to, at) in anchors {
        s.rows.push(vec![text("anchor"), figure(seq), text(hash), figure(at), text(to)]);
    }
    s.totals = match verified {
        Ok(n) => format!("the chain holds: {n} events, {} anchors", anchors.len()),
        Err(why) => format!("the chain is broken at {why}"),
    };
    s
}
