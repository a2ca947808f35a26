use super::*;
use crate::model::intent::Outcome;
use crate::systems::{CallError, PreparedCall, SendError};

use super::super::classify::outcomes;
use super::super::hresult::{self, HRESULTS, Trouble};
use super::super::status::{self as statuses, Class, TABLE};

const KEY: &str = "TO7F3K2Q9D4001";

fn judged(heard: Result<Reply, NetError>) -> Outcome {
    let mut all = outcomes(&[KEY.to_string()], &heard.map_err(SendError::from), Some(&facts::some()));
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn with_status(code: i32, severity: &str, message: &str) -> Outcome {
    judged(rs(&status("BillAddRs", KEY, code, severity, message)))
}

#[test]
fn a_record_with_its_id_is_done() {
    assert_eq!(
        judged(rs(&ok("BillAddRs", KEY, &bill_ret("1A2B-1700000000")))),
        Outcome::Done { id: "1A2B-1700000000".into(), number: "TO7F3K2Q9D4".into() }
    );
    // remembered only (contract 6.1)
    let recovered = r#"<QBXML><QBXMLMsgsRs newMessageSetID="TO7F3K2Q9D4001" messageSetStatusCode="0"><BillAddRs requestID="TO7F3K2Q9D4001" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><ErrorRecovery><TxnID>1A2B-1700000000</TxnID><TxnNumber>771</TxnNumber><EditSequence>1700000000</EditSequence></ErrorRecovery></BillAddRs></QBXMLMsgsRs></QBXML>"#;
    let done = Outcome::Done { id: "1A2B-1700000000".into(), number: "TO7F3K2Q9D4".into() };
    assert_eq!(judged(says(recovered)), done);
    // it was made, whatever the set says beside
    assert_eq!(judged(says(&recovered.replace("Code=\"0\"><Bill", "Code=\"9005\"><Bill"))), done);
}

#[test]
fn each_status_has_its_outcome() {
    for row in TABLE {
        let severity = match row.code {
            0..500 => "Info",
            500..1000 => "Warn",
            _ => "Error",
        };
        let outcome = with_status(row.code, severity, "said by QuickBooks");
        let class = outcome.class();
        let said = format!("{outcome:?}");
        match row.class {
            // it says success and names no record: not known
            Class::Success | Class::Empty | Class::Partial | Class::Warning | Class::DataLost => {
                assert!(matches!(outcome, Outcome::Ambiguous { .. }), "{} {outcome:?}", row.code);
                continue;
            }
            Class::Busy | Class::Later | Class::NotRun => {
                assert!(matches!(outcome, Outcome::Busy { .. }), "{} {outcome:?}", row.code);
            }
            Class::SetLost | Class::Internal => {
                assert!(matches!(outcome, Outcome::Lost { .. }), "{} {outcome:?}", row.code);
            }
            Class::ClosedPeriod => {
                assert!(matches!(outcome, Outcome::Refused { closed_period: true, .. }), "{}", row.code);
            }
            _ => assert!(matches!(outcome, Outcome::Refused { closed_period: false, .. }), "{}", row.code),
        }
        assert!(said.contains("said by QuickBooks"), "{} {class} {said}", row.code);
    }
    let mut codes: Vec<i32> = TABLE.iter().map(|r| r.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), TABLE.len(), "a code stands twice in the table");
}

#[test]
fn the_contracts_codes_are_all_in_the_table() {
    let listed = "0 1 500 501 510 530 531 550 560 570 600 1000 1010 1030 1060 3000 3010 3020 3030 3031 3035 3040 3045 3050 3060 3065 3070 3080 3085 3090 3100 3110 3120 3130 3140 3150 3151 3152 3153 3160 3161 3162 3170 3171 3175 3176 3180 3200 3210 3231 3250 3260 3261 3262 3263 3270 3280 3350 3177 3185 3190 3205 3220 3230 3240 9001 9002 9003 9004 9005 9006";
    for code in listed.split(' ') {
        let code: i32 = code.parse().unwrap();
        assert!(TABLE.iter().any(|r| r.code == code), "{code}");
    }
}

