//! What the engine does with a hint: it reads the connection that has news, once, and believes nothing of the event.

use tieout::engine::house::RunOptions;
use tieout::inbound::{Clients, Inbound, Limits, Port, Settings, Tls};
use tieout::model::book::AutoApproval;
use tokio_util::sync::CancellationToken;

use crate::extra::Home;
use crate::kit::{Authority, NAME, PATIENCE, connector, event, post, server_names, tls};

#[tokio::test(flavor = "multi_thread")]
async fn an_event_brings_its_document_long_before_the_next_poll() {
    let home = Home::generated(1, AutoApproval::Off).await;
    let authority = Authority::new("Events Test Authority");
    let dir = tempfile::tempdir().unwrap();
    let (certificate, key) =
        authority.leaf(|p| p.subject_alt_names = server_names()).write(dir.path(), "server");
    let file = dir.path().join("authority.pem");
    std::fs::write(&file, &authority.pem).unwrap();
    let clients = Clients { authority: file, names: vec![NAME.into()], revoked: None };
    let port = Port {
        address: "127.0.0.1:0".parse().unwrap(),
        tls: Some(Tls { certificate, key, clients: Some(clients) }),
        endpoint: None,
        limits: Limits::default(),
    };
    let inbound = Inbound::new(Settings { events: Some(port), ..Settings::default() }).unwrap();
    let mut bound = inbound.bound();
    home.house.attach(inbound);
    assert!(bound.borrow().events.is_none(), "nothing listens before the engine is held");
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (house, stop) = (home.house.clone(), stop.clone());
        async move { house.run_until(RunOptions { attended: true, ..RunOptions::default() }, stop).await }
    });
    let at =
        tokio::time::timeout(PATIENCE, bound.wait_for(|b| b.events.is_some())).await.unwrap().unwrap().events;
    let documents = |n: usize| {
        let home = &home;
        let waiting = async move {
            let mut changed = home.office().changed();
            while home.rows().await.len() < n {
                changed.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
    };
    documents(1).await.expect("the first poll");
    home.more(3);
    let rows = home.store().connections().await.unwrap();
    let company = rows.iter().find(|r| r.system == "concur").unwrap().company.clone();
    let client = connector(&authority.pem, Some(&authority.leaf(|_| {})));
    for n in 0..20 {
        // the same news twenty times, and each of them twice
        for _ in 0..2 {
            let request = post("/concur", &[], &event(&format!("hint-{n}"), &company));
            assert_eq!(tls(at.unwrap(), &client, &request).await.status(), Some(200));
        }
    }
    documents(4).await.expect("the event is followed");
    stop.cancel();
    tokio::time::timeout(PATIENCE, running).await.unwrap().unwrap().unwrap();
    let kept = home.store().deliveries(100).await.unwrap();
    assert_eq!((kept.len(), kept.iter().map(|k| k.repeats).sum::<u64>()), (20, 20));
    let refused = tls(at.unwrap(), &client, &post("/concur", &[], &event("late", &company))).await;
    assert_eq!(refused.status(), None, "nothing listens once the engine is given back");
}
