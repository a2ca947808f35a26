//! A book's settings: what the ledger's company says, what a person gives, and what differs from before.

use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use crate::engine::EngineError;
use crate::engine::connect::{Accounts, ConnectError};
use crate::engine::visit::{caller_name, calls_us};
use crate::engine::wiring::Connector as _;
use crate::model::book::{Book, BookSettings, Mode};
use crate::model::ids::{BookId, ConnectionId};
use crate::model::ledger::{Company, LedgerFacts};
use crate::store::ConnectionRow;
use crate::systems::registry;

/// One setting that differs: its name, what it was, what it becomes. Empty: not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `accounts.advances`
    pub setting: String,
    /// Before, as JSON.
    pub before: String,
    /// After, as JSON.
    pub after: String,
}

impl Accounts {
    /// A new book over two connections, as a preview: company, home currency and fiscal year are the ledger's, the rest
    /// is `given`. Nothing is stored but the ledger's lists.
    pub async fn new_book(
        &self,
        name: &str,
        source: &str,
        ledger: &str,
        given: &Map<String, Value>,
    ) -> Result<Book, ConnectError> {
        let refuse = |why: String| Err(ConnectError::Answer(why));
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > 40 || !name.chars().all(fits) {
            return refuse(format!(
                "{name:?} cannot be a book's name: lower-case letters, digits and hyphens"
            ));
        }
        if self.store.books().await?.iter().any(|b| b.id.as_str() == name) {
            return refuse(format!(
                "there is a book {name} already: change it with `tieout books edit {name}`"
            ));
        }
        let mut sides = Vec::new();
        for (side, option) in [(source, "--source"), (ledger, "--ledger")] {
            let Some(row) = self.row(&ConnectionId::from(side)).await? else {
                return refuse(format!(
                    "{option}: there is no connection {side:?}: see `tieout connections`"
                ));
            };
            sides.push(row);
        }
        let [from, to] = sides.as_slice() else { return refuse("two connections are needed".into()) };
        if registry::named(&from.system).is_none_or(|e| e.source.is_none()) {
            return refuse(format!("--source: {} is no source of documents", from.id));
        }
        if registry::named(&to.system).is_none_or(|e| e.push.is_none()) {
            return refuse(format!("--ledger: {} is no ledger", to.id));
        }
        let facts = self.lists_of(to).await?;
        if !facts.company.id.eq_ignore_ascii_case(&to.company) {
            return Err(ConnectError::WrongCompany(format!(
                "{} answers as company {}, not {}: nothing was changed",
                to.id, facts.company.id, to.company
            )));
        }
        let settings = settings(&defaults(&facts.company), given)?;
        self.store.put_facts(to.id.clone(), facts.indexed()).await?;
        Ok(Book {
            id: BookId::from(name),
            source: from.id.clone(),
            ledger: to.id.clone(),
            mode: Mode::Preview,
            paused: false,
            settings,
        })
    }

    /// A ledger's lists as they are now; those of a ledger that calls us as its last visit brought them.
    async fn lists_of(&self, ledger: &ConnectionRow) -> Result<LedgerFacts, ConnectError> {
        if calls_us(ledger) {
            return self.store.facts(ledger.id.clone()).await?.ok_or_else(|| {
                let who = caller_name(ledger);
                ConnectError::Later(format!(
                    "the lists of {} are not here yet: {who} brings them when it comes for the first time. Let tieout \
                     run (`tieout --auto`), press Update Selected in the Web Connector, then make the book",
                    ledger.id
                ))
            });
        }
        let push = self.connector.push(ledger)?;
        push.facts(None, self.clock.now()).await.map_err(|error| {
            let id = &ledger.id;
            ConnectError::Later(format!("the ledger {id} cannot be read: {error}. Nothing was changed."))
        })
    }

    /// Stores a new or changed book.
    pub async fn put_book(&self, book: Book) -> Result<(), EngineError> {
        Ok(self.store.put_book(book, self.actor.clone(), self.clock.now()).await?)
    }
}

/// What a new book decides before anybody has: nothing that moves money.
fn defaults(company: &Company) -> Map<String, Value> {
    let value = json!({
        "company": company.name,
        "time_zone": "UTC",
        "home_currency": company.home_currency,
        "ledger_codes": [],
        "flows": {"expense_report": {"recipe": "bill", "date": "approval", "cut_over": null}},
        "who_pays": {},
        "card_programmes": {},
        "individual_cards": null,
        "individual_cards_paid_by": "nobody",
        "accounts": {
            "employee_payable": {}, "supplier_payable": {}, "paid_by_concur": {}, "expense_pay_clearing": null,
            "payroll_clearing": null, "company_paid_clearing": null, "advances": null, "advance_returns": null,
            "due_from_employees": null, "due_from_affiliates": null, "rounding": null, "accrued": null,
            "also_allowed": [],
        },
        "dimensions": [],
        "employee_due_days": 7,
        "lock_date": company.close_date,
        "rate": "ledger_decides",
        "rate_table": {},
        "intercompany": "block",
        "personal_offset": false,
        "card_payee": null,
        "match_merchants": false,
        "opening_advances": [],
        "accept_unlisted_advances": false,
        "second_approver_above": null,
        "old_expense_days": 90,
        "memo": "{number} {name}, {title}",
        "approvers": {},
        "fiscal_year_start": company.fiscal_year_start,
        "fiscal_year_named_by_end": true,
    });
    // a setting that has a default of its own is one too: it can be given
    let whole = BookSettings::deserialize(&value).ok().and_then(|s| serde_json::to_value(s).ok());
    whole.unwrap_or(value).as_object().cloned().unwrap_or_default()
}

