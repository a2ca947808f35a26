//! Random acts on a few documents: a small model, written from the rules and not from the code, says what is legal and
//! where it ends; the totals, the trail and the ledger's promise are checked after each.

use proptest::prelude::*;

use super::*;
use crate::model::intent::IntentState;

#[derive(Debug, Clone)]
enum Step {
    Derive(u8),
    Approve,
    Withdraw,
    Hold,
    Release,
    Reject,
    Close,
    Recall,
    Retry,
    Acknowledge,
    Revise,
    Call(Vec<u8>),
    Lost,
    Look(Vec<u8>),
    Confirm(bool),
    Decide(u8),
}

/// What the model knows of a document.
#[derive(Debug, Clone, Default)]
struct Model {
    state: Option<State>,
    approved: bool,
    acknowledged: bool,
    revision: u32,
    fresh: bool,
    derived: Option<State>,
    person_holds: bool,
    intents: Vec<(IntentState, u32)>,
}

fn outcome(code: u8, n: u32) -> Outcome {
    match code % 5 {
        0 | 1 => done(n),
        2 => refused(),
        3 => not_sent(),
        _ => unclear(),
    }
}

impl Model {
    fn is(&self, states: &[State]) -> bool {
        self.state.is_some_and(|s| states.contains(&s))
    }

    /// reliability.md, 2.1, in other words than the code's.
    fn follow(&mut self) {
        let n = |s: IntentState| self.intents.iter().filter(|(i, _)| *i == s).count();
        let (doubt, done, refused) = (n(IntentState::InDoubt), n(IntentState::Done), n(IntentState::Refused));
        self.state = Some(match (doubt, done, refused) {
            (1.., _, _) => State::Ambiguous,
            (0, d, _) if d == self.intents.len() => State::Posted,
            (0, 1.., 1..) => State::NeedsHuman,
            (0, 1.., 0) => State::Posting,
            (0, 0, 1..) => State::Failed,
            _ => State::Approved,
        });
        if self.state == Some(State::Approved) && !self.fresh {
            (self.state, self.approved) = (Some(State::Ready), false);
        }
    }
}

fn slots() -> Vec<Slot> {
    vec![Slot::Bill, Slot::Card("1".into())]
}

struct Run {
    home: Home,
    ids: Vec<DocumentId>,
    models: Vec<Model>,
    serial: u32,
}

impl Run {
    fn new() -> Self {
        let home = Home::new();
        let ids: Vec<_> = home
            .arrive((0..3).map(|i| arrival(&format!("d{i}"), 100 * i)).collect())
            .iter()
            .map(new_id)
            .collect();
        let model = Model { state: Some(State::Stored), revision: 1, ..Model::default() };
        let mut run = Self { home, models: vec![model; ids.len()], ids, serial: 0 };
        // two of three start where the interesting moves begin
        for document in [1, 2] {
            run.step(document, &Step::Derive(0));
            run.step(document, &Step::Acknowledge);
            run.step(document, &Step::Approve);
        }
        run
    }

