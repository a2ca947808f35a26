//! Which run the tie-out quotes.

use super::*;

fn total(connection: &str, stage: Stage, count: i64) -> RunTotal {
    let connection = connection.into();
    RunTotal { book: None, connection, kind: None, currency: None, stage, count, minor: 0 }
}

fn run(id: i64, pass: &str, totals: Vec<RunTotal>) -> Run {
    let at = Timestamp::UNIX_EPOCH;
    Run { id, pass: pass.into(), started_at: at, ended_at: at, totals }
}

#[test]
fn the_last_fetch_of_this_source_counts_whatever_ran_after_it() {
    let concur = ConnectionId::from("concur");
    let seen = |listed, payroll| {
        vec![total("concur", Stage::Listed, listed), total("concur", Stage::OutOfScope, payroll)]
    };
    let runs = [
        run(1, "fetch", seen(9, 9)),
        run(2, "fetch", seen(3, 3)),
        run(3, "fetch", vec![total("other", Stage::Listed, 7), total("other", Stage::OutOfScope, 7)]),
        run(4, "fetch", Vec::new()),
        run(5, "post", vec![total("concur", Stage::Stored, 60)]),
    ];
    let (payroll, equations) = last_fetch(&runs, &concur);
    assert_eq!((payroll, equations[0].left, equations[0].right), (3, (3, 0), (3, 0)));
    assert_eq!(last_fetch(&[], &concur), (0, Vec::new()));
}

#[test]
fn what_another_book_has_is_no_matter_of_this_one() {
    let (us, uk) = (BookId::from("fq-us"), BookId::from("fq-uk"));
    let listed = |ledger: &str, approved| Listed {
        kind: DocumentKind::ExpenseReport,
        family: "F".into(),
        number: "F".into(),
        owner: String::new(),
        ledger: ledger.into(),
        currency: crate::model::money::Currency::USD,
        minor: 100,
        processed: None,
        submitted: None,
        approved,
        excluded: false,
    };
    let codes = BTreeSet::from(["FQUK"]);
    let (mine, theirs) = (BTreeSet::from([us.clone()]), BTreeSet::from([uk]));
    assert!(stays(&listed("FQUS", true), &us, None, &codes), "nobody has it: it is missing");
    assert!(stays(&listed("", true), &us, None, &codes));
    assert!(!stays(&listed("FQUK", true), &us, None, &codes));
    assert!(!stays(&listed("", true), &us, Some(&theirs), &codes));
    assert!(!stays(&listed("", true), &us, Some(&mine), &codes), "stored for another period");
    assert!(stays(&listed("", false), &us, Some(&mine), &codes), "submitted again");
}

#[test]
fn records_of_another_book_in_the_same_ledger_are_left_out() {
    let record = |id: &str| crate::tieout::Record {
        kind: EntryKind::Bill,
        id: id.into(),
        number: String::new(),
        date: "2026-10-07".parse().unwrap(),
        party: None,
        currency: crate::model::money::Currency::USD,
        rate: None,
        offset_account: None,
        lines: Vec::new(),
        marker: Some("TO1".into()),
        not_final: None,
        changed_at: None,
    };
    let mut held = Held { records: vec![record("1"), record("2")], ..Held::default() };
    let theirs = BTreeSet::from([(EntryKind::Bill, "2".to_string()), (EntryKind::Journal, "1".to_string())]);
    not_of(&theirs, &mut held);
    assert_eq!(held.records.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["1"]);
}
