//! Deleted and voided transactions (contract, 7.6).

use super::books::Books;
use super::ret::Ret;
use super::texts::{self, Status};
use super::transactions::{Deleted, TxnKind};
use super::xml::{Node, escaped};

fn target(books: &Books, node: &Node, field: &str) -> Result<(usize, TxnKind), Status> {
    let word = node.value(field).unwrap_or_default();
    let id = node.value("TxnID").unwrap_or_default();
    let kind = TxnKind::of(word).ok_or_else(|| texts::not_found(id))?;
    Ok((super::spending::find(books, kind, id)?, kind))
}

/// `TxnDel`: the children of its answer.
pub fn delete(books: &mut Books, node: &Node) -> Result<String, Status> {
    let (at, kind) = target(books, node, "TxnDelType")?;
    let txn = books.txns.all[at].clone();
    books.open_on(txn.date, "delete", kind.spoken())?;
    if !txn.links.is_empty() {
        return Err(Status::new(
            3160,
            format!(
                "Cannot delete the object specified by the id = \"{}\".  QuickBooks error message: The transaction \
                     has been paid.",
                txn.id
            ),
        ));
    }
    books.post(&txn, -1);
    books.txns.all[at].gone = true;
    let deleted = Deleted {
        kind,
        id: txn.id.clone(),
        created: txn.created,
        deleted: books.now,
        ref_number: txn.ref_number.clone(),
    };
    let time = books.local.told(books.now);
    books.txns.deleted.push(deleted);
    Ok(answer("TxnDelType", kind, &txn.id, &format!("<TimeDeleted>{time}</TimeDeleted>"), &txn.ref_number))
}

/// `TxnVoid`: amounts become zero. The children of its answer.
pub fn void(books: &mut Books, node: &Node) -> Result<String, Status> {
    let (at, kind) = target(books, node, "TxnVoidType")?;
    let mut txn = books.txns.all[at].clone();
    books.open_on(txn.date, "modify", kind.spoken())?;
    txn.lines.iter_mut().for_each(|line| line.amount = 0);
    txn.memo = format!("VOID: {}", txn.memo);
    let (id, number, created) = (txn.id.clone(), txn.ref_number.clone(), books.local.told(txn.created));
    books.amend(at, txn);
    let modified = books.local.told(books.now);
    let times = format!("<TimeCreated>{created}</TimeCreated><TimeModified>{modified}</TimeModified>");
    Ok(answer("TxnVoidType", kind, &id, &times, &number))
}

fn answer(field: &str, kind: TxnKind, id: &str, times: &str, number: &str) -> String {
    let number =
        if number.is_empty() { String::new() } else { format!("<RefNumber>{}</RefNumber>", escaped(number)) };
    format!("<{field}>{}</{field}><TxnID>{id}</TxnID>{times}{number}", kind.word())
}

/// `TxnDeletedQuery`.
pub fn deleted(books: &Books, node: &Node) -> Vec<Ret> {
    let words: Vec<&str> = node.values("TxnDelType").collect();
    let range = node.child("DeletedDateRangeFilter");
    let bound = |name: &str, end| {
        range.and_then(|range| range.value(name)).and_then(|text| books.local.meant(text, end))
    };
    let (from, to) = (bound("FromDeletedDate", false), bound("ToDeletedDate", true));
    let wanted = |one: &&Deleted| {
        let wall = books.local.wall(one.deleted);
        words.contains(&one.kind.word())
            && from.is_none_or(|from| wall >= from)
            && to.is_none_or(|to| wall <= to)
    };
    books
        .txns
        .deleted
        .iter()
        .filter(wanted)
        .map(|one| {
            let mut ret = Ret::new("TxnDeletedRet");
            ret.text("TxnDelType", one.kind.word())
                .text("TxnID", &one.id)
                .text("TimeCreated", books.local.told(one.created))
                .text("TimeDeleted", books.local.told(one.deleted))
                .some("RefNumber", Some(&one.ref_number));
            ret
        })
        .collect()
}
