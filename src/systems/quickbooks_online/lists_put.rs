//! Changes of reference data (contract 2, 4.1, 7.1 and 7.8). Nothing is deleted: inactive is as far as it goes.

use serde_json::{Map, Value, json};

use crate::systems::{CallError, Change, ItemRecord, Put, VendorRecord};

use super::Client;
use super::lists::entity_of_list;
use super::names::{self, DISPLAY, PART};
use super::query::{Entity, Query};
use super::send::Body;
use super::wire_lists::id_of;
use super::write::{Written, refusal};

/// What an update sets.
struct Update {
    entity: Entity,
    id: String,
    version: String,
    fields: Map<String, Value>,
}

impl Client {
    pub(super) async fn change_vendor(
        &self,
        change: Change<VendorRecord>,
        key: String,
    ) -> Result<Put, CallError> {
        match change {
            Change::Create(v) => {
                let mut fields = vendor_fields(&v);
                if let Some(currency) = v.currency {
                    fields.insert("CurrencyRef".into(), json!({"value": currency.code()}));
                }
                if let Some(address) = address_of(&v) {
                    fields.insert("BillAddr".into(), address);
                }
                if let Some(days) = v.terms_days {
                    let Some(term) = self.term_of(days).await? else {
                        let message = format!(
                            "QuickBooks has no payment term of {days} days: make it there (Lists, Terms), then apply this again"
                        );
                        return Ok(Put::Refused { code: "no_term".into(), message });
                    };
                    fields.insert("TermRef".into(), json!({ "value": term }));
                }
                self.create(Entity::Vendor, fields, &key).await
            }
            Change::Update(v) => {
                let fields = vendor_fields(&v);
                self.update(Update { entity: Entity::Vendor, id: v.id, version: v.version, fields }, &key)
                    .await
            }
            Change::SetActive(v, active) => {
                let fields = activity("DisplayName", &v.name, DISPLAY, active);
                self.update(Update { entity: Entity::Vendor, id: v.id, version: v.version, fields }, &key)
                    .await
            }
        }
    }

    pub(super) async fn change_item(
        &self,
        change: Change<ItemRecord>,
        key: String,
    ) -> Result<Put, CallError> {
        let list = match &change {
            Change::Create(i) | Change::Update(i) | Change::SetActive(i, _) => i.list.clone(),
        };
        let entity = entity_of_list(&list)?;
        let (field, max) = name_field(entity);
        match change {
            Change::Create(i) => {
                let mut fields = Map::new();
                fields.insert(field.into(), names::normal(&i.name, max).into());
                if let Some(parent) = i.parent.filter(|p| !p.is_empty()) {
                    let flag = match entity {
                        Entity::Class => "SubClass",
                        Entity::Department => "SubDepartment",
                        // a sub-customer is a job, and that is how projects are kept through the API
                        _ => "Job",
                    };
                    fields.insert(flag.into(), true.into());
                    fields.insert("ParentRef".into(), json!({ "value": parent }));
                }
                self.create(entity, fields, &key).await
            }
            Change::Update(i) => {
                let mut fields = Map::new();
                fields.insert(field.into(), names::normal(&i.name, max).into());
                self.update(Update { entity, id: i.id, version: i.version, fields }, &key).await
            }
            Change::SetActive(i, active) => {
                let fields = activity(field, &i.name, max, active);
                self.update(Update { entity, id: i.id, version: i.version, fields }, &key).await
            }
        }
    }

    /// The id of the payment term of so many days; what was shown is made, or nothing.
    async fn term_of(&self, days: u16) -> Result<Option<String>, CallError> {
        let found = self.read_all(vec![Query::list(Entity::Term)]).await?;
        let rows = found.lists.into_iter().flat_map(|l| l.rows);
        let fits = |t: &Value| {
            let standard =
                t.get("Type").and_then(Value::as_str).is_none_or(|t| t.eq_ignore_ascii_case("standard"));
            let active = t.get("Active").and_then(Value::as_bool).unwrap_or(true);
            standard && active && t.get("DueDays").and_then(Value::as_u64) == Some(u64::from(days))
        };
        rows.into_iter().find(fits).map(|t| id_of(Entity::Term, &t)).transpose()
    }

    /// Makes a record: one call; a name that is taken costs one more, that reads who has it.
    async fn create(&self, entity: Entity, fields: Map<String, Value>, key: &str) -> Result<Put, CallError> {
        let name = name_of(entity, &fields);
        if name.is_empty() {
            return Ok(Put::Refused { code: "2020".into(), message: "the name is empty".into() });
        }
        let id = self.request_id(key, "create");
        match self.write(&entity.path(), &[("requestid", id.as_str())], body(&fields)).await? {
            Written::Put(put) => Ok(put),
            Written::Made(answer) => Ok(made(entity, answer.body.get(entity.name()))),
            Written::Fault(fault) if fault.has(&[6240]) => {
                let holder = self.who_is_called(&name).await;
                let message = format!("{}: {holder}", fault.sentence(None));
                Ok(Put::Refused { code: "6240".into(), message })
            }
            Written::Fault(fault) => Ok(refusal(&fault)),
        }
    }

