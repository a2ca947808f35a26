//! Lists, names, vendors (contract, 7.1 to 7.3 and 8).

use serde_json::json;

use super::Desk;

#[test]
fn accounts_show_numbers_types_and_parents() {
    let desk = Desk::new();
    let all = desk.ask("<AccountQueryRq/>");
    assert_eq!(all.code(), "0");
    assert!(!all.names("FullName").contains(&"Books and Periodicals"));
    let inactive = desk.ask("<AccountQueryRq><ActiveStatus>InactiveOnly</ActiveStatus></AccountQueryRq>");
    assert_eq!(inactive.names("AccountNumber"), ["6340"]);
    let payables = desk.ask("<AccountQueryRq><AccountType>AccountsPayable</AccountType></AccountQueryRq>");
    assert_eq!(payables.names("AccountNumber"), ["2000", "2010", "2020"]);
    let some = desk.ask(
        "<AccountQueryRq><FullName>Travel:Lodging</FullName><IncludeRetElement>FullName</IncludeRetElement>\
                         <IncludeRetElement>AccountNumber</IncludeRetElement></AccountQueryRq>",
    );
    let names: Vec<&str> = some.ret().children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(names, ["FullName", "AccountNumber"]);
    let lodging = desk.ask("<AccountQueryRq><FullName>travel:lodging</FullName></AccountQueryRq>");
    assert_eq!((lodging.value("Name"), lodging.value("Sublevel")), ("Lodging", "1"));
    assert_eq!(lodging.ret().child("ParentRef").unwrap().value("FullName"), Some("Travel"));
    assert!(lodging.value("ListID").starts_with("8000"), "{}", lodging.value("ListID"));
    assert!(desk.refused("<AccountQueryRq iterator=\"Start\"><MaxReturned>2</MaxReturned></AccountQueryRq>"));
    assert!(desk.refused("<ClassQueryRq><OwnerID>0</OwnerID></ClassQueryRq>"));
    assert_eq!(desk.ask("<ClassQueryRq/>").names("FullName"), ["700", "900"]);
}

#[test]
fn all_names_share_one_name_space() {
    let desk = Desk::new();
    let add = |name: &str| {
        desk.ask(&format!("<VendorAddRq><VendorAdd><Name>{name}</Name></VendorAdd></VendorAddRq>"))
    };
    for taken in ["feld, nora", "WACHUSETT MILLS", "Card Merchants"] {
        let answer = add(taken);
        assert_eq!(answer.code(), "3100");
        assert_eq!(answer.message(), format!("The name \"{taken}\" of the list element is already in use."));
    }
    assert_eq!(add("A:B").code(), "3090");
    let one = add("Iverson &amp; Sons");
    assert_eq!(
        (one.value("Name"), one.value("Balance"), one.value("IsActive")),
        ("Iverson & Sons", "0.00", "true")
    );
    assert!(one.ret().child("FullName").is_none());
    desk.set("inactivate", json!({"list": "Vendor", "name": "Iverson & Sons"}));
    assert_eq!(add("iverson &amp; sons").code(), "3100");
    let all = desk.ask("<EntityQueryRq><NameFilter><MatchCriterion>StartsWith</MatchCriterion><Name>iverson</Name></NameFilter>\
                        </EntityQueryRq>");
    let kinds: Vec<&str> = all.0.children.iter().map(|ret| ret.name.as_str()).collect();
    assert_eq!(kinds, ["EmployeeRet", "VendorRet"]);
    assert_eq!(desk.ask("<EmployeeQueryRq/>").names("Name"), ["Feld, Nora", "Iverson, Paul"]);
    let jobs = desk.ask(
        "<CustomerQueryRq><NameFilter><MatchCriterion>Contains</MatchCriterion><Name>job-</Name></NameFilter>\
                         </CustomerQueryRq>",
    );
    assert_eq!(jobs.names("FullName"), ["Wachusett Mills:JOB-118", "Blackstone Canal Trust:JOB-121"]);
}

