//! The right side: every entry with its kind, number, party and date, its debits and credits under each other.

use crate::model::entry::{Entry, EntryKind, EntrySet, Line, LineRole, Side, Slot};
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
    /// Class or another dimension; of a head what stands after it where there is room.
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
    /// The rule above the sums.
    Rule,
    /// A sum that balances.
    Balanced,
    /// A sum that does not.
    Unbalanced,
    /// A remark.
    Note,
    /// A remark that something is as it should be.
    Good,
    /// A remark that something is not.
    Bad,
}

impl EntryRow {
    /// A debit or credit.
    pub fn is_line(&self) -> bool {
        self.kind == RowKind::Line
    }
}

/// Formats the entries of a document, with what was seen of it in the ledger.
pub fn rows(sheet: &Sheet, there: &[EntryRow]) -> Vec<EntryRow> {
    let Some(set) = set_of(sheet) else {
        if let Some(u) = &sheet.card.unreadable {
            return vec![note(format!("unreadable at {}", clean(&u.path))), note(clean(&u.message))];
        }
        let why = if sheet.card.derived.is_some() { "nothing would be posted" } else { "not derived yet" };
        let rows = std::iter::once(note(why.into())).chain(elsewhere(sheet, &[]));
        return rows.chain(there.iter().cloned()).collect();
    };
    let shared = Shared::of(set);
    let mut out = Vec::new();
    for (ei, e) in set.entries.iter().enumerate() {
        let (text, tail) = head(sheet, e);
        out.push(EntryRow { text, class: tail, ..EntryRow::default() });
        for (li, l) in e.lines.iter().enumerate() {
            let text = shown(l.amount, e.currency);
            let (debit, credit) = match l.side {
                Side::Debit => (text, String::new()),
                Side::Credit => (String::new(), text),
            };
            let d = &l.dimensions;
            let class = match (&d.class, &d.department) {
                (Some(c), _) => clean(&c.name),
                (None, Some(l)) => format!("location {}", clean(&l.name)),
                (None, None) => String::new(),
            };
            out.push(EntryRow {
                place: Some((ei, li)),
                text: clean(&l.account.name),
                class,
                debit,
                credit,
                kind: RowKind::Line,
            });
            out.extend(shared.own(l).map(|t| note(format!("    {t}"))));
        }
    }
    let currency = set.entries.first().map(|e| e.currency);
    if let Some(c) = currency {
        let balanced = set.balanced();
        out.push(EntryRow { kind: RowKind::Rule, ..EntryRow::default() });
        out.push(EntryRow {
            place: None,
            text: String::new(),
            class: if balanced { "balanced".into() } else { "! not balanced".into() },
            debit: shown(set.debits(), c),
            credit: shown(set.credits(), c),
            kind: if balanced { RowKind::Balanced } else { RowKind::Unbalanced },
        });
    }
    out.extend(elsewhere(sheet, &set.entries));
    out.extend(there.iter().cloned());
    out.extend(shared.words(set).map(note));
    out
}

/// A remark.
pub fn note(text: String) -> EntryRow {
    EntryRow { text, kind: RowKind::Note, ..EntryRow::default() }
}

/// `bill TO8KX2M4Q7R · Okafor, Amara · due 11-04`, `card:CT-9101 TOQ3F7C19ZB · card purchase · dated 2026-10-20`
///
/// The second is what may be left out: the payee that all card purchases share.
fn head(sheet: &Sheet, e: &Entry) -> (String, String) {
    let party = e.party.as_ref().map(|p| p.name.clone());
    let dated = match e.due {
        Some(due) => format!("due {}", due.strftime("%m-%d")),
        None => format!("dated {}", e.date),
    };
    // the slot of what is owed is named after its usual kind; a journal there is a journal
    let mut parts = match &e.slot {
        Slot::Bill => vec![format!("{} {}", e.kind.words(), e.reference)],
        slot => vec![format!("{slot} {}", e.reference), e.kind.words().into()],
    };
    let purchase = matches!(e.kind, EntryKind::CardPurchase | EntryKind::CardRefund);
    let (first, tail) = if purchase { (None, party) } else { (party, None) };
    parts.extend(first);
    parts.push(dated);
    let recorded = sheet.card.intents.iter().find(|i| i.slot == e.slot && !i.remote_id.is_empty());
    if let Some(i) = recorded {
        let number = if i.number.is_empty() { &i.remote_id } else { &i.number };
        let same = *number == e.reference.to_string();
        let words = match (i.adopted, same) {
            (true, _) => format!("adopted {number}"),
            (false, true) => format!("in the ledger, id {}", i.remote_id),
            (false, false) => format!("in the ledger as {number}, id {}", i.remote_id),
        };
        // what is recorded matters more than what the slot says already
        let kind = e.kind.words();
        parts.retain(|p| p != kind);
        parts.insert(1, words);
    }
    (clean(&parts.join(" · ")), clean(&tail.unwrap_or_default()))
}

