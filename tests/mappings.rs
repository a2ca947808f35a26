//! Mapping rules against a real store and the sample firm: dry runs, saving, undoing, files, rules about documents.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is not there"
)]

#[path = "common/extra.rs"]
mod extra;

use extra::Home;
use tieout::cli::seed::BOOK;
use tieout::engine::mapping::{Edit, EditWhat, Unmapped, csv};
use tieout::mapping::{Change, key_named};
use tieout::model::finding::FindingCode;
use tieout::model::guard::{Guard, Then, parse};
use tieout::model::rule::{Gives, Rule, RuleKind};
use tieout::model::{BookId, State};
use tieout::store::AuditQuery;

fn book() -> BookId {
    BookId::from(BOOK)
}

async fn version(home: &Home) -> u32 {
    home.store().rules(book()).await.unwrap().version
}

async fn edit(home: &Home, changes: Vec<Change>) -> Edit {
    Edit { expected: version(home).await, what: EditWhat::Changes(changes) }
}

async fn open(home: &Home, value: &str) -> Unmapped {
    let board = home.office().board(book()).await.unwrap();
    let found = board.unmapped.iter().find(|u| u.group.value == value);
    found.cloned().unwrap_or_else(|| panic!("{value} has a mapping: {:?}", board.unmapped))
}

/// The rule that maps CC450 to a class of the ledger.
async fn cc450(home: &Home) -> Rule {
    let u = open(home, "CC450").await;
    let all = home.office().candidates(book(), u.mend, String::new()).await.unwrap();
    Rule { gives: Gives::Record(all[0].record.clone()), ..u.rule }
}

fn set(rule: &Rule) -> Change {
    Change::Set { rule: Box::new(rule.clone()), replaces: None }
}

