//! What is said and done while nobody comes.

use super::*;
use crate::engine::run::{Pass, Posting};
use crate::engine::visit::Admission;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::Health;
use crate::store::sqlite::tests::at;

async fn pass(firm: &Firm, posting: Posting<'_>) -> Pass {
    let mut pass = Pass::default();
    let row = firm.connection().await;
    firm.core.await_visit(&row, posting, &mut pass).await.unwrap();
    pass
}

#[tokio::test]
async fn who_is_overdue_is_offline_since_when_and_well_again_when_it_comes() {
    let firm = Firm::new(false).await;
    firm.clock.set(at(1_000));
    assert_eq!(pass(&firm, Posting::Unattended).await.next, None, "who never came is not waited for");
    let (visit, step) = firm.enter().await;
    firm.carry_on(visit, step).await.1.unwrap();
    firm.core.left(&firm.row, visit, "closed").await;
    let ids = firm.approved(2);
    let waits = pass(&firm, Posting::Unattended).await;
    assert_eq!(waits.next, Some(at(1_300)), "it is expected in five minutes");
    assert_eq!(waits.remains.len(), 1);
    assert!(
        waits.remains[0].starts_with("fq-us: 2 documents wait for QuickBooks, which last came at "),
        "{:?}",
        waits.remains
    );
    assert_eq!(firm.connection().await.health, Health::Ok);
    firm.clock.set(at(1_300));
    let patient = pass(&firm, Posting::Unattended).await;
    assert_eq!((patient.next, patient.glance), (None, Some(at(1_600))), "a little patience");
    firm.clock.set(at(1_600));
    let late = pass(&firm, Posting::Unattended).await;
    assert_eq!((late.next, late.glance), (None, None), "it wakes nobody any more");
    let row = firm.connection().await;
    assert_eq!(row.health, Health::Offline);
    assert!(row.health_reason.starts_with("QuickBooks has not come since "), "{}", row.health_reason);
    assert!(row.health_reason.ends_with("(expected every 5 min)"), "{}", row.health_reason);
    assert_eq!(row.health_since, at(1_600));
    assert_eq!(firm.state(ids[0]), State::Approved, "no document moves");
    firm.clock.set(at(9_000));
    pass(&firm, Posting::Unattended).await;
    assert_eq!(firm.connection().await.health_since, at(1_600));
    assert!(matches!(firm.come().await, Admission::Work(_)));
    assert_eq!(firm.connection().await.health, Health::Ok);
}

#[tokio::test]
async fn an_ask_to_post_is_kept_and_answered_with_when_it_last_came() {
    let firm = Firm::new(true).await;
    let ids = firm.approved(2);
    let by = Actor { name: "Theo".into(), ..Actor::engine() };
    let (said, rest) = firm.core.keep_asked(&ids, None, &by).await.unwrap();
    assert_eq!(said, ["2 documents are posted when QuickBooks next comes; it has not come yet"]);
    assert!(rest.is_empty());
    let (visit, step) = firm.enter().await;
    firm.carry_on(visit, step).await.1.unwrap();
    firm.core.left(&firm.row, visit, "closed").await;
    assert_eq!(firm.state(ids[0]), State::Posted);
    let more = firm.home.approved("later", &[crate::model::entry::Slot::Bill]);
    firm.clock.set(at(100 + 3 * 3600));
    let (said, _) = firm.core.keep_asked(&[], None, &by).await.unwrap();
    assert_eq!(said, ["1 document is posted when QuickBooks next comes; it last came 3 h ago"]);
    assert_eq!(firm.state(more), State::Approved);
}

#[tokio::test]
async fn who_asks_while_it_is_away_hears_when_it_last_came() {
    let firm = Firm::new(false).await;
    let said = firm.core.away(&firm.row).await.unwrap().unwrap();
    assert!(said.ends_with("it has not come yet"), "{said}");
    firm.come().await;
    firm.clock.set(at(100 + 7_200));
    let said = firm.core.away(&firm.row).await.unwrap().unwrap();
    assert!(said.ends_with("it last came 2 h ago"), "{said}");
    let heard = crate::transport::Net::exchange(
        &*firm.core.wires.mailbox(&firm.row.id).unwrap(),
        crate::transport::Request {
            method: crate::transport::Method::Post,
            url: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
            timeout: std::time::Duration::from_secs(1),
        },
    )
    .await;
    assert!(heard.unwrap_err().to_string().contains("QuickBooks last came at "));
}

#[tokio::test]
async fn quickbooks_that_cannot_be_opened_says_why_and_since_when() {
    let firm = Firm::new(false).await;
    let ids = firm.approved(1);
    for _ in 0..2 {
        let Admission::Work(visit) = firm.come().await else { panic!("no work") };
        firm.core.could_not_open(&firm.row, visit, "a dialog is open in QuickBooks: close it".into()).await;
        let said = firm.core.left(&firm.row, visit, "closed").await;
        assert_eq!(said, "tieout: 0 posted; a dialog is open in QuickBooks: close it");
        let row = firm.connection().await;
        assert_eq!(row.health, Health::Offline);
        assert_eq!(row.health_reason, "a dialog is open in QuickBooks: close it");
        assert_eq!((row.health_since, firm.note().await.trouble_since), (at(100), Some(at(100))));
        firm.clock.set(at(400));
    }
    let (_, ended, _) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    assert_eq!(firm.connection().await.health, Health::Ok);
    assert!(firm.note().await.trouble.is_empty());
    assert_eq!(firm.state(ids[0]), State::Posted);
}

#[tokio::test]
async fn a_tie_out_while_it_is_away_is_as_of_its_last_visit_which_it_asks_for() {
    use crate::engine::reconcile::reconcile;
    let firm = Firm::new(true).await;
    let period =
        crate::tieout::Period { from: "2026-10-01".parse().unwrap(), to: "2026-10-31".parse().unwrap() };
    let book = crate::store::sqlite::tests::BOOK.into();
    let read = async || reconcile(&firm.core, &book, period).await.unwrap().report.checked;
    let none = read().await;
    assert!(!none.ok && none.text.contains("it has not come yet"), "{}", none.text);
    assert_eq!(none.ledger_read, None);
    // the next visit brings it, and it is as good as a reading of now
    let (_, ended, _) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    assert!(firm.asked().contains(&"reading".to_string()), "{:?}", firm.log());
    let current = read().await;
    assert_eq!(current.ledger_read, Some(at(100)));
    assert!(
        !current.text.contains("since") && !current.text.contains("ledger was not read"),
        "{}",
        current.text
    );
    assert_eq!(firm.come().await, Admission::Nothing, "no further one is asked for");
    // three hours without a visit
    firm.clock.set(at(100 + 3 * 3_600));
    let old = read().await;
    assert!(!old.ok && old.text.starts_with("not checked since "), "{}", old.text);
    assert!(old.text.contains("it last came 3 h ago"), "{}", old.text);
    assert_eq!(old.ledger_read, Some(at(100)), "its figures are of then");
}

#[tokio::test]
async fn lists_that_were_never_read_are_read_before_there_is_a_book() {
    let firm = Firm::bare().await;
    let (_, ended, _) = firm.visit().await;
    assert_eq!((ended, firm.asked()), (Ok(()), vec!["facts".to_string()]));
    assert!(firm.core.store.facts(LEDGER.into()).await.unwrap().is_some());
    // nobody wants them newer
    firm.clock.set(at(90_000));
    assert_eq!(firm.come().await, Admission::Nothing);
}
