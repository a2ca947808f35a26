//! The mapping screen: what its keys ask for, and what stands on it.

use std::collections::BTreeMap;

use crate::engine::mapping::csv::{ImportPlan, Mistake};
use crate::engine::mapping::*;
use crate::engine::{Candidate, Freed};
use crate::mapping::Change;
use crate::model::DocumentKind;
use crate::model::book::{DatePolicy, DimensionSetting, Flow, WhoPays};
use crate::model::entry::Named;
use crate::model::finding::{FindingCode, Mend};
use crate::model::guard::{Guard, Then, parse};
use crate::model::money::Currency;
use crate::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind, RuleSet};
use crate::model::state::State;
use crate::store::{RuleDocuments, RuleUse, RuleVersion};
use crate::tui::effect::Effect;
use crate::tui::layers::Layer;
use crate::tui::msg::Msg;
use crate::tui::screens::mappings::Part;
use crate::tui::screens::mappings::effect::{MappingEffect, MappingMsg};
use crate::tui::theme::Theme;

use super::desk::Desk;
use super::{sample, snap};

fn guard(id: u32, when: &str, then: Then) -> Guard {
    let author = "Joy Lin".into();
    Guard {
        id,
        conditions: parse(when).unwrap(),
        then,
        reason: "Training is posted by payroll.".into(),
        author,
    }
}

/// Rules of a book with all parts in use.
pub fn rules() -> RuleSet {
    let mut set = sample::rules();
    let mut add = |id, kind, party: Option<&str>, keys: &[(Key, &str)], gives| {
        set.rules.push(Rule {
            id,
            kind,
            document: None,
            party: party.map(Into::into),
            keys: keys.iter().map(|(k, v)| (k.clone(), (*v).to_string())).collect(),
            gives,
            author: "Joy Lin".into(),
            reason: None,
            billable: false,
        });
    };
    let record = |id: &str, name: &str| Gives::Record(Named::new(id, name));
    add(32, RuleKind::Party, Some("E1007"), &[], record("9", "O'Brien, Sinéad"));
    add(33, RuleKind::Account, None, &[(Key::ExpenseType, "AIRFR")], record("77", "5010 Client Airfare"));
    add(34, RuleKind::Tax, None, &[(Key::TaxCode, "IE-23"), (Key::ReclaimCode, "N")], Gives::Cost);
    add(
        35,
        RuleKind::Class,
        Some("E1001"),
        &[(Key::Field("custom1".into()), "CC200")],
        record("8", "Old class"),
    );
    set.guards =
        vec![guard(36, "title contains TRAINING", Then::Skip), guard(37, "amount above 5000", Then::Hold)];
    set.last = 37;
    set
}

pub fn board() -> Board {
    let rules = rules();
    let group = |code| sample::groups().into_iter().find(|g| g.code == code).unwrap();
    let near = |id: &str, name: &str, score, note: &str| Candidate {
        record: Named::new(id, name),
        score,
        note: note.into(),
    };
    let unmapped =
        |group: crate::store::FindingGroup, mend: Mend, name: &str, near: Vec<Candidate>| Unmapped {
            rule: crate::mapping::rule_of(&mend).unwrap(),
            sentence: sample::finding(group.code).sentence,
            group,
            mend,
            name: name.into(),
            mendable: true,
            near,
        };
    let mut older = rules.clone();
    older.version = 6;
    older.rules.retain(|r| r.id != 35);
    let version = |rules: &RuleSet, by: &str, at: &str| RuleVersion {
        version: rules.version,
        by: by.into(),
        at: sample::at(at),
        rules: rules.clone(),
    };
    let class = sample::finding(FindingCode::CostObjectUnmapped).mend;
    let party = Mend::MapParty { code: "E1010".into(), suggestion: None };
    Board {
        uses: rules
            .rules
            .iter()
            .map(|r| r.id)
            .chain([36, 37])
            .map(|rule| RuleUse {
                rule,
                documents: u64::from(rule),
                version: 5,
                since: sample::at("2026-10-02T09:00:00Z"),
            })
            .collect(),
        given: vec![(35, Given { label: "Old class".into(), trouble: "inactive" })],
        names: vec![(11, "Strategy".into()), (31, "Merrow Health rollout".into()), (33, "Airfare".into())],
        unmapped: vec![
            unmapped(
                group(FindingCode::CostObjectUnmapped),
                class,
                "Sustainability",
                vec![
                    near("4", "450 Sustainability", 100, "same number, the same words"),
                    near("3", "400 People and Change", 62, "2 of 3 words equal"),
                ],
            ),
            unmapped(group(FindingCode::PartyUnmapped), party, "Iris Tan", vec![]),
        ],
        more_unmapped: 0,
        methods: vec![
            Method { code: "PMTSERV".into(), who: None, waiting: None },
            Method { code: "APCHECK".into(), who: Some(WhoPays::Ledger), waiting: None },
        ],
        versions: vec![
            version(&rules, "Joy Lin", "2026-11-03T16:20:00Z"),
            version(&older, "Theo Okonkwo", "2026-10-02T09:00:00Z"),
        ],
        unread_ledger: false,
        ledger: LedgerWords::default(),
        rules,
    }
}