/// `base` with what is given in place of it; tables are laid over each other one level deep.
pub fn settings(base: &Map<String, Value>, given: &Map<String, Value>) -> Result<BookSettings, ConnectError> {
    let mut merged = base.clone();
    for (key, value) in given {
        let Some(before) = merged.get_mut(key) else {
            return Err(ConnectError::Answer(format!("a book has no setting {key:?}")));
        };
        match (before.as_object_mut(), value.as_object()) {
            // the accounts by role: those that are not named stay
            (Some(old), Some(new)) if key == "accounts" => {
                if let Some(odd) = new.keys().find(|k| !old.contains_key(*k)) {
                    return Err(ConnectError::Answer(format!("a book has no setting \"accounts.{odd}\"")));
                }
                old.extend(new.clone());
            }
            _ => *before = value.clone(),
        }
    }
    let settings: BookSettings = serde_path_to_error::deserialize(Value::Object(merged))
        .map_err(|e| ConnectError::Answer(format!("{}: {}", e.path(), e.inner())))?;
    if jiff::tz::TimeZone::get(&settings.time_zone).is_err() {
        return Err(ConnectError::Answer(format!(
            "{:?} is no time zone: write for instance America/New_York",
            settings.time_zone
        )));
    }
    if !(1..=12).contains(&settings.fiscal_year_start) {
        return Err(ConnectError::Answer("fiscal_year_start is a month, 1 to 12".into()));
    }
    Ok(settings)
}

/// The settings of a book as a table of values.
pub fn table(settings: &BookSettings) -> Result<Map<String, Value>, ConnectError> {
    let value = serde_json::to_value(settings).map_err(|e| ConnectError::Answer(e.to_string()))?;
    Ok(value.as_object().cloned().unwrap_or_default())
}

/// What differs, setting by setting.
pub fn differences(before: &BookSettings, after: &BookSettings) -> Result<Vec<Difference>, ConnectError> {
    let (old, new) = (table(before)?, table(after)?);
    let mut all = Vec::new();
    walk("", &Value::Object(old), &Value::Object(new), &mut all);
    Ok(all)
}

fn walk(path: &str, old: &Value, new: &Value, all: &mut Vec<Difference>) {
    if old == new {
        return;
    }
    if let (Some(o), Some(n)) = (old.as_object(), new.as_object()) {
        let mut keys: Vec<&String> = o.keys().chain(n.keys().filter(|k| !o.contains_key(*k))).collect();
        keys.sort();
        for key in keys {
            let at = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            walk(&at, o.get(key).unwrap_or(&Value::Null), n.get(key).unwrap_or(&Value::Null), all);
        }
        return;
    }
    let text = |v: &Value| if v.is_null() { String::new() } else { v.to_string() };
    all.push(Difference { setting: path.into(), before: text(old), after: text(new) });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company() -> Company {
        serde_json::from_value(json!({
            "id": "1", "name": "Fernhill Quay", "country": "US", "home_currency": "USD", "multicurrency": false,
            "currencies": ["USD"], "classes": true, "departments": true, "billable": false,
            "close_date": "2026-09-30", "fiscal_year_start": 7,
        }))
        .unwrap()
    }

    fn given(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn what_is_not_given_is_the_ledgers_or_decides_nothing() {
        let more = json!({"time_zone": "America/New_York", "poll_minutes": 30, "receipts": "attach"});
        let made = settings(&defaults(&company()), &given(more)).unwrap();
        assert_eq!((made.poll_minutes, made.receipts), (30, crate::model::book::ReceiptPolicy::Attach));
        assert_eq!((made.company.as_str(), made.fiscal_year_start), ("Fernhill Quay", 7));
        assert_eq!(made.lock_date, "2026-09-30".parse().ok());
        assert!(made.who_pays.is_empty() && made.card_programmes.is_empty());
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        let base = defaults(&company());
        for (value, word) in [
            (json!({"tme_zone": "UTC"}), "tme_zone"),
            (json!({"time_zone": "Nowhere/At_All"}), "no time zone"),
            (json!({"accounts": {"advance": null}}), "accounts.advance"),
            (json!({"rate": "guess"}), "rate"),
            (json!({"fiscal_year_start": 13}), "month"),
            (json!({"employee_due_days": "x"}), "employee_due_days"),
        ] {
            let said = settings(&base, &given(value)).unwrap_err().to_string();
            assert!(said.contains(word), "{said}");
        }
    }

    #[test]
    fn differences_name_the_setting_and_both_values() {
        let base = defaults(&company());
        let before = settings(&base, &Map::new()).unwrap();
        let change =
            json!({"employee_due_days": 14, "accounts": {"advances": {"id": "9", "name": "1250 Advances"}}});
        let after = settings(&table(&before).unwrap(), &given(change)).unwrap();
        let all = differences(&before, &after).unwrap();
        let names: Vec<_> = all.iter().map(|d| (d.setting.as_str(), d.before.as_str())).collect();
        assert_eq!(names, [("accounts.advances", ""), ("employee_due_days", "7")]);
        assert!(differences(&before, &before).unwrap().is_empty());
    }
}
