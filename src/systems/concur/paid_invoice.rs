//! Payments of invoices: the bulk update of the invoice payment confirmation (contract of Concur, 4.6).
//!
//! 200, 207 and 400 are all answers, read row by row. Only payments in full are told, since Concur has no state for a
//! part; the method is always `CLIENT`, because naming another one hands the payment to Concur's own payment run.
//!
//! "Not extracted" has two causes: the posting was not confirmed yet, or the invoice is paid already, by an earlier
//! confirmation whose answer was lost. The invoice is read to tell them apart.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Call, encoded};
use super::lenient::{Amount, Text};
use super::paid::{Statement, number_of};
use super::shapes::Many;
use super::{Concur, errors};
use crate::systems::{CallError, Heard};
use crate::transport::Method;

/// Where payments are told.
const PATH: &str = "/invoice/payment-confirmation/v4/payments/bulkUpdate";
/// Characters of a note.
const NOTES: usize = 500;
/// Characters of a cheque number.
const CHEQUE: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Answer {
    successful_payments: Many<Row>,
    failed_payments: Many<Row>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Row {
    request_id: Text,
    error_message: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Invoice {
    paid_amount: Amount,
    paid_date: Text,
}

impl Concur {
    pub(super) async fn state_invoices(
        &self,
        chunk: &[Statement],
    ) -> Result<Vec<(String, Heard)>, CallError> {
        let rows = chunk.iter().map(row).collect::<Result<Vec<Value>, CallError>>()?;
        let mut call = Call::send("invoice_write", Method::Post, PATH.to_owned(), &Value::Array(rows));
        call.reads_400 = true;
        let reply = self.call(call).await?;
        let said = errors::sentence(&reply.body);
        let answer: Answer = match serde_json::from_slice(&reply.body) {
            Ok(answer) => answer,
            Err(_) if reply.status == 400 => Answer::default(),
            Err(e) => return Err(CallError::Shape(format!("the answer to payments of invoices: {e}"))),
        };
        if reply.status == 400 && answer.failed_payments.0.is_empty() {
            return Err(CallError::Refused(format!("400: {said}")));
        }
        let failed: BTreeMap<String, String> = answer
            .failed_payments
            .0
            .into_iter()
            .map(|r| (r.request_id.0.to_ascii_uppercase(), r.error_message.0))
            .collect();
        let done =
            |id: &str| answer.successful_payments.0.iter().any(|r| r.request_id.0.eq_ignore_ascii_case(id));
        let mut out = Vec::with_capacity(chunk.len());
        for one in chunk {
            let id = &one.of.family;
            let heard = match failed.get(&id.to_ascii_uppercase()) {
                Some(why) if why.to_ascii_lowercase().contains("extracted") => {
                    self.not_extracted(one, why).await
                }
                Some(why) => Heard::Refused(errors::short(why)),
                None if done(id) => Heard::Accepted,
                None => Heard::Later("Concur's answer does not name the invoice".into()),
            };
            out.push((one.of.key.clone(), heard));
        }
        Ok(out)
    }

    async fn not_extracted(&self, one: &Statement, why: &str) -> Heard {
        let why = errors::short(why);
        let waits = Heard::Later(format!("Concur does not show the invoice as extracted yet ({why})"));
        if one.reversed.is_some() {
            return waits;
        }
        let mut call =
            Call::get("v3", format!("/api/v3.0/invoice/paymentrequest/{}", encoded(&one.of.family)));
        call.legacy = true;
        let reply = match self.call(call).await {
            Ok(reply) => reply,
            Err(e) => return Heard::Later(format!("{why}; the invoice could not be read: {e}")),
        };
        match serde_json::from_slice::<Invoice>(&reply.body) {
            Ok(now)
                if now.paid_amount.0.is_some_and(|a| a >= one.of.total.amount)
                    && !now.paid_date.0.is_empty() =>
            {
                Heard::AlreadyFromUs
            }
            Ok(_) => waits,
            Err(e) => Heard::Later(errors::short(&format!("{why}; the invoice cannot be read: {e}"))),
        }
    }
}

fn row(s: &Statement) -> Result<Value, CallError> {
    let p = &s.of;
    let cut = |text: &str, most: usize| -> String { text.trim().chars().take(most).collect() };
    let mut row = json!({
        "requestId": p.family,
        "paymentStatus": if s.reversed.is_some() { "VOID" } else { "PAID" },
        "paymentStatusDate": p.date.to_string(),
        "paymentMethodType": "CLIENT",
        // all of it is paid, with this payment and those before it
        "paymentAmount": number_of(if s.reversed.is_some() { p.amount.amount } else { p.total.amount })?,
        "invoiceAmount": number_of(p.total.amount)?,
        "checkNumbers": if p.cheque && !p.number.trim().is_empty() { vec![cut(&p.number, CHEQUE)] } else { vec![] },
    });
    if let (Some(why), Some(fields)) = (&s.reversed, row.as_object_mut()) {
        fields.insert("paymentAdjNotes".into(), cut(why, NOTES).into());
    }
    Ok(row)
}

#[cfg(test)]
#[path = "paid_invoice_tests.rs"]
mod tests;
