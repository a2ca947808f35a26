//! Answers that a visitor brings: to what is out, brought twice, or late.

use std::time::Duration;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::store::failpoint::{self, FailPoint};
use crate::store::{ConnectionRow, LookedUp};
use crate::systems::{Seen, Wanted};
use crate::transport::NetError;

use super::Brought;

/// Doubts of one late answer.
const AT_ONCE: u32 = 300;

impl Core {
    /// The visitor brings an answer. Everything that follows from it is durable when this returns 100 or the next
    /// request is there to be taken; where that takes longer than `within`, the percentage is below 100. None: it is
    /// another set's answer, brought twice or late, and what is out is still out. Err: the sentence with which the visit
    /// ends. Bringing it twice changes nothing.
    pub async fn brought(
        &self,
        row: &ConnectionRow,
        visit: u64,
        brought: Brought,
        within: Duration,
    ) -> Result<Option<u8>, String> {
        self.visiting.heard_of(&row.id, visit);
        let over = || "this update is over already: run it again".to_string();
        let Some(mailbox) = self.wires.mailbox(&row.id) else { return Err(over()) };
        failpoint::hit(FailPoint::BeforeRecordVisit);
        let out = mailbox.out(visit);
        if let Some(asked) = &out
            && !self.belongs(row, asked, &brought)
        {
            tracing::warn!(connection = %row.id, "an answer came that is not the one to what is out");
            self.brought_late(row, brought).await.map_err(|e| e.to_string())?;
            return Ok(None);
        }
        let raised =
            (!brought.hresult.is_empty()).then(|| (brought.hresult.clone(), brought.message.clone()));
        let again = out.is_some() && self.visiting.raised(&row.id, visit, raised);
        let answer = if again {
            // the same error as the last one: what was out then, brought twice, or what is out now
            let reason =
                format!("QuickBooks' error {} came twice, and may be the one before", brought.hresult);
            Err(NetError::MaybeSent { reason, timed_out: false })
        } else {
            Ok(brought.reply())
        };
        if !mailbox.deliver(visit, answer) {
            // twice, or too late: what it proves is believed all the same
            self.brought_late(row, brought).await.map_err(|e| e.to_string())?;
            if mailbox.visit() != Some(visit) {
                return Err(self.visiting.why_stopped(&row.id, visit).unwrap_or_else(over));
            }
        }
        mailbox.settled(visit, within).await;
        failpoint::hit(FailPoint::AfterRecordVisit);
        if let Some(why) = self.visiting.why_stopped(&row.id, visit) {
            return Err(why);
        }
        if mailbox.visit() != Some(visit) {
            return Err(over());
        }
        Ok(Some(self.visiting.percent(&row.id, visit, mailbox.is_finished(visit))))
    }

    /// Whether it can be the answer to these bytes. An error has no ids: it is taken for the one to what is out.
    fn belongs(&self, row: &ConnectionRow, asked: &[u8], brought: &Brought) -> bool {
        if !brought.hresult.is_empty() {
            return true;
        }
        match self.wires.push(row) {
            Ok(push) => push.answers(asked, &brought.answer),
            Err(error) => {
                tracing::warn!(connection = %row.id, %error, "whose answer it is cannot be told");
                true
            }
        }
    }

    /// An answer without an open visit of a connection: of an expired ticket, or after a restart. What it proves about
    /// that connection's doubts is recorded, and about no others.
    pub async fn brought_late(&self, row: &ConnectionRow, brought: Brought) -> Result<(), EngineError> {
        if !brought.hresult.is_empty() || brought.answer.is_empty() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&brought.answer);
        let doubts = self.store.in_doubt(row.id.clone(), AT_ONCE).await?;
        let named = doubts.into_iter().filter(|(i, _)| !i.item_key.is_empty() && text.contains(&i.item_key));
        let wanted: Vec<Wanted> = named
            .map(|(i, entry)| Wanted {
                handle: i.id,
                slot: i.slot.clone(),
                kind: i.kind,
                reference: i.reference.clone(),
                lookup: i.lookup.clone(),
                entry,
            })
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let row = self.connection(&row.id).await?;
        let seen = self.wires.push(&row)?.late(&wanted, &brought.answer);
        let found = seen.into_iter().filter_map(|(intent, seen)| match seen {
            Seen::Found { id, number } => Some((intent, LookedUp::Found { id, number })),
            Seen::Different { .. } | Seen::Absent => None,
        });
        let found: Vec<_> = found.filter(|(i, _)| wanted.iter().any(|w| w.handle == *i)).collect();
        if !found.is_empty() {
            self.store.looked_up(found, self.now()).await?;
            self.touch();
            self.wake.notify_one();
        }
        Ok(())
    }
}
