//! The tie-out for people, in the lines and words of screens.md, section 5. Below 100 cells the kinds fold into the total.

use unicode_width::UnicodeWidthStr;

use crate::cli::args::Part;
use crate::cli::table::{Table, left, right};
use crate::engine::reconcile::Reconciled;
use crate::model::money::{Currency, from_minor, shown};
use crate::tieout::{Amounts, BridgeLine, ReconcilingItem, Report};

fn money(minor: i64, c: Currency) -> String {
    shown(from_minor(minor, c), c)
}

/// All lines.
pub fn lines(done: &Reconciled, part: Option<Part>, wide: bool) -> Vec<String> {
    let r = &done.report;
    let room = if wide { 120 } else { 80 };
    let mut out = Vec::new();
    let wanted = |p: Part| part.is_none_or(|x| x == p);
    out.push(format!("{} · tie-out {} · {}", r.book, r.period, done.signed.text));
    out.extend(done.signed.changed.iter().map(|c| format!("  changed: {c}")));
    if wanted(Part::Bridge) {
        title(&mut out, "from what Concur approved to what the ledger holds, by posting date");
        bridge(r, wide, &mut out);
        let open = r.open_items().count();
        title(&mut out, &format!("reconciling items · {} · {open} need action", r.bridge.items.len()));
        out.extend(items(&r.bridge.items).within(room));
        if !r.bridge.earlier_open.is_empty() {
            title(&mut out, "earlier periods, still open");
            out.extend(items(&r.bridge.earlier_open).within(room));
        }
    }
    if wanted(Part::Controls) {
        title(&mut out, &format!("control accounts at {}, {}", r.span.to, r.home));
        out.extend(controls(r).within(room));
    }
    if part == Some(Part::Completeness) {
        completeness(r, room, &mut out);
    }
    if part == Some(Part::Accruals) {
        accruals(r, room, &mut out);
    }
    let forbids = done.forbids();
    if !forbids.is_empty() {
        title(&mut out, "it cannot be signed");
        out.extend(forbids.iter().map(|f| format!("  {f}")));
    }
    out
}

fn title(out: &mut Vec<String>, text: &str) {
    out.push(String::new());
    out.push(format!("── {text}"));
}

fn bridge(r: &Report, wide: bool, out: &mut Vec<String>) {
    let label = if wide { 47 } else { 44 };
    let cell =
        |text: String, width: usize| format!("{}{text}", " ".repeat(width.saturating_sub(text.width())));
    let mut head = " ".repeat(label);
    for (i, c) in r.bridge.currencies.iter().enumerate() {
        head += &cell("n".into(), 5);
        if i == 0 && wide {
            for (word, w) in [(format!("{c} reports"), 13), ("invoices".into(), 13), ("advances".into(), 10)]
            {
                head += &cell(word, w);
            }
        }
        head += &cell(format!("{c} total"), 13);
    }
    out.push(head);
    // without both sides nothing may look explained: the reason stands below in place of the figures
    let shown = |row: &&crate::tieout::BridgeRow| r.checked.ok || row.line != BridgeLine::Unexplained;
    for row in r.bridge.rows.iter().filter(shown) {
        let always = matches!(
            row.line,
            BridgeLine::Expected
                | BridgeLine::LedgerNow
                | BridgeLine::Unexplained
                | BridgeLine::SourceApproved
        );
        let mut words = row.label.clone();
        if row.line == BridgeLine::Unexplained {
            words = format!("{words} {}", r.checked.text);
            if r.bridge.explained() {
                words = format!("{} ✓ {}", row.label, r.checked.text);
            }
        }
        let mut line = format!(" {} {words}", row.line.sign());
        line += &" ".repeat(label.saturating_sub(line.width()));
        for (i, c) in r.bridge.currencies.iter().enumerate() {
            let Amounts { n, reports, invoices, advances, .. } = row.of(*c);
            let total = row.of(*c).total();
            let shown = |m: i64| if m == 0 && !always { String::new() } else { money(m, *c) };
            line += &cell(if n == 0 && !always { String::new() } else { n.to_string() }, 5);
            if i == 0 && wide {
                for (m, w) in [(reports, 13), (invoices, 13), (advances, 10)] {
                    line += &cell(shown(m), w);
                }
            }
            line += &cell(shown(total), 13);
        }
        out.push(line.trim_end().to_string());
    }
    if !r.checked.ok {
        out.push(format!("   unexplained: {}", r.checked.text));
    }
}

fn items(list: &[ReconcilingItem]) -> Table {
    let mut t = Table::new(&[
        left("category"),
        left("document"),
        left("party"),
        left("ccy"),
        right("amount"),
        right("days"),
        left("what"),
        left("comment"),
    ]);
    for i in list {
        t.row([
            i.category.name().into(),
            i.number.clone(),
            i.party.clone(),
            i.currency.map_or("", |c| c.code()).into(),
            i.currency.map_or_else(String::new, |c| money(i.minor, c)),
            i.days.to_string(),
            i.what.clone(),
            i.comment.clone(),
        ]);
    }
    t
}

