//! Acknowledgements (contract of Concur, 2.3) and the table of per-document codes (2.5).
//!
//! A 200 says only that the request was understood: each document has its own code, and what is missing is asked again
//! later. "Already acknowledged" is decided by a re-read; the name in the text is used only where that names nobody.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::Call;
use super::fis_list::{PREFIX, doc_type};
use super::lenient::Text;
use super::{Concur, errors};
use crate::model::document::DocumentKind;
use crate::systems::{CallError, Heard, Incoming};
use crate::transport::Method;

/// One element of an answer to an acknowledgement or confirmation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Told {
    pub code: Text,
    pub doc_id: Text,
    pub acknowledge_result: Text,
    pub posting_confirmation_result: Text,
    pub payment_confirmation_result: Text,
    pub payment_ref: Text,
    pub error_message: Text,
    pub detail_message: Text,
}

impl Told {
    /// The code, when there is one.
    pub fn code(&self) -> Option<i64> {
        self.code.0.parse().ok()
    }

    /// What it says, with the code in front.
    pub fn sentence(&self) -> String {
        let text = self.error_message.or(&self.detail_message);
        let result = self.acknowledge_result.or(&self.posting_confirmation_result);
        let result = result.or(&self.payment_confirmation_result);
        let code = if self.code.0.is_empty() { "no code" } else { &self.code.0 };
        errors::short(&format!("{code}: {}", text.or(result).0))
    }
}

/// What a code of an acknowledgement means before any re-read.
#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    Plain(Heard),
    /// 101: somebody has it; the name in the text, when there is one.
    Somebody(Option<String>),
    /// 103: it is not ready.
    NotReady,
}

impl Concur {
    /// Acknowledges in chunks. A chunk that fails after others went through is reported as `Later`, so that their
    /// answers are not lost.
    pub(super) async fn acknowledge_all(
        &self,
        kind: DocumentKind,
        ids: &[String],
    ) -> Result<Vec<(String, Heard)>, CallError> {
        let mut out: Vec<(String, Heard)> = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(self.settings.ack_chunk) {
            match self.acknowledge_some(kind, chunk).await {
                Ok(heard) => out.extend(heard),
                Err(e) if out.is_empty() => return Err(e),
                Err(e) => out.extend(chunk.iter().map(|id| (id.clone(), Heard::Later(e.to_string())))),
            }
        }
        Ok(out)
    }

    async fn acknowledge_some(
        &self,
        kind: DocumentKind,
        ids: &[String],
    ) -> Result<Vec<(String, Heard)>, CallError> {
        let body = serde_json::json!({ "ids": ids, "systemId": self.link.system_id });
        let told = self.tell(doc_type(kind)?, "acknowledgements", &body).await?;
        let mut out = Vec::with_capacity(ids.len());
        for id in ids {
            let heard = match find(&told, id).map(meaning) {
                None => Heard::Later("Concur's answer does not name the document".into()),
                Some(Meaning::Plain(heard)) => heard,
                Some(Meaning::Somebody(named)) => self.somebody(kind, id, named).await,
                Some(Meaning::NotReady) => self.not_ready(kind, id).await,
            };
            out.push((id.clone(), heard));
        }
        Ok(out)
    }

    /// Sends one body and reads the array of the answer, each element by itself.
    pub(super) async fn tell(
        &self,
        word: &str,
        what: &str,
        body: &serde_json::Value,
    ) -> Result<Vec<Told>, CallError> {
        let path = format!("{PREFIX}/{word}/transactions/{what}");
        let reply = self.call(Call::send("fis_write", Method::Post, path, body)).await?;
        let elements: Vec<&RawValue> = serde_json::from_slice(&reply.body)
            .map_err(|e| CallError::Shape(format!("the answer to {what}: {e}")))?;
        let read = |e: &RawValue| match serde_json::from_str::<Told>(e.get()) {
            Ok(told) => Some(told),
            Err(error) => {
                tracing::warn!(error = %errors::short(&error.to_string()), what, "an element of an answer cannot be read");
                None
            }
        };
        Ok(elements.into_iter().filter_map(read).collect())
    }

    fn is_us(&self, system: &str) -> bool {
        system.trim().eq_ignore_ascii_case(self.link.system_id.trim())
    }

    /// Whose document an already acknowledged one is.
    async fn somebody(&self, kind: DocumentKind, id: &str, named: Option<String>) -> Heard {
        let by = match self.again(kind, id).await {
            Ok(Some(now)) => now.taken_by.or(named),
            Ok(None) => named,
            Err(e) => return Heard::Later(e.to_string()),
        };
        match by {
            Some(by) if self.is_us(&by) => Heard::AlreadyFromUs,
            Some(by) => Heard::Taken(errors::short(&by)),
            None => Heard::Taken("a system that gave no name".into()),
        }
    }

    /// Why a document is not ready.
    async fn not_ready(&self, kind: DocumentKind, id: &str) -> Heard {
        let now = match self.again(kind, id).await {
            Ok(Some(now)) => now,
            Ok(None) => return Heard::Later("103: not ready".into()),
            Err(e) => return Heard::Later(e.to_string()),
        };
        match now.status.to_ascii_uppercase().as_str() {
            "" | "READY" | "DELAYED" | "PENDING_SYSTEM_REFRESH" => Heard::Later("103: not ready yet".into()),
            "RECALLED" | "VOID" | "CANCEL" => Heard::Recalled,
            status => match now.taken_by {
                Some(by) if self.is_us(&by) => Heard::AlreadyFromUs,
                Some(by) => Heard::Taken(errors::short(&by)),
                None => Heard::Refused(format!("103: its status is {}", errors::short(status))),
            },
        }
    }

    /// The same document as it stands now. None when its business id is not known here, or another one answers.
    async fn again(&self, kind: DocumentKind, id: &str) -> Result<Option<Incoming>, CallError> {
        match self.family_of(id) {
            Some(family) => {
                let members = self.family(kind, &family).await?;
                Ok(members.into_iter().find(|i| i.source_id.eq_ignore_ascii_case(id)))
            }
            None => Ok(None),
        }
    }
}

/// The element of a document.
pub fn find<'a>(told: &'a [Told], id: &str) -> Option<&'a Told> {
    told.iter().find(|t| t.doc_id.0.eq_ignore_ascii_case(id))
}

fn meaning(told: &Told) -> Meaning {
    let plain = Meaning::Plain;
    match (told.code(), told.acknowledge_result.0.to_ascii_uppercase().as_str()) {
        (Some(0), _) | (None, "SUCCESS") => plain(Heard::Accepted),
        (Some(101), _) => Meaning::Somebody(system_in(&told.error_message.0)),
        (Some(102), _) | (None, "WAS_RECALLED") => plain(Heard::Recalled),
        (Some(103), _) => Meaning::NotReady,
        (Some(199), _) | (None, "SYSTEM_ERROR_OCCURRED") => plain(Heard::Later(told.sentence())),
        _ => plain(Heard::Refused(told.sentence())),
    }
}

/// The name in "This document was previously acknowledged by SystemId: X."; the word null is no name.
fn system_in(text: &str) -> Option<String> {
    let at = text.to_ascii_lowercase().find("systemid:")?;
    let name = text.get(at + "systemid:".len()..)?.trim().trim_end_matches('.').trim();
    (!name.is_empty() && name != "null").then(|| name.to_owned())
}

#[cfg(test)]
#[path = "fis_tell_tests.rs"]
mod tests;
