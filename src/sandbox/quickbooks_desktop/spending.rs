//! Bills, vendor credits, card charges and credits, checks: additions and modifications (contract, 7.4, 7.6, 8).

use super::books::Books;
use super::refs::{self, Place};
use super::ret::{cents, stored};
use super::texts::{self, Status};
use super::transactions::{Line, Txn, TxnKind};
use super::xml::Node;

/// A transaction with nothing in it.
pub fn blank(books: &Books, kind: TxnKind) -> Txn {
    Txn {
        kind,
        id: String::new(),
        number: 0,
        created: books.now,
        modified: books.now,
        edit: books.now.as_second(),
        date: books.today(),
        due: None,
        ref_number: String::new(),
        memo: String::new(),
        entity: None,
        account: None,
        terms: None,
        currency: None,
        rate: None,
        guid: None,
        address: String::new(),
        adjustment: false,
        lines: Vec::new(),
        links: Vec::new(),
        gone: false,
    }
}

/// Adds one.
pub fn add(books: &mut Books, kind: TxnKind, node: &Node) -> Result<usize, Status> {
    let mut txn = blank(books, kind);
    header(books, &mut txn, node)?;
    for line in node.all("ExpenseLineAdd") {
        txn.lines.push(expense(books, &Line::default(), line, kind)?);
    }
    no_items(node)?;
    check(books, &txn)?;
    books.open_on(txn.date, "modify", kind.spoken())?;
    Ok(books.enter(txn))
}

/// Changes a bill. Lines that are not named are deleted; without any line element all lines stay.
pub fn change(books: &mut Books, node: &Node) -> Result<usize, Status> {
    let kind = TxnKind::Bill;
    let id = node.value("TxnID").unwrap_or_default();
    let at = find(books, kind, id)?;
    let sequence = node.value("EditSequence").unwrap_or_default();
    let mut txn = books.txns.all[at].clone();
    if sequence != txn.edit.to_string() {
        return Err(texts::stale(sequence));
    }
    books.open_on(txn.date, "modify", kind.spoken())?;
    header(books, &mut txn, node)?;
    let clears = matches!(node.value("ClearExpenseLines"), Some("true" | "1"));
    if clears || node.child("ExpenseLineMod").is_some() {
        let old = std::mem::take(&mut txn.lines);
        for line in node.all("ExpenseLineMod") {
            let id = line.value("TxnLineID").unwrap_or_default();
            let known = old.iter().find(|known| known.id == id);
            let start = match known {
                Some(known) => known.clone(),
                None if id == "-1" => Line::default(),
                None => return Err(texts::not_found(id)),
            };
            txn.lines.push(expense(books, &start, line, kind)?);
        }
    }
    no_items(node)?;
    check(books, &txn)?;
    books.open_on(txn.date, "modify", kind.spoken())?;
    books.amend(at, txn);
    Ok(at)
}

/// The transaction of a kind and an id that a request names.
pub fn find(books: &Books, kind: TxnKind, id: &str) -> Result<usize, Status> {
    if !super::lists::well_formed(id) {
        return Err(texts::bad_id(id, "transaction id"));
    }
    books.txns.by_id(id).filter(|at| books.txns.all[*at].kind == kind).ok_or_else(|| texts::not_found(id))
}

fn no_items(node: &Node) -> Result<(), Status> {
    // There are no orders that a bill could take over.
    if let Some(order) = node.value("LinkToTxnID") {
        return Err(texts::not_found(order));
    }
    // The company sells and buys no items, so that every reference to one leads nowhere.
    let items = ["ItemLineAdd", "ItemGroupLineAdd", "ItemLineMod", "ItemGroupLineMod"];
    match node.children.iter().find(|child| items.contains(&child.name.as_str())) {
        Some(line) => {
            let reference = line.child("ItemRef").or_else(|| line.child("ItemGroupRef"));
            let named =
                reference.and_then(|r| r.value("FullName").or_else(|| r.value("ListID"))).unwrap_or_default();
            Err(texts::bad_reference("Item", named, "item line"))
        }
        None => Ok(()),
    }
}

fn header(books: &Books, txn: &mut Txn, node: &Node) -> Result<(), Status> {
    let spoken = txn.kind.spoken();
    let owed = matches!(txn.kind, TxnKind::Bill | TxnKind::VendorCredit);
    let (party, account): (Place, Place) =
        if owed { (refs::VENDOR, refs::PAYABLE) } else { (refs::PAYEE, refs::ACCOUNT) };
    if let Some(at) = refs::reference(books, node, party, spoken)? {
        txn.entity = Some(at);
    }
    if let Some(at) = refs::reference(books, node, account, spoken)? {
        txn.account = Some(at);
    }
    if let Some(at) = refs::reference(books, node, refs::TERMS, spoken)? {
        txn.terms = Some(at);
    }
    let value = |name: &str| node.value(name).filter(|text| !text.is_empty());
    if let Some(date) = value("TxnDate").and_then(|text| text.parse().ok()) {
        txn.date = date;
    }
    if let Some(due) = value("DueDate").and_then(|text| text.parse().ok()) {
        txn.due = Some(due);
    }
    if let Some(text) = node.value("RefNumber") {
        txn.ref_number = stored(text.trim());
    }
    if let Some(text) = node.value("Memo") {
        txn.memo = stored(text);
    }
    if let Some(rate) = value("ExchangeRate") {
        if !books.multicurrency() {
            return Err(texts::feature_off());
        }
        txn.rate = Some(rate.to_owned());
    }
    if let Some(guid) = value("ExternalGUID") {
        txn.guid = Some(guid.to_owned());
    }
    if let Some(address) = node.child("VendorAddress").or_else(|| node.child("Address")) {
        txn.address = block(address);
    }
    if owed && txn.account.is_none() {
        txn.account = payable(books, txn.entity);
    }
    if txn.kind == TxnKind::Bill && txn.due.is_none() {
        txn.due = txn.date.checked_add(jiff::Span::new().days(10)).ok();
    }
    Ok(())
}