/// What an edit changes in the sample.
pub fn effect(n: u64) -> RuleEffect {
    let touched = |at: usize, what: &[&str]| {
        let r = &sample::rows()[at];
        Touched {
            id: r.id,
            number: r.number.clone(),
            payee: r.payee.clone(),
            amount: r.currency.zip(r.minor),
            states: (State::Blocked, State::Ready),
            what: what.iter().map(|w| (*w).to_string()).collect(),
        }
    };
    RuleEffect {
        version: 7,
        pending: 47,
        tried: 47,
        changed: n,
        ready: n,
        unready: 0,
        sums: vec![(Currency::USD, 586_290)],
        touched: vec![touched(14, &["class none → 450 Sustainability", "mends: CC450 has no class"])],
        rules: vec!["+ rule 38: class CC450 → 450 Sustainability".into()],
    }
}

/// The fake engine's answer.
pub fn answer(desk: &Desk, effect: &MappingEffect) -> Msg {
    Msg::MappingRoom(match effect {
        MappingEffect::Board { generation, .. } => {
            let board = if desk.empty { Board::default() } else { board() };
            MappingMsg::Board(*generation, Ok(Box::new(board)))
        }
        MappingEffect::Try { book, edit, guard } => {
            let past = guard.as_ref().map(|_| PastHits {
                month: "2026-10".into(),
                of: 212,
                hits: 14,
                sums: vec![(Currency::USD, 1_204_000)],
                first: vec![("B4Q7TN".into(), "Okafor, Amara".into())],
                partial: false,
            });
            MappingMsg::Tried(book.clone(), edit.clone(), Ok(Box::new((self::effect(3), past))))
        }
        MappingEffect::Save { edit, .. } => {
            let freed = Freed { version: 8, derived: 3, ready: vec![sample::id(15)] };
            MappingMsg::Saved(edit.clone(), Ok(freed))
        }
        MappingEffect::Documents { generation, .. } => {
            let rows = sample::rows().into_iter().take(3).collect();
            MappingMsg::Documents(*generation, Ok(RuleDocuments { rows, more: false }))
        }
        MappingEffect::Hits { guard, .. } => MappingMsg::Hits(
            guard.clone(),
            Ok(PastHits { month: "2026-10".into(), of: 20, hits: 0, ..PastHits::default() }),
        ),
        MappingEffect::Sample { .. } => {
            let document = super::sample_set::document();
            MappingMsg::Sample(Ok(Some(Box::new(Sample { document, marker: "tieout:TO8KX2M4Q7R".into() }))))
        }
        MappingEffect::Plan { remove, .. } => MappingMsg::Planned(*remove, Ok(Box::new(plan()))),
        MappingEffect::Export { path, .. } => MappingMsg::Exported(Ok(format!("Version 7 is in {path}"))),
        MappingEffect::Proposals { generation, .. } => MappingMsg::Proposals(*generation, Ok(vec![])),
        MappingEffect::Compare { .. } | MappingEffect::Apply { .. } | MappingEffect::Decline { .. } => {
            MappingMsg::Listed(Ok("2 proposals, 1 of them new.".into()))
        }
    })
}

