//! The document screen on the demo firm and the real engine: the pictures of the plan, column for column, and what the
//! keys do there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;
mod console_common;

use console_common::Demo;
use tieout::tui::Headless;

/// The plan's picture of a document that is ready.
const READY: &str = "\
tieout · fq-us · Queue › Open › B4Q7TN                         DEMO · single person: Theo Okonkwo · Wed 2026-11-04 09:31
○ ready · expense report B4Q7TN revision 1 · Okafor, Amara (E1001) · Merrow Health rollout, Denver          1,290.15 USD
posting date 2026-10-28 (approved in Concur 11:00 by Romero, Lucia) · October open · who pays: ledger          12 of 47
── SOURCE · Concur financial document ──────┬── ENTRIES · 3 ledger records, approved and posted together ──────────────
10-20 AIR Air fare BOS-DEN     CBCP   624.40│ bill TO8KX2M4Q7R · Okafor, Amara · due 11-04         debit       credit
  CT-9101 60 %  CC100 P2602           374.64│ 5040 Client Meals              100 Strategy          86.25
          40 %  CC200 P2602           249.76│ 5030 Client Ground Travel      100 Strategy          20.75
10-21 MEA Dinner with client   EMPL    86.25│ 5030 Client Ground Travel      200 Operations        20.75
          100 % CC100 P2602            86.25│ 2010 Employee Payables USD                                       127.75
10-22 LOD Hotel, Denver, 2 n…  CBCP   538.00│ card:CT-9101 TOQ3F7C19ZB · card purchase · dated 2026-10-20
  CT-9102 100 % CC100 P2602           538.00│ 5010 Client Airfare            100 Strategy         374.64
10-22 TAX Taxi to airport      EMPL    41.50│ 5010 Client Airfare            200 Operations       249.76
          50 %  CC100 P2602            20.75│ 2110 Corporate Visa                                              624.40
          50 %  CC200 P2602            20.75│ card:CT-9102 TOD9H4R5W2N · card purchase · dated 2026-10-22
                                            │ 5020 Client Lodging            100 Strategy         538.00
          approved by Concur        1,290.15│ 2110 Corporate Visa                                              538.00
          of it out of pocket         127.75│                                               ──────────── ────────────
          of it company card        1,162.40│                                balanced           1,290.15     1,290.15
          personal, not in it           0.00│ in the ledger now: nothing under these references ✓
          tax reclaimed                 0.00│ all lines: Merrow Health:Rollout, billable · location Boston
── WHY · line 2 of entry 2 ─────────────────┴── CHECKS ─────────────────────────────────────────────────────────────────
account  5010: Concur sent 5010, exact      │ ✓ period open   ✓ vendor active   ✓ 6 accounts active
class    rule 12: CC200 → 200 Operations    │ ✓ class on every line   ✓ project open   ✓ currency USD = vendor
project  rule 31: P2602 → Merrow Health     │ ✓ card total = card transactions   ✓ no duplicate found
party    CBCP → 2110, policy card_account   │ ✓ receipts 4 of 4   ✓ within your limit of 10,000.00 USD
memo     B4Q7TN Okafor: Air fare BOS-DEN    │ ✓ text uncut, unchanged   ✓ you are not the payee
rate     none: home currency                │ ! single person: preparer and approver not separated
── HISTORY ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
2026-10-26 17:20  submitted by Okafor, Amara
2026-10-28 11:00  approved in Concur by Romero, Lucia (E1008)  ·  2026-11-04 09:29  fetched, stored, acknowledged
2026-11-04 09:29  derived with mappings version 7: ready      ·  after confirmation Concur pays nothing: the ledger pays
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

 a approve   h hold   x reject to Concur   o override a line   t receipts   v request   Esc back   ? more
";

/// The lower part of the plan's picture of a document that is blocked.
const BLOCKED: &str = "\
── WHY · line 2 ────────────────────────────┴── FINDINGS · 1 blocks ────────────────────────────────────────────────────
account  6210: Concur sent 6210, exact      │ ! cost_object_unmapped · blocks · affects 3 documents, 5,862.90 USD
class    none: no rule for CC450            │   Cost centre CC450 Sustainability has no class in QuickBooks Online.
project  none in the source                 │   f choose a class   n create class 450 Sustainability   h hold
party    EMPL → 2010, who pays: ledger      │
                                            │ ✓ period open   ✓ vendor active   ✓ currency USD = vendor
                                            │ ✓ receipts 1 of 1   ✓ no duplicate found   ✓ within your limit