    fn step(&mut self, at_document: usize, step: &Step) {
        let id = self.ids[at_document];
        let mut m = self.models[at_document].clone();
        use State::*;
        let ok = match step {
            Step::Derive(kind) => {
                let findings: &[FindingCode] = match kind % 3 {
                    0 => &[],
                    1 => &[FindingCode::TaxUnmapped],
                    _ => &[FindingCode::PeriodClosed],
                };
                let d = derived(&format!("d{at_document}"), &format!("r{}", m.revision), &slots(), findings);
                let to = d.state;
                let skipped = self.home.derive(id, d);
                if m.is(&[Stored, Blocked, Ready, Held, Failed]) {
                    m.derived = Some(to);
                    m.fresh = true;
                    if m.is(&[Failed]) {
                        m.approved = false;
                    }
                    if !(m.is(&[Held]) && m.person_holds) {
                        m.state = Some(to);
                        m.person_holds = false;
                    }
                }
                skipped.is_empty()
            }
            Step::Approve => {
                let ok = self.home.approve_as(id, theo(), false).is_ok();
                assert_eq!(ok, m.is(&[Ready]) && m.fresh && m.derived == Some(Ready), "{m:?}");
                if ok {
                    m.state = Some(Approved);
                    m.approved = true;
                    m.intents.clear();
                }
                ok
            }
            Step::Withdraw => {
                let started = m.intents.iter().any(|(s, _)| *s == IntentState::Done);
                let legal = m.is(&[Approved]) && !started;
                let ok = self.home.act(id, Act::Withdraw).is_ok();
                assert_eq!(ok, legal, "{m:?}");
                if ok {
                    (m.state, m.approved, m.fresh) = (Some(Ready), false, false);
                }
                ok
            }
            Step::Hold => {
                let legal = m.is(&[Blocked, Ready, Approved]);
                let ok = self.home.act(id, Act::Hold { reason: "wait".into() }).is_ok();
                assert_eq!(ok, legal, "{m:?}");
                if ok {
                    (m.state, m.person_holds) = (Some(Held), true);
                }
                ok
            }
            Step::Release => {
                let ok = self.home.act(id, Act::Release).is_ok();
                assert!(!ok || m.is(&[Held]));
                if ok {
                    // the approval stands, else the derivation says where
                    let to = if m.approved {
                        Approved
                    } else if m.fresh {
                        m.derived.unwrap()
                    } else {
                        self.home.state(id)
                    };
                    m.state = Some(to);
                    m.person_holds = false;
                }
                ok
            }
            Step::Reject => self.end(id, &mut m, Rejected, &[Blocked, Ready, Held, Failed]),
            Step::Close => self.end(
                id,
                &mut m,
                Closed,
                &[Unreadable, Blocked, Ready, Held, Failed, NeedsHuman, ConfirmFailed],
            ),
            Step::Recall => {
                self.end(id, &mut m, Recalled, &[Stored, Unreadable, Blocked, Ready, Held, Approved])
            }
            Step::Retry => {
                let ok = self.home.act(id, Act::Retry).is_ok();
                assert_eq!(ok, m.is(&[Failed, ConfirmFailed]), "{m:?}");
                if ok && m.is(&[Failed]) {
                    m.state = Some(if m.derived == Some(Ready) && m.fresh { Ready } else { Blocked });
                    (m.approved, m.fresh) = (false, false);
                }
                ok
            }
            Step::Acknowledge => {
                for (i, model) in self.models.iter_mut().enumerate() {
                    let open = self.home.card(self.ids[i]).outbox;
                    model.acknowledged |= open.iter().any(|o| o.kind == OutboxKind::Acknowledge && !o.done);
                }
                m.acknowledged = self.models[at_document].acknowledged;
                self.home.tell(OutboxKind::Acknowledge, &Told::Accepted);
                for (i, model) in self.models.iter_mut().enumerate() {
                    model.acknowledged = self.home.card(self.ids[i]).acknowledged == Acknowledged::Accepted;
                }
                m.acknowledged = self.models[at_document].acknowledged;
                true
            }
            Step::Revise => {
                m.revision += 1;
                let mut a = arrival(&format!("d{at_document}"), i64::from(m.revision) * 7);
                a.revision = format!("r{}", m.revision);
                self.home.arrive(vec![a]);
                m.acknowledged &= self.models[at_document].is(&[Rejected, Recalled, Closed]);
                m.fresh = false;
                // what is partly in the ledger keeps its approval: the change is a finding
                let there = m
                    .intents
                    .iter()
                    .any(|(s, _)| matches!(s, IntentState::Done | IntentState::Sent | IntentState::InDoubt));
                if m.is(&[Stored, Blocked, Ready, Held, Approved, Failed]) && !there {
                    m.approved = false;
                    m.state = match m.state {
                        Some(Approved) => Some(Ready),
                        Some(Failed) => Some(Blocked),
                        s => s,
                    };
                }
                true
            }
            Step::Call(codes) => self.call(id, &mut m, Some(codes)),
            Step::Lost => self.call(id, &mut m, None),
            Step::Look(codes) => {
                self.look(codes);
                m = self.models[at_document].clone();
                true
            }
            Step::Confirm(accepted) => {
                let told = if *accepted { Told::Accepted } else { Told::Refused { why: "no".into() } };
                self.home.tell(OutboxKind::Confirm, &told);
                for model in &mut self.models {
                    if model.is(&[Posted]) || (*accepted && model.is(&[ConfirmFailed])) {
                        model.state = Some(if *accepted { Confirmed } else { ConfirmFailed });
                    }
                }
                // a failed one is sent again only when a person asked
                for (i, model) in self.models.iter_mut().enumerate() {
                    let now = self.home.state(self.ids[i]);
                    if model.state == Some(Confirmed) && now == ConfirmFailed {
                        model.state = Some(ConfirmFailed);
                    }
                }
                m = self.models[at_document].clone();
                true
            }
            Step::Decide(kind) => {
                let to = [Approved, Failed, Closed][usize::from(kind % 3)];
                let any = |s: IntentState| m.intents.iter().any(|(i, _)| *i == s);
                let legal = m.is(&[NeedsHuman])
                    && match to {
                        Approved => !any(IntentState::InDoubt),
                        Failed => !any(IntentState::Done),
                        _ => true,
                    };
                let ok = self.home.act(id, Act::Decide { to, note: "seen".into() }).is_ok();
                assert_eq!(ok, legal, "{m:?}");
                if ok {
                    m.state = Some(to);
                    for i in &mut m.intents {
                        if to == Approved && i.0 == IntentState::Refused {
                            i.0 = IntentState::Planned;
                        }
                    }
                    m.approved = to == Approved;
                }
                ok
            }
        };
        self.models[at_document] = m;
        for (i, model) in self.models.iter().enumerate() {
            assert_eq!(
                Some(self.home.state(self.ids[i])),
                model.state,
                "document {i} after {step:?} ({ok}): {model:?}"
            );
        }
        self.home.check();
    }

