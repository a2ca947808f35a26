//! Journal entries (contract, 7.5 and 8).

use super::books::Books;
use super::refs;
use super::ret::{cents, stored};
use super::spending::{blank, same_currency};
use super::texts::{self, Status};
use super::transactions::{Line, Txn, TxnKind};
use super::xml::Node;

const SPOKEN: &str = "Journal Entry";

/// Adds one.
pub fn add(books: &mut Books, node: &Node) -> Result<usize, Status> {
    let mut txn = blank(books, TxnKind::JournalEntry);
    let value = |name: &str| node.value(name).filter(|text| !text.is_empty());
    if let Some(date) = value("TxnDate").and_then(|text| text.parse().ok()) {
        txn.date = date;
    }
    txn.ref_number = stored(node.value("RefNumber").unwrap_or_default().trim());
    txn.adjustment = matches!(node.value("IsAdjustment"), Some("true" | "1"));
    txn.guid = value("ExternalGUID").map(str::to_owned);
    let foreign =
        ["CurrencyRef", "ExchangeRate", "IsAmountsEnteredInHomeCurrency", "IsHomeCurrencyAdjustment"];
    if !books.multicurrency() && foreign.iter().any(|name| value(name).is_some() || has_children(node, name))
    {
        return Err(texts::feature_off());
    }
    txn.currency = refs::reference(books, node, refs::CURRENCY, SPOKEN)?;
    txn.rate = value("ExchangeRate").map(str::to_owned);
    for child in node.children.iter().filter(|child| child.name.starts_with("Journal")) {
        let line = line(books, child)?;
        txn.lines.push(line);
    }
    check(books, &txn)?;
    books.open_on(txn.date, "modify", SPOKEN)?;
    if txn.ref_number.is_empty() && books.file.journal_numbers {
        txn.ref_number = next_number(books);
    }
    Ok(books.enter(txn))
}

fn has_children(node: &Node, name: &str) -> bool {
    node.child(name).is_some_and(|child| !child.children.is_empty())
}

fn next_number(books: &Books) -> String {
    let entries = books.txns.all.iter().filter(|txn| txn.kind == TxnKind::JournalEntry);
    let last = entries.filter_map(|txn| txn.ref_number.parse::<u64>().ok()).max().unwrap_or(0);
    (last + 1).to_string()
}

fn line(books: &Books, node: &Node) -> Result<Line, Status> {
    const HOLDER: &str = "journal line";
    let Some(account) = refs::reference(books, node, refs::ACCOUNT, HOLDER)? else {
        return Err(texts::missing("AccountRef"));
    };
    let amount = node.value("Amount").and_then(cents).unwrap_or(0);
    if amount < 0 {
        return Err(texts::not_saved(SPOKEN, "The amount of a journal line cannot be negative."));
    }
    let entity = refs::reference(books, node, refs::ENTITY, HOLDER)?;
    let class = refs::class(books, node, HOLDER)?;
    let billable = node.value("BillableStatus").filter(|text| !text.is_empty()).map(str::to_owned);
    let customer = entity.is_some_and(|at| books.lists.get(at).kind.word() == "Customer");
    if billable.as_deref() == Some("Billable") && !customer {
        return Err(texts::not_saved(SPOKEN, "A line cannot be billable without a customer or job."));
    }
    let kind = entity.map(|at| books.lists.get(at).kind.word());
    match (books.account_type(account), kind) {
        ("AccountsPayable", Some("Vendor")) | ("AccountsReceivable", Some("Customer")) => {}
        ("AccountsPayable", _) => {
            return Err(texts::not_saved(
                SPOKEN,
                "When you use Accounts Payable, you must choose a vendor in the Name field.",
            ));
        }
        ("AccountsReceivable", _) => {
            return Err(texts::not_saved(
                SPOKEN,
                "When you use Accounts Receivable, you must choose a customer in the Name field.",
            ));
        }
        _ => {}
    }
    Ok(Line {
        id: String::new(),
        account: Some(account),
        amount,
        memo: stored(node.value("Memo").unwrap_or_default()),
        entity,
        class,
        billable,
        credit: node.name == "JournalCreditLine",
    })
}

fn check(books: &Books, txn: &Txn) -> Result<(), Status> {
    let credits: i64 = txn.lines.iter().filter(|line| line.credit).map(|line| line.amount).sum();
    if txn.total() != credits {
        return Err(texts::not_saved(
            SPOKEN,
            "The transaction is not in balance.  Make sure the amounts in the Debit column equal the amounts in the \
             Credit column.",
        ));
    }
    let control = |line: &&Line| {
        line.account
            .is_some_and(|at| matches!(books.account_type(at), "AccountsPayable" | "AccountsReceivable"))
    };
    if txn.lines.iter().filter(control).count() > 1 {
        return Err(texts::not_saved(
            SPOKEN,
            "A journal entry can have only one line with an Accounts Payable or Accounts Receivable account.",
        ));
    }
    let foreign = |line: &Line| {
        let currency = line.account.and_then(|at| books.lists.get(at).link("CurrencyRef"));
        !same_currency(books, currency, None) && !same_currency(books, currency, txn.currency)
    };
    if txn.lines.iter().any(foreign) {
        return Err(texts::not_saved(SPOKEN, "A journal entry can use only one foreign currency at a time."));
    }
    Ok(())
}
