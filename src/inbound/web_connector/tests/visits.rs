//! A visit from its beginning to its end, and what goes wrong in between.

use std::time::Duration;

use super::kit::{PATIENCE, Rig, sending};
use crate::engine::visit::{Admission, Step};

const MINUTE: Duration = Duration::from_mins(1);

fn ask(text: &str) -> Step {
    Step::Ask(text.into())
}

#[tokio::test]
async fn a_whole_visit_goes_step_by_step() {
    let rig = Rig::new().await;
    rig.script(|s| {
        s.steps = [ask("one"), ask("two"), ask("three")].into();
        s.percents = [Ok(60), Ok(30), Ok(100)].into();
        s.farewell = "tieout: 3 posted".into();
    });
    let ticket = rig.ticket().await;
    assert_eq!(rig.send_request(&ticket).await, "one");
    assert_eq!(rig.receive(&ticket, "a").await, "60");
    assert_eq!(rig.send_request(&ticket).await, "two");
    assert_eq!(rig.receive(&ticket, "b").await, "60", "it never falls");
    assert_eq!(rig.send_request(&ticket).await, "three");
    assert_eq!(rig.receive(&ticket, "c").await, "100");
    assert_eq!(rig.close(&ticket).await, "tieout: 3 posted");
    let heard = rig.heard();
    let want = [
        "arrived ",
        "greeted 1",
        "brought 1",
        "next 1",
        "brought 1",
        "next 1",
        "brought 1",
        "left 1: the Web Connector ended its visit",
    ];
    assert_eq!(heard, want);
}

#[tokio::test]
async fn a_visit_with_nothing_to_do_ends_with_a_sentence() {
    let rig = Rig::new().await;
    let ticket = rig.ticket().await;
    assert_eq!(rig.send_request(&ticket).await, "");
    assert_eq!(rig.last_error(&ticket).await, "tieout: nothing to do");
    assert_eq!(rig.close(&ticket).await, "tieout: the update has ended");
    rig.script(|s| s.steps = [ask("one"), Step::Done].into());
    let ticket = rig.ticket().await;
    rig.send_request(&ticket).await;
    rig.receive(&ticket, "a").await;
    assert_eq!(rig.send_request(&ticket).await, "");
    assert_eq!(rig.last_error(&ticket).await, "tieout: everything is done");
}

#[tokio::test]
async fn an_answer_that_is_brought_twice_is_recorded_once() {
    let rig = Rig::new().await;
    rig.script(|s| {
        s.steps = [ask("one"), ask("two")].into();
        s.percents = [Ok(40), Err("tieout: what QuickBooks answered cannot be read".into())].into();
    });
    let ticket = rig.ticket().await;
    rig.send_request(&ticket).await;
    assert_eq!(rig.receive(&ticket, "a").await, "40");
    assert_eq!(rig.receive(&ticket, "a").await, "40");
    rig.send_request(&ticket).await;
    for _ in 0..2 {
        assert_eq!(rig.receive(&ticket, "b").await, "-1");
        assert_eq!(rig.last_error(&ticket).await, "tieout: what QuickBooks answered cannot be read");
    }
    rig.script(|s| assert_eq!((s.brought.len(), s.late.len()), (2, 0)));
}

