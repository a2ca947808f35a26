//! Payments that the ledger made, told to Concur: expense documents through the Financial Integration Service (contract
//! of Concur, 2.5), invoices through the invoice payment confirmation (4.6, in `paid_invoice`).
//!
//! Every statement has its own key, which is the payment reference: Concur knows a repeat by it.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::fis_tell::Told;
use super::{Concur, errors};
use crate::model::document::DocumentKind;
use crate::systems::{CallError, Heard, PaidDocument, ReversedPayment};

/// Characters of a message.
const MESSAGE: usize = 1300;

/// One statement about a payment.
pub struct Statement {
    /// The payment.
    pub of: PaidDocument,
    /// It does not stand any more, and why.
    pub reversed: Option<String>,
}

impl Concur {
    /// Says what was paid. A call that fails after others were answered is reported as `Later`, so that their answers
    /// are not lost.
    pub(super) async fn tell_paid(
        &self,
        payments: Vec<PaidDocument>,
    ) -> Result<Vec<(String, Heard)>, CallError> {
        self.state(payments.into_iter().map(|of| Statement { of, reversed: None }).collect()).await
    }

    /// Says which payments do not stand any more (section 10, row 21).
    pub(super) async fn tell_reversed(
        &self,
        payments: Vec<ReversedPayment>,
    ) -> Result<Vec<(String, Heard)>, CallError> {
        self.state(
            payments.into_iter().map(|p| Statement { of: p.payment, reversed: Some(p.reason) }).collect(),
        )
        .await
    }

    async fn state(&self, all: Vec<Statement>) -> Result<Vec<(String, Heard)>, CallError> {
        let mut out: Vec<(String, Heard)> = Vec::with_capacity(all.len());
        let (mut expenses, mut invoices) = (Vec::new(), Vec::new());
        for one in all {
            match sayable(&one) {
                Ok(()) if one.of.kind == DocumentKind::Invoice => invoices.push(one),
                Ok(()) => expenses.push(one),
                Err(why) => out.push((one.of.key, Heard::Refused(why))),
            }
        }
        let (mut heard, mut failed) = (Vec::new(), None);
        for (is_invoice, group) in [(false, expenses), (true, invoices)] {
            for chunk in chunks(group, self.settings.ack_chunk) {
                // one way may be closed to the application (a scope) and the other open: only that is tried further
                let closed = failed.as_ref().is_some_and(|(kind, e)| {
                    *kind == is_invoice || !matches!(e, CallError::Refused(_) | CallError::Shape(_))
                });
                let told = match &failed {
                    Some((_, e)) if closed => Err(e.clone()),
                    _ => self.state_chunk(is_invoice, &chunk).await,
                };
                match told {
                    Ok(told) => heard.extend(told),
                    Err(e) => {
                        let later = chunk.iter().map(|s| (s.of.key.clone(), Heard::Later(e.to_string())));
                        out.extend(later);
                        failed = failed.or(Some((is_invoice, e)));
                    }
                }
            }
        }
        match failed {
            Some((_, e)) if heard.is_empty() => Err(e),
            _ => {
                out.extend(heard);
                Ok(out)
            }
        }
    }

    /// One call. A body that is refused as a whole may hold one bad element: the statements go again one by one, so
    /// that it keeps nobody waiting but itself. Nothing of a refused body was taken.
    async fn state_chunk(
        &self,
        is_invoice: bool,
        chunk: &[Statement],
    ) -> Result<Vec<(String, Heard)>, CallError> {
        let whole = self.state_some(is_invoice, chunk).await;
        let why = match whole {
            Err(CallError::Refused(why)) if why.starts_with("400") => why,
            answer => return answer,
        };
        if let [one] = chunk {
            return Ok(vec![(one.of.key.clone(), Heard::Refused(why))]);
        }
        let mut out = Vec::with_capacity(chunk.len());
        for one in chunk {
            let heard = match self.state_some(is_invoice, std::slice::from_ref(one)).await {
                Ok(mut told) => told.pop().map(|(_, heard)| heard),
                Err(CallError::Refused(why)) if why.starts_with("400") => Some(Heard::Refused(why)),
                Err(e) => Some(Heard::Later(e.to_string())),
            };
            out.extend(heard.map(|heard| (one.of.key.clone(), heard)));
        }
        Ok(out)
    }

    async fn state_some(
        &self,
        is_invoice: bool,
        chunk: &[Statement],
    ) -> Result<Vec<(String, Heard)>, CallError> {
        if is_invoice { self.state_invoices(chunk).await } else { self.state_expenses(chunk).await }
    }

    async fn state_expenses(&self, chunk: &[Statement]) -> Result<Vec<(String, Heard)>, CallError> {
        let elements = chunk.iter().map(element).collect::<Result<Vec<Value>, CallError>>()?;
        let body = json!({ "systemId": self.link.system_id, "processingConfirmation": elements });
        let told = self.tell("expense", "paymentconfirmations", &body).await?;
        Ok(chunk.iter().map(|s| (s.of.key.clone(), meaning(find(&told, &s.of)))).collect())
    }
}

