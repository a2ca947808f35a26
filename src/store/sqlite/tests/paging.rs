//! Pages by key are the pages of a naive sort.

use proptest::prelude::*;

use super::*;
use crate::model::filter::{Filter, Want};
use crate::store::operations::Views as _;

/// Conditions of every kind; some of them hostile.
const FILTERS: [&str; 24] = [
    "vendor:okafor",
    "-payee:abb",
    "vendor:E1001",
    "number:n1",
    "-number:N-D",
    "amount>100",
    "amount<=-100",
    "amount=200",
    "-amount>0",
    "amount>99.995",
    "state:Blocked",
    "-state:ready",
    "cost:cc1",
    "-cost:c1",
    "kind:exp",
    "kind:inv",
    "ccy:EUR",
    "-ccy:JPY",
    "date>2026-10-02",
    "date:2026-10",
    "finding:tax_unmapped",
    "-müller",
    "\"client visit\"",
    "\"%' OR 1=1 --\"",
];

const SORTS: [Sort; 12] = Sort::ALL;

/// What a condition says of a row, without a database.
fn holds(r: &Row, want: &Want) -> bool {
    let has = |field: &str, t: &str| field.to_lowercase().contains(t);
    match want {
        Want::Text(t) => {
            let brief = format!("{}\n{}", r.finding.map_or("", |f| f.name()), r.finding_brief);
            [&r.number, &r.payee, &r.title, &r.payee_code, &r.source_id, &r.reason, &brief, &r.cost_centres]
                .iter()
                .any(|f| has(f, t))
                || r.state.name().contains(t.as_str())
        }
        Want::Payee(t) => has(&r.payee, t) || has(&r.payee_code, t),
        Want::Number(t) => has(&r.number, t),
        Want::Amount(compare, amount) => match (r.minor, r.currency) {
            (Some(m), Some(c)) => compare.holds(&from_minor(m, c), amount),
            _ => false,
        },
        Want::State(states) => states.contains(&r.state),
        Want::Cost(t) => r.cost_centres.split(' ').any(|c| c.to_lowercase().starts_with(t)),
        Want::Kind(kinds) => kinds.contains(&r.kind),
        Want::Currency(c) => r.currency == Some(*c),
        Want::Date(compare, day) => r.posting_date.is_some_and(|d| compare.holds(&d, day)),
        Want::Between(first, last) => r.posting_date.is_some_and(|d| *first <= d && d <= *last),
        Want::Finding(codes) => r.finding.is_some_and(|f| codes.contains(&f)),
    }
}

fn naive(rows: &[Row], q: &Query) -> Vec<DocumentId> {
    let mut rows: Vec<&Row> = rows
        .iter()
        .filter(|r| q.book.is_none() || r.book == q.book)
        .filter(|r| q.states.is_empty() || q.states.contains(&r.state))
        .filter(|r| {
            q.search.iter().all(|w| {
                format!("{}\n{}\n{}", r.number, r.payee, r.title).to_lowercase().contains(&w.to_lowercase())
            })
        })
        .filter(|r| q.filter.terms.iter().all(|t| holds(r, &t.want) != t.not))
        .collect();
    let date = |r: &Row| r.posting_date.map_or_else(|| "~".into(), |d| d.to_string());
    rows.sort_by(|a, b| {
        let key = match q.sort {
            Sort::PostingDate => date(a).cmp(&date(b)),
            Sort::Amount => a.minor.unwrap_or(0).cmp(&b.minor.unwrap_or(0)),
            Sort::Payee => a.payee.cmp(&b.payee),
            Sort::Number => a.number.cmp(&b.number),
            Sort::State => a.state.cmp(&b.state).then(date(a).cmp(&date(b))),
            Sort::Arrived => a.arrived_at.cmp(&b.arrived_at),
            Sort::Kind => a.kind.name().cmp(b.kind.name()),
            Sort::WillPost => a.will_post.cmp(&b.will_post),
            Sort::Finding => a.finding.map(|f| f.name()).cmp(&b.finding.map(|f| f.name())),
            Sort::Currency => a.currency.map(|c| c.code()).cmp(&b.currency.map(|c| c.code())),
            Sort::CostCentres => a.cost_centres.cmp(&b.cost_centres),
            Sort::Approver => a.approver.cmp(&b.approver),
        };
        key.then(a.id.cmp(&b.id))
    });
    if q.descending {
        rows.reverse();
    }
    rows.into_iter().map(|r| r.id).collect()
}