fn controls(r: &Report) -> Table {
    let mut t = Table::new(&[
        left("account"),
        right("opening"),
        right("by tieout Dr"),
        right("by tieout Cr"),
        right("others"),
        right("closing"),
        left("explained"),
    ]);
    let known = |m: Option<i64>| m.map_or_else(|| "not read".into(), |m| money(m, r.home));
    for a in &r.controls {
        let mark = if a.explained.ok && a.adds_up { " ✓" } else { " !" };
        t.row([
            a.account.clone(),
            known(a.opening),
            money(a.debits, r.home),
            money(a.credits, r.home),
            money(a.others, r.home),
            known(a.closing),
            format!("{}{mark}", a.explained.text),
        ]);
    }
    t
}

fn completeness(r: &Report, room: usize, out: &mut Vec<String>) {
    title(out, &format!("against Concur's own lists · processed in {}", r.span.month()));
    let mut t = Table::new(&[
        left(""),
        left("ccy"),
        right("listed"),
        right("amount"),
        right("stored"),
        right("amount"),
        right("difference"),
    ]);
    for row in &r.completeness.rows {
        let mut all: Vec<Currency> = row.listed_by.keys().chain(row.stored_by.keys()).copied().collect();
        all.sort_unstable();
        all.dedup();
        for c in all {
            let listed = row.listed_by.get(&c).copied().unwrap_or((0, 0));
            let stored = row.stored_by.get(&c).copied().unwrap_or((0, 0));
            let by = row.difference.get(&c).copied().unwrap_or(0);
            let none = row.listed.is_none();
            t.row([
                format!("{}s", row.kind.words()),
                c.code().into(),
                if none { "none".into() } else { listed.0.to_string() },
                if none { String::new() } else { money(listed.1, c) },
                stored.0.to_string(),
                money(stored.1, c),
                if none {
                    "no list at Concur".into()
                } else {
                    format!("{}{}", money(by, c), if by == 0 { " ✓" } else { " !" })
                },
            ]);
        }
    }
    out.extend(t.within(room));
    for row in &r.completeness.rows {
        for (what, numbers) in [
            ("missing here", &row.missing),
            ("not in the list", &row.surplus),
            ("another amount in the list", &row.differing),
        ] {
            if !numbers.is_empty() {
                out.push(format!("! {}s {what}: {}", row.kind.words(), numbers.join(", ")));
            }
        }
    }
    out.extend(r.completeness.notes.iter().cloned());
    let apart = r.completeness.apart.iter().map(|(what, n)| match n {
        Some(n) => format!("{what} {n}"),
        None => format!("{what} is not listed by Concur's API"),
    });
    out.push(format!("Counted apart: {}", apart.collect::<Vec<_>>().join(" · ")));
    title(out, "documents by day of arrival, and what became of them");
    let columns = ["day", "ccy"].map(left).into_iter();
    let figures =
        ["stored", "amount", "ackd", "recd", "amount", "adpt", "rej", "rcl", "open", "amount"].map(right);
    let columns: Vec<_> = columns.chain(figures).collect();
    let mut t = Table::new(&columns);
    for d in &r.completeness.arrivals {
        let m = |v: i64| money(v, d.currency);
        t.row([
            d.day.to_string(),
            d.currency.code().into(),
            d.stored.0.to_string(),
            m(d.stored.1),
            d.acknowledged.to_string(),
            d.recorded.0.to_string(),
            m(d.recorded.1),
            d.adopted.0.to_string(),
            d.rejected.0.to_string(),
            d.recalled.0.to_string(),
            d.open.0.to_string(),
            m(d.open.1),
        ]);
    }
    out.extend(t.within(room));
    title(out, "equations of the last run");
    for e in &r.equations {
        let mark = if e.holds() { "✓" } else { "!" };
        out.push(format!(" {mark} {}: {} against {}", e.text, e.left.0, e.right.0));
    }
    let (store, ledger) = r.bridge.records;
    let mark = if store == ledger { "✓" } else { "!" };
    out.push(format!(
        " {mark} recorded in store = found in the ledger by reference: {store} against {ledger} records"
    ));
    out.extend(r.breaks.iter().map(|b| format!(" ! control_break: {b}")));
}

fn accruals(r: &Report, room: usize, out: &mut Vec<String>) {
    title(out, &format!("accrual list at {}; nothing on it posts by itself", r.span.to));
    for a in &r.accruals {
        let sums: Vec<String> =
            a.sums.iter().map(|(c, (n, m))| format!("{} {c} ({n})", money(*m, *c))).collect();
        let sums = match (a.read, sums.is_empty()) {
            (false, _) => "not read".into(),
            (true, true) => "nothing".into(),
            (true, false) => sums.join(", "),
        };
        out.push(format!("{}: {sums}", a.label));
    }
    out.push(String::new());
    let mut t = Table::new(&[
        left("part"),
        left("document"),
        left("party"),
        left("account"),
        left("cost object"),
        left("ccy"),
        right("amount"),
    ]);
    for a in &r.accruals {
        for l in &a.lines {
            t.row([
                a.part.clone(),
                l.number.clone(),
                l.party.clone(),
                l.account.clone(),
                l.object.clone(),
                l.currency.code().into(),
                money(l.minor, l.currency),
            ]);
        }
    }
    out.extend(t.within(room));
}
