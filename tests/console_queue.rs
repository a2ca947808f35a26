//! The queue of the demo firm against the plan's pictures of it, line by line. What differs is named with its reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and reports by printing"
)]

mod common;
mod console_common;

use console_common::Demo;
use tieout::tui::Headless;

/// The queue at 120x34.
const WIDE: &str = r"tieout · fq-us · Fernhill Quay Advisory → QuickBooks Online    DEMO · single person: Theo Okonkwo · Wed 2026-11-04 09:30
1 Queue  2 Mappings 8!  3 Connections  4 Audit  5 Tie-out  6 Activity October closing · lock 2026-09-30 · read 2 min ago
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      [Open 47]        Blocked 18      Ready 27        Waiting 2       Posted 0        Confirmed 12    Closed 1
USD      64,397.41       20,803.00       42,334.11        1,260.30            0.00       28,956.85          312.00
EUR       6,180.70        2,277.20        3,903.50            0.00            0.00          264.30            0.00
── sorted by posting date ▲ · no filter · 1 without an amount is not in the totals ───────────────────────── 12 of 47 ──
  state            post. date kind payee                 number       will post     finding              ccy   approved
  = held           2026-09-30 INV  Foxglove Print Co.    FP-3390      bill          closed through 09-30 USD   1,086.00
  = held           2026-09-30 EXP  Castellano, Ben       D8MS6K       bill          closed through 09-30 USD     174.30
  ! blocked        2026-10-20 INV  Candor Legal LLP      CL-2217      adopt         in ledger: CL 2217   USD   3,900.00
  ○ ready          2026-10-22 ADV  Lindqvist, Chloé      CA-0117      bill          cash advance         USD     600.00
  ! blocked        2026-10-23 INV  Candor Legal LLP      CL2188       nothing       same as CL-2188      USD   4,750.00
  ○ ready          2026-10-26 EXP  Castellano, Ben       N2HF5R       bill                               USD     451.50
  ! blocked        2026-10-26 EXP  Test Traveler         TEST01       nothing       test user            USD      10.00
  ○ ready          2026-10-27 INV  Foxglove Print Co.    FP-3402      credit        negative             USD    -240.00
  ○ ready          2026-10-27 EXP  Raman, Dev            J7LD4P       bill                               USD     118.75
  ○ ready          2026-10-27 INV  Inkwell Research Ltd  IR-2026-071  bill                               EUR   3,200.00
  ! blocked        2026-10-27 EXP  Okafor, Amara         Q4A7RM       bill          reopened: delta      USD      25.00
> ○ ready          2026-10-28 EXP  Okafor, Amara         B4Q7TN       bill + 2 card                      USD   1,290.15
  ○ ready          2026-10-28 EXP  Haddad, Farid         X3GW8V       2 card                             USD   1,571.80
  ○ ready          2026-10-28 INV  Delmar Office Interi… DOI-7719     bill                               USD   3,178.75
  ! blocked        2026-10-28 INV  Estuary Staffing Inc. ES-90412     bill          CC450 has no class   USD   5,280.00
── B4Q7TN · Merrow Health rollout, Denver ─────── approved by Romero, Lucia 2026-10-28 · receipts 4 of 4 · revision 1 ──
 will post      account                     class                project or party                   debit        credit
 bill           5040 Client Meals           100 Strategy         Merrow Health:Rollout              86.25
                5030 Client Ground Travel   100, 200             Merrow Health:Rollout              41.50
                2010 Employee Payables USD                       Okafor, Amara                                   127.75
 card:CT-9101   5010 Client Airfare         100, 200             Merrow Health:Rollout             624.40
 card:CT-9102   5020 Client Lodging         100 Strategy         Merrow Health:Rollout             538.00
                2110 Corporate Visa                              2 card transactions                           1,162.40
 balanced                                                                                        1,290.15      1,290.15

 Enter open   Space mark   a approve   f fix   / filter   g group findings   ? more";

