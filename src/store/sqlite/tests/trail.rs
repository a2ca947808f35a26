//! Searching the audit trail: words, fields, times, pages; hostile text; stores that an older program wrote.

use super::*;
use crate::store::Trail as _;

fn all() -> AuditQuery {
    AuditQuery { limit: 1_000, ..AuditQuery::default() }
}

fn words(text: &str) -> Vec<String> {
    vec![text.to_string()]
}

fn seqs(home: &Home, q: &AuditQuery) -> Vec<u64> {
    let found: Vec<u64> = go(home.store.audit(q.clone())).unwrap().iter().map(|r| r.seq).collect();
    if q.limit >= 1_000 {
        assert_eq!(go(home.store.audit_count(q.clone())).unwrap(), found.len() as u64, "{q:?}");
    }
    found
}

fn found(home: &Home, text: &str) -> usize {
    seqs(home, &AuditQuery { search: words(text), ..all() }).len()
}

/// A home with events of several people about three documents.
fn lived() -> (Home, DocumentId) {
    let home = Home::new();
    let id = home.approved("alpha", &[Slot::Bill]);
    home.ready("beta", &[Slot::Bill]);
    let gamma = home.ready("gamma", &[Slot::Bill]);
    home.act(gamma, Act::Hold { reason: "waits for Zoë's \"receipt\"".into() }).unwrap();
    (home, id)
}

#[test]
fn events_are_found_by_number_payee_action_person_and_text() {
    let (home, id) = lived();
    let payee = home.card(id).row.payee;
    assert!(found(&home, "N-alpha") >= 3);
    assert!(found(&home, "n-alp") >= 3, "from the beginning of the number");
    assert!(found(&home, payee.split_whitespace().next().unwrap()) >= 3);
    assert!(found(&home, "theo okonkwo approved") >= 1);
    assert_eq!(found(&home, "receipt zoe"), 1, "whatever the order, with or without marks");
    assert_eq!(found(&home, "N-alpha receipt"), 0, "all words");
    assert!(found(&home, &id.to_string()) >= 3);
    assert_eq!(found(&home, "acknowledgement"), found(&home, "acknowledgem"));
    assert_eq!(found(&home, "zzz"), 0);
    let newest = seqs(&home, &all());
    assert!(newest.windows(2).all(|w| w[0] == w[1] + 1), "all events, newest first");
}

#[test]
fn fields_look_where_they_are_told() {
    let (home, id) = lived();
    let n = |q: AuditQuery| seqs(&home, &q).len();
    assert_eq!(n(AuditQuery { who: words("approved"), ..all() }), 0);
    assert!(n(AuditQuery { who: words("theo"), ..all() }) > 0);
    assert_eq!(n(AuditQuery { action: words("approved"), document: words("N-alpha"), ..all() }), 1);
    assert_eq!(
        n(AuditQuery { document: words("alpha"), ..all() }),
        n(AuditQuery { document: words("N-alpha"), ..all() })
    );
    assert!(n(AuditQuery { connection: words("qbo"), ..all() }) > 0);
    assert_eq!(n(AuditQuery { connection: words("qbo-eu"), ..all() }), 0);
    assert!(n(AuditQuery { connection: words(BOOK), document: words("N-beta"), ..all() }) > 0);
    let of = AuditQuery { subject: Some(id.to_string()), ..all() };
    let mine = n(of.clone());
    assert!(mine >= 3);
    assert_eq!(n(AuditQuery { search: words("approved"), ..of }), 1);
}