#[test]
fn an_unknown_code_is_refused_with_its_text_and_never_sent_again() {
    let outcome = with_status(4711, "Error", "Something new happened.");
    let Outcome::Refused { code, message, closed_period: false } = outcome else { panic!("{outcome:?}") };
    assert_eq!((code.as_str(), message.as_str()), ("4711", "Something new happened."));
    assert_eq!(statuses::class(570, ""), Class::Warning);
    assert_eq!(statuses::class(599, ""), Class::Warning);
}

#[test]
fn the_text_decides_where_the_code_does_not() {
    let save =
        |text: &str| format!("There was an error when saving a Bill.  QuickBooks error message: {text}");
    for text in [
        "The list has been modified by another user.",
        "The transaction could not be locked. It is in use by another user.",
        "QuickBooks internals could not be locked. They are in use by another user.",
        "Failed to acquire the lock for this action.",
        "The list element is in use.",
    ] {
        for code in [3170, 3175, 3176, 3180] {
            assert!(matches!(with_status(code, "Error", &save(text)), Outcome::Busy { .. }), "{code} {text}");
        }
    }
    let closed = save("You cannot save this. The date is on or before the closing date of the company.");
    for code in [3170, 3180] {
        assert!(matches!(with_status(code, "Error", &closed), Outcome::Refused { closed_period: true, .. }));
        let other = with_status(code, "Error", &save("The amount is wrong."));
        assert!(matches!(other, Outcome::Refused { closed_period: false, .. }));
    }
}

#[test]
fn sentences_name_things_and_not_ids() {
    let message = "There is an invalid reference to QuickBooks Account \"80000033-1600000003\" in the Bill.  QuickBooks error message: Invalid argument.  The specified record does not exist in the list.";
    let Outcome::Refused { message, .. } = with_status(3140, "Error", message) else { panic!() };
    assert!(message.contains("\"5010 Travel:Airfare\"") && !message.contains("80000033"), "{message}");
    assert!(message.contains("mend the mapping"), "{message}");
    let hostile = with_status(3210, "Error", "a\u{1b}[31mred\u{202e}");
    let Outcome::Refused { message, .. } = hostile else { panic!() };
    assert!(!message.contains('\u{1b}') && !message.contains('\u{202e}'), "{message:?}");
}

#[test]
fn what_the_set_lost_is_looked_up_and_left_to_a_person() {
    for code in [600, 9001, 9002, 9003, 9004, 9005, 9006, 9099] {
        let body = format!(
            r#"<QBXML><QBXMLMsgsRs newMessageSetID="{KEY}" messageSetStatusCode="{code}" /></QBXML>"#
        );
        assert!(matches!(judged(says(&body)), Outcome::Lost { .. }), "{code}");
    }
}

#[test]
fn what_is_no_answer_is_a_doubt() {
    let other = ok("BillAddRs", "TO000000000001", &bill_ret("1A2B-1"));
    let dtd = format!(
        "<!DOCTYPE QBXML><QBXML><QBXMLMsgsRs>{}</QBXMLMsgsRs></QBXML>",
        ok("BillAddRs", KEY, &bill_ret("1"))
    );
    let cut = format!("<QBXML><QBXMLMsgsRs>{}", ok("BillAddRs", KEY, &bill_ret("1")));
    for heard in [
        says(""),
        says("Warning: something <b>printed</b>"),
        says(&dtd),
        says(&cut),
        rs(&other),
        rs(&ok("BillAddRs", KEY, "")),
        rs(&format!("<BillAddRs requestID=\"{KEY}\">{}</BillAddRs>", bill_ret("1"))),
        Ok(Reply { status: 200, headers: Vec::new(), body: vec![0xff, 0xfe] }),
        Err(NetError::MaybeSent { reason: "a new visit began".into(), timed_out: false }),
    ] {
        let outcome = judged(heard.clone());
        assert!(matches!(outcome, Outcome::Ambiguous { .. }), "{heard:?} {outcome:?}");
    }
    let not_sent = judged(Err(NetError::NotSent("it has not come yet".into())));
    assert_eq!(not_sent, Outcome::NotSent { reason: "it has not come yet".into() });
    let no_token = Err(SendError::NoToken(CallError::Reauthorise("no".into())));
    assert!(matches!(outcomes(&[KEY.into()], &no_token, None)[0], Outcome::NotSent { .. }));
}