/// The queue at 80x24.
const NARROW: &str = r"tieout · fq-us → QuickBooks Online               DEMO · T. Okonkwo · 11-04 09:30
1 Queue 2 Map 8! 3 Conn 4 Audit 5 Tie 6 Act          lock 2026-09-30 · 2 min ago
[Open 47] Blocked 18  Ready 27  Waiting 2  Posted 0  Confirmed 12  Closed 1
USD 64,397.41 (40)  EUR 6,180.70 (6)  without amount 1 posting date ▲ · 12 of 47
────────────────────────────────────────────────────────────────────────────────
  state    date  knd payee             number      finding        ccy  approved
  = held   09-30 INV Foxglove Print C… FP-3390     closed period  USD  1,086.00
  = held   09-30 EXP Castellano, Ben   D8MS6K      closed period  USD    174.30
  ! block  10-20 INV Candor Legal LLP  CL-2217     in the ledger  USD  3,900.00
  ○ ready  10-22 ADV Lindqvist, Chloé  CA-0117     advance        USD    600.00
  ! block  10-23 INV Candor Legal LLP  CL2188      duplicate      USD  4,750.00
  ○ ready  10-26 EXP Castellano, Ben   N2HF5R                     USD    451.50
  ! block  10-26 EXP Test Traveler     TEST01      test           USD     10.00
  ○ ready  10-27 INV Foxglove Print C… FP-3402     negative       USD   -240.00
  ○ ready  10-27 EXP Raman, Dev        J7LD4P                     USD    118.75
  ○ ready  10-27 INV Inkwell Research… IR-2026-071                EUR  3,200.00
  ! block  10-27 EXP Okafor, Amara     Q4A7RM      reopened       USD     25.00
> ○ ready  10-28 EXP Okafor, Amara     B4Q7TN                     USD  1,290.15
  ○ ready  10-28 EXP Haddad, Farid     X3GW8V                     USD  1,571.80
  ○ ready  10-28 INV Delmar Office In… DOI-7719                   USD  3,178.75
────────────────────────────────────────────────────────────────────────────────
bill 127.75 Okafor, Amara · 2 card purchases 1,162.40 · due 11-04 · balanced
no findings · receipts 4 of 4 · approved by Romero, Lucia 2026-10-28
Enter open  Space mark  a approve  f fix  / filter  ? more";

/// The dialog for all that is ready once CC450 has a class.
const APPROVE: &str = r"┌─ Approve and post ─────────────────────────────────────────────────────────┐
│ 28 documents → QuickBooks Online · Fernhill Quay Advisory, Inc. · DEMO     │
│                                                                            │
│                                                           USD          EUR │
│ documents (24 in USD, 4 in EUR)              28     21,609.71     3,903.50 │
│ ledger records                               33            29            4 │
│                                                                            │
│ debit   cost and recoverable tax                    21,009.71     3,903.50 │
│ debit   due from employees 1260                        300.00              │
│ credit  employee advances 1250 (net)                   200.00              │
│ credit  payable by us: employees                     2,958.71       703.50 │
│ credit  payable by us: suppliers, issuer            11,192.95     3,200.00 │
│ credit  card 2110, clearing 2130                     5,127.50              │
│ credit  Concur pays once confirmed                   1,830.55              │
│                                                                            │
│ Left out: Q9BK2L (you are the payee), MT-3051 (second approver: Joy Lin)   │
│ 9 carry warnings you have not read: w shows them                           │
│                                                                            │
│ Type the USD total to go on:  __________                      [ Cancel ]   │
│ Esc Cancel   l list   w warnings   p print the batch's debits and credits  │
└────────────────────────────────────────────────────────────────────────────┘";

/// Words of the plan that read otherwise here: the payee as the source names it, family name first, as all the others
/// are; the label of accounting.md for a test user's document. Both keep their column.
const WORDS: [(&str, &str); 3] = [
    ("Test Traveler         TEST01       nothing", "Traveler, Test        TEST01       nothing"),
    ("Test Traveler     TEST01      test     ", "Traveler, Test    TEST01      not ours "),
    ("┌─ Approve and post ─", "┌ Approve ───────────"),
];

/// The cursor's row: B4Q7TN stands twelfth.
const TO_B4Q7TN: &str = "j j j j j j j j j j j";

