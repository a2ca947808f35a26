//! What a `.qwc` file must keep, and pairing with the company file.

use super::*;

#[test]
fn the_sample_of_the_contract_is_read() {
    let one = Application::read(QWC).unwrap();
    assert_eq!((one.name.as_str(), one.user.as_str()), ("tieout", "tieout-northwind"));
    assert_eq!(one.url, "http://localhost:8077/qbwc");
    assert_eq!(one.file_id, "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}");
    assert_eq!(one.every, Duration::from_mins(5));
    assert!(!one.read_only);
    let indented = QWC.replace("><", ">\n  <");
    assert_eq!(Application::read(&indented).unwrap(), one);
    let seconds =
        QWC.replace("<RunEveryNMinutes>5</RunEveryNMinutes>", "<RunEveryNSeconds>45</RunEveryNSeconds>");
    assert_eq!(Application::read(&seconds).unwrap().every, Duration::from_secs(45));
}

#[test]
fn a_file_that_breaks_a_rule_is_not_added() {
    let local = "http://localhost:8077/";
    for (from, to, code) in [
        ("localhost:8077/support", "books.example.com/support", Some(1000)),
        ("localhost:8077/qbwc", "127.0.0.1:8077/qbwc", Some(1001)),
        ("localhost:8077/qbwc", "[::1]:8077/qbwc", Some(1001)),
        ("localhost:8077/support", "127.0.0.1:8077/support", Some(1002)),
        ("<AppName>tieout</AppName>", "", None),
        ("<AppID></AppID>", "", None),
        ("<AppDescription>Concur to QuickBooks sync</AppDescription>", "", None),
        ("<UserName>tieout-northwind</UserName>", "", None),
        ("{A4C1D9F0", "A4C1D9F0", None),
        ("QBFS", "QBOE", None),
        ("RunEveryNMinutes", "RunEveryNHours", None),
        (">5<", ">five<", None),
        ("</QBWCXML>", "", None),
        ("QBWCXML", "XML", None),
    ] {
        let text = QWC.replace(from, to);
        assert_ne!(text, QWC, "{from}");
        assert_eq!(Application::read(&text).unwrap_err().code, code, "{from} -> {to}");
    }
    let elsewhere = QWC.replace(local, "http://books.example.com/");
    assert_eq!(Application::read(&elsewhere).unwrap_err().code, Some(1010));
    assert!(Application::read(&QWC.replace(local, "https://books.example.com/")).is_ok());
}

#[tokio::test]
async fn the_support_page_must_answer() {
    for (status, code) in [(0, Some(1003)), (404, Some(1004)), (301, Some(1004))] {
        let desk = Desk::bare();
        *desk.service.support.lock().unwrap() = status;
        assert_eq!(desk.caller.add(QWC, "p").await.unwrap_err().code, code);
        assert!(desk.caller.application().is_none());
        assert_eq!(desk.caller.log().last().unwrap().code, code);
    }
    let desk = Desk::bare();
    *desk.service.support.lock().unwrap() = 202;
    desk.caller.add(QWC, "p").await.unwrap();
}

#[tokio::test]
async fn a_company_file_belongs_to_one_file_id() {
    let desk = Desk::new().await;
    desk.caller.add(QWC, "p").await.unwrap();
    let other = QWC.replace("123456789ABC", "123456789ABD");
    let not = desk.caller.add(&other, "p").await.unwrap_err();
    assert_eq!(not.code, Some(1039));
    assert_eq!(desk.caller.application().unwrap().file_id, "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}");
    // added at the next update, which tells that it was not
    desk.caller.add_later(&other, "p");
    let report = desk.update().await;
    assert_eq!((report.end.clone(), last_code(&report)), (End::Failed, Some(1039)));
    assert!(desk.heard().is_empty());
}
