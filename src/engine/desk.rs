//! The office of one process: local operations go straight to the store, one transaction each; the rest is asked of the
//! holder of the engine.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::{broadcast, watch};

use crate::engine::core::Core;
use crate::engine::evidence::{self, Folder};
use crate::engine::hints::{WEBHOOK_KEY, WEBHOOK_KEY_BEFORE};
use crate::engine::reconcile::{self, Reconciled, SignAsk};
use crate::engine::run::Engine;
use crate::engine::{
    Ask, BatchPreview, Candidate, EngineError, Event, Freed, Office, Progress, adopt, candidates, mapping,
    preview,
};
use crate::model::document::DocumentKind;
use crate::model::finding::Mend;
use crate::model::guard::Guard;
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::people::Actor;
use crate::model::rule::Rule;
use crate::model::state::State;
use crate::store::{Act, ApproveOne, Store, StoreError};
use crate::tieout::Period;
use crate::transport::Fut;
use crate::transport::filelock::FileLock;

/// How long an answer of the holder is waited for before the asker is told who holds the engine.
const PATIENCE: Duration = Duration::from_mins(10);

/// The office.
pub struct Desk {
    pub(crate) core: Arc<Core>,
    pub(crate) actor: Actor,
    pub(crate) environment: String,
    pub(crate) engine_lock: PathBuf,
    pub(crate) accounts: Option<Arc<crate::engine::connect::Accounts>>,
    /// The vault of a home that was opened without it.
    pub(crate) latch: Option<Arc<crate::engine::door::Latch>>,
}

impl Desk {
    async fn set_rule_and_derive(&self, book: BookId, mut rule: Rule) -> Result<Freed, EngineError> {
        let ledger = self.core.connection(&self.core.book(&book).await?.ledger).await?;
        mapping::LedgerWords::of(&ledger.system).takes([&rule])?;
        let mut rules = self.core.store.rules(book.clone()).await?;
        let expected = rules.version;
        rule.author.clone_from(&self.actor.name);
        if let Some(other) = rules.clash(&rule) {
            return Err(EngineError::Refused(format!(
                "Rule {} ({} → {}) has the same rank for the same key. Change or remove that one first.",
                other.id,
                other.condition(),
                other.gives
            )));
        }
        rules.set(rule);
        let now = self.core.now();
        let version =
            self.core.store.put_rules(book.clone(), expected, rules, self.actor.clone(), now).await?;
        // another process may have read the ledger since
        self.core.forget_facts();
        let moved = self.core.derive_due(Some(&book), true).await?;
        let mut ready = Vec::new();
        for id in &moved {
            if self.core.store.card(*id).await?.row.state == State::Ready {
                ready.push(*id);
            }
        }
        self.core.touch();
        Ok(Freed { version, derived: moved.len() as u64, ready })
    }

    async fn ask_holder(&self, ask: Ask) -> Result<String, EngineError> {
        if ask == Ask::Stop {
            // what runs in this process is stopped at once
            self.core.stop.store(true, std::sync::atomic::Ordering::Release);
            self.core.progress.send_modify(|p| p.stopping = p.running);
        }
        // a look changes nothing anywhere, so it starts no work of others: it is served alone
        let alone = matches!(ask, Ask::Look { .. });
        let args = serde_json::to_value(&ask).map_err(|e| EngineError::Refused(e.to_string()))?;
        let kind = args.get("ask").and_then(|v| v.as_str()).unwrap_or("ask").to_string();
        let id = self.core.store.ask(kind, args, self.actor.clone(), self.core.now()).await?;
        self.core.wake.notify_one();
        let mut changed = self.core.changed.subscribe();
        let asked = tokio::time::Instant::now();
        loop {
            if let Some(answer) = self.core.store.request(id).await?.and_then(|r| r.answer) {
                return read_answer(&answer);
            }
            // nobody holds the engine: take it for as long as this needs
            let lock =
                FileLock::try_acquire(&self.engine_lock).map_err(|e| EngineError::Held(e.to_string()))?;
            if let Some(lock) = lock {
                let engine =
                    Engine::start(self.core.clone(), format!("{} (one request)", std::process::id())).await?;
                if alone {
                    engine.serve_request(id).await?;
                } else {
                    engine.serve_requests().await?;
                }
                drop(lock);
                continue;
            }
            if asked.elapsed() > PATIENCE {
                let who = FileLock::holder(&self.engine_lock)
                    .map_or_else(|| "unknown".into(), |p| format!("process {p}"));
                return Err(EngineError::Held(format!("{who}; the request stands and will be executed")));
            }
            tokio::select! {
                _ = changed.changed() => {}
                () = tokio::time::sleep(Duration::from_millis(200)) => {}
            }
        }
    }
}

