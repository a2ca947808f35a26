//! One record as it was frozen against what the ledger holds now, line by line, to the last unit.

use crate::model::entry::Named;
use crate::model::money::{from_minor, plain};
use crate::tieout::input::{Record, RecordLine};

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `line 2 amount`, `vendor`, `date`, `rate`.
    pub field: String,
    /// As frozen.
    pub before: String,
    /// As it is.
    pub after: String,
    /// After less before, where it is an amount.
    pub minor: i64,
    /// It is a rate: an exchange difference, not an edit.
    pub fx: bool,
    /// It is a tax line.
    pub tax: bool,
}

impl Difference {
    fn text(field: impl Into<String>, before: impl Into<String>, after: impl Into<String>) -> Self {
        let (field, before, after) = (field.into(), before.into(), after.into());
        Self { field, before, after, minor: 0, fx: false, tax: false }
    }

    /// Digits that changed places make a difference divisible by nine.
    pub fn transposed(&self) -> bool {
        self.minor != 0 && self.minor % 9 == 0
    }
}

fn name(n: Option<&Named>) -> String {
    n.map_or_else(|| "none".into(), |n| if n.name.is_empty() { n.id.clone() } else { n.name.clone() })
}

fn same(a: Option<&Named>, b: Option<&Named>) -> bool {
    a.map(|n| n.id.as_str()) == b.map(|n| n.id.as_str())
}

/// All fields that differ. `adopted`: somebody else typed it, so what that record leaves out is no difference.
pub fn compare(frozen: &Record, now: &Record, adopted: bool) -> Vec<Difference> {
    let mut out = Vec::new();
    let amount = |minor: i64| plain(from_minor(minor, frozen.currency), frozen.currency);
    if frozen.currency != now.currency {
        out.push(Difference::text("currency", frozen.currency.code(), now.currency.code()));
    }
    if !adopted && frozen.date != now.date {
        out.push(Difference::text("date", frozen.date.to_string(), now.date.to_string()));
    }
    if frozen.party.is_some() && !same(frozen.party.as_ref(), now.party.as_ref()) {
        out.push(Difference::text("vendor", name(frozen.party.as_ref()), name(now.party.as_ref())));
    }
    let (mine, theirs) = (frozen.offset_account.as_ref(), now.offset_account.as_ref());
    if mine.is_some() && theirs.is_some() && !same(mine, theirs) {
        out.push(Difference::text("account", name(mine), name(theirs)));
    }
    if let (Some(a), Some(b)) = (frozen.rate, now.rate)
        && a.normalize() != b.normalize()
    {
        let rate = Difference::text("rate", a.normalize().to_string(), b.normalize().to_string());
        out.push(Difference { fx: true, ..rate });
    }
    let journal = frozen.kind == crate::model::entry::EntryKind::Journal;
    let mine: Vec<&RecordLine> = frozen.lines.iter().filter(|l| journal || !l.offset).collect();
    for (n, pair) in paired(&mine, &now.lines).into_iter().enumerate() {
        let line = n + 1;
        match pair {
            (Some(a), Some(b)) => {
                let accounts = a.account.id != b.account.id;
                if a.minor != b.minor {
                    let d = Difference::text(format!("line {line} amount"), amount(a.minor), amount(b.minor));
                    out.push(Difference { minor: b.minor - a.minor, tax: a.tax, ..d });
                }
                if accounts {
                    let (x, y) = (name(Some(&a.account)), name(Some(&b.account)));
                    out.push(Difference::text(format!("line {line} account"), x, y));
                }
                for (what, x, y) in [
                    ("class", &a.class, &b.class),
                    ("department", &a.department, &b.department),
                    ("customer", &a.customer, &b.customer),
                ] {
                    let left_out = y.is_none() && (adopted || what == "department");
                    let header = x.is_none() && what == "department";
                    if !left_out && !header && !same(x.as_ref(), y.as_ref()) {
                        let (x, y) = (name(x.as_ref()), name(y.as_ref()));
                        out.push(Difference::text(format!("line {line} {what}"), x, y));
                    }
                }
            }
            (Some(a), None) => {
                let d = Difference::text(format!("line {line}"), amount(a.minor), "none");
                out.push(Difference { minor: -a.minor, ..d });
            }
            (None, Some(b)) => {
                let d = Difference::text(format!("line {line}"), "none", amount(b.minor));
                out.push(Difference { minor: b.minor, ..d });
            }
            (None, None) => {}
        }
    }
    out
}

/// Whether two lines are one line; true as the third: both have the same place.
type Fits<'a> = &'a dyn Fn(&RecordLine, &RecordLine, bool) -> bool;

/// Lines that belong together: in order when the counts agree; else equal ones first, then the rest in order.
fn paired<'a>(
    mine: &[&'a RecordLine],
    theirs: &'a [RecordLine],
) -> Vec<(Option<&'a RecordLine>, Option<&'a RecordLine>)> {
    let equal = |a: &RecordLine, b: &RecordLine| a.account.id == b.account.id && a.minor == b.minor;
    let mut left: Vec<Option<&RecordLine>> = theirs.iter().map(Some).collect();
    let mut out: Vec<(Option<&RecordLine>, Option<&RecordLine>)> =
        mine.iter().map(|l| (Some(*l), None)).collect();
    // a line that kept its place first, then one that moved, then whatever is left
    let fits: [Fits<'_>; 4] = [
        &|a, b, here| here && equal(a, b) && same(a.class.as_ref(), b.class.as_ref()),
        &|a, b, _| equal(a, b) && same(a.class.as_ref(), b.class.as_ref()),
        &|a, b, _| equal(a, b),
        &|a, b, here| here && (a.account.id == b.account.id || a.minor == b.minor),
    ];
    for fit in fits {
        for (i, pair) in out.iter_mut().enumerate() {
            let (Some(a), None) = *pair else { continue };
            let found = left.iter().position(|b| {
                b.is_some_and(|b| fit(a, b, theirs.get(i).is_some_and(|t| std::ptr::eq(t, b))))
            });
            if let Some(k) = found {
                pair.1 = left.get_mut(k).and_then(Option::take);
            }
        }
    }
    let mut rest = left.into_iter().flatten();
    for pair in &mut out {
        if pair.1.is_none() {
            pair.1 = rest.next();
        }
    }
    out.extend(rest.map(|b| (None, Some(b))));
    out
}