#[test]
fn vendors_are_added_and_changed() {
    let desk = Desk::new();
    let answer = desk.ask(
        "<VendorAddRq><VendorAdd><Name>Tan, Iris (E3003)</Name><CompanyName>Tan</CompanyName><VendorAddress><Addr1>1 Main &amp; \
         Elm</Addr1><City>Worcester</City></VendorAddress><Phone>555</Phone><Email>iris.tan@fernhillquay.example</Email>\
         <AccountNumber>E3003</AccountNumber><TermsRef><FullName>net 30</FullName></TermsRef><PrefillAccountRef><FullName>Rent\
         </FullName></PrefillAccountRef></VendorAdd></VendorAddRq>",
    );
    assert_eq!(answer.code(), "0", "{}", answer.message());
    assert_eq!(answer.value("AccountNumber"), "E3003");
    assert_eq!(answer.ret().child("VendorAddress").unwrap().value("Addr1"), Some("1 Main & Elm"));
    assert_eq!(answer.ret().child("TermsRef").unwrap().value("FullName"), Some("Net 30"));
    let (id, edit) = (answer.value("ListID").to_owned(), answer.value("EditSequence").to_owned());
    let change = |edit: &str, inner: &str| {
        desk.ask(&format!(
            "<VendorModRq><VendorMod><ListID>{id}</ListID><EditSequence>{edit}</EditSequence>{inner}</VendorMod></VendorModRq>"
        ))
    };
    let changed =
        change(&edit, "<Name>Tan, Iris</Name><Phone></Phone><Email>tan@fernhillquay.example</Email>");
    assert_eq!((changed.value("Name"), changed.value("Email")), ("Tan, Iris", "tan@fernhillquay.example"));
    assert!(changed.ret().child("Phone").is_none());
    assert_eq!(change(&edit, "<Phone>1</Phone>").code(), "3200");
    assert_eq!(change(changed.value("EditSequence"), "<Name>Feld, Nora</Name>").code(), "3100");
    desk.set("user_edit", json!(1));
    assert_eq!(change(changed.value("EditSequence"), "<Phone>1</Phone>").code(), "3200");
    assert_eq!(
        desk.ask(&format!("<VendorQueryRq><ListID>{id}</ListID></VendorQueryRq>")).value("Name"),
        "Tan, Iris"
    );
    let nobody = "<VendorModRq><VendorMod><ListID>80009999-1</ListID><EditSequence>1</EditSequence></VendorMod></VendorModRq>";
    assert_eq!(desk.ask(nobody).code(), "3120");
}

#[test]
fn what_is_named_and_not_there_is_told() {
    let desk = Desk::new();
    let answer = desk
        .ask("<VendorQueryRq><FullName>Card merchants</FullName><FullName>Nobody</FullName></VendorQueryRq>");
    assert_eq!((answer.code(), answer.0.attribute("statusSeverity")), ("500", Some("Warn")));
    assert_eq!(
        answer.message(),
        "The query request has not been fully completed. There was a required element (\"Nobody\") that could not be found in \
         QuickBooks."
    );
    assert_eq!(answer.names("Name"), ["Card merchants"]);
    assert_eq!(desk.ask("<VendorQueryRq><ListID>nonsense</ListID></VendorQueryRq>").code(), "3000");
    let nothing =
        desk.ask("<VendorQueryRq><NameRangeFilter><FromName>zz</FromName></NameRangeFilter></VendorQueryRq>");
    assert_eq!((nothing.code(), nothing.0.attribute("statusSeverity")), ("1", Some("Info")));
    assert_eq!(nothing.message(), "A query request did not find a matching object in QuickBooks");
    let count = desk.ask("<AccountQueryRq metaData=\"MetaDataOnly\"/>");
    assert_eq!((count.0.attribute("retCount"), count.0.children.len()), (Some("29"), 0));
}

