//! What this ledger can hold: sentences before anything is sent (contract 7). Whether a document is right is for the
//! mapping room, closed periods included; here is only what QuickBooks would refuse, cut or misread.

use rust_decimal::Decimal;

use crate::model::entry::{Entry, EntryKind, Line, Named};
use crate::model::ledger::{AccountType, LedgerFacts};
use crate::model::money;
use crate::model::rule::DimensionKind;

use super::{MEMO_MAX, NUMBER_MAX, tax};

/// Sentences, empty when the ledger can hold the entry.
pub fn check(entry: &Entry, facts: &LedgerFacts) -> Vec<String> {
    let mut said = Vec::new();
    texts(entry, facts, &mut said);
    amounts(entry, &mut said);
    header(entry, facts, &mut said);
    for line in &entry.lines {
        accounts_and_dimensions(entry, line, facts, &mut said);
    }
    if entry.kind == EntryKind::Journal {
        journal(entry, facts, &mut said);
    } else {
        expense(entry, facts, &mut said);
    }
    tax::check(entry, facts, &mut said);
    let mut unique: Vec<String> = Vec::with_capacity(said.len());
    for sentence in said {
        if !unique.contains(&sentence) {
            unique.push(sentence);
        }
    }
    unique
}

fn texts(entry: &Entry, facts: &LedgerFacts, said: &mut Vec<String>) {
    let us = facts.company.country == "US";
    let mut one = |what: &str, text: &str, max: usize| {
        let length = text.chars().count();
        if length > max {
            said.push(format!("{what} has {length} characters; QuickBooks takes {max}"));
        }
        if let Some(c) = text.chars().find(|c| c.is_control() && *c != '\n') {
            said.push(format!("{what} holds the control character {c:?}"));
        } else if let Some(c) = text.chars().find(|c| us && *c > '\u{ff}') {
            said.push(format!("{what} holds {c:?}; QuickBooks in the US keeps Latin-1 only"));
        }
    };
    one("the number", &entry.number, NUMBER_MAX);
    one("the memo", &entry.memo, MEMO_MAX);
    for line in &entry.lines {
        one("a line's text", &line.text, MEMO_MAX);
    }
    if entry.number.trim().is_empty() {
        said.push("the number is empty".into());
    }
    if !entry.memo.ends_with(&entry.reference.marker()) {
        said.push(
            "the memo does not end with our marker, so that the record could not be found again".into(),
        );
    }
}

