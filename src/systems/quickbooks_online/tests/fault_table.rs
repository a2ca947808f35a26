//! The fault table of the contract's section 5, row by row: what each code does to an item of a posting call and to a
//! call that reads.

use super::*;
use crate::model::intent::Outcome;
use crate::systems::CallError;
use crate::systems::quickbooks_online::classify::classify;

fn item(code: u32, kind: &str) -> Outcome {
    let body = json!({"BatchItemResponse": [{"bId": "7F3A91C2K", "Fault": fault(&code.to_string(), kind, "m", "d")}]});
    classify(&["7F3A91C2K".into()], &Ok(reply(200, &body.to_string())), &facts()).remove(0)
}

/// What a read of a company says to the same fault, with status 400.
async fn read(code: u32, kind: &str) -> CallError {
    let body = json!({"Fault": fault(&code.to_string(), kind, "m", "d"), "time": "t"});
    let script = Script::new(vec![Ok(reply(400, &body.to_string()))]);
    client(&script).company().await.unwrap_err()
}

fn word(error: &CallError) -> &'static str {
    match error {
        CallError::Reauthorise(_) => "reauthorise",
        CallError::WrongCompany(_) => "wrong company",
        CallError::Throttled(_) => "throttled",
        CallError::Offline { .. } => "offline",
        CallError::Shape(_) => "shape",
        CallError::Refused(_) => "refused",
    }
}

/// Code, class of an item, class of a read.
const TABLE: [(&[u32], &str, &str); 7] = [
    // access: no document moves
    (&[100, 110, 120, 3100, 3200, 3201, 3202], "not_sent", "reauthorise"),
    // the company is not to be worked with now
    (&[130, 140, 150, 6190, 10200], "not_sent", "offline"),
    // the first call still runs, or somebody holds the number, perhaps we; or the server failed
    (&[600, 6140, 10000], "ambiguous", "offline"),
    (&[3001], "throttled", "throttled"),
    (
        &[
            500, 610, 620, 630, 800, 1040, 2000, 2010, 2020, 2030, 2040, 2050, 2060, 2070, 2080, 2090, 2100,
            2110, 2120,
        ],
        "refused",
        "refused",
    ),
    (
        &[
            2130, 2140, 2170, 2210, 2220, 2250, 2260, 2270, 2280, 2290, 2300, 2500, 3000, 4000, 4001, 4002,
            5010, 5020,
        ],
        "refused",
        "refused",
    ),
    (
        &[
            5030, 6000, 6030, 6040, 6041, 6050, 6100, 6160, 6170, 6200, 6210, 6240, 6310, 6430, 6440, 6480,
            6540,
        ],
        "refused",
        "refused",
    ),
];

#[tokio::test]
async fn every_code_has_its_class() {
    for (codes, of_item, of_read) in TABLE {
        for code in codes {
            let got = item(*code, "ValidationFault");
            assert_eq!(got.class(), of_item, "item {code}: {got:?}");
            let got = read(*code, "ValidationFault").await;
            assert_eq!(word(&got), of_read, "read {code}: {got:?}");
            if let Outcome::Refused { code: kept, closed_period, message } = item(*code, "ValidationFault") {
                assert_eq!(kept, code.to_string());
                assert_eq!(closed_period, matches!(code, 6200 | 6210), "{code}");
                assert!(!message.is_empty());
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_code_is_permanent_unless_the_server_failed() {
    assert_eq!(item(99_999, "ValidationFault").class(), "refused");
    assert_eq!(item(99_999, "SystemFault").class(), "ambiguous");
    assert_eq!(word(&read(99_999, "SystemFault").await), "offline");
    for (status, want) in
        [(500, "offline"), (502, "offline"), (503, "offline"), (504, "offline"), (429, "throttled")]
    {
        let script = Script::new(vec![Ok(reply(status, "<html>"))]);
        assert_eq!(word(&client(&script).company().await.unwrap_err()), want, "{status}");
    }
    // a fault can come with 200, and under a lower-case key
    let body =
        json!({"fault": {"error": [{"message": "m", "detail": "d", "code": "003001"}], "type": "service"}});
    let script = Script::new(vec![Ok(reply(200, &body.to_string()))]);
    assert_eq!(client(&script).company().await.unwrap_err(), CallError::Throttled(None));
}