#[test]
fn changes_are_found_by_their_time() {
    let desk = Desk::new();
    desk.books.set_clock("2026-07-01T14:00:00Z".parse().unwrap());
    desk.ask("<VendorAddRq><VendorAdd><Name>Summer Co.</Name></VendorAdd></VendorAddRq>");
    let one = desk.ask("<VendorQueryRq><FullName>Summer Co.</FullName></VendorQueryRq>");
    // The offset is that of winter although daylight saving lasts.
    assert_eq!(one.value("TimeModified"), "2026-07-01T10:00:00-05:00");
    let since = |time: &str| {
        let query = format!("<VendorQueryRq><FromModifiedDate>{time}</FromModifiedDate></VendorQueryRq>");
        desk.ask(&query).names("Name").len()
    };
    assert_eq!(since("2026-07-01T10:00:00-05:00"), 1);
    assert_eq!(since("2026-07-01T10:00:00"), 1);
    assert_eq!(since("2026-07-01T10:00:01"), 0);
    assert_eq!(since("2026-07-01"), 1);
    desk.set("wrong_dst", json!(false));
    let one = desk.ask("<VendorQueryRq><FullName>Summer Co.</FullName></VendorQueryRq>");
    assert_eq!(one.value("TimeModified"), "2026-07-01T10:00:00-04:00");
    assert_eq!(since("2026-07-01T10:00:00-04:00"), 1);
    let wrong = "<VendorQueryRq><FromModifiedDate>2026-08-01</FromModifiedDate><ToModifiedDate>2026-07-01</ToModifiedDate></VendorQueryRq>";
    assert_eq!(desk.ask(wrong).code(), "3030");
}

#[test]
fn the_first_call_tells_company_and_preferences() {
    let desk = Desk::new();
    let owner = "{2B1E0C52-6E7B-4B62-9D6A-5C6C3E0B7A11}";
    let file = "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}";
    desk.books.stamp(owner, file).unwrap();
    assert_eq!(desk.books.stamp(owner, file).unwrap_err().hresult, "QBWC1039");
    assert!(desk.books.stamp("nonsense", file).is_err());
    let hcp =
        crate::sandbox::quickbooks_desktop::xml::read(&desk.books.hcp()).unwrap().root.children.remove(0);
    let names: Vec<&str> = hcp.children.iter().map(|rs| rs.name.as_str()).collect();
    assert_eq!(names, ["HostQueryRs", "CompanyQueryRs", "PreferencesQueryRs"]);
    let ret = |at: usize| &hcp.children[at].children[0];
    assert!(ret(0).values("SupportedQBXMLVersion").any(|version| version == "13.0"));
    let ext = ret(1).child("DataExtRet").unwrap();
    assert_eq!(
        (ext.value("OwnerID"), ext.value("DataExtName"), ext.value("DataExtValue")),
        (Some(owner), Some("FileID"), Some(file))
    );
    let accounting = ret(2).child("AccountingPreferences").unwrap();
    assert_eq!(accounting.value("ClosingDate"), Some("2026-09-30"));
    assert_eq!(accounting.value("IsUsingClassTracking"), Some("true"));
    let company = desk.ask("<CompanyQueryRq/>");
    assert!(company.ret().child("DataExtRet").is_none());
    let own =
        desk.ask(&format!("<CompanyQueryRq><OwnerID>{}</OwnerID></CompanyQueryRq>", owner.to_lowercase()));
    assert_eq!(own.ret().child("DataExtRet").unwrap().value("DataExtValue"), Some(file));
    assert_eq!(own.value("CompanyName"), "Fernhill Quay Tax LLC");
    desk.set("other_company", json!(true));
    assert!(!desk.books.hcp().contains(file));
    assert_ne!(desk.books.path(), "C:\\QuickBooks\\Fernhill Quay Tax LLC.qbw");
    desk.set("other_company", json!(false));
    assert!(desk.books.hcp().contains(file));
    desk.books.reset();
    assert!(desk.books.hcp().contains(file));
}
