//! Certificates that are replaced while the listener runs (F52).

use rcgen::SanType;
use tieout::store::ListenerState;

use crate::kit::{Authority, Heard, Rig, connector, day, event, post, private, server_names, tls};

async fn listener(rig: &Rig) -> tieout::store::ListenerRow {
    let rows = rig.core.store.listeners().await.unwrap();
    rows.into_iter().find(|l| l.name == "events").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_used_and_a_broken_one_keeps_the_old() {
    let rig = Rig::new().await;
    let mut alarms = rig.core.events.subscribe();
    let send = |id: &str| post("/concur", &[], &event(id, "nobody"));
    assert_eq!(rig.event(&send("1")).await.status(), Some(200));
    assert_eq!(listener(&rig).await.certificate_until, Some("2027-06-30T00:00:00Z".parse().unwrap()));

    // another authority vouches for us now: who trusts only the old one turns away, who trusts the new one is served
    let other = Authority::new("The next authority");
    let renewed = other.leaf(|p| {
        p.subject_alt_names = server_names();
        p.not_after = day(2028, 1, 1);
    });
    private(&rig.dir.path().join("server.key"), &renewed.key);
    // between the two files the pair does not fit: the old one serves on
    assert_eq!(rig.event(&send("2")).await.status(), Some(200));
    let row = listener(&rig).await;
    assert_eq!(row.state, ListenerState::Listening);
    assert!(row.detail.contains("stays in use") && row.detail.contains("server.key"), "{}", row.detail);
    private(&rig.dir.path().join("server.pem"), &renewed.certificate);
    assert_eq!(rig.event(&send("3")).await, Heard::Closed, "this client trusts the old authority only");
    let next = connector(&other.pem, Some(&rig.client));
    assert_eq!(tls(rig.events, &next, &send("4")).await.status(), Some(200));
    let row = listener(&rig).await;
    assert_eq!(
        (row.detail.as_str(), row.certificate_until),
        ("", Some("2028-01-01T00:00:00Z".parse().unwrap()))
    );

    for broken in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        private(&rig.dir.path().join("server.pem"), broken);
        assert_eq!(tls(rig.events, &next, &send("5")).await.status(), Some(200), "{broken:?}");
        assert!(listener(&rig).await.detail.contains("stays in use"), "{broken:?}");
    }
    std::fs::remove_file(rig.dir.path().join("server.pem")).unwrap();
    assert_eq!(tls(rig.events, &next, &send("6")).await.status(), Some(200));

    let mut heard = Vec::new();
    while let Ok(one) = alarms.try_recv() {
        heard.push(one.text);
    }
    assert!(heard.iter().any(|t| t.contains("stays in use")), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authority_of_clients_is_replaced_with_an_overlap() {
    let rig = Rig::new().await;
    let next = Authority::new("The next authority");
    let client = next.leaf(|_| {});
    let file = rig.dir.path().join("authority.pem");
    let send = |id: &str| post("/concur", &[], &event(id, "nobody"));
    let new = rig.tls(Some(&client));
    assert_eq!(tls(rig.events, &new, &send("1")).await, Heard::Closed);
    private(&file, &format!("{}{}", rig.authority.pem, next.pem));
    assert_eq!(tls(rig.events, &new, &send("2")).await.status(), Some(200), "both");
    assert_eq!(rig.event(&send("3")).await.status(), Some(200), "both");
    private(&file, &next.pem);
    assert_eq!(tls(rig.events, &new, &send("4")).await.status(), Some(200));
    assert_eq!(rig.event(&send("5")).await, Heard::Closed, "the old authority is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_comes_near_is_told_and_at_the_end_nothing_is_taken() {
    let rig = Rig::new().await;
    let send = |id: &str| post("/concur", &[], &event(id, "nobody"));
    rig.clock.set("2027-06-20T00:00:00Z".parse().unwrap());
    assert_eq!(rig.event(&send("1")).await.status(), Some(200));
    let row = listener(&rig).await;
    assert!(row.detail.contains("ends at 2027-06-30"), "{}", row.detail);
    rig.clock.set("2027-06-30T00:00:00Z".parse().unwrap());
    assert_eq!(rig.event(&send("2")).await, Heard::Closed);
    let row = listener(&rig).await;
    assert_eq!(row.state, ListenerState::Failed);
    assert!(row.detail.contains("ended"), "{}", row.detail);
    // a new one opens it again
    let renewed = rig.authority.leaf(|p| {
        p.subject_alt_names = vec![SanType::DnsName("events.test".try_into().unwrap())];
        p.not_after = day(2029, 1, 1);
    });
    let client = rig.authority.leaf(|p| p.not_after = day(2029, 1, 1));
    private(&rig.dir.path().join("server.key"), &renewed.key);
    private(&rig.dir.path().join("server.pem"), &renewed.certificate);
    assert_eq!(tls(rig.events, &rig.tls(Some(&client)), &send("3")).await.status(), Some(200));
    assert_eq!(listener(&rig).await.state, ListenerState::Listening);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_others_can_read_is_not_taken() {
    use std::os::unix::fs::PermissionsExt as _;
    let rig = Rig::new().await;
    let key = rig.dir.path().join("server.key");
    std::fs::write(&key, rig.authority.leaf(|_| {}).key).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(rig.event(&post("/concur", &[], &event("1", "nobody"))).await.status(), Some(200));
    assert!(listener(&rig).await.detail.contains("everybody"), "{}", listener(&rig).await.detail);
    // mended by its rights and a certificate that goes with it
    let renewed = rig.authority.leaf(|p| p.subject_alt_names = server_names());
    std::fs::write(&key, renewed.key).unwrap();
    std::fs::write(rig.dir.path().join("server.pem"), renewed.certificate).unwrap();
    assert_eq!(rig.event(&post("/concur", &[], &event("2", "nobody"))).await.status(), Some(200));
    assert!(listener(&rig).await.detail.contains("everybody"), "{}", listener(&rig).await.detail);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(rig.event(&post("/concur", &[], &event("3", "nobody"))).await.status(), Some(200));
    assert_eq!(listener(&rig).await.detail, "");
}
