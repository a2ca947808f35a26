//! Queries over all transactions: `TransactionQuery` and `BillToPayQuery` (contract, 7.6).

use jiff::civil::Date;

use super::books::Books;
use super::list_queries::{Found, tree};
use super::lists::{ListKind, NAMES};
use super::refs::{self, Place, shown};
use super::ret::{Ret, amount};
use super::texts::{self, Status};
use super::transactions::{Txn, TxnKind};
use super::txn_queries::{Filter, selected};
use super::xml::Node;

/// Rows of transactions: row 0 is the summary, the others the lines.
pub fn rows(books: &Books, node: &Node, missing_number: bool) -> Result<Found, Status> {
    let wanted = Wanted::read(books, node)?;
    let by_id = node.child("TxnID").is_some();
    let found = selected(books, None, node, missing_number)?;
    let missing = found.as_ref().and_then(|found| found.missing.clone());
    let filter = Filter::read(books, node)?;
    let all: Vec<usize> = match found {
        Some(found) => found.keys.into_iter().map(|(at, _)| at).collect(),
        None => books.txns.live().collect(),
    };
    let mut keys = Vec::new();
    for at in all {
        let txn = &books.txns.all[at];
        let passes = by_id || (filter.takes(txn) && wanted.takes(txn));
        if !passes {
            continue;
        }
        let lines = 1..effects(txn).len();
        match wanted.detail {
            "SummaryOnly" => keys.push((at, 0)),
            "AllExceptSummary" => keys.extend(lines.map(|row| (at, row))),
            _ => keys.extend(std::iter::once(0).chain(lines).map(|row| (at, row))),
        }
    }
    Ok(Found { keys, missing })
}

/// Account, name and cents of each row. The summary of a journal entry is its first line.
fn effects(txn: &Txn) -> Vec<(usize, Option<usize>, i64)> {
    let effects = txn.effects();
    if txn.kind == TxnKind::JournalEntry {
        let first = effects.first().copied();
        return first.into_iter().chain(effects).collect();
    }
    effects
}

/// One row.
pub fn row(books: &Books, at: usize, row: usize) -> Ret {
    let txn = &books.txns.all[at];
    let mut ret = Ret::new("TransactionRet");
    let effects = effects(txn);
    let Some((account, name, debit)) = effects.get(row).copied() else { return ret };
    let line = row.checked_sub(1).and_then(|at| txn.lines.get(at));
    // A summary shows what the document is about, a line what it does to its account.
    let shown_amount = if row == 0 && txn.kind != TxnKind::JournalEntry { -debit } else { debit };
    ret.text("TxnType", txn.kind.word())
        .text("TxnID", &txn.id)
        .some("TxnLineID", line.map(|line| &line.id))
        .text("TimeCreated", books.local.told(txn.created))
        .text("TimeModified", books.local.told(txn.modified))
        .reference("EntityRef", shown(books, name))
        .reference("AccountRef", shown(books, Some(account)))
        .text("TxnDate", txn.date)
        .some("RefNumber", Some(&txn.ref_number))
        .text("Amount", amount(shown_amount))
        .some("Memo", Some(line.map_or(&txn.memo, |line| &line.memo)));
    ret
}

struct Wanted<'a> {
    books: &'a Books,
    entities: Option<Vec<usize>>,
    entity_type: Option<&'a str>,
    accounts: Option<Vec<usize>>,
    account_type: Option<&'a str>,
    classes: Option<Vec<usize>>,
    kinds: Vec<&'a str>,
    detail: &'a str,
    posting: &'a str,
    paid: &'a str,
}

