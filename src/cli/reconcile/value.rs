//! The tie-out as JSON: amounts are texts with the currency's decimals.

use serde_json::{Map, Value, json};

use crate::cli::args::Part;
use crate::cli::json;
use crate::engine::reconcile::Reconciled;
use crate::model::money::{Currency, from_minor};
use crate::tieout::{Amounts, BridgeLine, BridgeRow, ReconcilingItem, Report};

fn money(minor: i64, c: Currency) -> Value {
    json::amount(from_minor(minor, c), c)
}

fn known(minor: Option<i64>, c: Currency) -> Value {
    minor.map_or(Value::Null, |m| money(m, c))
}

fn amounts(a: Amounts, c: Currency) -> Value {
    json!({
        "n": a.n,
        "reports": money(a.reports, c),
        "invoices": money(a.invoices, c),
        "advances": money(a.advances, c),
        "other": money(a.other, c),
        "total": money(a.total(), c),
    })
}

fn row(r: &Report, row: &BridgeRow) -> Value {
    if row.line == BridgeLine::Unexplained && !r.checked.ok {
        let none: Map<String, Value> =
            r.bridge.currencies.iter().map(|c| (c.code().to_string(), Value::Null)).collect();
        let label = format!("{}: {}", row.label, r.checked.text);
        return json!({"line": row.line, "label": label, "amounts": none, "documents": []});
    }
    let by: Map<String, Value> =
        r.bridge.currencies.iter().map(|c| (c.code().to_string(), amounts(row.of(*c), *c))).collect();
    json!({"line": row.line, "label": row.label, "amounts": by, "documents": row.documents})
}

fn item(i: &ReconcilingItem) -> Value {
    json!({
        "item": i.item,
        "category": i.category,
        "document": json::text(&i.document),
        "number": i.number,
        "party": i.party,
        "record": json::text(&i.record),
        "currency": i.currency,
        "amount": i.currency.map_or(Value::Null, |c| money(i.minor, c)),
        "days": i.days,
        "field": json::text(&i.field),
        "before": json::text(&i.before),
        "after": json::text(&i.after),
        "changed_at": json::text(&i.when),
        "transposed": i.transposed,
        "what": i.what,
        "needs_action": i.needs_action,
        "comment": json::text(&i.comment),
    })
}

fn by_currency<'a>(map: impl Iterator<Item = (&'a Currency, &'a (u64, i64))>) -> Value {
    let one = |(c, (n, m)): (&Currency, &(u64, i64))| {
        (c.code().to_string(), json!({"n": n, "amount": money(*m, *c)}))
    };
    Value::Object(map.map(one).collect())
}

fn bridge(r: &Report) -> Value {
    json!({
        "currencies": r.bridge.currencies,
        "lines": r.bridge.rows.iter().map(|x| row(r, x)).collect::<Vec<_>>(),
        "items": r.bridge.items.iter().map(item).collect::<Vec<_>>(),
        "earlier_open": r.bridge.earlier_open.iter().map(item).collect::<Vec<_>>(),
        "records": {"store": r.bridge.records.0, "ledger": r.bridge.records.1},
        "explained": r.checked.ok && r.bridge.compared && r.bridge.explained(),
    })
}

fn completeness(r: &Report) -> Value {
    let c = &r.completeness;
    let rows: Vec<Value> = c
        .rows
        .iter()
        .map(|x| {
            let difference: Map<String, Value> =
                x.difference.iter().map(|(c, m)| (c.code().to_string(), money(*m, *c))).collect();
            json!({
                "kind": x.kind,
                "listed": x.listed,
                "listed_by_currency": by_currency(x.listed_by.iter()),
                "stored": x.stored,
                "stored_by_currency": by_currency(x.stored_by.iter()),
                "difference": difference,
                "missing": x.missing,
                "surplus": x.surplus,
                "differing": x.differing,
            })
        })
        .collect();
    let day = |d: &crate::tieout::ArrivalDay| {
        let cell = |(n, m): (u64, i64)| json!({"n": n, "amount": money(m, d.currency)});
        json!({
            "day": d.day.to_string(), "currency": d.currency, "stored": cell(d.stored), "acknowledged": d.acknowledged,
            "recorded": cell(d.recorded), "adopted": cell(d.adopted), "rejected": cell(d.rejected),
            "recalled": cell(d.recalled), "open": cell(d.open),
        })
    };
    let equations: Vec<Value> = r
        .equations
        .iter()
        .map(|e| json!({"text": e.text, "holds": e.holds(), "left": [e.left.0, e.left.1], "right": [e.right.0, e.right.1]}))
        .collect();
    json!({
        "read": c.read,
        "agrees": c.agrees(),
        "rows": rows,
        "notes": c.notes,
        "apart": c.apart.iter().map(|(w, n)| json!({"what": w, "n": n})).collect::<Vec<_>>(),
        "arrivals": c.arrivals.iter().map(day).collect::<Vec<_>>(),
        "equations": equations,
        "breaks": r.breaks,
    })
}

