//! The left side: expenses, their allocations with cost objects, and the parts of the approved amount.

use rust_decimal::Decimal;

use crate::model::document::{Allocation, Document, DocumentKind, Expense, Journal, Party};
use crate::model::entry::LineSource;
use crate::model::money::shown;
use crate::tui::msg::Sheet;
use crate::tui::screens::queue::set_of;
use crate::tui::text::clean;

/// A line of the left side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceRow {
    /// Expense and allocation; none for sums.
    pub place: Option<(usize, Option<usize>)>,
    /// Text.
    pub text: String,
    /// Who paid: `CBCP`, `EMPL`.
    pub party: String,
    /// Amount.
    pub amount: String,
    /// A sum.
    pub sum: bool,
}

impl SourceRow {
    /// Whether an entry line stems from here: from this share, or from any share of this expense.
    pub fn stems(&self, s: LineSource) -> bool {
        match self.place {
            Some((expense, Some(allocation))) => expense == s.expense && allocation == s.allocation,
            _ => false,
        }
    }

    /// Whether the cursor may stand here.
    pub fn is_line(&self) -> bool {
        self.place.is_some()
    }
}

/// Formats the source of a document.
pub fn rows(sheet: &Sheet) -> Vec<SourceRow> {
    match &sheet.source {
        Some(d) => of_document(d),
        None => of_entries(sheet),
    }
}

/// A correction: what it does and why, the lines that it is made of, and what they come to.
fn of_correction(d: &Document) -> Vec<SourceRow> {
    let money = |a: Decimal| shown(a, d.currency);
    let mut out = vec![SourceRow { text: clean(&d.title), ..SourceRow::default() }];
    for (ei, e) in d.expenses.iter().enumerate() {
        let what = if e.description.is_empty() { &e.type_name } else { &e.description };
        out.push(SourceRow {
            place: Some((ei, None)),
            text: clean(what),
            amount: money(gross(e)),
            ..SourceRow::default()
        });
    }
    if let Some(amount) = d.stated_total {
        let text = "amount of the correction".into();
        out.push(SourceRow { text, amount: money(amount), sum: true, ..SourceRow::default() });
    }
    out
}

fn of_document(d: &Document) -> Vec<SourceRow> {
    if d.kind == DocumentKind::Correction {
        return of_correction(d);
    }
    let money = |a: Decimal| shown(a, d.currency);
    let mut out = Vec::new();
    let mut expenses: Vec<(usize, &Expense)> = d.expenses.iter().enumerate().collect();
    if d.kind == DocumentKind::ExpenseReport {
        // as it was spent; the lines of an invoice keep their order
        expenses.sort_by_key(|(_, e)| e.date);
    }
    for (ei, e) in expenses {
        let date = e.date.map(|x| format!("{} ", x.strftime("%m-%d"))).unwrap_or_default();
        let what = [&e.description, &e.merchant, &e.type_name].into_iter().find(|s| !s.is_empty());
        let kind: String = e.type_code.chars().take(3).collect();
        let what = what.map_or("", |s| s.as_str());
        out.push(SourceRow {
            place: Some((ei, None)),
            text: clean(&format!("{date}{kind} {what}")),
            party: payer(e),
            // Concur approves nothing of what is personal; the card was charged with it all the same
            amount: money(e.approved.filter(|_| !e.personal).unwrap_or_else(|| gross(e))),
            sum: false,
        });
        for (ai, a) in e.allocations.iter().enumerate() {
            let percent = a.percentage.map(|p| format!("{} %", p.normalize())).unwrap_or_default();
            let card = if ai == 0 { e.card.as_ref().map_or("", |c| c.transaction.as_str()) } else { "" };
            let codes: Vec<&str> =
                a.fields.values().map(|f| f.code.as_str()).filter(|c| !c.is_empty()).collect();
            out.push(SourceRow {
                place: Some((ei, Some(ai))),
                text: clean(&format!("  {card:<7} {percent:<6}{}", codes.join(" "))),
                party: String::new(),
                amount: money(gross_of(e, a)),
                sum: false,
            });
        }
    }
    let paid_to = |p: &Party| -> Decimal {
        let business = d.journals().filter(|(_, _, _, e, _, j)| !e.personal && other_party(j) == p);
        business.map(|(.., j)| j.gross).sum()
    };
    let advances: Decimal = d.advances.iter().map(|a| a.amount).sum();
    let mut sum = |text: &str, amount: Decimal| {
        out.push(SourceRow {
            place: None,
            text: text.into(),
            party: String::new(),
            amount: if text.is_empty() { String::new() } else { money(amount) },
            sum: true,
        });
    };
    sum("", Decimal::ZERO);
    sum("approved by Concur", d.approved());
    // who paid is a question of reports: an invoice and a cash advance have one payee
    if d.kind != DocumentKind::ExpenseReport {
        if !d.reclaimed().is_zero() {
            sum("tax reclaimed", d.reclaimed());
        }
        return out;
    }
    sum("of it out of pocket", paid_to(&Party::Empl));
    sum("of it company card", paid_to(&Party::Cbcp) + paid_to(&Party::Ibcp));
    let company_paid = paid_to(&Party::Copd);
    if !company_paid.is_zero() {
        sum("of it company paid", company_paid);
    }
    sum("personal, not in it", d.personal());
    if !advances.is_zero() {
        sum("advances applied", advances);
    }
    sum("tax reclaimed", d.reclaimed());
    out
}

