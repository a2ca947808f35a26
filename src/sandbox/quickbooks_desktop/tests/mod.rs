//! Tests of the company file by requests that are written by hand.

mod bills;
mod envelope;
mod faults;
mod iterators;
mod journals;
mod lists;
mod memory;
mod orders;
mod others;
mod queries;
mod volume;

use serde_json::{Value, json};

use super::xml::{Node, read};
use super::{CompanyFile, QuickBooks, Session, fq_tax};

const NOW: &str = "2026-11-04T14:30:00Z";

/// A QuickBooks with a session that is open.
struct Desk {
    books: QuickBooks,
    session: Session,
}

/// The answer to one request.
struct Rs(Node);

impl Rs {
    fn code(&self) -> &str {
        self.0.attribute("statusCode").unwrap_or_default()
    }

    fn message(&self) -> &str {
        self.0.attribute("statusMessage").unwrap_or_default()
    }

    fn ret(&self) -> &Node {
        self.0.children.first().unwrap_or_else(|| panic!("no answer: {} {}", self.code(), self.message()))
    }

    fn value(&self, name: &str) -> &str {
        self.ret().value(name).unwrap_or_default()
    }

    fn names(&self, name: &str) -> Vec<&str> {
        self.0.children.iter().filter_map(|ret| ret.value(name)).collect()
    }
}

impl Desk {
    fn of(file: CompanyFile) -> Self {
        let books = QuickBooks::new(file, NOW.parse().unwrap());
        let session = books.begin().unwrap();
        Self { books, session }
    }

    fn new() -> Self {
        Self::of(fq_tax::company())
    }

    fn again(&mut self) {
        self.session = self.books.begin().unwrap();
    }

    fn set(&self, name: &str, value: Value) {
        self.books.switch(name, &value).unwrap();
    }

    /// The text of a set around requests.
    fn text(attributes: &str, requests: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?qbxml version=\"13.0\"?>\n<QBXML><QBXMLMsgsRq {attributes}>\
             {requests}</QBXMLMsgsRq></QBXML>"
        )
    }

    /// The root of the answer to a set.
    fn whole(&self, text: &str) -> Node {
        let answer = self.books.process(&self.session, text);
        let answer = answer.unwrap_or_else(|e| panic!("{e}: {:?}\n{text}", self.books.why_refused()));
        assert!(answer.starts_with("<?xml version=\"1.0\" ?><QBXML><QBXMLMsgsRs"), "{answer}");
        read(&answer).unwrap().root.children.remove(0)
    }

    fn answers(&self, requests: &str) -> Vec<Rs> {
        self.whole(&Self::text("onError=\"continueOnError\"", requests))
            .children
            .into_iter()
            .map(Rs)
            .collect()
    }

    fn ask(&self, request: &str) -> Rs {
        self.answers(request).remove(0)
    }

    fn refused(&self, requests: &str) -> bool {
        let text = Self::text("onError=\"stopOnError\"", requests);
        match self.books.process(&self.session, &text) {
            Err(raised) => {
                assert_eq!(raised.hresult, "0x80040400");
                assert_eq!(
                    raised.message,
                    "QuickBooks found an error when parsing the provided XML text stream."
                );
                true
            }
            Ok(_) => false,
        }
    }

    /// Adds a bill and gives its answer.
    fn bill(&self, number: &str) -> Rs {
        self.ask(&bill(number, "2026-10-29", "100.00"))
    }
}

/// A bill of the supplier on the account of software.
fn bill(number: &str, date: &str, amount: &str) -> String {
    format!(
        "<BillAddRq requestID=\"{number}\"><BillAdd><VendorRef><FullName>Lexham Tax Data Inc.</FullName></VendorRef>\
         <APAccountRef><FullName>Accounts Payable</FullName></APAccountRef><TxnDate>{date}</TxnDate>\
         <DueDate>2026-11-28</DueDate><RefNumber>{number}</RefNumber><Memo>tieout:{number}</Memo><ExpenseLineAdd>\
         <AccountRef><FullName>Software and Subscriptions</FullName></AccountRef><Amount>{amount}</Amount>\
         <Memo>Line</Memo><ClassRef><FullName>700</FullName></ClassRef></ExpenseLineAdd></BillAdd></BillAddRq>"
    )
}

#[test]
fn the_switches_that_are_described_exist() {
    let text = include_str!("../switches.rs");
    let desk = Desk::new();
    let mut seen = 0;
    for row in text.lines().filter(|line| line.starts_with("//! | `")) {
        let cell = row.split('|').nth(1).unwrap();
        for name in cell.split('`').skip(1).step_by(2) {
            let error = desk.books.switch(name, &json!({"odd": []})).err().unwrap_or_default();
            assert!(!error.starts_with("there is no switch"), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
    assert_eq!(desk.books.switch("nonsense", &json!(1)).unwrap_err(), "there is no switch nonsense");
}