    fn end(&self, id: DocumentId, m: &mut Model, to: State, from: &[State]) -> bool {
        let act = match to {
            State::Rejected => Act::Reject { reason: "x".into() },
            State::Closed => Act::Close { note: "x".into() },
            _ => Act::Recall { reason: "x".into() },
        };
        let ok = self.home.act(id, act).is_ok();
        assert_eq!(ok, m.is(from), "{m:?} {to}");
        if ok {
            m.state = Some(to);
        }
        ok
    }

    fn call(&mut self, id: DocumentId, m: &mut Model, codes: Option<&Vec<u8>>) -> bool {
        let left = m.intents.is_empty() || m.intents.iter().any(|(s, _)| *s == IntentState::Planned);
        let legal = m.is(&[State::Approved, State::Posting]) && m.acknowledged && left;
        // the key that a doubted record is bound to
        let card = self.home.card(id);
        self.serial += 1;
        let bound =
            card.intents.iter().find(|i| i.state == IntentState::Planned && !i.request_key.is_empty());
        let key = bound.map_or_else(|| format!("k{}", self.serial), |i| i.request_key.clone());
        let planned = self.home.try_plan(id, &key, 1);
        assert_eq!(planned.is_ok(), legal, "{m:?} {planned:?}");
        let Ok(planned) = planned else { return false };
        if m.intents.is_empty() {
            m.intents = vec![(IntentState::Planned, 0); 2];
        }
        let Some(codes) = codes else {
            go(self.home.store.recover(at(30))).unwrap();
            for i in m.intents.iter_mut().filter(|i| i.0 == IntentState::Planned) {
                *i = (IntentState::InDoubt, 0);
            }
            m.follow();
            return true;
        };
        let outcomes: Vec<Outcome> =
            (0u32..).zip(codes).map(|(i, c)| outcome(*c, self.serial * 10 + i)).collect();
        self.home.record(&planned, outcomes.clone());
        for (intent, o) in m.intents.iter_mut().filter(|i| i.0 == IntentState::Planned).zip(&outcomes) {
            *intent = (o.intent_state(), 0);
        }
        m.follow();
        true
    }

    fn look(&mut self, codes: &[u8]) {
        let doubts = go(self.home.store.in_doubt("qbo".into(), 100)).unwrap();
        let mut results = Vec::new();
        let mut decides = vec![false; self.ids.len()];
        for (k, (intent, _)) in doubts.into_iter().enumerate() {
            let d = self.ids.iter().position(|i| *i == intent.document).unwrap();
            let place = slots().iter().position(|s| *s == intent.slot).unwrap();
            let model = &mut self.models[d].intents[place];
            self.serial += 1;
            results.push((
                intent.id,
                match codes[k % codes.len()] % 4 {
                    0 => {
                        model.0 = IntentState::Done;
                        LookedUp::Found { id: format!("found{}", self.serial), number: "TO".into() }
                    }
                    1 => {
                        decides[d] = true;
                        LookedUp::Different { why: "another amount".into() }
                    }
                    c => {
                        let proved = c == 3;
                        if proved && model.1 > 0 {
                            model.0 = IntentState::Planned;
                        }
                        model.1 += 1;
                        LookedUp::Absent { proved }
                    }
                },
            ));
        }
        go(self.home.store.looked_up(results, at(40))).unwrap();
        for (m, decides) in self.models.iter_mut().zip(decides) {
            if decides {
                m.state = Some(State::NeedsHuman);
            } else if m.is(&[State::Ambiguous]) {
                m.follow();
            }
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let codes = || prop::collection::vec(any::<u8>(), 2);
    let step = prop_oneof![
        8 => any::<u8>().prop_map(|k| Step::Derive(if k < 160 { 0 } else { k })),
        8 => Just(Step::Approve),
        1 => Just(Step::Withdraw),
        2 => Just(Step::Hold),
        4 => Just(Step::Release),
        1 => Just(Step::Reject),
        1 => Just(Step::Close),
        1 => Just(Step::Recall),
        4 => Just(Step::Retry),
        6 => Just(Step::Acknowledge),
        2 => Just(Step::Revise),
        14 => codes().prop_map(Step::Call),
        2 => Just(Step::Lost),
        12 => codes().prop_map(Step::Look),
        2 => any::<bool>().prop_map(Step::Confirm),
        4 => any::<u8>().prop_map(Step::Decide),
    ];
    prop::collection::vec((0usize..3, step), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_store_does_what_the_rules_say(steps in steps()) {
        let mut run = Run::new();
        for (document, step) in steps {
            run.step(document, &step);
        }
        // the control totals, counted by another hand, agree whatever happened
        run.home.control_totals_hold();
    }
}
