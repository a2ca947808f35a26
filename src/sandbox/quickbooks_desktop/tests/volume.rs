//! Companies in numbers: made from a seed, read in bounded pages.

use super::Desk;
use crate::sandbox::quickbooks_desktop::CompanyFile;

/// Walks an iterator to its end: how many records came, and the longest answer in bytes.
fn walk(desk: &Desk, query: &str, ret: &str, most: usize) -> (usize, usize) {
    let mut how = "iterator=\"Start\"".to_owned();
    let (mut count, mut longest) = (0, 0);
    loop {
        let text = Desk::text(
            "onError=\"continueOnError\"",
            &format!("<{query}Rq {how}><MaxReturned>{most}</MaxReturned></{query}Rq>"),
        );
        let answer = desk.books.process(&desk.session, &text).unwrap();
        longest = longest.max(answer.len());
        count += answer.matches(&format!("<{ret}>")).count();
        let part = |name: &str| {
            answer.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        if part("iteratorRemainingCount") == "0" {
            return (count, longest);
        }
        how = format!("iterator=\"Continue\" iteratorID=\"{}\"", part("iteratorID"));
    }
}

#[test]
fn ten_thousand_vendors_and_fifty_thousand_bills_are_read_in_pages() {
    let desk = Desk::of(CompanyFile::generated(11, 10_000, 50_000));
    let (vendors, longest) = walk(&desk, "VendorQuery", "VendorRet", 500);
    assert_eq!(vendors, 10_004);
    assert!(longest < 500 * 1_000, "{longest}");
    let (bills, longest) = walk(&desk, "BillQuery", "BillRet", 500);
    assert_eq!(bills, 50_000);
    assert!(longest < 500 * 1_500, "{longest}");
    let one = desk.ask("<BillQueryRq><RefNumber>g00049999</RefNumber></BillQueryRq>");
    assert_eq!(one.names("RefNumber"), ["G00049999"]);
}

#[test]
fn one_seed_makes_one_company() {
    let (one, two) =
        (Desk::of(CompanyFile::generated(3, 20, 40)), Desk::of(CompanyFile::generated(3, 20, 40)));
    assert_eq!(one.books.records(), two.books.records());
    assert_ne!(one.books.records(), Desk::of(CompanyFile::generated(4, 20, 40)).books.records());
    let owed: i64 = one.books.list("Vendor").iter().map(|vendor| cents(&vendor["Balance"])).sum();
    let bills: i64 = one.books.records().iter().map(|bill| cents(&bill["AmountDue"])).sum();
    assert_eq!(owed, bills);
}

fn cents(value: &serde_json::Value) -> i64 {
    value.as_str().unwrap().replace('.', "").parse().unwrap()
}
