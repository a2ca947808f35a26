//! Posting confirmations: in the ledger, or turned down by a person (contract of Concur, 2.4 and 2.5).
//!
//! `error` promises that nothing of the document is in the ledger, so a refusal that names a record is never sent;
//! `success` without a record is not sent either.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Concur;
use super::fis_list::doc_type;
use super::fis_tell::{Told, find};
use crate::model::document::DocumentKind;
use crate::systems::{CallError, Heard, Verdict};

/// Characters of a message.
const MESSAGE: usize = 1300;
/// Characters of a ledger's company id.
const COMPANY: usize = 32;
/// Characters of a document number.
const NUMBER: usize = 80;

/// What a confirmation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// All of it is in the ledger.
    Success,
    /// Nothing of it is in the ledger, and a person said so.
    Error,
}

enum Meaning {
    Plain(Heard),
    /// 111: it has to be acknowledged first.
    AcknowledgeFirst(String),
}

impl Concur {
    /// Sends verdicts, one element per document, grouped by kind and cut into chunks.
    pub(super) async fn tell_verdicts(
        &self,
        verdicts: Vec<Verdict>,
        word: Word,
    ) -> Result<Vec<(String, Heard)>, CallError> {
        let mut out: Vec<(String, Heard)> = Vec::with_capacity(verdicts.len());
        let mut kinds: BTreeMap<DocumentKind, Vec<Verdict>> = BTreeMap::new();
        for verdict in verdicts {
            match sendable(&verdict, word) {
                Ok(()) => kinds.entry(verdict.kind).or_default().push(verdict),
                Err(why) => out.push((verdict.source_id, Heard::Refused(why))),
            }
        }
        let mut answered = false;
        for (kind, group) in kinds {
            for chunk in group.chunks(self.settings.ack_chunk) {
                match self.tell_some(kind, chunk, word).await {
                    Ok(heard) => {
                        answered = true;
                        out.extend(heard);
                    }
                    Err(e) if !answered => return Err(e),
                    Err(e) => {
                        out.extend(chunk.iter().map(|v| (v.source_id.clone(), Heard::Later(e.to_string()))));
                    }
                }
            }
        }
        Ok(out)
    }

    async fn tell_some(
        &self,
        kind: DocumentKind,
        verdicts: &[Verdict],
        word: Word,
    ) -> Result<Vec<(String, Heard)>, CallError> {
        let told = self.send_verdicts(kind, verdicts, word).await?;
        let mut out = Vec::with_capacity(verdicts.len());
        let mut again = Vec::new();
        for v in verdicts {
            match meaning(find(&told, &v.source_id)) {
                Meaning::Plain(heard) => out.push((v.source_id.clone(), heard)),
                Meaning::AcknowledgeFirst(_) => again.push(v.clone()),
            }
        }
        if !again.is_empty() {
            out.extend(self.after_acknowledging(kind, again, word).await);
        }
        Ok(out)
    }

    /// Acknowledges what was not, then says the same once more. A failure here is no failure of the whole.
    async fn after_acknowledging(
        &self,
        kind: DocumentKind,
        verdicts: Vec<Verdict>,
        word: Word,
    ) -> Vec<(String, Heard)> {
        let ids: Vec<String> = verdicts.iter().map(|v| v.source_id.clone()).collect();
        let later = |ids: &[String], why: &CallError| -> Vec<(String, Heard)> {
            ids.iter().map(|id| (id.clone(), Heard::Later(why.to_string()))).collect()
        };
        let heard = match self.acknowledge_all(kind, &ids).await {
            Ok(heard) => heard,
            Err(e) => return later(&ids, &e),
        };
        let (mut out, mut ours) = (Vec::new(), Vec::new());
        for (id, heard) in heard {
            match heard {
                Heard::Accepted | Heard::AlreadyFromUs => {
                    ours.extend(verdicts.iter().find(|v| v.source_id == id).cloned());
                }
                Heard::Taken(by) => out.push((id, Heard::Refused(format!("111: acknowledged by {by}")))),
                other => out.push((id, other)),
            }
        }
        if ours.is_empty() {
            return out;
        }
        match self.send_verdicts(kind, &ours, word).await {
            Ok(told) => out.extend(ours.iter().map(|v| match meaning(find(&told, &v.source_id)) {
                Meaning::Plain(heard) => (v.source_id.clone(), heard),
                Meaning::AcknowledgeFirst(why) => (v.source_id.clone(), Heard::Later(why)),
            })),
            Err(e) => {
                let ids: Vec<String> = ours.iter().map(|v| v.source_id.clone()).collect();
                out.extend(later(&ids, &e));
            }
        }
        out
    }

