//! What this ledger can hold: sentences before anything is sent (contract 7 and 8). Whether a document is right is for
//! the mapping room, closed periods included; here is only what QuickBooks Desktop would refuse, cut or misread.

use rust_decimal::Decimal;

use crate::model::entry::{Entry, EntryKind, Line, Named};
use crate::model::ledger::{AccountType, LedgerFacts, Vendor};
use crate::model::money;
use crate::model::rule::DimensionKind;

use super::encode::{line_entity, line_memo, positive_side, sent};
use super::values;
use super::{MEMO_MAX, NUMBER_MAX, SHORT_NUMBER_MAX};

/// Amounts have so many digits before the point, at most (contract 4.1).
const AMOUNT_MAX: Decimal = Decimal::from_parts(1_316_134_912, 2328, 0, false, 0);

/// Sentences, empty when the ledger can hold the entry.
pub fn check(entry: &Entry, facts: &LedgerFacts) -> Vec<String> {
    let mut said = Vec::new();
    texts(entry, &mut said);
    amounts(entry, &mut said);
    header(entry, facts, &mut said);
    for line in &entry.lines {
        account(entry, line, facts, &mut said);
        dimensions(entry, line, facts, &mut said);
    }
    match entry.kind {
        EntryKind::Journal => journal(entry, facts, &mut said),
        _ => expense(entry, facts, &mut said),
    }
    let mut unique: Vec<String> = Vec::with_capacity(said.len());
    for sentence in said {
        if !unique.contains(&sentence) {
            unique.push(sentence);
        }
    }
    unique
}

fn texts(entry: &Entry, said: &mut Vec<String>) {
    let mut one = |what: &str, text: &str, most: usize| {
        if let Err(why) = values::text(text, most) {
            said.push(format!("{what}: {why}"));
        }
    };
    let bill = matches!(entry.kind, EntryKind::Bill | EntryKind::VendorCredit);
    one("the number", &entry.number, if bill { NUMBER_MAX } else { SHORT_NUMBER_MAX });
    one("the memo", &entry.memo, MEMO_MAX);
    for line in sent(entry) {
        let journal = entry.kind == EntryKind::Journal;
        // the marker is added to each line of a journal
        let memo = if journal { line_memo(entry, line) } else { line.text.clone() };
        one("a line's text", &memo, MEMO_MAX);
    }
    if entry.number.trim().is_empty() {
        said.push("the number is empty".into());
    } else if entry.number.trim() != entry.number {
        said.push("the number begins or ends with a blank, which QuickBooks drops".into());
    }
    if entry.kind == EntryKind::Journal && entry.number != entry.reference.as_str() {
        said.push(format!(
            "the number of a journal has to be {}, by which it is found again",
            entry.reference
        ));
    }
    if !entry.memo.ends_with(&entry.reference.marker()) {
        said.push(
            "the memo does not end with our marker, so that the record could not be found again".into(),
        );
    }
}

fn amounts(entry: &Entry, said: &mut Vec<String>) {
    if entry.currency.exponent() > 2 {
        said.push(format!("{} has more than two decimals, QuickBooks has two", entry.currency));
    }
    for line in &entry.lines {
        if line.amount.normalize().scale() > 2 {
            said.push(format!("the amount {} has too many decimals for QuickBooks", line.amount));
        }
        if line.amount.abs() >= AMOUNT_MAX {
            said.push(format!("the amount {} is too large for QuickBooks", line.amount));
        }
        if line.amount < Decimal::ZERO && entry.kind == EntryKind::Journal {
            said.push("a journal's amounts are not negative: the side says the direction".into());
        }
    }
    if entry.kind != EntryKind::Journal {
        let offset: Decimal = entry.lines.iter().filter(|l| l.is_offset()).map(Line::signed).sum();
        // what is owed is a credit; a vendor credit and a card refund turn it round
        let total = match entry.kind {
            EntryKind::VendorCredit | EntryKind::CardRefund => offset,
            _ => -offset,
        };
        if total < Decimal::ZERO {
            let shown = money::shown(total, entry.currency);
            said.push(format!("the total of the {} is {shown}; it may not be negative", entry.kind.words()));
        }
    }
    if sent(entry).next().is_none() {
        said.push("there is no line".into());
    }
    if !entry.balanced() {
        said.push("debits and credits differ".into());
    }
    if let Some(r) = entry.rate.filter(|r| *r <= Decimal::ZERO) {
        said.push(format!("the exchange rate {r} is not above zero"));
    }
    if !entry.taxes.is_empty() || entry.lines.iter().any(|l| l.tax_code.is_some()) {
        said.push(
            "QuickBooks Desktop in the US takes no tax codes here: tax goes onto a line of its own or into the cost"
                .into(),
        );
    }
}

