//! Spend profiles: which currency and ledger a person's spend has (contract of Concur, 5.2). Nothing of their bank is
//! there or asked for.

use serde::Deserialize;

use super::Concur;
use super::call::Call;
use super::lenient::{Text, Whole};
use super::shapes::{Many, One};
use crate::model::money::Currency;
use crate::systems::CallError;

/// People of one page: the most that is allowed.
const PAGE: usize = 100;
/// Pages of the list: one that is longer is broken.
const PAGES: usize = 10_000;

/// What Concur Expense knows of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendProfile {
    /// UUID: that of [`super::Employee`].
    pub id: String,
    /// Currency of reimbursement, where it is an ISO code.
    pub currency: Option<Currency>,
    /// How the person is reimbursed, Concur's word.
    pub reimbursement: String,
    /// Ledger code.
    pub ledger: String,
    /// Country code.
    pub country: String,
    /// Account of cash advances, where one is set.
    pub advance_account: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Page {
    #[serde(rename = "Resources")]
    resources: Many<User>,
    #[serde(rename = "totalResults")]
    total: Whole,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct User {
    id: Text,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:spend:2.0:User")]
    spend: One<Spend>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spend {
    reimbursement_currency: Text,
    reimbursement_type: Text,
    ledger_code: Text,
    country: Text,
    cash_advance_account_code: Text,
}

impl Concur {
    /// The spend profiles of all people.
    pub async fn spend_profiles(&self) -> Result<Vec<SpendProfile>, CallError> {
        let mut out: Vec<SpendProfile> = Vec::new();
        let mut next = 1_usize;
        for _ in 0..PAGES {
            let path = format!("/profile/spend/v4.1/Users?startIndex={next}&count={PAGE}");
            let reply = self.call(Call::get("identity", path)).await?;
            let page: Page = serde_json::from_slice(&reply.body)
                .map_err(|e| CallError::Shape(format!("the list of spend profiles: {e}")))?;
            let rows = page.resources.0.len();
            out.extend(page.resources.0.into_iter().map(profile));
            next += rows;
            let more = match page.total.0.and_then(|t| usize::try_from(t).ok()) {
                Some(total) => next <= total,
                None => rows >= PAGE,
            };
            if rows == 0 || !more {
                return Ok(out);
            }
        }
        Err(CallError::Shape("the list of spend profiles does not end".into()))
    }
}

fn profile(u: User) -> SpendProfile {
    let spend = u.spend.0.unwrap_or_default();
    SpendProfile {
        id: u.id.0,
        currency: spend.reimbursement_currency.0.parse().ok(),
        reimbursement: spend.reimbursement_type.0,
        ledger: spend.ledger_code.0,
        country: spend.country.0,
        advance_account: spend.cash_advance_account_code.some(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::{client, ok};

    fn user(id: &str) -> Value {
        json!({ "id": id, "urn:ietf:params:scim:schemas:extension:spend:2.0:User": {
            "reimbursementCurrency": "EUR", "reimbursementType": "CONCUR_PAY", "ledgerCode": "DEFAULT", "country": "DE",
            "cashAdvanceAccountCode": "", "customData": [{ "id": "custom1", "value": "x" }] } })
    }

    #[tokio::test]
    async fn everybody_by_index() {
        let page = |users: Vec<Value>, from: usize| {
            ok(&json!({ "totalResults": 3, "Resources": users, "startIndex": from, "itemsPerPage": 2 }))
        };
        let (concur, fake) =
            client(vec![page(vec![user("1"), user("2")], 1), page(vec![json!({ "id": "3" })], 3)]);
        let all = concur.spend_profiles().await.unwrap();
        assert_eq!(all.len(), 3);
        assert_eq!((all[0].currency.unwrap().code(), all[0].ledger.as_str()), ("EUR", "DEFAULT"));
        assert_eq!((all[0].advance_account.as_deref(), all[2].currency), (None, None));
        assert_eq!(
            fake.paths(),
            [
                "/profile/spend/v4.1/Users?startIndex=1&count=100",
                "/profile/spend/v4.1/Users?startIndex=3&count=100"
            ]
        );
        assert!(fake.kinds().iter().all(|k| *k == "identity"));
    }

    #[tokio::test]
    async fn a_total_that_lies_does_not_loop() {
        let (concur, fake) = client(vec![
            ok(&json!({ "totalResults": 9, "Resources": [user("1")] })),
            ok(&json!({ "totalResults": 9, "Resources": [] })),
        ]);
        assert_eq!(concur.spend_profiles().await.unwrap().len(), 1);
        assert_eq!(fake.asked().len(), 2);
    }
}
