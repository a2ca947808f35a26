use super::*;
use crate::model::Currency;
use crate::model::ledger::{Account, AccountType, Company, DimensionValue, LedgerFacts, Vendor};

fn value(id: &str, name: &str, active: bool) -> DimensionValue {
    DimensionValue { id: id.into(), name: name.into(), active }
}

fn facts() -> LedgerFacts {
    LedgerFacts {
        company: Company {
            id: "4620".into(),
            name: "Fennel".into(),
            country: "US".into(),
            home_currency: Currency::USD,
            multicurrency: true,
            currencies: vec![Currency::USD],
            classes: true,
            class_per_record: false,
            departments: true,
            billable: true,
            customers_on_lines: true,
            negative_lines: true,
            close_date: None,
            fiscal_year_start: 1,
        },
        accounts: vec![Account {
            id: "77".into(),
            number: "5010".into(),
            name: "Client Airfare".into(),
            kind: AccountType::Expense,
            currency: None,
            active: true,
        }],
        vendors: vec![Vendor {
            id: "v1".into(),
            code: "E1".into(),
            name: "=Formula Co".into(),
            email: None,
            currency: None,
            active: true,
            term: None,
        }],
        classes: vec![
            value("1", "100 Strategy", true),
            value("2", "200 Operations", true),
            value("9", "Old", false),
            value("10", "Twin", true),
            value("11", "Twin", true),
        ],
        departments: vec![],
        customers: vec![],
        employees: vec![],
        tax_codes: vec![],
        rates: BTreeMap::new(),
        terms: vec![],
        recent: vec![],
        read_at: "2026-11-04T14:30:00Z".parse().unwrap(),
        index: Default::default(),
    }
}

fn rules() -> RuleSet {
    let mut set = RuleSet::default();
    for (code, id, name) in [("CC100", "1", "100 Strategy"), ("CC200", "2", "200 Operations")] {
        set.set(Rule {
            id: 0,
            kind: RuleKind::Class,
            document: None,
            party: None,
            keys: [(Key::Field("custom1".into()), code.to_string())].into(),
            gives: Gives::Record(Named::new(id, name)),
            author: "Theo".into(),
            reason: None,
            billable: false,
        });
    }
    set.set(Rule {
        id: 0,
        kind: RuleKind::Party,
        document: None,
        party: Some("-E1".into()),
        keys: BTreeMap::new(),
        gives: Gives::Record(Named::new("v1", "=Formula Co")),
        author: "Theo".into(),
        reason: Some("+why".into()),
        billable: false,
    });
    set
}

const HEAD: &str = "decides,keys,for,gives,ledger_id\n";

fn mistakes(text: &str) -> Vec<String> {
    let plan = plan(text.as_bytes(), &rules(), &facts());
    plan.mistakes.into_iter().map(|m| format!("{} {}: {}", m.line, m.column, m.why)).collect()
}

#[test]
fn what_is_exported_comes_back_unchanged_and_opens_in_a_spreadsheet() {
    let text = export(&rules()).unwrap();
    assert!(text.starts_with("rule,decides,keys,for,gives,ledger_id,billable,reason,author\r\n"), "{text}");
    assert!(text.contains(",'-E1,'=Formula Co,v1,,'+why,Theo\r\n"), "{text}");
    let plan = plan(text.as_bytes(), &rules(), &facts());
    assert_eq!((plan.lines, plan.unchanged, plan.wrong), (3, 3, 0), "{:?}", plan.mistakes);
    assert!(plan.added.is_empty() && plan.changed.is_empty() && plan.removed.is_empty());
}

#[test]
fn differences_are_told_before_anything_is_saved() {
    let text = format!(
        "{HEAD}class,custom1=CC100,,200 Operations,\nclass,custom1=CC300,,none,\naccount,expense_type=AIRFR,,5010,\n"
    );
    let plan = plan(text.as_bytes(), &rules(), &facts());
    assert_eq!(plan.wrong, 0, "{:?}", plan.mistakes);
    assert_eq!(plan.changed, [("class CC100 → 100 Strategy".into(), "class CC100 → 200 Operations".into())]);
    assert_eq!(plan.added, ["class CC300 → none", "account AIRFR → 5010 Client Airfare"]);
    // vendors are not in the file: it says nothing of them
    assert_eq!(plan.removed, ["rule 2: class CC200 → 200 Operations"]);
    assert_eq!(plan.removals, [Change::Remove(2)]);
    assert!(matches!(&plan.changes[0], Change::Set { replaces: Some(1), .. }));
}

