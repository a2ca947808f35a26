//! The right side: every entry with its kind, number, party and date, its debits and credits under each other.

use crate::model::entry::Side;
use crate::model::money::shown;
use crate::tui::msg::Sheet;
use crate::tui::screens::queue::set_of;
use crate::tui::text::clean;

/// A line of the right side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryRow {
    /// Entry and line within the set; none for heads and sums.
    pub place: Option<(usize, usize)>,
    /// Head of an entry, or the account.
    pub text: String,
    /// Class or another dimension.
    pub class: String,
    /// Debit.
    pub debit: String,
    /// Credit.
    pub credit: String,
    /// What kind of line it is.
    pub kind: RowKind,
}

/// Kinds of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowKind {
    /// A head.
    #[default]
    Head,
    /// A debit or credit.
    Line,
    /// A sum that balances.
    Balanced,
    /// A sum that does not.
    Unbalanced,
    /// A remark.
    Note,
}

impl EntryRow {
    /// A debit or credit.
    pub fn is_line(&self) -> bool {
        self.kind == RowKind::Line
    }
}

/// Formats the entries of a document.
pub fn rows(sheet: &Sheet) -> Vec<EntryRow> {
    let note = |text: String| EntryRow { text, kind: RowKind::Note, ..EntryRow::default() };
    let Some(set) = set_of(sheet) else {
        if let Some(u) = &sheet.card.unreadable {
            return vec![note(format!("unreadable at {}", clean(&u.path))), note(clean(&u.message))];
        }
        let why = if sheet.card.derived.is_some() { "nothing would be posted" } else { "not derived yet" };
        return vec![note(why.into())];
    };
    let mut out = Vec::new();
    for (ei, e) in set.entries.iter().enumerate() {
        let mut head = vec![format!("{} {}", e.slot, e.reference)];
        if let Some(intent) = sheet.card.intents.iter().find(|i| i.slot == e.slot && !i.remote_id.is_empty())
        {
            head.push(format!("in ledger as {}", intent.number));
        }
        match e.kind {
            crate::model::EntryKind::Bill => head.extend(e.party.as_ref().map(|p| p.name.clone())),
            kind => {
                head.push(kind.words().into());
                head.extend(e.party.as_ref().map(|p| p.name.clone()));
            }
        }
        head.push(match e.due {
            Some(due) => format!("due {}", due.strftime("%m-%d")),
            None => format!("dated {}", e.date),
        });
        out.push(EntryRow { text: clean(&head.join(" · ")), ..EntryRow::default() });
        for (li, l) in e.lines.iter().enumerate() {
            let text = shown(l.amount, e.currency);
            let (debit, credit) = match l.side {
                Side::Debit => (text, String::new()),
                Side::Credit => (String::new(), text),
            };
            let d = &l.dimensions;
            let class = [&d.class, &d.department].into_iter().flatten().next().map(|n| clean(&n.name));
            out.push(EntryRow {
                place: Some((ei, li)),
                text: clean(&l.account.name),
                class: class.unwrap_or_default(),
                debit,
                credit,
                kind: RowKind::Line,
            });
        }
    }
    let currency = set.entries.first().map(|e| e.currency);
    if let Some(c) = currency {
        let balanced = set.balanced();
        out.push(EntryRow {
            place: None,
            text: if balanced { "balanced".into() } else { "! not balanced".into() },
            class: c.to_string(),
            debit: shown(set.debits(), c),
            credit: shown(set.credits(), c),
            kind: if balanced { RowKind::Balanced } else { RowKind::Unbalanced },
        });
    }
    out.extend(in_ledger(sheet).map(note));
    out.extend(common(set).map(note));
    out
}

fn in_ledger(sheet: &Sheet) -> Option<String> {
    let known: Vec<String> = sheet
        .card
        .intents
        .iter()
        .filter(|i| !i.remote_id.is_empty())
        .map(|i| {
            let number = if i.number.is_empty() { i.remote_id.as_str() } else { i.number.as_str() };
            let adopted = if i.adopted { " (adopted)" } else { "" };
            format!("{} {}{adopted}", i.kind.words(), clean(number))
        })
        .collect();
    if known.is_empty() { None } else { Some(format!("in the ledger: {}", known.join(", "))) }
}

/// What all cost lines share: project, billable, location.
fn common(set: &crate::model::EntrySet) -> Option<String> {
    let lines: Vec<_> = set.entries.iter().flat_map(|e| &e.lines).filter(|l| l.source.is_some()).collect();
    let first = lines.first()?;
    let mut parts = Vec::new();
    if let Some(c) = &first.dimensions.customer
        && lines.iter().all(|l| l.dimensions.customer.as_ref() == Some(c))
    {
        let billable = if lines.iter().all(|l| l.billable) { ", billable" } else { "" };
        parts.push(format!("{}{billable}", clean(&c.name)));
    }
    let location = |e: &crate::model::Entry| e.location.clone();
    if let Some(l) = set.entries.first().and_then(location)
        && set.entries.iter().all(|e| e.location.as_ref() == Some(&l))
    {
        parts.push(format!("location {}", clean(&l.name)));
    }
    if parts.is_empty() { None } else { Some(format!("all lines: {}", parts.join(" · "))) }
}