fn filled(home: &Home) -> Vec<Row> {
    go(home.store.put_book(Book { id: "other".into(), ..book("other") }, theo(), at(0))).unwrap();
    let mut rng = fastrand::Rng::with_seed(7);
    for i in 0..60 {
        let name = format!("d{}", rng.u32(0..1_000_000));
        let mut a = arrival(&name, rng.i64(-3..3) * 100);
        a.book = [Some(BookId::from(BOOK)), Some("other".into()), None][rng.usize(0..3)].clone();
        a.header = a.header.map(|h| ArrivalHeader {
            number: format!("N{}", rng.u32(0..20)),
            title: ["Müller offsite", "Client visit"][rng.usize(0..2)].into(),
            ..h
        });
        if rng.u8(0..8) == 0 {
            a.header = Err(Unreadable { path: "x".into(), message: "bad".into(), number: "N1".into() });
        }
        let readable = a.header.is_ok();
        let id = new_id(&go(home.store.arrive(vec![a], vec![false], at(i / 7))).unwrap()[0]);
        if readable && rng.u8(0..5) > 0 {
            let codes: &[FindingCode] = if rng.bool() { &[] } else { &[FindingCode::TaxUnmapped] };
            let mut d = derived(&name, "r1", &[Slot::Bill], codes);
            d.posting_date = Some(jiff::civil::date(2026, 10, rng.i8(1..5)));
            d.payee = ["Okafor, Amara", "Abbé", "de Vries"][rng.usize(0..3)].into();
            d.approver = ["Romero, Lucia", ""][rng.usize(0..2)].into();
            home.derive(id, d);
        }
        if rng.u8(0..6) == 0 && home.state(id).may_become(State::Held) {
            home.act(id, Act::Hold { reason: "wait".into() }).unwrap();
        }
    }
    let all = go(home.store.page(Query { limit: 1_000, ..Query::default() })).unwrap().rows;
    assert_eq!(all.len(), 60);
    all
}

#[test]
fn every_sort_and_direction_reads_the_same_forwards_and_backwards() {
    let home = Home::new();
    let all = filled(&home);
    let strategy = (
        0usize..SORTS.len(),
        any::<bool>(),
        1u32..25,
        prop::sample::select(vec![None, Some(BOOK), Some("other")]),
        prop::sample::subsequence(State::ALL.to_vec(), 0..6),
        prop::sample::select(vec![vec![], vec!["müller"], vec!["visit", "n1"], vec!["nothing"]]),
        prop::sample::subsequence(FILTERS.to_vec(), 0..3),
    );
    proptest!(ProptestConfig::with_cases(150), |((sort, descending, limit, book, states, search, filter) in strategy)| {
        let mut q = Query {
            book: book.map(BookId::from),
            states,
            search: search.into_iter().map(String::from).collect(),
            filter: Filter::read(&filter.join(" ")).unwrap(),
            sort: SORTS[sort],
            descending,
            limit,
            ..Query::default()
        };
        let want = naive(&all, &q);
        prop_assert_eq!(go(home.store.count(q.clone())).unwrap(), want.len() as u64);
        let mut seen = Vec::new();
        loop {
            let page = go(home.store.page(q.clone())).unwrap();
            seen.extend(page.rows.iter().map(|r| r.id));
            q.from = page.rows.last().map(|r| r.id);
            prop_assert!(page.rows.len() <= limit as usize);
            if !page.more { break }
        }
        prop_assert_eq!(&seen, &want);
        // and back from the last row
        if let Some(last) = want.last() {
            let mut back = vec![*last];
            q.backwards = true;
            q.from = Some(*last);
            loop {
                let page = go(home.store.page(q.clone())).unwrap();
                let mut rows: Vec<_> = page.rows.iter().map(|r| r.id).collect();
                q.from = rows.first().copied();
                rows.extend(back);
                back = rows;
                if !page.more { break }
            }
            prop_assert_eq!(&back, &want);
        }
    });
    home.check();
}

#[test]
fn a_page_reads_no_more_than_its_index() {
    let home = Home::new();
    let c = home.raw();
    for (index, column) in [
        ("document_by_date", "posting_date"),
        ("document_by_amount", "minor"),
        ("document_by_payee", "payee"),
        ("document_by_number", "number"),
        ("document_by_arrival", "arrived_at"),
        ("document_by_kind", "kind"),
        ("document_by_finding", "finding"),
        ("document_by_currency", "currency"),
        ("document_by_approver", "approver"),
        ("document_by_cost", "cost_centres"),
        ("document_by_will_post", "will_post"),
    ] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT id, {column} FROM document INDEXED BY {index} WHERE book IS 'b' AND state = 'ready'
               AND ({column}, id) > (1, 'x') ORDER BY {column}, id LIMIT 9"
        );
        let plan: String = c.query_row(&sql, [], |r| r.get(3)).unwrap();
        assert!(plan.contains("COVERING INDEX") && plan.contains(&format!("({column},id)>")), "{plan}");
    }
}

