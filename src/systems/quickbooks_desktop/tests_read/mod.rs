//! The reading half, against hand-written qbXML in the recorded wording of contract 5.2 and the shapes of 3 and 7.

mod classify;
mod facts;
mod greeting;
mod lists;
mod lookup;
mod payments;
mod reading;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rust_decimal::Decimal;

use crate::model::entry::{Dimensions, Entry, EntryKind, Line, LineRole, LineSource, Named, Side, Slot};
use crate::model::money::Currency;
use crate::model::reference::Reference;
use crate::systems::{Greeting, ItemKey, Link, Push as _, Target as _, Wanted};
use crate::transport::{
    Bearer, Fut, Heard, Net, NetError, Pace, PaceError, Reply, Request, TokenError, Tokens,
};

use super::{Client, OWNER_ID};

pub const FILE_ID: &str = "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}";

type Answers = dyn Fn(usize, &str) -> Result<Reply, NetError> + Send + Sync;

/// Answers each message set by its number and text.
pub struct Fake {
    answers: Box<Answers>,
    asked: Mutex<Vec<String>>,
}

impl Fake {
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Net for Fake {
    fn exchange(&self, request: Request) -> Fut<'_, Result<Reply, NetError>> {
        let text = String::from_utf8(request.body).unwrap();
        let mut asked = self.asked.lock().unwrap();
        let answer = (self.answers)(asked.len(), &text);
        asked.push(text);
        Box::pin(std::future::ready(answer))
    }
}

impl Tokens for Fake {
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>> {
        unreachable!("nothing is signed in to")
    }

    fn after_refusal(&self, _: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        unreachable!("nothing is signed in to")
    }

    fn base_url(&self) -> String {
        String::new()
    }
}