fn plan() -> ImportPlan {
    let rule = Box::new(rules().rules[0].clone());
    ImportPlan {
        version: 7,
        lines: 5,
        added: vec!["class CC450 → 450 Sustainability".into()],
        changed: vec![("class CC100 → 100 Strategy".into(), "class CC100 → 200 Operations".into())],
        removed: vec!["rule 12: class CC200 → 200 Operations".into()],
        unchanged: 2,
        mistakes: vec![Mistake {
            line: 4,
            column: "gives".into(),
            why: "the ledger has no record named \"Nowhere\"".into(),
        }],
        wrong: 1,
        changes: vec![Change::Set { rule, replaces: Some(11) }],
        removals: vec![Change::Remove(12)],
    }
}

/// On the screen, in a part.
pub fn at(w: u16, h: u16, part: Part) -> Desk {
    let mut desk = Desk::open(w, h);
    if let Some(book) = desk.model.books.first_mut() {
        book.settings.memo = "{number} {name}, {title}".into();
        book.settings.flows = BTreeMap::from([
            (DocumentKind::ExpenseReport, Flow::new(Flow::BILL, DatePolicy::Approval)),
            (DocumentKind::Invoice, Flow::new(Flow::BILL, DatePolicy::Approval)),
        ]);
        book.settings.dimensions = vec![DimensionSetting {
            dimension: DimensionKind::Class,
            field: "custom1".into(),
            required: true,
            invoice_field: None,
        }];
    }
    desk.press("2");
    to(&mut desk, part);
    desk
}

fn to(desk: &mut Desk, part: Part) {
    for _ in 0..9 {
        if desk.model.mappings.part == part {
            return;
        }
        desk.press("tab");
    }
    panic!("no part {part:?}");
}

#[test]
fn every_part_at_every_size() {
    for (w, h) in [(80, 24), (120, 34), (200, 60)] {
        let desk = at(w, h, Part::Dimensions);
        snap(&format!("mappings_dimensions_{w}x{h}"), &desk);
    }
    for (name, part) in [
        ("vendors", Part::Vendors),
        ("payment", Part::Payment),
        ("memo", Part::Memo),
        ("rules", Part::Rules),
        ("changes", Part::Changes),
        ("lists", Part::Lists),
    ] {
        snap(&format!("mappings_{name}_120x34"), &at(120, 34, part));
    }
    let mut desk = at(120, 34, Part::Dimensions);
    desk.model.look.theme = Theme::mono();
    snap("mappings_mono_120x34", &desk);
}

#[test]
fn suggestions_dialogs_and_documents() {
    let mut desk = at(80, 24, Part::Dimensions);
    desk.press("s");
    snap("mappings_suggestions_80x24", &desk);
    desk.press("A");
    snap("mappings_threshold_80x24", &desk);
    desk.press("esc a");
    snap("mappings_outcome_80x24", &desk);
    desk.press("esc esc j enter");
    snap("mappings_documents_80x24", &desk);
    let mut desk = at(80, 24, Part::Memo);
    desk.press("enter");
    snap("mappings_memo_80x24", &desk);
    let mut desk = at(80, 24, Part::Vendors);
    desk.press("I");
    desk.type_text("rules.csv");
    desk.press("enter enter");
    snap("mappings_import_80x24", &desk);
    let mut desk = at(80, 24, Part::Dimensions);
    desk.press("n");
    snap("mappings_form_80x24", &desk);
    let mut desk = at(80, 24, Part::Rules);
    desk.press("n");
    snap("mappings_guard_80x24", &desk);
}

#[test]
fn empty_and_in_error_it_says_what_to_do() {
    let mut desk = Desk::closed(80, 24);
    desk.empty = true;
    desk.send(Msg::Opened(sample::opened()));
    desk.press("2");
    for part in Part::ALL {
        to(&mut desk, part);
        if part == Part::Memo {
            continue;
        }
        let text = desk.text();
        let words: Vec<&str> = part.empty().split_whitespace().take(4).collect();
        assert!(text.contains(&words.join(" ")), "{part:?}\n{text}");
    }
    let counter = desk.effects.iter().rev().find_map(|e| match e {
        Effect::MappingRoom(MappingEffect::Board { generation, .. }) => Some(*generation),
        _ => None,
    });
    let msg = MappingMsg::Board(counter.unwrap(), Err("the disk is full".into()));
    desk.send(Msg::MappingRoom(msg));
    assert!(desk.text().contains("The rules cannot be read: the disk is full. r reads them again."));
}