fn lines(picture: &str) -> Vec<String> {
    let read = |l: &str| WORDS.iter().fold(l.to_string(), |l, (plan, here)| l.replace(plan, here));
    picture.lines().map(read).collect()
}

/// Whether a line is a row of the list: sign and word of a state behind cursor and mark.
fn is_row(line: &str) -> bool {
    let state = line.get(2..).unwrap_or_default();
    ["= held", "! block", "○ ready"].iter().any(|s| state.starts_with(s))
}

/// Everything but the rows stands where the plan has it. The second line is another part's (counter of what is unmapped,
/// age of the data), and the footer names the whole sequence `g f` where the plan has its first key.
fn compare(picture: &str, screen: &str) {
    let plan = lines(picture);
    let shown: Vec<&str> = screen.lines().collect();
    assert_eq!(plan.len(), shown.len());
    for (i, (plan, here)) in plan.iter().zip(&shown).enumerate() {
        if is_row(plan) {
            assert!(is_row(here), "line {i}: {here}\n{screen}");
        } else if i == 1 {
            assert!(here.starts_with("1 Queue  2 Mappings ") || here.starts_with("1 Queue 2 Map "), "{here}");
        } else if i + 1 == shown.len() {
            let keys = "Enter open   Space mark   a approve   f fix   / filter";
            let words = |l: &str| l.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words(here).starts_with(&words(keys)) && here.ends_with("? more"), "{here}");
        } else {
            assert_eq!(plan.trim_end(), *here, "line {i}\n{screen}");
        }
    }
}

/// The rows of one picture that belong to days which it shows whole, in an order of their own within a day: documents of
/// one day stand here in the order of their arrival (expense reports are read before invoices).
fn whole_days(lines: &[String]) -> Vec<String> {
    let mut rows: Vec<String> = lines
        .iter()
        .filter(|l| is_row(l) && !l.contains("10-28"))
        .map(|l| l.replacen("> ", "  ", 1))
        .collect();
    rows.sort();
    rows
}

