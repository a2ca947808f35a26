//! Approval by policy: `clean` approves what has no finding at all (reliability.md, S21).

use crate::engine::core::Core;
use crate::engine::{EngineError, What};
use crate::model::book::{AutoApproval, Book, Mode, Policy};
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::{ApproveOne, Query};

/// Rows of one page.
const PAGE: u32 = 500;

impl Core {
    /// Approves by the book's policy; the number approved.
    pub async fn approve_by_policy(&self, book: &Book) -> Result<u64, EngineError> {
        let policy = self.store.policy(book.id.clone()).await?;
        if policy.auto == AutoApproval::Off || book.mode != Mode::Live || book.paused {
            return Ok(0);
        }
        let by = actor(&policy);
        let mut query = Query {
            book: Some(book.id.clone()),
            states: vec![State::Ready],
            limit: PAGE,
            ..Query::default()
        };
        let mut approved = 0;
        loop {
            let page = self.store.page(query.clone()).await?;
            let Some(last) = page.rows.last().map(|r| r.id) else { break };
            let mut ones = Vec::new();
            for row in page.rows.iter().filter(|r| r.findings == 0) {
                let card = self.store.card(row.id).await?;
                let Some(derived) = card.derived else { continue };
                let within = policy.limit.is_none_or(|l| {
                    row.currency == Some(book.settings.home_currency) && derived.set.debits() <= l
                });
                if derived.findings.is_empty() && !derived.digest.is_empty() && within {
                    ones.push(ApproveOne {
                        id: row.id,
                        version: row.version,
                        digest: derived.digest,
                        as_delta: false,
                    });
                }
            }
            if !ones.is_empty() {
                let answers = self.store.approve(ones, by.clone(), self.now()).await?;
                for (id, answer) in answers {
                    match answer {
                        Ok(()) => approved += 1,
                        // what the policy may not approve waits for a person; the sentence is in the audit trail, and
                        // it is said once, not at each pass
                        Err(e) if !self.memory.alarms(id, &e.to_string()) => {}
                        Err(e) => self.tell(What::Alarm, Some(&book.id), Some((id, "")), e.to_string()),
                    }
                }
            }
            if !page.more {
                break;
            }
            query.from = Some(last);
        }
        if approved > 0 {
            self.tell(
                What::Approved,
                Some(&book.id),
                None,
                format!("{approved} documents approved by {}", by.name),
            );
        }
        Ok(approved)
    }
}

fn actor(policy: &Policy) -> Actor {
    let word = match policy.auto {
        AutoApproval::Off => "off",
        AutoApproval::Clean => "clean",
    };
    Actor {
        name: format!("policy {word} v{}", policy.version),
        employee: None,
        via: "policy".into(),
        single_person: true,
    }
}