fn saved(desk: &Desk) -> Vec<Edit> {
    let of = |e: &Effect| match e {
        Effect::MappingRoom(MappingEffect::Save { edit, .. }) => Some((**edit).clone()),
        _ => None,
    };
    desk.effects.iter().filter_map(of).collect()
}

#[test]
fn nothing_is_saved_before_what_it_changes_was_shown() {
    let mut desk = at(120, 34, Part::Dimensions);
    desk.press("f");
    assert!(desk.text().contains("Affects 3 documents, 5,862.90 USD"), "{}", desk.text());
    desk.type_text("sust");
    desk.press("enter");
    assert!(saved(&desk).is_empty());
    let text = desk.text();
    assert!(text.contains("Changes 3 pending documents, 5,862.90 USD. 3 are ready then."), "{text}");
    assert!(text.contains("! blocked → ○ ready"), "{text}");
    desk.press("enter enter");
    assert!(saved(&desk).is_empty(), "Enter alone saves nothing");
    desk.press("y");
    let saved = saved(&desk);
    assert_eq!(saved[0].expected, 7);
    let EditWhat::Changes(changes) = &saved[0].what else { panic!("{saved:?}") };
    assert!(matches!(&changes[0], Change::Set { rule, replaces: None }
        if rule.condition() == "CC450" && matches!(&rule.gives, Gives::Record(n) if n.id == "4")));
    assert!(desk.model.layers.is_empty());
    assert!(desk.text().contains("Saved: version 8"), "{}", desk.text());
}

#[test]
fn a_suggestion_is_taken_alone_or_with_all_that_are_as_sure() {
    let mut desk = at(120, 34, Part::Dimensions);
    desk.press("a y");
    assert_eq!(saved(&desk).len(), 1);
    let mut desk = at(120, 34, Part::Dimensions);
    desk.press("A backspace backspace");
    desk.type_text("200");
    desk.press("enter");
    assert!(desk.text().contains("from 1 to 100"), "{}", desk.text());
    desk.press("backspace backspace backspace");
    desk.type_text("95");
    desk.press("enter y");
    assert_eq!(saved(&desk).len(), 1);
    // a value without a suggestion offers none
    let mut desk = at(120, 34, Part::Vendors);
    desk.press("a A");
    assert!(desk.model.layers.is_empty() && saved(&desk).is_empty());
}

#[test]
fn a_clash_comes_back_to_the_form_with_the_number_of_the_other_rule() {
    let mut desk = at(120, 34, Part::Dimensions);
    desk.press("n tab tab");
    desk.type_text("CC500");
    desk.press("tab tab tab tab right");
    let (edit, _) = tried(&mut desk, "ctrl-s");
    let book = desk.model.book.clone().unwrap();
    let msg =
        MappingMsg::Tried(book, edit, Err("rule 12 (CC500 → x) has the same rank for the same key".into()));
    desk.send(Msg::MappingRoom(msg));
    assert!(matches!(desk.model.layers.last(), Some(Layer::Form(_))), "{}", desk.text());
    assert!(desk.text().contains("rule 12 (CC500 → x) has the same rank"), "{}", desk.text());
}

/// A key whose effects nobody answers; the edit that it tries, and the answer.
fn tried(desk: &mut Desk, name: &str) -> (Box<Edit>, Msg) {
    let now = crate::tui::msg::Now { at: Some(sample::now()), since: desk.since };
    let effects = crate::tui::app::update(&mut desk.model, Msg::Key(super::desk::key(name)), now);
    let Some(Effect::MappingRoom(e @ MappingEffect::Try { edit, .. })) = effects.first() else {
        panic!("{effects:?}: {}", desk.text())
    };
    (edit.clone(), answer(desk, e))
}