/// The payable that QuickBooks takes when none is named: the first one of the vendor's currency.
fn payable(books: &Books, vendor: Option<usize>) -> Option<usize> {
    let currency = vendor.and_then(|at| books.lists.get(at).link("CurrencyRef"));
    (0..books.lists.all.len()).find(|at| {
        books.account_type(*at) == "AccountsPayable"
            && books.lists.get(*at).active
            && same_currency(books, books.lists.get(*at).link("CurrencyRef"), currency)
    })
}

/// A block of plain fields written again, its text as it is stored.
pub fn block(node: &Node) -> String {
    let mut ret = String::new();
    for child in &node.children {
        let text = super::xml::escaped(&stored(&child.text));
        ret.push_str(&format!("<{0}>{text}</{0}>", child.name));
    }
    format!("<{0}>{ret}</{0}>", node.name)
}

fn expense(books: &Books, start: &Line, node: &Node, kind: TxnKind) -> Result<Line, Status> {
    refs::nowhere(node, &[("SalesRepRef", "Sales Rep")], "expense line")?;
    let mut line = start.clone();
    if let Some(at) = refs::reference(books, node, refs::ACCOUNT, "expense line")? {
        line.account = Some(at);
    }
    if let Some(at) = refs::reference(books, node, refs::CUSTOMER, "expense line")? {
        line.entity = Some(at);
    }
    if let Some(at) = refs::class(books, node, "expense line")? {
        line.class = Some(at);
    }
    if let Some(amount) = node.value("Amount").and_then(cents) {
        line.amount = amount;
    }
    if let Some(memo) = node.value("Memo") {
        line.memo = stored(memo);
    }
    if let Some(status) = node.value("BillableStatus").filter(|text| !text.is_empty()) {
        line.billable = Some(status.to_owned());
    }
    let spoken = kind.spoken();
    let Some(account) = line.account else { return Err(texts::missing("AccountRef")) };
    if matches!(books.account_type(account), "AccountsPayable" | "AccountsReceivable") {
        return Err(texts::not_saved(
            spoken,
            "You cannot use an Accounts Payable or Accounts Receivable account in the detail area.",
        ));
    }
    if line.billable.as_deref() == Some("Billable") && line.entity.is_none() {
        return Err(texts::not_saved(spoken, "An expense cannot be billable without a customer or job."));
    }
    Ok(line)
}

fn check(books: &Books, txn: &Txn) -> Result<(), Status> {
    let spoken = txn.kind.spoken();
    let wants = match txn.kind {
        TxnKind::Bill | TxnKind::VendorCredit => "AccountsPayable",
        TxnKind::CreditCardCharge | TxnKind::CreditCardCredit => "CreditCard",
        TxnKind::Check => "Bank",
        TxnKind::JournalEntry => "",
    };
    let Some(account) = txn.account else { return Err(texts::missing("AccountRef")) };
    if books.account_type(account) != wants {
        return Err(texts::not_saved(spoken, &format!("The account must be of the type {wants}.")));
    }
    let owed = matches!(txn.kind, TxnKind::Bill | TxnKind::VendorCredit);
    if owed && txn.entity.is_none() {
        return Err(texts::missing("VendorRef"));
    }
    if txn.lines.is_empty() {
        return Err(texts::not_saved(spoken, "A transaction needs at least one line."));
    }
    if txn.total() < 0 {
        return Err(texts::not_saved(spoken, "The total amount of the transaction cannot be negative."));
    }
    let currency = |at: usize| books.lists.get(at).link("CurrencyRef");
    let own = currency(account);
    if let Some(vendor) = txn.entity.filter(|_| owed)
        && !same_currency(books, own, currency(vendor))
    {
        return Err(texts::not_saved(
            spoken,
            "The currency of the account must be the same as that of the vendor.",
        ));
    }
    let strange = |line: &Line| {
        line.account.and_then(currency).is_some_and(|at| !is_home(books, at) && Some(at) != own)
    };
    if txn.lines.iter().any(strange) {
        return Err(texts::not_saved(
            spoken,
            "The currency of an account differs from that of the transaction.",
        ));
    }
    Ok(())
}

fn is_home(books: &Books, currency: usize) -> bool {
    books.lists.get(currency).field("CurrencyCode") == Some(books.file.home_currency.as_str())
}

/// Whether two references mean the same currency; none is the home currency.
pub fn same_currency(books: &Books, one: Option<usize>, other: Option<usize>) -> bool {
    let foreign = |at: Option<usize>| at.filter(|at| !is_home(books, *at));
    foreign(one) == foreign(other)
}
