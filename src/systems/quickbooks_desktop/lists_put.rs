//! Changes of vendors (contract 7.3 and 8): one message set each, whose id is made of the change's key and of what is
//! sent, so that the same attempt twice makes one vendor. Nothing is deleted: inactive is as far as it goes.

use sha2::{Digest, Sha256};

use crate::systems::{CallError, Change, Put, VendorRecord};
use crate::transport::NetError;

use super::answer::{Answer, Response};
use super::call::Query;
use super::classify::header;
use super::hresult::{self, Trouble};
use super::queries::{self, List, Narrow, Walk};
use super::status::{self, Class};
use super::vendors::{VendorChange, vendor_add, vendor_mod};
use super::write::{request, text, written};
use super::{Client, assemble};

/// Fields of whoever has a name.
const HOLDER: &[&str] = &["ListID", "Name", "IsActive", "AccountNumber"];

/// What became of a set with one write.
enum Written {
    /// Settled without looking further.
    Put(Put),
    /// It is there.
    Made(String),
    /// QuickBooks answered and did not write.
    Status(i32, String),
}

impl Client {
    pub(super) async fn change_vendor(
        &self,
        change: Change<VendorRecord>,
        key: String,
    ) -> Result<Put, CallError> {
        match change {
            Change::Create(v) => self.create_vendor(v, &key).await,
            Change::Update(v) => {
                let wanted = |now: &VendorRecord| {
                    let email = v.email.as_deref().filter(|e| !e.is_empty());
                    let change = VendorChange {
                        name: Some(v.name.as_str()).filter(|n| *n != now.name),
                        // what the source does not know is not cleared
                        email: email.filter(|e| now.email.as_deref() != Some(e)),
                        account_number: Some(v.code.as_str()).filter(|c| !c.is_empty() && *c != now.code),
                        ..VendorChange::default()
                    };
                    (change.name.is_some() || change.email.is_some() || change.account_number.is_some())
                        .then_some(change)
                };
                self.modify_vendor(&v, &key, wanted).await
            }
            Change::SetActive(v, active) => {
                let wanted = |now: &VendorRecord| {
                    (now.active != active)
                        .then(|| VendorChange { active: Some(active), ..VendorChange::default() })
                };
                self.modify_vendor(&v, &key, wanted).await
            }
        }
    }

    async fn create_vendor(&self, vendor: VendorRecord, key: &str) -> Result<Put, CallError> {
        let home = self.currencies().await?.home;
        let currency = match vendor.currency.filter(|c| *c != home) {
            None => None,
            Some(code) => match self.currency_id(code.code()).await? {
                Some(id) => Some(id),
                None => {
                    let message = format!(
                        "QuickBooks has no active currency {code}: switch it on there (Lists, Currency List), then apply this again"
                    );
                    return Ok(Put::Refused { code: "no_currency".into(), message });
                }
            },
        };
        if let Some(days) = vendor.terms_days {
            tracing::info!(days, vendor = vendor.code, "payment terms are not written to QuickBooks Desktop");
        }
        let add = |id: &str| vendor_add(id, &vendor, currency.as_deref());
        match self.write(key, &add).await? {
            Written::Put(put) => Ok(put),
            Written::Made(id) => Ok(Put::Done { id }),
            Written::Status(code, text) if status::class(code, &text) == Class::NameTaken => {
                self.name_taken(&vendor, code, &text).await
            }
            Written::Status(code, text) => Ok(refused(code, &text)),
        }
    }