fn header(entry: &Entry, facts: &LedgerFacts, said: &mut Vec<String>) {
    let company = &facts.company;
    let enabled = entry.currency == company.home_currency
        || (company.multicurrency && company.currencies.contains(&entry.currency));
    if !enabled {
        said.push(format!("{} is not in use in QuickBooks", entry.currency));
    }
    if entry.location.is_some() || entry.lines.iter().any(|l| l.dimensions.department.is_some()) {
        said.push("QuickBooks Desktop has no locations".into());
    }
    match (&entry.party, entry.kind) {
        (None, EntryKind::Bill | EntryKind::VendorCredit) => said.push("the vendor is missing".into()),
        (None, _) => {}
        (Some(party), _) => vendor(entry, party, facts, said),
    }
    let wanted = match entry.kind {
        EntryKind::Bill | EntryKind::VendorCredit => AccountType::AccountsPayable,
        EntryKind::CardPurchase | EntryKind::CardRefund => AccountType::CreditCard,
        EntryKind::Journal => return,
    };
    let Some(named) = &entry.offset_account else {
        let what = if wanted == AccountType::CreditCard { "card" } else { "payable" };
        said.push(format!("the {what} account is missing"));
        return;
    };
    if facts.account(&named.id).is_some_and(|a| a.kind != wanted) {
        said.push(format!("the account {} is no {} account", named.name, wanted.words()));
    }
    if entry.lines.iter().any(|l| l.is_offset() && l.account.id != named.id) {
        said.push(format!("an offsetting line is not on the account {}", named.name));
    }
}

/// A vendor has one currency, which decides that of its bills (contract 0.8).
fn vendor(entry: &Entry, party: &Named, facts: &LedgerFacts, said: &mut Vec<String>) {
    let currency = |v: &Vendor| v.currency.unwrap_or(facts.company.home_currency);
    match facts.vendor(&party.id) {
        None => said.push(format!("QuickBooks has no vendor {}", party.name)),
        Some(v) if !v.active => said.push(format!("the vendor {} is inactive in QuickBooks", party.name)),
        Some(v) if currency(v) != entry.currency => {
            said.push(format!("the vendor {} does not have the currency {}", party.name, entry.currency));
        }
        Some(_) => {}
    }
}

fn account(entry: &Entry, line: &Line, facts: &LedgerFacts, said: &mut Vec<String>) {
    use AccountType::{AccountsPayable, AccountsReceivable, CreditCard};
    let home = facts.company.home_currency;
    let Some(a) = facts.account(&line.account.id) else {
        said.push(format!("QuickBooks has no account {}", line.account.name));
        return;
    };
    if !a.active {
        said.push(format!("the account {} is inactive in QuickBooks", a.label()));
    }
    let own = a.currency.unwrap_or(home);
    // the accounts of what is owed have the currency of the record exactly; others may be in home currency
    let exact = matches!(a.kind, AccountsPayable | AccountsReceivable | CreditCard);
    if own != entry.currency && (exact || own != home) {
        said.push(format!("the account {} is in {own}, the entry in {}", a.label(), entry.currency));
    }
    let owed = matches!(a.kind, AccountsPayable | AccountsReceivable);
    if owed && entry.kind != EntryKind::Journal && !line.is_offset() {
        let (label, kind) = (a.label(), entry.kind.words());
        said.push(format!("a line of a {kind} cannot be on {label}, which is payable or receivable"));
    }
}

