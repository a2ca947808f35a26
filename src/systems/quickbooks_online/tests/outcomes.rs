//! Answers to a posting call, sorted into outcomes: the tables of the contract's section 5.

use super::*;
use crate::model::intent::Outcome;
use crate::systems::quickbooks_online::classify::classify;
use crate::systems::{CallError, SendError};

fn keys() -> Vec<String> {
    vec!["7F3A91C2K".into(), "7F3A91C2M".into()]
}

fn of(heard: &Result<Reply, SendError>) -> Vec<Outcome> {
    classify(&keys(), heard, &facts())
}

fn answered(status: u16, body: &Value) -> Vec<Outcome> {
    of(&Ok(reply(status, &body.to_string())))
}

/// The outcome of the first item when it has this fault.
fn item(code: Value, kind: &str, detail: &str) -> Outcome {
    let fault = json!({"Error": [{"Message": "m", "Detail": detail, "code": code}], "type": kind});
    let body = json!({"BatchItemResponse": [{"bId": "7F3A91C2K", "Fault": fault}]});
    answered(200, &body).remove(0)
}

fn made(key: &str, id: &str) -> Value {
    json!({"bId": key, "Bill": {"Id": id, "SyncToken": "0", "domain": "QBO", "DocNumber": format!("TO{key}"),
        "PrivateNote": format!("Concur — tieout:TO{key}"), "TotalAmt": 184.2, "new_field": {"a": [1]}}})
}

#[test]
fn items_are_matched_by_key_in_any_order() {
    let body =
        json!({"BatchItemResponse": [made("7F3A91C2M", "152"), made("7F3A91C2K", "151")], "time": "x"});
    assert_eq!(
        answered(200, &body),
        [
            Outcome::Done { id: "151".into(), number: "TO7F3A91C2K".into() },
            Outcome::Done { id: "152".into(), number: "TO7F3A91C2M".into() },
        ]
    );
}

#[test]
fn a_missing_or_doubled_or_strange_item_is_ambiguous() {
    let other = json!({"bId": "7F3A91C2M", "Bill": {"Id": "9", "DocNumber": "X",
                       "PrivateNote": "tieout:TO000000000"}});
    for second in [
        None,
        Some(made("7F3A91C2K", "151")),
        Some(json!({"bId": "7F3A91C2M"})),
        Some(json!({"bId": "7F3A91C2M", "Bill": {"SyncToken": "0"}})),
        Some(json!({"Bill": {"Id": "7"}})),
        Some(other),
    ] {
        let mut items = vec![made("7F3A91C2K", "151")];
        items.extend(second.clone());
        let outcomes = answered(200, &json!({ "BatchItemResponse": items }));
        assert_eq!(outcomes[1].class(), "ambiguous", "{second:?}");
    }
    // the doubled key is no proof for itself either
    let twice = json!({"BatchItemResponse": [made("7F3A91C2K", "1"), made("7F3A91C2K", "2")]});
    assert_eq!(answered(200, &twice)[0].class(), "ambiguous");
}

#[test]
fn faults_of_items_follow_the_table() {
    for (code, kind, want) in [
        (json!("2500"), "ValidationFault", "refused"),
        (json!(2050), "ValidationFault", "refused"),
        (json!("6210"), "ValidationFault", "refused"),
        (json!("9999"), "ValidationFault", "refused"),
        (json!("500"), "ValidationFault", "refused"),
        (json!("600"), "ValidationFault", "ambiguous"),
        (json!("6140"), "ValidationFault", "ambiguous"),
        (json!("10000"), "SystemFault", "ambiguous"),
        (json!("500"), "SystemFault", "ambiguous"),
        (json!("9999"), "systemfault", "ambiguous"),
        (Value::Null, "", "ambiguous"),
        (json!("3001"), "SERVICE", "throttled"),
        (json!("003001"), "ValidationFault", "throttled"),
        (json!("6190"), "ValidationFault", "not_sent"),
        (json!("150"), "SystemFault", "not_sent"),
        (json!("3200"), "AUTHENTICATION", "not_sent"),
        (json!("120"), "AuthorizatonFault", "not_sent"),
    ] {
        let outcome = item(code.clone(), kind, "d");
        assert_eq!(outcome.class(), want, "{code} {kind}: {outcome:?}");
    }
}

#[test]
fn a_record_without_a_number_is_ours_by_its_marker() {
    let mut item = made("7F3A91C2K", "151");
    item["Bill"].as_object_mut().unwrap().remove("DocNumber");
    let body = json!({"BatchItemResponse": [item]});
    assert_eq!(answered(200, &body)[0], Outcome::Done { id: "151".into(), number: "Bill 151".into() });
    item["Bill"]["PrivateNote"] = Value::Null;
    assert_eq!(answered(200, &json!({"BatchItemResponse": [item]}))[0].class(), "ambiguous");
}

