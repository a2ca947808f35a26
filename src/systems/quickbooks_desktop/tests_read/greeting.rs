use super::*;
use crate::systems::CallError;

#[test]
fn the_right_company_is_known_by_its_file_id_in_any_case() {
    let (client, _) = unvisited(|_, _| unreachable!());
    let lower = hcp().replace(FILE_ID, &FILE_ID.to_lowercase());
    let told = client.greeted(&greeting(&lower)).unwrap();
    assert_eq!((told.company.id.as_str(), told.company.name.as_str()), (FILE_ID, "Northwind Traders"));
    assert_eq!(told.company.fingerprint, FILE_ID);
    assert_eq!(told.product, "QuickBooks Enterprise Solutions 24.0");
    assert_eq!((told.language.as_str(), told.file_mode.as_str()), ("13.0", "SingleUser"));
    assert_eq!(told.close_date, "2026-09-30".parse().ok());
    assert_eq!(told.unusable, None);
}

#[test]
fn another_file_is_refused_with_both_names() {
    let other = "{A4C1D9F0-1B2C-4D3E-8F90-000000000000}";
    for (answer, says) in [
        (hcp().replace(FILE_ID, other).replace("Northwind Traders", "Fabrikam"), "another connection"),
        // another program's FileID is not ours
        (hcp().replace(OWNER_ID, "{99999999-1111-2222-3333-444444444444}"), "never connected"),
        (
            hcp().replace("{FFFFFFFF-1111-2222-3333-444444444444}", FILE_ID).replacen(OWNER_ID, "{9}", 2),
            "never connected",
        ),
    ] {
        let (client, _) = client(|_, _| unreachable!());
        let error = client.greeted(&greeting(&answer)).unwrap_err();
        let CallError::WrongCompany(why) = &error else { panic!("{error:?}") };
        assert!(
            why.contains(says) && why.contains("\"Northwind Traders\"") && why.contains("Northwind.qbw"),
            "{why}"
        );
        // and nothing that an earlier visit told counts any more
        assert!(client.known().told.is_none());
    }
}

#[test]
fn a_greeting_that_says_nothing_is_no_company() {
    for answer in ["", "<QBXML><QBXMLMsgsRs></QBXMLMsgsRs></QBXML>", "<QBXML>", "no data"] {
        let (client, _) = unvisited(|_, _| unreachable!());
        assert!(matches!(client.greeted(&greeting(answer)), Err(CallError::Shape(_))), "{answer}");
    }
    let host = hcp();
    let cut = host.split_once("<PreferencesQueryRs").unwrap().0.to_string() + "</QBXMLMsgsRs></QBXML>";
    let (client, _) = unvisited(|_, _| unreachable!());
    assert!(matches!(client.greeted(&greeting(&cut)), Err(CallError::Shape(_))));
}

#[test]
fn a_quickbooks_without_our_language_cannot_be_used() {
    let old = hcp().replace("<SupportedQBXMLVersion>13.0</SupportedQBXMLVersion>", "");
    let none = old.replace("<SupportedQBXMLVersion>1.0</SupportedQBXMLVersion>", "");
    let none = none.replace("<SupportedQBXMLVersion>9.0</SupportedQBXMLVersion>", "");
    for (answer, language, says) in [(old, "9.0", "knows qbXML up to 9.0"), (none, "16.0", "no interface")] {
        let (client, _) = unvisited(|_, _| unreachable!());
        let told = client.greeted(&greeting(&answer)).unwrap();
        assert_eq!(told.language, language);
        assert!(told.unusable.unwrap().contains(says));
    }
}

#[test]
fn the_dividing_date_of_an_accountants_copy_closes_too() {
    let copy = |exists: &str, date: &str| {
        let copy = format!(
            "<AccountantCopy><AccountantCopyExists>{exists}</AccountantCopyExists><DividingDate>{date}</DividingDate></AccountantCopy><EIN>"
        );
        hcp().replace("<EIN>", &copy)
    };
    for (answer, date) in [
        (copy("true", "2026-10-31"), Some("2026-10-31")),
        (copy("true", "2026-06-30"), Some("2026-09-30")),
        (copy("false", "2026-10-31"), Some("2026-09-30")),
        (hcp().replace("<ClosingDate>2026-09-30</ClosingDate>", ""), None),
    ] {
        let (client, _) = unvisited(|_, _| unreachable!());
        let told = client.greeted(&greeting(&answer)).unwrap();
        assert_eq!(told.close_date.map(|d| d.to_string()).as_deref(), date);
    }
    let (client, _) = unvisited(|_, _| unreachable!());
    let wrong = hcp().replace("2026-09-30", "30.09.2026");
    assert!(matches!(client.greeted(&greeting(&wrong)), Err(CallError::Shape(_))));
}
