//! Documents that `POST /documents` of the control address makes.

use serde_json::{Value, json};

use super::state::{DOC_TYPES, State};
use crate::sandbox::firm;

/// Most documents that one call makes.
const MOST_AT_ONCE: u64 = 1_000_000;

impl State {
    pub(super) fn add_documents(&mut self, body: &Value) -> Result<Value, String> {
        let before = self.next_place;
        if let Some(count) = body.get("documents") {
            let count = count
                .as_u64()
                .filter(|count| *count <= MOST_AT_ONCE)
                .ok_or_else(|| format!("`documents` must be a number up to {MOST_AT_ONCE}"))?;
            let seed = match body.get("seed") {
                None | Some(Value::Null) => 0,
                Some(seed) => seed.as_u64().ok_or("`seed` must be a whole number")?,
            };
            let from = self.made.get(&seed).copied().unwrap_or(0);
            let book = body.get("book").and_then(Value::as_str).unwrap_or("fq-us");
            let documents = firm::generate_for(book, count, seed, from, self.now)
                .ok_or_else(|| format!("reports of the book {book} are not made up"))?;
            for document in documents {
                self.make_ready(document, self.now);
            }
            self.made.insert(seed, from.saturating_add(count));
        } else {
            self.add_given(body)?;
        }
        let added: Vec<Value> = self
            .records
            .iter()
            .filter(|record| record.place > before)
            .map(|r| json!({"id": r.id, "docType": r.doc_type, "businessId": r.business, "number": r.number}))
            .collect();
        Ok(json!({ "documents": added }))
    }

    fn add_given(&mut self, body: &Value) -> Result<(), String> {
        let wanted = body.get("docType").and_then(Value::as_str).unwrap_or("expense");
        let doc_type = *DOC_TYPES
            .iter()
            .find(|known| **known == wanted)
            .ok_or_else(|| format!("docType `{wanted}` is unknown"))?;
        let document =
            body.get("document").ok_or("give `documents` and `seed`, or `docType` and `document`")?;
        let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let place = self.next_place.to_string();
        let id = match body.get("id").and_then(Value::as_str) {
            Some(id) if id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) => id.to_owned(),
            Some(id) => return Err(format!("id `{id}` is not 32 hex digits")),
            None => self.ids.hex("given", &place, 32),
        };
        let business = ["/report/reportId", "/requestHeader/requestId", "/cashAdvanceData/cashAdvanceId"]
            .into_iter()
            .find_map(text)
            .unwrap_or_else(|| self.ids.hex("given-report", &place, 20).to_uppercase());
        let number = ["/report/reportNumber", "/requestHeader/vendorInvoiceNumber", "/cashAdvanceData/name"]
            .into_iter()
            .find_map(text)
            .unwrap_or_default();
        if let Some(known) = self.index(&id) {
            self.replace(known, document.clone(), None, self.now);
        } else {
            self.insert(id, doc_type, business, number, document.clone(), None, self.now);
        }
        Ok(())
    }
}
