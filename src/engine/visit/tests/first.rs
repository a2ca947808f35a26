//! Before a first sending the numbers are looked up (contract 6.2, step 7).

use super::*;
use crate::model::state::State;

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
    firm.home.check();
}
