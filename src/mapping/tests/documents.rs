//! Documents of the sample firm, by hand and from the tables (the ways of the payloads are those of its page, section 6).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::data::{LINES, REPORTS};
use super::firm::{EMPLOYEES, d, mail};
use crate::model::document::*;
use crate::model::money::{Currency, Money};

pub fn coded(code: &str) -> Coded {
    Coded { code: code.into(), value: code.into() }
}

/// An expense of one allocation and one journal line; amounts in the document's currency.
pub fn expense(id: &str, account: &str, parties: (&str, &str), gross: &str) -> Expense {
    Expense {
        id: id.into(),
        type_code: "TAXIX".into(),
        type_name: "Taxi".into(),
        date: Some("2026-10-20".parse().unwrap()),
        description: "Taxi".into(),
        merchant: String::new(),
        place: String::new(),
        spend: None,
        rate: None,
        approved: None,
        personal: false,
        billable: false,
        receipt_type: "R".into(),
        receipt: Some(format!("r-{id}")),
        payment_type: String::new(),
        clearing_account: None,
        liability_account: None,
        offset: false,
        card: None,
        fields: BTreeMap::new(),
        allocations: vec![allocation(account, "CC100", "", parties, gross)],
    }
}

pub fn allocation(account: &str, cc: &str, project: &str, parties: (&str, &str), gross: &str) -> Allocation {
    let mut fields = BTreeMap::new();
    for (name, code) in [("custom1", cc), ("custom2", project)] {
        if !code.is_empty() {
            fields.insert(name.to_string(), coded(code));
        }
    }
    Allocation {
        id: "al".into(),
        percentage: None,
        fields,
        journals: vec![journal(account, parties, gross)],
        taxes: vec![],
    }
}

pub fn journal(account: &str, parties: (&str, &str), gross: &str) -> Journal {
    Journal {
        account_code: account.into(),
        payer: Party::of(parties.0),
        payee: Party::of(parties.1),
        gross: d(gross),
        taxes: vec![],
    }
}

/// A report of one of the employees.
pub fn report(employee: &str, expenses: Vec<Expense>) -> Document {
    let (_, first, last, place, currency, method, _) = EMPLOYEES.iter().find(|e| e.0 == employee).unwrap();
    Document {
        kind: DocumentKind::ExpenseReport,
        source_id: "FIS-0".into(),
        family: "FAM-0".into(),
        number: "ABC123".into(),
        title: "Merrow Health rollout, Denver".into(),
        ledger_code: "FQUS".into(),
        policy: String::new(),
        revision_number: 1,
        is_test: false,
        currency: currency.parse().unwrap(),
        stated_total: None,
        payee: Payee {
            employee: true,
            code: employee.into(),
            name: format!("{last}, {first}"),
            spoken_name: format!("{first} {last}"),
            email: Some(mail(first)),
        },
        pay_method: (*method).into(),
        payroll: false,
        payroll_clearing_account: None,
        submitted_at: Some("2026-10-26T15:00:00Z".parse().unwrap()),
        processed_at: Some("2026-10-28T15:00:00Z".parse().unwrap()),
        report_date: Some("2026-10-25".parse().unwrap()),
        invoice_date: None,
        due_date: None,
        posting_date: None,
        approver: Some("E1008".into()),
        fields: BTreeMap::from([("employeeOrgUnit2".to_string(), coded(place))]),
        expenses,
        advances: vec![],
        advance_returned: Decimal::ZERO,
        purchase_order: None,
    }
}

/// A document of the tables and what is expected of it.
pub struct Case {
    pub id: String,
    pub document: Document,
    pub entries: Vec<String>,
    pub state: String,
    pub findings: Vec<String>,
}

pub fn cases() -> Vec<Case> {
    REPORTS.lines().map(case).collect()
}

/// The document `D13` of the tables.
pub fn sample(id: &str) -> Document {
    cases().into_iter().find(|c| c.id == id).unwrap().document
}

