//! Who is let in by certificate: a chain to the configured authority and an allowed name, whatever the serial.

use rcgen::{DnType, ExtendedKeyUsagePurpose, SanType, SerialNumber};
use tieout::inbound::Limits;

use crate::kit::{Authority, Heard, NAME, Pair, Rig, connector, day, event, post, tls};

fn named(name: &str) -> Vec<SanType> {
    vec![SanType::DnsName(name.try_into().unwrap())]
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_chain_to_the_authority_with_an_allowed_name_is_let_in() {
    let rig = Rig::new().await;
    let other = Authority::new("Events Test Authority");
    let own = &rig.authority;
    let cases: Vec<(&str, Option<Pair>, Option<u16>)> = vec![
        ("no certificate", None, None),
        ("from another authority", Some(Authority::new("Somebody else").leaf(|_| {})), None),
        ("from another authority that calls itself like ours", Some(other.leaf(|_| {})), None),
        ("ended", Some(own.leaf(|p| p.not_after = day(2026, 11, 3))), None),
        ("not in force yet", Some(own.leaf(|p| p.not_before = day(2026, 11, 6))), None),
        (
            "for servers only",
            Some(own.leaf(|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth])),
            None,
        ),
        ("another name", Some(own.leaf(|p| p.subject_alt_names = named("events.test"))), Some(403)),
        ("a name below", Some(own.leaf(|p| p.subject_alt_names = named(&format!("x.{NAME}")))), Some(403)),
        (
            "a wildcard",
            Some(own.leaf(|p| p.subject_alt_names = named("*.api.concursolutions.com"))),
            Some(403),
        ),
        (
            "another name, and the right one in the subject",
            Some(own.leaf(|p| {
                p.subject_alt_names = named("events.test");
                p.distinguished_name.push(DnType::CommonName, NAME);
            })),
            Some(403),
        ),
        ("no name at all", Some(own.leaf(|p| p.subject_alt_names = Vec::new())), Some(403)),
        ("right", Some(rig.client.clone()), Some(200)),
        (
            "right, renewed with another serial, key and subject",
            Some(own.leaf(|p| {
                p.serial_number = Some(SerialNumber::from(4711_u64));
                p.distinguished_name.push(DnType::OrganizationName, "Another SE");
            })),
            Some(200),
        ),
        (
            "right, in capitals",
            Some(own.leaf(|p| p.subject_alt_names = named(&NAME.to_uppercase()))),
            Some(200),
        ),
        (
            "the right name among others",
            Some(own.leaf(|p| p.subject_alt_names.extend(named("other.test")))),
            Some(200),
        ),
        (
            "the right name in the subject, no SAN",
            Some(own.leaf(|p| {
                p.subject_alt_names = Vec::new();
                p.distinguished_name.push(DnType::CommonName, NAME);
            })),
            Some(200),
        ),
    ];
    let (mut right, mut wrong) = (0, 0);
    for (n, (what, pair, want)) in cases.iter().enumerate() {
        let request = post("/concur", &[], &event(&format!("id-{n}"), "nobody"));
        let heard = tls(rig.events, &rig.tls(pair.as_ref()), &request).await;
        assert_eq!(heard.status(), *want, "{what}: {heard:?}");
        if *want == Some(200) {
            right += 1;
        } else {
            wrong += 1;
        }
    }
    let (kept, refused) = rig.end().await;
    assert_eq!(kept.len(), right);
    assert!(kept.iter().all(|k| k.delivery.verified_by == format!("certificate {NAME}")));
    assert_eq!(refused.iter().map(|r| r.count).sum::<u64>(), wrong, "{refused:?}");
    let reasons: Vec<_> = refused.iter().map(|r| (r.reason.as_str(), r.count)).collect();
    assert_eq!(
        reasons,
        [
            ("a client certificate of another authority", 1),
            ("no client certificate", 1),
            ("the certificate has no allowed name", 5),
            ("the client certificate has ended", 1),
            ("the client certificate is not in force yet", 1),
            ("the client certificate is not valid", 2),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_turned_away_is_audited_once_and_not_for_each_attempt() {
    let rig = Rig::new().await;
    for _ in 0..40 {
        assert_eq!(tls(rig.events, &rig.tls(None), b"").await, Heard::Closed);
    }
    let core = rig.core.clone();
    let (_, refused) = rig.end().await;
    assert_eq!(refused.iter().map(|r| r.count).sum::<u64>(), 40, "{refused:?}");
    let query = tieout::store::AuditQuery { limit: 500, ..Default::default() };
    let rows = core.store.audit(query).await.unwrap();
    let noted = rows.iter().filter(|r| r.action == "delivery_refused").count();
    // the first at once, what is left at the end; a minute may pass between them on a slow machine
    assert!((1..=4).contains(&noted), "{noted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_is_refused_where_lists_are_configured() {
    let lists = tempfile::tempdir().unwrap();
    let file = lists.path().join("revoked.pem");
    let rig = Rig::new().await;
    let request = post("/concur", &[], &event("before", "nobody"));
    assert_eq!(rig.event(&request).await.status(), Some(200), "no lists, no check");
    rig.end().await;
    let path = file.clone();
    // the list of an authority that nobody comes from is a list all the same
    std::fs::write(&file, Authority::new("Somebody else").revoke(1)).unwrap();
    let rig = Rig::with(Limits::default(), |c| c.revoked = Some(path)).await;
    assert_eq!(rig.event(&request).await.status(), Some(200));
    crate::kit::private(&file, &rig.authority.revoke(77));
    assert_eq!(rig.event(&request).await, Heard::Closed, "the list was read again");
    let fine = rig.authority.leaf(|p| p.serial_number = Some(SerialNumber::from(78_u64)));
    assert_eq!(tls(rig.events, &rig.tls(Some(&fine)), &request).await.status(), Some(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_http_1_1_is_spoken_over_tls() {
    let rig = Rig::new().await;
    let config = connector(&rig.authority.pem, Some(&rig.client));
    let mut changed = (**config.config()).clone();
    changed.alpn_protocols = vec![b"h2".to_vec()];
    let h2 = tokio_rustls::TlsConnector::from(std::sync::Arc::new(changed));
    assert_eq!(tls(rig.events, &h2, &post("/concur", &[], &event("h2", "nobody"))).await, Heard::Closed);
    assert!(rig.kept().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_shows_the_request_for_a_certificate() {
    let rig = Rig::new().await;
    let file = rig.dir.path().join("authority.pem");
    let address = rig.events.to_string();
    let run = tokio::task::spawn_blocking(move || {
        std::process::Command::new("openssl")
            .args(["s_client", "-connect", &address, "-servername", "events.test", "-CAfile"])
            .arg(file)
            .stdin(std::process::Stdio::null())
            .output()
    });
    let Ok(out) = run.await.unwrap() else {
        eprintln!("skipped: openssl is not installed");
        return;
    };
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(text.contains("Acceptable client certificate CA names"), "{text}");
    assert!(text.contains("Events Test Authority"), "{text}");
}
