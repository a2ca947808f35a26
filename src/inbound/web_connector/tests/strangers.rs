//! Wrong passwords, tickets that are not known, other paths and methods.

use std::time::Duration;

use crate::engine::visit::{password, ticket};

use super::kit::{Rig, USER, envelope, head, post, sending};

const NVU: &str = "<string></string><string>nvu</string>";
const UNKNOWN: &str = "{6f1d0000-0000-4000-8000-000000000000}";

#[tokio::test]
async fn who_is_not_known_and_who_is_wrong_hear_the_same() {
    let rig = Rig::new().await;
    let right = rig.password.clone();
    for (user, password) in [(USER, "wrong"), (USER, ""), ("", ""), ("somebody", right.as_str())] {
        assert_eq!(rig.authenticate_as(user, password).await, NVU, "{user}");
    }
    assert!(rig.heard().is_empty(), "the engine hears nothing of it");
    let ticket = rig.ticket().await;
    assert!(!ticket.is_empty());
    assert_eq!(rig.end().await, [("a wrong user or password".to_string(), 4)]);
}

#[tokio::test]
async fn a_password_may_be_typed_without_dashes() {
    let rig = Rig::new().await;
    let typed = rig.password.replace('-', "").to_lowercase();
    assert!(rig.authenticate_as(USER, &typed).await.ends_with("<string></string>"));
}

#[tokio::test]
async fn after_five_wrong_passwords_nothing_is_compared_for_a_minute() {
    let rig = Rig::new().await;
    for n in 0..5 {
        assert_eq!(rig.authenticate_as(USER, &format!("guess {n}")).await, NVU);
    }
    assert_eq!(rig.authenticate().await, NVU, "the right one, too");
    assert!(rig.heard().is_empty());
    rig.wait(Duration::from_secs(61));
    rig.ticket().await;
    let refused = rig.end().await;
    let want = [("a wrong user or password", 5), ("too many wrong passwords", 1)];
    assert_eq!(refused, want.map(|(t, n)| (t.to_string(), n)));
}

#[tokio::test]
async fn a_ticket_that_is_not_known_is_answered_politely_and_moves_nothing() {
    let rig = Rig::new().await;
    let with = |rest: &str| format!("<ticket>{UNKNOWN}</ticket>{rest}");
    for (operation, inside, want) in [
        ("sendRequestXML", sending(UNKNOWN), ""),
        ("sendRequestXML", String::new(), ""),
        ("receiveResponseXML", with("<response>x</response>"), "-1"),
        ("receiveResponseXML", String::new(), "-1"),
        ("getLastError", with(""), "the session expired: run the update again"),
        ("connectionError", with("<hresult>0x80040402</hresult>"), "done"),
        ("closeConnection", with(""), "tieout: the update has ended"),
        ("closeConnection", String::new(), "tieout: the update has ended"),
        ("closeConnection", "<ticket></ticket>".into(), "tieout: the update has ended"),
    ] {
        assert_eq!(rig.result(operation, &inside).await, want, "{operation}");
    }
    assert!(rig.heard().is_empty(), "nobody looks into what it brings");
    // to close without a ticket is how every update ends that had nothing to do: the only calls here that count for nothing
    assert_eq!(rig.end().await, [("a ticket that is not known".to_string(), 7)]);
}

#[tokio::test]
async fn an_answer_without_a_visit_is_looked_at_only_with_a_ticket_of_ours() {
    let rig = Rig::new().await;
    let ours = rig.ticket_of_before();
    let (guid, seal) = ours.split_at(38);
    let of_another = ticket::make(&rig.engine.stored, &"qbd-other".into()).unwrap();
    let of_another_password = ticket::make(&password::make().unwrap().stored, &rig.engine.row.id).unwrap();
    let forged = [
        guid.to_string(),
        format!("{UNKNOWN}{seal}"),
        format!("{guid}-{}", "0".repeat(32)),
        ours.to_uppercase(),
        of_another,
        of_another_password,
    ];
    for ticket in &forged {
        assert_eq!(rig.receive(ticket, "forged").await, "-1", "{ticket}");
    }
    assert!(rig.heard().is_empty());
    assert_eq!(rig.receive(&ours, "of before the restart").await, "-1");
    assert_eq!(rig.heard(), ["late"]);
    rig.script(|s| assert_eq!(s.late[0].answer, b"of before the restart"));
    assert_eq!(rig.send_request(&ours).await, "", "its visit is over all the same");
}

#[tokio::test]
async fn pages_for_people_and_tools_and_nothing_else() {
    let rig = Rig::new().await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes();
    for (path, want) in [
        ("/qbwc", "This is tieout's address for the QuickBooks Web Connector."),
        ("/support", "choose the .qwc file that tieout wrote"),
        ("/qbwc?wsdl", "<wsdl:definitions "),
        ("/qbwc?WSDL", "<wsdl:definitions "),
    ] {
        let (status, body) = rig.send(&get(path)).await;
        assert_eq!(status, 200, "{path}");
        assert!(body.contains(want), "{path}: {body}");
    }
    let body = envelope("serverVersion", "");
    for (request, want) in [
        (get("/"), 404),
        (get("/qbwc/"), 404),
        (b"DELETE /qbwc HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), 405),
        (b"POST /support HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".to_vec(), 405),
        (b"GET /qbwc HTTP/1.0\r\n\r\n".to_vec(), 505),
        (
            format!("{}Content-Encoding: gzip\r\n\r\n{body}", head("serverVersion", body.len())).into_bytes(),
            415,
        ),
        (post("serverVersion", ""), 500),
    ] {
        let (status, _) = rig.send(&request).await;
        assert_eq!(status, want, "{}", String::from_utf8_lossy(&request));
    }
}