fn case(row: &str) -> Case {
    let c: Vec<&str> = row.split('|').collect();
    let mut doc = report(c[1], expenses(c[0]));
    doc.source_id = format!("FIS-{}", c[0]);
    doc.family = format!("FAM-{}", c[3]);
    doc.number = c[3].into();
    doc.currency = c[4].parse().unwrap();
    doc.stated_total = Some(d(c[5]));
    let at = if c[0] == "D51" { "2026-10-01T02:41:00Z".into() } else { format!("{}T15:00:00Z", c[2]) };
    doc.processed_at = Some(at.parse().unwrap());
    doc.revision_number = if c[0] == "D54" { 2 } else { 1 };
    doc.is_test = c[0] == "D55";
    let advance = match c[0] {
        "D25" => Some("-500"),
        "D26" => Some("-300"),
        _ => None,
    };
    doc.advances =
        advance.map(|a| AdvanceApplication { id: "CA-old".into(), amount: d(a) }).into_iter().collect();
    let split = |s: &str, by: &str| s.split(by).filter(|x| !x.is_empty()).map(Into::into).collect();
    Case {
        id: c[0].into(),
        document: doc,
        entries: split(c[6], "; "),
        state: c[7].into(),
        findings: split(c[8], " "),
    }
}

fn expenses(id: &str) -> Vec<Expense> {
    let mut out: Vec<Expense> = Vec::new();
    let mut key = String::new();
    for line in LINES.lines().filter(|l| l.starts_with(id)) {
        let c: Vec<&str> = line.split('|').collect();
        let is_card = c[11].starts_with("CT-");
        let personal = c[7].contains(" and ");
        let (payer, payee) = c[7].split(" and ").next().unwrap().split_once('>').unwrap();
        let mut al = allocation(c[4], c[5], c[6], (payer, payee), c[8]);
        if personal {
            al.journals.push(journal(c[4], ("EMPL", "COMP"), &format!("-{}", c[8])));
        }
        if !c[9].is_empty() {
            let (code, reclaim) = c[11].split_once('/').unwrap();
            al.journals[0].taxes = vec!["t1".into()];
            al.taxes = vec![Tax {
                id: "t1".into(),
                code: code.into(),
                reclaim_code: reclaim.into(),
                authority: "VAT".into(),
                country: code[..2].into(),
                amount: d(c[9]),
                reclaim: d(c[10]),
            }];
        }
        let is = [c[1], c[2], c[3], if is_card { c[11] } else { "" }].join("|");
        if is == key && !out.is_empty() {
            out.last_mut().unwrap().allocations.push(al);
        } else {
            let mut e = expense(&format!("{id}-{}", out.len()), "", ("COMP", "EMPL"), "0");
            e.allocations = vec![al];
            e.type_code = c[2].into();
            e.description = c[3].into();
            e.date = Some(format!("2026-{}", c[1]).parse().unwrap());
            e.personal = personal;
            e.billable = ["P2599", "P2601", "P2602", "P2603", "P2604"].contains(&c[6]);
            let claimed = !d(c[10]).is_zero() && id != "D34";
            let none = c[3] == "Dinner, 3 persons";
            e.receipt_type = if claimed {
                "T"
            } else if none {
                "N"
            } else {
                "R"
            }
            .into();
            e.receipt = (!none).then(|| format!("receipt-{}", e.id));
            e.card = is_card.then(|| CardFacts {
                transaction: c[11].into(),
                programme: String::new(),
                charge: None,
            });
            if let Some(amount) = c[11].strip_prefix("GBP ") {
                e.description = "Hotel, London".into();
                e.spend = Some(Money::new(d(amount), "GBP".parse().unwrap()));
                e.rate = Some("1.31502".into());
            }
            out.push(e);
        }
        key = is;
    }
    assert!(!out.is_empty(), "{id} has no lines");
    let charges: BTreeMap<String, Decimal> = out.iter().fold(BTreeMap::new(), |mut m, e| {
        if let Some(card) = &e.card {
            *m.entry(card.transaction.clone()).or_default() +=
                e.allocations.iter().filter_map(|a| a.journals.first()).map(|j| j.gross).sum::<Decimal>();
        }
        m
    });
    for e in &mut out {
        e.approved = Some(e.allocations.iter().flat_map(|a| &a.journals).map(|j| j.gross).sum());
        if let Some(card) = &mut e.card {
            card.charge = charges.get(&card.transaction).map(|a| Money::new(*a, Currency::USD));
        }
    }
    out
}
