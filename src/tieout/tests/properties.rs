//! Whatever states the documents are in, the bridge adds up; a move of one document moves its lines alone.

use proptest::prelude::*;

use super::data::{documents, held, october};
use crate::model::intent::IntentState;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::tieout::*;

const OPEN: [State; 8] = [
    State::Blocked,
    State::Ready,
    State::Held,
    State::Approved,
    State::Failed,
    State::Rejected,
    State::Closed,
    State::Recalled,
];

fn put(d: &mut PeriodDocument, state: State) {
    d.state = state;
    for s in &mut d.slots {
        s.state = IntentState::Planned;
        s.remote_id.clear();
    }
}

fn made(states: &[Option<usize>]) -> Bridge {
    let mut docs = documents();
    for (d, s) in docs.iter_mut().zip(states) {
        if let Some(n) = s {
            put(d, OPEN[*n]);
        }
    }
    let ledger = held(&docs);
    bridge(october(), Currency::USD, "2026-11-04".parse().unwrap(), &docs, Some(&ledger))
}

fn adds_up(b: &Bridge) {
    for c in &b.currencies {
        let at = |l: BridgeLine| b.at(l, *c);
        let upper: i64 =
            BridgeLine::ALL.iter().take_while(|l| **l != BridgeLine::Expected).map(|l| at(*l).total()).sum();
        assert_eq!(upper, at(BridgeLine::Expected).total(), "{c}");
        assert_eq!(
            at(BridgeLine::Expected).total(),
            at(BridgeLine::Posted).total() + at(BridgeLine::Adopted).total()
        );
        assert_eq!(at(BridgeLine::Expected).n, at(BridgeLine::Posted).n + at(BridgeLine::Adopted).n, "{c}");
        let mut lower = at(BridgeLine::Expected).total();
        for l in BridgeLine::ALL.iter().skip_while(|l| **l != BridgeLine::AdoptedDifference) {
            if !matches!(l, BridgeLine::LedgerNow | BridgeLine::Unexplained) {
                lower += at(*l).total();
            }
        }
        assert_eq!(lower + at(BridgeLine::Unexplained).total(), at(BridgeLine::LedgerNow).total(), "{c}");
        assert_eq!(at(BridgeLine::Unexplained).total(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_bridge_always_adds_up(states in prop::collection::vec(prop::option::of(0usize..8), 60)) {
        adds_up(&made(&states));
    }

    #[test]
    fn moving_a_document_between_waiting_states_moves_exactly_one_line(
        at in 0usize..60, from in 0usize..5, to in 0usize..5,
    ) {
        prop_assume!(from != to);
        let mut states = vec![None; 60];
        states[at] = Some(from);
        let before = made(&states);
        states[at] = Some(to);
        let after = made(&states);
        let d = &documents()[at];
        let c = d.currency.unwrap();
        let changed = BridgeLine::ALL.iter().filter(|l| before.at(**l, c) != after.at(**l, c)).count();
        let concerned = october().has(d.original)
            && !(d.finding == "test_document" && (from == 0 || to == 0) && OPEN[from.max(to)] == State::Blocked);
        let pair = if concerned { 2 } else { 0 };
        prop_assert!(changed == pair, "{}: {changed} lines changed", d.id);
        prop_assert_eq!(before.at(BridgeLine::Expected, c), after.at(BridgeLine::Expected, c));
    }
}