#[test]
fn documents_are_found_by_what_people_have_at_hand() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill]);
    let planned = home.plan(id, "k");
    let id_text = id.to_string();
    for text in [&id_text, &id_text[..12], "N-a", planned.intents[0].reference.as_str()] {
        let found = go(home.store.find(text.to_lowercase())).unwrap();
        let exact = go(home.store.find(text.to_string())).unwrap();
        assert!(exact.iter().any(|r| r.id == id), "{text}");
        assert!(text == "N-a" || found.iter().any(|r| r.id == id), "{text}");
    }
    assert!(go(home.store.find("zzz".into())).unwrap().is_empty());
}

fn numbers(home: &Home, filter: &str) -> Vec<String> {
    let q = Query { filter: Filter::read(filter).unwrap(), limit: 100, ..Query::default() };
    assert_eq!(
        go(home.store.count(q.clone())).unwrap(),
        go(home.store.page(q.clone())).unwrap().rows.len() as u64
    );
    go(home.store.page(q)).unwrap().rows.into_iter().map(|r| r.number).collect()
}

#[test]
fn what_is_written_in_a_filter_is_looked_for_as_it_is() {
    let home = Home::new();
    for (name, title) in [("a", "50% off"), ("b", "500 off"), ("c", "it's \"quoted\" \\ _x_"), ("d", "Äpfel")]
    {
        let mut a = arrival(name, 1_000);
        a.header = a.header.map(|h| ArrivalHeader { title: title.into(), ..h });
        go(home.store.arrive(vec![a], vec![false], at(1))).unwrap();
    }
    assert_eq!(numbers(&home, "50%"), ["N-a"]);
    assert_eq!(numbers(&home, "_x_"), ["N-c"]);
    assert_eq!(numbers(&home, "it's"), ["N-c"]);
    assert_eq!(numbers(&home, "äpf"), ["N-d"]);
    assert_eq!(numbers(&home, "off -50%"), ["N-b"]);
    assert!(numbers(&home, "\"a' OR '1'='1\"").is_empty());
    assert!(numbers(&home, "\u{0}").is_empty());
    // two letters, and a part of a state's name, are looked for as well
    assert_eq!(numbers(&home, "äp"), ["N-d"]);
    assert_eq!(numbers(&home, "stored").len(), 4);
    home.check();
}

#[test]
fn what_changes_is_found_by_its_new_words_and_not_by_the_old_ones() {
    let home = Home::new();
    let id = home.ready("a", &[Slot::Bill]);
    assert_eq!(numbers(&home, "okafor").len(), 1);
    home.act(id, Act::Hold { reason: "Wait for Joy".into() }).unwrap();
    assert_eq!(numbers(&home, "joy").len(), 1);
    home.act(id, Act::Release).unwrap();
    assert!(numbers(&home, "joy").is_empty());
    assert_eq!(numbers(&home, "cost:cc100 state:ready").len(), 1);
    let c = home.raw();
    let found = |words: &str| -> i64 {
        let sql = "SELECT count(*) FROM document_text WHERE document_text MATCH ?";
        c.query_row(sql, [words], |r| r.get(0)).unwrap()
    };
    assert_eq!((found("\"oka\" AND \"afo\""), found("\"joy\"")), (1, 0), "the index follows the row");
}

#[test]
fn views_belong_to_a_person_and_names_are_unique() {
    let home = Home::new();
    let view = |name: &str, filter: &str| SavedView {
        name: name.into(),
        tab: "Blocked".into(),
        filter: filter.into(),
        sort: Sort::Amount,
        descending: true,
    };
    let keep = |person: &str, v| go(home.store.keep_view(person.into(), v, at(1))).unwrap();
    let of = |person: &str| go(home.store.views(person.into())).unwrap();
    keep("Theo", view("large", "amount>1000"));
    keep("Theo", view("large", "amount>2000"));
    keep("Theo", view("a", "x' --"));
    keep("Maya", view("large", "amount>5"));
    assert_eq!(of("Theo"), [view("a", "x' --"), view("large", "amount>2000")]);
    assert_eq!(of("Maya"), [view("large", "amount>5")]);
    go(home.store.drop_view("Theo".into(), "large".into(), at(2))).unwrap();
    assert!(go(home.store.drop_view("Theo".into(), "large".into(), at(2))).is_err());
    assert_eq!((of("Theo").len(), of("Maya").len()), (1, 1));
}
