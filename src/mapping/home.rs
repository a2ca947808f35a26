//! Lines in home currency, where the ledger forces them: amounts are converted line by line, and the leftover cents are
//! one visible line on the rounding account (accounting.md, 2.1).

use rust_decimal::{Decimal, RoundingStrategy};

use crate::mapping::dates::known_rate;
use crate::mapping::pieces::side;
use crate::mapping::work::{Work, tidy, why};
use crate::model::entry::{Dimensions, Entry, EntrySet, Line, LineRole, Named};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::AccountType;
use crate::model::money;

/// Converts the entries of a foreign document; others stay as they are.
pub(super) fn convert(w: &mut Work<'_>, set: &mut EntrySet) {
    let (from, to) = (w.currency(), w.posting_currency());
    if from == to {
        return;
    }
    let mut left = Decimal::ZERO;
    for entry in &mut set.entries {
        let Some(rate) = known_rate(w, from, entry.date) else {
            let sentence =
                format!("There is no rate of {from} for {}, and {} wants {to}.", entry.date, w.ledger());
            w.add(
                FindingCode::CurrencyNotEnabled,
                from.code(),
                format!("no rate {from}"),
                sentence,
                Mend::InLedger,
            );
            continue;
        };
        left += one(w, entry, rate).abs();
    }
    let most = w.settings().home_lines.rounding_limit;
    if left > most {
        let (left, most) = (money::shown(left, to), money::shown(most, to));
        let sentence = format!(
            "Rounding to {to} leaves {left}; the book allows {most} a document on its rounding account."
        );
        w.add(FindingCode::TotalMismatch, "rounding", "rounding above the limit", sentence, Mend::BookPolicy);
    }
}

/// One entry; answers what rounding left over, signed.
fn one(w: &mut Work<'_>, entry: &mut Entry, rate: Decimal) -> Decimal {
    let (from, to) = (entry.currency, w.posting_currency());
    let home = |amount: Decimal| {
        let exact = amount.checked_mul(rate).unwrap_or(amount);
        tidy(exact.round_dp_with_strategy(to.exponent(), RoundingStrategy::MidpointAwayFromZero), to)
    };
    for line in &mut entry.lines {
        line.text =
            format!("{}, {from} {} at {}", line.text, money::plain(line.amount, from), rate.normalize());
        line.amount = home(line.amount);
    }
    for tax in &mut entry.taxes {
        (tax.net, tax.amount) = (home(tax.net), home(tax.amount));
    }
    entry.currency = to;
    entry.rate = None;
    entry.why.push(why("rate", format!("{}: converted line by line", rate.normalize()), None));
    let left = entry.debits() - entry.credits();
    if left.is_zero() {
        return left;
    }
    let types =
        [AccountType::Expense, AccountType::OtherExpense, AccountType::OtherIncome, AccountType::Income];
    let named: Option<Named> = w.settings().accounts.rounding.clone();
    let account = w.role_account(named.as_ref(), "rounding differences", &types);
    let reason = why("account", format!("{}: rounding", account.name), None);
    let line = Line {
        role: LineRole::Rounding,
        side: side(-left),
        account,
        amount: tidy(left.abs(), to),
        dimensions: Dimensions::default(),
        billable: false,
        tax_code: None,
        party: None,
        text: format!("Rounding {from} to {to}"),
        source: None,
        why: vec![reason],
    };
    // the offsetting side stays last
    let at = entry.lines.iter().position(Line::is_offset).unwrap_or(entry.lines.len());
    entry.lines.insert(at, line);
    left
}