    async fn send_verdicts(
        &self,
        kind: DocumentKind,
        verdicts: &[Verdict],
        word: Word,
    ) -> Result<Vec<Told>, CallError> {
        let elements: Vec<Value> = verdicts.iter().map(|v| element(v, word)).collect();
        let body = json!({ "systemId": self.link.system_id, "postingConfirmations": elements });
        self.tell(doc_type(kind)?, "postingconfirmations", &body).await
    }
}

/// Why a verdict may not go out.
fn sendable(v: &Verdict, word: Word) -> Result<(), String> {
    match word {
        Word::Success if v.records.is_empty() => {
            return Err("a success names at least one record; this one names none".into());
        }
        Word::Error if !v.records.is_empty() => {
            return Err("a refusal promises that nothing is in the ledger; this one names a record".into());
        }
        Word::Error if v.message.as_deref().unwrap_or_default().trim().is_empty() => {
            return Err("a refusal needs a reason".into());
        }
        _ => {}
    }
    for r in &v.records {
        let company = company(&r.company);
        if company.is_empty() || company.chars().count() > COMPANY {
            return Err(format!(
                "the ledger's company id {company:?} does not fit into {COMPANY} characters"
            ));
        }
        if r.number.is_empty() || r.number.chars().count() > NUMBER {
            return Err(format!("the number {:?} does not fit into {NUMBER} characters", r.number));
        }
    }
    Ok(())
}

/// A ledger's company id as a confirmation holds it: of a GUID its 32 digits, without braces and dashes.
fn company(id: &str) -> String {
    let digits: String = id.chars().filter(|c| !matches!(c, '{' | '}' | '-')).collect();
    let guid = id.len() > COMPANY && digits.len() == COMPANY && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if guid { digits } else { id.to_owned() }
}

fn element(v: &Verdict, word: Word) -> Value {
    let records: Vec<Value> = v
        .records
        .iter()
        .map(|r| {
            json!({
                "companyId": company(&r.company),
                "documentNumber": r.number,
                "fiscalYear": format!("{:04}", r.fiscal_year),
                "paymentRelevantLineItems": [],
                "postingDate": r.date.to_string(),
            })
        })
        .collect();
    let internal =
        v.records.iter().filter(|r| !r.internal.is_empty()).map(|r| message("TO-RECORD", &r.internal));
    let said = v.message.iter().filter(|m| !m.trim().is_empty()).map(|m| match word {
        Word::Success => message("TO-NOTE", m),
        Word::Error => message("TO-REFUSED", m),
    });
    json!({
        "docId": v.source_id,
        "overallPostingStatusCode": if word == Word::Success { "success" } else { "error" },
        "postingDocs": records,
        "systemMessages": internal.chain(said).collect::<Vec<_>>(),
    })
}

fn message(id: &str, text: &str) -> Value {
    let text: String = text.trim().chars().take(MESSAGE).collect();
    json!({
        "concurTransactionLineItemId": "",
        "messageId": id,
        "messageLanguage": "EN",
        "messageShortText": text,
        "messageLongText": text,
    })
}

/// The code decides, the result only where there is none (examples pair them loosely).
fn meaning(told: Option<&Told>) -> Meaning {
    let plain = Meaning::Plain;
    let Some(told) = told else {
        return plain(Heard::Later("Concur's answer does not name the document".into()));
    };
    match (told.code(), told.posting_confirmation_result.0.to_ascii_uppercase().as_str()) {
        (Some(0), _) | (None, "SUCCESS") => plain(Heard::Accepted),
        (Some(113), _) => plain(Heard::AlreadyFromUs),
        (Some(112), _) | (None, "WAS_RECALLED") => plain(Heard::Recalled),
        (Some(111), _) | (None, "NOT_YET_ACKNOWLEDGED") => Meaning::AcknowledgeFirst(told.sentence()),
        (Some(199), _) | (None, "SYSTEM_ERROR_OCCURRED") => plain(Heard::Later(told.sentence())),
        (Some(99), _) => plain(Heard::Refused(format!(
            "the system id of this connection is not the one that acknowledged ({})",
            told.sentence()
        ))),
        _ => plain(Heard::Refused(told.sentence())),
    }
}

#[cfg(test)]
#[path = "fis_confirm_tests.rs"]
mod tests;
