//! Answers about transactions (contract, 7.4 to 7.6).

use super::books::Books;
use super::refs::shown;
use super::ret::{Ret, amount};
use super::transactions::{Line, Txn, TxnKind};

/// A transaction as its own query answers it; lines and payments only when they are asked for.
pub fn ret(books: &Books, at: usize, lines: bool, linked: bool) -> Ret {
    let txn = &books.txns.all[at];
    let mut ret = Ret::new(match txn.kind {
        TxnKind::Bill => "BillRet",
        TxnKind::VendorCredit => "VendorCreditRet",
        TxnKind::CreditCardCharge => "CreditCardChargeRet",
        TxnKind::CreditCardCredit => "CreditCardCreditRet",
        TxnKind::Check => "CheckRet",
        TxnKind::JournalEntry => "JournalEntryRet",
    });
    ret.text("TxnID", &txn.id)
        .text("TimeCreated", books.local.told(txn.created))
        .text("TimeModified", books.local.told(txn.modified))
        .text("EditSequence", txn.edit)
        .text("TxnNumber", txn.number);
    match txn.kind {
        TxnKind::Bill => bill(books, txn, linked, &mut ret),
        TxnKind::VendorCredit => credit(books, txn, linked, &mut ret),
        TxnKind::JournalEntry => journal(books, txn, &mut ret),
        _ => account_based(books, txn, &mut ret),
    }
    if lines {
        for line in &txn.lines {
            ret.group(&row(books, txn.kind, line));
        }
    }
    if matches!(txn.kind, TxnKind::Bill | TxnKind::VendorCredit) {
        ret.text("OpenAmount", amount(txn.open()));
    }
    ret
}

fn bill(books: &Books, txn: &Txn, linked: bool, ret: &mut Ret) {
    ret.reference("VendorRef", shown(books, txn.entity))
        .raw("VendorAddress", txn.address.clone())
        .reference("APAccountRef", shown(books, txn.account))
        .text("TxnDate", txn.date)
        .some("DueDate", txn.due)
        .text("AmountDue", amount(txn.total()));
    currency(books, txn, "AmountDueInHomeCurrency", ret);
    ret.some("RefNumber", Some(&txn.ref_number))
        .reference("TermsRef", shown(books, txn.terms))
        .some("Memo", Some(&txn.memo))
        .text("IsPaid", txn.open() == 0)
        .some("ExternalGUID", txn.guid.as_ref());
    links(txn, linked, ret);
}

fn credit(books: &Books, txn: &Txn, linked: bool, ret: &mut Ret) {
    ret.reference("VendorRef", shown(books, txn.entity))
        .reference("APAccountRef", shown(books, txn.account))
        .text("TxnDate", txn.date)
        .text("CreditAmount", amount(txn.total()));
    currency(books, txn, "CreditAmountInHomeCurrency", ret);
    ret.some("RefNumber", Some(&txn.ref_number))
        .some("Memo", Some(&txn.memo))
        .some("ExternalGUID", txn.guid.as_ref());
    links(txn, linked, ret);
}

fn account_based(books: &Books, txn: &Txn, ret: &mut Ret) {
    ret.reference("AccountRef", shown(books, txn.account))
        .reference("PayeeEntityRef", shown(books, txn.entity));
    if txn.kind == TxnKind::Check {
        ret.some("RefNumber", Some(&txn.ref_number));
    }
    ret.text("TxnDate", txn.date).text("Amount", amount(txn.total()));
    currency(books, txn, "AmountInHomeCurrency", ret);
    if txn.kind != TxnKind::Check {
        ret.some("RefNumber", Some(&txn.ref_number));
    }
    ret.some("Memo", Some(&txn.memo))
        .raw("Address", txn.address.clone())
        .some("ExternalGUID", txn.guid.as_ref());
}

fn journal(books: &Books, txn: &Txn, ret: &mut Ret) {
    ret.text("TxnDate", txn.date)
        .some("RefNumber", Some(&txn.ref_number))
        .text("IsAdjustment", txn.adjustment)
        .reference("CurrencyRef", shown(books, txn.currency))
        .some("ExchangeRate", txn.rate.as_ref())
        .some("ExternalGUID", txn.guid.as_ref());
}

/// Currency, rate and home amount, which only a file with several currencies shows.
fn currency(books: &Books, txn: &Txn, home: &'static str, ret: &mut Ret) {
    if !books.multicurrency() {
        return;
    }
    let own =
        txn.account.and_then(|at| books.lists.get(at).link("CurrencyRef")).or_else(|| books.currency(None));
    let rate = txn.rate.clone().unwrap_or_else(|| "1".to_owned());
    let factor: rust_decimal::Decimal = rate.parse().unwrap_or(rust_decimal::Decimal::ONE);
    let value = (rust_decimal::Decimal::new(txn.total(), 2) * factor).round_dp(2);
    ret.reference("CurrencyRef", shown(books, own))
        .text("ExchangeRate", rate)
        .text(home, format!("{value:.2}"));
}

fn links(txn: &Txn, linked: bool, ret: &mut Ret) {
    for link in txn.links.iter().filter(|_| linked) {
        let mut one = Ret::new("LinkedTxn");
        one.text("TxnID", &link.id)
            .text("TxnType", "BillPaymentCheck")
            .text("TxnDate", link.date)
            .some("RefNumber", Some(&link.number))
            .text("LinkType", "AMTTYPE")
            .text("Amount", amount(-link.amount));
        ret.group(&one);
    }
}

fn row(books: &Books, kind: TxnKind, line: &Line) -> Ret {
    let journal = kind == TxnKind::JournalEntry;
    let mut ret = Ret::new(match (journal, line.credit) {
        (true, true) => "JournalCreditLine",
        (true, false) => "JournalDebitLine",
        _ => "ExpenseLineRet",
    });
    ret.text("TxnLineID", &line.id)
        .reference("AccountRef", shown(books, line.account))
        .text("Amount", amount(line.amount))
        .some("Memo", Some(&line.memo))
        .reference(if journal { "EntityRef" } else { "CustomerRef" }, shown(books, line.entity));
    // Classes that were entered are not shown while class tracking is off.
    if books.file.class_tracking {
        ret.reference("ClassRef", shown(books, line.class));
    }
    ret.some("BillableStatus", line.billable.as_ref());
    ret
}
