use super::*;
use crate::model::ledger::{Account, AccountType, Company, LedgerFacts};
use crate::systems::{CallError, Lists as _, ReadingAsk};

const NOW: &str = "2026-11-04T14:30:00Z";

/// Facts with one account, for sentences.
pub fn some() -> LedgerFacts {
    LedgerFacts {
        company: Company {
            id: FILE_ID.into(),
            name: "Northwind Traders".into(),
            country: "US".into(),
            home_currency: Currency::USD,
            multicurrency: false,
            currencies: vec![Currency::USD],
            classes: true,
            class_per_record: false,
            departments: false,
            billable: true,
            customers_on_lines: true,
            negative_lines: true,
            close_date: None,
            fiscal_year_start: 1,
        },
        accounts: vec![Account {
            id: "80000033-1600000003".into(),
            number: "5010".into(),
            name: "Travel:Airfare".into(),
            kind: AccountType::Expense,
            currency: None,
            active: true,
        }],
        vendors: Vec::new(),
        classes: Vec::new(),
        departments: Vec::new(),
        customers: Vec::new(),
        employees: Vec::new(),
        tax_codes: Vec::new(),
        rates: Default::default(),
        terms: Vec::new(),
        recent: Vec::new(),
        read_at: NOW.parse().unwrap(),
        index: Default::default(),
    }
    .indexed()
}

fn account(id: &str, number: &str, kind: &str, more: &str) -> String {
    format!(
        "<AccountRet><ListID>{id}</ListID><Name>Airfare</Name><FullName>Travel:Airfare</FullName><IsActive>true</IsActive><AccountType>{kind}</AccountType><AccountNumber>{number}</AccountNumber>{more}</AccountRet>"
    )
}

fn vendor(n: usize, more: &str) -> String {
    // Sublevel after CompanyName was recorded so: order says nothing
    format!(
        "<VendorRet><Name>Vendor {n} &amp; Co</Name><CompanyName>x</CompanyName><Sublevel>0</Sublevel><ListID>8000-{n}</ListID><IsActive>{}</IsActive><Email>Pay{n}@Example.TEST</Email><AccountNumber>V{n:04}</AccountNumber><TermsRef><ListID>80000003-1</ListID><FullName>Net 30</FullName></TermsRef>{more}</VendorRet>",
        n.is_multiple_of(2)
    )
}

fn together(accounts: &str, more: &str) -> Result<Reply, NetError> {
    rs(&format!(
        "{}{}{}{more}",
        ok("AccountQueryRs", "accounts", accounts),
        ok(
            "ClassQueryRs",
            "classes",
            "<ClassRet><ListID>80000051-1</ListID><Name>East</Name><FullName>US:East</FullName><IsActive>true</IsActive></ClassRet>"
        ),
        ok(
            "EmployeeQueryRs",
            "employees",
            "<EmployeeRet><ListID>1-1</ListID><Name>Nora Feld</Name></EmployeeRet>"
        ),
    ))
}

