//! Two entry sets of one document, place by place: what was frozen at approval or posting beside what the mappings make
//! of the document today. Names are not compared, ids are: a record that was renamed in the ledger is the same record.

use rust_decimal::Decimal;

use crate::model::entry::{Entry, EntrySet, Line, Named, Side, Slot};
use crate::model::money::Currency;

/// One side of a place: an entry's head, or one of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPlace {
    /// Number of the line within its entry, from 1; none: the head of the entry.
    pub line: Option<usize>,
    /// The account; of a head what it is: `bill`.
    pub account: String,
    /// Class, location, project and party, as far as there are any; of a head its party.
    pub about: String,
    /// Debit or credit; none for a head.
    pub side: Option<Side>,
    /// The amount; of a head the record's total.
    pub amount: Decimal,
    /// Currency of the amount.
    pub currency: Currency,
    /// The text on the line; of a head its memo.
    pub text: String,
}

/// One thing that differs at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDifference {
    /// `account`, `class`, `amount`, `date`.
    pub field: &'static str,
    /// As it was frozen.
    pub before: String,
    /// As it would be today.
    pub after: String,
}

/// How today differs at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetChange {
    /// Nothing differs.
    Same,
    /// Today only.
    Added,
    /// Frozen only.
    Removed,
    /// In both, with other values.
    Changed,
}

/// One place of both sets. At least one side is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetDifference {
    /// The entry that it belongs to.
    pub slot: Slot,
    /// As it was frozen.
    pub before: Option<SetPlace>,
    /// As it would be today.
    pub after: Option<SetPlace>,
    /// What differs, where both sides are there.
    pub fields: Vec<FieldDifference>,
}

impl SetDifference {
    /// How it differs.
    pub fn kind(&self) -> SetChange {
        match (&self.before, &self.after) {
            (Some(_), None) => SetChange::Removed,
            (None, _) => SetChange::Added,
            (Some(_), Some(_)) if self.fields.is_empty() => SetChange::Same,
            (Some(_), Some(_)) => SetChange::Changed,
        }
    }

    /// `bill line 2: class 100 Strategy → 200 Operations`, `card:CT-9101 line 3: only today, 5010 Airfare 20.75 debit`.
    pub fn words(&self) -> String {
        let side = self.before.as_ref().or(self.after.as_ref());
        let place = match side.and_then(|s| s.line) {
            Some(n) => format!("{} line {n}", self.slot),
            None => self.slot.to_string(),
        };
        let whole = |s: Option<&SetPlace>| s.map(SetPlace::words).unwrap_or_default();
        match self.kind() {
            SetChange::Same => format!("{place}: the same"),
            SetChange::Added => format!("{place}: only today, {}", whole(self.after.as_ref())),
            SetChange::Removed => format!("{place}: no longer, {}", whole(self.before.as_ref())),
            SetChange::Changed => {
                let all: Vec<String> =
                    self.fields.iter().map(|f| format!("{} {} → {}", f.field, f.before, f.after)).collect();
                format!("{place}: {}", all.join(", "))
            }
        }
    }
}

impl SetPlace {
    fn words(&self) -> String {
        let amount = crate::model::money::shown(self.amount, self.currency);
        match self.side {
            Some(Side::Debit) => format!("{} {amount} debit", self.account),
            Some(Side::Credit) => format!("{} {amount} credit", self.account),
            None => format!("{} {amount}", self.account),
        }
    }
}

/// Only what differs, in the order of the frozen set; what is new today stands behind its entry.
pub fn differences(frozen: &EntrySet, today: &EntrySet) -> Vec<SetDifference> {
    let mut all = beside(frozen, today);
    all.retain(|d| d.kind() != SetChange::Same);
    all
}

