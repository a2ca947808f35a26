//! The trial of a book as lines to read.

use jiff::civil::Date;

use crate::engine::Office;
use crate::mapping::TrialVerdict;
use crate::model::ids::BookId;
use crate::model::money::Money;
use crate::tui::msg::Said;
use crate::tui::text::{clean, left, right};

use super::execute::said;

fn row(
    verdict: &str,
    number: &str,
    payee: &str,
    date: &str,
    amount: &str,
    hand: &str,
    differs: &str,
) -> String {
    let cells = [
        left(verdict, 10),
        left(number, 14),
        left(payee, 26),
        left(date, 10),
        right(amount, 16),
        left(hand, 14),
    ];
    format!("{}  {differs}", cells.join("  ")).trim_end().to_string()
}

/// The comparison: a count in words, then a row for each.
pub async fn text(office: &dyn Office, book: BookId, from: Date, to: Date) -> Said<String> {
    let trial = said(office.trial(book, from, to).await)?;
    let (mut same, mut different, mut here) = (0, 0, 0);
    let mut rows = Vec::new();
    for (e, verdict) in &trial.entries {
        let payee = e.party.as_ref().map(|p| clean(&p.name)).unwrap_or_default();
        let amount = Money::new(e.amount, e.currency).to_string();
        let (word, record, differs) = match verdict {
            TrialVerdict::Same(r) => {
                same += 1;
                ("same", Some(r), String::new())
            }
            TrialVerdict::Different(r, d) => {
                different += 1;
                let said: Vec<String> = d
                    .iter()
                    .map(|d| clean(&format!("{}: {} here, {} there", d.field, d.here, d.there)))
                    .collect();
                ("different", Some(r), said.join("; "))
            }
            TrialVerdict::OnlyHere => {
                here += 1;
                ("only here", None, String::new())
            }
        };
        let hand =
            record.map(|r| clean(if r.number.is_empty() { &r.id } else { &r.number })).unwrap_or_default();
        rows.push(row(word, &clean(&e.number), &payee, &e.date.to_string(), &amount, &hand, &differs));
    }
    for r in &trial.only_there {
        let number = clean(if r.number.is_empty() { &r.id } else { &r.number });
        let amount = Money::new(r.amount, r.currency).to_string();
        rows.push(row("only there", "", "", &r.date.to_string(), &amount, &number, r.kind.words()));
    }
    if rows.is_empty() {
        return Ok(
            "Nothing to compare in these days: no document waits in them, and nobody posted by hand.".into()
        );
    }
    let mut out = vec![
        format!(
            "{same} posted by hand just so, {different} otherwise, {here} only here, {} only in the ledger.",
            trial.only_there.len()
        ),
        String::new(),
        row("verdict", "document", "payee", "date", "amount", "by hand", "differs"),
    ];
    out.extend(rows);
    Ok(out.join("\n"))
}