/// Records in the ledger that no entry stands for: each in a line of its own.
fn elsewhere<'a>(sheet: &'a Sheet, entries: &'a [Entry]) -> impl Iterator<Item = EntryRow> + 'a {
    let intents = sheet.card.intents.iter().filter(|i| !i.remote_id.is_empty());
    intents.filter(|i| entries.iter().all(|e| e.slot != i.slot)).map(|i| {
        let number = if i.number.is_empty() { i.remote_id.as_str() } else { i.number.as_str() };
        let adopted = if i.adopted { " (adopted)" } else { "" };
        note(format!("in the ledger: {} {}{adopted}", i.kind.words(), clean(number)))
    })
}

/// What all cost lines share, so that it is said once.
struct Shared {
    /// Project and whether it is billable.
    project: Option<String>,
    /// The location of the lines, where the class column does not show it.
    location: Option<String>,
}

impl Shared {
    fn of(set: &EntrySet) -> Self {
        let lines = || set.entries.iter().flat_map(|e| &e.lines).filter(|l| is_cost(l));
        let same = |of: fn(&Line) -> Option<String>| {
            let first = lines().next().and_then(of)?;
            lines().all(|l| of(l).as_ref() == Some(&first)).then_some(first)
        };
        Self { project: same(project), location: same(location) }
    }

    /// What a line has that not all have.
    fn own(&self, l: &Line) -> Option<String> {
        if !is_cost(l) {
            return None;
        }
        let project = project(l).filter(|p| self.project.as_ref() != Some(p));
        let location = location(l).filter(|p| self.location.as_ref() != Some(p));
        let parts: Vec<String> = [project, location].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }

    fn words(&self, set: &EntrySet) -> Option<String> {
        let mut parts: Vec<String> = [&self.project, &self.location].into_iter().flatten().cloned().collect();
        let header = set.entries.first().and_then(|e| e.location.as_ref());
        if let Some(l) = header
            && set.entries.iter().all(|e| e.location.as_ref() == Some(l))
        {
            let words = format!("location {}", clean(&l.name));
            if !parts.contains(&words) {
                parts.push(words);
            }
        }
        (!parts.is_empty()).then(|| format!("all lines: {}", parts.join(" · ")))
    }
}

/// Tax, advances and what is due belong to the balance sheet and carry no project.
fn is_cost(l: &Line) -> bool {
    l.source.is_some() && l.role == LineRole::Cost
}

fn project(l: &Line) -> Option<String> {
    let billable = if l.billable { ", billable" } else { "" };
    l.dimensions.customer.as_ref().map(|c| format!("{}{billable}", clean(&c.name)))
}

fn location(l: &Line) -> Option<String> {
    let d = &l.dimensions;
    d.class.as_ref().and(d.department.as_ref()).map(|n| format!("location {}", clean(&n.name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tests::sample;

    fn texts(change: fn(&mut EntrySet)) -> Vec<String> {
        let row = sample::rows().into_iter().find(|r| r.number == "B4Q7TN").unwrap();
        let mut sheet = sample::sheet(&row);
        change(&mut sheet.card.derived.as_mut().unwrap().set);
        rows(&sheet, &[]).into_iter().map(|r| r.text).collect()
    }

    #[test]
    fn what_all_cost_lines_share_is_said_once_and_tax_does_not_hide_it() {
        let all = "all lines: Merrow Health:Rollout, billable · location Boston";
        let tax = texts(|set| {
            let l = &mut set.entries[0].lines[0];
            l.role = LineRole::Tax;
            l.dimensions.customer = None;
            l.billable = false;
        });
        assert_eq!(tax.last().unwrap(), all);
    }

    #[test]
    fn what_lines_do_not_share_stands_below_each() {
        let own = texts(|set| set.entries[0].lines[0].billable = false);
        assert_eq!(own[1..3], ["5040 Client Meals", "    Merrow Health:Rollout"]);
        assert_eq!(own[4], "    Merrow Health:Rollout, billable");
        assert_eq!(own.last().unwrap(), "all lines: location Boston");
    }
}