#[test]
fn the_question_to_save_never_opens_under_the_typing_hand() {
    // typing a filter, in a dialog, in another form: the answer says that it came, and opens nothing
    for keys in ["/", "?", "n"] {
        let mut desk = at(120, 34, Part::Dimensions);
        let (_, answer) = tried(&mut desk, "a");
        desk.press(keys);
        let before = desk.model.layers.len();
        desk.send(answer);
        assert_eq!(desk.model.layers.len(), before, "{keys}: {}", desk.text());
        desk.press("y");
        assert!(saved(&desk).is_empty(), "{keys}");
        assert!(desk.model.toasts.shown().any(|t| t.text.contains("ask for it again")), "{keys}");
    }
    // an answer that nobody waits for any more
    let mut desk = at(120, 34, Part::Dimensions);
    let (_, first) = tried(&mut desk, "a");
    let (_, second) = tried(&mut desk, "u");
    desk.send(first);
    assert!(desk.model.layers.is_empty());
    desk.send(second);
    assert!(desk.text().contains("Back to version 6"), "{}", desk.text());
}

#[test]
fn a_template_takes_no_text_while_it_is_tried_and_saved() {
    let mut desk = at(120, 34, Part::Memo);
    desk.press("enter");
    desk.type_text("A");
    let (edit, answer) = tried(&mut desk, "ctrl-s");
    desk.type_text("BC");
    desk.send(answer);
    assert!(desk.text().contains("y save"), "{}", desk.text());
    // back in the editor nothing is lost: what was tried is what stands there
    desk.press("esc");
    desk.type_text("D");
    let (again, answer) = tried(&mut desk, "ctrl-s");
    let after = |e: &Edit| match &e.what {
        EditWhat::Changes(list) => match list.first() {
            Some(Change::Memo { after, .. }) => after.clone(),
            other => panic!("{other:?}"),
        },
        other @ EditWhat::Back(_) => panic!("{other:?}"),
    };
    assert_eq!(after(&again), format!("{}D", after(&edit)));
    // left while it is tried: the editor stays, and no question comes
    desk.press("esc");
    desk.send(answer);
    assert_eq!(desk.model.layers.len(), 1);
    assert!(!desk.text().contains("y save"), "{}", desk.text());
}

#[test]
fn who_pays_is_changed_from_what_the_form_showed() {
    let mut desk = at(120, 34, Part::Payment);
    desk.press("e");
    assert!(desk.text().contains("Who pays"), "{}", desk.text());
    let shown = desk.model.mappings.board.clone().unwrap().methods;
    // meanwhile somebody else chose another one, and the rules have another version
    let board = desk.model.mappings.board.as_mut().unwrap();
    board.rules.version += 1;
    for m in &mut board.methods {
        m.who = Some(WhoPays::Payroll);
    }
    desk.press("right");
    let (edit, _) = tried(&mut desk, "ctrl-s");
    let EditWhat::Changes(changes) = &edit.what else { panic!("{edit:?}") };
    assert!(
        matches!(&changes[0], Change::WhoPays { method, before, .. }
        if shown.iter().any(|m| m.code == *method && m.who == *before)),
        "{changes:?}"
    );
    assert_eq!(edit.expected, 7);
}

#[test]
fn undo_says_first_what_it_takes_back() {
    let mut desk = at(120, 34, Part::Vendors);
    desk.press("u");
    assert!(desk.text().contains("Back to version 6 of the rules"), "{}", desk.text());
    assert!(saved(&desk).is_empty());
    desk.press("y");
    assert_eq!(saved(&desk)[0].what, EditWhat::Back(6));
    let mut desk = at(120, 34, Part::Changes);
    desk.press("v");
    assert!(desk.text().contains("this version is in force"), "{}", desk.text());
    desk.press("j v y");
    assert_eq!(saved(&desk)[0].what, EditWhat::Back(6));
}

#[test]
fn a_file_with_a_mistake_is_not_saved_until_the_line_is_left_out() {
    let mut desk = at(120, 34, Part::Vendors);
    desk.press("I");
    desk.type_text("rules.csv");
    desk.press("enter space enter");
    let text = desk.text();
    assert!(text.contains("! line 4, gives: the ledger has no record named"), "{text}");
    desk.press("y");
    assert!(desk.text().contains("press x to leave the wrong lines out"), "{}", desk.text());
    desk.press("x y");
    let tried = desk.effects.iter().rev().find_map(|e| match e {
        Effect::MappingRoom(MappingEffect::Try { edit, .. }) => Some(edit.clone()),
        _ => None,
    });
    let Some(EditWhat::Changes(changes)) = tried.map(|e| e.what) else { panic!("{}", desk.text()) };
    assert!(!changes.iter().any(|c| matches!(c, Change::Remove(_))), "what the file lacks is not known");
    assert!(saved(&desk).is_empty());
    desk.press("y");
    assert_eq!(saved(&desk).len(), 1);
    assert!(desk.model.layers.is_empty());
}

