//! Iterators (contract, 4.3).

use serde_json::json;

use super::Desk;
use crate::sandbox::quickbooks_desktop::CompanyFile;

fn page(desk: &Desk, query: &str, how: &str, tail: &str) -> super::Rs {
    desk.ask(&format!("<{query}Rq {how}><MaxReturned>3</MaxReturned>{tail}</{query}Rq>"))
}

#[test]
fn pages_are_bounded_and_complete() {
    let mut desk = Desk::of(CompanyFile::generated(7, 10, 10));
    for (query, field, count) in
        [("VendorQuery", "Name", 14), ("BillQuery", "RefNumber", 10), ("TransactionQuery", "TxnID", 0)]
    {
        let first = page(&desk, query, "iterator=\"Start\"", "");
        let id = first.0.attribute("iteratorID").unwrap().to_owned();
        assert!(id.starts_with('{') && id.len() == 38, "{id}");
        let mut seen: Vec<String> = first.names(field).into_iter().map(str::to_owned).collect();
        assert_eq!(seen.len(), 3);
        let mut left: usize = first.0.attribute("iteratorRemainingCount").unwrap().parse().unwrap();
        while left > 0 {
            let next = page(&desk, query, &format!("iterator=\"Continue\" iteratorID=\"{id}\""), "");
            assert!(next.names(field).len() <= 3);
            seen.extend(next.names(field).into_iter().map(str::to_owned));
            left = next.0.attribute("iteratorRemainingCount").unwrap().parse().unwrap();
        }
        let whole: Vec<String> =
            desk.ask(&format!("<{query}Rq/>")).names(field).into_iter().map(str::to_owned).collect();
        assert_eq!(seen, whole, "{query}");
        assert!(count == 0 || seen.len() == count, "{query} {}", seen.len());
        // It ends with its last page.
        let over = page(&desk, query, &format!("iterator=\"Continue\" iteratorID=\"{id}\""), "");
        assert_eq!(over.code(), "3350");
    }
    let first = page(&desk, "BillQuery", "iterator=\"Start\"", "");
    let id = first.0.attribute("iteratorID").unwrap().to_owned();
    let go_on = format!("iterator=\"Continue\" iteratorID=\"{id}\"");
    assert_eq!(page(&desk, "VendorQuery", &go_on, "").code(), "3350");
    desk.set("kill_session", json!(true));
    desk.again();
    assert_eq!(page(&desk, "BillQuery", &go_on, "").code(), "3350");
    let first = page(&desk, "BillQuery", "iterator=\"Start\"", "");
    let id = first.0.attribute("iteratorID").unwrap().to_owned();
    assert_eq!(page(&desk, "BillQuery", &format!("iterator=\"Stop\" iteratorID=\"{id}\""), "").code(), "0");
    assert_eq!(
        page(&desk, "BillQuery", &format!("iterator=\"Continue\" iteratorID=\"{id}\""), "").code(),
        "3350"
    );
}

#[test]
fn nothing_found_is_a_normal_end() {
    let desk = Desk::new();
    let empty = page(&desk, "BillQuery", "iterator=\"Start\"", "");
    assert_eq!(empty.code(), "1");
    assert_eq!(empty.0.attribute("iteratorRemainingCount"), Some("0"));
    assert!(empty.0.children.is_empty());
}

#[test]
fn attributes_must_fit_together() {
    let desk = Desk::new();
    assert_eq!(desk.ask("<BillQueryRq iterator=\"Start\"/>").code(), "3150");
    for wrong in [
        "<BillQueryRq iterator=\"Continue\"><MaxReturned>3</MaxReturned></BillQueryRq>",
        "<BillQueryRq iterator=\"Next\"><MaxReturned>3</MaxReturned></BillQueryRq>",
        "<BillQueryRq iteratorID=\"{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}\"><MaxReturned>3</MaxReturned></BillQueryRq>",
        "<BillQueryRq iterator=\"Continue\" iteratorID=\"one\"><MaxReturned>3</MaxReturned></BillQueryRq>",
        "<EmployeeQueryRq iterator=\"Start\"><MaxReturned>3</MaxReturned></EmployeeQueryRq>",
        "<TxnDeletedQueryRq iterator=\"Start\"><TxnDelType>Bill</TxnDelType></TxnDeletedQueryRq>",
        "<BillAddRq iterator=\"Start\"/>",
        "<BillQueryRq metaData=\"Some\"/>",
    ] {
        assert!(desk.refused(wrong), "{wrong}");
    }
}
