//! A scripted exchange for the tests of this folder: answers in order, what was asked in order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::Concur;
use crate::systems::Link;
use crate::transport::{
    Bearer, Fut, Heard, Method, Net, NetError, Pace, PaceError, Reply, Request, TokenError, Tokens,
};

/// The base address of the tests.
pub const BASE: &str = "https://us2.api.concursolutions.com";
/// The company of the tests.
pub const COMPANY: &str = "11111111-2222-4333-8444-555555555555";
/// The sample document of the contract, 2.6, as it stands there.
pub const SAMPLE: &str = r#"{"employee":{"employeeId":"E1007","employeeFirstName":"Made","employeeLastName":"Up","employeeMI":null,
   "loginId":"Made.Up@example.test","employeeReimbursementMethodCode":"APCHECK",
   "employeeOrgUnit1Code":"US","employeeOrgUnit1Value":"United States","employeeCustom21Code":"US-SALES"},
 "report":{"reportId":"A1B2C3D4E5F60718293A","reportKey":4711,"reportNumber":"7KQ2ZD","reportName":"Customer visit",
   "policyId":"P1","ledgerCode":"DEFAULT","employeeCurrencyAlphaCode":"USD","homeCountryCode":"US",
   "totalApprovedAmount":26.88000000,"isTest":"N","revisionNumber":"1","versionId":"4",
   "reportSubmitDate":"2026-09-01T16:02:11.050Z","reportPaymentProcessingDate":"2026-09-02T08:00:00.260Z","reportUserDefinedDate":"2026-08-31T00:00:00.000Z",
   "payrollPayIndicator":"N","cashAdvanceReturnsAmount":0E-8,
   "reportOrgUnit1Code":"US","reportCustom1Code":"PROJ7","requestId":[]},
 "expenseEntry":[{"entryId":"00112233445566778899AABBCCDDEEFF","expenseTypeCode":"TAXIX","expenseTypeName":"Taxi",
   "entryDate":"2026-08-30T00:00:00.000Z","entryDescription":"to airport","reportEntryTransactionAmount":24.00,"entryCurrAlphaCode":"EUR",
   "entryExchangeRate":0.89294902,"entryExchangeRateDirection":"D","entryApprovedAmount":26.88,
   "entryIsPersonal":"N","entryIsBillable":"N","entryReceiptType":"R","entryReceiptId":"RC-1",
   "reportEntryPatKey":"CASH","clearingAccountCode":"199999","liabilityAccountCode":null,"offsetPayType":"N",
   "entryVendorDescription":"Some Taxi","entryLocationCountryCode":"DE",
   "allocation":[{"allocationId":"CAFE","allocationPercentage":100,"allocationCustom1Code":"CC100","allocationCustom1Value":"Sales",
      "journal":[{"journalAccountCode":"474210","journalPayer":"COMP","journalPayee":"EMPL","amountGross":26.88,
                  "amountGrossCard":null,"amountNetOfTax":25.12,"amountNetOfReclaim":25.12,
                  "accountingTransactionType":null,"taxGuid":["0011"]}],
      "tax":[{"taxGuid":"0011","taxCode":"DE7","taxReclaimCode":"R7","taxAuthorityLabel":"VAT","taxSource":"SYST",
              "amountTax":1.76,"amountReclaim":1.76,"locationCountryCode":"DE"}]}]}],
 "cashAdvanceApplication":[]}"#;

/// One request, without the base address; a call to another host has its whole address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Answers in order; what was asked and reported.
#[derive(Default)]
pub struct Fake {
    answers: Mutex<VecDeque<Result<Reply, NetError>>>,
    asked: Mutex<Vec<Asked>>,
    reported: Mutex<Vec<Heard>>,
    kinds: Mutex<Vec<&'static str>>,
    refreshed: Mutex<u64>,
    pub closed: Mutex<Option<PaceError>>,
    pub no_token: Mutex<Option<TokenError>>,
}

impl Fake {
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|a| a.path).collect()
    }

    pub fn reported(&self) -> Vec<Heard> {
        self.reported.lock().unwrap().clone()
    }

    pub fn kinds(&self) -> Vec<&'static str> {
        self.kinds.lock().unwrap().clone()
    }

    pub fn refreshed(&self) -> u64 {
        *self.refreshed.lock().unwrap()
    }
}

impl Net for Fake {
    fn exchange(&self, request: Request) -> Fut<'_, Result<Reply, NetError>> {
        self.asked.lock().unwrap().push(Asked {
            method: request.method,
            path: request.url.strip_prefix(BASE).unwrap_or(&request.url).to_owned(),
            headers: request.headers,
            body: String::from_utf8(request.body).unwrap(),
        });
        let answer = self.answers.lock().unwrap().pop_front().expect("an answer for every call");
        Box::pin(std::future::ready(answer))
    }
}

impl Tokens for Fake {
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>> {
        let answer = match self.no_token.lock().unwrap().clone() {
            Some(e) => Err(e),
            None => Ok(Bearer { token: "token-0".to_owned().into(), generation: 0 }),
        };
        Box::pin(std::future::ready(answer))
    }

    fn after_refusal(&self, stale: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        assert!(stale.token.expose_secret().starts_with("token-"));
        *self.refreshed.lock().unwrap() += 1;
        let next = stale.generation + 1;
        Box::pin(std::future::ready(Ok(Bearer { token: format!("token-{next}").into(), generation: next })))
    }

    fn base_url(&self) -> String {
        format!("{BASE}/")
    }
}

impl Pace for Fake {
    fn acquire(&self, kind: &'static str) -> Fut<'_, Result<(), PaceError>> {
        self.kinds.lock().unwrap().push(kind);
        let answer = self.closed.lock().unwrap().clone().map_or(Ok(()), Err);
        Box::pin(std::future::ready(answer))
    }

    fn report(&self, _kind: &'static str, heard: Heard) {
        self.reported.lock().unwrap().push(heard);
    }
}

/// A client that gets these answers.
pub fn client(answers: Vec<Result<Reply, NetError>>) -> (Concur, Arc<Fake>) {
    client_with(answers, Value::Null)
}

/// A client with settings.
pub fn client_with(answers: Vec<Result<Reply, NetError>>, settings: Value) -> (Concur, Arc<Fake>) {
    let fake = Arc::new(Fake { answers: Mutex::new(answers.into()), ..Fake::default() });
    let link = Link {
        net: fake.clone(),
        tokens: fake.clone(),
        pace: fake.clone(),
        company: COMPANY.into(),
        system_id: "TIEOUT".into(),
        request_timeout: Duration::from_mins(1),
        settings,
    };
    (Concur::new(link), fake)
}

/// An answer.
#[expect(clippy::unnecessary_wraps, reason = "a script holds answers and failures")]
pub fn says(status: u16, body: &str) -> Result<Reply, NetError> {
    Ok(Reply { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

/// 200 with these bytes.
pub fn bytes(body: &[u8]) -> Result<Reply, NetError> {
    says(200, "").map(|reply| Reply { body: body.to_vec(), ..reply })
}

/// 200 with this JSON.
pub fn ok(body: &Value) -> Result<Reply, NetError> {
    says(200, &body.to_string())
}
