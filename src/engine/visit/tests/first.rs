//! Before a first sending the numbers are looked up (contract 6.2, step 7).

use super::*;
use crate::model::entry::Slot;
use crate::model::finding::{FindingCode, Mend};
use crate::model::ids::DocumentId;
use crate::model::rule::{Gives, Key, Rule, RuleKind, RuleSet};
use crate::model::state::State;
use crate::store::sqlite::tests::{BOOK, derived, theo};

#[tokio::test]
async fn a_hundred_numbers_go_to_one_look_up() {
    let firm = Firm::new(false).await;
    firm.approved(250);
    let (told, ended, said) = firm.visit().await;
    assert_eq!((ended, said.as_str()), (Ok(()), "tieout: 250 posted"));
    assert_eq!(firm.client.dials.lock().unwrap().looked, [100, 100, 50]);
    let trips = firm.log().len();
    assert!(trips <= 262, "{trips} round trips for 250 documents");
    assert!(told.is_sorted());
    assert!(told.iter().filter(|p| **p > 10 && **p < 90).count() > 100, "it tells how far it is");
}

#[tokio::test]
async fn our_own_record_in_a_restored_store_is_linked_and_not_made_again() {
    let firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let number = firm.reference(ids[0]);
    firm.file.lock().unwrap().records.insert(number.clone(), ("id77".into(), true));
    let (_, ended, _) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    assert_eq!(firm.sets().len(), 1);
    assert!(firm.sets().iter().all(|s| !s.contains(&number)));
    let card = firm.card(ids[0]);
    assert_eq!((card.row.state, card.intents[0].remote_id.as_str()), (State::Posted, "id77"));
    assert_eq!(firm.state(ids[1]), State::Posted);
    firm.home.check();
}

#[tokio::test]
async fn something_else_under_the_number_is_held_and_the_others_go_on() {
    let firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let number = firm.reference(ids[0]);
    firm.file.lock().unwrap().records.insert(number, ("id77".into(), false));
    let (_, ended, said) = firm.visit().await;
    assert_eq!((ended, said.as_str()), (Ok(()), "tieout: 1 posted, 1 needs attention"));
    assert_eq!((firm.state(ids[0]), firm.state(ids[1])), (State::Held, State::Posted));
    let card = firm.card(ids[0]);
    assert!(card.row.reason.contains("id77") && card.row.reason.contains("adopt it"), "{}", card.row.reason);
    assert!(card.held_approved, "the approval stands");
    let findings = card.derived.unwrap().findings;
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert!(finding.code == FindingCode::MaybeInLedger && finding.value == "id77", "{finding:?}");
    assert!(matches!(&finding.mend, Mend::Adopt { id, .. } if id == "id77"), "{finding:?}");
    // the record that was seen can be linked, by its id
    let adopted = crate::engine::adopt::adopt(&firm.core, ids[0], "id77", theo()).await.unwrap();
    assert_eq!(adopted, State::Posted);
    assert_eq!(firm.card(ids[0]).intents[0].remote_id, "id77");
    firm.home.check();
}

#[tokio::test]
async fn every_record_under_the_number_is_called_another_one_by_its_own_id() {
    let firm = Firm::new(false).await;
    let id = firm.approved(1)[0];
    let number = firm.reference(id);
    firm.file.lock().unwrap().records.insert(number.clone(), ("id77,id770".into(), false));
    assert_eq!(firm.visit().await.1, Ok(()));
    let open = |firm: &Firm| -> Vec<String> {
        firm.card(id).derived.unwrap().findings.iter().map(|f| f.value.clone()).collect()
    };
    assert_eq!(open(&firm), ["id77", "id770"]);
    // an id that is part of another one, or said of one of them, frees nothing
    for (said, left) in [(vec!["id7"], vec!["id77", "id770"]), (vec!["id7", "id770"], vec!["id77"])] {
        another(&firm, id, &said).await;
        assert_eq!(firm.state(id), State::Approved);
        assert_eq!(firm.visit().await.1, Ok(()));
        assert_eq!((firm.state(id), open(&firm)), (State::Held, left.into_iter().map(Into::into).collect()));
    }
    another(&firm, id, &["id77", "id770"]).await;
    assert_eq!(firm.visit().await.1, Ok(()));
    assert_eq!((firm.state(id), firm.sets().len()), (State::Posted, 1));
    firm.home.check();
}

/// A person says of these records that they are another one, and it is derived again.
async fn another(firm: &Firm, id: DocumentId, records: &[&str]) {
    let before = firm.core.store.rules(BOOK.into()).await.unwrap();
    let rule = |(n, record): (u32, &&str)| Rule {
        id: before.version * 10 + n,
        kind: RuleKind::Decision,
        document: Some(id),
        party: None,
        keys: [(Key::About, format!("maybe_in_ledger:{record}"))].into(),
        gives: Gives::Accepted,
        author: "Joy Lin".into(),
        reason: Some("another one".into()),
        billable: false,
    };
    let rules = RuleSet { rules: (1..).zip(records).map(rule).collect(), ..RuleSet::default() };
    let version =
        firm.core.store.put_rules(BOOK.into(), before.version, rules, theo(), firm.core.now()).await.unwrap();
    let mut again = derived("d0", "r1", &[Slot::Bill], &[]);
    again.rules_version = version;
    firm.home.derive(id, again);
}