#[test]
fn marks_line_ends_and_separators_of_spreadsheets_are_read() {
    let body = "decides;keys;for;gives\r\nclass;custom1=CC300;;none\r\n";
    for text in
        [body.to_string(), format!("\u{feff}{body}"), body.replace(';', "\t"), body.replace("\r\n", "\n")]
    {
        let plan = plan(text.as_bytes(), &rules(), &facts());
        assert_eq!((plan.added.len(), plan.wrong), (1, 0), "{text:?} {:?}", plan.mistakes);
    }
}

#[test]
fn every_mistake_is_told_by_line_and_column() {
    let long = "x".repeat(10_000);
    for (line, said) in [
        ("class,custom1=CC300,,Nowhere,", "2 gives: the ledger has no record named \"Nowhere\""),
        ("class,custom1=CC300,,Old,", "2 gives: \"Old\" is inactive in the ledger"),
        (
            "class,custom1=CC300,,Twin,",
            "2 ledger_id: \"Twin\" is the name of several records: give one of 10, 11",
        ),
        ("class,custom1=CC300,,Twin,12", "2 ledger_id: the ledger has no record \"12\" named \"Twin\""),
        ("klass,custom1=CC300,,none,", "2 decides: \"klass\" is none of party, account"),
        ("class,CC300,,none,", "2 keys: \"CC300\" is no KEY=VALUE"),
        ("class,custom1=CC300,,none", "2 : it has 4 columns, the first line has 5"),
        ("account,,,5010,", "2 keys: there is no catch-all account"),
        ("party,,,=Formula Co,", "2 for: name the employee number"),
        ("class,custom2=P1,,none,", "2 keys: rule 1 (class CC100 → 100 Strategy) has the same rank"),
        ("class,custom1=CC\u{7}300,,none,", "2 keys: it holds a control or invisible character"),
        (&format!("class,custom1={long},,none,"), "2 keys: the cell has 10008 characters, 500 are the most"),
    ] {
        let got = mistakes(&format!("{HEAD}{line}\n"));
        assert!(got.len() == 1 && got[0].starts_with(said), "{line}: {got:?}");
    }
    let twice = format!("{HEAD}class,custom1=CC300,,none,\nclass,custom1=CC300,,100 Strategy,\n");
    assert_eq!(mistakes(&twice), ["3 keys: line 2 asks for the same already"]);
}

#[test]
fn a_file_that_is_no_list_of_rules_is_refused_whole() {
    assert!(mistakes("")[0].contains("empty"));
    assert!(mistakes("decides,keys,for,value\n")[0].contains("\"value\" is no column"));
    assert!(mistakes("decides,keys,for\nclass,a=b,\n")[0].contains("\"gives\" is missing"));
    let latin = plan(b"decides,keys,for,gives\nclass,custom1=CC\xe9,,none\n", &rules(), &facts());
    assert_eq!(latin.mistakes[0].line, 2);
    assert!(latin.mistakes[0].why.contains("UTF-8") && latin.changes.is_empty());
    let big = vec![b'a'; MOST_BYTES + 1];
    assert!(plan(&big, &rules(), &facts()).mistakes[0].why.contains("5 MB"));
}

#[test]
fn a_formula_stays_text_on_its_way_in() {
    let text = format!("{HEAD}party,,'=E9,'=Formula Co,\n");
    let plan = plan(text.as_bytes(), &rules(), &facts());
    assert_eq!(plan.added, ["party =E9 → =Formula Co"], "{:?}", plan.mistakes);
}

#[test]
fn keys_with_semicolons_survive() {
    let keys: BTreeMap<Key, String> =
        [(Key::Field("custom1".into()), "a;b\\c".into()), (Key::AccountCode, "5=1".into())].into();
    assert_eq!(keys_of(&keys_text(&keys)).unwrap(), keys);
    assert!(keys_of("custom1=a; custom1=b").unwrap_err().contains("twice"));
}

#[test]
fn a_rule_that_stays_may_name_what_is_out_of_use_and_a_wrong_line_removes_nothing() {
    let mut set = rules();
    set.rules[0].gives = Gives::Record(Named::new("9", "Old"));
    let told = plan(export(&set).unwrap().as_bytes(), &set, &facts());
    assert_eq!((told.unchanged, told.wrong), (3, 0), "{:?}", told.mistakes);
    let text = format!("{HEAD}class,custom1=CC100,,Nowhere,\nclass,custom1=CC200,,Old,\n");
    let told = plan(text.as_bytes(), &set, &facts());
    assert_eq!((told.wrong, told.removed.len()), (2, 0), "{told:?}");
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let body = "decides,keys,for,gives\nclass,custom1=CC300,,none\n\nclass,\"custom1=CC9\",,Nowhere\n";
    for text in [body.to_string(), body.replace('\n', "\r\n"), format!("\u{feff}{body}")] {
        assert_eq!(mistakes(&text), ["4 gives: the ledger has no record named \"Nowhere\""], "{text:?}");
    }
}