impl Pace for Fake {
    fn acquire(&self, _: &'static str) -> Fut<'_, Result<(), PaceError>> {
        unreachable!("nothing is called")
    }

    fn report(&self, _: &'static str, _: Heard) {}
}

/// A client that nobody has visited yet.
pub fn unvisited(
    answers: impl Fn(usize, &str) -> Result<Reply, NetError> + Send + Sync + 'static,
) -> (Client, Arc<Fake>) {
    let fake = Arc::new(Fake { answers: Box::new(answers), asked: Mutex::default() });
    let link = Link {
        net: fake.clone(),
        tokens: fake.clone(),
        pace: fake.clone(),
        company: FILE_ID.into(),
        system_id: "TIEOUT".into(),
        request_timeout: Duration::from_mins(1),
        settings: serde_json::json!({"company_name": "Northwind Traders", "owner_id": OWNER_ID}),
    };
    (Client::new(link), fake)
}

/// A client whose QuickBooks has come: classes on, one currency.
pub fn client(
    answers: impl Fn(usize, &str) -> Result<Reply, NetError> + Send + Sync + 'static,
) -> (Client, Arc<Fake>) {
    let (client, fake) = unvisited(answers);
    client.greeted(&greeting(&hcp())).unwrap();
    (client, fake)
}

/// A client that answers these in order.
pub fn script(answers: Vec<Result<Reply, NetError>>) -> (Client, Arc<Fake>) {
    client(move |n, _| answers.get(n).cloned().expect("an answer for every call"))
}

pub fn greeting(answer: &str) -> Greeting {
    Greeting {
        answer: answer.into(),
        company_file: r"C:\QB\Northwind.qbw".into(),
        country: "US".into(),
        version: (16, 0),
    }
}

/// The first call as it was recorded (contract 3), compact on the wire.
pub fn hcp() -> String {
    format!(
        r#"<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><HostQueryRs requestID="0" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><HostRet><ProductName>QuickBooks Enterprise Solutions 24.0</ProductName><MajorVersion>34</MajorVersion><MinorVersion>0</MinorVersion><Country>US</Country><SupportedQBXMLVersion>1.0</SupportedQBXMLVersion><SupportedQBXMLVersion>9.0</SupportedQBXMLVersion><SupportedQBXMLVersion>13.0</SupportedQBXMLVersion><IsAutomaticLogin>false</IsAutomaticLogin><QBFileMode>SingleUser</QBFileMode></HostRet></HostQueryRs><CompanyQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><CompanyRet><IsSampleCompany>false</IsSampleCompany><CompanyName>Northwind Traders</CompanyName><FirstMonthFiscalYear>July</FirstMonthFiscalYear><EIN>99-9999999</EIN><DataExtRet><OwnerID>{{00000000-1111-2222-3333-444444444444}}</OwnerID><DataExtName>FileID</DataExtName><DataExtType>STR255TYPE</DataExtType><DataExtValue>{{FFFFFFFF-1111-2222-3333-444444444444}}</DataExtValue></DataExtRet><DataExtRet><OwnerID>{OWNER_ID}</OwnerID><DataExtName>AppLock</DataExtName><DataExtType>STR255TYPE</DataExtType><DataExtValue>LOCKED:PC-7:637</DataExtValue></DataExtRet><DataExtRet><OwnerID>{OWNER_ID}</OwnerID><DataExtName>FileID</DataExtName><DataExtType>STR255TYPE</DataExtType><DataExtValue>{FILE_ID}</DataExtValue></DataExtRet></CompanyRet></CompanyQueryRs><PreferencesQueryRs requestID="2" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><PreferencesRet><AccountingPreferences><IsUsingAccountNumbers>true</IsUsingAccountNumbers><IsUsingClassTracking>true</IsUsingClassTracking><ClosingDate>2026-09-30</ClosingDate></AccountingPreferences><MultiCurrencyPreferences><IsMultiCurrencyOn>false</IsMultiCurrencyOn></MultiCurrencyPreferences></PreferencesRet></PreferencesQueryRs></QBXMLMsgsRs></QBXML>"#
    )
}

/// The same with several currencies.
pub fn hcp_many_currencies() -> String {
    hcp().replace(
        "<IsMultiCurrencyOn>false</IsMultiCurrencyOn>",
        "<IsMultiCurrencyOn>true</IsMultiCurrencyOn><HomeCurrencyRef><ListID>80000096-1</ListID><FullName>US Dollar</FullName></HomeCurrencyRef>",
    )
}

/// An answer.
#[expect(clippy::unnecessary_wraps, reason = "a script holds answers and failures")]
pub fn says(body: &str) -> Result<Reply, NetError> {
    Ok(Reply { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

/// These responses.
pub fn rs(responses: &str) -> Result<Reply, NetError> {
    says(&format!("<?xml version=\"1.0\" ?><QBXML><QBXMLMsgsRs>{responses}</QBXMLMsgsRs></QBXML>"))
}

/// A response that is fine.
pub fn ok(name: &str, request: &str, records: &str) -> String {
    format!(
        r#"<{name} requestID="{request}" statusCode="0" statusSeverity="Info" statusMessage="Status OK">{records}</{name}>"#
    )
}

/// A response with a status and no record.
pub fn status(name: &str, request: &str, code: i32, severity: &str, message: &str) -> String {
    let message = message.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        r#"<{name} requestID="{request}" statusCode="{code}" statusSeverity="{severity}" statusMessage="{message}" />"#
    )
}

/// Nothing found.
pub fn empty(name: &str, request: &str) -> String {
    status(name, request, 1, "Info", "A query request did not find a matching object in QuickBooks")
}

/// A page of a list.
pub fn page(name: &str, remaining: u64, records: &str) -> Result<Reply, NetError> {
    rs(&format!(
        r#"<{name} requestID="page" statusCode="0" statusSeverity="Info" statusMessage="Status OK" retCount="2" iteratorRemainingCount="{remaining}" iteratorID="{{EB05F701-E727-472F-8ADE-6753C4F67A46}}">{records}</{name}>"#
    ))
}

/// QuickBooks raised an error.
#[expect(clippy::unnecessary_wraps, reason = "a script holds answers and failures")]
pub fn raises(hresult: &str, message: &str) -> Result<Reply, NetError> {
    let headers = vec![("hresult".into(), hresult.into()), ("message".into(), message.into())];
    Ok(Reply { status: 200, headers, body: Vec::new() })
}

pub fn reference() -> Reference {
    "TO7F3K2Q9D4".parse().unwrap()
}

pub fn key() -> ItemKey {
    ItemKey { reference: reference(), generation: 1 }
}

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn line(side: Side, role: LineRole, account: &str, amount: &str) -> Line {
    let source = (role == LineRole::Cost).then_some(LineSource { expense: 0, allocation: 0, journal: 0 });
    Line {
        role,
        side,
        account: Named::new(account, account),
        amount: d(amount),
        dimensions: Dimensions::default(),
        billable: false,
        tax_code: None,
        party: None,
        text: "Flight BOS-SFO".into(),
        source,
        why: Vec::new(),
    }
}

/// The bill of the contract, 7.4.
pub fn bill() -> Entry {
    let mut cost = line(Side::Debit, LineRole::Cost, "80000033-1600000003", "412.30");
    cost.dimensions.class = Some(Named::new("80000051-1", "East"));
    cost.dimensions.customer = Some(Named::new("80000061-1", "Globex:Phase 2"));
    Entry {
        slot: Slot::Bill,
        kind: EntryKind::Bill,
        date: "2026-10-05".parse().unwrap(),
        due: "2026-11-04".parse().ok(),
        currency: Currency::USD,
        rate: None,
        party: Some(Named::new("80000012-1600000001", "Globex Inc.")),
        offset_account: Some(Named::new("80000021-1600000002", "2000 Accounts Payable")),
        location: None,
        number: reference().to_string(),
        reference: reference(),
        memo: "Q1 trip tieout:TO7F3K2Q9D4".into(),
        lines: vec![cost, line(Side::Credit, LineRole::Payable, "80000021-1600000002", "412.30")],
        taxes: Vec::new(),
        why: Vec::new(),
    }
}

/// That bill as QuickBooks holds it; the recorded order is not the schema's (contract 4).
pub fn bill_ret(id: &str) -> String {
    format!(
        r"<BillRet><EditSequence>1700000000</EditSequence><TxnID>{id}</TxnID><TimeCreated>2026-10-06T10:11:12-05:00</TimeCreated><TimeModified>2026-10-06T10:11:12-05:00</TimeModified><TxnNumber>771</TxnNumber><VendorRef><ListID>80000012-1600000001</ListID><FullName>Globex Inc.</FullName></VendorRef><APAccountRef><ListID>80000021-1600000002</ListID><FullName>Accounts Payable</FullName></APAccountRef><TxnDate>2026-10-05</TxnDate><DueDate>2026-11-04</DueDate><AmountDue>412.30</AmountDue><RefNumber>TO7F3K2Q9D4</RefNumber><Memo>Q1 trip tieout:TO7F3K2Q9D4</Memo><IsPaid>false</IsPaid><ExpenseLineRet><TxnLineID>1</TxnLineID><AccountRef><ListID>80000033-1600000003</ListID><FullName>Travel:Airfare</FullName></AccountRef><Amount>412.30</Amount><Memo>Flight BOS-SFO</Memo><CustomerRef><ListID>80000061-1</ListID><FullName>Globex:Phase 2</FullName></CustomerRef><ClassRef><ListID>80000051-1</ListID><FullName>East</FullName></ClassRef><BillableStatus>NotBillable</BillableStatus></ExpenseLineRet><OpenAmount>412.30</OpenAmount></BillRet>"
    )
}

/// A journal of two lines, with a customer on the first.
pub fn journal() -> Entry {
    let mut debit = line(Side::Debit, LineRole::Cost, "80000033-1600000003", "402.60");
    debit.dimensions.customer = Some(Named::new("80000061-1", "Globex:Phase 2"));
    let credit = line(Side::Credit, LineRole::Clearing, "80000022-1", "402.60");
    Entry {
        slot: Slot::CompanyPaid,
        kind: EntryKind::Journal,
        party: None,
        due: None,
        offset_account: Some(Named::new("80000022-1", "2150 Clearing")),
        lines: vec![debit, credit],
        ..bill()
    }
}

pub fn journal_ret(id: &str) -> String {
    format!(
        "<JournalEntryRet><TxnID>{id}</TxnID><TimeModified>2026-10-06T10:11:12-05:00</TimeModified><TxnDate>2026-10-05</TxnDate><RefNumber>TO7F3K2Q9D4</RefNumber><JournalDebitLine><AccountRef><ListID>80000033-1600000003</ListID></AccountRef><Amount>402.60</Amount><Memo>Flight BOS-SFO · tieout:TO7F3K2Q9D4</Memo><EntityRef><ListID>80000061-1</ListID><FullName>Globex:Phase 2</FullName></EntityRef></JournalDebitLine><JournalCreditLine><AccountRef><ListID>80000022-1</ListID></AccountRef><Amount>402.60</Amount><Memo>tieout:TO7F3K2Q9D4</Memo></JournalCreditLine></JournalEntryRet>"
    )
}

/// What is looked up for an entry.
pub fn wanted(entry: Entry) -> Wanted {
    Wanted {
        handle: 7,
        slot: entry.slot.clone(),
        kind: entry.kind,
        reference: entry.reference.clone(),
        lookup: serde_json::json!({"ref_number": entry.number}),
        entry,
    }
}

#[tokio::test]
async fn before_quickbooks_has_come_nothing_is_known() {
    use crate::systems::System as _;
    let (client, fake) = unvisited(|_, _| Err(NetError::NotSent("it has not come yet".into())));
    let error = client.company().await.unwrap_err();
    assert_eq!(error.to_string(), "it has not come yet");
    assert!(client.facts(None, "2026-11-04T14:00:00Z".parse().unwrap()).await.is_err());
    assert!(client.look_up(vec![wanted(bill())]).await.is_err());
    assert!(fake.asked().iter().all(|a| a.contains("<HostQueryRq ") && !a.contains("BillQuery")));
}

/// The lists of a connection are read by a client of their own, which no greeting reaches.
#[tokio::test]
async fn a_client_that_was_not_greeted_asks_who_answers_first() {
    use crate::systems::{CallError, Lists as _};
    let (client, fake) = unvisited(|n, _| match n {
        0 => says(&hcp()),
        _ => page("VendorQueryRs", 0, ""),
    });
    assert!(client.vendors().await.unwrap().is_empty());
    assert_eq!(client.lists().await.unwrap().len(), 3);
    let asked = fake.asked();
    assert_eq!(asked.len(), 2);
    assert!(
        asked[0].contains("<IncludeRetElement>DataExtRet</IncludeRetElement><OwnerID>{7C3D1E64"),
        "{}",
        asked[0]
    );
    let (other, fake) =
        unvisited(|_, _| says(&hcp().replace(FILE_ID, "{00000000-0000-0000-0000-000000000000}")));
    assert!(matches!(other.vendors().await, Err(CallError::WrongCompany(_))));
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn what_quickbooks_remembers_is_cleared_once_and_only_when_it_is_recorded() {
    let (client, fake) = client(|_, _| says("<QBXML><QBXMLMsgsRs messageSetStatusCode=\"600\" /></QBXML>"));
    assert_eq!(client.wind_up().await, Ok(None));
    client.recorded(Some("TO7F3K2Q9D4001".into()));
    assert_eq!(client.wind_up().await, Ok(Some("TO7F3K2Q9D4001".into())));
    assert_eq!(client.wind_up().await, Ok(None));
    let asked = fake.asked();
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].contains(r#"oldMessageSetID="TO7F3K2Q9D4001""#) && !asked[0].contains("newMessageSetID")
    );
}

#[tokio::test]
async fn a_clearing_that_fails_leaves_the_call_recorded() {
    let (client, _) = client(|n, _| match n {
        0 => Err(NetError::MaybeSent { reason: "it went away".into(), timed_out: false }),
        _ => says("<QBXML><QBXMLMsgsRs messageSetStatusCode=\"0\"></QBXMLMsgsRs></QBXML>"),
    });
    client.recorded(Some("TO7F3K2Q9D4001".into()));
    assert!(client.wind_up().await.is_err());
    assert_eq!(client.wind_up().await, Ok(Some("TO7F3K2Q9D4001".into())));
}

#[test]
fn the_pure_half_reads_answers_with_the_facts() {
    let (client, _) = script(Vec::new());
    let keys = ["TO7F3K2Q9D4001".to_string()];
    let heard = rs(&ok("BillAddRs", &keys[0], &bill_ret("1A2B-1700000000"))).map_err(Into::into);
    let facts = facts::some();
    let outcomes = client.classify(&keys, &heard, &facts);
    assert_eq!(outcomes[0].class(), "done");
}