    /// Who has a name: vendors, customers and employees share one space, inactive ones too (contract 7.1).
    async fn who_is_called(&self, name: &str) -> String {
        let kinds =
            [(Entity::Vendor, "vendor"), (Entity::Customer, "customer"), (Entity::Employee, "employee")];
        let queries = kinds.iter().map(|(e, _)| Query { lenient: true, ..Query::named(*e, name) }).collect();
        let lists = match self.read_all(queries).await {
            Ok(reading) => reading.lists,
            Err(error) => return format!("who has it could not be read ({error})"),
        };
        let mut holders = Vec::new();
        for ((_, word), list) in kinds.iter().zip(&lists) {
            for row in &list.rows {
                let id = row.get("Id").and_then(Value::as_str).unwrap_or("?");
                let active = row.get("Active").and_then(Value::as_bool).unwrap_or(true);
                let advice = match (*word, active) {
                    ("vendor", false) => ", inactive: make it active again, or choose another name",
                    ("vendor", true) => ": use it",
                    (_, false) => ", inactive: choose another name for the vendor",
                    (_, true) => ": choose another name for the vendor",
                };
                holders.push(format!("{name} is the {word} {id}{advice}"));
            }
        }
        if holders.is_empty() { "who has it was not found".into() } else { holders.join("; ") }
    }

    /// Changes some fields of a record. A version that is not the newest is read again, once (contract 4.1).
    async fn update(&self, update: Update, key: &str) -> Result<Put, CallError> {
        if update.id.is_empty() {
            return Ok(Put::Refused { code: "2030".into(), message: "the record has no id".into() });
        }
        let mut version = update.version.clone();
        let mut reread = false;
        if version.is_empty() {
            version = match self.current(&update).await? {
                Ok(version) => version,
                Err(put) => return Ok(put),
            };
            reread = true;
        }
        loop {
            let mut fields = update.fields.clone();
            fields.insert("Id".into(), update.id.clone().into());
            fields.insert("SyncToken".into(), version.clone().into());
            fields.insert("sparse".into(), true.into());
            // another payload needs another key, or the first answer would come back (contract 4.2)
            let id = self.request_id(key, &version);
            let fault = match self
                .write(&update.entity.path(), &[("requestid", id.as_str())], body(&fields))
                .await?
            {
                Written::Put(put) => return Ok(put),
                Written::Made(answer) => {
                    return Ok(made(update.entity, answer.body.get(update.entity.name())));
                }
                Written::Fault(fault) => fault,
            };
            if !fault.has(&[5010]) || reread {
                if fault.has(&[6240]) {
                    let holder = self.who_is_called(&name_of(update.entity, &update.fields)).await;
                    let message = format!("{}: {holder}", fault.sentence(None));
                    return Ok(Put::Refused { code: "6240".into(), message });
                }
                return Ok(refusal(&fault));
            }
            version = match self.current(&update).await? {
                Ok(version) => version,
                Err(put) => return Ok(put),
            };
            reread = true;
        }
    }

    /// The newest version of a record; or that nothing is left to be done, or that it is gone.
    async fn current(&self, update: &Update) -> Result<Result<String, Put>, CallError> {
        let Some(row) = self.by_id(update.entity, &update.id).await? else {
            let message = format!("{} {} is gone in QuickBooks", update.entity.name(), update.id);
            return Ok(Err(Put::Refused { code: "610".into(), message }));
        };
        if update.fields.iter().all(|(name, value)| row.get(name) == Some(value)) {
            return Ok(Err(Put::Done { id: update.id.clone() }));
        }
        let version = match row.get("SyncToken") {
            Some(Value::String(s)) => s.clone(),
            Some(Value::Number(n)) => n.to_string(),
            _ => return Err(CallError::Shape(format!("{}.SyncToken is missing", update.entity.name()))),
        };
        Ok(Ok(version))
    }
}

fn name_field(entity: Entity) -> (&'static str, usize) {
    match entity {
        Entity::Class | Entity::Department => ("Name", PART),
        _ => ("DisplayName", DISPLAY),
    }
}

fn name_of(entity: Entity, fields: &Map<String, Value>) -> String {
    fields.get(name_field(entity).0).and_then(Value::as_str).unwrap_or_default().to_string()
}

/// Name, code and e-mail. What is empty is left as it is.
fn vendor_fields(v: &VendorRecord) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("DisplayName".into(), names::normal(&v.name, DISPLAY).into());
    if !v.code.trim().is_empty() {
        fields.insert("AcctNum".into(), v.code.trim().chars().take(PART).collect::<String>().into());
    }
    if let Some(email) = v.email.as_deref().map(str::trim).filter(|e| e.contains('@') && e.contains('.')) {
        fields.insert("PrimaryEmailAddr".into(), json!({ "Address": email }));
    }
    fields
}

fn address_of(v: &VendorRecord) -> Option<Value> {
    let mut address = Map::new();
    let mut put = |name: &str, text: &str, max: usize| {
        let text = text.trim();
        if !text.is_empty() {
            address.insert(name.into(), text.chars().take(max).collect::<String>().into());
        }
    };
    for (n, line) in v.lines.iter().take(5).enumerate() {
        put(&format!("Line{}", n + 1), line, 500);
    }
    put("City", &v.city, 255);
    put("CountrySubDivisionCode", &v.region, 255);
    put("PostalCode", &v.postal_code, 30);
    put("Country", &v.country, 255);
    if address.is_empty() { None } else { Some(Value::Object(address)) }
}

/// Made active again, a name loses the suffix that QuickBooks had put behind it.
fn activity(field: &str, name: &str, max: usize, active: bool) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("Active".into(), active.into());
    let name = names::normal(name, max);
    if active && !name.is_empty() {
        fields.insert(field.into(), name.into());
    }
    fields
}

fn body(fields: &Map<String, Value>) -> Body {
    Body {
        bytes: Value::Object(fields.clone()).to_string().into_bytes(),
        content_type: "application/json".into(),
    }
}

fn made(entity: Entity, record: Option<&Value>) -> Put {
    match record.map(|r| id_of(entity, r)) {
        Some(Ok(id)) => Put::Done { id },
        _ => Put::Unknown(format!("QuickBooks answered without a {}", entity.name())),
    }
}