async fn at(demo: &Demo, w: u16, h: u16) -> Headless {
    let mut console = demo.console(w, h).await.unwrap();
    console.walk(TO_B4Q7TN).await.unwrap();
    console
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_the_plans() {
    let demo = Demo::first_look().await;
    for (picture, w, h) in [(WIDE, 120, 34), (NARROW, 80, 24)] {
        let console = at(&demo, w, h).await;
        let screen = console.screen();
        compare(picture, &screen);
        let here: Vec<String> = screen.lines().map(String::from).collect();
        assert_eq!(whole_days(&lines(picture)), whole_days(&here), "{screen}");
        // the last day goes on below: each of its rows is there, on a taller terminal
        let tall = demo.console(w, 60).await.unwrap().screen();
        for row in lines(picture).iter().filter(|l| is_row(l)) {
            let row = row.replacen("> ", "  ", 1);
            assert!(tall.lines().any(|l| l.replacen("> ", "  ", 1) == row), "{row} is missing\n{tall}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_mended_for_all_and_the_batch_is_the_plans() {
    let demo = Demo::first_look().await;
    let mut console = at(&demo, 120, 34).await;
    console.walk("z").await.unwrap();
    let screen = console.screen();
    let group = screen.lines().find(|l| l.contains("CC450")).unwrap();
    for words in ["cost centre CC450 has no class", "3 documents", "5,862.90 USD"] {
        assert!(group.contains(words), "{group}");
    }
    console.walk("f").await.unwrap();
    console.type_text("400");
    console.settle().await.unwrap();
    console.walk("enter").await.unwrap();
    let screen = console.screen();
    assert!(!screen.contains("CC450") && screen.contains("Ready 30"), "{screen}");
    console.walk("z").await.unwrap();
    let screen = console.screen();
    let cursor = screen.lines().find(|l| l.starts_with("> ")).unwrap();
    assert!(cursor.contains("B4Q7TN"), "the cursor stays where it was: {screen}");
    assert!(screen.contains("12 of 47"), "{screen}");

    console.walk("right right ctrl-a").await.unwrap();
    assert!(console.screen().contains("30 marked, 48,197.01 USD, 3,903.50 EUR"), "{}", console.screen());
    console.walk("a").await.unwrap();
    let screen = console.screen();
    let from = screen.lines().find_map(|l| l.find('┌')).unwrap();
    let boxed = |l: &str| -> Option<String> {
        let text: String = l.chars().skip(from.min(21)).take(78).collect();
        "┌│└".chars().any(|c| text.starts_with(c)).then_some(text)
    };
    let here: Vec<String> = screen.lines().filter_map(boxed).collect();
    assert_eq!(here.join("\n"), lines(APPROVE).join("\n"), "{screen}");
    // Enter alone does nothing, nor does a wrong total
    console.walk("enter").await.unwrap();
    console.type_text("21,609.70");
    console.walk("enter").await.unwrap();
    assert!(console.screen().contains("That is not the USD total"), "{}", console.screen());
    console.walk("backspace 1 enter").await.unwrap();
    let screen = console.screen();
    assert!(screen.contains("28 documents approved"), "{screen}");
    assert!(screen.contains("Waiting 30") && screen.contains("[Ready 2]"), "{screen}");
    // one key takes it back
    console.walk("u").await.unwrap();
    assert!(console.screen().contains("[Ready 30]"), "{}", console.screen());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cash_advance_is_a_debit() {
    let demo = Demo::first_look().await;
    let mut console = demo.console(120, 34).await.unwrap();
    console.press("/");
    console.type_text("kind:adv");
    console.settle().await.unwrap();
    console.walk("enter a").await.unwrap();
    let screen = console.screen();
    let line = |words: &str| {
        screen.lines().find(|l| l.contains(words)).unwrap_or_else(|| panic!("{words}\n{screen}"))
    };
    assert!(line("debit   employee advances 1250 (net)").contains(" 600.00 "), "{screen}");
    assert!(line("credit  payable by us: employees").contains(" 600.00 "), "{screen}");
    assert!(!screen.contains("-600.00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_views_and_files_work_on_the_store() {
    let demo = Demo::first_look().await;
    let mut console = demo.console(120, 34).await.unwrap();
    for (filter, counted) in [
        ("vendor:candor", "2 of 47"),
        ("amount>5000", "2 of 47"),
        ("state:held", "2 of 47"),
        ("cost:CC450", "3 of 47"),
        ("kind:inv -ccy:EUR", "11 of 47"),
        ("finding:duplicate_invoice", "1 of 47"),
        ("date:2026-09", "2 of 47"),
        ("\"okafor, amara\" amount<100", "1 of 47"),
    ] {
        console.press("/");
        console.type_text(filter);
        console.settle().await.unwrap();
        console.walk("enter").await.unwrap();
        let screen = console.screen();
        assert!(screen.contains(counted), "{filter}\n{screen}");
        console.walk("esc").await.unwrap();
    }
    // a view of one's own is there in the next console
    console.press("/");
    console.type_text("ccy:EUR");
    console.settle().await.unwrap();
    console.walk("enter S").await.unwrap();
    console.type_text("euros");
    console.walk("enter").await.unwrap();
    let mut other = demo.console(120, 34).await.unwrap();
    other.walk("V end enter").await.unwrap();
    assert!(other.screen().contains("view: euros"), "{}", other.screen());
    assert!(other.screen().contains("6 of 47"), "{}", other.screen());
    // and its rows in a file, with a total that is that of the tab
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("euros.csv");
    other.walk("e home ctrl-k").await.unwrap();
    other.paste(&file.display().to_string());
    other.walk("enter").await.unwrap();
    assert!(other.screen().contains("6 rows written to"), "{}", other.screen());
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 8, "{text}");
    assert!(text.lines().last().unwrap().contains("6 documents,,,,,,,EUR,6180.70"), "{text}");
    // nothing is overwritten
    other.walk("e home ctrl-k").await.unwrap();
    other.paste(&file.display().to_string());
    other.walk("enter").await.unwrap();
    assert!(other.screen().contains("there is such a file already"), "{}", other.screen());
}