/// Why something may not be said.
fn sayable(s: &Statement) -> Result<(), String> {
    let p = &s.of;
    match p.kind {
        DocumentKind::ExpenseReport | DocumentKind::Invoice => {}
        kind => return Err(format!("Concur takes no payment confirmation for a {}", kind.words())),
    }
    if p.key.trim().is_empty() {
        return Err("the payment has no key to be known by".into());
    }
    let id = if p.kind == DocumentKind::Invoice { &p.family } else { &p.source_id };
    if id.trim().is_empty() {
        return Err("the document has no id that Concur would know it by".into());
    }
    if p.amount.amount <= Decimal::ZERO || p.amount.minor().is_err() {
        return Err(format!("{} is no amount that can be told as paid", p.amount));
    }
    if p.amount.currency != p.total.currency {
        return Err(format!(
            "the document is in {} and the payment in {}: Concur takes payments in the document's currency",
            p.total.currency, p.amount.currency
        ));
    }
    if s.reversed.as_deref().is_some_and(|why| why.trim().is_empty()) {
        return Err("a reversed payment needs a reason, Concur shows it".into());
    }
    if p.kind == DocumentKind::Invoice && s.reversed.is_none() && !p.complete {
        return Err(
            "Concur has no state for a partly paid invoice: it is told when the invoice is paid in full"
                .into(),
        );
    }
    Ok(())
}

/// Calls of at most `most` statements, in order, and never two about one document: their order would be lost.
fn chunks(all: Vec<Statement>, most: usize) -> Vec<Vec<Statement>> {
    let mut out: Vec<Vec<Statement>> = Vec::new();
    let mut inside = BTreeSet::new();
    for one in all {
        let document = (one.of.source_id.clone(), one.of.family.clone());
        match out.last_mut() {
            Some(last) if last.len() < most && !inside.contains(&document) => last.push(one),
            _ => {
                inside.clear();
                out.push(vec![one]);
            }
        }
        inside.insert(document);
    }
    out
}

fn element(s: &Statement) -> Result<Value, CallError> {
    let p = &s.of;
    let (company, number, year) = &p.record;
    let word = match (&s.reversed, p.complete) {
        (Some(_), _) => "RE",
        (None, true) => "CP",
        (None, false) => "PP",
    };
    let message: String = s.reversed.as_deref().unwrap_or_default().trim().chars().take(MESSAGE).collect();
    Ok(json!({
        "docId": p.source_id,
        "processingStatusCode": word,
        "additionalMessage": message,
        "clearingDetails": [{
            // three decimals and a literal Z: anything else is displayed wrongly
            "clearingDate": format!("{}T00:00:00.000Z", p.date),
            "clearingAmount": number_of(p.amount.amount)?,
            "clearingCurrency": p.amount.currency.code(),
            "receiver": {
                "receiverId": p.payee.0,
                "receiverName": p.payee.1,
                "receiverType": if p.employee { "EMPLOYEE" } else { "VENDOR" },
            },
            "clearingReference": {
                "companyCode": company,
                "financialDocumentId": number,
                "fiscalYear": format!("{year:04}"),
                "paymentRef": p.key,
                "paymentMethod": if p.cheque { "C" } else { "E" },
            },
        }],
    }))
}

/// The exact number of an amount.
pub fn number_of(amount: Decimal) -> Result<Value, CallError> {
    serde_json::from_str(&amount.normalize().to_string())
        .map_err(|e| CallError::Refused(format!("{amount} cannot be written as a number: {e}")))
}

/// The element of a payment: by its reference where the answer repeats it, else by the document.
fn find<'a>(told: &'a [Told], p: &PaidDocument) -> Option<&'a Told> {
    let same = |t: &&Told| t.doc_id.0.eq_ignore_ascii_case(&p.source_id);
    let by_reference = told.iter().filter(same).find(|t| t.payment_ref.0 == p.key);
    by_reference.or_else(|| told.iter().filter(same).find(|t| t.payment_ref.0.is_empty()))
}

/// The code decides, the result only where there is none; "not posted yet" is told by the result alone.
fn meaning(told: Option<&Told>) -> Heard {
    let Some(told) = told else { return Heard::Later("Concur's answer does not name the payment".into()) };
    let duplicate = [&told.error_message, &told.detail_message]
        .iter()
        .any(|t| t.0.to_ascii_lowercase().contains("already exist"));
    match (told.code(), told.payment_confirmation_result.0.to_ascii_uppercase().as_str()) {
        (Some(0), _) | (None, "SUCCESS") => Heard::Accepted,
        (Some(213), _) | (Some(298) | None, "NOOP") => Heard::AlreadyFromUs,
        (Some(298), _) if duplicate => Heard::AlreadyFromUs,
        (Some(99), _) => Heard::Refused(format!(
            "the system id of this connection is not the one that acknowledged the document: set it back in the \
             connection's settings ({})",
            told.sentence()
        )),
        (_, "NOT_POSTING_CONFIRMED") => Heard::Later(format!(
            "Concur has no posting confirmation of the document yet, it comes first ({})",
            told.sentence()
        )),
        (Some(199), _) | (None, "SYSTEM_ERROR_OCCURRED") => Heard::Later(told.sentence()),
        (Some(102 | 112), _) => Heard::Recalled,
        _ => Heard::Refused(errors::short(&told.sentence())),
    }
}

#[cfg(test)]
#[path = "paid_tests.rs"]
pub(super) mod tests;
