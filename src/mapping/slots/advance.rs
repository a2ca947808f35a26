//! Slot `advance`: a cash advance that was issued. It is an asset, no cost (accounting.md, 1.4).

use super::{Draft, Recipe, bill};
use crate::mapping::dates::Dates;
use crate::mapping::pieces::Piece;
use crate::mapping::work::{Work, why};
use crate::model::document::DocumentKind;
use crate::model::entry::{Line, LineRole, Slot};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::AccountType;
use crate::model::money::Money;

/// The entry of the issue; none for other documents.
pub(super) fn draft(w: &mut Work<'_>, pieces: &[&Piece<'_>], dates: &Dates) -> Option<Draft> {
    if w.doc().kind != DocumentKind::CashAdvance || pieces.is_empty() {
        return None;
    }
    let account = w.settings().accounts.advances.clone();
    let account = w.role_account(account.as_ref(), "employee advances", &[AccountType::CurrentAsset]);
    let lines: Vec<Line> = pieces.iter().map(|p| line(w, p, &account)).collect();
    let total = lines.iter().map(Line::signed).sum();
    let sentence =
        format!("A cash advance of {}: money leaves before there is cost.", Money::new(total, w.currency()));
    w.add(FindingCode::CashAdvance, "", "cash advance", sentence, Mend::Accept);
    let mut draft = Draft {
        slot: Slot::Advance,
        recipe: Recipe::Journal,
        date: dates.used,
        due: None,
        party: None,
        offset: None,
        lines,
        why: Vec::new(),
    };
    bill::owed(w, &mut draft, pieces, dates);
    Some(draft)
}

/// The book's account of advances decides, because applications credit it: a source that names another one is told.
fn line(w: &mut Work<'_>, p: &Piece<'_>, account: &crate::model::entry::Named) -> Line {
    let mut line = p.line.clone();
    let named = line.account.name.clone();
    if !line.account.id.is_empty() && line.account.id != account.id && !account.id.is_empty() {
        let sentence = format!(
            "{} debits the advance to {named}, but the book keeps advances on {}: applications would not meet it.",
            w.source(),
            account.name
        );
        w.add(FindingCode::AccountType, &named, "not the advances account", sentence, Mend::BookPolicy);
    }
    line.role = LineRole::Advance;
    line.account = account.clone();
    line.billable = false;
    line.dimensions.class = None;
    line.dimensions.customer = None;
    line.why =
        vec![why("account", format!("{}: the book's account of employee advances", account.name), None)];
    line
}
