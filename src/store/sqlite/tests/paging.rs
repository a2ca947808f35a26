//! Pages by key are the pages of a naive sort.

use proptest::prelude::*;

use super::*;

const SORTS: [Sort; 6] =
    [Sort::PostingDate, Sort::Amount, Sort::Payee, Sort::Number, Sort::State, Sort::Arrived];

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
        0usize..6,
        any::<bool>(),
        1u32..25,
        prop::sample::select(vec![None, Some(BOOK), Some("other")]),
        prop::sample::subsequence(State::ALL.to_vec(), 0..6),
        prop::sample::select(vec![vec![], vec!["müller"], vec!["visit", "n1"], vec!["nothing"]]),
    );
    proptest!(ProptestConfig::with_cases(150), |((sort, descending, limit, book, states, search) in strategy)| {
        let mut q = Query {
            book: book.map(BookId::from),
            states,
            search: search.into_iter().map(String::from).collect(),
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