fn read_answer(answer: &serde_json::Value) -> Result<String, EngineError> {
    let text = |k: &str| answer.get(k).and_then(|v| v.as_str()).map(str::to_string);
    match (text("text"), text("error")) {
        (Some(t), _) => Ok(t),
        (None, Some(e)) => Err(EngineError::Refused(e)),
        (None, None) => Err(EngineError::Refused("the holder of the engine gave no answer".into())),
    }
}

impl Office for Desk {
    fn store(&self) -> Arc<dyn Store> {
        self.core.store.clone()
    }

    fn now(&self) -> Timestamp {
        self.core.now()
    }

    fn actor(&self) -> Actor {
        self.actor.clone()
    }

    fn approve(
        &self,
        ones: Vec<ApproveOne>,
    ) -> Fut<'_, Result<Vec<(DocumentId, Result<(), StoreError>)>, EngineError>> {
        Box::pin(async move {
            let answers = self.core.store.approve(ones, self.actor.clone(), self.core.now()).await?;
            self.core.touch();
            Ok(answers)
        })
    }

    fn act(&self, id: DocumentId, version: u64, act: Act) -> Fut<'_, Result<State, EngineError>> {
        Box::pin(async move {
            // another process may have read the ledger since
            self.core.forget_facts();
            let derive = matches!(act, Act::Release | Act::Retry | Act::Withdraw | Act::Decide { .. });
            let mut state =
                self.core.store.act(id, version, act, self.actor.clone(), self.core.now()).await?;
            if derive {
                self.core.derive_due(None, false).await?;
                state = self.core.store.card(id).await?.row.state;
            }
            self.core.wake.notify_one();
            self.core.touch();
            Ok(state)
        })
    }

    fn set_rule(&self, book: BookId, rule: Rule) -> Fut<'_, Result<Freed, EngineError>> {
        Box::pin(self.set_rule_and_derive(book, rule))
    }

    fn candidates(
        &self,
        book: BookId,
        mend: Mend,
        typed: String,
    ) -> Fut<'_, Result<Vec<Candidate>, EngineError>> {
        Box::pin(async move {
            let book = self.core.book(&book).await?;
            let Some(facts) = self.core.facts(&book.ledger).await? else {
                return Err(EngineError::Refused("the ledger has not been read yet".into()));
            };
            let ledger = self.core.connection(&book.ledger).await?;
            let mut found = candidates::of(&mend, &typed, &facts, &book);
            mapping::LedgerWords::of(&ledger.system).say(&mut found);
            Ok(found)
        })
    }

    fn preview(&self, ids: Vec<DocumentId>) -> Fut<'_, Result<BatchPreview, EngineError>> {
        Box::pin(preview::batch(&self.core, ids))
    }

    fn adopt(&self, id: DocumentId, record: String) -> Fut<'_, Result<State, EngineError>> {
        Box::pin(async move {
            self.core.forget_facts();
            let state = adopt::adopt(&self.core, id, &record, self.actor.clone()).await?;
            self.core.wake.notify_one();
            self.core.touch();
            Ok(state)
        })
    }

    fn request_text(&self, id: DocumentId) -> Fut<'_, Result<String, EngineError>> {
        Box::pin(preview::request_text(&self.core, id))
    }

    fn replay(&self, id: DocumentId, dry: bool) -> Fut<'_, Result<String, EngineError>> {
        Box::pin(adopt::replay(&self.core, id, dry))
    }

    fn look(&self, id: DocumentId) -> Fut<'_, Result<crate::engine::inspect::Looked, EngineError>> {
        Box::pin(async move {
            let text = self.ask_holder(Ask::Look { document: id }).await?;
            serde_json::from_str(&text)
                .map_err(|e| EngineError::Refused(format!("the answer about the ledger cannot be read: {e}")))
        })
    }

    fn compared(&self, id: DocumentId) -> Fut<'_, Result<crate::engine::inspect::Compared, EngineError>> {
        Box::pin(self.core.compared(id))
    }

    fn tried(
        &self,
        id: DocumentId,
        mut rule: Rule,
    ) -> Fut<'_, Result<crate::engine::inspect::Tried, EngineError>> {
        rule.author.clone_from(&self.actor.name);
        Box::pin(self.core.tried(id, rule))
    }

    fn without_rule(&self, book: BookId, rule: u32) -> Fut<'_, Result<Freed, EngineError>> {
        Box::pin(self.core.without_rule(book, rule, self.actor.clone()))
    }

    fn links(&self, id: DocumentId) -> Fut<'_, Result<Vec<(String, String)>, EngineError>> {
        Box::pin(self.core.links(id))
    }

    fn reverse(
        &self,
        id: DocumentId,
        on: Option<jiff::civil::Date>,
        reason: String,
    ) -> Fut<'_, Result<DocumentId, EngineError>> {
        Box::pin(async move { self.core.reverse(id, on, reason, self.actor.clone()).await })
    }

    fn accrue(
        &self,
        book: BookId,
        period: Period,
    ) -> Fut<'_, Result<crate::engine::accruals::Accrued, EngineError>> {
        Box::pin(async move { self.core.accrue(&book, period, self.actor.clone()).await })
    }

    fn repost(&self, id: DocumentId, reason: String) -> Fut<'_, Result<DocumentId, EngineError>> {
        Box::pin(async move { self.core.repost(id, reason, self.actor.clone()).await })
    }

    fn approve_rest(&self, id: DocumentId, note: String) -> Fut<'_, Result<State, EngineError>> {
        Box::pin(async move { self.core.approve_rest(id, note, self.actor.clone()).await })
    }

    fn trial(
        &self,
        book: BookId,
        from: jiff::civil::Date,
        to: jiff::civil::Date,
    ) -> Fut<'_, Result<crate::mapping::Trial, EngineError>> {
        Box::pin(async move { self.core.trial(&book, from, to).await })
    }

    fn compare_lists(&self, book: BookId) -> Fut<'_, Result<(usize, u64), EngineError>> {
        Box::pin(async move { self.core.compare_lists(&book).await })
    }

    fn apply_proposals(
        &self,
        book: BookId,
        ids: Vec<i64>,
    ) -> Fut<'_, Result<crate::engine::lists::Applied, EngineError>> {
        Box::pin(async move { self.core.apply_proposals(ids, &book, self.actor.clone()).await })
    }

    fn board(&self, book: BookId) -> Fut<'_, Result<mapping::Board, EngineError>> {
        Box::pin(async move { self.core.board(&book).await })
    }

    fn try_rules(
        &self,
        book: BookId,
        edit: mapping::Edit,
    ) -> Fut<'_, Result<mapping::RuleEffect, EngineError>> {
        Box::pin(async move { self.core.try_rules(&book, &edit, &self.actor.name).await })
    }

    fn put_rules(&self, book: BookId, edit: mapping::Edit) -> Fut<'_, Result<Freed, EngineError>> {
        Box::pin(async move { self.core.put_rules(&book, &edit, self.actor.clone()).await })
    }

    fn past_hits(&self, book: BookId, guard: Guard) -> Fut<'_, Result<mapping::PastHits, EngineError>> {
        Box::pin(async move { self.core.past_hits(&book, &guard).await })
    }

    fn memo_sample(
        &self,
        book: BookId,
        kind: Option<DocumentKind>,
    ) -> Fut<'_, Result<Option<mapping::Sample>, EngineError>> {
        Box::pin(async move { self.core.memo_sample(&book, kind).await })
    }

    fn plan_import(
        &self,
        book: BookId,
        bytes: Vec<u8>,
    ) -> Fut<'_, Result<mapping::csv::ImportPlan, EngineError>> {
        Box::pin(async move {
            let ledger = self.core.book(&book).await?.ledger;
            self.core.forget_facts();
            let Some(facts) = self.core.facts(&ledger).await? else {
                return Err(EngineError::Refused("the ledger has not been read yet".into()));
            };
            let rules = self.core.store.rules(book).await?;
            Ok(mapping::csv::plan(&bytes, &rules, &facts))
        })
    }

    fn proposal_step(&self, id: i64, step: crate::store::ProposalStep) -> Fut<'_, Result<(), EngineError>> {
        Box::pin(async move {
            self.core.store.proposal_step(id, step, self.actor.clone(), self.core.now()).await?;
            self.core.touch();
            Ok(())
        })
    }

    fn tick_correction(&self, id: DocumentId, note: String) -> Fut<'_, Result<(), EngineError>> {
        Box::pin(async move {
            self.core.store.tick_correction(id, note, self.actor.clone(), self.core.now()).await?;
            self.core.touch();
            Ok(())
        })
    }

    fn ask(&self, ask: Ask) -> Fut<'_, Result<String, EngineError>> {
        Box::pin(self.ask_holder(ask))
    }

    fn webhook_key(&self, connection: ConnectionId, key: SecretString) -> Fut<'_, Result<(), EngineError>> {
        Box::pin(async move {
            let row = self.core.connection(&connection).await?;
            let by = self.actor.clone();
            self.core.wires.replace_secret(&row.id, WEBHOOK_KEY, WEBHOOK_KEY_BEFORE, key, by).await
        })
    }
    fn reconcile(&self, book: BookId, period: Period) -> Fut<'_, Result<Reconciled, EngineError>> {
        Box::pin(async move { reconcile::reconcile(&self.core, &book, period).await })
    }

    fn reconcile_telling(
        &self,
        book: BookId,
        period: Period,
        keep: bool,
        tell: tokio::sync::mpsc::UnboundedSender<reconcile::ReadingStep>,
    ) -> Fut<'_, Result<Reconciled, EngineError>> {
        Box::pin(async move {
            // whoever asked may have gone: the reading goes on to its end
            let heard = move |step| {
                let _gone = tell.send(step);
            };
            reconcile::reconcile_telling(&self.core, &book, period, keep, &heard).await
        })
    }

    fn comment_item(
        &self,
        book: BookId,
        period: Period,
        item: crate::tieout::ReconcilingItem,
        text: String,
    ) -> Fut<'_, Result<crate::store::ItemComment, EngineError>> {
        let by = self.actor.clone();
        Box::pin(async move { reconcile::comment(&self.core, &book, period, &item, text, by).await })
    }

    fn move_lock(&self, book: BookId, period: Period) -> Fut<'_, Result<jiff::civil::Date, EngineError>> {
        Box::pin(async move { reconcile::move_lock(&self.core, &book, period, self.actor.clone()).await })
    }

    fn tieout_exported(
        &self,
        book: BookId,
        period: Period,
        hash: String,
        to: String,
    ) -> Fut<'_, Result<(), EngineError>> {
        let by = self.actor.clone();
        Box::pin(async move { reconcile::exported(&self.core, &book, period, hash, to, by).await })
    }

    fn accrual_plan(
        &self,
        book: BookId,
        period: Period,
    ) -> Fut<'_, Result<crate::engine::accruals::Accrued, EngineError>> {
        Box::pin(async move { self.core.accrual_plan(&book, period).await })
    }

    fn sign(
        &self,
        book: BookId,
        period: Period,
        ask: SignAsk,
    ) -> Fut<'_, Result<(Reconciled, u64), EngineError>> {
        Box::pin(async move { reconcile::sign(&self.core, &book, period, ask, self.actor.clone()).await })
    }

    fn reopen(&self, book: BookId, period: Period, reason: String) -> Fut<'_, Result<u64, EngineError>> {
        Box::pin(
            async move { reconcile::reopen(&self.core, &book, period, reason, self.actor.clone()).await },
        )
    }

    fn statement(
        &self,
        book: BookId,
        account: String,
        date: jiff::civil::Date,
        amount: rust_decimal::Decimal,
    ) -> Fut<'_, Result<(), EngineError>> {
        let by = self.actor.clone();
        Box::pin(async move { reconcile::statement(&self.core, &book, account, date, amount, by).await })
    }

    fn evidence(&self, book: BookId, period: Period) -> Fut<'_, Result<Folder, EngineError>> {
        Box::pin(async move { evidence::evidence(&self.core, &book, period, &self.actor).await })
    }

    fn evidence_written(&self, book: BookId, folder: Folder, to: String) -> Fut<'_, Result<(), EngineError>> {
        Box::pin(async move { evidence::exported(&self.core, &book, &folder, to, self.actor.clone()).await })
    }

    fn events(&self) -> broadcast::Receiver<Event> {
        self.core.events.subscribe()
    }

    fn progress(&self) -> watch::Receiver<Progress> {
        self.core.progress.subscribe()
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.core.changed.subscribe()
    }

    fn accounts(&self) -> Result<Arc<crate::engine::connect::Accounts>, EngineError> {
        let none = || EngineError::Refused("connections cannot be changed here".into());
        let accounts = match &self.latch {
            Some(latch) => latch.accounts()?,
            None => self.accounts.clone().ok_or_else(none)?,
        };
        let listener = self.core.listener.get();
        accounts.reached_at(listener.and_then(|l| l.web_connector()));
        Ok(accounts)
    }

    fn door(&self) -> crate::engine::Door {
        self.latch.as_ref().map_or(crate::engine::Door::Open, |l| l.door())
    }

    fn make_vault(
        &self,
        way: crate::engine::VaultWay,
        passphrase: Option<SecretString>,
    ) -> Fut<'_, Result<(), EngineError>> {
        Box::pin(async move {
            if let Some(latch) = &self.latch {
                latch.make(way, passphrase).await?;
                self.core.touch();
            }
            Ok(())
        })
    }

    fn unlock(&self, passphrase: Option<SecretString>) -> Fut<'_, Result<(), EngineError>> {
        Box::pin(async move {
            if let Some(latch) = &self.latch {
                latch.unlock(passphrase).await?;
                self.core.touch();
            }
            Ok(())
        })
    }

    fn connection_looks(
        &self,
    ) -> Fut<'_, Result<Vec<crate::engine::connect_look::ConnectionLook>, EngineError>> {
        Box::pin(crate::engine::connect_look::looks(self))
    }

    fn try_settings(
        &self,
        book: crate::model::book::Book,
    ) -> Fut<'_, Result<crate::engine::Tried, EngineError>> {
        Box::pin(async move { self.core.try_settings(book).await })
    }

    fn holder_pid(&self) -> Option<u32> {
        // the lock tells whether anybody holds it; the number in it is that of the last who did
        let taken = matches!(FileLock::try_acquire(&self.engine_lock), Ok(None));
        taken.then(|| FileLock::holder(&self.engine_lock)).flatten()
    }

    fn environment(&self) -> String {
        self.environment.clone()
    }
}