";

/// References are drawn from the sample's own ids: each stands for any.
fn masked(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("TO") {
        let (before, from) = rest.split_at(at);
        let word: String = from.chars().take_while(char::is_ascii_alphanumeric).collect();
        out.push_str(before);
        out.push_str(if word.len() == 11 { "TO~~~~~~~~~" } else { &word });
        rest = &from[word.len()..];
    }
    out + rest
}

/// Every row of the picture is on the screen, but for those that differ for a reason: what stands there instead.
fn compare(picture: &str, screen: &str, from: usize, differ: &[(usize, &str)]) {
    let rows: Vec<String> = screen.lines().skip(from).map(masked).collect();
    for (i, line) in picture.lines().enumerate() {
        let wanted = differ.iter().find(|(n, _)| *n == i).map_or(line, |(_, instead)| instead);
        let is = rows.get(i).map_or("", String::as_str);
        assert_eq!(is.trim_end(), masked(wanted).trim_end(), "row {i}\n{screen}");
    }
}

/// Moves the queue's cursor to a document and opens it, as a person does without a filter.
async fn open(console: &mut Headless, number: &str) {
    for _ in 0..60 {
        if console.model().queue.current().is_some_and(|r| r.number == number) {
            break;
        }
        console.walk("j").await.unwrap();
    }
    console.walk("enter").await.unwrap();
    console.wait_for("WHY").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_of_a_ready_document() {
    let demo = Demo::first_look().await;
    let mut console = demo.console(120, 34).await.unwrap();
    open(&mut console, "B4Q7TN").await;
    console.walk("j j j j j L").await.unwrap();
    console.wait_for("nothing under these references").await.unwrap();
    let screen = console.screen();
    println!("{screen}");
    compare(READY, &screen, 0, READY_DIFFERS);
}

/// Row, and what stands there for a reason.
const READY_DIFFERS: &[(usize, &str)] = &[
    // the clock of the demo stands at its start while the test runs
    (
        0,
        "tieout · fq-us · Queue › Open › B4Q7TN                         DEMO · single person: Theo Okonkwo · Wed 2026-11-04 09:30",
    ),
    // both are one column short of 120 in the plan
    (
        2,
        "posting date 2026-10-28 (approved in Concur 11:00 by Romero, Lucia) · October open · who pays: ledger           12 of 47",
    ),
    (
        3,
        "── SOURCE · Concur financial document ──────┬── ENTRIES · 3 ledger records, approved and posted together ───────────────",
    ),
    // the selected line is marked on both sides, with a sign beside the colour
    (
        6,
        ">         40 %  CC200 P2602           249.76│ 5030 Client Ground Travel      100 Strategy          20.75",
    ),
    (
        11,
        "10-22 TAX Taxi to airport      EMPL    41.50│>5010 Client Airfare            200 Operations       249.76",
    ),
    // when it was looked up, and that every check of posting passed with that ledger
    (
        18,
        "          personal, not in it           0.00│ in the ledger now: nothing under these references ✓ 09:30 · checks pass",
    ),
    // more reasons than lines: a key shows them all
    (
        20,
        "── WHY · line 2 of entry 2 ──── Enter all ──┴── CHECKS ─────────────────────────────────────────────────────────────────",
    ),
    // the rules of the sample have their own numbers, and its project a longer name
    (
        22,
        "class    rule 2: CC200 → 200 Operations     │ ✓ class on every line   ✓ project open   ✓ currency USD = vendor",
    ),
    // two checks more: tax rules, and left and right agree
    (
        23,
        "project  rule 10: P2602 → Merrow Health:Rol…│ ✓ card total = card transactions   ✓ no duplicate found   ✓ tax rules",
    ),
    // the text as the ledger will show it
    (
        25,
        "memo     2026-10-20 Air fare BOS-DEN, Merid…│ ✓ text uncut, unchanged   ✓ you are not the payee   ✓ balanced = approved",
    ),
    // the sample submits at 11:00, and the demo reads an hour before its start; this is the first version of its rules
    (28, "2026-10-26 11:00  submitted by Okafor, Amara"),
    (
        29,
        "2026-10-28 11:00  approved in Concur by Romero, Lucia (E1008)  ·  2026-11-04 08:30  fetched, stored, acknowledged",
    ),
    (
        30,
        "2026-11-04 08:30  derived with mappings version 1: ready      ·  after confirmation Concur pays nothing: the ledger pays",
    ),
    // h is left, as everywhere; H holds
    (
        33,
        " a approve   H hold   x reject to Concur   o override a line   t receipts   v request   Esc back   ? more",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_of_a_blocked_document() {
    let demo = Demo::first_look().await;
    let mut console = demo.console(120, 34).await.unwrap();
    open(&mut console, "K8CN1X").await;
    let screen = console.screen();
    println!("{screen}");
    let from = screen.lines().position(|l| l.starts_with("── WHY")).unwrap();
    compare(BLOCKED, &screen, from, BLOCKED_DIFFERS);
    // blocked, approving is dimmed: the word says no more
    let footer = " f fix   a approve   H hold   x reject to Concur   v request   d raw   Esc back   ? more";
    assert_eq!(screen.lines().last().unwrap(), footer);
}

/// Row, and what stands there for a reason.
const BLOCKED_DIFFERS: &[(usize, &str)] = &[
    // a class is made in the ledger from the list of proposals; h is left, as everywhere
    (3, "project  none in the source                 │   f choose a class   H hold   x reject"),
    // there is room for more reasons
    (
        5,
        "memo     2026-10-24 Audit tool, Software and│ ✓ period open   ✓ vendor active   ✓ currency USD = vendor",
    ),
    (
        6,
        "         subscriptions, US                  │ ✓ receipts 1 of 1   ✓ no duplicate found   ✓ within your limit",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_override_by_keys_is_told_and_taken_back() {
    let mut demo = Demo::first_look().await;
    demo.start_engine();
    let mut console = demo.console(120, 34).await.unwrap();
    open(&mut console, "B4Q7TN").await;
    console.walk("o 2").await.unwrap();
    console.type_text("900");
    console.settle().await.unwrap();
    console.walk("enter").await.unwrap();
    console.wait_for("It changes 1 place:").await.unwrap();
    console.type_text("an internal dinner");
    console.walk("enter").await.unwrap();
    console.wait_for("override by Theo Okonkwo").await.unwrap();
    console.wait_for("override_used").await.unwrap();
    console.walk("o 8").await.unwrap();
    console.wait_gone("override_used").await.unwrap();
    console.wait_for("CC100 → 100 Strategy").await.unwrap();
    demo.stop_engine().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mappings_changed_since_approval_are_seen_and_shown_side_by_side() {
    let mut demo = Demo::first_look().await;
    demo.start_engine();
    let mut console = demo.console(120, 34).await.unwrap();
    open(&mut console, "N2HF5R").await;
    console.walk("a").await.unwrap();
    console.wait_for("documents (").await.unwrap();
    console.walk("y").await.unwrap();
    console.wait_for("● approved").await.unwrap();
    // somebody maps the cost centre to another class meanwhile
    let office = demo.office();
    let book = tieout::model::BookId::from("fq-us");
    let rules = office.store().rules(book.clone()).await.unwrap();
    let of = |code: &str| {
        let class = |r: &&tieout::model::rule::Rule| {
            r.kind == tieout::model::rule::RuleKind::Class && r.keys.values().any(|v| v == code)
        };
        rules.rules.iter().find(class).unwrap().clone()
    };
    let rule = tieout::model::rule::Rule { gives: of("CC100").gives, ..of("CC200") };
    office.set_rule(book, rule).await.unwrap();
    console.wait_for("mappings changed since approval · 3 places differ").await.unwrap();
    console.walk("D").await.unwrap();
    console.wait_for("as approved by Theo Okonkwo").await.unwrap();
    let screen = console.screen();
    println!("{screen}");
    assert!(screen.contains("class: 200 Operations → 100 Strategy"), "{screen}");
    console.walk("esc ] [").await.unwrap();
    console.wait_for("N2HF5R").await.unwrap();
    demo.stop_engine().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_serves_no_request_of_others() {
    let demo = Demo::first_look().await;
    let office = demo.office();
    let store = office.store();
    let row = store.find("B4Q7TN".into()).await.unwrap().remove(0);
    let fetch = serde_json::to_value(tieout::engine::Ask::Fetch { book: None }).unwrap();
    // a colleague's request waits, and nobody holds the engine
    let waits = store.ask("fetch".into(), fetch, office.actor(), office.now()).await.unwrap();
    let looked = office.look(row.id).await.unwrap();
    assert!(!looked.slots.is_empty());
    let request = store.request(waits).await.unwrap().unwrap();
    assert_eq!(request.answer, None, "it waits for whoever works");
}