#[test]
fn an_error_that_quickbooks_raised_is_a_doubt_unless_nothing_ran() {
    for row in HRESULTS {
        let text = format!("0x{:08X}", row.hresult);
        for spelled in
            [text.clone(), text.to_lowercase(), text[2..].to_string(), format!(" {} ", text.to_lowercase())]
        {
            let outcome = judged(raises(&spelled, "QuickBooks found an error."));
            match row.trouble {
                Trouble::NothingRan => assert!(matches!(outcome, Outcome::Refused { .. }), "{text}"),
                _ => assert!(matches!(outcome, Outcome::Ambiguous { .. }), "{text}"),
            }
            let said = hresult::advice(&spelled, "its text");
            assert!(said.starts_with(row.advice) && said.contains("its text"), "{said}");
        }
    }
    // as some programs print it
    assert!(matches!(judged(raises("-2147220480", "parse")), Outcome::Refused { .. }));
    assert!(matches!(judged(raises("0x80049999", "new")), Outcome::Ambiguous { .. }));
    assert_eq!(hresult::advice("0x80049999", "new"), "QuickBooks raised the error 0x80049999: new");
    let listed = "80040400 80040401 80040402 80040403 80040404 80040406 80040408 8004040A 8004040D 80040410 80040414 80040416 80040417 80040418 8004041A 8004041D 8004041F 80040420 80040422 80040424 80040438 80040154";
    assert!(listed.split(' ').all(|h| hresult::known(h).is_some()));
    assert_eq!(listed.split(' ').count(), HRESULTS.len());
}

/// A field that was lost on the way leaves the record to the look-up; a remark alone does not.
#[tokio::test]
async fn data_that_was_lost_is_seen_by_reading_back() {
    let warned = |records: &str| {
        rs(&format!(
            r#"<BillAddRs requestID="{KEY}" statusCode="530" statusSeverity="Warn" statusMessage="The field &quot;ClassRef&quot; is not supported by this implementation.">{records}</BillAddRs>"#
        ))
    };
    let without_class = bill_ret("1A2B-1")
        .replace("<ClassRef><ListID>80000051-1</ListID><FullName>East</FullName></ClassRef>", "");
    let other_memo = bill_ret("1A2B-1").replace("Q1 trip tieout", "Q1 tr?p tieout");
    let recovered = "<ErrorRecovery><TxnID>1A2B-1</TxnID></ErrorRecovery>";
    for (records, done) in [
        (bill_ret("1A2B-1").as_str(), true),
        (without_class.as_str(), false),
        (other_memo.as_str(), false),
        (recovered, true),
    ] {
        let answer = warned(records);
        let (client, _) = client(move |_, _| answer.clone());
        let facts = facts::some();
        let prepared = client.encode(&bill(), &key(), &facts).unwrap();
        let call: PreparedCall = client.assemble(&[prepared], &[key()], None);
        let heard = client.send(call).await;
        let outcome = client.classify(&[KEY.to_string()], &heard, &facts).remove(0);
        assert_eq!(matches!(outcome, Outcome::Done { .. }), done, "{outcome:?}");
        assert_eq!(matches!(outcome, Outcome::Ambiguous { .. }), !done, "{outcome:?}");
    }
}
