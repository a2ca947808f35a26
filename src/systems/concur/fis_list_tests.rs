use serde_json::json;

use super::super::testing::{COMPANY, SAMPLE, client, client_with, ok, says};
use super::*;
use crate::systems::{Source, System};
use crate::transport::{Heard, Method, NetError, PaceError, TokenError};

/// An element whose document is `text`, verbatim.
fn element(id: &str, text: &str) -> String {
    format!(
        r#"{{"id":"{id}","docType":"expense","companyId":"900001","entityId":null,"companyUuid":"{COMPANY}","erpSystemId":"","docStatus":"READY","document":{text},"links":[],"new":1}}"#
    )
}

fn page(elements: &[String], number: u32, pages: u32, total: u32) -> String {
    format!(
        r#"{{"links":[{{"rel":"next","href":"https://fis.internal.example/fi/v4/x?page=9"}}],"content":[{}],"page":{{"size":2,"totalElements":{total},"totalPages":{pages},"number":{number}}}}}"#,
        elements.join(",")
    )
}

fn path(word: &str, page: u32) -> String {
    format!(
        "/financialintegration/fi/v4/companies/transactiontypes/{word}/transactions?page={page}&limit=100&systemId=TIEOUT"
    )
}

#[tokio::test]
async fn all_lists_are_scanned_by_page_number() {
    let empty = r#"{"content":[],"page":{"totalElements":0,"totalPages":0,"number":0}}"#;
    let (concur, fake) = client(vec![
        says(200, &page(&[element("a", SAMPLE), element("b", SAMPLE)], 0, 2, 3)),
        says(200, &page(&[element("c", SAMPLE)], 1, 2, 3)),
        says(200, empty),
        says(200, r#"{"links":[],"page":{"totalElements":0}}"#),
        says(200, &page(&[element("p", "{}").replace("expense", "payroll")], 0, 1, 1)),
    ]);
    let (mut cursor, mut ids, mut cursors) = (None, Vec::new(), Vec::new());
    loop {
        let changes = concur.changes(cursor).await.unwrap();
        ids.extend(changes.items.iter().map(|i| (i.source_id.clone(), i.kind.clone())));
        if let Some(next) = &changes.next {
            cursors.push(next.clone());
        }
        cursor = changes.next;
        if cursor.is_none() {
            break;
        }
    }
    let expense = Ok(DocumentKind::ExpenseReport);
    let wanted = [("a", &expense), ("b", &expense), ("c", &expense), ("p", &Err("payroll".into()))];
    assert_eq!(ids, wanted.map(|(id, kind)| (id.to_owned(), kind.clone())));
    assert_eq!(cursors, ["expense:1", "invoice:0", "cashadvance:0", "payroll:0"]);
    let paths = ["expense", "expense", "invoice", "cashadvance", "payroll"];
    let wanted: Vec<String> = paths.iter().zip([0, 1, 0, 0, 0]).map(|(w, n)| path(w, n)).collect();
    assert_eq!(fake.paths(), wanted, "numbers, and no link");
    for asked in fake.asked() {
        assert_eq!(asked.method, Method::Get);
        assert_eq!(asked.header("DocumentFormatAs"), Some("json"));
        assert_eq!(asked.header("Authorization"), Some("Bearer token-0"));
    }
}

#[tokio::test]
async fn the_bytes_of_a_document_are_verbatim() {
    let odd = "{ \"report\" : {\"a\":1.50000000,\n\"b\":0E-8, \"b2\":\"\\u00e9\"} }";
    let (concur, _) = client(vec![says(200, &page(&[element("a", odd)], 0, 1, 1))]);
    let changes = concur.changes(None).await.unwrap();
    assert_eq!(changes.items[0].bytes, odd.as_bytes());
    assert_eq!(changes.items[0].company.as_deref(), Some(COMPANY));
    assert_eq!(changes.items[0].status, "READY");
    assert_eq!(changes.items[0].taken_by, None);
    assert_eq!(changes.listed, Some(1));
}

#[tokio::test]
async fn the_older_envelope_and_a_document_as_text() {
    let text = serde_json::to_string(SAMPLE).unwrap();
    let first = format!(
        r#"{{"fIDocuments":[{}],"numberReturned":1,"offset":"0","nextPage":"x"}}"#,
        element("a", &text)
    );
    let last = format!(r#"{{"fIDocuments":[{}],"numberReturned":1,"nextPage":""}}"#, element("b", SAMPLE));
    let (concur, _) = client(vec![says(200, &first), says(200, &last)]);
    let changes = concur.changes(None).await.unwrap();
    assert_eq!(changes.items[0].bytes, SAMPLE.as_bytes());
    assert_eq!(changes.next.as_deref(), Some("expense:1"));
    let changes = concur.changes(changes.next).await.unwrap();
    assert_eq!(changes.items[0].bytes, SAMPLE.as_bytes());
    assert_eq!(changes.next.as_deref(), Some("invoice:0"));
}

#[tokio::test]
async fn an_element_that_cannot_be_read_takes_no_other_with_it() {
    let elements = [
        element("a", SAMPLE),
        r#"{"id":"b","docStatus":{"odd":1},"document":{}}"#.to_owned(),
        "17".to_owned(),
        r#"{"docStatus":"READY","document":{}}"#.to_owned(),
        r#"{"id":"d"}"#.to_owned(),
        element("e", SAMPLE),
    ];
    let (concur, _) = client(vec![says(200, &page(&elements, 0, 1, 6))]);
    let items = concur.changes(None).await.unwrap().items;
    let ids: Vec<&str> = items.iter().map(|i| i.source_id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "", "", "d", "e"]);
    assert_eq!(items[1].kind, Ok(DocumentKind::ExpenseReport), "stored, and unreadable");
    assert!(concur.read(DocumentKind::ExpenseReport, "b", &items[1].bytes).is_err());
    assert_eq!(items[2].kind, Err("unreadable".into()), "counted");
    assert_eq!(items[3].kind, Err("unreadable".into()), "counted");
    assert!(concur.read(DocumentKind::ExpenseReport, "d", &items[4].bytes).is_err());
}

#[tokio::test]
async fn only_what_is_ready_is_ours() {
    let with = |status: &str| element(status, "{}").replace("\"READY\"", &format!("\"{status}\""));
    let none = element("none", "{}").replace(r#""docStatus":"READY","#, "");
    let statuses = ["READY", "ACKNOWLEDGED", "DELAYED", "SOMETHING_NEW", "RECALLED"];
    let mut elements: Vec<String> = statuses.iter().map(|s| with(s)).collect();
    elements.push(none);
    let (concur, _) = client(vec![says(200, &page(&elements, 0, 1, 6))]);
    let items = concur.changes(None).await.unwrap().items;
    assert_eq!(items.iter().map(|i| i.source_id.as_str()).collect::<Vec<_>>(), ["READY", "none"]);
}

#[tokio::test]
async fn without_totals_a_full_page_has_a_next_one() {
    let full = json!({ "content": [{ "id": "a", "document": {} }, { "id": "b", "document": {} }] });
    let half = json!({ "content": [{ "id": "c", "document": {} }] });
    let settings = json!({ "page_limit": 2, "doc_types": ["invoice"] });
    let (concur, fake) = client_with(vec![ok(&full), ok(&half)], settings);
    let changes = concur.changes(None).await.unwrap();
    assert_eq!(changes.next.as_deref(), Some("invoice:1"));
    assert_eq!(concur.changes(changes.next).await.unwrap().next, None);
    assert!(fake.paths()[0].contains("limit=2"));
}

#[tokio::test]
async fn a_total_that_lies_does_not_loop() {
    let (concur, _) =
        client(vec![says(200, r#"{"content":[],"page":{"totalPages":900,"totalElements":5}}"#)]);
    assert_eq!(concur.changes(None).await.unwrap().next.as_deref(), Some("invoice:0"));
}

#[tokio::test]
async fn an_answer_of_another_shape_is_no_empty_list() {
    for body in ["<html></html>", "{}", "[]", r#"{"content":{"a":1}}"#, "", r#"{"content":[1"#] {
        let (concur, _) = client(vec![says(200, body)]);
        assert!(matches!(concur.changes(None).await, Err(CallError::Shape(_))), "{body}");
    }
    for body in [r#"{"content":null,"page":null,"links":[]}"#, r#"{"content":"","numberReturned":0}"#] {
        let (concur, _) = client(vec![says(200, body)]);
        assert_eq!(concur.changes(None).await.unwrap().items.len(), 0, "{body}");
    }
    let (concur, fake) = client(vec![]);
    for cursor in ["", "expense", "expense:x", "nothing:0", "expense:-1"] {
        assert!(matches!(concur.changes(Some(cursor.into())).await, Err(CallError::Shape(_))), "{cursor}");
    }
    assert_eq!(fake.asked().len(), 0);
}

#[tokio::test]
async fn a_list_without_a_flow_may_be_refused() {
    let (concur, _) = client(vec![says(400, r#"{"message":"bad docType"}"#)]);
    let changes = concur.changes(Some("payroll:0".into())).await.unwrap();
    assert_eq!((changes.items.len(), changes.next), (0, None));
    let (concur, _) = client(vec![says(400, r#"{"message":"bad docType"}"#)]);
    let refused = concur.changes(Some("invoice:0".into())).await.unwrap_err();
    assert_eq!(refused, CallError::Refused("400: bad docType".into()));
}

#[tokio::test]
async fn one_document_whatever_its_status() {
    let element = element("a", SAMPLE)
        .replace("\"READY\"", "\"ACKNOWLEDGED\"")
        .replace(r#""erpSystemId":"""#, r#""erpSystemId":"OTHER""#);
    let (concur, fake) =
        client(vec![says(200, &page(&[element], 0, 1, 1)), says(200, &page(&[], 0, 0, 0)), says(404, "{}")]);
    let found = concur.fetch(DocumentKind::CashAdvance, "A B&C".into()).await.unwrap().unwrap();
    assert_eq!((found.status.as_str(), found.taken_by.as_deref()), ("ACKNOWLEDGED", Some("OTHER")));
    assert!(concur.fetch(DocumentKind::Invoice, "x".into()).await.unwrap().is_none());
    assert!(concur.fetch(DocumentKind::Invoice, "x".into()).await.unwrap().is_none(), "a 404 is an answer");
    assert!(
        fake.paths()[0]
            .ends_with("/cashadvance/transactions?docId=A%20B%26C&ignoreDocumentStatus=yes&systemId=TIEOUT")
    );
    let refused = concur.fetch(DocumentKind::LedgerBill, "x".into()).await;
    assert!(matches!(refused, Err(CallError::Refused(_))));
}

#[tokio::test]
async fn the_company_is_compared() {
    let (concur, fake) = client(vec![says(200, &page(&[element("a", "{}")], 0, 1, 1))]);
    let company = concur.company().await.unwrap();
    assert_eq!((company.id.as_str(), company.fingerprint.as_str()), (COMPANY, COMPANY));
    assert!(fake.paths()[0].contains("page=0&limit=1&"));
    let other = element("a", "{}").replace(COMPANY, "99999999-2222-4333-8444-555555555555");
    let (concur, _) = client(vec![says(200, &page(&[other], 0, 1, 1))]);
    assert!(matches!(concur.company().await, Err(CallError::WrongCompany(_))));
    let (concur, _) = client_with(vec![says(200, &page(&[], 0, 0, 0))], json!({ "company_name": "Merrow" }));
    let company = concur.company().await.unwrap();
    assert_eq!((company.id.as_str(), company.name.as_str()), (COMPANY, "Merrow"));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let good = says(200, r#"{"content":[],"page":{}}"#);
    for status in [401, 403] {
        let (concur, fake) = client(vec![says(status, "{}"), good.clone()]);
        concur.changes(None).await.unwrap();
        assert_eq!(fake.refreshed(), 1);
        assert_eq!(fake.asked()[1].header("Authorization"), Some("Bearer token-1"));
        let (concur, fake) = client(vec![says(status, "{}"), says(401, "{}")]);
        assert!(matches!(concur.changes(None).await, Err(CallError::Reauthorise(_))));
        assert_eq!((fake.refreshed(), fake.asked().len()), (1, 2));
    }
    let (concur, fake) = client(vec![says(403, "{}"), says(403, r#"{"message":"no scope"}"#)]);
    let refused = concur.changes(None).await.unwrap_err();
    assert!(matches!(&refused, CallError::Refused(s) if s.contains("permission") && s.contains("no scope")));
    assert_eq!(fake.reported(), [Heard::Fine, Heard::Fine]);
}

#[tokio::test]
async fn trouble_of_the_connection() {
    let failed = |answer| async move {
        let (concur, fake) = client(vec![answer]);
        let e = concur.changes(None).await.unwrap_err();
        (e, fake.reported())
    };
    let mut limited = crate::transport::Reply { status: 429, headers: vec![], body: vec![] };
    assert_eq!(failed(Ok(limited.clone())).await, (CallError::Throttled(None), vec![Heard::Throttled(None)]));
    limited.headers.push(("retry-after".into(), "7".into()));
    assert_eq!(failed(Ok(limited)).await, (CallError::Throttled(Some(7)), vec![Heard::Throttled(Some(7))]));
    for status in [500, 502, 503] {
        let (e, reported) = failed(says(status, r#"{"message":"down"}"#)).await;
        assert!(
            matches!(&e, CallError::Offline { reason, timed_out: false } if reason.contains("down")),
            "{e:?}"
        );
        assert_eq!(reported, [Heard::Failed]);
    }
    for timed_out in [true, false] {
        let (e, _) = failed(Err(NetError::MaybeSent { reason: "r".into(), timed_out })).await;
        assert!(matches!(e, CallError::Offline { timed_out: t, .. } if t == timed_out));
    }
    let (e, _) = failed(Err(NetError::NotSent("dns".into()))).await;
    assert!(matches!(e, CallError::Offline { timed_out: false, .. }));
    assert!(matches!(failed(says(302, "")).await.0, CallError::Shape(_)));
    assert!(
        matches!(failed(says(404, "<e><Message>gone</Message></e>")).await.0, CallError::Refused(s) if s == "404: gone")
    );
}

#[tokio::test]
async fn nothing_is_sent_without_a_token_or_a_place() {
    let (concur, fake) = client(vec![]);
    *fake.closed.lock().unwrap() = Some(PaceError::Open("breaker".into()));
    assert!(matches!(concur.changes(None).await, Err(CallError::Offline { .. })));
    *fake.closed.lock().unwrap() = Some(PaceError::Wait("quota".into()));
    assert!(matches!(concur.changes(None).await, Err(CallError::Throttled(None))));
    *fake.no_token.lock().unwrap() = Some(TokenError::Reauthorise("sign in".into()));
    assert_eq!(concur.changes(None).await.unwrap_err(), CallError::Reauthorise("sign in".into()));
    *fake.no_token.lock().unwrap() = Some(TokenError::Later("maintenance".into()));
    assert!(matches!(concur.changes(None).await, Err(CallError::Offline { .. })));
    assert_eq!(fake.asked().len(), 0);
}

#[tokio::test]
async fn bytes_that_are_no_text_spoil_their_own_document_alone() {
    let mut body = page(&[element("a", SAMPLE), element("b", "{\"report\":\"@\"}")], 0, 1, 2).into_bytes();
    let at = body.iter().rposition(|b| *b == b'@').unwrap();
    body[at] = 0xff;
    let (concur, _fake) = client(vec![Ok(Reply { status: 200, headers: Vec::new(), body })]);
    let changes = concur.changes(None).await.unwrap();
    let [a, b] = changes.items.as_slice() else { panic!("{:?}", changes.items) };
    let kind = DocumentKind::ExpenseReport;
    assert!(concur.read(kind, &a.source_id, &a.bytes).is_ok());
    assert_eq!(b.bytes, b"{\"report\":\"\xff\"}");
    assert!(concur.read(kind, &b.source_id, &b.bytes).is_err());
}

#[tokio::test]
async fn a_page_that_is_too_much_is_read_as_text_and_then_one_by_one() {
    let too_long =
        || Err(NetError::MaybeSent { reason: "the answer is longer than 16 MiB".into(), timed_out: false });
    let settings = json!({ "page_limit": 3, "doc_types": ["expense"] });
    let one = |id: &str| says(200, &page(&[element(id, SAMPLE)], 0, 3, 3));
    let (concur, fake) = client_with(vec![too_long(), too_long(), one("a"), too_long(), one("c")], settings);
    let changes = concur.changes(None).await.unwrap();
    let ids: Vec<&str> = changes.items.iter().map(|i| i.source_id.as_str()).collect();
    assert_eq!(ids, ["a", "c"]);
    let formats: Vec<_> =
        fake.asked().iter().map(|r| r.header("DocumentFormatAs").map(str::to_owned)).collect();
    assert_eq!(formats[0].as_deref(), Some("json"));
    assert!(formats[1..].iter().all(|f| f.as_deref() == Some("text")));
    let cut = Err(NetError::MaybeSent { reason: "connection reset".into(), timed_out: false });
    let (concur, fake) = client(vec![cut]);
    assert!(concur.changes(None).await.is_err());
    assert_eq!(fake.asked().len(), 1, "any other loss is not asked again here");
}