#[tokio::test]
async fn lists_without_pages_go_together_and_the_others_page_by_page() {
    let (client, fake) = client(|n, asked| match n {
        0 => {
            let accounts = account("1-1", "5010", "Expense", "") + &account("2-1", "", "NonPosting", "");
            together(
                &(accounts
                    + &account("3-1", "2000", "AccountsPayable", "")
                    + &account("4-1", "9", "Whatever", "")),
                "",
            )
        }
        1 | 2 => {
            assert_eq!(asked.contains("iterator=\"Continue\""), n == 2);
            assert!(asked.contains("<MaxReturned>500</MaxReturned><ActiveStatus>All</ActiveStatus>"));
            page("VendorQueryRs", 4 - 2 * n as u64, &(vendor(2 * n, "") + &vendor(2 * n + 1, "")))
        }
        3 => page(
            "CustomerQueryRs",
            0,
            "<CustomerRet><ListID>80000061-1</ListID><Name>Phase 2</Name><FullName>Globex:Phase 2</FullName><IsActive>false</IsActive></CustomerRet>",
        ),
        4..=8 => {
            assert!(asked.contains("iterator=\"Start\"") && asked.contains("<IncludeRetElement>TxnDate<"));
            let dated = "<TxnDateRangeFilter><FromTxnDate>2026-07-07</FromTxnDate></TxnDateRangeFilter>";
            assert!(asked.contains(dated), "{asked}");
            let journal = asked.contains("<JournalEntryQueryRq ");
            assert_eq!(asked.contains("<IncludeLineItems>true<"), journal, "{asked}");
            if asked.contains("<BillQueryRq ") {
                let typed = bill_ret("2A-1").replace("TO7F3K2Q9D4<", "LX-5540<").replace("tieout:", "");
                page("BillQueryRs", 0, &(bill_ret("1F6-1") + &typed.replace("tieout:", "")))
            } else if journal {
                page("JournalEntryQueryRs", 0, &journal_ret("3B-1").replace("80000061-1", "8000-2"))
            } else {
                rs(&empty("VendorCreditQueryRs", "page"))
            }
        }
        _ => unreachable!("one message set for what has no pages, and the pages"),
    });
    let facts = client.facts(None, NOW.parse().unwrap()).await.unwrap();
    assert_eq!(fake.asked().len(), 9);
    let kinds: Vec<_> = facts.accounts.iter().map(|a| (a.id.as_str(), a.kind)).collect();
    assert_eq!(kinds, [("1-1", AccountType::Expense), ("3-1", AccountType::AccountsPayable)]);
    assert_eq!(facts.account_numbered("5010").unwrap().label(), "5010 Travel:Airfare");
    assert_eq!(facts.classes[0].name, "US:East");
    assert_eq!(facts.employees, ["Nora Feld"]);
    assert_eq!(facts.vendors.len(), 4);
    let one = facts.vendors_coded("V0002")[0];
    assert_eq!(
        (one.name.as_str(), one.email.as_deref(), one.active),
        ("Vendor 2 & Co", Some("pay2@example.test"), true)
    );
    assert_eq!((one.term.as_deref(), facts.term_of(one)), (Some("Net 30"), None));
    assert!(!facts.vendors_coded("V0003")[0].active);
    assert_eq!((facts.customers[0].name.as_str(), facts.customers[0].active), ("Globex:Phase 2", false));
    assert_eq!(facts.company.id, FILE_ID);
    assert_eq!((facts.company.fiscal_year_start, facts.company.classes), (7, true));
    assert_eq!(facts.company.close_date, "2026-09-30".parse().ok());
    assert_eq!((facts.company.home_currency, facts.company.multicurrency), (Currency::USD, false));
    assert!(facts.rates.is_empty());
    let find = |id: &str| facts.recent.iter().find(|r| r.id == id).unwrap();
    assert_eq!(facts.recent.len(), 3);
    assert_eq!(find("1F6-1").marker.as_deref(), Some("TO7F3K2Q9D4"));
    let typed = find("2A-1");
    assert_eq!((typed.kind, typed.amount, typed.currency), (EntryKind::Bill, d("412.30"), Currency::USD));
    assert_eq!((typed.number.as_str(), typed.marker.as_deref()), ("LX-5540", None));
    assert_eq!(
        (typed.vendor.as_deref(), typed.date),
        (Some("80000012-1600000001"), "2026-10-05".parse().unwrap())
    );
    assert_eq!(facts.recent_numbered("lx-5540").count(), 1);
    let journal = find("3B-1");
    assert_eq!((journal.vendor.as_deref(), journal.amount), (Some("8000-2"), d("402.60")));
    assert_eq!(journal.marker.as_deref(), Some("TO7F3K2Q9D4"));
}

#[tokio::test]
async fn several_currencies_are_read_by_their_codes() {
    let (client, fake) = unvisited(|n, _| match n {
        0 => {
            let euro = "<CurrencyRef><ListID>80000033-1</ListID><FullName>Euro</FullName></CurrencyRef>";
            let rows = [
                ("80000096-1", "US Dollar", "USD", "true"),
                ("80000033-1", "Euro", "EUR", "true"),
                ("9-1", "Yen", "JPY", "false"),
                ("8-1", "Points", "XPT1", "true"),
            ];
            let rows: Vec<String> = rows.iter().map(|(id, name, code, active)| format!("<CurrencyRet><ListID>{id}</ListID><Name>{name}</Name><IsActive>{active}</IsActive><CurrencyCode>{code}</CurrencyCode></CurrencyRet>")).collect();
            let rows = rows.concat();
            together(
                &account("1-1", "2010", "AccountsPayable", euro),
                &ok("CurrencyQueryRs", "currencies", &rows),
            )
        }
        1 => page("VendorQueryRs", 0, &vendor(1, "<CurrencyRef><FullName>Euro</FullName></CurrencyRef>")),
        _ => rs(&empty("CustomerQueryRs", "page")),
    });
    client.greeted(&greeting(&hcp_many_currencies())).unwrap();
    let facts = client.facts(None, NOW.parse().unwrap()).await.unwrap();
    assert!(fake.asked()[0].contains("CurrencyQueryRq"));
    assert_eq!(facts.accounts[0].currency, Some(Currency::EUR));
    assert_eq!(facts.vendors[0].currency, Some(Currency::EUR));
    assert_eq!(facts.company.currencies, [Currency::EUR, Currency::USD]);
    assert!(facts.customers.is_empty());
}

