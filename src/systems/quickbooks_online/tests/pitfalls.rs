//! The contract's section 10, row by row: pitfalls that integrators reported. What the engine owns of a row (locks,
//! stored tokens, intents) is proved there; here is what this client does.

use super::*;
use crate::model::intent::Outcome;
use crate::systems::quickbooks_online::check::check;
use crate::systems::{CallError, PreparedCall, Put, Seen, SendError, SignedIn, Wanted};

fn expired() -> Result<Reply, NetError> {
    Ok(unauthorised("message=AuthenticationFailed; errorCode=003200; statusCode=401", "3200"))
}

fn call() -> PreparedCall {
    PreparedCall { request_key: "b-1".into(), bytes: br#"{"BatchItemRequest":[]}"#.to_vec() }
}

fn heard(body: &Value) -> Outcome {
    client(&Script::new(vec![]))
        .classify(&["7F3A91C2K".into()], &Ok(reply(200, &body.to_string())), &facts())
        .remove(0)
}

fn refused(code: &str, detail: &str) -> Outcome {
    heard(
        &json!({"BatchItemResponse": [{"bId": "7F3A91C2K", "Fault": fault(code, "ValidationFault", "m", detail)}]}),
    )
}

fn said(change: impl Fn(&mut Entry, &mut LedgerFacts)) -> String {
    let (mut entry, mut facts) = (bill(), facts());
    change(&mut entry, &mut facts);
    check(&entry, &facts.indexed()).join("; ")
}

#[tokio::test]
async fn p01_the_client_never_refreshes_by_itself() {
    // the token's keeper is asked, with the token that was refused; it refreshes once however many ask
    let script = Script::new(vec![expired(), ok(&json!({"BatchItemResponse": []}))]);
    client(&script).send(call()).await.unwrap();
    assert_eq!(*script.refreshed.lock().unwrap(), 1);
    assert!(script.asked.lock().unwrap().iter().all(|r| !r.url.contains("oauth")));
    // building a client calls nobody
    assert_eq!(Script::new(vec![]).calls(), 0);
}

#[tokio::test]
async fn p02_one_refused_token_ends_no_consent() {
    let script = Script::new(vec![expired(), ok(&json!({"BatchItemResponse": []}))]);
    assert!(client(&script).send(call()).await.is_ok());
    // a stored token that is refused is stale first: the store is read again before anybody signs in
    let stale =
        super::super::sign_in().read(Ok(reply(400, r#"{"error":"invalid_grant"}"#)), super::facts::now());
    assert!(matches!(stale, SignedIn::Stale(_)));
}

#[tokio::test]
async fn p03_a_call_that_is_repeated_after_a_crash_has_the_same_key_and_bytes() {
    let ledger = client(&Script::new(vec![]));
    let item = ledger.encode(&bill(), &key(), &facts()).unwrap();
    let first = ledger.assemble(std::slice::from_ref(&item), &[key()], None);
    let again = ledger.assemble(&[item], &[key()], Some(&first.request_key));
    assert_eq!(first, again);
    assert!(first.request_key.starts_with("b-") && first.request_key.len() == 36);
}

#[test]
fn p04_a_number_that_is_too_long_is_refused_and_never_cut() {
    assert!(said(|e, _| e.number = "REPORT-NUMBER-OF-22-CH".into()).contains("21"));
    let ledger = client(&Script::new(vec![]));
    let mut entry = bill();
    entry.number = "REPORT-NUMBER-OF-22-CH".into();
    let sent = String::from_utf8(ledger.encode(&entry, &key(), &facts()).unwrap().bytes).unwrap();
    assert!(sent.contains(r#""DocNumber":"REPORT-NUMBER-OF-22-CH""#));
}

#[tokio::test]
async fn p05_a_vendor_whose_name_an_employee_has_is_refused_once_with_the_holder() {
    let body =
        json!({"Fault": fault("6240", "ValidationFault", "Duplicate Name Exists Error", "d")}).to_string();
    let who =
        batch_answer(&[("Vendor", json!([])), ("Customer", json!([])), ("Employee", json!([{"Id": "70"}]))]);
    let script = Script::new(vec![Ok(reply(400, &body)), ok(&who)]);
    let lists = lists_of(&script);
    let vendor = crate::systems::VendorRecord { name: "Iris Tan".into(), ..Default::default() };
    let got = lists.put_vendor(crate::systems::Change::Create(vendor), "k".into()).await;
    assert!(matches!(got, Ok(Put::Refused { message, .. }) if message.contains("the employee 70")));
    assert_eq!(script.calls(), 2);
}

#[tokio::test]
async fn p06_quotes_and_backslashes_are_escaped_in_a_query() {
    let mut entry = bill();
    entry.number = r"O'Brien\7".into();
    let wanted = Wanted {
        handle: 1,
        slot: Slot::Bill,
        kind: EntryKind::Bill,
        reference: reference(),
        lookup: json!({"entity": "Bill", "doc_number": entry.number}),
        entry,
    };
    let script = Script::new(vec![ok(&batch_answer(&[("Bill", json!([]))]))]);
    assert_eq!(client(&script).look_up(vec![wanted]).await.unwrap()[0].1, Seen::Absent);
    assert!(script.queries(0)[0].contains(r"DocNumber in ('O\'Brien\\7')"), "{:?}", script.queries(0));
}

#[tokio::test]
async fn p07_single_bodies_are_bare() {
    let script = Script::new(vec![ok(&json!({"Class": {"Id": "7"}}))]);
    let lists = lists_of(&script);
    let item = crate::systems::ItemRecord { list: "class".into(), name: "200".into(), ..Default::default() };
    lists.put_item(crate::systems::Change::Create(item), "k".into()).await.unwrap();
    assert_eq!(script.body(0), json!({"Name": "200"}));
}

#[tokio::test]
async fn p08_an_empty_query_response_is_an_empty_list() {
    let script = Script::new(vec![ok(&batch_answer(&[("Attachable", json!([]))]))]);
    assert_eq!(client(&script).attached(EntryKind::Bill, "1".into()).await, Ok(vec![]));
}

#[test]
fn p09_what_became_inactive_is_said_before_and_named_after() {
    assert!(said(|_, f| f.accounts[0].active = false).contains("5010 Client Airfare is inactive"));
    assert!(said(|_, f| f.vendors[0].active = false).contains("Okafor, Amara is inactive"));
    assert!(said(|_, f| f.classes[0].active = false).contains("200 Operations is inactive"));
    for (code, word) in [("2500", "the account 5010 Client Airfare"), ("610", "inactive or gone")] {
        let got = refused(code, "Invalid Reference Id : Accounts element id 58 not found");
        assert!(matches!(&got, Outcome::Refused { message, .. } if message.contains(word)), "{got:?}");
    }
}

#[test]
fn p10_a_payable_line_of_a_journal_names_its_vendor() {
    let journal = |e: &mut Entry, _: &mut LedgerFacts| {
        e.kind = EntryKind::Journal;
        e.party = None;
    };
    assert!(said(journal).contains("a payable line of a journal needs a vendor"));
}

#[test]
fn p11_currencies_of_vendor_and_payable_account_are_those_of_the_record() {
    assert!(
        said(|e, _| e.party = Some(Named::new("57", "Müller"))).contains("does not have the currency USD")
    );
    let wrong_account = |e: &mut Entry, _: &mut LedgerFacts| {
        e.offset_account = Some(Named::new("34", "2015"));
        e.lines[2].account = Named::new("34", "2015");
    };
    assert!(said(wrong_account).contains("is in EUR"));
}

#[test]
fn p12_classes_and_locations_are_not_sent_where_they_are_off() {
    assert!(said(|_, f| f.company.classes = false).contains("classes are not switched on"));
    assert!(said(|_, f| f.company.departments = false).contains("locations are not switched on"));
    let got = refused("5030", "Feature Not Supported");
    assert!(
        matches!(&got, Outcome::Refused { message, .. } if message.contains("does not offer")),
        "{got:?}"
    );
}

#[test]
fn p13_tax_codes_are_those_of_the_country() {
    let coded = |e: &mut Entry, _: &mut LedgerFacts| e.lines[0].tax_code = Some("4".into());
    assert!(said(coded).contains("TAX or NON"));
    let abroad = |e: &mut Entry, f: &mut LedgerFacts| {
        f.company.country = "GB".into();
        e.lines[0].tax_code = Some("4".into());
    };
    assert!(said(abroad).contains("has no tax code"));
}

#[test]
fn p14_amounts_are_decimals_to_the_last_digit() {
    let mut entry = bill();
    entry.lines = vec![
        line(Side::Debit, "58", "0.1"),
        line(Side::Debit, "58", "0.2"),
        line(Side::Debit, "58", "90071992547409.93"),
        offset(Side::Credit, LineRole::Payable, "33", "90071992547410.23"),
    ];
    assert_eq!(check(&entry, &facts()), Vec::<String>::new());
    let ledger = client(&Script::new(vec![]));
    let sent = String::from_utf8(ledger.encode(&entry, &key(), &facts()).unwrap().bytes).unwrap();
    for amount in [r#""Amount":0.10,"#, r#""Amount":0.20,"#, r#""Amount":90071992547409.93,"#] {
        assert!(sent.contains(amount), "{sent}");
    }
}

#[tokio::test]
async fn p15_a_quota_answer_is_told_to_the_pace_and_repeated_by_nobody() {
    let script = Script::new(vec![Ok(reply(429, ""))]);
    client(&script).send(call()).await.unwrap();
    assert_eq!(script.calls(), 1);
    assert_eq!(*script.reported.lock().unwrap(), [("batch", Heard::Throttled(None))]);
    // while it lasts nothing leaves
    let script = Script::new(vec![]);
    *script.closed.lock().unwrap() = Some(PaceError::Wait("the quota".into()));
    assert!(matches!(client(&script).send(call()).await, Err(SendError::NoToken(CallError::Throttled(_)))));
    assert_eq!(script.calls(), 0);
}

#[test]
fn p16_a_missing_account_is_never_replaced() {
    assert!(said(|e, _| e.lines[0].account = Named::new("", "Travel")).contains("no account Travel"));
    let mut entry = bill();
    entry.kind = EntryKind::CardPurchase;
    entry.offset_account = None;
    let ledger = client(&Script::new(vec![]));
    assert!(ledger.encode(&entry, &key(), &facts()).unwrap_err().contains("card account"));
}

#[tokio::test]
async fn p17_a_failed_upload_says_nothing_about_the_record() {
    let paper = crate::systems::Paper {
        name: "a.pdf".into(),
        content_type: "application/pdf".into(),
        bytes: b"%PDF".to_vec(),
    };
    let body = json!({"AttachableResponse": [{"Fault": fault("6050", "ValidationFault", "m", "d")}]});
    let script = Script::new(vec![ok(&body)]);
    let got = client(&script).attach(EntryKind::Bill, "151".into(), paper).await;
    assert!(matches!(got, Ok(Put::Refused { .. })));
    let asked = script.asked.lock().unwrap();
    assert!(asked.iter().all(|r| r.url.contains("/upload?")));
}

#[tokio::test]
async fn p18_an_old_version_is_read_again_once() {
    let stale = json!({"Fault": fault("5010", "ValidationFault", "Stale Object Error", "d")}).to_string();
    let now = json!({"Department": {"Id": "2", "SyncToken": "9", "Name": "Boston"}});
    let script = Script::new(vec![Ok(reply(400, &stale)), ok(&now), ok(&now)]);
    let lists = lists_of(&script);
    let item = crate::systems::ItemRecord {
        id: "2".into(),
        list: "department".into(),
        name: "Boston North".into(),
        version: "1".into(),
        ..Default::default()
    };
    let got = lists.put_item(crate::systems::Change::Update(item), "k".into()).await;
    assert_eq!(got, Ok(Put::Done { id: "2".into() }));
    assert_eq!((script.body(2)["SyncToken"].as_str(), script.calls()), (Some("9"), 3));
}

#[test]
fn p19_a_card_purchase_looks_like_the_line_of_the_banks_feed() {
    let mut entry = bill();
    entry.kind = EntryKind::CardPurchase;
    entry.offset_account = Some(Named::new("41", "2110 Corporate Visa"));
    entry.lines =
        vec![line(Side::Debit, "58", "184.20"), offset(Side::Credit, LineRole::Card, "41", "184.20")];
    let ledger = client(&Script::new(vec![]));
    let sent: Value =
        serde_json::from_slice(&ledger.encode(&entry, &key(), &facts()).unwrap().bytes).unwrap();
    let p = &sent["Purchase"];
    // the feed is matched by date, amount and account
    assert_eq!((&p["TxnDate"], &p["AccountRef"]["value"]), (&json!("2026-10-28"), &json!("41")));
    assert_eq!(
        (p["Line"].as_array().unwrap().len(), p["Line"][0]["Amount"].to_string()),
        (1, "184.20".into())
    );
}

#[tokio::test]
async fn p20_nothing_is_read_back_after_a_write() {
    let made = json!({"BatchItemResponse": [{"bId": "7F3A91C2K", "Bill": {"Id": "151", "DocNumber": "TO7F3A91C2K",
        "PrivateNote": "tieout:TO7F3A91C2K"}}]});
    let script = Script::new(vec![ok(&made)]);
    let ledger = client(&script);
    let answer = ledger.send(call()).await;
    let got = ledger.classify(&["7F3A91C2K".into()], &answer, &facts()).remove(0);
    assert_eq!(got, Outcome::Done { id: "151".into(), number: "TO7F3A91C2K".into() });
    assert_eq!(script.calls(), 1);
}

#[tokio::test]
async fn p21_every_page_is_read_and_inactive_rows_too() {
    let page = |from: usize, count: usize| -> Value {
        (from..from + count)
            .map(|n| json!({"Id": n.to_string(), "Active": n % 3 > 0}))
            .collect::<Vec<_>>()
            .into()
    };
    let more: Vec<(&str, Value)> =
        (0..8).map(|n| ("Attachable", if n == 0 { page(1001, 1) } else { json!([]) })).collect();
    let script =
        Script::new(vec![ok(&batch_answer(&[("Attachable", page(1, 1000))])), ok(&batch_answer(&more))]);
    assert_eq!(client(&script).attached(EntryKind::Bill, "1".into()).await.unwrap().len(), 1001);
    assert!(
        super::super::query::Query::list(super::super::query::Entity::Vendor)
            .text(1)
            .contains("Active in (true, false)")
    );
}

#[tokio::test]
async fn p22_ids_of_another_company_are_not_taken_over() {
    let mut before = facts();
    before.company.id = "4620816365000009".into();
    before.read_at = super::facts::now();
    let mut first = super::facts::lists();
    first[3].1 = json!([super::facts::rate("2026-11-02", "1.0861")]);
    let days: Vec<(&str, Value)> = (0..30).map(|_| ("ExchangeRate", json!([]))).collect();
    let script = Script::new(vec![ok(&batch_answer(&first)), ok(&batch_answer(&days))]);
    let read = client(&script).facts(Some(before), super::facts::now()).await.unwrap();
    assert_eq!(read.company.id, REALM);
    assert_eq!(script.queries(0).len(), 17, "all is read again");
    let mut other = super::facts::info();
    other["Id"] = json!("4620816365000009");
    let script = Script::new(vec![ok(&json!({"CompanyInfo": other}))]);
    assert!(matches!(client(&script).company().await, Err(CallError::WrongCompany(_))));
}