#[test]
fn no_text_is_a_syntax_error() {
    let (home, _) = lived();
    let long = "a\"b* OR ".repeat(1_250);
    let wide = "é".repeat(10_000);
    for text in [
        "\"",
        "'",
        "*",
        "^",
        "(",
        ")",
        "a\"",
        "AND",
        "OR NOT",
        "NEAR(a b, 2)",
        "who:",
        "who : theo",
        "{who} : x",
        "-theo",
        "a*b",
        "col:theo*",
        "\\",
        "%",
        "_",
        "theo\0okonkwo",
        "\u{202e}theo",
        "--",
        "; DROP TABLE audit",
        "日本語",
        "👩‍👩‍👧",
        "e\u{301}",
        "॥",
        "क्षि",
        &long,
        &wide,
    ] {
        for q in [
            AuditQuery { search: words(text), ..all() },
            AuditQuery { who: words(text), ..all() },
            AuditQuery { document: words(text), action: words(text), connection: words(text), ..all() },
        ] {
            seqs(&home, &q);
        }
    }
    assert!(found(&home, "theo* AND \"okonkwo\"") == 0, "AND is a word, and no event has it");
    assert_eq!(found(&home, "(theo) [okonkwo]"), found(&home, "theo okonkwo"));
    assert_eq!(found(&home, "***"), 0, "what has no word finds nothing");
    assert!(found(&home, "  ") > 0, "nothing typed is no search");
    for i in 0..100 {
        // more words than count: still an answer
        found(&home, &vec!["theo"; i].join(" "));
    }
}

#[test]
fn pages_go_both_ways_and_end() {
    let (home, _) = lived();
    for q in
        [all(), AuditQuery { search: words("n"), ..all() }, AuditQuery { search: words("alpha"), ..all() }]
    {
        let whole = seqs(&home, &q);
        let mut down = Vec::new();
        loop {
            let page = seqs(&home, &AuditQuery { before: down.last().copied(), limit: 2, ..q.clone() });
            if page.is_empty() {
                break;
            }
            down.extend(page);
        }
        assert_eq!(down, whole);
        let mut up: Vec<u64> = Vec::new();
        loop {
            let after = up.first().copied();
            let page =
                seqs(&home, &AuditQuery { after: after.or(Some(0)), forward: true, limit: 2, ..q.clone() });
            if page.is_empty() {
                break;
            }
            up.splice(0..0, page);
        }
        assert_eq!(up, whole);
    }
}

#[test]
fn a_span_of_time_is_whole_though_a_clock_was_set_back() {
    let home = Home::new();
    let note = |second: i64, subject: &str| {
        go(home.store.note("exported".into(), subject.into(), vec![], theo(), at(second))).unwrap();
    };
    for (second, subject) in [(100, "one"), (900, "two"), (300, "three"), (350, "four"), (1_000, "five")] {
        note(second, subject);
    }
    let between = |from, to, text: &str| -> Vec<String> {
        let q = AuditQuery { from: Some(at(from)), to: Some(at(to)), search: words(text), ..all() };
        let rows = go(home.store.audit(q.clone())).unwrap();
        assert_eq!(go(home.store.audit_count(q)).unwrap(), rows.len() as u64);
        rows.into_iter().map(|r| r.subject).collect()
    };
    assert_eq!(between(100, 400, ""), ["four", "three", "one"]);
    assert_eq!(between(100, 400, "exported"), ["four", "three", "one"]);
    assert_eq!(between(300, 1_000, "exported"), ["four", "three", "two"], "the end is not in it");
    assert_eq!(between(2_000, 3_000, "exported"), Vec::<String>::new());
}

#[test]
fn the_words_of_an_older_store_are_added_when_it_is_opened() {
    let (home, _) = lived();
    let asks: Vec<AuditQuery> = ["N-alpha", "theo", "receipt", "acknowledged"]
        .into_iter()
        .map(|t| AuditQuery { search: words(t), ..all() })
        .collect();
    let before: Vec<_> = asks.iter().map(|q| seqs(&home, q)).collect();
    let dir = home.dir;
    drop(home.store);
    let c = Connection::open(&home.file).unwrap();
    // as the migration leaves a store with events, of which a first part was indexed before somebody pulled the plug
    c.execute_batch(
        "INSERT INTO audit_words(audit_words) VALUES ('delete-all');
         UPDATE audit_fill SET next = 1, last = (SELECT max(seq) FROM audit);",
    )
    .unwrap();
    drop(c);
    let home = Home { store: open(&dir).unwrap(), file: dir.path().join("tieout.db"), dir };
    let after: Vec<_> = asks.iter().map(|q| seqs(&home, q)).collect();
    assert_eq!(after, before);
    assert!(go(home.store.verify_audit()).unwrap().is_ok(), "the chain knows nothing of it");
    let (next, last): (i64, i64) = home
        .raw()
        .query_row("SELECT next, last FROM audit_fill", [], |r| Ok((r.get(0)?, r.get(1)?)))
        .unwrap();
    assert_eq!(next, last + 1);
}