/// Bank details, tax identifiers and notes are never asked for (accounting.md, 4.4).
#[tokio::test]
async fn what_is_none_of_our_business_is_never_asked_for() {
    let answer = |_, asked: &str| {
        if asked.contains("HostQueryRq") {
            return says(&hcp());
        }
        let mut out = String::new();
        for part in asked.split('<').filter(|p| p.contains("QueryRq ")) {
            let name = part.split("Rq ").next().unwrap();
            let id = part.split("requestID=\"").nth(1).unwrap().split('"').next().unwrap();
            out += &empty(&format!("{name}Rs"), id);
        }
        rs(&out)
    };
    let (client, fake) = unvisited(answer);
    client.facts(None, NOW.parse().unwrap()).await.unwrap();
    client.vendors().await.unwrap();
    for list in ["class", "customer", "account"] {
        client.items(list.into()).await.unwrap();
    }
    let ask = ReadingAsk {
        from: "2026-10-01".parse().unwrap(),
        to: "2026-10-31".parse().unwrap(),
        accounts: vec!["3-1".into()],
        records: vec![(EntryKind::Journal, "1-1".into())],
    };
    client.reading(ask).await.unwrap();
    let asked = fake.asked();
    let lists = [
        "CompanyQueryRq",
        "AccountQueryRq",
        "VendorQueryRq",
        "CustomerQueryRq",
        "EmployeeQueryRq",
        "ClassQueryRq",
    ];
    assert!(lists.iter().all(|l| asked.iter().any(|a| a.contains(l))));
    for set in &asked {
        for private in [
            "BankNumber",
            "VendorTaxIdent",
            "Notes",
            "SSN",
            "EIN",
            "1099",
            "CreditLimit",
            "Balance",
            "CreditCardInfo",
        ] {
            assert!(!set.contains(private), "{private}: {set}");
        }
        // a list without its fields named would bring all of them
        for request in set.split("Rq>").filter(|r| lists.iter().any(|l| r.contains(&format!("<{l}")))) {
            assert!(request.contains("<IncludeRetElement>"), "{request}");
        }
    }
}

#[tokio::test]
async fn a_list_that_is_not_whole_is_no_list() {
    for (second, says) in [
        (page("VendorQueryRs", 2, &vendor(2, "")), "do not come to an end"),
        (rs(&ok("VendorQueryRs", "page", &vendor(2, ""))), "iteratorRemainingCount"),
        (rs(""), "does not speak"),
        (rs(&status("VendorQueryRs", "page", 1000, "Error", "Internal error.")), "failed inside"),
        (raises("0x80040402", "Unexpected."), "qbsdklog.txt"),
        (Err(NetError::NotSent("the visit is over".into())), "the visit is over"),
        (page("VendorQueryRs", 0, "<VendorRet><Name>No id</Name></VendorRet>"), "ListID is missing"),
    ] {
        let (client, _) = client(move |n, _| match n {
            0 => together("", ""),
            1 => page("VendorQueryRs", 2, &vendor(1, "")),
            _ => second.clone(),
        });
        let error = client.facts(None, NOW.parse().unwrap()).await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[tokio::test]
async fn an_iterator_that_is_gone_begins_again_once() {
    let gone = || rs(&status("VendorQueryRs", "page", 3350, "Error", "The iterator is invalid."));
    let (first, fake) = client(move |n, asked| match n {
        0 => together("", ""),
        1 | 3 => {
            assert!(asked.contains("iterator=\"Start\""));
            page("VendorQueryRs", 1, &vendor(1, ""))
        }
        2 => gone(),
        4 => page("VendorQueryRs", 0, &vendor(2, "")),
        _ => rs(&empty("CustomerQueryRs", "page")),
    });
    assert_eq!(first.facts(None, NOW.parse().unwrap()).await.unwrap().vendors.len(), 2);
    assert_eq!(fake.asked().len(), 11);
    let gone = move || rs(&status("VendorQueryRs", "page", 3350, "Error", "The iterator is invalid."));
    let (second, _) = client(move |n, asked| match n {
        0 => together("", ""),
        _ if asked.contains("iterator=\"Start\"") => page("VendorQueryRs", 1, &vendor(1, "")),
        _ => gone(),
    });
    let error = second.facts(None, NOW.parse().unwrap()).await.unwrap_err();
    assert!(matches!(error, CallError::Offline { .. }), "{error:?}");
}

#[tokio::test]
async fn ten_thousand_vendors_are_kept_without_their_pages() {
    const EACH: usize = 500;
    let (client, fake) = client(|n, _| match n {
        0 => together("", ""),
        1..=20 => {
            let rows: String =
                (0..EACH).map(|i| vendor((n - 1) * EACH + i, &"<Cc>x</Cc>".repeat(20))).collect();
            page("VendorQueryRs", (10_000 - n * EACH) as u64, &rows)
        }
        _ => rs(&empty("CustomerQueryRs", "page")),
    });
    let facts = client.facts(None, NOW.parse().unwrap()).await.unwrap();
    assert_eq!((facts.vendors.len(), fake.asked().len()), (10_000, 27));
    assert!(serde_json::to_vec(&facts.vendors).unwrap().len() < 10_000 * 200);
}
