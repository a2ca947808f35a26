//! Turns a [`Company`] into the state of a realm, by the same creations that callers use.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::access::Access;
use super::books::{Books, Row};
use super::company::{Account, Company, Customer, Due, Term, Vendor};
use super::diary;
use super::fault::ApiFault;
use super::kind::Kind;
use super::memory::Memory;
use super::state::State;
use super::switches::Switches;
use super::tax_lists;
use super::wire::Object;
use super::write;

/// Why a company cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The time zone is not known.
    #[error("the time zone {0} is not known")]
    Zone(String),
    /// Something of the seed breaks a rule of the contract.
    #[error("{what} cannot be opened: {code} {detail}")]
    Refused {
        /// What was to be created.
        what: String,
        /// The fault's code.
        code: &'static str,
        /// The fault's detail.
        detail: String,
    },
    /// Something of the seed names what is not there.
    #[error("there is no {kind} called {name}")]
    Unknown {
        /// The entity's type.
        kind: &'static str,
        /// The name or number.
        name: String,
    },
}

/// Opens a company.
pub fn open(company: Company, now: Timestamp) -> Result<State, SeedError> {
    let zone = TimeZone::get(&company.time_zone).map_err(|_| SeedError::Zone(company.time_zone.clone()))?;
    let closed = company.book_close_date;
    let mut state = State {
        company,
        zone,
        now,
        base_url: String::new(),
        switches: Switches::default(),
        access: Access::new(now),
        books: Books::default(),
        diary: VecDeque::new(),
        files: BTreeMap::new(),
        merges: Vec::new(),
        delivered: now,
        deliveries: 0,
        memory: Memory::default(),
        calls: BTreeMap::new(),
        window: VecDeque::new(),
        served: 0,
    };
    // What is there at the start was entered before the books were closed, and with everything turned on.
    state.company.book_close_date = None;
    let plan = state.company.clone();
    currencies(&mut state, &plan);
    tax_lists::fill(&mut state).map_err(|fault| refused("tax codes".to_owned(), fault))?;
    for term in &plan.terms {
        create(&mut state, Kind::Term, term_body(term), &term.name)?;
    }
    for account in &plan.accounts {
        create(&mut state, Kind::Account, account_body(account), &account.name)?;
    }
    for (kind, names) in [(Kind::Class, &plan.classes), (Kind::Department, &plan.departments)] {
        for name in names {
            create(&mut state, kind, json!({"Name": name}), name)?;
        }
    }
    for vendor in &plan.vendors {
        let body = vendor_body(&state, vendor)?;
        create(&mut state, Kind::Vendor, body, &vendor.name)?;
    }
    for customer in &plan.customers {
        let body = customer_body(&state, customer)?;
        create(&mut state, Kind::Customer, body, &customer.name)?;
    }
    for transaction in &plan.transactions {
        let unknown = || SeedError::Unknown { kind: "entity", name: transaction.kind.clone() };
        let kind = Kind::parse(&transaction.kind).ok_or_else(unknown)?;
        let body = resolved(&state, "", &transaction.body)?;
        create(&mut state, kind, body, &transaction.kind)?;
    }
    state.company.book_close_date = closed;
    state.diary = plan.diary.into();
    state.diary.make_contiguous().sort_by_key(|event| event.at);
    diary::play(&mut state)?;
    Ok(state)
}

fn currencies(state: &mut State, plan: &Company) {
    let (now, zone) = (state.now, state.zone.clone());
    for (code, name) in &plan.currencies {
        let value = Map::from_iter([
            ("Code".to_owned(), json!(code)),
            ("Name".to_owned(), json!(name)),
            ("Active".to_owned(), json!(true)),
        ]);
        let value = state.books.insert(Kind::CompanyCurrency, value, now, &zone);
        let id = value.get("Id").and_then(Value::as_str).unwrap_or_default();
        state.books.take_name(Kind::CompanyCurrency, id, code);
    }
}

/// Creates something of the seed and answers it.
pub fn create(state: &mut State, kind: Kind, body: Value, name: &str) -> Result<Value, SeedError> {
    let what = format!("{} {name}", kind.name());
    let Value::Object(body) = body else {
        return Err(SeedError::Refused { what, code: "2000", detail: "not an object".to_owned() });
    };
    write::create(state, kind, &body).map_err(|fault| refused(what, fault))
}