impl<'a> Wanted<'a> {
    fn read(books: &'a Books, node: &'a Node) -> Result<Self, Status> {
        let listed = |name: &str, kinds: &[ListKind]| {
            let filter = node.child(name).filter(|filter| {
                filter.children.first().is_some_and(|child| !child.name.ends_with("TypeFilter"))
            });
            filter.map(|filter| tree(books, filter, kinds)).transpose()
        };
        let typed = |name: &str, field: &str| node.child(name).and_then(|filter| filter.value(field));
        if node.child("TransactionItemFilter").is_some() {
            return Err(texts::not_found("TransactionItemFilter"));
        }
        Ok(Self {
            books,
            entities: listed("TransactionEntityFilter", NAMES)?,
            entity_type: typed("TransactionEntityFilter", "EntityTypeFilter"),
            accounts: listed("TransactionAccountFilter", &[ListKind::Account])?,
            account_type: typed("TransactionAccountFilter", "AccountTypeFilter"),
            classes: listed("TransactionClassFilter", &[ListKind::Class])?,
            kinds: node
                .child("TransactionTypeFilter")
                .map(|f| f.values("TxnTypeFilter").collect())
                .unwrap_or_default(),
            detail: node.value("TransactionDetailLevelFilter").unwrap_or("All"),
            posting: node.value("TransactionPostingStatusFilter").unwrap_or("Either"),
            paid: node.value("TransactionPaidStatusFilter").unwrap_or("Either"),
        })
    }

    fn takes(&self, txn: &Txn) -> bool {
        let lists = &self.books.lists;
        let names = || txn.names();
        let accounts = || txn.account.into_iter().chain(txn.lines.iter().filter_map(|line| line.account));
        let classes = || txn.lines.iter().filter_map(|line| line.class);
        let open = matches!(txn.kind, TxnKind::Bill | TxnKind::VendorCredit) && txn.open() != 0;
        self.entities.as_ref().is_none_or(|wanted| names().any(|at| wanted.contains(&at)))
            && self.entity_type.is_none_or(|kind| names().any(|at| lists.get(at).kind.word() == kind))
            && self.accounts.as_ref().is_none_or(|wanted| accounts().any(|at| wanted.contains(&at)))
            && self.account_type.is_none_or(|kind| accounts().any(|at| self.books.account_type(at) == kind))
            && self.classes.as_ref().is_none_or(|wanted| classes().any(|at| wanted.contains(&at)))
            && (self.kinds.is_empty() || self.kinds.contains(&"All") || self.kinds.contains(&txn.kind.word()))
            && self.posting != "NonPosting"
            && (self.paid == "Either" || (self.paid == "Open") == open)
    }
}

/// Open bills and credits of one vendor, each as a `BillToPayRet`.
pub fn to_pay(books: &Books, node: &Node) -> Result<Vec<Ret>, Status> {
    const PAYEE: Place = Place::new("PayeeEntityRef", &[ListKind::Vendor], "Vendor");
    let vendor = refs::reference(books, node, PAYEE, "bill to pay query")?;
    let payable = refs::reference(books, node, refs::PAYABLE, "bill to pay query")?;
    let due = node.value("DueDate").and_then(|text| text.parse::<Date>().ok());
    let open = books.txns.live().map(|at| &books.txns.all[at]).filter(|txn| {
        matches!(txn.kind, TxnKind::Bill | TxnKind::VendorCredit)
            && vendor.is_some()
            && txn.entity == vendor
            && (payable.is_none() || txn.account == payable)
            && txn.open() != 0
            && due.is_none_or(|due| txn.due.is_none_or(|day| day <= due))
    });
    Ok(open
        .map(|txn| {
            let bill = txn.kind == TxnKind::Bill;
            let mut one = Ret::new(if bill { "BillToPay" } else { "CreditToApply" });
            one.text("TxnID", &txn.id)
                .text("TxnType", txn.kind.word())
                .reference("APAccountRef", shown(books, txn.account))
                .text("TxnDate", txn.date)
                .some("RefNumber", Some(&txn.ref_number));
            if bill {
                one.some("DueDate", txn.due).text("AmountDue", amount(txn.open()));
            } else {
                one.text("CreditRemaining", amount(txn.open()));
            }
            let mut ret = Ret::new("BillToPayRet");
            ret.group(&one);
            ret
        })
        .collect())
}
