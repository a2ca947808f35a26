//! People: who an employee number belongs to (contract of Concur, 5.2).

use serde::Deserialize;

use super::Concur;
use super::call::{Call, encoded};
use super::lenient::Text;
use super::shapes::{Many, One};
use crate::systems::CallError;

/// People of one page.
const PAGE: usize = 1000;
/// Pages of one list: a list that is longer is broken.
const PAGES: usize = 1000;
/// What is asked for: nothing that is not needed to find a vendor.
const ATTRIBUTES: &str = "id,userName,name,active,emails,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.employeeNumber";

/// A person as the identity service knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// UUID.
    pub id: String,
    /// Employee number: that of a report's `employeeId`, as commonly configured.
    pub number: String,
    /// Login.
    pub login: String,
    /// Family name.
    pub last: String,
    /// Given name.
    pub first: String,
    /// E-mail, lower case.
    pub email: Option<String>,
    /// False when the person has left.
    pub active: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Page {
    #[serde(rename = "Resources")]
    resources: Many<User>,
    #[serde(rename = "nextCursor")]
    next_cursor: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct User {
    id: Text,
    user_name: Text,
    name: One<Name>,
    active: Option<bool>,
    emails: Many<Email>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    enterprise: One<Enterprise>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Name {
    family_name: Text,
    given_name: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Email {
    value: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Enterprise {
    employee_number: Text,
}

impl Concur {
    /// People; with an employee number, those who carry it.
    pub async fn employees(&self, number: Option<&str>) -> Result<Vec<Employee>, CallError> {
        if let Some(number) = number {
            let mut found = self.employees_where("employeeNumber", number).await?;
            found.retain(|e| e.number == number);
            return Ok(found);
        }
        let mut out = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        let attributes = encoded(ATTRIBUTES);
        let mut more = String::new();
        for _ in 0..PAGES {
            let path = format!("/profile/identity/v4.1/Users?count={PAGE}&attributes={attributes}{more}");
            let page = self.people(&path).await?;
            out.extend(page.resources.0.into_iter().map(employee));
            match page.next_cursor.some() {
                Some(cursor) if seen.insert(cursor.clone()) => more = format!("&cursor={}", encoded(&cursor)),
                _ => return Ok(out),
            }
        }
        Err(CallError::Shape("the list of people does not end".into()))
    }

    /// Who has a login: the fall-back where the employee number tells nobody (section 5.2).
    pub async fn employee_of_login(&self, login: &str) -> Result<Option<Employee>, CallError> {
        let found = self.employees_where("userName", login).await?;
        Ok(found.into_iter().find(|e| e.login.eq_ignore_ascii_case(login.trim())))
    }

    async fn employees_where(&self, field: &str, value: &str) -> Result<Vec<Employee>, CallError> {
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        let filter = encoded(&format!("{field} eq \"{quoted}\""));
        let page = self.people(&format!("/profile/identity/v4/Users?filter={filter}")).await?;
        Ok(page.resources.0.into_iter().map(employee).collect())
    }

    async fn people(&self, path: &str) -> Result<Page, CallError> {
        let reply = self.call(Call::get("identity", path.to_owned())).await?;
        serde_json::from_slice(&reply.body).map_err(|e| CallError::Shape(format!("the list of people: {e}")))
    }
}

fn employee(u: User) -> Employee {
    let name = u.name.0.unwrap_or_default();
    Employee {
        id: u.id.0,
        number: u.enterprise.0.unwrap_or_default().employee_number.0,
        login: u.user_name.0,
        last: name.family_name.0,
        first: name.given_name.0,
        email: u.emails.0.into_iter().find_map(|e| e.value.some()).map(|m| m.to_lowercase()),
        active: u.active.unwrap_or(true),
    }
}

#[cfg(test)]
#[path = "people_tests.rs"]
mod tests;