#[test]
fn the_migration_finds_what_is_to_be_filled_and_how_far_clocks_went_back() {
    let c = Connection::open_in_memory().unwrap();
    c.execute_batch(include_str!("../schema.sql")).unwrap();
    for (seq, time) in [(1, 100), (2, 500), (3, 200), (4, 450), (5, 600)] {
        c.execute(
            "INSERT INTO audit(seq, at, actor, via, action, subject, body, prev, hash) VALUES (?,?,'','','','',x'',x'',x'')",
            [seq, time],
        )
        .unwrap();
    }
    c.execute_batch(include_str!("../009_audit.sql")).unwrap();
    let fill: (i64, i64) =
        c.query_row("SELECT next, last FROM audit_fill", [], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
    let clock: (i64, i64) =
        c.query_row("SELECT newest, skew FROM audit_clock", [], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
    assert_eq!((fill, clock), ((1, 5), (600, 300)));
}

#[test]
fn what_a_refused_step_noted_is_not_found() {
    let home = Home::new();
    let id = home.ready("alpha", &[Slot::Bill]);
    let wrong = home.card(id).row.version + 7;
    let stale = ApproveOne { id, version: wrong, digest: "x".into(), as_delta: false };
    let good = home.ready("beta", &[Slot::Bill]);
    let card = home.card(good);
    let fine = ApproveOne {
        id: good,
        version: card.row.version,
        digest: card.derived.unwrap().digest,
        as_delta: false,
    };
    let answers = go(home.store.approve(vec![stale, fine], theo(), at(3))).unwrap();
    assert!(answers[0].1.is_err() && answers[1].1.is_ok());
    let approved = seqs(&home, &AuditQuery { action: words("approved"), ..all() });
    assert_eq!(approved.len(), 1);
    home.check();
}

#[test]
fn a_verification_says_how_far_it_is_and_is_remembered() {
    let (home, _) = lived();
    assert_eq!(go(home.store.audit_check()).unwrap(), None);
    let whole = go(home.store.verify_audit_told(Box::new(|_, _| {}))).unwrap().unwrap();
    let check = AuditCheck { at: at(99), rows: whole, broken: None };
    go(home.store.keep_audit_check(check.clone())).unwrap();
    assert_eq!(go(home.store.audit_check()).unwrap(), Some(check));
    let broken = AuditCheck { at: at(100), rows: 4, broken: Some((5, "edited".into())) };
    go(home.store.keep_audit_check(broken.clone())).unwrap();
    assert_eq!(go(home.store.audit_check()).unwrap(), Some(broken));
}

#[test]
fn what_the_engine_does_is_kept_for_the_connections_that_there_are() {
    let home = Home::new();
    let mut row = ConnectionActivity::new("qbo".into(), 7, at(1));
    row.doing = Some((Doing::Post, at(1)));
    let gone = ConnectionActivity::new("gone".into(), 7, at(1));
    go(home.store.put_activity(vec![row.clone(), gone], at(2))).unwrap();
    row.doing = None;
    row.calls_hour = 3;
    go(home.store.put_activity(vec![row.clone()], at(3))).unwrap();
    assert_eq!(go(home.store.activity()).unwrap(), [row]);
    let holder = EngineHolder {
        pid: 7,
        host: "here".into(),
        person: "Sam".into(),
        via: "console".into(),
        since: at(4),
    };
    go(home.store.put_holder(holder.clone())).unwrap();
    assert_eq!(go(home.store.last_holder()).unwrap(), Some(holder));
}