fn guard(when: &str, then: Then) -> Change {
    let (reason, author) = ("Not for this ledger.".into(), String::new());
    let guard = Guard { id: 0, conditions: parse(when).unwrap(), then, reason, author };
    Change::Guard { guard: Box::new(guard), replaces: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_are_tried_without_a_trace_and_saved_against_the_version_that_was_seen() {
    let home = Home::sample().await;
    let office = home.office();
    let before = version(&home).await;
    let u = open(&home, "CC450").await;
    assert_eq!(u.name, "Sustainability");
    assert!(u.group.count > 0 && !u.group.sums.is_empty());
    let rule = cc450(&home).await;
    let edit = edit(&home, vec![set(&rule)]).await;
    let tried = office.try_rules(book(), edit.clone()).await.unwrap();
    assert_eq!(tried.changed, u.group.count, "{:?}", tried.touched);
    assert!(!tried.partial() && tried.ready > 0);
    let of = tried.touched.iter().find(|t| t.number == "K8CN1X").unwrap();
    assert!(of.what.iter().any(|w| w.starts_with("class none → ")), "{:?}", of.what);
    assert_eq!(
        (version(&home).await, home.state("K8CN1X").await),
        (before, State::Blocked),
        "nothing is stored"
    );
    let freed = office.put_rules(book(), edit.clone()).await.unwrap();
    assert_eq!(freed.ready.len() as u64, tried.ready, "it does what it said");
    assert_eq!(home.state("K8CN1X").await, State::Ready);
    // the second of two people is told who was first
    let stale = office.put_rules(book(), edit.clone()).await.unwrap_err().to_string();
    assert!(stale.contains(&office.actor().name) && stale.contains("Nothing was saved"), "{stale}");
    assert!(office.try_rules(book(), edit).await.is_err());
    // who uses it, and since when
    let rules = home.store().rules(book()).await.unwrap();
    let made = rules.rules.iter().find(|r| r.keys.values().any(|v| v == "CC450")).unwrap();
    assert_eq!(made.author, office.actor().name);
    let uses = home.store().rule_uses(book()).await.unwrap();
    let used = uses.iter().find(|u| u.rule == made.id).unwrap();
    let listed = home.store().rule_documents(book(), made.id, 100).await.unwrap();
    assert_eq!((used.documents, used.version), (listed.rows.len() as u64, rules.version));
    assert!(listed.rows.iter().any(|r| r.number == "K8CN1X"));
    let one = home.store().rule_documents(book(), made.id, 1).await.unwrap();
    assert_eq!((one.rows.len(), one.more), (1, listed.rows.len() > 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_go_back_as_a_new_version_and_forward_again_by_the_same_way() {
    let home = Home::sample().await;
    let office = home.office();
    let rule = cc450(&home).await;
    let first = version(&home).await;
    office.put_rules(book(), edit(&home, vec![set(&rule)]).await).await.unwrap();
    let back = Edit { expected: first + 1, what: EditWhat::Back(first) };
    let told = office.try_rules(book(), back.clone()).await.unwrap();
    assert!(told.unready > 0 && told.rules.iter().any(|r| r.starts_with('−')), "{told:?}");
    office.put_rules(book(), back).await.unwrap();
    assert_eq!((version(&home).await, home.state("K8CN1X").await), (first + 2, State::Blocked));
    // undoing the undo
    let again = Edit { expected: first + 2, what: EditWhat::Back(first + 1) };
    office.put_rules(book(), again).await.unwrap();
    assert_eq!(home.state("K8CN1X").await, State::Ready);
    let versions = home.store().rule_versions(book(), None, 3).await.unwrap();
    assert_eq!(versions.iter().map(|v| v.version).collect::<Vec<_>>(), [first + 3, first + 2, first + 1]);
    assert_eq!(versions[0].rules.rules, versions[2].rules.rules);
    let nothing = Edit { expected: first + 3, what: EditWhat::Back(first + 1) };
    assert!(office.put_rules(book(), nothing).await.unwrap_err().to_string().contains("changes nothing"));
    let query = AuditQuery { subject: Some(BOOK.into()), limit: 20, ..AuditQuery::default() };
    let trail = home.store().audit(query).await.unwrap();
    assert!(trail.iter().filter(|r| r.action == "rules_changed").count() >= 3);
    assert_eq!(home.store().verify_audit().await.unwrap().map(|n| n > 0), Ok(true));
    // a number is never given to another rule
    let mut other = rule.clone();
    other.keys = [(key_named("custom1"), "CC451".to_string())].into();
    office.put_rules(book(), edit(&home, vec![set(&other)]).await).await.unwrap();
    let rules = home.store().rules(book()).await.unwrap();
    let id = rules.rules.iter().find(|r| r.keys.values().any(|v| v == "CC451")).unwrap().id;
    assert!(versions.iter().flat_map(|v| &v.rules.rules).all(|r| r.id != id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_that_decide_the_same_line_are_refused_by_number() {
    let home = Home::sample().await;
    let rules = home.store().rules(book()).await.unwrap();
    let there = rules.rules.iter().find(|r| r.kind == RuleKind::Class).unwrap();
    let mut other = there.clone();
    other.gives = Gives::Nothing;
    let refused = home.office().try_rules(book(), edit(&home, vec![set(&other)]).await).await.unwrap_err();
    assert!(refused.to_string().contains(&format!("rule {} (", there.id)), "{refused}");
    let refused =
        home.office().put_rules(book(), edit(&home, vec![Change::Remove(9999)]).await).await.unwrap_err();
    assert!(refused.to_string().contains("rule 9999 is not there"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_survive_a_file_and_every_difference_is_told() {
    let home = Home::sample().await;
    let office = home.office();
    let rules = home.store().rules(book()).await.unwrap();
    let text = csv::export(&rules).unwrap();
    let plan = office.plan_import(book(), text.clone().into_bytes()).await.unwrap();
    assert_eq!(
        (plan.wrong, plan.added.len(), plan.changed.len(), plan.removed.len()),
        (0, 0, 0, 0),
        "{plan:?}"
    );
    assert_eq!(plan.unchanged, plan.lines);
    let Gives::Record(class) = cc450(&home).await.gives else { panic!() };
    let more = format!(
        "{text},class,custom1=CC450,,{},{},,,\r\n,class,custom1=CC999,,Nowhere,,,,\r\n",
        class.name, class.id
    );
    let plan = office.plan_import(book(), more.into_bytes()).await.unwrap();
    assert_eq!((plan.added.len(), plan.wrong), (1, 1), "{:?}", plan.mistakes);
    assert_eq!(plan.mistakes[0].line, plan.lines + 1);
    let edit = Edit { expected: plan.version, what: EditWhat::Changes(plan.changes) };
    office.put_rules(book(), edit).await.unwrap();
    assert_eq!(home.state("K8CN1X").await, State::Ready);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_about_documents_leave_out_and_hold_what_they_say_first() {
    let home = Home::sample().await;
    let office = home.office();
    let row = home.rows().await.into_iter().find(|r| r.state == State::Ready).unwrap();
    let change = guard(&format!("number is {}", row.number), Then::Hold);
    let Change::Guard { guard: hold, .. } = &change else { panic!() };
    let past = office.past_hits(book(), (**hold).clone()).await.unwrap();
    assert!(past.of > 0 && past.hits <= 1 && past.month == "2026-10", "{past:?}");
    let edit1 = edit(&home, vec![change.clone()]).await;
    let tried = office.try_rules(book(), edit1.clone()).await.unwrap();
    assert_eq!((tried.changed, tried.unready), (1, 1), "{:?}", tried.touched);
    assert_eq!(tried.touched[0].states, (State::Ready, State::Held));
    office.put_rules(book(), edit1).await.unwrap();
    let card = home.card(&row.number).await;
    assert_eq!((card.row.state, card.row.finding), (State::Held, Some(FindingCode::HoldRule)));
    // removed: it goes on
    let id = home.store().rules(book()).await.unwrap().guards[0].id;
    office.put_rules(book(), edit(&home, vec![Change::RemoveGuard(id)]).await).await.unwrap();
    assert_eq!(home.state(&row.number).await, State::Ready);
    let out = guard(&format!("number is {}", row.number), Then::Skip);
    office.put_rules(book(), edit(&home, vec![out]).await).await.unwrap();
    let card = home.card(&row.number).await;
    assert_eq!((card.row.state, card.row.finding), (State::Blocked, Some(FindingCode::OutOfScope)));
    assert!(card.derived.unwrap().set.entries.is_empty());
    let rules = home.store().rules(book()).await.unwrap();
    assert!(rules.guards[0].id > id, "a number is given once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_of_the_memo_change_what_people_read_and_nothing_else() {
    let home = Home::sample().await;
    let office = home.office();
    let before = home.store().books().await.unwrap()[0].settings.memo.clone();
    let change = |before: &str| Change::Memo {
        kind: None,
        before: before.into(),
        after: "{code} {number}\n{title}".into(),
    };
    let sample = office.memo_sample(book(), None).await.unwrap().unwrap();
    assert!(sample.marker.starts_with("tieout:"), "{}", sample.marker);
    let edit1 = edit(&home, vec![change(&before)]).await;
    let tried = office.try_rules(book(), edit1.clone()).await.unwrap();
    assert!(tried.changed > 0 && tried.ready == 0 && tried.unready == 0, "{tried:?}");
    assert!(
        tried.touched.iter().flat_map(|t| &t.what).all(|w| w.starts_with("memo ")),
        "{:?}",
        tried.touched
    );
    let version_before = version(&home).await;
    office.put_rules(book(), edit1.clone()).await.unwrap();
    assert_eq!(version(&home).await, version_before, "the rules are the same");
    let again = office.put_rules(book(), edit1).await.unwrap_err().to_string();
    assert!(again.contains("changed by somebody else"), "{again}");
}