    /// Changes a vendor as it is now. An edit sequence that is out of date is read again, once (contract 5.1, 3200).
    async fn modify_vendor<'a>(
        &self,
        vendor: &'a VendorRecord,
        key: &str,
        wanted: impl Fn(&VendorRecord) -> Option<VendorChange<'a>> + Send + Sync,
    ) -> Result<Put, CallError> {
        let mut again = true;
        loop {
            let Some(now) = self.one_vendor(&vendor.id).await? else {
                let message = format!("the vendor {:?} ({}) is gone in QuickBooks", vendor.name, vendor.id);
                return Ok(Put::Refused { code: "gone".into(), message });
            };
            let Some(change) = wanted(&now) else { return Ok(Put::Done { id: now.id }) };
            let change = VendorChange { list_id: &vendor.id, edit_sequence: &now.version, ..change };
            match self.write(key, &|id| vendor_mod(id, &change)).await? {
                Written::Put(put) => return Ok(put),
                Written::Made(id) => return Ok(Put::Done { id }),
                Written::Status(code, text) => match status::class(code, &text) {
                    Class::OutOfDate if again => again = false,
                    Class::NameTaken => return self.name_taken(vendor, code, &text).await,
                    _ => return Ok(refused(code, &text)),
                },
            }
        }
    }

    /// Hands out one write under an id of its own.
    async fn write(
        &self,
        key: &str,
        make: &(dyn Fn(&str) -> Result<String, String> + Send + Sync),
    ) -> Result<Written, CallError> {
        let refused =
            |message: String| Ok(Written::Put(Put::Refused { code: "not_written".into(), message }));
        // another content under the same id would be refused for ever (9001), so the content is part of it
        let id = match make("vendor") {
            Ok(content) => set_id(key, &content),
            Err(why) => return refused(why),
        };
        let set = match make(&id).and_then(|xml| assemble::write_set(Some(&id), None, &xml)) {
            Ok(set) => set,
            Err(why) => return refused(why),
        };
        let reply = match self.carried(set).await {
            Ok(reply) => reply,
            Err(NetError::NotSent(why)) => return Ok(Written::Put(Put::NotSent(why))),
            Err(NetError::MaybeSent { reason, .. }) => return Ok(Written::Put(Put::Unknown(reason))),
        };
        if let Some(raised) = header(&reply, "hresult") {
            let why = hresult::advice(raised, header(&reply, "message").unwrap_or_default());
            let nothing_ran = hresult::known(raised).is_some_and(|r| r.trouble == Trouble::NothingRan);
            return Ok(Written::Put(if nothing_ran {
                Put::Refused { code: raised.into(), message: why }
            } else {
                Put::Unknown(why)
            }));
        }
        let answer = match Answer::read(&reply.body) {
            Ok(answer) => answer,
            Err(error) => return Ok(Written::Put(Put::Unknown(error.to_string()))),
        };
        Ok(answer.to(&id).map_or_else(|| unknown(&answer), outcome))
    }

    /// Who has the name: vendors, customers, employees and others share one space (contract 8).
    async fn name_taken(&self, vendor: &VendorRecord, code: i32, said: &str) -> Result<Put, CallError> {
        let mut fields = vec![text("FullName", &vendor.name)];
        fields.extend(HOLDER.iter().map(|f| text("IncludeRetElement", *f)));
        let xml = written(&request("EntityQueryRq", "name", fields));
        let query = Query::new("name", xml)?.or(&[Class::Partial, Class::Stale]);
        let mut holders: Vec<(String, String, String, bool)> = Vec::new();
        self.ask(&[query], |_, e| {
            let field = |n: &str| e.text(n).unwrap_or_default().to_string();
            holders.push((e.name.clone(), field("ListID"), field("AccountNumber"), super::facts::active(&e)));
            Ok(())
        })
        .await?;
        let sentence = |what: String| format!("{what} ({})", status::sentence(code, said, None));
        let refused = |what: String| Put::Refused { code: code.to_string(), message: sentence(what) };
        let name = &vendor.name;
        let vendors: Vec<_> = holders.iter().filter(|h| h.0 == "VendorRet").collect();
        Ok(match (vendors.as_slice(), holders.first()) {
            // ours from an earlier attempt, or made by hand with our code
            ([(_, id, number, true)], _) if !vendor.code.is_empty() && *number == vendor.code => {
                Put::Done { id: id.clone() }
            }
            ([(_, id, _, true), ..], _) => refused(format!(
                "the vendor {name:?} ({id}) is there already with another code: use it in the mapping, or choose another name"
            )),
            ([(_, id, _, false), ..], _) => refused(format!(
                "the vendor {name:?} ({id}) is there but inactive: make it active again in QuickBooks, or choose another name"
            )),
            ([], Some((kind, id, _, _))) => {
                let what = match kind.as_str() {
                    "CustomerRet" => "a customer",
                    "EmployeeRet" => "an employee",
                    _ => "another name",
                };
                refused(format!(
                    "{what} of QuickBooks ({id}) is called {name:?}, and a vendor cannot have the same name: call it {:?}",
                    proposal(vendor)
                ))
            }
            ([], None) => {
                refused(format!("somebody in QuickBooks is called {name:?}: call it {:?}", proposal(vendor)))
            }
        })
    }

    /// The ListID of an active currency.
    async fn currency_id(&self, code: &str) -> Result<Option<String>, CallError> {
        let narrow = Narrow { fields: super::facts::CURRENCY, ..Narrow::default() };
        let xml = queries::list(List::Currency, "currencies", &narrow, Walk::Whole);
        let query = Query::new("currencies", xml)?.or(&[Class::Configuration]);
        let mut found = None;
        self.ask(&[query], |_, e| {
            if e.text("CurrencyCode") == Some(code) && super::facts::active(&e) {
                found = e.text("ListID").map(Into::into);
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }
}

/// `Iris Tan (E1010)` (accounting.md, 4.2).
fn proposal(vendor: &VendorRecord) -> String {
    let mark = if vendor.code.is_empty() { "vendor" } else { vendor.code.as_str() };
    format!("{} ({mark})", vendor.name)
}

/// An id of at most 20 characters (contract 6.1), the same for the same change.
fn set_id(key: &str, content: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"tieout.vendor.v1");
    for field in [key, content] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    let head = hash.finalize().iter().take(8).fold(0_u64, |all, b| (all << 8) | u64::from(*b));
    format!("TV-{head:016X}")
}

fn outcome(response: &Response) -> Written {
    let head = &response.head;
    let Some(code) = head.status else {
        return Written::Put(Put::Unknown("QuickBooks' answer has no status".into()));
    };
    match status::class(code, &head.message) {
        Class::Success | Class::Warning | Class::DataLost | Class::Partial | Class::Empty => {
            match response.records.iter().find_map(|r| r.text("ListID")) {
                Some(id) => Written::Made(id.into()),
                None => Written::Put(Put::Unknown("QuickBooks names no record in its answer".into())),
            }
        }
        Class::SetLost | Class::Internal => {
            Written::Put(Put::Unknown(status::sentence(code, &head.message, None)))
        }
        _ => Written::Status(code, head.message.clone()),
    }
}

fn unknown(answer: &Answer) -> Written {
    let why = answer.set.status.filter(|c| *c != 0).map_or_else(
        || "QuickBooks' answer does not speak of the vendor".into(),
        |code| format!("{} (message set status {code})", status::sentence(code, "", None)),
    );
    Written::Put(Put::Unknown(why))
}

fn refused(code: i32, text: &str) -> Put {
    Put::Refused { code: code.to_string(), message: status::sentence(code, text, None) }
}
