//! Answers about list elements (contract, 7.2).

use super::books::Books;
use super::lists::{Element, ListKind};
use super::refs::shown;
use super::ret::{Ret, amount};
use super::vendors;

/// An element as its own query answers it.
pub fn ret(books: &Books, at: usize) -> Ret {
    let element = books.lists.get(at);
    let mut ret = Ret::new(match element.kind {
        ListKind::Account => "AccountRet",
        ListKind::Class => "ClassRet",
        ListKind::Vendor => "VendorRet",
        ListKind::Customer => "CustomerRet",
        ListKind::Employee => "EmployeeRet",
        ListKind::OtherName => "OtherNameRet",
        ListKind::Terms => "StandardTermsRet",
        ListKind::Currency => "CurrencyRet",
    });
    ret.text("ListID", &element.id)
        .text("TimeCreated", books.local.told(element.created))
        .text("TimeModified", books.local.told(element.modified))
        .text("EditSequence", element.edit)
        .text("Name", &element.name);
    match element.kind {
        ListKind::Account => account(books, at, &mut ret),
        ListKind::Class => {
            tree(books, at, &mut ret);
        }
        ListKind::Vendor => vendor(books, element, &mut ret),
        ListKind::Customer => {
            tree(books, at, &mut ret);
            ret.some("Email", element.field("Email"))
                .text("Balance", amount(element.balance))
                .text("TotalBalance", amount(element.balance))
                .text("JobStatus", "None")
                .reference("CurrencyRef", shown(books, element.link("CurrencyRef")));
        }
        ListKind::Employee => {
            ret.text("IsActive", element.active).some("Email", element.field("Email"));
        }
        ListKind::OtherName | ListKind::Terms => {
            ret.text("IsActive", element.active);
        }
        ListKind::Currency => {
            ret.text("IsActive", element.active)
                .some("CurrencyCode", element.field("CurrencyCode"))
                .text("IsUserDefinedCurrency", false);
        }
    }
    ret
}

fn tree(books: &Books, at: usize, ret: &mut Ret) {
    let element = books.lists.get(at);
    ret.text("FullName", &element.full_name)
        .text("IsActive", element.active)
        .reference("ParentRef", shown(books, element.parent))
        .text("Sublevel", books.lists.level(at));
}

fn account(books: &Books, at: usize, ret: &mut Ret) {
    tree(books, at, ret);
    let element = books.lists.get(at);
    let kind = books.account_type(at);
    let debit = matches!(
        kind,
        "Bank"
            | "AccountsReceivable"
            | "OtherCurrentAsset"
            | "OtherAsset"
            | "FixedAsset"
            | "Expense"
            | "OtherExpense"
            | "CostOfGoodsSold"
    );
    let side = if debit { 1 } else { -1 };
    let total: i64 = (0..books.lists.all.len())
        .filter(|child| books.lists.get(*child).kind == ListKind::Account && books.lists.within(*child, at))
        .map(|child| books.lists.get(child).balance)
        .sum();
    ret.text("AccountType", kind);
    if books.file.account_numbers {
        ret.some("AccountNumber", element.field("AccountNumber"));
    }
    ret.text("Balance", amount(side * element.balance))
        .text("TotalBalance", amount(side * total))
        .reference("CurrencyRef", shown(books, element.link("CurrencyRef")));
}

/// Blocks and references stand between plain fields: before which field each one is written.
const BEFORE: &[(&str, &str)] =
    &[("Phone", "VendorAddress"), ("Phone", "ShipAddress"), ("CreditLimit", "TermsRef")];

fn vendor(books: &Books, element: &Element, ret: &mut Ret) {
    ret.text("IsActive", element.active).reference("ClassRef", shown(books, element.link("ClassRef")));
    for field in vendors::FIELDS {
        for (_, before) in BEFORE.iter().filter(|(next, _)| next == field) {
            if let Some((_, xml)) = element.blocks.iter().find(|(name, _)| name == before) {
                ret.raw(before, xml.clone());
            }
            ret.reference(before, shown(books, element.link(before)));
        }
        if *field == "ExternalGUID" {
            ret.text("Balance", amount(element.balance));
        }
        ret.some(field, element.field(field));
    }
    for (_, at) in element.links.iter().filter(|(name, _)| *name == "PrefillAccountRef") {
        ret.reference("PrefillAccountRef", shown(books, Some(*at)));
    }
    ret.reference("CurrencyRef", shown(books, element.link("CurrencyRef")));
}