#[test]
fn a_code_may_stand_in_the_message_only_and_several_errors_count_by_the_worst() {
    let of_errors = |errors: Value| {
        let body = json!({"BatchItemResponse":
            [{"bId": "7F3A91C2K", "Fault": {"Error": errors, "type": "ValidationFault"}}]});
        answered(200, &body).remove(0)
    };
    let closed = of_errors(json!([{"Message": "message=x; errorCode=006210; statusCode=400"}]));
    assert!(matches!(closed, Outcome::Refused { closed_period: true, .. }), "{closed:?}");
    let both = of_errors(json!([{"Message": "a", "code": "2500"}, {"Message": "b", "code": "10000"}]));
    assert_eq!(both.class(), "ambiguous");
    match of_errors(json!([{"Message": "a", "code": "2020"}, {"Message": "b", "code": "2050"}])) {
        Outcome::Refused { code, message, .. } => {
            assert_eq!(code, "2020");
            assert!(message.starts_with("a; ") && message.ends_with(": b"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn closed_books_are_told_apart_and_codes_are_kept() {
    for (code, closed) in [("6200", true), ("6210", true), ("6240", false)] {
        let Outcome::Refused { code: kept, closed_period, .. } = item(json!(code), "ValidationFault", "d")
        else {
            panic!("{code}");
        };
        assert_eq!((kept.as_str(), closed_period), (code, closed));
    }
}

#[test]
fn sentences_name_the_thing_instead_of_its_id() {
    for (detail, want) in [
        ("Invalid Reference Id : Accounts element id 58 not found", "the account 5010 Client Airfare is"),
        ("Invalid Reference Id : Names element id 56 not found", "the vendor Okafor, Amara is"),
        ("Invalid Reference Id : Names element id 26 not found", "the customer Aldgate Bank:Core review is"),
        (
            "Invalid Reference Id : Klasses element id 5000000000000142240 not found",
            "the class 200 Operations is",
        ),
        ("Invalid Reference Id : Depts element id 2 not found", "the location Boston is"),
        ("Invalid Reference Id : Accounts element id 777 not found", "the account with the id 777 is"),
        ("Invalid Reference Id : Widgets element id 1 not found", "Widgets element id 1"),
        ("no pattern at all", "no pattern at all"),
    ] {
        let Outcome::Refused { message, .. } = item(json!("2500"), "ValidationFault", detail) else {
            panic!("{detail}");
        };
        assert!(message.contains(want), "{message}");
    }
}

#[test]
fn a_whole_call_has_one_outcome_for_every_item() {
    let f = |code: &str, kind: &str| json!({"Fault": fault(code, kind, "Message", "Detail"), "time": "t"});
    for (status, body, want) in [
        (400, f("1040", "ValidationFault"), "refused"),
        (400, f("4000", "ValidationFault"), "refused"),
        (400, f("2010", "ValidationFault"), "refused"),
        (200, f("4000", "ValidationFault"), "refused"),
        (400, f("600", "ValidationFault"), "ambiguous"),
        (400, f("10000", "SystemFault"), "ambiguous"),
        (500, f("2010", "ValidationFault"), "ambiguous"),
        (503, f("3001", "SERVICE"), "ambiguous"),
        (429, f("3001", "SERVICE"), "throttled"),
        (429, json!({}), "throttled"),
        (403, f("003001", "SERVICE"), "throttled"),
        (403, f("3100", "AuthorizationFault"), "not_sent"),
        (403, f("6190", "ValidationFault"), "not_sent"),
        (401, f("3200", "AUTHENTICATION"), "not_sent"),
        (404, json!({}), "not_sent"),
        (409, f("2010", "ValidationFault"), "ambiguous"),
        (403, json!({}), "ambiguous"),
        (200, json!({}), "ambiguous"),
        (200, json!({"BatchItemResponse": []}), "ambiguous"),
        (302, json!({}), "ambiguous"),
    ] {
        let outcomes = answered(status, &body);
        assert_eq!(outcomes.len(), 2);
        for o in outcomes {
            assert_eq!(o.class(), want, "{status} {body}: {o:?}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_ambiguous() {
    let whole = json!({"BatchItemResponse": [made("7F3A91C2K", "151")]}).to_string();
    for (status, body) in [
        (200, ""),
        (200, &whole[..whole.len() - 3]),
        (200, "<html>Bad gateway</html>"),
        (200, "[]"),
        (400, "<html>Bad request</html>"),
        (502, "<html>Bad gateway</html>"),
        (504, ""),
    ] {
        for o in of(&Ok(reply(status, body))) {
            assert_eq!(o.class(), "ambiguous", "{status} {body}");
        }
    }
    assert_eq!(of(&Ok(reply(413, "<html>too large</html>")))[0].class(), "refused");
    assert_eq!(of(&Ok(reply(404, "<html>nothing here</html>")))[0].class(), "not_sent");
}

#[test]
fn without_an_answer_it_counts_whether_a_byte_left() {
    let timed_out = NetError::MaybeSent { reason: "time-out".into(), timed_out: true };
    for (error, want) in [
        (SendError::Net(NetError::NotSent("no route".into())), "not_sent"),
        (SendError::Net(timed_out), "ambiguous"),
        (SendError::NoToken(CallError::Reauthorise("sign in".into())), "not_sent"),
        (SendError::NoToken(CallError::Throttled(Some(9))), "throttled"),
    ] {
        assert_eq!(of(&Err(error))[1].class(), want);
    }
}

#[test]
fn a_quota_answer_carries_its_waiting_time() {
    let mut r = reply(429, "");
    r.headers.push(("retry-after".into(), "17".into()));
    assert_eq!(of(&Ok(r))[0], Outcome::Throttled { retry_after: Some(17) });
}