#[tokio::test]
async fn an_answer_that_comes_again_after_the_next_set_leaves_that_set_out() {
    let rig = Rig::new().await;
    rig.script(|s| {
        s.steps = [ask("one"), ask("two")].into();
        s.percents = [Ok(40), Ok(70)].into();
        s.not_this = Some(b"late".to_vec());
    });
    let ticket = rig.ticket().await;
    rig.send_request(&ticket).await;
    assert_eq!(rig.receive(&ticket, "late").await, "0", "nothing was answered yet");
    assert_eq!(rig.receive(&ticket, "a").await, "40");
    rig.send_request(&ticket).await;
    assert_eq!(rig.receive(&ticket, "late").await, "40", "as before");
    assert_eq!(rig.receive(&ticket, "b").await, "70", "the set that is out is answered by its own");
    rig.script(|s| {
        let brought: Vec<&[u8]> = s.brought.iter().map(|b| b.answer.as_slice()).collect();
        assert_eq!((brought, s.late.len()), (vec![b"a".as_slice(), b"b"], 2));
    });
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_evidence_all_the_same() {
    let rig = Rig::new().await;
    let ticket = rig.ticket().await;
    assert_eq!(rig.receive(&ticket, "a").await, "-1");
    assert_eq!(rig.last_error(&ticket).await, "tieout: it did not wait for an answer: run the update again");
    assert_eq!(rig.receive("{00000000-0000-0000-0000-000000000000}", "forged").await, "-1");
    assert_eq!(rig.receive(&rig.ticket_of_before(), "b").await, "-1");
    rig.script(|s| {
        let late: Vec<&[u8]> = s.late.iter().map(|b| b.answer.as_slice()).collect();
        assert_eq!(late, [b"a", b"b"]);
        assert!(s.brought.is_empty());
    });
}

#[tokio::test]
async fn an_error_of_quickbooks_reaches_the_engine_as_it_came() {
    let rig = Rig::new().await;
    rig.script(|s| s.steps = [ask("one")].into());
    let ticket = rig.ticket().await;
    rig.send_request(&ticket).await;
    let inside = format!(
        "<ticket>{ticket}</ticket><response/><hresult>0x80040400</hresult><message>QuickBooks &amp; more</message>"
    );
    assert_eq!(rig.result("receiveResponseXML", &inside).await, "100");
    rig.script(|s| {
        let b = &s.brought[0];
        assert_eq!(
            (b.answer.len(), b.hresult.as_str(), b.message.as_str()),
            (0, "0x80040400", "QuickBooks & more")
        );
    });
}

#[tokio::test]
async fn asking_again_before_the_answer_goes_to_the_engine_which_makes_a_doubt_of_it() {
    let rig = Rig::new().await;
    rig.script(|s| {
        s.steps = [ask("one"), ask("two"), Step::Stop("tieout: stop here".into())].into();
        s.percents = [Ok(10)].into();
    });
    let ticket = rig.ticket().await;
    assert_eq!(rig.send_request(&ticket).await, "one");
    assert_eq!(rig.send_request(&ticket).await, "two");
    assert_eq!(rig.receive(&ticket, "b").await, "10");
    assert_eq!(rig.receive(&ticket, "b").await, "10");
    assert_eq!(rig.heard(), ["arrived ", "greeted 1", "next 1", "brought 1"]);
    assert_eq!(rig.send_request(&ticket).await, "");
    assert_eq!(rig.last_error(&ticket).await, "tieout: stop here");
    assert_eq!(rig.receive(&ticket, "c").await, "10", "nothing is out");
}

#[tokio::test]
async fn while_the_engine_works_the_caller_waits_and_loses_nothing() {
    let rig = Rig::new().await;
    rig.engine.gate.forget_permits(10_000);
    rig.script(|s| s.steps = [ask("late one"), Step::Wait].into());
    let ticket = rig.ticket().await;
    assert_eq!(rig.send_request(&ticket).await, "", "answered within five seconds, whatever the engine does");
    assert_eq!(rig.last_error(&ticket).await, "NoOp");
    rig.engine.gate.add_permits(10_000);
    assert_eq!(rig.send_request(&ticket).await, "late one");
    assert_eq!(rig.receive(&ticket, "a").await, "100");
    assert_eq!(rig.send_request(&ticket).await, "");
    assert_eq!(rig.last_error(&ticket).await, "NoOp");
    assert_eq!(rig.heard(), ["arrived ", "greeted 1", "brought 1", "next 1"]);
}

#[tokio::test]
async fn waiting_has_an_end() {
    let rig = Rig::new().await;
    rig.script(|s| s.steps = vec![Step::Wait; 200].into());
    let ticket = rig.ticket().await;
    let mut rounds = 0;
    loop {
        assert_eq!(rig.send_request(&ticket).await, "");
        rounds += 1;
        let error = rig.last_error(&ticket).await;
        if error != "NoOp" {
            assert_eq!(error, "tieout: it still works; what is left goes with the next update");
            break;
        }
        assert!(rounds < 130, "ten minutes of five seconds each");
    }
    assert!(rounds > 50, "{rounds}");
}

#[tokio::test]
async fn an_orderly_stop_is_never_mistaken_for_an_order_to_wait() {
    let rig = Rig::new().await;
    for (why, want) in [
        ("noop", "tieout: noop"),
        ("", "tieout: the update ended early; the console says more"),
        ("bell\u{7}", "bell␇"),
    ] {
        rig.script(|s| s.steps = [Step::Stop(why.into())].into());
        let ticket = rig.ticket().await;
        assert_eq!(rig.send_request(&ticket).await, "");
        assert_eq!(rig.last_error(&ticket).await, want);
        rig.close(&ticket).await;
    }
    let ticket = rig.ticket().await;
    assert_eq!(rig.last_error(&ticket).await, "tieout: no error is known: run the update again");
    rig.script(|s| s.stopped = Some("tieout: the posting was stopped".into()));
    assert_eq!(rig.last_error(&ticket).await, "tieout: the posting was stopped");
}

#[tokio::test]
async fn quickbooks_that_does_not_open_ends_the_visit_with_what_to_do() {
    let rig = Rig::new().await;
    let ticket = rig.ticket().await;
    let inside = format!("<ticket>{ticket}</ticket><hresult>0x80040414</hresult><message>modal</message>");
    assert_eq!(rig.result("connectionError", &inside).await, "done");
    let words = "a window waits for an answer in QuickBooks: close that window on the machine";
    assert_eq!(rig.last_error(&ticket).await, words);
    assert_eq!(
        rig.heard(),
        ["arrived ".to_string(), format!("could not open 1: {words}"), format!("left 1: {words}")]
    );
    assert_eq!(rig.close(&ticket).await, "tieout: the update has ended");
    // another update may come at once
    let ticket = rig.ticket().await;
    let inside = format!("<ticket>{ticket}</ticket><hresult>8004040a</hresult><message/>");
    assert_eq!(rig.result("connectionError", &inside).await, "", "the file that is open, at most twice");
    assert_eq!(rig.result("connectionError", &inside).await, "");
    assert_eq!(rig.result("connectionError", &inside).await, "done");
    let open = rig.heard().into_iter().filter(|h| h.starts_with("could not open")).count();
    assert_eq!(open, 1);
}

#[tokio::test]
async fn one_visit_of_a_connection_at_a_time() {
    let rig = Rig::new().await;
    rig.script(|s| s.admissions = [Ok(Admission::Work(1)), Ok(Admission::Work(2))].into());
    let first = rig.ticket().await;
    assert_eq!(rig.authenticate().await, "<string></string><string>busy</string>");
    rig.wait(MINUTE);
    let second = rig.ticket().await;
    assert_ne!(first, second);
    assert_eq!(rig.heard(), ["arrived ", "left 1: another update began before this one ended", "arrived "]);
    // the old one is over, and what it brings is still evidence
    assert_eq!(rig.send_request(&first).await, "");
    assert_eq!(rig.last_error(&first).await, "the session expired: run the update again");
    assert_eq!(rig.receive(&first, "late").await, "-1");
    assert_eq!(rig.heard(), ["late"]);
    rig.script(|s| s.steps = [ask("one")].into());
    assert_eq!(rig.send_request(&second).await, "one");
}

#[tokio::test]
async fn silence_ends_a_visit_and_a_day_later_it_is_forgotten() {
    let rig = Rig::new().await;
    rig.script(|s| s.steps = [ask("one")].into());
    let ticket = rig.ticket().await;
    rig.send_request(&ticket).await;
    rig.wait(40 * MINUTE);
    rig.service.sweep_once().await;
    assert_eq!(rig.last_error(&ticket).await, "tieout: no error is known: run the update again");
    rig.wait(45 * MINUTE);
    assert_eq!(rig.send_request(&ticket).await, "", "over before it was looked at");
    rig.service.sweep_once().await;
    rig.service.sweep_once().await;
    let left: Vec<String> = rig.heard().into_iter().filter(|h| h.starts_with("left")).collect();
    assert_eq!(left, ["left 1: nothing was heard from the Web Connector for 45 minutes"]);
    assert_eq!(rig.last_error(&ticket).await, "the session expired: run the update again");
    assert_eq!(rig.receive(&ticket, "late").await, "-1");
    rig.script(|s| assert_eq!(s.late[0].answer, b"late"));
    assert_eq!(rig.close(&ticket).await, "tieout: the update has ended");
    let inside = format!("<ticket>{ticket}</ticket><hresult>x</hresult><message/>");
    assert_eq!(rig.result("connectionError", &inside).await, "done");
    rig.wait(24 * 60 * MINUTE);
    rig.service.sweep_once().await;
    rig.receive(&ticket, "much later").await;
    rig.script(|s| assert_eq!(s.late[1].answer, b"much later", "its seal is still ours"));
    let refused = rig.end().await;
    assert_eq!(refused, [("a ticket that is not known".to_string(), 1)]);
}

#[tokio::test]
async fn what_goes_away_while_it_waits_takes_nothing_with_it() {
    let rig = Rig::new().await;
    rig.engine.gate.forget_permits(10_000);
    rig.script(|s| s.steps = [ask("one")].into());
    let ticket = rig.ticket().await;
    let body = super::kit::envelope("sendRequestXML", &sending(&ticket));
    let mut stream = tokio::net::TcpStream::connect(rig.at).await.unwrap();
    let request = super::kit::post("sendRequestXML", &body);
    tokio::io::AsyncWriteExt::write_all(&mut stream, &request).await.unwrap();
    let begun = async {
        while !rig.script(|s| s.heard.iter().any(|h| h == "greeted 1")) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, begun).await.unwrap();
    drop(stream);
    rig.engine.gate.add_permits(10_000);
    // the caller was gone before the step was there, or it went into nothing: handed out once more, or asked anew
    let sent = rig.send_request(&ticket).await;
    let asked = rig.heard().iter().filter(|h| *h == "next 1").count();
    assert_eq!((sent.as_str(), asked), if sent.is_empty() { ("", 1) } else { ("one", 0) });
}
