//! Each branch of an update.

use super::*;

#[tokio::test]
async fn work_is_fetched_carried_out_and_brought_back_until_nothing_is_left() {
    let desk = Desk::new().await;
    desk.script([SIGNED_IN, send(SET), receive(40), send(SET), receive(100), CLOSED]);
    let report = desk.update().await;
    assert_eq!(report.end, End::Finished);
    assert_eq!(codes(&report), Vec::<u16>::new());
    assert_eq!(
        desk.heard(),
        [
            "serverVersion",
            "clientVersion",
            "authenticate",
            "sendRequestXML",
            "receiveResponseXML",
            "sendRequestXML",
            "receiveResponseXML",
            "closeConnection"
        ]
    );
    assert!(desk.body(2).contains("<strUserName>tieout-northwind</strUserName><strPassword>the password<"));
    assert!(desk.body(1).contains("<strVersion>34."));
    let first = desk.body(3);
    assert!(
        first
            .contains("<ticket>{T}</ticket><strHCPResponse>&lt;?xml version=\"1.0\" ?&gt;&lt;QBXML&gt;{2B1E")
    );
    assert!(first.contains("<strCompanyFileName>C:\\QB\\Fernhill &amp; Quay.qbw<"));
    assert!(first.contains("<qbXMLCountry>US</qbXMLCountry><qbXMLMajorVers>16</qbXMLMajorVers>"));
    assert!(desk.body(5).contains("<strHCPResponse /><strCompanyFileName />"), "once only");
    assert_eq!(desk.office.sets.lock().unwrap().as_slice(), [SET, SET]);
    let brought = desk.body(4);
    assert!(
        brought.contains("<response>&lt;?xml version=\"1.0\" ?&gt;&lt;QBXML&gt;1&lt;/QBXML&gt;</response>")
    );
    assert!(brought.contains("<hresult /><message />"));
    assert_eq!(desk.caller.calls()["round_trips"], 2);
    assert_eq!(desk.caller.calls()["sendRequestXML"], 2);
    let log = desk.caller.log();
    assert!(log.iter().any(|l| l.text == "closeConnection: tieout: 1 posted"), "{log:?}");
    assert!(log.iter().all(|l| !l.text.contains("the password")), "{log:?}");
}