/// Every place of both sets, equal ones too, for showing them side by side.
pub fn beside(frozen: &EntrySet, today: &EntrySet) -> Vec<SetDifference> {
    let mut out = Vec::new();
    for a in &frozen.entries {
        let b = today.entries.iter().find(|b| b.slot == a.slot);
        entry(&mut out, Some(a), b);
    }
    for b in &today.entries {
        if frozen.entries.iter().all(|a| a.slot != b.slot) {
            entry(&mut out, None, Some(b));
        }
    }
    out
}

fn entry(out: &mut Vec<SetDifference>, a: Option<&Entry>, b: Option<&Entry>) {
    let Some(slot) = a.or(b).map(|e| e.slot.clone()) else { return };
    let fields = a.zip(b).map(|(was, is)| head_fields(was, is)).unwrap_or_default();
    out.push(SetDifference { slot: slot.clone(), before: a.map(head), after: b.map(head), fields });
    let none: &[Line] = &[];
    let (mine, theirs) = (a.map_or(none, |e| &e.lines), b.map_or(none, |e| &e.lines));
    for (old, new) in paired(mine, theirs) {
        let before = old.zip(a).map(|((n, l), entry)| line(n, l, entry));
        let after = new.zip(b).map(|((n, l), entry)| line(n, l, entry));
        let fields = match (old, new, a.zip(b)) {
            (Some((_, was)), Some((_, is)), Some((frozen, today))) => {
                line_fields(was, is, frozen.currency, today.currency)
            }
            _ => Vec::new(),
        };
        out.push(SetDifference { slot: slot.clone(), before, after, fields });
    }
}

fn head(e: &Entry) -> SetPlace {
    SetPlace {
        line: None,
        account: e.kind.words().into(),
        about: e.party.as_ref().map(|p| p.name.clone()).unwrap_or_default(),
        side: None,
        amount: e.total(),
        currency: e.currency,
        text: e.memo.clone(),
    }
}

fn line(n: usize, l: &Line, e: &Entry) -> SetPlace {
    let d = &l.dimensions;
    let names = [&d.class, &d.department, &d.customer, &l.party];
    let about: Vec<&str> = names.into_iter().flatten().map(|n| n.name.as_str()).collect();
    SetPlace {
        line: Some(n + 1),
        account: l.account.name.clone(),
        about: about.join(" · "),
        side: Some(l.side),
        amount: l.amount,
        currency: e.currency,
        text: l.text.clone(),
    }
}

fn name(n: Option<&Named>) -> String {
    n.map_or_else(|| "none".into(), |n| if n.name.is_empty() { n.id.clone() } else { n.name.clone() })
}

fn same(a: Option<&Named>, b: Option<&Named>) -> bool {
    a.map(|n| n.id.as_str()) == b.map(|n| n.id.as_str())
}

fn field(out: &mut Vec<FieldDifference>, field: &'static str, before: String, after: String) {
    if before != after {
        out.push(FieldDifference { field, before, after });
    }
}

fn record(out: &mut Vec<FieldDifference>, what: &'static str, a: Option<&Named>, b: Option<&Named>) {
    if !same(a, b) {
        out.push(FieldDifference { field: what, before: name(a), after: name(b) });
    }
}

fn amount(a: Decimal, currency: Currency) -> String {
    crate::model::money::shown(a, currency)
}

fn optional<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "none".into(), |v| v.to_string())
}

fn head_fields(a: &Entry, b: &Entry) -> Vec<FieldDifference> {
    let mut out = Vec::new();
    field(&mut out, "kind", a.kind.words().into(), b.kind.words().into());
    record(&mut out, "party", a.party.as_ref(), b.party.as_ref());
    field(&mut out, "date", a.date.to_string(), b.date.to_string());
    field(&mut out, "due", optional(a.due), optional(b.due));
    field(&mut out, "currency", a.currency.to_string(), b.currency.to_string());
    field(&mut out, "rate", optional(a.rate.map(|r| r.normalize())), optional(b.rate.map(|r| r.normalize())));
    record(&mut out, "offset account", a.offset_account.as_ref(), b.offset_account.as_ref());
    record(&mut out, "location", a.location.as_ref(), b.location.as_ref());
    field(&mut out, "number", a.number.clone(), b.number.clone());
    field(&mut out, "memo", a.memo.clone(), b.memo.clone());
    let taxes = |e: &Entry| -> String {
        let all: Vec<String> =
            e.taxes.iter().map(|t| format!("{} {}", t.code, amount(t.amount, e.currency))).collect();
        if all.is_empty() { "none".into() } else { all.join(" + ") }
    };
    field(&mut out, "tax", taxes(a), taxes(b));
    out
}