/// What could not be opened, and why.
pub fn refused(what: String, fault: ApiFault) -> SeedError {
    SeedError::Refused { what, code: fault.code, detail: fault.detail }
}

fn term_body(term: &Term) -> Value {
    match term.due {
        Due::Days(days) => json!({"Name": term.name, "Type": "STANDARD", "DueDays": days}),
        Due::DayOfMonth(day) => json!({"Name": term.name, "Type": "DATE_DRIVEN", "DayOfMonthDue": day}),
    }
}

fn account_body(account: &Account) -> Value {
    let mut body = json!({
        "Name": account.name, "AcctNum": account.number, "AccountType": account.kind,
        "AccountSubType": account.subtype, "Active": account.active,
    });
    if let (Some(currency), Some(body)) = (&account.currency, body.as_object_mut()) {
        body.insert("CurrencyRef".to_owned(), json!({"value": currency}));
    }
    body
}

fn vendor_body(state: &State, vendor: &Vendor) -> Result<Value, SeedError> {
    let mut body = Object::new();
    body.insert("DisplayName".to_owned(), json!(vendor.name));
    body.insert("Active".to_owned(), json!(vendor.active));
    body.insert("Vendor1099".to_owned(), json!(vendor.is_1099));
    if let Some(code) = &vendor.code {
        body.insert("AcctNum".to_owned(), json!(code));
    }
    if let Some(currency) = &vendor.currency {
        body.insert("CurrencyRef".to_owned(), json!({"value": currency}));
    }
    if let Some(email) = &vendor.email {
        body.insert("PrimaryEmailAddr".to_owned(), json!({"Address": email}));
    }
    if let Some(term) = &vendor.term {
        body.insert("TermRef".to_owned(), json!({"value": find(state, Kind::Term, term)?}));
    }
    Ok(Value::Object(body))
}

fn customer_body(state: &State, customer: &Customer) -> Result<Value, SeedError> {
    let mut body = Object::new();
    body.insert("DisplayName".to_owned(), json!(customer.name));
    body.insert("Active".to_owned(), json!(customer.active));
    body.insert("IsProject".to_owned(), json!(customer.project));
    if let Some(parent) = &customer.parent {
        body.insert("ParentRef".to_owned(), json!({"value": find(state, Kind::Customer, parent)?}));
        body.insert("Job".to_owned(), json!(true));
    }
    Ok(Value::Object(body))
}

/// The value with every reference by name turned into one by id.
pub fn resolved(state: &State, key: &str, value: &Value) -> Result<Value, SeedError> {
    match value {
        Value::Array(items) => items.iter().map(|item| resolved(state, key, item)).collect(),
        Value::Object(object) => {
            if let (Some(kind), Some(name), None) =
                (referenced(key), object.get("name").and_then(Value::as_str), object.get("value"))
            {
                let mut object = object.clone();
                object.insert("value".to_owned(), json!(find(state, kind, name)?));
                return Ok(Value::Object(object));
            }
            let pairs = object.iter().map(|(key, value)| Ok((key.clone(), resolved(state, key, value)?)));
            pairs.collect::<Result<Object, SeedError>>().map(Value::Object)
        }
        other => Ok(other.clone()),
    }
}

fn referenced(key: &str) -> Option<Kind> {
    Some(match key {
        "VendorRef" | "EntityRef" => Kind::Vendor,
        "AccountRef" | "APAccountRef" | "BankAccountRef" | "CCAccountRef" => Kind::Account,
        "ClassRef" => Kind::Class,
        "DepartmentRef" => Kind::Department,
        "CustomerRef" => Kind::Customer,
        "SalesTermRef" | "TermRef" => Kind::Term,
        "TaxCodeRef" => Kind::TaxCode,
        _ => return None,
    })
}

fn find(state: &State, kind: Kind, name: &str) -> Result<String, SeedError> {
    let fits = |row: &&Row| {
        ["AcctNum", "FullyQualifiedName", "DisplayName", "Name"].into_iter().any(|key| row.text(key) == name)
    };
    let rows = state.books.table(kind).into_iter().flat_map(|table| table.rows());
    let found = rows.into_iter().find(fits).map(|row| row.id.clone());
    found.ok_or_else(|| SeedError::Unknown { kind: kind.name(), name: name.to_owned() })
}