#[test]
fn a_template_is_written_with_a_sample_and_an_unknown_word_is_refused() {
    let mut desk = at(120, 34, Part::Memo);
    desk.press("enter");
    desk.type_text(" {oops}");
    desk.press("ctrl-s");
    assert!(desk.text().contains("{oops} is no word of a template"), "{}", desk.text());
    desk.press("backspace backspace backspace backspace backspace backspace");
    desk.press("enter");
    desk.type_text("{code}");
    let text = desk.text();
    assert!(text.contains("of 4,000 characters, nothing is cut"), "{text}");
    desk.press("ctrl-s y");
    let EditWhat::Changes(changes) = &saved(&desk)[0].what else { panic!() };
    assert!(
        matches!(&changes[0], Change::Memo { kind: None, before, after }
        if before == "{number} {name}, {title}" && after.ends_with("\n{code}")),
        "{changes:?}"
    );
    // what was typed is not lost by one key
    desk.press("enter");
    desk.type_text("x");
    desk.press("esc");
    assert_eq!(desk.model.layers.len(), 1);
    desk.press("esc");
    assert!(desk.model.layers.is_empty());
}

#[test]
fn a_rule_about_documents_is_tested_on_last_month() {
    let mut desk = at(120, 34, Part::Rules);
    desk.press("n");
    desk.type_text("titel contains x");
    desk.press("enter enter");
    desk.type_text("why");
    desk.press("enter");
    assert!(desk.text().contains("nothing of a document"), "{}", desk.text());
    desk.press(&["backspace"; 16].join(" "));
    desk.type_text("title contains offsite");
    desk.press("ctrl-s");
    assert!(
        desk.text().contains("Would have hit 14 of 212 documents of last month (2026-10)"),
        "{}",
        desk.text()
    );
    desk.press("y");
    let EditWhat::Changes(changes) = &saved(&desk)[0].what else { panic!() };
    assert!(matches!(&changes[0], Change::Guard { guard, .. } if guard.then == Then::Skip));
}

#[test]
fn an_older_board_and_another_books_answer_change_nothing() {
    let mut desk = at(120, 34, Part::Dimensions);
    desk.send(Msg::MappingRoom(MappingMsg::Board(0, Ok(Box::default()))));
    assert!(!desk.model.mappings.lines.is_empty());
    let edit = Box::new(Edit { expected: 7, what: EditWhat::Back(6) });
    desk.send(Msg::MappingRoom(MappingMsg::Tried("other".into(), edit, Ok(Box::new((effect(1), None))))));
    assert!(desk.model.layers.is_empty());
}

#[test]
fn hostile_text_is_harmless_and_a_board_of_ten_thousand_rules_draws_its_window() {
    let mut desk = at(120, 34, Part::Dimensions);
    let mut big = board();
    let evil = "\u{1b}[2J\u{202e}".to_string() + &"日本".repeat(5_000);
    for n in 0..10_000u32 {
        let mut r = big.rules.rules[0].clone();
        r.id = 100 + n;
        r.keys = [(Key::Field("custom1".into()), format!("{n} {evil}"))].into();
        r.gives = Gives::Record(Named::new("1", &evil));
        r.author.clone_from(&evil);
        big.rules.rules.push(r);
        if n > 20 {
            big.rules.rules.last_mut().unwrap().keys = [(Key::AccountCode, n.to_string())].into();
            big.rules.rules.last_mut().unwrap().gives = Gives::Nothing;
            big.rules.rules.last_mut().unwrap().author = "x".into();
        }
    }
    let generation = desk
        .effects
        .iter()
        .rev()
        .find_map(|e| match e {
            Effect::MappingRoom(MappingEffect::Board { generation, .. }) => Some(*generation),
            _ => None,
        })
        .unwrap();
    desk.send(Msg::MappingRoom(MappingMsg::Board(generation, Ok(Box::new(big)))));
    assert!(desk.model.mappings.lines.len() > 10_000);
    let text = desk.text();
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    desk.press("G");
    assert!(desk.text().contains("10,0"), "{}", desk.text());
}