/// The side of a journal line that is not the company.
fn other_party(j: &Journal) -> &Party {
    if j.payee == Party::Comp { &j.payer } else { &j.payee }
}

fn gross(e: &Expense) -> Decimal {
    e.allocations.iter().map(|a| gross_of(e, a)).sum()
}

/// Of what is personal only what the company paid: the way back from the employee would make it nothing.
fn gross_of(e: &Expense, a: &Allocation) -> Decimal {
    a.journals.iter().filter(|j| !e.personal || j.payer == Party::Comp).map(|j| j.gross).sum()
}

fn payer(e: &Expense) -> String {
    if e.personal {
        return "personal".into();
    }
    let mut journals = e.allocations.iter().flat_map(|a| &a.journals);
    journals.next().map(|j| clean(other_party(j).code())).unwrap_or_default()
}

/// Without a reader for the source: what the entry lines say of it.
fn of_entries(sheet: &Sheet) -> Vec<SourceRow> {
    let mut out = Vec::new();
    if let Some(u) = &sheet.card.unreadable {
        out.push(SourceRow { text: format!("unreadable at {}", clean(&u.path)), ..SourceRow::default() });
        out.push(SourceRow { text: clean(&u.message), ..SourceRow::default() });
    }
    for e in set_of(sheet).into_iter().flat_map(|s| &s.entries) {
        for l in &e.lines {
            if let Some(s) = l.source {
                out.push(SourceRow {
                    place: Some((s.expense, Some(s.allocation))),
                    text: format!("{:>2}.{} {}", s.expense + 1, s.allocation + 1, clean(&l.text)),
                    party: String::new(),
                    amount: shown(l.signed(), e.currency),
                    sum: false,
                });
            }
        }
    }
    let correction = sheet.card.row.kind == DocumentKind::Correction;
    let words =
        if correction { "{key:raw} shows what was made here" } else { "{key:raw} shows what Concur sent" };
    out.push(SourceRow { text: words.into(), sum: true, ..SourceRow::default() });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tests::sample;

    #[test]
    fn a_personal_expense_shows_what_the_company_paid() {
        let mut d = sample::document();
        let e = &mut d.expenses[0];
        e.personal = true;
        e.approved = Some(Decimal::ZERO);
        let paid = &mut e.allocations[0].journals;
        let mut back = paid[0].clone();
        std::mem::swap(&mut back.payer, &mut back.payee);
        back.payer = Party::Empl;
        back.gross = -back.gross;
        paid.push(back);
        let rows = of_document(&d);
        assert_eq!((rows[0].party.as_str(), rows[0].amount.as_str()), ("personal", "624.40"));
        assert_eq!(rows[1].amount, "374.64");
    }
}