fn line_fields(a: &Line, b: &Line, of_a: Currency, of_b: Currency) -> Vec<FieldDifference> {
    let mut out = Vec::new();
    record(&mut out, "account", Some(&a.account), Some(&b.account));
    record(&mut out, "class", a.dimensions.class.as_ref(), b.dimensions.class.as_ref());
    record(&mut out, "location", a.dimensions.department.as_ref(), b.dimensions.department.as_ref());
    record(&mut out, "project", a.dimensions.customer.as_ref(), b.dimensions.customer.as_ref());
    record(&mut out, "party", a.party.as_ref(), b.party.as_ref());
    let money = |l: &Line, c: Currency| {
        let word = if l.side == Side::Debit { "debit" } else { "credit" };
        format!("{} {word}", amount(l.amount, c))
    };
    field(&mut out, "amount", money(a, of_a), money(b, of_b));
    field(&mut out, "tax code", optional(a.tax_code.as_ref()), optional(b.tax_code.as_ref()));
    let billable = |l: &Line| if l.billable { "yes" } else { "no" };
    field(&mut out, "billable", billable(a).into(), billable(b).into());
    field(&mut out, "text", a.text.clone(), b.text.clone());
    out
}

/// A line with its place in its entry.
type Placed<'a> = (usize, &'a Line);
/// Whether two lines are one.
type Fits<'a> = &'a dyn Fn(&Line, &Line) -> bool;

/// Lines that belong together: equal ones first, then those that stem from the same line of the source, then the
/// offsetting ones of one role, then those of one account. What is left stands alone.
fn paired<'a>(mine: &'a [Line], theirs: &'a [Line]) -> Vec<(Option<Placed<'a>>, Option<Placed<'a>>)> {
    let alike = |a: &Line, b: &Line| {
        a.account.id == b.account.id
            && a.amount == b.amount
            && a.side == b.side
            && same(a.dimensions.class.as_ref(), b.dimensions.class.as_ref())
            && same(a.dimensions.department.as_ref(), b.dimensions.department.as_ref())
            && same(a.dimensions.customer.as_ref(), b.dimensions.customer.as_ref())
    };
    let fits: [Fits<'_>; 5] = [
        &|a, b| a.source == b.source && a.role == b.role && alike(a, b),
        &|a, b| a.role == b.role && alike(a, b),
        &|a, b| a.source.is_some() && a.source == b.source && a.role == b.role,
        &|a, b| a.source.is_none() && b.source.is_none() && a.role == b.role,
        &|a, b| a.account.id == b.account.id && a.side == b.side,
    ];
    let mut left: Vec<Option<Placed<'_>>> = theirs.iter().enumerate().map(Some).collect();
    let mut out: Vec<(Option<Placed<'_>>, Option<Placed<'_>>)> =
        mine.iter().enumerate().map(|l| (Some(l), None)).collect();
    for fit in fits {
        for pair in &mut out {
            let (Some((_, a)), None) = *pair else { continue };
            let found = left.iter().position(|b| b.is_some_and(|(_, b)| fit(a, b)));
            if let Some(k) = found {
                pair.1 = left.get_mut(k).and_then(Option::take);
            }
        }
    }
    out.extend(left.into_iter().flatten().map(|b| (None, Some(b))));
    out
}
