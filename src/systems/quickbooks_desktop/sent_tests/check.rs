//! Sentences before anything is sent.

use super::*;
use crate::systems::quickbooks_desktop::check::check;

fn says(entry: &Entry, facts: &LedgerFacts, part: &str) {
    let said = check(entry, facts);
    assert!(said.iter().any(|s| s.contains(part)), "{part:?} is not in {said:?}");
}

fn bill_says(change: impl Fn(&mut Entry, &mut LedgerFacts), part: &str) {
    let (mut entry, mut facts) = (bill(), facts());
    assert_eq!(check(&entry, &facts), Vec::<String>::new());
    change(&mut entry, &mut facts);
    says(&entry, &facts.indexed(), part);
}

fn journal_says(change: impl Fn(&mut Entry, &mut LedgerFacts), part: &str) {
    let (mut entry, mut facts) = (journal(), facts());
    assert_eq!(check(&entry, &facts), Vec::<String>::new());
    change(&mut entry, &mut facts);
    says(&entry, &facts.indexed(), part);
}

#[test]
fn texts_and_numbers() {
    bill_says(|e, _| e.number = "x".repeat(21), "the number: 21 characters are too many: at most 20");
    bill_says(|e, _| e.number = " ".into(), "the number is empty");
    bill_says(|e, _| e.number = "LX-1 ".into(), "begins or ends with a blank");
    bill_says(|e, _| e.number = "№ 7".into(), "Latin-1 only");
    bill_says(|e, _| e.memo = "no marker".into(), "does not end with our marker");
    bill_says(|e, _| e.lines[0].text = "x".repeat(4096), "a line's text: 4096 characters");
    journal_says(|e, _| e.number = "123456789012".into(), "at most 11");
    journal_says(|e, _| e.number = "LX-5540".into(), "has to be TO7F3A91C2K");
    // the marker on a line counts
    journal_says(|e, _| e.lines[0].text = "x".repeat(4090), "a line's text: 4111 characters");
}

#[test]
fn amounts() {
    bill_says(|e, _| e.lines[0].amount = d("198.405"), "too many decimals");
    bill_says(|e, _| e.lines[0].amount = d("10000000000000.00"), "too large");
    bill_says(|e, _| e.lines[0].amount = d("198.41"), "debits and credits differ");
    bill_says(|e, _| e.lines.truncate(0), "there is no line");
    bill_says(|e, _| e.lines.iter_mut().for_each(|l| l.side = l.side.flipped()), "it may not be negative");
    bill_says(|e, _| e.rate = Some(d("0")), "not above zero");
    bill_says(|e, _| e.lines[0].tax_code = Some("TAX".into()), "takes no tax codes");
    bill_says(|e, _| e.due = None, "the due date is missing");
    bill_says(
        |e, f| {
            e.lines.insert(1, line("6110", Side::Credit, "10", "Returned"));
            f.company.negative_lines = false;
        },
        "no negative lines",
    );
    journal_says(|e, _| e.lines[0].amount = d("-402.60"), "are not negative");
    journal_says(|e, _| e.lines[0].amount = d("402.61"), "debits and credits differ");
    journal_says(|e, _| e.lines.truncate(1), "needs two lines");
}

#[test]
fn accounts() {
    bill_says(|e, _| e.offset_account = None, "the payable account is missing");
    bill_says(|e, _| e.offset_account = Some(account("6110")), "is no accounts payable account");
    bill_says(|e, _| e.offset_account = Some(account("2005")), "an offsetting line is not on");
    bill_says(|e, _| e.lines[0].account = account("1200"), "which is payable or receivable");
    bill_says(|e, _| e.lines[0].account = account("2000"), "which is payable or receivable");
    bill_says(|e, _| e.lines[0].account.id = "gone".into(), "has no account");
    bill_says(|_, f| f.accounts.iter_mut().for_each(|a| a.active = false), "is inactive");
    bill_says(|_, f| f.accounts[2].currency = Some(eur()), "is in EUR, the entry in USD");
    let mut card = bill();
    (card.kind, card.due, card.offset_account) = (EntryKind::CardPurchase, None, None);
    says(&card, &facts(), "the card account is missing");
    card.offset_account = Some(account("2000"));
    says(&card, &facts(), "is no credit card account");
}

#[test]
fn vendors_and_currencies() {
    bill_says(|e, _| e.party = None, "the vendor is missing");
    bill_says(|e, _| e.party = Some(Named::new("gone", "Gone")), "has no vendor Gone");
    bill_says(|_, f| f.vendors[0].active = false, "is inactive");
    bill_says(|_, f| f.vendors[0].currency = Some(eur()), "does not have the currency USD");
    bill_says(|e, _| e.currency = eur(), "does not have the currency EUR");
    bill_says(|e, _| e.currency = "JPY".parse().unwrap(), "JPY is not in use");
    bill_says(|e, _| e.currency = "KWD".parse().unwrap(), "more than two decimals");
    journal_says(|e, _| e.currency = eur(), "is written in USD only, not in EUR");
}

#[test]
fn dimensions() {
    bill_says(|_, f| f.company.classes = false, "classes are not switched on");
    bill_says(|_, f| f.classes[0].active = false, "the class 700 Tax is inactive");
    bill_says(|_, f| f.classes.clear(), "has no class 700 Tax");
    bill_says(|e, _| e.lines[0].billable = true, "a billable line needs a customer");
    bill_says(|e, _| e.location = Some(Named::new("1", "Boston")), "has no locations");
    bill_says(|e, _| e.lines[0].dimensions.department = Some(Named::new("1", "Boston")), "has no locations");
    bill_says(
        |e, _| e.lines[0].dimensions.customer = Some(Named::new("x", "Gone:Job")),
        "has no customer Gone:Job",
    );
    bill_says(
        |e, _| e.lines[1].dimensions.class = Some(Named::new(CLASS, "700 Tax")),
        "the header of a record holds no class",
    );
    journal_says(|_, f| f.company.billable = false, "billable expenses are not switched on");
}

#[test]
fn journals_hold_one_payable_or_receivable_line_with_its_name() {
    journal_says(|e, _| e.lines[1].account = account("2000"), "needs a vendor");
    journal_says(
        |e, _| {
            e.lines[0].account = account("1200");
            (e.lines[0].dimensions.customer, e.lines[0].billable) = (None, false);
        },
        "needs a customer",
    );
    journal_says(|e, _| e.lines[0].account = account("1200"), "cannot be billable");
    journal_says(
        |e, _| {
            (e.lines[0].account, e.lines[1].account) = (account("1200"), account("2000"));
            e.lines[1].party = Some(nora());
        },
        "one payable or receivable line at most",
    );
    journal_says(|e, _| e.lines[0].party = Some(nora()), "holds one name");
    journal_says(
        |e, _| (e.lines[0].account, e.lines[0].party) = (account("2000"), Some(nora())),
        "no customer beside it",
    );
}