#[tokio::test]
async fn who_is_not_let_in_opens_no_quickbooks() {
    for (answer, end, numbers) in [
        (&["", "nvu"][..], End::Failed, vec![1040, 1031]),
        (&["", "NONE"], End::Nothing, vec![]),
        (&["{T}", "busy"], End::Nothing, vec![]),
    ] {
        let desk = Desk::new().await;
        desk.script([(Operation::Authenticate, Says::Texts(answer)), CLOSED]);
        let report = desk.update().await;
        assert_eq!((&report.end, codes(&report)), (&end, numbers), "{answer:?}");
        assert!(desk.office.paths.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn without_a_password_nothing_is_called() {
    let desk = Desk::new().await;
    desk.caller.store_password(None);
    let report = desk.update().await;
    assert_eq!((report.end.clone(), codes(&report)), (End::Failed, vec![1030, 1031]));
    assert!(desk.heard().is_empty());
}

#[tokio::test]
async fn it_comes_later_or_less_often_when_told_so() {
    let desk = Desk::new().await;
    desk.script([(Operation::Authenticate, Says::Texts(&["{T}", "", "90", "300"])), CLOSED]);
    let report = desk.update().await;
    assert_eq!(report.end, End::Nothing);
    assert_eq!(report.postponed, Some(Duration::from_secs(90)));
    assert_eq!(report.at_least, Some(Duration::from_mins(5)));
    desk.script([
        (Operation::Authenticate, Says::Texts(&["{T}", "", "", "300"])),
        send(SET),
        receive(100),
        CLOSED,
    ]);
    let report = desk.update().await;
    assert_eq!((report.end, report.at_least), (End::Finished, Some(Duration::from_mins(5))));
}

#[tokio::test]
async fn the_version_may_stop_it_before_it_signs_in() {
    for (said, ends) in [("W:better update", false), ("E:update it first", true), ("O:2.3", true)] {
        let desk = Desk::new().await;
        desk.bare_script([
            (Operation::ServerVersion, Says::Down("Unable to connect to the remote server")),
            (Operation::ClientVersion, Says::Text(said)),
        ]);
        if !ends {
            desk.bare_script([(Operation::Authenticate, Says::Texts(&["", "none"])), CLOSED]);
        }
        let report = desk.update().await;
        assert_eq!(report.end == End::Failed, ends, "{said}");
        assert!(report.lines.iter().any(|l| l.text.starts_with("serverVersion failed: Unable")));
    }
}

#[tokio::test]
async fn a_pause_is_a_pause_and_never_ends_by_itself_only_for_so_long() {
    let desk = Desk::new().await;
    desk.script([
        SIGNED_IN,
        send(""),
        error("NoOp"),
        send(""),
        error("noop"),
        send(SET),
        receive(50),
        send(""),
        error("NoOp"),
        send(SET),
        receive(100),
        CLOSED,
    ]);
    assert_eq!(desk.update().await.end, End::Finished);
    let endless = (0..4).flat_map(|_| [send(""), error("NoOp")]);
    desk.script([SIGNED_IN].into_iter().chain(endless).chain([CLOSED]));
    assert_eq!(desk.update().await.end, End::Failed);
}

#[tokio::test]
async fn another_sentence_is_shown_and_ends_it() {
    let desk = Desk::new().await;
    desk.script([SIGNED_IN, send(""), error("Another company file answered."), CLOSED]);
    let report = desk.update().await;
    assert_eq!(report.end, End::Stopped("Another company file answered.".into()));
    assert!(report.lines.iter().any(|l| l.text == "The service says: Another company file answered."));
    desk.script([SIGNED_IN, send(SET), receive(-1), error("The answer cannot be read."), CLOSED]);
    assert_eq!(desk.update().await.end, End::Stopped("The answer cannot be read.".into()));
}

#[tokio::test]
async fn nobody_is_there_for_interactive_mode() {
    let desk = Desk::new().await;
    desk.script([
        SIGNED_IN,
        send(""),
        error("Interactive mode"),
        (Operation::InteractiveUrl, Says::Text("")),
        (Operation::InteractiveRejected, Says::Text("")),
        CLOSED,
    ]);
    assert_eq!(desk.update().await.end, End::Stopped("Interactive mode".into()));
    assert!(desk.body(5).contains("<wcTicket>{T}</wcTicket><sessionID />"));
    assert!(desk.body(6).contains("<wcTicket>{T}</wcTicket><reason>Nobody is here</reason>"));
}

#[tokio::test]
async fn an_exception_of_quickbooks_is_brought_without_an_answer() {
    let desk = Desk::new().await;
    desk.office.raises.lock().unwrap().push_back(raised("0x80040400"));
    desk.script([SIGNED_IN, send(SET), receive(100), CLOSED]);
    assert_eq!(desk.update().await.end, End::Finished);
    let brought = desk.body(4);
    assert!(
        brought
            .contains("<response /><hresult>0x80040400</hresult><message>the text of 0x80040400</message>")
    );
}

#[tokio::test]
async fn a_company_file_that_cannot_be_opened_is_told_and_another_path_is_tried() {
    let desk = Desk::new().await;
    desk.office.cannot_open.lock().unwrap().extend([raised("0x8004040A"), raised("0x80040414")]);
    let told = |text| (Operation::ConnectionError, Says::Text(text));
    desk.script([
        (Operation::Authenticate, Says::Texts(&["{T}", "C:\\QB\\A.qbw"])),
        told(""),
        told("done"),
        CLOSED,
    ]);
    let report = desk.update().await;
    assert_eq!((report.end.clone(), codes(&report)), (End::Failed, vec![1013, 1013, 1031]));
    assert_eq!(desk.office.paths.lock().unwrap().as_slice(), ["C:\\QB\\A.qbw", ""]);
    assert!(desk.body(3).contains(
        "<ticket>{T}</ticket><hresult>0x8004040A</hresult><message>the text of 0x8004040A</message>"
    ));
    desk.office.cannot_open.lock().unwrap().push_back(raised("0x80040416"));
    desk.script([SIGNED_IN, told("C:\\QB\\B.qbw"), send(SET), receive(100), CLOSED]);
    assert_eq!(desk.update().await.end, End::Finished);
    assert_eq!(desk.office.paths.lock().unwrap().last().unwrap(), "C:\\QB\\B.qbw");
}

#[tokio::test]
async fn a_service_that_always_names_a_path_does_not_hold_it_for_ever() {
    let desk = Desk::new().await;
    desk.office.cannot_open.lock().unwrap().extend((0..20).map(|_| raised("0x80040408")));
    let told = (0..20).map(|_| (Operation::ConnectionError, Says::Text("")));
    desk.script([SIGNED_IN].into_iter().chain(told));
    assert_eq!(desk.update().await.end, End::Failed);
}

#[tokio::test]
async fn each_call_that_fails_ends_it_under_its_own_number() {
    let down = |operation| (operation, Says::Down("The operation has timed out"));
    let odd = |operation| (operation, Says::Body(200, "text/html", "<html>".into()));
    let before: [Vec<(Operation, Says)>; 5] = [
        vec![],
        vec![SIGNED_IN],
        vec![SIGNED_IN, send(SET)],
        vec![SIGNED_IN, send("")],
        vec![SIGNED_IN, send(SET), receive(100)],
    ];
    let at = [
        (Operation::Authenticate, 1012),
        (Operation::SendRequest, 1041),
        (Operation::ReceiveResponse, 1042),
        (Operation::GetLastError, 1043),
        (Operation::CloseConnection, 1012),
    ];
    for (before, (operation, number)) in before.into_iter().zip(at) {
        for last in [down(operation), odd(operation)] {
            let desk = Desk::new().await;
            desk.script(before.clone().into_iter().chain([last]));
            let report = desk.update().await;
            assert_eq!((report.end.clone(), codes(&report)), (End::Failed, vec![number, 1031]));
        }
    }
    let desk = Desk::new().await;
    desk.bare_script([
        (Operation::ServerVersion, Says::Text("1")),
        (Operation::ClientVersion, Says::Body(500, "text/html", String::new())),
    ]);
    assert_eq!(codes(&desk.update().await), [1036, 1031]);
}

#[tokio::test]
async fn a_service_without_a_client_version_is_taken() {
    let desk = Desk::new().await;
    let fault = "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
        xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><soap:Fault>\
        <faultcode>soap:Client</faultcode><faultstring>Server did not recognize the value of HTTP Header \
        SOAPAction: x.</faultstring></soap:Fault></soap:Body></soap:Envelope>";
    desk.bare_script([
        (Operation::ServerVersion, Says::Text("1")),
        (Operation::ClientVersion, Says::Body(500, "text/xml", fault.into())),
        (Operation::Authenticate, Says::Texts(&["", "none"])),
        CLOSED,
    ]);
    assert_eq!(desk.update().await.end, End::Nothing);
}
