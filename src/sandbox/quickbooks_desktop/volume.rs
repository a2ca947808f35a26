//! Made-up vendors and bills in numbers, without going through requests.

use jiff::Span;

use super::books::Books;
use super::company::Volume;
use super::lists::ListKind;
use super::spending::blank;
use super::transactions::{Line, TxnKind};

const FIRST: &[&str] =
    &["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum", "Hazel", "Ivy", "Juniper"];
const SECOND: &[&str] = &["Supply", "Services", "Travel", "Data", "Office", "Couriers", "Catering", "Press"];

/// Adds them.
pub fn fill(books: &mut Books, plan: Volume) {
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let mut vendors = Vec::with_capacity(plan.vendors);
    for number in 1..=plan.vendors {
        let name = format!("{} {} {number:06}", pick(&mut random, FIRST), pick(&mut random, SECOND));
        if let Ok(at) = books.lists.add(ListKind::Vendor, &name, None, books.now) {
            let element = &mut books.lists.all[at];
            element.fields.insert("AccountNumber", format!("G{number:06}"));
            element.fields.insert("Email", format!("billing{number}@generated.example"));
            vendors.push(at);
        }
    }
    let of_type = |kind: &str| -> Vec<usize> {
        (0..books.lists.all.len())
            .filter(|at| books.account_type(*at) == kind && books.lists.get(*at).active)
            .collect()
    };
    let (payables, expenses) = (of_type("AccountsPayable"), of_type("Expense"));
    let classes: Vec<usize> =
        (0..books.lists.all.len()).filter(|at| books.lists.get(*at).kind == ListKind::Class).collect();
    let (Some(payable), false, false) = (payables.first().copied(), expenses.is_empty(), vendors.is_empty())
    else {
        return;
    };
    for number in 0..plan.bills {
        let days = (number * 300 / plan.bills.max(1)) as i64;
        let mut txn = blank(books, TxnKind::Bill);
        txn.date = plan.from.checked_add(Span::new().days(days)).unwrap_or(plan.from);
        txn.due = txn.date.checked_add(Span::new().days(30)).ok();
        txn.ref_number = format!("G{number:08}");
        txn.memo = format!("Made-up bill {number}");
        txn.entity = Some(vendors[random.usize(..vendors.len())]);
        txn.account = Some(payable);
        for _ in 0..=random.usize(..3) {
            txn.lines.push(Line {
                account: Some(expenses[random.usize(..expenses.len())]),
                amount: random.i64(100..500_000),
                memo: "Made-up line".to_owned(),
                class: (!classes.is_empty()).then(|| classes[random.usize(..classes.len())]),
                ..Line::default()
            });
        }
        books.enter(txn);
    }
}

fn pick(random: &mut fastrand::Rng, words: &'static [&'static str]) -> &'static str {
    words[random.usize(..words.len())]
}