fn amounts(entry: &Entry, said: &mut Vec<String>) {
    for line in &entry.lines {
        if line.amount.normalize().scale() > entry.currency.exponent().min(2) {
            said.push(format!("the amount {} has too many decimals for QuickBooks", line.amount));
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
        if entry.lines.iter().all(Line::is_offset) {
            said.push("there is no line".into());
        }
    }
    if !entry.balanced() {
        said.push("debits and credits differ".into());
    }
    match entry.rate {
        Some(r) if r <= Decimal::ZERO || r.normalize().scale() > 7 => {
            said.push(format!("the exchange rate {r} is not above zero with at most 7 decimals"));
        }
        _ => {}
    }
}

fn header(entry: &Entry, facts: &LedgerFacts, said: &mut Vec<String>) {
    let company = &facts.company;
    let enabled = entry.currency == company.home_currency
        || (company.multicurrency && company.currencies.contains(&entry.currency));
    if !enabled {
        said.push(format!("{} is not in use in QuickBooks", entry.currency));
    }
    if entry.location.is_some() && !company.departments {
        said.push("locations are not switched on in QuickBooks".into());
    }
    if let Some(location) = &entry.location {
        dimension(DimensionKind::Department, "location", location, facts, said);
    }
    match (&entry.party, entry.kind) {
        (None, EntryKind::Bill | EntryKind::VendorCredit) => said.push("the vendor is missing".into()),
        (None, _) => {}
        (Some(party), _) => match facts.vendor(&party.id) {
            None => said.push(format!("QuickBooks has no vendor {}", party.name)),
            Some(v) if !v.active => said.push(format!("the vendor {} is inactive in QuickBooks", party.name)),
            Some(v) if v.currency.unwrap_or(company.home_currency) != entry.currency => {
                said.push(format!("the vendor {} does not have the currency {}", party.name, entry.currency));
            }
            Some(_) => {}
        },
    }
    let wanted = match entry.kind {
        EntryKind::Bill | EntryKind::VendorCredit => AccountType::AccountsPayable,
        EntryKind::CardPurchase | EntryKind::CardRefund => AccountType::CreditCard,
        EntryKind::Journal => return,
    };
    match &entry.offset_account {
        None if wanted == AccountType::CreditCard => said.push("the card account is missing".into()),
        None if company.multicurrency => said.push("the payable account is missing".into()),
        None => {}
        Some(named) if facts.account(&named.id).is_some_and(|a| a.kind != wanted) => {
            said.push(format!("the account {} is no {} account", named.name, wanted.words()));
        }
        Some(named) if entry.lines.iter().any(|l| l.is_offset() && l.account.id != named.id) => {
            said.push(format!("an offsetting line is not on the account {}", named.name));
        }
        Some(_) => {}
    }
}

fn accounts_and_dimensions(entry: &Entry, line: &Line, facts: &LedgerFacts, said: &mut Vec<String>) {
    let company = &facts.company;
    match facts.account(&line.account.id) {
        None => said.push(format!("QuickBooks has no account {}", line.account.name)),
        Some(a) if !a.active => said.push(format!("the account {} is inactive in QuickBooks", a.label())),
        Some(a) => {
            use AccountType::{AccountsPayable, AccountsReceivable, Bank, CreditCard};
            let own = matches!(a.kind, AccountsPayable | AccountsReceivable | Bank | CreditCard);
            let other = a.currency.filter(|c| own && *c != entry.currency && *c != company.home_currency);
            // a payable account has to be in the vendor's currency exactly (contract 7.2)
            let payable = a.currency.filter(|c| a.kind == AccountsPayable && *c != entry.currency);
            if let Some(c) = other.or(payable.filter(|_| company.multicurrency)) {
                said.push(format!("the account {} is in {c}, the entry in {}", a.label(), entry.currency));
            }
        }
    }
    if let Some(class) = &line.dimensions.class {
        if !company.classes {
            said.push("classes are not switched on in QuickBooks".into());
        }
        dimension(DimensionKind::Class, "class", class, facts, said);
    }
    if let (Some(department), EntryKind::Journal) = (&line.dimensions.department, entry.kind) {
        if !company.departments {
            said.push("locations are not switched on in QuickBooks".into());
        }
        dimension(DimensionKind::Department, "location", department, facts, said);
    }
    if let Some(customer) = &line.dimensions.customer {
        dimension(DimensionKind::Customer, "customer", customer, facts, said);
    }
    if line.billable && line.dimensions.customer.is_none() {
        said.push("a billable line needs a customer".into());
    }
    if line.billable && !company.billable {
        said.push("billable expenses are not switched on in QuickBooks".into());
    }
    match line.tax_code.as_deref() {
        // outside the US: `tax::check`
        Some(_) if company.country != "US" => {}
        Some(_) if entry.kind == EntryKind::Journal => {
            said.push("a journal takes no tax codes in the US".into());
        }
        Some(code) if !matches!(code, "TAX" | "NON") => {
            said.push(format!("the tax code {code} is not legal in the US: TAX or NON"));
        }
        _ => {}
    }
}

/// What holds for bills, credits and purchases (contract 7.2, 7.3, 7.5 and 7.10).
fn expense(entry: &Entry, facts: &LedgerFacts, said: &mut Vec<String>) {
    let company = &facts.company;
    let classes: Vec<&str> =
        tax::sent(entry).filter_map(|l| l.dimensions.class.as_ref()).map(|c| c.id.as_str()).collect();
    if company.class_per_record && classes.windows(2).any(|w| w.first() != w.last()) {
        said.push("QuickBooks keeps one class for a whole record here, and the lines have several".into());
    }
    if !company.customers_on_lines && tax::sent(entry).any(|l| l.dimensions.customer.is_some()) {
        said.push("customers on expense lines are not switched on in QuickBooks".into());
    }
    let positive = tax::positive_side(entry.kind);
    let negative = tax::sent(entry).any(|l| !l.amount.is_zero() && l.side != positive);
    if negative && !company.negative_lines {
        said.push(
            "QuickBooks takes no negative lines here: they have to go into a vendor credit beside the bill"
                .into(),
        );
    }
    if entry.kind == EntryKind::Bill && entry.due.is_none() {
        said.push("the due date is missing; it is never left to QuickBooks".into());
    }
}

fn dimension(kind: DimensionKind, what: &str, named: &Named, facts: &LedgerFacts, said: &mut Vec<String>) {
    match facts.dimension(kind, &named.id) {
        None => said.push(format!("QuickBooks has no {what} {}", named.name)),
        Some(d) if !d.active => said.push(format!("the {what} {} is inactive in QuickBooks", named.name)),
        Some(_) => {}
    }
}

/// One payable or receivable line at most; a payable one needs a vendor, a receivable one a customer (contract 7.4).
fn journal(entry: &Entry, facts: &LedgerFacts, said: &mut Vec<String>) {
    let of = |kind: AccountType| {
        entry.lines.iter().filter(move |l| facts.account(&l.account.id).is_some_and(|a| a.kind == kind))
    };
    let (payable, receivable) =
        (of(AccountType::AccountsPayable).count(), of(AccountType::AccountsReceivable).count());
    if payable + receivable > 1 {
        said.push("a journal in QuickBooks holds one payable or receivable line at most".into());
    }
    let nameless = |l: &Line| l.party.is_none() && entry.party.is_none();
    if of(AccountType::AccountsPayable).any(nameless) {
        said.push("a payable line of a journal needs a vendor".into());
    }
    for party in entry.lines.iter().filter_map(|l| l.party.as_ref()) {
        match facts.vendor(&party.id) {
            None => said.push(format!("QuickBooks has no vendor {}", party.name)),
            Some(v) if !v.active => said.push(format!("the vendor {} is inactive in QuickBooks", party.name)),
            Some(v) if v.currency.unwrap_or(facts.company.home_currency) != entry.currency => {
                said.push(format!("the vendor {} does not have the currency {}", party.name, entry.currency));
            }
            Some(_) => {}
        }
    }
    if of(AccountType::AccountsReceivable).any(|l| l.dimensions.customer.is_none()) {
        said.push("a receivable line of a journal needs a customer".into());
    }
}
