//! What goes wrong at the PC, and the fault plan.

use super::*;
use crate::sandbox::fault::{Fault, What, When};
use crate::sandbox::web_connector::mishap;
use serde_json::json;

fn arm(desk: &Desk, name: &str, value: serde_json::Value) {
    let (mishap, pass) = mishap::of_switch(name, &value).unwrap().unwrap();
    desk.caller.arm(mishap, pass);
}

#[tokio::test]
async fn it_dies_before_quickbooks_had_the_set_or_after() {
    for (at, sets) in [("before_process", 0), ("after_process", 1)] {
        let desk = Desk::new().await;
        arm(&desk, "die", json!(at));
        desk.script([SIGNED_IN, send(SET)]);
        let report = desk.update().await;
        assert_eq!((report.end, desk.sets()), (End::Died, sets), "{at}");
        // spent
        desk.script([SIGNED_IN, send(SET), receive(100), CLOSED]);
        assert_eq!(desk.update().await.end, End::Finished);
    }
}

#[tokio::test]
async fn it_dies_around_any_call_and_lets_chances_pass() {
    let desk = Desk::new().await;
    arm(&desk, "die", json!({"at": "before_receiveResponseXML", "pass": 1}));
    desk.script([SIGNED_IN, send(SET), receive(10), send(SET)]);
    assert_eq!(desk.update().await.end, End::Died);
    assert_eq!(desk.sets(), 2);
    arm(&desk, "die", json!("after_receiveResponseXML"));
    desk.script([SIGNED_IN, send(SET), receive(100)]);
    assert_eq!(desk.update().await.end, End::Died);
    assert_eq!(desk.heard().last().copied(), Some("receiveResponseXML"));
}

#[tokio::test]
async fn an_answer_is_lost_comes_twice_or_late() {
    let desk = Desk::new().await;
    arm(&desk, "receive", json!("drop"));
    desk.script([SIGNED_IN, send(SET), send(SET), receive(100), CLOSED]);
    assert_eq!(desk.update().await.end, End::Finished);
    arm(&desk, "receive", json!("twice"));
    desk.script([SIGNED_IN, send(SET), receive(100), receive(100), CLOSED]);
    assert_eq!(desk.update().await.end, End::Finished);
    let heard = desk.service.heard.lock().unwrap().clone();
    let (last, before) = (&heard[heard.len() - 2], &heard[heard.len() - 3]);
    assert_eq!(last, before, "byte for byte");
    arm(&desk, "receive", json!("late"));
    desk.script([SIGNED_IN, send(SET), send(SET), receive(50), receive(100), CLOSED]);
    assert_eq!(desk.update().await.end, End::Finished);
}

#[tokio::test]
async fn an_answer_comes_after_the_next_sign_in_under_its_old_ticket() {
    let desk = Desk::new().await;
    arm(&desk, "receive", json!("after_authenticate"));
    desk.script([SIGNED_IN, send(SET)]);
    assert_eq!(desk.update().await.end, End::Died);
    desk.script([
        (Operation::Authenticate, Says::Texts(&["{NEW}", ""])),
        receive(-1),
        send(SET),
        receive(100),
        CLOSED,
    ]);
    assert_eq!(desk.update().await.end, End::Finished);
    let heard = desk.service.heard.lock().unwrap().clone();
    let late = heard.iter().find(|(o, b)| *o == Operation::ReceiveResponse && b.contains("{T}")).unwrap();
    assert!(late.1.contains("&lt;QBXML&gt;1&lt;"), "{late:?}");
}

#[tokio::test]
async fn a_ticket_is_used_again_without_a_sign_in() {
    let desk = Desk::new().await;
    desk.script([SIGNED_IN, send(SET), receive(100), CLOSED]);
    desk.update().await;
    arm(&desk, "ticket", json!("reuse"));
    desk.bare_script([send(""), error("The session has expired: run again."), CLOSED]);
    assert_eq!(desk.update().await.end, End::Stopped("The session has expired: run again.".into()));
}

#[tokio::test]
async fn a_call_that_takes_too_long_reached_the_service() {
    let desk = Desk::new().await;
    arm(&desk, "time_out", json!("receiveResponseXML"));
    desk.script([SIGNED_IN, send(SET), receive(100)]);
    let report = desk.update().await;
    assert_eq!((report.end.clone(), codes(&report)), (End::Failed, vec![1042, 1031]));
    assert!(report.lines[report.lines.len() - 2].text.ends_with("The operation has timed out"));
}

#[tokio::test]
async fn an_iterator_is_cut_off() {
    let desk = Desk::new().await;
    arm(&desk, "die", json!("in_iterator"));
    const GO_ON: &str = "<VendorQueryRq iterator=\"Continue\" iteratorID=\"{1}\"/>";
    desk.script([SIGNED_IN, send("<VendorQueryRq iterator=\"Start\"/>"), receive(10), send(GO_ON)]);
    assert_eq!(desk.update().await.end, End::Died);
    assert_eq!(desk.sets(), 1);
}

#[tokio::test]
async fn a_pc_that_is_switched_off_says_nothing_more() {
    let desk = Desk::new().await;
    desk.caller.set_away(true);
    assert_eq!(desk.update().await.end, End::Died);
    assert!(desk.heard().is_empty());
    desk.caller.set_away(false);
    desk.script([(Operation::Authenticate, Says::Texts(&["", "none"])), CLOSED]);
    assert_eq!(desk.update().await.end, End::Nothing);
}

#[tokio::test]
async fn the_fault_plan_strikes_calls_and_message_sets() {
    let fault = |operation, what, when| Fault::once("quickbooks_desktop", operation, what, when);
    let desk = Desk::new().await;
    desk.faults.arm(fault("authenticate", What::Reset, When::Before)).unwrap();
    desk.script([]);
    assert_eq!(codes(&desk.update().await), [1012, 1031]);
    desk.faults.arm(fault("sendRequestXML", What::DropReply, When::After)).unwrap();
    desk.script([SIGNED_IN, send(SET)]);
    assert_eq!(codes(&desk.update().await), [1041, 1031]);
    desk.faults.arm(fault("receiveResponseXML", What::Truncate, When::After)).unwrap();
    desk.script([SIGNED_IN, send(SET), receive(100)]);
    assert_eq!(codes(&desk.update().await), [1042, 1031]);
    let mut status = fault("sendRequestXML", What::Status, When::Before);
    status.status = Some(503);
    desk.faults.arm(status).unwrap();
    desk.script([SIGNED_IN]);
    assert_eq!(codes(&desk.update().await), [1041, 1031]);
    for (when, sets) in [(When::Before, 1), (When::After, 2)] {
        desk.faults.arm(fault("ProcessRequest", What::Reset, when)).unwrap();
        desk.script([SIGNED_IN, send(SET)]);
        assert_eq!((desk.update().await.end, desk.sets()), (End::Died, sets));
    }
}

#[test]
fn switches_that_make_no_sense_are_refused() {
    for (name, value) in [
        ("die", json!("somewhere")),
        ("die", json!("before_breakfast")),
        ("die", json!({"pass": 1})),
        ("die", json!(3)),
        ("receive", json!("never")),
        ("ticket", json!("new")),
        ("time_out", json!("process")),
    ] {
        assert!(mishap::of_switch(name, &value).is_err(), "{name} {value}");
    }
    assert_eq!(mishap::of_switch("die", &json!("off")), Ok(None));
}