fn dimensions(entry: &Entry, line: &Line, facts: &LedgerFacts, said: &mut Vec<String>) {
    let company = &facts.company;
    let header = entry.kind != EntryKind::Journal && line.is_offset();
    let d = &line.dimensions;
    if header && (d.class.is_some() || d.customer.is_some()) {
        said.push("the header of a record holds no class and no customer".into());
    }
    if let Some(class) = &d.class {
        if !company.classes {
            said.push("classes are not switched on in QuickBooks".into());
        }
        dimension(DimensionKind::Class, "class", class, facts, said);
    }
    if let Some(customer) = &d.customer {
        dimension(DimensionKind::Customer, "customer", customer, facts, said);
    }
    if line.billable && d.customer.is_none() {
        said.push("a billable line needs a customer".into());
    }
    if line.billable && !company.billable {
        said.push("billable expenses are not switched on in QuickBooks".into());
    }
}

fn dimension(kind: DimensionKind, what: &str, named: &Named, facts: &LedgerFacts, said: &mut Vec<String>) {
    match facts.dimension(kind, &named.id) {
        None => said.push(format!("QuickBooks has no {what} {}", named.name)),
        Some(d) if !d.active => said.push(format!("the {what} {} is inactive in QuickBooks", named.name)),
        Some(_) => {}
    }
}

/// Bills, credits and card records (contract 7.4 and 7.6).
fn expense(entry: &Entry, facts: &LedgerFacts, said: &mut Vec<String>) {
    let positive = positive_side(entry.kind);
    let negative = sent(entry).any(|l| !l.amount.is_zero() && l.side != positive);
    if negative && !facts.company.negative_lines {
        said.push(
            "QuickBooks takes no negative lines here: they have to go into a vendor credit beside the bill"
                .into(),
        );
    }
    if entry.kind == EntryKind::Bill && entry.due.is_none() {
        said.push("the due date is missing; it is never left to QuickBooks".into());
    }
}

/// One payable or receivable line at most; a payable one needs a vendor, a receivable one a customer (contract 7.5).
fn journal(entry: &Entry, facts: &LedgerFacts, said: &mut Vec<String>) {
    if entry.currency != facts.company.home_currency {
        said.push(format!(
            "a journal in QuickBooks Desktop is written in {} only, not in {}",
            facts.company.home_currency, entry.currency
        ));
    }
    if entry.lines.len() < 2 {
        said.push("a journal needs two lines".into());
    }
    let mut owed = 0;
    for line in &entry.lines {
        let entity = line_entity(entry, line, facts);
        let customer = line.dimensions.customer.as_ref();
        match facts.account(&line.account.id).map(|a| a.kind) {
            Some(AccountType::AccountsPayable) => {
                owed += 1;
                if entity.is_none() {
                    said.push("a payable line of a journal needs a vendor".into());
                }
                if customer.is_some() {
                    said.push(
                        "a payable line of a journal holds its vendor, and no customer beside it".into(),
                    );
                }
            }
            Some(AccountType::AccountsReceivable) => {
                owed += 1;
                if customer.is_none() {
                    said.push("a receivable line of a journal needs a customer".into());
                }
                if line.billable {
                    said.push("a receivable line cannot be billable".into());
                }
            }
            _ if customer.is_some() && line.party.is_some() => {
                said.push("a line of a journal holds one name: a customer or a vendor".into());
            }
            _ => {}
        }
        if let Some(party) = &line.party {
            vendor(entry, party, facts, said);
        }
    }
    if owed > 1 {
        said.push("a journal in QuickBooks holds one payable or receivable line at most".into());
    }
}