fn controls(r: &Report) -> Value {
    let one = |a: &crate::tieout::ControlAccount| {
        let parts: Vec<Value> = a
            .explained
            .items
            .iter()
            .map(|(what, party, m)| json!({"what": what, "party": party, "amount": money(*m, r.home)}))
            .collect();
        json!({
            "account": a.account,
            "id": a.id,
            "role": a.role,
            "opening": known(a.opening, r.home),
            "debits": money(a.debits, r.home),
            "credits": money(a.credits, r.home),
            "others": money(a.others, r.home),
            "others_are": a.others_are,
            "closing": known(a.closing, r.home),
            "adds_up": a.adds_up,
            "explained": a.explained.ok,
            "explained_by": a.explained.text,
            "items": parts,
            "not_reported": known(a.not_reported, r.home),
        })
    };
    r.controls.iter().map(one).collect()
}

fn accruals(r: &Report) -> Value {
    let one = |a: &crate::tieout::Accrual| {
        let lines: Vec<Value> = a
            .lines
            .iter()
            .map(|l| {
                json!({
                    "number": l.number, "party": l.party, "currency": l.currency, "account": json::text(&l.account),
                    "cost_object": json::text(&l.object), "amount": money(l.minor, l.currency),
                })
            })
            .collect();
        json!({"part": a.part, "label": a.label, "read": a.read, "sums": by_currency(a.sums.iter()), "lines": lines})
    };
    r.accruals.iter().map(one).collect()
}

fn cuts(list: &[crate::tieout::Cut]) -> Value {
    let one = |c: &crate::tieout::Cut| {
        json!({
            "account": json::text(&c.account), "key": c.key, "currency": c.currency,
            "tieout": money(c.store, c.currency), "ledger": money(c.ledger, c.currency),
        })
    };
    list.iter().map(one).collect()
}

/// The whole, or one part with what stands at its head.
pub fn value(done: &Reconciled, part: Option<Part>) -> Value {
    let r = &done.report;
    let mut map = Map::new();
    let mut put = |key: &str, v: Value| drop(map.insert(key.into(), v));
    put("book", json!(r.book));
    put("period", json!(r.period));
    put("home", json!(r.home));
    put(
        "checked",
        json!({
            "ok": r.checked.ok,
            "text": r.checked.text,
            "source_read": r.checked.source_read.map(|t| t.to_string()),
            "ledger_read": r.checked.ledger_read.map(|t| t.to_string()),
        }),
    );
    put("report", json!(done.hash));
    put("documents_hash", json!(r.documents_hash));
    put("ledger_hash", json!(r.ledger_hash));
    put("forbids", json!(done.forbids()));
    put(
        "signed",
        json!({"text": done.signed.text, "changed": done.signed.changed, "signoffs": done.signoffs}),
    );
    let wanted = |p: Part| part.is_none_or(|x| x == p);
    if wanted(Part::Bridge) {
        put("bridge", bridge(r));
    }
    if wanted(Part::Completeness) {
        put("completeness", completeness(r));
    }
    if wanted(Part::Controls) {
        put("controls", controls(r));
    }
    if wanted(Part::Accruals) {
        put("accruals", accruals(r));
    }
    if part.is_none() {
        put("by_cost_centre", cuts(&r.by_cost_centre));
        put("by_party", cuts(&r.by_party));
    }
    Value::Object(map)
}
